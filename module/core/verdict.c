// SPDX-License-Identifier: GPL-2.0
/*
 * The verdict on a flow: Zeek's conn_state.
 *
 * Each side is followed on its own (unlike nf_conntrack's one state for both),
 * and the pair of them gives the verdict. The rules are those of Zeek, as its
 * documentation of conn.log and its behaviour show them.
 */
#include "history.h"
#include "verdict.h"

static void set(struct tstat_record *rec, unsigned int side, enum tstat_end end)
{
	enum tstat_end before = tstat_verdict_end(rec, side);

	if (before != end)
		rec->end[side] = before << TSTAT_END_BEFORE_SHIFT | end;
}

static enum tstat_end end_before(const struct tstat_record *rec,
				 unsigned int side)
{
	return rec->end[side] >> TSTAT_END_BEFORE_SHIFT;
}

static void first_syn(struct tstat_record *rec, const struct tstat_packet *pkt)
{
	unsigned int me = pkt->sender, peer = !me;
	bool syn_ack = pkt->tcp_flags & TSTAT_TCP_ACK;

	if (me == tstat_record_orig(rec)) {
		set(rec, me, syn_ack ? TSTAT_END_SYN_ACK_SENT :
				       TSTAT_END_SYN_SENT);
		return;
	}
	/* The SYN comes after the SYN-ACK that answers it: seen in disorder. */
	if (!syn_ack && tstat_verdict_end(rec, peer) == TSTAT_END_SYN_ACK_SENT) {
		tstat_history_flip(rec);
		set(rec, peer, TSTAT_END_ESTABLISHED);
	}
	if (tstat_verdict_end(rec, peer) == TSTAT_END_SYN_SENT)
		set(rec, peer, TSTAT_END_ESTABLISHED);
	set(rec, me, TSTAT_END_ESTABLISHED);
}

/* A first segment that has neither SYN nor FIN nor RST. */
static void first_plain(struct tstat_record *rec, const struct tstat_packet *pkt)
{
	unsigned int me = pkt->sender, peer = !me;
	enum tstat_end peers = tstat_verdict_end(rec, peer);

	/* Some acknowledge the SYN before they answer it. */
	if (peer == tstat_record_orig(rec) && !pkt->payload_len &&
	    peers == TSTAT_END_SYN_SENT)
		return;
	/* The SYN was missed; the SYN-ACK and its ACK say enough. */
	if (pkt->tcp_flags & TSTAT_TCP_ACK && peers == TSTAT_END_ESTABLISHED)
		set(rec, me, TSTAT_END_ESTABLISHED);
	else
		set(rec, me, TSTAT_END_PARTIAL);
}

static void track_first(struct tstat_record *rec, const struct tstat_packet *pkt)
{
	unsigned int me = pkt->sender;

	if (pkt->tcp_flags & TSTAT_TCP_SYN)
		first_syn(rec, pkt);
	if (pkt->tcp_flags & TSTAT_TCP_FIN)
		set(rec, me, TSTAT_END_CLOSED);
	if (pkt->tcp_flags & TSTAT_TCP_RST)
		set(rec, me, TSTAT_END_RESET);
	if (tstat_verdict_end(rec, me) == TSTAT_END_INACTIVE)
		first_plain(rec, pkt);
}

static void track_syn_sent(struct tstat_record *rec,
			   const struct tstat_packet *pkt)
{
	if (pkt->tcp_flags & TSTAT_TCP_FIN)
		set(rec, pkt->sender, TSTAT_END_CLOSED);
	if (pkt->tcp_flags & TSTAT_TCP_RST)
		set(rec, pkt->sender, TSTAT_END_RESET);
}

static void track_established(struct tstat_record *rec,
			      const struct tstat_packet *pkt)
{
	unsigned int me = pkt->sender, peer = !me;
	u8 flags = pkt->tcp_flags;

	if (flags & TSTAT_TCP_SYN && !(flags & TSTAT_TCP_ACK) &&
	    tstat_verdict_end(rec, me) == TSTAT_END_PARTIAL &&
	    tstat_verdict_end(rec, peer) == TSTAT_END_INACTIVE)
		set(rec, me, TSTAT_END_SYN_SENT);
	if (flags & TSTAT_TCP_RST) {
		set(rec, me, TSTAT_END_RESET);
		return;
	}
	if (!(flags & TSTAT_TCP_FIN))
		return;
	set(rec, me, TSTAT_END_CLOSED);
	/* A RST that came after the peer's FIN has changed nothing. */
	if (tstat_verdict_end(rec, peer) == TSTAT_END_RESET &&
	    end_before(rec, peer) == TSTAT_END_CLOSED)
		set(rec, peer, TSTAT_END_CLOSED);
}

/**
 * tstat_verdict_track() - follow one segment
 * @rec: the flow
 * @pkt: the segment
 */
void tstat_verdict_track(struct tstat_record *rec,
			 const struct tstat_packet *pkt)
{
	unsigned int me = pkt->sender;

	switch (tstat_verdict_end(rec, me)) {
	case TSTAT_END_INACTIVE:
		track_first(rec, pkt);
		break;
	case TSTAT_END_SYN_SENT:
	case TSTAT_END_SYN_ACK_SENT:
		track_syn_sent(rec, pkt);
		break;
	case TSTAT_END_PARTIAL:
	case TSTAT_END_ESTABLISHED:
		track_established(rec, pkt);
		break;
	case TSTAT_END_CLOSED:
		if (pkt->tcp_flags & TSTAT_TCP_RST &&
		    tstat_verdict_end(rec, !me) != TSTAT_END_CLOSED)
			set(rec, me, TSTAT_END_RESET);
		break;
	case TSTAT_END_RESET:
		break;
	}
}

static bool is_clean(const struct tstat_record *rec, unsigned int side)
{
	enum tstat_end end = tstat_verdict_end(rec, side);

	return end == TSTAT_END_ESTABLISHED ||
	       (end == TSTAT_END_CLOSED &&
		end_before(rec, side) == TSTAT_END_ESTABLISHED);
}

/**
 * tstat_verdict_is_clean() - whether data that is missing means something
 * @rec: the flow
 *
 * Return: whether both sides are established, or were and have closed.
 */
bool tstat_verdict_is_clean(const struct tstat_record *rec)
{
	return is_clean(rec, 0) && is_clean(rec, 1);
}

/* SYN, then RST from the same side, and nothing else of it in between. */
static bool is_syn_then_rst(const struct tstat_record *rec)
{
	char text[TSTAT_HISTORY_MAX + 1];
	const char *letter = text;

	tstat_history_text(rec, text);
	if (*letter == '^')
		letter++;
	if (*letter++ != 'S')
		return false;
	for (; *letter && *letter != 'R'; letter++) {
		switch (*letter) {
		case 'H': case 'A': case 'F': case 'G': case 'I': case 'Q':
			return false;
		}
	}
	return *letter == 'R';
}

static bool is_silent(enum tstat_end end)
{
	return end == TSTAT_END_INACTIVE || end == TSTAT_END_PARTIAL;
}

static enum tuplestat_conn_state reset_by_responder(const struct tstat_record *rec,
						    enum tstat_end orig)
{
	if (orig == TSTAT_END_SYN_SENT || orig == TSTAT_END_SYN_ACK_SENT)
		return TUPLESTAT_CONN_REJ;
	if (orig == TSTAT_END_RESET && !rec->side[0].payload_bytes &&
	    !rec->side[1].payload_bytes)
		return TUPLESTAT_CONN_REJ;
	return is_silent(orig) ? TUPLESTAT_CONN_RSTRH : TUPLESTAT_CONN_RSTR;
}

static enum tuplestat_conn_state tcp_verdict(const struct tstat_record *rec)
{
	enum tstat_end orig = tstat_verdict_end(rec, tstat_record_orig(rec));
	enum tstat_end resp = tstat_verdict_end(rec, !tstat_record_orig(rec));

	if (resp == TSTAT_END_RESET)
		return reset_by_responder(rec, orig);
	if (orig == TSTAT_END_RESET) {
		if (!is_silent(resp))
			return TUPLESTAT_CONN_RSTO;
		return is_syn_then_rst(rec) ? TUPLESTAT_CONN_RSTOS0 :
					      TUPLESTAT_CONN_OTH;
	}
	if (orig == TSTAT_END_CLOSED && resp == TSTAT_END_CLOSED)
		return TUPLESTAT_CONN_SF;
	if (orig == TSTAT_END_CLOSED)
		return is_silent(resp) ? TUPLESTAT_CONN_SH : TUPLESTAT_CONN_S2;
	if (resp == TSTAT_END_CLOSED)
		return is_silent(orig) ? TUPLESTAT_CONN_SHR : TUPLESTAT_CONN_S3;
	if (orig == TSTAT_END_SYN_SENT && resp == TSTAT_END_INACTIVE)
		return TUPLESTAT_CONN_S0;
	if (orig == TSTAT_END_ESTABLISHED && resp == TSTAT_END_ESTABLISHED)
		return TUPLESTAT_CONN_S1;
	return TUPLESTAT_CONN_OTH;
}

/**
 * tstat_verdict() - Zeek's conn_state of a flow, as it is now
 * @rec: the flow
 *
 * Return: enum tuplestat_conn_state.
 */
enum tuplestat_conn_state tstat_verdict(const struct tstat_record *rec)
{
	unsigned int orig = tstat_record_orig(rec);

	if (rec->tuple.proto == IPPROTO_TCP)
		return tcp_verdict(rec);
	if (!rec->side[orig].packets)
		return TUPLESTAT_CONN_SHR;
	return rec->side[!orig].packets ? TUPLESTAT_CONN_SF : TUPLESTAT_CONN_S0;
}
