// SPDX-License-Identifier: GPL-2.0
/*
 * What the module answers to requests that are wrong, to requests of people
 * who may not, and to right ones, so that the refusals are known to be about
 * what is wrong. Run as root with the module loaded; it makes network
 * namespaces of its own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netlink.h"
#include "unit/ktap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define FLOW_GET TUPLESTAT_CMD_FLOW_GET
#define STATS_GET TUPLESTAT_CMD_STATS_GET
#define CONFIG_GET TUPLESTAT_CMD_CONFIG_GET
#define CONFIG_SET TUPLESTAT_CMD_CONFIG_SET
#define DUMP NLM_F_DUMP

#define NOBODY 65534
#define PORT 5000
#define SOURCE_PORT 40000

/* The module's limit for namespaces of unprivileged users, its default. */
#define USERNS_MAX_FLOWS 16384

/* Any text will do: the kernel's own words, which are not the module's. */
#define SOME_TEXT "*"

/* Words for attributes; in a nest, those of enum tuplestat_a_end. */
static const struct {
	const char *name;
	uint16_t type;
} words[] = {
	{ "family", TUPLESTAT_A_FLOW_FAMILY },
	{ "proto", TUPLESTAT_A_FLOW_PROTO },
	{ "orig", TUPLESTAT_A_FLOW_ORIG },
	{ "reply", TUPLESTAT_A_FLOW_REPLY },
	{ "state", TUPLESTAT_A_FLOW_STATE },
	{ "addr", TUPLESTAT_A_END_ADDR },
	{ "port", TUPLESTAT_A_END_PORT },
	{ "counters", TUPLESTAT_A_END_COUNTERS },
	{ "started", TUPLESTAT_A_CONFIG_STARTED },
	{ "max-flows", TUPLESTAT_A_CONFIG_MAX_FLOWS },
	{ "pad", 1 },
	{ "one", 1 },
	{ "two", 2 },
	{ "none-such", 99 },
};

#define A "orig{addr:7f000001 port:9c40}"
#define B "reply{addr:7f000001 port:1388}"
#define A6 "orig{addr:00000000000000000000000000000001 port:9c40}"
#define B6 "reply{addr:00000000000000000000000000000001 port:1388}"

#define BAD_PROTO "protocol must be TCP (6) or UDP (17)"
#define BAD_FAMILY "family must be AF_INET (2) or AF_INET6 (10)"
#define BAD_ADDR "address must have 4 bytes (IPv4) or 16 (IPv6)"
#define END_PARTS "address and port are both needed"
#define BOTH_ENDS "orig and reply are both needed"
#define NO_END "orig and reply name one flow; a dump has none"

/*
 * One request a row. Attributes are written NAME:OCTETS in hexadecimal, or
 * NAME{...} for a nest; integers stand in the order of octets of x86.
 */
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
	{ "protocol ICMP", FLOW_GET, 0, "proto:01 " A " " B,
	  EINVAL, BAD_PROTO },
	{ "protocol 0", FLOW_GET, 0, "proto:00 " A " " B, EINVAL, BAD_PROTO },
	{ "protocol of 2 octets", FLOW_GET, 0, "proto:1100 " A " " B,
	  EINVAL, SOME_TEXT },
	{ "protocol of no octets", FLOW_GET, 0, "proto: " A " " B,
	  EINVAL, SOME_TEXT },
	{ "family for one flow", FLOW_GET, 0, "family:02 proto:11 " A " " B,
	  EINVAL, "family is of dumps; the addresses tell it here" },
	{ "no port", FLOW_GET, 0, "proto:11 orig{addr:7f000001} " B,
	  EINVAL, END_PARTS },
	{ "no address", FLOW_GET, 0, "proto:11 " A " reply{port:1388}",
	  EINVAL, END_PARTS },
	{ "an empty end", FLOW_GET, 0, "proto:11 " A " reply{}",
	  EINVAL, END_PARTS },
	{ "port of 1 octet", FLOW_GET, 0,
	  "proto:11 orig{addr:7f000001 port:9c} " B, EINVAL, SOME_TEXT },
	{ "port of 4 octets", FLOW_GET, 0,
	  "proto:11 orig{addr:7f000001 port:9c400000} " B, EINVAL, SOME_TEXT },
	{ "address of 5 octets", FLOW_GET, 0,
	  "proto:11 orig{addr:7f00000100 port:9c40} " B, EINVAL, BAD_ADDR },
	{ "address of no octets", FLOW_GET, 0,
	  "proto:11 orig{addr: port:9c40} " B, EINVAL, BAD_ADDR },
	{ "address of 17 octets", FLOW_GET, 0,
	  "proto:11 orig{addr:0000000000000000000000000000000001 port:9c40} " B,
	  ERANGE, SOME_TEXT },
	{ "addresses of two families", FLOW_GET, 0, "proto:11 " A " " B6,
	  EINVAL, "addresses of different families" },
	{ "an end that is not marked as a nest", FLOW_GET, 0,
	  "proto:11 " A " reply:00000000", EINVAL, SOME_TEXT },
	{ "counters in a request", FLOW_GET, 0,
	  "proto:11 " A " reply{addr:7f000001 port:1388 counters:00}",
	  EINVAL, SOME_TEXT },
	{ "an unknown attribute in an end", FLOW_GET, 0,
	  "proto:11 " A " reply{addr:7f000001 port:1388 none-such:00}",
	  EINVAL, SOME_TEXT },
	{ "an attribute of answers only", FLOW_GET, 0,
	  "proto:11 " A " " B " state:03", EINVAL, SOME_TEXT },
	{ "padding", FLOW_GET, 0, "pad: proto:11 " A " " B,
	  EINVAL, SOME_TEXT },
	{ "an unknown attribute", FLOW_GET, 0,
	  "proto:11 " A " " B " none-such:00", EINVAL, SOME_TEXT },
	{ "octets behind the last attribute", FLOW_GET, 0,
	  "proto:11 " A " " B " +00000000", EINVAL, SOME_TEXT },
	{ "no such flow", FLOW_GET, 0,
	  "proto:11 " A " reply{addr:7f000001 port:1389}",
	  ENOENT, "no such flow" },
	{ "the same ports, another protocol", FLOW_GET, 0,
	  "proto:06 " A " " B, ENOENT, "no such flow" },

	/* which flows */
	{ "a dump of protocol 1", FLOW_GET, DUMP, "proto:01",
	  EINVAL, BAD_PROTO },
	{ "a dump of family 3", FLOW_GET, DUMP, "family:03",
	  EINVAL, BAD_FAMILY },
	{ "a dump of family 0", FLOW_GET, DUMP, "family:00",
	  EINVAL, BAD_FAMILY },
	{ "a dump of one flow, orig", FLOW_GET, DUMP, A, EINVAL, NO_END },
	{ "a dump of one flow, reply", FLOW_GET, DUMP, B, EINVAL, NO_END },
	{ "a dump with an unknown attribute", FLOW_GET, DUMP, "none-such:00",
	  EINVAL, SOME_TEXT },
	{ "a dump with an attribute of answers", FLOW_GET, DUMP, "state:03",
	  EINVAL, SOME_TEXT },

	/* requests that take nothing */
	{ "stats with attribute 1", STATS_GET, 0, "one:00",
	  EINVAL, SOME_TEXT },
	{ "stats with attribute 2", STATS_GET, 0, "two:00",
	  EINVAL, SOME_TEXT },
	{ "a dump of stats", STATS_GET, DUMP, "", EOPNOTSUPP, NULL },
	{ "the settings with attribute 1", CONFIG_GET, 0, "one:00",
	  EINVAL, SOME_TEXT },
	{ "the settings with attribute 2", CONFIG_GET, 0, "two:00000000",
	  EINVAL, SOME_TEXT },
	{ "a dump of the settings", CONFIG_GET, DUMP, "", EOPNOTSUPP, NULL },

	/* settings */
	{ "to set nothing", CONFIG_SET, 0, "",
	  EINVAL, "no setting is named" },
	{ "started 2", CONFIG_SET, 0, "started:02", ERANGE, SOME_TEXT },
	{ "started of 4 octets", CONFIG_SET, 0, "started:01000000",
	  EINVAL, SOME_TEXT },
	{ "max-flows 15", CONFIG_SET, 0, "max-flows:0f000000",
	  ERANGE, SOME_TEXT },
	{ "max-flows 16777217", CONFIG_SET, 0, "max-flows:01000001",
	  ERANGE, SOME_TEXT },
	{ "max-flows 4294967295", CONFIG_SET, 0, "max-flows:ffffffff",
	  ERANGE, SOME_TEXT },
	{ "max-flows of 2 octets", CONFIG_SET, 0, "max-flows:0001",
	  EINVAL, SOME_TEXT },
	{ "max-flows of 8 octets", CONFIG_SET, 0, "max-flows:0001000000000000",
	  EINVAL, SOME_TEXT },
	{ "a setting that is not known", CONFIG_SET, 0,
	  "started:01 none-such:00", EINVAL, SOME_TEXT },

	/* operations that are none */
	{ "operation 0", 0, 0, "", EOPNOTSUPP, NULL },
	{ "operation 99", 99, 0, "", EOPNOTSUPP, NULL },
	{ "a dump of operation 99", 99, DUMP, "", EOPNOTSUPP, NULL },
};

static const struct {
	const char *name;
	uint8_t cmd;
	uint16_t flags;
	const char *attrs;
} operations[] = {
	{ "flow-get", FLOW_GET, 0, "proto:11 " A " " B },
	{ "flow-get, dump", FLOW_GET, DUMP, "" },
	{ "stats-get", STATS_GET, 0, "" },
	{ "config-get", CONFIG_GET, 0, "" },
	{ "config-set, stop", CONFIG_SET, 0, "started:00" },
	{ "config-set, max-flows", CONFIG_SET, 0, "max-flows:00010000" },
};

static struct netlink nl;

/* --- requests from text --- */

static const char *put_octets(struct nlmsghdr *nlh, uint16_t type,
			      const char *text)
{
	uint8_t octets[64];
	unsigned int octet;
	size_t len = 0;

	for (; isxdigit((unsigned char)*text); text += 2) {
		sscanf(text, "%2x", &octet);
		octets[len++] = (uint8_t)octet;
	}
	mnl_attr_put(nlh, type, len, octets);
	return text;
}

static uint16_t word_type(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].name) == len &&
		    !strncmp(words[i].name, text, len))
			return words[i].type;
	errno = EINVAL;
	netlink_die(text);
	return 0;
}

static void put_attrs(struct nlmsghdr *nlh, const char *text)
{
	struct nlattr *nest = NULL;
	uint16_t type;
	size_t len;

	while (*(text += strspn(text, " "))) {
		if (*text == '}') {
			mnl_attr_nest_end(nlh, nest);
			text++;
			continue;
		}
		if (*text == '+') {
			len = strlen(++text) / 2;
			memset(mnl_nlmsg_put_extra_header(nlh, len), 0, len);
			return;
		}
		len = strcspn(text, ":{");
		type = word_type(text, len);
		text += len + 1;
		if (text[-1] == '{')
			nest = mnl_attr_nest_start(nlh, type);
		else
			text = put_octets(nlh, type, text);
	}
}

/* Sends what @attrs says; returns the errno of the answer, 0 for success. */
static int request(uint8_t cmd, uint16_t flags, const char *attrs,
		   netlink_reply_fn *reply, void *data)
{
	/* An ack, unless the end of a dump is one. */
	put_attrs(netlink_begin(&nl, cmd, flags ? flags : NLM_F_ACK), attrs);
	return -netlink_exchange(&nl, reply, data);
}

static bool text_is(const char *wanted)
{
	if (!wanted)
		return true;
	if (!strcmp(wanted, SOME_TEXT))
		return *nl.extack;
	return !strcmp(nl.extack, wanted);
}

static void expect(const char *name, int error, int wanted, const char *text)
{
	if (!ktap_ok(error == wanted && text_is(text), "%s", name))
		printf("# wanted: %s, \"%s\"\n# got:    %s, \"%s\"\n",
		       strerror(wanted), text ? text : "", strerror(error),
		       nl.extack);
}

/* --- answers --- */

/**
 * struct seen - what answers held
 * @flows: messages of flow-get
 * @family: AF_ of the last flow
 * @proto: of the last flow
 * @port: of orig and reply of the last flow
 * @payload: that each of them sent
 * @started: of config-get, -1 for none
 * @max_flows: of config-get
 * @attrs: bits of the attributes of the last message
 */
struct seen {
	unsigned int flows;
	int family;
	int proto;
	unsigned int port[2];
	uint64_t payload[2];
	int started;
	uint32_t max_flows;
	uint32_t attrs;
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

static void take_config(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct seen *seen = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == TUPLESTAT_A_CONFIG_STARTED)
			seen->started = mnl_attr_get_u8(attr);
		else
			seen->max_flows = mnl_attr_get_u32(attr);
	}
}

static struct seen config(void)
{
	struct seen seen = { .started = -1 };

	request(CONFIG_GET, 0, "", take_config, &seen);
	return seen;
}

static int set_max_flows(uint32_t value)
{
	mnl_attr_put_u32(netlink_begin(&nl, CONFIG_SET, NLM_F_ACK),
			 TUPLESTAT_A_CONFIG_MAX_FLOWS, value);
	return -netlink_exchange(&nl, NULL, NULL);
}

/* --- what is asked about --- */

static void loopback_up(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		netlink_die("loopback device");
	close(fd);
}

/* A UDP flow with 4 octets, and a TCP connection that is refused. */
static void make_flows(int family)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in to4 = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *to = family == AF_INET ? (struct sockaddr *)&to4 :
						  (struct sockaddr *)&to6;
	socklen_t len = family == AF_INET ? sizeof(to4) : sizeof(to6);
	int udp = socket(family, SOCK_DGRAM, 0);
	int tcp = socket(family, SOCK_STREAM, 0);

	/* The port is at the same place in both. */
	to4.sin_port = htons(SOURCE_PORT);
	to6.sin6_port = htons(SOURCE_PORT);
	if (bind(udp, to, len))
		netlink_die("bind");
	to4.sin_port = htons(PORT);
	to6.sin6_port = htons(PORT);
	if (sendto(udp, "four", 4, 0, to, len) != 4)
		netlink_die("sendto");
	if (!connect(tcp, to, len) || errno != ECONNREFUSED)
		netlink_die("connect");
	close(udp);
	close(tcp);
}

/* --- the tests --- */

static void test_not_started(void)
{
	struct seen seen = config();

	ktap_ok(seen.started == 0 && seen.max_flows == 262144,
		"a new namespace is not started, and has the default limit");
	expect("not started: one flow", request(FLOW_GET, 0,
	       "proto:11 " A " " B, NULL, NULL), ENETDOWN,
	       "not started in this network namespace");
	expect("not started: a dump", request(FLOW_GET, DUMP, "", NULL, NULL),
	       ENETDOWN, "not started in this network namespace");
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
		expect(row->name, request(row->cmd, row->flags, row->attrs,
					  NULL, NULL), row->error, row->text);
	ktap_ok(config().started == 1 && config().max_flows == 262144,
		"refused requests have changed no setting");

	/* Without the header's reserved octets being zero: for what may come. */
	((struct genlmsghdr *)mnl_nlmsg_get_payload(
		netlink_begin(&nl, STATS_GET, NLM_F_ACK)))->reserved = 1;
	expect("a reserved field that is not zero",
	       -netlink_exchange(&nl, NULL, NULL), EINVAL, NULL);
}

static void test_one_flow(const char *name, const char *attrs, int family)
{
	const uint32_t wanted = 1U << TUPLESTAT_A_FLOW_PROTO |
		1U << TUPLESTAT_A_FLOW_ORIG | 1U << TUPLESTAT_A_FLOW_REPLY |
		1U << TUPLESTAT_A_FLOW_STATE | 1U << TUPLESTAT_A_FLOW_FLAGS |
		1U << TUPLESTAT_A_FLOW_FIRST | 1U << TUPLESTAT_A_FLOW_LAST |
		1U << TUPLESTAT_A_FLOW_CONN_STATE |
		1U << TUPLESTAT_A_FLOW_HISTORY;
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

static void test_dump(const char *attrs, unsigned int flows, int family,
		      int proto)
{
	struct seen seen = { 0 };
	int error = request(FLOW_GET, DUMP, attrs, take_flow, &seen);

	if (!ktap_ok(!error && seen.flows == flows &&
		     (!family || seen.family == family) &&
		     (!proto || seen.proto == proto),
		     "a dump with \"%s\": %u flows", attrs, flows))
		printf("# %s, %u flows, the last of family %d, protocol %d\n",
		       strerror(error), seen.flows, seen.family, seen.proto);
}

static void test_dumps(void)
{
	test_dump("", 4, 0, 0);
	test_dump("family:02", 2, AF_INET, 0);
	test_dump("family:0a", 2, AF_INET6, 0);
	test_dump("proto:06", 2, 0, 6);
	test_dump("proto:11", 2, 0, 17);
	test_dump("family:02 proto:06", 1, AF_INET, 6);
	test_dump("family:0a proto:11", 1, AF_INET6, 17);
}

static void test_answers(void)
{
	const uint32_t wanted = 1U << TUPLESTAT_A_STATS_SEEN |
		1U << TUPLESTAT_A_STATS_LIVE | 1U << TUPLESTAT_A_STATS_ENDED |
		1U << TUPLESTAT_A_STATS_UNATTRIBUTED |
		1U << TUPLESTAT_A_STATS_MAX_FLOWS |
		1U << TUPLESTAT_A_STATS_BUCKETS |
		1U << TUPLESTAT_A_STATS_MEMORY;
	struct seen seen = { 0 };

	expect("stats", request(STATS_GET, 0, "", take_attrs, &seen), 0, NULL);
	ktap_ok((seen.attrs & ~(1U << TUPLESTAT_A_STATS_PAD)) == wanted,
		"stats: all attributes, and no other");
	expect("the least limit", set_max_flows(TUPLESTAT_MAX_FLOWS_MIN), 0,
	       NULL);
	ktap_ok(config().max_flows == 16, "the least limit is set");
	expect("both settings at once", request(CONFIG_SET, 0,
	       "max-flows:00010000 started:00", NULL, NULL), 0, NULL);
	ktap_ok(config().max_flows == 256 && config().started == 0,
		"both settings are set");
	expect("start", request(CONFIG_SET, 0, "started:01", NULL, NULL), 0,
	       NULL);
}

/* Returns in a child alone; the parent waits and takes over its results. */
static bool in_child(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		netlink_die("fork");
	if (!pid)
		return true;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		netlink_die("a child of the test");
	ktap.done += (unsigned int)WEXITSTATUS(status) >> 4;
	ktap.failed += (unsigned int)WEXITSTATUS(status) & 15;
	return false;
}

/* How many results the child gave, and how many of them were bad. */
static void end_child(unsigned int done, unsigned int failed)
{
	done = ktap.done - done;
	failed = ktap.failed - failed;
	fflush(stdout);
	_exit((int)(done << 4 | failed));
}

static void drop_net_admin(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2];

	if (syscall(SYS_capget, &head, caps))
		netlink_die("capget");
	caps[0].effective &= ~(1U << CAP_NET_ADMIN);
	caps[0].permitted &= ~(1U << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &head, caps))
		netlink_die("capset");
}

static void become_nobody(void)
{
	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		netlink_die("setresuid");
}

static void test_may_not(const char *who, void (*become)(void))
{
	unsigned int done = ktap.done, failed = ktap.failed;
	char name[128];
	size_t i;

	if (!in_child())
		return;
	become();
	netlink_open(&nl);
	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		snprintf(name, sizeof(name), "%s may not: %s", who,
			 operations[i].name);
		expect(name, request(operations[i].cmd, operations[i].flags,
				     operations[i].attrs, NULL, NULL),
		       EPERM, NULL);
	}
	end_child(done, failed);
}

/* Anybody may be root in namespaces of their own, up to a limit. */
static void test_own_namespace(void)
{
	unsigned int done = ktap.done, failed = ktap.failed;
	struct seen seen;

	if (!in_child())
		return;
	become_nobody();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		netlink_die("unshare");
	netlink_open(&nl);
	seen = config();
	ktap_ok(seen.started == 0 && seen.max_flows == USERNS_MAX_FLOWS,
		"own namespace: the limit is %u from the start",
		USERNS_MAX_FLOWS);
	expect("own namespace: start", request(CONFIG_SET, 0, "started:01",
	       NULL, NULL), 0, NULL);
	expect("own namespace: dump", request(FLOW_GET, DUMP, "", NULL, NULL),
	       0, NULL);
	expect("own namespace: stats", request(STATS_GET, 0, "", NULL, NULL),
	       0, NULL);
	expect("own namespace: less", set_max_flows(1024), 0, NULL);
	expect("own namespace: up to the limit",
	       set_max_flows(USERNS_MAX_FLOWS), 0, NULL);
	expect("own namespace: not above it",
	       set_max_flows(USERNS_MAX_FLOWS + 1), EPERM,
	       "above the limit for unprivileged namespaces (module parameter userns_max_flows)");
	ktap_ok(config().max_flows == USERNS_MAX_FLOWS,
		"own namespace: what was refused is not set");
	expect("own namespace: stop", request(CONFIG_SET, 0, "started:00",
	       NULL, NULL), 0, NULL);
	end_child(done, failed);
}

int main(void)
{
	const unsigned int denied = ARRAY_SIZE(operations);

	ktap_plan(6 + ARRAY_SIZE(refusals) + 2 + 12 + 7 + 7 + denied * 2 + 1 +
		  9 + 1);
	if (unshare(CLONE_NEWNET))
		netlink_die("unshare");
	loopback_up();
	netlink_open(&nl);
	test_not_started();
	make_flows(AF_INET);
	make_flows(AF_INET6);
	test_refusals();
	test_flows();
	test_dumps();
	test_answers();
	test_may_not("root without CAP_NET_ADMIN", drop_net_admin);
	test_may_not("an ordinary user", become_nobody);
	ktap_ok(config().started == 1 && config().max_flows == 256,
		"who may not has changed nothing");
	test_own_namespace();
	ktap_ok(config().started == 1,
		"what is done in another namespace stays there");
	return ktap_finish();
}
