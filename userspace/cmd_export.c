// SPDX-License-Identifier: GPL-2.0
/* tuplestat export FORMAT: flows to other programs. */
#include <string.h>

#include "cli.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
} formats[] = {
	{ "ipfix", cmd_export_ipfix },
};

/**
 * cmd_export - send flows to other programs
 * @opts: the global options
 * @argc: how many words
 * @argv: the words: a format, and what it takes
 *
 * Return: an exit code.
 */
int cmd_export(const struct options *opts, int argc, char **argv)
{
	size_t i;

	if (!argc) {
		cli_error("nothing follows 'export'; try 'tuplestat help'");
		return CLI_USAGE;
	}
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, argv[0]))
			return formats[i].run(opts, argc - 1, argv + 1);
	return cli_no_words(argc, argv);
}
