// SPDX-License-Identifier: GPL-2.0
/* tuplestat export ipfix --to HOST:PORT [FILTER]: flows to a collector. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/tuplestat.h>

#include "cli.h"
#include "deltas.h"
#include "export.h"
#include "exporter.h"
#include "monitor.h"
#include "number.h"
#include "query.h"
#include "source_events.h"
#include "source_pcap.h"
#include "stop.h"
#include "words.h"

/* Templates are sent over UDP as often, and at most as seldom. */
#define TEMPLATE_DEFAULT_S 60
#define TEMPLATE_MAX_S 86400

/* An event is sent within less than this. */
#define EVENT_MS 100

/**
 * struct job - an export
 * @exporter: the way of the records
 * @deltas: what was exported; NULL for a capture
 * @filter: which flows
 * @buffer: bytes of events that may wait to be read
 * @reason: of records of flows that go on, enum tuplestat_end_reason
 * @error: why it could not go on, an errno
 */
struct job {
	struct exporter exporter;
	struct deltas *deltas;
	struct tstat_filter filter;
	uint32_t buffer;
	uint8_t reason;
	int error;
};

static int parse_config(const struct export_options *opts,
			struct exporter_config *config)
{
	const char *domain = opts->domain, *interval = opts->template_interval;

	*config = (struct exporter_config){
		.to = opts->to,
		.is_tcp = opts->tcp,
		.template_s = TEMPLATE_DEFAULT_S,
	};
	if (!opts->to) {
		cli_error("'export ipfix' needs a collector: --to HOST:PORT");
		return CLI_USAGE;
	}
	if (opts->tcp && opts->udp) {
		cli_error("--tcp and --udp exclude each other");
		return CLI_USAGE;
	}
	if (domain && number_parse(domain, strlen(domain), UINT32_MAX,
				   &config->domain)) {
		cli_error("--domain: '%s' is no number from 0 to %" PRIu32,
			  domain, UINT32_MAX);
		return CLI_USAGE;
	}
	if (interval && number_parse_seconds(interval, TEMPLATE_MAX_S,
					     &config->template_s)) {
		cli_error("--template-interval: '%s' is no time from 1 to %d seconds, or with a unit: 90s, 15m, 2h, 1d",
			  interval, TEMPLATE_MAX_S);
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* The end of it all, with the exit code. */
static int report(const struct job *job, int code)
{
	const struct exporter *exporter = &job->exporter;

	if (exporter->failed)
		cli_error("cannot write IPFIX: %s", exporter->failed);
	fprintf(stderr, "%" PRIu64 " records sent, %" PRIu64 " lost\n",
		exporter->sent, exporter->lost);
	if (code)
		return code;
	if (exporter->lost && !exporter->sent)
		return CLI_REFUSED;
	return exporter->lost ? CLI_INCOMPLETE : CLI_OK;
}

/* --- of a capture: every record --- */

static int take_record(void *data, const struct flow *flow)
{
	struct ipfix_record record;
	struct job *job = data;

	/* What is open when the capture ends was not ended by the flow. */
	deltas_whole(flow, flow->end_reason ? flow->end_reason :
					      TUPLESTAT_END_FORCED, &record);
	if (exporter_is_full(&job->exporter))
		exporter_finish(&job->exporter);
	exporter_put(&job->exporter, &record);
	return 0;
}

static int export_capture(const struct options *opts, struct job *job)
{
	struct flow_sink sink = { .take = take_record, .data = job };
	struct replay *replay;
	int code;

	code = source_pcap_load(opts, &replay);
	if (!replay)
		return code;
	replay_take_flows(replay, &job->filter, sink);
	exporter_finish(&job->exporter);
	replay_free(replay);
	return report(job, code);
}

/* --- live: what happens, and what has come to flows that go on --- */

static void take(struct job *job, const struct flow *flow, uint8_t reason)
{
	struct ipfix_record record;
	int ret;

	ret = deltas_take(job->deltas, flow, reason, &record);
	if (ret > 0)
		exporter_put(&job->exporter, &record);
	else if (ret < 0)
		job->error = -ret;
}

/* That a flow began, or is established, is told with what it sends. */
static void take_event(void *data, const struct flow *flow)
{
	struct job *job = data;

	if (flow->events & TUPLESTAT_EVENT_END)
		take(job, flow, flow->end_reason);
	else if (!flow->events || flow->events & TUPLESTAT_EVENT_INTERIM)
		take(job, flow, job->reason);
}

static void take_missed(void *data, uint64_t count)
{
	(void)data;
	(void)count;
}

static void take_resynced(void *data)
{
	const struct job *job = data;

	deltas_prune(job->deltas);
}

static int await(void *data, struct pollfd *fd)
{
	const struct job *job = data;

	return exporter_poll(&job->exporter, fd);
}

static bool work(void *data)
{
	struct job *job = data;

	exporter_work(&job->exporter);
	return !job->error && !job->exporter.failed;
}

static struct monitor_reader reader_of(struct job *job)
{
	return (struct monitor_reader){
		.flow = take_event,
		.missed = take_missed,
		.resynced = take_resynced,
		.poll = await,
		.ready = work,
		.flush = work,
		.data = job,
	};
}

/* What flows have by now is not exported: others have, or nobody wanted it. */
static int note_flow(void *data, const struct flow *flow)
{
	struct ipfix_record record;
	struct job *job = data;
	int ret;

	ret = deltas_take(job->deltas, flow, job->reason, &record);
	return ret < 0 ? ret : 0;
}

static int export_flow(void *data, const struct flow *flow)
{
	struct job *job = data;

	take(job, flow, job->reason);
	return -job->error;
}

/* The dump begins again; what was taken is not taken twice. */
static void go_on(void *data)
{
	(void)data;
}

static int take_flows(struct source *ask, const struct tstat_filter *filter,
		      int (*take_one)(void *data, const struct flow *flow),
		      struct job *job)
{
	struct flow_sink sink = {
		.take = take_one,
		.restart = go_on,
		.data = job,
	};
	int ret = source_flows(ask, filter, sink);

	/* Stopped meanwhile: there are none. */
	return ret == -ENETDOWN ? 0 : ret;
}

/*
 * What the flows have that go on. Who ended before that is in an event, that
 * comes later: in records all is once.
 */
static int export_rest(struct monitor *monitor, struct job *job)
{
	int ret;

	job->reason = TUPLESTAT_END_FORCED;
	ret = take_flows(monitor->ask, &job->filter, export_flow, job);
	if (ret < 0)
		return ret;
	poll(NULL, 0, EVENT_MS);
	return monitor_settle(monitor);
}

static int follow(struct monitor *monitor, struct job *job)
{
	static const struct tstat_filter all;
	int ret;

	ret = take_flows(monitor->ask, &all, note_flow, job);
	if (ret < 0)
		return ret;
	fprintf(stderr, "exporting to %s\n", job->exporter.collector.name);
	ret = monitor_run(monitor);
	return ret ? ret : export_rest(monitor, job);
}

/*
 * Flows are those of the namespace of -N; the collector is where this was
 * called: containers' networks have no way to it, as a rule, and what is sent
 * to it is not to be counted there.
 */
static int open_sources(const struct options *opts, uint32_t buffer,
			struct source *events, struct source *ask)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int code, ret;

	code = opts->netns ? cli_enter_netns(opts->netns) : CLI_OK;
	if (code)
		goto out;
	ret = events_open_both(events, ask, opts->netns, buffer);
	if (ret)
		code = source_report(events, ret);
	if (opts->netns && setns(home, CLONE_NEWNET) < 0) {
		cli_error("cannot return to this network namespace: %s",
			  strerror(errno));
		code = CLI_REFUSED;
	}
out:
	if (home >= 0)
		close(home);
	return code;
}

static int report_end(const struct monitor *monitor, const struct job *job,
		      int ret)
{
	if (job->error)
		ret = -job->error;
	if (ret == MONITOR_UNREAD)
		return CLI_REFUSED;
	return ret ? source_report(monitor->ask, ret) : CLI_OK;
}

static int export_live(const struct options *opts, struct job *job)
{
	struct source ask = { 0 }, events = { 0 };
	struct monitor monitor = {
		.ask = &ask,
		.events = &events,
		.filter = &job->filter,
		.reader = reader_of(job),
	};
	int code, ret;

	code = open_sources(opts, job->buffer, &events, &ask);
	if (code)
		goto out;
	ret = stop_open(&monitor.stop_fd);
	if (!ret)
		ret = follow(&monitor, job);
	code = report_end(&monitor, job, ret);
	exporter_finish(&job->exporter);
	if (monitor.seq.missed) {
		cli_error("%" PRIu64 " events missed: what flows had that ended meanwhile is not in the records",
			  monitor.seq.missed);
		code = code ? code : CLI_INCOMPLETE;
	}
	code = report(job, code);
out:
	source_close(&ask);
	source_close(&events);
	return code;
}

/**
 * export_ipfix_word - the words of this format that are no filter
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *export_ipfix_word(unsigned int i)
{
	return i ? NULL : "buffer";
}

/**
 * export_ipfix - send flows to an IPFIX collector
 * @opts: the global options, those of export among them
 * @argc: how many words
 * @argv: the words: buffer BYTES, and those of a filter
 *
 * Return: an exit code; CLI_INCOMPLETE where records were lost or events were
 * missed.
 */
int export_ipfix(const struct options *opts, int argc, char **argv)
{
	struct job job = {
		.reason = TUPLESTAT_END_ACTIVE,
		.buffer = EVENTS_BUFFER,
	};
	const struct word buffer = {
		"buffer", word_number, EVENTS_BUFFER_MAX, &job.buffer
	};
	struct exporter_config config;
	int code;

	code = parse_config(&opts->export, &config);
	if (!code)
		code = words_take(&buffer, 1, export_ipfix_word, &argc, argv);
	if (!code)
		code = query_filter(opts, argc, argv, &job.filter);
	if (code)
		return code;

	code = exporter_open(&job.exporter, &config);
	if (!code && !opts->read) {
		job.deltas = deltas_new();
		if (!job.deltas) {
			cli_error("%s", strerror(ENOMEM));
			code = CLI_REFUSED;
		}
	}
	if (!code)
		code = opts->read ? export_capture(opts, &job) :
				    export_live(opts, &job);
	deltas_free(job.deltas);
	exporter_close(&job.exporter);
	return code;
}
