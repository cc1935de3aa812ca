/* SPDX-License-Identifier: GPL-2.0 */
/* Columns for people, as wide as their widest cell. */
#ifndef TUPLESTAT_COLUMNS_H
#define TUPLESTAT_COLUMNS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "names.h"

/* The most columns that a row has. */
#define COLUMNS_MAX 9

/* SPLIT: two values, the originator's and the responder's, around a '/'. */
enum align { LEFT, RIGHT, SPLIT };

/**
 * struct column - a column
 * @title: what stands above it
 * @align: where its cells align
 * @before: widest text before that point, so far
 * @after: widest text after it, so far
 */
struct column {
	const char *title;
	enum align align;
	size_t before;
	size_t after;
};

/**
 * struct cell - what stands in a column of a row
 * @text: the text
 * @len: its length
 * @first: length of the first of two values; where there is one, of all
 */
struct cell {
	char text[NAMES_ENDPOINT_LEN];
	size_t len;
	size_t first;
};

/* A cell's text was written, up to @end. */
static inline void cell_end(struct cell *cell, const char *end)
{
	cell->len = (size_t)(end - cell->text);
	cell->first = cell->len;
}

void cell_put(struct cell *cell, const char *text);
void cell_put_pair(struct cell *cell, const char *first, const char *second);
void cell_put_u64(struct cell *cell, uint64_t value);
void cell_put_u64_pair(struct cell *cell, uint64_t first, uint64_t second);

void columns_widen(struct column *columns, size_t count,
		   const struct cell *cells);
void columns_put_titles(FILE *out, struct column *columns, size_t count);
void columns_put_row(FILE *out, const struct column *columns, size_t count,
		     const struct cell *cells);

#endif /* TUPLESTAT_COLUMNS_H */
