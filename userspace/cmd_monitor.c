// SPDX-License-Identifier: GPL-2.0
/* tuplestat monitor [FILTER]: what happens to flows, while it happens. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include "cli.h"
#include "event_log.h"
#include "monitor.h"
#include "names.h"
#include "query.h"
#include "source_events.h"
#include "stop.h"
#include "words.h"

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

static int report(const struct monitor *monitor, const struct event_log *log,
		  int ret)
{
	if (ret == MONITOR_UNREAD)
		return report_unread(log);
	fprintf(stderr, "%" PRIu64 " events, %" PRIu64 " missed\n",
		monitor->told, monitor->seq.missed);
	if (ret)
		return source_report(monitor->ask, ret);
	return monitor->seq.missed ? CLI_INCOMPLETE : CLI_OK;
}

static int listen_to(const struct options *opts, uint32_t buffer,
		     uint32_t count, const struct tstat_filter *filter,
		     struct event_log *log)
{
	struct source ask = { 0 }, events;
	struct monitor monitor = {
		.ask = &ask,
		.events = &events,
		.filter = filter,
		.reader = event_log_reader(log),
		.limit = count,
	};
	int code, ret;

	ret = events_open_both(&events, &ask, opts->netns, buffer);
	if (!ret)
		ret = stop_open(&monitor.stop_fd);
	if (ret)
		code = source_report(&events, ret);
	else
		code = report(&monitor, log, monitor_run(&monitor));
	source_close(&ask);
	source_close(&events);
	return code;
}

/**
 * monitor_word - the words of this command that are no filter
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *monitor_word(unsigned int i)
{
	static const char *const words[] = { "buffer", "count" };

	return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
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
	uint32_t buffer = EVENTS_BUFFER, count = 0;
	const struct word words[] = {
		{ "buffer", word_number, EVENTS_BUFFER_MAX, &buffer },
		{ "count", word_number, UINT32_MAX, &count },
	};
	struct event_log log = { .json = opts->json, .out = stdout };
	struct services *services = NULL;
	struct tstat_filter filter;
	int code, ret = 0;

	code = words_take(words, 2, monitor_word, &argc, argv);
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
	code = listen_to(opts, buffer, count, &filter, &log);
	names_services_free(services);
	event_log_close(&log);
	return code;
}
