// SPDX-License-Identifier: GPL-2.0
/* Words with something behind them, amid those of a filter. */
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "filter.h"
#include "number.h"
#include "words.h"

/**
 * word_number - take a number, from 1 to what the word allows
 * @word: the word, whose value is a uint32_t
 * @arg: what follows it
 *
 * Return: CLI_OK or CLI_USAGE.
 */
int word_number(const struct word *word, const char *arg)
{
	uint32_t *value = word->value;

	if (number_parse(arg, strlen(arg), word->max, value) || !*value) {
		cli_error("%s: '%s' is no number from 1 to %" PRIu32,
			  word->name, arg, word->max);
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int take_argument(const struct word *word, const char *arg)
{
	if (arg)
		return word->take(word, arg);
	cli_error("nothing follows '%s'", word->name);
	return CLI_USAGE;
}

/* Sets @used to how many of the words it took: 0 where they are a filter's. */
static int take_word(const struct word *words, size_t count, int argc,
		     char **argv, int *used)
{
	size_t i;

	*used = 2;
	for (i = 0; i < count; i++)
		if (!strcmp(argv[0], words[i].name))
			return take_argument(&words[i],
					     argc > 1 ? argv[1] : NULL);
	*used = 0;
	return CLI_OK;
}

/**
 * words_take - take words and what follows them out of those of a filter
 * @words: the words
 * @count: how many there are
 * @word: their names by number, for who mistypes one
 * @argc: how many words the person typed; changed to those that are left
 * @argv: these; those that are left, a filter's, come first
 *
 * What is wrong is told to the person here.
 *
 * Return: CLI_OK or CLI_USAGE.
 */
int words_take(const struct word *words, size_t count, suggest_words_fn word,
	       int *argc, char **argv)
{
	char error[FILTER_ERROR_LEN];
	int i = 0, kept = 0, used, code;

	while (i < *argc) {
		code = take_word(words, count, *argc - i, argv + i, &used);
		if (code)
			return code;
		i += used;
		if (used)
			continue;
		if (!filter_knows(argv[i])) {
			filter_unknown(error, argv[i], word);
			cli_error("%s", error);
			return CLI_USAGE;
		}
		/* "port count" speaks of a port. */
		used = filter_takes_argument(argv[i]) && i + 1 < *argc ? 2 : 1;
		memmove(argv + kept, argv + i, (size_t)used * sizeof(*argv));
		kept += used;
		i += used;
	}
	*argc = kept;
	return CLI_OK;
}
