// SPDX-License-Identifier: GPL-2.0
/* From records to netlink attributes; the only writer of flow attributes. */
#include <linux/ktime.h>
#include <net/netlink.h>

#include "core/account.h"
#include "core/history.h"
#include "core/ladder.h"
#include "core/verdict.h"
#include "fill.h"
#include "table.h"

static int fill_end(struct sk_buff *skb, int attr,
		    const struct tstat_record *rec, unsigned int side)
{
	const struct tstat_tuple *tuple = &rec->tuple;
	size_t len = tuple->family == AF_INET ? 4 : 16;
	struct tuplestat_counters counters;
	struct nlattr *nest;

	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	tstat_record_counters(rec, side, &counters);
	if (nla_put(skb, TUPLESTAT_A_END_ADDR, len, tuple->addr[side].bytes) ||
	    nla_put_be16(skb, TUPLESTAT_A_END_PORT, tuple->port[side]) ||
	    nla_put_64bit(skb, TUPLESTAT_A_END_COUNTERS, sizeof(counters),
			  &counters, TUPLESTAT_A_END_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Records are on the monotonic clock, so that a step of the other hurts none. */
static u64 wall_clock_ns(u64 monotonic_ns)
{
	return ktime_to_ns(ktime_mono_to_real(ns_to_ktime(monotonic_ns)));
}

static int fill_times(struct sk_buff *skb, const struct tstat_record *rec)
{
	if (nla_put_u64_64bit(skb, TUPLESTAT_A_FLOW_FIRST,
			      wall_clock_ns(rec->first_ns),
			      TUPLESTAT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, TUPLESTAT_A_FLOW_LAST,
			      wall_clock_ns(rec->last_ns),
			      TUPLESTAT_A_FLOW_PAD))
		return -EMSGSIZE;
	if (rec->synack &&
	    nla_put_u64_64bit(skb, TUPLESTAT_A_FLOW_SYNACK,
			      (u64)rec->synack * TSTAT_RTT_UNIT_NS,
			      TUPLESTAT_A_FLOW_PAD))
		return -EMSGSIZE;
	if (rec->ackdat &&
	    nla_put_u64_64bit(skb, TUPLESTAT_A_FLOW_ACKDAT,
			      (u64)rec->ackdat * TSTAT_RTT_UNIT_NS,
			      TUPLESTAT_A_FLOW_PAD))
		return -EMSGSIZE;
	return 0;
}

static int fill_history(struct sk_buff *skb, const struct tstat_record *rec)
{
	struct tuplestat_arrow arrows[TUPLESTAT_TEARDOWN_MAX];
	char history[TSTAT_HISTORY_MAX + 1];
	unsigned int n;

	if (tstat_history_text(rec, history) &&
	    nla_put_string(skb, TUPLESTAT_A_FLOW_HISTORY, history))
		return -EMSGSIZE;
	n = tstat_ladder_teardown(rec, arrows);
	if (n && nla_put_64bit(skb, TUPLESTAT_A_FLOW_TEARDOWN,
			       n * sizeof(arrows[0]), arrows,
			       TUPLESTAT_A_FLOW_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * tstat_fill_flow() - append the attributes of one flow to a message
 * @skb: the message
 * @rec: the flow
 *
 * Return: 0 or -EMSGSIZE; then the caller cancels the message.
 */
int tstat_fill_flow(struct sk_buff *skb, const struct tstat_record *rec)
{
	unsigned int orig = tstat_record_orig(rec);

	if (nla_put_u8(skb, TUPLESTAT_A_FLOW_PROTO, rec->tuple.proto) ||
	    nla_put_u8(skb, TUPLESTAT_A_FLOW_STATE, rec->state) ||
	    nla_put_u8(skb, TUPLESTAT_A_FLOW_CONN_STATE, tstat_verdict(rec)) ||
	    nla_put_u32(skb, TUPLESTAT_A_FLOW_FLAGS,
			tstat_record_flags(rec)))
		return -EMSGSIZE;
	return fill_times(skb, rec) ?: fill_history(skb, rec) ?:
	       fill_end(skb, TUPLESTAT_A_FLOW_ORIG, rec, orig) ?:
	       fill_end(skb, TUPLESTAT_A_FLOW_REPLY, rec, !orig);
}

/**
 * tstat_fill_event() - append the attributes of an event to a message
 * @skb: the message
 * @event: the event
 * @seq: its number
 *
 * Return: 0 or -EMSGSIZE; then the caller cancels the message.
 */
int tstat_fill_event(struct sk_buff *skb, const struct tstat_event *event,
		     u64 seq)
{
	if (nla_put_u32(skb, TUPLESTAT_A_FLOW_EVENTS, event->events) ||
	    nla_put_u64_64bit(skb, TUPLESTAT_A_FLOW_SEQ, seq,
			      TUPLESTAT_A_FLOW_PAD) ||
	    (event->end_reason &&
	     nla_put_u8(skb, TUPLESTAT_A_FLOW_END_REASON, event->end_reason)))
		return -EMSGSIZE;
	return tstat_fill_flow(skb, &event->rec);
}

/**
 * tstat_fill_total() - append one line of the ledger to a message
 * @skb: the message
 * @attr: the attribute that holds it, enum tuplestat_a_stats
 * @reason: its reason, or -1 for a line without one
 * @total: the line
 *
 * Return: 0 or -EMSGSIZE; then the caller cancels the message.
 */
int tstat_fill_total(struct sk_buff *skb, int attr, int reason,
		     const struct tstat_total *total)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if ((reason >= 0 &&
	     nla_put_u32(skb, TUPLESTAT_A_TOTAL_REASON, reason)) ||
	    nla_put_u64_64bit(skb, TUPLESTAT_A_TOTAL_FLOWS, total->flows,
			      TUPLESTAT_A_TOTAL_PAD) ||
	    nla_put_u64_64bit(skb, TUPLESTAT_A_TOTAL_PACKETS, total->packets,
			      TUPLESTAT_A_TOTAL_PAD) ||
	    nla_put_u64_64bit(skb, TUPLESTAT_A_TOTAL_BYTES, total->bytes,
			      TUPLESTAT_A_TOTAL_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
