// SPDX-License-Identifier: GPL-2.0
/*
 * Prometheus' text format, 0.0.4. What only grows is a counter, and ends in
 * _total; what is computed of the flows that there are now is a gauge. So the
 * histogram is a snapshot, too, although there is no type to say so.
 */
#include <inttypes.h>

#include "names.h"
#include "prometheus.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct metrics - where the writer stands
 * @out: where to
 * @netns: a label of every sample; NULL for none
 * @name: of the family that is being written
 */
struct metrics {
	FILE *out;
	const char *netns;
	const char *name;
};

/* Besides the network namespace; those that are not there have no name. */
struct labels {
	struct {
		const char *name;
		const char *value;
	} label[2];
};

static const struct labels no_label;

static struct labels one(const char *name, const char *value)
{
	return (struct labels){ { { name, value } } };
}

static struct labels two(const char *first, const char *first_value,
			 const char *second, const char *second_value)
{
	return (struct labels){ { { first, first_value },
				  { second, second_value } } };
}

static void family(struct metrics *metrics, const char *name, const char *type,
		   const char *help)
{
	metrics->name = name;
	fprintf(metrics->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
		type);
}

static void put_label(FILE *out, char before, const char *name,
		      const char *value)
{
	fprintf(out, "%c%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '"' || *value == '\\')
			fprintf(out, "\\%c", *value);
		else
			fputc(*value, out);
	}
	fputc('"', out);
}

static void begin_sample(const struct metrics *metrics, const char *suffix,
			 struct labels labels)
{
	char before = '{';
	size_t i;

	fprintf(metrics->out, "%s%s", metrics->name, suffix);
	if (metrics->netns) {
		put_label(metrics->out, before, "netns", metrics->netns);
		before = ',';
	}
	for (i = 0; i < ARRAY_SIZE(labels.label) && labels.label[i].name; i++) {
		put_label(metrics->out, before, labels.label[i].name,
			  labels.label[i].value);
		before = ',';
	}
	if (before == ',')
		fputc('}', metrics->out);
	fputc(' ', metrics->out);
}

static void sample(const struct metrics *metrics, const char *suffix,
		   uint64_t value, struct labels labels)
{
	begin_sample(metrics, suffix, labels);
	fprintf(metrics->out, "%" PRIu64 "\n", value);
}

static void sample_seconds(const struct metrics *metrics, const char *suffix,
			   uint64_t ns, struct labels labels)
{
	begin_sample(metrics, suffix, labels);
	fprintf(metrics->out, "%" PRIu64 ".%09" PRIu64 "\n", ns / NS_PER_SEC,
		ns % NS_PER_SEC);
}

/* A family that is one number. */
static void single(struct metrics *metrics, const char *name, const char *type,
		   const char *help, uint64_t value)
{
	family(metrics, name, type, help);
	sample(metrics, "", value, no_label);
}

typedef const char *(*name_fn)(uint32_t reason);

enum amount { FLOWS, PACKETS, BYTES };

static uint64_t amount_of(const struct total *total, enum amount amount)
{
	if (amount == FLOWS)
		return total->flows;
	return amount == PACKETS ? total->packets : total->bytes;
}

static void put_ledger(struct metrics *metrics, const struct ledger *ledger,
		       enum amount amount, const char *label, name_fn name)
{
	size_t i;

	for (i = 0; i < ledger->count; i++)
		sample(metrics, "", amount_of(&ledger->line[i].total, amount),
		       one(label, name(ledger->line[i].reason)));
}

static void put_seen(struct metrics *metrics, const struct stats *stats)
{
	single(metrics, "tuplestat_seen_packets_total", "counter",
	       "Packets that were seen, as they were on the wire.",
	       stats->seen.packets);
	single(metrics, "tuplestat_seen_bytes_total", "counter",
	       "Bytes that were seen, IP headers included.", stats->seen.bytes);
	single(metrics, "tuplestat_live_packets", "gauge",
	       "Packets of the flows that are in the table.",
	       stats->live.packets);
	single(metrics, "tuplestat_live_bytes", "gauge",
	       "Bytes of the flows that are in the table.", stats->live.bytes);
}

static void put_ended(struct metrics *metrics, const struct ledger *ended)
{
	family(metrics, "tuplestat_ended_flows_total", "counter",
	       "Flows that have ended, by the reason why.");
	put_ledger(metrics, ended, FLOWS, "reason", names_end_reason);
	family(metrics, "tuplestat_ended_packets_total", "counter",
	       "Packets of flows that have ended.");
	put_ledger(metrics, ended, PACKETS, "reason", names_end_reason);
	family(metrics, "tuplestat_ended_bytes_total", "counter",
	       "Bytes of flows that have ended.");
	put_ledger(metrics, ended, BYTES, "reason", names_end_reason);
}

static void put_unattributed(struct metrics *metrics, const struct stats *stats)
{
	const struct ledger *ledger = &stats->unattributed;

	family(metrics, "tuplestat_unattributed_packets_total", "counter",
	       "Packets that belong to no flow, by the reason why.");
	put_ledger(metrics, ledger, PACKETS, "reason", names_unattributed);
	family(metrics, "tuplestat_unattributed_bytes_total", "counter",
	       "Bytes that belong to no flow.");
	put_ledger(metrics, ledger, BYTES, "reason", names_unattributed);
	family(metrics, "tuplestat_unusual_packets_total", "counter",
	       "TCP segments with flags that no connection needs, by kind; they are in the other counters, too.");
	put_ledger(metrics, &stats->unusual, PACKETS, "kind", names_unusual);
}

/* Of a capture, there is no table that could be full, and nobody listened. */
static void put_table(struct metrics *metrics, const struct stats *stats)
{
	single(metrics, "tuplestat_table_flows", "gauge",
	       "Flows that are in the table.", stats->live.flows);
	single(metrics, "tuplestat_table_buckets", "gauge",
	       "Hash buckets of the table.", stats->buckets);
	single(metrics, "tuplestat_table_memory_bytes", "gauge",
	       "Memory that flows and buckets take.", stats->memory);
	if (stats->is_capture)
		return;
	single(metrics, "tuplestat_table_max_flows", "gauge",
	       "Most flows that the table takes.", stats->max_flows);
	single(metrics, "tuplestat_events_total", "counter",
	       "Events that were made for listeners.", stats->event_seq);
	single(metrics, "tuplestat_events_lost_total", "counter",
	       "Events that there was no memory for.", stats->events_lost);
}

static const char *const protos[PROMETHEUS_PROTOS] = { "tcp", "udp" };

/* Whether it is a state of that protocol; of none, where it is not known. */
static bool is_state_of(unsigned int proto, unsigned int state)
{
	if (state == __TUPLESTAT_STATE_MAX)
		return false;
	return state >= TUPLESTAT_STATE_UNREPLIED ? proto == 1 : proto == 0;
}

/* What a protocol cannot have is not told, unless it has it all the same. */
static void put_states(struct metrics *metrics, const struct tally *tally)
{
	unsigned int proto, state;

	family(metrics, "tuplestat_flows", "gauge",
	       "Flows, by state.");
	for (proto = 0; proto < PROMETHEUS_PROTOS; proto++) {
		for (state = 0; state <= __TUPLESTAT_STATE_MAX; state++) {
			if (!tally->state[proto][state] &&
			    !is_state_of(proto, state))
				continue;
			sample(metrics, "", tally->state[proto][state],
			       two("proto", protos[proto], "state",
				   names_state((uint8_t)state)));
		}
	}
}

static void put_verdicts(struct metrics *metrics, const struct tally *tally)
{
	unsigned int proto, verdict;

	family(metrics, "tuplestat_flows_verdict", "gauge",
	       "Flows, by verdict (Zeek's conn_state).");
	for (proto = 0; proto < PROMETHEUS_PROTOS; proto++) {
		for (verdict = 0; verdict <= __TUPLESTAT_CONN_MAX; verdict++) {
			if (!tally->conn_state[proto][verdict] &&
			    verdict == __TUPLESTAT_CONN_MAX)
				continue;
			sample(metrics, "", tally->conn_state[proto][verdict],
			       two("proto", protos[proto], "conn_state",
				   names_conn_state((uint8_t)verdict)));
		}
	}
}

typedef void (*put_port_fn)(const struct metrics *metrics, const char *name,
			    const struct port_tally *port);

static void put_outcomes(const struct metrics *metrics, const char *name,
			 const struct port_tally *port)
{
	const struct outcomes *outcomes = &port->outcomes;

	sample(metrics, "", outcomes->completed,
	       two("port", name, "outcome", "completed"));
	sample(metrics, "", outcomes->refused,
	       two("port", name, "outcome", "refused"));
	sample(metrics, "", outcomes->unanswered,
	       two("port", name, "outcome", "unanswered"));
	sample(metrics, "", outcomes->unfinished,
	       two("port", name, "outcome", "unfinished"));
}

static void put_reset(const struct metrics *metrics, const char *name,
		      const struct port_tally *port)
{
	sample(metrics, "", port->outcomes.reset, one("port", name));
}

static void put_rtts(const struct metrics *metrics, const char *name,
		     const struct port_tally *port)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i <= PROMETHEUS_RTT_BOUNDS; i++) {
		count += port->rtt[i];
		sample(metrics, "_bucket", count,
		       two("port", name, "le", prometheus_rtt_bound(i)));
	}
	sample_seconds(metrics, "_sum", port->rtt_sum_ns, one("port", name));
	sample(metrics, "_count", count, one("port", name));
}

static void put_ports(const struct metrics *metrics, const struct tally *tally,
		      const struct port_list *ports,
		      const struct port_tally *other, put_port_fn put)
{
	char name[NAMES_PORT_LEN];
	size_t i;

	for (i = 0; i < ports->count; i++) {
		snprintf(name, sizeof(name), "%u", ports->port[i]);
		put(metrics, name, &tally->port[ports->port[i]]);
	}
	put(metrics, "other", other);
}

static void put_handshakes(struct metrics *metrics, const struct tally *tally,
			   const struct port_list *ports)
{
	struct port_tally other;

	tally_other_ports(tally, ports, &other);
	family(metrics, "tuplestat_handshakes", "gauge",
	       "TCP flows that began with a SYN, by the responder's port and what became of the handshake.");
	put_ports(metrics, tally, ports, &other, put_outcomes);
	family(metrics, "tuplestat_handshakes_reset", "gauge",
	       "Of the completed and unfinished ones, those that ended by a RST.");
	put_ports(metrics, tally, ports, &other, put_reset);
	family(metrics, "tuplestat_handshake_rtt_seconds", "histogram",
	       "Round trips of these handshakes (tcprtt). As the other gauges, of the flows that there are now: for histogram_quantile() as it is, without rate().");
	put_ports(metrics, tally, ports, &other, put_rtts);
}

/**
 * render_prometheus - the ledger and the flows as metrics
 * @out: where to
 * @stats: the ledger and the table
 * @tally: the flows
 * @ports: responder's ports that are told apart; the others are port="other"
 * @netns: a label netns of every sample, UTF-8; NULL for none
 */
void render_prometheus(FILE *out, const struct stats *stats,
		       const struct tally *tally, const struct port_list *ports,
		       const char *netns)
{
	struct metrics metrics = { .out = out, .netns = netns };

	family(&metrics, "tuplestat_build_info", "gauge",
	       "The exporter's version; the value is 1.");
	sample(&metrics, "", 1, one("version", TUPLESTAT_VERSION));
	put_seen(&metrics, stats);
	put_ended(&metrics, &stats->ended);
	put_unattributed(&metrics, stats);
	put_table(&metrics, stats);
	put_states(&metrics, tally);
	put_verdicts(&metrics, tally);
	put_handshakes(&metrics, tally, ports);
}
