/* SPDX-License-Identifier: GPL-2.0 */
/* From the person's words to the flows: what the list and "show" share. */
#ifndef TUPLESTAT_QUERY_H
#define TUPLESTAT_QUERY_H

#include "cli.h"
#include "flow.h"

int query_flows(const struct options *opts, int argc, char **argv,
		struct flow_list *flows);

#endif /* TUPLESTAT_QUERY_H */
