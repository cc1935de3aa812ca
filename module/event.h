/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events: what happens to flows, told to whoever listens.
 *
 * Packets note in the flow what happened, and put its hash into a ring of their
 * CPU; a worker takes it from there, finds the flows, and sends the messages.
 * Where a ring is full, a bit for the part of the table will do.
 */
#ifndef _TSTAT_EVENT_H
#define _TSTAT_EVENT_H

#include "table.h"

struct net;
struct tstat_events;

/**
 * struct tstat_event_counts - what has become of events
 * @seq: number of the last one
 * @lost: those that no message was made for
 */
struct tstat_event_counts {
	u64 seq;
	u64 lost;
};

struct tstat_events *tstat_events_create(struct net *net);
void tstat_events_destroy(struct tstat_events *events);
void tstat_events_start(struct tstat_events *events,
			struct tstat_table *table);
void tstat_events_stop(struct tstat_events *events);
bool tstat_events_wanted(const struct tstat_events *events);
bool tstat_events_are_heard(const struct tstat_events *events);
void tstat_events_expect(struct tstat_events *events);
void tstat_events_skip(struct tstat_events *events);
void tstat_events_push(struct tstat_events *events, u64 hash);
void tstat_events_lose(struct tstat_events *events);
void tstat_events_drain(struct tstat_events *events,
			struct tstat_table *table);
void tstat_events_count(struct tstat_events *events,
			struct tstat_event_counts *counts);

#endif /* _TSTAT_EVENT_H */
