// SPDX-License-Identifier: GPL-2.0
/* From the person's words to flows, in order and ready to be printed. */
#include <string.h>

#include "group.h"
#include "largest.h"
#include "layout.h"
#include "names.h"
#include "query.h"
#include "render_table.h"
#include "source_netlink.h"
#include "source_pcap.h"

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

/* @stats: where to put the ledger; NULL where nobody wants it */
static int ask_module(const struct options *opts,
		      const struct tstat_filter *filter, struct flow_sink sink,
		      struct stats *stats)
{
	struct source source;
	int code = CLI_OK;
	int ret, err = 0;

	ret = source_open(&source, opts->netns);
	if (!ret)
		ret = source_flows(&source, filter, sink);
	if (ret >= 0 && stats)
		err = source_stats(&source, stats);
	if (err)
		ret = err;
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
		       const struct tstat_filter *filter,
		       struct flow_sink sink, struct stats *stats)
{
	struct replay *replay;
	int code, ret;

	code = source_pcap_load(opts, &replay);
	if (!replay)
		return code;
	/* Before its flows are taken, of which it is the sum. */
	if (stats)
		replay_stats(replay, stats);
	ret = replay_take_flows(replay, filter, sink);
	if (ret) {
		cli_error("%s", strerror(-ret));
		code = CLI_REFUSED;
	}
	replay_free(replay);
	return code;
}

/**
 * struct asked - where an answer comes together
 * @groups: groups, where they are asked for
 * @largest: the flows, where they have an order, or are needed as flows
 * @table: rows, else
 * @stats: the ledger
 */
struct asked {
	struct groups groups;
	struct largest largest;
	struct table table;
	struct stats stats;
};

/* Of these the answer has that into which the sink leads. */
static struct flow_sink prepare(struct asked *asked, struct answer *answer,
				const struct arrange *arrange, bool rows)
{
	asked->groups.arrange = arrange;
	asked->largest.arrange = arrange;
	answer->flows = &asked->largest.flows;
	if (arrange->by) {
		answer->groups = &asked->groups;
		return sink_to_groups(&asked->groups);
	}
	if (!rows || arrange->sort || arrange->limit)
		return sink_to_largest(&asked->largest);
	table_begin(&asked->table, answer->layout);
	answer->table = &asked->table;
	return sink_to_table(&asked->table);
}

static int ask_source(const struct options *opts,
		      const struct tstat_filter *filter,
		      const struct arrange *arrange, const struct query *query,
		      const struct layout *layout)
{
	struct answer answer = {
		.layout = layout,
		.services = layout->style.services,
	};
	struct asked asked = { 0 };
	struct stats *stats = query->stats ? &asked.stats : NULL;
	struct flow_sink sink;
	int code, ret;

	sink = prepare(&asked, &answer, arrange, query->table && !opts->json);
	answer.stats = stats;
	code = opts->read ? ask_capture(opts, filter, sink, stats) :
			    ask_module(opts, filter, sink, stats);
	answer.incomplete = code == CLI_INCOMPLETE;
	if (code == CLI_OK || code == CLI_INCOMPLETE) {
		largest_finish(&asked.largest);
		groups_finish(&asked.groups);
		ret = query->print(opts, &answer);
		if (ret)
			code = ret;
	}
	groups_free(&asked.groups);
	largest_free(&asked.largest);
	table_free(&asked.table);
	return code;
}

static int ask(const struct options *opts, const struct tstat_filter *filter,
	       const struct arrange *arrange, const struct query *query,
	       struct layout *layout)
{
	struct services *services = NULL;
	int code;

	if (!opts->numeric && opts->format == FORMAT_TEXT)
		services = names_services_load();
	layout->style.services = services;
	code = ask_source(opts, filter, arrange, query, layout);
	names_services_free(services);
	return code;
}

/* Columns can be named by an option or by a word, and are of flows in text. */
static int choose_columns(const struct options *opts,
			  const struct arrange *arrange, struct layout *layout)
{
	const char *list = opts->columns ? opts->columns : arrange->columns;
	const char *word = opts->columns ? "-o" : "columns";
	char error[LAYOUT_ERROR_LEN];

	if (opts->columns && arrange->columns) {
		cli_error("-o and 'columns' exclude each other");
		return CLI_USAGE;
	}
	if (list && opts->format != FORMAT_TEXT && opts->format != FORMAT_TSV) {
		cli_error("%s goes with text and tsv only: %s has fields of its own",
			  word, format_word(opts->format));
		return CLI_USAGE;
	}
	if (arrange->by && opts->format == FORMAT_ZEEK) {
		cli_error("zeek has connections, it does not go with 'group by'");
		return CLI_USAGE;
	}
	if (list && arrange->by) {
		cli_error("%s: groups have columns of their own", word);
		return CLI_USAGE;
	}
	if (layout_make(layout, opts, list, error)) {
		cli_error("%s: %s", word, error);
		return CLI_USAGE;
	}
	return CLI_OK;
}

/**
 * query_run - get what the person asks for, and print it
 * @opts: the global options
 * @argc: how many words
 * @argv: the words; their order is changed
 * @query: what the command does with it
 *
 * What goes wrong is told to the person here.
 *
 * Return: an exit code.
 */
int query_run(const struct options *opts, int argc, char **argv,
	      const struct query *query)
{
	char error[FILTER_ERROR_LEN];
	struct tstat_filter filter;
	struct arrange arrange;
	struct layout layout;
	int code;

	if (arrange_parse(&arrange, query->allowed, &argc, argv, error)) {
		cli_error("%s", error);
		return CLI_USAGE;
	}
	code = query_filter(opts, argc, argv, &filter);
	if (!code)
		code = choose_columns(opts, &arrange, &layout);
	return code ? code : ask(opts, &filter, &arrange, query, &layout);
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

/**
 * query_all - get the statistics and every flow
 * @opts: the global options
 * @sink: who takes the flows
 * @stats: where to put the statistics
 *
 * The statistics of the module are those of the moment after the last flow.
 * What goes wrong is told to the person here.
 *
 * Return: an exit code; with CLI_INCOMPLETE, too, there is an answer.
 */
int query_all(const struct options *opts, struct flow_sink sink,
	      struct stats *stats)
{
	static const struct tstat_filter all;

	return opts->read ? ask_capture(opts, &all, sink, stats) :
			    ask_module(opts, &all, sink, stats);
}
