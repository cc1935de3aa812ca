// SPDX-License-Identifier: GPL-2.0
/*
 * The parser: each packet is read twice, once lying in one piece, once through
 * copies only, and both must say the same.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "ktap.h"
#include "packet.h"

#define OK -1

static const struct packet *copied;

static int copy_from_packet(const struct tstat_reader *reader, u32 offset,
			    void *to, u32 len)
{
	(void)reader;
	if (len > copied->len || offset > copied->len - len)
		return -1;
	memcpy(to, copied->bytes + offset, len);
	return 0;
}

/* As tstat_parse(), but the reason, or OK; -2 where the two readers differ. */
static int parse(const struct packet *p, bool aggregate,
		 struct tstat_packet *pkt)
{
	struct tstat_packet copy;
	struct tstat_reader linear = {
		.head = p->bytes,
		.head_len = p->len,
		.wire_len = p->len,
		.aggregate = aggregate,
	};
	struct tstat_reader nonlinear = {
		.wire_len = p->len,
		.aggregate = aggregate,
		.copy = copy_from_packet,
	};
	bool good, good_copy;

	copied = p;
	memset(pkt, 0, sizeof(*pkt));
	memset(&copy, 0, sizeof(copy));
	good = tstat_parse(&linear, pkt);
	good_copy = tstat_parse(&nonlinear, &copy);
	if (good != good_copy || memcmp(pkt, &copy, sizeof(copy)))
		return -2;
	return good ? OK : pkt->unattributed;
}

static void expect(const char *name, const struct packet *p, int reason)
{
	struct tstat_packet pkt;
	int got = parse(p, false, &pkt);

	ktap_ok(got == reason, "%s: %d", name, got);
}

static void expect_lengths(const char *name, const struct packet *p,
			   bool aggregate, u32 ip, u32 l4, u32 payload)
{
	struct tstat_packet pkt;
	int got = parse(p, aggregate, &pkt);

	ktap_ok(got == OK && pkt.ip_len == ip && pkt.l4_len == l4 &&
		pkt.payload_len == payload && pkt.packets == 1,
		"%s: %d, %u %u %u bytes", name, got, pkt.ip_len, pkt.l4_len,
		pkt.payload_len);
}

static struct packet p;

static void tcp4(u32 ip_options, u32 tcp_options, u32 payload)
{
	put_ipv4(&p, IPPROTO_TCP, ip_options);
	put_tcp(&p, TSTAT_TCP_ACK, tcp_options, payload);
	finish(&p);
}

static void udp4(u16 len, u32 payload)
{
	put_ipv4(&p, IPPROTO_UDP, 0);
	put_udp(&p, len, payload);
	finish(&p);
}

static void test_fields(void)
{
	struct tstat_packet pkt;

	tcp4(0, 0, 0);
	p.bytes[20 + 13] = 0xff;
	parse(&p, false, &pkt);
	ktap_ok(pkt.tuple.port[pkt.sender] == htons(40000) &&
		pkt.tuple.port[!pkt.sender] == htons(443) &&
		pkt.tuple.addr[pkt.sender].bytes[3] == 1 &&
		pkt.tuple.addr[!pkt.sender].bytes[3] == 2 &&
		pkt.tuple.proto == IPPROTO_TCP && pkt.tuple.family == AF_INET,
		"5-tuple");
	ktap_ok(pkt.tcp_flags == 0xff, "all eight flags");
	ktap_ok(pkt.seq == 0x01020304, "sequence number");
	ktap_ok(pkt.ack == 0x01020305, "acknowledgment number");
	ktap_ok(pkt.window == 0xabcd, "window");
}

static void test_ipv4(void)
{
	tcp4(0, 0, 100);
	expect_lengths("TCP over IPv4", &p, false, 140, 120, 100);
	tcp4(40, 40, 100);
	expect_lengths("all options", &p, false, 220, 160, 100);
	udp4(108, 100);
	expect_lengths("UDP over IPv4", &p, false, 128, 108, 100);
	udp4(58, 100);
	expect_lengths("UDP shorter than IP", &p, false, 128, 108, 50);
	tcp4(0, 0, 0);
	put_zeros(&p, 6);
	expect_lengths("Ethernet padding", &p, false, 40, 20, 0);

	tcp4(0, 0, 0);
	p.bytes[0] = 0x44;
	expect("IPv4 header of 16", &p, TUPLESTAT_UNATTR_MALFORMED);
	tcp4(0, 0, 0);
	set16(&p, 2, 19);
	expect("total length below the header", &p, TUPLESTAT_UNATTR_MALFORMED);
	tcp4(0, 0, 0);
	set16(&p, 2, 41);
	expect("total length above the packet", &p, TUPLESTAT_UNATTR_TRUNCATED);
	tcp4(0, 0, 0);
	set16(&p, 2, 0);
	expect("total length zero", &p, TUPLESTAT_UNATTR_MALFORMED);
	p.bytes[0] = 0x55;
	expect("version 5", &p, TUPLESTAT_UNATTR_MALFORMED);
	tcp4(0, 0, 0);
	p.bytes[9] = IPPROTO_ICMP;
	expect("ICMP", &p, TUPLESTAT_UNATTR_PROTOCOL);
}

static void test_l4(void)
{
	tcp4(0, 0, 0);
	p.bytes[20 + 12] = 0x40;
	expect("TCP header of 16", &p, TUPLESTAT_UNATTR_MALFORMED);
	tcp4(0, 0, 0);
	p.bytes[20 + 12] = 0x60;
	expect("TCP header longer than IP", &p, TUPLESTAT_UNATTR_TRUNCATED);
	udp4(7, 0);
	expect("UDP length 7", &p, TUPLESTAT_UNATTR_MALFORMED);
	udp4(0, 0);
	expect("UDP length 0 over IPv4", &p, TUPLESTAT_UNATTR_MALFORMED);
	udp4(9, 0);
	expect("UDP length above IP", &p, TUPLESTAT_UNATTR_TRUNCATED);
	put_ipv6(&p, IPPROTO_UDP);
	put_udp(&p, 0, 100);
	finish(&p);
	expect_lengths("UDP length 0 over IPv6", &p, false, 148, 108, 100);
}

static void test_fragments(void)
{
	struct tstat_packet pkt;

	udp4(2000, 100);
	set16(&p, 6, 0x2000);
	expect_lengths("first fragment", &p, false, 128, 108, 100);
	set16(&p, 6, 0x2001);
	expect("later fragment", &p, TUPLESTAT_UNATTR_FRAGMENT);
	udp4(7, 0);
	set16(&p, 6, 0x2000);
	p.len = 24;
	set16(&p, 2, 24);
	ktap_ok(parse(&p, false, &pkt) == TUPLESTAT_UNATTR_TRUNCATED &&
		pkt.fragment == TSTAT_FRAGMENT_NONE,
		"first fragment without ports: of no use to the others");
	udp4(2000, 100);
	set16(&p, 6, 0x4000);
	expect("don't fragment is none", &p, TUPLESTAT_UNATTR_TRUNCATED);
	p.bytes[9] = IPPROTO_ICMP;
	set16(&p, 6, 0x0001);
	expect("later fragment of ICMP", &p, TUPLESTAT_UNATTR_PROTOCOL);

	put_ipv6(&p, IPPROTO_FRAGMENT);
	put8(&p, IPPROTO_UDP);
	put8(&p, 0);
	put16(&p, 0x0001);
	put32(&p, 0xabcdef01);
	put_udp(&p, 2000, 100);
	finish(&p);
	expect_lengths("first fragment, IPv6", &p, false, 156, 108, 100);
	set16(&p, 42, 0x0009);
	expect("later fragment, IPv6", &p, TUPLESTAT_UNATTR_FRAGMENT);
	p.bytes[40] = IPPROTO_ICMPV6;
	expect("later fragment of ICMPv6", &p, TUPLESTAT_UNATTR_PROTOCOL);
}

static void exthdr6(u8 proto, u8 words, u32 real)
{
	put_ipv6(&p, proto);
	put_exthdr(&p, IPPROTO_TCP, words);
	p.len = 40 + real;
	put_tcp(&p, TSTAT_TCP_ACK, 0, 10);
	finish(&p);
}

static void test_ipv6(void)
{
	int i;

	put_ipv6(&p, IPPROTO_TCP);
	put_tcp(&p, TSTAT_TCP_ACK, 0, 100);
	finish(&p);
	expect_lengths("TCP over IPv6", &p, false, 160, 120, 100);
	set16(&p, 4, 121);
	expect("payload length above the packet", &p,
	       TUPLESTAT_UNATTR_TRUNCATED);
	set16(&p, 4, 0);
	expect("payload length zero", &p, TUPLESTAT_UNATTR_TRUNCATED);

	exthdr6(IPPROTO_HOPOPTS, 1, 16);
	expect_lengths("hop-by-hop", &p, false, 86, 30, 10);
	exthdr6(IPPROTO_ROUTING, 0, 8);
	expect_lengths("routing", &p, false, 78, 30, 10);
	exthdr6(IPPROTO_DSTOPTS, 2, 24);
	expect_lengths("destination", &p, false, 94, 30, 10);
	exthdr6(IPPROTO_AH, 4, 24);
	expect_lengths("authentication", &p, false, 94, 30, 10);
	exthdr6(IPPROTO_MH, 0, 8);
	expect_lengths("mobility", &p, false, 78, 30, 10);
	exthdr6(IPPROTO_FRAGMENT, 0, 8);
	set16(&p, 42, 0);
	expect_lengths("atomic fragment", &p, false, 78, 30, 10);
	exthdr6(IPPROTO_ROUTING, 5, 8);
	expect("chain past the end", &p, TUPLESTAT_UNATTR_TRUNCATED);
	exthdr6(IPPROTO_ESP, 0, 8);
	expect("encrypted", &p, TUPLESTAT_UNATTR_PROTOCOL);
	exthdr6(IPPROTO_NONE, 0, 8);
	expect("no next header", &p, TUPLESTAT_UNATTR_PROTOCOL);

	put_ipv6(&p, IPPROTO_DSTOPTS);
	for (i = 1; i < TSTAT_EXTHDR_MAX; i++)
		put_exthdr(&p, IPPROTO_DSTOPTS, 0);
	put_exthdr(&p, IPPROTO_TCP, 0);
	put_tcp(&p, TSTAT_TCP_ACK, 0, 0);
	finish(&p);
	expect_lengths("longest chain", &p, false, 124, 20, 0);
	p.bytes[p.len - 20 - 8] = IPPROTO_DSTOPTS;
	put_zeros(&p, 20);
	finish(&p);
	expect("longer chain", &p, TUPLESTAT_UNATTR_EXTHDR);
}

/* A jumbogram with @len in its option, and @payload behind the TCP header. */
static void jumbo(u32 len, u32 payload, bool pad_first)
{
	put_ipv6(&p, IPPROTO_HOPOPTS);
	put8(&p, IPPROTO_TCP);
	put8(&p, pad_first ? 1 : 0);
	if (pad_first) {
		put8(&p, 0);
		put8(&p, 1);
		put8(&p, 3);
		put_zeros(&p, 3);
	}
	put8(&p, 0xc2);
	put8(&p, 4);
	put32(&p, len);
	put_zeros(&p, pad_first ? 2 : 0);
	put_tcp(&p, TSTAT_TCP_ACK, 0, payload);
}

static void test_jumbo(void)
{
	jumbo(66028, 66000, false);
	expect_lengths("jumbogram", &p, false, 66068, 66020, 66000);
	jumbo(66036, 66000, true);
	expect_lengths("jumbogram, padding first", &p, false, 66076, 66020,
		       66000);
	jumbo(65535, 66000, false);
	expect("jumbogram that needs none", &p, TUPLESTAT_UNATTR_MALFORMED);
	jumbo(66029, 66000, false);
	expect("jumbogram above the packet", &p, TUPLESTAT_UNATTR_TRUNCATED);

	put_ipv6(&p, IPPROTO_TCP);
	put_tcp(&p, TSTAT_TCP_ACK, 0, 66000);
	expect_lengths("BIG TCP over IPv6", &p, true, 66060, 66020, 66000);
	put_ipv4(&p, IPPROTO_TCP, 0);
	put_tcp(&p, TSTAT_TCP_ACK, 0, 66000);
	expect_lengths("BIG TCP over IPv4", &p, true, 66040, 66020, 66000);
}

/* Every proper beginning of a packet is truncated, and reads no byte beyond. */
static void test_truncation(const char *name)
{
	struct tstat_packet pkt;
	u32 whole = p.len;
	u32 wrong = 0;
	u8 *exact;

	for (p.len = 0; p.len < whole; p.len++) {
		struct tstat_reader reader = { .wire_len = p.len };

		exact = malloc(p.len ?: 1);
		memcpy(exact, p.bytes, p.len);
		reader.head = exact;
		reader.head_len = p.len;
		wrong += tstat_parse(&reader, &pkt) ||
			 pkt.unattributed != TUPLESTAT_UNATTR_TRUNCATED;
		free(exact);
		wrong += parse(&p, false, &pkt) != TUPLESTAT_UNATTR_TRUNCATED;
	}
	ktap_ok(!wrong, "%s: each of %u truncations, %u wrong", name, whole,
		wrong);
}

static void test_truncations(void)
{
	tcp4(8, 12, 5);
	test_truncation("TCP over IPv4");
	udp4(13, 5);
	test_truncation("UDP over IPv4");
	put_ipv6(&p, IPPROTO_HOPOPTS);
	put_exthdr(&p, IPPROTO_DSTOPTS, 1);
	put_exthdr(&p, IPPROTO_UDP, 0);
	put_udp(&p, 8, 0);
	finish(&p);
	test_truncation("extension headers");
}

/* Cut by the capture, but whole on the wire. */
static void test_snaplen(void)
{
	struct tstat_reader reader = { .head = p.bytes, .head_len = 40 };
	struct tstat_packet pkt;

	tcp4(0, 0, 1000);
	reader.wire_len = p.len;
	ktap_ok(tstat_parse(&reader, &pkt) && pkt.ip_len == 1040 &&
		pkt.payload_len == 1000, "cut capture counts its real length");
	reader.head_len = 39;
	ktap_ok(!tstat_parse(&reader, &pkt) &&
		pkt.unattributed == TUPLESTAT_UNATTR_TRUNCATED,
		"cut within the headers");
}

static void test_segment(const char *name, u32 payload, u32 segment,
			 u32 packets, u32 ip_len, u32 l4_len)
{
	struct tstat_packet pkt;

	tcp4(0, 12, payload);
	parse(&p, true, &pkt);
	tstat_packet_segment(&pkt, 52, segment);
	ktap_ok(pkt.packets == packets && pkt.segments == packets &&
		pkt.ip_len == ip_len && pkt.l4_len == l4_len &&
		pkt.payload_len == payload, "%s: %u packets, %u %u bytes",
		name, pkt.packets, pkt.ip_len, pkt.l4_len);
}

static void test_segments(void)
{
	struct tstat_packet pkt;

	test_segment("no aggregate", 1000, 0, 1, 1052, 1032);
	test_segment("one segment", 1000, 1000, 1, 1052, 1032);
	test_segment("one byte more", 1001, 1000, 2, 1001 + 2 * 52,
		     1001 + 2 * 32);
	test_segment("44 full segments", 44 * 1448, 1448, 44,
		     44 * 1448 + 44 * 52, 44 * 1448 + 44 * 32);

	/* The jumbo header of an aggregate is on no wire. */
	jumbo(66028, 66000, false);
	parse(&p, true, &pkt);
	tstat_packet_segment(&pkt, 68, 1000);
	ktap_ok(pkt.packets == 66 && pkt.ip_len == 66000 + 66 * 60 &&
		pkt.l4_len == 66000 + 66 * 20 && pkt.payload_len == 66000,
		"BIG TCP with a jumbo header: %u bytes", pkt.ip_len);

	/* A tunnel over UDP: 50 bytes of inner headers in each packet. */
	udp4(3058, 3050);
	parse(&p, true, &pkt);
	tstat_packet_segment(&pkt, 28 + 50, 1000);
	ktap_ok(pkt.packets == 3 && pkt.ip_len == 3000 + 3 * 78 &&
		pkt.l4_len == 3000 + 3 * 58 && pkt.payload_len == 3000 + 3 * 50,
		"a tunnel: inner headers again are payload");

	/* What is behind the IP header is no TCP header, whatever it claims. */
	tcp4(0, 12, 3000);
	p.bytes[7] = 1;
	parse(&p, true, &pkt);
	tstat_packet_segment(&pkt, 20, 1000);
	ktap_ok(pkt.packets == 4 && !pkt.segments && pkt.ip_len == 3032 + 4 * 20,
		"an aggregate that is a later fragment: no segments");

	/* SKB_GSO_UDP: the size is that of the pieces, less the IP headers. */
	udp4(2800, 2792);
	parse(&p, true, &pkt);
	tstat_packet_cut(&pkt, AF_INET6, 1400);
	ktap_ok(pkt.packets == 2 && pkt.segments == 1 &&
		pkt.ip_len == 2800 + 2 * 28 && pkt.l4_len == 2800,
		"an aggregate of fragments: the header is not in its size");
}

static void test_fragment(const char *name, u32 l4_len, u32 mtu, u32 packets,
			  u32 headers)
{
	struct tstat_packet pkt;
	u32 ip_len;

	if (p.bytes[0] >> 4 == 4)
		udp4(l4_len, l4_len - 8);
	ip_len = p.len;
	parse(&p, false, &pkt);
	tstat_packet_fragment(&pkt, pkt.tuple.family, mtu);
	ktap_ok(pkt.packets == packets && pkt.segments == 1 &&
		pkt.ip_len == ip_len + headers && pkt.l4_len == l4_len,
		"%s: %u fragments, %u bytes", name, pkt.packets, pkt.ip_len);
}

static void test_output_fragments(void)
{
	udp4(8, 0);
	test_fragment("fits", 1480, 1500, 1, 0);
	test_fragment("one byte too many", 1481, 1500, 2, 20);
	test_fragment("exactly three", 4440, 1500, 3, 40);
	test_fragment("multiples of eight", 1480, 1499, 2, 20);
	test_fragment("no room", 1480, 27, 1, 0);
	put_ipv6(&p, IPPROTO_UDP);
	put_udp(&p, 4000, 3992);
	finish(&p);
	test_fragment("IPv6", 4000, 1500, 3, 2 * 40 + 3 * 8);
}

int main(void)
{
	ktap_plan(69);
	test_fields();
	test_ipv4();
	test_l4();
	test_fragments();
	test_ipv6();
	test_jumbo();
	test_truncations();
	test_snaplen();
	test_segments();
	test_output_fragments();
	return ktap_finish();
}
