/* SPDX-License-Identifier: GPL-2.0 */
/* Colors on a terminal: what became of a flow, at a glance. */
#ifndef TUPLESTAT_COLOR_H
#define TUPLESTAT_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Behind a colored text; and bytes that a color takes, with what ends it. */
#define COLOR_END "\033[0m"
#define COLOR_LEN 9

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

const char *color_when_word(unsigned int i);
bool color_wanted(enum color_when when, FILE *out);
const char *color_of_state(const char *text, size_t len);
const char *color_of_conn_state(const char *text, size_t len);

#endif /* TUPLESTAT_COLOR_H */
