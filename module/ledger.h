/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ledger of a network namespace: what has become of every packet.
 *
 *	seen = live flows + ended flows + unattributed
 *
 * in packets and in bytes. Live flows hold their own counts; all else is here.
 */
#ifndef _TSTAT_LEDGER_H
#define _TSTAT_LEDGER_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

#include "compat/lockdep.h"
#include "core/account.h"

/**
 * struct tstat_total - one line of the ledger
 * @flows: flows, where the line is about flows
 * @packets: packets on the wire
 * @bytes: bytes of layer 3 and up
 */
struct tstat_total {
	u64 flows;
	u64 packets;
	u64 bytes;
};

/**
 * tstat_total_add_record() - add a flow to a line
 * @total: the line
 * @rec: the flow
 */
static inline void tstat_total_add_record(struct tstat_total *total,
					  const struct tstat_record *rec)
{
	total->flows++;
	total->packets += rec->side[0].packets + rec->side[1].packets;
	total->bytes += rec->side[0].ip_bytes + rec->side[1].ip_bytes;
}

/**
 * struct tstat_book - the lines of the ledger
 * @seen: what the hooks saw, counted apart from everything below
 * @ended: flows that ended, by enum tuplestat_end_reason
 * @unattributed: packets of no flow, by enum tuplestat_unattributed
 * @unusual: segments with unusual flags, by enum tuplestat_unusual; beside the
 *	equation, they are in their flows
 */
struct tstat_book {
	struct tstat_total seen;
	struct tstat_total ended[__TUPLESTAT_END_MAX];
	struct tstat_total unattributed[__TUPLESTAT_UNATTR_MAX];
	struct tstat_total unusual[__TUPLESTAT_UNUSUAL_MAX];
};

/**
 * struct tstat_ledger - one CPU's share of the ledger
 * @book: its lines
 * @sync: makes 64-bit counts whole on 32-bit machines
 *
 * Written on its own CPU with bottom halves off; read from anywhere, meanwhile:
 * by WRITE_ONCE() and READ_ONCE(), as u64_stats_add() takes a long, which on
 * 32-bit machines cannot hold what a flow has counted.
 */
struct tstat_ledger {
	struct tstat_book book;
	struct u64_stats_sync sync;
};

/**
 * tstat_ledger_count() - add to one count of a line
 * @total: the count
 * @more: how much
 */
static inline void tstat_ledger_count(u64 *total, u64 more)
{
	WRITE_ONCE(*total, *total + more);
}

/**
 * tstat_ledger_add() - add packets to a line
 * @mine: this CPU's share
 * @line: one of its lines
 * @packets: packets on the wire
 * @bytes: bytes of layer 3 and up
 *
 * Context: bottom halves off.
 */
static inline void tstat_ledger_add(struct tstat_ledger *mine,
				    struct tstat_total *line, u64 packets,
				    u64 bytes)
{
	lockdep_assert_in_softirq();
	u64_stats_update_begin(&mine->sync);
	tstat_ledger_count(&line->packets, packets);
	tstat_ledger_count(&line->bytes, bytes);
	u64_stats_update_end(&mine->sync);
}

/**
 * tstat_ledger_seen() - enter what a hook saw
 * @ledger: the ledger
 * @packets: packets on the wire
 * @bytes: bytes of layer 3 and up
 *
 * Context: bottom halves off, as for all that writes the ledger.
 */
static inline void tstat_ledger_seen(struct tstat_ledger __percpu *ledger,
				     u32 packets, u32 bytes)
{
	struct u64_stats_sync *sync = this_cpu_ptr(&ledger->sync);

	lockdep_assert_in_softirq();
	/* tstat_ledger_add(), in half of the instructions */
	u64_stats_update_begin(sync);
	this_cpu_add(ledger->book.seen.packets, packets);
	this_cpu_add(ledger->book.seen.bytes, bytes);
	u64_stats_update_end(sync);
}

/**
 * tstat_ledger_ended() - enter a flow that ended
 * @ledger: the ledger
 * @reason: why it ended
 * @rec: its final counts
 *
 * Context: bottom halves off.
 */
static inline void tstat_ledger_ended(struct tstat_ledger __percpu *ledger,
				      enum tuplestat_end_reason reason,
				      const struct tstat_record *rec)
{
	struct tstat_ledger *mine = this_cpu_ptr(ledger);
	struct tstat_total *line = &mine->book.ended[reason];
	struct tstat_total flow = {};

	lockdep_assert_in_softirq();
	tstat_total_add_record(&flow, rec);
	u64_stats_update_begin(&mine->sync);
	tstat_ledger_count(&line->flows, flow.flows);
	tstat_ledger_count(&line->packets, flow.packets);
	tstat_ledger_count(&line->bytes, flow.bytes);
	u64_stats_update_end(&mine->sync);
}

struct tstat_ledger __percpu *tstat_ledger_create(void);
void tstat_ledger_destroy(struct tstat_ledger __percpu *ledger);
void tstat_ledger_unattributed(struct tstat_ledger __percpu *ledger,
			       enum tuplestat_unattributed reason, u32 packets,
			       u32 bytes);
void tstat_ledger_unusual(struct tstat_ledger __percpu *ledger,
			  enum tuplestat_unusual kind, u32 packets, u32 bytes);
void tstat_ledger_sum(struct tstat_ledger __percpu *ledger,
		      struct tstat_book *sum);
void tstat_ledger_sum_seen(struct tstat_ledger __percpu *ledger,
			   struct tstat_total *seen);

#endif /* _TSTAT_LEDGER_H */
