// SPDX-License-Identifier: GPL-2.0
/*
 * The history of a flow: Zeek's letters in the order of events.
 *
 * As the documentation of Zeek's conn.log has it: upper case is the originator,
 * lower case the responder. Of a, d, i and q the first is noted; of s, h, f and
 * r those whose sequence number differs from the one before; of g, t and w the
 * first, the tenth, the hundredth, and so on.
 */
#include "history.h"
#include "seq.h"

#define LETTERS_PER_WORD 6
#define LETTER_BITS 5
#define LETTER_MASK 0x1f

/* A letter's number; 0 is none. Those of the responder come after these. */
enum letter {
	NONE, SYN = TSTAT_LETTER_SYN, SYN_ACK, ACK, DATA, FIN, RST, RETRANSMIT,
	ZERO_WINDOW, GAP, FIN_RST, MULTI, RESPONDER,
	FLIP = 2 * RESPONDER,
};

static const char names[] = ".SHADFRTWGIQ.shadfrtwgiq^";

static unsigned int get(const struct tstat_record *rec, unsigned int i)
{
	return rec->history[i / LETTERS_PER_WORD] >>
	       i % LETTERS_PER_WORD * LETTER_BITS & LETTER_MASK;
}

/* Where there is no more room the first letters stay: these tell the most. */
static void append(struct tstat_record *rec, unsigned int letter)
{
	unsigned int i = 0;

	while (i < TSTAT_HISTORY_MAX && get(rec, i))
		i++;
	if (i < TSTAT_HISTORY_MAX)
		rec->history[i / LETTERS_PER_WORD] |=
			letter << i % LETTERS_PER_WORD * LETTER_BITS;
}

static void note(struct tstat_record *rec, unsigned int sender,
		 unsigned int letter)
{
	append(rec, sender == tstat_record_orig(rec) ? letter :
						       RESPONDER + letter);
}

static void note_once(struct tstat_record *rec, unsigned int sender,
		      unsigned int has, unsigned int letter)
{
	if (rec->letters[sender] & has)
		return;
	rec->letters[sender] |= has;
	note(rec, sender, letter);
}

/* The first one, and then each one that is not @same as that before. */
static void note_other(struct tstat_record *rec, unsigned int sender,
		       unsigned int has, unsigned int letter, bool same)
{
	if (rec->letters[sender] & has && same)
		return;
	rec->letters[sender] |= has;
	note(rec, sender, letter);
}

/* Of 1, 10, 100, ...: whether @count passed one of them by adding @add. */
static bool passes_power(u32 count, u32 add)
{
	u64 power = 1;

	while (power <= count - add)
		power *= 10;
	return power <= count;
}

/**
 * tstat_history_flip() - exchange originator and responder
 * @rec: the flow
 *
 * A flow that began with nothing but a SYN-ACK becomes what it would have been
 * with the SYN, and '^' says so.
 */
void tstat_history_flip(struct tstat_record *rec)
{
	rec->bits ^= TSTAT_ORIG;
	if (rec->history[0] == SYN_ACK)
		rec->history[0] = FLIP | (RESPONDER + SYN_ACK) << LETTER_BITS;
	else
		append(rec, FLIP);
}

/**
 * tstat_history_udp() - note a datagram
 * @rec: the flow
 * @sender: the side that sent it
 */
void tstat_history_udp(struct tstat_record *rec, unsigned int sender)
{
	note_once(rec, sender, TSTAT_HAS_DATA, DATA);
}

/* A SYN that is no SYN-ACK. */
static void note_syn(struct tstat_record *rec, unsigned int sender)
{
	/* One with another number begins the side anew, or a flow. */
	note_once(rec, sender, TSTAT_HAS_SYN, SYN);
}

/* A SYN-ACK came first, and now there is traffic: so it was no scan. */
static void flip_missed_syn(struct tstat_record *rec)
{
	if (rec->history[0] == SYN_ACK)
		tstat_history_flip(rec);
}

static void note_plain(struct tstat_record *rec, const struct tstat_packet *pkt)
{
	if (!pkt->payload_len && !(pkt->tcp_flags & TSTAT_TCP_ACK))
		return;
	flip_missed_syn(rec);
	if (pkt->payload_len)
		note_once(rec, pkt->sender, TSTAT_HAS_DATA, DATA);
	else
		note_once(rec, pkt->sender, TSTAT_HAS_ACK, ACK);
}

/**
 * tstat_history_flags() - note the flags of a segment
 * @rec: the flow; before its state has seen the segment
 * @pkt: the segment
 * @next_seq: what was one past the sender's highest number before the segment
 * @events: what its numbers tell, enum tstat_seq_events
 */
void tstat_history_flags(struct tstat_record *rec,
			 const struct tstat_packet *pkt, u32 next_seq,
			 unsigned int events)
{
	bool outside = events & TSTAT_SEQ_OUTSIDE;

	switch (pkt->tcp_flags & (TSTAT_TCP_SYN | TSTAT_TCP_FIN |
				  TSTAT_TCP_RST)) {
	case 0:
		note_plain(rec, pkt);
		break;
	case TSTAT_TCP_SYN:
		if (pkt->tcp_flags & TSTAT_TCP_ACK)
			note_once(rec, pkt->sender, TSTAT_HAS_SYN, SYN_ACK);
		else
			note_syn(rec, pkt->sender);
		break;
	case TSTAT_TCP_FIN:
		note_other(rec, pkt->sender, TSTAT_HAS_FIN, FIN,
			   outside || tstat_seq_end(pkt) == next_seq);
		break;
	case TSTAT_TCP_RST:
		note_other(rec, pkt->sender, TSTAT_HAS_RST, RST,
			   outside || pkt->seq == next_seq);
		break;
	case TSTAT_TCP_FIN | TSTAT_TCP_RST:
	case TSTAT_TCP_SYN | TSTAT_TCP_FIN | TSTAT_TCP_RST:
		note_once(rec, pkt->sender, TSTAT_HAS_FIN_RST, FIN_RST);
		break;
	default:
		note_once(rec, pkt->sender, TSTAT_HAS_MULTI, MULTI);
		break;
	}
}

static void note_retransmit(struct tstat_record *rec, unsigned int sender,
			    u32 segments)
{
	u32 *count = &rec->side[sender].retransmits;

	if (U32_MAX - *count < segments)
		return;
	*count += segments;
	note_other(rec, sender, TSTAT_HAS_RETRANSMIT, RETRANSMIT,
		   *count <= segments || !passes_power(*count, segments));
}

/**
 * tstat_history_seq() - note and count what the numbers of a segment told
 * @rec: the flow
 * @pkt: the segment
 * @events: enum tstat_seq_events
 */
void tstat_history_seq(struct tstat_record *rec,
		       const struct tstat_packet *pkt, unsigned int events)
{
	u16 *zero_windows = &rec->side[pkt->sender].zero_windows;
	u8 *gaps = &rec->gaps[!pkt->sender];

	if (events & TSTAT_SEQ_ZERO_WINDOW && *zero_windows < U16_MAX &&
	    passes_power(++*zero_windows, 1))
		note(rec, pkt->sender, ZERO_WINDOW);
	if (events & TSTAT_SEQ_KEEPALIVE)
		note_once(rec, pkt->sender, TSTAT_HAS_RETRANSMIT, RETRANSMIT);
	if (events & TSTAT_SEQ_RETRANSMIT)
		note_retransmit(rec, pkt->sender, pkt->segments);
	if (events & TSTAT_SEQ_GAP && *gaps < U8_MAX && passes_power(++*gaps, 1))
		note(rec, !pkt->sender, GAP);
}

/**
 * tstat_history_text() - the history as people read it
 * @rec: the flow
 * @text: written, with a terminating zero
 *
 * Return: how many letters there are.
 */
unsigned int tstat_history_text(const struct tstat_record *rec,
				char text[TSTAT_HISTORY_MAX + 1])
{
	unsigned int i;

	for (i = 0; i < TSTAT_HISTORY_MAX && get(rec, i); i++)
		text[i] = names[get(rec, i)];
	text[i] = '\0';
	return i;
}
