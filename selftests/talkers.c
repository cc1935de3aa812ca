// SPDX-License-Identifier: GPL-2.0
/*
 * Many TCP connections that stay open and talk a little, in one process a side.
 *
 *	talkers server PORT READY	echoes what comes to any address, for ever
 *	talkers client PORT CONNECTIONS PAUSE-MS STOP READY ADDR...
 *
 * The client opens its connections one after the other, to each address in
 * turn, then sends MESSAGE octets by each of them and waits for the echo, again
 * and again with a pause between. It makes the file READY when all are open and
 * have talked once. Once there is a file STOP it says for each connection
 * "SOURCE-PORT OCTETS-SENT OCTETS-RECEIVED", and keeps all of them open in
 * silence until it is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE 100
#define CONNECTIONS_MAX 1024
#define WAIT_MS 20000

struct connection {
	int fd;
	uint16_t port;
	uint64_t sent;
	uint64_t received;
};

static void die(const char *what)
{
	fprintf(stderr, "talkers: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void touch(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		die(name);
	close(fd);
}

static int open_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0), on = 1;

	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		die("socket");
	return fd;
}

/* --- the server --- */

static void echo(struct pollfd *from)
{
	char text[4096];
	ssize_t got;

	got = recv(from->fd, text, sizeof(text), 0);
	if (got > 0 && send(from->fd, text, (size_t)got, MSG_NOSIGNAL) == got)
		return;
	close(from->fd);
	from->fd = -1;
}

static void serve(uint16_t port, const char *ready)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_ANY_INIT, .sin6_port = htons(port) };
	static struct pollfd fds[1 + CONNECTIONS_MAX];
	int fd = open_socket(AF_INET6);
	nfds_t count = 1, i;

	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, 128))
		die("listen");
	touch(ready);
	fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	for (;;) {
		if (poll(fds, count, -1) < 0)
			die("poll");
		for (i = 1; i < count; i++)
			if (fds[i].fd >= 0 && fds[i].revents)
				echo(&fds[i]);
		if (!fds[0].revents || count > CONNECTIONS_MAX)
			continue;
		fds[count] = (struct pollfd){ .fd = accept(fd, NULL, NULL),
			.events = POLLIN };
		if (fds[count].fd < 0)
			die("accept");
		count++;
	}
}

/* --- the client --- */

static void call(struct connection *conn, const char *addr, uint16_t port)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) }, from;
	struct sockaddr_in to4 = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	bool six = strchr(addr, ':');
	socklen_t len = sizeof(from);
	int ret;

	if (inet_pton(six ? AF_INET6 : AF_INET, addr,
		      six ? (void *)&to6.sin6_addr : &to4.sin_addr) != 1)
		die(addr);
	conn->fd = open_socket(six ? AF_INET6 : AF_INET);
	ret = six ? connect(conn->fd, (struct sockaddr *)&to6, sizeof(to6)) :
		    connect(conn->fd, (struct sockaddr *)&to4, sizeof(to4));
	if (ret || getsockname(conn->fd, (struct sockaddr *)&from, &len))
		die("connect");
	/* The port is at the same place in both. */
	conn->port = ntohs(from.sin6_port);
}

static void talk(struct connection *conn)
{
	struct pollfd answer = { .fd = conn->fd, .events = POLLIN };
	char text[MESSAGE] = { 0 };
	size_t left = MESSAGE;
	ssize_t got;

	if (send(conn->fd, text, MESSAGE, MSG_NOSIGNAL) != MESSAGE)
		die("send");
	conn->sent += MESSAGE;
	while (left) {
		if (poll(&answer, 1, WAIT_MS) != 1)
			die("no answer");
		got = recv(conn->fd, text, left, 0);
		if (got <= 0)
			die("recv");
		conn->received += (uint64_t)got;
		left -= (size_t)got;
	}
}

static int call_all(char **argv, int addrs)
{
	static struct connection conns[CONNECTIONS_MAX];
	unsigned long count = strtoul(argv[1], NULL, 10), i;
	unsigned int pause_ms = (unsigned int)strtoul(argv[2], NULL, 10);
	uint16_t port = (uint16_t)strtoul(argv[0], NULL, 10);
	const char *stop = argv[3], *ready = argv[4];
	bool first = true;

	if (count > CONNECTIONS_MAX)
		return 1;
	for (i = 0; i < count; i++)
		call(&conns[i], argv[5 + i % (unsigned long)addrs], port);
	do {
		for (i = 0; i < count; i++)
			talk(&conns[i]);
		if (first)
			touch(ready);
		first = false;
		usleep(pause_ms * 1000);
	} while (access(stop, F_OK));
	for (i = 0; i < count; i++)
		printf("%u %llu %llu\n", conns[i].port,
		       (unsigned long long)conns[i].sent,
		       (unsigned long long)conns[i].received);
	fflush(stdout);
	pause();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "server"))
		serve((uint16_t)strtoul(argv[2], NULL, 10), argv[3]);
	if (argc >= 8 && !strcmp(argv[1], "client"))
		return call_all(argv + 2, argc - 7);
	fprintf(stderr, "usage: see the head of talkers.c\n");
	return 1;
}
