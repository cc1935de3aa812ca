// SPDX-License-Identifier: GPL-2.0
/* From records to netlink attributes; the only writer of flow attributes. */
#include <linux/ktime.h>
#include <net/netlink.h>

#include "attrs.h"
#include "core/account.h"
#include "core/history.h"
#include "core/ladder.h"
#include "core/verdict.h"
#include "fill.h"
#include "table.h"

/* One side of a flow, and a flow, at most. */
#define END_MAX (NLA_HDRLEN + TSTAT_ATTR_LEN(16) + TSTAT_ATTR_LEN(2) + \
		 TSTAT_ATTR64_LEN(sizeof(struct tuplestat_counters)))
#define FLOW_MAX (3 * TSTAT_ATTR_LEN(1) + TSTAT_ATTR_LEN(4) + \
		  5 * TSTAT_ATTR64_LEN(8) + \
		  TSTAT_ATTR_LEN(TSTAT_HISTORY_MAX + 1) + \
		  TSTAT_ATTR64_LEN(TUPLESTAT_TEARDOWN_MAX * \
				   sizeof(struct tuplestat_arrow)) + \
		  2 * END_MAX)

static void fill_addr(struct tstat_attrs *attrs, const struct tstat_tuple *tuple,
		      unsigned int side)
{
	const u8 *addr = tuple->addr[side].bytes;

	if (tuple->family == AF_INET)
		tstat_attr_put(attrs, TUPLESTAT_A_END_ADDR, addr, 4);
	else
		tstat_attr_put(attrs, TUPLESTAT_A_END_ADDR, addr, 16);
}

static void fill_end(struct tstat_attrs *attrs, int type,
		     const struct tstat_record *rec, unsigned int side)
{
	struct nlattr *nest = tstat_attr_nest(attrs, type);
	struct tuplestat_counters *counters;

	fill_addr(attrs, &rec->tuple, side);
	tstat_attr_be16(attrs, TUPLESTAT_A_END_PORT, rec->tuple.port[side]);
	counters = tstat_attr_begin64(attrs, TUPLESTAT_A_END_COUNTERS,
				      sizeof(*counters), TUPLESTAT_A_END_PAD);
	tstat_record_counters(rec, side, counters);
	tstat_attr_nest_end(attrs, nest);
}

static void fill_u64(struct tstat_attrs *attrs, int type, u64 value)
{
	tstat_attr_u64(attrs, type, value, TUPLESTAT_A_FLOW_PAD);
}

/*
 * Records are on the monotonic clock, which cannot be set. One offset for both
 * dates keeps their difference exact while the wall clock is set.
 */
static void fill_times(struct tstat_attrs *attrs,
		       const struct tstat_record *rec)
{
	u64 wall_ns = ktime_to_ns(ktime_mono_to_real(0));

	fill_u64(attrs, TUPLESTAT_A_FLOW_FIRST, wall_ns + rec->first_ns);
	fill_u64(attrs, TUPLESTAT_A_FLOW_LAST, wall_ns + rec->last_ns);
	fill_u64(attrs, TUPLESTAT_A_FLOW_FIRST_MONOTONIC, rec->first_ns);
	if (rec->synack)
		fill_u64(attrs, TUPLESTAT_A_FLOW_SYNACK,
			 (u64)rec->synack * TSTAT_RTT_UNIT_NS);
	if (rec->ackdat)
		fill_u64(attrs, TUPLESTAT_A_FLOW_ACKDAT,
			 (u64)rec->ackdat * TSTAT_RTT_UNIT_NS);
}

static void fill_history(struct tstat_attrs *attrs,
			 const struct tstat_record *rec)
{
	struct tuplestat_arrow arrows[TUPLESTAT_TEARDOWN_MAX];
	char history[TSTAT_HISTORY_MAX + 1];
	unsigned int n;

	n = tstat_history_text(rec, history);
	if (n)
		tstat_attr_put(attrs, TUPLESTAT_A_FLOW_HISTORY, history, n + 1);
	n = tstat_ladder_teardown(rec, arrows);
	if (n)
		memcpy(tstat_attr_begin64(attrs, TUPLESTAT_A_FLOW_TEARDOWN,
					  n * sizeof(arrows[0]),
					  TUPLESTAT_A_FLOW_PAD),
		       arrows, n * sizeof(arrows[0]));
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
	struct tstat_attrs attrs = { .at = skb_tail_pointer(skb) };
	unsigned int orig = tstat_record_orig(rec);

	if (skb_tailroom(skb) < FLOW_MAX)
		return -EMSGSIZE;
	tstat_attr_u8(&attrs, TUPLESTAT_A_FLOW_PROTO, rec->tuple.proto);
	tstat_attr_u8(&attrs, TUPLESTAT_A_FLOW_STATE, rec->state);
	tstat_attr_u8(&attrs, TUPLESTAT_A_FLOW_CONN_STATE, tstat_verdict(rec));
	tstat_attr_u32(&attrs, TUPLESTAT_A_FLOW_FLAGS, tstat_record_flags(rec));
	fill_times(&attrs, rec);
	fill_history(&attrs, rec);
	fill_end(&attrs, TUPLESTAT_A_FLOW_ORIG, rec, orig);
	fill_end(&attrs, TUPLESTAT_A_FLOW_REPLY, rec, !orig);
	__skb_put(skb, attrs.at - skb_tail_pointer(skb));
	return 0;
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
