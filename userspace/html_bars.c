// SPDX-License-Identifier: GPL-2.0
/* What became of handshakes, and how long they took: numbers as bars. */
#include <inttypes.h>
#include <netinet/in.h>

#include "html.h"
#include "names.h"
#include "render_html.h"
#include "text.h"

/* A bar as long as its share of the longest; something, where it is not 0. */
static void put_bar(FILE *out, const char *class, uint64_t part, uint64_t most)
{
	double length = most ? 100.0 * (double)part / (double)most : 0;

	if (part && length < 0.7)
		length = 0.7;
	fputs("<td><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\"", out);
	fprintf(out, " aria-hidden=\"true\"><rect class=\"%s\" width=\"%.1f\"",
		class, length);
	fputs(" height=\"10\"/></svg></td><td class=\"n\">", out);
	html_number(out, part);
	fputs("</td></tr>\n", out);
}

static void put_outcomes(FILE *out, const struct outcomes *all)
{
	const struct {
		const char *name;
		const char *class;
		uint64_t count;
	} rows[] = {
		{ "completed", "good", all->completed },
		{ "refused", "bad", all->refused },
		{ "unanswered", "slow", all->unanswered },
		{ "unfinished", "rest", all->unfinished },
	};
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].count > most)
			most = rows[i].count;
	fputs("<table class=\"bars\" id=\"handshakes\">\n", out);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fprintf(out, "<tr><td>%s</td>", rows[i].name);
		put_bar(out, rows[i].class, rows[i].count, most);
	}
	fputs("</table>\n", out);
}

static void put_count(FILE *out, uint64_t count)
{
	fputs("<td class=\"n\">", out);
	html_number(out, count);
	fputs("</td>", out);
}

static void put_ports(FILE *out, const struct summary *summary,
		      const struct services *services)
{
	char name[NAMES_PORT_LEN];
	size_t i;

	fputs("<table id=\"ports\"><tr><th>Server port</th><th\n"
	      "class=\"n\">Begun</th><th class=\"n\">Com&shy;pleted</th><th\n"
	      "class=\"n\">Re&shy;fused</th><th\n"
	      "class=\"n\">Un&shy;answered</th><th\n"
	      "class=\"n\">Un&shy;finished</th></tr>\n",
	      out);
	for (i = 0; i < summary->ports && i < REPORT_PORTS; i++) {
		const struct outcomes *of = &summary->port[i].outcomes;

		names_port(name, IPPROTO_TCP, summary->port[i].port, services);
		fputs("<tr><td>", out);
		html_text(out, name);
		fputs("</td>", out);
		put_count(out, of->begun);
		put_count(out, of->completed);
		put_count(out, of->refused);
		put_count(out, of->unanswered);
		put_count(out, of->unfinished);
		fputs("</tr>\n", out);
	}
	fputs("</table>\n", out);
	if (i < summary->ports)
		fprintf(out, "<p class=\"dim\">And %zu more ports, with fewer.</p>\n",
			summary->ports - i);
}

/**
 * html_handshakes - what became of TCP handshakes
 * @out: where to
 * @report: the report
 * @services: names of ports; NULL for numbers
 */
void html_handshakes(FILE *out, const struct report *report,
		     const struct services *services)
{
	const struct summary *summary = &report->summary;

	if (!summary->all.begun) {
		fputs("<p>No TCP connection began while this was counted.</p>\n",
		      out);
		return;
	}
	put_outcomes(out, &summary->all);
	fputs("<p>A TCP connection opens with three packets: SYN, SYN-ACK,\n"
	      "ACK. <b>Completed</b>: all three were seen. <b>Refused</b>:\n"
	      "the answer was a RST, nobody listens there. <b>Unanswered</b>:\n"
	      "the SYN had no answer, as of a host that is down or a firewall\n"
	      "that is silent. <b>Unfinished</b>: the SYN-ACK came, but the\n"
	      "last ACK did not.</p>\n",
	      out);
	if (summary->all.reset) {
		fputs("<p>", out);
		html_number(out, summary->all.reset);
		fputs(" of the completed and unfinished were broken off later, by a RST.</p>\n",
		      out);
	}
	put_ports(out, summary, services);
}

static void put_limits(FILE *out, unsigned int bucket)
{
	char from[TEXT_U64_LEN + 5] = "0", below[TEXT_U64_LEN + 5];
	bool last = report_rtt_limit(bucket) == UINT64_MAX;

	if (bucket)
		text_duration(from, report_rtt_limit(bucket - 1));
	text_duration(below, report_rtt_limit(bucket));
	fprintf(out, "%s%s%s", from, last ? " and more" : " – ",
		last ? "" : below);
}

static void put_quantile(FILE *out, const struct summary *summary,
			 unsigned int percent)
{
	char text[TEXT_U64_LEN + 5];

	text_duration(text, summary_rtt_quantile(summary, percent));
	fprintf(out, "<b>%s</b>", text);
}

/**
 * html_rtts - how long handshakes took
 * @out: where to
 * @report: the report
 */
void html_rtts(FILE *out, const struct report *report)
{
	unsigned int first = 0, last = REPORT_RTT_BUCKETS - 1, i;
	const struct summary *summary = &report->summary;
	uint64_t most = 0;

	if (!summary->rtts) {
		fputs("<p>None was measured.</p>\n", out);
		return;
	}
	while (!report->rtt[first])
		first++;
	while (!report->rtt[last])
		last--;
	for (i = first; i <= last; i++)
		if (report->rtt[i] > most)
			most = report->rtt[i];
	fputs("<table class=\"bars\" id=\"rtts\">\n", out);
	for (i = first; i <= last; i++) {
		fputs("<tr><td>", out);
		put_limits(out, i);
		fputs("</td>", out);
		put_bar(out, "one", report->rtt[i], most);
	}
	fputs("</table>\n<p>From the SYN to the ACK that completes the\n"
	      "handshake: once to the other host and back, and what both took\n"
	      "to answer. Half of them took ",
	      out);
	put_quantile(out, summary, 50);
	fputs(" at most, nine of ten ", out);
	put_quantile(out, summary, 90);
	fputs(", the slowest ", out);
	put_quantile(out, summary, 100);
	fputs(". Left out are those in which a SYN was sent again: nobody knows which of them was answered.</p>\n",
	      out);
}
