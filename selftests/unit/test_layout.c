// SPDX-License-Identifier: GPL-2.0
/* Columns that a person chooses, units, ages, colors, TSV, and Zeek's log. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "ktap.h"
#include "render_table.h"
#include "zeek.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Ages are counted to it. */
#define NOW (UINT64_C(1700000100) * NS_PER_SEC)

/* A connection over IPv4, and a question over IPv6 that nobody answered. */
static struct flow flows[2];

static void make_flows(void)
{
	flows[0] = (struct flow){
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.state = TUPLESTAT_STATE_TIME_WAIT,
		.conn_state = TUPLESTAT_CONN_SF,
		.rtt_ambiguous = true,
		.end_reason = TUPLESTAT_END_FLOW,
		.first_ns = UINT64_C(1700000000123456789),
		.last_ns = UINT64_C(1700000009123456789),
		.first_monotonic_ns = UINT64_C(9007199254740993),
		.synack_ns = 120000,
		.ackdat_ns = 40007,
		.history = "ShADadFf",
		.orig = {
			.port = 40000,
			.sent = {
				.packets = 1234567,
				.ip_bytes = 999,
				.l4_bytes = 1000,
				.payload_bytes = 80,
				.flags = { [TCP_FLAG_SYN] = 1,
					   [TCP_FLAG_ACK] = 5 },
				.retransmits = 3,
				.unusual = 1 << TUPLESTAT_UNUSUAL_NULL |
					   1 << TUPLESTAT_UNUSUAL_XMAS,
			},
		},
		.reply = {
			.port = 53,
			.sent = {
				.packets = 5,
				.ip_bytes = UINT64_MAX,
				.l4_bytes = 999950,
				.zero_windows = 7,
				.flags = { [TCP_FLAG_RST] = 1 },
			},
		},
	};
	inet_pton(AF_INET, "10.0.0.1", flows[0].orig.addr);
	inet_pton(AF_INET, "10.0.0.22", flows[0].reply.addr);
	flows[1] = (struct flow){
		.family = AF_INET6,
		.proto = IPPROTO_UDP,
		.state = TUPLESTAT_STATE_UNREPLIED,
		.conn_state = TUPLESTAT_CONN_S0,
		.first_ns = UINT64_C(1700000099900000000),
		.last_ns = UINT64_C(1700000099900000000),
		.orig = { .port = 5000, .sent = { .packets = 1,
						  .ip_bytes = 80 } },
		.reply = { .port = 53 },
	};
	inet_pton(AF_INET6, "2001:db8::1", flows[1].orig.addr);
	inet_pton(AF_INET6, "2001:db8::2", flows[1].reply.addr);
}

/* The flows as @opts and @list say; to be freed. */
static char *print(const struct options *opts, const char *list,
		   const struct services *services)
{
	char error[LAYOUT_ERROR_LEN], *text = NULL;
	struct layout layout;
	struct table table;
	size_t len = 0, i;
	FILE *out = open_memstream(&text, &len);

	if (!out || layout_make(&layout, opts, list, error))
		abort();
	layout.style.services = services;
	if (layout.style.now_ns)
		layout.style.now_ns = NOW;
	table_begin(&table, &layout);
	for (i = 0; i < ARRAY_SIZE(flows); i++)
		if (table_add(&table, &flows[i]))
			abort();
	table_print(out, &table);
	table_free(&table);
	fclose(out);
	return text;
}

static const struct {
	const char *name;
	struct options opts;
	const char *list;
	const char *text;
} views[] = {
	{ "as it is", { 0 }, NULL,
	  "Proto  State      Verdict  Originator          Responder          "
	  "Packets            Bytes            Flags  Duration\n"
	  "tcp    TIME_WAIT  SF       10.0.0.1:40000      10.0.0.22:53      "
	  "1234567/5  999/18446744073709551615   SA/R      9.0s\n"
	  "udp    UNREPLIED  S0       [2001:db8::1]:5000  [2001:db8::2]:53  "
	  "      1/0   80/0                       -         0us\n" },
	{ "columns", { 0 }, "reply.port,proto,orig.addr",
	  "reply.port  Proto  orig.addr\n"
	  "53          tcp    10.0.0.1\n"
	  "53          udp    2001:db8::1\n" },
	{ "one column twice", { 0 }, "proto,proto",
	  "Proto  Proto\ntcp    tcp\nudp    udp\n" },
	{ "besides", { .no_header = true }, "+history",
	  "tcp  TIME_WAIT  SF  10.0.0.1:40000      10.0.0.22:53      1234567/5"
	  "  999/18446744073709551615  SA/R  9.0s  ShADadFf\n"
	  "udp  UNREPLIED  S0  [2001:db8::1]:5000  [2001:db8::2]:53        1/0"
	  "   80/0                      -     0us  -\n" },
	{ "detail", { .no_header = true, .detail = 1 }, NULL,
	  "tcp  TIME_WAIT  SF  10.0.0.1:40000      10.0.0.22:53      1234567/5"
	  "  999/18446744073709551615  SA/R  9.0s  ShADadFf  160us  80/0  3/0\n"
	  "udp  UNREPLIED  S0  [2001:db8::1]:5000  [2001:db8::2]:53        1/0"
	  "   80/0                      -     0us  -             -   0/0  -\n" },
	{ "times", { .no_header = true }, "synack,ackdat,rtt_ambiguous,midstream",
	  "120us  40us  true  false\n"
	  "    -     -  -     -\n" },
	{ "first_monotonic: exact in text", { 0 },
	  "first_monotonic,proto",
	  "  first_monotonic  Proto\n"
	  "9007199.254740993  tcp\n"
	  "                -  udp\n" },
	{ "flags, counts", { .no_header = true },
	  "orig.flags.syn,orig.flags.ack,reply.flags.rst,orig.retransmits,"
	  "reply.zero_windows,zero_windows,orig.unusual,reply.unusual",
	  "1  5  1  3  7  0/7  null,xmas  -\n"
	  "-  -  -  -  -  -    -          -\n" },
	{ "ages", { 0 }, "age,idle",
	  "  Age   Idle\n"
	  "1m39s  1m30s\n"
	  "100ms  100ms\n" },
	{ "no ages of a capture", { .read = "-", .no_header = true },
	  "age,idle,end_reason", "-  -  end-of-flow\n-  -  -\n" },
	{ "human", { .human = true, .no_header = true },
	  "orig.packets,orig.ip_bytes,orig.l4_bytes,reply.ip_bytes,"
	  "reply.l4_bytes,packets,bytes,orig.flags.ack",
	  "1.2M  999B  1.0kB  18.4EB  1.0MB  1.2M/5  999B/18.4EB  5\n"
	  "   1   80B     0B      0B     0B     1/0   80B/0B      -\n" },
	{ "in color", { .color = COLOR_ALWAYS, .no_header = true },
	  "state,proto,conn_state",
	  "\033[36mTIME_WAIT\033[0m  tcp  \033[32mSF\033[0m\n"
	  "\033[33mUNREPLIED\033[0m  udp  \033[33mS0\033[0m\n" },
	/* open_memstream() is no terminal, nor is what tests print to */
	{ "no color by itself", { .no_header = true }, "state",
	  "TIME_WAIT\nUNREPLIED\n" },
	{ "no color in tsv", { .format = FORMAT_TSV, .color = COLOR_ALWAYS,
			       .no_header = true }, "state",
	  "TIME_WAIT\nUNREPLIED\n" },
	{ "tsv", { .format = FORMAT_TSV },
	  "orig,reply.ip_bytes,first,synack,tcprtt,duration,age,history,flags,"
	  "first_monotonic",
	  "orig\treply.ip_bytes\tfirst\tsynack\ttcprtt\tduration\tage\t"
	  "history\tflags\tfirst_monotonic\n"
	  "10.0.0.1:40000\t18446744073709551615\t1700000000.123456789\t"
	  "0.000120000\t0.000160007\t9.000000000\t99.876543211\tShADadFf\t"
	  "SA/R\t9007199.254740993\n"
	  "[2001:db8::1]:5000\t0\t1700000099.900000000\t-\t-\t0.000000000\t"
	  "0.100000000\t-\t-\t-\n" },
	{ "tsv of everything, but for the first column",
	  { .format = FORMAT_TSV, .no_header = true },
	  "orig.addr,orig.port,orig.packets,orig.ip_bytes,orig.l4_bytes,"
	  "orig.payload_bytes,orig.retransmits,orig.zero_windows,"
	  "orig.flags.fin,orig.flags.syn,state,conn_state,history,midstream",
	  "10.0.0.1\t40000\t1234567\t999\t1000\t80\t3\t0\t0\t1\tTIME_WAIT\tSF\t"
	  "ShADadFf\tfalse\n"
	  "2001:db8::1\t5000\t1\t80\t0\t0\t-\t-\t-\t-\tUNREPLIED\tS0\t-\t-\n" },
	{ "zeek", { .format = FORMAT_ZEEK, .no_header = true }, NULL,
	  "1700000000.123456\tC\t10.0.0.1\t40000\t10.0.0.22"
	  "\t53\ttcp\t-\t9.000000\t80\t0\tSF\t-\t-\t-\tShADadFf\t1234567\t999\t"
	  "5\t18446744073709551615\t-\n"
	  "1700000099.900000\tC\t2001:db8::1\t5000\t2001:db8::2\t53\tudp\t-\t-"
	  "\t-\t-\tS0\t-\t-\t-\t-\t1\t80\t0\t0\t-\n" },
};

/* For the eye; uids are checked by themselves. */
static void hide_uids(char *text)
{
	char *uid = text;

	while ((uid = strstr(uid, "\tC"))) {
		uid += 2;
		if (strcspn(uid, "\t") == ZEEK_UID_LEN - 2)
			memmove(uid, uid + ZEEK_UID_LEN - 2,
				strlen(uid + ZEEK_UID_LEN - 2) + 1);
	}
}

static void test_views(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(views); i++) {
		char *text = print(&views[i].opts, views[i].list, NULL);

		if (views[i].opts.format == FORMAT_ZEEK)
			hide_uids(text);
		if (!ktap_ok(!strcmp(text, views[i].text), "%s", views[i].name))
			printf("# got:\n%s", text);
		free(text);
	}
}

static const struct {
	const char *list;
	const char *error;
} errors[] = {
	{ "stat", "unknown column 'stat': did you mean 'state' or "
	  "'conn_state'?" },
	{ "proto,orig.adr", "unknown column 'orig.adr': did you mean "
	  "'orig.addr'?" },
	{ "rtt", "unknown column 'rtt': did you mean 'tcprtt' or "
	  "'rtt_ambiguous'?" },
	{ "elephant", "unknown column 'elephant'; try 'tuplestat help "
	  "columns'" },
	{ "", "unknown column ''; try 'tuplestat help columns'" },
	{ "proto,", "unknown column ''; try 'tuplestat help columns'" },
	{ "+", "unknown column ''; try 'tuplestat help columns'" },
	{ "Proto", "unknown column 'Proto': did you mean 'proto'?" },
};

static void test_errors(void)
{
	const struct options opts = { 0 };
	char error[LAYOUT_ERROR_LEN];
	struct layout layout;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (!ktap_ok(layout_make(&layout, &opts, errors[i].list,
					 error) < 0 &&
			     !strcmp(error, errors[i].error), "error: '%s'",
			     errors[i].list))
			printf("# got: %s\n", error);
}

static void test_most(void)
{
	char list[6 * COLUMNS_MAX + 16] = "proto", error[LAYOUT_ERROR_LEN];
	const struct options opts = { 0 };
	struct layout layout;
	int i;

	for (i = 1; i < COLUMNS_MAX; i++)
		strcat(list, ",proto");
	ktap_ok(!layout_make(&layout, &opts, list, error) &&
		layout.count == COLUMNS_MAX, "as many columns as there can be");
	strcat(list, ",state");
	ktap_ok(layout_make(&layout, &opts, list, error) < 0 &&
		!strcmp(error, "more than 64 columns, from 'state' on"),
		"and no more");
}

/* Each in a row by itself, as text and for programs: the widest values fit. */
static void test_every_column(void)
{
	struct options opts = { .human = true };
	const struct field *field;
	unsigned int i, lines, bad = 0;
	const char *title;
	char *text, *c;

	for (i = 0; (field = field_get(i)); i++) {
		opts.format = i % 2 ? FORMAT_TSV : FORMAT_TEXT;
		text = print(&opts, field->name, NULL);
		title = opts.format == FORMAT_TSV || !field->title ?
			field->name : field->title;
		for (lines = 0, c = text; *c; c++)
			lines += *c == '\n';
		bad += lines != 3 || !strstr(text, title) ||
		       field_find(field->name, strlen(field->name)) != field;
		free(text);
	}
	ktap_ok(!bad && i == 58, "each of %u columns by itself", i);
}

static void test_services(void)
{
	struct services *services = names_services_load();
	const struct options opts = { .no_header = true };
	char *text = print(&opts, "reply.port,orig", services);

	ktap_ok(!strcmp(text, "domain  10.0.0.1:40000\n"
			"domain  [2001:db8::1]:5000\n"), "names of ports");
	free(text);
	names_services_free(services);
}

static const char *uid_of(const struct flow *flow)
{
	static char uid[8][ZEEK_UID_LEN];
	static unsigned int next;

	next = (next + 1) % 8;
	zeek_uid(uid[next], flow);
	return uid[next];
}

static void test_uids(void)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	struct flow flow = flows[0], turned;
	const char *uid;

	/* As in a capture, first. */
	flow.first_monotonic_ns = 0;
	turned = flow;
	uid = uid_of(&flow);
	turned.orig = flow.reply;
	turned.reply = flow.orig;
	ktap_ok(strlen(uid) == ZEEK_UID_LEN - 1 && *uid == 'C' &&
		strspn(uid, digits) == strlen(uid),
		"uid: in Zeek's form");
	/* It must not change from one version to the next, either. */
	if (!ktap_ok(!strcmp(uid, "CtQ27dq9GstBUYP06s"), "uid: the one that it always was"))
		printf("# got: %s\n", uid);
	ktap_ok(!strcmp(uid, uid_of(&turned)), "uid: whoever began it");
	flow.state = TUPLESTAT_STATE_CLOSE;
	flow.last_ns++;
	flow.orig.sent.packets++;
	ktap_ok(!strcmp(uid, uid_of(&flow)), "uid: whatever comes after");
	flow.first_ns++;
	ktap_ok(strcmp(uid, uid_of(&flow)), "uid: another for the next flow");
	flow = flows[0];
	uid = uid_of(&flow);
	if (!ktap_ok(!strcmp(uid, "CEd39iXfkUHdwVL9GG"), "uid: by first_monotonic, the one that it always was"))
		printf("# got: %s\n", uid);
	flow.first_ns += 3600 * NS_PER_SEC;
	ktap_ok(!strcmp(uid, uid_of(&flow)), "uid: the same after the clock was set");
	flow.first_monotonic_ns++;
	ktap_ok(strcmp(uid, uid_of(&flow)), "uid: another for the next flow, by first_monotonic");
	flow = flows[0];
	flow.proto = IPPROTO_UDP;
	ktap_ok(strcmp(uid, uid_of(&flow)), "uid: another for UDP");
	flow = flows[0];
	flow.orig.port++;
	ktap_ok(strcmp(uid, uid_of(&flow)), "uid: another for another port");
	turned = flows[0];
	turned.orig.port = flows[0].reply.port;
	turned.reply.port = flows[0].orig.port;
	ktap_ok(strcmp(uid, uid_of(&turned)), "uid: ports go with addresses");
}

int main(void)
{
	ktap_plan(ARRAY_SIZE(views) + ARRAY_SIZE(errors) + 15);
	make_flows();
	test_views();
	test_errors();
	test_most();
	test_every_column();
	test_services();
	test_uids();
	return ktap_finish();
}
