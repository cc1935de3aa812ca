// SPDX-License-Identifier: GPL-2.0
/* The way to a collector: names, sockets, and attempts to connect. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli.h"
#include "collector.h"
#include "number.h"

/* So long lasts an attempt to connect, and what is sent without an answer. */
#define CONNECT_MS 10000
#define ANSWER_MS 30000

/* Between two attempts: the first time, and at most. */
#define PAUSE_FIRST_MS 250
#define PAUSE_MAX_MS 15000

/*
 * A message is to fit into one datagram that nobody has to cut (RFC 7011,
 * section 10.3.3): the route's MTU less the headers of IP and UDP.
 */
#define MTU_DEFAULT 1280
#define MTU_MAX 1500
#define HEADERS_IPV4 (20 + 8)
#define HEADERS_IPV6 (40 + 8)

/* Over TCP any length will do. */
#define MESSAGE_TCP 8192

#define HOST_MAX 256

/* Splits HOST:PORT or [ADDR]:PORT; returns the port, or NULL. */
static const char *split(const char *name, char host[HOST_MAX])
{
	const char *colon = strrchr(name, ':');
	size_t len = colon ? (size_t)(colon - name) : 0;
	uint32_t port;

	if (len >= 2 && name[0] == '[' && name[len - 1] == ']') {
		name++;
		len -= 2;
	} else if (memchr(name, ':', len)) {
		return NULL;
	}
	if (!len || len >= HOST_MAX ||
	    number_parse(colon + 1, strlen(colon + 1), UINT16_MAX, &port) ||
	    !port)
		return NULL;
	memcpy(host, name, len);
	host[len] = '\0';
	return colon + 1;
}

/**
 * collector_open - find a collector; it is connected later
 * @collector: written whole
 * @name: HOST:PORT, or [ADDR]:PORT for IPv6
 * @is_tcp: TCP, else UDP
 * @error: what is wrong
 *
 * Return: 0; -EINVAL or -ENOENT with @error filled in.
 */
int collector_open(struct collector *collector, const char *name, bool is_tcp,
		   char error[COLLECTOR_ERROR_LEN])
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = is_tcp ? SOCK_STREAM : SOCK_DGRAM,
		.ai_flags = AI_NUMERICSERV,
	};
	char host[HOST_MAX];
	const char *port;
	int ret;

	*collector = (struct collector){
		.name = name,
		.is_tcp = is_tcp,
		.fd = -1,
		.pause_ms = PAUSE_FIRST_MS,
	};
	port = split(name, host);
	if (!port) {
		snprintf(error, COLLECTOR_ERROR_LEN,
			 "--to: '%s' is not HOST:PORT, or [ADDR]:PORT for an IPv6 address",
			 name);
		return -EINVAL;
	}
	ret = getaddrinfo(host, port, &hints, &collector->addresses);
	if (!ret)
		return 0;
	collector->addresses = NULL;
	snprintf(error, COLLECTOR_ERROR_LEN, "--to: '%s': %s", host,
		 gai_strerror(ret));
	return -ENOENT;
}

static void close_socket(struct collector *collector)
{
	if (collector->fd >= 0)
		close(collector->fd);
	collector->fd = -1;
}

/**
 * collector_close - take leave of a collector
 * @collector: the collector
 */
void collector_close(struct collector *collector)
{
	close_socket(collector);
	if (collector->addresses)
		freeaddrinfo(collector->addresses);
	collector->addresses = NULL;
}

/**
 * collector_fail - it cannot be reached; try again later
 * @collector: the collector
 * @error: why, an errno; the person is told of the first failure of a row
 * @now_ms: the time
 */
void collector_fail(struct collector *collector, int error, uint64_t now_ms)
{
	if (!collector->was_told)
		cli_error("collector %s: %s", collector->name,
			  strerror(error));
	collector->was_told = true;
	close_socket(collector);
	collector->state = COLLECTOR_DOWN;
	collector->due_ms = now_ms + collector->pause_ms;
	collector->pause_ms *= 2;
	if (collector->pause_ms > PAUSE_MAX_MS)
		collector->pause_ms = PAUSE_MAX_MS;
}

static void set_option(int fd, int level, int option, int value)
{
	/* Where the kernel does not want to, it works without. */
	(void)setsockopt(fd, level, option, &value, sizeof(value));
}

static void configure(int fd, const struct addrinfo *address, bool is_tcp)
{
	if (is_tcp) {
		/* Who reads nothing, and who is gone, is given up. */
		set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, ANSWER_MS);
		set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	} else if (address->ai_family == AF_INET) {
		/* Routes change: then it is cut rather than lost. */
		set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	}
}

/**
 * collector_confirm - it is there indeed: over TCP a connection says so
 * @collector: the collector, connected
 */
void collector_confirm(struct collector *collector)
{
	if (collector->was_told)
		cli_error("collector %s: it is back", collector->name);
	collector->was_told = false;
	collector->pause_ms = PAUSE_FIRST_MS;
}

static void come_up(struct collector *collector)
{
	collector->state = COLLECTOR_UP;
	if (collector->is_tcp)
		collector_confirm(collector);
}

static void connect_socket(struct collector *collector, uint64_t now_ms)
{
	const struct addrinfo *address = collector->next;

	if (!address)
		address = collector->addresses;
	collector->next = address->ai_next;
	collector->fd = socket(address->ai_family, address->ai_socktype |
			       SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (collector->fd < 0) {
		collector_fail(collector, errno, now_ms);
		return;
	}
	configure(collector->fd, address, collector->is_tcp);
	if (!connect(collector->fd, address->ai_addr, address->ai_addrlen)) {
		come_up(collector);
	} else if (errno == EINPROGRESS) {
		collector->state = COLLECTOR_CONNECTING;
		collector->due_ms = now_ms + CONNECT_MS;
	} else {
		collector_fail(collector, errno, now_ms);
	}
}

static void finish_connecting(struct collector *collector, uint64_t now_ms)
{
	struct pollfd fd = { .fd = collector->fd, .events = POLLOUT };
	int error;

	if (poll(&fd, 1, 0) <= 0) {
		if (now_ms >= collector->due_ms)
			collector_fail(collector, ETIMEDOUT, now_ms);
		return;
	}
	error = -collector_check(collector);
	if (error)
		collector_fail(collector, error, now_ms);
	else
		come_up(collector);
}

/**
 * collector_is_up - whether it can be written to; connects, if need be
 * @collector: the collector
 * @now_ms: the time, of the monotonic clock
 */
bool collector_is_up(struct collector *collector, uint64_t now_ms)
{
	if (collector->state == COLLECTOR_DOWN && now_ms >= collector->due_ms)
		connect_socket(collector, now_ms);
	if (collector->state == COLLECTOR_CONNECTING)
		finish_connecting(collector, now_ms);
	return collector->state == COLLECTOR_UP;
}

/**
 * collector_poll - what to wait for
 * @collector: the collector
 * @has_more: there is something to write, and it was full
 * @fd: written whole, for poll()
 * @now_ms: the time
 *
 * Return: how long at most, in milliseconds; -1 for any time.
 */
int collector_poll(const struct collector *collector, bool has_more,
		   struct pollfd *fd, uint64_t now_ms)
{
	*fd = (struct pollfd){ .fd = collector->fd };
	if (collector->state == COLLECTOR_UP) {
		/* A collector says nothing: what comes is its end. */
		fd->events = (short)((collector->is_tcp ? POLLIN : 0) |
				     (has_more ? POLLOUT : 0));
		return -1;
	}
	if (collector->state == COLLECTOR_CONNECTING)
		fd->events = POLLOUT;
	if (collector->due_ms <= now_ms)
		return 0;
	return (int)(collector->due_ms - now_ms);
}

/**
 * collector_message_max - the longest message to send at once
 * @collector: the collector, connected
 */
size_t collector_message_max(const struct collector *collector)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof(peer), size = sizeof(int);
	int mtu = MTU_DEFAULT, headers;
	bool is_ipv6;

	if (collector->is_tcp)
		return MESSAGE_TCP;
	is_ipv6 = !getpeername(collector->fd, (struct sockaddr *)&peer, &len) &&
		  peer.ss_family == AF_INET6;
	if (is_ipv6)
		getsockopt(collector->fd, IPPROTO_IPV6, IPV6_MTU, &mtu, &size);
	else
		getsockopt(collector->fd, IPPROTO_IP, IP_MTU, &mtu, &size);
	headers = is_ipv6 ? HEADERS_IPV6 : HEADERS_IPV4;
	if (mtu > MTU_MAX)
		mtu = MTU_MAX;
	return mtu > headers ? (size_t)(mtu - headers) : 0;
}

/**
 * collector_write - write what there is room for
 * @collector: the collector, connected
 * @bytes: what
 * @len: how much; UDP: a message
 *
 * Return: how much it took, 0 where there is no room now, or a negative errno.
 */
int collector_write(struct collector *collector, const uint8_t *bytes,
		    size_t len)
{
	ssize_t ret = send(collector->fd, bytes, len, MSG_NOSIGNAL);

	if (ret >= 0)
		return (int)ret;
	return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 :
								       -errno;
}

/**
 * collector_check - whether something went wrong meanwhile
 * @collector: the collector, with a socket
 *
 * Return: 0, or a negative errno: over TCP the connection is gone, over UDP
 * the last message did not arrive.
 */
int collector_check(struct collector *collector)
{
	socklen_t size = sizeof(int);
	uint8_t bytes[256];
	int error = 0;
	ssize_t ret;

	getsockopt(collector->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error || collector->state != COLLECTOR_UP || !collector->is_tcp)
		return -error;
	do {
		ret = recv(collector->fd, bytes, sizeof(bytes), 0);
	} while (ret > 0);
	if (!ret)
		return -EPIPE;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

/**
 * collector_unacknowledged - what is not known to have arrived
 * @collector: the collector, with a socket
 *
 * Return: bytes, of those that were written; 0 over UDP, where nobody knows.
 */
size_t collector_unacknowledged(const struct collector *collector)
{
	int bytes = 0;

	if (collector->is_tcp && ioctl(collector->fd, SIOCOUTQ, &bytes) < 0)
		return 0;
	return (size_t)bytes;
}
