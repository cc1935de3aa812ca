/* SPDX-License-Identifier: GPL-2.0 */
/* The history of a flow: Zeek's letters in the order of events. */
#ifndef _TSTAT_CORE_HISTORY_H
#define _TSTAT_CORE_HISTORY_H

#include "parse.h"
#include "record.h"

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
