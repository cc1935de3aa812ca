/* SPDX-License-Identifier: GPL-2.0 */
/* A screen as cells, before there is a terminal. */
#ifndef TUPLESTAT_GRID_H
#define TUPLESTAT_GRID_H

#include <stddef.h>
#include <stdint.h>

/* No screen is larger: what is beyond stays empty. */
#define GRID_SIDE_MAX 1000

/* Attributes of a cell, bits. */
enum {
	GRID_BOLD = 1 << 0,
	GRID_REVERSE = 1 << 1,
	GRID_ALERT = 1 << 2,	/* red, where there is colour */
	GRID_DIM = 1 << 3,
};

/**
 * struct grid_cell - a cell
 * @code: the character, Unicode; 0 is a blank
 * @attr: attributes
 */
struct grid_cell {
	uint32_t code;
	uint32_t attr;
};

/**
 * struct grid - a screen
 * @rows: its height, 0 to GRID_SIDE_MAX
 * @columns: its width, likewise
 * @cell: row by row; NULL where it has none
 */
struct grid {
	int rows;
	int columns;
	struct grid_cell *cell;
};

int grid_resize(struct grid *grid, int rows, int columns);
void grid_free(struct grid *grid);
void grid_clear(struct grid *grid);
int grid_put(struct grid *grid, int row, int column, uint32_t attr,
	     const char *text);
void grid_put_right(struct grid *grid, int row, int from, uint32_t attr,
		    const char *text);
void grid_mark(struct grid *grid, int row, uint32_t attr);
int grid_width(const char *text);

#endif /* TUPLESTAT_GRID_H */
