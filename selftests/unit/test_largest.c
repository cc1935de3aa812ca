// SPDX-License-Identifier: GPL-2.0
/* The order of flows, and the first of them, whatever order they come in. */
#include <stdlib.h>

#include "ktap.h"
#include "largest.h"

#define MANY 3000
#define FLOWS 5

/*
 * No two keys put these in the same order. Numbers are those of @expected, by
 * the port of the originator.
 */
static const struct flow flows[FLOWS] = {
	{ .orig = { .port = 0, .sent = { 1, 900, 0, 10, { 0 }, 3, 0 } },
	  .reply = { .port = 443, .sent = { 2, 50, 0, 5, { 0 }, 0, 0 } },
	  .first_ns = 50, .last_ns = 60, .synack_ns = 4, .ackdat_ns = 5 },
	{ .orig = { .port = 1, .sent = { 9, 100, 0, 70, { 0 }, 0, 0 } },
	  .reply = { .port = 22, .sent = { 9, 100, 0, 1, { 0 }, 1, 0 } },
	  .first_ns = 10, .last_ns = 90, .synack_ns = 900 },
	{ .orig = { .port = 2, .sent = { 3, 10, 0, 0, { 0 }, 0, 0 } },
	  .reply = { .port = 80, .sent = { 5, 800, 0, 90, { 0 }, 9, 0 } },
	  .first_ns = 40, .last_ns = 45, .synack_ns = 20, .ackdat_ns = 20 },
	{ .orig = { .port = 3, .sent = { 1, 10, 0, 0, { 0 }, 0, 0 } },
	  .reply = { .port = 9, .sent = { 0, 0, 0, 0, { 0 }, 0, 0 } },
	  .first_ns = 20, .last_ns = 20 },
	{ .orig = { .port = 4, .sent = { 0, 10, 0, 50, { 0 }, 2, 0 } },
	  .reply = { .port = 7000, .sent = { 6, 300, 0, 0, { 0 }, 0, 0 } },
	  .first_ns = 30, .last_ns = 100, .synack_ns = 1, .ackdat_ns = 1 },
};

static const struct {
	const char *name;
	enum sort_key key;
	bool reverse;
	int order[FLOWS];
} orders[] = {
	{ "none", SORT_NONE, false, { 0, 1, 2, 3, 4 } },
	{ "bytes", SORT_BYTES, false, { 0, 2, 4, 1, 3 } },
	{ "packets", SORT_PACKETS, false, { 1, 2, 4, 0, 3 } },
	{ "payload", SORT_PAYLOAD, false, { 2, 1, 4, 0, 3 } },
	{ "retransmits", SORT_RETRANSMITS, false, { 2, 0, 4, 1, 3 } },
	{ "duration", SORT_DURATION, false, { 1, 4, 0, 2, 3 } },
	{ "rtt", SORT_RTT, false, { 2, 0, 4, 1, 3 } },
	{ "first", SORT_FIRST, false, { 1, 3, 4, 2, 0 } },
	{ "last", SORT_LAST, false, { 3, 2, 0, 1, 4 } },
	{ "port", SORT_PORT, false, { 3, 1, 2, 0, 4 } },
	{ "bytes reverse", SORT_BYTES, true, { 3, 1, 4, 2, 0 } },
	{ "first reverse", SORT_FIRST, true, { 0, 2, 4, 3, 1 } },
	{ "port reverse", SORT_PORT, true, { 4, 0, 2, 1, 3 } },
	{ "rtt reverse, unknown ones last", SORT_RTT, true, { 4, 0, 2, 1, 3 } },
};

/* Whether the flows that are kept are the first @count of @order. */
static bool is_order(const struct largest *largest, const int *order,
		     size_t count)
{
	size_t i;

	if (largest->flows.count != count)
		return false;
	for (i = 0; i < count; i++)
		if (largest->flows.flow[i].orig.port != order[i])
			return false;
	return true;
}

static bool gives(const struct arrange *arrange, const int *order)
{
	struct largest largest = { .arrange = arrange };
	struct flow_sink sink = sink_to_largest(&largest);
	size_t i, wanted = arrange->limit ? arrange->limit : FLOWS;
	bool good = true;

	for (i = 0; i < FLOWS; i++)
		good &= !sink.take(sink.data, &flows[i]);
	largest_finish(&largest);
	good &= is_order(&largest, order, wanted < FLOWS ? wanted : FLOWS);
	largest_free(&largest);
	return good;
}

static void test_orders(void)
{
	struct arrange arrange;
	size_t i;
	bool good;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		arrange = (struct arrange){
			.sort = orders[i].key,
			.reverse = orders[i].reverse,
		};
		ktap_ok(gives(&arrange, orders[i].order), "order: %s",
			orders[i].name);
		good = true;
		for (arrange.limit = 1; arrange.limit <= FLOWS + 1;
		     arrange.limit++)
			good &= gives(&arrange, orders[i].order);
		ktap_ok(good, "limit: the first 1 to %d by %s", FLOWS + 1,
			orders[i].name);
	}
}

/* Few values, so that many are equal but for what breaks the tie. */
static void make_many(struct flow *many)
{
	u32 i, random = 1;

	for (i = 0; i < MANY; i++) {
		random = random * 1103515245 + 12345;
		many[i] = (struct flow){
			.family = random & 0x10000 ? AF_INET : AF_INET6,
			.proto = random & 0x20000 ? IPPROTO_TCP : IPPROTO_UDP,
			.first_ns = random >> 18 & 3,
			.last_ns = i,
			.orig = {
				.addr = { [3] = random >> 20 & 1 },
				.port = random >> 21 & 1,
				.sent.ip_bytes = random >> 25 & 7,
			},
			.reply = {
				.addr = { [3] = random >> 22 & 1 },
				.port = random >> 23 & 1,
			},
		};
	}
}

static void shuffle(struct flow *many, u32 random)
{
	struct flow flow;
	u32 i, other;

	for (i = MANY - 1; i; i--) {
		random = random * 1103515245 + 12345;
		other = (random >> 8) % (i + 1);
		flow = many[i];
		many[i] = many[other];
		many[other] = flow;
	}
}

static bool give_many(struct largest *largest, const struct flow *many)
{
	struct flow_sink sink = sink_to_largest(largest);
	bool good = true;
	u32 i;

	for (i = 0; i < MANY; i++)
		good &= !sink.take(sink.data, &many[i]);
	largest_finish(largest);
	return good;
}

static bool same_flows(const struct largest *a, const struct largest *b,
		       size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (a->flows.flow[i].last_ns != b->flows.flow[i].last_ns)
			return false;
	return true;
}

static void test_many(void)
{
	static struct flow many[MANY];
	struct arrange all_of_them = { .sort = SORT_BYTES };
	struct arrange some = { .sort = SORT_BYTES, .limit = 100 };
	struct largest all = { .arrange = &all_of_them };
	bool good, in_order = true, lean = true;
	u32 round, i;

	make_many(many);
	good = give_many(&all, many);
	for (i = 1; i < MANY; i++)
		in_order &= largest_compare(&some, &all.flows.flow[i - 1],
					    &all.flows.flow[i]) < 0;
	ktap_ok(good && in_order && all.flows.count == MANY,
		"many: in order, and no two are equal");
	for (round = 1; round <= 10; round++) {
		struct largest largest = { .arrange = &some };

		shuffle(many, round);
		good &= give_many(&largest, many) && largest.flows.count == 100 &&
			same_flows(&largest, &all, 100);
		lean &= largest.flows.room < 200;
		largest_free(&largest);
	}
	ktap_ok(good, "many: the same first ones in whatever order they come");
	ktap_ok(lean, "many: no more are held than are asked for");
	largest_free(&all);
}

static void test_ties(void)
{
	static const struct flow base = {
		.family = AF_INET, .proto = IPPROTO_TCP, .first_ns = 5,
		.last_ns = 9, .orig.port = 5, .reply.port = 5,
	};
	struct arrange arrange = { .sort = SORT_BYTES, .reverse = true };
	struct flow later[8];
	bool good = true;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(later); i++)
		later[i] = base;
	later[0].last_ns = 10;
	later[1].reply.port = 6;
	later[2].reply.addr[3] = 1;
	later[3].orig.port = 6;
	later[4].orig.addr[3] = 1;
	later[5].proto = IPPROTO_UDP;
	later[6].family = AF_INET6;
	later[7].first_ns = 6;
	/* Each says more than the one before it. */
	for (i = 0; i < ARRAY_SIZE(later); i++) {
		good &= largest_compare(&arrange, &base, &later[i]) < 0;
		for (j = 0; j < i; j++)
			good &= largest_compare(&arrange, &later[j],
						&later[i]) < 0;
	}
	ktap_ok(good && !largest_compare(&arrange, &base, &base),
		"ties: first seen, then the tuple, also in reverse");
}

static void test_restart(void)
{
	struct arrange arrange = { .sort = SORT_BYTES, .limit = 3 };
	struct largest largest = { .arrange = &arrange };
	struct flow_sink sink = sink_to_largest(&largest);

	sink.take(sink.data, &flows[0]);
	sink.take(sink.data, &flows[1]);
	sink.restart(sink.data);
	sink.take(sink.data, &flows[3]);
	largest_finish(&largest);
	ktap_ok(is_order(&largest, (int[]){ 3 }, 1),
		"restart: what came before is forgotten");
	largest_free(&largest);
	largest_finish(&largest);
	ktap_ok(!largest.flows.count, "none: nothing to put in order");
}

int main(void)
{
	ktap_plan(2 * ARRAY_SIZE(orders) + 3 + 1 + 2);
	test_orders();
	test_many();
	test_ties();
	test_restart();
	return ktap_finish();
}
