/* SPDX-License-Identifier: GPL-2.0 */
/* The 5-tuple: one key for both directions of a flow, and its hash. */
#ifndef _TSTAT_CORE_TUPLE_H
#define _TSTAT_CORE_TUPLE_H

#include "port.h"

/**
 * union tstat_addr - an IPv4 or IPv6 address in network byte order
 * @bytes: the address; IPv4 takes the first four, the others are zero
 * @words: the same, for comparing
 * @quads: the same, for comparing
 */
union tstat_addr {
	u8 bytes[16];
	u32 words[4];
	u64 quads[2];
};

/**
 * struct tstat_tuple - the 5-tuple, the same for both directions
 * @addr: addresses of the two sides; side 0 is the one that compares lower
 * @port: their ports, network byte order
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @zero: always zero, so that the tuple compares as whole 64-bit words
 * @tail: ports, family, protocol and zero, for comparing
 *
 * Sides are numbered by address and port alone, so either direction of a flow
 * finds the same key. Who initiated the flow is a bit of the record.
 */
struct tstat_tuple {
	union tstat_addr addr[2];
	union {
		struct {
			__be16 port[2];
			u8 family;
			u8 proto;
			u8 zero[2];
		};
		u64 tail;
	};
};

/**
 * struct tstat_hash_key - the secret that keeps others from choosing buckets
 * @k: 128 random bits
 */
struct tstat_hash_key {
	u64 k[2];
};

/**
 * tstat_tuple_equal() - compare two tuples
 * @a: one tuple
 * @b: the other
 *
 * Return: whether both are the same flow's.
 */
static inline bool tstat_tuple_equal(const struct tstat_tuple *a,
				     const struct tstat_tuple *b)
{
	/* The tail differs most, and one branch is less than five. */
	return !((a->tail ^ b->tail) |
		 (a->addr[0].quads[0] ^ b->addr[0].quads[0]) |
		 (a->addr[1].quads[0] ^ b->addr[1].quads[0]) |
		 (a->addr[0].quads[1] ^ b->addr[0].quads[1]) |
		 (a->addr[1].quads[1] ^ b->addr[1].quads[1]));
}

/**
 * tstat_tuple_swaps() - which of two hosts is side 1
 * @src: address of the source
 * @dst: address of the destination
 * @ports: port of the source, then of the destination, as they lie in memory,
 *	read as little endian
 *
 * Any total order will do, as long as both directions agree on it.
 *
 * Return: whether it is the source.
 */
static __always_inline bool tstat_tuple_swaps(const union tstat_addr *src,
					      const union tstat_addr *dst,
					      u32 ports)
{
	if (likely(src->quads[0] != dst->quads[0]))
		return src->quads[0] > dst->quads[0];
	if (src->quads[1] != dst->quads[1])
		return src->quads[1] > dst->quads[1];
	return (ports & U16_MAX) > ports >> 16;
}

unsigned int tstat_tuple_init(struct tstat_tuple *tuple, u8 family, u8 proto,
			      const u8 *src, const u8 *dst,
			      __be16 src_port, __be16 dst_port);
u64 tstat_hash_bytes(const void *bytes, size_t len,
		     const struct tstat_hash_key *key);
u64 tstat_tuple_hash(const struct tstat_tuple *tuple,
		     const struct tstat_hash_key *key);

#endif /* _TSTAT_CORE_TUPLE_H */
