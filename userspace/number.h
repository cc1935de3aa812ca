/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TUPLESTAT_NUMBER_H
#define TUPLESTAT_NUMBER_H

#include <stddef.h>
#include <stdint.h>

int number_parse_seconds(const char *text, uint32_t max, uint32_t *seconds);
int number_parse(const char *text, size_t len, uint32_t max, uint32_t *value);

#endif /* TUPLESTAT_NUMBER_H */
