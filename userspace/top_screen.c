// SPDX-License-Identifier: GPL-2.0
/* A grid on the terminal, and its keys. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include "curses_library.h"
#include "top_screen.h"
#include "top_view.h"

/* Milliseconds in which the rest of a key's sequence follows its Esc. */
#define ESCAPE_DELAY 50

#define ALERT_PAIR 1

static const struct curses_library *curses;
static WINDOW *window;
static bool colours;

static const struct {
	int curses;
	int key;
} keys[] = {
	{ KEY_UP, TOP_KEY_UP }, { KEY_DOWN, TOP_KEY_DOWN },
	{ KEY_PPAGE, TOP_KEY_PAGE_UP }, { KEY_NPAGE, TOP_KEY_PAGE_DOWN },
	{ KEY_HOME, TOP_KEY_HOME }, { KEY_END, TOP_KEY_END },
	{ KEY_ENTER, TOP_KEY_ENTER }, { '\n', TOP_KEY_ENTER },
	{ KEY_BACKSPACE, TOP_KEY_BACKSPACE }, { 0x7f, TOP_KEY_BACKSPACE },
	{ '\b', TOP_KEY_BACKSPACE }, { KEY_F(1), 'h' }, { KEY_F(4), 'f' },
	{ KEY_F(10), 'q' }, { KEY_RESIZE, TOP_KEY_RESIZE },
	{ ERR, TOP_KEY_NONE },
};

static int no_terminal(char error[TOP_SCREEN_ERROR_LEN])
{
	const char *type = getenv("TERM");

	snprintf(error, TOP_SCREEN_ERROR_LEN,
		 "the terminal cannot be used: TERM is %s%s%s, which is not known or cannot be drawn on",
		 type ? "'" : "", type ? type : "not set", type ? "'" : "");
	return -ENOTTY;
}

/**
 * top_screen_open - take over the terminal
 * @error: why that failed
 *
 * Signals that are to end the command are caught already, or ncurses would.
 *
 * Return: 0, or a negative errno with @error filled in.
 */
int top_screen_open(char error[TOP_SCREEN_ERROR_LEN])
{
	const char *reason;

	curses = curses_library_load(&reason);
	if (!curses) {
		snprintf(error, TOP_SCREEN_ERROR_LEN, "%s", reason);
		return -ENOPKG;
	}
	curses->set_escdelay(ESCAPE_DELAY);
	if (!curses->newterm(NULL, stdout, stdin))
		return no_terminal(error);
	window = curses->newwin(0, 0, 0, 0);
	if (!window) {
		curses->endwin();
		return no_terminal(error);
	}
	curses->cbreak();
	curses->noecho();
	curses->nonl();
	curses->keypad(window, TRUE);
	curses->nodelay(window, TRUE);
	curses->curs_set(0);
	/* https://no-color.org */
	colours = !getenv("NO_COLOR") && curses->has_colors() &&
		  curses->start_color() == OK &&
		  curses->use_default_colors() == OK &&
		  curses->init_pair(ALERT_PAIR, COLOR_RED, -1) == OK;
	return 0;
}

/**
 * top_screen_close - give the terminal back, as it was
 */
void top_screen_close(void)
{
	if (window)
		curses->endwin();
	window = NULL;
}

/**
 * top_screen_fit - make a grid as large as the screen
 * @grid: the grid; as it was, if it has that size
 *
 * Return: 0 or -ENOMEM.
 */
int top_screen_fit(struct grid *grid)
{
	int rows = curses->getmaxy(window), columns = curses->getmaxx(window);

	if (grid->cell && grid->rows == rows && grid->columns == columns)
		return 0;
	curses->clearok(window, TRUE);
	return grid_resize(grid, rows, columns);
}

static void set_attr(uint32_t attr)
{
	bool alert = attr & GRID_ALERT;
	attr_t attrs = A_NORMAL;

	if (attr & GRID_BOLD || (alert && !colours))
		attrs |= A_BOLD;
	if (attr & GRID_REVERSE)
		attrs |= A_REVERSE;
	if (attr & GRID_DIM)
		attrs |= A_DIM;
	curses->wattr_set(window, attrs, alert && colours ? ALERT_PAIR : 0,
			  NULL);
}

/* Cells of the same attributes at once. */
static void show_row(const struct grid *grid, int row)
{
	const struct grid_cell *cell = grid->cell + (size_t)row *
				       (size_t)grid->columns;
	wchar_t text[GRID_SIDE_MAX];
	int column, len = 0;

	curses->wmove(window, row, 0);
	for (column = 0; column < grid->columns; column++) {
		text[len++] = (wchar_t)(cell[column].code ? cell[column].code :
							    ' ');
		if (column + 1 < grid->columns &&
		    cell[column + 1].attr == cell[column].attr)
			continue;
		set_attr(cell[column].attr);
		curses->waddnwstr(window, text, len);
		len = 0;
	}
}

/**
 * top_screen_show - show a grid; only what has changed is sent
 * @grid: the grid
 */
void top_screen_show(const struct grid *grid)
{
	int row;

	curses->werase(window);
	for (row = 0; row < grid->rows; row++)
		show_row(grid, row);
	curses->wrefresh(window);
}

/**
 * top_screen_key - the next key; is not waited for
 *
 * Return: a character, enum top_key, TOP_KEY_NONE or TOP_KEY_RESIZE.
 */
int top_screen_key(void)
{
	int key = curses->wgetch(window);
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].curses == key)
			return keys[i].key;
	/* A key that has no meaning here. */
	return key < 0x100 ? key : 0;
}
