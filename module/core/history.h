/* SPDX-License-Identifier: GPL-2.0 */
/* The history of a flow: Zeek's letters in the order of events. */
#ifndef _TSTAT_CORE_HISTORY_H
#define _TSTAT_CORE_HISTORY_H

#include "parse.h"
#include "record.h"

/* What a side has in the history, bits of struct tstat_record.letters. */
enum tstat_letters {
	TSTAT_HAS_SYN = 1 << 0,
	TSTAT_HAS_FIN = 1 << 1,
	TSTAT_HAS_RST = 1 << 2,
	TSTAT_HAS_DATA = 1 << 3,
	TSTAT_HAS_ACK = 1 << 4,
	TSTAT_HAS_FIN_RST = 1 << 5,
	TSTAT_HAS_MULTI = 1 << 6,
	TSTAT_HAS_RETRANSMIT = 1 << 7,
};

/* The letter of a SYN from who initiates the flow, see history.c. */
#define TSTAT_LETTER_SYN 1

/**
 * tstat_history_begin_syn() - note the SYN that begins a flow
 * @rec: the flow; nothing is noted in it
 * @sender: the side that sent it, and so has initiated the flow
 */
static inline void tstat_history_begin_syn(struct tstat_record *rec,
					   unsigned int sender)
{
	rec->letters[sender] = TSTAT_HAS_SYN;
	rec->history[0] = TSTAT_LETTER_SYN;
}

void tstat_history_flip(struct tstat_record *rec);
void tstat_history_udp(struct tstat_record *rec, unsigned int sender);
void tstat_history_flags(struct tstat_record *rec,
			 const struct tstat_packet *pkt, u32 next_seq,
			 unsigned int events);
void tstat_history_seq(struct tstat_record *rec,
		       const struct tstat_packet *pkt, unsigned int events);
unsigned int tstat_history_text(const struct tstat_record *rec,
				char text[TSTAT_HISTORY_MAX + 1]);

#endif /* _TSTAT_CORE_HISTORY_H */
