// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table: what makes room for a new flow when there is none.
 *
 * First what was never answered, then what is closed, then what was idle for
 * long: of each kind the longest idle of those that a short search meets. So
 * flows that a flood begins push out each other, and who talks is left alone.
 */
#include <linux/err.h>

#include "event.h"
#include "table_impl.h"

/* An answered flow that sent something within this time is left alone. */
#define IDLE_NS (60ULL * NSEC_PER_SEC)

/* Buckets that a search looks at for each kind: all of small tables. */
#define SEARCH_BUDGET 512

/* With so many to choose from, the longest idle of them will do. */
#define ENOUGH 4

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
static u64 newest(const struct search *search)
{
	if (search->kind != IDLE)
		return U64_MAX;
	return search->now_ns > IDLE_NS ? search->now_ns - IDLE_NS : 0;
}

/*
 * From the stripe's hand on, at most once around. Returns what points to the
 * longest idle flow of the first ones of the kind, or NULL. What a flow is, is
 * a guess, as it is not locked.
 */
static struct flow __rcu **search_stripe(struct tstat_table *table,
					 struct stripe *stripe,
					 struct search *search)
{
	u64 last_ns, best_ns = U64_MAX, limit_ns = newest(search);
	struct buckets *buckets = stripe->buckets;
	u32 mask = (buckets->count >> STRIPE_BITS) - 1;
	u32 first = (stripe - table->stripe) * (mask + 1);
	u32 states = states_of[search->kind];
	struct flow __rcu **place, **best = NULL;
	u32 left = min(mask + 1, search->budget);
	u32 hand = stripe->hand;
	unsigned int found = 0;
	struct flow *flow;

	search->budget -= left;
	for (; left && found < ENOUGH; left--) {
		hand = (hand + 1) & mask;
		place = &buckets->head[first + hand];
		for (; (flow = locked(stripe, *place)); place = &flow->next) {
			if (!(states >> READ_ONCE(flow->rec.state) & 1) ||
			    READ_ONCE(flow->end_reason))
				continue;
			last_ns = READ_ONCE(flow->rec.last_ns);
			if (last_ns >= limit_ns)
				continue;
			found++;
			if (last_ns >= best_ns)
				continue;
			best = place;
			best_ns = last_ns;
		}
	}
	search->budget += left;
	stripe->hand = hand;
	return best;
}

/*
 * End a flow, and give out its memory. NULL where it stays for its event: then
 * another can be allocated beside it.
 */
static struct flow *make_room(struct tstat_table *table, struct stripe *stripe,
			      struct flow __rcu **place, enum end_stay stay)
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
	place = search_stripe(table, stripe, search);
	if (place)
		flow = make_room(table, stripe, place, search->stay);
	spin_unlock(&stripe->lock);
	return flow;
}

/* One kind, in this stripe first, then in others; ENOSPC if there is none. */
static struct flow *evict_kind(struct tstat_table *table, struct stripe *own,
			       struct search *search)
{
	struct flow __rcu **place = search_stripe(table, own, search);
	struct flow *flow = ERR_PTR(-ENOSPC);
	unsigned int i;

	if (likely(place))
		return make_room(table, own, place, search->stay);
	for (i = 0; i < STRIPES && search->budget &&
	     flow == ERR_PTR(-ENOSPC); i++)
		flow = evict_next(table, own, search);
	return flow;
}

/**
 * tstat_table_evict() - let a flow make room for another
 * @table: the table
 * @own: the stripe of the other, locked
 * @stay: whether what has ended is to stay for its event, and have memory
 *	beside the other
 * @now_ns: the time
 *
 * Return: memory to use for the other, counted as before; NULL where the flow
 * ended but stays for its event, so that there is room for the other beside
 * it; -ENOSPC where no flow was found that may go.
 */
struct flow *tstat_table_evict(struct tstat_table *table, struct stripe *own,
			       enum end_stay stay, u64 now_ns)
{
	struct flow *flow = ERR_PTR(-ENOSPC);
	struct search search = { .now_ns = now_ns, .stay = stay };

	for (; search.kind < KINDS; search.kind++) {
		search.budget = SEARCH_BUDGET;
		flow = evict_kind(table, own, &search);
		if (flow != ERR_PTR(-ENOSPC))
			break;
	}
	return flow;
}
