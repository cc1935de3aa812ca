// SPDX-License-Identifier: GPL-2.0
/* Words that say order, number and groups: what is taken, what is left. */
#include "arrange.h"
#include "ktap.h"

#define WORDS_MAX 20

#define FLOWS ARRANGE_FLOWS
#define GROUPS ARRANGE_GROUPS

static const struct {
	const char *words;
	enum arrange_words allowed;
	struct arrange arrange;
	const char *left;
} rows[] = {
	{ "", GROUPS, { 0 }, "" },
	{ "tcp dport 443", GROUPS, { 0 }, "tcp dport 443" },
	{ "sort bytes", GROUPS, { .sort = SORT_BYTES }, "" },
	{ "sort packets", FLOWS, { .sort = SORT_PACKETS }, "" },
	{ "sort payload", GROUPS, { .sort = SORT_PAYLOAD }, "" },
	{ "sort retransmits", GROUPS, { .sort = SORT_RETRANSMITS }, "" },
	{ "sort duration", GROUPS, { .sort = SORT_DURATION }, "" },
	{ "sort first", GROUPS, { .sort = SORT_FIRST }, "" },
	{ "sort last", GROUPS, { .sort = SORT_LAST }, "" },
	{ "sort rtt", GROUPS, { .sort = SORT_RTT }, "" },
	{ "sort port", GROUPS, { .sort = SORT_PORT }, "" },
	{ "limit 1", GROUPS, { .limit = 1 }, "" },
	{ "limit 4294967295", FLOWS, { .limit = UINT32_MAX }, "" },
	{ "group by src", GROUPS, { .by = GROUP_SRC }, "" },
	{ "group by dst", GROUPS, { .by = GROUP_DST }, "" },
	{ "group by sport", GROUPS, { .by = GROUP_SPORT }, "" },
	{ "group by dport", GROUPS, { .by = GROUP_DPORT }, "" },
	{ "group by host-pair", GROUPS, { .by = GROUP_HOST_PAIR }, "" },
	{ "group by proto", GROUPS, { .by = GROUP_PROTO }, "" },
	{ "group by state", GROUPS, { .by = GROUP_STATE }, "" },
	{ "group by conn", GROUPS, { .by = GROUP_CONN }, "" },

	/* In any order, between the terms of a filter */
	{ "reverse sort first", FLOWS,
	  { .sort = SORT_FIRST, .reverse = true }, "" },
	{ "limit 5 tcp sort bytes not dport 443", GROUPS,
	  { .sort = SORT_BYTES, .limit = 5 }, "tcp not dport 443" },
	{ "src 10.0.0.1 limit 5 and udp", GROUPS, { .limit = 5 },
	  "src 10.0.0.1 and udp" },
	{ "group by dst tcp sort flows limit 3 reverse", GROUPS,
	  { .sort = SORT_FLOWS, .by = GROUP_DST, .limit = 3, .reverse = true },
	  "tcp" },
	{ "group by conn reverse", GROUPS,
	  { .by = GROUP_CONN, .reverse = true }, "" },

	/* The argument of a term belongs to it, whatever it is */
	{ "src sort bytes", GROUPS, { 0 }, "src sort bytes" },
	{ "dport limit limit 2", GROUPS, { .limit = 2 }, "dport limit" },
	{ "state", GROUPS, { 0 }, "state" },

	/* What a command does not take is the filter's business */
	{ "group by proto limit 2", FLOWS, { .limit = 2 }, "group by proto" },
	{ "sort bytes limit 2", ARRANGE_NOTHING, { 0 }, "sort bytes limit 2" },
};

static const struct {
	const char *words;
	const char *error;
} errors[] = {
	{ "sort", "nothing follows 'sort'" },
	{ "tcp limit", "nothing follows 'limit'" },
	{ "group", "nothing follows 'group'" },
	{ "group by", "nothing follows 'by'" },
	{ "group src", "group: 'src' is not 'by'" },
	{ "sort size", "sort: 'size' is none of bytes, packets, payload, "
	  "retransmits, duration, rtt, first, last, port, flows" },
	{ "sort Bytes", "sort: 'Bytes' is none of bytes, packets, payload, "
	  "retransmits, duration, rtt, first, last, port, flows" },
	{ "limit 0", "limit: '0' is no number from 1 to 4294967295" },
	{ "limit ten", "limit: 'ten' is no number from 1 to 4294967295" },
	{ "limit 4294967296",
	  "limit: '4294967296' is no number from 1 to 4294967295" },
	{ "group by port", "group: 'port' is none of src, dst, sport, dport, "
	  "host-pair, proto, state, conn" },
	{ "sort bytes sort packets", "'sort' is there twice" },
	{ "reverse sort bytes reverse", "'reverse' is there twice" },
	{ "limit 1 tcp limit 1", "'limit' is there twice" },
	{ "group by src group by dst", "'group' is there twice" },
	{ "reverse", "'reverse' without 'sort'" },
	{ "sort flows", "'sort flows' without 'group by'" },
	{ "group by src sort rtt",
	  "sort: groups have no 'rtt', but bytes, packets and flows" },
	{ "sort payload group by src",
	  "sort: groups have no 'payload', but bytes, packets and flows" },
	{ "not sort bytes", "'sort' cannot follow 'not'" },
	{ "tcp and limit 3", "'limit' cannot follow 'and'" },
};

/* Splits at blanks, as a shell would; @text holds the words afterwards. */
static int split(char *text, char **argv)
{
	int argc = 0;
	char *word;

	for (word = strtok(text, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return argc;
}

static void join(char *text, int argc, char **argv)
{
	int i;

	*text = '\0';
	for (i = 0; i < argc; i++) {
		strcat(text, i ? " " : "");
		strcat(text, argv[i]);
	}
}

static bool same(const struct arrange *a, const struct arrange *b)
{
	return a->sort == b->sort && a->reverse == b->reverse &&
	       a->by == b->by && a->limit == b->limit;
}

static void test_rows(void)
{
	char text[256], left[256], *argv[WORDS_MAX], error[FILTER_ERROR_LEN];
	struct arrange arrange;
	size_t i;
	int argc;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(text, sizeof(text), "%s", rows[i].words);
		argc = split(text, argv);
		ktap_ok(!arrange_parse(&arrange, rows[i].allowed, &argc, argv,
				       error) &&
			same(&arrange, &rows[i].arrange) &&
			(join(left, argc, argv), !strcmp(left, rows[i].left)),
			"words: '%s' (%d)", rows[i].words, rows[i].allowed);
	}
}

static void test_errors(void)
{
	char text[256], *argv[WORDS_MAX], error[FILTER_ERROR_LEN];
	struct arrange arrange;
	size_t i;
	int argc;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		snprintf(text, sizeof(text), "%s", errors[i].words);
		argc = split(text, argv);
		error[0] = '\0';
		if (!ktap_ok(arrange_parse(&arrange, GROUPS, &argc, argv,
					   error) < 0 &&
			     !strcmp(error, errors[i].error),
			     "error: '%s'", errors[i].words))
			printf("# got: %s\n", error);
	}
}

int main(void)
{
	ktap_plan(ARRAY_SIZE(rows) + ARRAY_SIZE(errors));
	test_rows();
	test_errors();
	return ktap_finish();
}
