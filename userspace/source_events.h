/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel module as a source of events. */
#ifndef TUPLESTAT_SOURCE_EVENTS_H
#define TUPLESTAT_SOURCE_EVENTS_H

#include "flow.h"

/* Bytes of events that may wait to be read, if the kernel may have so many. */
#define EVENTS_BUFFER (8 << 20)
#define EVENTS_BUFFER_MAX (1 << 30)

struct source;

/* Takes an event; it is gone afterwards. */
typedef void (*events_take_fn)(const struct flow *event, void *data);

int events_open(struct source *events, unsigned int buffer);
int events_open_both(struct source *events, struct source *ask,
		     const char *netns, unsigned int buffer);
int events_fd(const struct source *events);
int events_read(struct source *events, events_take_fn take, void *data);

#endif /* TUPLESTAT_SOURCE_EVENTS_H */
