// SPDX-License-Identifier: GPL-2.0
/* Flows, added up for Prometheus. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "prometheus.h"

#define PORTS 65536

/* In seconds, as they are written, and in nanoseconds. */
static const struct {
	const char *seconds;
	uint64_t ns;
} bounds[PROMETHEUS_RTT_BOUNDS] = {
	{ "0.0001", 100 * NS_PER_USEC },
	{ "0.00025", 250 * NS_PER_USEC },
	{ "0.0005", 500 * NS_PER_USEC },
	{ "0.001", NS_PER_MSEC },
	{ "0.0025", 2500 * NS_PER_USEC },
	{ "0.005", 5 * NS_PER_MSEC },
	{ "0.01", 10 * NS_PER_MSEC },
	{ "0.025", 25 * NS_PER_MSEC },
	{ "0.05", 50 * NS_PER_MSEC },
	{ "0.1", 100 * NS_PER_MSEC },
	{ "0.25", 250 * NS_PER_MSEC },
	{ "0.5", 500 * NS_PER_MSEC },
	{ "1", NS_PER_SEC },
	{ "2.5", 2500 * NS_PER_MSEC },
	{ "5", 5 * NS_PER_SEC },
};

/**
 * prometheus_rtt_bound - the upper bound of a bucket
 * @bound: its number
 *
 * Return: in seconds, as Prometheus writes it; "+Inf" for the last bucket.
 */
const char *prometheus_rtt_bound(size_t bound)
{
	return bound < PROMETHEUS_RTT_BOUNDS ? bounds[bound].seconds : "+Inf";
}

static void add_rtt(struct port_tally *port, uint64_t ns)
{
	size_t i = 0;

	if (!ns)
		return;
	/* What is equal to a bound is within it. */
	while (i < PROMETHEUS_RTT_BOUNDS && ns > bounds[i].ns)
		i++;
	port->rtt[i]++;
	port->rtt_sum_ns += ns;
}

static size_t at_most(size_t value, size_t max)
{
	return value < max ? value : max;
}

static int tally_take(void *data, const struct flow *flow)
{
	bool is_tcp = flow->proto == IPPROTO_TCP;
	struct tally *tally = data;
	struct port_tally *port;

	tally->state[!is_tcp][at_most(flow->state, __TUPLESTAT_STATE_MAX)]++;
	tally->conn_state[!is_tcp][at_most(flow->conn_state,
					   __TUPLESTAT_CONN_MAX)]++;
	if (!is_tcp || flow->midstream)
		return 0;
	port = &tally->port[flow->reply.port];
	outcomes_add(&port->outcomes, flow);
	add_rtt(port, summary_rtt(flow));
	return 0;
}

static void tally_restart(void *data)
{
	struct tally *tally = data;

	memset(tally->state, 0, sizeof(tally->state));
	memset(tally->conn_state, 0, sizeof(tally->conn_state));
	memset(tally->port, 0, PORTS * sizeof(*tally->port));
}

/**
 * tally_init - begin with no flow
 * @tally: written whole; to be freed by tally_free() also after an error
 *
 * Return: 0 or -ENOMEM.
 */
int tally_init(struct tally *tally)
{
	*tally = (struct tally){
		.port = calloc(PORTS, sizeof(*tally->port)),
	};
	return tally->port ? 0 : -ENOMEM;
}

/**
 * tally_free - forget it
 * @tally: from tally_init()
 */
void tally_free(struct tally *tally)
{
	free(tally->port);
	tally->port = NULL;
}

/**
 * sink_to_tally - add up all flows
 * @tally: where to
 */
struct flow_sink sink_to_tally(struct tally *tally)
{
	return (struct flow_sink){
		.take = tally_take,
		.restart = tally_restart,
		.data = tally,
	};
}

static int by_port(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

/* Puts @port to where it belongs, the most begun first, if there is room. */
static void offer_port(const struct tally *tally, struct port_list *ports,
		       uint16_t port)
{
	uint64_t begun = tally->port[port].outcomes.begun;
	size_t at = ports->count;

	while (at && tally->port[ports->port[at - 1]].outcomes.begun < begun)
		at--;
	if (at == PROMETHEUS_PORTS_TOP)
		return;
	if (ports->count < PROMETHEUS_PORTS_TOP)
		ports->count++;
	memmove(ports->port + at + 1, ports->port + at,
		(ports->count - at - 1) * sizeof(*ports->port));
	ports->port[at] = port;
}

/**
 * tally_top_ports - the ports that most handshakes were begun to
 * @tally: the flows
 * @ports: written whole; PROMETHEUS_PORTS_TOP at most
 *
 * Of ports that have the same number of handshakes the lower one is first.
 */
void tally_top_ports(const struct tally *tally, struct port_list *ports)
{
	unsigned int port;

	*ports = (struct port_list){ 0 };
	for (port = 0; port < PORTS; port++)
		if (tally->port[port].outcomes.begun)
			offer_port(tally, ports, (uint16_t)port);
	qsort(ports->port, ports->count, sizeof(*ports->port), by_port);
}

static void add_port(struct port_tally *sum, const struct port_tally *port)
{
	size_t i;

	sum->outcomes.begun += port->outcomes.begun;
	sum->outcomes.completed += port->outcomes.completed;
	sum->outcomes.refused += port->outcomes.refused;
	sum->outcomes.unanswered += port->outcomes.unanswered;
	sum->outcomes.unfinished += port->outcomes.unfinished;
	sum->outcomes.reset += port->outcomes.reset;
	for (i = 0; i <= PROMETHEUS_RTT_BOUNDS; i++)
		sum->rtt[i] += port->rtt[i];
	sum->rtt_sum_ns += port->rtt_sum_ns;
}

/**
 * tally_other_ports - what was towards ports that are not told apart
 * @tally: the flows
 * @ports: those that are
 * @other: written whole
 */
void tally_other_ports(const struct tally *tally, const struct port_list *ports,
		       struct port_tally *other)
{
	unsigned int port;
	size_t next = 0;

	*other = (struct port_tally){ 0 };
	for (port = 0; port < PORTS; port++) {
		if (next < ports->count && ports->port[next] == port)
			next++;
		else if (tally->port[port].outcomes.begun)
			add_port(other, &tally->port[port]);
	}
}

/* PORT or PORT-PORT; 0, or -EINVAL. */
static int parse_range(const char *text, size_t len, uint32_t *first,
		       uint32_t *last)
{
	const char *dash = memchr(text, '-', len);
	size_t head = dash ? (size_t)(dash - text) : len;

	if (number_parse(text, head, PORTS - 1, first))
		return -EINVAL;
	*last = *first;
	if (dash && number_parse(dash + 1, len - head - 1, PORTS - 1, last))
		return -EINVAL;
	return *first <= *last ? 0 : -EINVAL;
}

static int add_range(struct port_list *ports, uint32_t first, uint32_t last)
{
	if (last - first >= PROMETHEUS_PORTS_MAX - ports->count)
		return -E2BIG;
	while (first <= last)
		ports->port[ports->count++] = (uint16_t)first++;
	return 0;
}

/**
 * port_list_parse - ports as a person lists them
 * @ports: written whole; ports that are listed twice are there once
 * @text: PORT or PORT-PORT, and more behind commas, without spaces
 *
 * Return: 0, -EINVAL where that is no such list, or -E2BIG where there are more
 * than PROMETHEUS_PORTS_MAX.
 */
int port_list_parse(struct port_list *ports, const char *text)
{
	uint32_t first, last;
	size_t len, i, kept;
	int ret;

	*ports = (struct port_list){ 0 };
	for (;; text += len + 1) {
		len = strcspn(text, ",");
		ret = parse_range(text, len, &first, &last);
		if (!ret)
			ret = add_range(ports, first, last);
		if (ret)
			return ret;
		if (!text[len])
			break;
	}
	qsort(ports->port, ports->count, sizeof(*ports->port), by_port);
	for (i = 1, kept = 1; i < ports->count; i++)
		if (ports->port[i] != ports->port[kept - 1])
			ports->port[kept++] = ports->port[i];
	ports->count = kept;
	return 0;
}
