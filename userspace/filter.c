// SPDX-License-Identifier: GPL-2.0
/* Words to a filter, and a filter on a flow. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "filter.h"
#include "names.h"
#include "number.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define UDP_STATES \
	(1U << TUPLESTAT_STATE_UNREPLIED | 1U << TUPLESTAT_STATE_REPLIED)

/*
 * The functions that parse the argument of a word return what is wrong with
 * it, to be read after the argument itself, or NULL.
 */

static const char *parse_tcp(struct filter_term *term, const char *arg)
{
	(void)arg;
	term->proto = IPPROTO_TCP;
	return NULL;
}

static const char *parse_udp(struct filter_term *term, const char *arg)
{
	(void)arg;
	term->proto = IPPROTO_UDP;
	return NULL;
}

static const char *parse_net(struct filter_term *term, const char *arg)
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

static const char *parse_port(struct filter_term *term, const char *arg)
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

static bool parse_names(struct filter_term *term, const char *arg,
			int (*find)(const char *text, size_t len))
{
	size_t len;
	int found;

	do {
		len = strcspn(arg, ",");
		found = find(arg, len);
		if (found < 0)
			return false;
		term->states |= 1U << found;
		arg += len;
	} while (*arg++);
	return true;
}

static const char *parse_state(struct filter_term *term, const char *arg)
{
	return parse_names(term, arg, names_state_find) ? NULL :
		"is not a state or a list of states";
}

static const char *parse_conn(struct filter_term *term, const char *arg)
{
	return parse_names(term, arg, names_conn_state_find) ? NULL :
		"is not a verdict (S0, SF, REJ, ...) or a list of them";
}

static const struct word {
	const char *name;
	uint8_t field;
	uint8_t side;
	bool has_arg;
	const char *(*parse)(struct filter_term *term, const char *arg);
} words[] = {
	{ "tcp", FILTER_PROTO, 0, false, parse_tcp },
	{ "udp", FILTER_PROTO, 0, false, parse_udp },
	{ "src", FILTER_NET, FILTER_ORIG, true, parse_net },
	{ "dst", FILTER_NET, FILTER_REPLY, true, parse_net },
	{ "host", FILTER_NET, FILTER_EITHER, true, parse_net },
	{ "sport", FILTER_PORT, FILTER_ORIG, true, parse_port },
	{ "dport", FILTER_PORT, FILTER_REPLY, true, parse_port },
	{ "port", FILTER_PORT, FILTER_EITHER, true, parse_port },
	{ "state", FILTER_STATE, 0, true, parse_state },
	{ "conn", FILTER_CONN, 0, true, parse_conn },
};

static const struct word *find_word(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

/* Returns how many words the term took, or -EINVAL with @error filled in. */
static int parse_term(struct filter_term *term, int argc, char *const *argv,
		      char *error)
{
	const struct word *word;
	const char *wrong;
	int i = 0;

	*term = (struct filter_term){ 0 };
	for (; i < argc && !strcmp(argv[i], "not"); i++)
		term->negate = !term->negate;
	if (i == argc) {
		snprintf(error, FILTER_ERROR_LEN,
			 "nothing follows '%s'", argv[i - 1]);
		return -EINVAL;
	}

	word = find_word(argv[i]);
	if (!word) {
		snprintf(error, FILTER_ERROR_LEN,
			 "unknown word '%s'; try 'tuplestat help'", argv[i]);
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
int filter_parse(struct filter *filter, int argc, char *const *argv,
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
		if (filter->count == FILTER_TERMS_MAX) {
			snprintf(error, FILTER_ERROR_LEN,
				 "more than %d terms, from '%s' on",
				 FILTER_TERMS_MAX, argv[i]);
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
 * filter_add_family - add the term that -4 and -6 stand for
 * @filter: the filter
 * @family: AF_INET or AF_INET6
 *
 * Return: 0, or -E2BIG where the filter has all the terms it can take.
 */
int filter_add_family(struct filter *filter, uint8_t family)
{
	if (filter->count == FILTER_TERMS_MAX)
		return -E2BIG;
	filter->term[filter->count++] = (struct filter_term){
		.field = FILTER_FAMILY,
		.family = family,
	};
	return 0;
}

static bool same_net(const struct filter_term *term, const uint8_t *addr)
{
	unsigned int bytes = term->net.bits / 8;
	unsigned int rest = term->net.bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (memcmp(addr, term->net.addr, bytes))
		return false;
	return !rest || !((addr[bytes] ^ term->net.addr[bytes]) & mask);
}

static bool match_end(const struct filter_term *term, const struct flow *flow,
		      const struct flow_end *end)
{
	if (term->field == FILTER_NET)
		return flow->family == term->net.family &&
			same_net(term, end->addr);
	return end->port >= term->port.first && end->port <= term->port.last;
}

static bool match_term(const struct filter_term *term, const struct flow *flow)
{
	switch (term->field) {
	case FILTER_FAMILY:
		return flow->family == term->family;
	case FILTER_PROTO:
		return flow->proto == term->proto;
	case FILTER_STATE:
		/* A state of a newer kernel has no name, so nobody asked. */
		return flow->state < 32 && term->states >> flow->state & 1;
	case FILTER_CONN:
		return flow->conn_state < 32 &&
		       term->states >> flow->conn_state & 1;
	}
	return (term->side & FILTER_ORIG &&
		match_end(term, flow, &flow->orig)) ||
	       (term->side & FILTER_REPLY &&
		match_end(term, flow, &flow->reply));
}

/**
 * filter_match - does a flow pass?
 * @filter: the filter
 * @flow: the flow
 */
bool filter_match(const struct filter *filter, const struct flow *flow)
{
	size_t i;

	for (i = 0; i < filter->count; i++)
		if (match_term(&filter->term[i], flow) ==
		    filter->term[i].negate)
			return false;
	return true;
}

/**
 * filter_family - the one address family that can match
 * @filter: the filter
 *
 * The kernel can leave out all others. Where terms contradict each other, any
 * of them will do: filter_match() refuses whatever the kernel sends then.
 *
 * Return: AF_INET, AF_INET6, or 0 where both can match.
 */
uint8_t filter_family(const struct filter *filter)
{
	const struct filter_term *term = filter->term;

	for (; term < filter->term + filter->count; term++) {
		if (term->negate)
			continue;
		if (term->field == FILTER_FAMILY)
			return term->family;
		if (term->field == FILTER_NET)
			return term->net.family;
	}
	return 0;
}

/**
 * filter_proto - the one transport protocol that can match
 * @filter: the filter
 *
 * Return: IPPROTO_TCP, IPPROTO_UDP, or 0 where both can match.
 */
uint8_t filter_proto(const struct filter *filter)
{
	const struct filter_term *term = filter->term;

	for (; term < filter->term + filter->count; term++) {
		if (term->negate)
			continue;
		if (term->field == FILTER_PROTO)
			return term->proto;
		if (term->field != FILTER_STATE)
			continue;
		if (!(term->states & UDP_STATES))
			return IPPROTO_TCP;
		if (!(term->states & ~UDP_STATES))
			return IPPROTO_UDP;
	}
	return 0;
}
