// SPDX-License-Identifier: GPL-2.0
/* Words that say which flows come first, how many, and what makes a group. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arrange.h"
#include "number.h"
#include "suggest.h"

static const char *const sort_keys[] = {
	[SORT_BYTES] = "bytes",
	[SORT_PACKETS] = "packets",
	[SORT_PAYLOAD] = "payload",
	[SORT_RETRANSMITS] = "retransmits",
	[SORT_DURATION] = "duration",
	[SORT_RTT] = "rtt",
	[SORT_FIRST] = "first",
	[SORT_LAST] = "last",
	[SORT_PORT] = "port",
	[SORT_FLOWS] = "flows",
};

static const char *const group_keys[] = {
	[GROUP_SRC] = "src",
	[GROUP_DST] = "dst",
	[GROUP_SPORT] = "sport",
	[GROUP_DPORT] = "dport",
	[GROUP_HOST_PAIR] = "host-pair",
	[GROUP_PROTO] = "proto",
	[GROUP_STATE] = "state",
	[GROUP_CONN] = "conn",
};

/* The place of a name in a table whose first place is empty; 0: nowhere. */
static unsigned int find(const char *const *names, size_t count,
			 const char *text)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (!strcmp(names[i], text))
			return (unsigned int)i;
	return 0;
}

/**
 * arrange_sort_key - what flows or groups can be sorted by
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *arrange_sort_key(unsigned int i)
{
	return ++i < ARRAY_SIZE(sort_keys) ? sort_keys[i] : NULL;
}

/**
 * arrange_group_key - what flows can be grouped by
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *arrange_group_key(unsigned int i)
{
	return ++i < ARRAY_SIZE(group_keys) ? group_keys[i] : NULL;
}

/*
 * The functions that take a word's arguments return what is wrong with the
 * last of them, to be read after it, or NULL.
 */

static const char *take_sort(struct arrange *arrange, char **args)
{
	arrange->sort = find(sort_keys, ARRAY_SIZE(sort_keys), args[0]);
	return arrange->sort ? NULL :
		"is none of bytes, packets, payload, retransmits, duration, rtt, first, last, port, flows";
}

static const char *take_reverse(struct arrange *arrange, char **args)
{
	(void)args;
	arrange->reverse = true;
	return NULL;
}

static const char *take_limit(struct arrange *arrange, char **args)
{
	if (number_parse(args[0], strlen(args[0]), UINT32_MAX,
			 &arrange->limit) || !arrange->limit)
		return "is no number from 1 to 4294967295";
	return NULL;
}

static const char *take_group(struct arrange *arrange, char **args)
{
	arrange->by = find(group_keys, ARRAY_SIZE(group_keys), args[0]);
	return arrange->by ? NULL :
		"is none of src, dst, sport, dport, host-pair, proto, state, conn";
}

static const char *take_columns(struct arrange *arrange, char **args)
{
	arrange->columns = args[0];
	return NULL;
}

/**
 * struct word - a word and what belongs to it
 * @name: the word
 * @second: the word that must follow, or NULL
 * @args: how many arguments follow then
 * @needs: which commands take it
 * @take: takes the arguments
 * @values: what the last argument is one of, or NULL
 */
static const struct word {
	const char *name;
	const char *second;
	int args;
	enum arrange_words needs;
	const char *(*take)(struct arrange *arrange, char **args);
	suggest_words_fn values;
} words[] = {
	{ "sort", NULL, 1, ARRANGE_FLOWS, take_sort, arrange_sort_key },
	{ "reverse", NULL, 0, ARRANGE_FLOWS, take_reverse, NULL },
	{ "limit", NULL, 1, ARRANGE_FLOWS, take_limit, NULL },
	{ "group", "by", 1, ARRANGE_GROUPS, take_group, arrange_group_key },
	{ "columns", NULL, 1, ARRANGE_GROUPS, take_columns, NULL },
};

/**
 * arrange_word - the words that say order, number and groups
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *arrange_word(unsigned int i)
{
	return i < ARRAY_SIZE(words) ? words[i].name : NULL;
}

/**
 * arrange_order_word - those of them that are of flows, not of the list only
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *arrange_order_word(unsigned int i)
{
	return i < ARRAY_SIZE(words) && words[i].needs <= ARRANGE_FLOWS ?
	       words[i].name : NULL;
}

static const struct word *find_word(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

static int __attribute__((format(printf, 2, 3)))
fail(char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, FILTER_ERROR_LEN, format, args);
	va_end(args);
	return -EINVAL;
}

/* Returns how many words it took, or -EINVAL with @error filled in. */
static int take_word(struct arrange *arrange, const struct word *word,
		     int argc, char **argv, char *error)
{
	int used = 1 + !!word->second;
	const char *wrong;

	if (argc > 1 && word->second && strcmp(argv[1], word->second))
		return fail(error, "%s: '%s' is not '%s'", word->name, argv[1],
			    word->second);
	if (argc < used + word->args)
		return fail(error, "nothing follows '%s'", argv[argc - 1]);
	wrong = word->take(arrange, argv + used);
	if (!wrong)
		return used + word->args;
	fail(error, "%s: '%s' %s", word->name, argv[used], wrong);
	if (word->values)
		suggest_append(error, FILTER_ERROR_LEN, argv[used],
			       strlen(argv[used]),
			       (suggest_words_fn[]){ word->values, NULL });
	return -EINVAL;
}

/* Copies a term to the words that are kept; returns how many it has. */
static int keep_term(char **kept, int argc, char **argv)
{
	int len = filter_takes_argument(argv[0]) && argc > 1 ? 2 : 1;

	memmove(kept, argv, (size_t)len * sizeof(*kept));
	return len;
}

/* Neither a word of a filter nor one of this file. */
static int refuse_word(enum arrange_words allowed, const char *word,
		       char *error)
{
	suggest_words_fn others = allowed == ARRANGE_FLOWS ? arrange_order_word :
				  allowed == ARRANGE_GROUPS ? arrange_word :
							      NULL;

	filter_unknown(error, word, others);
	return -EINVAL;
}

static bool is_link(const char *word)
{
	return !strcmp(word, "not") || !strcmp(word, "and");
}

static int check(const struct arrange *arrange, char *error)
{
	if (arrange->reverse && !arrange->sort && !arrange->by)
		return fail(error, "'reverse' without 'sort'");
	if (!arrange->by && arrange->sort == SORT_FLOWS)
		return fail(error, "'sort flows' without 'group by'");
	if (arrange->by && arrange->sort > SORT_PACKETS &&
	    arrange->sort != SORT_FLOWS)
		return fail(error, "sort: groups have no '%s', but bytes, packets and flows",
			    sort_keys[arrange->sort]);
	return 0;
}

/**
 * arrange_parse - take the words of this file out of those of a filter
 * @arrange: written whole
 * @allowed: which words the command takes
 * @argc: how many words; those that are left, afterwards
 * @argv: the words; those that are left, afterwards
 * @error: what is wrong, naming the word
 *
 * Return: 0, or -EINVAL with @error filled in.
 */
int arrange_parse(struct arrange *arrange, enum arrange_words allowed,
		  int *argc, char **argv, char error[FILTER_ERROR_LEN])
{
	const struct word *word, *given[ARRAY_SIZE(words)] = { NULL };
	int i = 0, kept = 0, used;

	*arrange = (struct arrange){ 0 };
	while (i < *argc) {
		word = find_word(argv[i]);
		if (!word && !filter_knows(argv[i]))
			return refuse_word(allowed, argv[i], error);
		if (word && word->needs > allowed)
			return fail(error, "unknown word '%s'; try 'tuplestat help'",
				    argv[i]);
		if (!word) {
			used = keep_term(argv + kept, *argc - i, argv + i);
			kept += used;
			i += used;
			continue;
		}
		if (kept && is_link(argv[kept - 1]))
			return fail(error, "'%s' cannot follow '%s'", argv[i],
				    argv[kept - 1]);
		if (given[word - words])
			return fail(error, "'%s' is there twice", argv[i]);
		given[word - words] = word;
		used = take_word(arrange, word, *argc - i, argv + i, error);
		if (used < 0)
			return used;
		i += used;
	}
	*argc = kept;
	return check(arrange, error);
}
