// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever the module sends to userspace, octet by octet: each message consists
 * of attributes that are known, of exactly the length that they are to have,
 * with values that can be, and padding is zero. Nothing is left that could be
 * memory of somebody else; and where the kernel poisons memory, no poison is in
 * it. Run as root with the module loaded, netlink_leak POISON-FOUND: writes the
 * number of poisoned messages to that file. Makes a network namespace of its
 * own.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sched.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>

#include "netlink_request.h"

/* Flows of each kind, for each family. */
#define DATAGRAMS 1200
#define REFUSED 300
#define CONNECTIONS 100

/* Datagrams come from this port on; the other side of everything is PORT. */
#define FIRST_SOURCE 10000
#define LISTENING 4999

/* Messages that are asked for at least, all together. */
#define MESSAGES_MIN 10000

#define BUFFER (16 << 20)
#define NSEC 1000000000ULL

/* As many equal octets of these are no accident. */
#define RUN 4

/*
 * What freed, fresh and free memory is filled with by slab, its red zones and
 * the page allocator, and variables by gcc and clang.
 */
static const uint8_t poisons[] = { 0x6b, 0x5a, 0xa5, 0xbb, 0xcc, 0xaa, 0xfe };

enum form { U8, U16, U32, U64, TEXT, LETTERS, ADDR, ARROWS, COUNTERS, TIME,
	UPTIME, NEST, PAD };

/**
 * struct field - what an attribute has to be like
 * @type: the attribute
 * @name: for the diagnostic
 * @form: its form
 * @max: greatest value of an integer
 * @inside: fields of a nest, up to a @name of NULL
 */
struct field {
	uint16_t type;
	const char *name;
	enum form form;
	uint64_t max;
	const struct field *inside;
};

/* No count of this test is larger. */
#define FEW 10000000

static const struct field end_fields[] = {
	{ TUPLESTAT_A_END_PAD, "pad", PAD, 0, NULL },
	{ TUPLESTAT_A_END_ADDR, "addr", ADDR, 0, NULL },
	{ TUPLESTAT_A_END_PORT, "port", U16, UINT16_MAX, NULL },
	{ TUPLESTAT_A_END_COUNTERS, "counters", COUNTERS, 0, NULL },
	{ 0, NULL, PAD, 0, NULL },
};

static const struct field flow_fields[] = {
	{ TUPLESTAT_A_FLOW_PAD, "pad", PAD, 0, NULL },
	{ TUPLESTAT_A_FLOW_PROTO, "proto", U8, IPPROTO_UDP, NULL },
	{ TUPLESTAT_A_FLOW_ORIG, "orig", NEST, 0, end_fields },
	{ TUPLESTAT_A_FLOW_REPLY, "reply", NEST, 0, end_fields },
	{ TUPLESTAT_A_FLOW_STATE, "state", U8, TUPLESTAT_STATE_REPLIED, NULL },
	{ TUPLESTAT_A_FLOW_FLAGS, "flags", U32, 7, NULL },
	{ TUPLESTAT_A_FLOW_FIRST, "first", TIME, 0, NULL },
	{ TUPLESTAT_A_FLOW_LAST, "last", TIME, 0, NULL },
	{ TUPLESTAT_A_FLOW_CONN_STATE, "conn-state", U8, TUPLESTAT_CONN_OTH,
	  NULL },
	{ TUPLESTAT_A_FLOW_HISTORY, "history", LETTERS, TUPLESTAT_HISTORY_MAX,
	  NULL },
	{ TUPLESTAT_A_FLOW_SYNACK, "synack", U64, 35 * NSEC, NULL },
	{ TUPLESTAT_A_FLOW_ACKDAT, "ackdat", U64, 35 * NSEC, NULL },
	{ TUPLESTAT_A_FLOW_TEARDOWN, "teardown", ARROWS, 0, NULL },
	{ TUPLESTAT_A_FLOW_COUNT, "count", U32, FEW, NULL },
	{ TUPLESTAT_A_FLOW_EVENTS, "events", U32, 15, NULL },
	{ TUPLESTAT_A_FLOW_SEQ, "seq", U64, FEW, NULL },
	{ TUPLESTAT_A_FLOW_END_REASON, "end-reason", U8,
	  TUPLESTAT_END_RESOURCES, NULL },
	{ TUPLESTAT_A_FLOW_FIRST_MONOTONIC, "first-monotonic", UPTIME, 0,
	  NULL },
	{ 0, NULL, PAD, 0, NULL },
};

static const struct field total_fields[] = {
	{ TUPLESTAT_A_TOTAL_PAD, "pad", PAD, 0, NULL },
	{ TUPLESTAT_A_TOTAL_REASON, "reason", U32, 6, NULL },
	{ TUPLESTAT_A_TOTAL_FLOWS, "flows", U64, FEW, NULL },
	{ TUPLESTAT_A_TOTAL_PACKETS, "packets", U64, FEW, NULL },
	{ TUPLESTAT_A_TOTAL_BYTES, "bytes", U64, FEW, NULL },
	{ 0, NULL, PAD, 0, NULL },
};

static const struct field stats_fields[] = {
	{ TUPLESTAT_A_STATS_PAD, "pad", PAD, 0, NULL },
	{ TUPLESTAT_A_STATS_SEEN, "seen", NEST, 0, total_fields },
	{ TUPLESTAT_A_STATS_LIVE, "live", NEST, 0, total_fields },
	{ TUPLESTAT_A_STATS_ENDED, "ended", NEST, 0, total_fields },
	{ TUPLESTAT_A_STATS_UNATTRIBUTED, "unattributed", NEST, 0,
	  total_fields },
	{ TUPLESTAT_A_STATS_MAX_FLOWS, "max-flows", U32,
	  TUPLESTAT_MAX_FLOWS_MAX, NULL },
	{ TUPLESTAT_A_STATS_BUCKETS, "buckets", U32, TUPLESTAT_MAX_FLOWS_MAX,
	  NULL },
	{ TUPLESTAT_A_STATS_MEMORY, "memory", U64, 1ULL << 32, NULL },
	{ TUPLESTAT_A_STATS_SEEN_BEFORE, "seen-before", NEST, 0, total_fields },
	{ TUPLESTAT_A_STATS_UNUSUAL, "unusual", NEST, 0, total_fields },
	{ TUPLESTAT_A_STATS_EVENT_SEQ, "event-seq", U64, FEW, NULL },
	{ TUPLESTAT_A_STATS_EVENTS_LOST, "events-lost", U64, FEW, NULL },
	{ 0, NULL, PAD, 0, NULL },
};

/* The timeouts that there are, by number; all alike. */
static struct field timeout_fields[TUPLESTAT_A_TIMEOUT_MAX + 1];

static const struct field config_fields[] = {
	{ TUPLESTAT_A_CONFIG_STARTED, "started", U8, 1, NULL },
	{ TUPLESTAT_A_CONFIG_MAX_FLOWS, "max-flows", U32,
	  TUPLESTAT_MAX_FLOWS_MAX, NULL },
	{ TUPLESTAT_A_CONFIG_TIMEOUTS, "timeouts", NEST, 0, timeout_fields },
	{ 0, NULL, PAD, 0, NULL },
};

/* What the kernel says of an attribute that a policy refuses. */
static const struct field policy_fields[] = {
	{ NL_POLICY_TYPE_ATTR_TYPE, "type", U32, 32, NULL },
	{ NL_POLICY_TYPE_ATTR_MIN_VALUE_U, "min", U64, UINT64_MAX, NULL },
	{ NL_POLICY_TYPE_ATTR_MAX_VALUE_U, "max", U64, UINT64_MAX, NULL },
	{ NL_POLICY_TYPE_ATTR_MIN_LENGTH, "min-length", U32, 16, NULL },
	{ NL_POLICY_TYPE_ATTR_MAX_LENGTH, "max-length", U32, 16, NULL },
	{ NL_POLICY_TYPE_ATTR_POLICY_MAXTYPE, "maxtype", U32, 64, NULL },
	{ NL_POLICY_TYPE_ATTR_PAD, "pad", PAD, 0, NULL },
	{ 0, NULL, PAD, 0, NULL },
};

static const struct field error_fields[] = {
	{ NLMSGERR_ATTR_MSG, "text", TEXT, 0, NULL },
	{ NLMSGERR_ATTR_OFFS, "offset", U32, sizeof(nl.request), NULL },
	{ NLMSGERR_ATTR_POLICY, "policy", NEST, 0, policy_fields },
	{ NLMSGERR_ATTR_MISS_TYPE, "missing", U32, 32, NULL },
	{ NLMSGERR_ATTR_MISS_NEST, "missing in", U32, sizeof(nl.request),
	  NULL },
	{ 0, NULL, PAD, 0, NULL },
};

/* What was looked at. */
static struct {
	unsigned long messages;
	unsigned long octets;
	unsigned long attrs;
	unsigned long events;
	unsigned long errors;
	unsigned long texts;
	unsigned long seen[64];
	unsigned long faults;
	unsigned long poisoned;
} tally;

static uint64_t began_ns, began_uptime_ns;

/* --- what is wrong --- */

static void show_octets(const void *data, size_t len)
{
	const uint8_t *octets = data;
	size_t i;

	printf("#  ");
	for (i = 0; i < len; i++)
		printf(" %02x", octets[i]);
	printf("\n");
}

static void wrong(const char *what, const char *name, const void *data,
		  size_t len)
{
	if (tally.faults++ > 20)
		return;
	printf("# %s: %s\n", name, what);
	show_octets(data, len < 512 ? len : 512);
}

static void look_for_poison(const uint8_t *octets, size_t len)
{
	size_t i, run = 1;

	for (i = 1; i < len; i++) {
		run = octets[i] == octets[i - 1] ? run + 1 : 1;
		if (run < RUN || !memchr(poisons, octets[i], sizeof(poisons)))
			continue;
		if (tally.poisoned++ < 20) {
			printf("# poison at octet %zu of %zu\n", i, len);
			show_octets(octets, len < 512 ? len : 512);
		}
		return;
	}
}

/* --- values --- */

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * NSEC + (uint64_t)time.tv_nsec;
}

static bool integer_is_right(const struct field *field, const void *data,
			     size_t len)
{
	uint64_t value = 0;

	if (len != (size_t)1 << (field->form - U8))
		return false;
	memcpy(&value, data, len);
	return value <= field->max;
}

static bool time_is_right(const void *data, size_t len)
{
	uint64_t value;

	if (len != sizeof(value))
		return false;
	memcpy(&value, data, len);
	/* The clocks of kernel and libc may differ by a tick. */
	return value > began_ns - NSEC &&
	       value < clock_ns(CLOCK_REALTIME) + NSEC;
}

static bool uptime_is_right(const void *data, size_t len)
{
	uint64_t value;

	if (len != sizeof(value))
		return false;
	memcpy(&value, data, len);
	return value >= began_uptime_ns && value <= clock_ns(CLOCK_MONOTONIC);
}

static bool text_is_right(const char *text, size_t len, const char *letters)
{
	size_t i;

	if (!len || text[len - 1])
		return false;
	for (i = 0; i < len - 1; i++)
		if (letters ? !text[i] || !strchr(letters, text[i]) :
			      !isprint((unsigned char)text[i]))
			return false;
	return true;
}

static bool addr_is_right(const void *data, size_t len)
{
	static const uint8_t four[4] = { 127, 0, 0, 1 };

	return (len == 4 && !memcmp(data, four, 4)) ||
	       (len == 16 && !memcmp(data, &in6addr_loopback, 16));
}

static bool counters_are_right(const void *data, size_t len)
{
	const size_t end = offsetof(struct tuplestat_counters, unusual) + 4;
	struct tuplestat_counters c;
	static const uint8_t zero[8];

	if (len != sizeof(c))
		return false;
	memcpy(&c, data, len);
	/* The structure ends with octets that have no name. */
	return !memcmp((const char *)data + end, zero, sizeof(c) - end) &&
	       c.packets < 100 && c.ip_bytes < 100000 && c.l4_bytes < 100000 &&
	       c.payload_bytes < 100000 && c.ack < 100 && c.fin < 100 &&
	       c.syn < 100 && c.rst < 100 && c.psh < 100 && !c.urg && !c.ece &&
	       !c.cwr && c.retransmits < 100 && c.zero_windows < 100 &&
	       !c.unusual;
}

static bool arrows_are_right(const void *data, size_t len)
{
	struct tuplestat_arrow arrow;
	size_t i;

	if (!len || len % sizeof(arrow) ||
	    len > TUPLESTAT_TEARDOWN_MAX * sizeof(arrow))
		return false;
	for (i = 0; i < len; i += sizeof(arrow)) {
		memcpy(&arrow, (const char *)data + i, sizeof(arrow));
		if (arrow.reserved || arrow.flags > 63 ||
		    arrow.gap_ns > 100 * NSEC)
			return false;
	}
	return true;
}

static bool value_is_right(const struct field *field, const void *data,
			   size_t len)
{
	switch (field->form) {
	case TEXT:
		tally.texts++;
		return text_is_right(data, len, NULL);
	case LETTERS:
		return len <= field->max + 1 &&
		       text_is_right(data, len, "SHADFRTWGIQshadfrtwgiq^");
	case ADDR:
		return addr_is_right(data, len);
	case ARROWS:
		return arrows_are_right(data, len);
	case COUNTERS:
		return counters_are_right(data, len);
	case TIME:
		return time_is_right(data, len);
	case UPTIME:
		return uptime_is_right(data, len);
	case PAD:
		return !len;
	case NEST:
		return true;
	default:
		return integer_is_right(field, data, len);
	}
}

/* --- structure --- */

static const struct field *find_field(const struct field *field, uint16_t type)
{
	for (; field->name; field++)
		if (field->type == type)
			return field;
	return NULL;
}

static bool is_zero(const uint8_t *octets, size_t len)
{
	while (len)
		if (octets[--len])
			return false;
	return true;
}

static void walk(const char *name, const uint8_t *octets, size_t len,
		 const struct field *fields);

static void look_at_attr(const char *name, const struct nlattr *attr,
			 const struct field *fields)
{
	const struct field *field;
	const uint8_t *payload = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);

	tally.attrs++;
	field = find_field(fields, mnl_attr_get_type(attr));
	if (!field) {
		wrong("an attribute that is not known", name, attr,
		      attr->nla_len);
		return;
	}
	if (fields == flow_fields)
		tally.seen[field->type]++;
	if (!!(attr->nla_type & NLA_F_NESTED) != (field->form == NEST))
		wrong("marked as a nest, or not", field->name, attr,
		      attr->nla_len);
	else if (field->form == NEST)
		walk(field->name, payload, len, field->inside);
	else if (!value_is_right(field, payload, len))
		wrong("length or value", field->name, attr, attr->nla_len);
	if (!is_zero(payload + len, MNL_ALIGN(len) - len))
		wrong("padding that is not zero", field->name, attr,
		      MNL_ALIGN(attr->nla_len));
}

/* All of it must be attributes. */
static void walk(const char *name, const uint8_t *octets, size_t len,
		 const struct field *fields)
{
	const struct nlattr *attr;
	size_t at = 0;

	while (len - at >= MNL_ATTR_HDRLEN) {
		attr = (const struct nlattr *)(octets + at);
		if (attr->nla_len < MNL_ATTR_HDRLEN ||
		    (size_t)MNL_ALIGN(attr->nla_len) > len - at)
			break;
		look_at_attr(name, attr, fields);
		at += MNL_ALIGN(attr->nla_len);
	}
	if (at != len)
		wrong("octets that are no attribute", name, octets, len);
}

static void look_at_error(const struct nlmsghdr *nlh, size_t fixed)
{
	const uint8_t *payload = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const struct nlmsghdr *request = (const void *)nl.request;
	size_t echo = 0;

	tally.errors++;
	if (fixed > sizeof(int)) {
		/* The request's header, or all of it. */
		echo = nlh->nlmsg_flags & NLM_F_CAPPED ? sizeof(*nlh) :
		       request->nlmsg_len;
		fixed = sizeof(int) + echo;
	}
	if (len < fixed || memcmp(payload + sizeof(int), request, echo)) {
		wrong("not what was asked", "error", nlh, nlh->nlmsg_len);
		return;
	}
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS)) {
		if (len != fixed)
			wrong("octets behind the error", "error", nlh,
			      nlh->nlmsg_len);
		return;
	}
	walk("error", payload + fixed, len - fixed, error_fields);
}

static const struct field *fields_of(uint8_t cmd)
{
	switch (cmd) {
	case STATS_GET:
		return stats_fields;
	case CONFIG_GET:
		return config_fields;
	}
	return flow_fields;
}

static void look_at_message(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	tally.messages++;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		look_at_error(nlh, sizeof(struct nlmsgerr));
		return;
	}
	if (nlh->nlmsg_type == NLMSG_DONE) {
		look_at_error(nlh, sizeof(int));
		return;
	}
	if (nlh->nlmsg_type != nl.family || len < sizeof(*genl) ||
	    genl->version != TUPLESTAT_FAMILY_VERSION || genl->reserved ||
	    !genl->cmd || genl->cmd > TUPLESTAT_CMD_MAX ||
	    nlh->nlmsg_flags & ~NLM_F_MULTI) {
		wrong("header", "message", nlh, nlh->nlmsg_len);
		return;
	}
	tally.events += genl->cmd == FLOW_EVENT;
	walk("message", (const uint8_t *)(genl + 1), len - sizeof(*genl),
	     fields_of(genl->cmd));
}

/* What one read brought, to the last octet. */
static void look_at(const void *data, size_t len)
{
	const struct nlmsghdr *nlh = data;
	const uint8_t *end = (const uint8_t *)data + len;
	int rest = (int)len;

	tally.octets += len;
	look_for_poison(data, len);
	for (; mnl_nlmsg_ok(nlh, rest); nlh = mnl_nlmsg_next(nlh, &rest)) {
		look_at_message(nlh);
		if ((int)MNL_ALIGN(nlh->nlmsg_len) > rest)
			break;
		if (!is_zero((const uint8_t *)nlh + nlh->nlmsg_len,
			     MNL_ALIGN(nlh->nlmsg_len) - nlh->nlmsg_len))
			wrong("padding that is not zero", "message", nlh,
			      MNL_ALIGN(nlh->nlmsg_len));
	}
	if (rest > 0)
		wrong("octets that are no message", "read", end - rest,
		      (size_t)rest);
}

/* --- asking --- */

/* Returns the errno of the answer; all of it was looked at. */
static int ask(void)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)nl.reply;
	ssize_t got;
	int len;

	netlink_send(&nl);
	for (;;) {
		got = recv(mnl_socket_get_fd(nl.socket), nl.reply,
			   sizeof(nl.reply), 0);
		if (got < 0)
			netlink_die("receive");
		look_at(nl.reply, (size_t)got);
		nlh = (struct nlmsghdr *)nl.reply;
		for (len = (int)got; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE)
				return -*(int *)mnl_nlmsg_get_payload(nlh);
	}
}

static int ask_for(uint8_t cmd, uint16_t flags, const char *attrs)
{
	put_attrs(netlink_begin(&nl, cmd, flags ? flags : NLM_F_ACK), attrs);
	return ask();
}

static void must(int error, const char *what)
{
	errno = error;
	if (error)
		netlink_die(what);
}

static void ask_for_flow(uint16_t source)
{
	char attrs[128];

	snprintf(attrs, sizeof(attrs), "proto:11 "
		 "orig{addr:7f000001 port:%04x} reply{addr:7f000001 port:%04x}",
		 source, PORT);
	must(ask_for(FLOW_GET, 0, attrs), "flow-get");
}

/* Refusals by the kernel and by the module, of all lengths of text. */
static void ask_for_errors(void)
{
	static const struct {
		uint8_t cmd;
		uint16_t flags;
		const char *attrs;
	} wrong[] = {
		{ FLOW_GET, 0, "" },
		{ FLOW_GET, 0, "proto:01" },
		{ FLOW_GET, 0, "proto:1100" },
		{ FLOW_GET, 0, "proto:11 " A },
		{ FLOW_GET, 0, "proto:11 orig{addr:7f00000100 port:9c40}" },
		{ FLOW_GET, 0, "proto:11 orig{addr:7f000001} " B },
		{ FLOW_GET, 0, "proto:11 " A " " B6 },
		{ FLOW_GET, 0, "99:00" },
		{ FLOW_GET, 0, "proto:11 " A " +00000000" },
		{ FLOW_GET, DUMP, "proto:11" },
		{ FLOW_GET, DUMP, "term{}" },
		{ FLOW_GET, DUMP, "term{side:03 first:1388}" },
		{ FLOW_GET, DUMP, "term{addr:7f000001 prefix:21}" },
		{ STATS_GET, 0, "1:00" },
		{ STATS_GET, DUMP, "" },
		{ CONFIG_SET, 0, "" },
		{ CONFIG_SET, 0, "started:02" },
		{ CONFIG_SET, 0, "max-flows:00000000" },
		{ CONFIG_SET, 0, "timeouts{none:00000000}" },
		{ FLOW_DEL, 0, "proto:06 orig{addr:7f000001 port:0001} " B },
		{ 99, 0, "" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		if (!ask_for(wrong[i].cmd, wrong[i].flags, wrong[i].attrs))
			netlink_die("what is wrong was taken");
}

static void set_cap_ack(int on)
{
	if (mnl_socket_setsockopt(nl.socket, NETLINK_CAP_ACK, &on, sizeof(on)))
		netlink_die("NETLINK_CAP_ACK");
}

static void ask_for_all(void)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		must(ask_for(FLOW_GET, DUMP, ""), "dump");
	must(ask_for(FLOW_GET, DUMP, "term{family:0a}"), "dump");
	for (i = 0; i < DATAGRAMS; i++)
		ask_for_flow((uint16_t)(FIRST_SOURCE + i));
	for (i = 0; i < 20; i++) {
		set_cap_ack(i % 2);
		ask_for_errors();
		must(ask_for(STATS_GET, 0, ""), "stats-get");
		must(ask_for(CONFIG_GET, 0, ""), "config-get");
		must(ask_for(CONFIG_SET, 0, "started:01"), "config-set");
	}
	/* What ends is told to who listens. */
	must(ask_for(FLOW_DEL, 0, "term{first:2710 last:2720}"), "flow-del");
	must(ask_for(FLOW_DEL, 0, ""), "flow-del");
}

/* --- flows --- */

union addr {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

static socklen_t make_addr(union addr *addr, int family, uint16_t port)
{
	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET) {
		addr->four.sin_family = AF_INET;
		addr->four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		addr->four.sin_port = htons(port);
		return sizeof(addr->four);
	}
	addr->six.sin6_family = AF_INET6;
	addr->six.sin6_addr = in6addr_loopback;
	addr->six.sin6_port = htons(port);
	return sizeof(addr->six);
}

static int make_socket(int family, int type, uint16_t port)
{
	int fd = socket(family, type, 0);
	union addr addr;
	socklen_t len = make_addr(&addr, family, port);

	if (fd < 0 || (port && bind(fd, &addr.any, len)))
		netlink_die("socket");
	return fd;
}

static void make_datagrams(int family)
{
	union addr to;
	socklen_t len = make_addr(&to, family, PORT);
	uint16_t i;
	int fd;

	for (i = 0; i < DATAGRAMS; i++) {
		fd = make_socket(family, SOCK_DGRAM, FIRST_SOURCE + i);
		if (sendto(fd, "octets", 1 + i % 6, 0, &to.any, len) < 0)
			netlink_die("sendto");
		close(fd);
	}
}

static void make_refused(int family)
{
	union addr to;
	socklen_t len = make_addr(&to, family, PORT);
	unsigned int i;
	int fd;

	for (i = 0; i < REFUSED; i++) {
		fd = make_socket(family, SOCK_STREAM, 0);
		if (!connect(fd, &to.any, len) || errno != ECONNREFUSED)
			netlink_die("connect");
		close(fd);
	}
}

/* Connections that are opened, used, and closed by both sides. */
static void make_connections(int family)
{
	int listener = make_socket(family, SOCK_STREAM, LISTENING);
	union addr to;
	socklen_t len = make_addr(&to, family, LISTENING);
	char text[16];
	int fd, peer;
	unsigned int i;

	if (listen(listener, 8))
		netlink_die("listen");
	for (i = 0; i < CONNECTIONS; i++) {
		fd = make_socket(family, SOCK_STREAM, 0);
		if (connect(fd, &to.any, len))
			netlink_die("connect");
		peer = accept(listener, NULL, NULL);
		if (peer < 0 || send(fd, "octets", 6, 0) != 6 ||
		    recv(peer, text, sizeof(text), 0) != 6)
			netlink_die("connection");
		close(fd);
		close(peer);
	}
	close(listener);
}

/* --- events --- */

static void listen_to_events(struct netlink *events)
{
	struct timeval wait = { .tv_sec = 2 };
	int fd, buffer = BUFFER;

	netlink_open(events);
	fd = mnl_socket_get_fd(events->socket);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer,
		       sizeof(buffer)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &events->group,
		       sizeof(events->group)))
		netlink_die("listener");
}

/* Until all flows have ended, by the word of the events. */
static void look_at_events(struct netlink *events, unsigned long wanted)
{
	ssize_t got;

	while (tally.seen[TUPLESTAT_A_FLOW_END_REASON] < wanted) {
		got = recv(mnl_socket_get_fd(events->socket), events->reply,
			   sizeof(events->reply), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		look_at(events->reply, (size_t)got);
	}
}

/* --- all of it --- */

static void init_timeout_fields(void)
{
	uint16_t type;

	for (type = 1; type <= TUPLESTAT_A_TIMEOUT_MAX; type++)
		timeout_fields[type - 1] = (struct field){ type, "timeout", U32,
			TUPLESTAT_TIMEOUT_MAX, NULL };
}

/* What is never sent in this test would not be looked at either. */
static void check_seen(void)
{
	static const uint16_t wanted[] = {
		TUPLESTAT_A_FLOW_PROTO, TUPLESTAT_A_FLOW_ORIG,
		TUPLESTAT_A_FLOW_REPLY, TUPLESTAT_A_FLOW_STATE,
		TUPLESTAT_A_FLOW_FLAGS, TUPLESTAT_A_FLOW_FIRST,
		TUPLESTAT_A_FLOW_LAST, TUPLESTAT_A_FLOW_CONN_STATE,
		TUPLESTAT_A_FLOW_HISTORY, TUPLESTAT_A_FLOW_SYNACK,
		TUPLESTAT_A_FLOW_ACKDAT, TUPLESTAT_A_FLOW_TEARDOWN,
		TUPLESTAT_A_FLOW_COUNT, TUPLESTAT_A_FLOW_EVENTS,
		TUPLESTAT_A_FLOW_SEQ, TUPLESTAT_A_FLOW_END_REASON,
		TUPLESTAT_A_FLOW_FIRST_MONOTONIC,
	};
	unsigned int missing = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (tally.seen[wanted[i]])
			continue;
		printf("# attribute %u of a flow was never sent\n", wanted[i]);
		missing++;
	}
	ktap_ok(!missing && tally.texts > 200,
		"every attribute of a flow was sent, and errors with text");
}

static void write_poisoned(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%lu\n", tally.poisoned) < 0 || fclose(file))
		netlink_die(path);
}

int main(int argc, char **argv)
{
	const unsigned long flows = 2 * (DATAGRAMS + REFUSED + CONNECTIONS);
	static struct netlink events;

	if (argc != 2) {
		fputs("usage: netlink_leak POISON-FOUND\n", stderr);
		return 2;
	}
	init_timeout_fields();
	if (unshare(CLONE_NEWNET))
		netlink_die("unshare");
	loopback_up();
	netlink_open(&nl);
	listen_to_events(&events);
	began_ns = clock_ns(CLOCK_REALTIME);
	began_uptime_ns = clock_ns(CLOCK_MONOTONIC);
	/* Kept while this runs: closed ones too. */
	must(ask_for(CONFIG_SET, 0, "started:01 timeouts{8:008d2700 9:008d2700 "
		     "11:008d2700}"), "start");
	make_datagrams(AF_INET);
	make_datagrams(AF_INET6);
	make_refused(AF_INET);
	make_refused(AF_INET6);
	make_connections(AF_INET);
	make_connections(AF_INET6);
	ask_for_all();
	look_at_events(&events, flows);

	printf("# %lu messages, %lu of them events, %lu errors, acks and ends; "
	       "%lu attributes, %lu octets\n", tally.messages, tally.events,
	       tally.errors, tally.attrs, tally.octets);
	ktap_plan(4);
	ktap_ok(!tally.faults, "each octet has its meaning, or is zero");
	ktap_ok(tally.messages >= MESSAGES_MIN, "%u messages and more",
		MESSAGES_MIN);
	ktap_ok(tally.seen[TUPLESTAT_A_FLOW_END_REASON] == flows,
		"events of all %lu flows", flows);
	check_seen();
	write_poisoned(argv[1]);
	return ktap_finish();
}
