/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ncurses, loaded when there is a screen to draw. Linked in, it would add an
 * eighth to what it takes to ask the kernel for one flow.
 */
#ifndef TUPLESTAT_CURSES_LIBRARY_H
#define TUPLESTAT_CURSES_LIBRARY_H

/* What is a macro would name variables of the library, which is not linked. */
#define NCURSES_NOMACROS
#include <curses.h>

/**
 * struct curses_library - the functions that are used, see ncurses(3NCURSES)
 * @newterm: newterm()
 * @newwin: newwin()
 * @endwin: endwin()
 * @cbreak: cbreak()
 * @noecho: noecho()
 * @nonl: nonl()
 * @keypad: keypad()
 * @nodelay: nodelay()
 * @set_escdelay: set_escdelay()
 * @curs_set: curs_set()
 * @has_colors: has_colors()
 * @start_color: start_color()
 * @use_default_colors: use_default_colors()
 * @init_pair: init_pair()
 * @wgetch: wgetch()
 * @getmaxy: getmaxy()
 * @getmaxx: getmaxx()
 * @werase: werase()
 * @clearok: clearok()
 * @wmove: wmove()
 * @wattr_set: wattr_set()
 * @waddnwstr: waddnwstr()
 * @wrefresh: wrefresh()
 */
struct curses_library {
	__typeof__(newterm) *newterm;
	__typeof__(newwin) *newwin;
	__typeof__(endwin) *endwin;
	__typeof__(cbreak) *cbreak;
	__typeof__(noecho) *noecho;
	__typeof__(nonl) *nonl;
	__typeof__(keypad) *keypad;
	__typeof__(nodelay) *nodelay;
	__typeof__(set_escdelay) *set_escdelay;
	__typeof__(curs_set) *curs_set;
	__typeof__(has_colors) *has_colors;
	__typeof__(start_color) *start_color;
	__typeof__(use_default_colors) *use_default_colors;
	__typeof__(init_pair) *init_pair;
	__typeof__(wgetch) *wgetch;
	__typeof__(getmaxy) *getmaxy;
	__typeof__(getmaxx) *getmaxx;
	__typeof__(werase) *werase;
	__typeof__(clearok) *clearok;
	__typeof__(wmove) *wmove;
	__typeof__(wattr_set) *wattr_set;
	__typeof__(waddnwstr) *waddnwstr;
	__typeof__(wrefresh) *wrefresh;
};

const struct curses_library *curses_library_load(const char **error);

#endif /* TUPLESTAT_CURSES_LIBRARY_H */
