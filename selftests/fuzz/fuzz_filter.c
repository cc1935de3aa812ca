// SPDX-License-Identifier: GPL-2.0
/*
 * Words of a filter, a line each: an error that is said, or a filter whose
 * shortcuts (what the kernel is asked for) never lose a flow that matches.
 */
#include <netinet/in.h>

#include <linux/tuplestat.h>

#include "filter.h"
#include "fuzz.h"

#define WORDS_MAX 100

static const struct flow flows[] = {
	{ .family = AF_INET, .proto = IPPROTO_TCP,
	  .state = TUPLESTAT_STATE_ESTABLISHED,
	  .orig = { .addr = { 10, 0, 0, 1 }, .port = 40000 },
	  .reply = { .addr = { 10, 0, 0, 2 }, .port = 443 } },
	{ .family = AF_INET6, .proto = IPPROTO_UDP,
	  .state = TUPLESTAT_STATE_REPLIED,
	  .orig = { .addr = { 0x20, 1, 0xd, 0xb8 }, .port = 5000 },
	  .reply = { .addr = { 0xff, 2 }, .port = 53 } },
	{ .family = AF_INET6, .proto = IPPROTO_TCP, .state = 200 },
};

static int split(char *text, char **argv)
{
	int argc = 0;
	char *word;

	for (word = strtok(text, "\n"); word && argc < WORDS_MAX;
	     word = strtok(NULL, "\n"))
		argv[argc++] = word;
	return argc;
}

static void check_filter(const struct filter *filter)
{
	uint8_t family = filter_family(filter), proto = filter_proto(filter);
	size_t i;

	promise(filter->count <= FILTER_TERMS_MAX);
	for (i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
		if (!filter_match(filter, &flows[i]))
			continue;
		promise(!family || family == flows[i].family);
		promise(!proto || proto == flows[i].proto);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[FILTER_ERROR_LEN] = "";
	char *text, *argv[WORDS_MAX];
	struct filter filter;
	int argc;

	text = malloc(size + 1);
	promise(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	argc = split(text, argv);
	if (filter_parse(&filter, argc, argv, error)) {
		promise(*error && strlen(error) < FILTER_ERROR_LEN);
	} else {
		promise(!*error);
		check_filter(&filter);
		if (!filter_add_family(&filter, AF_INET6))
			check_filter(&filter);
	}
	free(text);
	return 0;
}
