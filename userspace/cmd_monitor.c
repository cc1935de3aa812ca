// SPDX-License-Identifier: GPL-2.0
/* tuplestat monitor [FILTER]: what happens to flows, while it happens. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include "cli.h"
#include "monitor.h"
#include "names.h"
#include "number.h"
#include "query.h"
#include "source_events.h"
#include "stop.h"

/* Events that wait to be read, if the kernel may have so much for them. */
#define BUFFER_DEFAULT (8 << 20)
#define BUFFER_MAX (1 << 30)

/**
 * struct words - the words of this command that are no filter
 * @buffer: bytes that may wait to be read
 * @count: events to print; 0 for no limit
 */
struct words {
	uint32_t buffer;
	uint32_t count;
};

static int take_number(const char *word, const char *arg, uint32_t max,
		       uint32_t *value)
{
	if (!arg) {
		cli_error("nothing follows '%s'", word);
		return CLI_USAGE;
	}
	if (number_parse(arg, strlen(arg), max, value) || !*value) {
		cli_error("%s: '%s' is no number from 1 to %" PRIu32, word,
			  arg, max);
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* Sets @used to how many of the words it took: 0 where they are a filter's. */
static int take_word(struct words *words, int argc, char **argv, int *used)
{
	const char *arg = argc > 1 ? argv[1] : NULL;

	*used = 2;
	if (!strcmp(argv[0], "buffer"))
		return take_number(argv[0], arg, BUFFER_MAX, &words->buffer);
	if (!strcmp(argv[0], "count"))
		return take_number(argv[0], arg, UINT32_MAX, &words->count);
	*used = 0;
	return CLI_OK;
}

/* Takes its words out; what is left in @argv is a filter. */
static int take_words(struct words *words, int *argc, char **argv)
{
	int i = 0, kept = 0, used, code;

	while (i < *argc) {
		code = take_word(words, *argc - i, argv + i, &used);
		if (code)
			return code;
		i += used;
		if (used)
			continue;
		/* "port count" speaks of a port. */
		used = filter_takes_argument(argv[i]) && i + 1 < *argc ? 2 : 1;
		memmove(argv + kept, argv + i, (size_t)used * sizeof(*argv));
		kept += used;
		i += used;
	}
	*argc = kept;
	return CLI_OK;
}

/* As cli_finish() does, which would not know the reason any more. */
static int report_unread(const struct event_log *log)
{
	/* Whoever closes the pipe has seen enough: no complaint. */
	if (log->error && log->error != EPIPE)
		cli_error("cannot write the output: %s", strerror(log->error));
	/* The rest of a line would be lost, too, or wait for a reader. */
	__fpurge(log->out);
	clearerr(log->out);
	return CLI_REFUSED;
}

static int report(const struct monitor *monitor, int ret)
{
	if (ret == MONITOR_UNREAD)
		return report_unread(monitor->log);
	fprintf(stderr, "%" PRIu64 " events, %" PRIu64 " missed\n",
		monitor->printed, monitor->seq.missed);
	if (ret)
		return source_report(monitor->ask, ret);
	return monitor->seq.missed ? CLI_INCOMPLETE : CLI_OK;
}

static int open_sources(const struct options *opts, const struct words *words,
			struct source *events, struct source *ask)
{
	int ret;

	ret = source_open(events, opts->netns);
	if (!ret)
		ret = events_open(events, words->buffer);
	if (!ret)
		ret = source_open(ask, opts->netns);
	return ret;
}

static int listen_to(const struct options *opts, const struct words *words,
		     const struct tstat_filter *filter, struct event_log *log)
{
	struct source ask = { 0 }, events;
	struct monitor monitor = {
		.ask = &ask,
		.events = &events,
		.filter = filter,
		.log = log,
		.limit = words->count,
	};
	int code, ret;

	ret = open_sources(opts, words, &events, &ask);
	if (!ret)
		ret = stop_open(&monitor.stop_fd);
	if (ret)
		code = source_report(&events, ret);
	else
		code = report(&monitor, monitor_run(&monitor));
	source_close(&ask);
	source_close(&events);
	return code;
}

/**
 * cmd_monitor - print what happens to the flows that match
 * @opts: the global options
 * @argc: how many words
 * @argv: the words: buffer BYTES, count N, and those of a filter
 *
 * Return: an exit code; CLI_INCOMPLETE where events were missed.
 */
int cmd_monitor(const struct options *opts, int argc, char **argv)
{
	struct words words = { .buffer = BUFFER_DEFAULT };
	struct event_log log = { .json = opts->json, .out = stdout };
	struct services *services = NULL;
	struct tstat_filter filter;
	int code, ret = 0;

	code = take_words(&words, &argc, argv);
	if (!code)
		code = query_filter(opts, argc, argv, &filter);
	if (code)
		return code;

	if (opts->syslog)
		ret = event_log_open_syslog(&log);
	if (ret) {
		cli_error("%s", strerror(-ret));
		return CLI_REFUSED;
	}
	if (!opts->numeric && !opts->json)
		services = names_services_load();
	log.services = services;
	code = listen_to(opts, &words, &filter, &log);
	names_services_free(services);
	event_log_close(&log);
	return code;
}
