// SPDX-License-Identifier: GPL-2.0
/* tuplestat export prometheus: metrics, once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "export.h"
#include "prometheus.h"
#include "query.h"
#include "textfile.h"

static int check_words(const struct options *opts, int argc, char **argv)
{
	if (opts->family || opts->json) {
		cli_error("%s does not go with 'export prometheus': it prints metrics of all flows",
			  opts->json ? "-j" : "-4 or -6");
		return CLI_USAGE;
	}
	return cli_no_words(argc, argv);
}

static int read_ports(const struct options *opts, struct port_list *ports)
{
	int ret;

	if (!opts->ports)
		return CLI_OK;
	ret = port_list_parse(ports, opts->ports);
	if (ret == -E2BIG)
		cli_error("--ports: more than %d ports", PROMETHEUS_PORTS_MAX);
	else if (ret)
		cli_error("--ports: '%s' is no list as 22,443,8000-8009",
			  opts->ports);
	return ret ? CLI_USAGE : CLI_OK;
}

static int write_textfile(const struct options *opts, const struct stats *stats,
			  const struct tally *tally,
			  const struct port_list *ports)
{
	struct textfile file;
	int ret;

	ret = textfile_begin(&file, opts->textfile);
	if (!ret) {
		render_prometheus(file.out, stats, tally, ports, opts->netns);
		ret = textfile_commit(&file);
	}
	if (!ret)
		return CLI_OK;
	if (ret == -EINVAL)
		cli_error("cannot replace '%s': it is no regular file",
			  opts->textfile);
	else
		cli_error("cannot write '%s': %s", opts->textfile,
			  strerror(-ret));
	return CLI_REFUSED;
}

/* Also an answer that is incomplete is written. */
static int export_all(const struct options *opts, struct tally *tally,
		      struct port_list *ports)
{
	struct stats stats;
	int code, ret = 0;

	code = query_all(opts, sink_to_tally(tally), &stats);
	if (code != CLI_OK && code != CLI_INCOMPLETE)
		return code;
	if (!opts->ports)
		tally_top_ports(tally, ports);
	if (opts->textfile)
		ret = write_textfile(opts, &stats, tally, ports);
	else
		render_prometheus(stdout, &stats, tally, ports, opts->netns);
	return ret ? ret : code;
}

/**
 * export_prometheus - print metrics, or write them to a file
 * @opts: the global options, --textfile and --ports among them
 * @argc: how many words; none are taken
 * @argv: the words
 *
 * Return: an exit code.
 */
int export_prometheus(const struct options *opts, int argc, char **argv)
{
	struct port_list ports = { 0 };
	struct tally tally;
	int code;

	code = check_words(opts, argc, argv);
	if (!code)
		code = read_ports(opts, &ports);
	if (code)
		return code;

	if (tally_init(&tally)) {
		cli_error("%s", strerror(ENOMEM));
		return CLI_REFUSED;
	}
	code = export_all(opts, &tally, &ports);
	tally_free(&tally);
	return code;
}
