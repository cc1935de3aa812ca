/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first N items of an order, kept while all of them pass by: a heap with
 * the last of them at its root, which gives way to a better one.
 */
#ifndef TUPLESTAT_HEAP_H
#define TUPLESTAT_HEAP_H

#include <stddef.h>

/* The largest item that there can be, in bytes. */
#define HEAP_ITEM_MAX 1024

/**
 * struct heap_order - which items, and what comes first
 * @size: bytes of an item, HEAP_ITEM_MAX at most
 * @compare: below 0 where @a comes first, above 0 where @b does
 * @data: for @compare
 */
struct heap_order {
	size_t size;
	int (*compare)(const void *a, const void *b, void *data);
	void *data;
};

void heap_push(const struct heap_order *order, void *items, size_t count);
void heap_offer(const struct heap_order *order, void *items, size_t count,
		const void *item);
void heap_sort(const struct heap_order *order, void *items, size_t count);

#endif /* TUPLESTAT_HEAP_H */
