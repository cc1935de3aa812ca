// SPDX-License-Identifier: GPL-2.0
/*
 * The client of the lecture's two drawings (traffic.h), and two UDP ones: one
 * that waits for each answer, and one that only sends, as fast as it can.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "traffic.h"

#define FLOOD_BATCH 64

static int bind_source(const struct traffic *t, int fd, unsigned long i)
{
	union traffic_addr source = t->opt.source;

	if (source.sa.sa_family == AF_UNSPEC && !t->opt.source_port)
		return 0;
	/* Without --source the rest is zero: any address. */
	source.sa.sa_family = t->opt.addr.sa.sa_family;
	if (t->opt.source_port)
		traffic_addr_set_port(&source, t->opt.source_port +
					       i % t->opt.ports);
	if (bind(fd, &source.sa, traffic_addr_len(&source)))
		return traffic_fail(t, "bind");
	return 0;
}

/* The i-th connection. UDP sockets too: the kernel then chooses the source. */
static int open_connection(struct traffic *t, unsigned long i)
{
	const union traffic_addr *addr = &t->opt.addr;
	int fd, rc;

	fd = traffic_socket(t);
	if (fd < 0)
		return -1;
	if (bind_source(t, fd, i))
		goto fail;
	/* After EINTR, Linux lets a blocking socket just go on waiting. */
	do {
		rc = connect(fd, &addr->sa, traffic_addr_len(addr));
	} while (rc && errno == EINTR);
	if (rc) {
		traffic_fail(t, "connect");
		goto fail;
	}
	if (traffic_note_ends(t, fd, addr))
		goto fail;
	return fd;
fail:
	close(fd);
	return -1;
}

/* With a FIN or, by --linger0, with a RST. */
static int close_connection(const struct traffic *t, int fd)
{
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	int rc = 0;

	if (t->opt.linger0 && setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset,
					 sizeof(reset)))
		rc = traffic_fail(t, "setsockopt(SO_LINGER)");
	close(fd);
	return rc;
}

static int check_answer(const struct traffic *t, size_t got)
{
	if (got != t->opt.size)
		return traffic_mismatch("bytes", got, t->opt.size);
	if (memcmp(t->in, t->out, got)) {
		errno = EBADMSG;
		return traffic_fail(t, "recv");
	}
	return 0;
}

/* Says a message and waits for its answer, --count times. */
static int talk_general(struct traffic *t, int fd)
{
	size_t size = t->opt.size;
	unsigned long i;
	ssize_t got;

	for (i = 0; i < t->opt.count; i++) {
		if (traffic_send(t, fd, t->out, size))
			return -1;
		got = traffic_receive(t, fd, t->in, size);
		if (got < 0 || check_answer(t, (size_t)got))
			return -1;
	}
	return 0;
}

/* Says nothing: reads the sentence, and reads on until the server closes. */
static int talk_thanks(struct traffic *t, int fd)
{
	size_t want = strlen(TRAFFIC_THANKS);
	ssize_t got;

	got = traffic_receive(t, fd, t->in, TRAFFIC_DATAGRAM_MAX);
	if (got < 0)
		return -1;
	if ((size_t)got != want)
		return traffic_mismatch("bytes", (size_t)got, want);
	if (memcmp(t->in, TRAFFIC_THANKS, want)) {
		errno = EBADMSG;
		return traffic_fail(t, "recv");
	}
	return 0;
}

static int talk_echo(struct traffic *t, int fd)
{
	unsigned long i;
	ssize_t got;

	for (i = 0; i < t->opt.count; i++) {
		if (traffic_send(t, fd, t->out, t->opt.size))
			return -1;
		do {
			got = recv(fd, t->in, TRAFFIC_DATAGRAM_MAX, 0);
		} while (got < 0 && errno == EINTR);
		if (got < 0)
			return traffic_fail(t, "recv");
		t->tally.datagrams_received++;
		t->tally.bytes_received += (uint64_t)got;
		if (check_answer(t, (size_t)got))
			return -1;
	}
	return 0;
}

/* This half is closed by a FIN, the other is read to its end. */
static int half_close(struct traffic *t, int fd)
{
	ssize_t got;

	if (shutdown(fd, SHUT_WR))
		return traffic_fail(t, "shutdown");
	do {
		got = traffic_receive(t, fd, t->in, t->opt.size);
	} while (got > 0);
	return got < 0 ? -1 : 0;
}

static int talk(struct traffic *t, int fd)
{
	int rc;

	if (t->opt.mode == TRAFFIC_MODE_THANKS)
		rc = talk_thanks(t, fd);
	else if (t->opt.mode == TRAFFIC_MODE_ECHO)
		rc = talk_echo(t, fd);
	else
		rc = talk_general(t, fd);
	if (!rc)
		rc = traffic_announce(t) || traffic_hold(t);
	if (!rc && t->opt.half_close)
		rc = half_close(t, fd);
	return close_connection(t, fd) || rc;
}

static int talk_all(struct traffic *t)
{
	unsigned long i;
	int fd;

	for (i = 0; i < t->opt.connections; i++) {
		fd = open_connection(t, i);
		if (fd < 0 || talk(t, fd))
			return -1;
	}
	return 0;
}

/* Sends the share of one port, many datagrams a system call. */
static int flood_port(struct traffic *t, int fd, unsigned long left)
{
	struct iovec message = { .iov_base = t->out, .iov_len = t->opt.size };
	struct mmsghdr batch[FLOOD_BATCH] = {};
	unsigned int i;
	int n;

	for (i = 0; i < FLOOD_BATCH; i++) {
		batch[i].msg_hdr.msg_iov = &message;
		batch[i].msg_hdr.msg_iovlen = 1;
	}
	while (left) {
		i = left < FLOOD_BATCH ? (unsigned int)left : FLOOD_BATCH;
		n = sendmmsg(fd, batch, i, 0);
		/* An ICMP error is about a datagram before, none was sent now. */
		if (n < 0 && (errno == EINTR || errno == ECONNREFUSED))
			continue;
		if (n < 0)
			return traffic_fail(t, "sendmmsg");
		left -= (unsigned long)n;
		t->tally.datagrams_sent += (uint64_t)n;
		t->tally.bytes_sent += (uint64_t)n * t->opt.size;
	}
	return 0;
}

/* One port after the other: an open socket for each could be too many. */
static int flood(struct traffic *t)
{
	unsigned long count = t->opt.count, ports = t->opt.ports, i;
	int fd, rc;

	for (i = 0; i < ports && i < count; i++) {
		fd = open_connection(t, i);
		if (fd < 0)
			return -1;
		rc = flood_port(t, fd, count / ports + (i < count % ports));
		if (close_connection(t, fd) || rc)
			return -1;
	}
	return traffic_announce(t) || traffic_hold(t);
}

static int run(struct traffic *t)
{
	if (t->opt.mode == TRAFFIC_MODE_FLOOD)
		return flood(t);
	return talk_all(t);
}

int main(int argc, char **argv)
{
	struct traffic t;
	int rc;

	rc = traffic_init(&t, TRAFFIC_CLIENT, argc, argv);
	if (rc == TRAFFIC_USAGE || t.opt.help)
		return rc;
	return traffic_exit(&t, rc || run(&t));
}
