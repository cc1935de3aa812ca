// SPDX-License-Identifier: GPL-2.0
/* From records to netlink attributes; the only writer of flow attributes. */
#include <linux/ktime.h>
#include <net/netlink.h>

#include "fill.h"
#include "table.h"

static int fill_end(struct sk_buff *skb, int attr,
		    const struct tstat_snapshot *snap, unsigned int side)
{
	const struct tstat_tuple *tuple = &snap->tuple;
	size_t len = tuple->family == AF_INET ? 4 : 16;
	struct tuplestat_counters counters;
	struct nlattr *nest;

	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	tstat_record_counters(&snap->rec, side, tuple->proto, &counters);
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

/**
 * tstat_fill_flow() - append the attributes of one flow to a message
 * @skb: the message
 * @snap: the flow
 *
 * Return: 0 or -EMSGSIZE; then the caller cancels the message.
 */
int tstat_fill_flow(struct sk_buff *skb, const struct tstat_snapshot *snap)
{
	const struct tstat_record *rec = &snap->rec;
	unsigned int orig = rec->tcp.orig;

	if (nla_put_u8(skb, TUPLESTAT_A_FLOW_PROTO, snap->tuple.proto) ||
	    nla_put_u8(skb, TUPLESTAT_A_FLOW_STATE, rec->tcp.state) ||
	    nla_put_u32(skb, TUPLESTAT_A_FLOW_FLAGS, rec->flow_flags) ||
	    nla_put_u64_64bit(skb, TUPLESTAT_A_FLOW_FIRST,
			      wall_clock_ns(rec->first_ns),
			      TUPLESTAT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, TUPLESTAT_A_FLOW_LAST,
			      wall_clock_ns(rec->last_ns),
			      TUPLESTAT_A_FLOW_PAD))
		return -EMSGSIZE;
	return fill_end(skb, TUPLESTAT_A_FLOW_ORIG, snap, orig) ?:
	       fill_end(skb, TUPLESTAT_A_FLOW_REPLY, snap, !orig);
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
