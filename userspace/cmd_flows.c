// SPDX-License-Identifier: GPL-2.0
/* tuplestat [WORDS]: the flows, or groups of them, a line each. */
#include "query.h"
#include "render.h"

static int print(const struct options *opts, const struct answer *answer)
{
	if (answer->groups && opts->json)
		render_json_groups(stdout, answer->groups, opts->pretty);
	else if (answer->groups)
		render_groups(stdout, answer->groups, answer->services);
	else if (opts->json)
		render_json_flows(stdout, answer->flows, opts->pretty);
	else
		render_table(stdout, answer->flows, answer->services);
	return CLI_OK;
}

/**
 * cmd_flows - list the flows that match
 * @opts: the global options
 * @argc: how many words
 * @argv: the words: a filter, an order, a limit, a group
 *
 * Return: an exit code.
 */
int cmd_flows(const struct options *opts, int argc, char **argv)
{
	return query_run(opts, argc, argv, ARRANGE_GROUPS, print);
}
