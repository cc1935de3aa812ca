// SPDX-License-Identifier: GPL-2.0
/* Text in cells: what fits, what does not, and what is no text. */
#include <string.h>

#include "grid.h"
#include "ktap.h"

/* Whether a row is that text, with '.' for blanks and '#' beyond ASCII. */
static bool is_row(const struct grid *grid, int row, const char *text)
{
	const struct grid_cell *cell = grid->cell + row * grid->columns;
	int column;

	for (column = 0; column < grid->columns; column++) {
		uint32_t code = cell[column].code;
		char wanted = text[column];

		if (wanted == '.' ? code != 0 :
		    wanted == '#' ? code < 0x80 : code != (uint32_t)wanted)
			return false;
	}
	return !text[column];
}

static void test_put(void)
{
	struct grid grid = { 0 };
	int end;

	ktap_ok(!grid_resize(&grid, 3, 6) && is_row(&grid, 2, "......"),
		"a grid is empty");
	end = grid_put(&grid, 0, 1, 0, "abc");
	ktap_ok(end == 4 && is_row(&grid, 0, ".abc.."), "text in a row");
	grid_put(&grid, 1, 4, 0, "abc");
	grid_put(&grid, 1, -2, 0, "abc");
	ktap_ok(is_row(&grid, 1, "c...ab") && is_row(&grid, 2, "......"),
		"what does not fit is cut off on either side");
	grid_put(&grid, -1, 0, 0, "abc");
	grid_put(&grid, 3, 0, 0, "abc");
	ktap_ok(is_row(&grid, 0, ".abc..") && is_row(&grid, 2, "......"),
		"a row that is not there");
	grid_put_right(&grid, 2, 3, 0, "xyz");
	grid_put_right(&grid, 2, 3, 0, "wxyz");
	ktap_ok(is_row(&grid, 2, "...xyz"), "at the right, if it fits");
	grid_clear(&grid);
	ktap_ok(is_row(&grid, 0, "......"), "cleared");
	ktap_ok(!grid_resize(&grid, 0, 0) && grid_put(&grid, 0, 0, 0, "a") == 1,
		"no cell at all");
	ktap_ok(!grid_resize(&grid, 5000, -3) && grid.rows == GRID_SIDE_MAX &&
		!grid.columns, "sides are bounded");
	grid_free(&grid);
}

static void test_codes(void)
{
	static const struct {
		const char *text;
		const char *row;
		const char *what;
	} texts[] = {
		{ "\u2502a\u25b6", "#a#...", "UTF-8, a cell a character" },
		{ "a\033[2Jb", "a?[2Jb", "no escape sequence" },
		{ "a\302\233b\177\n", "a?b??.", "no other control character" },
		{ "\200\377ab", "??ab..", "no bytes that are no UTF-8" },
		{ "a\xe2\x94", "a?....", "no character that is cut off" },
	};
	struct grid grid = { 0 };
	size_t i;

	grid_resize(&grid, 1, 6);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		grid_clear(&grid);
		grid_put(&grid, 0, 0, 0, texts[i].text);
		ktap_ok(is_row(&grid, 0, texts[i].row) &&
			grid_width(texts[i].text) ==
			(int)strcspn(texts[i].row, "."), "%s", texts[i].what);
	}
	grid_free(&grid);
}

static void test_marks(void)
{
	struct grid grid = { 0 };

	grid_resize(&grid, 2, 3);
	grid_put(&grid, 1, 0, GRID_BOLD, "a");
	grid_mark(&grid, 1, GRID_REVERSE);
	grid_mark(&grid, 2, GRID_REVERSE);
	ktap_ok(grid.cell[3].attr == (GRID_BOLD | GRID_REVERSE) &&
		grid.cell[5].attr == GRID_REVERSE && !grid.cell[2].attr,
		"a row is marked, and keeps what it had");
	grid_free(&grid);
}

int main(void)
{
	ktap_plan(8 + 5 + 1);
	test_put();
	test_codes();
	test_marks();
	return ktap_finish();
}
