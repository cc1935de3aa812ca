/* SPDX-License-Identifier: GPL-2.0 */
/* The first flows of an order, kept while all of them pass by. */
#ifndef TUPLESTAT_TOP_H
#define TUPLESTAT_TOP_H

#include "arrange.h"
#include "sink.h"

/**
 * struct top - the first flows of an order
 * @arrange: the order, and how many
 * @flows: those that came first so far. With an order and a limit it is a
 *	heap, the last one at its root, so that no more than those are kept
 */
struct top {
	const struct arrange *arrange;
	struct flow_list flows;
};

struct flow_sink sink_to_top(struct top *top);
void top_finish(struct top *top);
void top_free(struct top *top);
int top_compare(const struct arrange *arrange, const struct flow *a,
		const struct flow *b);

#endif /* TUPLESTAT_TOP_H */
