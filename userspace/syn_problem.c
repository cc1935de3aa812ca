// SPDX-License-Identifier: GPL-2.0
/* Who has a problem with a handshake, while it has it. */
#include <inttypes.h>
#include <stdio.h>

#include "handshake.h"
#include "syn_problem.h"

static const char *const names[] = {
	[SYN_FINE] = "fine",
	[SYN_UNANSWERED] = "no answer",
	[SYN_HALF_OPEN] = "half-open",
	[SYN_REFUSED] = "refused",
	[SYN_AGAIN] = "SYN again",
};

static uint64_t syns_of(const struct flow *flow)
{
	return flow->orig.sent.flags[TCP_FLAG_SYN];
}

static uint64_t syn_acks_of(const struct flow *flow)
{
	return flow->reply.sent.flags[TCP_FLAG_SYN];
}

/**
 * syn_problem_of - what is wrong with a handshake
 * @flow: the flow
 * @now_ns: ns since 1970-01-01 UTC
 *
 * Return: enum syn_problem, SYN_FINE also of what has no handshake.
 */
enum syn_problem syn_problem_of(const struct flow *flow, uint64_t now_ns)
{
	uint64_t age = now_ns > flow->first_ns ? now_ns - flow->first_ns : 0;
	bool again = syns_of(flow) > 1 || syn_acks_of(flow) > 1;
	bool waits = again || age >= SYN_PATIENCE_NS;

	switch (handshake_of(flow)) {
	case HANDSHAKE_REFUSED:
		return SYN_REFUSED;
	case HANDSHAKE_UNANSWERED:
		return waits ? SYN_UNANSWERED : SYN_FINE;
	case HANDSHAKE_UNFINISHED:
		return waits ? SYN_HALF_OPEN : SYN_FINE;
	case HANDSHAKE_COMPLETED:
		return again && age < SYN_FORGIVEN_NS ? SYN_AGAIN : SYN_FINE;
	case HANDSHAKE_NONE:
		break;
	}
	return SYN_FINE;
}

/**
 * syn_problem_name - the words for a problem
 * @problem: the problem
 *
 * Return: a name.
 */
const char *syn_problem_name(enum syn_problem problem)
{
	return names[problem];
}

/**
 * syn_problem_text - the same, and how often the SYN or SYN-ACK was sent
 * @text: where to put it
 * @flow: the flow
 * @problem: its problem
 */
void syn_problem_text(char text[SYN_PROBLEM_LEN], const struct flow *flow,
		      enum syn_problem problem)
{
	uint64_t times = syns_of(flow);

	if (problem == SYN_HALF_OPEN ||
	    (problem == SYN_AGAIN && syn_acks_of(flow) > times))
		times = syn_acks_of(flow);
	if (problem && times > 1)
		snprintf(text, SYN_PROBLEM_LEN, "%s x%" PRIu64,
			 names[problem], times);
	else
		snprintf(text, SYN_PROBLEM_LEN, "%s", names[problem]);
}
