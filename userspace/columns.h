/* SPDX-License-Identifier: GPL-2.0 */
/* Columns for people, as wide as their widest cell. */
#ifndef TUPLESTAT_COLUMNS_H
#define TUPLESTAT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "names.h"

/* The most columns that a row has. */
#define COLUMNS_MAX 64

/* SPLIT: two values, the originator's and the responder's, around a '/'. */
enum align { LEFT, RIGHT, SPLIT };

/**
 * struct column - a column
 * @title: what stands above it
 * @align: where its cells align
 * @before: widest text before that point, so far
 * @after: widest text after it, so far
 * @color: the color of a cell's text, as of color.h; NULL for none
 */
struct column {
	const char *title;
	enum align align;
	size_t before;
	size_t after;
	const char *(*color)(const char *text, size_t len);
};

/**
 * struct columns - all columns, and the rows so far
 * @column: the columns
 * @count: how many there are
 * @next: the column of the cell that is written next
 * @rows: the cells of all rows: length, length of the first value, text
 * @len: bytes of @rows
 * @room: how many there can be before it must grow
 *
 * A row is begun by row_begin(), then all its cells are put in order: text by
 * cell_put() and its kin, or written to cell_begin() and ended by cell_end().
 */
struct columns {
	struct column column[COLUMNS_MAX];
	size_t count;
	size_t next;
	char *rows;
	size_t len;
	size_t room;
};

int row_begin(struct columns *columns);

/* How much of a cell stands before the point where its column aligns. */
static inline size_t cell_before(const struct column *column, size_t first)
{
	return column->align == LEFT ? 0 : first;
}

/**
 * cell_begin - write a cell
 * @columns: the columns, in a row
 *
 * Return: where its text goes, NAMES_ENDPOINT_LEN bytes at most.
 */
static inline char *cell_begin(struct columns *columns)
{
	return columns->rows + columns->len + 2;
}

/**
 * cell_end_pair - two values around a '/' were written
 * @columns: the columns
 * @slash: where it is; @end, where there is only one value
 * @end: where the second value ended
 */
static inline void cell_end_pair(struct columns *columns, const char *slash,
				 const char *end)
{
	struct column *column = &columns->column[columns->next++];
	char *cell = columns->rows + columns->len;
	size_t first = (size_t)(slash - (cell + 2));
	size_t len = (size_t)(end - (cell + 2));
	size_t left = cell_before(column, first);

	cell[0] = (char)len;
	cell[1] = (char)first;
	columns->len += 2 + len;
	if (left > column->before)
		column->before = left;
	if (len - left > column->after)
		column->after = len - left;
}

/**
 * cell_end - a cell's text was written
 * @columns: the columns
 * @end: where it ended
 */
static inline void cell_end(struct columns *columns, const char *end)
{
	cell_end_pair(columns, end, end);
}

void cell_put(struct columns *columns, const char *text);
void cell_put_pair(struct columns *columns, const char *first,
		   const char *second);
void cell_put_u64(struct columns *columns, uint64_t value);
void cell_put_u64_pair(struct columns *columns, uint64_t first,
		       uint64_t second);
void cell_put_seconds(struct columns *columns, uint64_t ns,
		      unsigned int digits);

void columns_forget_rows(struct columns *columns);
void columns_print(FILE *out, struct columns *columns, bool header, bool color);
void columns_print_tsv(FILE *out, const struct columns *columns, bool header);
void columns_free(struct columns *columns);

#endif /* TUPLESTAT_COLUMNS_H */
