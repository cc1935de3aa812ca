// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table of one network namespace.
 *
 * An array of bucket heads, the bucket taken from the high bits of the hash:
 * the order of buckets is the order of hashes. Readers walk a bucket under RCU
 * alone. Writers hold the lock of the stripe, which is the part of the hash
 * space with the same highest bits, so it covers the same flows in an array of
 * any size.
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
 * @next: next flow of the bucket; written under the lock of the stripe, read
 *	under RCU
 * @lock: protects @live and @rec, but not the tuple, which never changes
 * @live: not ended. A reader that found the flow under RCU must look, since
 *	what was ended is not to be counted any more
 * @rec: what is counted, while @live
 * @tuple: the key, the first member of @rec
 * @rcu: to free it, once not @live; it overlays nothing that readers look at
 *
 * Lock order: stripe, then flow; both with bottom halves off.
 */
struct flow {
	struct flow __rcu *next;
	spinlock_t lock;
	bool live;

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
 * @ports: ports that servers are likely to have
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
	const struct tstat_ports *ports;
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
	BUILD_BUG_ON(sizeof(struct tstat_record) != 240);
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

static u64 hash_of(const struct tstat_table *table, const struct flow *flow)
{
	return tstat_tuple_hash(&flow->tuple, &table->key);
}

/* Account a packet to a flow, if it is of this and not of one that follows. */
static bool account(struct flow *flow, const struct tstat_packet *pkt,
		    u64 now_ns)
{
	bool good;

	spin_lock(&flow->lock);
	good = flow->live && !tstat_record_is_reused(&flow->rec, pkt, now_ns);
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
		if (tstat_tuple_equal(&flow->tuple, &pkt->tuple))
			return account(flow, pkt, now_ns);
	}
	return false;
}

/* What points to a flow, or the end of its chain; the stripe is locked. */
static struct flow __rcu **find_place(struct stripe *stripe, u64 hash,
				      const struct tstat_tuple *tuple)
{
	struct flow __rcu **place = bucket_of(stripe, hash);
	struct flow *flow;

	for (; (flow = locked(stripe, *place)); place = &flow->next) {
		if (tstat_tuple_equal(&flow->tuple, tuple))
			break;
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

/* Put a new flow at the head of its bucket. */
static struct flow *flow_begin(struct tstat_table *table,
			       struct stripe *stripe, u64 hash,
			       const struct tstat_packet *pkt, u64 now_ns)
{
	struct flow __rcu **head = bucket_of(stripe, hash);
	struct flow *flow = flow_alloc(table);

	if (IS_ERR(flow))
		return flow;
	spin_lock_init(&flow->lock);
	flow->live = true;
	tstat_record_begin(&flow->rec, pkt, table->ports, now_ns);
	RCU_INIT_POINTER(flow->next, locked(stripe, *head));
	rcu_assign_pointer(*head, flow);
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
	place = find_place(stripe, hash, &pkt->tuple);
	flow = locked(stripe, *place);
	if (flow && account(flow, pkt, now_ns))
		goto out;
	if (flow)
		flow_end(table, stripe, place, flow, TUPLESTAT_END_FLOW);
	flow = flow_begin(table, stripe, hash, pkt, now_ns);
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

static void copy_record(struct flow *flow, struct tstat_record *copy)
{
	spin_lock(&flow->lock);
	*copy = flow->rec;
	spin_unlock(&flow->lock);
}

/**
 * tstat_table_find() - copy one flow
 * @table: the table
 * @tuple: which
 * @copy: where to
 *
 * Context: process.
 * Return: whether there is such a flow.
 */
bool tstat_table_find(struct tstat_table *table,
		      const struct tstat_tuple *tuple,
		      struct tstat_record *copy)
{
	u64 hash = tstat_tuple_hash(tuple, &table->key);
	struct stripe *stripe = stripe_of(table, hash);
	struct flow *flow;

	spin_lock_bh(&stripe->lock);
	flow = locked(stripe, *find_place(stripe, hash, tuple));
	if (flow)
		copy_record(flow, copy);
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
}

/*
 * A cursor that was at the beginning of a bucket may be inside of one, after
 * the table got fewer: then the flows before it are passed.
 */
static int visit_bucket(struct tstat_table *table, struct stripe *stripe,
			u64 from, tstat_visit_t visit, void *data)
{
	bool inside = from << (HASH_BITS - stripe->buckets->shift);
	struct tstat_record copy;
	struct flow *flow;
	int err;

	for (flow = locked(stripe, *bucket_of(stripe, from)); flow;
	     flow = locked(stripe, flow->next)) {
		if (inside && hash_of(table, flow) < from)
			continue;
		copy_record(flow, &copy);
		err = visit(&copy, data);
		if (err)
			return err;
	}
	return 0;
}

/* One hold of a stripe's lock: a bucket, behind some empty ones. */
static int walk_stripe(struct tstat_table *table, struct tstat_cursor *cursor,
		       tstat_visit_t visit, void *data)
{
	struct stripe *stripe = stripe_of(table, cursor->hash);
	unsigned int budget = EMPTY_BUDGET;
	bool empty;
	int err;

	spin_lock_bh(&stripe->lock);
	do {
		empty = !locked(stripe, *bucket_of(stripe, cursor->hash));
		err = visit_bucket(table, stripe, cursor->hash, visit, data);
		if (err)
			break;
		cursor_next_bucket(cursor, stripe->buckets);
	} while (empty && !cursor->end &&
		 stripe == stripe_of(table, cursor->hash) && --budget);
	spin_unlock_bh(&stripe->lock);
	return err;
}

/**
 * tstat_table_walk_bucket() - visit the flows of a bucket
 * @table: the table
 * @cursor: where to go on; moved behind the bucket, unless a visit fails
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
			    struct tstat_cursor *cursor, tstat_visit_t visit,
			    void *data)
{
	int err;

	might_sleep();
	err = walk_stripe(table, cursor, visit, data);
	cond_resched();
	return err;
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
 * @ports: ports that servers are likely to have; outlives the table
 * @ledger: where ended flows are entered; outlives it too
 *
 * Context: process, may sleep.
 * Return: the table or NULL, no memory.
 */
struct tstat_table *tstat_table_create(u32 max_flows,
				       const struct tstat_ports *ports,
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
	table->ports = ports;
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
	struct buckets *to;
	u32 i;

	/* Flows above the new limit still want their buckets. */
	to = buckets_alloc(max(max_flows, tstat_table_count(table)));
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
