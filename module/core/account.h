/* SPDX-License-Identifier: GPL-2.0 */
/* Accounting packets to the record of their flow. */
#ifndef _TSTAT_CORE_ACCOUNT_H
#define _TSTAT_CORE_ACCOUNT_H

#include "parse.h"
#include "port.h"
#include "ports.h"
#include "record.h"

#define TSTAT_NSEC_PER_SEC 1000000000ULL

/**
 * struct tstat_timeouts - how long flows are kept that nothing is seen of
 * @seconds: by enum tuplestat_state
 */
struct tstat_timeouts {
	u32 seconds[__TUPLESTAT_STATE_MAX];
};

extern const struct tstat_timeouts tstat_timeouts_default;

void tstat_record_begin(struct tstat_record *rec,
			const struct tstat_packet *pkt,
			const struct tstat_ports *ports, u64 now_ns);
void tstat_record_account(struct tstat_record *rec,
			  const struct tstat_packet *pkt, u64 now_ns);
void tstat_record_counters(const struct tstat_record *rec, unsigned int side,
			   struct tuplestat_counters *counters);
u32 tstat_record_flags(const struct tstat_record *rec);
bool tstat_record_is_answered(const struct tstat_record *rec);
bool tstat_record_is_closed(const struct tstat_record *rec);
bool tstat_record_is_reused(const struct tstat_record *rec,
			    const struct tstat_packet *pkt, u64 now_ns);
bool tstat_record_is_over(const struct tstat_record *rec,
			  const struct tstat_timeouts *timeouts, u64 now_ns);
enum tuplestat_end_reason
tstat_record_end_reason(const struct tstat_record *rec);

#endif /* _TSTAT_CORE_ACCOUNT_H */
