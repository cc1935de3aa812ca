// SPDX-License-Identifier: GPL-2.0
/* The flow table: walks through it, and the sum of what is live. */
#include <linux/sched.h>

#include "table_impl.h"

/**
 * tstat_cursor_next_bucket() - move a cursor behind the bucket that it is in
 * @table: the table
 * @stripe: the stripe of the bucket, locked
 * @cursor: the cursor
 *
 * Return: whether it is in a bucket of the same stripe now.
 */
bool tstat_cursor_next_bucket(struct tstat_table *table,
			      struct stripe *stripe,
			      struct tstat_cursor *cursor)
{
	const struct buckets *buckets = stripe->buckets;
	u64 bucket = (cursor->hash >> buckets->shift) + 1;

	cursor->end = bucket == buckets->count;
	cursor->hash = bucket << buckets->shift;
	return !cursor->end && stripe == stripe_of(table, cursor->hash);
}

/**
 * tstat_cursor_seek() - move a cursor to a bucket that has flows
 * @stripe: the stripe of the cursor, locked
 * @cursor: the cursor; stays where its own bucket has some, else it goes to the
 *	first one behind, or behind the stripe
 *
 * Most buckets of most tables are empty: to pass one takes four instructions.
 *
 * Return: whether there is one in this stripe.
 */
bool tstat_cursor_seek(struct stripe *stripe, struct tstat_cursor *cursor)
{
	const struct buckets *buckets = stripe->buckets;
	u64 bucket = cursor->hash >> buckets->shift;
	u64 end = (bucket | (buckets->count / STRIPES - 1)) + 1;

	lockdep_assert_held(&stripe->lock);
	if (rcu_access_pointer(buckets->head[bucket]))
		return true;
	do {
		bucket++;
	} while (bucket < end && !rcu_access_pointer(buckets->head[bucket]));
	cursor->end = bucket == buckets->count;
	cursor->hash = bucket << buckets->shift;
	return bucket < end;
}

/*
 * A cursor that was at the beginning of a bucket may be inside of one, after
 * the table got fewer: then the flows before it are passed.
 */
static int visit_bucket(struct tstat_table *table, struct stripe *stripe,
			u64 from, struct tstat_record *copy,
			tstat_visit_t visit, void *data)
{
	bool inside = from << (TSTAT_HASH_BITS - stripe->buckets->shift);
	struct flow *flow;
	bool ended;
	int err;

	for (flow = locked(stripe, *bucket_of(stripe, from)); flow;
	     flow = locked(stripe, flow->next)) {
		if (inside && hash_of(table, flow) < from)
			continue;
		spin_lock(&flow->lock);
		ended = flow->end_reason;
		*copy = flow->rec;
		spin_unlock(&flow->lock);
		err = ended ? 0 : visit(copy, data);
		if (err)
			return err;
	}
	return 0;
}

/* One hold of a stripe's lock: a bucket, behind empty ones. */
static int walk_stripe(struct tstat_table *table, struct tstat_cursor *cursor,
		       struct tstat_record *copy, tstat_visit_t visit,
		       void *data)
{
	struct stripe *stripe = stripe_of(table, cursor->hash);
	int err = 0;

	spin_lock_bh(&stripe->lock);
	if (tstat_cursor_seek(stripe, cursor)) {
		err = visit_bucket(table, stripe, cursor->hash, copy, visit,
				   data);
		if (!err)
			tstat_cursor_next_bucket(table, stripe, cursor);
	}
	spin_unlock_bh(&stripe->lock);
	return err;
}

/**
 * tstat_table_walk_bucket() - visit the flows of a bucket
 * @table: the table
 * @cursor: where to go on; moved behind the bucket, unless a visit fails
 * @copy: written; what @visit is given. The caller's, since kernels that clear
 *	what is on the stack would clear one for each bucket
 * @visit: called for each flow; for none, if only empty buckets were found
 * @data: passed to @visit
 *
 * A flow that is in the table from the first call to that which sets
 * @cursor->end is visited exactly once (but for a bucket that is begun again
 * because a visit failed), whatever else comes and goes, resizing included.
 *
 * Context: process, may sleep.
 * Return: 0, or what a visit returned.
 */
int tstat_table_walk_bucket(struct tstat_table *table,
			    struct tstat_cursor *cursor,
			    struct tstat_record *copy, tstat_visit_t visit,
			    void *data)
{
	int err;

	might_sleep();
	err = walk_stripe(table, cursor, copy, visit, data);
	cond_resched();
	return err;
}

static void add_bucket(struct tstat_table *table, struct stripe *stripe,
		       u64 hash, struct tstat_total *live)
{
	struct flow *flow;

	for (flow = locked(stripe, *bucket_of(stripe, hash)); flow;
	     flow = locked(stripe, flow->next)) {
		spin_lock(&flow->lock);
		if (!flow->end_reason)
			tstat_total_add_record(live, &flow->rec);
		spin_unlock(&flow->lock);
	}
}

/* One hold of a stripe's lock; what ends from then on was counted here. */
static void add_stripe(struct tstat_table *table, struct tstat_cursor *cursor,
		       struct tstat_total *live)
{
	struct stripe *stripe = stripe_of(table, cursor->hash);
	struct table_sum *sum = &table->sum;
	unsigned int hold = HOLD_BUDGET;

	spin_lock_bh(&stripe->lock);
	do {
		if (!tstat_cursor_seek(stripe, cursor))
			break;
		add_bucket(table, stripe, cursor->hash, live);
	} while (tstat_cursor_next_bucket(table, stripe, cursor) && --hold);
	spin_lock(&sum->lock);
	sum->below = cursor->hash;
	sum->all = cursor->end;
	spin_unlock(&sum->lock);
	spin_unlock_bh(&stripe->lock);
}

/**
 * tstat_table_sum_begin() - prepare to add up live flows and the ledger
 * @table: the table
 *
 * Before the caller waits until no packet is in the hooks that came before.
 */
void tstat_table_sum_begin(struct tstat_table *table)
{
	struct table_sum *sum = &table->sum;

	sum->below = 0;
	sum->all = false;
	sum->twice = (struct tstat_total){};
	WRITE_ONCE(sum->active, true);
}

/**
 * tstat_table_sum_live() - add up what is live
 * @table: the table
 * @live: the sum
 *
 * Context: process, may sleep.
 */
void tstat_table_sum_live(struct tstat_table *table, struct tstat_total *live)
{
	struct tstat_cursor cursor = {};

	while (!cursor.end) {
		add_stripe(table, &cursor, live);
		cond_resched();
	}
}

/**
 * tstat_table_sum_end() - take the ledger, and from the sum what has ended since
 * @table: the table
 * @live: the sum of what is live
 * @book: written whole; what ended is in this or in @live, never in both
 *
 * Context: process, may sleep.
 */
void tstat_table_sum_end(struct tstat_table *table, struct tstat_total *live,
			 struct tstat_book *book)
{
	struct table_sum *sum = &table->sum;

	spin_lock_bh(&sum->lock);
	tstat_ledger_sum(table->env.ledger, book);
	live->flows -= sum->twice.flows;
	live->packets -= sum->twice.packets;
	live->bytes -= sum->twice.bytes;
	WRITE_ONCE(sum->active, false);
	spin_unlock_bh(&sum->lock);
}
