/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plain packet, which nearly every packet is: whole, its headers in one
 * piece, without options of IP, of a flow that is known and goes on as it was.
 *
 * All that parse.c, tuple.c and account.c do of it is done here in one go, in
 * registers. What is not plain is left to them, and of what is they say the
 * same: for both the whole of this file is a shortcut, and nothing is lost
 * without it.
 */
#ifndef _TSTAT_CORE_PLAIN_H
#define _TSTAT_CORE_PLAIN_H

#include "headers.h"
#include "history.h"
#include "parse.h"
#include "record.h"
#include "sip.h"
#include "verdict.h"

/**
 * struct tstat_plain - what the headers of a plain packet say
 * @addr: each side's address, as in its tuple; used by quads alone
 * @ports: of side 0, then of side 1, as they lie in memory, little endian
 * @ip_len: bytes of layer 3 and up
 * @l4_len: bytes of layer 4 and up
 * @payload_len: bytes above layer 4
 * @seq: TCP sequence number; this and the next three are zero for UDP
 * @ack: TCP acknowledgment number
 * @window: TCP window as sent, not scaled
 * @tcp_flags: TCP flags
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @sender: the side that sent it
 */
struct tstat_plain {
	union tstat_addr addr[2];
	u32 ports;
	u32 ip_len;
	u32 l4_len;
	u32 payload_len;
	u32 seq;
	u32 ack;
	u16 window;
	u8 tcp_flags;
	u8 proto;
	u8 sender;
};

static __always_inline bool plain_udp(const u8 *udp, struct tstat_plain *p)
{
	p->tcp_flags = 0;
	p->seq = 0;
	p->ack = 0;
	p->window = 0;
	p->payload_len = p->l4_len - HDR_UDP_MIN_LEN;
	return get_unaligned_be16(udp + HDR_UDP_LENGTH) == p->l4_len;
}

static __always_inline bool plain_tcp(const u8 *tcp, struct tstat_plain *p)
{
	u32 len = (tcp[HDR_TCP_DATA_OFFSET] >> 4) * 4;

	p->tcp_flags = tcp[HDR_TCP_FLAGS];
	p->payload_len = p->l4_len - len;
	p->seq = get_unaligned_be32(tcp + HDR_TCP_SEQ);
	p->ack = get_unaligned_be32(tcp + HDR_TCP_ACK);
	p->window = get_unaligned_be16(tcp + HDR_TCP_WINDOW);
	return (p->tcp_flags & ~TSTAT_TCP_PSH) == TSTAT_TCP_ACK &&
	       len >= HDR_TCP_MIN_LEN && len <= p->l4_len;
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

static __always_inline void plain_swap(u64 *a, u64 *b)
{
	u64 other = *a;

	*a = *b;
	*b = other;
}

/* From source and destination to the two sides of a tuple. */
static __always_inline void plain_order(struct tstat_plain *p)
{
	p->sender = tstat_tuple_swaps(&p->addr[0], &p->addr[1], p->ports);
	if (!p->sender)
		return;
	/* By words: a whole address would be copied in memory. */
	plain_swap(&p->addr[0].quads[0], &p->addr[1].quads[0]);
	plain_swap(&p->addr[0].quads[1], &p->addr[1].quads[1]);
	p->ports = p->ports << 16 | p->ports >> 16;
}

static __always_inline bool plain_v4(const u8 *ip, u32 wire_len,
				     struct tstat_plain *p)
{
	p->addr[0].quads[0] = plain_addr_v4(ip + HDR_IPV4_SRC);
	p->addr[0].quads[1] = 0;
	p->addr[1].quads[0] = plain_addr_v4(ip + HDR_IPV4_DST);
	p->addr[1].quads[1] = 0;
	p->proto = ip[HDR_IPV4_PROTOCOL];
	/* Version 4, five words. */
	return ip[HDR_IPV4_VERSION_IHL] == 0x45 &&
	       get_unaligned_be16(ip + HDR_IPV4_TOTAL_LEN) == wire_len &&
	       !(get_unaligned_be16(ip + HDR_IPV4_FRAGMENT) &
		 (HDR_IPV4_MORE_FRAGMENTS | HDR_IPV4_FRAGMENT_OFFSET));
}

static __always_inline bool plain_v6(const u8 *ip, u32 wire_len,
				     struct tstat_plain *p)
{
	p->addr[0].quads[0] = plain_quad(ip + HDR_IPV6_SRC);
	p->addr[0].quads[1] = plain_quad(ip + HDR_IPV6_SRC + 8);
	p->addr[1].quads[0] = plain_quad(ip + HDR_IPV6_DST);
	p->addr[1].quads[1] = plain_quad(ip + HDR_IPV6_DST + 8);
	p->proto = ip[HDR_IPV6_NEXT_HEADER];
	return ip[0] >> 4 == 6 &&
	       get_unaligned_be16(ip + HDR_IPV6_PAYLOAD_LEN) ==
	       wire_len - HDR_IPV6_LEN;
}

/**
 * tstat_plain_read() - read the headers of a packet, if it can be a plain one
 * @p: what they say; written where it is
 * @ip: the bytes from the IP header on that lie in one piece
 * @head_len: how many of them
 * @wire_len: bytes of the packet from the IP header on
 * @family: AF_INET or AF_INET6, a constant
 *
 * Return: whether it can.
 */
static __always_inline bool tstat_plain_read(struct tstat_plain *p,
					     const u8 *ip, u32 head_len,
					     u32 wire_len, u8 family)
{
	const u32 ip_len = family == AF_INET ? HDR_IPV4_MIN_LEN : HDR_IPV6_LEN;
	const u8 *l4 = ip + ip_len;
	bool good;

	if (unlikely(head_len < ip_len + HDR_UDP_MIN_LEN))
		return false;
	good = family == AF_INET ? plain_v4(ip, wire_len, p) :
				   plain_v6(ip, wire_len, p);
	if (unlikely(!good))
		return false;
	p->ip_len = wire_len;
	p->l4_len = wire_len - ip_len;
	p->ports = get_unaligned_le32(l4);
	if (p->proto == IPPROTO_TCP)
		good = head_len >= ip_len + HDR_TCP_MIN_LEN && plain_tcp(l4, p);
	else
		good = p->proto == IPPROTO_UDP && plain_udp(l4, p);
	if (likely(good))
		plain_order(p);
	return good;
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
	return sip_tuple(key, family, p->addr, p->ports, p->proto);
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
	u64 tail = le64_of(p->ports | (u64)family << 32 | (u64)p->proto << 40);

	if (tuple->tail != tail ||
	    tuple->addr[0].quads[0] != p->addr[0].quads[0] ||
	    tuple->addr[1].quads[0] != p->addr[1].quads[0])
		return false;
	/* Of IPv4 these are zero, as the family says. */
	return family == AF_INET ||
	       (tuple->addr[0].quads[1] == p->addr[0].quads[1] &&
		tuple->addr[1].quads[1] == p->addr[1].quads[1]);
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
	u32 window = (u32)p->window << mine->window_scale;
	u8 has = p->payload_len ? TSTAT_HAS_DATA : TSTAT_HAS_ACK;

	return rec->state == TUPLESTAT_STATE_ESTABLISHED &&
	       tstat_verdict_end(rec, 0) == TSTAT_END_ESTABLISHED &&
	       tstat_verdict_end(rec, 1) == TSTAT_END_ESTABLISHED &&
	       p->seq == rec->next_seq[p->sender] &&
	       p->seq == rec->whole_seq[p->sender] &&
	       (s32)(p->ack - rec->whole_seq[!p->sender]) <= 0 &&
	       rec->letters[p->sender] & has &&
	       window && !(window >> mine->window_bits) && mine->psh < U32_MAX;
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
	if (p->proto == IPPROTO_TCP)
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
					     u64 now_ns)
{
	struct tstat_side *mine = &rec->side[p->sender];

	mine->packets++;
	mine->ip_bytes += p->ip_len;
	mine->l4_bytes += p->l4_len;
	mine->payload_bytes += p->payload_len;
	if (p->proto == IPPROTO_TCP) {
		mine->psh += !!(p->tcp_flags & TSTAT_TCP_PSH);
		rec->next_seq[p->sender] = p->seq + p->payload_len;
		rec->whole_seq[p->sender] = p->seq + p->payload_len;
	}
	if (now_ns > rec->last_ns)
		rec->last_ns = now_ns;
}

#endif /* _TSTAT_CORE_PLAIN_H */
