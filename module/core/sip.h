/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"): one
 * round a word, three at the end. The kernel's hsiphash() is the same function,
 * but gives 32 of the 64 bits; the order of the table and of dumps wants all.
 */
#ifndef _TSTAT_CORE_SIP_H
#define _TSTAT_CORE_SIP_H

#include "tuple.h"

/* Named words, inlined: as an array they would be in memory all the time. */
struct sip {
	u64 a, b, c, d;
};

static __always_inline u64 rotl(u64 value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static __always_inline void sip_round(struct sip *v)
{
	v->a += v->b;
	v->b = rotl(v->b, 13) ^ v->a;
	v->a = rotl(v->a, 32);
	v->c += v->d;
	v->d = rotl(v->d, 16) ^ v->c;
	v->a += v->d;
	v->d = rotl(v->d, 21) ^ v->a;
	v->c += v->b;
	v->b = rotl(v->b, 17) ^ v->c;
	v->c = rotl(v->c, 32);
}

static __always_inline void sip_word(struct sip *v, u64 word)
{
	v->d ^= word;
	sip_round(v);
	v->a ^= word;
}

static __always_inline void sip_begin(struct sip *v,
				      const struct tstat_hash_key *key)
{
	v->a = key->k[0] ^ 0x736f6d6570736575ULL;
	v->b = key->k[1] ^ 0x646f72616e646f6dULL;
	v->c = key->k[0] ^ 0x6c7967656e657261ULL;
	v->d = key->k[1] ^ 0x7465646279746573ULL;
}

static __always_inline u64 sip_end(struct sip *v)
{
	v->c ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v->a ^ v->b ^ v->c ^ v->d;
}

/* What lies in memory like @value, read as little endian; or back. */
static __always_inline u64 le64_of(u64 value)
{
	return get_unaligned_le64(&value);
}

/* Of a tuple: @ports as they lie in memory, read as little endian. */
static __always_inline u64 sip_tuple(const struct tstat_hash_key *key,
				     u8 family, const union tstat_addr addr[2],
				     u32 ports, u8 proto)
{
	u64 len = family == AF_INET ? 13 : 37;
	struct sip v;

	sip_begin(&v, key);
	if (family == AF_INET) {
		sip_word(&v, le64_of(addr[0].quads[0]) |
			     le64_of(addr[1].quads[0]) << 32);
	} else {
		sip_word(&v, le64_of(addr[0].quads[0]));
		sip_word(&v, le64_of(addr[0].quads[1]));
		sip_word(&v, le64_of(addr[1].quads[0]));
		sip_word(&v, le64_of(addr[1].quads[1]));
	}
	/* The last word has what is left of the bytes, and how many there were. */
	sip_word(&v, ports | (u64)proto << 32 | len << 56);
	return sip_end(&v);
}

#endif /* _TSTAT_CORE_SIP_H */
