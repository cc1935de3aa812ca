// SPDX-License-Identifier: GPL-2.0
/* What a person meant who typed a word that is not there. */
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "suggest.h"

/* Longer than any word that there is: nothing is like what is longer still. */
#define WORD_MAX 40

/* Words that are named, where several are as near as each other. */
#define BEST_MAX 3

/* Parts of words that are taken for them, from so many letters on. */
#define PART_MIN 3

/**
 * struct found - the words that are nearest to what was typed
 * @word: the words
 * @count: how many there are
 * @distance: how far they are from it
 */
struct found {
	const char *word[BEST_MAX];
	unsigned int count;
	unsigned int distance;
};

/* Case, and '_' for '-', are no difference that matters. */
static char fold(char c)
{
	return c == '_' ? '-' : (char)tolower((unsigned char)c);
}

static bool same(char a, char b)
{
	return fold(a) == fold(b);
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * Letters to put in, take out, change, or swap with their neighbour, to make
 * one word of the other: the optimal string alignment distance.
 */
static unsigned int edits(const char *a, size_t a_len, const char *b,
			  size_t b_len)
{
	unsigned int row[3][WORD_MAX + 1];
	unsigned int *above = row[0], *here = row[1], *before = row[2], *swap;
	size_t i, j;

	for (j = 0; j <= b_len; j++)
		here[j] = (unsigned int)j;
	for (i = 1; i <= a_len; i++) {
		swap = before;
		before = above;
		above = here;
		here = swap;
		here[0] = (unsigned int)i;
		for (j = 1; j <= b_len; j++) {
			here[j] = least(above[j], here[j - 1]) + 1;
			here[j] = least(here[j], above[j - 1] +
					!same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				here[j] = least(here[j], before[j - 2] + 1);
		}
	}
	return here[b_len];
}

static bool begins(const char *word, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!same(word[i], text[i]))
			return false;
	return true;
}

static bool contains(const char *word, const char *text, size_t len)
{
	for (; strlen(word) >= len; word++)
		if (begins(word, text, len))
			return true;
	return false;
}

/* More would make other words of it. */
static unsigned int edits_allowed(size_t len)
{
	return len < 3 ? 0 : len < 7 ? 1 : 2;
}

/* Half edits; UINT_MAX for a word that is too different. */
static unsigned int distance_of(const char *word, const char *text, size_t len)
{
	size_t word_len = strlen(word);
	size_t longer = word_len > len ? word_len : len;
	unsigned int count;

	if (longer > WORD_MAX)
		return UINT_MAX;
	/* Nearer than an edit: that is how people shorten words. */
	if (len >= PART_MIN && word_len > len && contains(word, text, len))
		return 1;
	count = edits(text, len, word, word_len);
	return count <= edits_allowed(longer) ? count * 2 : UINT_MAX;
}

static void consider(struct found *found, const char *word, const char *text,
		     size_t len)
{
	unsigned int distance = distance_of(word, text, len);
	unsigned int i;

	if (distance > found->distance || distance == UINT_MAX)
		return;
	if (distance < found->distance)
		found->count = 0;
	found->distance = distance;
	/* The word is there, but not where it was typed: nothing is like it. */
	if (strlen(word) == len && !strncmp(word, text, len))
		return;
	/* One word can be of several kinds. */
	for (i = 0; i < found->count; i++)
		if (!strcmp(found->word[i], word))
			return;
	if (found->count < BEST_MAX)
		found->word[found->count++] = word;
}

static struct found find(const char *text, size_t len,
			 const suggest_words_fn *kinds)
{
	struct found found = { .distance = UINT_MAX };
	const char *word;
	unsigned int i;

	for (; *kinds; kinds++)
		for (i = 0; (word = (*kinds)(i)); i++)
			consider(&found, word, text, len);
	return found;
}

static void append(char *error, size_t size, const char *before,
		   const char *word, const char *after)
{
	size_t len = strlen(error);

	snprintf(error + len, size - len, "%s'%s'%s", before, word, after);
}

/**
 * suggest_append - add to a message what the person may have meant
 * @error: the message; unchanged where no word is like the one that was typed
 * @size: of @error
 * @text: what was typed
 * @len: how many characters of @text are meant
 * @kinds: what could stand there; NULL behind the last
 */
void suggest_append(char *error, size_t size, const char *text, size_t len,
		    const suggest_words_fn *kinds)
{
	struct found found = find(text, len, kinds);
	unsigned int i;

	for (i = 0; i < found.count; i++)
		append(error, size, i ? " or " : ": did you mean ",
		       found.word[i], i + 1 == found.count ? "?" : "");
}

/**
 * suggest_unknown - the message of a word that is not there
 * @error: where to put it
 * @size: of @error
 * @what: what it should have been: "word", "option", ...
 * @text: what was typed
 * @kinds: what could stand there; NULL behind the last
 * @help: the command that lists all of them
 */
void suggest_unknown(char *error, size_t size, const char *what,
		     const char *text, const suggest_words_fn *kinds,
		     const char *help)
{
	size_t len;

	snprintf(error, size, "unknown %s '%s'", what, text);
	len = strlen(error);
	suggest_append(error, size, text, strlen(text), kinds);
	if (!error[len])
		snprintf(error + len, size - len, "; try 'tuplestat %s'", help);
}
