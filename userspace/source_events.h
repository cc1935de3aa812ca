/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel module as a source of events. */
#ifndef TUPLESTAT_SOURCE_EVENTS_H
#define TUPLESTAT_SOURCE_EVENTS_H

#include "flow.h"

struct source;

/* Takes an event; it is gone afterwards. */
typedef void (*events_take_fn)(const struct flow *event, void *data);

int events_open(struct source *events, unsigned int buffer);
int events_fd(const struct source *events);
int events_read(struct source *events, events_take_fn take, void *data);

#endif /* TUPLESTAT_SOURCE_EVENTS_H */
