// SPDX-License-Identifier: GPL-2.0
/* The ledger's equation: seen = live + ended + unattributed. */
#include "stats.h"

static void add(struct total *sum, const struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->count; i++) {
		sum->packets += ledger->line[i].total.packets;
		sum->bytes += ledger->line[i].total.bytes;
	}
}

/**
 * stats_accounted - what the ledger accounts for
 * @stats: the ledger
 *
 * Return: packets and bytes of live and ended flows, and of those that belong
 * to none.
 */
struct total stats_accounted(const struct stats *stats)
{
	struct total sum = {
		.packets = stats->live.packets,
		.bytes = stats->live.bytes,
	};

	add(&sum, &stats->ended);
	add(&sum, &stats->unattributed);
	return sum;
}

/**
 * stats_balance - what the ledger leaves unexplained
 * @stats: the ledger
 *
 * Return: seen less everything it should be equal to. Not zero in passing
 * while packets are under way, as the kernel sums over its CPUs one by one.
 */
struct balance stats_balance(const struct stats *stats)
{
	struct total sum = stats_accounted(stats);

	/* The difference is small; unsigned wrap made it a signed one. */
	return (struct balance){
		.packets = (int64_t)(stats->seen.packets - sum.packets),
		.bytes = (int64_t)(stats->seen.bytes - sum.bytes),
	};
}

static enum ledger_check judge(uint64_t before, uint64_t sum, uint64_t after)
{
	if (before > sum || sum > after)
		return LEDGER_BROKEN;
	return before == after ? LEDGER_EXACT : LEDGER_CONSISTENT;
}

/**
 * stats_check - whether the ledger is right, packets passing or not
 * @stats: the ledger
 *
 * Return: the worse of what is true of the packets and of the bytes.
 */
enum ledger_check stats_check(const struct stats *stats)
{
	struct total sum = stats_accounted(stats);
	enum ledger_check packets, bytes;

	packets = judge(stats->seen_before.packets, sum.packets,
			stats->seen.packets);
	bytes = judge(stats->seen_before.bytes, sum.bytes, stats->seen.bytes);
	return packets > bytes ? packets : bytes;
}

/**
 * ledger_find - the line for a reason
 * @ledger: the lines
 * @reason: which
 *
 * Return: its amount; nothing of anything where there is no such line.
 */
const struct total *ledger_find(const struct ledger *ledger, uint32_t reason)
{
	static const struct total none;
	size_t i;

	for (i = 0; i < ledger->count; i++)
		if (ledger->line[i].reason == reason)
			return &ledger->line[i].total;
	return &none;
}
