/* SPDX-License-Identifier: GPL-2.0 */
/* Packets for the unit tests, put together layer by layer. */
#ifndef TUPLESTAT_PACKET_H
#define TUPLESTAT_PACKET_H

#include "parse.h"

/**
 * struct packet - a packet that grows from its IP header on
 * @bytes: the packet
 * @len: how long it is
 */
struct packet {
	u8 bytes[70000];
	u32 len;
};

static inline void put_bytes(struct packet *p, const void *bytes, u32 len)
{
	memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static inline void put8(struct packet *p, u8 value)
{
	p->bytes[p->len++] = value;
}

static inline void put16(struct packet *p, u16 value)
{
	put8(p, value >> 8);
	put8(p, value & 0xff);
}

static inline void put32(struct packet *p, u32 value)
{
	put16(p, value >> 16);
	put16(p, value & 0xffff);
}

static inline void put_zeros(struct packet *p, u32 len)
{
	memset(p->bytes + p->len, 0, len);
	p->len += len;
}

static inline void set16(struct packet *p, u32 offset, u16 value)
{
	p->bytes[offset] = value >> 8;
	p->bytes[offset + 1] = value & 0xff;
}

/* 10.0.0.1 -> 10.0.0.2; @options is a number of octets, a multiple of 4. */
static inline void put_ipv4(struct packet *p, u8 proto, u32 options)
{
	p->len = 0;
	put8(p, 0x40 | (5 + options / 4));
	put8(p, 0);
	put16(p, 0);		/* total length: see finish() */
	put16(p, 0x1234);
	put16(p, 0);
	put8(p, 64);
	put8(p, proto);
	put16(p, 0);
	put32(p, 0x0a000001);
	put32(p, 0x0a000002);
	put_zeros(p, options);
}

/* 2001:db8::1 -> 2001:db8::2 */
static inline void put_ipv6(struct packet *p, u8 next_header)
{
	p->len = 0;
	put32(p, 0x60000000);
	put16(p, 0);		/* payload length: see finish() */
	put8(p, next_header);
	put8(p, 64);
	put32(p, 0x20010db8);
	put_zeros(p, 11);
	put8(p, 1);
	put32(p, 0x20010db8);
	put_zeros(p, 11);
	put8(p, 2);
}

/* An extension header of (@words + 1) * 8 octets. */
static inline void put_exthdr(struct packet *p, u8 next_header, u8 words)
{
	put8(p, next_header);
	put8(p, words);
	put8(p, 1);		/* PadN over the rest, if these are options */
	put8(p, words * 8 + 4);
	put_zeros(p, words * 8 + 4);
}

/* Port 40000 -> 443; @options is a number of octets, a multiple of 4. */
static inline void put_tcp(struct packet *p, u8 flags, u32 options, u32 payload)
{
	put16(p, 40000);
	put16(p, 443);
	put32(p, 0x01020304);
	put32(p, 0x01020305);	/* as if it answered a SYN like itself */
	put8(p, (5 + options / 4) << 4);
	put8(p, flags);
	put16(p, 0xabcd);
	put32(p, 0);
	put_zeros(p, options + payload);
}

/* Port 5000 -> 53; @len is what the header says. */
static inline void put_udp(struct packet *p, u16 len, u32 payload)
{
	put16(p, 5000);
	put16(p, 53);
	put16(p, len);
	put16(p, 0);
	put_zeros(p, payload);
}

/* Write the length of the whole into its IP header. */
static inline void finish(struct packet *p)
{
	if (p->bytes[0] >> 4 == 4)
		set16(p, 2, p->len);
	else
		set16(p, 4, p->len - 40);
}

#endif /* TUPLESTAT_PACKET_H */
