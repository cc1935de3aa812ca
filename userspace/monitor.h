/* SPDX-License-Identifier: GPL-2.0 */
/* Follows the events, knows which it missed, and mends the gaps. */
#ifndef TUPLESTAT_MONITOR_H
#define TUPLESTAT_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "event_log.h"
#include "event_seq.h"
#include "filter.h"
#include "source_netlink.h"

/* monitor_run(): nobody reads any more, or nothing can be written. */
#define MONITOR_UNREAD 1

/**
 * struct monitor - a listener
 * @ask: source for questions
 * @events: source that has joined the group
 * @filter: which flows are printed
 * @log: where to
 * @stop_fd: readable when it is time to end; -1 for never
 * @limit: events to print before it ends; 0 for no limit
 * @printed: events that were printed
 * @seq: which came, and how many did not
 * @overrun: the kernel has dropped events, how many is not known yet
 * @stale: events were missed since flows were last shown as they are
 * @resync_ms: when flows may be shown again; of the monotonic clock
 */
struct monitor {
	struct source *ask;
	struct source *events;
	const struct tstat_filter *filter;
	struct event_log *log;
	int stop_fd;
	uint64_t limit;
	uint64_t printed;
	struct event_seq seq;
	bool overrun;
	bool stale;
	uint64_t resync_ms;
};

int monitor_run(struct monitor *monitor);

#endif /* TUPLESTAT_MONITOR_H */
