// SPDX-License-Identifier: GPL-2.0
/* Columns for people, as wide as their widest cell. */
#include <stdbool.h>
#include <string.h>

#include "columns.h"
#include "output.h"
#include "text.h"

/* A row at its widest: cells and what fills them up, and two blanks each. */
#define ROW_LEN (COLUMNS_MAX * (2 * NAMES_ENDPOINT_LEN + 2))

/**
 * cell_put - a cell of text
 * @cell: the cell
 * @text: shorter than NAMES_ENDPOINT_LEN
 */
void cell_put(struct cell *cell, const char *text)
{
	cell_end(cell, text_put(cell->text, text));
}

/**
 * cell_put_pair - a cell of two texts around a '/'
 * @cell: the cell
 * @first: of the originator
 * @second: of the responder
 */
void cell_put_pair(struct cell *cell, const char *first, const char *second)
{
	char *at = text_put(cell->text, first);
	size_t len = (size_t)(at - cell->text);

	*at++ = '/';
	cell_end(cell, text_put(at, second));
	cell->first = len;
}

/**
 * cell_put_u64 - a cell of a number
 * @cell: the cell
 * @value: the number
 */
void cell_put_u64(struct cell *cell, uint64_t value)
{
	cell_end(cell, text_u64(cell->text, value));
}

/**
 * cell_put_u64_pair - a cell of two numbers around a '/'
 * @cell: the cell
 * @first: of the originator
 * @second: of the responder
 */
void cell_put_u64_pair(struct cell *cell, uint64_t first, uint64_t second)
{
	char *at = text_u64(cell->text, first);
	size_t len = (size_t)(at - cell->text);

	*at++ = '/';
	cell_end(cell, text_u64(at, second));
	cell->first = len;
}

/* How much of a cell stands before the point where its column aligns. */
static size_t before(const struct column *column, const struct cell *cell)
{
	return column->align == LEFT ? 0 : cell->first;
}

/**
 * columns_widen - make room for the cells of a row
 * @columns: the columns
 * @count: how many there are
 * @cells: one for each
 */
void columns_widen(struct column *columns, size_t count,
		   const struct cell *cells)
{
	size_t i;

	for (i = 0; i < count; i++) {
		size_t left = before(&columns[i], &cells[i]);
		size_t right = cells[i].len - left;

		if (left > columns[i].before)
			columns[i].before = left;
		if (right > columns[i].after)
			columns[i].after = right;
	}
}

/* Makes room for the title, where the cells of a column leave too little. */
static void widen_for_title(struct column *column)
{
	size_t len = strlen(column->title);
	size_t width = column->before + column->after;

	if (len <= width)
		return;
	if (column->align == LEFT)
		column->after += len - width;
	else
		column->before += len - width;
}

/**
 * columns_put_titles - the line of titles; from here on the widths stay
 * @out: where to
 * @columns: the columns, made wide enough for all rows
 * @count: how many there are
 */
void columns_put_titles(FILE *out, struct column *columns, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		int width, left;

		widen_for_title(&columns[i]);
		width = (int)(columns[i].before + columns[i].after);
		left = columns[i].align == LEFT ? -width : width;

		/* A title in the middle of two values belongs to both. */
		if (columns[i].align == SPLIT) {
			int len = (int)strlen(columns[i].title);
			int lead = (width - len) / 2;

			fprintf(out, "%*s", lead, "");
			left = i + 1 < count ? -(width - lead) : 0;
		}
		fprintf(out, "%*s%s", left, columns[i].title,
			i + 1 < count ? "  " : "\n");
	}
}

static char *put_blanks(char *at, size_t count)
{
	for (; count; count--)
		*at++ = ' ';
	return at;
}

/**
 * columns_put_row - a line of cells
 * @out: where to
 * @columns: the columns, wide enough
 * @count: how many there are, COLUMNS_MAX at most
 * @cells: one for each
 */
void columns_put_row(FILE *out, const struct column *columns, size_t count,
		     const struct cell *cells)
{
	char row[ROW_LEN], *at = row;
	size_t i;

	for (i = 0; i < count; i++) {
		size_t left = before(&columns[i], &cells[i]);

		at = put_blanks(at, columns[i].before - left);
		memcpy(at, cells[i].text, cells[i].len);
		at += cells[i].len;
		/* Nothing needs blanks at the end of a line. */
		if (i + 1 < count)
			at = put_blanks(at, columns[i].after -
					(cells[i].len - left) + 2);
	}
	*at++ = '\n';
	output_put(out, row, (size_t)(at - row));
}
