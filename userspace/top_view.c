// SPDX-License-Identifier: GPL-2.0
/* What "top" shows of its list. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "text.h"
#include "top_row.h"
#include "top_view.h"

/* Lines that are no flows: three above, titles, and one below. */
#define HEADER 3
#define LINES_TAKEN (HEADER + 2)

static const char *const sort_names[] = {
	[TOP_SORT_BYTE_RATE] = "bytes/s",
	[TOP_SORT_PACKET_RATE] = "packets/s",
	[TOP_SORT_BYTES] = "bytes",
	[TOP_SORT_PACKETS] = "packets",
	[TOP_SORT_RTT] = "round-trip time",
	[TOP_SORT_AGE] = "age",
	[TOP_SORT_STATE] = "state",
	[TOP_SORT_RETRANSMITS] = "retransmits",
	[TOP_SORT_PORT] = "responder's port",
};

static const char help[] =
"Who talks now, over TCP and UDP, and whose connections do not open.\n"
"\n"
"Two values with a '/' between are the originator's, who began the flow, and\n"
"the responder's. Rates are those since the last update; bytes include IP\n"
"headers. '-': not known yet. RTT: of the handshake, SYN to SYN-ACK to ACK.\n"
"\n"
"  f /     type a filter, in the words of 'tuplestat help'; empty: all flows\n"
"  Enter   the flow that is marked, in full, with its ladder; Esc: back\n"
"  Up Down PgUp PgDn Home End (k j - - g G)   move the mark\n"
"\n"
"  b p     first the most bytes, packets a second    r  round-trip time\n"
"  B P     ... bytes, packets since it began         a  age, the oldest first\n"
"  t       ... retransmitted segments                s  state   d  port\n"
"  R       the other way round\n"
"  y       only flows whose handshake has a problem\n"
"\n"
"  Space   stop updating, go on        + -  update more often, less often\n"
"  n       ports as numbers or names   h ?  this text    q  quit\n"
"\n"
"Handshakes that have a problem are above the others:\n"
"  no answer   a SYN waits for its answer for a second, or was sent again\n"
"  half-open   the same of a SYN-ACK: the last ACK is missing\n"
"  refused     a RST was the answer\n"
"  SYN again   it opened, after its SYN or SYN-ACK was sent again; for a minute\n"
"'x3': it was sent three times.\n";

/**
 * top_sort_name - what is sorted by, in words
 * @sort: what
 *
 * Return: a name.
 */
const char *top_sort_name(enum top_sort sort)
{
	return sort_names[sort];
}

/**
 * top_view_resized - the screen has another size, or flows are others
 * @view: the view
 */
void top_view_resized(struct top_view *view)
{
	view->width[0] = 0;
	view->width[1] = 0;
}

/* --- which rows --- */

static size_t rows_of_all(const struct top_view *view,
			  const struct top_list *list)
{
	return view->only_problems ? list->problems.count : list->all.count;
}

static size_t selectable(const struct top_view *view,
			 const struct top_list *list)
{
	return view->pinned + rows_of_all(view, list);
}

static const struct top_row *row_at(const struct top_view *view,
				    const struct top_list *list, size_t at)
{
	if (at < view->pinned)
		return &list->problems.row[at];
	at -= view->pinned;
	return view->only_problems ? &list->problems.row[at] :
				     &list->all.row[at];
}

/**
 * top_view_marked - the flow that is marked
 * @view: the view, drawn
 * @list: the list
 *
 * Return: the flow, NULL where there is none.
 */
const struct top_row *top_view_marked(const struct top_view *view,
				      const struct top_list *list)
{
	return view->at < selectable(view, list) ?
	       row_at(view, list, view->at) : NULL;
}

/* A third of the rows at most, so that there is room for those that work. */
static size_t count_pinned(const struct top_view *view,
			   const struct top_list *list, size_t rows)
{
	size_t most = rows / 3;

	if (view->only_problems)
		return 0;
	return list->problems.count < most ? list->problems.count : most;
}

/* The mark goes where its flow has gone, if the person has chosen one. */
static void find_marked(struct top_view *view, const struct top_list *list)
{
	size_t count = selectable(view, list);
	size_t i = view->in_problems ? 0 : view->pinned;
	size_t end = view->in_problems ? view->pinned : count;

	for (; view->follows && i < end; i++) {
		if (!top_same_flow(&row_at(view, list, i)->flow,
				   &view->selected))
			continue;
		view->at = i;
		break;
	}
	if (view->at >= count)
		view->at = count ? count - 1 : 0;
}

/* The marked row is on the screen. */
static void scroll_to_mark(struct top_view *view, const struct top_list *list)
{
	size_t count = rows_of_all(view, list), at;

	if (view->first + view->page > count)
		view->first = count > view->page ? count - view->page : 0;
	if (view->at < view->pinned)
		return;
	at = view->at - view->pinned;
	if (at < view->first)
		view->first = at;
	else if (view->page && at >= view->first + view->page)
		view->first = at - view->page + 1;
}

/* --- lines above and below --- */

static void put_interval(char *text, size_t len,
			 const struct top_status *status)
{
	if (status->paused)
		snprintf(text, len, "PAUSED");
	else
		snprintf(text, len, "every %.4g s",
			 (double)status->interval_ns / NS_PER_SEC);
}

static void put_order(const struct top_view *view, const struct top_list *list,
		      const struct top_status *status, struct grid *grid)
{
	char interval[32], text[TOP_LINE_LEN];
	int end;

	put_interval(interval, sizeof(interval), status);
	snprintf(text, sizeof(text), "%s%.255s", *status->filter ?
		 "filter: " : "all flows", status->filter);
	end = grid_put(grid, 1, 0, *status->filter ? GRID_BOLD : 0, text);
	snprintf(text, sizeof(text), "%" PRIu64 " flow%s by %s%s, %s",
		 list->flows, list->flows == 1 ? "" : "s",
		 sort_names[view->order.sort],
		 view->order.reverse ? " reversed" : "", interval);
	grid_put_right(grid, 1, end + 2, status->paused ? GRID_BOLD : 0, text);
}

static void put_problems(const struct top_view *view,
			 const struct top_list *list, struct grid *grid)
{
	const char *between = " ";
	enum syn_problem problem;
	char text[64];
	int at;

	if (!list->problems.count) {
		grid_put(grid, 2, 0, 0, "SYN problems: none");
		return;
	}
	at = grid_put(grid, 2, 0, GRID_ALERT | GRID_BOLD, "SYN problems:");
	for (problem = SYN_FINE + 1; problem < SYN_PROBLEMS; problem++) {
		if (!list->problem[problem])
			continue;
		snprintf(text, sizeof(text), "%s%" PRIu64 " %s", between,
			 list->problem[problem], syn_problem_name(problem));
		at = grid_put(grid, 2, at, GRID_ALERT, text);
		between = ", ";
	}
	if (view->only_problems)
		grid_put_right(grid, 2, at + 2, 0, "only these (y: all)");
}

static void put_header(const struct top_view *view,
		       const struct top_list *list,
		       const struct top_status *status, struct grid *grid)
{
	grid_put(grid, 0, 0, 0, status->ledger);
	put_order(view, list, status, grid);
	if (*status->trouble)
		grid_put(grid, 2, 0, GRID_ALERT | GRID_BOLD, status->trouble);
	else
		put_problems(view, list, grid);
}

/* The last line: what can be typed, or what is being typed. */
static void put_footer(const struct top_view *view, const char *keys,
		       struct grid *grid)
{
	int line = grid->rows - 1, over;
	char text[TOP_LINE_LEN];
	const char *end;

	if (!view->prompting) {
		grid_put(grid, line, 0, GRID_DIM, keys);
		return;
	}
	if (*view->error) {
		/* Nothing else in that line. */
		snprintf(text, sizeof(text), "%-*s", grid->columns <
			 TOP_LINE_LEN ? grid->columns : 0, view->error);
		grid_put(grid, line - 1, 0, GRID_ALERT | GRID_BOLD, text);
	}
	/* Its end, where it is longer than the line. */
	over = (int)strlen(view->typed) + 9 - grid->columns;
	end = view->typed + (over > 0 ? over : 0);
	if (over > (int)strlen(view->typed))
		end = "";
	snprintf(text, sizeof(text), "filter: %s", end);
	over = grid_put(grid, line, 0, GRID_BOLD, text);
	grid_put(grid, line, over, GRID_REVERSE, " ");
}

/* --- the list --- */

static void widen(struct top_view *view, const struct top_list *list,
		  const struct services *services)
{
	size_t count = rows_of_all(view, list), i;

	for (i = 0; i < view->pinned; i++)
		top_row_widen(row_at(view, list, i), services, view->width);
	for (i = view->first; i < count && i < view->first + view->page; i++)
		top_row_widen(row_at(view, list, view->pinned + i), services,
			      view->width);
}

static void put_row(const struct top_view *view, const struct top_list *list,
		    const struct top_columns *columns, struct grid *grid,
		    int line, size_t at)
{
	top_row_put(columns, grid, line, row_at(view, list, at),
		    at < view->pinned || view->only_problems);
	if (at == view->at)
		grid_mark(grid, line, GRID_REVERSE);
}

static void put_rows(const struct top_view *view, const struct top_list *list,
		     const struct top_columns *columns, const char *trouble,
		     struct grid *grid)
{
	size_t count = rows_of_all(view, list), i;
	int line = HEADER + 1;

	for (i = 0; i < view->pinned; i++)
		put_row(view, list, columns, grid, line++, i);
	if (view->pinned)
		grid_put(grid, line++, 0, GRID_DIM, "all:");
	for (i = view->first; i < count && i < view->first + view->page; i++)
		put_row(view, list, columns, grid, line++, view->pinned + i);
	if (!count && !*trouble && line < grid->rows - 1)
		grid_put(grid, line, 0, GRID_DIM, "(no flow)");
}

/* What is wrong, and did not fit into its line. */
static void put_rest_of_trouble(const struct top_status *status,
				struct grid *grid)
{
	const char *text = status->trouble;
	int line = HEADER + 1, done = grid->columns;

	for (; done && (int)strlen(text) > done; done += grid->columns)
		grid_put(grid, line++, 0, GRID_ALERT | GRID_BOLD, text + done);
}

static void draw_list(struct top_view *view, const struct top_list *list,
		      const struct top_status *status, struct grid *grid)
{
	struct top_columns columns = {
		.sort = view->order.sort,
		.services = status->services,
	};
	size_t rows;

	rows = grid->rows > LINES_TAKEN ? (size_t)(grid->rows - LINES_TAKEN) :
					  0;
	view->pinned = count_pinned(view, list, rows);
	/* One line is between the two. */
	view->page = rows - view->pinned - (view->pinned ? 1 : 0);
	find_marked(view, list);
	scroll_to_mark(view, list);

	widen(view, list, status->services);
	top_columns_fit(&columns, grid->columns, view->width);
	put_header(view, list, status, grid);
	top_row_titles(&columns, grid, HEADER);
	put_rows(view, list, &columns, status->trouble, grid);
	put_rest_of_trouble(status, grid);
	put_footer(view, "q quit  h help  f filter  Enter open  sort: b p B P r a s t d  R reverse  y SYN",
		   grid);
}

/* --- text: one flow, help --- */

/* Puts the lines of a text from view->scroll on; scrolls back to the last. */
static void put_text(struct top_view *view, struct grid *grid, int line,
		     char *text)
{
	size_t lines = 0, room, i;
	char *at, *end;

	for (at = text; *at; at++)
		lines += *at == '\n';
	room = grid->rows - 1 > line ? (size_t)(grid->rows - 1 - line) : 0;
	view->page = room;
	if (view->scroll + room > lines)
		view->scroll = lines > room ? lines - room : 0;
	for (at = text, i = 0; (end = strchr(at, '\n')); at = end + 1, i++) {
		*end = '\0';
		if (i >= view->scroll && i < view->scroll + room)
			grid_put(grid, line++, 0, 0, at);
	}
}

/* The ladder first: it is what the screen was opened for. */
static char *flow_text(const struct flow *flow,
		       const struct services *services)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (flow->proto == IPPROTO_TCP)
		render_ladder(out, flow, services);
	render_sentence(out, flow);
	fputc('\n', out);
	render_details(out, flow, services);
	fclose(out);
	return text;
}

static void put_speed(const struct top_row *row, struct grid *grid)
{
	char bytes[2][TEXT_AMOUNT_LEN], packets[2][TEXT_AMOUNT_LEN];
	char text[TOP_LINE_LEN];
	int side;

	for (side = 0; side < 2; side++) {
		text_amount(bytes[side], row->rate.bytes[side]);
		text_amount(packets[side], row->rate.packets[side]);
	}
	if (row->rate.known)
		snprintf(text, sizeof(text),
			 "%s/%s bytes/s, %s/%s packets/s, %s",
			 bytes[0], bytes[1], packets[0], packets[1],
			 names_state(row->flow.state));
	else
		snprintf(text, sizeof(text), "%s",
			 names_state(row->flow.state));
	grid_put(grid, 1, 0, GRID_BOLD, text);
}

static void draw_flow(struct top_view *view, const struct top_list *list,
		      const struct top_status *status, struct grid *grid)
{
	char *text = flow_text(&list->opened.flow, status->services);

	grid_put(grid, 0, 0, 0, status->ledger);
	if (*status->trouble)
		grid_put(grid, 1, 0, GRID_ALERT | GRID_BOLD, status->trouble);
	else if (!list->met_opened)
		grid_put(grid, 1, 0, GRID_ALERT | GRID_BOLD,
			 "it has ended, or the filter excludes it: as it was seen last");
	else
		put_speed(&list->opened, grid);
	if (text)
		put_text(view, grid, 2, text);
	free(text);
	put_footer(view, "Esc back  Up Down PgUp PgDn scroll  q quit", grid);
}

static void draw_help(struct top_view *view, struct grid *grid)
{
	char text[sizeof(help)];

	memcpy(text, help, sizeof(help));
	put_text(view, grid, 0, text);
	put_footer(view, "Esc back  Up Down PgUp PgDn scroll  q quit", grid);
}

/**
 * top_view_draw - put what there is to see on a screen
 * @view: the view; scrolled to where its mark is
 * @list: the list
 * @status: what stands above it
 * @grid: the screen; written whole
 */
void top_view_draw(struct top_view *view, struct top_list *list,
		   const struct top_status *status, struct grid *grid)
{
	grid_clear(grid);
	if (view->mode == TOP_MODE_FLOW)
		draw_flow(view, list, status, grid);
	else if (view->mode == TOP_MODE_HELP)
		draw_help(view, grid);
	else
		draw_list(view, list, status, grid);
}
