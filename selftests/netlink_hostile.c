// SPDX-License-Identifier: GPL-2.0
/*
 * Every fault that a request can have, tried in every place: each attribute
 * number of each operation, and of each nest in it, with each wrong length,
 * type and value that its policy leaves room for, alone and beside a right one
 * of the same number. What is taken is asked of the kernel. Wanted of each
 * refusal: the exact error, the text, the offset of the very attribute, and
 * that nothing has changed. Run as root with the module loaded; it makes a
 * network namespace of its own.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>

#include "netlink_policy.h"
#include "netlink_request.h"

#define BAD_LENGTH "invalid attribute length"
#define BAD_VALUE "integer out of range"
#define BAD_POLICY "Attribute failed policy validation"
#define NOT_NEST "NLA_F_NESTED is missing"
#define NO_NEST "NLA_F_NESTED not expected"
#define LEFTOVER "bytes leftover after parsing attributes"
#define BAD_ADDR "address must have 4 bytes (IPv4) or 16 (IPv6)"
/* Which of the two depends on how far the kernel's table goes. */
#define UNKNOWN "Unknown attribute type"
#define UNSUPPORTED "Unsupported attribute"

/* Attributes that are tried beyond the last one that is taken. */
#define BEYOND 12
#define TYPE_MAX 0x3fff

/* Longest wrong length; the right ones are 16 at most. */
#define LEN_MAX 24

#define TOP -1

static struct policies policies;

/**
 * struct place - where an attribute is tried
 * @cmd: operation
 * @dump: the way of it
 * @name: for the result
 * @nest: attribute whose nest it is in, TOP for none
 * @policy: of the request or the nest
 * @type: the attribute
 * @taken: what is taken there, type 0 for nothing
 */
struct place {
	uint8_t cmd;
	bool dump;
	const char *name;
	int nest;
	const struct policy *policy;
	uint16_t type;
	struct policy_attr taken;
};

/**
 * struct fault - one thing that is wrong
 * @what: for the diagnostic
 * @type: number of the attribute with flags
 * @len: octets of payload
 * @payload: these
 * @error: wanted
 * @text: wanted
 * @placeless: no offset is wanted: it is in no attribute
 */
struct fault {
	const char *what;
	uint16_t type;
	uint16_t len;
	const void *payload;
	int error;
	const char *text;
	bool placeless;
};

static unsigned int tried, wrong;

/* --- nothing changes --- */

static struct settings settings_before;
static char stats_before[8192];
static size_t stats_before_len;

struct answer {
	char octets[8192];
	size_t len;
};

static void keep_answer(const struct nlmsghdr *nlh, void *data)
{
	struct answer *answer = data;

	answer->len = mnl_nlmsg_get_payload_len(nlh);
	if (answer->len > sizeof(answer->octets))
		netlink_die("an answer of that size");
	memcpy(answer->octets, mnl_nlmsg_get_payload(nlh), answer->len);
}

static struct answer ask_stats(void)
{
	struct answer answer = { .len = 0 };

	if (request(STATS_GET, 0, "", keep_answer, &answer) || !answer.len)
		netlink_die("the statistics");
	return answer;
}

static void remember(void)
{
	struct answer stats = ask_stats();

	settings_before = config();
	memcpy(stats_before, stats.octets, stats.len);
	stats_before_len = stats.len;
}

static bool settings_changed(void)
{
	struct settings now = config();

	return memcmp(&now, &settings_before, sizeof(now));
}

/* All of the ledger, the table and the events, octet by octet. */
static bool stats_changed(void)
{
	struct answer now = ask_stats();

	return now.len != stats_before_len ||
	       memcmp(now.octets, stats_before, now.len);
}

/* --- one fault --- */

static void put_raw(struct nlmsghdr *nlh, uint16_t type, uint16_t len,
		    const void *payload)
{
	mnl_attr_put(nlh, type, len, payload);
}

/* What would be taken: the least integer, an IPv4 address, an empty nest. */
static void put_good(struct nlmsghdr *nlh, uint16_t type,
		     const struct policy_attr *attr)
{
	uint8_t payload[8] = { 0 };

	if (policy_is_integer(attr)) {
		memcpy(payload, &attr->min, policy_size(attr));
		put_raw(nlh, type, (uint16_t)policy_size(attr), payload);
	} else if (attr->type == NL_ATTR_TYPE_NESTED) {
		put_raw(nlh, type | NLA_F_NESTED, 0, payload);
	} else {
		put_raw(nlh, type, attr->type == NL_ATTR_TYPE_BINARY ? 4 : 0,
			payload);
	}
}

/* Any attribute that is taken there, so that the bad one is not the first. */
static void put_first(struct nlmsghdr *nlh, const struct policy *policy)
{
	unsigned int type;

	for (type = 1; type <= policy->max; type++) {
		if (!policy->attr[type].type)
			continue;
		put_good(nlh, (uint16_t)type, &policy->attr[type]);
		return;
	}
}

static bool text_fits(const char *text)
{
	if (!strcmp(text, UNKNOWN))
		return !strcmp(nl.extack, UNKNOWN) ||
		       !strcmp(nl.extack, UNSUPPORTED);
	return !strcmp(nl.extack, text);
}

static void refused(const struct place *place, const struct fault *fault,
		    const char *beside, uint32_t offset)
{
	int error = -netlink_exchange(&nl, NULL, NULL);
	bool right;

	if (fault->placeless)
		offset = 0;
	right = error == fault->error && text_fits(fault->text) &&
		nl.offset == offset && !nl.missing;
	tried++;
	if (right && !settings_changed())
		return;
	wrong++;
	printf("# %s: attribute %u, %s%s, %u octets\n"
	       "# wanted: %s, \"%s\", at %u\n"
	       "# got:    %s, \"%s\", at %u, missing %u%s\n",
	       place->name, fault->type & TYPE_MAX, fault->what, beside,
	       fault->len, strerror(fault->error), fault->text, offset,
	       strerror(error), nl.extack, nl.offset, nl.missing,
	       right ? ", but settings have changed" : "");
}

enum beside { ALONE, BEFORE_GOOD, AFTER_GOOD, BESIDES };

static void try_beside(const struct place *place, const struct fault *fault,
		       enum beside beside)
{
	static const char *const names[] = { "", ", before a right one",
		", after a right one" };
	struct nlattr *nest = NULL;
	struct nlmsghdr *nlh;
	uint32_t offset;

	nlh = netlink_begin(&nl, place->cmd, place->dump ? DUMP : NLM_F_ACK);
	if (place->nest != TOP)
		nest = mnl_attr_nest_start(nlh, (uint16_t)place->nest);
	put_first(nlh, place->policy);
	if (beside == AFTER_GOOD)
		put_good(nlh, place->type, &place->taken);
	offset = nlh->nlmsg_len;
	put_raw(nlh, fault->type, fault->len, fault->payload);
	if (beside == BEFORE_GOOD)
		put_good(nlh, place->type, &place->taken);
	if (nest)
		mnl_attr_nest_end(nlh, nest);
	refused(place, fault, names[beside], offset);
}

static void try_fault(const struct place *place, const struct fault *fault)
{
	enum beside beside;

	for (beside = ALONE; beside < BESIDES; beside++)
		if (beside == ALONE || place->taken.type)
			try_beside(place, fault, beside);
}

/* --- the faults that there are, by what is taken --- */

static void try_value(const struct place *place, const char *what,
		      uint64_t value)
{
	struct fault fault = { what, place->type, 0, &value, ERANGE, BAD_VALUE,
		false };

	fault.len = (uint16_t)policy_size(&place->taken);
	try_fault(place, &fault);
}

static void try_values(const struct place *place)
{
	const struct policy_attr *taken = &place->taken;
	uint64_t top = UINT64_MAX >> (64 - 8 * policy_size(taken));

	if (taken->min > 0)
		try_value(place, "one too low", taken->min - 1);
	if (taken->min > 1)
		try_value(place, "zero", 0);
	if (taken->max < top) {
		try_value(place, "one too high", taken->max + 1);
		try_value(place, "all bits", top);
	}
	if (taken->max <= top >> 1)
		try_value(place, "the top bit", (top >> 1) + 1);
}

static bool is_addr(const struct place *place, uint16_t len)
{
	return place->taken.type == NL_ATTR_TYPE_BINARY &&
	       (len == 4 || len == 16);
}

/* Returns the text of the refusal, NULL where the length is right. */
static const char *wrong_length(const struct place *place, uint16_t len,
				int *error)
{
	const struct policy_attr *taken = &place->taken;

	*error = EINVAL;
	if (policy_is_integer(taken))
		return len == policy_size(taken) ? NULL : BAD_LENGTH;
	if (taken->type == NL_ATTR_TYPE_BINARY && len <= taken->max_len)
		return is_addr(place, len) ? NULL : BAD_ADDR;
	*error = ERANGE;
	if (taken->type == NL_ATTR_TYPE_NESTED)
		return len && len < MNL_ATTR_HDRLEN ? BAD_POLICY : NULL;
	return len ? BAD_POLICY : NULL;
}

static void try_lengths(const struct place *place)
{
	bool nest = place->taken.type == NL_ATTR_TYPE_NESTED;
	static const uint8_t octets[LEN_MAX];
	struct fault fault = { "length", place->type, 0, octets, 0, NULL,
		false };

	if (nest)
		fault.type |= NLA_F_NESTED;
	for (fault.len = 0; fault.len <= LEN_MAX; fault.len++) {
		fault.text = wrong_length(place, fault.len, &fault.error);
		if (fault.text)
			try_fault(place, &fault);
	}
}

/* What claims to be a nest and is none, or the other way round. */
static void try_type(const struct place *place)
{
	static const uint8_t octets[16];
	bool nest = place->taken.type == NL_ATTR_TYPE_NESTED;
	struct fault fault = { nest ? "not marked as a nest" :
		"marked as a nest", place->type, 0, octets, EINVAL,
		nest ? NOT_NEST : NO_NEST, false };

	if (!nest)
		fault.type |= NLA_F_NESTED;
	fault.len = policy_is_integer(&place->taken) ?
		    (uint16_t)policy_size(&place->taken) :
		    place->taken.type == NL_ATTR_TYPE_FLAG ? 0 : 4;
	try_fault(place, &fault);
	if (nest) {
		fault.len = 0;
		try_fault(place, &fault);
	}
}

/* Octets in a nest that are no attribute, or one longer than the nest. */
static void try_nest(const struct place *place)
{
	/* Lengths of an attribute in it; 8 octets are all that there are. */
	static const uint16_t lens[] = { 0, 1, 3, 9, 12, 0x7fff, 0xffff };
	struct nlattr inner[2] = { { 0, 1 }, { 0, 0 } };
	struct fault fault = { "no attribute in the nest",
		place->type | NLA_F_NESTED, sizeof(inner), inner, EINVAL,
		LEFTOVER, true };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		inner[0].nla_len = lens[i];
		try_fault(place, &fault);
	}
}

static void try_nest_end(const struct place *place)
{
	const struct policy *policy = &policies.policy[place->taken.nest];
	char room[64] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(room);
	struct fault fault = { "octets behind the attributes of the nest",
		place->type | NLA_F_NESTED, 0, mnl_nlmsg_get_payload(nlh),
		EINVAL, LEFTOVER, true };
	uint16_t len, more;

	put_first(nlh, policy);
	len = (uint16_t)mnl_nlmsg_get_payload_len(nlh);
	for (more = 1; more < MNL_ATTR_HDRLEN; more++) {
		fault.len = len + more;
		try_fault(place, &fault);
	}
}

static void try_not_taken(const struct place *place)
{
	static const uint8_t octets[32];
	static const uint16_t lens[] = { 0, 1, 2, 4, 8, 16, 32 };
	struct fault fault = { "not taken", place->type, 0, octets, EINVAL,
		UNKNOWN, false };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		fault.type = place->type;
		fault.len = lens[i];
		try_fault(place, &fault);
		fault.type |= NLA_F_NESTED;
		try_fault(place, &fault);
	}
}

static void try_attr(const struct place *place)
{
	if (!place->taken.type) {
		try_not_taken(place);
		return;
	}
	try_lengths(place);
	try_type(place);
	if (policy_is_integer(&place->taken))
		try_values(place);
	if (place->taken.type == NL_ATTR_TYPE_NESTED) {
		try_nest(place);
		try_nest_end(place);
	}
}

/* --- every place --- */

static void test_place(struct place *place)
{
	unsigned int type, last = place->policy->max + BEYOND;

	tried = wrong = 0;
	for (type = 0; type <= last + 1; type++) {
		place->type = type > last ? TYPE_MAX : (uint16_t)type;
		memset(&place->taken, 0, sizeof(place->taken));
		if (type <= place->policy->max)
			place->taken = place->policy->attr[type];
		try_attr(place);
	}
	if (stats_changed()) {
		printf("# the statistics have changed\n");
		wrong++;
	}
	ktap_ok(tried && !wrong, "%s: each of %u faults is refused where it is",
		place->name, tried);
}

static const struct {
	const char *name;
	uint8_t cmd;
	bool dump;
	unsigned int nests;
} ways[] = {
	{ "flow-get", FLOW_GET, false, 3 },
	{ "flow-get, dump", FLOW_GET, true, 3 },
	{ "stats-get", STATS_GET, false, 0 },
	{ "config-get", CONFIG_GET, false, 0 },
	{ "config-set", CONFIG_SET, false, 1 },
	{ "flow-del", FLOW_DEL, false, 3 },
};

#define WAYS ARRAY_SIZE(ways)
#define PLACES (WAYS + 3 + 3 + 1 + 3)

static void test_way(size_t way)
{
	const struct policy *policy;
	unsigned int type, nests = 0;
	struct place place;
	char name[64];
	int number;

	number = policies.way[ways[way].cmd][ways[way].dump];
	if (number < 0)
		netlink_die("an operation that takes nothing");
	policy = &policies.policy[number];
	place = (struct place){ ways[way].cmd, ways[way].dump, ways[way].name,
		TOP, policy, 0, { 0 } };
	test_place(&place);
	for (type = 1; type <= policy->max; type++) {
		if (policy->attr[type].type != NL_ATTR_TYPE_NESTED)
			continue;
		nests++;
		snprintf(name, sizeof(name), "%s, in attribute %u",
			 ways[way].name, type);
		place = (struct place){ ways[way].cmd, ways[way].dump, name,
			(int)type, &policies.policy[policy->attr[type].nest], 0,
			{ 0 } };
		test_place(&place);
	}
	ktap_ok(nests == ways[way].nests, "%s: %u nests", ways[way].name,
		ways[way].nests);
}

static void test_number_of_ways(void)
{
	unsigned int cmd, dump, count = 0;

	for (cmd = 0; cmd < POLICY_CMDS_MAX; cmd++)
		for (dump = 0; dump < 2; dump++)
			count += policies.way[cmd][dump] >= 0;
	ktap_ok(count == WAYS, "%zu ways to ask are known, and %u there",
		WAYS, count);
}

/* --- what is missing --- */

/* Parts of a 5-tuple, as bits. */
enum { PROTO = 1, ORIG = 2, ORIG_ADDR = 4, ORIG_PORT = 8, REPLY = 16,
	REPLY_ADDR = 32, REPLY_PORT = 64, ALL = 127 };

static uint32_t put_end(struct nlmsghdr *nlh, uint16_t type, unsigned int parts)
{
	uint32_t at = nlh->nlmsg_len;
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, type);
	if (parts & ORIG_ADDR)
		mnl_attr_put_u32(nlh, TUPLESTAT_A_END_ADDR, htonl(0x7f000001));
	if (parts & ORIG_PORT)
		mnl_attr_put_u16(nlh, TUPLESTAT_A_END_PORT, htons(PORT));
	mnl_attr_nest_end(nlh, nest);
	return at;
}

/* Whether what the kernel says is missing is missing, and where it says. */
static bool missing_is_true(unsigned int parts, const uint32_t *ends)
{
	unsigned int shift;

	if (!nl.missing_in)
		return (nl.missing == TUPLESTAT_A_FLOW_PROTO &&
			!(parts & PROTO)) ||
		       (nl.missing == TUPLESTAT_A_FLOW_ORIG &&
			!(parts & ORIG)) ||
		       (nl.missing == TUPLESTAT_A_FLOW_REPLY &&
			!(parts & REPLY));
	if (nl.offset != nl.missing_in ||
	    (nl.offset != ends[0] && nl.offset != ends[1]))
		return false;
	shift = nl.offset == ends[0] ? 0 : 3;
	return (nl.missing == TUPLESTAT_A_END_ADDR &&
		!(parts & ORIG_ADDR << shift)) ||
	       (nl.missing == TUPLESTAT_A_END_PORT &&
		!(parts & ORIG_PORT << shift));
}

/* Kernels before 6.1 cannot tell, and then say nothing of it. */
static bool kernel_tells_missing;

static void try_parts(uint8_t cmd, unsigned int parts)
{
	struct nlmsghdr *nlh = netlink_begin(&nl, cmd, NLM_F_ACK);
	uint32_t ends[2] = { 0, 0 };
	int error;

	if (parts & PROTO)
		mnl_attr_put_u8(nlh, TUPLESTAT_A_FLOW_PROTO, IPPROTO_UDP);
	if (parts & ORIG)
		ends[0] = put_end(nlh, TUPLESTAT_A_FLOW_ORIG, parts);
	if (parts & REPLY)
		ends[1] = put_end(nlh, TUPLESTAT_A_FLOW_REPLY, parts >> 3);
	error = -netlink_exchange(&nl, NULL, NULL);
	tried++;
	if (error == EINVAL && *nl.extack &&
	    (kernel_tells_missing ? missing_is_true(parts, ends) :
				    !nl.missing) && !settings_changed())
		return;
	wrong++;
	printf("# parts %x: %s, \"%s\", at %u, missing %u at %u\n", parts,
	       strerror(error), nl.extack, nl.offset, nl.missing,
	       nl.missing_in);
}

/* Every set of parts but all of them. None at all means "all" to flow-del. */
static void test_missing(const char *name, uint8_t cmd)
{
	unsigned int parts;

	tried = wrong = 0;
	for (parts = cmd == FLOW_DEL; parts < ALL; parts++) {
		/* No end, no parts of it. */
		if ((!(parts & ORIG) && parts & (ORIG_ADDR | ORIG_PORT)) ||
		    (!(parts & REPLY) && parts & (REPLY_ADDR | REPLY_PORT)))
			continue;
		try_parts(cmd, parts);
	}
	ktap_ok(tried >= 48 && !wrong && !stats_changed(),
		"%s: of %u incomplete tuples it is told what is missing", name,
		tried);
}

/* --- the message itself --- */

static void test_lengths(void)
{
	struct nlmsghdr *nlh;
	unsigned int len;
	int error;

	tried = wrong = 0;
	/* Too short for the header of generic netlink. */
	for (len = MNL_NLMSG_HDRLEN; len < MNL_NLMSG_HDRLEN + 4; len++) {
		nlh = netlink_begin(&nl, CONFIG_GET, NLM_F_ACK);
		nlh->nlmsg_len = len;
		error = -netlink_exchange(&nl, NULL, NULL);
		tried++;
		wrong += error != EINVAL || settings_changed();
	}
	/* Octets behind the last attribute, of which none is one. */
	for (len = 1; len < 4; len++) {
		nlh = netlink_begin(&nl, CONFIG_SET, NLM_F_ACK);
		mnl_attr_put_u8(nlh, TUPLESTAT_A_CONFIG_STARTED, 0);
		memset(mnl_nlmsg_get_payload_tail(nlh), 0, 4);
		nlh->nlmsg_len += len;
		error = -netlink_exchange(&nl, NULL, NULL);
		tried++;
		wrong += error != EINVAL || strcmp(nl.extack, LEFTOVER) ||
			 settings_changed();
	}
	ktap_ok(tried == 7 && !wrong && !stats_changed(),
		"%u messages of wrong length are refused", tried);
}

/* Longer than what was sent, or no request: netlink itself lets it drop. */
static void test_silent(void)
{
	struct pollfd fd = { .fd = mnl_socket_get_fd(nl.socket),
		.events = POLLIN };
	struct nlmsghdr *nlh;

	nlh = netlink_begin(&nl, FLOW_DEL, NLM_F_ACK);
	nlh->nlmsg_len += 4;
	if (send(fd.fd, nlh, nlh->nlmsg_len - 4, 0) < 0)
		netlink_die("send");
	ktap_ok(!poll(&fd, 1, 0) && !settings_changed() && !stats_changed(),
		"a message that claims to be longer than it is does nothing");

	nlh = netlink_begin(&nl, FLOW_DEL, NLM_F_ACK);
	nlh->nlmsg_flags &= (uint16_t)~NLM_F_REQUEST;
	netlink_exchange(&nl, NULL, NULL);
	ktap_ok(!settings_changed() && !stats_changed(),
		"what is not marked as a request does nothing");
}

/* Only five numbers are operations; whatever the header is like otherwise. */
static void test_commands(void)
{
	unsigned int cmd, dump;
	int error;

	tried = wrong = 0;
	for (cmd = 0; cmd < 256; cmd++) {
		for (dump = 0; dump < 2; dump++) {
			if (cmd < POLICY_CMDS_MAX && policies.way[cmd][dump] >= 0)
				continue;
			netlink_begin(&nl, (uint8_t)cmd, dump ? DUMP : NLM_F_ACK);
			error = -netlink_exchange(&nl, NULL, NULL);
			tried++;
			if (error == EOPNOTSUPP)
				continue;
			wrong++;
			printf("# operation %u, dump %u: %s\n", cmd, dump,
			       strerror(error));
		}
	}
	ktap_ok(tried == 512 - WAYS && !wrong && !settings_changed() &&
		!stats_changed(), "%u operations that are none are refused",
		tried);
}

/* Versions are for people: the kernel hands on any. */
static void test_versions(void)
{
	struct settings got;
	struct nlmsghdr *nlh;
	unsigned int version;

	wrong = 0;
	for (version = 0; version < 256; version++) {
		memset(&got, 0, sizeof(got));
		nlh = netlink_begin(&nl, CONFIG_GET, NLM_F_ACK);
		((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->version =
			(uint8_t)version;
		wrong += netlink_exchange(&nl, take_settings, &got) ||
			 memcmp(&got, &settings_before, sizeof(got));
	}
	ktap_ok(!wrong, "each version is answered alike");
}

/* A nest in a nest in a nest, as deep as a message can be. */
static void test_depth(void)
{
	struct nlattr *nest[200];
	struct nlmsghdr *nlh;
	uint32_t offset;
	int depth, error;

	tried = wrong = 0;
	for (depth = 2; depth <= 200; depth += 18) {
		nlh = netlink_begin(&nl, FLOW_DEL, NLM_F_ACK);
		for (int i = 0; i < depth; i++)
			nest[i] = mnl_attr_nest_start(nlh, i ? TUPLESTAT_A_END_ADDR :
						      TUPLESTAT_A_FLOW_ORIG);
		for (int i = depth - 1; i >= 0; i--)
			mnl_attr_nest_end(nlh, nest[i]);
		offset = (uint32_t)((char *)nest[1] - (char *)nlh);
		error = -netlink_exchange(&nl, NULL, NULL);
		tried++;
		wrong += error != EINVAL || strcmp(nl.extack, NO_NEST) ||
			 nl.offset != offset;
	}
	ktap_ok(tried == 12 && !wrong && !settings_changed() &&
		!stats_changed(), "%u nests that go too deep are refused", tried);
}

/* --- twice the same --- */

static void count_answer(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(*(unsigned int *)data)++;
}

/* Of an attribute that is there twice, and right both times, the last counts. */
static void test_twice(void)
{
	unsigned int flows = 0;

	expect("the protocol twice: the last one counts",
	       request(FLOW_GET, 0, "proto:06 proto:11 " A " " B, count_answer,
		       &flows), 0, NULL);
	expect("an end twice: the last one counts",
	       request(FLOW_GET, 0, "proto:11 orig{addr:01020304 port:0001} " A
		       " " B, count_answer, &flows), 0, NULL);
	expect("a port twice: the last one counts",
	       request(FLOW_GET, 0, "proto:11 " A
		       " reply{addr:7f000001 port:0001 port:1388}", count_answer,
		       &flows), 0, NULL);
	ktap_ok(flows == 3, "each of them finds the flow");
	expect("the last one is missed where it is wrong",
	       request(FLOW_GET, 0, "proto:11 " A " " B
		       " reply{addr:7f000001 port:0001}", NULL, NULL), ENOENT,
	       "no such flow");
	expect("started twice", request(CONFIG_SET, 0, "started:00 started:01",
					NULL, NULL), 0, NULL);
	ktap_ok(!settings_changed() && !stats_changed(),
		"the last one counts: it was not stopped between");
}

/* Nothing shall time out while this runs. */
static void set_long_timeouts(void)
{
	struct nlmsghdr *nlh = netlink_begin(&nl, CONFIG_SET, NLM_F_ACK);
	struct nlattr *nest;
	uint16_t type;

	mnl_attr_put_u8(nlh, TUPLESTAT_A_CONFIG_STARTED, 1);
	nest = mnl_attr_nest_start(nlh, TUPLESTAT_A_CONFIG_TIMEOUTS);
	for (type = 1; type <= TUPLESTAT_A_TIMEOUT_MAX; type++)
		mnl_attr_put_u32(nlh, type, TUPLESTAT_TIMEOUT_MAX);
	mnl_attr_nest_end(nlh, nest);
	if (netlink_exchange(&nl, NULL, NULL))
		netlink_die("start");
}

int main(int argc, char **argv)
{
	unsigned int flows = 0;
	size_t way;

	(void)argv;
	ktap_plan(1 + PLACES + WAYS + 2 + 6 + 7 + 1);
	if (unshare(CLONE_NEWNET))
		netlink_die("unshare");
	loopback_up();
	netlink_open(&nl);
	policy_ask(&nl, &policies);
	kernel_tells_missing = argc > 1;
	set_long_timeouts();
	make_flows(AF_INET);
	make_flows(AF_INET6);
	remember();

	test_number_of_ways();
	for (way = 0; way < WAYS; way++)
		test_way(way);
	test_missing("flow-get", FLOW_GET);
	test_missing("flow-del", FLOW_DEL);
	test_lengths();
	test_silent();
	test_commands();
	test_versions();
	test_depth();
	test_twice();
	request(FLOW_GET, DUMP, "", count_answer, &flows);
	ktap_ok(flows == 4, "all flows are there still");
	return ktap_finish();
}
