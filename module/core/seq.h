/* SPDX-License-Identifier: GPL-2.0 */
/* Sequence numbers and windows of a TCP connection. */
#ifndef _TSTAT_CORE_SEQ_H
#define _TSTAT_CORE_SEQ_H

#include "parse.h"
#include "record.h"

/**
 * enum tstat_seq_events - what the numbers of a segment tell
 * @TSTAT_SEQ_RETRANSMIT: all its data was sent before
 * @TSTAT_SEQ_KEEPALIVE: likewise, but it is one octet to see who is there
 * @TSTAT_SEQ_ZERO_WINDOW: its sender cannot take more data
 * @TSTAT_SEQ_GAP: it acknowledges data of the other side that was never seen
 * @TSTAT_SEQ_OUTSIDE: it is outside the window, so its FIN or RST is not to be
 *	believed
 */
enum tstat_seq_events {
	TSTAT_SEQ_RETRANSMIT = 1 << 0,
	TSTAT_SEQ_KEEPALIVE = 1 << 1,
	TSTAT_SEQ_ZERO_WINDOW = 1 << 2,
	TSTAT_SEQ_GAP = 1 << 3,
	TSTAT_SEQ_OUTSIDE = 1 << 4,
};

/* RFC 7323 section 2.3 */
#define TSTAT_WINDOW_SCALE_MAX 14

/**
 * tstat_seq_window_scale() - the shift that a side offers by its SYN
 * @option: what its option says, or TSTAT_NO_WINDOW_SCALE
 *
 * Return: the shift, 0 to 14.
 */
static inline u8 tstat_seq_window_scale(u8 option)
{
	if (option == TSTAT_NO_WINDOW_SCALE)
		return 0;
	return option < TSTAT_WINDOW_SCALE_MAX ? option :
						 TSTAT_WINDOW_SCALE_MAX;
}

bool tstat_seq_is_same_syn(const struct tstat_record *rec,
			   const struct tstat_packet *pkt);
u32 tstat_seq_end(const struct tstat_packet *pkt);
unsigned int tstat_seq_track(struct tstat_record *rec,
			     const struct tstat_packet *pkt);

#endif /* _TSTAT_CORE_SEQ_H */
