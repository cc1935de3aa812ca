// SPDX-License-Identifier: GPL-2.0
/* tuplestat summary [FILTER]: what the flows come to. */
#include <string.h>

#include "query.h"
#include "render.h"
#include "summary.h"

static int print(const struct options *opts, const struct answer *answer)
{
	struct summary summary;
	int code = CLI_OK;
	int ret;

	ret = summary_make(&summary, answer->flows);
	if (ret) {
		cli_error("%s", strerror(-ret));
		code = CLI_REFUSED;
	} else if (opts->json) {
		render_json_summary(stdout, &summary, opts->pretty);
	} else {
		render_summary(stdout, &summary, answer->services);
	}
	summary_free(&summary);
	return code;
}

/**
 * cmd_summary - add up the flows that match
 * @opts: the global options
 * @argc: how many words
 * @argv: the words of the filter
 *
 * Return: an exit code.
 */
int cmd_summary(const struct options *opts, int argc, char **argv)
{
	static const struct query query = {
		.allowed = ARRANGE_NOTHING,
		.print = print,
	};

	return query_run(opts, argc, argv, &query);
}
