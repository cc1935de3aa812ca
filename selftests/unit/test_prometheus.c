// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics for Prometheus: flows that are added up, ports that are told apart,
 * the text, and the file that it is written to. With the argument "print" it
 * prints metrics instead of results: those of a module with all there can be.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ktap.h"
#include "ledger_line.h"
#include "prometheus.h"
#include "textfile.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Flows to add up; ports of so many that not all are told apart. */
static const struct {
	uint8_t proto, state, conn_state;
	uint16_t port;
	const char *history;
	uint64_t synack_ns, ackdat_ns;
	bool ambiguous, midstream;
} flows[] = {
	{ IPPROTO_TCP, TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_S1, 443,
	  "ShADd", 40000, 60000, false, false },	/* 100 us, a bound */
	{ IPPROTO_TCP, TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_S1, 443,
	  "ShADd", 40001, 60000, false, false },	/* above it */
	{ IPPROTO_TCP, TUPLESTAT_STATE_TIME_WAIT, TUPLESTAT_CONN_SF, 443,
	  "ShADadFf", 3 * NS_PER_SEC, 2 * NS_PER_SEC + 1, false, false },
	{ IPPROTO_TCP, TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_RSTO, 443,
	  "ShADR", 1000, 1000, true, false },	/* of which segment? */
	{ IPPROTO_TCP, TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_REJ, 22,
	  "Sr", 0, 0, false, false },
	{ IPPROTO_TCP, TUPLESTAT_STATE_SYN_SENT, TUPLESTAT_CONN_S0, 22,
	  "S", 0, 0, false, false },
	{ IPPROTO_TCP, TUPLESTAT_STATE_SYN_RECV, TUPLESTAT_CONN_S1, 22,
	  "Sh", 5000, 0, false, false },
	{ IPPROTO_TCP, TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_OTH, 25,
	  "Dd", 0, 0, false, true },		/* no handshake */
	{ IPPROTO_TCP, 99, 98, 80, "S", 0, 0, false, false },
	{ IPPROTO_UDP, TUPLESTAT_STATE_REPLIED, TUPLESTAT_CONN_SF, 53,
	  "Dd", 0, 0, false, false },
	{ IPPROTO_UDP, TUPLESTAT_STATE_UNREPLIED, TUPLESTAT_CONN_S0, 53,
	  "D", 0, 0, false, false },
};

static void take_flows(struct tally *tally)
{
	struct flow_sink sink = sink_to_tally(tally);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct flow flow = {
			.family = AF_INET,
			.proto = flows[i].proto,
			.state = flows[i].state,
			.conn_state = flows[i].conn_state,
			.midstream = flows[i].midstream,
			.rtt_ambiguous = flows[i].ambiguous,
			.synack_ns = flows[i].synack_ns,
			.ackdat_ns = flows[i].ackdat_ns,
			.reply.port = flows[i].port,
		};

		strcpy(flow.history, flows[i].history);
		sink.take(sink.data, &flow);
	}
}

static struct stats make_stats(void)
{
	struct stats stats = {
		.seen = { .packets = 60, .bytes = 6000 },
		.live = { 2, 10, 1000 },
		.max_flows = 100,
		.buckets = 64,
		.memory = 4096,
		.event_seq = 17,
		.events_lost = 1,
	};

	add_line(&stats.ended, TUPLESTAT_END_IDLE, 1, 20, 2000);
	add_line(&stats.ended, TUPLESTAT_END_FORCED, 3, 25, 2500);
	add_line(&stats.unattributed, TUPLESTAT_UNATTR_FRAGMENT, 0, 5, 500);
	add_line(&stats.unusual, TUPLESTAT_UNUSUAL_SYN_FIN, 0, 4, 160);
	return stats;
}

/* To be freed. */
static char *rendered(const struct stats *stats, const struct tally *tally,
		      const struct port_list *ports, const char *netns)
{
	char *text = NULL;
	size_t len;
	FILE *out;

	out = open_memstream(&text, &len);
	if (!out)
		abort();
	render_prometheus(out, stats, tally, ports, netns);
	fclose(out);
	return text;
}

/* A whole line. */
static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);
	const char *at;

	for (at = text; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[len] == '\n')
			return true;
	return false;
}

static const char *const lines[] = {
	"tuplestat_build_info{version=\"" TUPLESTAT_VERSION "\"} 1",
	"# TYPE tuplestat_seen_packets_total counter",
	"tuplestat_seen_packets_total 60",
	"tuplestat_seen_bytes_total 6000",
	"# TYPE tuplestat_live_packets gauge",
	"tuplestat_live_packets 10",
	"tuplestat_live_bytes 1000",
	"# TYPE tuplestat_ended_flows_total counter",
	"tuplestat_ended_flows_total{reason=\"idle-timeout\"} 1",
	"tuplestat_ended_flows_total{reason=\"forced-end\"} 3",
	"tuplestat_ended_packets_total{reason=\"idle-timeout\"} 20",
	"tuplestat_ended_bytes_total{reason=\"forced-end\"} 2500",
	"tuplestat_unattributed_packets_total{reason=\"fragment\"} 5",
	"tuplestat_unattributed_bytes_total{reason=\"fragment\"} 500",
	"tuplestat_unusual_packets_total{kind=\"syn-fin\"} 4",
	"# TYPE tuplestat_table_flows gauge",
	"tuplestat_table_flows 2",
	"tuplestat_table_max_flows 100",
	"tuplestat_table_buckets 64",
	"tuplestat_table_memory_bytes 4096",
	"tuplestat_events_total 17",
	"tuplestat_events_lost_total 1",
	"# TYPE tuplestat_flows gauge",
	"tuplestat_flows{proto=\"tcp\",state=\"ESTABLISHED\"} 3",
	"tuplestat_flows{proto=\"tcp\",state=\"LAST_ACK\"} 0",
	"tuplestat_flows{proto=\"tcp\",state=\"UNKNOWN\"} 1",
	"tuplestat_flows{proto=\"udp\",state=\"REPLIED\"} 1",
	"tuplestat_flows_verdict{proto=\"tcp\",conn_state=\"S1\"} 3",
	"tuplestat_flows_verdict{proto=\"tcp\",conn_state=\"UNKNOWN\"} 1",
	"tuplestat_flows_verdict{proto=\"udp\",conn_state=\"S0\"} 1",
	"# TYPE tuplestat_handshakes gauge",
	"tuplestat_handshakes{port=\"443\",outcome=\"completed\"} 4",
	"tuplestat_handshakes{port=\"443\",outcome=\"refused\"} 0",
	"tuplestat_handshakes{port=\"22\",outcome=\"refused\"} 1",
	"tuplestat_handshakes{port=\"22\",outcome=\"unanswered\"} 1",
	"tuplestat_handshakes{port=\"22\",outcome=\"unfinished\"} 1",
	"tuplestat_handshakes{port=\"other\",outcome=\"unanswered\"} 1",
	"tuplestat_handshakes_reset{port=\"443\"} 1",
	"# TYPE tuplestat_handshake_rtt_seconds histogram",
	"tuplestat_handshake_rtt_seconds_bucket{port=\"443\",le=\"0.0001\"} 1",
	"tuplestat_handshake_rtt_seconds_bucket{port=\"443\",le=\"0.00025\"} 2",
	"tuplestat_handshake_rtt_seconds_bucket{port=\"443\",le=\"5\"} 2",
	"tuplestat_handshake_rtt_seconds_bucket{port=\"443\",le=\"+Inf\"} 3",
	"tuplestat_handshake_rtt_seconds_sum{port=\"443\"} 5.000200002",
	"tuplestat_handshake_rtt_seconds_count{port=\"443\"} 3",
	"tuplestat_handshake_rtt_seconds_count{port=\"22\"} 0",
	"tuplestat_handshake_rtt_seconds_count{port=\"other\"} 0",
};

static void test_text(const struct tally *tally)
{
	struct stats stats = make_stats();
	struct port_list ports;
	char *text;
	size_t i;

	if (port_list_parse(&ports, "443,22"))
		abort();
	text = rendered(&stats, tally, &ports, NULL);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		ktap_ok(has_line(text, lines[i]), "%s", lines[i]);
	ktap_ok(!strstr(text, "port=\"25\"") && !strstr(text, "port=\"80\""),
		"ports that are not listed are not told");
	ktap_ok(!strstr(text, "proto=\"udp\",state=\"ESTABLISHED\""),
		"a state of TCP is none of UDP");
	free(text);

	text = rendered(&stats, tally, &ports, "a\"b\\c\nd");
	ktap_ok(has_line(text,
			 "tuplestat_seen_packets_total{netns=\"a\\\"b\\\\c\\nd\"} 60") &&
		has_line(text,
			 "tuplestat_handshakes_reset{netns=\"a\\\"b\\\\c\\nd\",port=\"443\"} 1"),
		"the network namespace is a label, escaped");
	free(text);

	stats.is_capture = true;
	text = rendered(&stats, tally, &ports, NULL);
	ktap_ok(strstr(text, "tuplestat_table_flows") &&
		!strstr(text, "max_flows") && !strstr(text, "events"),
		"a capture's table has no limit, and there are no events");
	free(text);
}

static void test_restart(struct tally *tally)
{
	struct flow_sink sink = sink_to_tally(tally);
	struct port_list ports = { 0 };
	struct port_tally other;

	sink.restart(sink.data);
	take_flows(tally);
	tally_other_ports(tally, &ports, &other);
	ktap_ok(other.outcomes.begun == 8 && other.outcomes.completed == 4,
		"what the source began again is counted once");
}

static void begin(struct tally *tally, uint16_t port, unsigned int times)
{
	tally->port[port].outcomes.begun += times;
}

static void test_top_ports(void)
{
	static const uint16_t wanted[] = { 1, 2, 3, 4, 5, 6, 7, 8, 443, 65535 };
	struct port_list ports;
	struct port_tally other;
	struct tally tally;
	uint16_t port;

	if (tally_init(&tally))
		abort();
	tally_top_ports(&tally, &ports);
	ktap_ok(!ports.count, "no handshake, no port");

	begin(&tally, 443, 5);
	begin(&tally, 65535, 9);
	begin(&tally, 0, 1);
	for (port = 1; port < 12; port++)
		begin(&tally, port, 2);
	tally_top_ports(&tally, &ports);
	ktap_ok(ports.count == PROMETHEUS_PORTS_TOP &&
		!memcmp(ports.port, wanted, sizeof(wanted)),
		"the ten with the most handshakes, the lower ones of equals");
	tally_other_ports(&tally, &ports, &other);
	ktap_ok(other.outcomes.begun == 7, "the others together");
	tally_free(&tally);
}

static const struct {
	const char *text;
	int ret;
	size_t count;
	uint16_t first, last;
} lists[] = {
	{ "22", 0, 1, 22, 22 },
	{ "443,22", 0, 2, 22, 443 },
	{ "0,65535", 0, 2, 0, 65535 },
	{ "8000-8009,22", 0, 11, 22, 8009 },
	{ "22,22,20-22", 0, 3, 20, 22 },
	{ "1-100", 0, 100, 1, 100 },
	{ "1-101", -E2BIG, 0, 0, 0 },
	{ "1-50,1-51", -E2BIG, 0, 0, 0 },
	{ "0-65535", -E2BIG, 0, 0, 0 },
	{ "", -EINVAL, 0, 0, 0 },
	{ ",", -EINVAL, 0, 0, 0 },
	{ "22,", -EINVAL, 0, 0, 0 },
	{ "22,,23", -EINVAL, 0, 0, 0 },
	{ "65536", -EINVAL, 0, 0, 0 },
	{ "9-8", -EINVAL, 0, 0, 0 },
	{ "8-", -EINVAL, 0, 0, 0 },
	{ "-8", -EINVAL, 0, 0, 0 },
	{ "1-2-3", -EINVAL, 0, 0, 0 },
	{ "ssh", -EINVAL, 0, 0, 0 },
	{ "22, 23", -EINVAL, 0, 0, 0 },
};

static void test_lists(void)
{
	struct port_list ports;
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		ret = port_list_parse(&ports, lists[i].text);
		ktap_ok(ret == lists[i].ret &&
			(ret || (ports.count == lists[i].count &&
				 ports.port[0] == lists[i].first &&
				 ports.port[ports.count - 1] == lists[i].last)),
			"ports '%s': %d", lists[i].text, ret);
	}
}

static bool holds(const char *path, const char *wanted)
{
	char got[64] = "";
	FILE *file;

	file = fopen(path, "r");
	if (!file)
		return false;
	got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
	fclose(file);
	return !strcmp(got, wanted);
}

static int write_file(const char *path, const char *text)
{
	struct textfile file;
	int ret;

	ret = textfile_begin(&file, path);
	if (ret)
		return ret;
	fputs(text, file.out);
	return textfile_commit(&file);
}

/* In a directory of its own: removing it fails where something is left. */
static void test_file(void)
{
	char dir[] = "/tmp/tuplestat-prometheus-XXXXXX";
	struct rlimit unlimited, limit;
	struct textfile file;
	struct stat st;
	int ret;

	if (!mkdtemp(dir) || chdir(dir))
		abort();
	umask(022);
	ktap_ok(!write_file("metrics.prom", "one\n") &&
		holds("metrics.prom", "one\n") && !stat("metrics.prom", &st) &&
		(st.st_mode & 0777) == 0644, "file: made, for all to read");

	ktap_ok(!textfile_begin(&file, "./metrics.prom") &&
		fputs("two\n", file.out) >= 0 && !fflush(file.out) &&
		holds("metrics.prom", "one\n") &&
		!strstr(file.temporary, ".prom.prom") &&
		strcmp(file.temporary + strlen(file.temporary) - 5, ".prom"),
		"file: the old one is there while the new one is written");
	ktap_ok(!textfile_commit(&file) && holds("metrics.prom", "two\n"),
		"file: replaced");

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &unlimited);
	limit = unlimited;
	limit.rlim_cur = 2;
	setrlimit(RLIMIT_FSIZE, &limit);
	ret = write_file("metrics.prom", "three\n");
	/* What is said goes into a file, too, perhaps. */
	setrlimit(RLIMIT_FSIZE, &unlimited);
	ktap_ok(ret == -EFBIG, "file: no room for the new one");
	ktap_ok(holds("metrics.prom", "two\n"), "file: the old one is left");

	ktap_ok(write_file("nowhere/metrics.prom", "") == -ENOENT,
		"file: no such directory");
	ktap_ok(write_file("./", "") == -EISDIR, "file: no name");
	ktap_ok(write_file("/dev/null", "") == -EINVAL, "file: a device");
	ktap_ok(write_file(dir, "") == -EINVAL, "file: a directory");
	ktap_ok(!symlink("metrics.prom", "link") &&
		write_file("link", "") == -EINVAL && !unlink("link"),
		"file: a link");
	ktap_ok(!unlink("metrics.prom") && !chdir("/") && !rmdir(dir),
		"file: nothing else is left");
}

static int print(const struct tally *tally)
{
	struct stats stats = make_stats();
	struct port_list ports;

	tally_top_ports(tally, &ports);
	render_prometheus(stdout, &stats, tally, &ports, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	struct tally tally;
	int ret;

	if (tally_init(&tally))
		abort();
	take_flows(&tally);
	if (argc > 1 && !strcmp(argv[1], "print")) {
		ret = print(&tally);
	} else {
		ktap_plan(ARRAY_SIZE(lines) + ARRAY_SIZE(lists) + 19);
		test_text(&tally);
		test_restart(&tally);
		test_top_ports();
		test_lists();
		test_file();
		ret = ktap_finish();
	}
	tally_free(&tally);
	return ret;
}
