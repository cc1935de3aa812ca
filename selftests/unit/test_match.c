// SPDX-License-Identifier: GPL-2.0
/*
 * The two ways to a filter's answer agree: of a record, as the kernel takes
 * it, and of the flow that the command makes of the same packets.
 */
#include <arpa/inet.h>

#include "account.h"
#include "filter.h"
#include "ktap.h"
#include "match.h"
#include "replay_words.h"
#include "verdict.h"

#define WORDS_MAX 20

/* Who sends what: letters as in histories, s is a SYN-ACK; u a datagram. */
static const struct {
	struct talk talk;
	const char *packets;
} talks[] = {
	{ { 4, 2, 1, 40000, 443 }, "S" },
	{ { 4, 1, 2, 443, 40009 }, "Ss" },
	{ { 4, 200, 2, 8080, 80 }, "SsA" },
	{ { 4, 3, 3, 5, 5 }, "Sr" },
	{ { 4, 1, 2, 40004, 443 }, "Sr" },
	{ { 4, 2, 1, 40005, 443 }, "SsAF" },
	{ { 6, 1, 2, 40000, 22 }, "SsAFf" },
	{ { 6, 9, 2, 22, 40000 }, "SsAFfA" },
	{ { 6, 2, 1, 0, 65535 }, "SsAR" },
	/* Begun in their middle: the second of them is turned round. */
	{ { 4, 1, 2, 40001, 443 }, "Aa" },
	{ { 4, 2, 1, 443, 40002 }, "Aa" },
	{ { 4, 7, 1, 443, 40003 }, "s" },
	{ { 4, 1, 2, 5000, 53 }, "U" },
	{ { 4, 2, 1, 53, 5001 }, "Uu" },
	{ { 6, 1, 2, 5000, 53 }, "Uu" },
	{ { 6, 2, 1, 53, 5001 }, "U" },
};

static const char *const words[] = {
	"tcp", "udp", "not tcp", "tcp dport 443",
	"src 10.0.0.1", "dst 10.0.0.1", "host 10.0.0.1", "not host 10.0.0.1",
	"src 10.0.0.0/31", "src 10.0.0.128/25", "src 10.0.0.0/30",
	"host 10.0.0.3", "src 0.0.0.0/0", "not src ::/0", "host ::/0",
	"src 2001:db8::1", "dst 2001:db8::1", "host 2001:db8::8/125",
	"not dst 2001:db8::2",
	"sport 443", "dport 443", "port 443", "not port 443", "port 5",
	"sport 40000", "dport 40000-40003", "port 1-1023", "sport 0",
	"dport 65535", "port 53 udp", "dport domain", "sport 1024-65535",
	"state syn-sent", "state syn-recv", "state established",
	"state last-ack", "state time-wait", "state close", "state fin-wait",
	"state unreplied", "state replied", "state syn-sent,replied,close",
	"not state established",
	"conn S0", "conn S1", "conn SF", "conn REJ", "conn RSTO", "conn OTH",
	"conn SHR,RSTR,S1", "not conn SF,S0",
};

static struct tstat_record records[ARRAY_SIZE(talks)];
static struct flow_list seen;

static u8 flags_of(char what)
{
	switch (what) {
	case 'S':
		return S;
	case 's':
		return S | A;
	case 'F':
	case 'f':
		return F | A;
	case 'R':
	case 'r':
		return R | A;
	default:
		return A;
	}
}

static void make_packet(struct talk talk, char what)
{
	/* Upper case is sent by the side that @talk names first. */
	if (what >= 'a')
		talk = back(talk);
	if (what == 'U' || what == 'u')
		make_udp(&p, talk, 10);
	else
		make_tcp(&p, talk, flags_of(what), 0);
}

static void account(struct tstat_record *rec, bool first, u64 now_ns)
{
	struct tstat_reader reader = {
		.head = p.bytes, .head_len = p.len, .wire_len = p.len,
	};
	static struct tstat_ports ports;
	struct tstat_packet pkt = { 0 };

	tstat_ports_parse(&ports, TSTAT_PORTS_DEFAULT);
	if (!tstat_parse(&reader, &pkt))
		abort();
	if (first)
		tstat_record_begin(rec, &pkt, &ports, now_ns);
	tstat_record_account(rec, &pkt, now_ns);
}

/* The same packets to a replay, which makes flows, and to records. */
static bool make_both(void)
{
	const char *what;
	u64 now_ns = BEGIN_NS;
	size_t i;

	begin();
	for (i = 0; i < ARRAY_SIZE(talks); i++) {
		for (what = talks[i].packets; *what; what++) {
			make_packet(talks[i].talk, *what);
			account(&records[i], what == talks[i].packets,
				++now_ns);
			transmit(now_ns);
		}
	}
	return finish_replay(&seen);
}

static int split(char *text, char **argv)
{
	int argc = 0;
	char *word;

	for (word = strtok(text, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return argc;
}

/* Every word passes some of the flows and refuses others: no empty promise. */
static void test_words(void)
{
	char text[256], *argv[WORDS_MAX], error[FILTER_ERROR_LEN];
	struct tstat_filter filter;
	size_t i, j, passed;
	bool good, passes;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		snprintf(text, sizeof(text), "%s", words[i]);
		good = !filter_parse(&filter, split(text, argv), argv, error);
		for (j = 0, passed = 0; j < seen.count; j++) {
			passes = filter_match(&filter, &seen.flow[j]);
			passed += passes;
			good &= passes == tstat_filter_match_record(
						  &filter, &records[j]);
		}
		if (!ktap_ok(good && passed && passed < seen.count,
			     "'%s'", words[i]))
			printf("# passed %zu of %zu\n", passed, seen.count);
	}
}

static void test_none(void)
{
	bool good = true;
	size_t i;

	for (i = 0; i < seen.count; i++)
		good &= tstat_filter_match_record(&all, &records[i]) &&
			filter_match(&all, &seen.flow[i]);
	ktap_ok(good, "no term: all of them pass");
}

/* Parses @text, whose words are gone afterwards. */
static bool pins(char *text, struct tstat_tuple *tuple)
{
	char *argv[WORDS_MAX], error[FILTER_ERROR_LEN];
	struct tstat_filter filter;

	return !filter_parse(&filter, split(text, argv), argv, error) &&
	       tstat_filter_tuple(&filter, tuple);
}

static void test_tuples(void)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN], text[256];
	const struct flow *flow;
	struct tstat_tuple tuple;
	bool good = true;
	size_t i;

	for (i = 0; i < seen.count; i++) {
		flow = &seen.flow[i];
		inet_ntop(flow->family, flow->orig.addr, src, sizeof(src));
		inet_ntop(flow->family, flow->reply.addr, dst, sizeof(dst));
		snprintf(text, sizeof(text),
			 "dport %u %s not conn S2 src %s sport %u dst %s",
			 flow->reply.port, flow->proto == 6 ? "tcp" : "udp",
			 src, flow->orig.port, dst);
		good &= pins(text, &tuple) &&
			tstat_tuple_equal(&tuple, &records[i].tuple);
	}
	ktap_ok(good, "all of a 5-tuple: it is found, whatever else there is");
}

#define PINS "tcp src 10.0.0.1 dst 10.0.0.2 sport 1 dport 2"

/* Each leaves more than one 5-tuple, or none. */
static void test_no_tuple(void)
{
	static const char *const loose[] = {
		"tcp", "src 10.0.0.1 dst 10.0.0.2 sport 1 dport 2",
		"tcp dst 10.0.0.2 sport 1 dport 2",
		"tcp src 10.0.0.1 sport 1 dport 2",
		"tcp src 10.0.0.1 dst 10.0.0.2 dport 2",
		"tcp src 10.0.0.1 dst 10.0.0.2 sport 1",
		"not tcp src 10.0.0.1 dst 10.0.0.2 sport 1 dport 2",
		"tcp not src 10.0.0.1 dst 10.0.0.2 sport 1 dport 2",
		"tcp src 10.0.0.1 dst 10.0.0.2 sport 1 not dport 2",
		"tcp src 10.0.0.0/31 dst 10.0.0.2 sport 1 dport 2",
		"tcp src 10.0.0.1 dst 2001:db8::/127 sport 1 dport 2",
		"tcp src 10.0.0.1 dst 2001:db8::1 sport 1 dport 2",
		"tcp src 10.0.0.1 dst 10.0.0.2 sport 1-2 dport 2",
		"tcp host 10.0.0.1 dst 10.0.0.2 sport 1 dport 2",
		"tcp src 10.0.0.1 dst 10.0.0.2 port 1 dport 2",
	};
	struct tstat_tuple tuple;
	char text[256] = PINS;
	bool good = pins(text, &tuple);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(loose); i++) {
		snprintf(text, sizeof(text), "%s", loose[i]);
		if (pins(text, &tuple)) {
			printf("# '%s'\n", loose[i]);
			good = false;
		}
	}
	ktap_ok(good, "less than all of a 5-tuple: there is none");
}

int main(void)
{
	ktap_plan(1 + ARRAY_SIZE(words) + 3);
	ktap_ok(make_both() && seen.count == ARRAY_SIZE(talks),
		"as many flows as records");
	test_words();
	test_none();
	test_tuples();
	test_no_tuple();
	flow_list_free(&seen);
	return ktap_finish();
}
