// SPDX-License-Identifier: GPL-2.0
/* Records for programs. What does not apply to a record is left out. */
#include <netinet/in.h>

#include <linux/tuplestat.h>

#include "json_writer.h"
#include "names.h"
#include "render.h"
#include "summary.h"

/* Those that were sent; of others nothing is said. */
static void put_unusual_kinds(struct json *json, uint32_t kinds)
{
	uint32_t kind;

	if (!kinds)
		return;
	json_array_begin(json, "unusual");
	for (kind = 0; kind < __TUPLESTAT_UNUSUAL_MAX; kind++)
		if (kinds & 1U << kind)
			json_string(json, NULL, names_unusual(kind));
	json_array_end(json);
}

static void put_end(struct json *json, const char *key,
		    const struct flow *flow, const struct flow_end *end)
{
	char addr[NAMES_ENDPOINT_LEN];
	enum tcp_flag flag;

	names_addr(addr, flow->family, end);
	json_object_begin(json, key);
	json_string(json, "addr", addr);
	json_u64(json, "port", end->port);
	json_u64(json, "packets", end->sent.packets);
	json_u64(json, "ip_bytes", end->sent.ip_bytes);
	json_u64(json, "l4_bytes", end->sent.l4_bytes);
	json_u64(json, "payload_bytes", end->sent.payload_bytes);
	if (flow->proto == IPPROTO_TCP) {
		json_u64(json, "retransmits", end->sent.retransmits);
		json_u64(json, "zero_windows", end->sent.zero_windows);
		json_object_begin(json, "flags");
		for (flag = 0; flag < TCP_FLAG_COUNT; flag++)
			json_u64(json, names_tcp_flag(flag),
				 end->sent.flags[flag]);
		json_object_end(json);
		put_unusual_kinds(json, end->sent.unusual);
	}
	json_object_end(json);
}

static void put_rtt(struct json *json, const struct flow *flow)
{
	if (flow->synack_ns)
		json_seconds(json, "synack", flow->synack_ns);
	if (flow->ackdat_ns)
		json_seconds(json, "ackdat", flow->ackdat_ns);
	if (flow->synack_ns && flow->ackdat_ns)
		json_seconds(json, "tcprtt", flow->synack_ns + flow->ackdat_ns);
	if (flow->synack_ns)
		json_bool(json, "rtt_ambiguous", flow->rtt_ambiguous);
}

static void put_members(struct json *json, const struct flow *flow)
{
	json_string(json, "proto", names_proto(flow->proto));
	put_end(json, "orig", flow, &flow->orig);
	put_end(json, "reply", flow, &flow->reply);
	json_string(json, "state", names_state(flow->state));
	json_string(json, "conn_state", names_conn_state(flow->conn_state));
	json_string(json, "history", flow->history);
	if (flow->proto == IPPROTO_TCP)
		json_bool(json, "midstream", flow->midstream);
	json_seconds(json, "first", flow->first_ns);
	json_seconds(json, "last", flow->last_ns);
	put_rtt(json, flow);
	if (flow->end_reason)
		json_string(json, "end_reason",
			    names_end_reason(flow->end_reason));
	if (flow->first_monotonic_ns)
		json_seconds(json, "first_monotonic", flow->first_monotonic_ns);
}

static void put_flow(struct json *json, const struct flow *flow)
{
	json_object_begin(json, NULL);
	put_members(json, flow);
	json_object_end(json);
}

/**
 * render_json_flows - flows as one array
 * @out: where to
 * @flows: the flows
 * @pretty: indent
 */
void render_json_flows(FILE *out, const struct flow_list *flows, bool pretty)
{
	struct json json = { .out = out, .pretty = pretty };
	size_t i;

	json_array_begin(&json, NULL);
	for (i = 0; i < flows->count; i++)
		put_flow(&json, &flows->flow[i]);
	json_array_end(&json);
}

static void put_outcomes(struct json *json, const struct outcomes *outcomes)
{
	json_u64(json, "begun", outcomes->begun);
	json_u64(json, "completed", outcomes->completed);
	json_u64(json, "refused", outcomes->refused);
	json_u64(json, "unanswered", outcomes->unanswered);
	json_u64(json, "unfinished", outcomes->unfinished);
	json_u64(json, "reset", outcomes->reset);
}

static void put_rtts(struct json *json, const struct summary *summary)
{
	static const struct {
		const char *name;
		unsigned int percent;
	} quantiles[] = {
		{ "p50", 50 }, { "p90", 90 }, { "p99", 99 }, { "max", 100 },
	};
	size_t i;

	json_object_begin(json, "tcprtt");
	json_u64(json, "count", summary->rtts);
	for (i = 0; summary->rtts && i < 4; i++)
		json_seconds(json, quantiles[i].name,
			     summary_rtt_quantile(summary,
						  quantiles[i].percent));
	json_object_end(json);
}

/**
 * render_json_summary - totals, handshakes by server port, round trips
 * @out: where to
 * @summary: what
 * @pretty: indent
 */
void render_json_summary(FILE *out, const struct summary *summary, bool pretty)
{
	struct json json = { .out = out, .pretty = pretty };
	size_t i;

	json_object_begin(&json, NULL);
	json_u64(&json, "tcp_flows", summary->tcp);
	json_u64(&json, "udp_flows", summary->udp);
	json_u64(&json, "packets", summary->packets);
	json_u64(&json, "bytes", summary->bytes);
	json_object_begin(&json, "handshakes");
	put_outcomes(&json, &summary->all);
	json_object_end(&json);
	json_array_begin(&json, "ports");
	for (i = 0; i < summary->ports; i++) {
		json_object_begin(&json, NULL);
		json_u64(&json, "port", summary->port[i].port);
		put_outcomes(&json, &summary->port[i].outcomes);
		json_object_end(&json);
	}
	json_array_end(&json);
	put_rtts(&json, summary);
	json_object_end(&json);
}

static void put_amount(struct json *json, const struct total *total)
{
	json_u64(json, "packets", total->packets);
	json_u64(json, "bytes", total->bytes);
}

static void put_total(struct json *json, const char *key,
		      const struct total *total)
{
	json_object_begin(json, key);
	put_amount(json, total);
	json_object_end(json);
}

static void put_ended(struct json *json, const struct ledger *ledger)
{
	size_t i;

	json_array_begin(json, "ended");
	for (i = 0; i < ledger->count; i++) {
		json_object_begin(json, NULL);
		json_string(json, "reason",
			    names_end_reason(ledger->line[i].reason));
		json_u64(json, "flows", ledger->line[i].total.flows);
		put_amount(json, &ledger->line[i].total);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_unattributed(struct json *json, const struct ledger *ledger)
{
	size_t i;

	json_array_begin(json, "unattributed");
	for (i = 0; i < ledger->count; i++) {
		json_object_begin(json, NULL);
		json_string(json, "reason",
			    names_unattributed(ledger->line[i].reason));
		put_amount(json, &ledger->line[i].total);
		json_object_end(json);
	}
	json_array_end(json);
}

/* All kinds that this build knows, the ones that never came, too. */
static void put_unusual(struct json *json, const struct ledger *ledger)
{
	uint32_t kind;

	json_object_begin(json, "unusual");
	for (kind = 0; kind < __TUPLESTAT_UNUSUAL_MAX; kind++)
		put_total(json, names_unusual(kind), ledger_find(ledger, kind));
	json_object_end(json);
}

static void put_events(struct json *json, const struct stats *stats)
{
	json_object_begin(json, "events");
	json_u64(json, "seq", stats->event_seq);
	json_u64(json, "lost", stats->events_lost);
	json_object_end(json);
}

/**
 * render_json_stats - the table and the ledger as one object
 * @out: where to
 * @stats: what
 * @pretty: indent
 */
void render_json_stats(FILE *out, const struct stats *stats, bool pretty)
{
	struct json json = { .out = out, .pretty = pretty };
	struct balance balance = stats_balance(stats);

	json_object_begin(&json, NULL);

	json_object_begin(&json, "table");
	json_u64(&json, "flows", stats->live.flows);
	if (!stats->is_capture)
		json_u64(&json, "max_flows", stats->max_flows);
	json_u64(&json, "buckets", stats->buckets);
	json_u64(&json, "memory", stats->memory);
	json_object_end(&json);

	if (!stats->is_capture)
		put_total(&json, "seen_before", &stats->seen_before);
	put_total(&json, "seen", &stats->seen);

	json_object_begin(&json, "live");
	json_u64(&json, "flows", stats->live.flows);
	put_amount(&json, &stats->live);
	json_object_end(&json);

	put_ended(&json, &stats->ended);
	put_unattributed(&json, &stats->unattributed);

	put_unusual(&json, &stats->unusual);
	if (!stats->is_capture)
		put_events(&json, stats);

	json_object_begin(&json, "unexplained");
	json_s64(&json, "packets", balance.packets);
	json_s64(&json, "bytes", balance.bytes);
	json_object_end(&json);

	if (stats->is_capture)
		json_u64(&json, "not_ip", stats->not_ip);
	json_object_end(&json);
}

/**
 * render_json_check - what is proved of the ledger, as one object
 * @out: where to
 * @stats: the ledger
 * @pretty: indent
 */
void render_json_check(FILE *out, const struct stats *stats, bool pretty)
{
	struct json json = { .out = out, .pretty = pretty };
	struct total accounted = stats_accounted(stats);

	json_object_begin(&json, NULL);
	json_string(&json, "ledger", names_ledger_check(stats_check(stats)));
	put_total(&json, "seen_before", &stats->seen_before);
	put_total(&json, "accounted", &accounted);
	put_total(&json, "seen", &stats->seen);
	json_object_end(&json);
}

/* As the word for "set", with '_' for '-'. */
static void put_timeout(struct json *json, const struct config *config,
			unsigned int timeout)
{
	char key[NAMES_TIMEOUT_LEN], *c;

	snprintf(key, sizeof(key), "%s", names_timeout(timeout));
	for (c = key; *c; c++)
		if (*c == '-')
			*c = '_';
	json_u64(json, key, config->timeout[timeout]);
}

/**
 * render_json_config - the settings as one object
 * @out: where to
 * @config: what
 * @pretty: indent
 */
void render_json_config(FILE *out, const struct config *config, bool pretty)
{
	struct json json = { .out = out, .pretty = pretty };
	unsigned int i;

	json_object_begin(&json, NULL);
	json_bool(&json, "started", config->started);
	json_u64(&json, "max_flows", config->max_flows);
	json_object_begin(&json, "timeouts");
	for (i = 0; i < TIMEOUTS; i++)
		put_timeout(&json, config, i);
	json_object_end(&json);
	json_object_end(&json);
}

/**
 * render_json_deleted - how many flows were deleted, as one object
 * @out: where to
 * @count: how many
 * @pretty: indent
 */
void render_json_deleted(FILE *out, uint32_t count, bool pretty)
{
	struct json json = { .out = out, .pretty = pretty };

	json_object_begin(&json, NULL);
	json_u64(&json, "deleted", count);
	json_object_end(&json);
}

static void put_event_names(struct json *json, uint32_t events)
{
	const char *name;
	unsigned int bit;

	json_array_begin(json, "event");
	if (!events)
		json_string(json, NULL, "resync");
	for (bit = 0; (name = names_event(bit)); bit++)
		if (events & 1U << bit)
			json_string(json, NULL, name);
	json_array_end(json);
}

/**
 * render_json_event - what happened to a flow, as one object on one line
 * @out: where to
 * @flow: the flow; without events it is one that was there already
 */
void render_json_event(FILE *out, const struct flow *flow)
{
	struct json json = { .out = out };

	json_object_begin(&json, NULL);
	put_event_names(&json, flow->events);
	if (flow->seq)
		json_u64(&json, "seq", flow->seq);
	put_members(&json, flow);
	json_object_end(&json);
}

/**
 * render_json_missed - events that were not seen, as one object on one line
 * @out: where to
 * @count: how many
 */
void render_json_missed(FILE *out, uint64_t count)
{
	struct json json = { .out = out };

	json_object_begin(&json, NULL);
	json_u64(&json, "missed", count);
	json_object_end(&json);
}
