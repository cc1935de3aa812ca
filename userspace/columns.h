/* SPDX-License-Identifier: GPL-2.0 */
/* Columns for people, as wide as their widest cell. */
#ifndef TUPLESTAT_COLUMNS_H
#define TUPLESTAT_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

#include "names.h"

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
	int before;
	int after;
};

/**
 * struct cell - what stands in a column of a row
 * @text: the text
 */
struct cell {
	char text[NAMES_ENDPOINT_LEN];
};

void columns_widen(struct column *columns, size_t count,
		   const struct cell *cells);
void columns_put_titles(FILE *out, struct column *columns, size_t count);
void columns_put_row(FILE *out, const struct column *columns, size_t count,
		     const struct cell *cells);

#endif /* TUPLESTAT_COLUMNS_H */
