// SPDX-License-Identifier: GPL-2.0
/* What keys do to what "top" shows. */
#include <ctype.h>
#include <string.h>

#include "top_view.h"

static const struct {
	char key;
	enum top_sort sort;
} sort_keys[] = {
	{ 'b', TOP_SORT_BYTE_RATE }, { 'p', TOP_SORT_PACKET_RATE },
	{ 'B', TOP_SORT_BYTES }, { 'P', TOP_SORT_PACKETS },
	{ 'r', TOP_SORT_RTT }, { 'a', TOP_SORT_AGE },
	{ 's', TOP_SORT_STATE }, { 't', TOP_SORT_RETRANSMITS },
	{ 'd', TOP_SORT_PORT },
};

/* The same key again keeps the order: a key always does the same. */
static enum top_action sort_by(struct top_view *view, int key)
{
	size_t i;

	for (i = 0; i < sizeof(sort_keys) / sizeof(sort_keys[0]); i++) {
		if (sort_keys[i].key != key)
			continue;
		view->order = (struct top_order){ sort_keys[i].sort, false };
		view->first = 0;
		return TOP_ORDER;
	}
	return TOP_NOTHING;
}

static size_t last_row(const struct top_view *view,
		       const struct top_list *list)
{
	size_t count = view->pinned + (view->only_problems ?
				       list->problems.count : list->all.count);

	return count ? count - 1 : 0;
}

/* To the row that the key leads to; a page is what is on the screen. */
static size_t moved(size_t at, size_t last, size_t page, int key)
{
	switch (key) {
	case TOP_KEY_UP:
	case 'k':
		return at ? at - 1 : 0;
	case TOP_KEY_DOWN:
	case 'j':
		return at < last ? at + 1 : last;
	case TOP_KEY_PAGE_UP:
		return at > page ? at - page : 0;
	case TOP_KEY_PAGE_DOWN:
		return last - at > page ? at + page : last;
	case TOP_KEY_HOME:
	case 'g':
		return 0;
	case TOP_KEY_END:
	case 'G':
		return last;
	}
	return at;
}

static bool is_move(int key)
{
	return (key >= TOP_KEY_UP && key <= TOP_KEY_END) ||
	       (key && key < 0x100 && strchr("jkgG", key));
}

static void move_mark(struct top_view *view, const struct top_list *list,
		      int key)
{
	const struct top_row *row;

	view->at = moved(view->at, last_row(view, list), view->page, key);
	if (key == TOP_KEY_HOME || key == 'g')
		view->first = 0;
	row = top_view_marked(view, list);
	if (!row)
		return;
	view->selected = row->flow;
	view->in_problems = view->at < view->pinned;
	view->follows = true;
}

static void open_flow(struct top_view *view, struct top_list *list)
{
	const struct top_row *row = top_view_marked(view, list);

	if (!row)
		return;
	top_list_open(list, row);
	view->mode = TOP_MODE_FLOW;
	view->scroll = 0;
}

static void close_text(struct top_view *view, struct top_list *list)
{
	top_list_close(list);
	view->mode = TOP_MODE_LIST;
	view->scroll = 0;
}

static enum top_action typed_key(struct top_view *view, int key)
{
	size_t len = strlen(view->typed);

	view->error[0] = '\0';
	if (key == TOP_KEY_ENTER)
		return TOP_FILTER;
	if (key == TOP_KEY_ESCAPE)
		view->prompting = false;
	else if (key == TOP_KEY_BACKSPACE && len)
		view->typed[len - 1] = '\0';
	/* As in shells: the whole line. */
	else if (key == ('u' & 0x1f))
		view->typed[0] = '\0';
	else if (key < 0x80 && isprint(key) && len + 1 < sizeof(view->typed))
		memcpy(view->typed + len, (char[]){ (char)key, '\0' }, 2);
	return TOP_NOTHING;
}

static enum top_action text_key(struct top_view *view, struct top_list *list,
				int key)
{
	if (is_move(key))
		/* Drawing knows where the text ends. */
		view->scroll = moved(view->scroll, view->scroll + 1000,
				     view->page, key);
	else if (key == TOP_KEY_ESCAPE || key == TOP_KEY_ENTER ||
		 key == TOP_KEY_BACKSPACE || key == 'h' || key == '?')
		close_text(view, list);
	return TOP_NOTHING;
}

static enum top_action list_key(struct top_view *view, struct top_list *list,
				int key)
{
	if (is_move(key)) {
		move_mark(view, list, key);
		return TOP_NOTHING;
	}
	switch (key) {
	case TOP_KEY_ENTER:
		open_flow(view, list);
		return TOP_NOTHING;
	case TOP_KEY_ESCAPE:
		view->follows = false;
		view->only_problems = false;
		view->at = 0;
		view->first = 0;
		return TOP_NOTHING;
	case 'f':
	case '/':
		view->prompting = true;
		view->error[0] = '\0';
		return TOP_NOTHING;
	case 'h':
	case '?':
		view->mode = TOP_MODE_HELP;
		view->scroll = 0;
		return TOP_NOTHING;
	case 'y':
		view->only_problems = !view->only_problems;
		view->follows = false;
		view->at = 0;
		view->first = 0;
		return TOP_NOTHING;
	case 'R':
		view->order.reverse = !view->order.reverse;
		return TOP_ORDER;
	}
	return sort_by(view, key);
}

/**
 * top_view_key - a key was pressed
 * @view: the view, drawn
 * @list: the list, as it was drawn
 * @key: a character, or enum top_key
 *
 * Return: what others have to do.
 */
enum top_action top_view_key(struct top_view *view, struct top_list *list,
			     int key)
{
	if (view->prompting)
		return typed_key(view, key);
	switch (key) {
	case 'q':
		return TOP_QUIT;
	case ' ':
		return TOP_PAUSE;
	case '+':
		return TOP_FASTER;
	case '-':
		return TOP_SLOWER;
	case 'n':
		return TOP_NAMES;
	}
	return view->mode == TOP_MODE_LIST ? list_key(view, list, key) :
					     text_key(view, list, key);
}
