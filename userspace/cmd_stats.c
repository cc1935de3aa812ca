// SPDX-License-Identifier: GPL-2.0
/* tuplestat stats: the table and the ledger. */
#include <stdio.h>

#include "cli.h"
#include "render.h"
#include "source_netlink.h"

/**
 * cmd_stats - show the table and the ledger
 * @opts: the global options
 * @argc: how many words; none are taken
 * @argv: the words
 *
 * Return: an exit code.
 */
int cmd_stats(const struct options *opts, int argc, char **argv)
{
	struct source source;
	struct stats stats;
	int code, ret;

	code = cli_no_words(argc, argv);
	if (code)
		return code;

	ret = source_open(&source, opts->netns);
	if (!ret)
		ret = source_stats(&source, &stats);
	if (ret)
		code = source_report(&source, ret);
	else if (opts->json)
		render_json_stats(stdout, &stats, opts->pretty);
	else
		render_stats(stdout, &stats);
	source_close(&source);
	return code;
}
