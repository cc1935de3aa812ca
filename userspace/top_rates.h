/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast flows are: what they have sent since they were looked at before. Of
 * each flow that is in the table no more is kept than that takes.
 */
#ifndef TUPLESTAT_TOP_RATES_H
#define TUPLESTAT_TOP_RATES_H

#include "flow.h"
#include "tuple.h"

/*
 * Flows whose rates are known, at most. Each takes 96 bytes, and 8 to 16 to be
 * found by: 112 MiB in all. Flows beyond have no rates.
 */
#define TOP_RATES_MAX (1U << 20)

/**
 * struct top_rate - how fast a flow is, by side: originator, responder
 * @known: it is known: not where the flow was not seen before, unless it began
 *	since then
 * @packets: packets a second
 * @bytes: bytes of layer 3 and up a second
 */
struct top_rate {
	bool known;
	double packets[2];
	double bytes[2];
};

/**
 * struct top_seen - a flow as it was when it was seen last
 * @tuple: with @first_id, its identity; side 0 is the one that compares lower
 * @first_id: flow_first_id()
 * @packets: by side of @tuple
 * @bytes: likewise, of layer 3 and up
 * @seen_ns: when that was, on the clock of top_rates_of()
 * @round: in which round, enough of it to compare
 * @hash: of @tuple, enough of it to find it
 */
struct top_seen {
	struct tstat_tuple tuple;
	uint64_t first_id;
	uint64_t packets[2];
	uint64_t bytes[2];
	uint64_t seen_ns;
	uint32_t round;
	uint32_t hash;
};

/**
 * struct top_rates - all flows, as they were seen last
 * @seen: the flows
 * @count: how many there are
 * @room: how many fit before @seen must grow
 * @next: where the next flow stands if they come as they did before
 * @slot: by hash, the number of a flow from 1 on; 0 is a free place
 * @slots: how many there are, a power of two, at least twice @count
 * @round: number of this round
 * @began_ns: when the round before this one began
 * @begins_ns: when this one did
 * @max: flows to keep, at most
 * @beyond: flows of this round for which there was no place
 * @hash_key: keeps others from choosing places
 */
struct top_rates {
	struct top_seen *seen;
	uint32_t count;
	uint32_t room;
	uint32_t next;
	uint32_t *slot;
	uint32_t slots;
	uint32_t round;
	uint64_t began_ns;
	uint64_t begins_ns;
	uint32_t max;
	uint64_t beyond;
	struct tstat_hash_key hash_key;
};

void top_rates_init(struct top_rates *rates, uint32_t max);
void top_rates_begin(struct top_rates *rates, uint64_t now_ns);
void top_rates_of(struct top_rates *rates, const struct flow *flow,
		  uint64_t now_ns, uint64_t wall_ns, struct top_rate *rate);
void top_rates_end(struct top_rates *rates);
void top_rates_forget(struct top_rates *rates);

#endif /* TUPLESTAT_TOP_RATES_H */
