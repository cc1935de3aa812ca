/* SPDX-License-Identifier: GPL-2.0 */
/* Where the lines of "monitor" go, and what they look like. */
#ifndef TUPLESTAT_EVENT_LOG_H
#define TUPLESTAT_EVENT_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "flow.h"
#include "monitor.h"

struct services;

/**
 * struct event_log - a log
 * @json: an object a line
 * @services: names of ports; NULL for numbers
 * @out: where lines are written to
 * @to_syslog: @out is memory, for the text of one line
 * @line: that text
 * @len: its length
 * @error: why it could not be written, an errno; 0 as long as it could
 */
struct event_log {
	bool json;
	const struct services *services;
	FILE *out;
	bool to_syslog;
	char *line;
	size_t len;
	int error;
};

int event_log_open_syslog(struct event_log *log);
void event_log_close(struct event_log *log);
void event_log_flow(struct event_log *log, const struct flow *flow);
void event_log_missed(struct event_log *log, uint64_t count);
bool event_log_flush(struct event_log *log);
struct monitor_reader event_log_reader(struct event_log *log);

#endif /* TUPLESTAT_EVENT_LOG_H */
