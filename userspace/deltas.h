/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was exported of flows that go on. The kernel tells running totals;
 * records have what came since the record before: all records of a flow add up
 * to what the ledger has of it.
 */
#ifndef TUPLESTAT_DELTAS_H
#define TUPLESTAT_DELTAS_H

#include <stdbool.h>

#include "flow.h"
#include "ipfix.h"

struct deltas;

struct deltas *deltas_new(void);
void deltas_free(struct deltas *deltas);
int deltas_take(struct deltas *deltas, const struct flow *flow,
		uint8_t end_reason, struct ipfix_record *record);
void deltas_prune(struct deltas *deltas);
void deltas_whole(const struct flow *flow, uint8_t end_reason,
		  struct ipfix_record *record);

#endif /* TUPLESTAT_DELTAS_H */
