// SPDX-License-Identifier: GPL-2.0
/* tuplestat check: proves the ledger. */
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"
#include "query.h"
#include "render.h"

static int complain(const struct stats *stats)
{
	struct total sum = stats_accounted(stats);

	cli_error("the ledger does not balance: %" PRIu64 " packets, %" PRIu64
		  " bytes accounted for, but between %" PRIu64 " packets, %"
		  PRIu64 " bytes and %" PRIu64 " packets, %" PRIu64
		  " bytes seen", sum.packets, sum.bytes,
		  stats->seen_before.packets, stats->seen_before.bytes,
		  stats->seen.packets, stats->seen.bytes);
	return CLI_INCOMPLETE;
}

static int print(const struct options *opts, const struct stats *stats)
{
	bool broken = stats_check(stats) == LEDGER_BROKEN;

	if (opts->json)
		render_json_check(stdout, stats, opts->pretty);
	else if (!broken)
		render_check(stdout, stats);
	return broken ? complain(stats) : CLI_OK;
}

/**
 * cmd_check - prove that every packet is accounted for, once
 * @opts: the global options
 * @argc: how many words; none are taken
 * @argv: the words
 *
 * Return: an exit code; CLI_INCOMPLETE where the ledger is wrong.
 */
int cmd_check(const struct options *opts, int argc, char **argv)
{
	struct stats stats;
	int code;

	code = cli_no_words(argc, argv);
	if (!code)
		code = query_stats(opts, &stats);
	return code ? code : print(opts, &stats);
}
