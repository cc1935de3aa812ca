/* SPDX-License-Identifier: GPL-2.0 */
/* Flows for people, a line each, in columns as wide as their cells. */
#ifndef TUPLESTAT_RENDER_TABLE_H
#define TUPLESTAT_RENDER_TABLE_H

#include "columns.h"
#include "sink.h"

/**
 * struct table - flows, a row each
 * @services: names of ports; NULL for numbers
 * @columns: the rows
 */
struct table {
	const struct services *services;
	struct columns columns;
};

void table_begin(struct table *table, const struct services *services);
int table_add(struct table *table, const struct flow *flow);
struct flow_sink sink_to_table(struct table *table);
void table_print(FILE *out, struct table *table);
void table_free(struct table *table);

#endif /* TUPLESTAT_RENDER_TABLE_H */
