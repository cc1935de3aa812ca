// SPDX-License-Identifier: GPL-2.0
/* The first flows of an order, kept while all of them pass by. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

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
 * top_compare - which of two flows comes first
 * @arrange: the order
 * @a: one flow
 * @b: the other
 *
 * Amounts begin with the largest, times and ports with the lowest. Flows
 * without a round trip come last either way.
 *
 * Return: below 0 where @a comes first, above 0 where @b does.
 */
int top_compare(const struct arrange *arrange, const struct flow *a,
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

static bool is_before(const struct top *top, size_t a, size_t b)
{
	return top_compare(top->arrange, &top->flows.flow[a],
			   &top->flows.flow[b]) < 0;
}

static void swap(struct top *top, size_t a, size_t b)
{
	struct flow flow = top->flows.flow[a];

	top->flows.flow[a] = top->flows.flow[b];
	top->flows.flow[b] = flow;
}

static void sift_up(struct top *top, size_t at)
{
	size_t parent;

	for (; at; at = parent) {
		parent = (at - 1) / 2;
		if (!is_before(top, parent, at))
			break;
		swap(top, parent, at);
	}
}

static void sift_down(struct top *top)
{
	size_t at, child;

	for (at = 0; (child = 2 * at + 1) < top->flows.count; at = child) {
		if (child + 1 < top->flows.count &&
		    is_before(top, child, child + 1))
			child++;
		if (!is_before(top, at, child))
			break;
		swap(top, at, child);
	}
}

static int take(void *data, const struct flow *flow)
{
	struct top *top = data;
	uint32_t limit = top->arrange->limit;
	bool sorted = top->arrange->sort;

	if (!limit || top->flows.count < limit) {
		if (flow_list_add(&top->flows, flow))
			return -ENOMEM;
		if (limit && sorted)
			sift_up(top, top->flows.count - 1);
	} else if (sorted && top_compare(top->arrange, flow,
					 top->flows.flow) < 0) {
		top->flows.flow[0] = *flow;
		sift_down(top);
	}
	return 0;
}

static void restart(void *data)
{
	struct top *top = data;

	flow_list_reset(&top->flows);
}

/**
 * sink_to_top - keep the first flows of an order
 * @top: with @top->arrange set, and no flows
 */
struct flow_sink sink_to_top(struct top *top)
{
	return (struct flow_sink){
		.take = take,
		.restart = restart,
		.data = top,
	};
}

static int compare_for_sort(const void *a, const void *b, void *data)
{
	return top_compare(data, a, b);
}

/**
 * top_finish - all flows have passed by: put those that were kept in order
 * @top: the flows
 */
void top_finish(struct top *top)
{
	if (top->arrange->sort && top->flows.count)
		qsort_r(top->flows.flow, top->flows.count,
			sizeof(*top->flows.flow), compare_for_sort,
			(void *)top->arrange);
}

/**
 * top_free - forget the flows
 * @top: from sink_to_top(), or all zero
 */
void top_free(struct top *top)
{
	flow_list_free(&top->flows);
}
