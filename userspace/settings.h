/* SPDX-License-Identifier: GPL-2.0 */
/* The words after "set". */
#ifndef TUPLESTAT_SETTINGS_H
#define TUPLESTAT_SETTINGS_H

#include "stats.h"

#define SETTINGS_ERROR_LEN 256

const char *settings_word(unsigned int i);
int settings_parse(struct config_change *change, int argc, char *const *argv,
		   char error[SETTINGS_ERROR_LEN]);

#endif /* TUPLESTAT_SETTINGS_H */
