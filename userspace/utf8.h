/* SPDX-License-Identifier: GPL-2.0 */
/* Text that may hold anything, character by character. */
#ifndef TUPLESTAT_UTF8_H
#define TUPLESTAT_UTF8_H

#include <stdint.h>

uint32_t utf8_next(const char **text);

#endif /* TUPLESTAT_UTF8_H */
