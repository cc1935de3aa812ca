// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table of one network namespace.
 *
 * An array of bucket heads, the bucket taken from the high bits of the hash:
 * the order of buckets is the order of hashes, and each chain is kept in that
 * order too. Readers walk it under RCU alone. Writers hold the lock of the
 * stripe, which is the part of the hash space with the same highest bits, so
 * it covers the same flows in an array of any size.
 */
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "ledger.h"
#include "table.h"

#define STRIPE_BITS 8
#define STRIPES BIT(STRIPE_BITS)
#define HASH_BITS 64

/* Empty buckets that are passed in one go, with the lock of the stripe. */
#define EMPTY_BUDGET 256

static struct kmem_cache *flow_cache;

/**
 * struct flow - a flow in the table: 256 bytes, four cache lines
 * @next: next flow of the bucket, in ascending order of @hash; written under
 *	the lock of the stripe, read under RCU
 * @hash: tstat_tuple_hash() of @tuple, never changed
 * @tuple: the key, never changed
 * @lock: protects @live and @rec
 * @live: not ended. A reader that found the flow under RCU must look, since
 *	what was ended is not to be counted any more
 * @rec: what is counted, while @live
 * @rcu: to free it, once not @live
 *
 * Lock order: stripe, then flow; both with bottom halves off.
 */
struct flow {
	struct flow __rcu *next;
	u64 hash;
	struct tstat_tuple tuple;
	spinlock_t lock;
	bool live;

	union {
		struct tstat_record rec;
		struct rcu_head rcu;
	} ____cacheline_aligned;
};

/**
 * struct buckets - the array of bucket heads, replaced as a whole by a resize
 * @shift: bucket = hash >> @shift
 * @count: number of buckets, a power of two, STRIPES or more
 * @head: first flow of each bucket; written under the lock of its stripe
 */
struct buckets {
	unsigned int shift;
	u32 count;
	struct flow __rcu *head[];
};

/**
 * struct stripe - writers' side of a part of the hash space
 * @lock: held to change a chain or @buckets
 * @buckets: the array that holds the flows of this stripe. During a resize
 *	it is the new one already, while readers still look in the old one:
 *	they miss there, come here, and find it
 */
struct stripe {
	spinlock_t lock;
	struct buckets *buckets;
};

/**
 * struct tstat_table - the flow table of one network namespace
 * @fast: where readers look without a lock
 * @key: secret of the hash
 * @ledger: where ended flows are entered
 * @max_flows: most flows it takes
 * @count: flows in it
 * @stripe: writers' side, by the highest bits of the hash
 *
 * Creating, destroying and resizing are serialised by the caller.
 */
struct tstat_table {
	struct buckets __rcu *fast;
	struct tstat_hash_key key;
	struct tstat_ledger __percpu *ledger;
	u32 max_flows;
	atomic_t count;
	struct stripe stripe[STRIPES];
};

/**
 * tstat_table_cache_create() - make the slab cache of all tables' flows
 *
 * Return: 0 or -ENOMEM.
 */
int __init tstat_table_cache_create(void)
{
	/* Debug kernels have larger locks. */
	BUILD_BUG_ON(sizeof(spinlock_t) == 4 && sizeof(struct flow) != 256);
	BUILD_BUG_ON(sizeof(struct tstat_side) != 64);

	/*
	 * Neither a constructor nor SLAB_TYPESAFE_BY_RCU: with either, slub
	 * puts its free pointer behind the object, and 256 bytes become 320.
	 */
	flow_cache = kmem_cache_create("tuplestat_flow", sizeof(struct flow), 0,
				       SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT, NULL);
	return flow_cache ? 0 : -ENOMEM;
}

/**
 * tstat_table_cache_destroy() - the counterpart, when every table is gone
 *
 * Context: process, may sleep.
 */
void tstat_table_cache_destroy(void)
{
	/* Flows that ended lately are still to be freed. */
	rcu_barrier();
	kmem_cache_destroy(flow_cache);
}

static struct buckets *buckets_alloc(u32 max_flows)
{
	u32 count = max_t(u32, roundup_pow_of_two(max_flows), STRIPES);
	struct buckets *buckets;

	buckets = kvzalloc(struct_size(buckets, head, count),
			   GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!buckets)
		return NULL;
	buckets->count = count;
	buckets->shift = HASH_BITS - ilog2(count);
	return buckets;
}

static struct stripe *stripe_of(struct tstat_table *table, u64 hash)
{
	return &table->stripe[hash >> (HASH_BITS - STRIPE_BITS)];
}

/* The head of the bucket of @hash; the stripe is locked. */
static struct flow __rcu **bucket_of(struct stripe *stripe, u64 hash)
{
	lockdep_assert_held(&stripe->lock);
	return &stripe->buckets->head[hash >> stripe->buckets->shift];
}

static struct flow *locked(struct stripe *stripe, struct flow __rcu *flow)
{
	return rcu_dereference_protected(flow, lockdep_is_held(&stripe->lock));
}

static bool is_flow(const struct flow *flow, u64 hash,
		    const struct tstat_tuple *tuple)
{
	return flow->hash == hash && tstat_tuple_equal(&flow->tuple, tuple);
}

/* Account a packet to a flow, if it is of this and not of one that follows. */
static bool account(struct flow *flow, const struct tstat_packet *pkt,
		    u64 now_ns)
{
	bool good;

	spin_lock(&flow->lock);
	good = flow->live && !tstat_record_is_reused(&flow->rec, pkt);
	if (likely(good))
		tstat_record_account(&flow->rec, pkt, now_ns);
	spin_unlock(&flow->lock);
	return good;
}

/*
 * Without the lock of the stripe. A flow that is moved meanwhile can be missed:
 * a miss is certain only under that lock.
 */
static bool account_fast(struct tstat_table *table, u64 hash,
			 const struct tstat_packet *pkt, u64 now_ns)
{
	struct buckets *buckets = rcu_dereference(table->fast);
	struct flow *flow;

	for (flow = rcu_dereference(buckets->head[hash >> buckets->shift]);
	     flow; flow = rcu_dereference(flow->next)) {
		if (is_flow(flow, hash, &pkt->tuple))
			return account(flow, pkt, now_ns);
	}
	return false;
}

/* Where in its chain a flow is, or belongs; the stripe is locked. */
static struct flow __rcu **find_place(struct stripe *stripe, u64 hash,
				      const struct tstat_tuple *tuple,
				      struct flow **found)
{
	struct flow __rcu **place = bucket_of(stripe, hash);
	struct flow *flow;

	*found = NULL;
	for (; (flow = locked(stripe, *place)); place = &flow->next) {
		if (flow->hash > hash)
			break;
		if (is_flow(flow, hash, tuple)) {
			*found = flow;
			break;
		}
	}
	return place;
}

static struct flow *flow_alloc(struct tstat_table *table)
{
	struct flow *flow;

	/* Counted first: together they never take more than max_flows. */
	if (atomic_inc_return(&table->count) > READ_ONCE(table->max_flows)) {
		atomic_dec(&table->count);
		return ERR_PTR(-ENOSPC);
	}
	flow = kmem_cache_alloc(flow_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow) {
		atomic_dec(&table->count);
		return ERR_PTR(-ENOMEM);
	}
	return flow;
}

/* Put a new flow into its chain, at @place. */
static struct flow *flow_begin(struct tstat_table *table,
			       struct stripe *stripe,
			       struct flow __rcu **place, u64 hash,
			       const struct tstat_packet *pkt, u64 now_ns)
{
	struct flow *flow = flow_alloc(table);

	if (IS_ERR(flow))
		return flow;
	flow->hash = hash;
	flow->tuple = pkt->tuple;
	spin_lock_init(&flow->lock);
	flow->live = true;
	tstat_record_begin(&flow->rec, pkt, now_ns);
	RCU_INIT_POINTER(flow->next, locked(stripe, *place));
	rcu_assign_pointer(*place, flow);
	return flow;
}

static void flow_free(struct rcu_head *rcu)
{
	kmem_cache_free(flow_cache, container_of(rcu, struct flow, rcu));
}

/* Take a flow into the ledger and out of its chain, and free it. */
static void flow_end(struct tstat_table *table, struct stripe *stripe,
		     struct flow __rcu **place, struct flow *flow,
		     enum tuplestat_end_reason reason)
{
	spin_lock(&flow->lock);
	flow->live = false;
	tstat_ledger_ended(table->ledger, reason, &flow->rec);
	spin_unlock(&flow->lock);
	rcu_assign_pointer(*place, locked(stripe, flow->next));
	call_rcu(&flow->rcu, flow_free);
	atomic_dec(&table->count);
}

static int account_slow(struct tstat_table *table, u64 hash,
			const struct tstat_packet *pkt, u64 now_ns)
{
	struct stripe *stripe = stripe_of(table, hash);
	struct flow __rcu **place;
	struct flow *flow;
	int err = 0;

	spin_lock(&stripe->lock);
	place = find_place(stripe, hash, &pkt->tuple, &flow);
	if (flow && account(flow, pkt, now_ns))
		goto out;
	if (flow)
		flow_end(table, stripe, place, flow, TUPLESTAT_END_FLOW);
	flow = flow_begin(table, stripe, place, hash, pkt, now_ns);
	if (IS_ERR(flow))
		err = PTR_ERR(flow);
	else
		account(flow, pkt, now_ns);
out:
	spin_unlock(&stripe->lock);
	return err;
}

/**
 * tstat_table_account() - account a packet to its flow
 * @table: the table
 * @pkt: the packet; begins a flow where there is none
 * @now_ns: time of the packet
 *
 * Context: RCU read lock, bottom halves off.
 * Return: 0, -ENOSPC where a new flow finds the table full, or -ENOMEM.
 */
int tstat_table_account(struct tstat_table *table,
			const struct tstat_packet *pkt, u64 now_ns)
{
	u64 hash = tstat_tuple_hash(&pkt->tuple, &table->key);

	if (likely(account_fast(table, hash, pkt, now_ns)))
		return 0;
	return account_slow(table, hash, pkt, now_ns);
}

static void take_snapshot(struct flow *flow, struct tstat_snapshot *snap)
{
	spin_lock(&flow->lock);
	snap->tuple = flow->tuple;
	snap->rec = flow->rec;
	spin_unlock(&flow->lock);
}

/**
 * tstat_table_find() - copy one flow
 * @table: the table
 * @tuple: which
 * @snap: the copy
 *
 * Context: process.
 * Return: whether there is such a flow.
 */
bool tstat_table_find(struct tstat_table *table,
		      const struct tstat_tuple *tuple,
		      struct tstat_snapshot *snap)
{
	u64 hash = tstat_tuple_hash(tuple, &table->key);
	struct stripe *stripe = stripe_of(table, hash);
	struct flow *flow;

	spin_lock_bh(&stripe->lock);
	find_place(stripe, hash, tuple, &flow);
	if (flow)
		take_snapshot(flow, snap);
	spin_unlock_bh(&stripe->lock);
	return flow;
}

/* Move @cursor to the bucket after the one that it is in. */
static void cursor_next_bucket(struct tstat_cursor *cursor,
			       const struct buckets *buckets)
{
	u64 bucket = (cursor->hash >> buckets->shift) + 1;

	cursor->end = bucket == buckets->count;
	cursor->hash = bucket << buckets->shift;
	cursor->skip = 0;
}

/* The first flow of @cursor's bucket at or behind it; the stripe is locked. */
static struct flow *cursor_flow(struct stripe *stripe,
				const struct tstat_cursor *cursor)
{
	struct flow *flow = locked(stripe, *bucket_of(stripe, cursor->hash));
	u32 skip = cursor->skip;

	for (; flow; flow = locked(stripe, flow->next)) {
		if (flow->hash < cursor->hash)
			continue;
		if (flow->hash > cursor->hash || !skip--)
			break;
	}
	return flow;
}

static void cursor_pass(struct tstat_cursor *cursor,
			const struct flow *flow)
{
	cursor->skip = flow->hash == cursor->hash ? cursor->skip + 1 : 1;
	cursor->hash = flow->hash;
}

/*
 * One hold of a stripe's lock: the next flow, or as many empty buckets as the
 * budget allows.
 */
static bool next_in_stripe(struct tstat_table *table,
			   struct tstat_cursor *cursor,
			   struct tstat_snapshot *snap)
{
	struct stripe *stripe = stripe_of(table, cursor->hash);
	unsigned int budget = EMPTY_BUDGET;
	struct flow *flow;

	spin_lock_bh(&stripe->lock);
	do {
		flow = cursor_flow(stripe, cursor);
		if (flow) {
			take_snapshot(flow, snap);
			cursor_pass(cursor, flow);
			break;
		}
		cursor_next_bucket(cursor, stripe->buckets);
	} while (!cursor->end && stripe == stripe_of(table, cursor->hash) &&
		 --budget);
	spin_unlock_bh(&stripe->lock);
	return flow;
}

/**
 * tstat_table_next() - copy the next flow in the order of hashes
 * @table: the table
 * @cursor: where to begin; moved behind the flow that is returned
 * @snap: the copy
 *
 * A flow that is in the table from the first call to the last is returned
 * exactly once, whatever else comes and goes, resizing included.
 *
 * Context: process, may sleep.
 * Return: false when there is no further flow.
 */
bool tstat_table_next(struct tstat_table *table, struct tstat_cursor *cursor,
		      struct tstat_snapshot *snap)
{
	while (!cursor->end) {
		if (next_in_stripe(table, cursor, snap))
			return true;
		cond_resched();
	}
	return false;
}

/* Why to end a flow now: @forced, its time is over, or 0 for not at all. */
static int end_reason(struct flow *flow, u64 now_ns, int forced)
{
	int reason = forced;

	spin_lock(&flow->lock);
	if (!forced && tstat_record_is_over(&flow->rec, now_ns))
		reason = tstat_record_end_reason(&flow->rec);
	spin_unlock(&flow->lock);
	return reason;
}

/*
 * End what is to end in one bucket; returns how many flows it looked at. A
 * packet that comes between the decision and the end is in the record still.
 */
static unsigned int end_in_bucket(struct tstat_table *table, u64 hash,
				  u64 now_ns, int forced)
{
	struct stripe *stripe = stripe_of(table, hash);
	struct flow __rcu **place = bucket_of(stripe, hash);
	struct flow *flow;
	unsigned int seen = 0;
	int reason;

	for (; (flow = locked(stripe, *place)); seen++) {
		reason = end_reason(flow, now_ns, forced);
		if (reason)
			flow_end(table, stripe, place, flow, reason);
		else
			place = &flow->next;
	}
	return seen;
}

/* One hold of a stripe's lock; returns what is left of @budget. */
static unsigned int end_in_stripe(struct tstat_table *table,
				  struct tstat_cursor *cursor, u64 now_ns,
				  int forced, unsigned int budget)
{
	struct stripe *stripe = stripe_of(table, cursor->hash);
	unsigned int hold = EMPTY_BUDGET;
	unsigned int cost;

	spin_lock_bh(&stripe->lock);
	do {
		cost = 1 + end_in_bucket(table, cursor->hash, now_ns, forced);
		cursor_next_bucket(cursor, stripe->buckets);
		hold -= min(hold, cost);
		budget -= min(budget, cost);
	} while (!cursor->end && stripe == stripe_of(table, cursor->hash) &&
		 hold && budget);
	spin_unlock_bh(&stripe->lock);
	return budget;
}

/**
 * tstat_table_expire() - end flows whose timeout is over
 * @table: the table
 * @cursor: where to begin; moved behind what was looked at
 * @now_ns: the time
 * @budget: buckets and flows to look at in this slice
 *
 * Context: process, may sleep.
 * Return: false when the end of the table was reached.
 */
bool tstat_table_expire(struct tstat_table *table, struct tstat_cursor *cursor,
			u64 now_ns, unsigned int budget)
{
	while (!cursor->end && budget) {
		budget = end_in_stripe(table, cursor, now_ns, 0, budget);
		cond_resched();
	}
	return !cursor->end;
}

static void end_all(struct tstat_table *table, enum tuplestat_end_reason reason)
{
	struct tstat_cursor cursor = {};

	while (!cursor.end) {
		end_in_stripe(table, &cursor, 0, reason, UINT_MAX);
		cond_resched();
	}
}

/**
 * tstat_table_create() - make an empty table
 * @max_flows: most flows it takes
 * @ledger: where ended flows are entered; outlives the table
 *
 * Context: process, may sleep.
 * Return: the table or NULL, no memory.
 */
struct tstat_table *tstat_table_create(u32 max_flows,
				       struct tstat_ledger __percpu *ledger)
{
	struct tstat_table *table;
	struct buckets *buckets;
	unsigned int i;

	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	buckets = buckets_alloc(max_flows);
	if (!buckets) {
		kvfree(table);
		return NULL;
	}
	for (i = 0; i < STRIPES; i++) {
		spin_lock_init(&table->stripe[i].lock);
		table->stripe[i].buckets = buckets;
	}
	get_random_bytes(&table->key, sizeof(table->key));
	table->ledger = ledger;
	table->max_flows = max_flows;
	RCU_INIT_POINTER(table->fast, buckets);
	return table;
}

/**
 * tstat_table_destroy() - end every flow and free the table
 * @table: the table; nobody uses it any more
 *
 * Context: process, may sleep.
 */
void tstat_table_destroy(struct tstat_table *table)
{
	end_all(table, TUPLESTAT_END_FORCED);
	kvfree(rcu_dereference_protected(table->fast, true));
	kvfree(table);
}

/*
 * Move the flows of one stripe. Both arrays are in the order of hashes, so a
 * flow goes to the end of its new bucket. The old heads are cleared, since
 * readers may still look there when the flows are long freed.
 */
static void move_stripe(struct stripe *stripe, u32 index, struct buckets *to)
{
	struct buckets *from = stripe->buckets;
	u32 per_stripe = from->count >> STRIPE_BITS;
	struct flow __rcu **tail = NULL;
	struct flow *flow, *next;
	u64 bucket, last = U64_MAX;
	u32 i;

	spin_lock_bh(&stripe->lock);
	for (i = index * per_stripe; i < (index + 1) * per_stripe; i++) {
		flow = locked(stripe, from->head[i]);
		RCU_INIT_POINTER(from->head[i], NULL);
		for (; flow; flow = next) {
			next = locked(stripe, flow->next);
			bucket = flow->hash >> to->shift;
			if (bucket != last)
				tail = &to->head[bucket];
			last = bucket;
			RCU_INIT_POINTER(flow->next, NULL);
			rcu_assign_pointer(*tail, flow);
			tail = &flow->next;
		}
	}
	stripe->buckets = to;
	spin_unlock_bh(&stripe->lock);
}

/**
 * tstat_table_resize() - change how many flows a table takes
 * @table: the table, in use
 * @max_flows: most flows it takes from now on. Where it has more, these stay
 *	until they end, and no new ones are taken
 *
 * Context: process, may sleep; one at a time.
 * Return: 0 or -ENOMEM, then nothing has changed.
 */
int tstat_table_resize(struct tstat_table *table, u32 max_flows)
{
	struct buckets *from = rcu_dereference_protected(table->fast, true);
	struct buckets *to = buckets_alloc(max_flows);
	u32 i;

	if (!to)
		return -ENOMEM;
	WRITE_ONCE(table->max_flows, max_flows);
	if (to->count == from->count) {
		kvfree(to);
		return 0;
	}
	for (i = 0; i < STRIPES; i++) {
		move_stripe(&table->stripe[i], i, to);
		cond_resched();
	}
	rcu_assign_pointer(table->fast, to);
	synchronize_rcu();
	kvfree(from);
	return 0;
}

/**
 * tstat_table_count() - flows in a table
 * @table: the table
 *
 * Return: flows; for a moment more than max_flows while a new one is refused.
 */
u32 tstat_table_count(const struct tstat_table *table)
{
	return atomic_read(&table->count);
}

/**
 * tstat_table_buckets() - buckets of a table
 * @table: the table; not being resized
 *
 * Return: buckets, a power of two.
 */
u32 tstat_table_buckets(struct tstat_table *table)
{
	return rcu_dereference_protected(table->fast, true)->count;
}

/**
 * tstat_table_memory() - memory of a table
 * @table: the table; not being resized
 *
 * Return: bytes that its flows and buckets take.
 */
u64 tstat_table_memory(struct tstat_table *table)
{
	u64 heads = (u64)tstat_table_buckets(table) * sizeof(void *);

	return sizeof(*table) + sizeof(struct buckets) + heads +
	       (u64)tstat_table_count(table) * kmem_cache_size(flow_cache);
}
