// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table: what makes room for a new flow when there is none.
 *
 * First what was never answered, then what is closed, then what was idle for
 * long. A search goes around in the buckets of a stripe, until it meets one of
 * the kind that has said nothing since the round began, or enough others: the
 * longest idle of these goes. So flows that a flood begins push out each other,
 * older ones first, and who talks is left alone.
 */
#include "table_begin.h"
#include "table_end.h"

/* An answered flow that sent something within this time is left alone. */
#define IDLE_NS (60ULL * NSEC_PER_SEC)

/* Buckets that a search looks at for each kind: all of small tables. */
#define SEARCH_BUDGET 512

/* With so many to choose from, the longest idle of them will do. */
#define ENOUGH 4

/* How long a search in vain keeps others from searching. */
#define FULL_PAUSE_NS (10 * NSEC_PER_MSEC)

/* In the order in which they make room. */
enum kind { EMBRYONIC, CLOSED, IDLE, KINDS };

#define STATE(name) (1U << TUPLESTAT_STATE_##name)
#define EMBRYONIC_STATES (STATE(NONE) | STATE(SYN_SENT) | STATE(SYN_RECV) | \
			  STATE(SYN_SENT2) | STATE(UNREPLIED))
#define CLOSED_STATES (STATE(LAST_ACK) | STATE(TIME_WAIT) | STATE(CLOSE))

static const u32 states_of[KINDS] = {
	[EMBRYONIC] = EMBRYONIC_STATES,
	[CLOSED] = CLOSED_STATES,
	[IDLE] = ~(EMBRYONIC_STATES | CLOSED_STATES),
};

/**
 * struct search - a search for what makes room
 * @kind: of this kind
 * @now_ns: the time
 * @stay: whether what has ended is to stay for its event
 * @budget: buckets left to look at
 */
struct search {
	enum kind kind;
	u64 now_ns;
	enum end_stay stay;
	u32 budget;
};

/* What sent its last packet at this time or later is not of the kind. */
static __always_inline u64 newest(enum kind kind, u64 now_ns)
{
	if (kind != IDLE)
		return U64_MAX;
	return now_ns > IDLE_NS ? now_ns - IDLE_NS : 0;
}

/*
 * From the stripe's hand on, at most once around. Returns what points to the
 * flow that is to go, or NULL. What a flow is, is a guess, as it is not locked.
 */
static __always_inline struct flow __rcu **
search_stripe(struct stripe *stripe, enum kind kind, u64 now_ns, u32 *budget)
{
	const u64 limit_ns = newest(kind, now_ns);
	u64 old_ns = min(limit_ns, stripe->round_ns);
	struct buckets *buckets = stripe->buckets;
	u32 mask = (buckets->count >> STRIPE_BITS) - 1;
	struct flow __rcu **first = &buckets->head[stripe->hand & ~mask];
	struct flow __rcu **head = &buckets->head[stripe->hand];
	struct flow __rcu **place, **best = NULL;
	u32 left = min(mask + 1, *budget);
	u64 best_ns = limit_ns, last_ns;
	unsigned int found = 0;
	struct flow *flow;

	*budget -= left;
	for (; left && found < ENOUGH && best_ns >= old_ns; left--) {
		if (head++ == first + mask) {
			head = first;
			stripe->round_ns = now_ns;
			old_ns = min(limit_ns, now_ns);
		}
		place = head;
		for (; (flow = locked(stripe, *place)); place = &flow->next) {
			if (!(states_of[kind] >> READ_ONCE(flow->rec.state) &
			      1) || READ_ONCE(flow->end_reason))
				continue;
			last_ns = READ_ONCE(flow->rec.last_ns);
			if (kind == IDLE && last_ns >= limit_ns)
				continue;
			found++;
			if (last_ns >= best_ns)
				continue;
			best = place;
			best_ns = last_ns;
		}
	}
	*budget += left;
	stripe->hand = head - buckets->head;
	return best;
}

/*
 * End a flow, and give out its memory. NULL where it stays for its event: then
 * another can be allocated beside it.
 */
static __always_inline struct flow *make_room(struct tstat_table *table,
					      struct stripe *stripe,
					      struct flow __rcu **place,
					      enum end_stay stay)
{
	struct flow *flow = locked(stripe, *place);

	if (tstat_flow_end(table, flow, TUPLESTAT_END_RESOURCES, stay))
		return NULL;
	tstat_flow_unlink(stripe, place, flow);
	return flow;
}

/* The next stripe in turn; not @own, which is locked, nor one in use. */
static struct flow *evict_next(struct tstat_table *table, struct stripe *own,
			       struct search *search)
{
	struct flow *flow = ERR_PTR(-ENOSPC);
	u32 hand = READ_ONCE(table->hand) + 1;
	struct flow __rcu **place;
	struct stripe *stripe;

	WRITE_ONCE(table->hand, hand);
	stripe = &table->stripe[hand % STRIPES];
	if (stripe == own || !spin_trylock(&stripe->lock))
		return flow;
	place = search_stripe(stripe, search->kind, search->now_ns,
			      &search->budget);
	if (place)
		flow = make_room(table, stripe, place, search->stay);
	spin_unlock(&stripe->lock);
	return flow;
}

/* One kind, in other stripes than @own; ENOSPC if there is none. */
static struct flow *evict_others(struct tstat_table *table, struct stripe *own,
				 struct search *search)
{
	struct flow *flow = ERR_PTR(-ENOSPC);
	unsigned int i;

	for (i = 0; i < STRIPES && search->budget &&
	     flow == ERR_PTR(-ENOSPC); i++)
		flow = evict_next(table, own, search);
	return flow;
}

/*
 * What was never answered is not in @own, as far as @budget was looked for:
 * look elsewhere, and for the other kinds. ENOSPC if there is nothing.
 */
static noinline struct flow *evict_any(struct tstat_table *table,
				       struct stripe *own, enum end_stay stay,
				       u64 now_ns, u32 budget)
{
	struct search search = {
		.kind = EMBRYONIC,
		.now_ns = now_ns,
		.stay = stay,
		.budget = budget,
	};
	struct flow *flow = evict_others(table, own, &search);
	struct flow __rcu **place;

	while (flow == ERR_PTR(-ENOSPC) && ++search.kind < KINDS) {
		search.budget = SEARCH_BUDGET;
		place = search_stripe(own, search.kind, now_ns,
				      &search.budget);
		flow = place ? make_room(table, own, place, stay) :
			       evict_others(table, own, &search);
	}
	return flow;
}

/* What @flow leaves to do: beside one that stays there is room; or in vain. */
static noinline struct flow *evicted(struct tstat_table *table,
				     struct flow *flow, u64 now_ns)
{
	if (!flow)
		flow = tstat_flow_alloc(table);
	if (is_full(flow))
		WRITE_ONCE(table->full_until, now_ns + FULL_PAUSE_NS);
	return flow;
}

/**
 * tstat_table_evict() - let a flow make room for another
 * @table: the table, full
 * @own: the stripe of the other, locked
 * @stay: whether what has ended is to stay for its event, and have memory
 *	beside the other
 * @now_ns: the time
 *
 * Return: memory for the other, as tstat_flow_get() has it.
 */
struct flow *tstat_table_evict(struct tstat_table *table, struct stripe *own,
			       enum end_stay stay, u64 now_ns)
{
	u32 budget = SEARCH_BUDGET;
	struct flow __rcu **place;
	struct flow *flow = NULL;

	if (now_ns < READ_ONCE(table->full_until))
		return ERR_PTR(-ENOSPC);
	/* What a flood has begun is everywhere. */
	place = search_stripe(own, EMBRYONIC, now_ns, &budget);
	if (likely(place)) {
		flow = make_room(table, own, place, stay);
		if (likely(flow))
			return flow;
	} else {
		flow = evict_any(table, own, stay, now_ns, budget);
	}
	return evicted(table, flow, now_ns);
}
