// SPDX-License-Identifier: GPL-2.0
/* The ledger's equation: seen = live + ended + unattributed. */
#include "stats.h"

static void subtract(struct total *rest, const struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->count; i++) {
		rest->packets -= ledger->line[i].total.packets;
		rest->bytes -= ledger->line[i].total.bytes;
	}
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
	struct total rest = stats->seen;

	rest.packets -= stats->live.packets;
	rest.bytes -= stats->live.bytes;
	subtract(&rest, &stats->ended);
	subtract(&rest, &stats->unattributed);

	/* The difference is small; unsigned wrap made it a signed one. */
	return (struct balance){
		.packets = (int64_t)rest.packets,
		.bytes = (int64_t)rest.bytes,
	};
}
