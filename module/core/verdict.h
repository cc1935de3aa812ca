/* SPDX-License-Identifier: GPL-2.0 */
/* The verdict on a flow: Zeek's conn_state. */
#ifndef _TSTAT_CORE_VERDICT_H
#define _TSTAT_CORE_VERDICT_H

#include "parse.h"
#include "record.h"

/**
 * enum tstat_end - how far one side of a connection is
 * @TSTAT_END_INACTIVE: it has sent nothing
 * @TSTAT_END_PARTIAL: it has sent something, but no SYN
 * @TSTAT_END_SYN_SENT: it has sent a SYN
 * @TSTAT_END_SYN_ACK_SENT: the originator began with a SYN-ACK
 * @TSTAT_END_ESTABLISHED: its SYN was answered, or is an answer
 * @TSTAT_END_CLOSED: it has sent a FIN
 * @TSTAT_END_RESET: it has sent a RST
 */
enum tstat_end {
	TSTAT_END_INACTIVE,
	TSTAT_END_PARTIAL,
	TSTAT_END_SYN_SENT,
	TSTAT_END_SYN_ACK_SENT,
	TSTAT_END_ESTABLISHED,
	TSTAT_END_CLOSED,
	TSTAT_END_RESET,
};

#define TSTAT_END_MASK 0x0f
#define TSTAT_END_BEFORE_SHIFT 4

/**
 * tstat_verdict_end() - how far one side is
 * @rec: the flow
 * @side: side of the tuple, 0 or 1
 *
 * Return: its state.
 */
static inline enum tstat_end tstat_verdict_end(const struct tstat_record *rec,
					       unsigned int side)
{
	return rec->end[side] & TSTAT_END_MASK;
}

void tstat_verdict_track(struct tstat_record *rec,
			 const struct tstat_packet *pkt);
bool tstat_verdict_is_clean(const struct tstat_record *rec);
enum tuplestat_conn_state tstat_verdict(const struct tstat_record *rec);

#endif /* _TSTAT_CORE_VERDICT_H */
