// SPDX-License-Identifier: GPL-2.0
/* A screen as cells, before there is a terminal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "utf8.h"

static int clamp(int side)
{
	if (side < 0)
		return 0;
	return side < GRID_SIDE_MAX ? side : GRID_SIDE_MAX;
}

/**
 * grid_resize - make it another size; it is empty afterwards
 * @grid: the grid, all zero the first time
 * @rows: its height
 * @columns: its width
 *
 * Return: 0, or -ENOMEM: then it is as it was.
 */
int grid_resize(struct grid *grid, int rows, int columns)
{
	struct grid_cell *cell;

	rows = clamp(rows);
	columns = clamp(columns);
	cell = calloc((size_t)rows * (size_t)columns + 1, sizeof(*cell));
	if (!cell)
		return -ENOMEM;
	free(grid->cell);
	grid->rows = rows;
	grid->columns = columns;
	grid->cell = cell;
	return 0;
}

/**
 * grid_free - forget the cells
 * @grid: the grid; usable again by grid_resize()
 */
void grid_free(struct grid *grid)
{
	free(grid->cell);
	*grid = (struct grid){ 0 };
}

/**
 * grid_clear - make all cells blanks
 * @grid: the grid
 */
void grid_clear(struct grid *grid)
{
	memset(grid->cell, 0, (size_t)grid->rows * (size_t)grid->columns *
	       sizeof(*grid->cell));
}

/**
 * grid_width - how many cells a text takes
 * @text: UTF-8, of characters that take one each
 *
 * Return: how many.
 */
int grid_width(const char *text)
{
	int width = 0;

	while (utf8_next(&text))
		width++;
	return width;
}

/**
 * grid_put - put text into a row; what is outside is left out
 * @grid: the grid
 * @row: the row, from 0 on
 * @column: where the text begins
 * @attr: attributes of its cells
 * @text: UTF-8, of characters that take a cell each
 *
 * Return: the column behind it.
 */
int grid_put(struct grid *grid, int row, int column, uint32_t attr,
	     const char *text)
{
	struct grid_cell *cells;
	uint32_t code;

	for (; (code = utf8_next(&text)); column++) {
		if (row < 0 || row >= grid->rows || column < 0 ||
		    column >= grid->columns)
			continue;
		cells = grid->cell + (size_t)row * (size_t)grid->columns;
		cells[column] = (struct grid_cell){ code, attr };
	}
	return column;
}

/**
 * grid_put_right - put text at the end of a row, if there is room
 * @grid: the grid
 * @row: the row
 * @from: the column that it must not begin before
 * @attr: attributes of its cells
 * @text: as for grid_put()
 */
void grid_put_right(struct grid *grid, int row, int from, uint32_t attr,
		    const char *text)
{
	int column = grid->columns - grid_width(text);

	if (column >= from)
		grid_put(grid, row, column, attr, text);
}

/**
 * grid_mark - give attributes to all cells of a row, to what they have
 * @grid: the grid
 * @row: the row
 * @attr: the attributes
 */
void grid_mark(struct grid *grid, int row, uint32_t attr)
{
	int column;

	if (row < 0 || row >= grid->rows)
		return;
	for (column = 0; column < grid->columns; column++)
		grid->cell[(size_t)row * (size_t)grid->columns +
			   (size_t)column].attr |= attr;
}
