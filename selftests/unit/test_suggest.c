// SPDX-License-Identifier: GPL-2.0
/* Words that are not there, and which ones were meant. */
#include <string.h>

#include "ktap.h"
#include "suggest.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const some[] = {
	"state", "stats", "host", "port", "sport", "dport", "conn", "S0", "SF",
	"RSTO", "RSTR", "RSTRH", "RSTOS0", "syn-sent", "established", "--json",
	"a-word-that-is-far-longer-than-any-other-of-all-of-them",
};

static const char *const others[] = { "port", "config", "flush" };

static const char *some_word(unsigned int i)
{
	return i < ARRAY_SIZE(some) ? some[i] : NULL;
}

static const char *other_word(unsigned int i)
{
	return i < ARRAY_SIZE(others) ? others[i] : NULL;
}

#define HELP "; try 'tuplestat help words'"

static const struct {
	const char *text;
	const char *meant;
} rows[] = {
	/* A letter that is missing, too many, wrong, or in another's place */
	{ "hst", ": did you mean 'host'?" },
	{ "hosts", ": did you mean 'host'?" },
	{ "hist", ": did you mean 'host'?" },
	{ "hsot", ": did you mean 'host'?" },
	{ "--jsno", ": did you mean '--json'?" },
	/* Two of seven letters, but not of six; and never three */
	{ "flusshh", ": did you mean 'flush'?" },
	{ "flushh", ": did you mean 'flush'?" },
	{ "flsuhh", HELP },
	{ "estblished", ": did you mean 'established'?" },
	{ "estblishd", ": did you mean 'established'?" },
	{ "estblshd", HELP },
	/* Case and '_' are no letters that are wrong */
	{ "SYN_SENT", ": did you mean 'syn-sent'?" },
	{ "Conn", ": did you mean 'conn'?" },
	/* A part of a word, of three letters at least */
	{ "estab", ": did you mean 'established'?" },
	{ "lish", ": did you mean 'established'?" },
	{ "conf", ": did you mean 'config'?" },
	{ "es", HELP },
	/* As near as each other, three at most, each once, the first ones */
	{ "stat", ": did you mean 'state' or 'stats'?" },
	{ "prot", ": did you mean 'port'?" },
	{ "xport", ": did you mean 'port' or 'sport' or 'dport'?" },
	{ "RST", ": did you mean 'RSTO' or 'RSTR' or 'RSTRH'?" },
	/* Nothing is like it */
	{ "", HELP },
	{ "x", HELP },
	{ "S9", HELP },
	{ "elephant", HELP },
	{ "a-word-that-is-far-longer-than-any-other-of-all-of-theM", HELP },
	/* It is a word, but not there */
	{ "host", HELP },
};

static void test_rows(void)
{
	static const suggest_words_fn kinds[] = { some_word, other_word, NULL };
	char wanted[256], got[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(wanted, sizeof(wanted), "unknown word '%s'%s",
			 rows[i].text, rows[i].meant);
		suggest_unknown(got, sizeof(got), "word", rows[i].text, kinds,
				"help words");
		if (!ktap_ok(!strcmp(got, wanted), "'%s'%s", rows[i].text,
			     rows[i].meant))
			printf("# got: %s\n", got);
	}
}

/* Nothing behind the end of the message, however short that is. */
static void test_sizes(void)
{
	static const suggest_words_fn kinds[] = { some_word, NULL };
	char got[64];
	size_t size, bad = 0;

	for (size = 1; size < sizeof(got); size++) {
		memset(got, '#', sizeof(got));
		suggest_unknown(got, size, "word", "hsot", kinds, "help");
		bad += strlen(got) >= size || got[size] != '#';
	}
	ktap_ok(!bad, "a message that is cut off");
}

int main(void)
{
	ktap_plan(ARRAY_SIZE(rows) + 1);
	test_rows();
	test_sizes();
	return ktap_finish();
}
