// SPDX-License-Identifier: GPL-2.0
/* The record of a flow: counters, flags, orientation, timeouts. */
#include <arpa/inet.h>

#include "account.h"
#include "history.h"
#include "ktap.h"
#include "packet.h"
#include "tcp.h"

#define SECOND TSTAT_NSEC_PER_SEC

static struct tstat_record rec;
static struct tstat_ports ports;

static struct tstat_packet packet(u8 proto, unsigned int sender, u8 flags)
{
	return (struct tstat_packet) {
		.tuple = { .family = AF_INET, .proto = proto },
		.sender = sender,
		.tcp_flags = flags,
		.packets = 1,
		.segments = 1,
		.ip_len = 152,
		.l4_len = 132,
		.payload_len = 100,
		.window = 1000,
		.window_scale = TSTAT_NO_WINDOW_SCALE,
	};
}

static void begin(u8 proto, unsigned int sender, u8 flags, u64 now_ns)
{
	struct tstat_packet pkt = packet(proto, sender, flags);

	memset(&rec, 0xaa, sizeof(rec));
	tstat_record_begin(&rec, &pkt, &ports, now_ns);
	tstat_record_account(&rec, &pkt, now_ns);
}

static void add(u8 proto, unsigned int sender, u8 flags, u64 now_ns)
{
	struct tstat_packet pkt = packet(proto, sender, flags);

	tstat_record_account(&rec, &pkt, now_ns);
}

static struct tuplestat_counters counters(unsigned int side)
{
	struct tuplestat_counters c;

	memset(&c, 0xaa, sizeof(c));
	tstat_record_counters(&rec, side, &c);
	return c;
}

static void test_counts(void)
{
	struct tuplestat_counters c;

	begin(IPPROTO_TCP, 1, TSTAT_TCP_SYN, 5);
	add(IPPROTO_TCP, 0, TSTAT_TCP_SYN | TSTAT_TCP_ACK, 6);
	add(IPPROTO_TCP, 1, TSTAT_TCP_ACK, 7);
	add(IPPROTO_TCP, 1, TSTAT_TCP_ACK | TSTAT_TCP_PSH, 8);
	c = counters(1);
	ktap_ok(c.packets == 3 && c.ip_bytes == 456 && c.l4_bytes == 396 &&
		c.payload_bytes == 300, "the originator's packets and bytes");
	ktap_ok(c.syn == 1 && c.ack == 2 && c.psh == 1 && !c.fin && !c.rst &&
		!c.urg && !c.ece && !c.cwr && !c.unusual,
		"the originator's flags");
	c = counters(0);
	ktap_ok(c.packets == 1 && c.ip_bytes == 152 && c.syn == 1 && c.ack == 1,
		"the responder's");
	ktap_ok(rec.first_ns == 5 && rec.last_ns == 8, "first and last");
	/* It read the clock before the first one did. */
	add(IPPROTO_TCP, 1, TSTAT_TCP_ACK, 4);
	ktap_ok(rec.first_ns == 5 && rec.last_ns == 8,
		"a packet with an older time: first and last stay");
	tstat_history_flip(&rec);
	ktap_ok(rec.first_ns == 5 && !tstat_record_orig(&rec),
		"the sides change roles: first stays");
	tstat_history_flip(&rec);
	ktap_ok(tstat_record_orig(&rec) == 1 && !tstat_record_flags(&rec), "orientation");
}

static void test_flag(const char *name, u8 flag, u32 offset)
{
	struct tuplestat_counters c;

	begin(IPPROTO_TCP, 0, flag, 0);
	c = counters(0);
	ktap_ok(*(const u32 *)((const u8 *)&c + offset) == 1 &&
		c.fin + c.syn + c.rst + c.psh + c.ack + c.urg + c.ece + c.cwr == 1,
		"%s alone", name);
}

static void test_flags(void)
{
#define FLAG(NAME, name) test_flag(#NAME, TSTAT_TCP_##NAME, \
				   offsetof(struct tuplestat_counters, name))
	FLAG(FIN, fin);
	FLAG(SYN, syn);
	FLAG(RST, rst);
	FLAG(PSH, psh);
	FLAG(ACK, ack);
	FLAG(URG, urg);
	FLAG(ECE, ece);
	FLAG(CWR, cwr);
#undef FLAG
}

static void test_aggregate(void)
{
	struct tstat_packet pkt = packet(IPPROTO_TCP, 0, 0xff);
	struct tuplestat_counters c;

	pkt.packets = 10;
	pkt.segments = 10;
	tstat_record_begin(&rec, &pkt, &ports, 0);
	tstat_record_account(&rec, &pkt, 0);
	c = counters(0);
	ktap_ok(c.packets == 10 && c.ack == 10 && c.ece == 10 && c.urg == 10,
		"aggregate: flags on every segment");
	ktap_ok(c.fin == 1 && c.psh == 1 && c.cwr == 1 && c.syn == 1 &&
		c.rst == 1, "aggregate: flags on one segment");
}

static void test_saturation(void)
{
	struct tstat_packet pkt = packet(IPPROTO_TCP, 0, TSTAT_TCP_ECE |
					 TSTAT_TCP_URG);
	struct tuplestat_counters c;

	pkt.packets = pkt.segments = U32_MAX - 1;
	tstat_record_begin(&rec, &pkt, &ports, 0);
	tstat_record_account(&rec, &pkt, 0);
	pkt.packets = pkt.segments = 3;
	tstat_record_account(&rec, &pkt, 0);
	c = counters(0);
	ktap_ok(c.ece == U32_MAX && c.urg == U16_MAX,
		"a flag count stops, it does not wrap");
	ktap_ok(c.packets == U32_MAX + 2ULL, "packets go on");

	pkt.tcp_flags = TSTAT_TCP_ACK;
	tstat_record_begin(&rec, &pkt, &ports, 0);
	pkt.packets = pkt.segments = U32_MAX;
	tstat_record_account(&rec, &pkt, 0);
	tstat_record_account(&rec, &pkt, 0);
	c = counters(0);
	ktap_ok(c.ack == 2ULL * U32_MAX, "ACK goes on");
}

static void test_begin(void)
{
	begin(IPPROTO_TCP, 0, TSTAT_TCP_SYN | TSTAT_TCP_ACK, 0);
	add(IPPROTO_TCP, 1, TSTAT_TCP_ACK, 0);
	ktap_ok(tstat_record_orig(&rec) == 1 &&
		rec.state == TUPLESTAT_STATE_ESTABLISHED &&
		tstat_record_flags(&rec) == TUPLESTAT_FLOW_MIDSTREAM,
		"a SYN-ACK, then an ACK: the other side is the originator");
	begin(IPPROTO_TCP, 1, TSTAT_TCP_ACK, 0);
	ktap_ok(tstat_record_orig(&rec) == 1 &&
		rec.state == TUPLESTAT_STATE_ESTABLISHED &&
		tstat_record_flags(&rec) == TUPLESTAT_FLOW_MIDSTREAM, "midstream");
	begin(IPPROTO_UDP, 1, 0, 0);
	ktap_ok(tstat_record_orig(&rec) == 1 && !tstat_record_flags(&rec) &&
		rec.state == TUPLESTAT_STATE_UNREPLIED, "UDP");
	add(IPPROTO_UDP, 1, 0, 0);
	ktap_ok(rec.state == TUPLESTAT_STATE_UNREPLIED, "UDP, again");
	add(IPPROTO_UDP, 0, 0, 0);
	ktap_ok(rec.state == TUPLESTAT_STATE_REPLIED, "UDP, answered");
	ktap_ok(!counters(0).ack, "UDP has no flags");
}

static bool is_reused(u8 flags, u32 seq, u64 now_ns)
{
	struct tstat_packet pkt = packet(IPPROTO_TCP, 0, flags);

	pkt.seq = seq;
	pkt.payload_len = 0;
	return tstat_record_is_reused(&rec, &pkt, now_ns);
}

static void begin_syn(void)
{
	struct tstat_packet pkt = packet(IPPROTO_TCP, 0, TSTAT_TCP_SYN);

	pkt.payload_len = 0;
	pkt.seq = 100;
	tstat_record_begin(&rec, &pkt, &ports, 0);
	tstat_record_account(&rec, &pkt, 0);
}

static void test_reused(void)
{
	struct tstat_packet rst = packet(IPPROTO_TCP, 1,
					 TSTAT_TCP_RST | TSTAT_TCP_ACK);

	begin_syn();
	ktap_ok(!is_reused(TSTAT_TCP_SYN, 100, 1), "a SYN again: same flow");
	ktap_ok(is_reused(TSTAT_TCP_SYN, 99, 1) &&
		is_reused(TSTAT_TCP_SYN, 101, 1),
		"a SYN with another number, the first unanswered: another");
	rst.ack = 101;
	tstat_record_account(&rec, &rst, 0);
	ktap_ok(is_reused(TSTAT_TCP_SYN, 100, 1),
		"a SYN after a RST: another flow");
	ktap_ok(is_reused(TSTAT_TCP_SYN | TSTAT_TCP_ECE | TSTAT_TCP_CWR, 1, 1),
		"with ECN too");
	ktap_ok(!is_reused(TSTAT_TCP_SYN | TSTAT_TCP_ACK, 1, 1),
		"a SYN-ACK after a RST is not");
	ktap_ok(!is_reused(TSTAT_TCP_ACK, 1, 5 * SECOND) &&
		is_reused(TSTAT_TCP_ACK, 1, 5 * SECOND + 1),
		"anything 5 s after the end is another flow");
	begin(IPPROTO_TCP, 0, TSTAT_TCP_ACK, 0);
	ktap_ok(!is_reused(TSTAT_TCP_SYN, 1, 10 * SECOND),
		"a SYN in an open connection is not");
}

static void test_later_fragment(void)
{
	struct tstat_packet pkt = packet(IPPROTO_TCP, 0, 0);

	begin(IPPROTO_TCP, 0, TSTAT_TCP_SYN, 0);
	pkt.fragment = TSTAT_FRAGMENT_LATER;
	pkt.segments = 0;
	tstat_record_account(&rec, &pkt, 0);
	ktap_ok(counters(0).packets == 2 &&
		!counters(0).ack &&
		rec.state == TUPLESTAT_STATE_SYN_SENT,
		"a later fragment counts, and has no flags");
}

static void test_fragmented(void)
{
	struct tstat_packet pkt = packet(IPPROTO_TCP, 0, TSTAT_TCP_ACK);

	pkt.packets = 3;
	tstat_record_begin(&rec, &pkt, &ports, 0);
	tstat_record_account(&rec, &pkt, 0);
	ktap_ok(counters(0).packets == 3 &&
		counters(0).ack == 1,
		"three fragments of one segment have one ACK");
}

static const struct {
	const char *name;
	u8 flags;
	int kind;
} flag_sets[] = {
	{ "no flags", 0, TUPLESTAT_UNUSUAL_NULL },
	{ "no flags but ECN's", TSTAT_TCP_ECE | TSTAT_TCP_CWR,
	  TUPLESTAT_UNUSUAL_NULL },
	{ "FIN", TSTAT_TCP_FIN, TUPLESTAT_UNUSUAL_FIN },
	{ "FIN, PSH", TSTAT_TCP_FIN | TSTAT_TCP_PSH, TUPLESTAT_UNUSUAL_FIN },
	{ "Xmas", TSTAT_TCP_FIN | TSTAT_TCP_PSH | TSTAT_TCP_URG,
	  TUPLESTAT_UNUSUAL_XMAS },
	{ "SYN, FIN", TSTAT_TCP_SYN | TSTAT_TCP_FIN,
	  TUPLESTAT_UNUSUAL_SYN_FIN },
	{ "SYN, FIN, RST, ACK", TSTAT_TCP_SYN | TSTAT_TCP_FIN | TSTAT_TCP_RST |
	  TSTAT_TCP_ACK, TUPLESTAT_UNUSUAL_SYN_FIN },
	{ "SYN, RST", TSTAT_TCP_SYN | TSTAT_TCP_RST,
	  TUPLESTAT_UNUSUAL_SYN_RST },
	{ "FIN, RST", TSTAT_TCP_FIN | TSTAT_TCP_RST,
	  TUPLESTAT_UNUSUAL_FIN_RST },
	{ "SYN", TSTAT_TCP_SYN, TSTAT_NOT_UNUSUAL },
	{ "SYN, ACK", TSTAT_TCP_SYN | TSTAT_TCP_ACK, TSTAT_NOT_UNUSUAL },
	{ "RST", TSTAT_TCP_RST, TSTAT_NOT_UNUSUAL },
	{ "RST, ACK", TSTAT_TCP_RST | TSTAT_TCP_ACK, TSTAT_NOT_UNUSUAL },
	{ "ACK", TSTAT_TCP_ACK, TSTAT_NOT_UNUSUAL },
	{ "PSH alone", TSTAT_TCP_PSH, TSTAT_NOT_UNUSUAL },
	{ "FIN, ACK", TSTAT_TCP_FIN | TSTAT_TCP_ACK, TSTAT_NOT_UNUSUAL },
	{ "Xmas with ACK", TSTAT_TCP_FIN | TSTAT_TCP_PSH | TSTAT_TCP_URG |
	  TSTAT_TCP_ACK, TSTAT_NOT_UNUSUAL },
};

static void test_unusual(void)
{
	unsigned int i;
	u32 bits;

	for (i = 0; i < ARRAY_SIZE(flag_sets); i++) {
		begin(IPPROTO_TCP, 1, flag_sets[i].flags, 5);
		bits = flag_sets[i].kind < 0 ? 0 : 1U << flag_sets[i].kind;
		ktap_ok(tstat_tcp_unusual(flag_sets[i].flags) ==
			flag_sets[i].kind && counters(1).unusual == bits &&
			!counters(0).unusual, "unusual: %s",
			flag_sets[i].name);
	}
	begin(IPPROTO_TCP, 0, 0, 5);
	add(IPPROTO_TCP, 0, TSTAT_TCP_SYN | TSTAT_TCP_FIN, 6);
	ktap_ok(counters(0).unusual == (1U << TUPLESTAT_UNUSUAL_NULL |
					1U << TUPLESTAT_UNUSUAL_SYN_FIN),
		"a side keeps each kind that it sent");
	begin(IPPROTO_UDP, 0, 0, 5);
	ktap_ok(!counters(0).unusual, "UDP has no flags, so none are unusual");
}

static void test_over(const char *name, u64 seconds)
{
	u64 end = rec.last_ns + seconds * SECOND;

	ktap_ok(!tstat_record_is_over(&rec, &tstat_timeouts_default, end) &&
		tstat_record_is_over(&rec, &tstat_timeouts_default, end + 1), "%s: %llu s", name,
		seconds);
}

static void test_timeouts(void)
{
	begin(IPPROTO_UDP, 0, 0, 1000);
	test_over("UDP unreplied", 60);
	add(IPPROTO_UDP, 1, 0, 2000);
	test_over("UDP replied", 120);
	ktap_ok(!tstat_record_is_over(&rec, &tstat_timeouts_default, 0), "an older clock ends nothing");
	begin(IPPROTO_TCP, 0, TSTAT_TCP_SYN, 1000);
	test_over("SYN_SENT", 120);
	ktap_ok(tstat_record_end_reason(&rec) == TUPLESTAT_END_IDLE,
		"an open flow ends idle");
	add(IPPROTO_TCP, 1, TSTAT_TCP_RST, 2000);
	test_over("CLOSE", 60);
	ktap_ok(tstat_record_end_reason(&rec) == TUPLESTAT_END_FLOW,
		"a closed flow ends by its end");
}

int main(void)
{
	ktap_plan(61);
	test_counts();
	test_flags();
	test_aggregate();
	test_saturation();
	test_begin();
	test_reused();
	test_later_fragment();
	test_fragmented();
	test_unusual();
	test_timeouts();
	return ktap_finish();
}
