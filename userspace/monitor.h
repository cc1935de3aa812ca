/* SPDX-License-Identifier: GPL-2.0 */
/* Follows the events, knows which it missed, and mends the gaps. */
#ifndef TUPLESTAT_MONITOR_H
#define TUPLESTAT_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "event_seq.h"
#include "filter.h"
#include "source_netlink.h"

struct pollfd;

/* monitor_run(): nobody reads any more, or nothing can be written. */
#define MONITOR_UNREAD 1

/**
 * struct monitor_reader - who is told of what happens
 * @flow: an event that matches; without events, a flow as it is now
 * @missed: events were missed: it is told of all flows soon
 * @resynced: that was all flows; NULL where it does not matter
 * @poll: writes what else to wait for, and returns how many milliseconds at
 *	most, or -1
 * @ready: that has come, or the time is over; false where nobody reads any more
 * @flush: all that there was has been told; likewise
 * @data: for all of them
 */
struct monitor_reader {
	void (*flow)(void *data, const struct flow *flow);
	void (*missed)(void *data, uint64_t count);
	void (*resynced)(void *data);
	int (*poll)(void *data, struct pollfd *fd);
	bool (*ready)(void *data);
	bool (*flush)(void *data);
	void *data;
};

/**
 * struct monitor - a listener
 * @ask: source for questions
 * @events: source that has joined the group
 * @filter: which flows are told of
 * @reader: who is told
 * @stop_fd: readable when it is time to end; -1 for never
 * @limit: events to tell of before it ends; 0 for no limit
 * @told: events that were told of
 * @seq: which came, and how many did not
 * @overrun: the kernel has dropped events, how many is not known yet
 * @stale: events were missed since flows were last shown as they are
 * @resync_ms: when flows may be shown again; of the monotonic clock
 * @heard_ms: when something came, or was asked for, the last time; likewise
 */
struct monitor {
	struct source *ask;
	struct source *events;
	const struct tstat_filter *filter;
	struct monitor_reader reader;
	int stop_fd;
	uint64_t limit;
	uint64_t told;
	struct event_seq seq;
	bool overrun;
	bool stale;
	uint64_t resync_ms;
	uint64_t heard_ms;
};

int monitor_run(struct monitor *monitor);
int monitor_settle(struct monitor *monitor);

#endif /* TUPLESTAT_MONITOR_H */
