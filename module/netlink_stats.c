// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: the statistics. */
#include <linux/netdevice.h>

#include "event.h"
#include "fill.h"
#include "ledger.h"
#include "netlink_impl.h"

static int fill_ledger(struct sk_buff *msg, const struct tstat_total *before,
		       const struct tstat_total *live,
		       const struct tstat_book *book)
{
	int err, i;

	err = tstat_fill_total(msg, TUPLESTAT_A_STATS_SEEN_BEFORE, -1,
			       before) ?:
	      tstat_fill_total(msg, TUPLESTAT_A_STATS_SEEN, -1, &book->seen) ?:
	      tstat_fill_total(msg, TUPLESTAT_A_STATS_LIVE, -1, live);
	for (i = TUPLESTAT_END_IDLE; !err && i < __TUPLESTAT_END_MAX; i++)
		err = tstat_fill_total(msg, TUPLESTAT_A_STATS_ENDED, i,
				       &book->ended[i]);
	for (i = 0; !err && i < __TUPLESTAT_UNATTR_MAX; i++)
		err = tstat_fill_total(msg, TUPLESTAT_A_STATS_UNATTRIBUTED, i,
				       &book->unattributed[i]);
	for (i = 0; !err && i < __TUPLESTAT_UNUSUAL_MAX; i++)
		err = tstat_fill_total(msg, TUPLESTAT_A_STATS_UNUSUAL, i,
				       &book->unusual[i]);
	return err;
}

static int fill_table(struct sk_buff *msg, const struct tstat_net *tn)
{
	u32 buckets = tn->table ? tstat_table_buckets(tn->table) : 0;
	u64 memory = tn->table ? tstat_table_memory(tn->table) : 0;

	if (nla_put_u32(msg, TUPLESTAT_A_STATS_MAX_FLOWS, tn->max_flows) ||
	    nla_put_u32(msg, TUPLESTAT_A_STATS_BUCKETS, buckets) ||
	    nla_put_u64_64bit(msg, TUPLESTAT_A_STATS_MEMORY, memory,
			      TUPLESTAT_A_STATS_PAD))
		return -EMSGSIZE;
	return 0;
}

static int fill_events(struct sk_buff *msg, const struct tstat_net *tn)
{
	struct tstat_event_counts counts = {};

	if (tn->events)
		tstat_events_count(tn->events, &counts);
	if (nla_put_u64_64bit(msg, TUPLESTAT_A_STATS_EVENT_SEQ, counts.seq,
			      TUPLESTAT_A_STATS_PAD) ||
	    nla_put_u64_64bit(msg, TUPLESTAT_A_STATS_EVENTS_LOST, counts.lost,
			      TUPLESTAT_A_STATS_PAD))
		return -EMSGSIZE;
	return 0;
}

/*
 * What was seen first has been accounted before we add up, and what we add up
 * was seen before we look again: so the sum lies between the two.
 */
static void add_up(struct tstat_net *tn, struct tstat_total *before,
		   struct tstat_total *live, struct tstat_book *book)
{
	tstat_table_sum_begin(tn->table);
	tstat_ledger_sum_seen(tn->ledger, before);
	/* Packets that were in the hooks, and flows that were ending. */
	synchronize_net();
	tstat_table_sum_live(tn->table, live);
	tstat_table_sum_end(tn->table, live, book);
	tstat_ledger_sum_seen(tn->ledger, &book->seen);
}

/**
 * tstat_get_stats() - TUPLESTAT_CMD_STATS_GET
 * @skb: the request
 * @info: its attributes, none
 *
 * Context: process, may sleep; takes the mutex of the namespace.
 * Return: 0 or a negative error.
 */
int tstat_get_stats(struct sk_buff *skb, struct genl_info *info)
{
	struct tstat_net *tn = tstat_net(genl_info_net(info));
	struct tstat_total live = {}, before = {};
	struct tstat_book book = {};
	struct sk_buff *msg;
	void *header;
	int err;

	msg = tstat_reply_begin(info, &header);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&tn->lock);
	if (tn->table) {
		/* A listener asks for EVENT_SEQ once it has joined the group. */
		tstat_events_expect(tn->events);
		add_up(tn, &before, &live, &book);
	} else if (tn->ledger) {
		tstat_ledger_sum(tn->ledger, &book);
		before = book.seen;
	}
	err = fill_ledger(msg, &before, &live, &book) ?:
	      fill_table(msg, tn) ?: fill_events(msg, tn);
	mutex_unlock(&tn->lock);
	return tstat_reply_end(info, msg, header, err);
}
