// SPDX-License-Identifier: GPL-2.0
/*
 * The shortcut for plain packets says what the long way says: packets at
 * random, most of which go on as expected, through both. What is read, the
 * hash and the flow must be the same, and the record to the last octet; also
 * where a packet begins it.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "account.h"
#include "ktap.h"
#include "packet.h"
#include "plain_begin.h"

#define CONVERSATIONS 4000
#define PACKETS 60

/* A conversation of a kind must have come to so many shortcuts, of so many. */
#define ENOUGH 20000

/* So many conversations of a kind must have begun with a shortcut. */
#define ENOUGH_BEGUN 800

static const struct tstat_hash_key key = { { 0x0123456789abcdef, 42 } };
static struct tstat_ports ports;

/**
 * struct talk - a conversation, as the generator knows it
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @port: of either host; the addresses are alike in most bits
 * @low: last octet of the addresses
 * @next: next sequence number of either host
 * @packets: how many there were
 */
struct talk {
	u8 family;
	u8 proto;
	u16 port[2];
	u8 low[2];
	u32 next[2];
	unsigned int packets;
};

static unsigned long shortcuts[2][2], begun[2][2], flips, differs[8];

static unsigned int below(unsigned int limit)
{
	return (unsigned int)random() % limit;
}

static bool one_in(unsigned int n)
{
	return !below(n);
}

static void put_address(struct packet *p, const struct talk *talk,
			unsigned int host)
{
	if (talk->family == AF_INET6) {
		put32(p, 0x20010db8);
		put_zeros(p, 8);
	}
	/* A broadcast is no host that could be a server. */
	if (talk->family == AF_INET && talk->low[host] == 2)
		put32(p, 0xffffffff);
	else
		put32(p, 0x0a000000 | talk->low[host]);
}

static u8 some_flags(const struct talk *talk)
{
	static const u8 handshake[] = {
		TSTAT_TCP_SYN, TSTAT_TCP_SYN | TSTAT_TCP_ACK, TSTAT_TCP_ACK,
	};

	if (talk->packets < 3 && !one_in(8))
		return handshake[talk->packets];
	/* The handshake in another order, or again. */
	if (talk->packets < 8 && one_in(3))
		return handshake[below(3)];
	if (one_in(40))
		return (u8)random();
	return TSTAT_TCP_ACK | (one_in(3) ? TSTAT_TCP_PSH : 0);
}

static void put_segment(struct packet *p, struct talk *talk, unsigned int from,
		    u32 payload)
{
	u8 flags = some_flags(talk);
	bool scaled = flags & TSTAT_TCP_SYN && !one_in(4);
	u32 seq = talk->next[from];

	if (one_in(10))
		seq += below(3000) - 1500;
	put32(p, seq);
	put32(p, talk->next[!from] + (one_in(10) ? below(3000) - 1500 : 0));
	put8(p, one_in(50) ? (u8)random() : scaled ? 0x60 : 0x50);
	put8(p, flags);
	put16(p, (u16)(one_in(20) ? 0 : one_in(20) ? random() : 1000));
	put32(p, 0);
	/* The option takes what would be payload. */
	if (scaled) {
		put32(p, 0x03030000 | below(20) << 8);
		payload -= 4;
	}
	seq += payload + !!(flags & TSTAT_TCP_SYN) + !!(flags & TSTAT_TCP_FIN);
	if ((s32)(seq - talk->next[from]) > 0)
		talk->next[from] = seq;
}

static void make_packet(struct packet *p, struct talk *talk)
{
	unsigned int from = talk->packets < 3 ? talk->packets & 1 : below(2);
	u32 payload = one_in(2) ? 4 : 4 + below(200);
	u32 l4 = talk->family == AF_INET ? 20 : 40, i;
	u32 len = l4 + (talk->proto == IPPROTO_TCP ? 20 : 8) + payload;

	p->len = 0;
	if (talk->family == AF_INET) {
		put32(p, 0x45000000 | len);
		put32(p, one_in(50) ? (u32)random() : 0x4000);
		put32(p, 0x40000000 | (u32)talk->proto << 16);
	} else {
		put32(p, 0x60000000);
		put16(p, (u16)(len - 40));
		put8(p, talk->proto);
		put8(p, 64);
	}
	put_address(p, talk, from);
	put_address(p, talk, !from);
	put16(p, talk->port[from]);
	put16(p, talk->port[!from]);
	if (talk->proto == IPPROTO_TCP) {
		put_segment(p, talk, from, payload);
	} else {
		put16(p, (u16)(8 + payload));
		put16(p, 0);
	}
	if (p->len < len)
		put_zeros(p, len - p->len);
	/* Any octet can be anything. */
	for (i = 0; one_in(30) && i < 3; i++)
		p->bytes[below(p->len)] = (u8)random();
	talk->packets++;
}

static void long_way(struct tstat_record *rec, const struct tstat_packet *pkt,
		     u64 now_ns)
{
	if (!rec->side[0].packets && !rec->side[1].packets)
		tstat_record_begin(rec, pkt, &ports, now_ns);
	else if (tstat_record_is_reused(rec, pkt, now_ns))
		tstat_record_begin(rec, pkt, &ports, now_ns);
	tstat_record_account(rec, pkt, now_ns);
}

static bool same_fields(const struct tstat_plain *p,
			const struct tstat_packet *pkt)
{
	u8 psh_ack = TSTAT_TCP_PSH | TSTAT_TCP_ACK;

	if (p->ip_len != pkt->ip_len || p->sender != pkt->sender ||
	    tstat_plain_l4_len(p, pkt->tuple.family) != pkt->l4_len ||
	    p->payload_len != pkt->payload_len ||
	    pkt->packets != 1 || pkt->segments != 1 ||
	    pkt->fragment != TSTAT_FRAGMENT_NONE ||
	    tstat_plain_proto(p) != pkt->tuple.proto)
		return false;
	switch (p->kind) {
	case TSTAT_PLAIN_SYN:
		return pkt->tcp_flags == TSTAT_TCP_SYN;
	case TSTAT_PLAIN_SEGMENT:
		return pkt->tcp_flags == TSTAT_TCP_ACK ||
		       pkt->tcp_flags == psh_ack;
	default:
		return p->kind == TSTAT_PLAIN_DATAGRAM;
	}
}

/* What the shortcut reads must be what the long way reads. */
static void check_read(const struct tstat_plain *p, u8 family, bool known,
		       const struct tstat_packet *pkt)
{
	differs[0] += !known;
	if (!known)
		return;
	differs[1] += !same_fields(p, pkt) || pkt->tuple.family != family;
	differs[2] += !tstat_plain_is_of(p, family, &pkt->tuple);
	differs[3] += tstat_plain_hash(p, family, &key) !=
		      tstat_tuple_hash(&pkt->tuple, &key);
}

/* A flow that differs in anything is another one. */
static void check_others(const struct tstat_plain *p, u8 family,
			 const struct tstat_packet *pkt)
{
	struct tstat_tuple other = pkt->tuple;

	((u8 *)&other)[below(sizeof(other))] ^= (u8)(1 << below(8));
	/* Of IPv4 the rest of an address is zero in every tuple. */
	if (family == AF_INET &&
	    (memcmp(other.addr[0].bytes + 4, pkt->tuple.addr[0].bytes + 4, 12) ||
	     memcmp(other.addr[1].bytes + 4, pkt->tuple.addr[1].bytes + 4, 12)))
		return;
	differs[4] += tstat_plain_is_of(p, family, &other);
}

/* Whether it can be a plain packet; then it is read. */
static bool read_plain(struct tstat_plain *p, const u8 *head, u32 head_len,
		       u32 wire_len, u8 family)
{
	enum tstat_plain_kind kind;

	kind = family == AF_INET ?
	       tstat_plain_kind(head, head_len, wire_len, AF_INET) :
	       tstat_plain_kind(head, head_len, wire_len, AF_INET6);
	if (kind != TSTAT_PLAIN_NONE)
		*p = family == AF_INET ?
		     tstat_plain_read(head, wire_len, AF_INET, kind) :
		     tstat_plain_read(head, wire_len, AF_INET6, kind);
	return kind != TSTAT_PLAIN_NONE;
}

/* The shortcut, where it is one; whether it was. */
static bool short_way(struct tstat_record *rec, const struct tstat_plain *p,
		      u8 family, const u8 *end, bool ethernet, u64 now_ns)
{
	bool tcp = tstat_plain_proto(p) == IPPROTO_TCP, ipv6 = family == AF_INET6;

	if (!rec->side[0].packets && !rec->side[1].packets) {
		if (!tstat_plain_begins(p, end))
			return false;
		memset(rec, 0xff, sizeof(*rec));
		tstat_plain_begin(rec, p, family, &ports, ethernet, now_ns);
		begun[ipv6][tcp]++;
		flips += tstat_record_orig(rec) != p->sender;
		return true;
	}
	if (!tstat_plain_is_of(p, family, &rec->tuple) ||
	    !tstat_plain_is_expected(rec, p))
		return false;
	tstat_plain_take(rec, p, family, now_ns);
	shortcuts[ipv6][tcp]++;
	return true;
}

static void both_ways(struct tstat_record rec[2],
		      const struct tstat_packet *pkt,
		      const struct tstat_plain *plain, u8 family,
		      const u8 *end, u64 now_ns)
{
	bool first = !rec[0].side[0].packets && !rec[0].side[1].packets;

	if (!first && !tstat_tuple_equal(&rec[0].tuple, &pkt->tuple))
		return;
	long_way(&rec[0], pkt, now_ns);
	if (!plain ||
	    !short_way(&rec[1], plain, family, end, pkt->ethernet, now_ns))
		long_way(&rec[1], pkt, now_ns);
	differs[first ? 7 : 5] += memcmp(&rec[0], &rec[1], sizeof(rec[0])) != 0;
	/* One difference is enough: not the same one again and again. */
	rec[1] = rec[0];
}

static void step(struct talk *talk, struct tstat_record rec[2], u64 now_ns)
{
	struct tstat_packet pkt = {
		.window_scale = TSTAT_NO_WINDOW_SCALE,
		.ethernet = one_in(2),
	};
	struct tstat_plain plain;
	bool known, is_plain;
	struct packet p;
	u32 head_len;
	u8 family;
	u8 *head;

	make_packet(&p, talk);
	if (one_in(50))
		p.len = 1 + below(p.len);
	head_len = one_in(20) ? below(p.len) + 1 : p.len;
	/* Nobody is to read beyond, and ASan sees to it. */
	head = malloc(head_len);
	memcpy(head, p.bytes, head_len);
	family = head[0] >> 4 == 6 ? AF_INET6 : AF_INET;
	known = tstat_parse(&(struct tstat_reader){ .head = head,
						    .head_len = head_len,
						    .wire_len = p.len }, &pkt);
	differs[6] += read_plain(&(struct tstat_plain){}, head, head_len, p.len,
				 family == AF_INET ? AF_INET6 : AF_INET);
	is_plain = read_plain(&plain, head, head_len, p.len, family);
	if (is_plain) {
		check_read(&plain, family, known, &pkt);
		check_others(&plain, family, &pkt);
	}
	if (known)
		both_ways(rec, &pkt, is_plain ? &plain : NULL, family,
			  head + head_len, now_ns);
	free(head);
}

static void converse(unsigned int kind)
{
	struct talk talk = {
		.family = kind & 1 ? AF_INET6 : AF_INET,
		.proto = kind & 2 ? IPPROTO_TCP : IPPROTO_UDP,
		.port = { (u16)(1 + below(3)), (u16)(1 + below(3)) },
		.low = { (u8)below(3), (u8)below(3) },
		.next = { (u32)random(), -2000U },
	};
	u64 now_ns = 1000 * TSTAT_NSEC_PER_SEC;
	struct tstat_record rec[2] = {};
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		/* Counts do not wrap, but stop. */
		if (one_in(500))
			rec[0].side[0].psh = rec[1].side[0].psh = U32_MAX - 1;
		now_ns += below(1000000);
		/* Captures go backwards at times, and so may two CPUs. */
		if (one_in(100))
			now_ns -= below(2000000);
		step(&talk, rec, now_ns);
	}
}

int main(void)
{
	static const char *const names[] = {
		"what is plain can be read", "the same is read",
		"it is of its flow", "with the same hash",
		"and of no other flow", "the record is the same",
		"nothing is plain of the other family",
		"what begins is the same",
	};
	unsigned int i;

	srandom(1);
	tstat_ports_parse(&ports, "udp/1,tcp/2");
	ktap_plan(ARRAY_SIZE(names) + 9);
	for (i = 0; i < 4 * CONVERSATIONS; i++)
		converse(i);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		ktap_ok(!differs[i], "%s: %lu differ", names[i], differs[i]);
	for (i = 0; i < 4; i++) {
		const char *proto = i >> 1 ? "TCP" : "UDP";
		unsigned int version = i & 1 ? 6 : 4;

		ktap_ok(shortcuts[i & 1][i >> 1] > ENOUGH,
			"%s over IPv%u: %lu shortcuts", proto, version,
			shortcuts[i & 1][i >> 1]);
		ktap_ok(begun[i & 1][i >> 1] > ENOUGH_BEGUN,
			"%s over IPv%u: %lu begun", proto, version,
			begun[i & 1][i >> 1]);
	}
	ktap_ok(flips > ENOUGH_BEGUN, "%lu begun with an answer", flips);
	return ktap_finish();
}
