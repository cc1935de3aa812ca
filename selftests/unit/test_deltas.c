// SPDX-License-Identifier: GPL-2.0
/*
 * Totals to deltas: whatever comes in which order, the records of a flow add
 * up to what the flow had at last.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "deltas.h"
#include "ktap.h"

#define MANY 5000

enum { LISTED = 0, NEW = TUPLESTAT_EVENT_NEW,
	INTERIM = TUPLESTAT_EVENT_INTERIM, END = TUPLESTAT_EVENT_END };

/* The module gives the time of the first packet on the monotonic clock. */
static bool is_monotonic;

/* A TCP flow that began at @first; its sides have sent so many packets. */
static struct flow flow_of(uint32_t events, uint64_t first, uint64_t orig,
			   uint64_t reply)
{
	struct flow flow = {
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.events = events,
		.first_ns = first,
		.first_monotonic_ns = is_monotonic ? first : 0,
		.last_ns = first + orig + reply,
		.orig = { .addr = { 10, 0, 0, 1 }, .port = 40000 },
		.reply = { .addr = { 10, 0, 0, 2 }, .port = 80 },
	};

	flow.orig.sent = (struct counters){
		.packets = orig, .ip_bytes = orig * 100,
		.payload_bytes = orig * 60,
		.flags = { [TCP_FLAG_SYN] = !!orig, [TCP_FLAG_ACK] = orig },
	};
	flow.reply.sent = (struct counters){
		.packets = reply, .ip_bytes = reply * 1000,
		.payload_bytes = reply * 960,
		.flags = { [TCP_FLAG_SYN] = !!reply, [TCP_FLAG_ACK] = reply },
	};
	return flow;
}

/* The same, if the wall clock shows @wall when the other shows @first. */
static struct flow flow_at(uint32_t events, uint64_t wall, uint64_t first,
			   uint64_t orig, uint64_t reply)
{
	struct flow flow = flow_of(events, wall, orig, reply);

	flow.first_monotonic_ns = first;
	return flow;
}

static void turn_round(struct flow *flow)
{
	struct flow_end orig = flow->orig;

	flow->orig = flow->reply;
	flow->reply = orig;
}

/* Whether there is a record, and what it has: packets of both sides. */
static bool gives(struct deltas *deltas, struct flow flow, uint64_t orig,
		  uint64_t reply)
{
	struct ipfix_record record = { 0 };
	int ret = deltas_take(deltas, &flow, TUPLESTAT_END_ACTIVE, &record);

	if (ret != 1)
		printf("# no record: %d\n", ret);
	else
		printf("# %lu/%lu packets, %lu/%lu bytes, %lu/%lu payload\n",
		       record.orig.packets, record.reply.packets,
		       record.orig.ip_bytes, record.reply.ip_bytes,
		       record.orig.payload_bytes, record.reply.payload_bytes);
	return ret == 1 && record.orig.packets == orig &&
	       record.reply.packets == reply &&
	       record.orig.port == flow.orig.port &&
	       record.orig.ip_bytes == orig *
			(flow.orig.port == 80 ? 1000 : 100) &&
	       record.reply.payload_bytes == reply *
			(flow.reply.port == 80 ? 960 : 60);
}

/* For what a test begins with. */
static void must_give(struct deltas *deltas, struct flow flow, uint64_t orig,
		      uint64_t reply)
{
	if (!gives(deltas, flow, orig, reply))
		abort();
}

static struct deltas *must_have_deltas(void)
{
	struct deltas *deltas = deltas_new();

	if (!deltas)
		abort();
	return deltas;
}

static bool gives_none(struct deltas *deltas, struct flow flow)
{
	struct ipfix_record record;

	return !deltas_take(deltas, &flow, TUPLESTAT_END_ACTIVE, &record);
}

static void test_one_flow(void)
{
	struct deltas *deltas = must_have_deltas();
	struct ipfix_record record;
	struct flow flow;

	ktap_ok(gives(deltas, flow_of(NEW | END, 7, 3, 2), 3, 2),
		"a flow that has ended is told whole");
	ktap_ok(gives(deltas, flow_of(INTERIM, 9, 3, 2), 3, 2),
		"one that goes on, the first time");
	flow = flow_of(INTERIM, 9, 10, 2);
	ktap_ok(deltas_take(deltas, &flow, TUPLESTAT_END_ACTIVE, &record) == 1 &&
		record.orig.packets == 7 && !record.reply.packets &&
		record.start_ns == 9 + 3 + 2 && record.end_ns == 9 + 10 + 2,
		"what came since, from when it was told of before");
	ktap_ok(record.orig.tcp_flags == 1 << TCP_FLAG_ACK &&
		!record.reply.tcp_flags && record.orig.syn == 1 &&
		record.reply.syn == 1,
		"flags that came since; SYNs in all");
	ktap_ok(gives_none(deltas, flow_of(LISTED, 9, 10, 2)),
		"listed, and nothing came");
	ktap_ok(gives(deltas, flow_of(LISTED, 9, 11, 3), 1, 1),
		"listed, and something came");
	ktap_ok(gives_none(deltas, flow_of(INTERIM, 9, 10, 3)),
		"an event that is older than the list");
	ktap_ok(gives(deltas, flow_of(END, 9, 11, 4), 0, 1), "the end");
	ktap_ok(gives(deltas, flow_of(END, 9, 1, 1), 1, 1),
		"that was forgotten");
	deltas_free(deltas);
}

static void test_end_without_packets(void)
{
	struct deltas *deltas = must_have_deltas();

	must_give(deltas, flow_of(INTERIM, 9, 3, 2), 3, 2);
	ktap_ok(gives(deltas, flow_of(END, 9, 3, 2), 0, 0),
		"an end is told of, also when nothing came");
	deltas_free(deltas);
}

static void test_turned_round(void)
{
	struct deltas *deltas = must_have_deltas();
	struct flow flow = flow_of(INTERIM, 9, 5, 3);

	ktap_ok(gives(deltas, flow_of(INTERIM, 9, 3, 2), 3, 2), "one way");
	turn_round(&flow);
	ktap_ok(gives(deltas, flow, 1, 2), "turned round: each side its own");
	deltas_free(deltas);
}

static void test_same_ports_again(void)
{
	struct deltas *deltas = must_have_deltas();

	must_give(deltas, flow_of(INTERIM, 9, 3, 2), 3, 2);
	ktap_ok(gives(deltas, flow_of(NEW | INTERIM, 50, 4, 4), 4, 4),
		"the same ports, a flow of its own");
	ktap_ok(gives(deltas, flow_of(END, 9, 5, 5), 2, 3),
		"the end of the one before comes behind it");
	ktap_ok(gives(deltas, flow_of(END, 50, 5, 5), 1, 1), "and its own");
	must_give(deltas, flow_of(INTERIM, 9, 30, 20), 30, 20);
	ktap_ok(gives(deltas, flow_of(LISTED, 70, 3, 2), 3, 2),
		"the end and the beginning were missed: fewer packets");
	deltas_free(deltas);
}

static void test_clock_guess(void)
{
	struct deltas *deltas = must_have_deltas();
	struct ipfix_record record;
	struct flow flow;

	must_give(deltas, flow_of(INTERIM, 1000, 3, 2), 3, 2);
	flow = flow_of(INTERIM, 10, 4, 2);
	ktap_ok(deltas_take(deltas, &flow, TUPLESTAT_END_ACTIVE, &record) == 1 &&
		record.orig.packets == 1 && record.start_ns == 10 + 3 + 2 &&
		record.end_ns == 10 + 4 + 2,
		"guess: clock set back: the same flow, on the new time");
	ktap_ok(gives(deltas, flow_of(END, 5000, 5, 2), 1, 0),
		"guess: clock set forward: the same flow");
	/* A longer connection between the same ports. */
	flow = flow_of(INTERIM, 7000, 1, 1);
	flow.last_ns += 500;
	deltas_take(deltas, &flow, TUPLESTAT_END_ACTIVE, &record);
	flow = flow_of(LISTED, 8000, 2, 2);
	ktap_ok(deltas_take(deltas, &flow, TUPLESTAT_END_ACTIVE, &record) == 1 &&
		record.start_ns == record.end_ns && record.end_ns == 8004,
		"guess: a wrong one: no record ends before it starts");
	deltas_free(deltas);
}

static void test_clock(void)
{
	struct deltas *deltas = deltas_new();
	struct ipfix_record record;
	struct flow flow;

	gives(deltas, flow_at(INTERIM, 1000, 9, 3, 2), 3, 2);
	flow = flow_at(INTERIM, 10, 9, 4, 2);
	ktap_ok(deltas_take(deltas, &flow, TUPLESTAT_END_ACTIVE, &record) == 1 &&
		record.orig.packets == 1 && !record.reply.packets &&
		record.start_ns == 10 + 3 + 2 && record.end_ns == 10 + 4 + 2,
		"clock set back: the same flow, on the new time");
	flow = flow_at(INTERIM, 5000, 9, 4, 7);
	ktap_ok(deltas_take(deltas, &flow, TUPLESTAT_END_ACTIVE, &record) == 1 &&
		!record.orig.packets && record.reply.packets == 5 &&
		record.start_ns == 5000 + 4 + 2 && record.end_ns == 5000 + 4 + 7,
		"clock set forward: the same flow, on the new time");
	ktap_ok(gives(deltas, flow_at(NEW | INTERIM, 70, 9, 5, 7), 1, 0),
		"clock set, an event that includes the beginning: counted once");
	ktap_ok(gives_none(deltas, flow_at(LISTED, 10, 9, 5, 7)),
		"clock set, no packet since: no record");
	ktap_ok(gives(deltas, flow_at(END, 10, 9, 6, 8), 1, 1),
		"clock set: the end belongs to the flow");
	deltas_free(deltas);
}

/* Ends were missed, and counters alone would mistake one flow for another. */
static void test_other_flow(void)
{
	struct deltas *deltas = deltas_new();

	gives(deltas, flow_at(INTERIM, 1000, 9, 3, 2), 3, 2);
	ktap_ok(gives(deltas, flow_at(LISTED, 1041, 50, 5, 5), 5, 5),
		"end and beginning missed, more packets: another flow");
	ktap_ok(gives(deltas, flow_at(INTERIM, 1000, 60, 7, 7), 7, 7),
		"clock set back, same date, more packets: another flow");
	ktap_ok(gives(deltas, flow_at(LISTED, 1000, 70, 1, 1), 1, 1),
		"clock set back, same date, fewer packets: another flow");
	ktap_ok(gives(deltas, flow_at(END, 1, 50, 6, 5), 1, 0) &&
		gives(deltas, flow_at(END, 2, 9, 4, 4), 1, 2) &&
		gives(deltas, flow_at(END, 3, 70, 2, 1), 1, 0) &&
		gives(deltas, flow_at(END, 4, 60, 7, 9), 0, 2),
		"four flows of one 5-tuple: each has its own end");
	gives(deltas, flow_at(INTERIM, 1000, 9, 3, 2), 3, 2);
	ktap_ok(gives(deltas, flow_at(LISTED, 1000, 0, 5, 5), 5, 5) &&
		gives(deltas, flow_at(LISTED, 900, 9, 4, 2), 1, 0),
		"with the monotonic clock, and without: two flows");
	deltas_free(deltas);
}

static void test_prune(void)
{
	struct deltas *deltas = must_have_deltas();

	must_give(deltas, flow_of(INTERIM, 9, 3, 2), 3, 2);
	deltas_prune(deltas);
	deltas_prune(deltas);
	ktap_ok(gives(deltas, flow_of(INTERIM, 9, 4, 2), 1, 0),
		"once not among all flows: its end may be waiting");
	deltas_prune(deltas);
	deltas_prune(deltas);
	deltas_prune(deltas);
	ktap_ok(gives(deltas, flow_of(INTERIM, 9, 4, 2), 4, 2),
		"twice: forgotten");
	deltas_free(deltas);
}

static void test_many(void)
{
	struct deltas *deltas = must_have_deltas();
	uint64_t packets = 0, records = 0;
	struct ipfix_record record;
	struct flow flow;
	unsigned int i, round;

	for (round = 1; round <= 3; round++) {
		for (i = 0; i < MANY; i++) {
			flow = flow_of(round == 3 ? END : INTERIM, i + 1,
				       round, 0);
			flow.family = i % 2 ? AF_INET : AF_INET6;
			flow.reply.addr[3] = (uint8_t)(i >> 8);
			flow.reply.addr[2] = (uint8_t)i;
			if (deltas_take(deltas, &flow, TUPLESTAT_END_IDLE,
					&record) != 1)
				continue;
			records++;
			packets += record.orig.packets;
		}
	}
	ktap_ok(records == 3 * MANY && packets == 3 * MANY,
		"many flows: %lu records, %lu packets", records, packets);
	deltas_free(deltas);
}

static void test_whole(void)
{
	struct flow flow = flow_of(LISTED, 9, 70000, 2);
	struct ipfix_record record;

	flow.orig.sent.flags[TCP_FLAG_SYN] = 70000;
	deltas_whole(&flow, TUPLESTAT_END_FORCED, &record);
	ktap_ok(record.orig.packets == 70000 && record.orig.syn == 65535 &&
		record.end_reason == TUPLESTAT_END_FORCED &&
		record.start_ns == 9 && record.proto == IPPROTO_TCP &&
		!memcmp(record.reply.addr, flow.reply.addr, FLOW_ADDR_LEN),
		"a flow of a capture; SYNs stop at 65535");
}

int main(void)
{
	int i;

	ktap_plan(2 * (9 + 1 + 2 + 4 + 2 + 1) + 3 + 5 + 5 + 1);
	for (i = 0; i < 2; i++) {
		is_monotonic = i;
		printf("# first packet on the %s clock\n",
		       is_monotonic ? "monotonic" : "wall");
		test_one_flow();
		test_end_without_packets();
		test_turned_round();
		test_same_ports_again();
		test_prune();
		test_many();
	}
	is_monotonic = false;
	test_clock_guess();
	test_clock();
	test_other_flow();
	test_whole();
	return ktap_finish();
}
