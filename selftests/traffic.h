/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared pieces of traffic_client and traffic_server: options, sockets with a
 * time-out, whole reads and writes, and the report of what was sent.
 *
 * Two drawings of a TCP connection are realised on the wire, packet by packet:
 *
 *	general					thanks
 *	client		      server		client		      server
 *	  | SYN -------------> |		  | SYN -------------> |
 *	  | <--------- SYN,ACK |		  | <--------- SYN,ACK |
 *	  | ACK -------------> |		  | ACK -------------> |
 *	  | data ------------> | \		  | <- "Thank you ..." |
 *	  | <------------- ACK | | --count	  | ACK -------------> |
 *	  | <------------ data | | times	  | <------------- FIN |
 *	  | ACK -------------> | /		  | ACK -------------> |
 *	  | FIN -------------> |		  | FIN -------------> |
 *	  | <------------- ACK |		  | <------------- ACK |
 *	  | <------------- FIN |
 *	  | ACK -------------> |
 *
 * In "thanks" the server does not wait for the ACK of its sentence: its FIN may
 * pass that ACK, and a busy client may answer both with one ACK.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#define TRAFFIC_THANKS "Thank you for connecting"

/* No datagram is larger, in either family. */
#define TRAFFIC_DATAGRAM_MAX 65535

/* Exit codes, as ip(8) has them. */
#define TRAFFIC_USAGE 1
#define TRAFFIC_SYSTEM 2

enum traffic_role {
	TRAFFIC_CLIENT,
	TRAFFIC_SERVER,
};

/* Bits, so that the table of options can say where an option applies. */
enum traffic_mode {
	TRAFFIC_MODE_GENERAL = 1,	/* tcp: ping-pong, the client closes first */
	TRAFFIC_MODE_THANKS = 2,	/* tcp: one sentence, the server closes first */
	TRAFFIC_MODE_ECHO = 4,		/* udp: every datagram is answered */
	TRAFFIC_MODE_FLOOD = 8,		/* udp client: send, expect nothing */
};

union traffic_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct traffic_options {
	enum traffic_role role;
	enum traffic_mode mode;
	int type;			/* SOCK_STREAM or SOCK_DGRAM */
	union traffic_addr addr;	/* where to listen, or to connect */
	union traffic_addr source;	/* client: AF_UNSPEC when not told */
	unsigned long count;
	unsigned long size;
	unsigned long connections;
	unsigned long source_port;
	unsigned long ports;
	unsigned long timeout;		/* seconds, for each single wait */
	const char *ready;
	const char *hold;
	bool report;
	bool linger0;
	bool half_close;
	bool help;
	bool count_given;
	bool size_given;
};

/* What the program itself did: a witness that looked at no packet. */
struct traffic_tally {
	uint64_t connections;
	uint64_t bytes_sent;
	uint64_t bytes_received;
	uint64_t datagrams_sent;
	uint64_t datagrams_received;
	uint64_t resets;
	union traffic_addr local;	/* of the last connection */
	union traffic_addr remote;
};

struct traffic {
	struct traffic_options opt;
	struct traffic_tally tally;
	char *out;			/* what is sent */
	char *in;			/* what was received */
};

static inline socklen_t traffic_addr_len(const union traffic_addr *addr)
{
	return addr->sa.sa_family == AF_INET6 ? sizeof(addr->in6)
					      : sizeof(addr->in);
}

static inline void traffic_addr_set_port(union traffic_addr *addr,
					 unsigned long port)
{
	if (addr->sa.sa_family == AF_INET6)
		addr->in6.sin6_port = htons((uint16_t)port);
	else
		addr->in.sin_port = htons((uint16_t)port);
}

int traffic_init(struct traffic *t, enum traffic_role role, int argc,
		 char **argv);
int traffic_exit(struct traffic *t, int failed);

int traffic_fail(const struct traffic *t, const char *call);
int traffic_mismatch(const char *what, unsigned long got, unsigned long want);

int traffic_socket(const struct traffic *t);
int traffic_tune(const struct traffic *t, int fd);
int traffic_note_ends(struct traffic *t, int fd,
		      const union traffic_addr *remote);

int traffic_send(struct traffic *t, int fd, const void *buf, size_t len);
ssize_t traffic_receive(struct traffic *t, int fd, void *buf, size_t len);

int traffic_announce(const struct traffic *t);
int traffic_hold(const struct traffic *t);

#endif /* TRAFFIC_H */
