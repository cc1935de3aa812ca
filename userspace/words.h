/* SPDX-License-Identifier: GPL-2.0 */
/* Words with something behind them, amid those of a filter. */
#ifndef TUPLESTAT_WORDS_H
#define TUPLESTAT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "suggest.h"

/**
 * struct word - a word
 * @name: the word
 * @take: takes what follows, and says what is wrong with it; returns CLI_OK or
 *	CLI_USAGE
 * @max: the largest number that may follow, for word_number()
 * @value: where to put it
 */
struct word {
	const char *name;
	int (*take)(const struct word *word, const char *arg);
	uint32_t max;
	void *value;
};

int word_number(const struct word *word, const char *arg);
int words_take(const struct word *words, size_t count, suggest_words_fn word,
	       int *argc, char **argv);

#endif /* TUPLESTAT_WORDS_H */
