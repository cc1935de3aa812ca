// SPDX-License-Identifier: GPL-2.0
/* What many flows come to: totals, handshakes by server port, round trips. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include <linux/tuplestat.h>

#include "handshake.h"
#include "summary.h"

#define PORTS 65536

static bool is_reset(const struct flow *flow)
{
	return flow->conn_state == TUPLESTAT_CONN_RSTO ||
	       flow->conn_state == TUPLESTAT_CONN_RSTR;
}

/**
 * outcomes_add - add what became of a handshake
 * @outcomes: where to
 * @flow: a TCP flow that began with a SYN
 */
void outcomes_add(struct outcomes *outcomes, const struct flow *flow)
{
	outcomes->begun++;
	switch (handshake_of(flow)) {
	case HANDSHAKE_COMPLETED:
		outcomes->completed++;
		break;
	case HANDSHAKE_REFUSED:
		outcomes->refused++;
		return;
	case HANDSHAKE_UNANSWERED:
		outcomes->unanswered++;
		break;
	case HANDSHAKE_UNFINISHED:
		outcomes->unfinished++;
		break;
	case HANDSHAKE_NONE:
		break;
	}
	outcomes->reset += is_reset(flow);
}

/**
 * summary_rtt - the round trip of a handshake
 * @flow: the flow
 *
 * Return: nanoseconds (synack + ackdat); 0 where one of them is not known, or
 * it is not known of which segment they are.
 */
uint64_t summary_rtt(const struct flow *flow)
{
	if (!flow->synack_ns || !flow->ackdat_ns || flow->rtt_ambiguous)
		return 0;
	return flow->synack_ns + flow->ackdat_ns;
}

static void add_flow(struct summary *summary, struct outcomes *by_port,
		     const struct flow *flow)
{
	summary->packets += flow->orig.sent.packets + flow->reply.sent.packets;
	summary->bytes += flow->orig.sent.ip_bytes + flow->reply.sent.ip_bytes;
	if (flow->proto != IPPROTO_TCP) {
		summary->udp++;
		return;
	}
	summary->tcp++;
	if (flow->midstream)
		return;
	outcomes_add(&summary->all, flow);
	outcomes_add(&by_port[flow->reply.port], flow);
	if (summary_rtt(flow))
		summary->rtt[summary->rtts++] = summary_rtt(flow);
}

static int by_begun(const void *a, const void *b)
{
	const struct port_outcomes *left = a, *right = b;

	if (left->outcomes.begun != right->outcomes.begun)
		return left->outcomes.begun < right->outcomes.begun ? 1 : -1;
	return (int)left->port - (int)right->port;
}

static int by_value(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static int take_ports(struct summary *summary, const struct outcomes *by_port)
{
	size_t port;

	for (port = 0; port < PORTS; port++)
		summary->ports += !!by_port[port].begun;
	summary->port = calloc(summary->ports + 1, sizeof(*summary->port));
	if (!summary->port)
		return -ENOMEM;
	summary->ports = 0;
	for (port = 0; port < PORTS; port++)
		if (by_port[port].begun)
			summary->port[summary->ports++] =
				(struct port_outcomes){ (uint16_t)port,
							by_port[port] };
	qsort(summary->port, summary->ports, sizeof(*summary->port), by_begun);
	return 0;
}

/**
 * summary_make - add up flows
 * @summary: written whole; to be freed by summary_free() also after an error
 * @flows: the flows
 *
 * Return: 0 or -ENOMEM.
 */
int summary_make(struct summary *summary, const struct flow_list *flows)
{
	struct outcomes *by_port = calloc(PORTS, sizeof(*by_port));
	int ret = -ENOMEM;
	size_t i;

	*summary = (struct summary){ 0 };
	summary->rtt = calloc(flows->count + 1, sizeof(*summary->rtt));
	if (!by_port || !summary->rtt)
		goto out;
	for (i = 0; i < flows->count; i++)
		add_flow(summary, by_port, &flows->flow[i]);
	qsort(summary->rtt, summary->rtts, sizeof(*summary->rtt), by_value);
	ret = take_ports(summary, by_port);
out:
	free(by_port);
	return ret;
}

/**
 * summary_free - forget a summary
 * @summary: from summary_make()
 */
void summary_free(struct summary *summary)
{
	free(summary->port);
	free(summary->rtt);
	*summary = (struct summary){ 0 };
}

/**
 * summary_rtt_quantile - the round trip that so many handshakes do not exceed
 * @summary: the summary, with a round trip at least
 * @percent: 1 to 100
 *
 * Return: nanoseconds; one that was measured (nearest rank).
 */
uint64_t summary_rtt_quantile(const struct summary *summary,
			      unsigned int percent)
{
	size_t rank = (summary->rtts * percent + 99) / 100;

	return summary->rtt[rank ? rank - 1 : 0];
}
