// SPDX-License-Identifier: GPL-2.0
/* ncurses, loaded when there is a screen to draw. */
#include <dlfcn.h>

#include "curses_library.h"
#include "library.h"

static const char *const names[] = { "libncursesw.so.6" };

static struct curses_library library;

static const struct {
	const char *name;
	void *function;
} symbols[] = {
	{ "newterm", &library.newterm },
	{ "newwin", &library.newwin },
	{ "endwin", &library.endwin },
	{ "cbreak", &library.cbreak },
	{ "noecho", &library.noecho },
	{ "nonl", &library.nonl },
	{ "keypad", &library.keypad },
	{ "nodelay", &library.nodelay },
	{ "set_escdelay", &library.set_escdelay },
	{ "curs_set", &library.curs_set },
	{ "has_colors", &library.has_colors },
	{ "start_color", &library.start_color },
	{ "use_default_colors", &library.use_default_colors },
	{ "init_pair", &library.init_pair },
	{ "wgetch", &library.wgetch },
	{ "getmaxy", &library.getmaxy },
	{ "getmaxx", &library.getmaxx },
	{ "werase", &library.werase },
	{ "clearok", &library.clearok },
	{ "wmove", &library.wmove },
	{ "wattr_set", &library.wattr_set },
	{ "waddnwstr", &library.waddnwstr },
	{ "wrefresh", &library.wrefresh },
};

/**
 * curses_library_load - get at ncurses
 * @error: set to why that failed
 *
 * Return: its functions, until the program ends; or NULL.
 */
const struct curses_library *curses_library_load(const char **error)
{
	void *handle;
	size_t i;

	handle = library_open(names, sizeof(names) / sizeof(names[0]));
	for (i = 0; handle && i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (!library_find(handle, symbols[i].name, symbols[i].function))
			handle = NULL;
	if (handle)
		return &library;
	*error = dlerror();
	return NULL;
}
