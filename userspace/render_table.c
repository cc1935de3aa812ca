// SPDX-License-Identifier: GPL-2.0
/* Flows for people, a line each, in columns as wide as their cells. */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "names.h"
#include "render.h"

/* SPLIT: two values, the originator's and the responder's, around a '/'. */
enum align { LEFT, RIGHT, SPLIT };

enum column {
	COL_PROTO,
	COL_STATE,
	COL_CONN,
	COL_ORIG,
	COL_REPLY,
	COL_PACKETS,
	COL_BYTES,
	COL_FLAGS,
	COL_DURATION,
	COLUMNS
};

static const struct {
	const char *title;
	enum align align;
} columns[COLUMNS] = {
	[COL_PROTO] = { "Proto", LEFT },
	[COL_STATE] = { "State", LEFT },
	[COL_CONN] = { "Verdict", LEFT },
	[COL_ORIG] = { "Originator", LEFT },
	[COL_REPLY] = { "Responder", LEFT },
	[COL_PACKETS] = { "Packets", SPLIT },
	[COL_BYTES] = { "Bytes", SPLIT },
	[COL_FLAGS] = { "Flags", SPLIT },
	[COL_DURATION] = { "Duration", RIGHT },
};

/**
 * struct row - the cells of a flow
 * @cell: texts, by enum column
 */
struct row {
	char cell[COLUMNS][NAMES_ENDPOINT_LEN];
};

/**
 * struct width - of a column, on both sides of the point where cells align
 * @before: widest text before that point
 * @after: widest text after it
 */
struct width {
	int before;
	int after;
};

/* Letters as of tcpdump and Wireshark, in the order of a connection's life. */
static void put_flags(char *text, const struct counters *sent)
{
	static const struct {
		enum tcp_flag flag;
		char letter;
	} letters[] = {
		{ TCP_FLAG_SYN, 'S' }, { TCP_FLAG_ACK, 'A' },
		{ TCP_FLAG_PSH, 'P' }, { TCP_FLAG_URG, 'U' },
		{ TCP_FLAG_ECE, 'E' }, { TCP_FLAG_CWR, 'C' },
		{ TCP_FLAG_FIN, 'F' }, { TCP_FLAG_RST, 'R' },
	};
	size_t i;

	for (i = 0; i < TCP_FLAG_COUNT; i++)
		if (sent->flags[letters[i].flag])
			*text++ = letters[i].letter;
	*text = '\0';
}

static void fill_flags(char *cell, const struct flow *flow)
{
	char orig[TCP_FLAG_COUNT + 1], reply[TCP_FLAG_COUNT + 1];

	if (flow->proto != IPPROTO_TCP) {
		strcpy(cell, "-");
		return;
	}
	put_flags(orig, &flow->orig.sent);
	put_flags(reply, &flow->reply.sent);
	snprintf(cell, NAMES_ENDPOINT_LEN, "%s/%s", *orig ? orig : "-",
		 *reply ? reply : "-");
}

/* Two units are enough to tell a second from a day. */
static void fill_duration(char *cell, uint64_t ns)
{
	uint64_t sec = ns / NS_PER_SEC;

	if (ns < NS_PER_MSEC)
		snprintf(cell, NAMES_ENDPOINT_LEN, "%" PRIu64 "us",
			 ns / NS_PER_USEC);
	else if (ns < NS_PER_SEC)
		snprintf(cell, NAMES_ENDPOINT_LEN, "%" PRIu64 "ms",
			 ns / NS_PER_MSEC);
	else if (sec < 60)
		snprintf(cell, NAMES_ENDPOINT_LEN, "%" PRIu64 ".%" PRIu64 "s",
			 sec, ns % NS_PER_SEC / (NS_PER_SEC / 10));
	else if (sec < 3600)
		snprintf(cell, NAMES_ENDPOINT_LEN,
			 "%" PRIu64 "m%02" PRIu64 "s", sec / 60, sec % 60);
	else if (sec < 86400)
		snprintf(cell, NAMES_ENDPOINT_LEN,
			 "%" PRIu64 "h%02" PRIu64 "m", sec / 3600,
			 sec % 3600 / 60);
	else
		snprintf(cell, NAMES_ENDPOINT_LEN,
			 "%" PRIu64 "d%02" PRIu64 "h", sec / 86400,
			 sec % 86400 / 3600);
}

static void fill_row(struct row *row, const struct flow *flow,
		     const struct services *services)
{
	snprintf(row->cell[COL_PROTO], NAMES_ENDPOINT_LEN, "%s",
		 names_proto(flow->proto));
	snprintf(row->cell[COL_STATE], NAMES_ENDPOINT_LEN, "%s",
		 names_state(flow->state));
	snprintf(row->cell[COL_CONN], NAMES_ENDPOINT_LEN, "%s",
		 names_conn_state(flow->conn_state));
	names_endpoint(row->cell[COL_ORIG], flow, &flow->orig, services);
	names_endpoint(row->cell[COL_REPLY], flow, &flow->reply, services);
	snprintf(row->cell[COL_PACKETS], NAMES_ENDPOINT_LEN,
		 "%" PRIu64 "/%" PRIu64,
		 flow->orig.sent.packets, flow->reply.sent.packets);
	snprintf(row->cell[COL_BYTES], NAMES_ENDPOINT_LEN,
		 "%" PRIu64 "/%" PRIu64,
		 flow->orig.sent.ip_bytes, flow->reply.sent.ip_bytes);
	fill_flags(row->cell[COL_FLAGS], flow);
	fill_duration(row->cell[COL_DURATION], flow_duration(flow));
}

/* How much of a cell stands before the point where its column aligns. */
static int before(enum column col, const char *cell)
{
	switch (columns[col].align) {
	case RIGHT:
		return (int)strlen(cell);
	case SPLIT:
		return (int)strcspn(cell, "/");
	default:
		return 0;
	}
}

static void widen(struct width *widths, const struct row *row)
{
	enum column col;

	for (col = 0; col < COLUMNS; col++) {
		int left = before(col, row->cell[col]);
		int right = (int)strlen(row->cell[col]) - left;

		if (left > widths[col].before)
			widths[col].before = left;
		if (right > widths[col].after)
			widths[col].after = right;
	}
}

/* Makes room for the titles, where the cells of a column leave too little. */
static void widen_for_titles(struct width *widths)
{
	enum column col;

	for (col = 0; col < COLUMNS; col++) {
		int lack = (int)strlen(columns[col].title) -
			widths[col].before - widths[col].after;

		if (lack <= 0)
			continue;
		if (columns[col].align == LEFT)
			widths[col].after += lack;
		else
			widths[col].before += lack;
	}
}

static void put_titles(FILE *out, const struct width *widths)
{
	enum column col;

	for (col = 0; col < COLUMNS; col++) {
		int width = widths[col].before + widths[col].after;
		int left = columns[col].align == LEFT ? -width : width;

		/* A title in the middle of two values belongs to both. */
		if (columns[col].align == SPLIT) {
			int len = (int)strlen(columns[col].title);
			int lead = (width - len) / 2;

			fprintf(out, "%*s", lead, "");
			left = -(width - lead);
		}
		fprintf(out, "%*s%s", left, columns[col].title,
			col + 1 < COLUMNS ? "  " : "\n");
	}
}

static void put_row(FILE *out, const struct row *row,
		    const struct width *widths)
{
	enum column col;

	for (col = 0; col < COLUMNS; col++) {
		const char *cell = row->cell[col];
		int left = before(col, cell);

		fprintf(out, "%*.*s%-*s%s", widths[col].before, left, cell,
			widths[col].after, cell + left,
			col + 1 < COLUMNS ? "  " : "\n");
	}
}

/**
 * render_table - flows, a line each, under a line of titles
 * @out: where to
 * @flows: the flows
 * @services: names of ports; NULL for numbers
 *
 * Rows are made twice, for their widths and for printing: to keep those of a
 * large table would take more memory than the flows themselves.
 */
void render_table(FILE *out, const struct flow_list *flows,
		  const struct services *services)
{
	struct width widths[COLUMNS] = { 0 };
	struct row row;
	size_t i;

	for (i = 0; i < flows->count; i++) {
		fill_row(&row, &flows->flow[i], services);
		widen(widths, &row);
	}
	widen_for_titles(widths);

	put_titles(out, widths);
	for (i = 0; i < flows->count; i++) {
		fill_row(&row, &flows->flow[i], services);
		put_row(out, &row, widths);
	}
}
