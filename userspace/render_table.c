// SPDX-License-Identifier: GPL-2.0
/* Flows for people, a line each, in columns as wide as their cells. */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "columns.h"
#include "names.h"
#include "render.h"

enum {
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

static const struct column titles[COLUMNS] = {
	[COL_PROTO] = { "Proto", LEFT, 0, 0 },
	[COL_STATE] = { "State", LEFT, 0, 0 },
	[COL_CONN] = { "Verdict", LEFT, 0, 0 },
	[COL_ORIG] = { "Originator", LEFT, 0, 0 },
	[COL_REPLY] = { "Responder", LEFT, 0, 0 },
	[COL_PACKETS] = { "Packets", SPLIT, 0, 0 },
	[COL_BYTES] = { "Bytes", SPLIT, 0, 0 },
	[COL_FLAGS] = { "Flags", SPLIT, 0, 0 },
	[COL_DURATION] = { "Duration", RIGHT, 0, 0 },
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

static void fill_row(struct cell *row, const struct flow *flow,
		     const struct services *services)
{
	snprintf(row[COL_PROTO].text, NAMES_ENDPOINT_LEN, "%s",
		 names_proto(flow->proto));
	snprintf(row[COL_STATE].text, NAMES_ENDPOINT_LEN, "%s",
		 names_state(flow->state));
	snprintf(row[COL_CONN].text, NAMES_ENDPOINT_LEN, "%s",
		 names_conn_state(flow->conn_state));
	names_endpoint(row[COL_ORIG].text, flow, &flow->orig, services);
	names_endpoint(row[COL_REPLY].text, flow, &flow->reply, services);
	snprintf(row[COL_PACKETS].text, NAMES_ENDPOINT_LEN,
		 "%" PRIu64 "/%" PRIu64,
		 flow->orig.sent.packets, flow->reply.sent.packets);
	snprintf(row[COL_BYTES].text, NAMES_ENDPOINT_LEN,
		 "%" PRIu64 "/%" PRIu64,
		 flow->orig.sent.ip_bytes, flow->reply.sent.ip_bytes);
	fill_flags(row[COL_FLAGS].text, flow);
	fill_duration(row[COL_DURATION].text, flow_duration(flow));
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
	struct column columns[COLUMNS];
	struct cell row[COLUMNS];
	size_t i;

	memcpy(columns, titles, sizeof(columns));
	for (i = 0; i < flows->count; i++) {
		fill_row(row, &flows->flow[i], services);
		columns_widen(columns, COLUMNS, row);
	}

	columns_put_titles(out, columns, COLUMNS);
	for (i = 0; i < flows->count; i++) {
		fill_row(row, &flows->flow[i], services);
		columns_put_row(out, columns, COLUMNS, row);
	}
}
