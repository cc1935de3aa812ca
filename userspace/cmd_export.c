// SPDX-License-Identifier: GPL-2.0
/* tuplestat export FORMAT: what is counted, for another program to collect. */
#include <string.h>

#include "cli.h"
#include "export.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
} formats[] = {
	{ "prometheus", export_prometheus },
};

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
	size_t i;

	if (!argc) {
		cli_error("'export' needs a format; try 'tuplestat help'");
		return CLI_USAGE;
	}
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, argv[0]))
			return formats[i].run(opts, argc - 1, argv + 1);
	cli_error("export: unknown format '%s'; try 'tuplestat help'", argv[0]);
	return CLI_USAGE;
}
