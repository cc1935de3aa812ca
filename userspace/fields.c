// SPDX-License-Identifier: GPL-2.0
/* What can be told of a flow, a column each. */
#include <netinet/in.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "color.h"
#include "fields.h"
#include "text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* In a cell where something does not apply to a flow. */
#define NOTHING "-"

static const void *at(const struct flow *flow, const struct field *field)
{
	return (const char *)flow + field->at;
}

static uint64_t u64_at(const void *base, size_t offset)
{
	uint64_t value;

	memcpy(&value, (const char *)base + offset, sizeof(value));
	return value;
}

/* --- words --- */

static void put_proto(struct columns *columns, const struct flow *flow,
		      const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	cell_put(columns, names_proto(flow->proto));
}

static void put_state(struct columns *columns, const struct flow *flow,
		      const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	cell_put(columns, names_state(flow->state));
}

static void put_conn_state(struct columns *columns, const struct flow *flow,
			   const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	cell_put(columns, names_conn_state(flow->conn_state));
}

static void put_history(struct columns *columns, const struct flow *flow,
			const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	cell_put(columns, *flow->history ? flow->history : NOTHING);
}

static void put_end_reason(struct columns *columns, const struct flow *flow,
			   const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	cell_put(columns, flow->end_reason ?
		 names_end_reason(flow->end_reason) : NOTHING);
}

static void put_bool(struct columns *columns, bool applies, bool value)
{
	cell_put(columns, !applies ? NOTHING : value ? "true" : "false");
}

static void put_midstream(struct columns *columns, const struct flow *flow,
			  const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	put_bool(columns, flow->proto == IPPROTO_TCP, flow->midstream);
}

static void put_ambiguous(struct columns *columns, const struct flow *flow,
			  const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	put_bool(columns, flow->synack_ns, flow->rtt_ambiguous);
}

/* --- the two ends --- */

static void put_endpoint(struct columns *columns, const struct flow *flow,
			 const struct field *field, const struct style *style)
{
	cell_end(columns, names_endpoint(cell_begin(columns), flow,
					 at(flow, field), style->services));
}

static void put_addr(struct columns *columns, const struct flow *flow,
		     const struct field *field, const struct style *style)
{
	(void)style;
	cell_end(columns, names_addr(cell_begin(columns), flow->family,
				     at(flow, field)));
}

static void put_port(struct columns *columns, const struct flow *flow,
		     const struct field *field, const struct style *style)
{
	const struct flow_end *end = at(flow, field);

	cell_end(columns, names_port(cell_begin(columns), flow->proto,
				     end->port, style->services));
}

/* --- amounts --- */

/* 999, 1.0k, 1.5M: what is left out is less than a twentieth of it. */
static char *put_human(char *text, uint64_t value, const char *unit)
{
	static const char prefixes[] = "kMGTPE";
	const char *prefix = prefixes;
	uint64_t tenth = 100, tenths;

	if (value < 1000)
		return stpcpy(text_u64(text, value), unit);
	for (;; tenth *= 1000, prefix++) {
		tenths = value / tenth + (value % tenth >= tenth / 2);
		if (tenths < 10000 || !prefix[1])
			break;
	}
	text = text_u64(text, tenths / 10);
	*text++ = '.';
	text = text_digits(text, tenths % 10, 1);
	*text++ = *prefix;
	return stpcpy(text, unit);
}

/**
 * cell_put_amount - an amount with a unit
 * @columns: the columns
 * @value: the amount
 * @unit: what it is counted in: "", "B"
 */
void cell_put_amount(struct columns *columns, uint64_t value, const char *unit)
{
	cell_end(columns, put_human(cell_begin(columns), value, unit));
}

/**
 * cell_put_amounts - two amounts with units, around a '/'
 * @columns: the columns
 * @value: of the originator, of the responder
 * @unit: what they are counted in: "", "B"
 */
void cell_put_amounts(struct columns *columns, const uint64_t value[2],
		      const char *unit)
{
	char *slash = put_human(cell_begin(columns), value[0], unit);

	*slash = '/';
	cell_end_pair(columns, slash, put_human(slash + 1, value[1], unit));
}

static void put_amount(struct columns *columns, const struct flow *flow,
		       const struct field *field, const struct style *style,
		       const char *unit)
{
	uint64_t value = u64_at(flow, field->at);

	if (style->human)
		cell_put_amount(columns, value, unit);
	else
		cell_put_u64(columns, value);
}

static void put_count(struct columns *columns, const struct flow *flow,
		      const struct field *field, const struct style *style)
{
	put_amount(columns, flow, field, style, "");
}

static void put_bytes(struct columns *columns, const struct flow *flow,
		      const struct field *field, const struct style *style)
{
	put_amount(columns, flow, field, style, "B");
}

static void put_tcp_count(struct columns *columns, const struct flow *flow,
			  const struct field *field, const struct style *style)
{
	if (flow->proto == IPPROTO_TCP)
		put_amount(columns, flow, field, style, "");
	else
		cell_put(columns, NOTHING);
}

static void put_amounts(struct columns *columns, const struct flow *flow,
			const struct field *field, const struct style *style,
			const char *unit)
{
	const uint64_t value[2] = {
		u64_at(&flow->orig.sent, field->at),
		u64_at(&flow->reply.sent, field->at),
	};

	if (style->human)
		cell_put_amounts(columns, value, unit);
	else
		cell_put_u64_pair(columns, value[0], value[1]);
}

static void put_counts(struct columns *columns, const struct flow *flow,
		       const struct field *field, const struct style *style)
{
	put_amounts(columns, flow, field, style, "");
}

static void put_bytes_pair(struct columns *columns, const struct flow *flow,
			   const struct field *field, const struct style *style)
{
	put_amounts(columns, flow, field, style, "B");
}

static void put_tcp_counts(struct columns *columns, const struct flow *flow,
			   const struct field *field, const struct style *style)
{
	if (flow->proto == IPPROTO_TCP)
		put_amounts(columns, flow, field, style, "");
	else
		cell_put(columns, NOTHING);
}

/* --- TCP flags --- */

/* Letters as of tcpdump and Wireshark, in the order of a connection's life. */
static void put_letters(char *text, const struct counters *sent)
{
	static const struct {
		enum tcp_flag flag;
		char letter;
	} letters[] = {
		{ TCP_FLAG_SYN, 'S' }, { TCP_FLAG_ACK, 'A' },
		{ TCP_FLAG_PSH, 'P' }, { TCP_FLAG_URG, 'U' },
		{ TCP_FLAG_ECE, 'E' }, { TCP_FLAG_CWR, 'C' },
		{ TCP_FLAG_FIN, 'F' }, { TCP_FLAG_RST, 'R' },
	};
	size_t i;

	for (i = 0; i < TCP_FLAG_COUNT; i++)
		if (sent->flags[letters[i].flag])
			*text++ = letters[i].letter;
	*text = '\0';
}

static void put_flags(struct columns *columns, const struct flow *flow,
		      const struct field *field, const struct style *style)
{
	char orig[TCP_FLAG_COUNT + 1], reply[TCP_FLAG_COUNT + 1];

	(void)field;
	(void)style;
	if (flow->proto != IPPROTO_TCP) {
		cell_put(columns, NOTHING);
		return;
	}
	put_letters(orig, &flow->orig.sent);
	put_letters(reply, &flow->reply.sent);
	cell_put_pair(columns, *orig ? orig : NOTHING,
		      *reply ? reply : NOTHING);
}

/* Names of sets, with commas. */
static void put_unusual(struct columns *columns, const struct flow *flow,
			const struct field *field, const struct style *style)
{
	const struct flow_end *end = at(flow, field);
	char *text = cell_begin(columns), *begin = text;
	uint32_t kind;

	(void)style;
	if (!end->sent.unusual) {
		cell_put(columns, NOTHING);
		return;
	}
	for (kind = 0; kind < __TUPLESTAT_UNUSUAL_MAX; kind++) {
		if (!(end->sent.unusual & 1U << kind))
			continue;
		if (text > begin)
			*text++ = ',';
		text = stpcpy(text, names_unusual(kind));
	}
	cell_end(columns, text);
}

/* --- times --- */

static void put_span(struct columns *columns, uint64_t ns)
{
	/* So it is of flows of one packet, which are many. */
	if (!ns)
		cell_put(columns, "0us");
	else
		cell_end(columns, text_duration(cell_begin(columns), ns));
}

static void put_time(struct columns *columns, uint64_t ns,
		     const struct style *style)
{
	if (style->exact)
		cell_put_seconds(columns, ns, 9);
	else
		put_span(columns, ns);
}

static void put_duration(struct columns *columns, const struct flow *flow,
			 const struct field *field, const struct style *style)
{
	(void)field;
	put_time(columns, flow_duration(flow), style);
}

/* Of a handshake: 0 where it is not known. */
static void put_rtt(struct columns *columns, const struct flow *flow,
		    const struct field *field, const struct style *style)
{
	uint64_t ns = u64_at(flow, field->at);

	if (ns)
		put_time(columns, ns, style);
	else
		cell_put(columns, NOTHING);
}

static void put_tcprtt(struct columns *columns, const struct flow *flow,
		       const struct field *field, const struct style *style)
{
	(void)field;
	if (flow->synack_ns && flow->ackdat_ns)
		put_time(columns, flow->synack_ns + flow->ackdat_ns, style);
	else
		cell_put(columns, NOTHING);
}

static void put_date(struct columns *columns, const struct flow *flow,
		     const struct field *field, const struct style *style)
{
	uint64_t ns = u64_at(flow, field->at);
	char text[NAMES_TIME_LEN];

	if (style->exact) {
		cell_put_seconds(columns, ns, 9);
		return;
	}
	names_time(text, ns, 6);
	cell_put(columns, text);
}

/* Exact in text, too: a rounded time does not identify a flow. */
static void put_monotonic(struct columns *columns, const struct flow *flow,
			  const struct field *field, const struct style *style)
{
	uint64_t ns = u64_at(flow, field->at);

	(void)style;
	if (ns)
		cell_put_seconds(columns, ns, 9);
	else
		cell_put(columns, NOTHING);
}

static void put_age(struct columns *columns, const struct flow *flow,
		    const struct field *field, const struct style *style)
{
	uint64_t ns = u64_at(flow, field->at);

	if (!style->now_ns)
		cell_put(columns, NOTHING);
	else
		put_time(columns, style->now_ns > ns ? style->now_ns - ns : 0,
			 style);
}

/* --- the table --- */

#define FLOW_AT(member) offsetof(struct flow, member)
#define SENT_AT(member) offsetof(struct counters, member)

#define FLAG_FIELD(side, name, flag)					\
	{ #side ".flags." name, NULL, RIGHT, NULL, put_tcp_count,	\
	  FLOW_AT(side.sent.flags[flag]), "packets with the flag " name }

#define SIDE_FIELDS(side, who)						\
	{ #side ".addr", NULL, LEFT, NULL, put_addr, FLOW_AT(side),	\
	  who " address" },						\
	{ #side ".port", NULL, LEFT, NULL, put_port, FLOW_AT(side),	\
	  who " port" },						\
	{ #side ".packets", NULL, RIGHT, NULL, put_count,		\
	  FLOW_AT(side.sent.packets), "packets that it sent" },	\
	{ #side ".ip_bytes", NULL, RIGHT, NULL, put_bytes,		\
	  FLOW_AT(side.sent.ip_bytes), "bytes, with IP headers" },	\
	{ #side ".l4_bytes", NULL, RIGHT, NULL, put_bytes,		\
	  FLOW_AT(side.sent.l4_bytes), "bytes, with TCP or UDP headers" }, \
	{ #side ".payload_bytes", NULL, RIGHT, NULL, put_bytes,		\
	  FLOW_AT(side.sent.payload_bytes), "bytes above TCP or UDP" },	\
	{ #side ".retransmits", NULL, RIGHT, NULL, put_tcp_count,	\
	  FLOW_AT(side.sent.retransmits), "data segments sent again" },	\
	{ #side ".zero_windows", NULL, RIGHT, NULL, put_tcp_count,	\
	  FLOW_AT(side.sent.zero_windows),				\
	  "segments that announced a window of zero" },			\
	FLAG_FIELD(side, "fin", TCP_FLAG_FIN),				\
	FLAG_FIELD(side, "syn", TCP_FLAG_SYN),				\
	FLAG_FIELD(side, "rst", TCP_FLAG_RST),				\
	FLAG_FIELD(side, "psh", TCP_FLAG_PSH),				\
	FLAG_FIELD(side, "ack", TCP_FLAG_ACK),				\
	FLAG_FIELD(side, "urg", TCP_FLAG_URG),				\
	FLAG_FIELD(side, "ece", TCP_FLAG_ECE),				\
	FLAG_FIELD(side, "cwr", TCP_FLAG_CWR),				\
	{ #side ".unusual", NULL, LEFT, NULL, put_unusual, FLOW_AT(side), \
	  "sets of TCP flags that no connection needs" }

/* As in JSON, in the same order; then what only people want. */
static const struct field fields[] = {
	{ "proto", "Proto", LEFT, NULL, put_proto, 0, "tcp or udp" },
	SIDE_FIELDS(orig, "the originator's"),
	SIDE_FIELDS(reply, "the responder's"),
	{ "state", "State", LEFT, color_of_state, put_state, 0,
	  "where the flow is now" },
	{ "conn_state", "Verdict", LEFT, color_of_conn_state, put_conn_state, 0,
	  "what became of it, as Zeek's conn_state" },
	{ "history", "History", LEFT, NULL, put_history, 0,
	  "Zeek's letters in order" },
	{ "midstream", NULL, LEFT, NULL, put_midstream, 0,
	  "TCP that began without a SYN" },
	{ "first", "First", LEFT, NULL, put_date, FLOW_AT(first_ns),
	  "time of the first packet" },
	{ "last", "Last", LEFT, NULL, put_date, FLOW_AT(last_ns),
	  "time of the last packet" },
	{ "synack", NULL, RIGHT, NULL, put_rtt, FLOW_AT(synack_ns),
	  "time from the SYN to the SYN-ACK" },
	{ "ackdat", NULL, RIGHT, NULL, put_rtt, FLOW_AT(ackdat_ns),
	  "time from the SYN-ACK to the ACK" },
	{ "tcprtt", "RTT", RIGHT, NULL, put_tcprtt, 0, "their sum" },
	{ "rtt_ambiguous", NULL, LEFT, NULL, put_ambiguous, 0,
	  "a SYN or SYN-ACK was sent again" },
	{ "end_reason", "End", LEFT, NULL, put_end_reason, 0,
	  "why it ended (with -r)" },
	{ "first_monotonic", NULL, RIGHT, NULL, put_monotonic,
	  FLOW_AT(first_monotonic_ns),
	  "first packet, seconds on CLOCK_MONOTONIC (not with -r)" },
#define JSON_FIELDS 47
	{ "orig", "Originator", LEFT, NULL, put_endpoint, FLOW_AT(orig),
	  "the originator's address and port" },
	{ "reply", "Responder", LEFT, NULL, put_endpoint, FLOW_AT(reply),
	  "the responder's address and port" },
	{ "packets", "Packets", SPLIT, NULL, put_counts, SENT_AT(packets),
	  "packets sent" },
	{ "bytes", "Bytes", SPLIT, NULL, put_bytes_pair, SENT_AT(ip_bytes),
	  "bytes, with IP headers" },
	{ "payload", "Payload", SPLIT, NULL, put_bytes_pair,
	  SENT_AT(payload_bytes), "bytes above TCP or UDP" },
	{ "retransmits", "Retrans", SPLIT, NULL, put_tcp_counts,
	  SENT_AT(retransmits), "data segments sent again" },
	{ "zero_windows", "ZeroWin", SPLIT, NULL, put_tcp_counts,
	  SENT_AT(zero_windows), "segments that announced a window of zero" },
	{ "flags", "Flags", SPLIT, NULL, put_flags, 0,
	  "a letter for each TCP flag that was sent" },
	{ "duration", "Duration", RIGHT, NULL, put_duration, 0,
	  "time from the first to the last packet" },
	{ "age", "Age", RIGHT, NULL, put_age, FLOW_AT(first_ns),
	  "time since the first packet (not with -r)" },
	{ "idle", "Idle", RIGHT, NULL, put_age, FLOW_AT(last_ns),
	  "time since the last packet (not with -r)" },
};

/**
 * field_get - what can be told of a flow
 * @i: the number of a field
 *
 * Return: the field, or NULL behind the last one.
 */
const struct field *field_get(unsigned int i)
{
	return i < ARRAY_SIZE(fields) ? &fields[i] : NULL;
}

/**
 * field_name - the names of what can be told of a flow
 * @i: the number of a field
 *
 * Return: the name, or NULL behind the last one.
 */
const char *field_name(unsigned int i)
{
	return i < ARRAY_SIZE(fields) ? fields[i].name : NULL;
}

/**
 * field_find - find a field by its name
 * @name: the name
 * @len: how many characters of @name are meant
 *
 * Return: the field, or NULL for a name that none has.
 */
const struct field *field_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (strlen(fields[i].name) == len &&
		    !strncmp(fields[i].name, name, len))
			return &fields[i];
	return NULL;
}

/**
 * field_is_json - does JSON have it, too?
 * @field: the field
 */
bool field_is_json(const struct field *field)
{
	return field < fields + JSON_FIELDS;
}
