// SPDX-License-Identifier: GPL-2.0
/* tuplestat stats: the table and the ledger. */
#include <stdio.h>

#include "cli.h"
#include "query.h"
#include "render.h"
#include "source_pcap.h"

static int stats_of_capture(const struct options *opts, struct stats *stats)
{
	struct replay *replay;
	int code;

	code = source_pcap_load(opts, &replay);
	if (replay)
		replay_stats(replay, stats);
	replay_free(replay);
	return code;
}

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
	struct stats stats;
	int code;

	code = cli_no_words(argc, argv);
	if (code)
		return code;

	code = opts->read ? stats_of_capture(opts, &stats) :
			    query_stats(opts, &stats);
	if (code != CLI_OK && code != CLI_INCOMPLETE)
		return code;
	if (opts->json)
		render_json_stats(stdout, &stats, opts->pretty);
	else
		render_stats(stdout, &stats);
	return code;
}
