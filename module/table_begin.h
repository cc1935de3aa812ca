/* SPDX-License-Identifier: GPL-2.0 */
/* The flow table: what is done of every flow that begins. */
#ifndef _TSTAT_TABLE_BEGIN_H
#define _TSTAT_TABLE_BEGIN_H

#include <linux/err.h>

#include "event.h"
#include "table_impl.h"
#include "trace.h"

/* Whether tstat_flow_alloc() could only say ENOSPC; nothing is written here. */
static inline bool is_at_limit(const struct tstat_table *table)
{
	return atomic_read(&table->count) - atomic_read(&table->ended) >=
	       (s32)READ_ONCE(table->max_flows);
}

/* Whether there is no memory for a flow because there are too many. */
static inline bool is_full(const struct flow *flow)
{
	return flow == ERR_PTR(-ENOSPC) || flow == ERR_PTR(-EDQUOT);
}

/**
 * tstat_flow_get() - get memory for a new flow
 * @table: its table
 * @stripe: its stripe, locked
 * @now_ns: the time
 * @wanted: whether events get numbers
 *
 * With the table full, another flow makes room, or none can.
 *
 * Return: the flow, to be written but for its lock; or an error, see
 * tstat_flow_refusal().
 */
static __always_inline struct flow *tstat_flow_get(struct tstat_table *table,
						   struct stripe *stripe,
						   u64 now_ns, bool wanted)
{
	struct flow *flow = ERR_PTR(-ENOSPC);

	if (likely(!is_at_limit(table)))
		flow = tstat_flow_alloc(table);
	if (likely(!is_full(flow)))
		return flow;
	/* What stays for its event has its memory from the table's share. */
	return tstat_table_evict(table, stripe,
				 end_stay(wanted, flow == ERR_PTR(-ENOSPC)),
				 now_ns);
}

/**
 * tstat_flow_begun() - tell of a new flow
 * @table: its table
 * @flow: the flow, its first packet accounted; locked
 * @answered: whether that tells that it is established: seen from its middle
 *	on, it takes one packet
 * @wanted: whether events get numbers
 */
static __always_inline void tstat_flow_begun(struct tstat_table *table,
					     struct flow *flow, bool answered,
					     bool wanted)
{
	flow->end_reason = 0;
	flow->events = 0;
	flow->in_front = false;
	trace_flow_new(&flow->rec, 0);
	if (answered)
		trace_flow_established(&flow->rec, 0);
	if (unlikely(wanted))
		tstat_flow_event(table, flow, TUPLESTAT_EVENT_NEW |
				 (answered ? TUPLESTAT_EVENT_ESTABLISHED : 0));
}

/**
 * tstat_flow_link() - put a new flow at the head of its bucket
 * @stripe: its stripe, locked
 * @head: the head of its bucket
 * @flow: the flow
 */
static inline void tstat_flow_link(struct stripe *stripe,
				   struct flow __rcu **head, struct flow *flow)
{
	RCU_INIT_POINTER(flow->next, locked(stripe, *head));
	rcu_assign_pointer(*head, flow);
}

#endif /* _TSTAT_TABLE_BEGIN_H */
