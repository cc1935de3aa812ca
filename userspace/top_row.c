// SPDX-License-Identifier: GPL-2.0
/* A flow as a line of "top": columns as far as they fit. */
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "top_row.h"

#define CELL_LEN 128

/* Less of an endpoint says nothing; then it is cut off at the margin. */
#define ENDPOINT_MIN 9

static const struct {
	const char *title;
	int width;
} columns_of[TOP_COLUMNS] = {
	[TOP_COLUMN_PROTO] = { "Proto", 5 },
	[TOP_COLUMN_STATE] = { "State", 12 },
	[TOP_COLUMN_ORIG] = { "Originator", 10 },
	[TOP_COLUMN_REPLY] = { "Responder", 9 },
	[TOP_COLUMN_AMOUNT] = { "", 9 },
	[TOP_COLUMN_BYTE_RATE] = { "Bytes/s", 9 },
	[TOP_COLUMN_PACKET_RATE] = { "Packets/s", 9 },
	[TOP_COLUMN_RTT] = { "RTT", 5 },
	[TOP_COLUMN_AGE] = { "Age", 5 },
};

/* What is left out first where endpoints would not fit. */
static const enum top_column dispensable[] = {
	TOP_COLUMN_AGE, TOP_COLUMN_RTT, TOP_COLUMN_PROTO,
	TOP_COLUMN_PACKET_RATE,
};

/* The column that shows what is sorted by. */
static enum top_column column_of(enum top_sort sort)
{
	switch (sort) {
	case TOP_SORT_BYTE_RATE:
		return TOP_COLUMN_BYTE_RATE;
	case TOP_SORT_PACKET_RATE:
		return TOP_COLUMN_PACKET_RATE;
	case TOP_SORT_RTT:
		return TOP_COLUMN_RTT;
	case TOP_SORT_AGE:
		return TOP_COLUMN_AGE;
	case TOP_SORT_STATE:
		return TOP_COLUMN_STATE;
	case TOP_SORT_PORT:
		return TOP_COLUMN_REPLY;
	default:
		return TOP_COLUMN_AMOUNT;
	}
}

static const char *title_of(const struct top_columns *columns,
			    enum top_column column)
{
	if (column != TOP_COLUMN_AMOUNT)
		return columns_of[column].title;
	switch (columns->sort) {
	case TOP_SORT_BYTES:
		return "Bytes";
	case TOP_SORT_PACKETS:
		return "Packets";
	default:
		return "Retrans";
	}
}

/* Columns to the left of @end, each with a blank behind it but the last. */
static int width_of(const struct top_columns *columns, enum top_column end)
{
	enum top_column column;
	int width = 0;

	for (column = 0; column < end; column++)
		if (columns->width[column])
			width += columns->width[column] + 1;
	return end == TOP_COLUMNS ? width - 1 : width;
}

/* Shares out what there is; who needs less than half leaves the rest. */
static void share(struct top_columns *columns, int room, const int wanted[2])
{
	int least = room / 2 < wanted[1] ? room / 2 : wanted[1];
	int orig = wanted[0] < room - least ? wanted[0] : room - least;
	int reply = wanted[1] < room - orig ? wanted[1] : room - orig;

	columns->width[TOP_COLUMN_ORIG] = orig > ENDPOINT_MIN ? orig :
								ENDPOINT_MIN;
	columns->width[TOP_COLUMN_REPLY] = reply > ENDPOINT_MIN ? reply :
								  ENDPOINT_MIN;
}

/**
 * top_columns_fit - choose columns so that endpoints fit
 * @columns: with @sort; @width is written
 * @width: of the screen
 * @wanted: how wide originators and responders are
 */
void top_columns_fit(struct top_columns *columns, int width,
		     const int wanted[2])
{
	enum top_column sorted = column_of(columns->sort), column;
	size_t i;
	int room;

	for (column = 0; column < TOP_COLUMNS; column++)
		columns->width[column] = columns_of[column].width;
	if (sorted != TOP_COLUMN_AMOUNT)
		columns->width[TOP_COLUMN_AMOUNT] = 0;
	columns->width[TOP_COLUMN_ORIG] = 1;
	columns->width[TOP_COLUMN_REPLY] = 1;
	for (i = 0; ; i++) {
		room = width - width_of(columns, TOP_COLUMNS) + 2;
		if (room >= wanted[0] + wanted[1] ||
		    i == sizeof(dispensable) / sizeof(dispensable[0]))
			break;
		if (dispensable[i] != sorted)
			columns->width[dispensable[i]] = 0;
	}
	share(columns, room, wanted);
}

/**
 * top_row_widen - make endpoints as wide as those of a flow, if they are not
 * @row: the flow
 * @services: names of ports; NULL for numbers
 * @wanted: how wide originators and responders are
 */
void top_row_widen(const struct top_row *row, const struct services *services,
		   int wanted[2])
{
	const struct flow *flow = &row->flow;
	char text[NAMES_ENDPOINT_LEN];
	int width;

	width = (int)(names_endpoint(text, flow, &flow->orig, services) - text);
	if (width > wanted[0])
		wanted[0] = width;
	width = (int)(names_endpoint(text, flow, &flow->reply, services) -
		      text);
	if (width > wanted[1])
		wanted[1] = width;
}

static void put_right(char cell[CELL_LEN], int width, const char *text)
{
	snprintf(cell, CELL_LEN, "%*s", width, text);
}

/* Two amounts around a '/', each in half of the column. */
static void put_pair(char cell[CELL_LEN], double first, double second)
{
	char left[TEXT_AMOUNT_LEN], right[TEXT_AMOUNT_LEN];

	text_amount(left, first);
	text_amount(right, second);
	snprintf(cell, CELL_LEN, "%4s/%s", left, right);
}

static void put_rate(char cell[CELL_LEN], const struct top_rate *rate,
		     const double value[2])
{
	if (rate->known)
		put_pair(cell, value[0], value[1]);
	else
		snprintf(cell, CELL_LEN, "%4s/-", "-");
}

static void put_amount(char cell[CELL_LEN], const struct flow *flow,
		       enum top_sort sort)
{
	const struct counters *orig = &flow->orig.sent;
	const struct counters *reply = &flow->reply.sent;

	if (sort == TOP_SORT_BYTES)
		put_pair(cell, (double)orig->ip_bytes, (double)reply->ip_bytes);
	else if (sort == TOP_SORT_PACKETS)
		put_pair(cell, (double)orig->packets, (double)reply->packets);
	else
		put_pair(cell, (double)orig->retransmits,
			 (double)reply->retransmits);
}

/* Where it does not fit, both ends of it say more than one does. */
static void put_endpoint(char cell[CELL_LEN], const struct top_columns *columns,
			 enum top_column column, const struct flow *flow)
{
	bool orig = column == TOP_COLUMN_ORIG;
	int width = columns->width[column];
	char text[NAMES_ENDPOINT_LEN];
	int len, head;

	len = (int)(names_endpoint(text, flow, orig ? &flow->orig :
				   &flow->reply, columns->services) - text);
	head = (width - 1) / 2;
	if (len <= width)
		snprintf(cell, CELL_LEN, "%s", text);
	else
		snprintf(cell, CELL_LEN, "%.*s~%s", head, text,
			 text + len - (width - 1 - head));
}

static void put_rtt(char cell[CELL_LEN], const struct flow *flow, int width)
{
	char text[TEXT_U64_LEN + 5] = "-";

	if (flow->synack_ns && flow->ackdat_ns)
		text_duration(text, flow->synack_ns + flow->ackdat_ns);
	put_right(cell, width, text);
}

static void put_cell(char cell[CELL_LEN], const struct top_columns *columns,
		     enum top_column column, const struct top_row *row,
		     bool is_problem)
{
	char text[TEXT_U64_LEN + 5], problem[SYN_PROBLEM_LEN];
	const struct flow *flow = &row->flow;

	switch (column) {
	case TOP_COLUMN_PROTO:
		snprintf(cell, CELL_LEN, "%s", names_proto(flow->proto));
		return;
	case TOP_COLUMN_STATE:
		syn_problem_text(problem, flow, row->problem);
		snprintf(cell, CELL_LEN, "%s", is_problem ? problem :
			 names_state(flow->state));
		return;
	case TOP_COLUMN_ORIG:
	case TOP_COLUMN_REPLY:
		put_endpoint(cell, columns, column, flow);
		return;
	case TOP_COLUMN_AMOUNT:
		put_amount(cell, flow, columns->sort);
		return;
	case TOP_COLUMN_BYTE_RATE:
		put_rate(cell, &row->rate, row->rate.bytes);
		return;
	case TOP_COLUMN_PACKET_RATE:
		put_rate(cell, &row->rate, row->rate.packets);
		return;
	case TOP_COLUMN_RTT:
		put_rtt(cell, flow, columns->width[column]);
		return;
	case TOP_COLUMN_AGE:
		text_duration(text, row->age_ns);
		put_right(cell, columns->width[column], text);
		return;
	case TOP_COLUMNS:
		break;
	}
	*cell = '\0';
}

/**
 * top_row_titles - the line of titles
 * @columns: the columns
 * @grid: the screen
 * @line: where on it
 */
void top_row_titles(const struct top_columns *columns, struct grid *grid,
		    int line)
{
	enum top_column column;
	char cell[CELL_LEN];
	int width;

	for (column = 0; column < TOP_COLUMNS; column++) {
		if (!columns->width[column])
			continue;
		width = columns->width[column];
		snprintf(cell, CELL_LEN, "%*.*s", column > TOP_COLUMN_REPLY ?
			 width : -width, width, title_of(columns, column));
		grid_put(grid, line, width_of(columns, column),
			 column == column_of(columns->sort) ? GRID_BOLD : 0,
			 cell);
	}
	grid_mark(grid, line, GRID_REVERSE);
}

/**
 * top_row_put - a flow in its line
 * @columns: the columns
 * @grid: the screen
 * @line: where on it
 * @row: the flow
 * @is_problem: its state is what is wrong with its handshake
 */
void top_row_put(const struct top_columns *columns, struct grid *grid,
		 int line, const struct top_row *row, bool is_problem)
{
	enum top_column column;
	char cell[CELL_LEN];
	uint32_t attr;

	for (column = 0; column < TOP_COLUMNS; column++) {
		if (!columns->width[column])
			continue;
		put_cell(cell, columns, column, row, is_problem);
		attr = column == TOP_COLUMN_STATE && row->problem ?
		       GRID_ALERT : 0;
		grid_put(grid, line, width_of(columns, column), attr, cell);
	}
}
