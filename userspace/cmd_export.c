// SPDX-License-Identifier: GPL-2.0
/* tuplestat export FORMAT: what is counted, for another program to collect. */
#include <string.h>

#include "cli.h"
#include "export.h"
#include "suggest.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
	bool enters_netns;	/* sees to -N itself */
} formats[] = {
	{ "ipfix", export_ipfix, true },
	{ "prometheus", export_prometheus, false },
};

/**
 * export_word - the formats
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *export_word(unsigned int i)
{
	return i < ARRAY_SIZE(formats) ? formats[i].name : NULL;
}

static int refuse_format(const char *word)
{
	static const suggest_words_fn kinds[] = { export_word, NULL };
	char error[256];

	suggest_unknown(error, sizeof(error), "format", word, kinds, "help");
	cli_error("export: %s", error);
	return CLI_USAGE;
}

/**
 * cmd_export - hand on what is counted
 * @opts: the global options
 * @argc: how many words
 * @argv: the format, and words that are its own
 *
 * Return: an exit code.
 */
int cmd_export(const struct options *opts, int argc, char **argv)
{
	int code = CLI_OK;
	size_t i;

	if (!argc) {
		cli_error("'export' needs a format; try 'tuplestat help'");
		return CLI_USAGE;
	}
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, argv[0]))
			break;
	if (i == ARRAY_SIZE(formats))
		return refuse_format(argv[0]);
	if (opts->netns && !formats[i].enters_netns)
		code = cli_enter_netns(opts->netns);
	return code ? code : formats[i].run(opts, argc - 1, argv + 1);
}
