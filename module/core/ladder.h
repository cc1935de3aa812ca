/* SPDX-License-Identifier: GPL-2.0 */
/* What a flow keeps for its ladder: times of the handshake, and the teardown. */
#ifndef _TSTAT_CORE_LADDER_H
#define _TSTAT_CORE_LADDER_H

#include "parse.h"
#include "record.h"

/* Resolution of the handshake's times; they reach to 34 seconds. */
#define TSTAT_RTT_UNIT_NS 8

/**
 * enum tstat_mark_bits - bits of struct tstat_mark.what
 * @TSTAT_MARK_USED: there is an arrow
 * @TSTAT_MARK_SIDE: sent by side 1 of the tuple, else by side 0
 * @TSTAT_MARK_BETWEEN: other packets came since the arrow before
 * @TSTAT_MARK_FIN: FIN is set
 * @TSTAT_MARK_RST: RST is set
 * @TSTAT_MARK_ACK: ACK is set
 * @TSTAT_MARK_DATA: it has payload
 */
enum tstat_mark_bits {
	TSTAT_MARK_USED = 1 << 0,
	TSTAT_MARK_SIDE = 1 << 1,
	TSTAT_MARK_BETWEEN = 1 << 2,
	TSTAT_MARK_FIN = 1 << 3,
	TSTAT_MARK_RST = 1 << 4,
	TSTAT_MARK_ACK = 1 << 5,
	TSTAT_MARK_DATA = 1 << 6,
};

void tstat_ladder_track(struct tstat_record *rec,
			const struct tstat_packet *pkt, u8 state_before,
			u64 now_ns);
unsigned int tstat_ladder_teardown(const struct tstat_record *rec,
				   struct tuplestat_arrow *arrows);

#endif /* _TSTAT_CORE_LADDER_H */
