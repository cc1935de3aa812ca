// SPDX-License-Identifier: GPL-2.0
/* The flow table: how it grows and shrinks while it is used. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "table_impl.h"

/*
 * Move the flows of one stripe. Readers that follow a chain meanwhile end up in
 * another and miss, as account_fast() may. The old heads are cleared, since
 * readers may still look there when the flows are long freed.
 */
static void move_stripe(struct tstat_table *table, u32 index,
			struct buckets *to)
{
	struct stripe *stripe = &table->stripe[index];
	struct buckets *from = stripe->buckets;
	u32 per_stripe = from->count >> STRIPE_BITS;
	struct flow *flow, *next;
	struct flow __rcu **head;
	u32 i;

	spin_lock_bh(&stripe->lock);
	for (i = index * per_stripe; i < (index + 1) * per_stripe; i++) {
		flow = locked(stripe, from->head[i]);
		RCU_INIT_POINTER(from->head[i], NULL);
		for (; flow; flow = next) {
			next = locked(stripe, flow->next);
			head = &to->head[hash_of(table, flow) >> to->shift];
			rcu_assign_pointer(flow->next, locked(stripe, *head));
			rcu_assign_pointer(*head, flow);
		}
	}
	stripe->buckets = to;
	stripe->hand = index * (to->count >> STRIPE_BITS);
	spin_unlock_bh(&stripe->lock);
}

/**
 * tstat_table_resize() - change how many flows a table takes
 * @table: the table, in use
 * @max_flows: most flows it takes from now on. Where it has more, these stay
 *	until they end or make room for new ones
 *
 * Context: process, may sleep; one at a time.
 * Return: 0 or -ENOMEM, then nothing has changed.
 */
int tstat_table_resize(struct tstat_table *table, u32 max_flows)
{
	struct buckets *from = rcu_dereference_protected(table->fast, true);
	struct buckets *to;
	u32 i;

	/* Flows above the new limit still want their buckets. */
	to = tstat_buckets_alloc(max_t(u32, max_flows,
				       atomic_read(&table->count)));
	if (!to)
		return -ENOMEM;
	WRITE_ONCE(table->max_flows, max_flows);
	if (to->count == from->count) {
		kvfree(to);
		return 0;
	}
	for (i = 0; i < STRIPES; i++) {
		move_stripe(table, i, to);
		cond_resched();
	}
	rcu_assign_pointer(table->fast, to);
	synchronize_rcu();
	kvfree(from);
	return 0;
}
