// SPDX-License-Identifier: GPL-2.0
/*
 * Accepts each packet of a netfilter queue:
 * nfqueue READY QUEUE [BATCH [COUNT]]. Creates the file READY when it is bound
 * to the queue. One verdict accepts up to BATCH packets (1): the kernel runs
 * the remaining hooks for all of them in a row, in this process. Ends after
 * COUNT packets, or when it receives SIGTERM and no packet waits. Prints how
 * many packets and verdicts the kernel took, in JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>

/* Packets that may wait in the kernel, and bytes of messages about them. */
#define QUEUE_LENGTH 1000000
#define BUFFER (64 << 20)

/* Without a packet for this long, a batch that is not full is accepted. */
#define WAIT_US 20000

/* Messages per system call; one without the packet itself is far smaller. */
#define MESSAGES 64
#define MESSAGE_MAX 2048

static struct mnl_socket *socket_;
static uint16_t queue;
static uint32_t seq;
static unsigned long batch = 1, count;

/* Not accepted yet: so many, up to this identifier. */
static unsigned long waiting;
static uint32_t last_id;

static uint64_t packets, verdicts, overruns;
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "nfqueue: %s: %s\n", what, strerror(errno));
	exit(2);
}

static struct nlmsghdr *begin(char *at, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++seq;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(queue);
	return nlh;
}

/* Only before packets come: the next message is the answer. */
static void configure(const struct nlmsghdr *nlh, const char *what)
{
	char reply[MESSAGE_MAX];
	ssize_t got;

	if (mnl_socket_sendto(socket_, nlh, nlh->nlmsg_len) < 0)
		die(what);
	got = mnl_socket_recvfrom(socket_, reply, sizeof(reply));
	if (got < 0 || mnl_cb_run(reply, (size_t)got, nlh->nlmsg_seq, 0, NULL,
				  NULL) < 0)
		die(what);
}

static void bind_queue(void)
{
	struct nfqnl_msg_config_cmd cmd = { .command = NFQNL_CFG_CMD_BIND };
	struct nfqnl_msg_config_params params = {
		.copy_mode = NFQNL_COPY_META,
	};
	char buf[MESSAGE_MAX];
	struct nlmsghdr *nlh;

	nlh = begin(buf, NFQNL_MSG_CONFIG, NLM_F_ACK);
	mnl_attr_put(nlh, NFQA_CFG_CMD, sizeof(cmd), &cmd);
	configure(nlh, "bind");
	/* A packet that finds no room goes on: none may be lost here. */
	nlh = begin(buf, NFQNL_MSG_CONFIG, NLM_F_ACK);
	mnl_attr_put_u32(nlh, NFQA_CFG_QUEUE_MAXLEN, htonl(QUEUE_LENGTH));
	mnl_attr_put_u32(nlh, NFQA_CFG_FLAGS, htonl(NFQA_CFG_F_FAIL_OPEN));
	mnl_attr_put_u32(nlh, NFQA_CFG_MASK, htonl(NFQA_CFG_F_FAIL_OPEN));
	configure(nlh, "queue length");
	/* From here on there are packets. */
	nlh = begin(buf, NFQNL_MSG_CONFIG, NLM_F_ACK);
	mnl_attr_put(nlh, NFQA_CFG_PARAMS, sizeof(params), &params);
	if (mnl_socket_sendto(socket_, nlh, nlh->nlmsg_len) < 0)
		die("copy mode");
}

static void open_socket(void)
{
	struct timeval wait = { .tv_usec = WAIT_US };
	int fd, buffer = BUFFER;

	socket_ = mnl_socket_open(NETLINK_NETFILTER);
	if (!socket_ || mnl_socket_bind(socket_, 0, MNL_SOCKET_AUTOPID))
		die("netlink socket");
	fd = mnl_socket_get_fd(socket_);
	/* An unprivileged user gets less. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer,
		       sizeof(buffer)) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer)))
		die("receive buffer");
	bind_queue();
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
		die("receive time-out");
}

/* The kernel answers a verdict only if it refuses it. */
static void accept_waiting(void)
{
	struct nfqnl_msg_verdict_hdr verdict = {
		.verdict = htonl(NF_ACCEPT),
		.id = htonl(last_id),
	};
	char buf[MESSAGE_MAX];
	struct nlmsghdr *nlh;

	nlh = begin(buf, waiting > 1 ? NFQNL_MSG_VERDICT_BATCH :
				       NFQNL_MSG_VERDICT, 0);
	mnl_attr_put(nlh, NFQA_VERDICT_HDR, sizeof(verdict), &verdict);
	if (mnl_socket_sendto(socket_, nlh, nlh->nlmsg_len) < 0)
		die("verdict");
	packets += waiting;
	verdicts++;
	waiting = 0;
}

static void take_packet(const struct nlmsghdr *nlh)
{
	const struct nfqnl_msg_packet_hdr *packet;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != NFQA_PACKET_HDR)
			continue;
		packet = mnl_attr_get_payload(attr);
		last_id = ntohl(packet->packet_id);
		waiting++;
	}
	if (waiting >= batch)
		accept_waiting();
}

static void take_message(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *error;

	if (nlh->nlmsg_type == (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET)) {
		take_packet(nlh);
	} else if (nlh->nlmsg_type == NLMSG_ERROR) {
		error = mnl_nlmsg_get_payload(nlh);
		errno = -error->error;
		if (errno)
			die("the kernel refuses");
	}
}

/* Returns false if no message came for a while. */
static bool read_some(void)
{
	static char buffers[MESSAGES][MESSAGE_MAX] __attribute__((aligned(8)));
	static struct mmsghdr messages[MESSAGES];
	static struct iovec parts[MESSAGES];
	const struct nlmsghdr *nlh;
	int got, i;

	for (i = 0; i < MESSAGES; i++) {
		parts[i].iov_base = buffers[i];
		parts[i].iov_len = sizeof(buffers[i]);
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	got = recvmmsg(mnl_socket_get_fd(socket_), messages, MESSAGES,
		       MSG_WAITFORONE, NULL);
	if (got < 0 && errno == ENOBUFS) {
		overruns++;
		return true;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (got < 0)
		die("receive");
	for (i = 0; i < got; i++) {
		nlh = (struct nlmsghdr *)buffers[i];
		if (mnl_nlmsg_ok(nlh, (int)messages[i].msg_len))
			take_message(nlh);
	}
	return true;
}

static void run(void)
{
	bool more;

	while (!count || packets < count) {
		more = read_some();
		if (!more && waiting)
			accept_waiting();
		else if (!more && stopped)
			return;
	}
}

static bool number(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 10);
	return end != text && !*end && !errno && *value <= max;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop };
	unsigned long queue_number;
	int fd;

	if (argc < 3 || argc > 5 || !number(argv[2], 65535, &queue_number) ||
	    (argc > 3 && (!number(argv[3], QUEUE_LENGTH, &batch) || !batch)) ||
	    (argc > 4 && !number(argv[4], 1UL << 31, &count))) {
		fputs("usage: nfqueue READY QUEUE [BATCH [COUNT]]\n", stderr);
		return 1;
	}
	queue = (uint16_t)queue_number;
	sigaction(SIGTERM, &action, NULL);
	open_socket();
	fd = open(argv[1], O_WRONLY | O_CREAT, 0600);
	if (fd < 0)
		die(argv[1]);
	close(fd);

	run();
	printf("{\"packets\":%" PRIu64 ",\"verdicts\":%" PRIu64
	       ",\"overruns\":%" PRIu64 "}\n", packets, verdicts, overruns);
	return 0;
}
