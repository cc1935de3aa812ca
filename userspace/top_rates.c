// SPDX-License-Identifier: GPL-2.0
/* How fast flows are: what they have sent since they were looked at before. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "top_rates.h"

#define FIRST_ROOM 1024

/* Of flows that have gone so many may be kept, for each four that have not. */
#define GONE_SHARE 4

_Static_assert(sizeof(struct top_seen) == 96, "what top_rates.h says");

/**
 * top_rates_init - no flow was seen yet
 * @rates: written whole; to be freed by top_rates_forget()
 * @max: flows to keep, at most
 */
void top_rates_init(struct top_rates *rates, uint32_t max)
{
	*rates = (struct top_rates){ .max = max };
	/* Where there is none, who chooses ports can only make this slow. */
	if (getrandom(&rates->hash_key, sizeof(rates->hash_key),
		      GRND_NONBLOCK) != sizeof(rates->hash_key))
		rates->hash_key = (struct tstat_hash_key){ { 0 } };
}

/**
 * top_rates_forget - forget all flows, and what memory they took
 * @rates: usable again afterwards: no rate is known in the next round
 */
void top_rates_forget(struct top_rates *rates)
{
	struct tstat_hash_key key = rates->hash_key;
	uint32_t max = rates->max;

	free(rates->seen);
	free(rates->slot);
	*rates = (struct top_rates){ .max = max, .hash_key = key };
}

/**
 * top_rates_begin - a round begins: each flow is looked at once
 * @rates: the rates
 * @now_ns: CLOCK_MONOTONIC of the initial time namespace
 */
void top_rates_begin(struct top_rates *rates, uint64_t now_ns)
{
	rates->round++;
	rates->began_ns = rates->begins_ns;
	rates->begins_ns = now_ns;
	rates->next = 0;
	rates->beyond = 0;
}

/* The place of a flow of that hash for which @same holds, or the free one. */
static uint32_t *find_slot(const struct top_rates *rates,
			   const struct top_seen *like)
{
	uint32_t mask = rates->slots - 1;
	uint32_t i = like->hash & mask;
	const struct top_seen *seen;

	for (; rates->slot[i]; i = (i + 1) & mask) {
		seen = &rates->seen[rates->slot[i] - 1];
		if (seen->hash == like->hash &&
		    tstat_tuple_equal(&seen->tuple, &like->tuple))
			break;
	}
	return &rates->slot[i];
}

static void fill_slots(struct top_rates *rates)
{
	uint32_t i;

	memset(rates->slot, 0, rates->slots * sizeof(*rates->slot));
	for (i = 0; i < rates->count; i++)
		*find_slot(rates, &rates->seen[i]) = i + 1;
}

/* Makes room for one more; false where there can be none. */
static bool make_room(struct top_rates *rates)
{
	uint32_t room = rates->room ? rates->room * 2 : FIRST_ROOM;
	struct top_seen *seen;
	uint32_t *slot;

	if (rates->count >= rates->max)
		return false;
	if (rates->seen && rates->count < rates->room)
		return true;
	seen = reallocarray(rates->seen, room, sizeof(*seen));
	if (!seen)
		return false;
	rates->seen = seen;
	slot = reallocarray(rates->slot, (size_t)room * 2, sizeof(*slot));
	if (!slot)
		return false;
	rates->slot = slot;
	rates->slots = room * 2;
	rates->room = room;
	fill_slots(rates);
	return true;
}

/* They mostly come as they came before, and then need not be looked for. */
static struct top_seen *find(struct top_rates *rates, struct top_seen *like)
{
	uint32_t slot;

	if (rates->next < rates->count &&
	    tstat_tuple_equal(&rates->seen[rates->next].tuple, &like->tuple))
		return &rates->seen[rates->next++];
	like->hash = (uint32_t)tstat_tuple_hash(&like->tuple,
						&rates->hash_key);
	slot = rates->slots ? *find_slot(rates, like) : 0;
	if (!slot)
		return NULL;
	rates->next = slot;
	return &rates->seen[slot - 1];
}

static void add(struct top_rates *rates, const struct top_seen *like)
{
	if (!make_room(rates)) {
		rates->beyond++;
		return;
	}
	*find_slot(rates, like) = rates->count + 1;
	rates->seen[rates->count++] = *like;
}

/* Returns which side of the tuple the originator is. */
static unsigned int set_like(struct top_seen *like, const struct flow *flow)
{
	unsigned int orig;

	orig = tstat_tuple_init(&like->tuple, flow->family, flow->proto,
				flow->orig.addr, flow->reply.addr,
				htons(flow->orig.port),
				htons(flow->reply.port));
	like->first_id = flow_first_id(flow);
	like->packets[orig] = flow->orig.sent.packets;
	like->packets[!orig] = flow->reply.sent.packets;
	like->bytes[orig] = flow->orig.sent.ip_bytes;
	like->bytes[!orig] = flow->reply.sent.ip_bytes;
	return orig;
}

static void set_rate(struct top_rate *rate, const struct top_seen *now,
		     const struct top_seen *before, unsigned int orig)
{
	double seconds = (double)(now->seen_ns - before->seen_ns) / NS_PER_SEC;
	unsigned int side, of;

	for (side = 0; side < 2; side++) {
		of = side ^ orig;
		/* Not so for one that took its place within a nanosecond. */
		if (now->packets[of] < before->packets[of] ||
		    now->bytes[of] < before->bytes[of])
			return;
		rate->packets[side] = (double)(now->packets[of] -
					       before->packets[of]) / seconds;
		rate->bytes[side] = (double)(now->bytes[of] -
					     before->bytes[of]) / seconds;
	}
	rate->known = true;
}

/*
 * A module may give the time of the first packet on the wall clock only. Then
 * the age decides, which is wrong if the clock was set between two readings.
 */
static bool is_new(const struct top_rates *rates, const struct flow *flow,
		   uint64_t now_ns, uint64_t wall_ns)
{
	uint64_t age = wall_ns > flow->first_ns ? wall_ns - flow->first_ns : 0;

	if (flow->first_monotonic_ns)
		return flow->first_monotonic_ns >= rates->began_ns;
	return age <= now_ns - rates->began_ns;
}

/* All that a flow has sent is new if it began since the round before. */
static void set_new_rate(const struct top_rates *rates, struct top_rate *rate,
			 const struct top_seen *now, unsigned int orig)
{
	const struct top_seen nothing = { .seen_ns = rates->began_ns };

	set_rate(rate, now, &nothing, orig);
}

/**
 * top_rates_of - look at a flow: how fast is it?
 * @rates: the rates, in a round
 * @flow: the flow
 * @now_ns: when it was looked at, on the clock of top_rates_begin()
 * @wall_ns: the same in ns since 1970-01-01 UTC
 * @rate: written whole
 */
void top_rates_of(struct top_rates *rates, const struct flow *flow,
		  uint64_t now_ns, uint64_t wall_ns, struct top_rate *rate)
{
	struct top_seen like = { .seen_ns = now_ns, .round = rates->round };
	unsigned int orig = set_like(&like, flow);
	struct top_seen *seen = find(rates, &like);
	bool again = seen && seen->first_id == like.first_id;

	*rate = (struct top_rate){ 0 };
	if (again && seen->round == rates->round - 1 && now_ns > seen->seen_ns)
		set_rate(rate, &like, seen, orig);
	else if (!again && rates->began_ns && now_ns > rates->began_ns &&
		 is_new(rates, flow, now_ns, wall_ns))
		set_new_rate(rates, rate, &like, orig);
	if (!seen) {
		add(rates, &like);
		return;
	}
	like.hash = seen->hash;
	*seen = like;
}

/**
 * top_rates_end - a round ends: flows that were not looked at have gone
 * @rates: the rates
 */
void top_rates_end(struct top_rates *rates)
{
	uint32_t i, kept = 0;

	for (i = 0; i < rates->count; i++)
		kept += rates->seen[i].round == rates->round;
	if (rates->count - kept <= kept / GONE_SHARE &&
	    rates->count < rates->max)
		return;
	kept = 0;
	for (i = 0; i < rates->count; i++)
		if (rates->seen[i].round == rates->round)
			rates->seen[kept++] = rates->seen[i];
	rates->count = kept;
	if (rates->slots)
		fill_slots(rates);
}
