// SPDX-License-Identifier: GPL-2.0
/* The 5-tuple: one key for both directions of a flow, and its hash. */
#include "sip.h"
#include "tuple.h"

/* Any total order will do, as long as both directions agree on it. */
static bool swap_v4(u32 src, u32 dst, __be16 src_port, __be16 dst_port)
{
	return ((u64)src << 16 | (__force u16)src_port) >
	       ((u64)dst << 16 | (__force u16)dst_port);
}

static bool swap_v6(const union tstat_addr *src, const union tstat_addr *dst,
		    __be16 src_port, __be16 dst_port)
{
	if (src->quads[0] != dst->quads[0])
		return src->quads[0] > dst->quads[0];
	if (src->quads[1] != dst->quads[1])
		return src->quads[1] > dst->quads[1];
	return (__force u16)src_port > (__force u16)dst_port;
}

/**
 * tstat_tuple_init() - make the key of a packet
 * @tuple: written whole
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @src: source address, 4 or 16 bytes by @family, any alignment
 * @dst: destination address, likewise
 * @src_port: source port, network byte order
 * @dst_port: destination port, network byte order
 *
 * Return: the side (0 or 1) that sent the packet.
 */
unsigned int tstat_tuple_init(struct tstat_tuple *tuple, u8 family, u8 proto,
			      const u8 *src, const u8 *dst,
			      __be16 src_port, __be16 dst_port)
{
	size_t len = family == AF_INET ? 4 : 16;
	union tstat_addr from = {}, to = {};
	unsigned int sender;

	memcpy(from.bytes, src, len);
	memcpy(to.bytes, dst, len);
	if (family == AF_INET)
		sender = swap_v4(from.words[0], to.words[0], src_port, dst_port);
	else
		sender = swap_v6(&from, &to, src_port, dst_port);

	tuple->addr[sender] = from;
	tuple->addr[!sender] = to;
	tuple->port[sender] = src_port;
	tuple->port[!sender] = dst_port;
	tuple->family = family;
	tuple->proto = proto;
	memset(tuple->zero, 0, sizeof(tuple->zero));
	return sender;
}

/**
 * tstat_hash_bytes() - keyed hash of some bytes
 * @bytes: the bytes, any alignment
 * @len: how many
 * @key: a secret
 *
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF").
 *
 * Return: 64 bits, every one of them fit to choose a bucket.
 */
u64 tstat_hash_bytes(const void *bytes, size_t len,
		     const struct tstat_hash_key *key)
{
	const u8 *p = bytes;
	u8 tail[8] = {};
	size_t left;
	struct sip v;

	sip_begin(&v, key);
	for (left = len; left >= 8; left -= 8, p += 8)
		sip_word(&v, get_unaligned_le64(p));
	memcpy(tail, p, left);
	tail[7] = len & 0xff;
	sip_word(&v, get_unaligned_le64(tail));
	return sip_end(&v);
}

/**
 * tstat_tuple_hash() - keyed hash of a tuple
 * @tuple: the tuple
 * @key: the secret of the table
 *
 * tstat_hash_bytes() of both addresses, both ports, the protocol: 13 bytes for
 * IPv4 and 37 for IPv6, taken from where they are. The kernel's hsiphash() is
 * the same function, but gives 32 of the 64 bits; the order of the table and
 * of dumps wants all of them.
 *
 * Return: 64 bits.
 */
u64 tstat_tuple_hash(const struct tstat_tuple *tuple,
		     const struct tstat_hash_key *key)
{
	const union tstat_addr *addr = tuple->addr;
	u64 len = tuple->family == AF_INET ? 13 : 37;
	struct sip v;

	sip_begin(&v, key);
	if (tuple->family == AF_INET) {
		sip_word(&v, get_unaligned_le32(addr[0].bytes) |
			     (u64)get_unaligned_le32(addr[1].bytes) << 32);
	} else {
		sip_word(&v, get_unaligned_le64(addr[0].bytes));
		sip_word(&v, get_unaligned_le64(addr[0].bytes + 8));
		sip_word(&v, get_unaligned_le64(addr[1].bytes));
		sip_word(&v, get_unaligned_le64(addr[1].bytes + 8));
	}
	/* The last word has what is left of the bytes, and how many there were. */
	sip_word(&v, get_unaligned_le32(tuple->port) |
		     (u64)tuple->proto << 32 | len << 56);
	return sip_end(&v);
}
