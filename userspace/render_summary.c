// SPDX-License-Identifier: GPL-2.0
/* What many flows come to, for people. */
#include <inttypes.h>
#include <netinet/in.h>

#include "names.h"
#include "render.h"
#include "summary.h"

#define PORTS_SHOWN 20

static const unsigned int quantiles[] = { 50, 90, 99, 100 };

static void put_outcomes(FILE *out, const char *name,
			 const struct outcomes *outcomes)
{
	fprintf(out, "%-16s %8" PRIu64 " %10" PRIu64 " %8" PRIu64 " %11" PRIu64
		" %11" PRIu64 " %8" PRIu64 "\n", name, outcomes->begun,
		outcomes->completed, outcomes->refused, outcomes->unanswered,
		outcomes->unfinished, outcomes->reset);
}

static void put_handshakes(FILE *out, const struct summary *summary,
			   const struct services *services)
{
	char name[NAMES_ENDPOINT_LEN];
	size_t i;

	fprintf(out, "\n%-16s %8s %10s %8s %11s %11s %8s\n", "handshakes",
		"begun", "completed", "refused", "unanswered", "unfinished",
		"reset");
	put_outcomes(out, "all", &summary->all);
	for (i = 0; i < summary->ports && i < PORTS_SHOWN; i++) {
		names_port(name, IPPROTO_TCP, summary->port[i].port, services);
		put_outcomes(out, name, &summary->port[i].outcomes);
	}
	if (i < summary->ports)
		fprintf(out, "(and %zu more ports; -j has all)\n",
			summary->ports - i);
}

static void put_rtts(FILE *out, const struct summary *summary)
{
	uint64_t ns;
	size_t i;

	if (!summary->rtts)
		return;
	fprintf(out, "\nround trip of %zu handshake%s\n", summary->rtts,
		summary->rtts == 1 ? "" : "s");
	for (i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		ns = summary_rtt_quantile(summary, quantiles[i]);
		fprintf(out, "  %3u %% within %10" PRIu64 ".%03" PRIu64
			" ms\n", quantiles[i], ns / NS_PER_MSEC,
			ns % NS_PER_MSEC / NS_PER_USEC);
	}
}

/**
 * render_summary - totals, handshakes by server port, round trips
 * @out: where to
 * @summary: what
 * @services: names of ports; NULL for numbers
 */
void render_summary(FILE *out, const struct summary *summary,
		    const struct services *services)
{
	fprintf(out, "%" PRIu64 " flows: %" PRIu64 " TCP, %" PRIu64
		" UDP; %" PRIu64 " packets, %" PRIu64 " bytes\n",
		summary->tcp + summary->udp, summary->tcp, summary->udp,
		summary->packets, summary->bytes);
	if (summary->all.begun)
		put_handshakes(out, summary, services);
	put_rtts(out, summary);
}
