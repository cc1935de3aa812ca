// SPDX-License-Identifier: GPL-2.0
/* Packets through the replay: what is counted, and the ledger. */
#include <arpa/inet.h>

#include <linux/tuplestat.h>

#include "ktap.h"
#include "replay_words.h"

static void test_counts(void)
{
	struct flow_list flows;
	struct flow *flow;
	bool good;

	begin();
	connection(web, BEGIN_NS, 5);
	transmit_udp(dns, 30, BEGIN_NS + 100);
	transmit_udp(back(dns), 70, BEGIN_NS + 200);
	good = finish_replay(&flows);
	ktap_ok(good && flows.count == 2, "counts: two flows, ledger balances");

	flow = &flows.flow[0];
	ktap_ok(flow->family == AF_INET && flow->proto == IPPROTO_TCP &&
		flow->orig.port == 40000 && flow->reply.port == 80 &&
		flow->orig.addr[3] == 1 && flow->reply.addr[3] == 2,
		"counts: TCP, the 5-tuple");
	ktap_ok(sent(&flow->orig, 4, 260) && sent(&flow->reply, 3, 1120) &&
		flow->orig.sent.l4_bytes == 180 &&
		flow->orig.sent.payload_bytes == 100 &&
		flow->orig.sent.flags[TCP_FLAG_SYN] == 1 &&
		flow->orig.sent.flags[TCP_FLAG_ACK] == 3 &&
		flow->reply.sent.flags[TCP_FLAG_FIN] == 1,
		"counts: TCP, packets, bytes, flags");
	ktap_ok(flow->first_ns == BEGIN_NS && flow->last_ns == BEGIN_NS + 30 &&
		flow->state == TUPLESTAT_STATE_TIME_WAIT && !flow->midstream &&
		!flow->end_reason, "counts: TCP, times and state");

	flow = &flows.flow[1];
	ktap_ok(flow->family == AF_INET6 && flow->proto == IPPROTO_UDP &&
		sent(&flow->orig, 1, 78) && sent(&flow->reply, 1, 118) &&
		flow->orig.addr[15] == 1 && flow->reply.port == 53 &&
		flow->state == TUPLESTAT_STATE_REPLIED, "counts: UDP, IPv6");
	flow_list_free(&flows);
}

/* What is on the wire is not what was captured, nor what the link carried. */
static void test_lengths(void)
{
	struct flow_list flows;

	begin();
	make_udp(&p, web, 2);
	put_zeros(&p, 16);
	transmit(BEGIN_NS);
	ktap_ok(finish_replay(&flows) && sent(&flows.flow[0].orig, 1, 30),
		"lengths: padding does not count");
	flow_list_free(&flows);

	begin();
	make_tcp(&p, web, A, 1400);
	transmit_cut(40, 1440, BEGIN_NS);
	make_udp(&p, dns, 1400);
	transmit_cut(48, 1448, BEGIN_NS);
	ktap_ok(finish_replay(&flows) && sent(&flows.flow[0].orig, 1, 1440) &&
		flows.flow[0].orig.sent.payload_bytes == 1400 &&
		sent(&flows.flow[1].orig, 1, 1448),
		"lengths: the snap length does not count");
	flow_list_free(&flows);

	begin();
	make_tcp(&p, web, A, 1400);
	transmit_cut(39, 1440, BEGIN_NS);
	transmit_cut(0, 1440, BEGIN_NS);
	ktap_ok(unattributed(TUPLESTAT_UNATTR_TRUNCATED).packets == 2 &&
		unattributed(TUPLESTAT_UNATTR_TRUNCATED).bytes == 2880 &&
		finish_replay(&flows) && !flows.count,
		"lengths: cut before the end of the TCP header");
	flow_list_free(&flows);
}

/* Whoever reads beyond what was captured is seen by ASan. */
static void test_cut(void)
{
	struct flow_list flows;
	u32 len, family;
	bool good;

	begin();
	for (family = 4; family <= 6; family += 2) {
		make_tcp(&p, (struct talk){ (u8)family, 1, 2, 3, 4 }, A, 100);
		for (len = 0; len < p.len; len++)
			transmit_cut(len, p.len, BEGIN_NS);
	}
	good = finish_replay(&flows);
	ktap_ok(good && flows.count == 2 &&
		sent(&flows.flow[0].orig, 100, 100 * 140) &&
		sent(&flows.flow[1].orig, 100, 100 * 160),
		"lengths: cut at each byte");
	flow_list_free(&flows);

	begin();
	make_udp(&p, web, 100);
	set16(&p, 24, 7);
	transmit(BEGIN_NS);
	ktap_ok(unattributed(TUPLESTAT_UNATTR_MALFORMED).packets == 1 &&
		finish_replay(&flows) && !flows.count,
		"lengths: UDP's own cannot be");
	flow_list_free(&flows);
}

/* From the higher address to the lower one: sides are not directions. */
static void test_direction(void)
{
	struct flow_list flows;

	begin();
	connection(back(web), BEGIN_NS, 5);
	transmit_tcp(back(dns), S | A, 0, BEGIN_NS);
	ktap_ok(finish_replay(&flows) && flows.count == 2 &&
		flows.flow[0].orig.port == 80 &&
		sent(&flows.flow[0].orig, 4, 260) &&
		flows.flow[0].orig.addr[3] == 2,
		"direction: the originator is who began");
	ktap_ok(flows.flow[1].orig.port == 5000 && flows.flow[1].midstream &&
		sent(&flows.flow[1].reply, 1, 60),
		"direction: a SYN-ACK is an answer");
	flow_list_free(&flows);
}

/* The port of the originator, of a datagram from @sport to @dport. */
static u16 begun_by(const char *list, u16 sport, u16 dport)
{
	const struct talk talk = { 4, 1, 2, sport, dport };
	struct flow_list flows;
	u16 port;

	begin();
	if (list && !replay_set_server_ports(replay, list))
		abort();
	transmit_udp(talk, 10, BEGIN_NS);
	if (!finish_replay(&flows) || flows.count != 1)
		abort();
	port = flows.flow[0].orig.port;
	flow_list_free(&flows);
	return port;
}

static void test_server_ports(void)
{
	ktap_ok(begun_by(NULL, 53, 5000) == 5000 &&
		begun_by(NULL, 7000, 5000) == 7000,
		"server ports: the default");
	ktap_ok(begun_by("udp/7000,tcp/5000", 7000, 5000) == 5000 &&
		begun_by("udp/7000,tcp/5000", 53, 5000) == 53,
		"server ports: another list, in place of the default");
	ktap_ok(begun_by("", 53, 5000) == 53, "server ports: none");
	begin();
	ktap_ok(!replay_set_server_ports(replay, "7000"),
		"server ports: no list");
	replay_free(replay);
}

static void test_captured_aggregates(void)
{
	struct flow_list flows;

	begin();
	make_tcp(&p, web, A, 60000);
	set16(&p, 2, 0);
	transmit(BEGIN_NS);
	make_tcp(&p, (struct talk){ 6, 1, 2, 40000, 80 }, A, 60000);
	set16(&p, 4, 0);
	transmit(BEGIN_NS);
	ktap_ok(finish_replay(&flows) && flows.count == 2 &&
		sent(&flows.flow[0].orig, 1, 60040) &&
		sent(&flows.flow[1].orig, 1, 60060) &&
		flows.flow[1].orig.sent.payload_bytes == 60000,
		"aggregate: its length is the frame's where its header says 0");
	flow_list_free(&flows);

	begin();
	make_tcp(&p, web, A, 60000);
	transmit(BEGIN_NS);
	ktap_ok(finish_replay(&flows) && sent(&flows.flow[0].orig, 1, 60040),
		"aggregate: one packet, nobody knows its segments");
	flow_list_free(&flows);

	begin();
	put_ipv6(&p, IPPROTO_HOPOPTS);
	put32(&p, IPPROTO_UDP << 24 | 0xc204);
	put32(&p, 8 + 8 + 65530);
	put_udp(&p, 0, 65530);
	put_zeros(&p, 10);
	transmit(BEGIN_NS);
	ktap_ok(finish_replay(&flows) && flows.count == 1 &&
		sent(&flows.flow[0].orig, 1, 40 + 16 + 65530),
		"jumbogram: its option says how long it is");
	flow_list_free(&flows);
}

static void test_fragments(void)
{
	const struct talk other = { 4, 3, 4, 7, 7 };
	struct flow_list flows;

	begin();
	make_fragment(&p, web, 0x2000, 1000);
	transmit(BEGIN_NS);
	make_fragment(&p, web, 0x2000 | 125, 1000);
	transmit(BEGIN_NS + 1);
	make_fragment(&p, web, 250, 100);
	transmit(BEGIN_NS + 2);
	make_fragment(&p, other, 250, 100);
	transmit(BEGIN_NS + 3);
	ktap_ok(unattributed(TUPLESTAT_UNATTR_FRAGMENT).packets == 1 &&
		unattributed(TUPLESTAT_UNATTR_FRAGMENT).bytes == 120,
		"fragments: one that has no first");
	ktap_ok(finish_replay(&flows) && flows.count == 1 &&
		sent(&flows.flow[0].orig, 3, 2160),
		"fragments: later ones belong to the flow of the first");
	flow_list_free(&flows);

	begin();
	make_fragment(&p, web, 0x2000, 1000);
	transmit_cut(24, p.len, BEGIN_NS);
	make_fragment(&p, web, 250, 100);
	transmit(BEGIN_NS + 2);
	ktap_ok(unattributed(TUPLESTAT_UNATTR_TRUNCATED).packets == 1 &&
		unattributed(TUPLESTAT_UNATTR_FRAGMENT).packets == 1 &&
		finish_replay(&flows) && !flows.count,
		"fragments: a first one without ports helps nobody");
	flow_list_free(&flows);

	begin();
	make_fragment(&p, web, 0x2000, 1000);
	transmit(BEGIN_NS);
	make_fragment(&p, web, 250, 100);
	transmit(BEGIN_NS + 31 * SECOND);
	ktap_ok(unattributed(TUPLESTAT_UNATTR_FRAGMENT).packets == 1 &&
		finish_replay(&flows), "fragments: the first one is forgotten");
	flow_list_free(&flows);
}

static void test_filter(void)
{
	char *words[] = { "udp", "dport", "53" };
	char error[FILTER_ERROR_LEN];
	struct flow_list flows = { 0 };
	struct tstat_filter filter;

	begin();
	connection(web, BEGIN_NS, 1);
	transmit_udp(dns, 10, BEGIN_NS);
	ktap_ok(!filter_parse(&filter, 3, words, error) &&
		!replay_take_flows(replay, &filter, sink_to_list(&flows)) &&
		flows.count == 1 && flows.flow[0].reply.port == 53,
		"filter: only what matches");
	flow_list_free(&flows);
	replay_free(replay);
}

static void test_stats(void)
{
	struct stats stats;

	begin();
	replay_stats(replay, &stats);
	ktap_ok(stats.is_capture && !stats.seen.packets && !stats.buckets &&
		stats.ended.count == 5 && stats.unattributed.count == 7 &&
		balances(), "stats: of nothing");

	put_ipv4(&p, IPPROTO_ICMP, 0);
	put_zeros(&p, 64);
	finish(&p);
	transmit(BEGIN_NS);
	p.bytes[0] = 0x41;
	transmit(BEGIN_NS);
	transmit_udp(dns, 10, BEGIN_NS);
	replay_not_ip(replay);
	replay_stats(replay, &stats);
	ktap_ok(stats.seen.packets == 3 && stats.seen.bytes == 84 + 84 + 58 &&
		stats.not_ip == 1 && stats.live.flows == 1 &&
		unattributed(TUPLESTAT_UNATTR_PROTOCOL).bytes == 84 &&
		unattributed(TUPLESTAT_UNATTR_MALFORMED).packets == 1 &&
		stats.memory > stats.buckets && balances() &&
		!replay_is_short_of_memory(replay),
		"stats: what belongs to no flow");
	replay_free(replay);
}

int main(void)
{
	ktap_plan(5 + 3 + 2 + 2 + 4 + 3 + 4 + 1 + 2);
	test_counts();
	test_lengths();
	test_cut();
	test_direction();
	test_server_ports();
	test_captured_aggregates();
	test_fragments();
	test_filter();
	test_stats();
	return ktap_finish();
}
