/* SPDX-License-Identifier: GPL-2.0 */
/* Flows, a line each, in columns. */
#ifndef TUPLESTAT_RENDER_TABLE_H
#define TUPLESTAT_RENDER_TABLE_H

#include "columns.h"
#include "layout.h"
#include "sink.h"

/**
 * struct table - flows, a row each
 * @layout: which columns, and how they are printed
 * @columns: the rows
 */
struct table {
	const struct layout *layout;
	struct columns columns;
};

void table_begin(struct table *table, const struct layout *layout);
int table_add(struct table *table, const struct flow *flow);
struct flow_sink sink_to_table(struct table *table);
void table_print(FILE *out, struct table *table);
void table_free(struct table *table);

#endif /* TUPLESTAT_RENDER_TABLE_H */
