/* SPDX-License-Identifier: GPL-2.0 */
/* What a person meant who typed a word that is not there. */
#ifndef TUPLESTAT_SUGGEST_H
#define TUPLESTAT_SUGGEST_H

#include <stddef.h>

/* The words of a kind: the one of that number, or NULL behind the last. */
typedef const char *(*suggest_words_fn)(unsigned int i);

void suggest_append(char *error, size_t size, const char *text, size_t len,
		    const suggest_words_fn *kinds);
void suggest_unknown(char *error, size_t size, const char *what,
		     const char *text, const suggest_words_fn *kinds,
		     const char *help);

#endif /* TUPLESTAT_SUGGEST_H */
