// SPDX-License-Identifier: GPL-2.0
/* The flow table: plain packets of flows that the front does not know. */
#include <linux/err.h>

#include "event.h"
#include "table_plain.h"

static struct flow *find_fast(const struct tstat_table *table, u64 hash,
			      const struct tstat_plain *p, u8 family)
{
	const struct buckets *buckets = rcu_dereference(table->fast);
	struct flow *flow;

	for (flow = rcu_dereference(buckets->head[hash >> buckets->shift]);
	     flow; flow = rcu_dereference(flow->next)) {
		if (plain_is_of(p, family, flow))
			break;
	}
	return flow;
}

/* Whether it has a flow: a miss is certain only under the stripe's lock. */
static bool has_flow(struct stripe *stripe, u64 hash,
		     const struct tstat_plain *p, u8 family)
{
	struct flow *flow = locked(stripe, *bucket_of(stripe, hash));

	for (; flow; flow = locked(stripe, flow->next)) {
		if (!flow->end_reason &&
		    tstat_plain_is_of(p, family, &flow->tuple))
			return true;
	}
	return false;
}

static void begin(struct tstat_table *table, struct stripe *stripe, u64 hash,
		  const struct tstat_plain *p, u8 family, bool ethernet)
{
	bool wanted = tstat_events_wanted(table->env.events);
	u64 now_ns = ktime_get_ns();
	struct flow *flow;

	/* Seen first: nothing may be counted that was not. */
	tstat_ledger_seen(table->env.ledger, 1, p->ip_len);
	flow = tstat_flow_get(table, stripe, now_ns, wanted);
	if (IS_ERR(flow)) {
		tstat_ledger_unattributed(table->env.ledger,
					  tstat_flow_refusal(flow), 1,
					  p->ip_len);
		return;
	}
	spin_lock(&flow->lock);
	tstat_plain_begin(&flow->rec, p, family, table->env.ports, ethernet,
			  now_ns);
	tstat_flow_begun(table, flow, wanted);
	spin_unlock(&flow->lock);
	tstat_flow_link(stripe, hash, flow);
}

static bool begin_locked(struct tstat_table *table, u64 hash,
			 const struct tstat_plain *p, u8 family, bool ethernet)
{
	struct stripe *stripe = stripe_of(table, hash);
	bool is_new;

	spin_lock(&stripe->lock);
	is_new = !has_flow(stripe, hash, p, family);
	if (likely(is_new))
		begin(table, stripe, hash, p, family, ethernet);
	spin_unlock(&stripe->lock);
	return is_new;
}

/**
 * tstat_table_account_plain() - account a plain packet, if it is one to us
 * @table: the table
 * @p: the packet; not of a flow in the front
 * @family: AF_INET or AF_INET6
 * @end: behind the bytes that lie in one piece with its headers
 * @ethernet: it comes from or goes to an Ethernet device
 *
 * It is where it tells nothing new of its flow, or begins one.
 *
 * Context: RCU read lock, bottom halves off.
 * Return: whether it was accounted, or found no room; in the ledger too.
 */
bool tstat_table_account_plain(struct tstat_table *table,
			       const struct tstat_plain *p, u8 family,
			       const u8 *end, bool ethernet)
{
	u64 hash = tstat_plain_hash(p, family, &table->key);
	struct flow *flow = find_fast(table, hash, p, family);

	if (flow)
		return plain_take(table, p, family, flow,
				  plain_place(table, p, family));
	return tstat_plain_begins(p, end) &&
	       begin_locked(table, hash, p, family, ethernet);
}
