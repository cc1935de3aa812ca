// SPDX-License-Identifier: GPL-2.0
/* tuplestat flush [FILTER]: ends the flows that match. */
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"
#include "query.h"
#include "render.h"
#include "source_netlink.h"

/**
 * cmd_flush - end the flows that match; they stay in the ledger
 * @opts: the global options
 * @argc: how many words
 * @argv: the words of the filter; none of them for all flows
 *
 * Return: an exit code.
 */
int cmd_flush(const struct options *opts, int argc, char **argv)
{
	struct tstat_filter filter;
	struct source source;
	uint32_t count;
	int code, ret;

	code = query_filter(opts, argc, argv, &filter);
	if (code)
		return code;

	ret = source_open(&source, opts->netns);
	if (!ret)
		ret = source_delete(&source, &filter, &count);
	if (ret)
		code = source_report(&source, ret);
	else if (opts->json)
		render_json_deleted(stdout, count, opts->pretty);
	else
		printf("%" PRIu32 " flows deleted\n", count);
	source_close(&source);
	return code;
}
