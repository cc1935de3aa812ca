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
 * struct columns - all columns, and the rows so far
 * @column: the columns
 * @count: how many there are
 * @rows: the cells of all rows: length, length of the first value, text
 * @len: bytes of @rows
 * @room: how many there can be before it must grow
 */
struct columns {
	struct column column[COLUMNS_MAX];
	size_t count;
	char *rows;
	size_t len;
	size_t room;
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

int columns_add_row(struct columns *columns, const struct cell *cells);
void columns_forget_rows(struct columns *columns);
void columns_print(FILE *out, struct columns *columns);
void columns_free(struct columns *columns);

#endif /* TUPLESTAT_COLUMNS_H */
