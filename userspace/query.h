/* SPDX-License-Identifier: GPL-2.0 */
/* From the person's words to flows, in order and ready to be printed. */
#ifndef TUPLESTAT_QUERY_H
#define TUPLESTAT_QUERY_H

#include "arrange.h"
#include "cli.h"
#include "filter.h"
#include "flow.h"
#include "sink.h"

struct groups;
struct layout;
struct services;
struct stats;
struct table;

/**
 * struct answer - what the person asked for
 * @flows: the flows; none where one of the following is there
 * @groups: the groups, or NULL where the person did not ask for any
 * @table: the flows as rows, or NULL where they are needed as flows
 * @layout: which columns the list has, and how it is printed
 * @services: names of ports; NULL for numbers
 * @stats: the ledger, where the command wants it, or NULL
 * @incomplete: it is not all of what there is
 */
struct answer {
	const struct flow_list *flows;
	const struct groups *groups;
	struct table *table;
	const struct layout *layout;
	const struct services *services;
	const struct stats *stats;
	bool incomplete;
};

/* Prints an answer; returns an exit code. */
typedef int (*query_print_fn)(const struct options *opts,
			      const struct answer *answer);

int query_filter(const struct options *opts, int argc, char **argv,
		 struct tstat_filter *filter);
int query_stats(const struct options *opts, struct stats *stats);
int query_all(const struct options *opts, struct flow_sink sink,
	      struct stats *stats);
/**
 * struct query - what a command does with what it asks
 * @allowed: which words it takes besides those of a filter
 * @table: flows can become rows as they come, where they are in no order
 * @stats: the command wants the ledger, too
 * @print: prints the answer, also an incomplete one
 */
struct query {
	enum arrange_words allowed;
	bool table;
	bool stats;
	query_print_fn print;
};

int query_run(const struct options *opts, int argc, char **argv,
	      const struct query *query);

#endif /* TUPLESTAT_QUERY_H */
