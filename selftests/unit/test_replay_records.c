// SPDX-License-Identifier: GPL-2.0
/* Packets with times through the replay: when records begin and end. */
#include <linux/tuplestat.h>

#include "ktap.h"
#include "replay_words.h"

static void test_expiry(void)
{
	const struct talk late = { 4, 7, 8, 1, 2 };
	struct flow_list flows;

	begin();
	transmit_udp(dns, 10, BEGIN_NS);
	transmit_udp(dns, 10, BEGIN_NS + 60 * SECOND);
	ktap_ok(finish_replay(&flows) && flows.count == 1 &&
		!flows.flow[0].end_reason, "expiry: not before the timeout");
	flow_list_free(&flows);

	begin();
	transmit_udp(dns, 10, BEGIN_NS);
	transmit_udp(dns, 20, BEGIN_NS + 60 * SECOND + 1);
	ktap_ok(finish_replay(&flows) && flows.count == 2 &&
		sent(&flows.flow[0].orig, 1, 58) &&
		flows.flow[0].end_reason == TUPLESTAT_END_IDLE &&
		sent(&flows.flow[1].orig, 1, 68) &&
		flows.flow[1].first_ns == BEGIN_NS + 60 * SECOND + 1 &&
		!flows.flow[1].end_reason,
		"expiry: after it a packet begins a second record");
	flow_list_free(&flows);

	begin();
	transmit_udp(dns, 10, BEGIN_NS);
	connection(web, BEGIN_NS, 1);
	transmit_udp(late, 10, BEGIN_NS + 600 * SECOND);
	ktap_ok(finish_replay(&flows) && flows.count == 3 &&
		flows.flow[0].end_reason == TUPLESTAT_END_IDLE &&
		flows.flow[1].end_reason == TUPLESTAT_END_FLOW &&
		!flows.flow[2].end_reason,
		"expiry: what is over when the capture ends has ended");
	flow_list_free(&flows);
}

static void test_reuse(void)
{
	struct flow_list flows;
	struct stats stats;
	u64 end;

	begin();
	end = connection(web, BEGIN_NS, SECOND);
	connection(web, end + SECOND, SECOND);
	replay_end(replay);
	replay_stats(replay, &stats);
	ktap_ok(stats.ended.line[TUPLESTAT_END_FLOW - 1].reason ==
		TUPLESTAT_END_FLOW &&
		stats.ended.line[TUPLESTAT_END_FLOW - 1].total.flows == 1 &&
		stats.ended.line[TUPLESTAT_END_FLOW - 1].total.packets == 7 &&
		stats.live.flows == 1 && stats.live.bytes == 1380 &&
		stats.seen.packets == 14, "reuse: the ledger");
	ktap_ok(finish_replay(&flows) && flows.count == 2 &&
		flows.flow[0].end_reason == TUPLESTAT_END_FLOW &&
		flows.flow[0].last_ns == end &&
		flows.flow[1].first_ns == end + SECOND &&
		sent(&flows.flow[1].orig, 4, 260) &&
		!flows.flow[1].end_reason, "reuse: a port that is used again");
	flow_list_free(&flows);

	begin();
	transmit_tcp(web, S, 0, BEGIN_NS);
	transmit_tcp(back(web), R | A, 0, BEGIN_NS + 1);
	transmit_tcp(web, S, 0, BEGIN_NS + 2);
	transmit_tcp(web, S, 0, BEGIN_NS + 3);
	ktap_ok(finish_replay(&flows) && flows.count == 2 &&
		flows.flow[0].state == TUPLESTAT_STATE_CLOSE &&
		flows.flow[0].end_reason == TUPLESTAT_END_FLOW &&
		sent(&flows.flow[1].orig, 2, 80),
		"reuse: a refused connection, tried again");
	flow_list_free(&flows);
}

/* Nothing is sorted: times are what the capture says, one by one. */
static void test_backwards(void)
{
	const struct talk wrong = { 4, 7, 8, 1, 2 };
	struct flow_list flows;

	begin();
	transmit_udp(dns, 10, BEGIN_NS);
	transmit_udp(dns, 10, BEGIN_NS - 1000 * SECOND);
	transmit_udp(back(dns), 10, 0);
	ktap_ok(finish_replay(&flows) && flows.count == 1 &&
		sent(&flows.flow[0].orig, 2, 116) &&
		sent(&flows.flow[0].reply, 1, 58),
		"backwards: packets stay with their flow");
	flow_list_free(&flows);

	begin();
	transmit_udp(dns, 10, BEGIN_NS);
	transmit_udp(wrong, 10, ~0ULL);
	transmit_udp(wrong, 10, 0);
	transmit_udp(dns, 10, BEGIN_NS + SECOND);
	ktap_ok(finish_replay(&flows) && flows.count == 2 &&
		sent(&flows.flow[0].orig, 2, 116) &&
		!flows.flow[0].end_reason,
		"backwards: a wrong time does no harm to other flows");
	flow_list_free(&flows);
}

static struct talk talk_number(u32 i)
{
	return (struct talk){ 4, (u8)(1 + i % 50), 200, (u16)(1001 + i / 50),
			      9 };
}

/* More flows than a chunk has, and than the first buckets. */
static void test_many(void)
{
	const u32 count = 20000;
	struct flow_list flows;
	struct stats stats;
	bool in_order = true;
	u32 i;

	begin();
	for (i = 0; i < count; i++)
		transmit_udp(talk_number(i), 10, BEGIN_NS + i);
	/* Again from the last to the first: the order must not change. */
	for (i = count; i--;)
		transmit_udp(back(talk_number(i)), 20, BEGIN_NS + count);
	ktap_ok(finish_replay(&flows) && flows.count == count,
		"many: every flow once");
	for (i = 0; i < flows.count; i++)
		in_order = in_order && flows.flow[i].first_ns == BEGIN_NS + i &&
			sent(&flows.flow[i].orig, 1, 38) &&
			sent(&flows.flow[i].reply, 1, 48);
	ktap_ok(in_order, "many: in the order in which they began");
	flow_list_free(&flows);

	begin();
	for (i = 0; i < count; i++)
		transmit_udp(dns, 10, BEGIN_NS + i * 61 * SECOND);
	replay_stats(replay, &stats);
	ktap_ok(finish_replay(&flows) && flows.count == count &&
		stats.live.flows == 1 && stats.buckets == 1024 &&
		flows.flow[count / 2].end_reason == TUPLESTAT_END_IDLE &&
		!flows.flow[count - 1].end_reason,
		"many: of the same 5-tuple, one after the other");
	flow_list_free(&flows);
}

int main(void)
{
	ktap_plan(3 + 3 + 2 + 3);
	test_expiry();
	test_reuse();
	test_backwards();
	test_many();
	return ktap_finish();
}
