/* SPDX-License-Identifier: GPL-2.0 */
/* Formats of "tuplestat export"; each takes the words after its own. */
#ifndef TUPLESTAT_EXPORT_H
#define TUPLESTAT_EXPORT_H

#include "cli.h"

int export_ipfix(const struct options *opts, int argc, char **argv);
int export_prometheus(const struct options *opts, int argc, char **argv);

#endif /* TUPLESTAT_EXPORT_H */
