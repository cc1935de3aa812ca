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

	{ "columns state,first", GROUPS, { .columns = "state,first" }, "" },
	{ "tcp columns +age port 22", GROUPS, { .columns = "+age" },
	  "tcp port 22" },

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
	{ "src sort tcp", GROUPS, { 0 }, "src sort tcp" },
	{ "dport limit limit 2", GROUPS, { .limit = 2 }, "dport limit" },
	{ "state", GROUPS, { 0 }, "state" },
	{ "tcp and not port 22", ARRANGE_NOTHING, { 0 }, "tcp and not port 22" },
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
	  "retransmits, duration, rtt, first, last, port, flows: did you mean "
	  "'bytes'?" },
	{ "limit 0", "limit: '0' is no number from 1 to 4294967295" },
	{ "limit ten", "limit: 'ten' is no number from 1 to 4294967295" },
	{ "limit 4294967296",
	  "limit: '4294967296' is no number from 1 to 4294967295" },
	{ "group by port", "group: 'port' is none of src, dst, sport, dport, "
	  "host-pair, proto, state, conn: did you mean 'sport' or 'dport'?" },
	{ "group by hostpair", "group: 'hostpair' is none of src, dst, sport, "
	  "dport, host-pair, proto, state, conn: did you mean 'host-pair'?" },
	{ "sort byts", "sort: 'byts' is none of bytes, packets, payload, "
	  "retransmits, duration, rtt, first, last, port, flows: did you mean "
	  "'bytes'?" },
	{ "tcp sotr bytes", "unknown word 'sotr': did you mean 'sort'?" },
	{ "column proto", "unknown word 'column': did you mean 'columns'?" },
	{ "nonsense", "unknown word 'nonsense'; try 'tuplestat help'" },
	{ "columns", "nothing follows 'columns'" },
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

/* Words that another command takes; and they are not what was meant. */
static const struct {
	const char *words;
	enum arrange_words allowed;
	const char *error;
} refused[] = {
	{ "group by proto limit 2", FLOWS,
	  "unknown word 'group'; try 'tuplestat help'" },
	{ "tcp columns proto", FLOWS,
	  "unknown word 'columns'; try 'tuplestat help'" },
	{ "tcp column proto", FLOWS,
	  "unknown word 'column'; try 'tuplestat help'" },
	{ "sor bytes", FLOWS, "unknown word 'sor': did you mean 'sort'?" },
	{ "tcp sort bytes limit 2", ARRANGE_NOTHING,
	  "unknown word 'sort'; try 'tuplestat help'" },
	{ "limt 2", ARRANGE_NOTHING,
	  "unknown word 'limt'; try 'tuplestat help'" },
	{ "src sort bytes", GROUPS,
	  "unknown word 'bytes'; try 'tuplestat help'" },
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
	       a->by == b->by && a->limit == b->limit &&
	       !a->columns == !b->columns &&
	       (!a->columns || !strcmp(a->columns, b->columns));
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

static void test_error(const char *words, enum arrange_words allowed,
		       const char *wanted)
{
	char text[256], *argv[WORDS_MAX], error[FILTER_ERROR_LEN] = "";
	struct arrange arrange;
	int argc;

	snprintf(text, sizeof(text), "%s", words);
	argc = split(text, argv);
	if (!ktap_ok(arrange_parse(&arrange, allowed, &argc, argv, error) < 0 &&
		     !strcmp(error, wanted), "error: '%s' (%d)", words,
		     allowed))
		printf("# got: %s\n", error);
}

static void test_errors(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		test_error(errors[i].words, GROUPS, errors[i].error);
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		test_error(refused[i].words, refused[i].allowed,
			   refused[i].error);
}

int main(void)
{
	ktap_plan(ARRAY_SIZE(rows) + ARRAY_SIZE(errors) +
		  ARRAY_SIZE(refused));
	test_rows();
	test_errors();
	return ktap_finish();
}
