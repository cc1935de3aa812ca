// SPDX-License-Identifier: GPL-2.0
/* Flows, a line each, in columns. */
#include <errno.h>

#include "render_table.h"

/**
 * table_begin - a table without a row
 * @table: the table; to be freed by table_free()
 * @layout: which columns, and how they are printed
 */
void table_begin(struct table *table, const struct layout *layout)
{
	*table = (struct table){ .layout = layout };
	layout_set_columns(layout, &table->columns);
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
	const struct layout *layout = table->layout;
	size_t i;

	if (row_begin(&table->columns))
		return -ENOMEM;
	for (i = 0; i < layout->count; i++)
		layout->field[i]->put(&table->columns, flow, layout->field[i],
				      &layout->style);
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
	layout_print(out, table->layout, &table->columns);
}

/**
 * table_free - forget the rows
 * @table: from table_begin()
 */
void table_free(struct table *table)
{
	columns_free(&table->columns);
}
