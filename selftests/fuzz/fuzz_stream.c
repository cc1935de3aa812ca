// SPDX-License-Identifier: GPL-2.0
/*
 * Packets with times through the whole replay: the ledger must balance.
 *
 * Input: packets. An odd first byte: one as it is (time, length, how much
 * longer it was on the wire, bytes); an even one: one that is made of a few
 * bytes (which flow and side, flags, time, payload), so that connections of
 * many packets are within the fuzzer's reach.
 */
#include <linux/tuplestat.h>

#include "fuzz.h"
#include "parse.h"
#include "replay.h"

#define STEP_NS (7 * NS_PER_SEC)

static uint64_t now_ns;

/* Forwards and backwards, by up to a quarter of an hour. */
static void take_time(struct input *in)
{
	now_ns += (uint64_t)(int8_t)take8(in) * STEP_NS;
}

static void literal(struct replay *replay, struct input *in)
{
	uint32_t len, longer;
	struct frame ip;
	uint8_t *copy;

	take_time(in);
	len = take16(in);
	longer = take8(in);
	if (len > in->size)
		len = (uint32_t)in->size;
	copy = exact_copy(in->data, len);
	in->data += len;
	in->size -= len;
	ip = (struct frame){ copy, len, len + longer, true };
	replay_packet(replay, &ip, now_ns);
	free(copy);
}

static void set16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* @which: bits 0-1 the flow, 2 the side, 3 UDP, 4-6 the fragment. */
static void made(struct replay *replay, struct input *in)
{
	uint8_t which = take8(in), flags = take8(in);
	uint8_t side = which >> 2 & 1, fragment = which >> 4 & 7;
	uint8_t bytes[20 + 20 + 255] = { 0x45 };
	struct frame ip = { .bytes = bytes };
	uint8_t payload;

	take_time(in);
	payload = take8(in);
	ip.head_len = 20 + 20 + payload;
	ip.wire_len = ip.head_len;
	set16(bytes + 2, ip.head_len);
	if (fragment)
		set16(bytes + 6, fragment == 1 ? 0x2000 : fragment);
	bytes[9] = which & 8 ? IPPROTO_UDP : IPPROTO_TCP;
	bytes[15] = side;
	bytes[19] = !side;
	set16(bytes + 20, side ? 80 : 1024 + (which & 3));
	set16(bytes + 22, side ? 1024 + (which & 3) : 80);
	if (which & 8) {
		set16(bytes + 24, ip.head_len - 20);
	} else {
		bytes[32] = 0x50;
		bytes[33] = flags;
	}
	replay_packet(replay, &ip, now_ns);
}

static void check(struct replay *replay)
{
	static const struct tstat_filter all;
	struct flow_list flows = { 0 };
	uint64_t records = 0;
	struct balance rest;
	struct stats stats;
	size_t i;

	replay_end(replay);
	replay_stats(replay, &stats);
	rest = stats_balance(&stats);
	promise(!rest.packets && !rest.bytes);
	records = stats.live.flows;
	for (i = 0; i < stats.ended.count; i++)
		records += stats.ended.line[i].total.flows;

	promise(!replay_take_flows(replay, &all, sink_to_list(&flows)));
	promise(flows.count == records);
	for (i = 0; i < flows.count; i++)
		promise(flows.flow[i].orig.sent.packets +
			flows.flow[i].reply.sent.packets);
	flow_list_free(&flows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct replay *replay = replay_new();

	promise(replay);
	now_ns = 1700000000 * NS_PER_SEC;
	while (in.size) {
		if (take8(&in) & 1)
			literal(replay, &in);
		else
			made(replay, &in);
	}
	check(replay);
	replay_free(replay);
	return 0;
}
