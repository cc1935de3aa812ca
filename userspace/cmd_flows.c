// SPDX-License-Identifier: GPL-2.0
/* tuplestat [WORDS]: the flows, or groups of them, a line each. */
#include <string.h>

#include "query.h"
#include "render.h"
#include "render_table.h"

/* Those that were kept as flows, for they have an order. */
static int print_flows(const struct answer *answer)
{
	const struct flow_list *flows = answer->flows;
	struct table table;
	int ret = 0;
	size_t i;

	table_begin(&table, answer->layout);
	for (i = 0; i < flows->count && !ret; i++)
		ret = table_add(&table, &flows->flow[i]);
	if (!ret)
		table_print(stdout, &table);
	table_free(&table);
	return ret;
}

static int print_json(const struct options *opts, const struct answer *answer)
{
	if (answer->groups)
		render_json_groups(stdout, answer->groups, opts->pretty);
	else
		render_json_flows(stdout, answer->flows, opts->pretty);
	return CLI_OK;
}

static int print(const struct options *opts, const struct answer *answer)
{
	int ret = 0;

	if (opts->json)
		return print_json(opts, answer);
	if (answer->groups)
		ret = render_groups(stdout, answer->groups, answer->layout);
	else if (answer->table)
		table_print(stdout, answer->table);
	else
		ret = print_flows(answer);
	if (!ret)
		return CLI_OK;
	cli_error("%s", strerror(-ret));
	return CLI_REFUSED;
}

/**
 * cmd_flows - list the flows that match
 * @opts: the global options
 * @argc: how many words
 * @argv: the words: a filter, an order, a limit, a group,
 *	columns
 *
 * Return: an exit code.
 */
int cmd_flows(const struct options *opts, int argc, char **argv)
{
	static const struct query query = {
		.allowed = ARRANGE_GROUPS,
		.table = true,
		.print = print,
	};

	return query_run(opts, argc, argv, &query);
}
