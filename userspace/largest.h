/* SPDX-License-Identifier: GPL-2.0 */
/* The first flows of an order, kept while all of them pass by. */
#ifndef TUPLESTAT_LARGEST_H
#define TUPLESTAT_LARGEST_H

#include "arrange.h"
#include "sink.h"

/**
 * struct largest - the first flows of an order
 * @arrange: the order, and how many
 * @flows: those that came first so far. With an order and a limit it is a
 *	heap, the last one at its root, so that no more than those are kept
 */
struct largest {
	const struct arrange *arrange;
	struct flow_list flows;
};

struct flow_sink sink_to_largest(struct largest *largest);
void largest_finish(struct largest *largest);
void largest_free(struct largest *largest);
int largest_compare(const struct arrange *arrange, const struct flow *a,
		    const struct flow *b);

#endif /* TUPLESTAT_LARGEST_H */
