// SPDX-License-Identifier: GPL-2.0
/* The record of a flow: what is counted of it, and until when it is kept. */
#include "account.h"

enum {
	FLAG_FIN, FLAG_SYN, FLAG_RST, FLAG_PSH,
	FLAG_ACK, FLAG_URG, FLAG_ECE, FLAG_CWR,
};

/* Flags that every segment of an aggregate carries (tcp_gso_segment()). */
#define FLAGS_ON_EVERY_SEGMENT (TSTAT_TCP_ACK | TSTAT_TCP_URG | TSTAT_TCP_ECE)

static void add_saturated(u32 *count, u32 add)
{
	*count = U32_MAX - *count < add ? U32_MAX : *count + add;
}

/* See struct tstat_side: ACK's place counts where it is missing. */
static void count_flags(struct tstat_side *side, const struct tstat_packet *pkt)
{
	unsigned int set = pkt->tcp_flags ^ TSTAT_TCP_ACK;
	unsigned int flag;

	for (; set; set &= set - 1) {
		flag = __builtin_ctz(set);
		add_saturated(&side->flags[flag],
			      1U << flag & FLAGS_ON_EVERY_SEGMENT ?
			      pkt->segments : 1);
	}
}

static void track_udp(struct tstat_record *rec, unsigned int sender)
{
	if (sender != rec->tcp.orig)
		rec->tcp.state = TUPLESTAT_STATE_REPLIED;
}

/**
 * tstat_record_begin() - begin the record of a new flow
 * @rec: written whole
 * @pkt: its first packet, which is yet to be accounted
 * @now_ns: time of the packet, on the caller's clock
 *
 * Who sends the first packet is the originator, unless it is a SYN-ACK: then
 * the SYN was missed, and the other side is.
 */
void tstat_record_begin(struct tstat_record *rec,
			const struct tstat_packet *pkt, u64 now_ns)
{
	u8 flags = pkt->tcp_flags & (TSTAT_TCP_SYN | TSTAT_TCP_ACK);

	memset(rec, 0, sizeof(*rec));
	rec->first_ns = now_ns;
	rec->tcp.orig = pkt->sender;
	if (pkt->tuple.proto == IPPROTO_UDP) {
		rec->tcp.state = TUPLESTAT_STATE_UNREPLIED;
		return;
	}
	rec->tcp.state = TUPLESTAT_STATE_NONE;
	if (flags == (TSTAT_TCP_SYN | TSTAT_TCP_ACK))
		rec->tcp.orig = !pkt->sender;
	if (flags != TSTAT_TCP_SYN)
		rec->flow_flags |= TUPLESTAT_FLOW_MIDSTREAM;
}

/**
 * tstat_record_account() - add one packet
 * @rec: the flow; the caller holds what protects it
 * @pkt: the packet, or the packets that an aggregate stands for
 * @now_ns: time of the packet, on the caller's clock
 */
void tstat_record_account(struct tstat_record *rec,
			  const struct tstat_packet *pkt, u64 now_ns)
{
	struct tstat_side *side = &rec->side[pkt->sender];

	rec->last_ns = now_ns;
	side->packets += pkt->packets;
	side->ip_bytes += pkt->ip_len;
	side->l4_bytes += pkt->l4_len;
	side->payload_bytes += pkt->payload_len;
	if (pkt->tuple.proto == IPPROTO_UDP) {
		track_udp(rec, pkt->sender);
		return;
	}
	/* Later fragments are packets without a TCP header. */
	if (unlikely(pkt->packets != pkt->segments))
		add_saturated(&side->flags[FLAG_ACK],
			      pkt->packets - pkt->segments);
	if (unlikely(!pkt->segments))
		return;
	count_flags(side, pkt);
	tstat_tcp_track(&rec->tcp, pkt->sender, pkt->tcp_flags);
}

/**
 * tstat_record_counters() - what one side sent, in the form of the ABI
 * @rec: the flow
 * @side: side of the tuple, 0 or 1
 * @proto: IPPROTO_TCP or IPPROTO_UDP; flags are counted of TCP only
 * @counters: written whole
 */
void tstat_record_counters(const struct tstat_record *rec, unsigned int side,
			   u8 proto, struct tuplestat_counters *counters)
{
	const struct tstat_side *from = &rec->side[side];

	memset(counters, 0, sizeof(*counters));
	counters->packets = from->packets;
	counters->ip_bytes = from->ip_bytes;
	counters->l4_bytes = from->l4_bytes;
	counters->payload_bytes = from->payload_bytes;
	if (proto != IPPROTO_TCP)
		return;
	counters->ack = from->packets - from->flags[FLAG_ACK];
	counters->fin = from->flags[FLAG_FIN];
	counters->syn = from->flags[FLAG_SYN];
	counters->rst = from->flags[FLAG_RST];
	counters->psh = from->flags[FLAG_PSH];
	counters->urg = from->flags[FLAG_URG];
	counters->ece = from->flags[FLAG_ECE];
	counters->cwr = from->flags[FLAG_CWR];
}

/**
 * tstat_record_is_reused() - whether a packet begins a new connection
 * @rec: the flow that was on the same 5-tuple until now
 * @pkt: the packet
 *
 * Return: whether @rec is to be ended, and a new flow begun with @pkt: a SYN
 * on a connection that was closed.
 */
bool tstat_record_is_reused(const struct tstat_record *rec,
			    const struct tstat_packet *pkt)
{
	if ((pkt->tcp_flags & (TSTAT_TCP_SYN | TSTAT_TCP_ACK | TSTAT_TCP_RST |
			       TSTAT_TCP_FIN)) != TSTAT_TCP_SYN)
		return false;
	return rec->tcp.state == TUPLESTAT_STATE_TIME_WAIT ||
	       rec->tcp.state == TUPLESTAT_STATE_CLOSE;
}

/**
 * tstat_record_is_over() - whether the timeout of a flow is over
 * @rec: the flow
 * @now_ns: the time, on the clock of its packets
 *
 * The timeouts are nf_conntrack's defaults, but for an open connection (five
 * days there) an hour, and for a closed one a minute, so that people see it.
 *
 * Return: whether nothing was seen of it for longer than its state allows.
 */
bool tstat_record_is_over(const struct tstat_record *rec, u64 now_ns)
{
	static const u16 seconds[__TUPLESTAT_STATE_MAX] = {
		[TUPLESTAT_STATE_NONE] = 60,
		[TUPLESTAT_STATE_SYN_SENT] = 120,
		[TUPLESTAT_STATE_SYN_SENT2] = 120,
		[TUPLESTAT_STATE_SYN_RECV] = 60,
		[TUPLESTAT_STATE_ESTABLISHED] = 3600,
		[TUPLESTAT_STATE_FIN_WAIT] = 120,
		[TUPLESTAT_STATE_CLOSE_WAIT] = 3600,
		[TUPLESTAT_STATE_LAST_ACK] = 60,
		[TUPLESTAT_STATE_TIME_WAIT] = 60,
		[TUPLESTAT_STATE_CLOSE] = 60,
		[TUPLESTAT_STATE_UNREPLIED] = 60,
		[TUPLESTAT_STATE_REPLIED] = 120,
	};

	/* A packet may be newer than the caller's reading of the clock. */
	return now_ns > rec->last_ns &&
	       now_ns - rec->last_ns >
	       seconds[rec->tcp.state] * TSTAT_NSEC_PER_SEC;
}

/**
 * tstat_record_end_reason() - why a flow ends whose timeout is over
 * @rec: the flow
 *
 * Return: end of flow detected where the connection was closed, else idle.
 */
enum tuplestat_end_reason tstat_record_end_reason(const struct tstat_record *rec)
{
	switch (rec->tcp.state) {
	case TUPLESTAT_STATE_TIME_WAIT:
	case TUPLESTAT_STATE_CLOSE:
		return TUPLESTAT_END_FLOW;
	default:
		return TUPLESTAT_END_IDLE;
	}
}
