// SPDX-License-Identifier: GPL-2.0
/* Netlink attributes to plain structs; see decode.h for what it promises. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/tuplestat.h>

#include "decode.h"

#define IPV4_LEN 4

/**
 * struct rule - what an attribute must look like
 * @min: least length of its payload
 * @max: most length of its payload
 * @required: the message is worthless without it
 */
struct rule {
	uint16_t min;
	uint16_t max;
	bool required;
};

#define RULE(type) { sizeof(type), sizeof(type), true }
#define OPTIONAL(type) { sizeof(type), sizeof(type), false }
#define RULE_NEST { 0, UINT16_MAX, true }

static const struct rule flow_rules[TUPLESTAT_A_FLOW_MAX + 1] = {
	[TUPLESTAT_A_FLOW_PROTO] = RULE(uint8_t),
	[TUPLESTAT_A_FLOW_ORIG] = RULE_NEST,
	[TUPLESTAT_A_FLOW_REPLY] = RULE_NEST,
	[TUPLESTAT_A_FLOW_STATE] = RULE(uint8_t),
	[TUPLESTAT_A_FLOW_FLAGS] = RULE(uint32_t),
	[TUPLESTAT_A_FLOW_FIRST] = RULE(uint64_t),
	[TUPLESTAT_A_FLOW_LAST] = RULE(uint64_t),
	[TUPLESTAT_A_FLOW_CONN_STATE] = RULE(uint8_t),
	[TUPLESTAT_A_FLOW_HISTORY] = { 1, FLOW_HISTORY_MAX + 1, false },
	[TUPLESTAT_A_FLOW_SYNACK] = OPTIONAL(uint64_t),
	[TUPLESTAT_A_FLOW_ACKDAT] = OPTIONAL(uint64_t),
	[TUPLESTAT_A_FLOW_TEARDOWN] = { sizeof(struct tuplestat_arrow),
		FLOW_ARROWS_MAX * sizeof(struct tuplestat_arrow), false },
	[TUPLESTAT_A_FLOW_EVENTS] = OPTIONAL(uint32_t),
	[TUPLESTAT_A_FLOW_SEQ] = OPTIONAL(uint64_t),
	[TUPLESTAT_A_FLOW_END_REASON] = OPTIONAL(uint8_t),
};

static const struct rule count_rules[TUPLESTAT_A_FLOW_MAX + 1] = {
	[TUPLESTAT_A_FLOW_COUNT] = RULE(uint32_t),
};

static const struct rule end_rules[TUPLESTAT_A_END_MAX + 1] = {
	[TUPLESTAT_A_END_ADDR] = { IPV4_LEN, FLOW_ADDR_LEN, true },
	[TUPLESTAT_A_END_PORT] = RULE(uint16_t),
	[TUPLESTAT_A_END_COUNTERS] = {
		sizeof(struct tuplestat_counters), UINT16_MAX, true },
};

/* What may repeat, or not be there at all, is for decode_stats() to read. */
static const struct rule stats_rules[TUPLESTAT_A_STATS_MAX + 1] = {
	[TUPLESTAT_A_STATS_SEEN_BEFORE] = RULE_NEST,
	[TUPLESTAT_A_STATS_SEEN] = RULE_NEST,
	[TUPLESTAT_A_STATS_LIVE] = RULE_NEST,
	[TUPLESTAT_A_STATS_MAX_FLOWS] = RULE(uint32_t),
	[TUPLESTAT_A_STATS_BUCKETS] = RULE(uint32_t),
	[TUPLESTAT_A_STATS_MEMORY] = RULE(uint64_t),
	[TUPLESTAT_A_STATS_EVENT_SEQ] = RULE(uint64_t),
	[TUPLESTAT_A_STATS_EVENTS_LOST] = RULE(uint64_t),
};

static const struct rule total_rules[TUPLESTAT_A_TOTAL_MAX + 1] = {
	[TUPLESTAT_A_TOTAL_REASON] = OPTIONAL(uint32_t),
	[TUPLESTAT_A_TOTAL_FLOWS] = OPTIONAL(uint64_t),
	[TUPLESTAT_A_TOTAL_PACKETS] = RULE(uint64_t),
	[TUPLESTAT_A_TOTAL_BYTES] = RULE(uint64_t),
};

static const struct rule config_rules[TUPLESTAT_A_CONFIG_MAX + 1] = {
	[TUPLESTAT_A_CONFIG_STARTED] = RULE(uint8_t),
	[TUPLESTAT_A_CONFIG_MAX_FLOWS] = RULE(uint32_t),
	[TUPLESTAT_A_CONFIG_TIMEOUTS] = RULE_NEST,
};

static const struct rule timeout_rules[TUPLESTAT_A_TIMEOUT_MAX + 1] = {
	[TUPLESTAT_A_TIMEOUT_UNSPEC + 1 ... TUPLESTAT_A_TIMEOUT_MAX] =
		RULE(uint32_t),
};

_Static_assert(TIMEOUTS == TUPLESTAT_A_TIMEOUT_MAX,
	       "there is room for every timeout");

/* As mnl_attr_ok() and mnl_attr_next(), of which there are many a flow. */
static bool is_whole(const struct nlattr *attr, const char *end)
{
	/* Behind the last one, padding may reach over the end. */
	ptrdiff_t left = end - (const char *)attr;

	return left >= (ptrdiff_t)sizeof(*attr) &&
	       attr->nla_len >= sizeof(*attr) && attr->nla_len <= left;
}

static const struct nlattr *next(const struct nlattr *attr)
{
	return (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len));
}

/*
 * Sorts attributes into @tb by their type, after their rules: afterwards every
 * required one is there and each has a length that its reader can rely on.
 */
static int sort(const void *attrs, size_t len, const struct rule *rules,
		unsigned int max, const struct nlattr **tb)
{
	const char *end = (const char *)attrs + len;
	const struct nlattr *attr = attrs;
	unsigned int type, size;

	for (; is_whole(attr, end); attr = next(attr)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type > max || !rules[type].max)
			continue;
		size = attr->nla_len - (unsigned int)sizeof(*attr);
		if (size < rules[type].min || size > rules[type].max)
			return -EBADMSG;
		tb[type] = attr;
	}
	/* The loop also ends where an attribute is longer than its message. */
	if ((const char *)attr < end)
		return -EBADMSG;

	for (type = 0; type <= max; type++)
		if (rules[type].required && !tb[type])
			return -EBADMSG;
	return 0;
}

static int sort_nest(const struct nlattr *nest, const struct rule *rules,
		     unsigned int max, const struct nlattr **tb)
{
	return sort(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest),
		    rules, max, tb);
}

static void read_counters(const struct nlattr *attr, struct counters *sent)
{
	struct tuplestat_counters raw;

	/* Attributes are aligned to four bytes only, the struct to eight. */
	memcpy(&raw, mnl_attr_get_payload(attr), sizeof(raw));
	flow_set_counters(sent, &raw);
}

static int read_end(const struct nlattr *nest, struct flow_end *end,
		    uint8_t *family)
{
	const struct nlattr *tb[TUPLESTAT_A_END_MAX + 1] = { NULL };
	size_t len;

	if (sort_nest(nest, end_rules, TUPLESTAT_A_END_MAX, tb))
		return -EBADMSG;

	len = mnl_attr_get_payload_len(tb[TUPLESTAT_A_END_ADDR]);
	if (len != IPV4_LEN && len != FLOW_ADDR_LEN)
		return -EBADMSG;
	memcpy(end->addr, mnl_attr_get_payload(tb[TUPLESTAT_A_END_ADDR]), len);
	*family = len == IPV4_LEN ? AF_INET : AF_INET6;
	end->port = ntohs(mnl_attr_get_u16(tb[TUPLESTAT_A_END_PORT]));
	read_counters(tb[TUPLESTAT_A_END_COUNTERS], &end->sent);
	return 0;
}

/* Letters only: they are printed as they are. */
static int read_history(const struct nlattr *attr, struct flow *flow)
{
	const char *text = mnl_attr_get_payload(attr);
	size_t len = strnlen(text, mnl_attr_get_payload_len(attr));
	size_t i;

	if (len > FLOW_HISTORY_MAX)
		return -EBADMSG;
	for (i = 0; i < len; i++)
		if (!isalpha((unsigned char)text[i]) && text[i] != '^')
			return -EBADMSG;
	memcpy(flow->history, text, len);
	return 0;
}

static void read_teardown(const struct nlattr *attr, struct flow *flow)
{
	struct tuplestat_arrow raw[FLOW_ARROWS_MAX];
	unsigned int count = mnl_attr_get_payload_len(attr) / sizeof(raw[0]);

	memcpy(raw, mnl_attr_get_payload(attr), count * sizeof(raw[0]));
	flow_set_arrows(flow, raw, count);
}

static int read_handshake(const struct nlattr *const *tb, struct flow *flow)
{
	if (tb[TUPLESTAT_A_FLOW_SYNACK])
		flow->synack_ns = mnl_attr_get_u64(tb[TUPLESTAT_A_FLOW_SYNACK]);
	if (tb[TUPLESTAT_A_FLOW_ACKDAT])
		flow->ackdat_ns = mnl_attr_get_u64(tb[TUPLESTAT_A_FLOW_ACKDAT]);
	if (tb[TUPLESTAT_A_FLOW_TEARDOWN])
		read_teardown(tb[TUPLESTAT_A_FLOW_TEARDOWN], flow);
	return tb[TUPLESTAT_A_FLOW_HISTORY] ?
	       read_history(tb[TUPLESTAT_A_FLOW_HISTORY], flow) : 0;
}

static void read_event(const struct nlattr *const *tb, struct flow *flow)
{
	if (tb[TUPLESTAT_A_FLOW_EVENTS])
		flow->events = mnl_attr_get_u32(tb[TUPLESTAT_A_FLOW_EVENTS]);
	if (tb[TUPLESTAT_A_FLOW_SEQ])
		flow->seq = mnl_attr_get_u64(tb[TUPLESTAT_A_FLOW_SEQ]);
	if (tb[TUPLESTAT_A_FLOW_END_REASON])
		flow->end_reason =
			mnl_attr_get_u8(tb[TUPLESTAT_A_FLOW_END_REASON]);
}

/**
 * decode_flow - read one message of TUPLESTAT_CMD_FLOW_GET
 * @attrs: its attributes
 * @len: their length
 * @flow: where to put it
 *
 * Return: 0 or -EBADMSG.
 */
int decode_flow(const void *attrs, size_t len, struct flow *flow)
{
	const struct nlattr *tb[TUPLESTAT_A_FLOW_MAX + 1] = { NULL };
	uint32_t flags;
	uint8_t family;

	*flow = (struct flow){ 0 };
	if (sort(attrs, len, flow_rules, TUPLESTAT_A_FLOW_MAX, tb) ||
	    read_end(tb[TUPLESTAT_A_FLOW_ORIG], &flow->orig, &flow->family) ||
	    read_end(tb[TUPLESTAT_A_FLOW_REPLY], &flow->reply, &family) ||
	    family != flow->family)
		return -EBADMSG;

	flow->proto = mnl_attr_get_u8(tb[TUPLESTAT_A_FLOW_PROTO]);
	if (flow->proto != IPPROTO_TCP && flow->proto != IPPROTO_UDP)
		return -EBADMSG;
	flow->state = mnl_attr_get_u8(tb[TUPLESTAT_A_FLOW_STATE]);
	flags = mnl_attr_get_u32(tb[TUPLESTAT_A_FLOW_FLAGS]);
	flow->midstream = flags & TUPLESTAT_FLOW_MIDSTREAM;
	flow->rtt_ambiguous = flags & TUPLESTAT_FLOW_RTT_AMBIGUOUS;
	flow->ethernet = flags & TUPLESTAT_FLOW_ETHERNET;
	flow->conn_state = mnl_attr_get_u8(tb[TUPLESTAT_A_FLOW_CONN_STATE]);
	flow->first_ns = mnl_attr_get_u64(tb[TUPLESTAT_A_FLOW_FIRST]);
	flow->last_ns = mnl_attr_get_u64(tb[TUPLESTAT_A_FLOW_LAST]);
	read_event(tb, flow);
	return read_handshake(tb, flow);
}

/**
 * decode_event - read one TUPLESTAT_CMD_FLOW_EVENT
 * @attrs: its attributes
 * @len: their length
 * @flow: where to put it; its @events and @seq are not 0
 *
 * Return: 0 or -EBADMSG.
 */
int decode_event(const void *attrs, size_t len, struct flow *flow)
{
	int ret = decode_flow(attrs, len, flow);

	if (!ret && (!flow->events || !flow->seq))
		ret = -EBADMSG;
	return ret;
}

/**
 * decode_count - read the answer to TUPLESTAT_CMD_FLOW_DEL
 * @attrs: its attributes
 * @len: their length
 * @count: where to put it
 *
 * Return: 0 or -EBADMSG.
 */
int decode_count(const void *attrs, size_t len, uint32_t *count)
{
	const struct nlattr *tb[TUPLESTAT_A_FLOW_MAX + 1] = { NULL };

	if (sort(attrs, len, count_rules, TUPLESTAT_A_FLOW_MAX, tb))
		return -EBADMSG;
	*count = mnl_attr_get_u32(tb[TUPLESTAT_A_FLOW_COUNT]);
	return 0;
}

/* @reason is NULL for a total that stands alone. */
static int read_total(const struct nlattr *nest, struct total *total,
		      uint32_t *reason)
{
	const struct nlattr *tb[TUPLESTAT_A_TOTAL_MAX + 1] = { NULL };

	if (sort_nest(nest, total_rules, TUPLESTAT_A_TOTAL_MAX, tb) ||
	    (reason && !tb[TUPLESTAT_A_TOTAL_REASON]))
		return -EBADMSG;

	if (reason)
		*reason = mnl_attr_get_u32(tb[TUPLESTAT_A_TOTAL_REASON]);
	if (tb[TUPLESTAT_A_TOTAL_FLOWS])
		total->flows = mnl_attr_get_u64(tb[TUPLESTAT_A_TOTAL_FLOWS]);
	total->packets = mnl_attr_get_u64(tb[TUPLESTAT_A_TOTAL_PACKETS]);
	total->bytes = mnl_attr_get_u64(tb[TUPLESTAT_A_TOTAL_BYTES]);
	return 0;
}

static int read_line(const struct nlattr *nest, struct ledger *ledger)
{
	size_t i = ledger->count;

	if (i == LEDGER_LINES_MAX)
		return -EBADMSG;
	ledger->count++;
	return read_total(nest, &ledger->line[i].total,
			  &ledger->line[i].reason);
}

/* Those attributes of the statistics that repeat. */
static int read_lines(const void *attrs, size_t len, struct stats *stats)
{
	const struct nlattr *attr;
	int ret = 0;

	mnl_attr_for_each_payload(attrs, len) {
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_STATS_ENDED:
			ret = read_line(attr, &stats->ended);
			break;
		case TUPLESTAT_A_STATS_UNATTRIBUTED:
			ret = read_line(attr, &stats->unattributed);
			break;
		case TUPLESTAT_A_STATS_UNUSUAL:
			ret = read_line(attr, &stats->unusual);
			break;
		}
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * decode_stats - read the answer to TUPLESTAT_CMD_STATS_GET
 * @attrs: its attributes
 * @len: their length
 * @stats: where to put it
 *
 * Return: 0 or -EBADMSG.
 */
int decode_stats(const void *attrs, size_t len, struct stats *stats)
{
	const struct nlattr *tb[TUPLESTAT_A_STATS_MAX + 1] = { NULL };

	*stats = (struct stats){ 0 };
	if (sort(attrs, len, stats_rules, TUPLESTAT_A_STATS_MAX, tb) ||
	    read_total(tb[TUPLESTAT_A_STATS_SEEN_BEFORE], &stats->seen_before,
		       NULL) ||
	    read_total(tb[TUPLESTAT_A_STATS_SEEN], &stats->seen, NULL) ||
	    read_total(tb[TUPLESTAT_A_STATS_LIVE], &stats->live, NULL) ||
	    read_lines(attrs, len, stats))
		return -EBADMSG;

	stats->max_flows = mnl_attr_get_u32(tb[TUPLESTAT_A_STATS_MAX_FLOWS]);
	stats->buckets = mnl_attr_get_u32(tb[TUPLESTAT_A_STATS_BUCKETS]);
	stats->memory = mnl_attr_get_u64(tb[TUPLESTAT_A_STATS_MEMORY]);
	stats->event_seq = mnl_attr_get_u64(tb[TUPLESTAT_A_STATS_EVENT_SEQ]);
	stats->events_lost =
		mnl_attr_get_u64(tb[TUPLESTAT_A_STATS_EVENTS_LOST]);
	return 0;
}

static int read_timeouts(const struct nlattr *nest, struct config *config)
{
	const struct nlattr *tb[TUPLESTAT_A_TIMEOUT_MAX + 1] = { NULL };
	unsigned int i;

	if (sort_nest(nest, timeout_rules, TUPLESTAT_A_TIMEOUT_MAX, tb))
		return -EBADMSG;
	for (i = 0; i < TIMEOUTS; i++)
		config->timeout[i] = mnl_attr_get_u32(tb[i + 1]);
	return 0;
}

/**
 * decode_config - read the answer to TUPLESTAT_CMD_CONFIG_GET
 * @attrs: its attributes
 * @len: their length
 * @config: where to put it
 *
 * Return: 0 or -EBADMSG.
 */
int decode_config(const void *attrs, size_t len, struct config *config)
{
	const struct nlattr *tb[TUPLESTAT_A_CONFIG_MAX + 1] = { NULL };

	if (sort(attrs, len, config_rules, TUPLESTAT_A_CONFIG_MAX, tb))
		return -EBADMSG;
	config->started = mnl_attr_get_u8(tb[TUPLESTAT_A_CONFIG_STARTED]);
	config->max_flows = mnl_attr_get_u32(tb[TUPLESTAT_A_CONFIG_MAX_FLOWS]);
	return read_timeouts(tb[TUPLESTAT_A_CONFIG_TIMEOUTS], config);
}
