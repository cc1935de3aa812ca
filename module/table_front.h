/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The front of the flow table: places where a flow that talks is found without
 * its keyed hash, which is half of what finding it takes.
 *
 * A flow has one place, by a plain mix of its tuple, and is there if no other
 * was first. Nothing depends on it: who is not found there is looked for by the
 * hash, so whoever chooses tuples that share a place gains nothing but to be
 * looked for as all others would be, were there no front.
 *
 * A place is written without a lock, but for a flow only under the lock of that
 * flow: when a packet was counted to it, and when it ends. So none is left that
 * points to a flow that is being freed. Read under RCU.
 */
#ifndef _TSTAT_TABLE_FRONT_H
#define _TSTAT_TABLE_FRONT_H

#include <linux/bitops.h>

#include "table_impl.h"

/* Who was silent for so long leaves its place to who talks. */
#define FRONT_IDLE_NS NSEC_PER_SEC

/**
 * tstat_front_place() - the place of a flow
 * @table: its table
 * @buckets: of the table
 * @addr: addresses of its tuple
 * @family: AF_INET or AF_INET6
 * @tail: the tail of its tuple
 *
 * Return: the place.
 */
static __always_inline struct flow __rcu **
tstat_front_place(const struct tstat_table *table,
		  const struct buckets *buckets,
		  const union tstat_addr addr[2], u8 family, u64 tail)
{
	u64 a = addr[0].quads[0], b = addr[1].quads[0], mix;

	/* Of IPv4 these are zero. */
	if (family == AF_INET6) {
		a += addr[0].quads[1];
		b += addr[1].quads[1];
	}
	mix = (a ^ rol64(b, 32)) * table->mix[0] + tail * table->mix[1];
	return &buckets->front[mix >> buckets->shift];
}

/**
 * tstat_front_offer() - put a flow in its place, if nobody needs it more
 * @place: the place
 * @flow: the flow; locked, alive, and of now
 * @now_ns: the time
 *
 * Context: RCU read lock.
 */
static inline void tstat_front_offer(struct flow __rcu **place,
				     struct flow *flow, u64 now_ns)
{
	const struct flow *other = rcu_dereference(*place);
	u64 last_ns = other ? READ_ONCE(other->rec.last_ns) : 0;

	lockdep_assert_held(&flow->lock);
	if (other && (now_ns <= last_ns || now_ns - last_ns <= FRONT_IDLE_NS))
		return;
	flow->in_front = true;
	rcu_assign_pointer(*place, flow);
}

/**
 * tstat_front_leave() - a flow leaves its place, if it is there
 * @table: its table
 * @flow: the flow; locked, and ended
 *
 * Context: bottom halves off. During a resize it may be in the place that it
 * has in the old array: nobody looks there any more by the time it is freed.
 */
static inline void tstat_front_leave(const struct tstat_table *table,
				     struct flow *flow)
{
	const struct tstat_tuple *tuple = &flow->tuple;
	struct flow __rcu **place;

	lockdep_assert_held(&flow->lock);
	if (!flow->in_front)
		return;
	place = tstat_front_place(table, rcu_dereference_bh(table->fast),
				  tuple->addr, tuple->family, tuple->tail);
	if (unlikely(rcu_access_pointer(*place) == flow))
		cmpxchg((__force struct flow **)place, flow, NULL);
}

#endif /* _TSTAT_TABLE_FRONT_H */
