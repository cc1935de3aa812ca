/* SPDX-License-Identifier: GPL-2.0 */
/* Packets with addresses and times, and capture files of them. */
#ifndef TUPLESTAT_CAPTURE_H
#define TUPLESTAT_CAPTURE_H

#include <stdlib.h>

#include "packet.h"

#define SECOND 1000000000ULL

/* Where the captures of the tests begin, ns since 1970-01-01 UTC. */
#define BEGIN_NS (1700000000 * SECOND)

/**
 * struct talk - who sends a packet to whom
 * @family: 4 or 6
 * @src: last byte of the source address, 10.0.0.x or 2001:db8::x
 * @dst: last byte of the destination address
 * @sport: source port
 * @dport: destination port
 */
struct talk {
	u8 family;
	u8 src;
	u8 dst;
	u16 sport;
	u16 dport;
};

static inline struct talk back(struct talk talk)
{
	return (struct talk){ talk.family, talk.dst, talk.src, talk.dport,
			      talk.sport };
}

static inline void put_ip(struct packet *p, const struct talk *talk, u8 proto)
{
	if (talk->family == 4) {
		put_ipv4(p, proto, 0);
		p->bytes[15] = talk->src;
		p->bytes[19] = talk->dst;
	} else {
		put_ipv6(p, proto);
		p->bytes[23] = talk->src;
		p->bytes[39] = talk->dst;
	}
}

static inline void set_ports(struct packet *p, u32 offset,
			     const struct talk *talk)
{
	set16(p, offset, talk->sport);
	set16(p, offset + 2, talk->dport);
}

static inline void make_tcp(struct packet *p, struct talk talk, u8 flags,
			    u32 payload)
{
	u32 offset;

	put_ip(p, &talk, IPPROTO_TCP);
	offset = p->len;
	put_tcp(p, flags, 0, payload);
	set_ports(p, offset, &talk);
	finish(p);
}

static inline void make_udp(struct packet *p, struct talk talk, u32 payload)
{
	u32 offset;

	put_ip(p, &talk, IPPROTO_UDP);
	offset = p->len;
	put_udp(p, (u16)(8 + payload), payload);
	set_ports(p, offset, &talk);
	finish(p);
}

/*
 * A fragment of a datagram of UDP, IPv4: @words is flags and offset / 8. Only
 * the first one carries the ports.
 */
static inline void make_fragment(struct packet *p, struct talk talk, u16 words,
				 u32 len)
{
	put_ip(p, &talk, IPPROTO_UDP);
	if (words & 0x1fff) {
		put_zeros(p, len);
	} else {
		put_udp(p, 3000, len - 8);
		set_ports(p, 20, &talk);
	}
	finish(p);
	set16(p, 6, words);
}

/**
 * struct capture - a capture file in memory
 * @bytes: the file
 * @len: how long it is
 * @swapped: the file's integers are in the byte order that is not this
 *	machine's
 * @nanoseconds: times are in nanoseconds, not microseconds
 */
struct capture {
	u8 *bytes;
	size_t len;
	bool swapped;
	bool nanoseconds;
};

static inline void capture_add(struct capture *c, const void *bytes,
			       size_t len)
{
	c->bytes = realloc(c->bytes, c->len + len);
	if (!c->bytes)
		abort();
	memcpy(c->bytes + c->len, bytes, len);
	c->len += len;
}

static inline void capture_add32(struct capture *c, u32 value)
{
	if (c->swapped)
		value = __builtin_bswap32(value);
	capture_add(c, &value, sizeof(value));
}

static inline void capture_add16(struct capture *c, u16 value)
{
	if (c->swapped)
		value = __builtin_bswap16(value);
	capture_add(c, &value, sizeof(value));
}

/* The header of a pcap file; @link as in the file (LINKTYPE_*). */
static inline void capture_begin(struct capture *c, u32 link)
{
	capture_add32(c, c->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	capture_add16(c, 2);
	capture_add16(c, 4);
	capture_add32(c, 0);
	capture_add32(c, 0);
	capture_add32(c, 262144);
	capture_add32(c, link);
}

/* One packet behind @link_len bytes of link header, of which @snap are kept. */
static inline void capture_frame(struct capture *c, const void *link,
				 u32 link_len, const struct packet *p,
				 u64 now_ns, u32 snap)
{
	u32 fraction = now_ns % SECOND / (c->nanoseconds ? 1 : 1000);
	u32 len = link_len + p->len;

	capture_add32(c, (u32)(now_ns / SECOND));
	capture_add32(c, fraction);
	capture_add32(c, len < snap ? len : snap);
	capture_add32(c, len);
	capture_add(c, link, link_len < snap ? link_len : snap);
	if (snap > link_len)
		capture_add(c, p->bytes,
			    len < snap ? p->len : snap - link_len);
}

/* The usual: Ethernet, the whole packet. */
static inline void capture_packet(struct capture *c, const struct packet *p,
				  u64 now_ns)
{
	u8 link[14] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00 };

	if (p->bytes[0] >> 4 == 6) {
		link[12] = 0x86;
		link[13] = 0xdd;
	}
	capture_frame(c, link, sizeof(link), p, now_ns, U32_MAX);
}

static inline void capture_free(struct capture *c)
{
	free(c->bytes);
	c->bytes = NULL;
	c->len = 0;
}

#endif /* TUPLESTAT_CAPTURE_H */
