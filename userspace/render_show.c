// SPDX-License-Identifier: GPL-2.0
/* One flow for people, in full. */
#include <inttypes.h>
#include <netinet/in.h>

#include <linux/tuplestat.h>

#include "names.h"
#include "render.h"
#include "sentence.h"

#define ETHERNET_HEADER 14

/**
 * struct line - one line of the table of counters
 * @name: what is counted
 * @orig: by the originator
 * @reply: by the responder
 */
struct line {
	const char *name;
	uint64_t orig;
	uint64_t reply;
};

static void put_time(FILE *out, const char *name, uint64_t ns)
{
	char text[NAMES_TIME_LEN];

	names_time(text, ns, 9);
	fprintf(out, "    %-10s %s\n", name, text);
}

/* What one side sent that no connection needs, in the words of scanners. */
static void put_unusual(FILE *out, const char *who,
			const struct counters *sent)
{
	const char *between = ": ";
	uint32_t kind;

	if (!sent->unusual)
		return;
	fprintf(out, "    %-10s the %s sent unusual flags", "unusual",
		who);
	for (kind = 0; kind < __TUPLESTAT_UNUSUAL_MAX; kind++) {
		if (!(sent->unusual & 1U << kind))
			continue;
		fprintf(out, "%s%s (%s)", between, names_unusual(kind),
			names_unusual_meaning(kind));
		between = ", ";
	}
	fputc('\n', out);
}

/* Microseconds with three digits behind the point: nanoseconds. */
static void put_rtt(FILE *out, const char *name, const char *what, uint64_t ns)
{
	if (ns)
		fprintf(out, "    %-10s %" PRIu64 ".%03" PRIu64 " us, %s\n",
			name, ns / NS_PER_USEC, ns % NS_PER_USEC, what);
}

static void put_handshake(FILE *out, const struct flow *flow)
{
	put_rtt(out, "synack", "from the SYN to the SYN-ACK", flow->synack_ns);
	put_rtt(out, "ackdat", "from the SYN-ACK to the ACK", flow->ackdat_ns);
	if (flow->synack_ns && flow->ackdat_ns)
		put_rtt(out, "tcprtt", flow->rtt_ambiguous ?
			"their sum; ambiguous, as one was sent again" :
			"their sum", flow->synack_ns + flow->ackdat_ns);
}

static void put_heading(FILE *out, const struct flow *flow,
			const struct services *services)
{
	char orig[NAMES_ENDPOINT_LEN], reply[NAMES_ENDPOINT_LEN];
	uint64_t duration = flow_duration(flow);

	names_endpoint(orig, flow, &flow->orig, services);
	names_endpoint(reply, flow, &flow->reply, services);
	fprintf(out, "%s %s -> %s\n", names_proto(flow->proto), orig, reply);
	fprintf(out, "    %-10s %s: %s\n", "state", names_state(flow->state),
		names_state_meaning(flow->state));
	fprintf(out, "    %-10s %s\n", "verdict",
		names_conn_state(flow->conn_state));
	fprintf(out, "    %-10s %s\n", "history", flow->history);
	if (flow->midstream)
		fprintf(out, "    %-10s %s\n", "midstream",
			"no SYN was seen: it began before it was counted");
	if (flow->end_reason)
		fprintf(out, "    %-10s %s\n", "ended",
			names_end_reason(flow->end_reason));
	put_unusual(out, "originator", &flow->orig.sent);
	put_unusual(out, "responder", &flow->reply.sent);
	put_time(out, "first", flow->first_ns);
	put_time(out, "last", flow->last_ns);
	fprintf(out, "    %-10s %" PRIu64 ".%09" PRIu64 " s\n", "duration",
		duration / NS_PER_SEC, duration % NS_PER_SEC);
	put_handshake(out, flow);
}

/* Tenths of a percent in integers; a double would round large counts. */
static void put_share(FILE *out, uint64_t part, uint64_t whole)
{
	unsigned int tenths;

	if (!whole) {
		fprintf(out, " %6s", "-");
		return;
	}
	tenths = (unsigned int)(((unsigned __int128)part * 1000 + whole / 2) /
				whole);
	fprintf(out, " %3u.%u%%", tenths / 10, tenths % 10);
}

static void put_counts(FILE *out, const struct line *line)
{
	fprintf(out, "    %-18s %15" PRIu64 "        %15" PRIu64 "\n",
		line->name, line->orig, line->reply);
}

static void put_layer(FILE *out, const struct line *line,
		      const struct line *whole)
{
	fprintf(out, "    %-18s %15" PRIu64, line->name, line->orig);
	put_share(out, line->orig, whole->orig);
	fprintf(out, " %15" PRIu64, line->reply);
	put_share(out, line->reply, whole->reply);
	fputc('\n', out);
}

static void put_layers(FILE *out, const struct flow *flow)
{
	const struct counters *orig = &flow->orig.sent;
	const struct counters *reply = &flow->reply.sent;
	/* Without preamble, padding, VLAN tags and checksum, which vary. */
	const uint64_t frame = flow->ethernet ? ETHERNET_HEADER : 0;
	const struct line all = { "bytes in all",
		orig->ip_bytes + frame * orig->packets,
		reply->ip_bytes + frame * reply->packets };
	const struct line layers[] = {
		{ "  application", orig->payload_bytes, reply->payload_bytes },
		{ flow->proto == IPPROTO_TCP ? "  TCP headers" : "  UDP headers",
		  orig->l4_bytes - orig->payload_bytes,
		  reply->l4_bytes - reply->payload_bytes },
		{ "  IP headers", orig->ip_bytes - orig->l4_bytes,
		  reply->ip_bytes - reply->l4_bytes },
		{ "  Ethernet headers", frame * orig->packets,
		  frame * reply->packets },
	};
	const struct line overhead = { "all headers",
		all.orig - orig->payload_bytes,
		all.reply - reply->payload_bytes };
	size_t i, layer_count = sizeof(layers) / sizeof(layers[0]);

	put_layer(out, &all, &all);
	for (i = 0; i < layer_count - !flow->ethernet; i++)
		put_layer(out, &layers[i], &all);
	put_layer(out, &overhead, &all);
}

static void put_flags(FILE *out, const struct flow *flow)
{
	enum tcp_flag flag;
	char name[32];

	for (flag = 0; flag < TCP_FLAG_COUNT; flag++) {
		const struct line line = { name, flow->orig.sent.flags[flag],
			flow->reply.sent.flags[flag] };

		snprintf(name, sizeof(name), "packets with %s",
			 names_tcp_flag(flag));
		put_counts(out, &line);
	}
}

/**
 * render_details - all of a flow but its ladder and the sentence
 * @out: where to
 * @flow: the flow
 * @services: names of ports; NULL for numbers
 */
void render_details(FILE *out, const struct flow *flow,
		    const struct services *services)
{
	const struct line packets = { "packets", flow->orig.sent.packets,
		flow->reply.sent.packets };
	const struct line retransmits = { "retransmits",
		flow->orig.sent.retransmits, flow->reply.sent.retransmits };
	const struct line zero_windows = { "zero windows",
		flow->orig.sent.zero_windows, flow->reply.sent.zero_windows };

	put_heading(out, flow, services);
	fprintf(out, "\n    %-18s %15s        %15s\n", "sent by the",
		"originator", "responder");
	put_counts(out, &packets);
	put_layers(out, flow);
	if (flow->proto == IPPROTO_TCP) {
		put_flags(out, flow);
		put_counts(out, &retransmits);
		put_counts(out, &zero_windows);
	}
}

/**
 * render_sentence - what became of a flow
 * @out: where to
 * @flow: the flow
 */
void render_sentence(FILE *out, const struct flow *flow)
{
	char outcome[SENTENCE_LEN];

	sentence_outcome(outcome, flow);
	fprintf(out, "\n    In short: %s.\n", outcome);
}

/**
 * render_show - a flow in full
 * @out: where to
 * @flow: the flow
 * @services: names of ports; NULL for numbers
 */
void render_show(FILE *out, const struct flow *flow,
		 const struct services *services)
{
	render_details(out, flow, services);
	if (flow->proto == IPPROTO_TCP)
		render_ladder(out, flow, services);
	render_sentence(out, flow);
}
