// SPDX-License-Identifier: GPL-2.0
/* The words for what flows hold, the same in every output and in filters. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/tuplestat.h>

#include "names.h"
#include "text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PORTS 65536
#define SERVICE_LEN (NAMES_PORT_LEN - 1)

/**
 * struct services - names of ports, read once
 * @tcp: by port; NULL where it has no name
 * @udp: likewise
 *
 * getservbyport() reads /etc/services from the top for every question, and
 * most questions are about ephemeral ports, which it does not have.
 */
struct services {
	char *tcp[PORTS];
	char *udp[PORTS];
};

static const struct {
	const char *name;
	const char *word;	/* as people type it */
	const char *meaning;
} states[] = {
	[TUPLESTAT_STATE_NONE] = { "NONE", "none",
		"nothing seen yet that tells where the connection is" },
	[TUPLESTAT_STATE_SYN_SENT] = { "SYN_SENT", "syn-sent",
		"the originator asked to connect (SYN), no answer yet" },
	[TUPLESTAT_STATE_SYN_RECV] = { "SYN_RECV", "syn-recv",
		"the responder accepted (SYN-ACK), the last ACK is missing" },
	[TUPLESTAT_STATE_ESTABLISHED] = { "ESTABLISHED", "established",
		"the handshake is complete, both sides can send" },
	[TUPLESTAT_STATE_FIN_WAIT] = { "FIN_WAIT", "fin-wait",
		"one side has finished sending (FIN), not acknowledged yet" },
	[TUPLESTAT_STATE_CLOSE_WAIT] = { "CLOSE_WAIT", "close-wait",
		"one side has finished sending, the other still can" },
	[TUPLESTAT_STATE_LAST_ACK] = { "LAST_ACK", "last-ack",
		"both sides have sent FIN, the last ACK is missing" },
	[TUPLESTAT_STATE_TIME_WAIT] = { "TIME_WAIT", "time-wait",
		"both sides have finished and acknowledged it" },
	[TUPLESTAT_STATE_CLOSE] = { "CLOSE", "close",
		"one side broke the connection off (RST)" },
	[TUPLESTAT_STATE_SYN_SENT2] = { "SYN_SENT2", "syn-sent2",
		"both sides asked to connect at once (simultaneous open)" },
	[TUPLESTAT_STATE_UNREPLIED] = { "UNREPLIED", "unreplied",
		"only the originator has sent, no answer yet" },
	[TUPLESTAT_STATE_REPLIED] = { "REPLIED", "replied",
		"both sides have sent" },
};

static const char *const tcp_flags[] = {
	[TCP_FLAG_FIN] = "fin",
	[TCP_FLAG_SYN] = "syn",
	[TCP_FLAG_RST] = "rst",
	[TCP_FLAG_PSH] = "psh",
	[TCP_FLAG_ACK] = "ack",
	[TCP_FLAG_URG] = "urg",
	[TCP_FLAG_ECE] = "ece",
	[TCP_FLAG_CWR] = "cwr",
};

static const char *const end_reasons[] = {
	[TUPLESTAT_END_IDLE] = "idle-timeout",
	[TUPLESTAT_END_ACTIVE] = "active-timeout",
	[TUPLESTAT_END_FLOW] = "end-of-flow",
	[TUPLESTAT_END_FORCED] = "forced-end",
	[TUPLESTAT_END_RESOURCES] = "lack-of-resources",
};

static const char *const unattributed[] = {
	[TUPLESTAT_UNATTR_PROTOCOL] = "protocol",
	[TUPLESTAT_UNATTR_FRAGMENT] = "fragment",
	[TUPLESTAT_UNATTR_TRUNCATED] = "truncated",
	[TUPLESTAT_UNATTR_MALFORMED] = "malformed",
	[TUPLESTAT_UNATTR_EXTHDR] = "extension-headers",
	[TUPLESTAT_UNATTR_TABLE_FULL] = "table-full",
	[TUPLESTAT_UNATTR_NO_MEMORY] = "no-memory",
};

static const struct {
	const char *name;
	const char *meaning;
} unusual[] = {
	[TUPLESTAT_UNUSUAL_NULL] = { "null", "no flag at all" },
	[TUPLESTAT_UNUSUAL_FIN] = { "fin", "FIN without ACK" },
	[TUPLESTAT_UNUSUAL_XMAS] = { "xmas", "FIN, PSH and URG without ACK" },
	[TUPLESTAT_UNUSUAL_SYN_FIN] = { "syn-fin", "SYN and FIN at once" },
	[TUPLESTAT_UNUSUAL_SYN_RST] = { "syn-rst", "SYN and RST at once" },
	[TUPLESTAT_UNUSUAL_FIN_RST] = { "fin-rst", "FIN and RST at once" },
};

#define TIMEOUT "timeout-"

/* As in struct config: by state, and at last the active timeout. */
static const char *const timeouts[] = {
	[TUPLESTAT_STATE_NONE] = TIMEOUT "none",
	[TUPLESTAT_STATE_SYN_SENT] = TIMEOUT "syn-sent",
	[TUPLESTAT_STATE_SYN_RECV] = TIMEOUT "syn-recv",
	[TUPLESTAT_STATE_ESTABLISHED] = TIMEOUT "established",
	[TUPLESTAT_STATE_FIN_WAIT] = TIMEOUT "fin-wait",
	[TUPLESTAT_STATE_CLOSE_WAIT] = TIMEOUT "close-wait",
	[TUPLESTAT_STATE_LAST_ACK] = TIMEOUT "last-ack",
	[TUPLESTAT_STATE_TIME_WAIT] = TIMEOUT "time-wait",
	[TUPLESTAT_STATE_CLOSE] = TIMEOUT "close",
	[TUPLESTAT_STATE_SYN_SENT2] = TIMEOUT "syn-sent2",
	[TUPLESTAT_STATE_UNREPLIED] = TIMEOUT "udp-unreplied",
	[TUPLESTAT_STATE_REPLIED] = TIMEOUT "udp-replied",
	[__TUPLESTAT_STATE_MAX] = TIMEOUT "active",
};

/* By their bits, lowest first. */
static const char *const events[] = {
	"new", "established", "interim", "end",
};

_Static_assert(1 << (ARRAY_SIZE(events) - 1) == TUPLESTAT_EVENT_END,
	       "every event has a name");
_Static_assert(ARRAY_SIZE(timeouts) == TIMEOUTS,
	       "every timeout has a name");
_Static_assert(ARRAY_SIZE(unusual) == __TUPLESTAT_UNUSUAL_MAX,
	       "every unusual set of flags has a name");
_Static_assert(ARRAY_SIZE(states) == __TUPLESTAT_STATE_MAX,
	       "every state has a name");
_Static_assert(ARRAY_SIZE(end_reasons) == __TUPLESTAT_END_MAX,
	       "every end reason has a name");
_Static_assert(ARRAY_SIZE(unattributed) == __TUPLESTAT_UNATTR_MAX,
	       "every unattributed reason has a name");

static const char *const conn_states[] = {
	[TUPLESTAT_CONN_S0] = "S0",
	[TUPLESTAT_CONN_S1] = "S1",
	[TUPLESTAT_CONN_SF] = "SF",
	[TUPLESTAT_CONN_REJ] = "REJ",
	[TUPLESTAT_CONN_S2] = "S2",
	[TUPLESTAT_CONN_S3] = "S3",
	[TUPLESTAT_CONN_RSTO] = "RSTO",
	[TUPLESTAT_CONN_RSTR] = "RSTR",
	[TUPLESTAT_CONN_RSTOS0] = "RSTOS0",
	[TUPLESTAT_CONN_RSTRH] = "RSTRH",
	[TUPLESTAT_CONN_SH] = "SH",
	[TUPLESTAT_CONN_SHR] = "SHR",
	[TUPLESTAT_CONN_OTH] = "OTH",
};

/**
 * names_proto - name of a transport protocol
 * @proto: IPPROTO_TCP or IPPROTO_UDP; decoding lets nothing else in
 */
const char *names_proto(uint8_t proto)
{
	return proto == IPPROTO_TCP ? "tcp" : "udp";
}

/**
 * names_state - name of a state
 * @state: enum tuplestat_state, or something newer
 *
 * Return: conntrack's name, or UNKNOWN.
 */
const char *names_state(uint8_t state)
{
	return state < ARRAY_SIZE(states) ? states[state].name : "UNKNOWN";
}

/**
 * names_state_meaning - a state in plain words
 * @state: enum tuplestat_state, or something newer
 */
const char *names_state_meaning(uint8_t state)
{
	if (state < ARRAY_SIZE(states))
		return states[state].meaning;
	return "the module is newer than this command";
}

/**
 * names_state_word - the states, as people type them
 * @i: enum tuplestat_state
 *
 * Return: the word, or NULL behind the last one.
 */
const char *names_state_word(unsigned int i)
{
	return i < ARRAY_SIZE(states) ? states[i].word : NULL;
}

static bool same_word(const char *name, const char *text, size_t len)
{
	size_t i;

	if (strlen(name) != len)
		return false;
	for (i = 0; i < len; i++) {
		int c = text[i] == '-' ? '_' : toupper((unsigned char)text[i]);

		if (c != name[i])
			return false;
	}
	return true;
}

/**
 * names_state_find - the state that a person means
 * @text: its name, in upper or lower case, with '_' or '-'
 * @len: how many characters of @text are meant
 *
 * Return: enum tuplestat_state, or -1.
 */
int names_state_find(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		if (same_word(states[i].name, text, len))
			return (int)i;
	return -1;
}

/**
 * names_conn_state - name of a verdict
 * @conn_state: enum tuplestat_conn_state, or something newer
 *
 * Return: Zeek's name, or UNKNOWN.
 */
const char *names_conn_state(uint8_t conn_state)
{
	return conn_state < ARRAY_SIZE(conn_states) ?
	       conn_states[conn_state] : "UNKNOWN";
}

/**
 * names_conn_state_word - the verdicts, as people type them
 * @i: enum tuplestat_conn_state
 *
 * Return: the word, or NULL behind the last one.
 */
const char *names_conn_state_word(unsigned int i)
{
	return i < ARRAY_SIZE(conn_states) ? conn_states[i] : NULL;
}

/**
 * names_conn_state_find - the verdict that a person means
 * @text: its name, in upper or lower case
 * @len: how many characters of @text are meant
 *
 * Return: enum tuplestat_conn_state, or -1.
 */
int names_conn_state_find(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(conn_states); i++)
		if (same_word(conn_states[i], text, len))
			return (int)i;
	return -1;
}

/**
 * names_tcp_flag - name of a TCP flag
 * @flag: below TCP_FLAG_COUNT
 *
 * Return: its three letters, in lower case.
 */
const char *names_tcp_flag(enum tcp_flag flag)
{
	return tcp_flags[flag];
}

/**
 * names_end_reason - name of the reason for which flows ended
 * @reason: enum tuplestat_end_reason, or something newer
 */
const char *names_end_reason(uint32_t reason)
{
	if (reason < ARRAY_SIZE(end_reasons) && end_reasons[reason])
		return end_reasons[reason];
	return "unknown";
}

/**
 * names_unattributed - name of the reason for which packets have no flow
 * @reason: enum tuplestat_unattributed, or something newer
 */
const char *names_unattributed(uint32_t reason)
{
	if (reason < ARRAY_SIZE(unattributed))
		return unattributed[reason];
	return "unknown";
}

/**
 * names_unusual - name of a set of TCP flags that no connection needs
 * @kind: enum tuplestat_unusual, or something newer
 *
 * Return: the name of the scan that sends it, or "unknown".
 */
const char *names_unusual(uint32_t kind)
{
	return kind < ARRAY_SIZE(unusual) ? unusual[kind].name : "unknown";
}

/**
 * names_unusual_meaning - such a set in plain words
 * @kind: enum tuplestat_unusual, or something newer
 */
const char *names_unusual_meaning(uint32_t kind)
{
	if (kind < ARRAY_SIZE(unusual))
		return unusual[kind].meaning;
	return "the module is newer than this command";
}

/**
 * names_event - name of something that happened to a flow
 * @bit: number of a bit of enum tuplestat_events
 *
 * Return: its name, or NULL behind the last one that this build knows.
 */
const char *names_event(unsigned int bit)
{
	return bit < ARRAY_SIZE(events) ? events[bit] : NULL;
}

/**
 * names_timeout - name of a timeout
 * @timeout: below TIMEOUTS, as in struct config
 *
 * Return: names_timeout_word() without "timeout-" before it.
 */
const char *names_timeout(unsigned int timeout)
{
	return timeouts[timeout] + strlen(TIMEOUT);
}

/**
 * names_timeout_word - the word for "set" that changes a timeout
 * @timeout: as in struct config
 *
 * Return: the word, or NULL behind the last one.
 */
const char *names_timeout_word(unsigned int timeout)
{
	return timeout < ARRAY_SIZE(timeouts) ? timeouts[timeout] : NULL;
}

/**
 * names_ledger_check - what "check" says of the ledger, in a word
 * @check: what
 */
const char *names_ledger_check(enum ledger_check check)
{
	switch (check) {
	case LEDGER_EXACT:
		return "exact";
	case LEDGER_CONSISTENT:
		return "consistent";
	default:
		return "broken";
	}
}

/**
 * names_time - print a date and a time, ISO 8601 in local time
 * @buf: where to
 * @ns: the time, ns since 1970-01-01 UTC
 * @digits: of the second, behind the point: 1 to 9; further ones are cut off
 *
 * RFC 3339 is the same for the dates that it has.
 */
void names_time(char buf[NAMES_TIME_LEN], uint64_t ns, int digits)
{
	time_t sec = (time_t)(ns / NS_PER_SEC);
	char date[32], fraction[16];
	struct tm tm;
	long off;

	if (!localtime_r(&sec, &tm) ||
	    !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm)) {
		snprintf(buf, NAMES_TIME_LEN, "?");
		return;
	}
	off = labs(tm.tm_gmtoff) / 60;
	snprintf(fraction, sizeof(fraction), "%09u",
		 (unsigned int)(ns % NS_PER_SEC));
	snprintf(buf, NAMES_TIME_LEN, "%s.%.*s%c%02ld:%02ld", date, digits,
		 fraction, tm.tm_gmtoff < 0 ? '-' : '+', off / 60, off % 60);
}

/**
 * names_services_load - read the names of all ports
 *
 * Return: the names, or NULL where memory is short: then ports are numbers.
 */
struct services *names_services_load(void)
{
	struct services *services = calloc(1, sizeof(*services));
	struct servent *entry;
	char **slot;

	if (!services)
		return NULL;

	setservent(1);
	while ((entry = getservent())) {
		uint16_t port = ntohs((uint16_t)entry->s_port);

		if (!strcmp(entry->s_proto, "tcp"))
			slot = &services->tcp[port];
		else if (!strcmp(entry->s_proto, "udp"))
			slot = &services->udp[port];
		else
			continue;
		/* As getservbyport() does: the first name counts. */
		if (!*slot && strlen(entry->s_name) <= SERVICE_LEN)
			*slot = strdup(entry->s_name);
	}
	endservent();
	return services;
}

/**
 * names_services_free - forget the names of ports
 * @services: from names_services_load(), or NULL
 */
void names_services_free(struct services *services)
{
	size_t i;

	if (!services)
		return;
	for (i = 0; i < PORTS; i++) {
		free(services->tcp[i]);
		free(services->udp[i]);
	}
	free(services);
}

/**
 * names_addr - print an address
 * @buf: where to
 * @family: AF_INET or AF_INET6
 * @end: whose address
 *
 * Return: where it ended, at the NUL.
 */
char *names_addr(char buf[NAMES_ADDR_LEN], uint8_t family,
		 const struct flow_end *end)
{
	if (family == AF_INET)
		return text_ipv4(buf, end->addr);
	if (!inet_ntop(family, end->addr, buf, NAMES_ADDR_LEN))
		return stpcpy(buf, "?");
	return buf + strlen(buf);
}

static const char *find_service(const struct services *services,
				uint8_t proto, uint16_t port)
{
	if (!services)
		return NULL;
	return proto == IPPROTO_TCP ? services->tcp[port] :
				      services->udp[port];
}

/**
 * names_port - a port as people write it
 * @buf: written
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @port: the port
 * @services: names of ports; NULL for numbers
 *
 * Return: where it ended, at the NUL.
 */
char *names_port(char buf[NAMES_PORT_LEN], uint8_t proto, uint16_t port,
		 const struct services *services)
{
	const char *service = find_service(services, proto, port);

	return service ? stpcpy(buf, service) : text_u64(buf, port);
}

/**
 * names_endpoint - print an address and a port, as ss does
 * @buf: where to
 * @flow: the flow, which says the family and the protocol
 * @end: the side of @flow
 * @services: names of ports; NULL for numbers
 *
 * Return: where it ended, at the NUL.
 */
char *names_endpoint(char buf[NAMES_ENDPOINT_LEN], const struct flow *flow,
		     const struct flow_end *end,
		     const struct services *services)
{
	bool brackets = flow->family == AF_INET6;
	char *at = buf;

	if (brackets)
		*at++ = '[';
	at = names_addr(at, flow->family, end);
	if (brackets)
		*at++ = ']';
	*at++ = ':';
	return names_port(at, flow->proto, end->port, services);
}
