/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests written as text, the flows that they ask about, and what is
 * expected of the answers: for tests that have tables of requests.
 *
 * Attributes are written NAME:OCTETS in hexadecimal, or NAME{...} for a nest,
 * whose names are its own; an attribute that has no name is written as its
 * number. Integers stand in the order of octets of x86. A ^ in front of an
 * attribute says that the kernel is to find fault with that one, by its offset;
 * + and octets at the end stand for what is no attribute.
 */
#ifndef TUPLESTAT_SELFTESTS_NETLINK_REQUEST_H
#define TUPLESTAT_SELFTESTS_NETLINK_REQUEST_H

#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"
#include "unit/ktap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define FLOW_GET TUPLESTAT_CMD_FLOW_GET
#define STATS_GET TUPLESTAT_CMD_STATS_GET
#define CONFIG_GET TUPLESTAT_CMD_CONFIG_GET
#define CONFIG_SET TUPLESTAT_CMD_CONFIG_SET
#define FLOW_DEL TUPLESTAT_CMD_FLOW_DEL
#define FLOW_EVENT TUPLESTAT_CMD_FLOW_EVENT
#define DUMP NLM_F_DUMP

/* What make_flows() makes, by port, and the ends of it over loopback. */
#define PORT 5000
#define SOURCE_PORT 40000
#define A "orig{addr:7f000001 port:9c40}"
#define B "reply{addr:7f000001 port:1388}"
#define A6 "orig{addr:00000000000000000000000000000001 port:9c40}"
#define B6 "reply{addr:00000000000000000000000000000001 port:1388}"

/* Any text will do: the kernel's own words, which are not the module's. */
#define SOME_TEXT "*"

#define NOT_STARTED "not started in this network namespace"

/**
 * struct word - a name for an attribute
 * @name: the name; NULL ends a list
 * @type: the attribute
 * @inside: names in that nest
 */
struct word {
	const char *name;
	uint16_t type;
	const struct word *inside;
};

static const struct word end_words[] = {
	{ "addr", TUPLESTAT_A_END_ADDR, NULL },
	{ "port", TUPLESTAT_A_END_PORT, NULL },
	{ "counters", TUPLESTAT_A_END_COUNTERS, NULL },
	{ NULL, 0, NULL },
};

static const struct word term_words[] = {
	{ "not", TUPLESTAT_A_TERM_NOT, NULL },
	{ "side", TUPLESTAT_A_TERM_SIDE, NULL },
	{ "family", TUPLESTAT_A_TERM_FAMILY, NULL },
	{ "proto", TUPLESTAT_A_TERM_PROTO, NULL },
	{ "addr", TUPLESTAT_A_TERM_ADDR, NULL },
	{ "prefix", TUPLESTAT_A_TERM_PREFIX, NULL },
	{ "first", TUPLESTAT_A_TERM_PORT_FIRST, NULL },
	{ "last", TUPLESTAT_A_TERM_PORT_LAST, NULL },
	{ "states", TUPLESTAT_A_TERM_STATES, NULL },
	{ "conn", TUPLESTAT_A_TERM_CONN_STATES, NULL },
	{ NULL, 0, NULL },
};

static const struct word timeout_words[] = {
	{ "none", TUPLESTAT_A_TIMEOUT_NONE, NULL },
	{ "syn-sent", TUPLESTAT_A_TIMEOUT_SYN_SENT, NULL },
	{ "active", TUPLESTAT_A_TIMEOUT_ACTIVE, NULL },
	{ NULL, 0, NULL },
};

static const struct word words[] = {
	{ "proto", TUPLESTAT_A_FLOW_PROTO, NULL },
	{ "orig", TUPLESTAT_A_FLOW_ORIG, end_words },
	{ "reply", TUPLESTAT_A_FLOW_REPLY, end_words },
	{ "state", TUPLESTAT_A_FLOW_STATE, NULL },
	{ "term", TUPLESTAT_A_FLOW_TERM, term_words },
	{ "count", TUPLESTAT_A_FLOW_COUNT, NULL },
	{ "events", TUPLESTAT_A_FLOW_EVENTS, NULL },
	{ "started", TUPLESTAT_A_CONFIG_STARTED, NULL },
	{ "max-flows", TUPLESTAT_A_CONFIG_MAX_FLOWS, NULL },
	{ "timeouts", TUPLESTAT_A_CONFIG_TIMEOUTS, timeout_words },
	{ NULL, 0, NULL },
};

static struct netlink nl;

/* --- requests from text --- */

static inline const char *put_octets(struct nlmsghdr *nlh, uint16_t type,
				     const char *text)
{
	uint8_t octets[64];
	unsigned int octet;
	size_t len = 0;

	for (; isxdigit((unsigned char)*text); text += 2) {
		if (sscanf(text, "%2x", &octet) != 1)
			abort();
		octets[len++] = (uint8_t)octet;
	}
	mnl_attr_put(nlh, type, len, octets);
	return text;
}

static inline struct word find_word(const struct word *word, const char *text,
				    size_t len)
{
	struct word number = { text, (uint16_t)strtoul(text, NULL, 10), NULL };

	if (isdigit((unsigned char)*text))
		return number;
	for (; word && word->name; word++)
		if (strlen(word->name) == len &&
		    !strncmp(word->name, text, len))
			return *word;
	errno = EINVAL;
	netlink_die(text);
	return number;
}

/* Returns the offset of the attribute that is marked, 0 where none is. */
static inline uint32_t put_attrs(struct nlmsghdr *nlh, const char *text)
{
	const struct word *names = words;
	struct nlattr *nest = NULL;
	struct word word;
	uint32_t mark = 0;
	size_t len;

	while (*(text += strspn(text, " "))) {
		if (*text == '}') {
			mnl_attr_nest_end(nlh, nest);
			names = words;
			text++;
			continue;
		}
		if (*text == '^') {
			mark = nlh->nlmsg_len;
			text++;
		}
		if (*text == '+') {
			len = strlen(++text) / 2;
			memset(mnl_nlmsg_put_extra_header(nlh, len), 0, len);
			break;
		}
		len = strcspn(text, ":{");
		word = find_word(names, text, len);
		text += len + 1;
		if (text[-1] == '{') {
			nest = mnl_attr_nest_start(nlh, word.type);
			names = word.inside;
		} else {
			text = put_octets(nlh, word.type, text);
		}
	}
	return mark;
}

/* The attribute that the last request() marked. */
static uint32_t marked;

/* Sends what @attrs says; returns the errno of the answer, 0 for success. */
static inline int request(uint8_t cmd, uint16_t flags, const char *attrs,
			  netlink_reply_fn *reply, void *data)
{
	/* An ack, unless the end of a dump is one. */
	marked = put_attrs(netlink_begin(&nl, cmd, flags ? flags : NLM_F_ACK),
			   attrs);
	return -netlink_exchange(&nl, reply, data);
}

/* --- what is expected --- */

static inline bool text_is(const char *wanted)
{
	if (!wanted)
		return true;
	if (!strcmp(wanted, SOME_TEXT))
		return *nl.extack;
	return !strcmp(nl.extack, wanted);
}

static inline bool expect_at(const char *name, int error, int wanted,
			     const char *text, uint32_t offset)
{
	bool good = ktap_ok(error == wanted && text_is(text) &&
			    nl.offset == offset, "%s", name);

	if (!good)
		printf("# wanted: %s, \"%s\", at %u\n"
		       "# got:    %s, \"%s\", at %u\n",
		       strerror(wanted), text ? text : "", offset,
		       strerror(error), nl.extack, nl.offset);
	return good;
}

/* @text: NULL where it does not matter, or where there is none. */
static inline bool expect(const char *name, int error, int wanted,
			  const char *text)
{
	return expect_at(name, error, wanted, text, marked);
}

/* --- what is asked about --- */

static inline void loopback_up(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		netlink_die("loopback device");
	close(fd);
}

/* A UDP flow with 4 octets, and a TCP connection that is refused. */
static inline void make_flows(int family)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in to4 = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *to = family == AF_INET ? (struct sockaddr *)&to4 :
						  (struct sockaddr *)&to6;
	socklen_t len = family == AF_INET ? sizeof(to4) : sizeof(to6);
	int udp = socket(family, SOCK_DGRAM, 0);
	int tcp = socket(family, SOCK_STREAM, 0);

	/* The port is at the same place in both. */
	to4.sin_port = htons(SOURCE_PORT);
	to6.sin6_port = htons(SOURCE_PORT);
	if (bind(udp, to, len))
		netlink_die("bind");
	to4.sin_port = htons(PORT);
	to6.sin6_port = htons(PORT);
	if (sendto(udp, "four", 4, 0, to, len) != 4)
		netlink_die("sendto");
	if (!connect(tcp, to, len) || errno != ECONNREFUSED)
		netlink_die("connect");
	close(udp);
	close(tcp);
}

/* --- the settings --- */

/**
 * struct settings - what config-get said
 * @answers: messages
 * @attrs: bits of the attributes of the last one
 * @started: -1 for none
 * @max_flows: as it says
 * @timeouts: by attribute
 */
struct settings {
	unsigned int answers;
	uint32_t attrs;
	int started;
	uint32_t max_flows;
	uint32_t timeouts[TUPLESTAT_A_TIMEOUT_MAX + 1];
};

static inline void take_settings(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *timeout;
	struct settings *settings = data;

	settings->answers++;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		settings->attrs |= 1U << mnl_attr_get_type(attr);
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_CONFIG_STARTED:
			settings->started = mnl_attr_get_u8(attr);
			break;
		case TUPLESTAT_A_CONFIG_MAX_FLOWS:
			settings->max_flows = mnl_attr_get_u32(attr);
			break;
		case TUPLESTAT_A_CONFIG_TIMEOUTS:
			mnl_attr_for_each_nested(timeout, attr)
				settings->timeouts[mnl_attr_get_type(timeout)] =
					mnl_attr_get_u32(timeout);
			break;
		}
	}
}

static inline struct settings config(void)
{
	struct settings settings = { .started = -1 };

	request(CONFIG_GET, 0, "", take_settings, &settings);
	return settings;
}

static inline int set_max_flows(uint32_t value)
{
	marked = 0;
	mnl_attr_put_u32(netlink_begin(&nl, CONFIG_SET, NLM_F_ACK),
			 TUPLESTAT_A_CONFIG_MAX_FLOWS, value);
	return -netlink_exchange(&nl, NULL, NULL);
}

#endif /* TUPLESTAT_SELFTESTS_NETLINK_REQUEST_H */
