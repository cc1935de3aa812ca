// SPDX-License-Identifier: GPL-2.0
/*
 * Listens to events without the command's code, and counts them:
 * event_listener READY [BUFFER [PAUSE]]. Writes the file READY when it listens;
 * BUFFER bytes may wait to be read (64 MiB); it rests for PAUSE microseconds
 * after each read (0). When it is sent TERM it reads what there is still, and
 * prints what came, in JSON; "missing" are numbers between the first and last.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "netlink.h"

#define BUFFER_DEFAULT (64 << 20)

/* A read waits so long at most before it is seen that TERM came. */
#define WAIT_US 50000

/**
 * struct tally - what came
 * @events: events
 * @first: number of the first one
 * @last: number of the last one
 * @missing: numbers that did not come, between the two
 * @disorder: numbers that came after a higher one
 * @overruns: how often the kernel said that it had to drop some
 * @kind: events that have each bit of enum tuplestat_events
 */
struct tally {
	uint64_t events;
	uint64_t first;
	uint64_t last;
	uint64_t missing;
	uint64_t disorder;
	uint64_t overruns;
	uint64_t kind[4];
};

static struct netlink nl;
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void set_option(int level, int name, const void *value, socklen_t len)
{
	if (setsockopt(mnl_socket_get_fd(nl.socket), level, name, value, len))
		netlink_die("setsockopt");
}

static void listen_with(int buffer)
{
	struct timeval wait = { .tv_usec = WAIT_US };

	netlink_open(&nl);
	set_option(SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
	set_option(SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	set_option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &nl.group,
		   sizeof(nl.group));
}

static void take(struct tally *tally, uint64_t seq, uint32_t kinds)
{
	unsigned int bit;

	if (!tally->events)
		tally->first = seq;
	else if (seq <= tally->last)
		tally->disorder++;
	else
		tally->missing += seq - tally->last - 1;
	tally->last = seq;
	tally->events++;
	for (bit = 0; bit < 4; bit++)
		tally->kind[bit] += kinds >> bit & 1;
}

static void take_message(struct tally *tally, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	uint64_t seq = 0;
	uint32_t kinds = 0;

	if (nlh->nlmsg_type != nl.family ||
	    genl->cmd != TUPLESTAT_CMD_FLOW_EVENT)
		return;
	mnl_attr_for_each(attr, nlh, sizeof(*genl)) {
		if (mnl_attr_get_type(attr) == TUPLESTAT_A_FLOW_SEQ)
			seq = mnl_attr_get_u64(attr);
		else if (mnl_attr_get_type(attr) == TUPLESTAT_A_FLOW_EVENTS)
			kinds = mnl_attr_get_u32(attr);
	}
	take(tally, seq, kinds);
}

/* Returns false where there was nothing to read for a while. */
static bool read_once(struct tally *tally)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)nl.reply;
	ssize_t got;
	int len;

	got = mnl_socket_recvfrom(nl.socket, nl.reply, sizeof(nl.reply));
	if (got < 0 && errno == ENOBUFS) {
		tally->overruns++;
		return true;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (got < 0)
		netlink_die("receive");
	for (len = (int)got; mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		take_message(tally, nlh);
	return true;
}

static void print(const struct tally *tally)
{
	static const char *const kinds[] = {
		"new", "established", "interim", "end",
	};
	unsigned int bit;

	printf("{\"events\":%" PRIu64 ",\"first\":%" PRIu64 ",\"last\":%" PRIu64
	       ",\"missing\":%" PRIu64 ",\"disorder\":%" PRIu64
	       ",\"overruns\":%" PRIu64, tally->events, tally->first,
	       tally->last, tally->missing, tally->disorder, tally->overruns);
	for (bit = 0; bit < 4; bit++)
		printf(",\"%s\":%" PRIu64, kinds[bit], tally->kind[bit]);
	printf("}\n");
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop };
	int buffer = argc > 2 ? atoi(argv[2]) : BUFFER_DEFAULT;
	struct timespec rest = {
		.tv_nsec = (argc > 3 ? atol(argv[3]) : 0) * 1000,
	};
	struct tally tally = { 0 };
	int fd;

	if (argc < 2) {
		fputs("usage: event_listener READY [BUFFER [PAUSE]]\n", stderr);
		return 1;
	}
	sigaction(SIGTERM, &action, NULL);
	listen_with(buffer);
	fd = open(argv[1], O_WRONLY | O_CREAT, 0600);
	if (fd < 0)
		netlink_die(argv[1]);
	close(fd);

	while (read_once(&tally) || !stopped)
		if (rest.tv_nsec && !stopped)
			nanosleep(&rest, NULL);
	print(&tally);
	return 0;
}
