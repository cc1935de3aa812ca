// SPDX-License-Identifier: GPL-2.0
/*
 * What a flow keeps for its ladder: times of the handshake, and the teardown.
 *
 * Argus's synack and ackdat are the times between the first three arrows. Of
 * the teardown the arrows themselves are kept, each with the time since the
 * packet before it; what came in between follows from the counts.
 */
#include "ladder.h"

/* A gap is 11 bits of mantissa and 5 of exponent: to 1/1024, up to 73 min. */
#define MANTISSA_BITS 11
#define MANTISSA_MAX ((1U << MANTISSA_BITS) - 1)
#define EXPONENT_MAX 31

static u64 since_last(const struct tstat_record *rec, u64 now_ns)
{
	/* Captures can go back in time. */
	return now_ns > rec->last_ns ? now_ns - rec->last_ns : 0;
}

/* At least 1, as 0 is unknown. */
static u32 rtt(const struct tstat_record *rec, u64 now_ns)
{
	u64 units = since_last(rec, now_ns) / TSTAT_RTT_UNIT_NS;

	if (units > U32_MAX)
		return U32_MAX;
	return units ? units : 1;
}

/*
 * Karn's algorithm: once a SYN or SYN-ACK was sent again, nobody can say which
 * one was answered. The times are those since the last one, and marked.
 */
static void track_handshake(struct tstat_record *rec,
			    const struct tstat_packet *pkt, u8 state_before,
			    u64 now_ns)
{
	u8 flags = pkt->tcp_flags & (TSTAT_TCP_SYN | TSTAT_TCP_ACK |
				     TSTAT_TCP_RST);
	bool by_orig = pkt->sender == tstat_record_orig(rec);

	if (state_before == TUPLESTAT_STATE_SYN_SENT) {
		if (by_orig && flags == TSTAT_TCP_SYN)
			rec->bits |= TSTAT_RTT_AMBIGUOUS;
		else if (!by_orig && flags == (TSTAT_TCP_SYN | TSTAT_TCP_ACK))
			rec->synack = rtt(rec, now_ns);
	} else if (state_before == TUPLESTAT_STATE_SYN_RECV && !rec->ackdat) {
		if (flags & TSTAT_TCP_SYN)
			rec->bits |= TSTAT_RTT_AMBIGUOUS;
		else if (by_orig && flags == TSTAT_TCP_ACK && rec->synack)
			rec->ackdat = rtt(rec, now_ns);
	}
}

static void put_gap(struct tstat_mark *mark, u64 ns)
{
	unsigned int exponent = 0;
	u16 packed;

	while (ns > MANTISSA_MAX && exponent < EXPONENT_MAX) {
		ns >>= 1;
		exponent++;
	}
	if (ns > MANTISSA_MAX)
		ns = MANTISSA_MAX;
	packed = exponent << MANTISSA_BITS | ns;
	mark->gap[0] = packed >> 8;
	mark->gap[1] = packed & 0xff;
}

static u64 get_gap(const struct tstat_mark *mark)
{
	u16 packed = mark->gap[0] << 8 | mark->gap[1];

	return (u64)(packed & MANTISSA_MAX) << (packed >> MANTISSA_BITS);
}

/* FIN, RST, and each ACK that takes the teardown a step on. */
static bool is_arrow(const struct tstat_record *rec,
		     const struct tstat_packet *pkt, u8 state_before)
{
	if (pkt->tcp_flags & (TSTAT_TCP_FIN | TSTAT_TCP_RST))
		return true;
	return rec->state != state_before &&
	       (rec->state == TUPLESTAT_STATE_CLOSE_WAIT ||
		rec->state == TUPLESTAT_STATE_TIME_WAIT);
}

/* The count of FINs tells of it: room is for what the teardown needs. */
static bool is_fin_again(const struct tstat_record *rec,
			 const struct tstat_packet *pkt, u8 state_before)
{
	u8 flags = pkt->tcp_flags & (TSTAT_TCP_FIN | TSTAT_TCP_RST);
	u8 fin = TSTAT_MARK_FIN | (pkt->sender ? TSTAT_MARK_SIDE : 0);
	unsigned int i;

	if (flags != TSTAT_TCP_FIN || rec->state != state_before)
		return false;
	for (i = 0; i < TSTAT_MARKS; i++)
		if ((rec->mark[i].what &
		     (TSTAT_MARK_FIN | TSTAT_MARK_SIDE)) == fin)
			return true;
	return false;
}

static void track_teardown(struct tstat_record *rec,
			   const struct tstat_packet *pkt, u8 state_before,
			   u64 now_ns)
{
	struct tstat_mark *mark = rec->mark;
	unsigned int i = 0;

	if (is_fin_again(rec, pkt, state_before))
		return;
	while (i < TSTAT_MARKS && mark[i].what & TSTAT_MARK_USED)
		i++;
	if (!is_arrow(rec, pkt, state_before)) {
		if (i)
			rec->bits |= TSTAT_BETWEEN;
		return;
	}
	/* No room: a RST is worth more than what it comes after. */
	if (i == TSTAT_MARKS) {
		if (!(pkt->tcp_flags & TSTAT_TCP_RST))
			return;
		i--;
		rec->bits |= TSTAT_BETWEEN;
	}
	mark[i].what = TSTAT_MARK_USED |
		(pkt->sender ? TSTAT_MARK_SIDE : 0) |
		(rec->bits & TSTAT_BETWEEN ? TSTAT_MARK_BETWEEN : 0) |
		(pkt->tcp_flags & TSTAT_TCP_FIN ? TSTAT_MARK_FIN : 0) |
		(pkt->tcp_flags & TSTAT_TCP_RST ? TSTAT_MARK_RST : 0) |
		(pkt->tcp_flags & TSTAT_TCP_ACK ? TSTAT_MARK_ACK : 0) |
		(pkt->payload_len ? TSTAT_MARK_DATA : 0);
	put_gap(&mark[i], since_last(rec, now_ns));
	rec->bits &= ~TSTAT_BETWEEN;
}

/**
 * tstat_ladder_track() - keep what one segment adds to the ladder
 * @rec: the flow; its state has seen the segment, its times have not
 * @pkt: the segment
 * @state_before: state of the flow before the segment
 * @now_ns: time of the segment
 */
void tstat_ladder_track(struct tstat_record *rec,
			const struct tstat_packet *pkt, u8 state_before,
			u64 now_ns)
{
	if (!(rec->bits & TSTAT_MIDSTREAM))
		track_handshake(rec, pkt, state_before, now_ns);
	track_teardown(rec, pkt, state_before, now_ns);
}

static u32 arrow_flags(const struct tstat_record *rec, u8 what)
{
	static const struct {
		u8 mark;
		u8 arrow;
	} same[] = {
		{ TSTAT_MARK_BETWEEN, TUPLESTAT_ARROW_BETWEEN },
		{ TSTAT_MARK_FIN, TUPLESTAT_ARROW_FIN },
		{ TSTAT_MARK_RST, TUPLESTAT_ARROW_RST },
		{ TSTAT_MARK_ACK, TUPLESTAT_ARROW_ACK },
		{ TSTAT_MARK_DATA, TUPLESTAT_ARROW_DATA },
	};
	unsigned int side = !!(what & TSTAT_MARK_SIDE);
	unsigned int i;
	u32 flags;

	flags = side == tstat_record_orig(rec) ? 0 : TUPLESTAT_ARROW_REPLY;
	for (i = 0; i < ARRAY_SIZE(same); i++)
		flags |= what & same[i].mark ? same[i].arrow : 0;
	return flags;
}

/**
 * tstat_ladder_teardown() - the arrows of the teardown, in the form of the ABI
 * @rec: the flow
 * @arrows: room for TUPLESTAT_TEARDOWN_MAX
 *
 * Return: how many there are.
 */
unsigned int tstat_ladder_teardown(const struct tstat_record *rec,
				   struct tuplestat_arrow *arrows)
{
	unsigned int i;

	for (i = 0; i < TSTAT_MARKS && rec->mark[i].what & TSTAT_MARK_USED;
	     i++) {
		arrows[i].gap_ns = get_gap(&rec->mark[i]);
		arrows[i].flags = arrow_flags(rec, rec->mark[i].what);
		arrows[i].reserved = 0;
	}
	return i;
}
