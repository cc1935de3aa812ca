// SPDX-License-Identifier: GPL-2.0
/*
 * What the module answers to requests that are wrong, and to right ones, so
 * that the refusals are known to be about what is wrong. Run as root with the
 * module loaded; it makes a network namespace of its own.
 */
#define _GNU_SOURCE
#include <sched.h>

#include "netlink_request.h"

#define BAD_PROTO "protocol must be TCP (6) or UDP (17)"
#define BAD_FAMILY "family must be AF_INET (2) or AF_INET6 (10)"
#define BAD_ADDR "address must have 4 bytes (IPv4) or 16 (IPv6)"
#define END_PARTS "address and port are both needed"
#define BOTH_ENDS "orig and reply are both needed"
#define NO_TUPLE "a 5-tuple names one flow; a dump takes terms"
#define NO_TERMS "terms are of many flows; the 5-tuple names one"
#define ONE_THING "a term says one thing: a family, protocol, address, port, states or conn-states"

/* One request a row. */
static const struct refusal {
	const char *name;
	uint8_t cmd;
	uint16_t flags;
	const char *attrs;
	int error;
	const char *text;
} refusals[] = {
	/* which flow */
	{ "nothing at all", FLOW_GET, 0, "",
	  EINVAL, "protocol is missing" },
	{ "no protocol", FLOW_GET, 0, A " " B,
	  EINVAL, "protocol is missing" },
	{ "no orig", FLOW_GET, 0, "proto:11 " B, EINVAL, BOTH_ENDS },
	{ "no reply", FLOW_GET, 0, "proto:11 " A, EINVAL, BOTH_ENDS },
	{ "protocol ICMP", FLOW_GET, 0, "^proto:01 " A " " B,
	  EINVAL, BAD_PROTO },
	{ "protocol 0", FLOW_GET, 0, "^proto:00 " A " " B, EINVAL, BAD_PROTO },
	{ "protocol of 2 octets", FLOW_GET, 0, "^proto:1100 " A " " B,
	  EINVAL, SOME_TEXT },
	{ "protocol of no octets", FLOW_GET, 0, "^proto: " A " " B,
	  EINVAL, SOME_TEXT },
	{ "no port", FLOW_GET, 0, "proto:11 ^orig{addr:7f000001} " B,
	  EINVAL, END_PARTS },
	{ "no address", FLOW_GET, 0, "proto:11 " A " ^reply{port:1388}",
	  EINVAL, END_PARTS },
	{ "an empty end", FLOW_GET, 0, "proto:11 " A " ^reply{}",
	  EINVAL, END_PARTS },
	{ "port of 1 octet", FLOW_GET, 0,
	  "proto:11 orig{addr:7f000001 ^port:9c} " B, EINVAL, SOME_TEXT },
	{ "port of 4 octets", FLOW_GET, 0,
	  "proto:11 orig{addr:7f000001 ^port:9c400000} " B, EINVAL, SOME_TEXT },
	{ "address of 5 octets", FLOW_GET, 0,
	  "proto:11 orig{^addr:7f00000100 port:9c40} " B, EINVAL, BAD_ADDR },
	{ "address of no octets", FLOW_GET, 0,
	  "proto:11 orig{^addr: port:9c40} " B, EINVAL, BAD_ADDR },
	{ "address of 17 octets", FLOW_GET, 0,
	  "proto:11 orig{^addr:0000000000000000000000000000000001 port:9c40} " B,
	  ERANGE, SOME_TEXT },
	{ "addresses of two families", FLOW_GET, 0, "proto:11 " A " " B6,
	  EINVAL, "addresses of different families" },
	{ "an end that is not marked as a nest", FLOW_GET, 0,
	  "proto:11 " A " ^reply:00000000", EINVAL, SOME_TEXT },
	{ "counters in a request", FLOW_GET, 0,
	  "proto:11 " A " reply{addr:7f000001 port:1388 ^counters:00}",
	  EINVAL, SOME_TEXT },
	{ "an unknown attribute in an end", FLOW_GET, 0,
	  "proto:11 " A " reply{addr:7f000001 port:1388 ^99:00}",
	  EINVAL, SOME_TEXT },
	{ "an attribute of answers only", FLOW_GET, 0,
	  "proto:11 " A " " B " ^state:03", EINVAL, SOME_TEXT },
	{ "padding", FLOW_GET, 0, "^1: proto:11 " A " " B,
	  EINVAL, SOME_TEXT },
	{ "an unknown attribute", FLOW_GET, 0,
	  "proto:11 " A " " B " ^99:00", EINVAL, SOME_TEXT },
	{ "octets behind the last attribute", FLOW_GET, 0,
	  "proto:11 " A " " B " +00000000", EINVAL, SOME_TEXT },
	{ "terms of one flow", FLOW_GET, 0, "^term{proto:11} proto:11 " A " " B,
	  EINVAL, NO_TERMS },
	{ "terms and no dump", FLOW_GET, 0, "^term{proto:11}",
	  EINVAL, NO_TERMS },
	{ "a count in a request", FLOW_GET, 0,
	  "proto:11 " A " " B " ^count:00000000", EINVAL, SOME_TEXT },
	{ "events in a request", FLOW_GET, 0,
	  "proto:11 " A " " B " ^events:01000000", EINVAL, SOME_TEXT },
	{ "no such flow", FLOW_GET, 0,
	  "proto:11 " A " reply{addr:7f000001 port:1389}",
	  ENOENT, "no such flow" },
	{ "the same ports, another protocol", FLOW_GET, 0,
	  "proto:06 " A " " B, ENOENT, "no such flow" },

	/* which flows */
	{ "a dump of one flow, protocol", FLOW_GET, DUMP, "^proto:11",
	  EINVAL, NO_TUPLE },
	{ "a dump of terms and a protocol", FLOW_GET, DUMP,
	  "term{proto:11} ^proto:11", EINVAL, NO_TUPLE },
	{ "a dump of one flow, orig", FLOW_GET, DUMP, "^" A, EINVAL, NO_TUPLE },
	{ "a dump of one flow, reply", FLOW_GET, DUMP, "^" B, EINVAL, NO_TUPLE },
	{ "a dump with an unknown attribute", FLOW_GET, DUMP, "^99:00",
	  EINVAL, SOME_TEXT },
	{ "a dump with an attribute of answers", FLOW_GET, DUMP, "^state:03",
	  EINVAL, SOME_TEXT },

	/* which flows to delete */
	{ "to delete a flow without its protocol", FLOW_DEL, 0, A " " B,
	  EINVAL, "protocol is missing" },
	{ "to delete a protocol", FLOW_DEL, 0, "proto:11", EINVAL, BOTH_ENDS },
	{ "to delete what one end has", FLOW_DEL, 0, "proto:11 " A,
	  EINVAL, BOTH_ENDS },
	{ "to delete what the other end has", FLOW_DEL, 0, "proto:11 " B,
	  EINVAL, BOTH_ENDS },
	{ "to delete orig alone", FLOW_DEL, 0, A,
	  EINVAL, "protocol is missing" },
	{ "to delete a flow of an end without a port", FLOW_DEL, 0,
	  "proto:11 ^orig{addr:7f000001} " B, EINVAL, END_PARTS },
	{ "to delete a flow of protocol ICMP", FLOW_DEL, 0,
	  "^proto:01 " A " " B, EINVAL, BAD_PROTO },
	{ "to delete a flow of two families", FLOW_DEL, 0,
	  "proto:11 " A " " B6, EINVAL, "addresses of different families" },
	{ "to delete one flow and some", FLOW_DEL, 0,
	  "proto:11 " A " " B " ^term{proto:11}", EINVAL, NO_TERMS },
	{ "to delete some flows and a protocol", FLOW_DEL, 0,
	  "^term{proto:11} proto:06", EINVAL, NO_TERMS },
	{ "to delete a flow that is not there", FLOW_DEL, 0,
	  "proto:11 " A " reply{addr:7f000001 port:1389}",
	  ENOENT, "no such flow" },
	{ "to delete with an unknown attribute", FLOW_DEL, 0,
	  "term{proto:11} ^99:00", EINVAL, SOME_TEXT },
	{ "to delete a count", FLOW_DEL, 0, "^count:01000000",
	  EINVAL, SOME_TEXT },
	{ "to delete by state, not in a term", FLOW_DEL, 0, "^state:03",
	  EINVAL, SOME_TEXT },
	{ "a dump of deleting", FLOW_DEL, DUMP, "", EOPNOTSUPP, NULL },

	/* requests that take nothing */
	{ "stats with attribute 1", STATS_GET, 0, "^1:00",
	  EINVAL, SOME_TEXT },
	{ "stats with attribute 2", STATS_GET, 0, "^2:00",
	  EINVAL, SOME_TEXT },
	{ "a dump of stats", STATS_GET, DUMP, "", EOPNOTSUPP, NULL },
	{ "the settings with attribute 1", CONFIG_GET, 0, "^1:00",
	  EINVAL, SOME_TEXT },
	{ "the settings with attribute 2", CONFIG_GET, 0, "^2:00000000",
	  EINVAL, SOME_TEXT },
	{ "a dump of the settings", CONFIG_GET, DUMP, "", EOPNOTSUPP, NULL },

	/* settings */
	{ "to set nothing", CONFIG_SET, 0, "",
	  EINVAL, "no setting is named" },
	{ "started 2", CONFIG_SET, 0, "^started:02", ERANGE, SOME_TEXT },
	{ "started of 4 octets", CONFIG_SET, 0, "^started:01000000",
	  EINVAL, SOME_TEXT },
	{ "max-flows 15", CONFIG_SET, 0, "^max-flows:0f000000",
	  ERANGE, SOME_TEXT },
	{ "max-flows 16777217", CONFIG_SET, 0, "^max-flows:01000001",
	  ERANGE, SOME_TEXT },
	{ "max-flows 4294967295", CONFIG_SET, 0, "^max-flows:ffffffff",
	  ERANGE, SOME_TEXT },
	{ "max-flows of 2 octets", CONFIG_SET, 0, "^max-flows:0001",
	  EINVAL, SOME_TEXT },
	{ "max-flows of 8 octets", CONFIG_SET, 0, "^max-flows:0001000000000000",
	  EINVAL, SOME_TEXT },
	{ "a setting that is not known", CONFIG_SET, 0,
	  "started:01 ^99:00", EINVAL, SOME_TEXT },

	/* timeouts */
	{ "no timeout", CONFIG_SET, 0, "timeouts{}",
	  EINVAL, "no setting is named" },
	{ "timeouts that are not marked as a nest", CONFIG_SET, 0,
	  "^timeouts:", EINVAL, SOME_TEXT },
	{ "a timeout of 0", CONFIG_SET, 0, "timeouts{^syn-sent:00000000}",
	  ERANGE, SOME_TEXT },
	{ "a timeout of 2592001", CONFIG_SET, 0,
	  "timeouts{^syn-sent:018d2700}", ERANGE, SOME_TEXT },
	{ "a timeout of 4294967295", CONFIG_SET, 0,
	  "timeouts{^active:ffffffff}", ERANGE, SOME_TEXT },
	{ "a good timeout and a bad one", CONFIG_SET, 0,
	  "timeouts{syn-sent:1e000000 ^active:00000000}", ERANGE, SOME_TEXT },
	{ "a good setting and a bad timeout", CONFIG_SET, 0,
	  "max-flows:00010000 timeouts{^active:00000000}", ERANGE, SOME_TEXT },
	{ "timeouts in two nests, the first one bad", CONFIG_SET, 0,
	  "timeouts{^active:00000000} timeouts{active:1e000000}",
	  ERANGE, SOME_TEXT },
	{ "a timeout of 2 octets", CONFIG_SET, 0, "timeouts{^none:1e00}",
	  EINVAL, SOME_TEXT },
	{ "a timeout of 8 octets", CONFIG_SET, 0,
	  "timeouts{^none:1e00000000000000}", EINVAL, SOME_TEXT },
	{ "a timeout of no octets", CONFIG_SET, 0, "timeouts{^none:}",
	  EINVAL, SOME_TEXT },
	{ "timeout 0", CONFIG_SET, 0, "timeouts{^0:1e000000}",
	  EINVAL, SOME_TEXT },
	{ "timeout 14", CONFIG_SET, 0, "timeouts{^14:1e000000}",
	  EINVAL, SOME_TEXT },

	/* operations that are none */
	{ "an event, asked for", FLOW_EVENT, 0, "", EOPNOTSUPP, NULL },
	{ "a dump of events", FLOW_EVENT, DUMP, "", EOPNOTSUPP, NULL },
	{ "operation 7", 7, 0, "", EOPNOTSUPP, NULL },
	{ "operation 0", 0, 0, "", EOPNOTSUPP, NULL },
	{ "operation 99", 99, 0, "", EOPNOTSUPP, NULL },
	{ "a dump of operation 99", 99, DUMP, "", EOPNOTSUPP, NULL },
};

/* One term a row: asked for in a dump, and deleted by. */
static const struct bad_term {
	const char *name;
	const char *attrs;
	int error;
	const char *text;
} bad_terms[] = {
	{ "a term that says nothing", "^term{}", EINVAL, ONE_THING },
	{ "a term that negates nothing", "^term{not:}", EINVAL, ONE_THING },
	{ "a term of family and protocol", "^term{family:02 proto:06}",
	  EINVAL, ONE_THING },
	{ "a term of address and port", "^term{addr:7f000001 first:1388}",
	  EINVAL, ONE_THING },
	{ "a term of states and conn-states",
	  "^term{states:08000000 conn:01000000}", EINVAL, ONE_THING },
	{ "the second term says nothing", "term{proto:06} ^term{}",
	  EINVAL, ONE_THING },
	{ "a prefix alone", "term{^prefix:08}",
	  EINVAL, "a prefix needs an address" },
	{ "a prefix of a port", "term{^prefix:08 first:1388}",
	  EINVAL, "a prefix needs an address" },
	{ "a last port alone", "term{^last:1388}",
	  EINVAL, "a last port needs a first one" },
	{ "a last port of an address", "term{addr:7f000001 ^last:1388}",
	  EINVAL, "a last port needs a first one" },
	{ "a side alone", "term{^side:01}",
	  EINVAL, "a side needs an address or a port" },
	{ "a side of a protocol", "term{^side:01 proto:06}",
	  EINVAL, "a side needs an address or a port" },
	{ "side 3", "term{^side:03 first:1388}", ERANGE, SOME_TEXT },
	{ "family 0", "term{^family:00}", EINVAL, BAD_FAMILY },
	{ "family 3", "term{^family:03}", EINVAL, BAD_FAMILY },
	{ "protocol 0", "term{^proto:00}", EINVAL, BAD_PROTO },
	{ "protocol 1", "term{not: ^proto:01}", EINVAL, BAD_PROTO },
	{ "the second term has protocol 1", "term{proto:06} term{^proto:01}",
	  EINVAL, BAD_PROTO },
	{ "prefix 33 of IPv4", "term{addr:7f000001 ^prefix:21}",
	  EINVAL, "prefix is longer than the address" },
	{ "prefix 128 of IPv4", "term{addr:7f000001 ^prefix:80}",
	  EINVAL, "prefix is longer than the address" },
	{ "prefix 129 of IPv4", "term{addr:7f000001 ^prefix:81}",
	  ERANGE, SOME_TEXT },
	{ "prefix 129 of IPv6",
	  "term{addr:00000000000000000000000000000001 ^prefix:81}",
	  ERANGE, SOME_TEXT },
	{ "ports from 5001 to 5000", "term{first:1389 ^last:1388}",
	  EINVAL, "range ends before it begins" },
	/* the wrong way round in host byte order, not on the wire */
	{ "ports from 256 to 1", "term{first:0100 ^last:0001}",
	  EINVAL, "range ends before it begins" },
	{ "an address of 5 octets", "term{^addr:7f00000100}",
	  EINVAL, BAD_ADDR },
	{ "an address of no octets", "term{^addr:}", EINVAL, BAD_ADDR },
	{ "an address of 17 octets",
	  "term{^addr:0000000000000000000000000000000001}",
	  ERANGE, SOME_TEXT },
	{ "not, with an octet", "term{^not:01 proto:06}", ERANGE, SOME_TEXT },
	{ "a side of 4 octets", "term{^side:01000000 first:1388}",
	  EINVAL, SOME_TEXT },
	{ "a family of 2 octets", "term{^family:0200}", EINVAL, SOME_TEXT },
	{ "a protocol of 4 octets", "term{^proto:06000000}",
	  EINVAL, SOME_TEXT },
	{ "a protocol of no octets", "term{^proto:}", EINVAL, SOME_TEXT },
	{ "a prefix of 2 octets", "term{addr:7f000001 ^prefix:0800}",
	  EINVAL, SOME_TEXT },
	{ "a first port of 4 octets", "term{^first:13880000}",
	  EINVAL, SOME_TEXT },
	{ "a last port of 1 octet", "term{first:1388 ^last:13}",
	  EINVAL, SOME_TEXT },
	{ "states of 1 octet", "term{^states:08}", EINVAL, SOME_TEXT },
	{ "conn-states of 8 octets", "term{^conn:0100000000000000}",
	  EINVAL, SOME_TEXT },
	{ "attribute 0 in a term", "term{^0: proto:06}", EINVAL, SOME_TEXT },
	{ "attribute 11 in a term", "term{proto:06 ^11:00}",
	  EINVAL, SOME_TEXT },
	{ "a term in a term", "term{^14:00000000}", EINVAL, SOME_TEXT },
	{ "a term that is not marked as a nest", "^term:0500040006000000",
	  EINVAL, SOME_TEXT },
	{ "octets behind the attributes of a term", "term{proto:06} +00000000",
	  EINVAL, SOME_TEXT },
};

/* --- answers --- */
/**
 * struct seen - what answers held
 * @flows: messages of flow-get
 * @family: AF_ of the last flow
 * @proto: of the last flow
 * @port: of orig and reply of the last flow
 * @payload: that each of them sent
 * @attrs: bits of the attributes of the last message
 * @count: of flow-del
 */
struct seen {
	unsigned int flows;
	int family;
	int proto;
	unsigned int port[2];
	uint64_t payload[2];
	uint32_t attrs;
	uint32_t count;
};

static void take_end(const struct nlattr *nest, unsigned int side,
		     struct seen *seen)
{
	struct tuplestat_counters counters;
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_END_ADDR:
			seen->family = mnl_attr_get_payload_len(attr) == 4 ?
				       AF_INET : AF_INET6;
			break;
		case TUPLESTAT_A_END_PORT:
			seen->port[side] = ntohs(mnl_attr_get_u16(attr));
			break;
		case TUPLESTAT_A_END_COUNTERS:
			memcpy(&counters, mnl_attr_get_payload(attr),
			       sizeof(counters));
			seen->payload[side] = counters.payload_bytes;
			break;
		}
	}
}

static void take_flow(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct seen *seen = data;

	seen->flows++;
	seen->attrs = 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		seen->attrs |= 1U << mnl_attr_get_type(attr);
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_FLOW_PROTO:
			seen->proto = mnl_attr_get_u8(attr);
			break;
		case TUPLESTAT_A_FLOW_ORIG:
			take_end(attr, 0, seen);
			break;
		case TUPLESTAT_A_FLOW_REPLY:
			take_end(attr, 1, seen);
			break;
		case TUPLESTAT_A_FLOW_COUNT:
			seen->count = mnl_attr_get_u32(attr);
			break;
		}
	}
}

static void take_attrs(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct seen *seen = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		seen->attrs |= 1U << mnl_attr_get_type(attr);
}

/* --- the tests --- */

/* The values that the header promises, by attribute. */
static const uint32_t default_timeouts[TUPLESTAT_A_TIMEOUT_MAX + 1] = {
	0, 60, 120, 60, 3600, 120, 3600, 60, 60, 60, 120, 60, 120, 1800,
};

static bool timeouts_are(const struct settings *got, const uint32_t *wanted)
{
	return !memcmp(got->timeouts, wanted, sizeof(got->timeouts));
}

/*
 * Kernels before 6.10 say nothing of the place where a dump is refused by who
 * does it, as a policy can: then none is as good as the right one.
 */
static void expect_refusal(const char *name, uint8_t cmd, uint16_t flags,
			   const char *attrs, int error, const char *text)
{
	int got = request(cmd, flags, attrs, NULL, NULL);
	bool placeless = flags == DUMP && text && strcmp(text, SOME_TEXT);

	expect_at(name, got, error, text,
		  placeless && !nl.offset ? 0 : marked);
}

static void test_not_started(void)
{
	struct settings got = config();

	ktap_ok(got.started == 0 && got.max_flows == 262144 &&
		timeouts_are(&got, default_timeouts),
		"a new namespace is not started, and has the defaults");
	ktap_ok(got.answers == 1 &&
		got.attrs == (1U << TUPLESTAT_A_CONFIG_STARTED |
			      1U << TUPLESTAT_A_CONFIG_MAX_FLOWS |
			      1U << TUPLESTAT_A_CONFIG_TIMEOUTS),
		"the settings: all attributes, and no other");
	expect("not started: one flow", request(FLOW_GET, 0,
	       "proto:11 " A " " B, NULL, NULL), ENETDOWN, NOT_STARTED);
	expect("not started: a dump", request(FLOW_GET, DUMP, "", NULL, NULL),
	       ENETDOWN, NOT_STARTED);
	expect("not started: a dump of some", request(FLOW_GET, DUMP,
	       "term{proto:11}", NULL, NULL), ENETDOWN, NOT_STARTED);
	expect("not started: to delete one flow", request(FLOW_DEL, 0,
	       "proto:11 " A " " B, NULL, NULL), ENETDOWN, NOT_STARTED);
	expect("not started: to delete some", request(FLOW_DEL, 0,
	       "term{proto:11}", NULL, NULL), ENETDOWN, NOT_STARTED);
	expect("not started: to delete all", request(FLOW_DEL, 0, "", NULL,
	       NULL), ENETDOWN, NOT_STARTED);
	/* What is wrong with a request comes first: it is wrong anywhere. */
	expect_refusal("not started: a bad term", FLOW_GET, DUMP, "^term{}",
		       EINVAL, ONE_THING);
	expect("not started: stats", request(STATS_GET, 0, "", NULL, NULL),
	       0, NULL);
	expect("start", request(CONFIG_SET, 0, "started:01", NULL, NULL), 0,
	       NULL);
	ktap_ok(config().started == 1, "started");
}

static void test_refusals(void)
{
	const struct refusal *row;

	for (row = refusals; row < refusals + ARRAY_SIZE(refusals); row++)
		expect_refusal(row->name, row->cmd, row->flags, row->attrs,
			       row->error, row->text);

	/* The reserved octets of the header are for what may come. */
	((struct genlmsghdr *)mnl_nlmsg_get_payload(
		netlink_begin(&nl, STATS_GET, NLM_F_ACK)))->reserved = 1;
	expect_at("a reserved field that is not zero",
		  -netlink_exchange(&nl, NULL, NULL), EINVAL, NULL, 0);
}

static void test_bad_terms(void)
{
	const struct bad_term *row;
	char name[128];

	for (row = bad_terms; row < bad_terms + ARRAY_SIZE(bad_terms); row++) {
		snprintf(name, sizeof(name), "a dump: %s", row->name);
		expect_refusal(name, FLOW_GET, DUMP, row->attrs, row->error,
			       row->text);
		snprintf(name, sizeof(name), "to delete: %s", row->name);
		expect_refusal(name, FLOW_DEL, 0, row->attrs, row->error,
			       row->text);
	}
}

/* @last: the one after @count terms that are right */
static const char *many_terms(unsigned int count, const char *last)
{
	static const char term[] = "term{first:1388} ";
	static char text[64 * sizeof(term)];
	char *end = text;

	while (count--)
		end = stpcpy(end, term);
	strcpy(end, last);
	return text;
}

static void test_number_of_terms(void)
{
	static const char more[] = "^term{proto:11}", bad[] = "^term{}";
	static const char text[] = "more than 32 terms";

	expect_refusal("a dump of 33 terms", FLOW_GET, DUMP,
		       many_terms(32, more), E2BIG, text);
	expect_refusal("to delete by 33 terms", FLOW_DEL, 0,
		       many_terms(32, more), E2BIG, text);
	expect_refusal("to delete by 33 terms, the last one bad", FLOW_DEL, 0,
		       many_terms(32, bad), E2BIG, text);
	expect_refusal("to delete by 32 terms, the last one bad", FLOW_DEL, 0,
		       many_terms(31, bad), EINVAL, ONE_THING);
}

static void test_nothing_changed(void)
{
	struct settings got = config();
	struct seen seen = { 0 };

	ktap_ok(got.started == 1 && got.max_flows == 262144 &&
		timeouts_are(&got, default_timeouts),
		"refused requests have changed no setting");
	ktap_ok(!request(FLOW_GET, DUMP, "", take_flow, &seen) &&
		seen.flows == 4, "and deleted no flow");
}

static void test_one_flow(const char *name, const char *attrs, int family)
{
	const uint32_t wanted = 1U << TUPLESTAT_A_FLOW_PROTO |
		1U << TUPLESTAT_A_FLOW_ORIG | 1U << TUPLESTAT_A_FLOW_REPLY |
		1U << TUPLESTAT_A_FLOW_STATE | 1U << TUPLESTAT_A_FLOW_FLAGS |
		1U << TUPLESTAT_A_FLOW_FIRST | 1U << TUPLESTAT_A_FLOW_LAST |
		1U << TUPLESTAT_A_FLOW_CONN_STATE |
		1U << TUPLESTAT_A_FLOW_HISTORY |
		1U << TUPLESTAT_A_FLOW_FIRST_MONOTONIC;
	struct seen seen = { 0 };

	expect(name, request(FLOW_GET, 0, attrs, take_flow, &seen), 0, NULL);
	ktap_ok(seen.flows == 1 && seen.family == family && seen.proto == 17 &&
		seen.port[0] == SOURCE_PORT && seen.port[1] == PORT &&
		seen.payload[0] == 4 && seen.payload[1] == 0,
		"%s: it is the flow, orig is who began it", name);
	ktap_ok((seen.attrs & ~(1U << TUPLESTAT_A_FLOW_PAD)) == wanted,
		"%s: all attributes of an answer, and no other", name);
}

static void test_flows(void)
{
	test_one_flow("a flow by its tuple", "proto:11 " A " " B, AF_INET);
	test_one_flow("a flow from its other side",
		      "proto:11 orig{addr:7f000001 port:1388} "
		      "reply{addr:7f000001 port:9c40}", AF_INET);
	test_one_flow("a flow of IPv6", "proto:11 " A6 " " B6, AF_INET6);
	test_one_flow("attributes in another order",
		      B " proto:11 " A, AF_INET);
}

static void test_dump(const char *name, const char *attrs, unsigned int flows,
		      int family, int proto)
{
	struct seen seen = { 0 };
	int error = request(FLOW_GET, DUMP, attrs, take_flow, &seen);

	if (!ktap_ok(!error && seen.flows == flows &&
		     (!family || seen.family == family) &&
		     (!proto || seen.proto == proto),
		     "a dump of %s: %u flows", name, flows))
		printf("# %s, %u flows, the last of family %d, protocol %d\n",
		       strerror(error), seen.flows, seen.family, seen.proto);
}

static void test_dumps(void)
{
	test_dump("all", "", 4, 0, 0);
	test_dump("a family", "term{family:02}", 2, AF_INET, 0);
	test_dump("a protocol", "term{proto:11}", 2, 0, 17);
	test_dump("two terms", "term{family:0a} term{not: proto:11}", 1,
		  AF_INET6, 6);
	test_dump("terms that exclude each other",
		  "term{family:0a} term{family:02}", 0, 0, 0);
	test_dump("32 terms", many_terms(31, "term{proto:06}"), 2, 0, 6);
	test_dump("a longest prefix", "term{addr:7f000001 prefix:20}", 2,
		  AF_INET, 0);
	test_dump("a prefix of nothing", "term{addr:01020304 prefix:00}", 2,
		  AF_INET, 0);
	test_dump("one port", "term{first:1388 last:1388}", 4, 0, 0);
	test_dump("ports 1 to 256", "term{first:0001 last:0100}", 0, 0, 0);
}

static void test_delete(const char *name, const char *attrs,
			unsigned int count, unsigned int left)
{
	struct seen seen = { 0 }, after = { 0 };
	int error = request(FLOW_DEL, 0, attrs, take_flow, &seen);

	/* The answer is a flow message of one attribute. */
	if (!ktap_ok(!error && seen.flows == 1 && seen.count == count &&
		     seen.attrs == 1U << TUPLESTAT_A_FLOW_COUNT,
		     "to delete %s: the answer is %u", name, count))
		printf("# %s, %u answers, attributes %x, count %u\n",
		       strerror(error), seen.flows, seen.attrs, seen.count);
	error = request(FLOW_GET, DUMP, "", take_flow, &after);
	if (!ktap_ok(!error && after.flows == left,
		     "to delete %s: %u are left", name, left))
		printf("# %s, %u flows\n", strerror(error), after.flows);
}

static void test_deleting(void)
{
	test_delete("none", "term{first:0001}", 0, 4);
	test_delete("one flow", "proto:11 " A " " B, 1, 3);
	expect("the flow is not there", request(FLOW_GET, 0,
	       "proto:11 " A " " B, NULL, NULL), ENOENT, "no such flow");
	expect("it is not there to delete", request(FLOW_DEL, 0,
	       "proto:11 " A " " B, NULL, NULL), ENOENT, "no such flow");
	test_delete("one flow from its other side",
		    "proto:11 orig{addr:00000000000000000000000000000001 port:1388} "
		    "reply{addr:00000000000000000000000000000001 port:9c40}", 1, 2);
	test_delete("some", "term{family:02} term{proto:06}", 1, 1);
	make_flows(AF_INET);
	test_delete("all", "", 3, 0);
	test_delete("all, where there is none", "", 0, 0);
}

static void test_stats(void)
{
	const uint32_t wanted = 1U << TUPLESTAT_A_STATS_SEEN_BEFORE |
		1U << TUPLESTAT_A_STATS_SEEN |
		1U << TUPLESTAT_A_STATS_LIVE | 1U << TUPLESTAT_A_STATS_ENDED |
		1U << TUPLESTAT_A_STATS_UNATTRIBUTED |
		1U << TUPLESTAT_A_STATS_UNUSUAL |
		1U << TUPLESTAT_A_STATS_MAX_FLOWS |
		1U << TUPLESTAT_A_STATS_BUCKETS |
		1U << TUPLESTAT_A_STATS_MEMORY |
		1U << TUPLESTAT_A_STATS_EVENT_SEQ |
		1U << TUPLESTAT_A_STATS_EVENTS_LOST;
	struct seen seen = { 0 };

	expect("stats", request(STATS_GET, 0, "", take_attrs, &seen), 0, NULL);
	ktap_ok((seen.attrs & ~(1U << TUPLESTAT_A_STATS_PAD)) == wanted,
		"stats: all attributes, and no other");
}

static void test_settings(void)
{
	uint32_t wanted[TUPLESTAT_A_TIMEOUT_MAX + 1];
	struct settings got;

	memcpy(wanted, default_timeouts, sizeof(wanted));
	expect("the least limit", set_max_flows(TUPLESTAT_MAX_FLOWS_MIN), 0,
	       NULL);
	ktap_ok(config().max_flows == 16, "the least limit is set");

	expect("the least and the most of a timeout", request(CONFIG_SET, 0,
	       "timeouts{syn-sent:01000000 active:008d2700}", NULL, NULL), 0,
	       NULL);
	wanted[TUPLESTAT_A_TIMEOUT_SYN_SENT] = 1;
	wanted[TUPLESTAT_A_TIMEOUT_ACTIVE] = TUPLESTAT_TIMEOUT_MAX;
	got = config();
	ktap_ok(timeouts_are(&got, wanted) && got.max_flows == 16 &&
		got.started == 1, "they are set, and nothing else");

	expect("all settings at once", request(CONFIG_SET, 0,
	       "max-flows:00010000 started:00 timeouts{none:1e000000}", NULL,
	       NULL), 0, NULL);
	wanted[TUPLESTAT_A_TIMEOUT_NONE] = 30;
	got = config();
	ktap_ok(timeouts_are(&got, wanted) && got.max_flows == 256 &&
		got.started == 0, "all settings are set");

	expect("a setting, and a nest of no timeouts", request(CONFIG_SET, 0,
	       "started:01 timeouts{}", NULL, NULL), 0, NULL);
	got = config();
	ktap_ok(timeouts_are(&got, wanted) && got.started == 1,
		"the setting is set, the timeouts live on");
}

int main(void)
{
	ktap_plan(12 + ARRAY_SIZE(refusals) + 1 + 2 * ARRAY_SIZE(bad_terms) +
		  4 + 2 + 12 + 10 + 14 + 2 + 8);
	if (unshare(CLONE_NEWNET))
		netlink_die("unshare");
	loopback_up();
	netlink_open(&nl);
	test_not_started();
	make_flows(AF_INET);
	make_flows(AF_INET6);
	test_refusals();
	test_bad_terms();
	test_number_of_terms();
	test_nothing_changed();
	test_flows();
	test_dumps();
	test_deleting();
	test_stats();
	test_settings();
	return ktap_finish();
}
