// SPDX-License-Identifier: GPL-2.0
/* The flow table of one network namespace: the way of a packet through it. */
#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "table_begin.h"

/* What is said of a packet that has its flow. */
#define ACCOUNTED (-1)

static struct kmem_cache *flow_cache;

/* Flows of all tables in memory, and the most that there may be. */
static atomic_t all_flows = ATOMIC_INIT(0);
static u32 ceiling __read_mostly;

/**
 * tstat_table_cache_create() - make the slab cache of all tables' flows
 * @all_max_flows: most flows that all tables together take
 *
 * Return: 0 or -ENOMEM.
 */
int __init tstat_table_cache_create(u32 all_max_flows)
{
	/* Debug kernels have larger locks. */
	BUILD_BUG_ON(sizeof(spinlock_t) == 4 && sizeof(struct flow) != 256);
	BUILD_BUG_ON(sizeof(struct tstat_record) != 240);
	BUILD_BUG_ON(sizeof(struct tstat_side) != 64);

	ceiling = all_max_flows;
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

/**
 * tstat_buckets_alloc() - make an array of empty buckets
 * @max_flows: for that many flows
 *
 * Context: process, may sleep.
 * Return: the array or NULL, no memory.
 */
struct buckets *tstat_buckets_alloc(u32 max_flows)
{
	u32 count = max_t(u32, roundup_pow_of_two(max_flows), STRIPES);
	struct buckets *buckets;

	buckets = kvzalloc(struct_size(buckets, head, 2 * (size_t)count),
			   GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!buckets)
		return NULL;
	buckets->count = count;
	buckets->front = &buckets->head[count];
	buckets->shift = TSTAT_HASH_BITS - ilog2(count);
	return buckets;
}

/* The counts, and what follows from a packet beyond them. */
static void account_locked(struct tstat_table *table, struct flow *flow,
			   const struct tstat_packet *pkt, u64 now_ns)
{
	bool was_answered = tstat_record_is_answered(&flow->rec);

	tstat_record_account(&flow->rec, pkt, now_ns);
	if (likely(was_answered) || !tstat_record_is_answered(&flow->rec))
		return;
	trace_flow_established(&flow->rec, 0);
	if (tstat_events_wanted(table->env.events))
		tstat_flow_event(table, flow, TUPLESTAT_EVENT_ESTABLISHED);
}

/*
 * Account a packet to a flow, if it is of this and not of one that follows.
 * Who comes without the lock of the stripe has the tuple looked at again.
 */
static bool account(struct tstat_table *table, struct flow *flow,
		    const struct tstat_packet *pkt, u64 now_ns)
{
	bool good;

	spin_lock(&flow->lock);
	good = !flow->end_reason &&
	       tstat_tuple_equal(&flow->tuple, &pkt->tuple) &&
	       !tstat_record_is_reused(&flow->rec, pkt, now_ns);
	if (likely(good))
		account_locked(table, flow, pkt, now_ns);
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
		/* It may become another's flow while we look. */
		if (data_race(tstat_tuple_equal(&flow->tuple, &pkt->tuple)))
			return account(table, flow, pkt, now_ns);
	}
	return false;
}

/* What points to a live flow, or the end of its chain; the stripe is locked. */
static struct flow __rcu **find_place(struct stripe *stripe, u64 hash,
				      const struct tstat_tuple *tuple)
{
	struct flow __rcu **place = bucket_of(stripe, hash);
	struct flow *flow;

	for (; (flow = locked(stripe, *place)); place = &flow->next) {
		if (!flow->end_reason && tstat_tuple_equal(&flow->tuple, tuple))
			break;
	}
	return place;
}

/* Unprivileged users' namespaces together cannot keep others from counting. */
static u32 share_of_all(const struct tstat_table *table)
{
	return table->env.unprivileged ? ceiling / 2 : ceiling;
}

/**
 * tstat_flow_alloc() - allocate memory for one flow more
 * @table: its table
 *
 * Return: the flow, to be written but for its lock; or -ENOSPC where this table
 * is full, -EDQUOT where all together are, -ENOMEM.
 */
struct flow *tstat_flow_alloc(struct tstat_table *table)
{
	s32 live = atomic_inc_return(&table->count) -
		   atomic_read(&table->ended);
	struct flow *flow = ERR_PTR(-ENOSPC);

	if (live > (s32)READ_ONCE(table->max_flows))
		goto err_count;
	flow = ERR_PTR(-EDQUOT);
	if (atomic_inc_return(&all_flows) > share_of_all(table))
		goto err_all;
	flow = kmem_cache_alloc(flow_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (flow) {
		spin_lock_init(&flow->lock);
		return flow;
	}
	flow = ERR_PTR(-ENOMEM);
err_all:
	atomic_dec(&all_flows);
err_count:
	atomic_dec(&table->count);
	return flow;
}

/**
 * tstat_flow_refusal() - why there is no flow for a packet
 * @flow: what tstat_flow_get() said
 *
 * Return: enum tuplestat_unattributed.
 */
int tstat_flow_refusal(const struct flow *flow)
{
	return is_full(flow) ? TUPLESTAT_UNATTR_TABLE_FULL :
			       TUPLESTAT_UNATTR_NO_MEMORY;
}

static int flow_begin(struct tstat_table *table, struct stripe *stripe,
		      u64 hash, const struct tstat_packet *pkt, u64 now_ns)
{
	bool wanted = tstat_events_wanted(table->env.events);
	struct flow *flow = tstat_flow_get(table, stripe, now_ns, wanted);

	if (IS_ERR(flow))
		return tstat_flow_refusal(flow);
	spin_lock(&flow->lock);
	tstat_record_begin(&flow->rec, pkt, table->env.ports, now_ns);
	tstat_record_account(&flow->rec, pkt, now_ns);
	tstat_flow_begun(table, flow, tstat_record_is_answered(&flow->rec),
			 wanted);
	spin_unlock(&flow->lock);
	tstat_flow_link(stripe, bucket_of(stripe, hash), flow);
	return ACCOUNTED;
}

static int account_slow(struct tstat_table *table, u64 hash,
			const struct tstat_packet *pkt, u64 now_ns)
{
	struct stripe *stripe = stripe_of(table, hash);
	struct flow __rcu **place;
	int unattributed = ACCOUNTED;
	struct flow *flow;

	spin_lock(&stripe->lock);
	place = find_place(stripe, hash, &pkt->tuple);
	flow = locked(stripe, *place);
	if (flow && account(table, flow, pkt, now_ns))
		goto out;
	if (flow)
		tstat_flow_finish(table, stripe, place, TUPLESTAT_END_FLOW);
	unattributed = flow_begin(table, stripe, hash, pkt, now_ns);
out:
	spin_unlock(&stripe->lock);
	return unattributed;
}

/**
 * tstat_table_account() - account a packet to its flow
 * @table: the table
 * @pkt: the packet; begins a flow where there is none
 * @now_ns: time of the packet
 *
 * Context: RCU read lock, bottom halves off.
 * Return: -1, or why it is of no flow: enum tuplestat_unattributed.
 */
int tstat_table_account(struct tstat_table *table,
			const struct tstat_packet *pkt, u64 now_ns)
{
	u64 hash = tstat_tuple_hash(&pkt->tuple, &table->key);

	lockdep_assert_in_softirq();
	if (likely(account_fast(table, hash, pkt, now_ns)))
		return ACCOUNTED;
	return account_slow(table, hash, pkt, now_ns);
}

static void free_rcu_flow(struct rcu_head *rcu)
{
	kmem_cache_free(flow_cache, container_of(rcu, struct flow, rcu));
}

/**
 * tstat_flow_free() - free a flow that is in no bucket any more
 * @table: its table
 * @flow: the flow
 */
void tstat_flow_free(struct tstat_table *table, struct flow *flow)
{
	call_rcu(&flow->rcu, free_rcu_flow);
	atomic_dec(&all_flows);
	atomic_dec(&table->count);
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
	if (flow) {
		spin_lock(&flow->lock);
		*copy = flow->rec;
		spin_unlock(&flow->lock);
	}
	spin_unlock_bh(&stripe->lock);
	return flow;
}

/**
 * tstat_table_delete() - end one flow
 * @table: the table
 * @tuple: which
 *
 * Context: process.
 * Return: whether there was such a flow.
 */
bool tstat_table_delete(struct tstat_table *table,
			const struct tstat_tuple *tuple)
{
	u64 hash = tstat_tuple_hash(tuple, &table->key);
	struct stripe *stripe = stripe_of(table, hash);
	struct flow __rcu **place;
	struct flow *flow;

	spin_lock_bh(&stripe->lock);
	place = find_place(stripe, hash, tuple);
	flow = locked(stripe, *place);
	if (flow)
		tstat_flow_finish(table, stripe, place, TUPLESTAT_END_FORCED);
	spin_unlock_bh(&stripe->lock);
	return flow;
}

/**
 * tstat_table_create() - make an empty table
 * @max_flows: most flows it takes
 * @env: what it uses that is not its own
 *
 * Context: process, may sleep.
 * Return: the table or NULL, no memory.
 */
struct tstat_table *tstat_table_create(u32 max_flows,
				       const struct tstat_table_env *env)
{
	struct tstat_table *table;
	struct buckets *buckets;
	unsigned int i;

	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	buckets = tstat_buckets_alloc(max_flows);
	if (!buckets) {
		kvfree(table);
		return NULL;
	}
	for (i = 0; i < STRIPES; i++) {
		spin_lock_init(&table->stripe[i].lock);
		table->stripe[i].buckets = buckets;
		table->stripe[i].hand = i * (buckets->count >> STRIPE_BITS);
	}
	spin_lock_init(&table->sum.lock);
	get_random_bytes(&table->key, sizeof(table->key));
	get_random_bytes(table->mix, sizeof(table->mix));
	table->env = *env;
	table->max_flows = max_flows;
	RCU_INIT_POINTER(table->fast, buckets);
	return table;
}

/**
 * tstat_table_destroy() - free a table
 * @table: the table, without any flow; nobody uses it any more
 *
 * Context: process, may sleep.
 */
void tstat_table_destroy(struct tstat_table *table)
{
	WARN_ON_ONCE(atomic_read(&table->count));
	kvfree(rcu_dereference_protected(table->fast, true));
	kvfree(table);
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
	u64 heads = (u64)tstat_table_buckets(table) * 2 * sizeof(void *);

	return sizeof(*table) + sizeof(struct buckets) + heads +
	       (u64)atomic_read(&table->count) * kmem_cache_size(flow_cache);
}
