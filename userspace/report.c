// SPDX-License-Identifier: GPL-2.0
/* What a report says of many flows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "largest.h"
#include "report.h"

static const struct arrange by_pair = {
	.by = GROUP_HOST_PAIR,
	.sort = SORT_BYTES,
};

static const struct arrange largest_flows = {
	.sort = SORT_BYTES,
	.limit = REPORT_FLOWS,
};

/* Upper limits of the buckets of round trips; the last one has none. */
static const uint64_t rtt_limits[REPORT_RTT_BUCKETS - 1] = {
	100 * NS_PER_USEC, 300 * NS_PER_USEC, NS_PER_MSEC, 3 * NS_PER_MSEC,
	10 * NS_PER_MSEC, 30 * NS_PER_MSEC, 100 * NS_PER_MSEC,
	300 * NS_PER_MSEC, NS_PER_SEC, 3 * NS_PER_SEC,
};

/**
 * report_rtt_limit - what all round trips of a bucket are below
 * @bucket: the bucket
 *
 * Return: nanoseconds; UINT64_MAX for the last one.
 */
uint64_t report_rtt_limit(unsigned int bucket)
{
	return bucket < REPORT_RTT_BUCKETS - 1 ? rtt_limits[bucket] :
						 UINT64_MAX;
}

/* --- hosts --- */

static int compare_addrs(const struct report_host *a,
			 const struct report_host *b)
{
	int ret = compare_u64(a->family, b->family);

	return ret ? ret : memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int by_addr(const void *a, const void *b)
{
	return compare_addrs(a, b);
}

static uint64_t bytes_of(const struct report_host *host)
{
	return host->bytes[0] + host->bytes[1];
}

static int by_bytes(const void *a, const void *b)
{
	uint64_t left = bytes_of(a), right = bytes_of(b);

	return left != right ? compare_u64(right, left) : compare_addrs(a, b);
}

/* One for each side of each pair; those of the same host side by side. */
static void list_sides(const struct groups *pairs, struct report_host *hosts)
{
	const struct group *pair;
	size_t i;
	int side;

	for (i = 0; i < pairs->count; i++) {
		pair = &pairs->group[i];
		for (side = 0; side < 2; side++) {
			struct report_host *host = &hosts[2 * i + (size_t)side];

			host->family = pair->key.family;
			memcpy(host->addr, pair->key.addr[side],
			       sizeof(host->addr));
			host->bytes[0] = pair->bytes[side];
			host->bytes[1] = pair->bytes[!side];
		}
	}
	qsort(hosts, 2 * pairs->count, sizeof(*hosts), by_addr);
}

static size_t merge_sides(struct report_host *hosts, size_t count)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++) {
		if (kept && !compare_addrs(&hosts[kept - 1], &hosts[i])) {
			hosts[kept - 1].bytes[0] += hosts[i].bytes[0];
			hosts[kept - 1].bytes[1] += hosts[i].bytes[1];
		} else {
			hosts[kept++] = hosts[i];
		}
	}
	return kept;
}

static int choose_hosts(struct report *report)
{
	size_t sides = 2 * report->pairs.count, i;
	struct report_host *hosts = calloc(sides + 1, sizeof(*hosts));

	if (!hosts)
		return -ENOMEM;
	list_sides(&report->pairs, hosts);
	report->hosts = merge_sides(hosts, sides);
	qsort(hosts, report->hosts, sizeof(*hosts), by_bytes);
	for (i = 0; i < report->hosts; i++) {
		if (i < REPORT_HOSTS) {
			report->host[report->shown++] = hosts[i];
			continue;
		}
		report->others.bytes[0] += hosts[i].bytes[0];
		report->others.bytes[1] += hosts[i].bytes[1];
	}
	free(hosts);
	return 0;
}

/* The number of a host in the picture. */
static unsigned int node_of(const struct report *report, uint8_t family,
			    const uint8_t *addr)
{
	unsigned int i;

	for (i = 0; i < report->shown; i++)
		if (report->host[i].family == family &&
		    !memcmp(report->host[i].addr, addr, FLOW_ADDR_LEN))
			break;
	return i;
}

static void link_hosts(struct report *report)
{
	struct report_link *link;
	const struct group *pair;
	unsigned int a, b;
	size_t i;

	for (i = 0; i < report->pairs.count; i++) {
		pair = &report->pairs.group[i];
		a = node_of(report, pair->key.family, pair->key.addr[0]);
		b = node_of(report, pair->key.family, pair->key.addr[1]);
		link = a < b ? &report->link[a][b] : &report->link[b][a];
		link->flows += pair->flows;
		link->bytes += pair->bytes[0] + pair->bytes[1];
	}
}

/* --- the rest --- */

static void count_rtts(struct report *report)
{
	unsigned int bucket = 0;
	size_t i;

	/* They are in ascending order. */
	for (i = 0; i < report->summary.rtts; i++) {
		while (report->summary.rtt[i] >= report_rtt_limit(bucket))
			bucket++;
		report->rtt[bucket]++;
	}
}

static int choose_flows(struct report *report, const struct flow_list *flows)
{
	struct largest largest = { .arrange = &largest_flows };
	struct flow_sink sink = sink_to_largest(&largest);
	int ret = 0;
	size_t i;

	for (i = 0; i < flows->count && !ret; i++)
		ret = sink.take(sink.data, &flows->flow[i]);
	largest_finish(&largest);
	report->flows = (unsigned int)largest.flows.count;
	for (i = 0; i < report->flows; i++)
		report->flow[i] = largest.flows.flow[i];
	largest_free(&largest);
	return ret;
}

static int add_pairs(struct report *report, const struct flow_list *flows)
{
	struct flow_sink sink;
	const struct flow *flow;
	int ret = 0;
	size_t i;

	report->pairs.arrange = &by_pair;
	sink = sink_to_groups(&report->pairs);
	for (i = 0; i < flows->count && !ret; i++) {
		flow = &flows->flow[i];
		ret = sink.take(sink.data, flow);
		if (!i || flow->first_ns < report->first_ns)
			report->first_ns = flow->first_ns;
		if (flow->last_ns > report->last_ns)
			report->last_ns = flow->last_ns;
	}
	groups_finish(&report->pairs);
	return ret;
}

/**
 * report_make - see what there is to say
 * @report: written whole; to be freed by report_free() also after an error
 * @flows: the flows
 *
 * Return: 0 or -ENOMEM.
 */
int report_make(struct report *report, const struct flow_list *flows)
{
	int ret;

	*report = (struct report){ 0 };
	ret = summary_make(&report->summary, flows);
	if (!ret)
		ret = add_pairs(report, flows);
	if (!ret)
		ret = choose_hosts(report);
	if (!ret)
		ret = choose_flows(report, flows);
	if (ret)
		return ret;
	link_hosts(report);
	count_rtts(report);
	return 0;
}

/**
 * report_free - forget a report
 * @report: from report_make()
 */
void report_free(struct report *report)
{
	summary_free(&report->summary);
	groups_free(&report->pairs);
}
