// SPDX-License-Identifier: GPL-2.0
/* Accounting packets to the record of their flow. */
#include "account.h"
#include "history.h"
#include "ladder.h"
#include "seq.h"
#include "tcp.h"
#include "verdict.h"

/* A closed connection is gone by then; what comes later is something else. */
#define LINGER_NS (5 * TSTAT_NSEC_PER_SEC)

/*
 * nf_conntrack's defaults, but for an open connection (five days there) an
 * hour, and for a closed one a minute, so that people see it.
 */
const struct tstat_timeouts tstat_timeouts_default = {
	.seconds = {
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
	},
};

static void count16(u16 *count, u32 add)
{
	*count = *count + add < U16_MAX ? *count + add : U16_MAX;
}

static void count32(u32 *count, u32 add)
{
	*count = U32_MAX - *count < add ? U32_MAX : *count + add;
}

/*
 * Of an aggregate every segment carries ACK, URG and ECE, and one of them the
 * other flags (tcp_gso_segment()). Later fragments have no flags at all.
 */
static void count_flags(struct tstat_side *side, const struct tstat_packet *pkt)
{
	u8 flags = pkt->tcp_flags;
	int unusual;

	if (!(flags & TSTAT_TCP_ACK))
		count32(&side->no_ack, pkt->packets);
	else if (unlikely(pkt->packets != pkt->segments))
		count32(&side->no_ack, pkt->packets - pkt->segments);
	if (flags & TSTAT_TCP_PSH)
		count32(&side->psh, 1);
	if (likely(flags && !(flags & ~(TSTAT_TCP_ACK | TSTAT_TCP_PSH))))
		return;
	unusual = tstat_packet_unusual(pkt);
	if (unusual != TSTAT_NOT_UNUSUAL)
		side->unusual |= 1U << unusual;
	count16(&side->fin, !!(flags & TSTAT_TCP_FIN));
	count16(&side->syn, !!(flags & TSTAT_TCP_SYN));
	count16(&side->rst, !!(flags & TSTAT_TCP_RST));
	count16(&side->urg, flags & TSTAT_TCP_URG ? pkt->segments : 0);
	if (flags & TSTAT_TCP_ECE)
		count32(&side->ece, pkt->segments);
	if (flags & TSTAT_TCP_CWR)
		count32(&side->cwr, 1);
}

static void track_tcp(struct tstat_record *rec, const struct tstat_packet *pkt,
		      u64 now_ns)
{
	u32 next_seq = rec->next_seq[pkt->sender];
	u8 state_before = rec->state;
	unsigned int events;

	events = tstat_seq_track(rec, pkt);
	tstat_history_flags(rec, pkt, next_seq, events);
	tstat_verdict_track(rec, pkt);
	/* Zeek believes every RST and FIN; what we say of now does not. */
	if (!(events & TSTAT_SEQ_OUTSIDE)) {
		tstat_tcp_track(rec, pkt);
		tstat_ladder_track(rec, pkt, state_before, now_ns);
	}
	/* What is missing in a connection that was never whole says nothing. */
	if (!tstat_verdict_is_clean(rec))
		events &= ~TSTAT_SEQ_GAP;
	if (unlikely(events))
		tstat_history_seq(rec, pkt, events);
}

static void track_udp(struct tstat_record *rec, unsigned int sender)
{
	tstat_history_udp(rec, sender);
	if (rec->side[!sender].packets)
		rec->state = TUPLESTAT_STATE_REPLIED;
}

/**
 * tstat_record_begin() - begin the record of a new flow
 * @rec: written whole
 * @pkt: its first packet, which is yet to be accounted
 * @ports: ports that servers are likely to have
 * @now_ns: time of the packet, on the caller's clock
 *
 * Who sends the first packet is the originator, unless the ports or what comes
 * next tell that it is an answer: see tstat_ports_flip(), tstat_history_flip().
 */
void tstat_record_begin(struct tstat_record *rec,
			const struct tstat_packet *pkt,
			const struct tstat_ports *ports, u64 now_ns)
{
	u8 flags = pkt->tcp_flags & (TSTAT_TCP_SYN | TSTAT_TCP_ACK);

	memset(rec, 0, sizeof(*rec));
	rec->tuple = pkt->tuple;
	rec->first_ns = now_ns;
	rec->last_ns = now_ns;
	rec->bits = (pkt->sender ? TSTAT_ORIG : 0) |
		    (pkt->ethernet ? TSTAT_ETHERNET : 0);
	if (tstat_ports_flip(ports, pkt))
		tstat_history_flip(rec);
	if (pkt->tuple.proto == IPPROTO_UDP) {
		rec->state = TUPLESTAT_STATE_UNREPLIED;
		return;
	}
	rec->state = TUPLESTAT_STATE_NONE;
	if (flags != TSTAT_TCP_SYN)
		rec->bits |= TSTAT_MIDSTREAM;
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

	side->packets += pkt->packets;
	side->ip_bytes += pkt->ip_len;
	side->l4_bytes += pkt->l4_len;
	side->payload_bytes += pkt->payload_len;
	if (pkt->tuple.proto == IPPROTO_TCP) {
		count_flags(side, pkt);
		/* Later fragments have no TCP header. */
		if (likely(pkt->segments))
			track_tcp(rec, pkt, now_ns);
	} else {
		track_udp(rec, pkt->sender);
	}
	/* Two CPUs may take the clock in one order and the lock in the other. */
	if (now_ns > rec->last_ns)
		rec->last_ns = now_ns;
}

/**
 * tstat_record_counters() - what one side sent, in the form of the ABI
 * @rec: the flow
 * @side: side of the tuple, 0 or 1
 * @counters: written whole; of UDP, flags are zero
 */
void tstat_record_counters(const struct tstat_record *rec, unsigned int side,
			   struct tuplestat_counters *counters)
{
	const struct tstat_side *from = &rec->side[side];

	memset(counters, 0, sizeof(*counters));
	counters->packets = from->packets;
	counters->ip_bytes = from->ip_bytes;
	counters->l4_bytes = from->l4_bytes;
	counters->payload_bytes = from->payload_bytes;
	if (rec->tuple.proto != IPPROTO_TCP)
		return;
	counters->ack = from->packets - from->no_ack;
	counters->fin = from->fin;
	counters->syn = from->syn;
	counters->rst = from->rst;
	counters->psh = from->psh;
	counters->urg = from->urg;
	counters->ece = from->ece;
	counters->cwr = from->cwr;
	counters->retransmits = from->retransmits;
	counters->zero_windows = from->zero_windows;
	counters->unusual = from->unusual;
}

/**
 * tstat_record_flags() - what else is to be said of a flow
 * @rec: the flow
 *
 * Return: enum tuplestat_flow_flags.
 */
u32 tstat_record_flags(const struct tstat_record *rec)
{
	return (rec->bits & TSTAT_MIDSTREAM ? TUPLESTAT_FLOW_MIDSTREAM : 0) |
	       (rec->bits & TSTAT_RTT_AMBIGUOUS ?
		TUPLESTAT_FLOW_RTT_AMBIGUOUS : 0) |
	       (rec->bits & TSTAT_ETHERNET ? TUPLESTAT_FLOW_ETHERNET : 0);
}

/**
 * tstat_record_is_answered() - whether a flow got as far as both sides
 * @rec: the flow
 *
 * Return: of TCP, whether the handshake was completed or traffic was seen from
 * the middle on, also if it is closed since; of UDP, whether both sides sent.
 */
bool tstat_record_is_answered(const struct tstat_record *rec)
{
	switch (rec->state) {
	case TUPLESTAT_STATE_NONE:
	case TUPLESTAT_STATE_SYN_SENT:
	case TUPLESTAT_STATE_SYN_RECV:
	case TUPLESTAT_STATE_SYN_SENT2:
	case TUPLESTAT_STATE_CLOSE:
	case TUPLESTAT_STATE_UNREPLIED:
		return false;
	default:
		return true;
	}
}

/**
 * tstat_record_is_closed() - whether a connection is over, but for a last ACK
 * @rec: the flow
 *
 * Return: whether both FINs were seen, or a RST.
 */
bool tstat_record_is_closed(const struct tstat_record *rec)
{
	return rec->state == TUPLESTAT_STATE_TIME_WAIT ||
	       rec->state == TUPLESTAT_STATE_LAST_ACK ||
	       rec->state == TUPLESTAT_STATE_CLOSE;
}

/**
 * tstat_record_is_reused() - whether a packet begins another connection
 * @rec: the flow that was on the same 5-tuple until now
 * @pkt: the packet
 * @now_ns: its time
 *
 * That is: a SYN on a closed connection; any segment, if it was closed for a
 * while; and a SYN with another initial number, where the one before was never
 * answered. In an open connection a SYN proves nothing (RFC 5961 section 4).
 *
 * Return: whether @rec is to be ended, and a new flow begun with @pkt.
 */
bool tstat_record_is_reused(const struct tstat_record *rec,
			    const struct tstat_packet *pkt, u64 now_ns)
{
	bool is_syn;

	if (rec->tuple.proto != IPPROTO_TCP || !pkt->segments)
		return false;
	is_syn = (pkt->tcp_flags & (TSTAT_TCP_SYN | TSTAT_TCP_ACK |
				    TSTAT_TCP_RST | TSTAT_TCP_FIN)) ==
		 TSTAT_TCP_SYN;
	if (tstat_record_is_closed(rec))
		return is_syn || (now_ns > rec->last_ns &&
				  now_ns - rec->last_ns > LINGER_NS);
	return is_syn && rec->state == TUPLESTAT_STATE_SYN_SENT &&
	       pkt->sender == tstat_record_orig(rec) &&
	       !tstat_seq_is_same_syn(rec, pkt);
}

/**
 * tstat_record_is_over() - whether the timeout of a flow is over
 * @rec: the flow
 * @timeouts: how long flows are kept
 * @now_ns: the time, on the clock of its packets
 *
 * Return: whether nothing was seen of it for longer than its state allows.
 */
bool tstat_record_is_over(const struct tstat_record *rec,
			  const struct tstat_timeouts *timeouts, u64 now_ns)
{
	/* A packet may be newer than the caller's reading of the clock. */
	return now_ns > rec->last_ns &&
	       now_ns - rec->last_ns >
	       READ_ONCE(timeouts->seconds[rec->state]) * TSTAT_NSEC_PER_SEC;
}

/**
 * tstat_record_end_reason() - why a flow ends whose timeout is over
 * @rec: the flow
 *
 * Return: end of flow detected where the connection was closed, else idle.
 */
enum tuplestat_end_reason
tstat_record_end_reason(const struct tstat_record *rec)
{
	switch (rec->state) {
	case TUPLESTAT_STATE_TIME_WAIT:
	case TUPLESTAT_STATE_CLOSE:
		return TUPLESTAT_END_FLOW;
	default:
		return TUPLESTAT_END_IDLE;
	}
}
