// SPDX-License-Identifier: GPL-2.0
/* Where the lines of "monitor" go, and what they look like. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>

#include "event_log.h"
#include "render.h"

/**
 * event_log_open_syslog - write to syslog(3) from now on, not to a file
 * @log: the log
 *
 * Return: 0 or a negative errno.
 */
int event_log_open_syslog(struct event_log *log)
{
	FILE *out = open_memstream(&log->line, &log->len);

	if (!out)
		return -errno;
	log->out = out;
	log->to_syslog = true;
	openlog("tuplestat", LOG_PID, LOG_DAEMON);
	return 0;
}

/**
 * event_log_close - the end of a log; a file is left open
 * @log: the log
 */
void event_log_close(struct event_log *log)
{
	if (!log->to_syslog)
		return;
	fclose(log->out);
	free(log->line);
	closelog();
}

static uint64_t wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_SEC + (uint64_t)now.tv_nsec;
}

/*
 * Errors are noted where they happen: a second attempt has no errno. Nothing is
 * written after one: it could wait for a reader who never comes back.
 */
static void note_error(struct event_log *log)
{
	if (ferror(log->out) && !log->error)
		log->error = errno ? errno : EIO;
}

/* A line was written, with its newline, which syslog does not want. */
static void end_line(struct event_log *log)
{
	note_error(log);
	if (log->error || !log->to_syslog || fflush(log->out) || !log->len)
		return;
	syslog(LOG_DAEMON | LOG_INFO, "%.*s", (int)log->len - 1, log->line);
	rewind(log->out);
}

/**
 * event_log_flow - what happened to a flow, or, without events, that it is
 * @log: the log
 * @flow: the flow
 */
void event_log_flow(struct event_log *log, const struct flow *flow)
{
	if (log->error)
		return;
	errno = 0;
	if (log->json)
		render_json_event(log->out, flow);
	else
		render_event(log->out, flow, wall_clock(), log->services);
	end_line(log);
}

/**
 * event_log_missed - events that were not seen
 * @log: the log
 * @count: how many
 */
void event_log_missed(struct event_log *log, uint64_t count)
{
	if (log->error)
		return;
	errno = 0;
	if (log->json)
		render_json_missed(log->out, count);
	else
		render_missed(log->out, count, wall_clock());
	end_line(log);
}

/**
 * event_log_flush - let the reader see what was written so far
 * @log: the log
 *
 * Return: false where it cannot be written, with all that follows.
 */
bool event_log_flush(struct event_log *log)
{
	if (!log->to_syslog && !log->error) {
		errno = 0;
		fflush(log->out);
		note_error(log);
	}
	return !log->error;
}

static void take_flow(void *data, const struct flow *flow)
{
	event_log_flow(data, flow);
}

static void take_missed(void *data, uint64_t count)
{
	event_log_missed(data, count);
}

static int await(void *data, struct pollfd *fd)
{
	const struct event_log *log = data;

	/* Of a pipe that nobody reads, POLLERR comes unasked. */
	*fd = (struct pollfd){ .fd = fileno(log->out) };
	return -1;
}

static bool has_no_reader(void *data)
{
	(void)data;
	return false;
}

static bool flush(void *data)
{
	return event_log_flush(data);
}

/**
 * event_log_reader - a log as the reader of what happens
 * @log: the log
 */
struct monitor_reader event_log_reader(struct event_log *log)
{
	return (struct monitor_reader){
		.flow = take_flow,
		.missed = take_missed,
		.poll = await,
		.ready = has_no_reader,
		.flush = flush,
		.data = log,
	};
}
