/* SPDX-License-Identifier: GPL-2.0 */
/* The ledger and the settings of one network namespace, decoded. */
#ifndef TUPLESTAT_STATS_H
#define TUPLESTAT_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More reasons than the kernel has, so that a newer one can add some. */
#define LEDGER_LINES_MAX 32

/* Timeouts that can be set: one for each state, and the active timeout. */
#define TIMEOUTS 13

/**
 * struct total - an amount in the ledger
 * @flows: flows; 0 where the line is not about flows
 * @packets: packets on the wire
 * @bytes: bytes of layer 3 and up
 */
struct total {
	uint64_t flows;
	uint64_t packets;
	uint64_t bytes;
};

/**
 * struct ledger - amounts by reason, in the order in which the kernel gave them
 * @count: how many lines there are
 * @line: the lines
 * @line.reason: why; may be one that this build does not know
 * @line.total: how much
 */
struct ledger {
	size_t count;
	struct {
		uint32_t reason;
		struct total total;
	} line[LEDGER_LINES_MAX];
};

/**
 * struct stats - the answer to "stats"
 * @seen_before: @seen, as it was before all else was added up
 * @seen: all that the hooks saw, counted on its own; as it was afterwards
 * @live: what belongs to flows in the table
 * @ended: what belongs to ended flows, by enum tuplestat_end_reason
 * @unattributed: what belongs to no flow, by enum tuplestat_unattributed
 * @unusual: segments whose TCP flags no connection needs, by enum
 *	tuplestat_unusual; they are in the other lines, too
 * @max_flows: most flows that the table takes
 * @buckets: hash buckets of the table
 * @memory: bytes that flows and buckets take
 * @event_seq: number of the last event
 * @events_lost: events that the kernel had no memory for
 * @is_capture: of a replayed capture, where @seen_before, @max_flows and what
 *	is said of events do not apply
 * @not_ip: of a capture: frames of which the hooks would see nothing
 */
struct stats {
	struct total seen_before;
	struct total seen;
	struct total live;
	struct ledger ended;
	struct ledger unattributed;
	struct ledger unusual;
	uint32_t max_flows;
	uint32_t buckets;
	uint64_t memory;
	uint64_t event_seq;
	uint64_t events_lost;
	bool is_capture;
	uint64_t not_ip;
};

/**
 * struct balance - what the ledger cannot explain: seen less all the rest
 * @packets: 0 where the ledger balances
 * @bytes: likewise
 */
struct balance {
	int64_t packets;
	int64_t bytes;
};

/**
 * enum ledger_check - what "check" says of the ledger
 * @LEDGER_EXACT: all that was seen is accounted for, and nothing else is
 * @LEDGER_CONSISTENT: no less than was seen before the ledger was added up,
 *	and no more than was seen afterwards: packets pass meanwhile
 * @LEDGER_BROKEN: neither, so that it is wrong
 */
enum ledger_check {
	LEDGER_EXACT,
	LEDGER_CONSISTENT,
	LEDGER_BROKEN,
};

/**
 * struct config - the settings
 * @started: this network namespace is being counted
 * @max_flows: most flows that the table takes
 * @timeout: seconds, by enum tuplestat_state, and at last the active timeout
 */
struct config {
	bool started;
	uint32_t max_flows;
	uint32_t timeout[TIMEOUTS];
};

/**
 * struct config_change - settings to change
 * @set_started: @started is meant
 * @set_max_flows: @max_flows is meant
 * @started: start or stop counting
 * @max_flows: most flows that the table takes
 * @timeout: as in struct config; 0 for those that are not to be changed
 */
struct config_change {
	bool set_started;
	bool set_max_flows;
	bool started;
	uint32_t max_flows;
	uint32_t timeout[TIMEOUTS];
};

struct total stats_accounted(const struct stats *stats);
struct balance stats_balance(const struct stats *stats);
enum ledger_check stats_check(const struct stats *stats);
const struct total *ledger_find(const struct ledger *ledger, uint32_t reason);

#endif /* TUPLESTAT_STATS_H */
