// SPDX-License-Identifier: GPL-2.0
/* Words to a filter, and a filter on a flow. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "filter.h"
#include "names.h"
#include "number.h"
#include "suggest.h"

/*
 * The functions that parse the argument of a word return what is wrong with
 * it, to be read after the argument itself, or NULL.
 */

static const char *parse_tcp(struct tstat_term *term, const char *arg)
{
	(void)arg;
	term->proto = IPPROTO_TCP;
	return NULL;
}

static const char *parse_udp(struct tstat_term *term, const char *arg)
{
	(void)arg;
	term->proto = IPPROTO_UDP;
	return NULL;
}

static const char *parse_net(struct tstat_term *term, const char *arg)
{
	size_t len = strcspn(arg, "/");
	char addr[INET6_ADDRSTRLEN];
	uint32_t bits;

	if (len >= sizeof(addr))
		return "is not an IPv4 or IPv6 address";
	memcpy(addr, arg, len);
	addr[len] = '\0';

	if (inet_pton(AF_INET, addr, term->net.addr) == 1)
		term->net.family = AF_INET;
	else if (inet_pton(AF_INET6, addr, term->net.addr) == 1)
		term->net.family = AF_INET6;
	else
		return "is not an IPv4 or IPv6 address";

	bits = term->net.family == AF_INET ? 32 : 128;
	if (arg[len] && number_parse(arg + len + 1, strlen(arg + len + 1),
				     bits, &bits))
		return term->net.family == AF_INET ?
			"has no prefix length from 0 to 32" :
			"has no prefix length from 0 to 128";
	term->net.bits = (uint8_t)bits;
	return NULL;
}

static const char *parse_port(struct tstat_term *term, const char *arg)
{
	size_t len = strcspn(arg, "-");
	struct servent *entry;
	uint32_t first, last;

	/* A service first: their names, too, hold '-' and begin with digits. */
	entry = getservbyname(arg, NULL);
	if (entry) {
		term->port.first = ntohs((uint16_t)entry->s_port);
		term->port.last = term->port.first;
		return NULL;
	}

	if (number_parse(arg, len, UINT16_MAX, &first))
		return "is no port from 0 to 65535, no range and no service";
	last = first;
	if (arg[len] && number_parse(arg + len + 1, strlen(arg + len + 1),
				     UINT16_MAX, &last))
		return "is no range of ports from 0 to 65535";
	if (last < first)
		return "is a range that ends before it begins";
	term->port.first = (uint16_t)first;
	term->port.last = (uint16_t)last;
	return NULL;
}

/**
 * struct values - the words that an argument can be a list of
 * @find: the number of one, or -1
 * @word: the one of that number
 */
struct values {
	int (*find)(const char *text, size_t len);
	suggest_words_fn word;
};

static const struct values states = { names_state_find, names_state_word };
static const struct values verdicts = {
	names_conn_state_find, names_conn_state_word
};

static bool parse_names(struct tstat_term *term, const char *arg,
			const struct values *values)
{
	size_t len;
	int found;

	do {
		len = strcspn(arg, ",");
		found = values->find(arg, len);
		if (found < 0)
			return false;
		term->states |= 1U << found;
		arg += len;
	} while (*arg++);
	return true;
}

static const char *parse_state(struct tstat_term *term, const char *arg)
{
	return parse_names(term, arg, &states) ? NULL :
		"is not a state or a list of states";
}

static const char *parse_conn(struct tstat_term *term, const char *arg)
{
	return parse_names(term, arg, &verdicts) ? NULL :
		"is not a verdict (S0, SF, REJ, ...) or a list of them";
}

/**
 * struct word - a word of a filter
 * @name: the word
 * @field: enum tstat_field
 * @side: enum tuplestat_side
 * @has_arg: an argument belongs to it
 * @parse: takes the argument
 * @values: what the argument can be a list of; NULL where it is no list
 */
static const struct word {
	const char *name;
	uint8_t field;
	uint8_t side;
	bool has_arg;
	const char *(*parse)(struct tstat_term *term, const char *arg);
	const struct values *values;
} words[] = {
	{ "tcp", TSTAT_FIELD_PROTO, 0, false, parse_tcp, NULL },
	{ "udp", TSTAT_FIELD_PROTO, 0, false, parse_udp, NULL },
	{ "src", TSTAT_FIELD_NET, TUPLESTAT_SIDE_ORIG, true, parse_net,
	  NULL },
	{ "dst", TSTAT_FIELD_NET, TUPLESTAT_SIDE_REPLY, true, parse_net,
	  NULL },
	{ "host", TSTAT_FIELD_NET, TUPLESTAT_SIDE_EITHER, true, parse_net,
	  NULL },
	{ "sport", TSTAT_FIELD_PORT, TUPLESTAT_SIDE_ORIG, true, parse_port,
	  NULL },
	{ "dport", TSTAT_FIELD_PORT, TUPLESTAT_SIDE_REPLY, true, parse_port,
	  NULL },
	{ "port", TSTAT_FIELD_PORT, TUPLESTAT_SIDE_EITHER, true, parse_port,
	  NULL },
	{ "state", TSTAT_FIELD_STATE, 0, true, parse_state,
	  &states },
	{ "conn", TSTAT_FIELD_CONN, 0, true, parse_conn,
	  &verdicts },
};

static const struct word *find_word(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

/* What other tools call it. */
static const struct {
	const char *theirs;
	const char *ours;
} synonyms[] = {
	{ "net", "host" }, { "addr", "host" },
	{ "source", "src" }, { "saddr", "src" },
	{ "dest", "dst" }, { "destination", "dst" }, { "daddr", "dst" },
	{ "portrange", "port" },
	{ "ip", "-4" }, { "ip6", "-6" }, { "ipv4", "-4" }, { "ipv6", "-6" },
	{ "verdict", "conn" }, { "conn_state", "conn" },
};

static const char *find_synonym(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(synonyms); i++)
		if (!strcmp(synonyms[i].theirs, word))
			return synonyms[i].ours;
	return NULL;
}

/**
 * filter_word - the words of a filter
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *filter_word(unsigned int i)
{
	static const char *const links[] = { "not", "and" };

	if (i < ARRAY_SIZE(words))
		return words[i].name;
	i -= ARRAY_SIZE(words);
	return i < ARRAY_SIZE(links) ? links[i] : NULL;
}

/**
 * filter_knows - is it a word of a filter?
 * @word: the word
 */
bool filter_knows(const char *word)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = filter_word(i)); i++)
		if (!strcmp(name, word))
			return true;
	return false;
}

/**
 * filter_unknown - the message of a word that a filter does not have
 * @error: where to put it
 * @word: the word
 * @others: words that could stand there, too; NULL for none
 */
void filter_unknown(char error[FILTER_ERROR_LEN], const char *word,
		    suggest_words_fn others)
{
	const suggest_words_fn kinds[] = { filter_word, others, NULL };
	const char *ours = find_synonym(word);

	if (ours)
		snprintf(error, FILTER_ERROR_LEN,
			 "unknown word '%s': did you mean '%s'?", word, ours);
	else
		suggest_unknown(error, FILTER_ERROR_LEN, "word", word, kinds,
				"help");
}

/* Adds to the message what the first value was meant to be that is none. */
static void suggest_value(char *error, const char *arg,
			  const struct values *values)
{
	const suggest_words_fn kinds[] = { values->word, NULL };
	size_t len = strcspn(arg, ",");

	while (values->find(arg, len) >= 0) {
		arg += len + 1;
		len = strcspn(arg, ",");
	}
	suggest_append(error, FILTER_ERROR_LEN, arg, len, kinds);
}

/* Returns how many words the term took, or -EINVAL with @error filled in. */
static int parse_term(struct tstat_term *term, int argc, char *const *argv,
		      char *error)
{
	const struct word *word;
	const char *wrong;
	int i = 0;

	*term = (struct tstat_term){ 0 };
	for (; i < argc && !strcmp(argv[i], "not"); i++)
		term->negate = !term->negate;
	if (i == argc) {
		snprintf(error, FILTER_ERROR_LEN,
			 "nothing follows '%s'", argv[i - 1]);
		return -EINVAL;
	}

	word = find_word(argv[i]);
	if (!word) {
		filter_unknown(error, argv[i], NULL);
		return -EINVAL;
	}
	if (word->has_arg && ++i == argc) {
		snprintf(error, FILTER_ERROR_LEN,
			 "nothing follows '%s'", word->name);
		return -EINVAL;
	}
	term->field = word->field;
	term->side = word->side;
	wrong = word->parse(term, argv[i]);
	if (wrong) {
		snprintf(error, FILTER_ERROR_LEN,
			 "%s: '%s' %s", word->name, argv[i], wrong);
		if (word->values)
			suggest_value(error, argv[i], word->values);
		return -EINVAL;
	}
	return i + 1;
}

/**
 * filter_parse - make a filter of words
 * @filter: the filter; begins empty
 * @argc: how many words
 * @argv: the words
 * @error: what is wrong, naming the word
 *
 * Return: 0, or -EINVAL with @error filled in.
 */
int filter_parse(struct tstat_filter *filter, int argc, char *const *argv,
		 char error[FILTER_ERROR_LEN])
{
	int i = 0, used;

	filter->count = 0;
	while (i < argc) {
		if (i && !strcmp(argv[i], "and") && ++i == argc) {
			snprintf(error, FILTER_ERROR_LEN,
				 "nothing follows 'and'");
			return -EINVAL;
		}
		if (filter->count == TUPLESTAT_TERMS_MAX) {
			snprintf(error, FILTER_ERROR_LEN,
				 "more than %d terms, from '%s' on",
				 TUPLESTAT_TERMS_MAX, argv[i]);
			return -EINVAL;
		}
		used = parse_term(&filter->term[filter->count], argc - i,
				  argv + i, error);
		if (used < 0)
			return used;
		filter->count++;
		i += used;
	}
	return 0;
}

/**
 * filter_takes_argument - does an argument belong to a word?
 * @word: the word
 *
 * Return: false also for words that no filter has.
 */
bool filter_takes_argument(const char *word)
{
	const struct word *known = find_word(word);

	return known && known->has_arg;
}

/**
 * filter_add_family - add the term that -4 and -6 stand for
 * @filter: the filter
 * @family: AF_INET or AF_INET6
 *
 * Return: 0, or -E2BIG where the filter has all the terms it can take.
 */
int filter_add_family(struct tstat_filter *filter, uint8_t family)
{
	if (filter->count == TUPLESTAT_TERMS_MAX)
		return -E2BIG;
	filter->term[filter->count++] = (struct tstat_term){
		.field = TSTAT_FIELD_FAMILY,
		.family = family,
	};
	return 0;
}

/**
 * filter_match - does a flow pass?
 * @filter: the filter
 * @flow: the flow
 */
bool filter_match(const struct tstat_filter *filter, const struct flow *flow)
{
	const struct tstat_subject subject = {
		.family = flow->family,
		.proto = flow->proto,
		.state = flow->state,
		.conn_state = flow->conn_state,
		.port = { flow->orig.port, flow->reply.port },
		.addr = { flow->orig.addr, flow->reply.addr },
	};

	return tstat_filter_match(filter, &subject);
}
