// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel module as a source of events. The socket that has joined the
 * group asks for nothing, so that all that comes are events.
 */
#include <linux/tuplestat.h>

#include "decode.h"
#include "genl.h"
#include "source_events.h"
#include "source_netlink.h"

/* What events_read() hands to the function that takes messages. */
struct reader {
	events_take_fn take;
	void *data;
};

/**
 * events_open - listen to events
 * @events: an open source, that is used for nothing else from now on
 * @buffer: bytes of events that may wait to be read; the kernel counts with
 *	its own overhead, and has limits
 *
 * Return: 0 or a negative errno, for source_report().
 */
int events_open(struct source *events, unsigned int buffer)
{
	int ret = genl_join(events->genl, TUPLESTAT_FAMILY_NAME,
			    TUPLESTAT_MCGRP_FLOWS_NAME);

	/* Not before: the answer about the group may need more than that. */
	return ret ? ret : genl_set_buffer(events->genl, buffer);
}

/**
 * events_open_both - listen, and be able to ask
 * @events: source of events; to be closed also where this fails
 * @ask: source for questions, likewise
 * @netns: name of the current network namespace, or NULL
 * @buffer: as of events_open()
 *
 * Return: 0 or a negative errno, for source_report() of @events.
 */
int events_open_both(struct source *events, struct source *ask,
		     const char *netns, unsigned int buffer)
{
	int ret;

	*ask = (struct source){ 0 };
	ret = source_open(events, netns);
	if (!ret)
		ret = events_open(events, buffer);
	if (!ret)
		ret = source_open(ask, netns);
	return ret;
}

/**
 * events_fd - what to poll
 * @events: the source
 *
 * Return: a file descriptor that becomes readable.
 */
int events_fd(const struct source *events)
{
	return genl_fd(events->genl);
}

static int take_event(const void *attrs, size_t len, void *data)
{
	const struct reader *reader = data;
	struct flow event;
	int ret;

	ret = decode_event(attrs, len, &event);
	if (!ret)
		reader->take(&event, reader->data);
	return ret;
}

/**
 * events_read - read some of the events that are there; does not wait
 * @events: the source
 * @take: takes each of them
 * @data: for @take
 *
 * Return: 1 where something was read, 0 where there is nothing, -ENOBUFS
 * where the kernel had to drop events since the last time, or another errno.
 */
int events_read(struct source *events, events_take_fn take, void *data)
{
	struct reader reader = { .take = take, .data = data };

	return genl_receive(events->genl, TUPLESTAT_CMD_FLOW_EVENT, take_event,
			    &reader);
}
