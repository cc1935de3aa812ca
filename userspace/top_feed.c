// SPDX-License-Identifier: GPL-2.0
/* The module as "top" asks it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "genl.h"
#include "top_feed.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_SEC + (uint64_t)now.tv_nsec;
}

/* How far CLOCK_MONOTONIC is ahead of that of the initial time namespace. */
static int64_t read_clock_offset(void)
{
	/* A kernel without time namespaces has no such file. */
	FILE *file = fopen("/proc/self/timens_offsets", "re");
	int64_t seconds, ns, offset = 0;

	if (!file)
		return 0;
	if (fscanf(file, "monotonic %" SCNd64 " %" SCNd64, &seconds, &ns) == 2)
		offset = seconds * (int64_t)NS_PER_SEC + ns;
	fclose(file);
	return offset;
}

/**
 * top_clock - the clock of everything here, and of first_monotonic_ns
 *
 * Return: CLOCK_MONOTONIC of the initial time namespace in nanoseconds.
 */
uint64_t top_clock(void)
{
	static int64_t offset_ns;
	static bool is_known;

	if (!is_known)
		offset_ns = read_clock_offset();
	is_known = true;
	return clock_ns(CLOCK_MONOTONIC) - (uint64_t)offset_ns;
}

/* The module was unloaded since the socket learned the number of its family. */
static int explained(int ret)
{
	return ret == -ENOENT ? -ENOPKG : ret;
}

/**
 * top_feed_drop - end a round early; flows that were seen stay known
 * @feed: the feed
 *
 * A socket answers nothing else until a dump has ended: there will be another.
 */
void top_feed_drop(struct top_feed *feed)
{
	if (!feed->dumping)
		return;
	source_close(&feed->source);
	feed->dumping = false;
}

/**
 * top_feed_lose - the module is gone, or does not count here: forget all
 * @feed: the feed
 */
void top_feed_lose(struct top_feed *feed)
{
	source_close(&feed->source);
	top_rates_forget(&feed->rates);
	feed->dumping = false;
	feed->stats_ns = 0;
	feed->has_rates = false;
	feed->ended_ns = top_clock();
}

/**
 * top_feed_free - forget all, and be done
 * @feed: the feed
 */
void top_feed_free(struct top_feed *feed)
{
	top_feed_lose(feed);
}

/**
 * top_feed_start - begin a round
 * @feed: the feed, in no round
 * @list: emptied, and filled by the steps
 *
 * Return: 0 or a negative errno; then top_feed_lose() is due.
 */
int top_feed_start(struct top_feed *feed, struct top_list *list)
{
	int ret = 0;

	feed->began_ns = top_clock();
	feed->list = list;
	feed->tries = 1;
	if (!feed->source.genl)
		ret = source_open(&feed->source, feed->netns);
	if (!ret)
		ret = source_flows_begin(&feed->source, &feed->filter);
	if (ret)
		return explained(ret);
	feed->dumping = true;
	top_rates_begin(&feed->rates, feed->began_ns);
	top_list_begin(list);
	return 0;
}

static int take(void *data, const struct flow *flow)
{
	struct top_feed *feed = data;
	struct top_row row = { .flow = *flow };

	top_rates_of(&feed->rates, flow, feed->now_ns, feed->wall_ns,
		     &row.rate);
	row.problem = syn_problem_of(flow, feed->wall_ns);
	if (feed->wall_ns > flow->first_ns)
		row.age_ns = feed->wall_ns - flow->first_ns;
	top_list_add(feed->list, &row);
	return 0;
}

/* The table was stopped and started meanwhile: all flows are others. */
static int again(struct top_feed *feed)
{
	int ret;

	ret = source_flows_begin(&feed->source, &feed->filter);
	if (ret)
		return ret;
	feed->tries++;
	top_rates_forget(&feed->rates);
	top_rates_begin(&feed->rates, feed->began_ns);
	top_list_begin(feed->list);
	return TOP_FEED_MORE;
}

static int ask_stats(struct top_feed *feed)
{
	struct total before = feed->stats.seen;
	uint64_t now_ns = top_clock();
	double seconds;
	int ret;

	ret = source_stats(&feed->source, &feed->stats);
	if (ret)
		return ret;
	feed->has_rates = feed->stats_ns && now_ns > feed->stats_ns &&
			  feed->stats.seen.packets >= before.packets;
	if (feed->has_rates) {
		seconds = (double)(now_ns - feed->stats_ns) / NS_PER_SEC;
		feed->packet_rate = (double)(feed->stats.seen.packets -
					     before.packets) / seconds;
		feed->byte_rate = (double)(feed->stats.seen.bytes -
					   before.bytes) / seconds;
	}
	feed->stats_ns = now_ns;
	return 0;
}

/**
 * top_feed_step - take some more flows, and at the end the ledger
 * @feed: the feed, in a round
 *
 * Return: TOP_FEED_MORE, 0 at the end, or a negative errno; then
 * top_feed_lose() is due.
 */
int top_feed_step(struct top_feed *feed)
{
	struct flow_sink sink = { .take = take, .data = feed };
	int ret;

	feed->now_ns = top_clock();
	feed->wall_ns = clock_ns(CLOCK_REALTIME);
	ret = source_flows_step(&feed->source, sink);
	if (ret == SOURCE_MORE)
		return TOP_FEED_MORE;
	if (ret == SOURCE_INCOMPLETE && feed->tries < GENL_DUMP_TRIES)
		return again(feed);
	if (ret < 0)
		return explained(ret);
	feed->dumping = false;
	top_rates_end(&feed->rates);
	top_list_end(feed->list);
	ret = ask_stats(feed);
	feed->ended_ns = top_clock();
	return explained(ret);
}
