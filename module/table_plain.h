/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow table: the way of a plain packet, for hook.c. Of a flow that talks
 * it ends here, else it goes on in table_plain.c.
 */
#ifndef _TSTAT_TABLE_PLAIN_H
#define _TSTAT_TABLE_PLAIN_H

#include <linux/ktime.h>

#include "core/plain.h"
#include "table_front.h"

/* Whether it is the flow of a packet, as far as can be seen without its lock. */
static __always_inline bool plain_is_of(const struct tstat_plain *p, u8 family,
					const struct flow *flow)
{
	/* It may become another's flow while we look. */
	return data_race(tstat_plain_is_of(p, family, &flow->tuple));
}

static __always_inline struct flow __rcu **
plain_place(const struct tstat_table *table, const struct tstat_plain *p,
	    u8 family)
{
	return tstat_front_place(table, rcu_dereference(table->fast), p->addr,
				 family, tstat_plain_tail(p, family));
}

/*
 * Account a packet to a flow, if it tells nothing new of it. A flow that was
 * not found in its @place is offered it; else that is NULL.
 */
static __always_inline bool plain_take(struct tstat_table *table,
				       const struct tstat_plain *p, u8 family,
				       struct flow *flow,
				       struct flow __rcu **place)
{
	u64 now_ns = ktime_get_ns();
	bool good;

	lockdep_assert_in_softirq();
	spin_lock(&flow->lock);
	good = !flow->end_reason && tstat_plain_is_of(p, family, &flow->tuple) &&
	       tstat_plain_is_expected(&flow->rec, p);
	if (likely(good)) {
		/* Seen first: nothing may be counted that was not. */
		tstat_ledger_seen(table->env.ledger, 1, p->ip_len);
		tstat_plain_take(&flow->rec, p, family, now_ns);
		if (place)
			tstat_front_offer(place, flow, now_ns);
	}
	spin_unlock(&flow->lock);
	return good;
}

/**
 * enum tstat_plain_way - what became of a packet that could be plain
 * @TSTAT_PLAIN_TAKEN: it was accounted, in the ledger too
 * @TSTAT_PLAIN_NOT: it tells something new of its flow
 * @TSTAT_PLAIN_UNKNOWN: its flow is not in its place in the front, for
 *	tstat_table_account_plain()
 */
enum tstat_plain_way {
	TSTAT_PLAIN_TAKEN,
	TSTAT_PLAIN_NOT,
	TSTAT_PLAIN_UNKNOWN,
};

/**
 * tstat_table_account_front() - account a packet to a flow that talks
 * @table: the table
 * @ip: the bytes from the IP header on
 * @wire_len: bytes of the packet from the IP header on
 * @family: AF_INET or AF_INET6, a constant
 * @kind: a segment or a datagram, a constant too, so that each has code of its
 *	own
 *
 * Context: RCU read lock, bottom halves off.
 * Return: enum tstat_plain_way.
 */
static __always_inline enum tstat_plain_way
tstat_table_account_front(struct tstat_table *table, const u8 *ip, u32 wire_len,
			  u8 family, enum tstat_plain_kind kind)
{
	const struct tstat_plain p = tstat_plain_read(ip, wire_len, family,
						      kind);
	struct flow *flow;

	flow = rcu_dereference(*plain_place(table, &p, family));
	if (unlikely(!flow || !plain_is_of(&p, family, flow)))
		return TSTAT_PLAIN_UNKNOWN;
	return plain_take(table, &p, family, flow, NULL) ? TSTAT_PLAIN_TAKEN :
							   TSTAT_PLAIN_NOT;
}

bool tstat_table_account_plain_v4(struct tstat_table *table, const u8 *ip,
				  u32 wire_len, const u8 *end,
				  enum tstat_plain_kind kind, bool ethernet);
bool tstat_table_account_plain_v6(struct tstat_table *table, const u8 *ip,
				  u32 wire_len, const u8 *end,
				  enum tstat_plain_kind kind, bool ethernet);
bool tstat_table_begin_plain_v4(struct tstat_table *table, const u8 *ip,
				u32 wire_len, const u8 *end, bool ethernet);
bool tstat_table_begin_plain_v6(struct tstat_table *table, const u8 *ip,
				u32 wire_len, const u8 *end, bool ethernet);

#endif /* _TSTAT_TABLE_PLAIN_H */
