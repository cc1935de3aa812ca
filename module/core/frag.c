// SPDX-License-Identifier: GPL-2.0
/*
 * Which flow the later fragments of a datagram belong to.
 *
 * Only the first fragment carries the ports. It is remembered by what all of
 * them have in common: both addresses, the identification and the protocol
 * (RFC 791 section 3.2, RFC 8200 section 4.5).
 */
#include "account.h"
#include "frag.h"

/* As long as hosts wait for fragments: IP_FRAG_TIME, IPV6_FRAG_TIMEOUT. */
static u64 lifetime_ns(u8 family)
{
	return (family == AF_INET ? 30 : 60) * TSTAT_NSEC_PER_SEC;
}

static bool is_entry(const struct tstat_frag_entry *entry,
		     const struct tstat_frag_key *key, u64 now_ns)
{
	return entry->until_ns > now_ns &&
	       !memcmp(&entry->key, key, sizeof(*key));
}

static struct tstat_frag_entry *find(struct tstat_frag_entry *set,
				     const struct tstat_frag_key *key,
				     u64 now_ns)
{
	int i;

	for (i = 0; i < TSTAT_FRAG_WAYS; i++) {
		if (is_entry(&set[i], key, now_ns))
			return &set[i];
	}
	return NULL;
}

/* The same datagram again (its identification was reused), or the oldest. */
static struct tstat_frag_entry *find_room(struct tstat_frag_entry *set,
					  const struct tstat_frag_key *key,
					  u64 now_ns)
{
	struct tstat_frag_entry *oldest = find(set, key, now_ns);
	int i;

	if (oldest)
		return oldest;
	oldest = set;
	for (i = 1; i < TSTAT_FRAG_WAYS; i++) {
		if (set[i].until_ns < oldest->until_ns)
			oldest = &set[i];
	}
	return oldest;
}

static void remember(struct tstat_frag_entry *set,
		     const struct tstat_packet *pkt, u64 now_ns)
{
	struct tstat_frag_entry *entry = find_room(set, &pkt->frag, now_ns);

	entry->key = pkt->frag;
	entry->src_port = pkt->tuple.port[pkt->sender];
	entry->dst_port = pkt->tuple.port[!pkt->sender];
	entry->proto = pkt->tuple.proto;
	entry->until_ns = now_ns + lifetime_ns(pkt->frag.family);
}

/**
 * tstat_frag_place() - find the flow of a fragment
 * @frags: the datagrams that are being fragmented; the caller holds its lock
 * @pkt: a fragment (@pkt->fragment is not TSTAT_FRAGMENT_NONE) as tstat_parse()
 *	left it: a first one is remembered, a later one gets its tuple
 * @now_ns: time of the packet
 *
 * Fragments that overtake their first one have no flow; so have those that
 * come when it is forgotten.
 *
 * Return: whether @pkt has its tuple now.
 */
bool tstat_frag_place(struct tstat_frags *frags, struct tstat_packet *pkt,
		      u64 now_ns)
{
	const struct tstat_frag_key *key = &pkt->frag;
	struct tstat_frag_entry *set, *entry;

	set = frags->set[tstat_hash_bytes(key, sizeof(*key), &frags->secret) %
			 TSTAT_FRAG_SETS];
	if (pkt->fragment == TSTAT_FRAGMENT_FIRST) {
		remember(set, pkt, now_ns);
		return true;
	}
	entry = find(set, key, now_ns);
	if (!entry)
		return false;
	pkt->sender = tstat_tuple_init(&pkt->tuple, key->family, entry->proto,
				       key->src.bytes, key->dst.bytes,
				       entry->src_port, entry->dst_port);
	return true;
}
