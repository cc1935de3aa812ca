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

/* Flows and buckets that a search looks at for each kind: all of small tables. */
#define SEARCH_BUDGET 512

/* With so many to choose from, the longest idle of them will do. */
#define ENOUGH 8

/* In the order in which they make room. */
enum kind { EMBRYONIC, CLOSED, IDLE, KINDS };

/* Whether a flow is of a kind; a guess, as it is not locked. */
static bool is_kind(const struct flow *flow, enum kind kind, u64 now_ns)
{
	u64 last_ns = READ_ONCE(flow->rec.last_ns);

	if (READ_ONCE(flow->end_reason))
		return false;
	switch (READ_ONCE(flow->rec.state)) {
	case TUPLESTAT_STATE_NONE:
	case TUPLESTAT_STATE_SYN_SENT:
	case TUPLESTAT_STATE_SYN_RECV:
	case TUPLESTAT_STATE_SYN_SENT2:
	case TUPLESTAT_STATE_UNREPLIED:
		return kind == EMBRYONIC;
	case TUPLESTAT_STATE_LAST_ACK:
	case TUPLESTAT_STATE_TIME_WAIT:
	case TUPLESTAT_STATE_CLOSE:
		return kind == CLOSED;
	default:
		return kind == IDLE && now_ns > last_ns &&
		       now_ns - last_ns > IDLE_NS;
	}
}

/**
 * struct search - a search for what makes room
 * @kind: of this kind
 * @now_ns: the time
 * @may_stay: what has ended may stay for its event
 * @budget: flows and buckets left to look at
 * @found: how many of the kind were met in this stripe
 * @place: what points to the longest idle of them, NULL for none
 * @last_ns: when it sent its last packet
 */
struct search {
	enum kind kind;
	u64 now_ns;
	bool may_stay;
	unsigned int budget;
	unsigned int found;
	struct flow __rcu **place;
	u64 last_ns;
};

static void search_bucket(struct stripe *stripe, struct flow __rcu **place,
			  struct search *search)
{
	struct flow *flow;
	u64 last_ns;

	for (; (flow = locked(stripe, *place)); place = &flow->next) {
		search->budget -= !!search->budget;
		if (!is_kind(flow, search->kind, search->now_ns))
			continue;
		search->found++;
		last_ns = READ_ONCE(flow->rec.last_ns);
		if (search->place && last_ns >= search->last_ns)
			continue;
		search->place = place;
		search->last_ns = last_ns;
	}
}

/* From the stripe's hand on, at most once around. */
static void search_stripe(struct tstat_table *table, struct stripe *stripe,
			  struct search *search)
{
	struct buckets *buckets = stripe->buckets;
	u32 count = buckets->count >> STRIPE_BITS;
	u32 first = (stripe - table->stripe) * count;
	u32 i;

	search->found = 0;
	search->place = NULL;
	for (i = 0; i < count && search->budget && search->found < ENOUGH; i++) {
		stripe->hand = (stripe->hand + 1) & (count - 1);
		search->budget--;
		search_bucket(stripe, &buckets->head[first + stripe->hand],
			      search);
	}
}

/*
 * End a flow, and give out its memory. NULL where it stays for its event: then
 * another can be allocated beside it.
 */
static struct flow *make_room(struct tstat_table *table, struct stripe *stripe,
			      const struct search *search)
{
	struct flow *flow = locked(stripe, *search->place);

	if (tstat_flow_end(table, flow, TUPLESTAT_END_RESOURCES,
			   search->may_stay))
		return NULL;
	tstat_flow_unlink(stripe, search->place, flow);
	return flow;
}

/* The next stripe in turn; not @own, which is locked, nor one in use. */
static struct flow *evict_next(struct tstat_table *table, struct stripe *own,
			       struct search *search)
{
	struct flow *flow = ERR_PTR(-ENOSPC);
	u32 hand = READ_ONCE(table->hand) + 1;
	struct stripe *stripe;

	WRITE_ONCE(table->hand, hand);
	stripe = &table->stripe[hand % STRIPES];
	if (stripe == own || !spin_trylock(&stripe->lock))
		return flow;
	search_stripe(table, stripe, search);
	if (search->place)
		flow = make_room(table, stripe, search);
	spin_unlock(&stripe->lock);
	return flow;
}

/* One kind, in this stripe first, then in others; ENOSPC if there is none. */
static struct flow *evict_kind(struct tstat_table *table, struct stripe *own,
			       struct search *search)
{
	struct flow *flow = ERR_PTR(-ENOSPC);
	unsigned int i;

	search_stripe(table, own, search);
	if (search->place)
		return make_room(table, own, search);
	for (i = 0; i < STRIPES && search->budget &&
	     flow == ERR_PTR(-ENOSPC); i++)
		flow = evict_next(table, own, search);
	return flow;
}

/**
 * tstat_table_evict() - let a flow make room for another
 * @table: the table
 * @own: the stripe of the other, locked
 * @may_stay: what has ended may stay for its event, and have memory beside the
 *	other; else the event is lost
 * @now_ns: the time
 *
 * Return: memory to use for the other, counted as before; NULL where the flow
 * ended but stays for its event, so that there is room for the other beside
 * it; -ENOSPC where no flow was found that may go.
 */
struct flow *tstat_table_evict(struct tstat_table *table, struct stripe *own,
			       bool may_stay, u64 now_ns)
{
	struct flow *flow = ERR_PTR(-ENOSPC);
	struct search search = { .now_ns = now_ns, .may_stay = may_stay };

	for (; search.kind < KINDS; search.kind++) {
		search.budget = SEARCH_BUDGET;
		flow = evict_kind(table, own, &search);
		if (flow != ERR_PTR(-ENOSPC))
			break;
	}
	return flow;
}
