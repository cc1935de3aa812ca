// SPDX-License-Identifier: GPL-2.0
/*
 * Events: the account of those that were missed, the line of each, and what
 * unusual flags look like in a flow.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/tuplestat.h>

#include "event_seq.h"
#include "ktap.h"
#include "render.h"

#define NOW (1795374000 * NS_PER_SEC + 12345678)

static void test_seq(void)
{
	struct event_seq seq;

	event_seq_begin(&seq, 10);
	ktap_ok(!event_seq_take(&seq, 11) && !event_seq_take(&seq, 12) &&
		!seq.missed && seq.last == 12, "seq: one after the other");
	ktap_ok(event_seq_take(&seq, 15) == 2 && seq.missed == 2,
		"seq: two are missing between two");
	ktap_ok(!event_seq_take(&seq, 15) && !event_seq_take(&seq, 14) &&
		seq.last == 15, "seq: one that came already changes nothing");
	ktap_ok(!event_seq_settle(&seq, 15) && !event_seq_settle(&seq, 3),
		"seq: nothing is missing at the end");
	ktap_ok(event_seq_settle(&seq, 18) == 3 && seq.missed == 5,
		"seq: three are missing at the end");
	ktap_ok(!event_seq_take(&seq, 19) && event_seq_take(&seq, 21) == 1 &&
		seq.missed == 6, "seq: what was settled is not missed again");

	event_seq_begin(&seq, 10);
	ktap_ok(!seq.missed && event_seq_take(&seq, 13) == 2,
		"seq: two are missing before the first");
	event_seq_begin(&seq, 10);
	ktap_ok(event_seq_settle(&seq, 14) == 4 && seq.missed == 4,
		"seq: none came of four");
	event_seq_begin(&seq, 0);
	ktap_ok(!event_seq_take(&seq, 1) && !seq.missed,
		"seq: the first one of all");

	event_seq_begin(&seq, 10);
	ktap_ok(!event_seq_take(&seq, 8) && !event_seq_take(&seq, 9) &&
		event_seq_take(&seq, 11) == 1 && seq.missed == 1,
		"seq: those between joining and asking are in the account");
	event_seq_begin(&seq, UINT64_MAX - 1);
	ktap_ok(!event_seq_take(&seq, UINT64_MAX) &&
		!event_seq_settle(&seq, UINT64_MAX), "seq: the last number");
}

static struct flow tcp_flow(uint32_t events)
{
	struct flow flow = {
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.state = TUPLESTAT_STATE_SYN_SENT,
		.conn_state = TUPLESTAT_CONN_S0,
		.history = "S",
		.events = events,
		.seq = events ? 7 : 0,
		.first_ns = NOW,
		.last_ns = NOW,
		.orig = { .addr = { 10, 0, 0, 1 }, .port = 40000,
			  .sent = { .packets = 6, .ip_bytes = 420 } },
		.reply = { .addr = { 10, 0, 0, 2 }, .port = 80,
			   .sent = { .packets = 5, .ip_bytes = 368 } },
	};

	return flow;
}

static char *line_of(const struct flow *flow, bool json)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (json)
		render_json_event(out, flow);
	else
		render_event(out, flow, NOW, NULL);
	fclose(out);
	return text;
}

static void check_text(char *text, const char *expected, const char *name)
{
	if (!ktap_ok(!strcmp(text, expected), "%s", name))
		printf("# %s", text);
	free(text);
}

static void test_lines(void)
{
	struct flow flow = tcp_flow(TUPLESTAT_EVENT_NEW);

	check_text(line_of(&flow, false),
		   "2026-11-22T19:00:00.012345+00:00 new tcp 10.0.0.1:40000 -> "
		   "10.0.0.2:80 SYN_SENT S0 S\n", "line: new");
	flow.events |= TUPLESTAT_EVENT_ESTABLISHED;
	*flow.history = '\0';
	check_text(line_of(&flow, false),
		   "2026-11-22T19:00:00.012345+00:00 new+established tcp "
		   "10.0.0.1:40000 -> 10.0.0.2:80 SYN_SENT S0 -\n",
		   "line: several at once, no history");
	flow.events = TUPLESTAT_EVENT_INTERIM;
	check_text(line_of(&flow, false),
		   "2026-11-22T19:00:00.012345+00:00 interim tcp 10.0.0.1:40000 "
		   "-> 10.0.0.2:80 SYN_SENT S0 - 6/5 packets 420/368 bytes\n",
		   "line: interim, with counts");
	flow = tcp_flow(TUPLESTAT_EVENT_NEW | TUPLESTAT_EVENT_END);
	flow.end_reason = TUPLESTAT_END_RESOURCES;
	check_text(line_of(&flow, false),
		   "2026-11-22T19:00:00.012345+00:00 new+end tcp 10.0.0.1:40000 "
		   "-> 10.0.0.2:80 SYN_SENT S0 S 6/5 packets 420/368 bytes "
		   "lack-of-resources\n", "line: end, with its reason");
	flow = tcp_flow(0);
	check_text(line_of(&flow, false),
		   "2026-11-22T19:00:00.012345+00:00 resync tcp 10.0.0.1:40000 "
		   "-> 10.0.0.2:80 SYN_SENT S0 S 6/5 packets 420/368 bytes\n",
		   "line: resync");
	flow = tcp_flow(1U << 31);
	check_text(line_of(&flow, false),
		   "2026-11-22T19:00:00.012345+00:00 unknown tcp "
		   "10.0.0.1:40000 -> 10.0.0.2:80 SYN_SENT S0 S\n",
		   "line: an event of a newer module");
}

static void check_json(const struct flow *flow, const char *begin,
		       const char *name)
{
	char *text = line_of(flow, true);
	size_t len = strlen(text);

	if (!ktap_ok(!strncmp(text, begin, strlen(begin)) &&
		     strchr(text, '\n') == text + len - 1 &&
		     strstr(text, "\"state\":\"SYN_SENT\""), "%s", name))
		printf("# %s", text);
	free(text);
}

static void test_json(void)
{
	struct flow flow = tcp_flow(TUPLESTAT_EVENT_NEW | TUPLESTAT_EVENT_END);
	char *text = NULL;
	size_t len;
	FILE *out;

	check_json(&flow, "{\"event\":[\"new\",\"end\"],\"seq\":7,\"proto\":",
		   "JSON: an event");
	flow = tcp_flow(0);
	check_json(&flow, "{\"event\":[\"resync\"],\"proto\":",
		   "JSON: resync has no number");

	out = open_memstream(&text, &len);
	render_json_missed(out, 12);
	fclose(out);
	check_text(text, "{\"missed\":12}\n", "JSON: missed");
	out = open_memstream(&text, &len);
	render_missed(out, 12, NOW);
	fclose(out);
	check_text(text, "2026-11-22T19:00:00.012345+00:00 missed 12 events\n",
		   "line: missed");
}

static bool shows(const struct flow *flow, bool json, const char *words)
{
	struct flow_list list = { .count = 1 };
	struct flow copy = *flow;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool found;

	list.flow = &copy;
	if (json)
		render_json_flows(out, &list, false);
	else
		render_show(out, flow, NULL);
	fclose(out);
	found = strstr(text, words);
	free(text);
	return found;
}

static void test_first_monotonic(void)
{
	struct flow flow = tcp_flow(0);

	ktap_ok(!shows(&flow, true, "first_monotonic"),
		"JSON: no first_monotonic if it is not known");
	flow.first_monotonic_ns = 9007199254740993;
	ktap_ok(shows(&flow, true, ",\"first_monotonic\":9007199.254740993}"),
		"JSON: first_monotonic, every digit");
}

static void test_unusual(void)
{
	struct flow flow = tcp_flow(0);

	ktap_ok(!shows(&flow, false, "unusual") &&
		!shows(&flow, true, "unusual"), "unusual: nothing is said of none");
	flow.orig.sent.unusual = 1 << TUPLESTAT_UNUSUAL_NULL |
				 1 << TUPLESTAT_UNUSUAL_XMAS;
	ktap_ok(shows(&flow, false,
		      "    unusual    the originator sent unusual flags: "
		      "null (no flag at all), "
		      "xmas (FIN, PSH and URG without ACK)\n") &&
		!shows(&flow, false, "the responder sent unusual"),
		"unusual: show names them in words");
	ktap_ok(shows(&flow, true, "\"unusual\":[\"null\",\"xmas\"]},\"reply\""),
		"unusual: JSON, of the side that sent them");
	flow = tcp_flow(0);
	flow.reply.sent.unusual = 1 << TUPLESTAT_UNUSUAL_FIN_RST;
	ktap_ok(shows(&flow, true, "\"unusual\":[\"fin-rst\"]},\"state\"") &&
		shows(&flow, false, "the responder sent unusual flags: "
		      "fin-rst (FIN and RST at once)\n"),
		"unusual: the other side");
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	ktap_plan(11 + 6 + 6 + 4);
	test_seq();
	test_lines();
	test_json();
	test_first_monotonic();
	test_unusual();
	return ktap_finish();
}
