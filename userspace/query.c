// SPDX-License-Identifier: GPL-2.0
/* From the person's words to flows, in order and ready to be printed. */
#include <string.h>

#include "group.h"
#include "names.h"
#include "query.h"
#include "source_netlink.h"
#include "source_pcap.h"
#include "top.h"

/**
 * query_filter - the filter that the person asks for
 * @opts: the global options, -4 and -6 among them
 * @argc: how many words
 * @argv: the words
 * @filter: written whole
 *
 * What is wrong is told to the person here.
 *
 * Return: CLI_OK or CLI_USAGE.
 */
int query_filter(const struct options *opts, int argc, char **argv,
		 struct tstat_filter *filter)
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

static int ask_module(const struct options *opts,
		      const struct tstat_filter *filter, struct flow_sink sink)
{
	struct source source;
	int code = CLI_OK;
	int ret;

	ret = source_open(&source, opts->netns);
	if (!ret)
		ret = source_flows(&source, filter, sink);
	if (ret < 0) {
		code = source_report(&source, ret);
	} else if (ret == SOURCE_INCOMPLETE) {
		cli_error("the table changed during each attempt to read it; flows may be missing or shown twice");
		code = CLI_INCOMPLETE;
	}
	source_close(&source);
	return code;
}

static int ask_capture(const struct options *opts,
		       const struct tstat_filter *filter, struct flow_sink sink)
{
	struct replay *replay;
	int code, ret;

	code = source_pcap_load(opts, &replay);
	if (!replay)
		return code;
	ret = replay_take_flows(replay, filter, sink);
	if (ret) {
		cli_error("%s", strerror(-ret));
		code = CLI_REFUSED;
	}
	replay_free(replay);
	return code;
}

static int print_answer(const struct options *opts, struct answer *answer,
			query_print_fn print)
{
	struct services *services = NULL;
	int code;

	if (!opts->numeric && !opts->json)
		services = names_services_load();
	answer->services = services;
	code = print(opts, answer);
	names_services_free(services);
	return code;
}

static int ask(const struct options *opts, const struct tstat_filter *filter,
	       const struct arrange *arrange, query_print_fn print)
{
	struct groups groups = { .arrange = arrange };
	struct top top = { .arrange = arrange };
	struct answer answer = {
		.flows = &top.flows,
		.groups = arrange->by ? &groups : NULL,
	};
	struct flow_sink sink;
	int code, ret;

	sink = arrange->by ? sink_to_groups(&groups) : sink_to_top(&top);
	code = opts->read ? ask_capture(opts, filter, sink) :
			    ask_module(opts, filter, sink);
	if (code == CLI_OK || code == CLI_INCOMPLETE) {
		top_finish(&top);
		groups_finish(&groups);
		ret = print_answer(opts, &answer, print);
		if (ret)
			code = ret;
	}
	groups_free(&groups);
	top_free(&top);
	return code;
}

/**
 * query_run - get what the person asks for, and print it
 * @opts: the global options
 * @argc: how many words
 * @argv: the words; their order is changed
 * @allowed: which words the command takes besides those of a filter
 * @print: prints the answer, also an incomplete one
 *
 * What goes wrong is told to the person here.
 *
 * Return: an exit code.
 */
int query_run(const struct options *opts, int argc, char **argv,
	      enum arrange_words allowed, query_print_fn print)
{
	char error[FILTER_ERROR_LEN];
	struct tstat_filter filter;
	struct arrange arrange;
	int code;

	if (arrange_parse(&arrange, allowed, &argc, argv, error)) {
		cli_error("%s", error);
		return CLI_USAGE;
	}
	code = query_filter(opts, argc, argv, &filter);
	return code ? code : ask(opts, &filter, &arrange, print);
}

/**
 * query_stats - get the statistics of the module
 * @opts: the global options
 * @stats: where to put them
 *
 * What goes wrong is told to the person here.
 *
 * Return: an exit code.
 */
int query_stats(const struct options *opts, struct stats *stats)
{
	struct source source;
	int code = CLI_OK;
	int ret;

	ret = source_open(&source, opts->netns);
	if (!ret)
		ret = source_stats(&source, stats);
	if (ret)
		code = source_report(&source, ret);
	source_close(&source);
	return code;
}
