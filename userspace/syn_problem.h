/* SPDX-License-Identifier: GPL-2.0 */
/* Who has a problem with a handshake, while it has it. */
#ifndef TUPLESTAT_SYN_PROBLEM_H
#define TUPLESTAT_SYN_PROBLEM_H

#include "flow.h"

/* As long as it takes until a SYN is sent again: RFC 6298, section 2. */
#define SYN_PATIENCE_NS NS_PER_SEC

/* A connection that was open so long has got over how it began. */
#define SYN_FORGIVEN_NS (60 * NS_PER_SEC)

#define SYN_PROBLEM_LEN 32

/**
 * enum syn_problem - what is wrong with a handshake
 * @SYN_FINE: nothing, or nothing yet
 * @SYN_UNANSWERED: a SYN is without answer for a second, or was sent again
 * @SYN_HALF_OPEN: a SYN-ACK is, likewise
 * @SYN_REFUSED: a RST came
 * @SYN_AGAIN: it is open, after a SYN or SYN-ACK was sent again; for a minute
 */
enum syn_problem {
	SYN_FINE,
	SYN_UNANSWERED,
	SYN_HALF_OPEN,
	SYN_REFUSED,
	SYN_AGAIN,
	SYN_PROBLEMS
};

enum syn_problem syn_problem_of(const struct flow *flow, uint64_t now_ns);
const char *syn_problem_name(enum syn_problem problem);
void syn_problem_text(char text[SYN_PROBLEM_LEN], const struct flow *flow,
		      enum syn_problem problem);

#endif /* TUPLESTAT_SYN_PROBLEM_H */
