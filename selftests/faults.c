// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation of each operation is made to fail, one at a time: by
 * /proc/thread-self/fail-nth the kernel fails the n-th one of this thread
 * (Documentation/fault-injection/fault-injection.rst). n grows until the
 * operation ends before its n-th allocation.
 *
 *	faults load FILE	loading the module from FILE
 *	faults operations	everything else, with the module loaded; in a
 *				network namespace of its own, loopback up
 *
 * Run as root, with this program in memory: faults break what reads files.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "netlink_request.h"

/* More allocations than any operation has. */
#define LIMIT 20000

/* So many that a dump of them takes several messages. */
#define FLOWS 200

/**
 * struct fault_case - an operation
 * @name: the operation
 * @prepare: makes what it needs
 * @operate: what is to fail; returns 0 or an errno
 * @verify: after a fault: whether what @operate returned is true
 * @least: allocations that it must have, or the test has not met its aim
 */
struct fault_case {
	const char *name;
	void (*prepare)(void);
	int (*operate)(void);
	bool (*verify)(int error);
	unsigned int least;
};

/* --- faults --- */

static int fail_nth;

static void arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fail_nth, text, (size_t)len, 0) != len)
		netlink_die("fail-nth");
}

/* Returns whether there was a fault. */
static bool disarm(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		netlink_die("fail-nth");
	arm(0);
	return atoi(text) == 0;
}

/* The case and allocation that is at work, for what is wrong with it. */
static const char *now_name;
static unsigned int now_n;

static bool wrong(const char *what, int error)
{
	printf("# %s, allocation %u: %s (%s)\n", now_name, now_n, what,
	       strerror(error));
	return false;
}

static void run_case(const struct fault_case *c)
{
	unsigned int bad = 0, borne = 0;
	bool failed = true;
	int error = 0;

	now_name = c->name;
	for (now_n = 1; failed && now_n < LIMIT; now_n++) {
		c->prepare();
		arm(now_n);
		error = c->operate();
		failed = disarm();
		borne += failed && !error;
		if (!failed && error)
			wrong("fails without a fault", error);
		bad += (!failed && error) || !c->verify(error);
	}
	/* The last round had no fault. */
	now_n -= 2;
	ktap_ok(!failed && !bad && now_n >= c->least,
		"%s: %u allocations made to fail, %u of them without harm",
		c->name, now_n, borne);
}

/* --- netlink --- */

/* Whether the kernel itself answered the last attempt(). */
static bool answered;

/*
 * Like request(), of netlink_request.h, which takes it for granted that a
 * message can be sent and received. Returns an errno.
 */
static int attempt(uint8_t cmd, uint16_t flags, const char *attrs)
{
	const struct nlmsghdr *nlh;
	int fd, len;

	put_attrs(netlink_begin(&nl, cmd, flags ? flags : NLM_F_ACK), attrs);
	nlh = (struct nlmsghdr *)nl.request;
	fd = mnl_socket_get_fd(nl.socket);
	answered = false;
	if (send(fd, nl.request, nlh->nlmsg_len, 0) < 0)
		return errno;
	for (;;) {
		len = (int)recv(fd, nl.reply, sizeof(nl.reply), 0);
		if (len < 0)
			return errno == EAGAIN ? ETIME : errno;
		nlh = (struct nlmsghdr *)nl.reply;
		for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE) {
				answered = true;
				return -*(int *)mnl_nlmsg_get_payload(nlh);
			}
	}
}

/* A fault leaves its mark on a socket: each operation gets a fresh one. */
static void fresh_socket(void)
{
	static const struct timeval patience = { .tv_sec = 20 };
	uint32_t group = nl.group;
	uint16_t family = nl.family;

	netlink_close(&nl);
	nl.socket = mnl_socket_open(NETLINK_GENERIC);
	if (!nl.socket || mnl_socket_bind(nl.socket, 0, MNL_SOCKET_AUTOPID) ||
	    setsockopt(mnl_socket_get_fd(nl.socket), SOL_SOCKET, SO_RCVTIMEO,
		       &patience, sizeof(patience)))
		netlink_die("netlink socket");
	nl.group = group;
	nl.family = family;
}

static struct settings before;

static void prepare_request(void)
{
	fresh_socket();
	before = config();
}

/* No memory is all that may be wrong, and an answer says so. */
static bool only_memory(int error)
{
	if (error && error != ENOMEM && error != ENOBUFS)
		return wrong("an error that tells of no lack of memory", error);
	fresh_socket();
	return true;
}

/* What the kernel refuses is not done; without its answer, either is right. */
static bool verify_set(int error)
{
	bool refused = error && answered;
	struct settings after;

	if (!only_memory(error))
		return false;
	after = config();
	if (refused && memcmp(&after, &before, sizeof(after)))
		return wrong("refused, and settings changed", error);
	if (!error && !memcmp(&after, &before, sizeof(after)))
		return wrong("done, and nothing changed", error);
	return true;
}

static void must(int error, const char *what)
{
	errno = error;
	if (error)
		netlink_die(what);
}

static void prepare_start(void)
{
	fresh_socket();
	must(request(CONFIG_SET, 0, "started:00", NULL, NULL), "stop");
	before = config();
}

static void prepare_resize(void)
{
	fresh_socket();
	must(set_max_flows(1024), "max-flows");
	before = config();
}

static void prepare_timeouts(void)
{
	fresh_socket();
	must(request(CONFIG_SET, 0, "timeouts{none:1e000000}", NULL, NULL),
	     "timeouts");
	before = config();
}

static void prepare_start_with(void)
{
	prepare_timeouts();
	must(set_max_flows(1024), "max-flows");
	prepare_start();
}

static void prepare_flows(void)
{
	prepare_request();
	make_flows(AF_INET);
}

#define OPERATION(name, cmd, flags, attrs) \
	static int name(void) \
	{ \
		return attempt(cmd, flags, attrs); \
	}

OPERATION(start, CONFIG_SET, 0, "started:01")
OPERATION(start_with, CONFIG_SET, 0,
	  "started:01 max-flows:00000400 timeouts{none:1f000000}")
OPERATION(resize, CONFIG_SET, 0, "max-flows:00000400")
OPERATION(timeouts, CONFIG_SET, 0, "timeouts{none:1f000000 active:20000000}")
OPERATION(config_get, CONFIG_GET, 0, "")
OPERATION(stats_get, STATS_GET, 0, "")
OPERATION(flow_get, FLOW_GET, 0, "proto:11 " A " " B)
OPERATION(flow_dump, FLOW_GET, DUMP, "")
OPERATION(flow_dump_terms, FLOW_GET, DUMP, "term{proto:11} term{not: proto:06}")
OPERATION(flow_del, FLOW_DEL, 0, "proto:11 " A " " B)
OPERATION(flow_del_terms, FLOW_DEL, 0, "term{proto:06}")
OPERATION(flow_del_all, FLOW_DEL, 0, "")

/* What is refused, and told why. */
static int refused_max_flows(void)
{
	int error = attempt(CONFIG_SET, 0, "max-flows:01000000");

	return error == ERANGE ? 0 : error;
}

static int join(void)
{
	return setsockopt(mnl_socket_get_fd(nl.socket), SOL_NETLINK,
			  NETLINK_ADD_MEMBERSHIP, &nl.group,
			  sizeof(nl.group)) ? errno : 0;
}

/* --- namespaces --- */

static int home;

static int unshare_net(void)
{
	return unshare(CLONE_NEWNET) ? errno : 0;
}

/*
 * The namespace made goes when nobody is in it. Parts of the kernel that are
 * not ours have errors of their own where memory is short.
 */
static bool verify_namespace(int error)
{
	struct settings after;

	if (setns(home, CLONE_NEWNET))
		netlink_die("setns");
	fresh_socket();
	after = config();
	if (memcmp(&after, &before, sizeof(after)))
		return wrong("another namespace's settings changed", error);
	return true;
}

/* --- packets --- */

/**
 * struct ledger - of stats-get, packets
 * @seen: by the hooks
 * @live: in flows
 * @no_memory: of no flow, for want of memory
 * @sum: what was accounted for
 */
struct ledger {
	uint64_t seen;
	uint64_t live;
	uint64_t no_memory;
	uint64_t sum;
};

static uint64_t total_packets(const struct nlattr *nest, uint32_t *reason)
{
	const struct nlattr *attr;
	uint64_t packets = 0;

	mnl_attr_for_each_nested(attr, nest)
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_TOTAL_PACKETS:
			packets = mnl_attr_get_u64(attr);
			break;
		case TUPLESTAT_A_TOTAL_REASON:
			*reason = mnl_attr_get_u32(attr);
			break;
		}
	return packets;
}

static void take_ledger(const struct nlmsghdr *nlh, void *data)
{
	struct ledger *ledger = data;
	const struct nlattr *attr;
	uint32_t reason = 0;
	uint64_t packets;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_STATS_SEEN:
			ledger->seen = total_packets(attr, &reason);
			break;
		case TUPLESTAT_A_STATS_LIVE:
			ledger->live = total_packets(attr, &reason);
			ledger->sum += ledger->live;
			break;
		case TUPLESTAT_A_STATS_ENDED:
			ledger->sum += total_packets(attr, &reason);
			break;
		case TUPLESTAT_A_STATS_UNATTRIBUTED:
			packets = total_packets(attr, &reason);
			ledger->sum += packets;
			if (reason == TUPLESTAT_UNATTR_NO_MEMORY)
				ledger->no_memory = packets;
			break;
		}
	}
}

static struct ledger ledger_now(void)
{
	struct ledger ledger = { 0 };

	must(request(STATS_GET, 0, "", take_ledger, &ledger), "stats-get");
	return ledger;
}

static struct ledger ledger_before;
static int receiver, sender, listener;
static struct sockaddr_in to;
static unsigned int without_flow;

static void open_receivers(void)
{
	socklen_t len = sizeof(to);

	to.sin_family = AF_INET;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	if (receiver < 0 || bind(receiver, (struct sockaddr *)&to, len) ||
	    getsockname(receiver, (struct sockaddr *)&to, &len))
		netlink_die("receiver");
	/* the same port, for TCP */
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&to, len) ||
	    listen(listener, 64))
		netlink_die("listener");
}

/* A sender of a port of its own begins a new flow. */
static void prepare_packet(int type)
{
	struct sockaddr_in from = to;

	from.sin_port = 0;
	fresh_socket();
	sender = socket(AF_INET, type, 0);
	if (sender < 0 || bind(sender, (struct sockaddr *)&from, sizeof(from)))
		netlink_die("sender");
	ledger_before = ledger_now();
}

static void prepare_datagram(void)
{
	prepare_packet(SOCK_DGRAM);
}

static int send_datagram(void)
{
	return sendto(sender, "four", 4, 0, (struct sockaddr *)&to,
		      sizeof(to)) == 4 ? 0 : errno;
}

static bool arrives(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	return poll(&poller, 1, 2000) == 1;
}

/* What was sent is one packet; in a flow, or under its reason. */
static bool ledger_agrees(int error)
{
	struct ledger after = ledger_now();

	without_flow += after.no_memory - ledger_before.no_memory;
	if (after.seen != after.sum)
		return wrong("the ledger does not balance", error);
	if (!error && after.seen - ledger_before.seen != 1)
		return wrong("not seen as it was sent", error);
	if (!error && after.live + after.no_memory !=
		      ledger_before.live + ledger_before.no_memory + 1)
		return wrong("neither in a flow nor under its reason", error);
	return true;
}

/* What the hook had no memory for arrives all the same. */
static bool verify_datagram(int error)
{
	char text[8];
	bool good;

	close(sender);
	if (!error && (!arrives(receiver) ||
		       recv(receiver, text, sizeof(text), 0) != 4))
		return wrong("sent, and not received", error);
	good = only_memory(error) && ledger_agrees(error);
	while (recv(receiver, text, sizeof(text), MSG_DONTWAIT) >= 0)
		good = wrong("received, and not sent", error);
	return good;
}

static void prepare_connect(void)
{
	prepare_packet(SOCK_STREAM);
}

static int connect_stream(void)
{
	return connect(sender, (struct sockaddr *)&to, sizeof(to)) ? errno : 0;
}

static bool verify_connect(int error)
{
	struct ledger after;
	int fd = -1;
	bool good;

	if (!error && (!arrives(listener) ||
		       (fd = accept(listener, NULL, NULL)) < 0))
		return wrong("connected, and not accepted", error);
	good = only_memory(error);
	after = ledger_now();
	without_flow += after.no_memory - ledger_before.no_memory;
	if (after.seen != after.sum)
		good = wrong("the ledger does not balance", error);
	/* SYN, SYN-ACK, ACK; a segment that was sent again is one more */
	if (!error && after.seen - ledger_before.seen < 3)
		good = wrong("not counted as three", error);
	close(sender);
	close(fd);
	return good;
}

/* --- loading --- */

static void *image;
static size_t image_size;

static void read_image(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		netlink_die(path);
	image_size = (size_t)st.st_size;
	image = malloc(image_size);
	if (!image || read(fd, image, image_size) != st.st_size)
		netlink_die(path);
	close(fd);
}

static void nothing(void)
{
}

static int load(void)
{
	return syscall(SYS_init_module, image, image_size, "") ? errno : 0;
}

/* Loaded or not: never in between. */
static bool verify_load(int error)
{
	if (!error)
		must(syscall(SYS_delete_module, "tuplestat", O_NONBLOCK) ?
		     errno : 0, "delete_module");
	if (!access("/sys/module/tuplestat", F_OK) ||
	    !access("/sys/kernel/slab/tuplestat_flow", F_OK))
		return wrong("something of it stays", error);
	return true;
}

/* --- the cases --- */

static const struct fault_case loading[] = {
	{ "loading", nothing, load, verify_load, 50 },
};

static const struct fault_case operations[] = {
	{ "config-get", prepare_request, config_get, only_memory, 2 },
	{ "config-set, start", prepare_start, start, verify_set, 4 },
	{ "config-set, all at once", prepare_start_with, start_with, verify_set,
	  4 },
	{ "config-set, max-flows", prepare_resize, resize, verify_set, 3 },
	{ "config-set, timeouts", prepare_timeouts, timeouts, verify_set, 2 },
	{ "config-set, refused", prepare_request, refused_max_flows,
	  only_memory, 2 },
	{ "stats-get", prepare_request, stats_get, only_memory, 2 },
	{ "flow-get", prepare_flows, flow_get, only_memory, 2 },
	{ "flow-get, dump", prepare_request, flow_dump, only_memory, 4 },
	{ "flow-get, dump by terms", prepare_request, flow_dump_terms,
	  only_memory, 5 },
	{ "flow-del, one", prepare_flows, flow_del, only_memory, 2 },
	{ "flow-del, by a term", prepare_flows, flow_del_terms, only_memory, 3 },
	{ "flow-del, all", prepare_flows, flow_del_all, only_memory, 2 },
	{ "joining the group", prepare_request, join, only_memory, 1 },
	/* Allocations come and go from one time to the next: some are missed. */
	{ "a datagram", prepare_datagram, send_datagram, verify_datagram, 2 },
	{ "a connection", prepare_connect, connect_stream, verify_connect, 2 },
	{ "another datagram", prepare_datagram, send_datagram, verify_datagram,
	  2 },
	{ "another connection", prepare_connect, connect_stream, verify_connect,
	  2 },
	{ "a third connection", prepare_connect, connect_stream, verify_connect,
	  2 },
	{ "a new namespace", prepare_request, unshare_net, verify_namespace,
	  100 },
};

static void run_cases(const struct fault_case *c, size_t count)
{
	for (; count; count--, c++)
		run_case(c);
}

static void make_many_flows(void)
{
	unsigned int i;

	for (i = 0; i < FLOWS; i++) {
		prepare_datagram();
		must(send_datagram(), "sendto");
		if (!verify_datagram(0))
			netlink_die("a datagram");
	}
	without_flow = 0;
}

static void run_operations(void)
{
	home = open("/proc/self/ns/net", O_RDONLY);
	if (home < 0)
		netlink_die("/proc/self/ns/net");
	loopback_up();
	netlink_open(&nl);
	must(request(CONFIG_SET, 0, "started:01", NULL, NULL), "start");
	open_receivers();
	make_many_flows();
	run_cases(operations, ARRAY_SIZE(operations));
	ktap_ok(without_flow >= 2,
		"%u packets went on without a flow, under their reason",
		without_flow);
	fresh_socket();
	ktap_ok(ledger_now().seen == ledger_now().sum, "the ledger balances");
}

int main(int argc, char **argv)
{
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth < 0)
		netlink_die("/proc/thread-self/fail-nth");
	mlockall(MCL_CURRENT | MCL_FUTURE);

	if (argc == 3 && !strcmp(argv[1], "load")) {
		ktap_plan(ARRAY_SIZE(loading));
		read_image(argv[2]);
		run_cases(loading, ARRAY_SIZE(loading));
	} else if (argc == 2 && !strcmp(argv[1], "operations")) {
		ktap_plan(ARRAY_SIZE(operations) + 2);
		run_operations();
	} else {
		fprintf(stderr, "usage: faults load FILE | operations\n");
		return 2;
	}
	return ktap_finish();
}
