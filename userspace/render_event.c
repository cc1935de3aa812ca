// SPDX-License-Identifier: GPL-2.0
/* What happened to a flow, for people, a line each. */
#include <inttypes.h>

#include <linux/tuplestat.h>

#include "names.h"
#include "render.h"

/* Of events that say how much was sent, not only that something began. */
#define COUNTED (TUPLESTAT_EVENT_INTERIM | TUPLESTAT_EVENT_END)

static void put_time(FILE *out, uint64_t now_ns)
{
	char now[NAMES_TIME_LEN];

	names_time(now, now_ns, 6);
	fprintf(out, "%s ", now);
}

static void put_events(FILE *out, const struct flow *flow)
{
	const char *name, *plus = "";
	unsigned int bit;

	if (!flow->events)
		fputs("resync", out);
	for (bit = 0; (name = names_event(bit)); bit++) {
		if (!(flow->events & 1U << bit))
			continue;
		fprintf(out, "%s%s", plus, name);
		plus = "+";
	}
	/* Something newer than this command, and nothing else. */
	if (flow->events && !*plus)
		fputs("unknown", out);
}

static void put_counts(FILE *out, const struct flow *flow)
{
	const struct counters *orig = &flow->orig.sent;
	const struct counters *reply = &flow->reply.sent;

	fprintf(out, " %" PRIu64 "/%" PRIu64 " packets %" PRIu64 "/%" PRIu64
		" bytes", orig->packets, reply->packets, orig->ip_bytes,
		reply->ip_bytes);
}

/**
 * render_event - what happened to a flow
 * @out: where to
 * @flow: the flow; without events it is one that was there already
 * @now_ns: the time, ns since 1970-01-01 UTC
 * @services: names of ports; NULL for numbers
 */
void render_event(FILE *out, const struct flow *flow, uint64_t now_ns,
		  const struct services *services)
{
	char orig[NAMES_ENDPOINT_LEN], reply[NAMES_ENDPOINT_LEN];

	names_endpoint(orig, flow, &flow->orig, services);
	names_endpoint(reply, flow, &flow->reply, services);
	put_time(out, now_ns);
	put_events(out, flow);
	fprintf(out, " %s %s -> %s %s %s %s", names_proto(flow->proto), orig,
		reply, names_state(flow->state),
		names_conn_state(flow->conn_state),
		*flow->history ? flow->history : "-");
	if (!flow->events || flow->events & COUNTED)
		put_counts(out, flow);
	if (flow->end_reason)
		fprintf(out, " %s", names_end_reason(flow->end_reason));
	fputc('\n', out);
}

/**
 * render_missed - events that were not seen
 * @out: where to
 * @count: how many
 * @now_ns: the time, ns since 1970-01-01 UTC
 */
void render_missed(FILE *out, uint64_t count, uint64_t now_ns)
{
	put_time(out, now_ns);
	fprintf(out, "missed %" PRIu64 " events\n", count);
}
