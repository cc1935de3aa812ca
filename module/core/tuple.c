// SPDX-License-Identifier: GPL-2.0
/* The 5-tuple: one key for both directions of a flow, and its hash. */
#include "sip.h"
#include "tuple.h"

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
	u32 ports;

	memcpy(from.bytes, src, len);
	memcpy(to.bytes, dst, len);
	ports = get_unaligned_le16(&src_port) |
		(u32)get_unaligned_le16(&dst_port) << 16;
	sender = tstat_tuple_swaps(&from, &to, ports);

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
 * SipHash-1-3, see sip.h.
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
 * IPv4 and 37 for IPv6, taken from where they are.
 *
 * Return: 64 bits.
 */
u64 tstat_tuple_hash(const struct tstat_tuple *tuple,
		     const struct tstat_hash_key *key)
{
	return sip_tuple(key, tuple->family, tuple->addr,
			 get_unaligned_le32(tuple->port), tuple->proto);
}
