// SPDX-License-Identifier: GPL-2.0
/* Columns for people, as wide as their widest cell. */
#include <stdbool.h>
#include <string.h>

#include "columns.h"

/* How much of a cell stands before the point where its column aligns. */
static int before(const struct column *column, const char *text)
{
	switch (column->align) {
	case RIGHT:
		return (int)strlen(text);
	case SPLIT:
		return (int)strcspn(text, "/");
	default:
		return 0;
	}
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
		int left = before(&columns[i], cells[i].text);
		int right = (int)strlen(cells[i].text) - left;

		if (left > columns[i].before)
			columns[i].before = left;
		if (right > columns[i].after)
			columns[i].after = right;
	}
}

/* Makes room for the title, where the cells of a column leave too little. */
static void widen_for_title(struct column *column)
{
	int lack = (int)strlen(column->title) - column->before - column->after;

	if (lack <= 0)
		return;
	if (column->align == LEFT)
		column->after += lack;
	else
		column->before += lack;
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
		width = columns[i].before + columns[i].after;
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

/**
 * columns_put_row - a line of cells
 * @out: where to
 * @columns: the columns
 * @count: how many there are
 * @cells: one for each
 */
void columns_put_row(FILE *out, const struct column *columns, size_t count,
		     const struct cell *cells)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const char *text = cells[i].text;
		int left = before(&columns[i], text);
		bool last = i + 1 == count;

		/* Nothing needs blanks at the end of a line. */
		fprintf(out, "%*.*s%-*s%s", columns[i].before, left, text,
			last ? 0 : columns[i].after, text + left,
			last ? "\n" : "  ");
	}
}
