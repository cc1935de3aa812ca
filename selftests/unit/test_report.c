// SPDX-License-Identifier: GPL-2.0
/* What a report says of flows, and text that must not become markup. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/tuplestat.h>

#include "html.h"
#include "ktap.h"
#include "report.h"

#define WALL (UINT64_C(1795374000) * NS_PER_SEC)

static struct flow_list list;

/* From host @src to host @dst, 10.0.0.x; @bytes there, a tenth back. */
static void add(uint8_t src, uint8_t dst, uint64_t bytes, uint64_t rtt_ns)
{
	struct flow flow = {
		.family = AF_INET, .proto = IPPROTO_TCP,
		.conn_state = TUPLESTAT_CONN_SF, .history = "ShADadFf",
		.first_ns = WALL + list.count, .last_ns = WALL + 10 * bytes,
		.synack_ns = rtt_ns ? rtt_ns - 1 : 0, .ackdat_ns = !!rtt_ns,
		.orig = { .addr = { 10, 0, 0, src }, .port = 1000,
			  .sent = { .packets = 2, .ip_bytes = bytes } },
		.reply = { .addr = { 10, 0, 0, dst }, .port = 80,
			   .sent = { .packets = 1, .ip_bytes = bytes / 10 } },
	};

	flow_list_add(&list, &flow);
}

static void test_none(void)
{
	struct report report;

	ktap_ok(!report_make(&report, &list) && !report.hosts &&
		!report.shown && !report.flows, "none: no flow, no host");
	report_free(&report);
}

static void test_few(void)
{
	struct report report;

	flow_list_reset(&list);
	add(1, 2, 1000, 0);
	add(2, 1, 100, 0);
	add(3, 1, 50, 0);
	add(1, 1, 20, 0);
	report_make(&report, &list);
	ktap_ok(report.hosts == 3 && report.shown == 3 &&
		report.pairs.count == 3, "few: three hosts, three pairs");
	/* 1: 1000 + 10 + 5 + 22 sent, 100 + 100 + 50 + 22 received */
	ktap_ok(report.host[0].addr[3] == 1 &&
		report.host[0].bytes[0] == 1037 &&
		report.host[0].bytes[1] == 272 &&
		report.host[1].addr[3] == 2 &&
		report.host[1].bytes[0] == 200 &&
		report.host[1].bytes[1] == 1010 &&
		report.host[2].bytes[0] == 50 && report.host[2].bytes[1] == 5,
		"few: what each sent and received");
	ktap_ok(report.link[0][1].bytes == 1210 &&
		report.link[0][1].flows == 2 && report.link[0][2].bytes == 55 &&
		report.link[0][0].bytes == 22 && !report.link[1][2].flows &&
		!report.link[1][0].flows, "few: between them, and to itself");
	ktap_ok(report.flows == 4 && report.flow[0].orig.addr[3] == 1 &&
		report.flow[3].orig.sent.ip_bytes == 20 &&
		report.first_ns == WALL && report.last_ns == WALL + 10000,
		"few: the largest first, and from when to when");
	report_free(&report);
}

static void test_many(void)
{
	uint64_t others[2] = { 0 }, bytes = 0;
	struct report report;
	unsigned int i, a, b;

	flow_list_reset(&list);
	/* To host 200, the more the higher the number. */
	for (i = 1; i <= 40; i++)
		add((uint8_t)i, 200, i * 100, 0);
	add(1, 2, 70, 0);
	report_make(&report, &list);
	ktap_ok(report.hosts == 41 && report.shown == REPORT_HOSTS &&
		report.host[0].addr[3] == 200 && report.host[1].addr[3] == 40 &&
		report.host[11].addr[3] == 30, "many: the first twelve");
	for (i = 1; i <= 29; i++) {
		others[0] += i * 100;
		others[1] += i * 10;
	}
	/* Hosts 1 and 2 are both among them. */
	ktap_ok(report.others.bytes[0] == others[0] + 77 &&
		report.others.bytes[1] == others[1] + 77,
		"many: all others together");
	ktap_ok(report.link[0][12].bytes == others[0] + others[1] &&
		report.link[0][12].flows == 29 &&
		report.link[12][12].bytes == 77 &&
		report.link[0][11].bytes == 3300, "many: their lines");
	for (a = 0; a < REPORT_NODES; a++)
		for (b = 0; b < REPORT_NODES; b++)
			bytes += report.link[a][b].bytes;
	ktap_ok(bytes == report.summary.bytes,
		"many: all lines together are all bytes");
	ktap_ok(report.flows == REPORT_FLOWS, "many: so many flows, no more");
	report_free(&report);
}

static void test_rtts(void)
{
	static const uint64_t wanted[REPORT_RTT_BUCKETS] = {
		[0] = 2, [1] = 1, [9] = 1, [10] = 2,
	};
	struct report report;

	flow_list_reset(&list);
	add(1, 2, 1, 50 * NS_PER_USEC);
	add(1, 2, 1, 100 * NS_PER_USEC - 1);
	add(1, 2, 1, 100 * NS_PER_USEC);
	add(1, 2, 1, 3 * NS_PER_SEC - 1);
	add(1, 2, 1, 3 * NS_PER_SEC);
	add(1, 2, 1, 60 * NS_PER_SEC);
	add(1, 2, 1, 0);
	report_make(&report, &list);
	ktap_ok(!memcmp(report.rtt, wanted, sizeof(wanted)),
		"round trips: each in its bucket, also those on the border");
	report_free(&report);
}

/* What @put writes of @text. */
static bool writes(void (*put)(FILE *out, const char *text), const char *text,
		   const char *wanted)
{
	char *got = NULL;
	size_t len;
	FILE *out = open_memstream(&got, &len);
	bool good;

	put(out, text);
	fclose(out);
	good = !strcmp(got, wanted);
	if (!good)
		printf("# wanted %s, got %s\n", wanted, got);
	free(got);
	return good;
}

static void number(FILE *out, const char *text)
{
	html_number(out, strtoull(text, NULL, 10));
}

static void bytes(FILE *out, const char *text)
{
	html_bytes_text(out, strtoull(text, NULL, 10));
}

static void test_text(void)
{
	ktap_ok(writes(html_text, "<a href=\"x\">&'</a>",
		       "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;"),
		"text: markup");
	ktap_ok(writes(html_text, "1\n2\t\033[1m\x7f", "1\n2??[1m?"),
		"text: control characters, but lines");
	ktap_ok(writes(html_text, "\u00e4\u2192\U0001f600",
		       "\u00e4\u2192\U0001f600"), "text: UTF-8");
	/* Also none that a lenient reader would take for '<' or a quote. */
	ktap_ok(writes(html_text, "\xc0\xbc\xe0\x80\xa2\xff\x80 \xe2\x86",
		       "&lt;&quot;? ?") &&
		writes(html_text, "\xed\xa0\x80\xf7\xbf\xbf\xbf", "??"),
		"text: what is no UTF-8");
	ktap_ok(writes(number, "0", "0") && writes(number, "999", "999") &&
		writes(number, "1000", "1\u202f000") &&
		writes(number, "18446744073709551615",
		       "18\u202f446\u202f744\u202f073\u202f709\u202f551\u202f615"),
		"numbers: blanks between thousands");
	ktap_ok(writes(bytes, "999", "999\u202fB") &&
		writes(bytes, "1000", "1.0\u202fkB") &&
		writes(bytes, "99949", "99.9\u202fkB") &&
		writes(bytes, "99950", "100\u202fkB") &&
		writes(bytes, "999500", "1.0\u202fMB"), "bytes: rounded");
	ktap_ok(writes(html_addr, "2001:db8::1", "2001:<wbr>db8::<wbr>1") &&
		writes(html_addr, "10.0.0.1", "10.0.0.1"),
		"addresses: where they can be broken");
}

int main(void)
{
	ktap_plan(1 + 4 + 5 + 1 + 7);
	test_none();
	test_few();
	test_many();
	test_rtts();
	test_text();
	flow_list_free(&list);
	return ktap_finish();
}
