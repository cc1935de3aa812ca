/* SPDX-License-Identifier: GPL-2.0 */
/* From the person's words to flows, in order and ready to be printed. */
#ifndef TUPLESTAT_QUERY_H
#define TUPLESTAT_QUERY_H

#include "arrange.h"
#include "cli.h"
#include "filter.h"
#include "flow.h"

struct groups;
struct services;
struct stats;

/**
 * struct answer - what the person asked for
 * @flows: the flows; none where @groups is there
 * @groups: the groups, or NULL where the person did not ask for any
 * @services: names of ports; NULL for numbers
 */
struct answer {
	const struct flow_list *flows;
	const struct groups *groups;
	const struct services *services;
};

/* Prints an answer; returns an exit code. */
typedef int (*query_print_fn)(const struct options *opts,
			      const struct answer *answer);

int query_filter(const struct options *opts, int argc, char **argv,
		 struct tstat_filter *filter);
int query_stats(const struct options *opts, struct stats *stats);
int query_run(const struct options *opts, int argc, char **argv,
	      enum arrange_words allowed, query_print_fn print);

#endif /* TUPLESTAT_QUERY_H */
