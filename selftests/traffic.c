// SPDX-License-Identifier: GPL-2.0
/*
 * Shared pieces of traffic_client and traffic_server, see traffic.h.
 *
 * Nothing here ends the process: every function says so to its caller, with
 * the line for the person already printed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "traffic.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define SIZE_LIMIT (16UL << 20)
#define COUNT_LIMIT 1000000000UL
#define HOLD_POLL_NS 10000000L

enum kind { NUMBER, ADDRESS, TEXT, SWITCH };

#define GENERAL	TRAFFIC_MODE_GENERAL
#define THANKS	TRAFFIC_MODE_THANKS
#define ECHO	TRAFFIC_MODE_ECHO
#define FLOOD	TRAFFIC_MODE_FLOOD
#define TCP	(GENERAL | THANKS)
#define ANY	(TCP | ECHO | FLOOD)
#define FIELD(f) offsetof(struct traffic_options, f)

/*
 * One row an option: the modes in which a client and a server know it. An
 * option that would do nothing is refused, never ignored.
 */
static const struct row {
	const char *name;
	enum kind kind;
	size_t field;
	unsigned long min;
	unsigned long max;
	unsigned int modes[2];	/* by enum traffic_role */
	const char *help;
} rows[] = {
	{ "count", NUMBER, FIELD(count), 0, COUNT_LIMIT,
	  { GENERAL | ECHO | FLOOD, GENERAL | ECHO },
	  "exchanges per connection, or datagrams (1)" },
	{ "size", NUMBER, FIELD(size), 0, SIZE_LIMIT,
	  { GENERAL | ECHO | FLOOD, GENERAL | ECHO },
	  "bytes of payload, the same on both sides (32)" },
	{ "connections", NUMBER, FIELD(connections), 1, COUNT_LIMIT,
	  { TCP | ECHO, TCP | ECHO },
	  "connections, one after the other (1)" },
	{ "source", ADDRESS, FIELD(source), 0, 0,
	  { ANY, 0 }, "address to send from" },
	{ "source-port", NUMBER, FIELD(source_port), 1, 65535,
	  { ANY, 0 }, "port to send from" },
	{ "ports", NUMBER, FIELD(ports), 1, 65535,
	  { ANY, 0 }, "source ports to use in turn, from --source-port up (1)" },
	{ "linger0", SWITCH, FIELD(linger0), 0, 0,
	  { TCP, 0 }, "close by RST" },
	{ "half-close", SWITCH, FIELD(half_close), 0, 0,
	  { GENERAL, GENERAL },
	  "client: send FIN, then read to the end; server: answer once more then" },
	{ "hold", TEXT, FIELD(hold), 0, 0,
	  { ANY, TCP }, "before closing, wait until FILE exists" },
	{ "ready", TEXT, FIELD(ready), 0, 0,
	  { ANY, TCP | ECHO },
	  "write the pid to FILE (server: listens; client: data is through)" },
	{ "timeout", NUMBER, FIELD(timeout), 1, 86400,
	  { ANY, TCP | ECHO }, "seconds that one wait may last (30)" },
	{ "report", SWITCH, FIELD(report), 0, 0,
	  { ANY, TCP | ECHO }, "print what was sent and received, as JSON" },
	{ "help", SWITCH, FIELD(help), 0, 0,
	  { ANY, ANY }, "print this" },
};

static const struct mode {
	const char *proto;
	const char *name;
	int type;
	enum traffic_mode mode;
	bool server;
} modes[] = {
	{ "tcp", "general", SOCK_STREAM, GENERAL, true },
	{ "tcp", "thanks", SOCK_STREAM, THANKS, true },
	{ "udp", "echo", SOCK_DGRAM, ECHO, true },
	{ "udp", "flood", SOCK_DGRAM, FLOOD, false },
};

__attribute__((format(printf, 1, 2)))
static int usage_error(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (see --help)\n");
	return -1;
}

static void print_usage(enum traffic_role role)
{
	static const char * const values[] = {
		[NUMBER] = "N", [ADDRESS] = "ADDR", [TEXT] = "FILE",
		[SWITCH] = "",
	};
	size_t i;

	printf("usage: %s PROTO MODE ADDR PORT [options]\n\n",
	       program_invocation_short_name);
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (role == TRAFFIC_CLIENT || modes[i].server)
			printf("  %s %s\n", modes[i].proto, modes[i].name);
	printf("\n");
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].modes[role])
			printf("  --%-12s %-5s %s\n", rows[i].name,
			       values[rows[i].kind], rows[i].help);
}

/* Digits only: strtoul alone would take " 7", "+7" and "-1". */
static int parse_number(const char *what, const char *text, unsigned long min,
			unsigned long max, unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end)
		return usage_error("%s: \"%s\" is not a number", what, text);
	if (errno || *number < min || *number > max)
		return usage_error("%s: %s is not within %lu to %lu", what,
				   text, min, max);
	return 0;
}

static int parse_addr(const char *text, union traffic_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, &addr->in.sin_addr) == 1)
		addr->sa.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &addr->in6.sin6_addr) == 1)
		addr->sa.sa_family = AF_INET6;
	else
		return usage_error("\"%s\" is not an IPv4 or IPv6 address",
				   text);
	return 0;
}

static int parse_option(const struct row *row, const char *arg,
			struct traffic_options *opt)
{
	void *field = (char *)opt + row->field;

	if (!row->modes[opt->role])
		return usage_error("--%s is not an option of the %s", row->name,
				   opt->role == TRAFFIC_SERVER ? "server"
							       : "client");
	switch (row->kind) {
	case NUMBER:
		return parse_number(row->name, arg, row->min, row->max, field);
	case ADDRESS:
		return parse_addr(arg, field);
	case TEXT:
		if (!*arg)
			return usage_error("--%s: empty file name", row->name);
		*(const char **)field = arg;
		return 0;
	case SWITCH:
		*(bool *)field = true;
		return 0;
	}
	return -1;
}

/* Reads the options, and marks in *given those that were there. */
static int parse_options(struct traffic_options *opt, int argc, char **argv,
			 unsigned int *given)
{
	struct option longopts[ARRAY_SIZE(rows) + 1] = {};
	size_t i;
	int c;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		longopts[i].name = rows[i].name;
		longopts[i].has_arg = rows[i].kind == SWITCH ?
				      no_argument : required_argument;
		longopts[i].val = (int)i;
	}
	for (;;) {
		c = getopt_long(argc, argv, "", longopts, NULL);
		if (c == -1)
			return 0;
		if (c == '?')
			return -1;	/* getopt_long has said it */
		if (parse_option(&rows[c], optarg, opt))
			return -1;
		*given |= 1U << c;
	}
}

static int parse_mode(struct traffic_options *opt, const char *proto,
		      const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(modes[i].proto, proto) ||
		    strcmp(modes[i].name, name))
			continue;
		if (opt->role == TRAFFIC_SERVER && !modes[i].server)
			break;
		opt->type = modes[i].type;
		opt->mode = modes[i].mode;
		return 0;
	}
	return usage_error("unknown protocol and mode \"%s %s\"", proto, name);
}

static int check_given(struct traffic_options *opt, unsigned int given)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!(given & 1U << i))
			continue;
		if (!(rows[i].modes[opt->role] & opt->mode))
			return usage_error("--%s does not apply to this mode",
					   rows[i].name);
		if (rows[i].field == FIELD(count))
			opt->count_given = true;
		if (rows[i].field == FIELD(size))
			opt->size_given = true;
	}
	return 0;
}

static int check_together(const struct traffic_options *opt)
{
	bool v6 = opt->addr.sa.sa_family == AF_INET6;
	unsigned long limit = v6 ? 65527 : 65507;

	if (opt->mode == GENERAL && !opt->size)
		return usage_error("size: tcp has no empty messages");
	if (opt->type == SOCK_DGRAM && opt->size > limit)
		return usage_error("size: a datagram holds up to %lu bytes",
				   limit);
	if (opt->linger0 && opt->half_close)
		return usage_error("--linger0 and --half-close exclude each other");
	if (opt->source.sa.sa_family != AF_UNSPEC &&
	    opt->source.sa.sa_family != opt->addr.sa.sa_family)
		return usage_error("--source and ADDR differ in family");
	if (opt->ports > 1 && !opt->source_port)
		return usage_error("--ports needs --source-port");
	if (opt->source_port && opt->source_port + opt->ports - 1 > 65535)
		return usage_error("--ports: the last port would be above 65535");
	return 0;
}

static int parse(struct traffic_options *opt, int argc, char **argv)
{
	unsigned int given = 0;
	unsigned long port;

	if (parse_options(opt, argc, argv, &given))
		return -1;
	if (opt->help)
		return 0;
	argv += optind;
	if (argc - optind != 4)
		return usage_error("expected PROTO MODE ADDR PORT");
	if (parse_mode(opt, argv[0], argv[1]) ||
	    parse_addr(argv[2], &opt->addr) ||
	    parse_number("PORT", argv[3], 1, 65535, &port))
		return -1;
	traffic_addr_set_port(&opt->addr, port);
	if (check_given(opt, given))
		return -1;
	return check_together(opt);
}

/* A message that differs byte by byte, so that a shifted answer is seen. */
static int allocate(struct traffic *t)
{
	size_t size = t->opt.size, i;

	/* The echo server takes what comes, the others what was agreed. */
	if (size < TRAFFIC_DATAGRAM_MAX)
		size = TRAFFIC_DATAGRAM_MAX;
	t->out = malloc(size);
	t->in = malloc(size);
	if (!t->out || !t->in)
		return traffic_fail(t, "malloc");
	for (i = 0; i < size; i++)
		t->out[i] = (char)('a' + i % 23);
	return 0;
}

/**
 * traffic_init() - read the command line and make the program ready
 * @t: to be filled
 * @role: which of the two programs this is
 * @argc: of main()
 * @argv: of main()
 *
 * Return: 0 to go on (or, with @t->opt.help set, to end), or an exit code.
 */
int traffic_init(struct traffic *t, enum traffic_role role, int argc,
		 char **argv)
{
	memset(t, 0, sizeof(*t));
	t->opt.role = role;
	t->opt.count = 1;
	t->opt.size = 32;
	t->opt.connections = 1;
	t->opt.ports = 1;
	t->opt.timeout = 30;

	if (parse(&t->opt, argc, argv))
		return TRAFFIC_USAGE;
	if (t->opt.help) {
		print_usage(role);
		return 0;
	}
	/* A peer that has gone is an error of send(), not our end. */
	signal(SIGPIPE, SIG_IGN);
	return allocate(t) ? TRAFFIC_SYSTEM : 0;
}

static void print_end(const char *name, const union traffic_addr *addr)
{
	bool v6 = addr->sa.sa_family == AF_INET6;
	char text[INET6_ADDRSTRLEN] = "";

	/* No connection was made: there is no end to name. */
	if (addr->sa.sa_family == AF_UNSPEC)
		return;
	inet_ntop(addr->sa.sa_family,
		  v6 ? (const void *)&addr->in6.sin6_addr
		     : (const void *)&addr->in.sin_addr, text, sizeof(text));
	printf(",\"%s\":{\"addr\":\"%s\",\"port\":%u}", name, text,
	       ntohs(v6 ? addr->in6.sin6_port : addr->in.sin_port));
}

static int report(const struct traffic *t)
{
	const struct traffic_tally *tally = &t->tally;

	printf("{\"role\":\"%s\",\"proto\":\"%s\"",
	       t->opt.role == TRAFFIC_SERVER ? "server" : "client",
	       t->opt.type == SOCK_STREAM ? "tcp" : "udp");
	printf(",\"connections\":%ju,\"bytes_sent\":%ju,\"bytes_received\":%ju",
	       (uintmax_t)tally->connections, (uintmax_t)tally->bytes_sent,
	       (uintmax_t)tally->bytes_received);
	printf(",\"datagrams_sent\":%ju,\"datagrams_received\":%ju,\"resets\":%ju",
	       (uintmax_t)tally->datagrams_sent,
	       (uintmax_t)tally->datagrams_received, (uintmax_t)tally->resets);
	print_end("local", &tally->local);
	print_end("remote", &tally->remote);
	printf("}\n");
	if (fflush(stdout))
		return traffic_fail(t, "write");
	return 0;
}

/**
 * traffic_exit() - print the report and free what traffic_init() took
 * @t: after traffic_init()
 * @failed: not 0 if the program did not do what it was told; what it did
 *	until then is reported all the same
 *
 * Return: the exit code.
 */
int traffic_exit(struct traffic *t, int failed)
{
	if (t->opt.report && report(t))
		failed = -1;
	free(t->out);
	free(t->in);
	return failed ? TRAFFIC_SYSTEM : 0;
}

/**
 * traffic_fail() - print the line about a call that failed
 * @t: for the time-out
 * @call: the name of the call, errno says the rest
 *
 * Return: -1, for the caller to return.
 */
int traffic_fail(const struct traffic *t, const char *call)
{
	/* What a blocking socket says when SO_RCVTIMEO or SO_SNDTIMEO is over. */
	if (errno == EAGAIN || errno == EINPROGRESS || errno == EALREADY)
		fprintf(stderr, "%s: %s: timed out after %lu s\n",
			program_invocation_short_name, call, t->opt.timeout);
	else
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
			call, strerror(errno));
	return -1;
}

/**
 * traffic_mismatch() - print the line about a peer that did something else
 * @what: was counted
 * @got: from the peer
 * @want: by the options
 *
 * Return: -1, for the caller to return.
 */
int traffic_mismatch(const char *what, unsigned long got, unsigned long want)
{
	fprintf(stderr, "%s: recv: %lu %s, expected %lu\n",
		program_invocation_short_name, got, what, want);
	return -1;
}

static int set_flag(const struct traffic *t, int fd, int level, int option,
		    const char *call)
{
	int on = 1;

	if (setsockopt(fd, level, option, &on, sizeof(on)))
		return traffic_fail(t, call);
	return 0;
}

/**
 * traffic_tune() - give a socket its time-outs, and send without delay
 * @t: for the options
 * @fd: connected or not
 *
 * Return: 0 or -1.
 */
int traffic_tune(const struct traffic *t, int fd)
{
	struct timeval wait = { .tv_sec = (time_t)t->opt.timeout };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)))
		return traffic_fail(t, "setsockopt(SO_RCVTIMEO)");
	/* Nagle would join two writes into one packet, depending on time. */
	if (t->opt.type == SOCK_STREAM)
		return set_flag(t, fd, IPPROTO_TCP, TCP_NODELAY,
				"setsockopt(TCP_NODELAY)");
	return 0;
}

/**
 * traffic_socket() - a socket of the family and type that the options name
 * @t: for the options
 *
 * Return: a descriptor, or -1.
 */
int traffic_socket(const struct traffic *t)
{
	int family = t->opt.addr.sa.sa_family;
	int fd;

	fd = socket(family, t->opt.type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return traffic_fail(t, "socket");
	/* A port in TIME_WAIT, of the test before, must not stop this one. */
	if (set_flag(t, fd, SOL_SOCKET, SO_REUSEADDR,
		     "setsockopt(SO_REUSEADDR)"))
		goto fail;
	if (family == AF_INET6 &&
	    set_flag(t, fd, IPPROTO_IPV6, IPV6_V6ONLY,
		     "setsockopt(IPV6_V6ONLY)"))
		goto fail;
	if (traffic_tune(t, fd))
		goto fail;
	return fd;
fail:
	close(fd);
	return -1;
}

/**
 * traffic_note_ends() - count a connection, and keep its two ends
 * @t: to be filled
 * @fd: this end of it
 * @remote: the other end; not asked of @fd, which may be reset by now
 *
 * Return: 0 or -1.
 */
int traffic_note_ends(struct traffic *t, int fd,
		      const union traffic_addr *remote)
{
	socklen_t len = sizeof(t->tally.local);

	t->tally.connections++;
	t->tally.remote = *remote;
	if (getsockname(fd, &t->tally.local.sa, &len))
		return traffic_fail(t, "getsockname");
	return 0;
}

/**
 * traffic_send() - send all of a message, in as many writes as it takes
 * @t: counts the bytes
 * @fd: connected
 * @buf: the message
 * @len: of @buf, 0 makes an empty datagram
 *
 * Return: 0 or -1.
 */
int traffic_send(struct traffic *t, int fd, const void *buf, size_t len)
{
	size_t sent = 0;
	ssize_t n;

	do {
		n = send(fd, (const char *)buf + sent, len - sent, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return traffic_fail(t, "send");
		sent += (size_t)n;
		t->tally.bytes_sent += (uint64_t)n;
	} while (n < 0 || sent < len);
	if (t->opt.type == SOCK_DGRAM)
		t->tally.datagrams_sent++;
	return 0;
}

/*
 * Sends the ACK that is still owed, if any. The kernel would keep it for up to
 * 40 ms, to let it ride on the next data or FIN: whether it is a packet of its
 * own would depend on who is quicker. The drawing has an arrow for every ACK.
 */
static int acknowledge(const struct traffic *t, int fd)
{
	return set_flag(t, fd, IPPROTO_TCP, TCP_QUICKACK,
			"setsockopt(TCP_QUICKACK)");
}

/**
 * traffic_receive() - receive all of a TCP message, and acknowledge it
 * @t: counts the bytes
 * @fd: connected
 * @buf: for the message
 * @len: of the message
 *
 * For the server, a RST ends a connection just as a FIN does, and is counted.
 *
 * Return: how many bytes there were before the end, @len at most, or -1.
 */
ssize_t traffic_receive(struct traffic *t, int fd, void *buf, size_t len)
{
	char call[48];
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = recv(fd, (char *)buf + got, len - got, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ECONNRESET &&
		    t->opt.role == TRAFFIC_SERVER) {
			t->tally.resets++;
			return (ssize_t)got;
		}
		if (n < 0) {
			/* Tells a silent peer from one with another --size. */
			snprintf(call, sizeof(call), "recv (%zu bytes so far)",
				 got);
			return traffic_fail(t, call);
		}
		if (!n)
			break;
		got += (size_t)n;
		t->tally.bytes_received += (uint64_t)n;
	}
	return acknowledge(t, fd) ? -1 : (ssize_t)got;
}

/**
 * traffic_announce() - write the pid to the --ready file
 * @t: for the options
 *
 * By rename: who sees the file sees the whole pid.
 *
 * Return: 0 or -1.
 */
int traffic_announce(const struct traffic *t)
{
	char name[PATH_MAX];
	FILE *file;
	int len;

	if (!t->opt.ready)
		return 0;
	len = snprintf(name, sizeof(name), "%s.%d", t->opt.ready, getpid());
	if ((size_t)len >= sizeof(name)) {
		errno = ENAMETOOLONG;
		return traffic_fail(t, t->opt.ready);
	}
	file = fopen(name, "we");
	if (!file)
		return traffic_fail(t, name);
	fprintf(file, "%d\n", getpid());
	if (fclose(file))
		return traffic_fail(t, name);
	if (rename(name, t->opt.ready)) {
		traffic_fail(t, "rename");
		unlink(name);
		return -1;
	}
	return 0;
}

/**
 * traffic_hold() - wait until the --hold file exists
 * @t: for the options
 *
 * Return: 0 or -1.
 */
int traffic_hold(const struct traffic *t)
{
	struct timespec pause = { .tv_nsec = HOLD_POLL_NS };
	struct timespec start, now;

	if (!t->opt.hold)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (access(t->opt.hold, F_OK)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec - start.tv_sec > (time_t)t->opt.timeout) {
			errno = EAGAIN;
			return traffic_fail(t, "hold");
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}
