// SPDX-License-Identifier: GPL-2.0
/*
 * The server of the lecture's two drawings (traffic.h), and a UDP one that
 * answers every datagram. It ends by itself after --connections.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "traffic.h"

/* Answers each message with itself, until the client closes. */
static int serve_general(struct traffic *t, int fd)
{
	size_t size = t->opt.size;
	unsigned long count = 0;
	ssize_t got;

	for (;;) {
		got = traffic_receive(t, fd, t->in, size);
		if (got < 0)
			return -1;
		if (!got)
			break;
		if ((size_t)got < size)
			return traffic_mismatch("bytes", (size_t)got, size);
		if (traffic_send(t, fd, t->in, size))
			return -1;
		count++;
	}
	if (t->opt.count_given && count != t->opt.count)
		return traffic_mismatch("exchanges", count, t->opt.count);
	/* The client has closed its half: ours can still carry data. */
	if (t->opt.half_close)
		return traffic_send(t, fd, t->out, size);
	return 0;
}

/* Says its sentence; the caller closes, first of the two. */
static int serve_thanks(struct traffic *t, int fd)
{
	return traffic_send(t, fd, TRAFFIC_THANKS, strlen(TRAFFIC_THANKS));
}

static int serve(struct traffic *t, int fd)
{
	int rc;

	rc = traffic_tune(t, fd);
	if (!rc && t->opt.mode == TRAFFIC_MODE_THANKS)
		rc = serve_thanks(t, fd);
	else if (!rc)
		rc = serve_general(t, fd);
	if (!rc)
		rc = traffic_hold(t);
	close(fd);
	return rc;
}

static int accept_all(struct traffic *t, int listener)
{
	union traffic_addr peer;
	unsigned long i;
	socklen_t len;
	int fd;

	for (i = 0; i < t->opt.connections; i++) {
		do {
			len = sizeof(peer);
			fd = accept4(listener, &peer.sa, &len, SOCK_CLOEXEC);
		} while (fd < 0 && errno == EINTR);
		if (fd < 0)
			return traffic_fail(t, "accept");
		if (traffic_note_ends(t, fd, &peer) || serve(t, fd))
			return -1;
	}
	return 0;
}

/* Receives one datagram of any size, and notes who sent it. */
static ssize_t receive_datagram(struct traffic *t, int fd)
{
	union traffic_addr *peer = &t->tally.remote;
	socklen_t len;
	ssize_t got;

	do {
		len = sizeof(*peer);
		got = recvfrom(fd, t->in, TRAFFIC_DATAGRAM_MAX, 0, &peer->sa,
			       &len);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return traffic_fail(t, "recvfrom");
	t->tally.datagrams_received++;
	t->tally.bytes_received += (uint64_t)got;
	if (t->opt.size_given && (size_t)got != t->opt.size)
		return traffic_mismatch("bytes", (size_t)got, t->opt.size);
	return got;
}

static int answer_datagram(struct traffic *t, int fd, size_t len)
{
	const union traffic_addr *peer = &t->tally.remote;
	ssize_t sent;

	do {
		sent = sendto(fd, t->in, len, 0, &peer->sa,
			      traffic_addr_len(peer));
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return traffic_fail(t, "sendto");
	t->tally.datagrams_sent++;
	t->tally.bytes_sent += (uint64_t)sent;
	return 0;
}

/* The client's words mean the same here: --connections of --count datagrams. */
static int echo_all(struct traffic *t, int fd)
{
	uint64_t left = (uint64_t)t->opt.connections * t->opt.count;
	socklen_t len = sizeof(t->tally.local);
	ssize_t got;

	if (getsockname(fd, &t->tally.local.sa, &len))
		return traffic_fail(t, "getsockname");
	for (; left; left--) {
		got = receive_datagram(t, fd);
		if (got < 0 || answer_datagram(t, fd, (size_t)got))
			return -1;
	}
	return 0;
}

static int run(struct traffic *t)
{
	const union traffic_addr *addr = &t->opt.addr;
	int fd, rc;

	fd = traffic_socket(t);
	if (fd < 0)
		return -1;
	if (bind(fd, &addr->sa, traffic_addr_len(addr)))
		rc = traffic_fail(t, "bind");
	else if (t->opt.type == SOCK_STREAM && listen(fd, SOMAXCONN))
		rc = traffic_fail(t, "listen");
	else if (traffic_announce(t))
		rc = -1;
	else if (t->opt.type == SOCK_STREAM)
		rc = accept_all(t, fd);
	else
		rc = echo_all(t, fd);
	close(fd);
	return rc;
}

int main(int argc, char **argv)
{
	struct traffic t;
	int rc;

	rc = traffic_init(&t, TRAFFIC_SERVER, argc, argv);
	if (rc == TRAFFIC_USAGE || t.opt.help)
		return rc;
	return traffic_exit(&t, rc || run(&t));
}
