/* SPDX-License-Identifier: GPL-2.0 */
/* The flow table: what is done of every flow that ends, whatever the reason. */
#ifndef _TSTAT_TABLE_END_H
#define _TSTAT_TABLE_END_H

#include "event.h"
#include "table_front.h"
#include "trace.h"

void tstat_flow_end_in_sum(struct tstat_table *table, const struct flow *flow);
bool tstat_flow_may_stay(struct tstat_table *table, enum end_stay stay);

/**
 * tstat_flow_end() - end a live flow
 * @table: its table
 * @flow: the flow, in its bucket; the stripe is locked, the flow is not
 * @reason: why
 * @stay: whether it is to stay for its event
 *
 * Return: whether it is to stay in its bucket, until its event is taken.
 */
static __always_inline bool tstat_flow_end(struct tstat_table *table,
					   struct flow *flow,
					   enum tuplestat_end_reason reason,
					   enum end_stay stay)
{
	bool stays = unlikely(stay != END_UNHEARD) &&
		     tstat_flow_may_stay(table, stay);

	lockdep_assert_in_softirq();
	spin_lock(&flow->lock);
	flow->end_reason = reason;
	tstat_front_leave(table, flow);
	if (likely(!READ_ONCE(table->sum.active)))
		tstat_ledger_ended(table->env.ledger, reason, &flow->rec);
	else
		tstat_flow_end_in_sum(table, flow);
	trace_flow_end(&flow->rec, reason);
	if (unlikely(stays))
		tstat_flow_end_event(table, flow);
	spin_unlock(&flow->lock);
	return stays;
}

/**
 * tstat_flow_unlink() - take an ended flow out of its bucket
 * @stripe: its stripe, locked
 * @place: what points to it
 * @flow: the flow
 */
static inline void tstat_flow_unlink(struct stripe *stripe,
				     struct flow __rcu **place,
				     struct flow *flow)
{
	rcu_assign_pointer(*place, locked(stripe, flow->next));
}

#endif /* _TSTAT_TABLE_END_H */
