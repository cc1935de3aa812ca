/* SPDX-License-Identifier: GPL-2.0 */
/* The flow table: the way of a plain packet, for hook.c. */
#ifndef _TSTAT_TABLE_PLAIN_H
#define _TSTAT_TABLE_PLAIN_H

#include <linux/ktime.h>

#include "core/plain.h"
#include "table_impl.h"

static __always_inline struct flow *
plain_flow(const struct tstat_table *table, const struct tstat_plain *p,
	   u8 family)
{
	u64 hash = tstat_plain_hash(p, family, &table->key);
	struct buckets *buckets = rcu_dereference(table->fast);
	struct flow *flow;

	for (flow = rcu_dereference(buckets->head[hash >> buckets->shift]);
	     flow; flow = rcu_dereference(flow->next)) {
		/* It may become another's flow while we look. */
		if (data_race(tstat_plain_is_of(p, family, &flow->tuple)))
			break;
	}
	return flow;
}

/**
 * tstat_table_account_plain() - account a packet, if it tells nothing new
 * @table: the table
 * @p: the packet
 * @family: AF_INET or AF_INET6, a constant
 *
 * Context: RCU read lock, bottom halves off.
 * Return: whether it was accounted, in the ledger too.
 */
static __always_inline bool
tstat_table_account_plain(struct tstat_table *table,
			  const struct tstat_plain *p, u8 family)
{
	struct flow *flow = plain_flow(table, p, family);
	u64 now_ns;
	bool good;

	if (unlikely(!flow))
		return false;
	now_ns = ktime_get_ns();
	spin_lock(&flow->lock);
	good = !flow->end_reason && tstat_plain_is_of(p, family, &flow->tuple) &&
	       tstat_plain_is_expected(&flow->rec, p);
	if (likely(good)) {
		/* Seen first: nothing may be counted that was not. */
		tstat_ledger_seen(table->env.ledger, 1, p->ip_len);
		tstat_plain_take(&flow->rec, p, now_ns);
	}
	spin_unlock(&flow->lock);
	return good;
}

#endif /* _TSTAT_TABLE_PLAIN_H */
