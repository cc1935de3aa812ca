// SPDX-License-Identifier: GPL-2.0
/* Who takes flows, one by one, as they come from a source. */
#include "sink.h"

static int list_take(void *data, const struct flow *flow)
{
	return flow_list_add(data, flow);
}

static void list_restart(void *data)
{
	flow_list_reset(data);
}

/**
 * sink_to_list - keep all flows, in the order in which they come
 * @flows: where to put them
 */
struct flow_sink sink_to_list(struct flow_list *flows)
{
	return (struct flow_sink){
		.take = list_take,
		.restart = list_restart,
		.data = flows,
	};
}
