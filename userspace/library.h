/* SPDX-License-Identifier: GPL-2.0 */
/* Libraries that are loaded when they are needed. */
#ifndef TUPLESTAT_LIBRARY_H
#define TUPLESTAT_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

void *library_open(const char *const *names, size_t count);
bool library_find(void *handle, const char *symbol, void *function);

#endif /* TUPLESTAT_LIBRARY_H */
