/* SPDX-License-Identifier: GPL-2.0 */
/* "top" from the first screen to the last. */
#ifndef TUPLESTAT_TOP_SESSION_H
#define TUPLESTAT_TOP_SESSION_H

#include "cli.h"
#include "top_feed.h"
#include "top_view.h"

/* Between two updates, in nanoseconds. */
#define TOP_INTERVAL_MIN (NS_PER_SEC / 10)
#define TOP_INTERVAL_MAX (3600 * NS_PER_SEC)

/**
 * struct top_session - a session
 * @family: of all flows, AF_INET or AF_INET6, or 0
 * @numeric: ports are numbers
 * @feed: where flows come from
 * @list: two of them: one is shown while the other is filled
 * @shown: which one is shown
 * @view: how it is shown
 * @status: what stands above it
 * @services: names of ports; NULL where there are none
 * @grid: the screen
 * @stop_fd: readable when the command has to end
 * @due_ns: when the next round is to begin
 */
struct top_session {
	uint8_t family;
	bool numeric;
	struct top_feed feed;
	struct top_list list[2];
	unsigned int shown;
	struct top_view view;
	struct top_status status;
	struct services *services;
	struct grid grid;
	int stop_fd;
	uint64_t due_ns;
};

int top_session_run(struct top_session *session);

#endif /* TUPLESTAT_TOP_SESSION_H */
