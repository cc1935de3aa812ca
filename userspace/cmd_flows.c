// SPDX-License-Identifier: GPL-2.0
/* tuplestat [FILTER]: the flows, a line each. */
#include "names.h"
#include "query.h"
#include "render.h"

/**
 * cmd_flows - list the flows that match
 * @opts: the global options
 * @argc: how many words
 * @argv: the words of the filter
 *
 * Return: an exit code.
 */
int cmd_flows(const struct options *opts, int argc, char **argv)
{
	struct services *services = NULL;
	struct flow_list flows = { 0 };
	int code;

	code = query_flows(opts, argc, argv, &flows);
	if (code != CLI_OK && code != CLI_INCOMPLETE)
		goto out;

	if (opts->json) {
		render_json_flows(stdout, &flows, opts->pretty);
		goto out;
	}
	if (!opts->numeric)
		services = names_services_load();
	render_table(stdout, &flows, services);
	names_services_free(services);
out:
	flow_list_free(&flows);
	return code;
}
