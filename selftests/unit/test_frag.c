// SPDX-License-Identifier: GPL-2.0
/* Fragments: which flow the later ones belong to. */
#include <arpa/inet.h>

#include "account.h"
#include "frag.h"
#include "ktap.h"
#include "packet.h"

#define SECOND TSTAT_NSEC_PER_SEC

static struct tstat_frags frags;
static struct tstat_packet pkt;

/* As the hook does: whether the fragment has its tuple, at @now_ns. */
static bool place(struct packet *p, u64 now_ns)
{
	struct tstat_reader reader = {
		.head = p->bytes,
		.head_len = p->len,
		.wire_len = p->len,
	};
	bool known = tstat_parse(&reader, &pkt);

	if (pkt.fragment != TSTAT_FRAGMENT_NONE)
		known = tstat_frag_place(&frags, &pkt, now_ns);
	return known;
}

/* UDP from port @sport, 10.0.0.1 to 10.0.0.2; @words is flags and offset. */
static bool ipv4(u16 id, u16 words, u16 sport, u64 now_ns)
{
	static struct packet p;

	put_ipv4(&p, IPPROTO_UDP, 0);
	put_udp(&p, 3000, 992);
	set16(&p, 20, sport);
	finish(&p);
	set16(&p, 4, id);
	set16(&p, 6, words);
	return place(&p, now_ns);
}

static bool ipv6(u32 id, u16 offset_more, u8 src, u64 now_ns)
{
	static struct packet p;

	put_ipv6(&p, IPPROTO_FRAGMENT);
	put8(&p, IPPROTO_UDP);
	put8(&p, 0);
	put16(&p, offset_more);
	put32(&p, id);
	/* An atomic fragment is the whole datagram. */
	put_udp(&p, offset_more ? 3000 : 1000, 992);
	finish(&p);
	p.bytes[23] = src;
	return place(&p, now_ns);
}

static u16 src_port(void)
{
	return ntohs(pkt.tuple.port[pkt.sender]);
}

static void reset(void)
{
	memset(&frags, 0, sizeof(frags));
}

static void test_ipv4(void)
{
	reset();
	ktap_ok(!ipv4(7, 0x207d, 9, SECOND), "a later fragment first: no flow");
	ktap_ok(ipv4(7, 0x2000, 4001, SECOND) &&
		pkt.fragment == TSTAT_FRAGMENT_FIRST, "first fragment");
	ktap_ok(ipv4(7, 0x207d, 9, SECOND) && src_port() == 4001 &&
		ntohs(pkt.tuple.port[!pkt.sender]) == 53 &&
		pkt.tuple.addr[pkt.sender].bytes[3] == 1,
		"middle fragment: the ports of the first");
	ktap_ok(pkt.ip_len == 1020 && pkt.l4_len == 1000 &&
		pkt.payload_len == 1000 && pkt.packets == 1,
		"all of a later fragment above IP is payload");
	ktap_ok(ipv4(7, 0x00fa, 9, SECOND) && src_port() == 4001,
		"last fragment");
	ktap_ok(!ipv4(8, 0x00fa, 9, SECOND), "another identification");

	ipv4(8, 0x2000, 4002, SECOND);
	ktap_ok(ipv4(7, 0x00fa, 9, SECOND) && src_port() == 4001 &&
		ipv4(8, 0x00fa, 9, SECOND) && src_port() == 4002,
		"two datagrams at once");
	ipv4(7, 0x2000, 4003, 2 * SECOND);
	ktap_ok(ipv4(7, 0x00fa, 9, 2 * SECOND) && src_port() == 4003,
		"an identification used again");
	ktap_ok(ipv4(7, 0x00fa, 9, 32 * SECOND - 1) &&
		!ipv4(7, 0x00fa, 9, 32 * SECOND), "forgotten after 30 s");
}

static void test_ipv6(void)
{
	reset();
	ktap_ok(!ipv6(7, 0x03e8, 1, SECOND), "IPv6: no flow");
	ktap_ok(ipv6(7, 0x0001, 1, SECOND) &&
		ipv6(7, 0x03e8, 1, SECOND) && src_port() == 5000,
		"IPv6: the ports of the first");
	ktap_ok(pkt.ip_len == 1048 && pkt.l4_len == 1000,
		"IPv6: lengths of a later fragment");
	ktap_ok(!ipv6(7, 0x03e8, 3, SECOND), "IPv6: another source");
	ktap_ok(!ipv6(7 + 65536, 0x03e8, 1, SECOND),
		"IPv6: all 32 bits of the identification");
	ktap_ok(ipv6(7, 0x03e8, 1, 61 * SECOND - 1) &&
		!ipv6(7, 0x03e8, 1, 61 * SECOND), "IPv6: forgotten after 60 s");
	ktap_ok(ipv6(9, 0, 1, SECOND) && pkt.fragment == TSTAT_FRAGMENT_NONE,
		"IPv6: an atomic fragment is whole");
}

/* More datagrams than there is room for: the newest of each set stay. */
static void test_bounded(void)
{
	unsigned int i, n = TSTAT_FRAG_SETS * TSTAT_FRAG_WAYS * 8;
	unsigned int kept = 0;

	reset();
	for (i = 0; i < n; i++)
		ipv4(i, 0x2000, 1, SECOND + i);
	for (i = 0; i < n; i++)
		kept += ipv4(i, 0x00fa, 1, 2 * SECOND);
	ktap_ok(kept == TSTAT_FRAG_SETS * TSTAT_FRAG_WAYS,
		"full: %u datagrams are remembered", kept);
	ktap_ok(ipv4(n - 1, 0x00fa, 1, 2 * SECOND), "the newest among them");
	ktap_ok(!ipv4(0, 0x00fa, 1, 2 * SECOND), "the oldest not");
}

int main(void)
{
	ktap_plan(19);
	test_ipv4();
	test_ipv6();
	test_bounded();
	return ktap_finish();
}
