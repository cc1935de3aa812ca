/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Prometheus is told: the ledger, and the flows added up by a few labels
 * that have few values each. No address and no originator's port is among them.
 */
#ifndef TUPLESTAT_PROMETHEUS_H
#define TUPLESTAT_PROMETHEUS_H

#include <stdio.h>

#include <linux/tuplestat.h>

#include "sink.h"
#include "stats.h"
#include "summary.h"

/* Bounds of the round trips' histogram; above the last one is one more. */
#define PROMETHEUS_RTT_BOUNDS 15

/* Most ports that can be told apart, and how many are, unless they are named. */
#define PROMETHEUS_PORTS_MAX 100
#define PROMETHEUS_PORTS_TOP 10

#define PROMETHEUS_PROTOS 2	/* TCP, UDP */

/**
 * struct port_tally - handshakes towards one port
 * @outcomes: what became of them
 * @rtt: round trips, how many are of each bucket (not of those below it)
 * @rtt_sum_ns: their sum
 */
struct port_tally {
	struct outcomes outcomes;
	uint64_t rtt[PROMETHEUS_RTT_BOUNDS + 1];
	uint64_t rtt_sum_ns;
};

/**
 * struct tally - flows, added up
 * @state: how many are in each state; the last ones in one that this build does
 *	not know
 * @conn_state: likewise by verdict
 * @port: what was towards each of 65536 ports
 */
struct tally {
	uint64_t state[PROMETHEUS_PROTOS][__TUPLESTAT_STATE_MAX + 1];
	uint64_t conn_state[PROMETHEUS_PROTOS][__TUPLESTAT_CONN_MAX + 1];
	struct port_tally *port;
};

/**
 * struct port_list - ports that are told apart, in ascending order
 * @port: the ports
 * @count: how many there are
 */
struct port_list {
	uint16_t port[PROMETHEUS_PORTS_MAX];
	size_t count;
};

int tally_init(struct tally *tally);
void tally_free(struct tally *tally);
struct flow_sink sink_to_tally(struct tally *tally);
void tally_top_ports(const struct tally *tally, struct port_list *ports);
void tally_other_ports(const struct tally *tally, const struct port_list *ports,
		       struct port_tally *other);

int port_list_parse(struct port_list *ports, const char *text);

const char *prometheus_rtt_bound(size_t bound);
void render_prometheus(FILE *out, const struct stats *stats,
		       const struct tally *tally, const struct port_list *ports,
		       const char *netns);

#endif /* TUPLESTAT_PROMETHEUS_H */
