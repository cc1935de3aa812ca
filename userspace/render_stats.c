// SPDX-License-Identifier: GPL-2.0
/* The ledger and the settings for people. */
#include <inttypes.h>

#include "names.h"
#include "render.h"

#define KIB 1024

/* The columns: what enters the equation, flows, packets, bytes. */
#define COLUMNS "%-34s %12s %16s %20s\n"
#define NUMBER_LEN 24

/* A line of the equation; not every line is about flows. */
static void put_line(FILE *out, const char *name, const char *reason,
		     const struct total *total, bool has_flows)
{
	char flows[NUMBER_LEN] = "", packets[NUMBER_LEN], bytes[NUMBER_LEN];
	char what[64];

	snprintf(what, sizeof(what), "%s%s", name, reason);
	if (has_flows)
		snprintf(flows, sizeof(flows), "%" PRIu64, total->flows);
	snprintf(packets, sizeof(packets), "%" PRIu64, total->packets);
	snprintf(bytes, sizeof(bytes), "%" PRIu64, total->bytes);
	fprintf(out, COLUMNS, what, flows, packets, bytes);
}

static void put_table(FILE *out, const struct stats *stats)
{
	uint64_t percent = stats->max_flows ?
		stats->live.flows * 100 / stats->max_flows : 0;

	fprintf(out, "table: %" PRIu64 " flows", stats->live.flows);
	if (!stats->is_capture)
		fprintf(out, " of %" PRIu32 " (%" PRIu64 "%%)",
			stats->max_flows, percent);
	fprintf(out, ", %" PRIu32 " buckets, %" PRIu64 " KiB of memory\n\n",
		stats->buckets, (stats->memory + KIB - 1) / KIB);
}

static void put_balance(FILE *out, const struct stats *stats)
{
	struct balance rest = stats_balance(stats);

	if (!rest.packets && !rest.bytes)
		fputs("balance: exact\n", out);
	else
		fprintf(out, "balance: %" PRId64 " packets, %" PRId64
			" bytes unexplained\n", rest.packets, rest.bytes);
}

/* They are in the lines above, too: no part of the equation. */
static void put_unusual(FILE *out, const struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->count; i++)
		if (ledger->line[i].total.packets)
			put_line(out, "unusual flags: ",
				 names_unusual(ledger->line[i].reason),
				 &ledger->line[i].total, false);
}

/**
 * render_stats - the table, and the ledger as an equation
 * @out: where to
 * @stats: what
 */
void render_stats(FILE *out, const struct stats *stats)
{
	const struct ledger *ledger = &stats->ended;
	size_t i;

	put_table(out, stats);
	fprintf(out, COLUMNS, "", "flows", "packets", "bytes");
	put_line(out, "  seen", "", &stats->seen, false);
	put_line(out, "= live", "", &stats->live, true);
	for (i = 0; i < ledger->count; i++)
		put_line(out, "+ ended: ",
			 names_end_reason(ledger->line[i].reason),
			 &ledger->line[i].total, true);
	ledger = &stats->unattributed;
	for (i = 0; i < ledger->count; i++)
		put_line(out, "+ unattributed: ",
			 names_unattributed(ledger->line[i].reason),
			 &ledger->line[i].total, false);
	put_balance(out, stats);
	if (stats->not_ip)
		fprintf(out, "not IP, so not seen: %" PRIu64 " frames\n",
			stats->not_ip);
	put_unusual(out, &stats->unusual);
	if (!stats->is_capture)
		fprintf(out, "events: %" PRIu64 " so far, %" PRIu64 " lost\n",
			stats->event_seq, stats->events_lost);
}

/**
 * render_check - what is proved of a ledger that is right
 * @out: where to
 * @stats: the ledger
 */
void render_check(FILE *out, const struct stats *stats)
{
	struct total sum = stats_accounted(stats);

	if (stats_check(stats) == LEDGER_EXACT) {
		fprintf(out, "exact: %" PRIu64 " packets and %" PRIu64
			" bytes seen, and all accounted for\n",
			stats->seen.packets, stats->seen.bytes);
		return;
	}
	fprintf(out, "consistent while packets pass: %" PRIu64 " <= %" PRIu64
		" <= %" PRIu64 " packets, %" PRIu64 " <= %" PRIu64 " <= %"
		PRIu64 " bytes\n", stats->seen_before.packets, sum.packets,
		stats->seen.packets, stats->seen_before.bytes, sum.bytes,
		stats->seen.bytes);
}

/**
 * render_config - the settings, as "set" takes them
 * @out: where to
 * @config: what
 */
void render_config(FILE *out, const struct config *config)
{
	unsigned int i;

	fprintf(out, "%s\nmax-flows %" PRIu32 "\n",
		config->started ? "started" : "stopped", config->max_flows);
	for (i = 0; i < TIMEOUTS; i++)
		fprintf(out, "timeout-%s %" PRIu32 "\n", names_timeout(i),
			config->timeout[i]);
}
