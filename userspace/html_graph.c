// SPDX-License-Identifier: GPL-2.0
/* Who talks to whom: hosts in a circle, lines between them. */
#include <inttypes.h>

#include "html.h"
#include "names.h"
#include "render_html.h"

/* The circle, in units of the picture. */
#define SIDE 400.0
#define MIDDLE (SIDE / 2)
#define RADIUS 160.0

/* Of nodes and lines: the smallest, and what the largest has more. */
#define NODE_MIN 12.0
#define NODE_MORE 12.0
#define LINE_MIN 1.0
#define LINE_MORE 13.0

/* Cosine and sine of a full turn's part: the way from a node to the next. */
static const struct {
	double cosine;
	double sine;
} turns[REPORT_NODES + 1] = {
	[1] = { 1, 0 },
	[2] = { -1, 0 },
	[3] = { -0.5, 0.866025 },
	[4] = { 0, 1 },
	[5] = { 0.309017, 0.951057 },
	[6] = { 0.5, 0.866025 },
	[7] = { 0.62349, 0.781831 },
	[8] = { 0.707107, 0.707107 },
	[9] = { 0.766044, 0.642788 },
	[10] = { 0.809017, 0.587785 },
	[11] = { 0.841254, 0.540641 },
	[12] = { 0.866025, 0.5 },
	[13] = { 0.885456, 0.464723 },
};

struct point {
	double x;
	double y;
};

static uint64_t host_bytes(const struct report_host *host)
{
	return host->bytes[0] + host->bytes[1];
}

static const struct report_host *node_at(const struct report *report,
					 unsigned int node)
{
	return node < report->shown ? &report->host[node] : &report->others;
}

static unsigned int count_nodes(const struct report *report)
{
	return report->shown + (report->hosts > report->shown);
}

static void place(struct point *points, unsigned int count)
{
	struct point at = { 0, -RADIUS };
	unsigned int i;
	double x;

	for (i = 0; i < count; i++) {
		points[i].x = MIDDLE + at.x;
		points[i].y = MIDDLE + at.y;
		x = at.x * turns[count].cosine - at.y * turns[count].sine;
		at.y = at.x * turns[count].sine + at.y * turns[count].cosine;
		at.x = x;
	}
}

static void put_name(FILE *out, const struct report *report, unsigned int node,
		     void (*put)(FILE *out, const char *text))
{
	char addr[NAMES_ADDR_LEN];
	struct flow_end end;
	unsigned int i;

	if (node == report->shown) {
		fputs("other hosts", out);
		return;
	}
	for (i = 0; i < FLOW_ADDR_LEN; i++)
		end.addr[i] = report->host[node].addr[i];
	names_addr(addr, report->host[node].family, &end);
	put(out, addr);
}

static double share_of(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

/* What is shown where the mouse rests, and read out by screen readers. */
static void put_link_title(FILE *out, const struct report *report,
			   unsigned int a, unsigned int b)
{
	const struct report_link *link = &report->link[a][b];

	fputs("<title>", out);
	put_name(out, report, a, html_text);
	fputs(" and ", out);
	put_name(out, report, b, html_text);
	fprintf(out, ": %" PRIu64 " flow%s, ", link->flows,
		link->flows == 1 ? "" : "s");
	html_bytes_text(out, link->bytes);
	fputs("</title>", out);
}

static void put_link(FILE *out, const struct report *report,
		     const struct point *points, unsigned int a,
		     unsigned int b, uint64_t most)
{
	double width = LINE_MIN + LINE_MORE *
		       share_of(report->link[a][b].bytes, most);

	if (!report->link[a][b].flows)
		return;
	if (a == b)
		/* To itself: a ring, outwards. */
		fprintf(out, "<circle class=\"edge\" cx=\"%.1f\" cy=\"%.1f\" r=\"13\" stroke-width=\"%.1f\">",
			MIDDLE + (points[a].x - MIDDLE) * 1.12,
			MIDDLE + (points[a].y - MIDDLE) * 1.12, width / 2);
	else
		fprintf(out, "<path class=\"edge\" d=\"M%.1f %.1fQ%.1f %.1f %.1f %.1f\" stroke-width=\"%.1f\">",
			points[a].x, points[a].y,
			(points[a].x + points[b].x + 2 * MIDDLE) / 4,
			(points[a].y + points[b].y + 2 * MIDDLE) / 4,
			points[b].x, points[b].y, width);
	put_link_title(out, report, a, b);
	fputs(a == b ? "</circle>\n" : "</path>\n", out);
}

static void put_links(FILE *out, const struct report *report,
		      const struct point *points, unsigned int nodes)
{
	uint64_t most = 0;
	unsigned int a, b;

	for (a = 0; a < nodes; a++)
		for (b = a; b < nodes; b++)
			if (report->link[a][b].bytes > most)
				most = report->link[a][b].bytes;
	for (a = 0; a < nodes; a++)
		for (b = a; b < nodes; b++)
			put_link(out, report, points, a, b, most);
}

static void put_nodes(FILE *out, const struct report *report,
		      const struct point *points, unsigned int nodes)
{
	uint64_t most = host_bytes(&report->host[0]);
	bool others;
	unsigned int i;
	double size;

	for (i = 0; i < nodes; i++) {
		others = i == report->shown;
		size = NODE_MIN + NODE_MORE *
		       share_of(host_bytes(node_at(report, i)), most);
		if (size > NODE_MIN + NODE_MORE)
			size = NODE_MIN + NODE_MORE;
		fprintf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>",
			others ? "others" : "node", points[i].x, points[i].y,
			size);
		put_name(out, report, i, html_text);
		fputs("</title></circle>", out);
		fprintf(out, "<text class=\"name\" x=\"%.1f\" y=\"%.1f\">",
			points[i].x, points[i].y);
		if (others)
			fputs("…</text>\n", out);
		else
			fprintf(out, "%u</text>\n", i + 1);
	}
}

static void put_host_row(FILE *out, const struct report *report,
			 unsigned int node)
{
	const struct report_host *host = node_at(report, node);

	if (node == report->shown)
		fputs("<tr><td class=\"n\">…</td><td>", out);
	else
		fprintf(out, "<tr><td class=\"n\">%u</td><td>", node + 1);
	if (node == report->shown) {
		html_number(out, report->hosts - report->shown);
		fputs(report->hosts - report->shown == 1 ? " other host" :
		      " other hosts", out);
	} else {
		put_name(out, report, node, html_addr);
	}
	fputs("</td><td class=\"n\">", out);
	html_bytes(out, host->bytes[0]);
	fputs("</td><td class=\"n\">", out);
	html_bytes(out, host->bytes[1]);
	fputs("</td></tr>\n", out);
}

/**
 * html_graph - who talks to whom, as a picture and as a table
 * @out: where to
 * @report: the report, of a flow at least
 */
void html_graph(FILE *out, const struct report *report)
{
	unsigned int nodes = count_nodes(report), i;
	struct point points[REPORT_NODES];

	place(points, nodes);
	fprintf(out, "<svg class=\"graph\" viewBox=\"0 0 %.0f %.0f\"\n"
		     "role=\"img\"\n"
		     "aria-label=\"Hosts, and lines between those that talk to each other\">\n",
		SIDE, SIDE);
	put_links(out, report, points, nodes);
	put_nodes(out, report, points, nodes);
	fputs("</svg>\n<p>Each circle is a host, each line joins two that\n"
	      "talked to each other: the thicker, the more bytes. Numbers are\n"
	      "those of the table.",
	      out);
	if (nodes > report->shown)
		fputs(" The grey circle stands for all hosts that are not among the first, together.",
		      out);
	fputs("</p>\n<table id=\"hosts\"><tr><th\n"
	      "class=\"n\">#</th><th>Host</th><th class=\"n\">Sent</th><th\n"
	      "class=\"n\">Received</th></tr>\n",
	      out);
	for (i = 0; i < nodes; i++)
		put_host_row(out, report, i);
	fputs("</table>\n", out);
}
