/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module as "top" asks it: the flows in steps, so that keys need not wait,
 * and then the ledger. Where it is gone, it is asked again.
 */
#ifndef TUPLESTAT_TOP_FEED_H
#define TUPLESTAT_TOP_FEED_H

#include "source_netlink.h"
#include "top_list.h"
#include "top_rates.h"

/* top_feed_step(): the round is not over. */
#define TOP_FEED_MORE 1

/**
 * struct top_feed - where flows come from
 * @source: the module
 * @netns: as the person named it, or NULL
 * @filter: which flows
 * @rates: how fast they are
 * @list: where those of this round go
 * @dumping: a round is under way
 * @tries: how often this one has begun
 * @began_ns: when it did, CLOCK_MONOTONIC
 * @ended_ns: when the last one was over
 * @now_ns: when the flows at hand were read
 * @wall_ns: the same in ns since 1970-01-01 UTC
 * @stats: the ledger, after the last round
 * @stats_ns: when that was; 0 where there is none
 * @packet_rate: packets seen a second between the last two
 * @byte_rate: likewise bytes
 * @has_rates: there are two
 */
struct top_feed {
	struct source source;
	const char *netns;
	struct tstat_filter filter;
	struct top_rates rates;
	struct top_list *list;
	bool dumping;
	unsigned int tries;
	uint64_t began_ns;
	uint64_t ended_ns;
	uint64_t now_ns;
	uint64_t wall_ns;
	struct stats stats;
	uint64_t stats_ns;
	double packet_rate;
	double byte_rate;
	bool has_rates;
};

uint64_t top_clock(void);
int top_feed_start(struct top_feed *feed, struct top_list *list);
int top_feed_step(struct top_feed *feed);
void top_feed_drop(struct top_feed *feed);
void top_feed_lose(struct top_feed *feed);
void top_feed_free(struct top_feed *feed);

#endif /* TUPLESTAT_TOP_FEED_H */
