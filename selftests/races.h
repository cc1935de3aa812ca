/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that each do one thing to the module again and again until they are
 * told to stop: what has to go on side by side, without a process for each.
 */
#ifndef TUPLESTAT_SELFTESTS_RACES_H
#define TUPLESTAT_SELFTESTS_RACES_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "netlink.h"

/* The bound for whatever is waited for, seconds; make check-debug has more. */
static int races_patience = 60;

/* --- sockets and namespaces --- */

/* As netlink_open(), where another socket has found the family already. */
static inline bool races_open(struct netlink *nl, const struct netlink *like)
{
	int on = 1;

	memset(nl, 0, sizeof(*nl));
	nl->family = like->family;
	nl->group = like->group;
	nl->socket = mnl_socket_open(NETLINK_GENERIC);
	return nl->socket &&
	       !mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) &&
	       !mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on,
				      sizeof(on));
}

/* The calling thread's namespace from now on. */
static inline void races_enter(int netns)
{
	if (setns(netns, CLONE_NEWNET))
		netlink_die("setns");
}

static inline int races_netns(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		netlink_die(path);
	return fd;
}

/* A new namespace for the calling thread, with loopback up and an MTU. */
static inline void races_new_netns(int mtu)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd;

	if (unshare(CLONE_NEWNET))
		netlink_die("unshare");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	lo.ifr_mtu = mtu;
	if (fd < 0 || ioctl(fd, SIOCSIFMTU, &lo))
		netlink_die("loopback device");
	lo.ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &lo))
		netlink_die("loopback device");
	close(fd);
}

/* The loopback address of a family with a port; returns its length. */
static inline socklen_t races_loopback(struct sockaddr_in6 *addr, int family,
				       uint16_t port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)addr;

	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET6) {
		addr->sin6_family = AF_INET6;
		addr->sin6_addr = in6addr_loopback;
		addr->sin6_port = htons(port);
		return sizeof(*addr);
	}
	four->sin_family = AF_INET;
	four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	four->sin_port = htons(port);
	return sizeof(*four);
}

static inline double races_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void races_pause(long us)
{
	struct timespec rest = { .tv_nsec = us * 1000 };

	nanosleep(&rest, NULL);
}

/* --- requests; each returns 0 or the kernel's negative error --- */

static inline int races_set(struct netlink *nl, int attr, uint32_t value)
{
	struct nlmsghdr *nlh;

	nlh = netlink_begin(nl, TUPLESTAT_CMD_CONFIG_SET, NLM_F_ACK);
	if (attr == TUPLESTAT_A_CONFIG_STARTED)
		mnl_attr_put_u8(nlh, attr, (uint8_t)value);
	else
		mnl_attr_put_u32(nlh, attr, value);
	return netlink_exchange(nl, NULL, NULL);
}

/**
 * struct ledger - what the statistics say
 * @before: packets seen, before the rest was added up
 * @seen: packets seen, afterwards
 * @sum: packets of live flows, of ended ones, and of none
 * @ended: packets of ended flows alone
 * @foreign: packets that are of no flow as they are neither TCP nor UDP
 * @live: live flows
 */
struct ledger {
	uint64_t before;
	uint64_t seen;
	uint64_t sum;
	uint64_t ended;
	uint64_t foreign;
	uint64_t live;
};

/**
 * struct ledger_line - a line of the ledger
 * @reason: why
 * @flows: flows
 * @packets: packets
 */
struct ledger_line {
	uint32_t reason;
	uint64_t flows;
	uint64_t packets;
};

static inline struct ledger_line races_line(const struct nlattr *nest)
{
	struct ledger_line line = { 0 };
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_TOTAL_REASON:
			line.reason = mnl_attr_get_u32(attr);
			break;
		case TUPLESTAT_A_TOTAL_FLOWS:
			line.flows = mnl_attr_get_u64(attr);
			break;
		case TUPLESTAT_A_TOTAL_PACKETS:
			line.packets = mnl_attr_get_u64(attr);
			break;
		}
	}
	return line;
}

static inline void races_take_ledger(const struct nlmsghdr *nlh, void *data)
{
	struct ledger *ledger = data;
	const struct nlattr *attr;
	struct ledger_line line;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_STATS_SEEN_BEFORE:
			ledger->before = races_line(attr).packets;
			break;
		case TUPLESTAT_A_STATS_SEEN:
			ledger->seen = races_line(attr).packets;
			break;
		case TUPLESTAT_A_STATS_LIVE:
			line = races_line(attr);
			ledger->live = line.flows;
			ledger->sum += line.packets;
			break;
		case TUPLESTAT_A_STATS_ENDED:
			line = races_line(attr);
			ledger->ended += line.packets;
			ledger->sum += line.packets;
			break;
		case TUPLESTAT_A_STATS_UNATTRIBUTED:
			line = races_line(attr);
			ledger->sum += line.packets;
			if (line.reason == TUPLESTAT_UNATTR_PROTOCOL)
				ledger->foreign = line.packets;
			break;
		}
	}
}

static inline int races_ledger(struct netlink *nl, struct ledger *ledger)
{
	memset(ledger, 0, sizeof(*ledger));
	netlink_begin(nl, TUPLESTAT_CMD_STATS_GET, NLM_F_ACK);
	return netlink_exchange(nl, races_take_ledger, ledger);
}

/* Begin a dump and leave it: the kernel has begun it when this returns. */
static inline void races_leave_dump(struct netlink *nl)
{
	netlink_begin(nl, TUPLESTAT_CMD_FLOW_GET, NLM_F_DUMP);
	netlink_send(nl);
}

/* --- racers --- */

struct racer;

/**
 * typedef racer_act_t - what a racer does again and again
 * @racer: who
 *
 * Return: 0 or the kernel's negative error.
 */
typedef int racer_act_t(struct racer *racer);

/**
 * struct racer - a thread that does one thing again and again
 * @name: of what it does
 * @act: what it does
 * @begin: called once before, in its namespace; or NULL
 * @counts: something has to come of it
 * @netns: where it does it
 * @like: a socket that knows the family
 * @nl: its own socket
 * @thread: itself
 * @stop: told to end
 * @leaving: the module may be gone: then the kernel's refusal is an end, and
 *	no error
 * @times: how often it did it
 * @total: likewise, since the program began
 * @count: what came of it: flows dumped, events heard, ...
 * @breaches: times that the answer was wrong
 * @error: the error that ended it
 */
struct racer {
	const char *name;
	racer_act_t *act;
	void (*begin)(struct racer *racer);
	bool counts;
	int netns;
	const struct netlink *like;
	struct netlink nl;
	pthread_t thread;
	atomic_bool stop;
	atomic_bool *leaving;
	atomic_ulong times;
	unsigned long total;
	unsigned long count;
	unsigned long breaches;
	int error;
};

static inline bool racer_expects(const struct racer *racer, int error)
{
	/* No such family; or its module is not taken into use any more. */
	return racer->leaving && atomic_load(racer->leaving) &&
	       (error == -ENOENT || error == -EPROTONOSUPPORT);
}

static inline void *racer_run(void *data)
{
	struct racer *racer = data;

	races_enter(racer->netns);
	if (!races_open(&racer->nl, racer->like))
		netlink_die(racer->name);
	if (racer->begin)
		racer->begin(racer);
	while (!atomic_load(&racer->stop) && !racer->error) {
		racer->error = racer->act(racer);
		if (!racer->error)
			atomic_fetch_add(&racer->times, 1);
	}
	if (racer_expects(racer, racer->error))
		racer->error = 0;
	netlink_close(&racer->nl);
	return NULL;
}

static inline void racer_start(struct racer *racer, int netns,
			       const struct netlink *like, atomic_bool *leaving)
{
	racer->netns = netns;
	racer->like = like;
	racer->leaving = leaving;
	atomic_store(&racer->stop, false);
	atomic_store(&racer->times, 0);
	racer->breaches = 0;
	racer->error = 0;
	if (pthread_create(&racer->thread, NULL, racer_run, racer))
		netlink_die("thread");
}

/* Ends it; returns whether all went as it should. */
static inline bool racer_end(struct racer *racer)
{
	atomic_store(&racer->stop, true);
	pthread_join(racer->thread, NULL);
	racer->total += atomic_load(&racer->times);
	if (racer->error)
		printf("# %s: after %lu times: %s %s\n", racer->name,
		       atomic_load(&racer->times), strerror(-racer->error),
		       racer->nl.extack);
	if (racer->breaches)
		printf("# %s: %lu times wrong\n", racer->name,
		       racer->breaches);
	return !racer->error && !racer->breaches;
}

/* --- what racers do --- */

/* Grows and shrinks the table, below what it holds as well. */
static inline int racer_resize(struct racer *racer)
{
	static const uint32_t sizes[] = { 16384, 64, 4096, 512 };

	return races_set(&racer->nl, TUPLESTAT_A_CONFIG_MAX_FLOWS,
			 sizes[atomic_load(&racer->times) % 4]);
}

static inline void take_count(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct racer *racer = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == TUPLESTAT_A_FLOW_COUNT)
			racer->count += mnl_attr_get_u32(attr);
}

/* Ends all flows. */
static inline int racer_flush(struct racer *racer)
{
	netlink_begin(&racer->nl, TUPLESTAT_CMD_FLOW_DEL, NLM_F_ACK);
	races_pause(2000);
	return netlink_exchange(&racer->nl, take_count, racer);
}

static inline void take_one(const struct nlmsghdr *nlh, void *data)
{
	struct racer *racer = data;

	(void)nlh;
	racer->count++;
}

/* Dumps all flows, with a pause in which no dump of it holds the module. */
static inline int racer_dump(struct racer *racer)
{
	races_pause(1000);
	netlink_begin(&racer->nl, TUPLESTAT_CMD_FLOW_GET, NLM_F_DUMP);
	return netlink_exchange(&racer->nl, take_one, racer);
}

/* Proves that the ledger can be right. */
static inline int racer_prove(struct racer *racer)
{
	struct ledger ledger;
	int err = races_ledger(&racer->nl, &ledger);

	if (!err && (ledger.before > ledger.sum || ledger.sum > ledger.seen)) {
		printf("# ledger: %" PRIu64 " <= %" PRIu64 " <= %" PRIu64
		       " does not hold\n", ledger.before, ledger.sum,
		       ledger.seen);
		racer->breaches++;
	}
	return err;
}

/* Stops and starts counting. */
static inline int racer_restart(struct racer *racer)
{
	return races_set(&racer->nl, TUPLESTAT_A_CONFIG_STARTED,
			 atomic_load(&racer->times) % 2);
}

static inline void racer_join(struct racer *racer)
{
	int fd = mnl_socket_get_fd(racer->nl.socket);
	struct timeval wait = { .tv_usec = 20000 };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
		       &racer->nl.group, sizeof(racer->nl.group)))
		netlink_die("listener");
}

/* Listens to events; that it misses some is in their nature. */
static inline int racer_listen(struct racer *racer)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)racer->nl.reply;
	ssize_t got;
	int len;

	got = mnl_socket_recvfrom(racer->nl.socket, racer->nl.reply,
				  sizeof(racer->nl.reply));
	if (got < 0)
		return errno == EAGAIN || errno == ENOBUFS ? 0 : -errno;
	for (len = (int)got; mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		racer->count += nlh->nlmsg_type == racer->nl.family;
	return 0;
}

/* A namespace that begins, is counted, and ends with its flows. */
static inline int racer_namespace(struct racer *racer)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct sockaddr_in6 to;
	struct netlink nl;
	unsigned int i, j;
	int err = -EMFILE;
	int fd;

	races_new_netns(65536);
	if (races_open(&nl, racer->like))
		err = races_set(&nl, TUPLESTAT_A_CONFIG_STARTED, 1);
	for (i = 0; !err && i < 2; i++) {
		fd = socket(families[i], SOCK_DGRAM, 0);
		for (j = 0; j < 50; j++)
			sendto(fd, "four", 4, 0, (struct sockaddr *)&to,
			       races_loopback(&to, families[i],
					      (uint16_t)(5000 + j)));
		close(fd);
	}
	if (nl.socket)
		netlink_close(&nl);
	races_enter(racer->netns);
	return err;
}

#endif /* TUPLESTAT_SELFTESTS_RACES_H */
