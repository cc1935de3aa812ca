// SPDX-License-Identifier: GPL-2.0
/* The first N items of an order, kept while all of them pass by. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"

static void *item_at(const struct heap_order *order, void *items, size_t at)
{
	return (char *)items + at * order->size;
}

static bool is_before(const struct heap_order *order, void *items, size_t a,
		      size_t b)
{
	return order->compare(item_at(order, items, a),
			      item_at(order, items, b), order->data) < 0;
}

static void swap(const struct heap_order *order, void *items, size_t a,
		 size_t b)
{
	void *left = item_at(order, items, a);
	void *right = item_at(order, items, b);
	char kept[HEAP_ITEM_MAX];

	memcpy(kept, left, order->size);
	memcpy(left, right, order->size);
	memcpy(right, kept, order->size);
}

/**
 * heap_push - an item was put behind a heap: make it one of it
 * @order: the order
 * @items: the items
 * @count: how many, the new one included
 */
void heap_push(const struct heap_order *order, void *items, size_t count)
{
	size_t at, parent;

	for (at = count - 1; at; at = parent) {
		parent = (at - 1) / 2;
		if (!is_before(order, items, parent, at))
			break;
		swap(order, items, parent, at);
	}
}

static void sift_down(const struct heap_order *order, void *items,
		      size_t count)
{
	size_t at, child;

	for (at = 0; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count &&
		    is_before(order, items, child, child + 1))
			child++;
		if (!is_before(order, items, at, child))
			break;
		swap(order, items, at, child);
	}
}

/**
 * heap_offer - put an item in place of the last one, if it comes before that
 * @order: the order
 * @items: the items, a heap
 * @count: how many, one at least
 * @item: the item; copied
 */
void heap_offer(const struct heap_order *order, void *items, size_t count,
		const void *item)
{
	if (order->compare(item, items, order->data) >= 0)
		return;
	memcpy(items, item, order->size);
	sift_down(order, items, count);
}

/**
 * heap_sort - put items in order, the first one first
 * @order: the order
 * @items: the items; no heap afterwards
 * @count: how many
 */
void heap_sort(const struct heap_order *order, void *items, size_t count)
{
	if (count)
		qsort_r(items, count, order->size, order->compare,
			order->data);
}
