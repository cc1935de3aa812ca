/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "top" shows of its list, and what keys do to that: pure, there is no
 * terminal and no kernel here.
 */
#ifndef TUPLESTAT_TOP_VIEW_H
#define TUPLESTAT_TOP_VIEW_H

#include "filter.h"
#include "grid.h"
#include "names.h"
#include "top_list.h"

/* Fits what can be typed as a filter. */
#define TOP_TYPED_LEN 256

/* Lines about the state of things, or about what is wrong. */
#define TOP_LINE_LEN 512

/* Keys that are no letters. */
enum top_key {
	TOP_KEY_ENTER = '\r',
	TOP_KEY_ESCAPE = 27,
	TOP_KEY_UP = 0x100,
	TOP_KEY_DOWN,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME,
	TOP_KEY_END,
	TOP_KEY_BACKSPACE,
};

enum top_mode {
	TOP_MODE_LIST,
	TOP_MODE_FLOW,	/* one flow in full */
	TOP_MODE_HELP,
};

/* What a key asks for that is not done by the view itself. */
enum top_action {
	TOP_NOTHING,
	TOP_QUIT,
	TOP_FILTER,	/* what is typed is to be the filter */
	TOP_ORDER,	/* the order of the view is another */
	TOP_PAUSE,	/* hold still, or go on */
	TOP_SLOWER,
	TOP_FASTER,
	TOP_NAMES,	/* ports as numbers, or as names */
};

/**
 * struct top_status - what the lines above the list say
 * @ledger: of table and ledger
 * @trouble: what is wrong with the source; "" where nothing is
 * @filter: words of the filter; "" where all flows match
 * @interval_ns: between two looks at the table
 * @paused: there is none, for now
 * @services: names of ports; NULL for numbers
 */
struct top_status {
	char ledger[TOP_LINE_LEN];
	char trouble[TOP_LINE_LEN];
	char filter[TOP_TYPED_LEN];
	uint64_t interval_ns;
	bool paused;
	const struct services *services;
};

/**
 * struct top_view - what is shown
 * @mode: which of the three screens
 * @order: the order that is asked for
 * @only_problems: of the list, only SYN problems
 * @prompting: a filter is being typed
 * @typed: as far as it is typed
 * @error: what is wrong with it; "" where nothing is
 * @selected: the flow that is marked, among the problems or among all
 * @in_problems: it is among the problems
 * @follows: the person has chosen it, so the mark goes where it goes
 * @at: number of the row that is marked, problems first
 * @first: the first row of all that is on the screen
 * @scroll: the first line of text that is on the screen, of other modes
 * @page: rows that are on the screen
 * @pinned: problems that are on the screen, above the others
 * @width: widest endpoints so far, of originators and of responders
 */
struct top_view {
	enum top_mode mode;
	struct top_order order;
	bool only_problems;
	bool prompting;
	char typed[TOP_TYPED_LEN];
	char error[FILTER_ERROR_LEN];
	struct flow selected;
	bool in_problems;
	bool follows;
	size_t at;
	size_t first;
	size_t scroll;
	size_t page;
	size_t pinned;
	int width[2];
};

void top_view_draw(struct top_view *view, struct top_list *list,
		   const struct top_status *status, struct grid *grid);
void top_view_resized(struct top_view *view);
const struct top_row *top_view_marked(const struct top_view *view,
				      const struct top_list *list);
enum top_action top_view_key(struct top_view *view, struct top_list *list,
			     int key);
const char *top_sort_name(enum top_sort sort);

#endif /* TUPLESTAT_TOP_VIEW_H */
