/* SPDX-License-Identifier: GPL-2.0 */
/* What a report says of many flows: who talks to whom, and how that went. */
#ifndef TUPLESTAT_REPORT_H
#define TUPLESTAT_REPORT_H

#include "group.h"
#include "summary.h"

/* Hosts that are drawn; all others together are one more. */
#define REPORT_HOSTS 12
#define REPORT_NODES (REPORT_HOSTS + 1)

/* Pairs of hosts, server ports and flows that are listed. */
#define REPORT_PAIRS 10
#define REPORT_PORTS 8
#define REPORT_FLOWS 8

/* Of round trips: below 100 us, then by factors of three and a bit. */
#define REPORT_RTT_BUCKETS 11

/**
 * struct report_host - a host, or all those that are not among the first
 * @family: AF_INET or AF_INET6
 * @addr: its address, as in struct flow_end
 * @bytes: that it sent, and that were sent to it, of layer 3 and up; what it
 *	sent to itself counts in both
 */
struct report_host {
	uint8_t family;
	uint8_t addr[FLOW_ADDR_LEN];
	uint64_t bytes[2];
};

/**
 * struct report_link - what two hosts sent to each other
 * @flows: flows between them
 * @bytes: bytes of layer 3 and up, both directions
 */
struct report_link {
	uint64_t flows;
	uint64_t bytes;
};

/**
 * struct report - what there is to say
 * @summary: totals, handshakes, round trips
 * @pairs: pairs of hosts, most bytes first
 * @host: those with most bytes, sent and received, first
 * @shown: how many of them there are
 * @hosts: how many hosts there are
 * @others: all that are not among @host
 * @link: between hosts by their number in @host; @shown is all others. Of two
 *	hosts the lower number comes first
 * @rtt: round trips by bucket
 * @flow: flows with most bytes, most first
 * @flows: how many of them there are
 * @first_ns: first packet of all flows, ns since 1970-01-01 UTC
 * @last_ns: last one
 */
struct report {
	struct summary summary;
	struct groups pairs;
	struct report_host host[REPORT_HOSTS];
	unsigned int shown;
	size_t hosts;
	struct report_host others;
	struct report_link link[REPORT_NODES][REPORT_NODES];
	uint64_t rtt[REPORT_RTT_BUCKETS];
	struct flow flow[REPORT_FLOWS];
	unsigned int flows;
	uint64_t first_ns;
	uint64_t last_ns;
};

int report_make(struct report *report, const struct flow_list *flows);
void report_free(struct report *report);
uint64_t report_rtt_limit(unsigned int bucket);

#endif /* TUPLESTAT_REPORT_H */
