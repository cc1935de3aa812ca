/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plain packet, which nearly every packet is: whole, its headers in one
 * piece, without options of IP, of a flow that is known and goes on as it was.
 *
 * All that parse.c, tuple.c and account.c do of it is done here in one go, in
 * registers. So is a flow begun by what most flows begin with, a SYN or a
 * datagram (plain_begin.h). What is not plain is left to them, and of what is
 * they say the same: all of this is a shortcut, and nothing is lost without it.
 */
#ifndef _TSTAT_CORE_PLAIN_H
#define _TSTAT_CORE_PLAIN_H

#include "headers.h"
#include "history.h"
#include "parse.h"
#include "ports.h"
#include "record.h"
#include "sip.h"
#include "verdict.h"

/**
 * enum tstat_plain_kind - what a packet is that can be plain
 * @TSTAT_PLAIN_NONE: it cannot
 * @TSTAT_PLAIN_SYN: a SYN, with no other flag
 * @TSTAT_PLAIN_SEGMENT: an ACK, perhaps with PSH
 * @TSTAT_PLAIN_DATAGRAM: of UDP
 */
enum tstat_plain_kind {
	TSTAT_PLAIN_NONE,
	TSTAT_PLAIN_SYN,
	TSTAT_PLAIN_SEGMENT,
	TSTAT_PLAIN_DATAGRAM,
};

/**
 * struct tstat_plain - what the headers of a plain packet say
 * @addr: each side's address, as in its tuple; used by quads alone
 * @l4: its TCP or UDP header
 * @ports: of side 0, then of side 1, as they lie in memory, little endian
 * @ip_len: bytes of layer 3 and up
 * @payload_len: bytes above layer 4
 * @sender: the side that sent it
 * @kind: what it is
 *
 * What else the TCP header says is read where it is needed, in place: there are
 * not registers enough for all of it.
 */
struct tstat_plain {
	union tstat_addr addr[2];
	const u8 *l4;
	u32 ports;
	u32 ip_len;
	u32 payload_len;
	unsigned int sender;
	enum tstat_plain_kind kind;
};

/**
 * tstat_plain_proto() - its protocol
 * @p: the packet
 *
 * Return: IPPROTO_TCP or IPPROTO_UDP.
 */
static __always_inline u8 tstat_plain_proto(const struct tstat_plain *p)
{
	return p->kind == TSTAT_PLAIN_DATAGRAM ? IPPROTO_UDP : IPPROTO_TCP;
}

/**
 * tstat_plain_l4_len() - its bytes of layer 4 and up
 * @p: the packet
 * @family: AF_INET or AF_INET6
 *
 * Return: bytes.
 */
static __always_inline u32 tstat_plain_l4_len(const struct tstat_plain *p,
					      u8 family)
{
	return p->ip_len - (family == AF_INET ? HDR_IPV4_MIN_LEN :
						HDR_IPV6_LEN);
}

static __always_inline u32 plain_tcp_len(const u8 *l4)
{
	return (l4[HDR_TCP_DATA_OFFSET] >> 4) * 4;
}

static __always_inline enum tstat_plain_kind plain_tcp(const u8 *l4, u32 l4_len)
{
	u32 len = plain_tcp_len(l4);
	u8 flags = l4[HDR_TCP_FLAGS];

	if (len < HDR_TCP_MIN_LEN || len > l4_len)
		return TSTAT_PLAIN_NONE;
	if (likely((flags & ~TSTAT_TCP_PSH) == TSTAT_TCP_ACK))
		return TSTAT_PLAIN_SEGMENT;
	return flags == TSTAT_TCP_SYN ? TSTAT_PLAIN_SYN : TSTAT_PLAIN_NONE;
}

static __always_inline bool plain_v4(const u8 *ip, u32 wire_len)
{
	/* Version 4, five words. */
	return ip[HDR_IPV4_VERSION_IHL] == 0x45 &&
	       get_unaligned_be16(ip + HDR_IPV4_TOTAL_LEN) == wire_len &&
	       !(get_unaligned_be16(ip + HDR_IPV4_FRAGMENT) &
		 (HDR_IPV4_MORE_FRAGMENTS | HDR_IPV4_FRAGMENT_OFFSET));
}

static __always_inline bool plain_v6(const u8 *ip, u32 wire_len)
{
	return ip[0] >> 4 == 6 &&
	       get_unaligned_be16(ip + HDR_IPV6_PAYLOAD_LEN) ==
	       wire_len - HDR_IPV6_LEN;
}

/**
 * tstat_plain_kind() - whether a packet can be a plain one, by its headers
 * @ip: the bytes from the IP header on that lie in one piece
 * @head_len: how many of them
 * @wire_len: bytes of the packet from the IP header on
 * @family: AF_INET or AF_INET6, a constant
 *
 * Return: what it is then, for tstat_plain_read().
 */
static __always_inline enum tstat_plain_kind
tstat_plain_kind(const u8 *ip, u32 head_len, u32 wire_len, u8 family)
{
	const u32 ip_len = family == AF_INET ? HDR_IPV4_MIN_LEN : HDR_IPV6_LEN;
	u32 l4_len = wire_len - ip_len;
	u8 proto;

	if (unlikely(head_len < ip_len + HDR_UDP_MIN_LEN))
		return TSTAT_PLAIN_NONE;
	if (unlikely(!(family == AF_INET ? plain_v4(ip, wire_len) :
					   plain_v6(ip, wire_len))))
		return TSTAT_PLAIN_NONE;
	proto = ip[family == AF_INET ? HDR_IPV4_PROTOCOL : HDR_IPV6_NEXT_HEADER];
	if (proto == IPPROTO_TCP)
		return head_len < ip_len + HDR_TCP_MIN_LEN ? TSTAT_PLAIN_NONE :
		       plain_tcp(ip + ip_len, l4_len);
	return proto == IPPROTO_UDP &&
	       get_unaligned_be16(ip + ip_len + HDR_UDP_LENGTH) == l4_len ?
	       TSTAT_PLAIN_DATAGRAM : TSTAT_PLAIN_NONE;
}

static __always_inline u64 plain_quad(const u8 *from)
{
	u64 quad;

	memcpy(&quad, from, sizeof(quad));
	return quad;
}

/* An IPv4 address as the first quad of a union tstat_addr. */
static __always_inline u64 plain_addr_v4(const u8 *from)
{
	union {
		u32 word[2];
		u64 quad;
	} addr = {};

	memcpy(addr.word, from, 4);
	return addr.quad;
}

static __always_inline union tstat_addr plain_addr(const u8 *from, u8 family)
{
	union tstat_addr addr = {};

	if (family == AF_INET)
		addr.quads[0] = plain_addr_v4(from);
	else
		addr = (union tstat_addr){
			.quads = { plain_quad(from), plain_quad(from + 8) },
		};
	return addr;
}

/**
 * tstat_plain_read() - read the headers of a packet that can be a plain one
 * @ip: the bytes from the IP header on; a pointer to them is kept
 * @wire_len: bytes of the packet from the IP header on
 * @family: AF_INET or AF_INET6, a constant
 * @kind: what tstat_plain_kind() said of these, and not that it cannot
 *
 * Return: what they say.
 */
static __always_inline struct tstat_plain
tstat_plain_read(const u8 *ip, u32 wire_len, u8 family,
		 enum tstat_plain_kind kind)
{
	const bool v4 = family == AF_INET;
	const u8 *src = ip + (v4 ? HDR_IPV4_SRC : HDR_IPV6_SRC);
	const u8 *dst = ip + (v4 ? HDR_IPV4_DST : HDR_IPV6_DST);
	const u8 *l4 = ip + (v4 ? HDR_IPV4_MIN_LEN : HDR_IPV6_LEN);
	const union tstat_addr from = plain_addr(src, family);
	const union tstat_addr to = plain_addr(dst, family);
	const u32 ports = get_unaligned_le32(l4);
	const bool swap = tstat_tuple_swaps(&from, &to, ports);
	struct tstat_plain p = {
		.addr = {
			plain_addr(swap ? dst : src, family),
			plain_addr(swap ? src : dst, family),
		},
		.l4 = l4,
		.ports = swap ? ports << 16 | ports >> 16 : ports,
		.ip_len = wire_len,
		.sender = swap,
		.kind = kind,
	};

	p.payload_len = tstat_plain_l4_len(&p, family) -
			(kind == TSTAT_PLAIN_DATAGRAM ? HDR_UDP_MIN_LEN :
							plain_tcp_len(l4));
	return p;
}

/**
 * tstat_plain_hash() - tstat_tuple_hash() of its flow
 * @p: the packet
 * @family: AF_INET or AF_INET6, a constant
 * @key: the secret of the table
 *
 * Return: 64 bits.
 */
static __always_inline u64 tstat_plain_hash(const struct tstat_plain *p,
					    u8 family,
					    const struct tstat_hash_key *key)
{
	return sip_tuple(key, family, p->addr, p->ports, tstat_plain_proto(p));
}

/**
 * tstat_plain_tail() - the tail of its flow's tuple
 * @p: the packet
 * @family: AF_INET or AF_INET6, a constant
 *
 * Return: the tail.
 */
static __always_inline u64 tstat_plain_tail(const struct tstat_plain *p,
					    u8 family)
{
	return le64_of(p->ports | (u64)family << 32 |
		       (u64)tstat_plain_proto(p) << 40);
}

/**
 * tstat_plain_is_of() - whether a packet is of a flow
 * @p: the packet
 * @family: AF_INET or AF_INET6, a constant
 * @tuple: the tuple of the flow
 *
 * Return: whether it is.
 */
static __always_inline bool tstat_plain_is_of(const struct tstat_plain *p,
					      u8 family,
					      const struct tstat_tuple *tuple)
{
	if (tuple->tail != tstat_plain_tail(p, family) ||
	    tuple->addr[0].quads[0] != p->addr[0].quads[0] ||
	    tuple->addr[1].quads[0] != p->addr[1].quads[0])
		return false;
	/* Of IPv4 these are zero, as the family says. */
	return family == AF_INET ||
	       (tuple->addr[0].quads[1] == p->addr[0].quads[1] &&
		tuple->addr[1].quads[1] == p->addr[1].quads[1]);
}

/* Whether a connection is open, and was seen to be opened. */
static __always_inline bool plain_is_open(const struct tstat_record *rec)
{
	const struct tstat_record mask = {
		.state = U8_MAX,
		.end = { TSTAT_END_MASK, TSTAT_END_MASK },
	};
	const struct tstat_record open = {
		.state = TUPLESTAT_STATE_ESTABLISHED,
		.end = { TSTAT_END_ESTABLISHED, TSTAT_END_ESTABLISHED },
	};

	return (rec->where & mask.where) == open.where;
}

/* Whether a window is neither zero nor larger than those before. */
static __always_inline bool plain_window(const struct tstat_side *mine,
					 u32 window)
{
	return window && !(window << mine->window_scale >> mine->window_bits);
}

/*
 * Whether a segment is the next one of an open connection (header prediction:
 * Van Jacobson, RFC 1323). Of all that account.c does there is then nothing
 * left but to count it and to move the numbers on.
 */
static __always_inline bool plain_segment(const struct tstat_record *rec,
					  const struct tstat_plain *p)
{
	const struct tstat_side *mine = &rec->side[p->sender];
	u32 seq = get_unaligned_be32(p->l4 + HDR_TCP_SEQ);
	u32 ack = get_unaligned_be32(p->l4 + HDR_TCP_ACK);

	return p->kind == TSTAT_PLAIN_SEGMENT && plain_is_open(rec) &&
	       seq == rec->next_seq[p->sender] &&
	       seq == rec->whole_seq[p->sender] &&
	       (s32)(ack - rec->whole_seq[!p->sender]) <= 0 &&
	       plain_window(mine, get_unaligned_be16(p->l4 + HDR_TCP_WINDOW)) &&
	       rec->letters[p->sender] & (p->payload_len ? TSTAT_HAS_DATA :
							   TSTAT_HAS_ACK) &&
	       mine->psh < U32_MAX;
}

/**
 * tstat_plain_is_expected() - whether a packet tells nothing new
 * @rec: its flow
 * @p: the packet
 *
 * Return: whether all there is to do is tstat_plain_take().
 */
static __always_inline bool
tstat_plain_is_expected(const struct tstat_record *rec,
			const struct tstat_plain *p)
{
	if (p->kind != TSTAT_PLAIN_DATAGRAM)
		return plain_segment(rec, p);
	/* The first one of a side is noted, and the state follows it. */
	return rec->letters[p->sender] & TSTAT_HAS_DATA;
}

/**
 * tstat_plain_take() - account a packet that tells nothing new
 * @rec: its flow
 * @p: the packet
 * @now_ns: its time
 */
static __always_inline void tstat_plain_take(struct tstat_record *rec,
					     const struct tstat_plain *p,
					     u8 family, u64 now_ns)
{
	struct tstat_side *mine = &rec->side[p->sender];

	mine->packets++;
	mine->ip_bytes += p->ip_len;
	mine->l4_bytes += tstat_plain_l4_len(p, family);
	mine->payload_bytes += p->payload_len;
	if (p->kind != TSTAT_PLAIN_DATAGRAM) {
		mine->psh += !!(p->l4[HDR_TCP_FLAGS] & TSTAT_TCP_PSH);
		rec->next_seq[p->sender] += p->payload_len;
		rec->whole_seq[p->sender] += p->payload_len;
	}
	if (now_ns > rec->last_ns)
		rec->last_ns = now_ns;
}

#endif /* _TSTAT_CORE_PLAIN_H */
