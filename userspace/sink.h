/* SPDX-License-Identifier: GPL-2.0 */
/* Who takes flows, one by one, as they come from a source. */
#ifndef TUPLESTAT_SINK_H
#define TUPLESTAT_SINK_H

#include "flow.h"

/**
 * struct flow_sink - takes flows
 * @take: takes one that is gone afterwards; 0, or a negative errno, which ends
 *	the request
 * @restart: forgets those so far, for the source begins again
 * @data: for both
 */
struct flow_sink {
	int (*take)(void *data, const struct flow *flow);
	void (*restart)(void *data);
	void *data;
};

struct flow_sink sink_to_list(struct flow_list *flows);

#endif /* TUPLESTAT_SINK_H */
