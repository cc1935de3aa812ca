/* SPDX-License-Identifier: GPL-2.0 */
/* A report as one page of HTML, without script and without anything outside. */
#ifndef TUPLESTAT_RENDER_HTML_H
#define TUPLESTAT_RENDER_HTML_H

#include <stdio.h>

#include "report.h"
#include "stats.h"

struct services;

/**
 * struct html_page - a page
 * @report: what it says
 * @stats: the ledger that goes with it
 * @where: the host, or the capture
 * @filter: words of the filter; "" for all flows
 * @made_ns: when it was made, ns since 1970-01-01 UTC
 * @incomplete: not all flows are in it
 * @services: names of ports; NULL for numbers
 */
struct html_page {
	const struct report *report;
	const struct stats *stats;
	const char *where;
	const char *filter;
	uint64_t made_ns;
	bool incomplete;
	const struct services *services;
};

void render_html(FILE *out, const struct html_page *page);

/* Parts of it, each in a file of its own. */
extern const char html_style[];
void html_graph(FILE *out, const struct report *report);
void html_handshakes(FILE *out, const struct report *report,
		     const struct services *services);
void html_rtts(FILE *out, const struct report *report);
void html_flows(FILE *out, const struct report *report,
		const struct services *services);

#endif /* TUPLESTAT_RENDER_HTML_H */
