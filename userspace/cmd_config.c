// SPDX-License-Identifier: GPL-2.0
/* tuplestat config, set, start, stop: the settings. */
#include <stdio.h>

#include "cli.h"
#include "render.h"
#include "settings.h"
#include "source_netlink.h"

/**
 * cmd_config - show the settings
 * @opts: the global options
 * @argc: how many words; none are taken
 * @argv: the words
 *
 * Return: an exit code.
 */
int cmd_config(const struct options *opts, int argc, char **argv)
{
	struct source source;
	struct config config;
	int code, ret;

	code = cli_no_words(argc, argv);
	if (code)
		return code;

	ret = source_open(&source, opts->netns);
	if (!ret)
		ret = source_config(&source, &config);
	if (ret)
		code = source_report(&source, ret);
	else if (opts->json)
		render_json_config(stdout, &config, opts->pretty);
	else
		render_config(stdout, &config);
	source_close(&source);
	return code;
}

static int configure(const struct options *opts,
		     const struct config_change *change, bool may_load)
{
	struct source source;
	int code = CLI_OK;
	int ret;

	ret = may_load ? source_open_loading(&source, opts->netns) :
			 source_open(&source, opts->netns);
	if (!ret)
		ret = source_configure(&source, change);
	if (ret)
		code = source_report(&source, ret);
	source_close(&source);
	return code;
}

/**
 * cmd_set - change settings
 * @opts: the global options
 * @argc: how many words
 * @argv: pairs of key and value, as "config" prints them
 *
 * Return: an exit code.
 */
int cmd_set(const struct options *opts, int argc, char **argv)
{
	struct config_change change;
	char error[SETTINGS_ERROR_LEN];

	if (settings_parse(&change, argc, argv, error)) {
		cli_error("%s", error);
		return CLI_USAGE;
	}
	return configure(opts, &change, false);
}

/**
 * cmd_start - count this network namespace; loads the module if need be
 * @opts: the global options
 * @argc: how many words; none are taken
 * @argv: the words
 *
 * Return: an exit code.
 */
int cmd_start(const struct options *opts, int argc, char **argv)
{
	const struct config_change change = {
		.set_started = true,
		.started = true,
	};

	if (cli_no_words(argc, argv))
		return CLI_USAGE;
	return configure(opts, &change, true);
}

/**
 * cmd_stop - count this network namespace no longer, forget its flows
 * @opts: the global options
 * @argc: how many words; none are taken
 * @argv: the words
 *
 * Return: an exit code.
 */
int cmd_stop(const struct options *opts, int argc, char **argv)
{
	const struct config_change change = {
		.set_started = true,
		.started = false,
	};

	if (cli_no_words(argc, argv))
		return CLI_USAGE;
	return configure(opts, &change, false);
}
