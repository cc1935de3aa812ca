// SPDX-License-Identifier: GPL-2.0
/* tuplestat show FILTER: the flows that match, each in full. */
#include "names.h"
#include "query.h"
#include "render.h"

static void show_each(const struct flow_list *flows,
		      const struct services *services)
{
	size_t i;

	for (i = 0; i < flows->count; i++) {
		if (i)
			putchar('\n');
		render_show(stdout, &flows->flow[i], services);
	}
}

/**
 * cmd_show - explain the flows that match
 * @opts: the global options
 * @argc: how many words
 * @argv: the words of the filter
 *
 * Return: an exit code; CLI_REFUSED also where no flow matches.
 */
int cmd_show(const struct options *opts, int argc, char **argv)
{
	struct services *services = NULL;
	struct flow_list flows = { 0 };
	int code;

	code = query_flows(opts, argc, argv, &flows);
	if (code != CLI_OK && code != CLI_INCOMPLETE)
		goto out;

	if (opts->json) {
		render_json_flows(stdout, &flows, opts->pretty);
	} else {
		if (!opts->numeric)
			services = names_services_load();
		show_each(&flows, services);
		names_services_free(services);
	}
	if (!flows.count) {
		cli_error("no flow matches");
		code = CLI_REFUSED;
	}
out:
	flow_list_free(&flows);
	return code;
}
