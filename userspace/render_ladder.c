// SPDX-License-Identifier: GPL-2.0
/*
 * A TCP flow as the ladder that lectures draw: both hosts, an arrow for each
 * segment of the handshake and the teardown, and one line for all between.
 */
#include <inttypes.h>
#include <langinfo.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include <linux/tuplestat.h>

#include "names.h"
#include "render.h"

#define INSIDE 45	/* columns between the two hosts' lines */
#define TIME_LEN 10
#define NAME_LEN 20	/* FIN, RST, ACK and data, at most */
#define LABEL_LEN 48

/**
 * struct art - what lines and arrows are made of
 * @line: of a host
 * @dash: of an arrow
 * @left: its head to the left
 * @right: its head to the right
 */
struct art {
	const char *line;
	const char *dash;
	const char *left;
	const char *right;
};

static const struct art ascii = { "|", "-", "<", ">" };
static const struct art utf8 = {
	"\u2502", "\u2500", "\u25c0", "\u25b6"
};

/**
 * struct ladder - what is being drawn
 * @out: where to
 * @flow: the flow
 * @art: what it is made of
 * @colour: RST in red, SYN and FIN in bold
 * @left: packets of each side (originator, responder) not drawn yet
 */
struct ladder {
	FILE *out;
	const struct flow *flow;
	const struct art *art;
	bool colour;
	uint64_t left[2];
};

static void repeat(FILE *out, const char *what, int times)
{
	while (times-- > 0)
		fputs(what, out);
}

/* "+160 us": so long after the line above, or nothing where that is unknown. */
static void put_gap(const struct ladder *ladder, uint64_t ns)
{
	char text[TIME_LEN + 12] = "";

	if (ns && ns < NS_PER_USEC)
		snprintf(text, sizeof(text), "+%" PRIu64 " ns", ns);
	else if (ns && ns < NS_PER_MSEC)
		snprintf(text, sizeof(text), "+%" PRIu64 " us",
			 ns / NS_PER_USEC);
	else if (ns && ns < NS_PER_SEC)
		snprintf(text, sizeof(text), "+%" PRIu64 ".%" PRIu64 " ms",
			 ns / NS_PER_MSEC, ns % NS_PER_MSEC / 100000);
	else if (ns)
		snprintf(text, sizeof(text), "+%" PRIu64 ".%" PRIu64 " s",
			 ns / NS_PER_SEC, ns % NS_PER_SEC / 100000000);
	fprintf(ladder->out, "    %*s  %s", TIME_LEN, text, ladder->art->line);
}

static const char *colour_of(const char *label)
{
	return strstr(label, "RST") ? "\033[31m" : "\033[1m";
}

static void put_label(const struct ladder *ladder, const char *label)
{
	bool plain = !ladder->colour || strstr(label, "ACK") == label;

	if (!plain)
		fputs(colour_of(label), ladder->out);
	fprintf(ladder->out, " %s ", label);
	if (!plain)
		fputs("\033[0m", ladder->out);
}

/* So many packets of a side are drawn; counts may be beyond what there is. */
static void take(struct ladder *ladder, bool reply, uint64_t packets)
{
	uint64_t *left = &ladder->left[reply];

	*left -= *left < packets ? *left : packets;
}

/* One arrow; @reply for one that the responder sends. */
static void put_arrow(struct ladder *ladder, bool reply, const char *label,
		      uint64_t gap_ns)
{
	const struct art *art = ladder->art;
	int dashes = INSIDE - 1 - (int)strlen(label) - 2;

	put_gap(ladder, gap_ns);
	if (reply)
		fputs(art->left, ladder->out);
	repeat(ladder->out, art->dash, dashes / 2);
	put_label(ladder, label);
	repeat(ladder->out, art->dash, dashes - dashes / 2);
	if (!reply)
		fputs(art->right, ladder->out);
	fprintf(ladder->out, "%s\n", art->line);
	take(ladder, reply, 1);
}

static void put_text(const struct ladder *ladder, const char *text)
{
	int blanks = INSIDE - (int)strlen(text);

	put_gap(ladder, 0);
	repeat(ladder->out, " ", blanks / 2);
	fputs(text, ladder->out);
	repeat(ladder->out, " ", blanks - blanks / 2);
	fprintf(ladder->out, "%s\n", ladder->art->line);
}

static void format_bytes(char *text, size_t len, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000;
		unit++;
	}
	snprintf(text, len, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void put_middle_side(const struct ladder *ladder, bool reply)
{
	const struct counters *sent = reply ? &ladder->flow->reply.sent :
					      &ladder->flow->orig.sent;
	const char *head = reply ? ladder->art->left : ladder->art->right;
	uint64_t segments = ladder->left[reply];
	char bytes[16], text[INSIDE + 1];
	int blanks, len;

	if (!segments)
		return;
	format_bytes(bytes, sizeof(bytes), sent->payload_bytes);
	len = snprintf(text, sizeof(text), "... %" PRIu64 " segment%s, %s ...",
		       segments, segments == 1 ? "" : "s",
		       sent->payload_bytes ? bytes : "no data");
	if (len >= INSIDE - 2)
		len = INSIDE - 2;
	blanks = INSIDE - 2 - len;
	put_gap(ladder, 0);
	fputs(reply ? head : " ", ladder->out);
	repeat(ladder->out, " ", blanks / 2);
	fprintf(ladder->out, "%.*s", len, text);
	repeat(ladder->out, " ", blanks - blanks / 2);
	fputs(reply ? " " : head, ladder->out);
	fprintf(ladder->out, "%s\n", ladder->art->line);
}

/* Who sent data first, by the history; the ACK of the handshake is none. */
static bool responder_speaks_first(const struct flow *flow)
{
	const char *data = strpbrk(flow->history, "Dd");

	return data && *data == 'd';
}

/*
 * How many segments an arrow of the teardown stands for: a FIN that is sent
 * again has none of its own, and is drawn with the last one of its side.
 */
static uint64_t arrow_times(const struct flow *flow, unsigned int arrow)
{
	const uint32_t of = TUPLESTAT_ARROW_FIN | TUPLESTAT_ARROW_REPLY;
	uint32_t flags = flow->arrow[arrow].flags & of;
	uint64_t fins, arrows = 0;
	unsigned int i;

	if (!(flags & TUPLESTAT_ARROW_FIN))
		return 1;
	for (i = 0; i < flow->arrows; i++) {
		if ((flow->arrow[i].flags & of) != flags)
			continue;
		if (i > arrow)
			return 1;
		arrows++;
	}
	fins = flags & TUPLESTAT_ARROW_REPLY ?
	       flow->reply.sent.flags[TCP_FLAG_FIN] :
	       flow->orig.sent.flags[TCP_FLAG_FIN];
	return fins > arrows ? fins - arrows + 1 : 1;
}

/* All that is neither handshake nor teardown: what it was for. */
static void put_middle(struct ladder *ladder)
{
	const struct flow *flow = ladder->flow;
	unsigned int i;

	/* The teardown's own; after it nobody asks for what is left. */
	for (i = 0; i < flow->arrows; i++)
		take(ladder, flow->arrow[i].flags & TUPLESTAT_ARROW_REPLY,
		     arrow_times(flow, i));
	put_middle_side(ladder, responder_speaks_first(flow));
	put_middle_side(ladder, !responder_speaks_first(flow));
}

static void label_times(char *label, const char *name, uint64_t times)
{
	if (times > 1)
		snprintf(label, LABEL_LEN, "%s, %" PRIu64 " times", name,
			 times);
	else
		snprintf(label, LABEL_LEN, "%s", name);
}

/* One arrow for all SYNs of a side that are alike. */
static void put_syns(struct ladder *ladder, bool reply, const char *name,
		     uint64_t times, uint64_t gap_ns)
{
	char label[LABEL_LEN];

	if (!times)
		return;
	label_times(label, name, times);
	put_arrow(ladder, reply, label, gap_ns);
	/* The arrow has taken one of them. */
	take(ladder, reply, times - 1);
}

/*
 * Of a side that began with a SYN: how many of its SYNs are no SYN-ACKs. All
 * that such a side sends without ACK is the SYN, and perhaps a RST.
 */
static uint64_t plain_syns(const struct flow *flow, bool reply)
{
	const struct counters *sent = reply ? &flow->reply.sent :
					      &flow->orig.sent;
	uint64_t plain = sent->packets - sent->flags[TCP_FLAG_ACK];
	unsigned int i;

	for (i = 0; i < flow->arrows && plain; i++) {
		uint32_t flags = flow->arrow[i].flags;

		if (!(flags & TUPLESTAT_ARROW_REPLY) == !reply &&
		    !(flags & TUPLESTAT_ARROW_ACK))
			plain--;
	}
	/* The counts may be beyond it; the history has seen the first one. */
	if (!plain)
		plain = 1;
	return plain < sent->flags[TCP_FLAG_SYN] ? plain :
						   sent->flags[TCP_FLAG_SYN];
}

/* Both sides open at once, RFC 9293 figure 7. */
static void put_both_open(struct ladder *ladder)
{
	const struct flow *flow = ladder->flow;
	uint64_t syns = plain_syns(flow, false);
	uint64_t replies = plain_syns(flow, true);

	put_syns(ladder, false, "SYN", syns, 0);
	put_syns(ladder, true, "SYN", replies, 0);
	put_syns(ladder, false, "SYN, ACK",
		 flow->orig.sent.flags[TCP_FLAG_SYN] - syns, 0);
	put_syns(ladder, true, "SYN, ACK",
		 flow->reply.sent.flags[TCP_FLAG_SYN] - replies, 0);
}

/* Whether the teardown has an arrow for it: the originator's first one. */
static bool first_arrow_is_fin(const struct flow *flow)
{
	const uint32_t fin = TUPLESTAT_ARROW_FIN | TUPLESTAT_ARROW_ACK;
	unsigned int i = 0;

	while (i < flow->arrows && flow->arrow[i].flags & TUPLESTAT_ARROW_REPLY)
		i++;
	return i < flow->arrows && (flow->arrow[i].flags & fin) == fin;
}

/* The ACK of the handshake: what the originator sends after the SYN-ACK. */
static void put_handshake_ack(struct ladder *ladder)
{
	const struct flow *flow = ladder->flow;
	const char *syn_ack = strchr(flow->history, 'h');
	const char *letter = NULL;

	if (syn_ack)
		letter = strpbrk(syn_ack, "ADF");
	/* Each is noted once: what came before the SYN-ACK is not again. */
	if (!letter)
		letter = strpbrk(flow->history, "ADF");
	if (letter && *letter == 'F') {
		if (first_arrow_is_fin(flow))
			return;
		/* A FIN outside the window has acknowledged nothing. */
		letter = strpbrk(letter, "AD");
	}
	put_arrow(ladder, false, letter && *letter == 'D' ? "ACK + data" : "ACK",
		  flow->ackdat_ns);
}

static void put_handshake(struct ladder *ladder)
{
	const struct flow *flow = ladder->flow;
	uint64_t syns = flow->orig.sent.flags[TCP_FLAG_SYN];
	uint64_t replies = flow->reply.sent.flags[TCP_FLAG_SYN];

	if (flow->midstream || !syns) {
		put_text(ladder, "(the beginning was not seen)");
		if (flow->midstream && replies)
			put_arrow(ladder, true, "SYN, ACK", 0);
		return;
	}
	if (replies && !strchr(flow->history, 'h')) {
		put_both_open(ladder);
		return;
	}
	put_syns(ladder, false, "SYN", syns, 0);
	put_syns(ladder, true, "SYN, ACK", replies, flow->synack_ns);
	if (flow->ackdat_ns)
		put_handshake_ack(ladder);
}

static void put_teardown(struct ladder *ladder)
{
	const struct flow *flow = ladder->flow;
	char name[NAME_LEN], label[LABEL_LEN];
	unsigned int i;

	for (i = 0; i < flow->arrows; i++) {
		uint32_t flags = flow->arrow[i].flags;

		if (i && flags & TUPLESTAT_ARROW_BETWEEN)
			put_text(ladder, "... more segments ...");
		snprintf(name, sizeof(name), "%s%s%s%s",
			 flags & TUPLESTAT_ARROW_FIN ? "FIN" : "",
			 flags & TUPLESTAT_ARROW_RST ? "RST" : "",
			 !(flags & TUPLESTAT_ARROW_ACK) ? "" :
			 flags & (TUPLESTAT_ARROW_FIN | TUPLESTAT_ARROW_RST) ?
			 ", ACK" : "ACK",
			 flags & TUPLESTAT_ARROW_DATA ? " + data" : "");
		label_times(label, name, arrow_times(flow, i));
		put_arrow(ladder, flags & TUPLESTAT_ARROW_REPLY, label,
			  flow->arrow[i].gap_ns);
	}
}

static void put_hosts(const struct ladder *ladder,
		      const struct services *services)
{
	char orig[NAMES_ENDPOINT_LEN], reply[NAMES_ENDPOINT_LEN];
	int margin = 4 + TIME_LEN + 2;
	int width;

	names_endpoint(orig, ladder->flow, &ladder->flow->orig, services);
	names_endpoint(reply, ladder->flow, &ladder->flow->reply, services);
	/* Above its line each, as far as there is room to the left. */
	margin -= (int)strlen(orig) / 2;
	if (margin < 4)
		margin = 4;
	width = 4 + TIME_LEN + 2 + INSIDE + 1 - (int)strlen(reply) / 2 -
		margin;
	if (width < (int)strlen(orig) + 2)
		width = (int)strlen(orig) + 2;
	fprintf(ladder->out, "\n%*s%-*s%s\n", margin, "", width, orig, reply);
}

/**
 * render_ladder - a TCP flow as a ladder
 * @out: where to
 * @flow: the flow, TCP
 * @services: names of ports; NULL for numbers
 *
 * Lines are drawn in UTF-8 where the locale has it, else in ASCII; there is
 * colour on a terminal only.
 */
void render_ladder(FILE *out, const struct flow *flow,
		   const struct services *services)
{
	struct ladder ladder = {
		.out = out,
		.flow = flow,
		.art = strcmp(nl_langinfo(CODESET), "UTF-8") ? &ascii : &utf8,
		.colour = isatty(fileno(out)),
		.left = { flow->orig.sent.packets, flow->reply.sent.packets },
	};

	put_hosts(&ladder, services);
	put_handshake(&ladder);
	put_middle(&ladder);
	put_teardown(&ladder);
}
