/* SPDX-License-Identifier: GPL-2.0 */
/* Which flow the later fragments of a datagram belong to. */
#ifndef _TSTAT_CORE_FRAG_H
#define _TSTAT_CORE_FRAG_H

#include "parse.h"
#include "port.h"
#include "tuple.h"

/* How many datagrams are remembered at once; a full set forgets its oldest. */
#define TSTAT_FRAG_SETS 256
#define TSTAT_FRAG_WAYS 4

/**
 * struct tstat_frag_entry - a datagram whose first fragment was seen
 * @key: what its fragments have in common
 * @src_port: source port, network byte order
 * @dst_port: destination port, network byte order
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @until_ns: forgotten then; 0 if the entry was never used
 */
struct tstat_frag_entry {
	struct tstat_frag_key key;
	__be16 src_port;
	__be16 dst_port;
	u8 proto;
	u64 until_ns;
};

/**
 * struct tstat_frags - the datagrams that are being fragmented
 * @secret: of the hash, so that nobody can aim at a set
 * @set: entries, by hash of the key
 *
 * The owner holds a lock around tstat_frag_place().
 */
struct tstat_frags {
	struct tstat_hash_key secret;
	struct tstat_frag_entry set[TSTAT_FRAG_SETS][TSTAT_FRAG_WAYS];
};

bool tstat_frag_place(struct tstat_frags *frags, struct tstat_packet *pkt,
		      u64 now_ns);

#endif /* _TSTAT_CORE_FRAG_H */
