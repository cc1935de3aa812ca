/* SPDX-License-Identifier: GPL-2.0 */
/* Which events were missed, by the numbers of those that came. */
#ifndef TUPLESTAT_EVENT_SEQ_H
#define TUPLESTAT_EVENT_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct event_seq - how far the account goes
 * @last: number of the last event that came or is known to be missing
 * @missed: events that did not come, in all
 * @begun: an event came since event_seq_begin()
 */
struct event_seq {
	uint64_t last;
	uint64_t missed;
	bool begun;
};

void event_seq_begin(struct event_seq *seq, uint64_t given);
uint64_t event_seq_take(struct event_seq *seq, uint64_t number);
uint64_t event_seq_settle(struct event_seq *seq, uint64_t given);

#endif /* TUPLESTAT_EVENT_SEQ_H */
