// SPDX-License-Identifier: GPL-2.0
/*
 * Words of a filter, a line each: an error that is said, or a filter that can
 * judge any flow and fits in a request.
 */
#include <netinet/in.h>

#include "encode.h"
#include "filter.h"
#include "fuzz.h"
#include "genl.h"

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

/* A term and the same with "not" before it never agree. */
static void check_negation(const struct tstat_term *term,
			   const struct flow *flow)
{
	struct tstat_filter one = { .count = 1, .term = { *term } };
	bool matches = filter_match(&one, flow);

	one.term[0].negate = !one.term[0].negate;
	promise(matches != filter_match(&one, flow));
}

static void check_filter(const struct tstat_filter *filter)
{
	struct nlmsghdr *nlh = calloc(1, GENL_REQUEST_LEN);
	uint32_t i, j;

	promise(filter->count <= TUPLESTAT_TERMS_MAX);
	for (i = 0; i < sizeof(flows) / sizeof(flows[0]); i++)
		for (j = 0; j < filter->count; j++)
			check_negation(&filter->term[j], &flows[i]);
	promise(nlh);
	mnl_nlmsg_put_header(nlh);
	promise(!encode_filter(nlh, filter));
	promise(nlh->nlmsg_len <= GENL_REQUEST_LEN);
	free(nlh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[FILTER_ERROR_LEN] = "";
	char *text, *argv[WORDS_MAX];
	struct tstat_filter filter;
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
