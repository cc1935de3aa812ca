// SPDX-License-Identifier: GPL-2.0
/* Netlink attributes to plain structs; see decode.h for what it promises. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/netlink.h>
#include <linux/tuplestat.h>

#include "decode.h"

#define IPV4_LEN 4

/* Bits of what a message or a nest must have. */
#define BIT(type) (UINT32_C(1) << (type))

#define FLOW_REQUIRED (BIT(TUPLESTAT_A_FLOW_PROTO) | \
		       BIT(TUPLESTAT_A_FLOW_ORIG) | \
		       BIT(TUPLESTAT_A_FLOW_REPLY) | \
		       BIT(TUPLESTAT_A_FLOW_STATE) | \
		       BIT(TUPLESTAT_A_FLOW_FLAGS) | \
		       BIT(TUPLESTAT_A_FLOW_FIRST) | \
		       BIT(TUPLESTAT_A_FLOW_LAST) | \
		       BIT(TUPLESTAT_A_FLOW_CONN_STATE))
#define END_REQUIRED (BIT(TUPLESTAT_A_END_ADDR) | \
		      BIT(TUPLESTAT_A_END_PORT) | \
		      BIT(TUPLESTAT_A_END_COUNTERS))
#define STATS_REQUIRED (BIT(TUPLESTAT_A_STATS_SEEN_BEFORE) | \
			BIT(TUPLESTAT_A_STATS_SEEN) | \
			BIT(TUPLESTAT_A_STATS_LIVE) | \
			BIT(TUPLESTAT_A_STATS_MAX_FLOWS) | \
			BIT(TUPLESTAT_A_STATS_BUCKETS) | \
			BIT(TUPLESTAT_A_STATS_MEMORY) | \
			BIT(TUPLESTAT_A_STATS_EVENT_SEQ) | \
			BIT(TUPLESTAT_A_STATS_EVENTS_LOST))
#define TOTAL_REQUIRED (BIT(TUPLESTAT_A_TOTAL_PACKETS) | \
			BIT(TUPLESTAT_A_TOTAL_BYTES))
#define CONFIG_REQUIRED (BIT(TUPLESTAT_A_CONFIG_STARTED) | \
			 BIT(TUPLESTAT_A_CONFIG_MAX_FLOWS) | \
			 BIT(TUPLESTAT_A_CONFIG_TIMEOUTS))
/* All of them, from 1 on. */
#define TIMEOUTS_REQUIRED (BIT(TUPLESTAT_A_TIMEOUT_MAX + 1) - 2)

_Static_assert(TIMEOUTS == TUPLESTAT_A_TIMEOUT_MAX,
	       "there is room for every timeout");

/* Takes an attribute, or passes it by; 0 or -EBADMSG. */
typedef int take_fn(const struct nlattr *attr, void *to);

static inline unsigned int type_of(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

static inline size_t len_of(const struct nlattr *attr)
{
	return attr->nla_len - sizeof(*attr);
}

static inline const void *payload_of(const struct nlattr *attr)
{
	return attr + 1;
}

/* As mnl_attr_ok(), of which there are many a flow. */
static inline bool is_whole(const struct nlattr *attr, const char *end)
{
	/* Behind the last one, padding may reach over the end. */
	ptrdiff_t left = end - (const char *)attr;

	return left >= (ptrdiff_t)sizeof(*attr) &&
	       attr->nla_len >= sizeof(*attr) && attr->nla_len <= left;
}

/*
 * Has each attribute taken, in order, so that of two the last counts. Fails
 * where one is malformed, or one of those that are @required is missing.
 */
static inline __attribute__((always_inline))
int take_each(const void *attrs, size_t len, uint32_t required, take_fn *take,
	      void *to)
{
	const char *at = attrs, *end = at + len;
	uint32_t seen = 0;

	while (is_whole((const struct nlattr *)at, end)) {
		const struct nlattr *attr = (const struct nlattr *)at;
		unsigned int type = type_of(attr);

		if (take(attr, to))
			return -EBADMSG;
		seen |= type < 32 ? BIT(type) : 0;
		at += NLA_ALIGN(attr->nla_len);
	}
	/* The loop also ends where an attribute is longer than its message. */
	return at < end || (seen & required) != required ? -EBADMSG : 0;
}

static inline int take_u8(const struct nlattr *attr, uint8_t *to)
{
	if (len_of(attr) != sizeof(*to))
		return -EBADMSG;
	*to = *(const uint8_t *)payload_of(attr);
	return 0;
}

static inline int take_u32(const struct nlattr *attr, uint32_t *to)
{
	if (len_of(attr) != sizeof(*to))
		return -EBADMSG;
	*to = *(const uint32_t *)payload_of(attr);
	return 0;
}

/* Attributes are aligned to four bytes only. */
static inline int take_u64(const struct nlattr *attr, uint64_t *to)
{
	if (len_of(attr) != sizeof(*to))
		return -EBADMSG;
	memcpy(to, payload_of(attr), sizeof(*to));
	return 0;
}

static int take_counters(const struct nlattr *attr, struct counters *sent)
{
	struct tuplestat_counters raw;

	/* A newer module may have more of them. */
	if (len_of(attr) < sizeof(raw))
		return -EBADMSG;
	memcpy(&raw, payload_of(attr), sizeof(raw));
	flow_set_counters(sent, &raw);
	return 0;
}

/**
 * struct side - a side of a flow, and what its address says of both
 * @end: the side
 * @family: AF_INET or AF_INET6
 */
struct side {
	struct flow_end *end;
	uint8_t family;
};

static int take_addr(const struct nlattr *attr, struct side *side)
{
	size_t len = len_of(attr);

	/* One: behind a shorter one, the rest of a longer would be left. */
	if (side->family || (len != IPV4_LEN && len != FLOW_ADDR_LEN))
		return -EBADMSG;
	side->family = len == IPV4_LEN ? AF_INET : AF_INET6;
	memcpy(side->end->addr, payload_of(attr), len);
	return 0;
}

static int take_port(const struct nlattr *attr, struct flow_end *end)
{
	if (len_of(attr) != sizeof(end->port))
		return -EBADMSG;
	end->port = ntohs(*(const uint16_t *)payload_of(attr));
	return 0;
}

static inline int take_end_attr(const struct nlattr *attr, void *to)
{
	struct side *side = to;

	switch (type_of(attr)) {
	case TUPLESTAT_A_END_ADDR:
		return take_addr(attr, side);
	case TUPLESTAT_A_END_PORT:
		return take_port(attr, side->end);
	case TUPLESTAT_A_END_COUNTERS:
		return take_counters(attr, &side->end->sent);
	}
	return 0;
}

/* Both sides are of one family. */
static int take_end(const struct nlattr *nest, struct flow *flow,
		    struct flow_end *end)
{
	struct side side = { .end = end };

	if (take_each(payload_of(nest), len_of(nest), END_REQUIRED,
		      take_end_attr, &side) ||
	    (flow->family && flow->family != side.family))
		return -EBADMSG;
	flow->family = side.family;
	return 0;
}

/* Letters only: they are printed as they are. */
static int take_history(const struct nlattr *attr, struct flow *flow)
{
	const char *text = payload_of(attr);
	size_t len = len_of(attr), i;

	if (!len || len > FLOW_HISTORY_MAX + 1)
		return -EBADMSG;
	for (i = 0; i < len && text[i]; i++) {
		if (!isalpha((unsigned char)text[i]) && text[i] != '^')
			return -EBADMSG;
		flow->history[i] = text[i];
	}
	/* It may come without a NUL, but for the longest. */
	if (i > FLOW_HISTORY_MAX)
		return -EBADMSG;
	flow->history[i] = '\0';
	return 0;
}

static int take_teardown(const struct nlattr *attr, struct flow *flow)
{
	struct tuplestat_arrow raw[FLOW_ARROWS_MAX];
	size_t len = len_of(attr);

	if (len < sizeof(raw[0]) || len > sizeof(raw))
		return -EBADMSG;
	memcpy(raw, payload_of(attr), len);
	flow_set_arrows(flow, raw, (unsigned int)(len / sizeof(raw[0])));
	return 0;
}

static int take_flags(const struct nlattr *attr, struct flow *flow)
{
	uint32_t flags;

	if (take_u32(attr, &flags))
		return -EBADMSG;
	flow->midstream = flags & TUPLESTAT_FLOW_MIDSTREAM;
	flow->rtt_ambiguous = flags & TUPLESTAT_FLOW_RTT_AMBIGUOUS;
	flow->ethernet = flags & TUPLESTAT_FLOW_ETHERNET;
	return 0;
}

static inline int take_flow_attr(const struct nlattr *attr, void *to)
{
	struct flow *flow = to;

	switch (type_of(attr)) {
	case TUPLESTAT_A_FLOW_PROTO:
		return take_u8(attr, &flow->proto);
	case TUPLESTAT_A_FLOW_ORIG:
		return take_end(attr, flow, &flow->orig);
	case TUPLESTAT_A_FLOW_REPLY:
		return take_end(attr, flow, &flow->reply);
	case TUPLESTAT_A_FLOW_STATE:
		return take_u8(attr, &flow->state);
	case TUPLESTAT_A_FLOW_FLAGS:
		return take_flags(attr, flow);
	case TUPLESTAT_A_FLOW_FIRST:
		return take_u64(attr, &flow->first_ns);
	case TUPLESTAT_A_FLOW_LAST:
		return take_u64(attr, &flow->last_ns);
	case TUPLESTAT_A_FLOW_CONN_STATE:
		return take_u8(attr, &flow->conn_state);
	case TUPLESTAT_A_FLOW_HISTORY:
		return take_history(attr, flow);
	case TUPLESTAT_A_FLOW_SYNACK:
		return take_u64(attr, &flow->synack_ns);
	case TUPLESTAT_A_FLOW_ACKDAT:
		return take_u64(attr, &flow->ackdat_ns);
	case TUPLESTAT_A_FLOW_TEARDOWN:
		return take_teardown(attr, flow);
	case TUPLESTAT_A_FLOW_EVENTS:
		return take_u32(attr, &flow->events);
	case TUPLESTAT_A_FLOW_SEQ:
		return take_u64(attr, &flow->seq);
	case TUPLESTAT_A_FLOW_END_REASON:
		return take_u8(attr, &flow->end_reason);
	case TUPLESTAT_A_FLOW_FIRST_MONOTONIC:
		return take_u64(attr, &flow->first_monotonic_ns);
	}
	return 0;
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
	*flow = (struct flow){ 0 };
	if (take_each(attrs, len, FLOW_REQUIRED, take_flow_attr, flow))
		return -EBADMSG;
	if (flow->proto != IPPROTO_TCP && flow->proto != IPPROTO_UDP)
		return -EBADMSG;
	return 0;
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

static inline int take_count(const struct nlattr *attr, void *to)
{
	return type_of(attr) == TUPLESTAT_A_FLOW_COUNT ? take_u32(attr, to) : 0;
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
	return take_each(attrs, len, BIT(TUPLESTAT_A_FLOW_COUNT), take_count,
			 count);
}

/**
 * struct line - a line of a ledger
 * @reason: its reason
 * @total: its total
 */
struct line {
	uint32_t reason;
	struct total *total;
};

static inline int take_total_attr(const struct nlattr *attr, void *to)
{
	struct line *line = to;

	switch (type_of(attr)) {
	case TUPLESTAT_A_TOTAL_REASON:
		return take_u32(attr, &line->reason);
	case TUPLESTAT_A_TOTAL_FLOWS:
		return take_u64(attr, &line->total->flows);
	case TUPLESTAT_A_TOTAL_PACKETS:
		return take_u64(attr, &line->total->packets);
	case TUPLESTAT_A_TOTAL_BYTES:
		return take_u64(attr, &line->total->bytes);
	}
	return 0;
}

/* A total that stands alone. */
static int take_total(const struct nlattr *nest, struct total *total)
{
	struct line line = { .total = total };

	return take_each(payload_of(nest), len_of(nest), TOTAL_REQUIRED,
			 take_total_attr, &line);
}

static int take_line(const struct nlattr *nest, struct ledger *ledger)
{
	size_t i = ledger->count;
	struct line line = { .reason = 0 };

	if (i == LEDGER_LINES_MAX)
		return -EBADMSG;
	line.total = &ledger->line[i].total;
	if (take_each(payload_of(nest), len_of(nest),
		      TOTAL_REQUIRED | BIT(TUPLESTAT_A_TOTAL_REASON),
		      take_total_attr, &line))
		return -EBADMSG;
	ledger->line[i].reason = line.reason;
	ledger->count++;
	return 0;
}

static inline int take_stats_attr(const struct nlattr *attr, void *to)
{
	struct stats *stats = to;

	switch (type_of(attr)) {
	case TUPLESTAT_A_STATS_SEEN_BEFORE:
		return take_total(attr, &stats->seen_before);
	case TUPLESTAT_A_STATS_SEEN:
		return take_total(attr, &stats->seen);
	case TUPLESTAT_A_STATS_LIVE:
		return take_total(attr, &stats->live);
	case TUPLESTAT_A_STATS_ENDED:
		return take_line(attr, &stats->ended);
	case TUPLESTAT_A_STATS_UNATTRIBUTED:
		return take_line(attr, &stats->unattributed);
	case TUPLESTAT_A_STATS_UNUSUAL:
		return take_line(attr, &stats->unusual);
	case TUPLESTAT_A_STATS_MAX_FLOWS:
		return take_u32(attr, &stats->max_flows);
	case TUPLESTAT_A_STATS_BUCKETS:
		return take_u32(attr, &stats->buckets);
	case TUPLESTAT_A_STATS_MEMORY:
		return take_u64(attr, &stats->memory);
	case TUPLESTAT_A_STATS_EVENT_SEQ:
		return take_u64(attr, &stats->event_seq);
	case TUPLESTAT_A_STATS_EVENTS_LOST:
		return take_u64(attr, &stats->events_lost);
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
	*stats = (struct stats){ 0 };
	return take_each(attrs, len, STATS_REQUIRED, take_stats_attr, stats);
}

static inline int take_timeout(const struct nlattr *attr, void *to)
{
	struct config *config = to;
	unsigned int type = type_of(attr);

	if (type == TUPLESTAT_A_TIMEOUT_UNSPEC ||
	    type > TUPLESTAT_A_TIMEOUT_MAX)
		return 0;
	return take_u32(attr, &config->timeout[type - 1]);
}

static inline int take_config_attr(const struct nlattr *attr, void *to)
{
	struct config *config = to;

	switch (type_of(attr)) {
	case TUPLESTAT_A_CONFIG_STARTED:
		if (len_of(attr) != 1)
			return -EBADMSG;
		config->started = *(const uint8_t *)payload_of(attr);
		return 0;
	case TUPLESTAT_A_CONFIG_MAX_FLOWS:
		return take_u32(attr, &config->max_flows);
	case TUPLESTAT_A_CONFIG_TIMEOUTS:
		return take_each(payload_of(attr), len_of(attr),
				 TIMEOUTS_REQUIRED, take_timeout, config);
	}
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
	return take_each(attrs, len, CONFIG_REQUIRED, take_config_attr, config);
}
