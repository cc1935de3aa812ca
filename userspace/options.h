/* SPDX-License-Identifier: GPL-2.0 */
/* From the options that a person typed to struct options. */
#ifndef TUPLESTAT_OPTIONS_H
#define TUPLESTAT_OPTIONS_H

#include "cli.h"

/* options_parse(): there is nothing left to do but to leave with CLI_OK. */
#define OPTIONS_DONE (-1)

int options_parse(struct options *opts, int argc, char **argv);
int options_check_command(const struct options *opts, int argc, char **argv,
			  bool command);

#endif /* TUPLESTAT_OPTIONS_H */
