/* SPDX-License-Identifier: GPL-2.0 */
/* The ledger and the settings of one network namespace, decoded. */
#ifndef TUPLESTAT_STATS_H
#define TUPLESTAT_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More reasons than the kernel has, so that a newer one can add some. */
#define LEDGER_LINES_MAX 32

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
 * @seen: all that the hooks saw, counted on its own
 * @live: what belongs to flows in the table
 * @ended: what belongs to ended flows, by enum tuplestat_end_reason
 * @unattributed: what belongs to no flow, by enum tuplestat_unattributed
 * @max_flows: most flows that the table takes
 * @buckets: hash buckets of the table
 * @memory: bytes that flows and buckets take
 * @is_capture: of a replayed capture, where @max_flows does not apply
 * @not_ip: of a capture: frames of which the hooks would see nothing
 */
struct stats {
	struct total seen;
	struct total live;
	struct ledger ended;
	struct ledger unattributed;
	uint32_t max_flows;
	uint32_t buckets;
	uint64_t memory;
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
 * struct config - the settings
 * @started: this network namespace is being counted
 * @max_flows: most flows that the table takes
 */
struct config {
	bool started;
	uint32_t max_flows;
};

/**
 * struct config_change - settings to change
 * @set_started: @started is meant
 * @set_max_flows: @max_flows is meant
 * @started: start or stop counting
 * @max_flows: most flows that the table takes
 */
struct config_change {
	bool set_started;
	bool set_max_flows;
	bool started;
	uint32_t max_flows;
};

struct balance stats_balance(const struct stats *stats);

#endif /* TUPLESTAT_STATS_H */
