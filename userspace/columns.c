// SPDX-License-Identifier: GPL-2.0
/* Columns for people, as wide as their widest cell. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "columns.h"
#include "output.h"
#include "text.h"

/* A row as it is kept; as it is printed, with what fills cells up, and blanks. */
#define ROW_KEPT (COLUMNS_MAX * (2 + NAMES_ENDPOINT_LEN) + BLANKS)
#define ROW_PRINTED (COLUMNS_MAX * (2 * NAMES_ENDPOINT_LEN + 2 + COLOR_LEN) + \
		     BLANKS)

/* Blanks, and cells, are written so many at a time, the last to be written over. */
#define BLANKS 16

/* What is printed at once. */
#define PRINTED_LEN 32768

#define FIRST_ROOM 65536

_Static_assert(NAMES_ENDPOINT_LEN <= UINT8_MAX, "a length is one byte");

static int grow(struct columns *columns)
{
	size_t room = columns->room ? columns->room * 2 : FIRST_ROOM;
	char *grown = realloc(columns->rows, room);

	if (!grown)
		return -ENOMEM;
	columns->rows = grown;
	columns->room = room;
	return 0;
}

/**
 * row_begin - begin a row
 * @columns: the columns
 *
 * Return: 0, and there is room for all cells, or -ENOMEM.
 */
int row_begin(struct columns *columns)
{
	columns->next = 0;
	return columns->room - columns->len < ROW_KEPT ? grow(columns) : 0;
}

/**
 * cell_put - a cell of text
 * @columns: the columns
 * @text: shorter than NAMES_ENDPOINT_LEN
 */
void cell_put(struct columns *columns, const char *text)
{
	cell_end(columns, stpcpy(cell_begin(columns), text));
}

/**
 * cell_put_pair - a cell of two texts around a '/'
 * @columns: the columns
 * @first: of the originator
 * @second: of the responder
 */
void cell_put_pair(struct columns *columns, const char *first,
		   const char *second)
{
	char *slash = stpcpy(cell_begin(columns), first);

	*slash = '/';
	cell_end_pair(columns, slash, stpcpy(slash + 1, second));
}

/**
 * cell_put_u64 - a cell of a number
 * @columns: the columns
 * @value: the number
 */
void cell_put_u64(struct columns *columns, uint64_t value)
{
	cell_end(columns, text_u64(cell_begin(columns), value));
}

/**
 * cell_put_u64_pair - a cell of two numbers around a '/'
 * @columns: the columns
 * @first: of the originator
 * @second: of the responder
 */
void cell_put_u64_pair(struct columns *columns, uint64_t first,
		       uint64_t second)
{
	char *slash = text_u64(cell_begin(columns), first);

	*slash = '/';
	cell_end_pair(columns, slash, text_u64(slash + 1, second));
}

/**
 * cell_put_seconds - a cell of a time in seconds, for programs
 * @columns: the columns
 * @ns: the time
 * @digits: behind the point, 1 to 9; further ones are cut off
 */
void cell_put_seconds(struct columns *columns, uint64_t ns,
		      unsigned int digits)
{
	char *end = text_u64(cell_begin(columns), ns / NS_PER_SEC);

	*end++ = '.';
	text_digits(end, ns % NS_PER_SEC, 9);
	cell_end(columns, end + digits);
}

/**
 * columns_forget_rows - begin again
 * @columns: the columns; they stay as wide as they are
 */
void columns_forget_rows(struct columns *columns)
{
	columns->len = 0;
}

/**
 * columns_free - forget the rows and their memory
 * @columns: the columns
 */
void columns_free(struct columns *columns)
{
	free(columns->rows);
	columns->rows = NULL;
	columns->len = 0;
	columns->room = 0;
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

/* A title in the middle of two values belongs to both. */
static void put_title(FILE *out, const struct column *column, bool last)
{
	int width = (int)(column->before + column->after);
	int left = column->align == RIGHT ? width : last ? 0 : -width;

	if (column->align == SPLIT) {
		int lead = (width - (int)strlen(column->title)) / 2;

		fprintf(out, "%*s", lead, "");
		left = last ? 0 : -(width - lead);
	}
	fprintf(out, "%*s%s", left, column->title, last ? "\n" : "  ");
}

static char *put_blanks(char *at, size_t count)
{
	size_t done;

	for (done = 0; done < count; done += BLANKS)
		memset(at + done, ' ', BLANKS);
	return at + count;
}

/* What is kept has as many bytes behind it. */
static char *put_text(char *at, const char *text, size_t len)
{
	size_t done;

	for (done = 0; done < len; done += BLANKS)
		memcpy(at + done, text + done, BLANKS);
	return at + len;
}

static char *put_colored(char *at, const struct column *column,
			 const char *text, size_t len)
{
	const char *color = column->color ? column->color(text, len) : NULL;

	if (color)
		at = stpcpy(at, color);
	at = put_text(at, text, len);
	return color ? stpcpy(at, COLOR_END) : at;
}

/* Writes a row to @at; sets @kept to where the next one is kept. */
static inline char *put_row(char *at, const struct columns *columns,
			    const char **kept, bool color)
{
	const char *cell = *kept;
	size_t blanks = 0, i;

	for (i = 0; i < columns->count; i++) {
		const struct column *column = &columns->column[i];
		size_t len = (uint8_t)cell[0];
		size_t left = cell_before(column, (uint8_t)cell[1]);

		at = put_blanks(at, blanks + column->before - left);
		at = color ? put_colored(at, column, cell + 2, len) :
			     put_text(at, cell + 2, len);
		cell += 2 + len;
		/* Before the next one: none at the end of a line. */
		blanks = column->after - (len - left) + 2;
	}
	*kept = cell;
	*at++ = '\n';
	return at;
}

static char *put_aligned(char *at, const struct columns *columns,
			 const char **kept)
{
	return put_row(at, columns, kept, false);
}

static char *put_aligned_colored(char *at, const struct columns *columns,
				 const char **kept)
{
	return put_row(at, columns, kept, true);
}

static char *put_tabbed(char *at, const struct columns *columns,
			const char **kept)
{
	const char *cell = *kept;
	size_t i;

	for (i = 0; i < columns->count; i++) {
		size_t len = (uint8_t)cell[0];

		at = put_text(at, cell + 2, len);
		cell += 2 + len;
		*at++ = i + 1 < columns->count ? '\t' : '\n';
	}
	*kept = cell;
	return at;
}

static void put_rows(FILE *out, const struct columns *columns,
		     char *(*put)(char *at, const struct columns *columns,
				  const char **kept))
{
	const char *kept = columns->rows, *end = kept + columns->len;
	char printed[PRINTED_LEN + ROW_PRINTED], *at;

	/* Where there are none, there is no memory for them, too. */
	while (columns->len && kept < end) {
		for (at = printed; kept < end && at < printed + PRINTED_LEN;)
			at = put(at, columns, &kept);
		output_put(out, printed, (size_t)(at - printed));
	}
}

/**
 * columns_print - the line of titles, and the rows
 * @out: where to
 * @columns: the columns
 * @header: print the titles
 * @color: print the colors
 */
void columns_print(FILE *out, struct columns *columns, bool header, bool color)
{
	size_t i;

	for (i = 0; header && i < columns->count; i++) {
		widen_for_title(&columns->column[i]);
		put_title(out, &columns->column[i], i + 1 == columns->count);
	}
	put_rows(out, columns, color ? put_aligned_colored : put_aligned);
}

/**
 * columns_print_tsv - the same for programs: a tab between two cells, no blanks
 * @out: where to
 * @columns: the columns
 * @header: print the titles
 */
void columns_print_tsv(FILE *out, const struct columns *columns, bool header)
{
	size_t i;

	for (i = 0; header && i < columns->count; i++)
		fprintf(out, "%s%c", columns->column[i].title,
			i + 1 < columns->count ? '\t' : '\n');
	put_rows(out, columns, put_tabbed);
}
