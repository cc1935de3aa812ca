/* SPDX-License-Identifier: GPL-2.0 */
/* A flow as a line of "top": columns as far as they fit. */
#ifndef TUPLESTAT_TOP_ROW_H
#define TUPLESTAT_TOP_ROW_H

#include "grid.h"
#include "names.h"
#include "top_list.h"

enum top_column {
	TOP_COLUMN_PROTO,
	TOP_COLUMN_STATE,
	TOP_COLUMN_ORIG,
	TOP_COLUMN_REPLY,
	TOP_COLUMN_AMOUNT,	/* what is sorted by, where no other has it */
	TOP_COLUMN_BYTE_RATE,
	TOP_COLUMN_PACKET_RATE,
	TOP_COLUMN_RTT,
	TOP_COLUMN_AGE,
	TOP_COLUMNS
};

/**
 * struct top_columns - which columns there are
 * @width: of each, 0 where it is left out
 * @sort: what is sorted by
 * @services: names of ports; NULL for numbers
 */
struct top_columns {
	int width[TOP_COLUMNS];
	enum top_sort sort;
	const struct services *services;
};

void top_columns_fit(struct top_columns *columns, int width,
		     const int wanted[2]);
void top_row_widen(const struct top_row *row, const struct services *services,
		   int wanted[2]);
void top_row_titles(const struct top_columns *columns, struct grid *grid,
		    int line);
void top_row_put(const struct top_columns *columns, struct grid *grid,
		 int line, const struct top_row *row, bool is_problem);

#endif /* TUPLESTAT_TOP_ROW_H */
