// SPDX-License-Identifier: GPL-2.0
/* tuplestat show [WORDS]: the flows that match, each in full. */
#include "query.h"
#include "render.h"

static int print(const struct options *opts, const struct answer *answer)
{
	const struct flow_list *flows = answer->flows;
	size_t i;

	if (opts->json)
		render_json_flows(stdout, flows, opts->pretty);
	for (i = 0; !opts->json && i < flows->count; i++) {
		if (i)
			putchar('\n');
		render_show(stdout, &flows->flow[i], answer->services);
	}
	if (flows->count)
		return CLI_OK;
	cli_error("no flow matches");
	return CLI_REFUSED;
}

/**
 * cmd_show - explain the flows that match
 * @opts: the global options
 * @argc: how many words
 * @argv: the words: a filter, an order, a limit
 *
 * Return: an exit code; CLI_REFUSED also where no flow matches.
 */
int cmd_show(const struct options *opts, int argc, char **argv)
{
	static const struct query query = {
		.allowed = ARRANGE_FLOWS,
		.print = print,
	};

	return query_run(opts, argc, argv, &query);
}
