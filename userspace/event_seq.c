// SPDX-License-Identifier: GPL-2.0
/* Which events were missed, by the numbers of those that came. */
#include "event_seq.h"

/**
 * event_seq_begin - begin the account, after joining the group
 * @seq: the account
 * @given: number of the last event that the kernel had given then; what is
 *	above was sent to a group that we had joined, and is missed else
 */
void event_seq_begin(struct event_seq *seq, uint64_t given)
{
	*seq = (struct event_seq){ .last = given };
}

static uint64_t advance(struct event_seq *seq, uint64_t to, uint64_t missed)
{
	seq->last = to;
	seq->missed += missed;
	return missed;
}

/**
 * event_seq_take - an event came
 * @seq: the account
 * @number: its number
 *
 * The first one may be older than the account, having come between joining
 * and asking: then the account begins with it, that nothing after it is
 * missed in silence.
 *
 * Return: how many are missing between it and the one before.
 */
uint64_t event_seq_take(struct event_seq *seq, uint64_t number)
{
	bool first = !seq->begun;

	seq->begun = true;
	if (number > seq->last)
		return advance(seq, number, number - seq->last - 1);
	if (first)
		seq->last = number;
	return 0;
}

/**
 * event_seq_settle - nothing that the kernel has sent so far is still to come
 * @seq: the account
 * @given: number of the last event that the kernel had given
 *
 * Return: how many are missing at the end, up to that one.
 */
uint64_t event_seq_settle(struct event_seq *seq, uint64_t given)
{
	if (given <= seq->last)
		return 0;
	return advance(seq, given, given - seq->last);
}
