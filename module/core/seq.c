// SPDX-License-Identifier: GPL-2.0
/*
 * Sequence numbers and windows of a TCP connection.
 *
 * Kept are, for each side, the highest number it has sent and the number up to
 * which all was seen. That is one hole at a time: a segment that begins where
 * the hole begins is taken to fill it.
 */
#include "seq.h"
#include "verdict.h"

/* What a segment may lie below the highest number: nf_conntrack's allowance. */
#define WINDOW_SLACK 66000

static s32 seq_after(u32 a, u32 b)
{
	return (s32)(a - b);
}

/**
 * tstat_seq_end() - one past the last number that a segment takes
 * @pkt: a TCP segment
 *
 * SYN and FIN take one (RFC 9293 section 3.4); what a RST carries is no data.
 *
 * Return: a sequence number.
 */
u32 tstat_seq_end(const struct tstat_packet *pkt)
{
	u32 len = pkt->tcp_flags & TSTAT_TCP_RST ? 0 : pkt->payload_len;

	return pkt->seq + len + !!(pkt->tcp_flags & TSTAT_TCP_SYN) +
	       !!(pkt->tcp_flags & TSTAT_TCP_FIN);
}

/**
 * tstat_seq_is_same_syn() - whether a SYN is the one before, sent again
 * @rec: the flow, of which its sender has sent a SYN
 * @pkt: a SYN
 *
 * Its number lies as far below what was seen as there was data with it.
 *
 * Return: whether the initial sequence number is the same.
 */
bool tstat_seq_is_same_syn(const struct tstat_record *rec,
			   const struct tstat_packet *pkt)
{
	return rec->next_seq[pkt->sender] - (pkt->seq + 1) <=
	       rec->side[pkt->sender].payload_bytes;
}

/* The first segment of a side, or a SYN that begins anew. */
static void begin_side(struct tstat_record *rec, const struct tstat_packet *pkt)
{
	unsigned int sender = pkt->sender;

	/* Of what came before it nothing is known, so nothing is missing. */
	rec->next_seq[sender] = pkt->seq;
	rec->whole_seq[sender] = pkt->seq + !!(pkt->tcp_flags & TSTAT_TCP_SYN);
}

static bool begins_side(const struct tstat_record *rec,
			const struct tstat_packet *pkt)
{
	switch (tstat_verdict_end(rec, pkt->sender)) {
	case TSTAT_END_INACTIVE:
		return true;
	case TSTAT_END_SYN_SENT:
	case TSTAT_END_SYN_ACK_SENT:
	case TSTAT_END_PARTIAL:
		/* Another initial number: the one before came to nothing. */
		return pkt->tcp_flags & TSTAT_TCP_SYN &&
		       !tstat_seq_is_same_syn(rec, pkt);
	default:
		return false;
	}
}

/*
 * Whether a segment can be of this connection at all: not far below what its
 * sender has sent, and not above what the other side lets it send. RFC 9293
 * section 3.10.7.4 asks for more; a watcher sees less, so it asks for less. But
 * a RST above what was sent is one that hosts question and go on from (RFC 5961
 * section 3.2): they take it at the next number only.
 */
static bool is_inside(const struct tstat_record *rec,
		      const struct tstat_packet *pkt)
{
	unsigned int peer = !pkt->sender;
	u32 window = 1U << rec->side[peer].window_bits;
	s32 after = seq_after(pkt->seq, rec->next_seq[pkt->sender]);

	if (tstat_verdict_end(rec, pkt->sender) == TSTAT_END_INACTIVE)
		/* Its first segment: it must at least answer the other side. */
		return !(pkt->tcp_flags & TSTAT_TCP_ACK) ||
		       tstat_verdict_end(rec, peer) == TSTAT_END_INACTIVE ||
		       pkt->ack == rec->next_seq[peer] ||
		       tstat_verdict_end(rec, peer) == TSTAT_END_PARTIAL;
	if (!rec->side[peer].window_bits)
		return true;
	if (pkt->tcp_flags & TSTAT_TCP_RST && after > 0)
		return false;
	if (window < WINDOW_SLACK)
		window = WINDOW_SLACK;
	return after <= (s32)window && after >= -(s32)window;
}

static void track_scale(struct tstat_record *rec,
			const struct tstat_packet *pkt)
{
	struct tstat_side *mine = &rec->side[pkt->sender];
	struct tstat_side *peers = &rec->side[!pkt->sender];

	mine->window_scale = tstat_seq_window_scale(pkt->window_scale);
	/* Both must offer it (RFC 7323 section 2.2). */
	if (pkt->window_scale == TSTAT_NO_WINDOW_SCALE &&
	    pkt->tcp_flags & TSTAT_TCP_ACK)
		peers->window_scale = 0;
}

/* Zero windows do not matter with a RST, nor when nobody sends any more. */
static unsigned int track_window(struct tstat_record *rec,
				 const struct tstat_packet *pkt)
{
	struct tstat_side *mine = &rec->side[pkt->sender];
	u32 window = pkt->window;
	u8 bits;

	if (pkt->tcp_flags & TSTAT_TCP_RST)
		return 0;
	/* The window of a SYN is never scaled. */
	if (pkt->tcp_flags & TSTAT_TCP_SYN)
		track_scale(rec, pkt);
	else
		window <<= mine->window_scale;
	if (!window)
		return tstat_verdict_end(rec, !pkt->sender) ==
		       TSTAT_END_CLOSED ||
		       tstat_verdict_end(rec, pkt->sender) == TSTAT_END_RESET ?
		       0 : TSTAT_SEQ_ZERO_WINDOW;
	bits = 32 - __builtin_clz(window);
	if (bits > mine->window_bits)
		mine->window_bits = bits;
	return 0;
}

/* The other side's data up to here has arrived: was it seen? */
static unsigned int track_ack(struct tstat_record *rec,
			      const struct tstat_packet *pkt)
{
	unsigned int peer = !pkt->sender;
	u32 ack = pkt->ack;

	if (!(pkt->tcp_flags & TSTAT_TCP_ACK) ||
	    pkt->tcp_flags & TSTAT_TCP_RST ||
	    tstat_verdict_end(rec, peer) == TSTAT_END_INACTIVE)
		return 0;
	/* The FIN's number is no data. */
	if (rec->side[peer].fin &&
	    seq_after(ack, rec->next_seq[peer] - 1) > 0)
		ack = rec->next_seq[peer] - 1;
	if (seq_after(ack, rec->whole_seq[peer]) <= 0)
		return 0;
	rec->whole_seq[peer] = ack;
	if (seq_after(ack, rec->next_seq[peer]) > 0)
		rec->next_seq[peer] = ack;
	return TSTAT_SEQ_GAP;
}

static void track_hole(struct tstat_record *rec, const struct tstat_packet *pkt,
		       u32 next_before)
{
	u32 *whole = &rec->whole_seq[pkt->sender];
	u32 data_seq = pkt->seq + !!(pkt->tcp_flags & TSTAT_TCP_SYN);
	u32 data_end = data_seq + pkt->payload_len;

	if (seq_after(data_seq, *whole) > 0 || seq_after(data_end, *whole) <= 0)
		return;
	/* Where a hole was, take it as filled to its end. */
	*whole = seq_after(next_before, data_end) > 0 ? next_before : data_end;
}

/* Data that lies wholly below the highest number is sent again. */
static unsigned int track_data(struct tstat_record *rec,
			       const struct tstat_packet *pkt)
{
	u32 *next = &rec->next_seq[pkt->sender];
	s32 after = seq_after(tstat_seq_end(pkt), *next);
	u32 before = *next;

	if (tstat_verdict_end(rec, pkt->sender) == TSTAT_END_RESET)
		return 0;
	/* Nothing that follows counts; but the same RST may come again. */
	if (pkt->tcp_flags & TSTAT_TCP_RST) {
		*next = pkt->seq;
		return 0;
	}
	if (after > 0)
		*next += after;
	if (!pkt->payload_len)
		return 0;
	track_hole(rec, pkt, before);
	if (after > 0)
		return 0;
	return pkt->payload_len == 1 && !after ? TSTAT_SEQ_KEEPALIVE :
						 TSTAT_SEQ_RETRANSMIT;
}

/**
 * tstat_seq_track() - follow the numbers of one segment
 * @rec: the flow; before its state has seen the segment
 * @pkt: the segment
 *
 * Return: enum tstat_seq_events.
 */
unsigned int tstat_seq_track(struct tstat_record *rec,
			     const struct tstat_packet *pkt)
{
	unsigned int events = 0;

	if (pkt->tcp_flags & (TSTAT_TCP_FIN | TSTAT_TCP_RST) &&
	    !is_inside(rec, pkt))
		return TSTAT_SEQ_OUTSIDE;
	if (begins_side(rec, pkt))
		begin_side(rec, pkt);
	events |= track_window(rec, pkt);
	events |= track_ack(rec, pkt);
	events |= track_data(rec, pkt);
	return events;
}
