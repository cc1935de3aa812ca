// SPDX-License-Identifier: GPL-2.0
/* What "top" has to show: the first flows of an order, and whose SYNs fail. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "largest.h"
#include "top_list.h"

_Static_assert(sizeof(struct top_row) <= HEAP_ITEM_MAX, "a heap takes it");

static double value_of(const struct top_row *row, enum top_sort sort)
{
	const struct counters *orig = &row->flow.orig.sent;
	const struct counters *reply = &row->flow.reply.sent;

	switch (sort) {
	case TOP_SORT_BYTE_RATE:
		return row->rate.bytes[0] + row->rate.bytes[1];
	case TOP_SORT_PACKET_RATE:
		return row->rate.packets[0] + row->rate.packets[1];
	case TOP_SORT_BYTES:
		return (double)orig->ip_bytes + (double)reply->ip_bytes;
	case TOP_SORT_PACKETS:
		return (double)orig->packets + (double)reply->packets;
	case TOP_SORT_RTT:
		return row->flow.synack_ns && row->flow.ackdat_ns ?
		       (double)(row->flow.synack_ns + row->flow.ackdat_ns) : 0;
	case TOP_SORT_RETRANSMITS:
		return (double)orig->retransmits + (double)reply->retransmits;
	/* The oldest, the first state, the lowest port come first. */
	case TOP_SORT_AGE:
		return -(double)row->flow.first_ns;
	case TOP_SORT_STATE:
		return -(double)row->flow.state;
	case TOP_SORT_PORT:
		return -(double)row->flow.reply.port;
	case TOP_SORTS:
		break;
	}
	return 0;
}

/* Of equals, the one that has sent more, then as lists have it. */
static int compare_equals(const struct top_row *a, const struct top_row *b)
{
	static const struct arrange by_bytes = { .sort = SORT_BYTES };

	return largest_compare(&by_bytes, &a->flow, &b->flow);
}

static int compare_rows(const void *a, const void *b, void *data)
{
	const struct top_order *order = data;
	double left = value_of(a, order->sort);
	double right = value_of(b, order->sort);

	/* Those without a round trip come last either way. */
	if (order->sort == TOP_SORT_RTT && !left != !right)
		return left ? -1 : 1;
	if (left < right)
		return order->reverse ? -1 : 1;
	if (left > right)
		return order->reverse ? 1 : -1;
	return compare_equals(a, b);
}

static int compare_problems(const void *a, const void *b, void *data)
{
	const struct top_row *left = a, *right = b;

	(void)data;
	if (left->flow.last_ns != right->flow.last_ns)
		return left->flow.last_ns < right->flow.last_ns ? 1 : -1;
	return compare_equals(left, right);
}

static const struct heap_order problem_order = {
	.size = sizeof(struct top_row),
	.compare = compare_problems,
};

static struct heap_order order_of(struct top_list *list)
{
	return (struct heap_order){
		.size = sizeof(struct top_row),
		.compare = compare_rows,
		.data = &list->order,
	};
}

/**
 * top_list_init - an empty list
 * @list: written whole; to be freed by top_list_free(), also after an error
 *
 * Return: 0 or -ENOMEM.
 */
int top_list_init(struct top_list *list)
{
	*list = (struct top_list){ 0 };
	list->all.row = calloc(TOP_ROWS_MAX, sizeof(*list->all.row));
	list->problems.row = calloc(TOP_ROWS_MAX, sizeof(*list->problems.row));
	return list->all.row && list->problems.row ? 0 : -ENOMEM;
}

/**
 * top_list_free - forget the rows
 * @list: the list
 */
void top_list_free(struct top_list *list)
{
	free(list->all.row);
	free(list->problems.row);
	*list = (struct top_list){ 0 };
}

/**
 * top_list_begin - begin again, without a row
 * @list: the list; order and the opened flow stay
 */
void top_list_begin(struct top_list *list)
{
	list->all.count = 0;
	list->problems.count = 0;
	list->flows = 0;
	memset(list->problem, 0, sizeof(list->problem));
	list->met_opened = false;
}

static void add(struct top_rows *rows, const struct heap_order *order,
		const struct top_row *row)
{
	if (rows->count == TOP_ROWS_MAX) {
		heap_offer(order, rows->row, rows->count, row);
		return;
	}
	rows->row[rows->count++] = *row;
	heap_push(order, rows->row, rows->count);
}

/**
 * top_list_add - a flow that matches
 * @list: the list
 * @row: the flow; copied, where it is among the first
 */
void top_list_add(struct top_list *list, const struct top_row *row)
{
	struct heap_order order = order_of(list);

	list->flows++;
	list->problem[row->problem]++;
	add(&list->all, &order, row);
	if (row->problem)
		add(&list->problems, &problem_order, row);
	if (list->has_opened && !list->met_opened &&
	    top_same_flow(&list->opened.flow, &row->flow)) {
		list->opened = *row;
		list->met_opened = true;
	}
}

/**
 * top_list_end - all flows are there: put rows in order
 * @list: the list
 */
void top_list_end(struct top_list *list)
{
	struct heap_order order = order_of(list);

	heap_sort(&order, list->all.row, list->all.count);
	heap_sort(&problem_order, list->problems.row, list->problems.count);
}

/**
 * top_list_sort - put the rows in another order
 * @list: the list, ended; where it has not all flows these are not the first
 *	ones of that order, until it is filled again
 * @order: the order
 */
void top_list_sort(struct top_list *list, const struct top_order *order)
{
	list->order = *order;
	top_list_end(list);
}

/**
 * top_list_open - keep a flow, whether or not it is among the first
 * @list: the list
 * @row: the flow
 */
void top_list_open(struct top_list *list, const struct top_row *row)
{
	list->opened = *row;
	list->has_opened = true;
	list->met_opened = true;
}

/**
 * top_list_close - keep it no longer
 * @list: the list
 */
void top_list_close(struct top_list *list)
{
	list->has_opened = false;
}

/**
 * top_same_flow - whether two records are of one flow
 * @a: one, maybe of earlier
 * @b: the other
 *
 * Who of both sides is the originator may have become known meanwhile.
 */
bool top_same_flow(const struct flow *a, const struct flow *b)
{
	const struct flow_end *orig = &b->orig, *reply = &b->reply;
	bool turned;

	if (flow_first_id(a) != flow_first_id(b) || a->proto != b->proto ||
	    a->family != b->family)
		return false;
	turned = a->orig.port != orig->port ||
		 memcmp(a->orig.addr, orig->addr, FLOW_ADDR_LEN);
	if (turned) {
		orig = &b->reply;
		reply = &b->orig;
	}
	return a->orig.port == orig->port && a->reply.port == reply->port &&
	       !memcmp(a->orig.addr, orig->addr, FLOW_ADDR_LEN) &&
	       !memcmp(a->reply.addr, reply->addr, FLOW_ADDR_LEN);
}
