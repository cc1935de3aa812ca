/* SPDX-License-Identifier: GPL-2.0 */
/* Ledgers for the unit tests, written line by line. */
#ifndef TUPLESTAT_LEDGER_LINE_H
#define TUPLESTAT_LEDGER_LINE_H

#include <stdint.h>

#include "stats.h"

/* A line more, of a reason: flows, packets, bytes. */
static inline void add_line(struct ledger *ledger, uint32_t reason,
			    uint64_t flows, uint64_t packets, uint64_t bytes)
{
	ledger->line[ledger->count].reason = reason;
	ledger->line[ledger->count++].total = (struct total){
		flows, packets, bytes };
}

#endif /* TUPLESTAT_LEDGER_LINE_H */
