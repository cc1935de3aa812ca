/* SPDX-License-Identifier: GPL-2.0 */
/* What many flows come to: totals, handshakes by server port, round trips. */
#ifndef TUPLESTAT_SUMMARY_H
#define TUPLESTAT_SUMMARY_H

#include "flow.h"

/**
 * struct outcomes - what became of TCP handshakes
 * @begun: flows that began with a SYN; the sum of the next four
 * @completed: SYN, SYN-ACK and ACK were seen
 * @refused: answered by a RST
 * @unanswered: no SYN-ACK, no RST
 * @unfinished: a SYN-ACK, but no ACK of it
 * @reset: of the completed and unfinished, how many ended by a RST
 */
struct outcomes {
	uint64_t begun;
	uint64_t completed;
	uint64_t refused;
	uint64_t unanswered;
	uint64_t unfinished;
	uint64_t reset;
};

/**
 * struct port_outcomes - handshakes towards one port
 * @port: the responder's port
 * @outcomes: what became of them
 */
struct port_outcomes {
	uint16_t port;
	struct outcomes outcomes;
};

/**
 * struct summary - what many flows come to
 * @tcp: TCP flows
 * @udp: UDP flows
 * @packets: packets of all
 * @bytes: bytes of layer 3 and up of all
 * @all: what became of all handshakes
 * @port: likewise by server port, most begun first
 * @ports: how many ports there are
 * @rtt: round trips of handshakes in ns (synack + ackdat), ascending; the
 *	ambiguous ones are left out
 * @rtts: how many there are
 */
struct summary {
	uint64_t tcp;
	uint64_t udp;
	uint64_t packets;
	uint64_t bytes;
	struct outcomes all;
	struct port_outcomes *port;
	size_t ports;
	uint64_t *rtt;
	size_t rtts;
};

void outcomes_add(struct outcomes *outcomes, const struct flow *flow);
uint64_t summary_rtt(const struct flow *flow);
int summary_make(struct summary *summary, const struct flow_list *flows);
void summary_free(struct summary *summary);
uint64_t summary_rtt_quantile(const struct summary *summary,
			      unsigned int percent);

#endif /* TUPLESTAT_SUMMARY_H */
