// SPDX-License-Identifier: GPL-2.0
/* tuplestat summary [FILTER]: what the flows come to. */
#include <string.h>

#include "names.h"
#include "query.h"
#include "render.h"
#include "summary.h"

static int print(const struct options *opts, const struct flow_list *flows)
{
	struct services *services = NULL;
	struct summary summary;
	int ret;

	ret = summary_make(&summary, flows);
	if (ret) {
		cli_error("%s", strerror(-ret));
		ret = CLI_REFUSED;
	} else if (opts->json) {
		render_json_summary(stdout, &summary, opts->pretty);
	} else {
		if (!opts->numeric)
			services = names_services_load();
		render_summary(stdout, &summary, services);
		names_services_free(services);
	}
	summary_free(&summary);
	return ret;
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
	struct flow_list flows = { 0 };
	int code, ret;

	code = query_flows(opts, argc, argv, &flows);
	if (code == CLI_OK || code == CLI_INCOMPLETE) {
		ret = print(opts, &flows);
		if (ret)
			code = ret;
	}
	flow_list_free(&flows);
	return code;
}
