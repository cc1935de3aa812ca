// SPDX-License-Identifier: GPL-2.0
/*
 * Where a TCP connection stands, from the flags of its segments.
 *
 * We see the segments half-way between the hosts, so a state here says what
 * has passed by, not what either end has made of it. Names and meaning are
 * nf_conntrack's; the transitions follow RFC 9293 section 3.3.2.
 */
#include "tcp.h"

/* The flag sets that matter; others (null, Xmas, SYN+FIN, ...) are OTHER. */
enum flag_set { SYN, SYNACK, FIN, ACK, RST, OTHER, FLAG_SETS };

enum {
	sNO = TUPLESTAT_STATE_NONE,
	sSS = TUPLESTAT_STATE_SYN_SENT,
	sSR = TUPLESTAT_STATE_SYN_RECV,
	sES = TUPLESTAT_STATE_ESTABLISHED,
	sFW = TUPLESTAT_STATE_FIN_WAIT,
	sCW = TUPLESTAT_STATE_CLOSE_WAIT,
	sLA = TUPLESTAT_STATE_LAST_ACK,
	sTW = TUPLESTAT_STATE_TIME_WAIT,
	sCL = TUPLESTAT_STATE_CLOSE,
	sS2 = TUPLESTAT_STATE_SYN_SENT2,
	TCP_STATES
};

/*
 * next_state[direction][flag set][state now]
 *
 * Up to the first FIN direction 0 is the originator. From then on (FIN_WAIT,
 * CLOSE_WAIT, LAST_ACK) direction 0 is the side that closed first, whoever
 * initiated: the teardown is the same in either drawing.
 */
static const u8 next_state[2][FLAG_SETS][TCP_STATES] = {
	{
/*
 *	sNO: the handshake begins
 *	sSS, sS2: the SYN again
 *	sTW, sCL: never here, see tstat_record_is_reused()
 *	others: a late duplicate
 */
/*	         sNO  sSS  sSR  sES  sFW  sCW  sLA  sTW  sCL  sS2 */
[SYN]    =	{sSS, sSS, sSR, sES, sFW, sCW, sLA, sTW, sCL, sS2},
/*
 *	sNO: the SYN was missed; who answers it is the originator until more
 *	     is seen, see tstat_history_flip()
 *	sS2: simultaneous open, RFC 9293 figure 7
 *	others: answers a SYN that did not come from the other side
 */
/*	         sNO  sSS  sSR  sES  sFW  sCW  sLA  sTW  sCL  sS2 */
[SYNACK] =	{sSR, sSS, sSR, sES, sFW, sCW, sLA, sTW, sCL, sSR},
/*
 *	sNO: midstream, at its end
 *	sSS: data and FIN may follow the SYN at once (RFC 7413)
 *	sSR, sES, sS2: the first FIN
 *	sFW, sCW, sLA: the FIN of who closed first again
 */
/*	         sNO  sSS  sSR  sES  sFW  sCW  sLA  sTW  sCL  sS2 */
[FIN]    =	{sFW, sSS, sFW, sFW, sFW, sCW, sLA, sTW, sCL, sFW},
/*
 *	sNO: midstream
 *	sSS: not before the SYN-ACK
 *	sSR: the handshake is complete
 *	sFW, sCW: who closed still acknowledges data
 *	sLA: the second FIN is acknowledged
 */
/*	         sNO  sSS  sSR  sES  sFW  sCW  sLA  sTW  sCL  sS2 */
[ACK]    =	{sES, sSS, sES, sES, sFW, sCW, sTW, sTW, sCL, sS2},
[RST]    =	{sCL, sCL, sCL, sCL, sCL, sCL, sCL, sTW, sCL, sCL},
[OTHER]  =	{sNO, sSS, sSR, sES, sFW, sCW, sLA, sTW, sCL, sS2},
	},
	{
/*
 *	sSS: both open at once, RFC 9293 figure 7
 *	others: a late duplicate
 */
/*	         sNO  sSS  sSR  sES  sFW  sCW  sLA  sTW  sCL  sS2 */
[SYN]    =	{sSS, sS2, sSR, sES, sFW, sCW, sLA, sTW, sCL, sS2},
/*
 *	sNO, sSS, sS2: the handshake is answered
 *	others: the SYN-ACK again, or a late duplicate
 */
/*	         sNO  sSS  sSR  sES  sFW  sCW  sLA  sTW  sCL  sS2 */
[SYNACK] =	{sSR, sSR, sSR, sES, sFW, sCW, sLA, sTW, sCL, sSR},
/*
 *	sSR, sES, sS2: the responder closes first
 *	sFW, sCW: the second FIN
 *	sLA: the second FIN again
 */
/*	         sNO  sSS  sSR  sES  sFW  sCW  sLA  sTW  sCL  sS2 */
[FIN]    =	{sFW, sSS, sFW, sFW, sLA, sLA, sLA, sTW, sCL, sFW},
/*
 *	sSS: an ACK that answers a SYN is a stale connection's
 *	sSR: simultaneous open: the SYN-ACK was the originator's
 *	sFW: the first FIN is acknowledged
 *	sLA: not an answer to one's own FIN
 */
/*	         sNO  sSS  sSR  sES  sFW  sCW  sLA  sTW  sCL  sS2 */
[ACK]    =	{sES, sSS, sSR, sES, sCW, sCW, sLA, sTW, sCL, sS2},
[RST]    =	{sCL, sCL, sCL, sCL, sCL, sCL, sCL, sTW, sCL, sCL},
[OTHER]  =	{sNO, sSS, sSR, sES, sFW, sCW, sLA, sTW, sCL, sS2},
	},
};

static enum flag_set flag_set(u8 flags)
{
	switch (flags & (TSTAT_TCP_FIN | TSTAT_TCP_SYN | TSTAT_TCP_RST |
			 TSTAT_TCP_ACK)) {
	case TSTAT_TCP_SYN:
		return SYN;
	case TSTAT_TCP_SYN | TSTAT_TCP_ACK:
		return SYNACK;
	case TSTAT_TCP_FIN | TSTAT_TCP_ACK:
		return FIN;
	case TSTAT_TCP_ACK:
		return ACK;
	case TSTAT_TCP_RST:
	case TSTAT_TCP_RST | TSTAT_TCP_ACK:
	case TSTAT_TCP_RST | TSTAT_TCP_FIN:
	case TSTAT_TCP_RST | TSTAT_TCP_FIN | TSTAT_TCP_ACK:
		return RST;
	default:
		return OTHER;
	}
}

/**
 * tstat_tcp_unusual_kind() - which unusual set of flags a segment has
 * @flags: its flags
 *
 * Return: enum tuplestat_unusual, or TSTAT_NOT_UNUSUAL.
 */
int tstat_tcp_unusual_kind(u8 flags)
{
	const u8 xmas = TSTAT_TCP_FIN | TSTAT_TCP_PSH | TSTAT_TCP_URG;

	switch (flags & (TSTAT_TCP_FIN | TSTAT_TCP_SYN | TSTAT_TCP_RST)) {
	case 0:
		return flags & (TSTAT_TCP_PSH | TSTAT_TCP_ACK | TSTAT_TCP_URG) ?
		       TSTAT_NOT_UNUSUAL : TUPLESTAT_UNUSUAL_NULL;
	case TSTAT_TCP_FIN:
		if (flags & TSTAT_TCP_ACK)
			return TSTAT_NOT_UNUSUAL;
		return (flags & xmas) == xmas ? TUPLESTAT_UNUSUAL_XMAS :
						TUPLESTAT_UNUSUAL_FIN;
	case TSTAT_TCP_SYN:
	case TSTAT_TCP_RST:
		return TSTAT_NOT_UNUSUAL;
	case TSTAT_TCP_SYN | TSTAT_TCP_RST:
		return TUPLESTAT_UNUSUAL_SYN_RST;
	case TSTAT_TCP_FIN | TSTAT_TCP_RST:
		return TUPLESTAT_UNUSUAL_FIN_RST;
	default:
		return TUPLESTAT_UNUSUAL_SYN_FIN;
	}
}

static bool is_closing(u8 state)
{
	return state == sFW || state == sCW || state == sLA;
}

/**
 * tstat_tcp_track() - follow one segment
 * @rec: the flow; the caller holds what protects it
 * @pkt: the segment; not one with a FIN or RST outside the window
 */
void tstat_tcp_track(struct tstat_record *rec, const struct tstat_packet *pkt)
{
	bool closing = is_closing(rec->state);
	unsigned int first, direction;

	first = closing ? !!(rec->bits & TSTAT_CLOSER) : tstat_record_orig(rec);
	direction = pkt->sender != first;
	rec->state = next_state[direction][flag_set(pkt->tcp_flags)][rec->state];
	if (closing || !is_closing(rec->state))
		return;
	rec->bits &= ~TSTAT_CLOSER;
	if (pkt->sender)
		rec->bits |= TSTAT_CLOSER;
}
