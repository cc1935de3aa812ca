// SPDX-License-Identifier: GPL-2.0
/* tuplestat top [interval SECONDS] [FILTER]: who talks now, and how fast. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "query.h"
#include "stop.h"
#include "top_session.h"
#include "words.h"

#define INTERVAL_DEFAULT (2 * NS_PER_SEC)

/**
 * top_word - the words of this command that are no filter
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *top_word(unsigned int i)
{
	return i ? NULL : "interval";
}

static int take_interval(const struct word *word, const char *text)
{
	const double least = (double)TOP_INTERVAL_MIN / NS_PER_SEC;
	const double most = (double)TOP_INTERVAL_MAX / NS_PER_SEC;
	uint64_t *interval_ns = word->value;
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	/* Also false where it is no number at all. */
	if (*end || end == text || !(seconds >= least && seconds <= most)) {
		cli_error("interval: '%s' is no number of seconds from %g to %g",
			  text, least, most);
		return CLI_USAGE;
	}
	*interval_ns = (uint64_t)(seconds * NS_PER_SEC);
	return CLI_OK;
}

static int check_terminal(const struct options *opts)
{
	if (opts->json) {
		cli_error("'top' draws a screen, it does not go with -j; 'tuplestat -j' prints the flows");
		return CLI_USAGE;
	}
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return CLI_OK;
	cli_error("'top' needs a terminal; 'tuplestat' prints the flows, 'tuplestat monitor' what happens");
	return CLI_USAGE;
}

/* As one would type it. */
static int join(char text[TOP_TYPED_LEN], int argc, char **argv)
{
	size_t len = 0, more;
	int i;

	for (i = 0; i < argc; i++) {
		more = strlen(argv[i]) + !!len;
		if (len + more >= TOP_TYPED_LEN) {
			cli_error("the filter is longer than %d characters",
				  TOP_TYPED_LEN - 1);
			return CLI_USAGE;
		}
		if (len)
			text[len] = ' ';
		strcpy(text + len + !!len, argv[i]);
		len += more;
	}
	return CLI_OK;
}

/* Whatever ends it, the terminal is given back before. */
static int catch_signals(int *stop_fd)
{
	int ret = stop_open(stop_fd);

	if (ret) {
		cli_error("%s", strerror(-ret));
		return CLI_REFUSED;
	}
	stop_catch(SIGHUP);
	stop_catch(SIGQUIT);
	return CLI_OK;
}

/**
 * cmd_top - show who talks now, and how fast, until the person leaves
 * @opts: the global options
 * @argc: how many words
 * @argv: the words: interval SECONDS, and those of a filter
 *
 * Loads the module if need be, and if root asks.
 *
 * Return: an exit code.
 */
int cmd_top(const struct options *opts, int argc, char **argv)
{
	static struct top_session session;
	static const struct word interval = {
		"interval", take_interval, 0, &session.status.interval_ns
	};
	int code;

	session.family = opts->family;
	session.numeric = opts->numeric;
	session.feed.netns = opts->netns;
	session.status.interval_ns = INTERVAL_DEFAULT;
	code = words_take(&interval, 1, top_word, &argc, argv);
	if (!code)
		code = query_filter(opts, argc, argv, &session.feed.filter);
	if (!code)
		code = join(session.status.filter, argc, argv);
	if (!code)
		code = check_terminal(opts);
	if (!code)
		code = catch_signals(&session.stop_fd);
	return code ? code : top_session_run(&session);
}
