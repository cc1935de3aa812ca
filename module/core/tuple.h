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

unsigned int tstat_tuple_init(struct tstat_tuple *tuple, u8 family, u8 proto,
			      const u8 *src, const u8 *dst,
			      __be16 src_port, __be16 dst_port);
u64 tstat_hash_bytes(const void *bytes, size_t len,
		     const struct tstat_hash_key *key);
u64 tstat_tuple_hash(const struct tstat_tuple *tuple,
		     const struct tstat_hash_key *key);

#endif /* _TSTAT_CORE_TUPLE_H */
