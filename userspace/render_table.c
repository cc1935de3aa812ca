// SPDX-License-Identifier: GPL-2.0
/* Flows for people, a line each, in columns as wide as their cells. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "names.h"
#include "render_table.h"
#include "text.h"

static const struct column titles[] = {
	{ "Proto", LEFT, 0, 0 },
	{ "State", LEFT, 0, 0 },
	{ "Verdict", LEFT, 0, 0 },
	{ "Originator", LEFT, 0, 0 },
	{ "Responder", LEFT, 0, 0 },
	{ "Packets", SPLIT, 0, 0 },
	{ "Bytes", SPLIT, 0, 0 },
	{ "Flags", SPLIT, 0, 0 },
	{ "Duration", RIGHT, 0, 0 },
};

#define COLUMNS (sizeof(titles) / sizeof(titles[0]))

_Static_assert(COLUMNS <= COLUMNS_MAX, "a row has room for all of them");

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

static void put_flags_cell(struct columns *columns, const struct flow *flow)
{
	char orig[TCP_FLAG_COUNT + 1], reply[TCP_FLAG_COUNT + 1];

	if (flow->proto != IPPROTO_TCP) {
		cell_put(columns, "-");
		return;
	}
	put_flags(orig, &flow->orig.sent);
	put_flags(reply, &flow->reply.sent);
	cell_put_pair(columns, *orig ? orig : "-", *reply ? reply : "-");
}

static void put_endpoint(struct columns *columns, const struct flow *flow,
			 const struct flow_end *end,
			 const struct services *services)
{
	cell_end(columns, names_endpoint(cell_begin(columns), flow, end,
					 services));
}

/* In the order of the titles. */
static void put_cells(struct columns *columns, const struct flow *flow,
		      const struct services *services)
{
	const struct counters *orig = &flow->orig.sent;
	const struct counters *reply = &flow->reply.sent;

	cell_put(columns, names_proto(flow->proto));
	cell_put(columns, names_state(flow->state));
	cell_put(columns, names_conn_state(flow->conn_state));
	put_endpoint(columns, flow, &flow->orig, services);
	put_endpoint(columns, flow, &flow->reply, services);
	cell_put_u64_pair(columns, orig->packets, reply->packets);
	cell_put_u64_pair(columns, orig->ip_bytes, reply->ip_bytes);
	put_flags_cell(columns, flow);
	cell_end(columns, text_duration(cell_begin(columns),
					flow_duration(flow)));
}

/**
 * table_begin - a table without a row
 * @table: the table; to be freed by table_free()
 * @services: names of ports; NULL for numbers
 */
void table_begin(struct table *table, const struct services *services)
{
	*table = (struct table){
		.services = services,
		.columns.count = COLUMNS,
	};
	memcpy(table->columns.column, titles, sizeof(titles));
}

/**
 * table_add - a row
 * @table: the table
 * @flow: what it is of
 *
 * Return: 0 or -ENOMEM.
 */
int table_add(struct table *table, const struct flow *flow)
{
	if (row_begin(&table->columns))
		return -ENOMEM;
	put_cells(&table->columns, flow, table->services);
	return 0;
}

static int take(void *data, const struct flow *flow)
{
	return table_add(data, flow);
}

static void restart(void *data)
{
	struct table *table = data;

	columns_forget_rows(&table->columns);
}

/**
 * sink_to_table - flows become rows as they come
 * @table: from table_begin()
 *
 * A row takes a fifth of what a flow takes.
 */
struct flow_sink sink_to_table(struct table *table)
{
	return (struct flow_sink){
		.take = take,
		.restart = restart,
		.data = table,
	};
}

/**
 * table_print - the rows, under a line of titles
 * @out: where to
 * @table: the table
 */
void table_print(FILE *out, struct table *table)
{
	columns_print(out, &table->columns);
}

/**
 * table_free - forget the rows
 * @table: from table_begin()
 */
void table_free(struct table *table)
{
	columns_free(&table->columns);
}
