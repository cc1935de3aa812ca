// SPDX-License-Identifier: GPL-2.0
/* From the person's words to the flows: what the list and "show" share. */
#include <string.h>

#include "filter.h"
#include "query.h"
#include "source_netlink.h"
#include "source_pcap.h"

static int parse_words(const struct options *opts, int argc, char **argv,
		       struct filter *filter)
{
	char error[FILTER_ERROR_LEN];

	if (filter_parse(filter, argc, argv, error)) {
		cli_error("%s", error);
		return CLI_USAGE;
	}
	if (opts->family && filter_add_family(filter, opts->family)) {
		cli_error("too many terms for -4 or -6 to be added");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int ask_module(const struct options *opts, const struct filter *filter,
		      struct flow_list *flows)
{
	struct source source;
	int code = CLI_OK;
	int ret;

	ret = source_open(&source, opts->netns);
	if (!ret)
		ret = source_flows(&source, filter, flows);
	if (ret < 0) {
		code = source_report(&source, ret);
	} else if (ret == SOURCE_INCOMPLETE) {
		cli_error("the table changed during each attempt to read it; flows may be missing or shown twice");
		code = CLI_INCOMPLETE;
	}
	source_close(&source);
	return code;
}

static int ask_capture(const struct options *opts, const struct filter *filter,
		       struct flow_list *flows)
{
	struct replay *replay;
	int code, ret;

	code = source_pcap_load(opts->read, &replay);
	if (!replay)
		return code;
	ret = replay_take_flows(replay, filter, flows);
	if (ret) {
		cli_error("%s", strerror(-ret));
		code = CLI_REFUSED;
	}
	replay_free(replay);
	return code;
}

/**
 * query_flows - get the flows that the person asks for
 * @opts: the global options
 * @argc: how many words
 * @argv: the words of the filter
 * @flows: where to put them; empty
 *
 * What goes wrong is told to the person here.
 *
 * Return: an exit code; there are flows to print for CLI_OK and for
 * CLI_INCOMPLETE.
 */
int query_flows(const struct options *opts, int argc, char **argv,
		struct flow_list *flows)
{
	struct filter filter;
	int code;

	code = parse_words(opts, argc, argv, &filter);
	if (code)
		return code;

	return opts->read ? ask_capture(opts, &filter, flows) :
			    ask_module(opts, &filter, flows);
}
