// SPDX-License-Identifier: GPL-2.0
/*
 * Follows the events, knows which it missed, and mends the gaps.
 *
 * Events are numbered. Where numbers are missing, the flows are shown as they
 * are now ("resync"), asked for on a socket of its own, while events wait on
 * theirs: after it, what is printed is true again.
 */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "monitor.h"
#include "sink.h"
#include "source_events.h"

/* How many times is read before output, signals and gaps have their turn. */
#define READS_A_TURN 256

/* At most so often are the flows shown, while more and more is missed. */
#define RESYNC_PAUSE_MS 1000

/* After a silence of so long: was it one? Is the module still there? */
#define SILENCE_MS 5000

/* Between the number that an event is given and its message: less than this. */
#define LATE_MS 100

/* What poll() waits for, in this order. */
enum { EVENTS, STOP, READER, POLLED };

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_full(const struct monitor *monitor)
{
	return monitor->limit && monitor->told >= monitor->limit;
}

static void miss(struct monitor *monitor, uint64_t count)
{
	if (!count)
		return;
	monitor->reader.missed(monitor->reader.data, count);
	monitor->stale = true;
}

static void take_event(const struct flow *event, void *data)
{
	struct monitor *monitor = data;

	miss(monitor, event_seq_take(&monitor->seq, event->seq));
	if (is_full(monitor) || !filter_match(monitor->filter, event))
		return;
	monitor->reader.flow(monitor->reader.data, event);
	monitor->told++;
}

/* As events_read(), but that events were dropped is only noted. */
static int read_some(struct monitor *monitor)
{
	int ret = events_read(monitor->events, take_event, monitor);

	if (ret != -ENOBUFS)
		return ret;
	monitor->overrun = true;
	return 1;
}

/* Returns 1 where it left off before there was nothing to read, or an errno. */
static int read_turn(struct monitor *monitor)
{
	int turn, ret = 1;

	for (turn = 0; ret > 0 && turn < READS_A_TURN; turn++) {
		ret = read_some(monitor);
		if (is_full(monitor))
			break;
	}
	return ret;
}

static bool wait_for_event(const struct monitor *monitor)
{
	struct pollfd fd = {
		.fd = events_fd(monitor->events),
		.events = POLLIN,
	};

	return poll(&fd, 1, LATE_MS) > 0;
}

static int ask_given(struct monitor *monitor, uint64_t *given)
{
	struct stats stats;
	int ret = source_stats(monitor->ask, &stats);

	*given = ret ? 0 : stats.event_seq;
	/* The family is gone: the module was unloaded meanwhile. */
	return ret == -ENOENT ? -ENOPKG : ret;
}

/*
 * Reads up to the last event that there is now. The number is asked for first:
 * what has come by the time when nothing is left to read is all of them.
 */
static int catch_up(struct monitor *monitor)
{
	uint64_t given;
	int ret;

	ret = ask_given(monitor, &given);
	while (!ret && monitor->seq.last < given) {
		ret = read_some(monitor);
		if (ret > 0)
			ret = 0;
		else if (!ret && !wait_for_event(monitor))
			break;
	}
	if (ret)
		return ret;
	miss(monitor, event_seq_settle(&monitor->seq, given));
	return 0;
}

/* While it goes on events wait: they are of later, or change nothing. */
static int resync(struct monitor *monitor)
{
	struct flow_list flows = { 0 };
	size_t i;
	int ret;

	ret = source_flows(monitor->ask, monitor->filter,
			   sink_to_list(&flows));
	for (i = 0; ret >= 0 && i < flows.count; i++)
		monitor->reader.flow(monitor->reader.data, &flows.flow[i]);
	flow_list_free(&flows);
	if (!ret && monitor->reader.resynced)
		monitor->reader.resynced(monitor->reader.data);

	/* Where the table changed all the time, it is done once more. */
	monitor->stale = ret == SOURCE_INCOMPLETE;
	monitor->resync_ms = now_ms() + RESYNC_PAUSE_MS;
	/* Stopped, there are none. */
	return ret > 0 || ret == -ENETDOWN ? 0 : ret;
}

/* Everything that is to be done now. */
static int turn(struct monitor *monitor, bool silence)
{
	int ret = read_turn(monitor);

	if (!ret && (monitor->overrun || silence)) {
		monitor->overrun = false;
		ret = catch_up(monitor);
	}
	if (ret >= 0 && monitor->stale && !is_full(monitor) &&
	    now_ms() >= monitor->resync_ms)
		ret = resync(monitor);
	return ret < 0 ? ret : 0;
}

static int pause_ms(const struct monitor *monitor)
{
	uint64_t now = now_ms(), due = monitor->heard_ms + SILENCE_MS;

	if (monitor->stale)
		due = monitor->resync_ms;
	return due > now ? (int)(due - now) : 0;
}

static bool flush(const struct monitor *monitor)
{
	return monitor->reader.flush(monitor->reader.data);
}

/* Waits; returns 1 where it is to end, or a negative errno. */
static int wait_for_work(struct monitor *monitor, struct pollfd fds[POLLED])
{
	int ms = pause_ms(monitor), reader_ms;

	reader_ms = monitor->reader.poll(monitor->reader.data, &fds[READER]);
	if (reader_ms >= 0 && reader_ms < ms)
		ms = reader_ms;
	if (poll(fds, POLLED, ms) < 0) {
		fds[EVENTS].revents = 0;
		return errno == EINTR ? 0 : -errno;
	}
	if ((fds[READER].revents || ms == reader_ms) &&
	    !monitor->reader.ready(monitor->reader.data))
		return MONITOR_UNREAD;
	return 0;
}

/* Nothing has come for long: then it is asked whether that is all. */
static bool is_silence(struct monitor *monitor, bool has_come)
{
	uint64_t now = now_ms();
	bool silence = !has_come && !monitor->stale &&
		now >= monitor->heard_ms + SILENCE_MS;

	if (has_come || silence)
		monitor->heard_ms = now;
	return silence;
}

static int follow(struct monitor *monitor)
{
	struct pollfd fds[POLLED] = {
		[EVENTS] = { events_fd(monitor->events), POLLIN, 0 },
		[STOP] = { monitor->stop_fd, POLLIN, 0 },
	};
	int ret;

	monitor->heard_ms = now_ms();
	while (!is_full(monitor)) {
		ret = wait_for_work(monitor, fds);
		if (ret)
			return ret;
		if (fds[STOP].revents)
			break;
		ret = turn(monitor, is_silence(monitor, fds[EVENTS].revents));
		if (!flush(monitor))
			return MONITOR_UNREAD;
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * monitor_settle - tell of all that has happened by now
 * @monitor: the listener, after monitor_run()
 *
 * Return: as monitor_run().
 */
int monitor_settle(struct monitor *monitor)
{
	int ret = catch_up(monitor);

	if (!ret && !flush(monitor))
		ret = MONITOR_UNREAD;
	return ret;
}

/**
 * monitor_run - tell of events until it is time to end
 * @monitor: the listener, with its sources open, and nothing counted yet
 *
 * Return: 0, MONITOR_UNREAD, or a negative errno for source_report().
 */
int monitor_run(struct monitor *monitor)
{
	uint64_t given;
	int ret;

	ret = ask_given(monitor, &given);
	if (ret)
		return ret;
	event_seq_begin(&monitor->seq, given);

	ret = follow(monitor);
	return ret ? ret : monitor_settle(monitor);
}
