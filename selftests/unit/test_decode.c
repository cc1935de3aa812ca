// SPDX-License-Identifier: GPL-2.0
/* Netlink messages built by hand, whole and damaged, and what comes of them. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/tuplestat.h>

#include "decode.h"
#include "ktap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Where the attribute stands that is damaged. */
enum where { NOWHERE, MESSAGE, ORIG, BOTH_ENDS };

/**
 * struct damage - what to do to a message while it is built
 * @name: for the test's name
 * @attr: attribute that is damaged
 * @where: on the level of the message, or in the nest of one end or of both
 * @omit: leave it out
 * @change: bytes to add to its payload
 */
struct damage {
	const char *name;
	uint16_t attr;
	enum where where;
	bool omit;
	int change;
};

static const struct damage intact = { .where = NOWHERE };

static const struct damage damages[] = {
	{ "no PROTO", TUPLESTAT_A_FLOW_PROTO, MESSAGE, true, 0 },
	{ "long PROTO", TUPLESTAT_A_FLOW_PROTO, MESSAGE, false, 1 },
	{ "empty PROTO", TUPLESTAT_A_FLOW_PROTO, MESSAGE, false, -1 },
	{ "no STATE", TUPLESTAT_A_FLOW_STATE, MESSAGE, true, 0 },
	{ "long STATE", TUPLESTAT_A_FLOW_STATE, MESSAGE, false, 3 },
	{ "empty STATE", TUPLESTAT_A_FLOW_STATE, MESSAGE, false, -1 },
	{ "no FLAGS", TUPLESTAT_A_FLOW_FLAGS, MESSAGE, true, 0 },
	{ "short FLAGS", TUPLESTAT_A_FLOW_FLAGS, MESSAGE, false, -1 },
	{ "long FLAGS", TUPLESTAT_A_FLOW_FLAGS, MESSAGE, false, 4 },
	{ "no FIRST", TUPLESTAT_A_FLOW_FIRST, MESSAGE, true, 0 },
	{ "short FIRST", TUPLESTAT_A_FLOW_FIRST, MESSAGE, false, -4 },
	{ "long FIRST", TUPLESTAT_A_FLOW_FIRST, MESSAGE, false, 8 },
	{ "no LAST", TUPLESTAT_A_FLOW_LAST, MESSAGE, true, 0 },
	{ "short LAST", TUPLESTAT_A_FLOW_LAST, MESSAGE, false, -1 },
	{ "long LAST", TUPLESTAT_A_FLOW_LAST, MESSAGE, false, 1 },
	{ "no ORIG", TUPLESTAT_A_FLOW_ORIG, MESSAGE, true, 0 },
	{ "no REPLY", TUPLESTAT_A_FLOW_REPLY, MESSAGE, true, 0 },
	{ "no ADDR", TUPLESTAT_A_END_ADDR, ORIG, true, 0 },
	{ "short ADDR", TUPLESTAT_A_END_ADDR, ORIG, false, -1 },
	{ "short ADDR at both ends", TUPLESTAT_A_END_ADDR, BOTH_ENDS, false,
	  -1 },
	{ "ADDR between IPv4 and IPv6", TUPLESTAT_A_END_ADDR, BOTH_ENDS,
	  false, 4 },
	{ "ADDR of the other family", TUPLESTAT_A_END_ADDR, ORIG, false, 12 },
	{ "ADDR longer than IPv6", TUPLESTAT_A_END_ADDR, ORIG, false, 13 },
	{ "no CONN_STATE", TUPLESTAT_A_FLOW_CONN_STATE, MESSAGE, true, 0 },
	{ "long CONN_STATE", TUPLESTAT_A_FLOW_CONN_STATE, MESSAGE, false, 1 },
	{ "long HISTORY", TUPLESTAT_A_FLOW_HISTORY, MESSAGE, false, 13 },
	{ "short SYNACK", TUPLESTAT_A_FLOW_SYNACK, MESSAGE, false, -4 },
	{ "long ACKDAT", TUPLESTAT_A_FLOW_ACKDAT, MESSAGE, false, 1 },
	{ "empty TEARDOWN", TUPLESTAT_A_FLOW_TEARDOWN, MESSAGE, false, -32 },
	{ "long TEARDOWN", TUPLESTAT_A_FLOW_TEARDOWN, MESSAGE, false, 33 },
	{ "short EVENTS", TUPLESTAT_A_FLOW_EVENTS, MESSAGE, false, -1 },
	{ "long EVENTS", TUPLESTAT_A_FLOW_EVENTS, MESSAGE, false, 4 },
	{ "short SEQ", TUPLESTAT_A_FLOW_SEQ, MESSAGE, false, -4 },
	{ "empty SEQ", TUPLESTAT_A_FLOW_SEQ, MESSAGE, false, -8 },
	{ "empty END_REASON", TUPLESTAT_A_FLOW_END_REASON, MESSAGE, false, -1 },
	{ "long END_REASON", TUPLESTAT_A_FLOW_END_REASON, MESSAGE, false, 3 },
	{ "short FIRST_MONOTONIC", TUPLESTAT_A_FLOW_FIRST_MONOTONIC, MESSAGE,
	  false, -4 },
	{ "long FIRST_MONOTONIC", TUPLESTAT_A_FLOW_FIRST_MONOTONIC, MESSAGE,
	  false, 1 },
	{ "no PORT", TUPLESTAT_A_END_PORT, ORIG, true, 0 },
	{ "short PORT", TUPLESTAT_A_END_PORT, ORIG, false, -1 },
	{ "long PORT", TUPLESTAT_A_END_PORT, ORIG, false, 2 },
	{ "no COUNTERS", TUPLESTAT_A_END_COUNTERS, ORIG, true, 0 },
	{ "short COUNTERS", TUPLESTAT_A_END_COUNTERS, ORIG, false, -4 },
	{ "empty COUNTERS", TUPLESTAT_A_END_COUNTERS, ORIG, false,
	  -(int)sizeof(struct tuplestat_counters) },
};

static const struct tuplestat_counters counters = {
	.packets = 1ULL << 40, .ip_bytes = 412, .l4_bytes = 292,
	.payload_bytes = 80, .ack = 1ULL << 33, .fin = 1, .syn = 2, .rst = 3,
	.psh = 4, .urg = 6, .ece = 7, .cwr = 8,
	.retransmits = 9, .zero_windows = 10,
	.unusual = 1 << TUPLESTAT_UNUSUAL_XMAS,
};

static struct nlmsghdr *begin(void *buf, size_t len)
{
	memset(buf, 0, len);
	return mnl_nlmsg_put_header(buf);
}

static const void *attrs_of(const struct nlmsghdr *nlh)
{
	return mnl_nlmsg_get_payload(nlh);
}

static size_t len_of(const struct nlmsghdr *nlh)
{
	return mnl_nlmsg_get_payload_len(nlh);
}

/* Puts an attribute, unless @damage says to omit it, or at another length. */
static void put(struct nlmsghdr *nlh, const struct damage *damage,
		bool damaged, uint16_t attr, const void *data, size_t len)
{
	char payload[256] = { 0 };
	int change = 0;

	if (damaged && damage->attr == attr) {
		if (damage->omit)
			return;
		change = damage->change;
	}
	memcpy(payload, data, len);
	mnl_attr_put(nlh, attr, (size_t)((int)len + change), payload);
}

static void put_end(struct nlmsghdr *nlh, const struct damage *damage,
		    uint16_t attr, uint8_t last_byte, uint16_t port)
{
	bool damaged = damage->where == BOTH_ENDS ||
		(damage->where == ORIG && attr == TUPLESTAT_A_FLOW_ORIG);
	uint8_t addr[4] = { 10, 0, 0, last_byte };
	uint16_t be_port = htons(port);
	struct nlattr *nest;

	if (damage->where == MESSAGE && damage->attr == attr)
		return;
	nest = mnl_attr_nest_start(nlh, attr);
	put(nlh, damage, damaged, TUPLESTAT_A_END_ADDR, addr,
	    sizeof(addr));
	put(nlh, damage, damaged, TUPLESTAT_A_END_PORT,
	    &be_port, sizeof(be_port));
	put(nlh, damage, damaged, TUPLESTAT_A_END_COUNTERS,
	    &counters, sizeof(counters));
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *build_flow(void *buf, size_t len,
				   const struct damage *damage)
{
	const uint8_t state = TUPLESTAT_STATE_CLOSE, proto = IPPROTO_TCP;
	const uint64_t first = 1700000000123456789, last = first + 1;
	const uint32_t flags = TUPLESTAT_FLOW_MIDSTREAM |
			       TUPLESTAT_FLOW_RTT_AMBIGUOUS;
	const uint8_t conn = TUPLESTAT_CONN_RSTO;
	const uint64_t synack = 40000000, ackdat = 1000;
	const uint32_t events = TUPLESTAT_EVENT_NEW | TUPLESTAT_EVENT_END;
	const uint64_t seq = 1ULL << 34, monotonic = (1ULL << 53) + 1;
	const uint8_t reason = TUPLESTAT_END_RESOURCES;
	const char history[] = "^hADFr";
	const struct tuplestat_arrow arrows[] = {
		{ .gap_ns = 7, .flags = TUPLESTAT_ARROW_FIN },
		{ .gap_ns = 8, .flags = TUPLESTAT_ARROW_REPLY |
					TUPLESTAT_ARROW_RST },
	};
	struct nlmsghdr *nlh = begin(buf, len);
	bool damaged = damage->where == MESSAGE;

	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_PROTO, &proto, 1);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_STATE, &state, 1);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_FLAGS, &flags, 4);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_FIRST, &first, 8);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_LAST, &last, 8);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_CONN_STATE, &conn, 1);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_HISTORY, history,
	    sizeof(history));
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_SYNACK, &synack, 8);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_ACKDAT, &ackdat, 8);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_TEARDOWN, arrows,
	    sizeof(arrows));
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_EVENTS, &events, 4);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_SEQ, &seq, 8);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_END_REASON, &reason, 1);
	put(nlh, damage, damaged, TUPLESTAT_A_FLOW_FIRST_MONOTONIC, &monotonic,
	    8);
	put_end(nlh, damage, TUPLESTAT_A_FLOW_ORIG, 1, 40000);
	put_end(nlh, damage, TUPLESTAT_A_FLOW_REPLY, 2, 443);
	return nlh;
}

static bool as_built(const struct flow *flow)
{
	static const uint64_t flags[TCP_FLAG_COUNT] = {
		1, 2, 3, 4, 1ULL << 33, 6, 7, 8 };
	static const uint8_t orig[FLOW_ADDR_LEN] = { 10, 0, 0, 1 };
	static const uint8_t reply[FLOW_ADDR_LEN] = { 10, 0, 0, 2 };
	const struct counters *sent = &flow->orig.sent;

	return flow->family == AF_INET && flow->proto == IPPROTO_TCP &&
		flow->state == TUPLESTAT_STATE_CLOSE && flow->midstream &&
		flow->first_ns == 1700000000123456789 &&
		flow_duration(flow) == 1 &&
		flow->first_monotonic_ns == (1ULL << 53) + 1 &&
		flow->conn_state == TUPLESTAT_CONN_RSTO &&
		flow->rtt_ambiguous && flow->synack_ns == 40000000 &&
		flow->ackdat_ns == 1000 && !strcmp(flow->history, "^hADFr") &&
		flow->arrows == 2 && flow->arrow[0].gap_ns == 7 &&
		flow->arrow[1].flags == (TUPLESTAT_ARROW_REPLY |
					 TUPLESTAT_ARROW_RST) &&
		flow->events == (TUPLESTAT_EVENT_NEW | TUPLESTAT_EVENT_END) &&
		flow->seq == 1ULL << 34 &&
		flow->end_reason == TUPLESTAT_END_RESOURCES &&
		sent->retransmits == 9 && sent->zero_windows == 10 &&
		sent->unusual == 1 << TUPLESTAT_UNUSUAL_XMAS &&
		flow->orig.port == 40000 && flow->reply.port == 443 &&
		!memcmp(flow->orig.addr, orig, sizeof(orig)) &&
		!memcmp(flow->reply.addr, reply, sizeof(reply)) &&
		sent->packets == 1ULL << 40 && sent->ip_bytes == 412 &&
		sent->l4_bytes == 292 && sent->payload_bytes == 80 &&
		!memcmp(sent->flags, flags, sizeof(flags)) &&
		!memcmp(sent, &flow->reply.sent, sizeof(*sent));
}

static void test_flow(void)
{
	static const struct damage newer = {
		"", TUPLESTAT_A_END_COUNTERS, ORIG, false, 16 };
	static const struct damage ipv6 = {
		"", TUPLESTAT_A_END_ADDR, BOTH_ENDS, false, 12 };
	static const struct damage older = {
		"", TUPLESTAT_A_FLOW_FIRST_MONOTONIC, MESSAGE, true, 0 };
	char buf[1024] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;
	struct flow flow;
	size_t i;

	nlh = build_flow(buf, sizeof(buf), &intact);
	ktap_ok(!decode_flow(attrs_of(nlh), len_of(nlh), &flow) &&
		as_built(&flow), "flow: every member arrives");

	mnl_attr_put_u64(nlh, TUPLESTAT_A_FLOW_MAX + 1, 1);
	ktap_ok(!decode_flow(attrs_of(nlh), len_of(nlh), &flow) &&
		as_built(&flow), "flow: unknown attribute is passed over");

	nlh = build_flow(buf, sizeof(buf), &newer);
	ktap_ok(!decode_flow(attrs_of(nlh), len_of(nlh), &flow) &&
		as_built(&flow), "flow: longer counters are those of a newer kernel");

	nlh = build_flow(buf, sizeof(buf), &older);
	ktap_ok(!decode_flow(attrs_of(nlh), len_of(nlh), &flow) &&
		!flow.first_monotonic_ns &&
		flow_first_id(&flow) == flow.first_ns,
		"flow: no FIRST_MONOTONIC from an older kernel");

	nlh = build_flow(buf, sizeof(buf), &ipv6);
	ktap_ok(!decode_flow(attrs_of(nlh), len_of(nlh), &flow) &&
		flow.family == AF_INET6, "flow: 16 bytes are an IPv6 address");

	nlh = build_flow(buf, sizeof(buf), &intact);
	mnl_attr_put_u8(nlh, TUPLESTAT_A_FLOW_PROTO, IPPROTO_ICMP);
	ktap_ok(decode_flow(attrs_of(nlh), len_of(nlh), &flow) == -EBADMSG,
		"flow: neither TCP nor UDP");

	nlh = build_flow(buf, sizeof(buf), &intact);
	mnl_attr_put_u32(nlh, TUPLESTAT_A_FLOW_MAX + 1, 1);
	ktap_ok(decode_flow(attrs_of(nlh), len_of(nlh) - 1, &flow) ==
		-EBADMSG, "flow: an attribute longer than its message");

	ktap_ok(decode_flow(attrs_of(nlh), 0, &flow) == -EBADMSG,
		"flow: nothing at all");

	nlh = build_flow(buf, sizeof(buf), &intact);
	mnl_attr_put(nlh, TUPLESTAT_A_FLOW_HISTORY, 4, "S\033[H");
	ktap_ok(decode_flow(attrs_of(nlh), len_of(nlh), &flow) == -EBADMSG,
		"flow: a history that is no letters");

	for (i = 0; i < ARRAY_SIZE(damages); i++) {
		nlh = build_flow(buf, sizeof(buf), &damages[i]);
		ktap_ok(decode_flow(attrs_of(nlh), len_of(nlh), &flow) ==
			-EBADMSG, "flow: %s", damages[i].name);
	}
}

/* A flow without them is none that was sent to the group. */
static void test_event(void)
{
	static const struct damage no_events = {
		"", TUPLESTAT_A_FLOW_EVENTS, MESSAGE, true, 0 };
	static const struct damage no_seq = {
		"", TUPLESTAT_A_FLOW_SEQ, MESSAGE, true, 0 };
	static const struct damage no_reason = {
		"", TUPLESTAT_A_FLOW_END_REASON, MESSAGE, true, 0 };
	char buf[1024] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = build_flow(buf, sizeof(buf), &intact);
	struct flow flow;

	ktap_ok(!decode_event(attrs_of(nlh), len_of(nlh), &flow) &&
		as_built(&flow), "event: every member arrives");
	nlh = build_flow(buf, sizeof(buf), &no_reason);
	ktap_ok(!decode_event(attrs_of(nlh), len_of(nlh), &flow) &&
		!flow.end_reason, "event: of a flow that has not ended");
	nlh = build_flow(buf, sizeof(buf), &no_events);
	ktap_ok(decode_event(attrs_of(nlh), len_of(nlh), &flow) == -EBADMSG &&
		!decode_flow(attrs_of(nlh), len_of(nlh), &flow),
		"event: no EVENTS, but a flow");
	nlh = build_flow(buf, sizeof(buf), &no_seq);
	ktap_ok(decode_event(attrs_of(nlh), len_of(nlh), &flow) == -EBADMSG &&
		!decode_flow(attrs_of(nlh), len_of(nlh), &flow),
		"event: no SEQ, but a flow");
}

static void test_count(void)
{
	char buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = begin(buf, sizeof(buf));
	uint32_t count = 0;

	ktap_ok(decode_count(attrs_of(nlh), len_of(nlh), &count) == -EBADMSG,
		"count: nothing at all");
	mnl_attr_put_u32(nlh, TUPLESTAT_A_FLOW_COUNT, 123456);
	ktap_ok(!decode_count(attrs_of(nlh), len_of(nlh), &count) &&
		count == 123456, "count: arrives");
	mnl_attr_put_u16(nlh, TUPLESTAT_A_FLOW_COUNT, 1);
	ktap_ok(decode_count(attrs_of(nlh), len_of(nlh), &count) == -EBADMSG,
		"count: too short");
}

/* The copy ends where its memory ends: ASan sees whoever reads beyond. */
static int decode_flow_copy(const void *attrs, size_t len)
{
	void *copy = malloc(len ? len : 1);
	struct flow flow;
	int ret;

	memcpy(copy, attrs, len);
	ret = decode_flow(copy, len, &flow);
	free(copy);
	return ret;
}

static void test_truncated(void)
{
	char buf[1024] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = build_flow(buf, sizeof(buf), &intact);
	size_t len, refused = 0;

	for (len = 0; len < len_of(nlh); len++)
		refused += decode_flow_copy(attrs_of(nlh), len) == -EBADMSG;
	ktap_ok(refused == len_of(nlh), "flow: truncated at each byte");
}

/*
 * Any value in any byte is decoded or refused. Which does not matter, but for
 * the value that was there; a crash does.
 */
static void test_every_byte(void)
{
	char buf[1024] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = build_flow(buf, sizeof(buf), &intact);
	uint8_t *bytes = mnl_nlmsg_get_payload(nlh);
	size_t i, decoded = 0, refused = 0;
	unsigned int value;
	struct flow flow;
	int ret;

	for (i = 0; i < len_of(nlh); i++) {
		uint8_t kept = bytes[i];

		for (value = 0; value < 256; value++) {
			bytes[i] = (uint8_t)value;
			ret = decode_flow_copy(bytes, len_of(nlh));
			decoded += !ret;
			refused += ret == -EBADMSG;
		}
		bytes[i] = kept;
	}
	ktap_ok(decoded >= i && refused && decoded + refused == i * 256 &&
		!decode_flow(bytes, len_of(nlh), &flow) && as_built(&flow),
		"flow: each byte set to each value is decoded or refused");
}

static void put_total(struct nlmsghdr *nlh, uint16_t attr, int reason,
		      uint64_t packets)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);

	if (reason >= 0)
		mnl_attr_put_u32(nlh, TUPLESTAT_A_TOTAL_REASON,
				 (uint32_t)reason);
	mnl_attr_put_u64(nlh, TUPLESTAT_A_TOTAL_FLOWS, 7);
	mnl_attr_put_u64(nlh, TUPLESTAT_A_TOTAL_PACKETS, packets);
	mnl_attr_put_u64(nlh, TUPLESTAT_A_TOTAL_BYTES, packets * 100);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *build_stats(void *buf, size_t len)
{
	struct nlmsghdr *nlh = begin(buf, len);

	put_total(nlh, TUPLESTAT_A_STATS_SEEN_BEFORE, -1, 59);
	put_total(nlh, TUPLESTAT_A_STATS_SEEN, -1, 60);
	put_total(nlh, TUPLESTAT_A_STATS_LIVE, -1, 10);
	put_total(nlh, TUPLESTAT_A_STATS_ENDED, TUPLESTAT_END_IDLE, 20);
	put_total(nlh, TUPLESTAT_A_STATS_ENDED, TUPLESTAT_END_FORCED, 25);
	put_total(nlh, TUPLESTAT_A_STATS_UNATTRIBUTED,
		  TUPLESTAT_UNATTR_FRAGMENT, 5);
	put_total(nlh, TUPLESTAT_A_STATS_UNUSUAL, TUPLESTAT_UNUSUAL_NULL, 0);
	put_total(nlh, TUPLESTAT_A_STATS_UNUSUAL, TUPLESTAT_UNUSUAL_SYN_FIN, 2);
	mnl_attr_put_u64(nlh, TUPLESTAT_A_STATS_EVENTS_LOST, 3);
	mnl_attr_put_u64(nlh, TUPLESTAT_A_STATS_EVENT_SEQ, 1ULL << 36);
	mnl_attr_put_u32(nlh, TUPLESTAT_A_STATS_MAX_FLOWS, 1000);
	mnl_attr_put_u32(nlh, TUPLESTAT_A_STATS_BUCKETS, 1024);
	mnl_attr_put_u64(nlh, TUPLESTAT_A_STATS_MEMORY, 1ULL << 35);
	return nlh;
}

static void test_stats_good(void)
{
	char buf[4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = build_stats(buf, sizeof(buf));
	struct balance balance;
	struct stats stats;

	ktap_ok(!decode_stats(attrs_of(nlh), len_of(nlh), &stats) &&
		stats.seen_before.packets == 59 && stats.events_lost == 3 &&
		stats.event_seq == 1ULL << 36 && stats.unusual.count == 2 &&
		ledger_find(&stats.unusual, TUPLESTAT_UNUSUAL_SYN_FIN)
			->packets == 2 &&
		!ledger_find(&stats.unusual, TUPLESTAT_UNUSUAL_XMAS)->packets &&
		stats.seen.packets == 60 && stats.live.flows == 7 &&
		stats.live.bytes == 1000 && stats.ended.count == 2 &&
		stats.ended.line[1].reason == TUPLESTAT_END_FORCED &&
		stats.ended.line[1].total.packets == 25 &&
		stats.unattributed.count == 1 &&
		stats.unattributed.line[0].total.bytes == 500 &&
		stats.max_flows == 1000 && stats.buckets == 1024 &&
		stats.memory == 1ULL << 35, "stats: every member arrives");

	balance = stats_balance(&stats);
	ktap_ok(!balance.packets && !balance.bytes, "stats: balances");
	stats.live.packets += 3;
	stats.unattributed.line[0].total.bytes -= 1;
	balance = stats_balance(&stats);
	ktap_ok(balance.packets == -3 && balance.bytes == 1,
		"stats: what is unexplained has a sign");
}

static void test_stats_bad(void)
{
	char buf[8192] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = build_stats(buf, sizeof(buf));
	size_t len, refused = 0;
	struct stats stats;
	void *copy;
	int i;

	for (len = 0; len < len_of(nlh); len++) {
		copy = malloc(len ? len : 1);
		memcpy(copy, attrs_of(nlh), len);
		refused += decode_stats(copy, len, &stats) == -EBADMSG;
		free(copy);
	}
	ktap_ok(refused == len_of(nlh), "stats: truncated at each byte");

	put_total(nlh, TUPLESTAT_A_STATS_ENDED, -1, 1);
	ktap_ok(decode_stats(attrs_of(nlh), len_of(nlh), &stats) == -EBADMSG,
		"stats: line without a reason");

	nlh = build_stats(buf, sizeof(buf));
	mnl_attr_put_u32(nlh, TUPLESTAT_A_STATS_UNATTRIBUTED, 1);
	ktap_ok(decode_stats(attrs_of(nlh), len_of(nlh), &stats) == -EBADMSG,
		"stats: line that is no nest");

	nlh = build_stats(buf, sizeof(buf));
	for (i = 0; i < LEDGER_LINES_MAX; i++)
		put_total(nlh, TUPLESTAT_A_STATS_ENDED, i, 1);
	ktap_ok(decode_stats(attrs_of(nlh), len_of(nlh), &stats) == -EBADMSG,
		"stats: more lines than there is room for");
}

static void put_timeouts(struct nlmsghdr *nlh, uint16_t first, uint16_t last)
{
	struct nlattr *nest;
	uint16_t type;

	nest = mnl_attr_nest_start(nlh, TUPLESTAT_A_CONFIG_TIMEOUTS);
	for (type = first; type <= last; type++)
		mnl_attr_put_u32(nlh, type, 1000U + type);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *build_config(void *buf, size_t len, uint16_t first,
				     uint16_t last)
{
	struct nlmsghdr *nlh = begin(buf, len);

	mnl_attr_put_u8(nlh, TUPLESTAT_A_CONFIG_STARTED, 1);
	mnl_attr_put_u32(nlh, TUPLESTAT_A_CONFIG_MAX_FLOWS, 65536);
	put_timeouts(nlh, first, last);
	return nlh;
}

static void test_config(void)
{
	const uint16_t first = TUPLESTAT_A_TIMEOUT_NONE;
	const uint16_t last = TUPLESTAT_A_TIMEOUT_MAX;
	char buf[512] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = begin(buf, sizeof(buf));
	struct config config;

	mnl_attr_put_u8(nlh, TUPLESTAT_A_CONFIG_STARTED, 1);
	put_timeouts(nlh, first, last);
	ktap_ok(decode_config(attrs_of(nlh), len_of(nlh), &config) ==
		-EBADMSG, "config: no MAX_FLOWS");
	nlh = build_config(buf, sizeof(buf), first, last);
	ktap_ok(!decode_config(attrs_of(nlh), len_of(nlh), &config) &&
		config.started && config.max_flows == 65536 &&
		config.timeout[TUPLESTAT_STATE_NONE] == 1001 &&
		config.timeout[TUPLESTAT_STATE_SYN_SENT2] == 1010 &&
		config.timeout[TUPLESTAT_STATE_REPLIED] == 1012 &&
		config.timeout[TIMEOUTS - 1] == 1013,
		"config: every member arrives");
	mnl_attr_put_u64(nlh, TUPLESTAT_A_CONFIG_MAX_FLOWS, 65536);
	ktap_ok(decode_config(attrs_of(nlh), len_of(nlh), &config) ==
		-EBADMSG, "config: long MAX_FLOWS");
	nlh = build_config(buf, sizeof(buf), first, last - 1);
	ktap_ok(decode_config(attrs_of(nlh), len_of(nlh), &config) ==
		-EBADMSG, "config: the last timeout is missing");
	nlh = build_config(buf, sizeof(buf), first + 1, last);
	ktap_ok(decode_config(attrs_of(nlh), len_of(nlh), &config) ==
		-EBADMSG, "config: the first timeout is missing");
	nlh = build_config(buf, sizeof(buf), first, last + 1);
	ktap_ok(!decode_config(attrs_of(nlh), len_of(nlh), &config) &&
		config.timeout[TIMEOUTS - 1] == 1013,
		"config: a timeout that a newer kernel added");
}

int main(void)
{
	ktap_plan(9 + ARRAY_SIZE(damages) + 4 + 3 + 2 + 3 + 4 + 6);
	test_flow();
	test_event();
	test_count();
	test_truncated();
	test_every_byte();
	test_stats_good();
	test_stats_bad();
	test_config();
	return ktap_finish();
}
