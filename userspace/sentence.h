/* SPDX-License-Identifier: GPL-2.0 */
/* What became of a flow, in one plain sentence. */
#ifndef TUPLESTAT_SENTENCE_H
#define TUPLESTAT_SENTENCE_H

#include "flow.h"

#define SENTENCE_LEN 160

void sentence_outcome(char text[SENTENCE_LEN], const struct flow *flow);

#endif /* TUPLESTAT_SENTENCE_H */
