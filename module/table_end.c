// SPDX-License-Identifier: GPL-2.0
/* The flow table: how flows end, and what becomes of their events. */
#include <linux/sched.h>

#include "table_end.h"

static void note_event(struct tstat_table *table, struct flow *flow, u8 events)
{
	bool first = !flow->events;

	lockdep_assert_held(&flow->lock);
	flow->events |= events;
	if (first)
		tstat_events_push(table->env.events, hash_of(table, flow));
}

/**
 * tstat_flow_event() - note an event of a flow, or skip it if nobody listens
 * @table: its table; its events are wanted
 * @flow: the flow, locked; it goes on
 * @events: what happened, enum tuplestat_events
 */
void tstat_flow_event(struct tstat_table *table, struct flow *flow, u8 events)
{
	if (tstat_events_are_heard(table->env.events))
		note_event(table, flow, events);
	else
		tstat_events_skip(table->env.events);
}

/**
 * tstat_flow_end_event() - note the end of a flow that stays for its event
 * @table: its table
 * @flow: the flow, locked; tstat_flow_may_stay() let it stay. It has to be
 *	noted whoever listens by now, or it would stay for ever
 */
void tstat_flow_end_event(struct tstat_table *table, struct flow *flow)
{
	note_event(table, flow, TUPLESTAT_EVENT_END);
}

/**
 * tstat_flow_end_in_sum() - enter an ended flow into the ledger, during a sum
 * @table: its table
 * @flow: the flow, locked
 *
 * What the sum has among the living is not to be in it twice.
 */
void tstat_flow_end_in_sum(struct tstat_table *table, const struct flow *flow)
{
	struct table_sum *sum = &table->sum;

	spin_lock(&sum->lock);
	tstat_ledger_ended(table->env.ledger, flow->end_reason, &flow->rec);
	if (sum->all || hash_of(table, flow) < sum->below)
		tstat_total_add_record(&sum->twice, &flow->rec);
	spin_unlock(&sum->lock);
}

/**
 * tstat_flow_may_stay() - whether there is room for an ended flow's event
 * @table: its table
 * @stay: whether it is to stay for it; not END_UNHEARD
 *
 * Return: whether it stays; else its event is skipped or lost.
 */
bool tstat_flow_may_stay(struct tstat_table *table, enum end_stay stay)
{
	if (!tstat_events_are_heard(table->env.events)) {
		tstat_events_skip(table->env.events);
		return false;
	}
	if (stay == END_STAYS &&
	    atomic_inc_return(&table->ended) <= ended_limit(table))
		return true;
	if (stay == END_STAYS)
		atomic_dec(&table->ended);
	tstat_events_lose(table->env.events);
	return false;
}

/**
 * tstat_flow_finish() - end a live flow, and free it unless it is to stay
 * @table: its table
 * @stripe: its stripe, locked
 * @place: what points to it
 * @reason: why
 *
 * Return: whether it stays in its bucket, until its event is taken.
 */
bool tstat_flow_finish(struct tstat_table *table, struct stripe *stripe,
		       struct flow __rcu **place,
		       enum tuplestat_end_reason reason)
{
	bool wanted = tstat_events_wanted(table->env.events);
	struct flow *flow = locked(stripe, *place);

	if (tstat_flow_end(table, flow, reason, end_stay(wanted, true)))
		return true;
	tstat_flow_unlink(stripe, place, flow);
	tstat_flow_free(table, flow);
	return false;
}

/**
 * struct sweep - what to end
 * @round: of the collector; NULL otherwise
 * @now_ns: the time, for it
 * @filter: what to end now; NULL for all
 * @wanted: whether interim events of flows that live on get numbers
 * @heard: whether they are worth building
 * @ended: how many have ended
 */
struct sweep {
	const struct tstat_round *round;
	u64 now_ns;
	const struct tstat_filter *filter;
	bool wanted;
	bool heard;
	u32 ended;
};

/* Whether an active timeout ran out between the last two rounds. */
static bool is_interim(const struct tstat_record *rec,
		       const struct tstat_round *round)
{
	u64 age = round->now_ns - rec->first_ns;

	if (rec->first_ns > round->before_ns || age < round->active_ns ||
	    rec->last_ns + round->active_ns < round->now_ns)
		return false;
	return div64_u64(age, round->active_ns) !=
	       div64_u64(round->before_ns - rec->first_ns, round->active_ns);
}

/* Why to end a flow now, or 0; the flow is locked. */
static int judge(struct tstat_table *table, struct flow *flow,
		 const struct sweep *sweep)
{
	if (!sweep->round)
		return !sweep->filter ||
		       tstat_filter_match_record(sweep->filter, &flow->rec) ?
		       TUPLESTAT_END_FORCED : 0;
	if (tstat_record_is_over(&flow->rec, table->env.timeouts,
				 sweep->now_ns))
		return tstat_record_end_reason(&flow->rec);
	if (unlikely(sweep->wanted) && is_interim(&flow->rec, sweep->round))
		tstat_flow_event(table, flow, TUPLESTAT_EVENT_INTERIM);
	return 0;
}

/*
 * Whether to lock a flow in order to judge it. The collector leaves alone who
 * talks, and who only times out late if what was seen here was half written.
 */
static bool needs_judging(const struct tstat_table *table,
			  const struct flow *flow, const struct sweep *sweep)
{
	if (!sweep->round || (sweep->wanted && sweep->heard))
		return true;
	/* It is looked at again with the lock, or a round later. */
	return data_race(tstat_record_is_over(&flow->rec, table->env.timeouts,
					      sweep->now_ns) ||
			 (sweep->wanted &&
			  is_interim(&flow->rec, sweep->round)));
}

/*
 * End what is to end in one bucket; returns how many flows it looked at. A
 * packet that comes between the decision and the end is in the record still.
 */
static unsigned int sweep_bucket(struct tstat_table *table, u64 hash,
				 struct sweep *sweep)
{
	struct stripe *stripe = stripe_of(table, hash);
	struct flow __rcu **place = bucket_of(stripe, hash);
	struct flow *flow;
	unsigned int seen = 0;
	int reason;

	for (; (flow = locked(stripe, *place)); seen++) {
		if (!needs_judging(table, flow, sweep)) {
			place = &flow->next;
			continue;
		}
		reason = 0;
		spin_lock(&flow->lock);
		if (!flow->end_reason)
			reason = judge(table, flow, sweep);
		spin_unlock(&flow->lock);
		sweep->ended += !!reason;
		if (!reason || tstat_flow_finish(table, stripe, place, reason))
			place = &flow->next;
	}
	return seen;
}

/* One hold of a stripe's lock; returns what is left of @budget. */
static unsigned int sweep_stripe(struct tstat_table *table,
				 struct tstat_cursor *cursor,
				 struct sweep *sweep, unsigned int budget)
{
	struct stripe *stripe = stripe_of(table, cursor->hash);
	unsigned int hold = HOLD_BUDGET;
	unsigned int cost;

	spin_lock_bh(&stripe->lock);
	do {
		if (!tstat_cursor_seek(stripe, cursor))
			break;
		cost = 1 + sweep_bucket(table, cursor->hash, sweep);
		hold -= min(hold, cost);
		budget -= min(budget, cost);
	} while (tstat_cursor_next_bucket(table, stripe, cursor) && hold &&
		 budget);
	spin_unlock_bh(&stripe->lock);
	return budget;
}

/* What has ended waits for its event: not for more than there is room. */
static void relieve(struct tstat_table *table)
{
	if (atomic_read(&table->ended) > ended_limit(table) / 2)
		tstat_events_drain(table->env.events, table);
	cond_resched();
}

static void sweep_all(struct tstat_table *table, struct sweep *sweep)
{
	struct tstat_cursor cursor = {};

	while (!cursor.end) {
		sweep_stripe(table, &cursor, sweep, UINT_MAX);
		relieve(table);
	}
}

/**
 * tstat_table_expire() - end flows whose timeout is over
 * @table: the table
 * @cursor: where to begin; moved behind what was looked at
 * @round: the round of the collector that this slice belongs to
 * @now_ns: the time
 * @budget: buckets and flows to look at in this slice
 *
 * Context: process, may sleep.
 * Return: false when the end of the table was reached.
 */
bool tstat_table_expire(struct tstat_table *table, struct tstat_cursor *cursor,
			const struct tstat_round *round, u64 now_ns,
			unsigned int budget)
{
	struct sweep sweep = {
		.round = round,
		.now_ns = now_ns,
		.wanted = tstat_events_wanted(table->env.events),
		.heard = tstat_events_are_heard(table->env.events),
	};

	/* A namespace in which nothing happens is to cost nothing. */
	cursor->end = !atomic_read(&table->count);
	while (!cursor->end && budget) {
		budget = sweep_stripe(table, cursor, &sweep, budget);
		relieve(table);
	}
	return !cursor->end;
}

/**
 * tstat_table_delete_matching() - end flows
 * @table: the table
 * @filter: which
 *
 * Context: process, may sleep.
 * Return: how many.
 */
u32 tstat_table_delete_matching(struct tstat_table *table,
				const struct tstat_filter *filter)
{
	struct sweep sweep = { .filter = filter };

	sweep_all(table, &sweep);
	return sweep.ended;
}

/**
 * tstat_table_end_all() - end every flow, and let their events be taken
 * @table: the table; no packet comes in any more
 *
 * Context: process, may sleep.
 */
void tstat_table_end_all(struct tstat_table *table)
{
	struct sweep sweep = {};

	sweep_all(table, &sweep);
	tstat_events_drain(table->env.events, table);
}

/* Take the events of one bucket, as far as there is room. */
static bool take_from_bucket(struct tstat_table *table, struct stripe *stripe,
			     u64 hash, struct tstat_batch *batch)
{
	struct flow __rcu **place = bucket_of(stripe, hash);
	struct tstat_event *event;
	struct flow *flow;
	bool ended;

	for (; (flow = locked(stripe, *place)); ) {
		if (!READ_ONCE(flow->events)) {
			place = &flow->next;
			continue;
		}
		if (batch->count == TSTAT_BATCH_MAX)
			return false;
		event = &batch->event[batch->count++];
		spin_lock(&flow->lock);
		event->rec = flow->rec;
		event->events = flow->events;
		event->end_reason = flow->end_reason;
		flow->events = 0;
		ended = flow->end_reason;
		spin_unlock(&flow->lock);
		if (!ended) {
			place = &flow->next;
			continue;
		}
		tstat_flow_unlink(stripe, place, flow);
		atomic_dec(&table->ended);
		tstat_flow_free(table, flow);
	}
	return true;
}

/**
 * tstat_table_take_events() - take what flows have to tell
 * @table: the table
 * @cursor: where to begin; moved behind what was looked at
 * @last: the last hash to look at
 * @batch: what was taken is appended
 *
 * Context: process, may sleep.
 * Return: whether there is more to take, once there is room again.
 */
bool tstat_table_take_events(struct tstat_table *table,
			     struct tstat_cursor *cursor, u64 last,
			     struct tstat_batch *batch)
{
	struct stripe *stripe = stripe_of(table, cursor->hash);
	unsigned int hold = HOLD_BUDGET;
	bool room = true;

	spin_lock_bh(&stripe->lock);
	while (hold--) {
		room = take_from_bucket(table, stripe, cursor->hash, batch);
		if (!room)
			break;
		if (!tstat_cursor_next_bucket(table, stripe, cursor) ||
		    cursor->hash > last)
			break;
	}
	spin_unlock_bh(&stripe->lock);
	return !cursor->end && cursor->hash <= last;
}
