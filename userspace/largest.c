// SPDX-License-Identifier: GPL-2.0
/* The first flows of an order, kept while all of them pass by. */
#include <errno.h>
#include <string.h>

#include "heap.h"
#include "largest.h"

static uint64_t value_of(const struct flow *flow, enum sort_key key)
{
	const struct counters *orig = &flow->orig.sent;
	const struct counters *reply = &flow->reply.sent;

	switch (key) {
	case SORT_BYTES:
		return orig->ip_bytes + reply->ip_bytes;
	case SORT_PACKETS:
		return orig->packets + reply->packets;
	case SORT_PAYLOAD:
		return orig->payload_bytes + reply->payload_bytes;
	case SORT_RETRANSMITS:
		return orig->retransmits + reply->retransmits;
	case SORT_DURATION:
		return flow_duration(flow);
	case SORT_RTT:
		return flow->synack_ns && flow->ackdat_ns ?
		       flow->synack_ns + flow->ackdat_ns : 0;
	case SORT_FIRST:
		return flow->first_ns;
	case SORT_LAST:
		return flow->last_ns;
	case SORT_PORT:
		return flow->reply.port;
	default:
		return 0;
	}
}

static int compare_ends(const struct flow_end *a, const struct flow_end *b)
{
	int ret = memcmp(a->addr, b->addr, sizeof(a->addr));

	return ret ? ret : compare_u64(a->port, b->port);
}

/* Of equals, the one that began first, so that the order is always the same. */
static int compare_equals(const struct flow *a, const struct flow *b)
{
	int ret = compare_u64(a->first_ns, b->first_ns);

	if (!ret)
		ret = compare_u64(a->family, b->family);
	if (!ret)
		ret = compare_u64(a->proto, b->proto);
	if (!ret)
		ret = compare_ends(&a->orig, &b->orig);
	if (!ret)
		ret = compare_ends(&a->reply, &b->reply);
	return ret ? ret : compare_u64(a->last_ns, b->last_ns);
}

/**
 * largest_compare - which of two flows comes first
 * @arrange: the order
 * @a: one flow
 * @b: the other
 *
 * Amounts begin with the largest, times and ports with the lowest. Flows
 * without a round trip come last either way.
 *
 * Return: below 0 where @a comes first, above 0 where @b does.
 */
int largest_compare(const struct arrange *arrange, const struct flow *a,
		    const struct flow *b)
{
	enum sort_key key = arrange->sort;
	bool up = key == SORT_FIRST || key == SORT_LAST || key == SORT_PORT;
	uint64_t left = value_of(a, key), right = value_of(b, key);

	if (left == right)
		return compare_equals(a, b);
	if (key == SORT_RTT && (!left || !right))
		return left ? -1 : 1;
	return up != arrange->reverse ? compare_u64(left, right) :
					compare_u64(right, left);
}

static int compare(const void *a, const void *b, void *data)
{
	return largest_compare(data, a, b);
}

static struct heap_order order_of(const struct largest *largest)
{
	return (struct heap_order){
		.size = sizeof(struct flow),
		.compare = compare,
		.data = (void *)largest->arrange,
	};
}

_Static_assert(sizeof(struct flow) <= HEAP_ITEM_MAX, "a heap takes it");

static int take(void *data, const struct flow *flow)
{
	struct largest *largest = data;
	struct flow_list *flows = &largest->flows;
	struct heap_order order = order_of(largest);
	uint32_t limit = largest->arrange->limit;
	bool sorted = largest->arrange->sort;

	if (!limit || flows->count < limit) {
		if (flow_list_add(flows, flow))
			return -ENOMEM;
		if (limit && sorted)
			heap_push(&order, flows->flow, flows->count);
	} else if (sorted) {
		heap_offer(&order, flows->flow, flows->count, flow);
	}
	return 0;
}

static void restart(void *data)
{
	struct largest *largest = data;

	flow_list_reset(&largest->flows);
}

/**
 * sink_to_largest - keep the first flows of an order
 * @largest: with @largest->arrange set, and no flows
 */
struct flow_sink sink_to_largest(struct largest *largest)
{
	return (struct flow_sink){
		.take = take,
		.restart = restart,
		.data = largest,
	};
}

/**
 * largest_finish - all flows have passed by: put those that were kept in order
 * @largest: the flows
 */
void largest_finish(struct largest *largest)
{
	struct heap_order order = order_of(largest);

	if (largest->arrange->sort)
		heap_sort(&order, largest->flows.flow, largest->flows.count);
}

/**
 * largest_free - forget the flows
 * @largest: from sink_to_largest(), or all zero
 */
void largest_free(struct largest *largest)
{
	flow_list_free(&largest->flows);
}
