// SPDX-License-Identifier: GPL-2.0
/* The list of flows that a source fills and a renderer prints. */
#include <errno.h>
#include <stdlib.h>

#include <linux/tuplestat.h>

#include "flow.h"

#define FIRST_ROOM 64

/**
 * flow_list_add - append a copy of a flow
 * @list: the list
 * @flow: what to copy
 *
 * Return: 0 or -ENOMEM; then the list is as it was.
 */
int flow_list_add(struct flow_list *list, const struct flow *flow)
{
	size_t room = list->room ? list->room * 2 : FIRST_ROOM;
	struct flow *grown;

	if (list->count == list->room) {
		grown = reallocarray(list->flow, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->flow = grown;
		list->room = room;
	}
	list->flow[list->count++] = *flow;
	return 0;
}

/**
 * flow_list_reset - forget all flows, keep the memory for the next ones
 * @list: the list
 */
void flow_list_reset(struct flow_list *list)
{
	list->count = 0;
}

/**
 * flow_list_free - forget all flows and their memory
 * @list: the list; empty and usable again afterwards
 */
void flow_list_free(struct flow_list *list)
{
	free(list->flow);
	*list = (struct flow_list){ 0 };
}

/**
 * flow_set_counters - take over counters in the form of the ABI
 * @sent: where to put them
 * @raw: the counters
 */
void flow_set_counters(struct counters *sent,
		       const struct tuplestat_counters *raw)
{
	*sent = (struct counters){
		.packets = raw->packets,
		.ip_bytes = raw->ip_bytes,
		.l4_bytes = raw->l4_bytes,
		.payload_bytes = raw->payload_bytes,
		.flags = {
			[TCP_FLAG_FIN] = raw->fin,
			[TCP_FLAG_SYN] = raw->syn,
			[TCP_FLAG_RST] = raw->rst,
			[TCP_FLAG_PSH] = raw->psh,
			[TCP_FLAG_ACK] = raw->ack,
			[TCP_FLAG_URG] = raw->urg,
			[TCP_FLAG_ECE] = raw->ece,
			[TCP_FLAG_CWR] = raw->cwr,
		},
		.retransmits = raw->retransmits,
		.zero_windows = raw->zero_windows,
		.unusual = raw->unusual,
	};
}

/**
 * flow_set_arrows - take over the teardown in the form of the ABI
 * @flow: where to put it
 * @raw: the arrows
 * @count: how many; more than FLOW_ARROWS_MAX are left out
 */
void flow_set_arrows(struct flow *flow, const struct tuplestat_arrow *raw,
		     unsigned int count)
{
	unsigned int i;

	flow->arrows = count < FLOW_ARROWS_MAX ? count : FLOW_ARROWS_MAX;
	for (i = 0; i < flow->arrows; i++)
		flow->arrow[i] = (struct flow_arrow){
			.gap_ns = raw[i].gap_ns,
			.flags = raw[i].flags,
		};
}

/**
 * flow_duration - time between the first and the last packet
 * @flow: the flow
 *
 * Return: nanoseconds; 0 where the wall clock was set back in between.
 */
uint64_t flow_duration(const struct flow *flow)
{
	if (flow->last_ns < flow->first_ns)
		return 0;
	return flow->last_ns - flow->first_ns;
}

/**
 * flow_first_id - what distinguishes a flow from others of its 5-tuple
 * @flow: the flow
 *
 * Return: the time of the first packet, on the monotonic clock if it is known.
 * Else it is the date, which changes when the wall clock is set.
 */
uint64_t flow_first_id(const struct flow *flow)
{
	return flow->first_monotonic_ns ? flow->first_monotonic_ns :
					  flow->first_ns;
}
