/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inside of the flow table, for the files table* alone: table.c has the way
 * of a packet, table_plain.[hc] its shortcut, table_begin.h how flows begin,
 * table_end.[hc] how they end, table_evict.c what makes room, table_walk.c how
 * others look, table_resize.c how it grows.
 *
 * An array of bucket heads, the bucket taken from the high bits of the hash:
 * the order of buckets is the order of hashes. Readers walk a bucket under RCU
 * alone. Writers hold the lock of the stripe, which is the part of the hash
 * space with the same highest bits, so it covers the same flows in an array of
 * any size.
 *
 * Lock order: stripe, then flow, then sum; all with bottom halves off. Of two
 * stripes the second is only ever tried.
 */
#ifndef _TSTAT_TABLE_IMPL_H
#define _TSTAT_TABLE_IMPL_H

#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "ledger.h"
#include "table.h"

#define STRIPE_BITS 8
#define STRIPES BIT(STRIPE_BITS)
#define TSTAT_HASH_BITS 64

/* Buckets and flows that are looked at in one hold of a stripe's lock. */
#define HOLD_BUDGET 256

/**
 * struct flow - a flow in the table: 256 bytes, four cache lines
 * @next: next flow of the bucket; written under the lock of the stripe, read
 *	under RCU
 * @lock: protects all that follows; the tuple is also read without it, and
 *	then to be read again with it
 * @end_reason: why it ended, 0 while it lives. What has ended is not counted
 *	any more; it is in its bucket until its event was taken
 * @events: what its next event has to tell, enum tuplestat_events
 * @in_front: whether it was put in its place in the front, table_front.h
 * @rec: what is counted
 * @tuple: the key, the first member of @rec
 * @rcu: to free it, once out of its bucket; it overlays nothing that readers
 *	look at who found the flow before
 *
 * A flow that makes room for another is not freed, but becomes the other: so
 * one that was found under RCU may be of another tuple when it is locked.
 */
struct flow {
	struct flow __rcu *next;
	spinlock_t lock;
	u8 end_reason;
	u8 events;
	bool in_front;

	union {
		struct tstat_record rec;
		struct {
			struct tstat_tuple tuple;
			struct rcu_head rcu;
		};
	};
};

/**
 * struct buckets - the array of bucket heads, replaced as a whole by a resize
 * @shift: bucket = hash >> @shift
 * @count: number of buckets, a power of two, STRIPES or more
 * @front: as many places where a flow may be found at once, see table_front.h
 * @head: first flow of each bucket; written under the lock of its stripe
 */
struct buckets {
	unsigned int shift;
	u32 count;
	struct flow __rcu **front;
	struct flow __rcu *head[];
};

/**
 * struct stripe - writers' side of a part of the hash space
 * @lock: held to change a chain or what is below
 * @hand: the bucket where the search for what may make room goes on
 * @round_ns: when it last began at the first bucket of the stripe
 * @buckets: the array that holds the flows of this stripe. During a resize
 *	it is the new one already, while readers still look in the old one:
 *	they miss there, come here, and find it
 */
struct stripe {
	spinlock_t lock;
	u32 hand;
	u64 round_ns;
	struct buckets *buckets;
};

/**
 * struct table_sum - a count of all live flows that is under way
 * @lock: protects the rest, and holds the ledger of ended flows still
 * @active: whether there is one
 * @all: every flow was counted
 * @below: flows with a hash below this one were counted
 * @twice: what was counted, and has ended since: it is in the ledger as well
 */
struct table_sum {
	spinlock_t lock;
	bool active;
	bool all;
	u64 below;
	struct tstat_total twice;
};

/**
 * struct tstat_table - the flow table of one network namespace
 * @fast: where readers look without a lock
 * @key: secret of the hash
 * @mix: secret of the front's places; another one, as it is easier to guess
 * @env: what belongs to others, see table.h
 * @max_flows: most live flows it takes
 * @count: flows in memory, ended ones whose event was not taken included
 * @ended: how many of these have ended
 * @hand: the stripe where the search for what may make room goes on; any
 *	value will do, so nothing protects it
 * @full_until: no search before, as the last one was in vain; likewise
 * @sum: see struct table_sum
 * @stripe: writers' side, by the highest bits of the hash
 *
 * Creating, destroying, resizing and summing are serialised by the caller.
 */
struct tstat_table {
	struct buckets __rcu *fast;
	struct tstat_hash_key key;
	u64 mix[2];
	struct tstat_table_env env;
	u32 max_flows;
	atomic_t count;
	atomic_t ended;
	u32 hand;
	u64 full_until;
	struct table_sum sum;
	struct stripe stripe[STRIPES];
};

static inline struct stripe *stripe_of(struct tstat_table *table, u64 hash)
{
	return &table->stripe[hash >> (TSTAT_HASH_BITS - STRIPE_BITS)];
}

/* The head of the bucket of @hash; the stripe is locked. */
static inline struct flow __rcu **bucket_of(struct stripe *stripe, u64 hash)
{
	lockdep_assert_held(&stripe->lock);
	return &stripe->buckets->head[hash >> stripe->buckets->shift];
}

static inline struct flow *locked(struct stripe *stripe,
				  struct flow __rcu *flow)
{
	return rcu_dereference_protected(flow, lockdep_is_held(&stripe->lock));
}

static inline u64 hash_of(const struct tstat_table *table,
			  const struct flow *flow)
{
	return tstat_tuple_hash(&flow->tuple, &table->key);
}

/* Ended flows that may wait for their event, over and above max_flows. */
static inline u32 ended_limit(const struct tstat_table *table)
{
	return READ_ONCE(table->max_flows) / 8 + 64;
}

/* table.c */
struct buckets *tstat_buckets_alloc(u32 max_flows);
struct flow *tstat_flow_alloc(struct tstat_table *table);
int tstat_flow_refusal(const struct flow *flow);

/**
 * enum end_stay - whether a flow that ends stays in its bucket for its event
 * @END_UNHEARD: nobody listens, in no namespace
 * @END_LOST: it may not, and its event is lost
 * @END_STAYS: it does, if its event is worth building and there is room for
 *	one more
 */
enum end_stay { END_UNHEARD, END_LOST, END_STAYS };

static inline enum end_stay end_stay(bool wanted, bool may_stay)
{
	if (likely(!wanted))
		return END_UNHEARD;
	return may_stay ? END_STAYS : END_LOST;
}

/* table_end.c */
void tstat_flow_event(struct tstat_table *table, struct flow *flow, u8 events);
void tstat_flow_end_event(struct tstat_table *table, struct flow *flow);
bool tstat_flow_finish(struct tstat_table *table, struct stripe *stripe,
		       struct flow __rcu **place,
		       enum tuplestat_end_reason reason);
void tstat_flow_free(struct tstat_table *table, struct flow *flow);

/* table_evict.c */
struct flow *tstat_table_evict(struct tstat_table *table, struct stripe *own,
			       enum end_stay stay, u64 now_ns);

/* table_walk.c */
bool tstat_cursor_seek(struct stripe *stripe, struct tstat_cursor *cursor);
bool tstat_cursor_next_bucket(struct tstat_table *table,
			      struct stripe *stripe,
			      struct tstat_cursor *cursor);

#endif /* _TSTAT_TABLE_IMPL_H */
