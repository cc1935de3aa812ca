/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many bytes at once to a stream. Where stdio cannot write them it drops them,
 * and at the end nobody knows why: here the reason is kept.
 */
#ifndef TUPLESTAT_OUTPUT_H
#define TUPLESTAT_OUTPUT_H

#include <stddef.h>
#include <stdio.h>

void output_put(FILE *out, const char *bytes, size_t len);
int output_error(void);

#endif /* TUPLESTAT_OUTPUT_H */
