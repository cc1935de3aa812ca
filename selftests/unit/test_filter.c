// SPDX-License-Identifier: GPL-2.0
/* Words of a filter; whether it matches, or what is wrong with them. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "filter.h"
#include "ktap.h"

#define WORDS_MAX 80

enum { NO, YES };

/* 10.0.0.1:40000 -> 192.168.1.2:443, TCP, TIME_WAIT */
static struct flow flow4;

/* 2001:db8::1:0:0:1 port 5000 -> 2001:db8:ff::2 port 53, UDP, UNREPLIED */
static struct flow flow6;

static const struct {
	const char *words;
	int flow4;
	int flow6;
} matches[] = {
	{ "", YES, YES },
	{ "tcp", YES, NO },
	{ "udp", NO, YES },
	{ "not tcp", NO, YES },
	{ "not not tcp", YES, NO },
	{ "tcp udp", NO, NO },
	{ "tcp and dport 443", YES, NO },
	{ "tcp and not dport 443", NO, NO },
	{ "not tcp not dport 443", NO, YES },

	{ "src 10.0.0.1", YES, NO },
	{ "src 192.168.1.2", NO, NO },
	{ "dst 10.0.0.1", NO, NO },
	{ "dst 192.168.1.2", YES, NO },
	{ "host 10.0.0.1", YES, NO },
	{ "host 192.168.1.2", YES, NO },
	{ "not host 192.168.1.2", NO, YES },
	{ "src 10.0.0.0/8", YES, NO },
	{ "src 10.255.255.255/8", YES, NO },
	{ "src 11.0.0.0/8", NO, NO },
	{ "src 10.0.0.0/31", YES, NO },
	{ "src 10.0.0.0/32", NO, NO },
	{ "src 8.0.0.0/6", YES, NO },
	{ "src 12.0.0.0/6", NO, NO },
	{ "src 0.0.0.0/0", YES, NO },
	{ "src ::/0", NO, YES },
	{ "src 2001:db8::1:0:0:1", NO, YES },
	{ "dst 2001:db8::/33", NO, YES },
	{ "dst 2001:db8:ff::/48", NO, YES },
	{ "dst 2001:db8:ff::2/128", NO, YES },
	{ "dst 2001:db8:ff::3/127", NO, YES },
	{ "dst 2001:db8:ff::3/128", NO, NO },
	{ "host 2001:db8:fe::/47", NO, YES },

	{ "sport 40000", YES, NO },
	{ "sport 443", NO, NO },
	{ "dport 40000", NO, NO },
	{ "port 40000", YES, NO },
	{ "port 443", YES, NO },
	{ "not port 443", NO, YES },
	{ "port 1-52", NO, NO },
	{ "port 1-53", NO, YES },
	{ "port 53-53", NO, YES },
	{ "port 0-65535", YES, YES },
	{ "dport https", YES, NO },
	{ "dport domain", NO, YES },

	{ "state time-wait", YES, NO },
	{ "state TIME_WAIT", YES, NO },
	{ "state Time_Wait,syn-sent", YES, NO },
	{ "state syn-sent,unreplied", NO, YES },
	{ "not state time-wait", NO, YES },

	{ "conn SF", YES, NO },
	{ "conn s0,rej", NO, YES },
	{ "not conn S0", YES, NO },
};

static const struct {
	const char *words;
	const char *error;
} errors[] = {
	{ "foo", "unknown word 'foo'; try 'tuplestat help'" },
	{ "TCP", "unknown word 'TCP': did you mean 'tcp'?" },
	{ "tcp dpor 80", "unknown word 'dpor': did you mean 'dport'?" },
	{ "tcp stat close", "unknown word 'stat': did you mean 'state'?" },
	{ "not tpc", "unknown word 'tpc': did you mean 'tcp'?" },
	{ "net 10.0.0.0/8", "unknown word 'net': did you mean 'host'?" },
	{ "ip6 and tcp", "unknown word 'ip6': did you mean '-6'?" },
	{ "verdict S0", "unknown word 'verdict': did you mean 'conn'?" },
	{ "and tcp", "unknown word 'and'; try 'tuplestat help'" },
	{ "tcp and and udp", "unknown word 'and'; try 'tuplestat help'" },
	{ "not and tcp", "unknown word 'and'; try 'tuplestat help'" },
	{ "tcp or udp", "unknown word 'or'; try 'tuplestat help'" },
	{ "not", "nothing follows 'not'" },
	{ "tcp and", "nothing follows 'and'" },
	{ "tcp and not", "nothing follows 'not'" },
	{ "src", "nothing follows 'src'" },
	{ "tcp port", "nothing follows 'port'" },
	{ "state", "nothing follows 'state'" },

	{ "src 10.0.0", "src: '10.0.0' is not an IPv4 or IPv6 address" },
	{ "dst example.org",
	  "dst: 'example.org' is not an IPv4 or IPv6 address" },
	{ "host /8", "host: '/8' is not an IPv4 or IPv6 address" },
	{ "host 1111111111111111111111111111111111111111111111111111",
	  "host: '1111111111111111111111111111111111111111111111111111' "
	  "is not an IPv4 or IPv6 address" },
	{ "src 10.0.0.0/33",
	  "src: '10.0.0.0/33' has no prefix length from 0 to 32" },
	{ "src 10.0.0.0/",
	  "src: '10.0.0.0/' has no prefix length from 0 to 32" },
	{ "src 10.0.0.0/-1",
	  "src: '10.0.0.0/-1' has no prefix length from 0 to 32" },
	{ "src 10.0.0.0/8/8",
	  "src: '10.0.0.0/8/8' has no prefix length from 0 to 32" },
	{ "src ::/129", "src: '::/129' has no prefix length from 0 to 128" },
	{ "src ::/4294967297",
	  "src: '::/4294967297' has no prefix length from 0 to 128" },

	{ "port 65536", "port: '65536' is no port from 0 to 65535, "
	  "no range and no service" },
	{ "port -1", "port: '-1' is no port from 0 to 65535, "
	  "no range and no service" },
	{ "port 0x50", "port: '0x50' is no port from 0 to 65535, "
	  "no range and no service" },
	{ "port 18446744073709551617",
	  "port: '18446744073709551617' is no port from 0 to 65535, "
	  "no range and no service" },
	{ "dport nosuchservice",
	  "dport: 'nosuchservice' is no port from 0 to 65535, "
	  "no range and no service" },
	{ "sport 80-", "sport: '80-' is no range of ports from 0 to 65535" },
	{ "sport 80-65536",
	  "sport: '80-65536' is no range of ports from 0 to 65535" },
	{ "sport 1-2-3",
	  "sport: '1-2-3' is no range of ports from 0 to 65535" },
	{ "sport 90-80",
	  "sport: '90-80' is a range that ends before it begins" },

	{ "state established,foo",
	  "state: 'established,foo' is not a state or a list of states" },
	{ "state close,", "state: 'close,' is not a state or a list of states" },
	{ "state ,close", "state: ',close' is not a state or a list of states" },
	{ "state clos", "state: 'clos' is not a state or a list of states: "
	  "did you mean 'close-wait' or 'close'?" },
	{ "state close,SYN_SEND", "state: 'close,SYN_SEND' is not a state or "
	  "a list of states: did you mean 'syn-sent'?" },
	{ "state estab", "state: 'estab' is not a state or a list of states: "
	  "did you mean 'established'?" },
	{ "conn sf,reg", "conn: 'sf,reg' is not a verdict (S0, SF, REJ, ...) "
	  "or a list of them: did you mean 'REJ'?" },
	{ "conn S9",
	  "conn: 'S9' is not a verdict (S0, SF, REJ, ...) or a list of them" },
};

/* Splits at blanks, as a shell would; @text holds the words afterwards. */
static int split(char *text, char **argv)
{
	int argc = 0;
	char *word;

	for (word = strtok(text, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return argc;
}

static int parse(struct tstat_filter *filter, const char *words, char *error)
{
	char text[1024], *argv[WORDS_MAX];
	int argc;

	snprintf(text, sizeof(text), "%s", words);
	argc = split(text, argv);
	return filter_parse(filter, argc, argv, error);
}

static void make_flows(void)
{
	flow4 = (struct flow){
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.state = TUPLESTAT_STATE_TIME_WAIT,
		.conn_state = TUPLESTAT_CONN_SF,
		.orig.port = 40000,
		.reply.port = 443,
	};
	inet_pton(AF_INET, "10.0.0.1", flow4.orig.addr);
	inet_pton(AF_INET, "192.168.1.2", flow4.reply.addr);

	flow6 = (struct flow){
		.family = AF_INET6,
		.proto = IPPROTO_UDP,
		.state = TUPLESTAT_STATE_UNREPLIED,
		.conn_state = TUPLESTAT_CONN_S0,
		.orig.port = 5000,
		.reply.port = 53,
	};
	inet_pton(AF_INET6, "2001:db8::1:0:0:1", flow6.orig.addr);
	inet_pton(AF_INET6, "2001:db8:ff::2", flow6.reply.addr);
}

static void test_matches(void)
{
	char error[FILTER_ERROR_LEN];
	struct tstat_filter filter;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(matches); i++)
		ktap_ok(!parse(&filter, matches[i].words, error) &&
			filter_match(&filter, &flow4) == matches[i].flow4 &&
			filter_match(&filter, &flow6) == matches[i].flow6,
			"match: '%s'", matches[i].words);
}

static void test_errors(void)
{
	char error[FILTER_ERROR_LEN];
	struct tstat_filter filter;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		error[0] = '\0';
		if (!ktap_ok(parse(&filter, errors[i].words, error) < 0 &&
			     !strcmp(error, errors[i].error),
			     "error: '%s'", errors[i].words))
			printf("# got: %s\n", error);
	}
}

static void test_family(void)
{
	struct tstat_filter filter = { 0 };

	ktap_ok(!filter_add_family(&filter, AF_INET6) &&
		!filter_match(&filter, &flow4) &&
		filter_match(&filter, &flow6), "family: -6");
}

static void test_bounds(void)
{
	char *argv[TUPLESTAT_TERMS_MAX + 1];
	char error[FILTER_ERROR_LEN];
	struct tstat_filter filter;
	int i;

	for (i = 0; i < TUPLESTAT_TERMS_MAX + 1; i++)
		argv[i] = "tcp";
	ktap_ok(!filter_parse(&filter, TUPLESTAT_TERMS_MAX, argv, error) &&
		filter_match(&filter, &flow4), "bounds: as many terms as fit");
	ktap_ok(filter_add_family(&filter, AF_INET) < 0,
		"bounds: no room for -4");
	ktap_ok(filter_parse(&filter, TUPLESTAT_TERMS_MAX + 1, argv, error) < 0,
		"bounds: one term too many");
}

int main(void)
{
	ktap_plan(ARRAY_SIZE(matches) + ARRAY_SIZE(errors) + 4);
	make_flows();
	test_matches();
	test_errors();
	test_family();
	test_bounds();
	return ktap_finish();
}
