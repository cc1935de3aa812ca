// SPDX-License-Identifier: GPL-2.0
/* The largest flows, each with its ladder. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "names.h"
#include "render.h"
#include "render_html.h"
#include "sentence.h"
#include "text.h"
#include "utf8.h"

/* Characters of the longest line. */
static unsigned int width_of(const char *text)
{
	unsigned int width = 1, column = 0;

	while (*text) {
		if (*text == '\n') {
			column = 0;
			text++;
			continue;
		}
		utf8_next(&text);
		if (++column > width)
			width = column;
	}
	return width;
}

/* Its letters become smaller where the page is too narrow for it. */
static void put_ladder(FILE *out, const struct flow *flow,
		       const struct services *services)
{
	char *text = NULL;
	size_t len;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		return;
	render_ladder(memory, flow, services);
	fclose(memory);
	if (!text)
		return;
	fprintf(out, "<div class=\"ladder\"><pre style=\"--w:%u\">",
		width_of(text));
	html_text(out, text + (*text == '\n'));
	fputs("</pre></div>\n", out);
	free(text);
}

static void put_side(FILE *out, const char *who, const struct counters *sent)
{
	fprintf(out, "<dt>%s sent</dt><dd>", who);
	html_bytes(out, sent->ip_bytes);
	fputs(" in ", out);
	html_number(out, sent->packets);
	fputs(sent->packets == 1 ? " packet" : " packets", out);
	if (sent->retransmits) {
		fputs(", ", out);
		html_number(out, sent->retransmits);
		fputs(" of them again", out);
	}
	fputs("</dd>\n", out);
}

static void put_flow(FILE *out, const struct flow *flow,
		     const struct services *services)
{
	char endpoint[NAMES_ENDPOINT_LEN], text[SENTENCE_LEN];

	names_endpoint(endpoint, flow, &flow->orig, services);
	fprintf(out, "<article><h3>%s ", flow->proto == IPPROTO_TCP ? "TCP" :
		"UDP");
	html_text(out, endpoint);
	fputs(" → ", out);
	names_endpoint(endpoint, flow, &flow->reply, services);
	html_text(out, endpoint);
	sentence_outcome(text, flow);
	fputs("</h3>\n<p>In short: ", out);
	html_text(out, text);
	fputs(".</p>\n<dl>", out);
	put_side(out, "originator", &flow->orig.sent);
	put_side(out, "responder", &flow->reply.sent);
	text_duration(text, flow_duration(flow));
	fprintf(out, "<dt>took</dt><dd>%s</dd></dl>\n", text);
	if (flow->proto == IPPROTO_TCP)
		put_ladder(out, flow, services);
	fputs("</article>\n", out);
}

/**
 * html_flows - the largest flows
 * @out: where to
 * @report: the report
 * @services: names of ports; NULL for numbers
 */
void html_flows(FILE *out, const struct report *report,
		const struct services *services)
{
	unsigned int i;

	fputs("<p>Time goes downwards. Each arrow is a packet, from the host\n"
	      "it was sent by to the other; at its left is the time since the\n"
	      "one above.</p>\n",
	      out);
	for (i = 0; i < report->flows; i++)
		put_flow(out, &report->flow[i], services);
}
