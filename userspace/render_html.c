// SPDX-License-Identifier: GPL-2.0
/* A report as one page of HTML. */
#include <inttypes.h>

#include "html.h"
#include "names.h"
#include "render_html.h"

static void put_head(FILE *out, const struct html_page *page)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>tuplestat: ",
	      out);
	html_text(out, page->where);
	fputs("</title>\n<style>\n", out);
	fputs(html_style, out);
	fputs("</style>\n</head>\n<body>\n", out);
}

static void put_fact(FILE *out, const char *name, const char *value)
{
	fprintf(out, "<dt>%s</dt><dd>", name);
	html_text(out, value);
	fputs("</dd>\n", out);
}

static void put_time(FILE *out, const char *name, uint64_t ns)
{
	char text[NAMES_TIME_LEN];

	names_time(text, ns, 3);
	put_fact(out, name, text);
}

static void put_total(FILE *out, const char *id, const char *name,
		      uint64_t value)
{
	fprintf(out, "<dt>%s</dt><dd id=\"%s\">", name, id);
	html_number(out, value);
	fputs("</dd>\n", out);
}

static void put_heading(FILE *out, const struct html_page *page)
{
	const struct report *report = page->report;
	const struct summary *summary = &report->summary;

	fputs("<h1>Who talked to whom</h1>\n", out);
	if (page->incomplete)
		fputs("<p class=\"warn\">This is not all: the source could\n"
		      "not be read to its end, or changed while it was\n"
		      "read.</p>\n",
		      out);
	fputs("<dl>", out);
	put_fact(out, "of", page->where);
	put_fact(out, "flows", *page->filter ? page->filter : "all");
	if (report->flows) {
		put_time(out, "from", report->first_ns);
		put_time(out, "to", report->last_ns);
	}
	put_time(out, "made", page->made_ns);
	put_total(out, "tcp", "TCP flows", summary->tcp);
	put_total(out, "udp", "UDP flows", summary->udp);
	put_total(out, "hosts-count", "hosts", report->hosts);
	put_total(out, "packets", "packets", summary->packets);
	put_total(out, "bytes", "bytes", summary->bytes);
	fputs("</dl>\n<p>A flow is all that two programs said to each other:\n"
	      "from one address and port to another, both ways. Bytes include\n"
	      "the headers of IP.</p>\n",
	      out);
}

/* Of all packets, whatever the filter: is there more than flows can tell? */
static void put_ledger(FILE *out, const struct html_page *page)
{
	const struct ledger *unattributed = &page->stats->unattributed;
	uint64_t packets = 0;
	size_t i;

	for (i = 0; i < unattributed->count; i++)
		packets += unattributed->line[i].total.packets;
	fputs("<p id=\"ledger\">Of all ", out);
	html_number(out, page->stats->seen.packets);
	fputs(" packets that were seen, ", out);
	html_number(out, packets);
	fputs(packets == 1 ? " belongs to no flow" : " belong to no flow", out);
	if (packets)
		fputs(", for these reasons:", out);
	fputs(packets ? "</p>\n<ul>" : ".</p>\n", out);
	for (i = 0; i < unattributed->count; i++) {
		if (!unattributed->line[i].total.packets)
			continue;
		fputs("<li>", out);
		html_text(out, names_unattributed(unattributed->line[i].reason));
		fputs(": ", out);
		html_number(out, unattributed->line[i].total.packets);
		fputs("</li>\n", out);
	}
	if (packets)
		fputs("</ul>\n", out);
}

static void put_pair(FILE *out, const struct group *pair)
{
	struct flow_end end = { 0 };
	char addr[NAMES_ADDR_LEN];
	int side, i;

	fputs("<tr><td>", out);
	for (side = 0; side < 2; side++) {
		for (i = 0; i < FLOW_ADDR_LEN; i++)
			end.addr[i] = pair->key.addr[side][i];
		names_addr(addr, pair->key.family, &end);
		if (side)
			fputs("<br>", out);
		html_addr(out, addr);
	}
	fputs("</td><td class=\"n\">", out);
	html_number(out, pair->flows);
	for (side = 0; side < 2; side++) {
		fputs("</td><td class=\"n\">", out);
		html_bytes(out, pair->bytes[side]);
	}
	fputs("</td></tr>\n", out);
}

static void put_pairs(FILE *out, const struct groups *pairs)
{
	size_t i;

	fputs("<table id=\"pairs\"><tr><th>Hosts</th><th\n"
	      "class=\"n\">Flows</th><th class=\"n\">Bytes →</th><th\n"
	      "class=\"n\">← bytes</th></tr>\n",
	      out);
	for (i = 0; i < pairs->count && i < REPORT_PAIRS; i++)
		put_pair(out, &pairs->group[i]);
	fputs("</table>\n<p>The pairs that exchanged most; the arrows point\n"
	      "from the first host to the second, and back.",
	      out);
	if (i < pairs->count)
		fprintf(out, " There are %zu more pairs.", pairs->count - i);
	fputs("</p>\n", out);
}

static void put_sections(FILE *out, const struct html_page *page)
{
	const struct report *report = page->report;

	fputs("<h2>Hosts</h2>\n", out);
	html_graph(out, report);
	fputs("<h2>Pairs of hosts</h2>\n", out);
	put_pairs(out, &report->pairs);
	fputs("<h2>Did connections open?</h2>\n", out);
	html_handshakes(out, report, page->services);
	fputs("<h2>How long did the handshake take?</h2>\n", out);
	html_rtts(out, report);
	fputs("<h2>The largest flows</h2>\n", out);
	html_flows(out, report, page->services);
}

/**
 * render_html - a report as a page
 * @out: where to
 * @page: the page
 */
void render_html(FILE *out, const struct html_page *page)
{
	put_head(out, page);
	put_heading(out, page);
	if (page->report->flows)
		put_sections(out, page);
	else
		fputs("<p><b>There is no flow.</b></p>\n", out);
	fputs("<h2>Is that all?</h2>\n", out);
	put_ledger(out, page);
	fputs("<p class=\"dim\">Made by tuplestat " TUPLESTAT_VERSION
	      ", which counts every TCP and UDP packet once.</p>\n</body>\n</html>\n",
	      out);
}
