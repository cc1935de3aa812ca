/* SPDX-License-Identifier: GPL-2.0 */
/* Words with a number behind them, amid those of a filter. */
#ifndef TUPLESTAT_WORDS_H
#define TUPLESTAT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "suggest.h"

/**
 * struct word - a word
 * @name: the word
 * @max: the largest number that may follow; the least is 1
 * @value: where to put it
 */
struct word {
	const char *name;
	uint32_t max;
	uint32_t *value;
};

int words_take(const struct word *words, size_t count, suggest_words_fn word,
	       int *argc, char **argv);

#endif /* TUPLESTAT_WORDS_H */
