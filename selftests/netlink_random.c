// SPDX-License-Identifier: GPL-2.0
/*
 * Requests at random: right ones, right ones that were damaged, and noise, to
 * every operation. Each must be answered, once, by an error that the interface
 * knows or by success, and afterwards the module must count as ever.
 *
 *	netlink_random SEED COUNT root|own|nobody
 *
 * root: in the network namespace that it is started in; own: as an ordinary
 * user, in namespaces of its own; nobody: as an ordinary user in a namespace of
 * somebody else, who must be refused every time. The same seed makes the same
 * requests. Says what came of them; exit status 1 where something is wrong.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sys/time.h>
#include <time.h>

#include "identity.h"
#include "netlink_policy.h"
#include "netlink_request.h"

/* Requests that are sent at once: their answers have to fit into the socket. */
#define BATCH 32
#define MESSAGE_MAX 4096
/* A message that is longer gets no more attributes. */
#define MESSAGE_FULL 2048

/* After so many requests the settings are put right, and flows are made. */
#define RENEW 512
#define FLOWS 100

/* Among so many requests there are all kinds. */
#define VARIETY 20000

#define ANSWER_SECONDS 60
#define ERRNO_MAX 256

#define HEADERS (MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr))

/**
 * struct batch - requests that are sent at once
 * @count: how many
 * @first: number of the first one
 * @len: octets
 * @at: where each of them begins
 * @answered: those that were answered
 * @octets: all of them
 */
static struct {
	unsigned int count;
	uint32_t first;
	size_t len;
	size_t at[BATCH];
	bool answered[BATCH];
	char octets[BATCH * MESSAGE_MAX] __attribute__((aligned(8)));
} batch;

/* What came of it all. */
static struct {
	unsigned long requests;
	unsigned long dumps;
	unsigned long replies;
	unsigned long error[ERRNO_MAX];
	unsigned long done[256][2];
} tally;

static struct policies policies;
static unsigned long faults;
static bool refused_all;

/* --- chance --- */

static uint64_t state;

/* splitmix64 */
static uint64_t chance(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t below(uint32_t limit)
{
	return (uint32_t)(chance() % limit);
}

static bool one_in(uint32_t n)
{
	return !below(n);
}

/* --- right requests --- */

/* Another size of the table takes its time. */
static bool is_slow(const struct policy_attr *attr)
{
	return attr->max == TUPLESTAT_MAX_FLOWS_MAX;
}

static uint64_t some_integer(const struct policy_attr *attr)
{
	uint64_t span = attr->max - attr->min;

	/* Started: seldom not, since to stop takes its time. */
	if (attr->max == 1)
		return !one_in(64);
	if (is_slow(attr) && !one_in(256))
		return attr->min + below(1 << 14);
	if (attr->type == NL_ATTR_TYPE_U8 && attr->max == UINT8_MAX)
		return one_in(2) ? IPPROTO_UDP : one_in(2) ? IPPROTO_TCP :
		       one_in(2) ? AF_INET : AF_INET6;
	if (attr->type == NL_ATTR_TYPE_U16)
		return htons((uint16_t)(one_in(2) ? PORT :
					SOURCE_PORT + below(FLOWS)));
	switch (below(8)) {
	case 0:
		return attr->min;
	case 1:
		return attr->max;
	}
	return span == UINT64_MAX ? chance() :
				    attr->min + chance() % (span + 1);
}

static void put_some_binary(struct nlmsghdr *nlh, uint16_t type)
{
	uint8_t addr[16] = { 127, 0, 0, 1 };
	uint16_t len = one_in(2) ? 4 : 16;
	uint64_t noise = chance();

	if (len == 16) {
		memset(addr, 0, sizeof(addr));
		addr[15] = 1;
	}
	if (one_in(8))
		memcpy(addr, &noise, 4);
	mnl_attr_put(nlh, type, len, addr);
}

static void put_some_attrs(struct nlmsghdr *nlh, const struct policy *policy,
			   uint32_t seldom);

static void put_some_attr(struct nlmsghdr *nlh, uint16_t type,
			  const struct policy_attr *attr)
{
	struct nlattr *nest;
	uint64_t value;

	switch (attr->type) {
	case NL_ATTR_TYPE_NESTED:
		nest = mnl_attr_nest_start(nlh, type);
		put_some_attrs(nlh, &policies.policy[attr->nest],
			       one_in(2) ? 8 : 2);
		mnl_attr_nest_end(nlh, nest);
		break;
	case NL_ATTR_TYPE_BINARY:
		put_some_binary(nlh, type);
		break;
	case NL_ATTR_TYPE_FLAG:
		mnl_attr_put(nlh, type, 0, NULL);
		break;
	default:
		value = some_integer(attr);
		mnl_attr_put(nlh, type, policy_size(attr), &value);
	}
}

/* Each attribute that is taken, except one in @seldom. */
static void put_some_attrs(struct nlmsghdr *nlh, const struct policy *policy,
			   uint32_t seldom)
{
	const struct policy_attr *attr;
	unsigned int type;

	for (type = 1; type <= policy->max; type++) {
		attr = &policy->attr[type];
		if (!attr->type || one_in(seldom) ||
		    (is_slow(attr) && !one_in(8)) ||
		    nlh->nlmsg_len > MESSAGE_FULL)
			continue;
		put_some_attr(nlh, (uint16_t)type, attr);
	}
}

/* Right, and short: so many fit into a message that they are too many. */
static void put_port_term(struct nlmsghdr *nlh)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, TUPLESTAT_A_FLOW_TERM);

	mnl_attr_put_u16(nlh, TUPLESTAT_A_TERM_PORT_FIRST, htons(PORT));
	mnl_attr_nest_end(nlh, nest);
}

/* One attribute says what a term is about; some have others say more of it. */
static void put_term(struct nlmsghdr *nlh, const struct policy *policy,
		     uint16_t type)
{
	static const struct {
		uint16_t of;
		uint16_t type;
	} more[] = {
		{ TUPLESTAT_A_TERM_ADDR, TUPLESTAT_A_TERM_PREFIX },
		{ TUPLESTAT_A_TERM_ADDR, TUPLESTAT_A_TERM_SIDE },
		{ TUPLESTAT_A_TERM_PORT_FIRST, TUPLESTAT_A_TERM_PORT_LAST },
		{ TUPLESTAT_A_TERM_PORT_FIRST, TUPLESTAT_A_TERM_SIDE },
	};
	struct nlattr *nest = mnl_attr_nest_start(nlh, TUPLESTAT_A_FLOW_TERM);
	size_t i;

	put_some_attr(nlh, type, &policy->attr[type]);
	for (i = 0; i < ARRAY_SIZE(more); i++)
		if (more[i].of == type && one_in(2))
			put_some_attr(nlh, more[i].type,
				      &policy->attr[more[i].type]);
	if (type != TUPLESTAT_A_TERM_NOT && one_in(4))
		mnl_attr_put(nlh, TUPLESTAT_A_TERM_NOT, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
}

static void put_terms(struct nlmsghdr *nlh)
{
	const struct policy *policy = &policies.policy[
		policies.way[FLOW_GET][0]];
	unsigned int count = one_in(4) ? below(40) : below(3);
	bool right = one_in(2);

	policy = &policies.policy[policy->attr[TUPLESTAT_A_FLOW_TERM].nest];
	while (count-- && nlh->nlmsg_len < MESSAGE_FULL) {
		if (right)
			put_port_term(nlh);
		else
			put_term(nlh, policy, (uint16_t)(TUPLESTAT_A_TERM_NOT +
							 below(policy->max)));
	}
}

/* A 5-tuple of a flow that may be there. */
static void put_tuple(struct nlmsghdr *nlh)
{
	struct nlattr *nest;
	uint16_t end;

	mnl_attr_put_u8(nlh, TUPLESTAT_A_FLOW_PROTO, IPPROTO_UDP);
	for (end = TUPLESTAT_A_FLOW_ORIG; end <= TUPLESTAT_A_FLOW_REPLY;
	     end++) {
		nest = mnl_attr_nest_start(nlh, end);
		mnl_attr_put_u32(nlh, TUPLESTAT_A_END_ADDR,
				 htonl(INADDR_LOOPBACK));
		mnl_attr_put_u16(nlh, TUPLESTAT_A_END_PORT,
				 end == TUPLESTAT_A_FLOW_REPLY ? htons(PORT) :
				 htons((uint16_t)(SOURCE_PORT + below(FLOWS))));
		mnl_attr_nest_end(nlh, nest);
	}
}

static void put_right(struct nlmsghdr *nlh, uint8_t cmd)
{
	int way = cmd < POLICY_CMDS_MAX ? policies.way[cmd][0] : -1;
	bool flows = cmd == FLOW_GET || cmd == FLOW_DEL;

	if (flows && one_in(3))
		put_tuple(nlh);
	else if (flows && one_in(2))
		put_terms(nlh);
	else if (way >= 0)
		put_some_attrs(nlh, &policies.policy[way], one_in(2) ? 8 : 2);
}

/* --- noise and damage --- */

static void put_noise(struct nlmsghdr *nlh)
{
	uint32_t len = below(256), i;
	uint8_t *octets;

	octets = (uint8_t *)nlh + nlh->nlmsg_len;
	for (i = 0; i < len; i++)
		octets[i] = (uint8_t)chance();
	nlh->nlmsg_len += len;
}

/* Attributes by their form, and that is all. */
static void put_noise_attrs(struct nlmsghdr *nlh)
{
	uint32_t count = below(12), i;
	uint8_t octets[32];
	uint16_t type;

	while (count--) {
		for (i = 0; i < sizeof(octets); i++)
			octets[i] = (uint8_t)chance();
		type = (uint16_t)(one_in(8) ? chance() : below(24));
		if (one_in(3))
			type |= NLA_F_NESTED;
		mnl_attr_put(nlh, type, below(sizeof(octets) + 1), octets);
	}
}

static char last_message[MESSAGE_MAX] __attribute__((aligned(8)));

/* Everything but the header of netlink may be damaged. */
static void damage(struct nlmsghdr *nlh)
{
	uint32_t len = nlh->nlmsg_len, at, room, words;
	const struct nlmsghdr *last = (struct nlmsghdr *)last_message;
	char *octets = (char *)nlh;

	if (len <= MNL_NLMSG_HDRLEN)
		return;
	at = MNL_NLMSG_HDRLEN + below(len - MNL_NLMSG_HDRLEN);
	words = at & ~3U;
	switch (below(7)) {
	case 0: /* a bit */
		octets[at] ^= (char)(1 << below(8));
		break;
	case 1: /* an octet */
		octets[at] = (char)chance();
		break;
	case 2: /* a length, or what stands in its place */
		*(uint16_t *)(octets + words) = (uint16_t)below(64);
		break;
	case 3: /* a number of an attribute, or what stands in its place */
		if (words + 4 <= len)
			*(uint16_t *)(octets + words + 2) =
				(uint16_t)(below(32) |
					   (one_in(2) ? NLA_F_NESTED : 0));
		break;
	case 4: /* the end is cut off */
		nlh->nlmsg_len = at;
		break;
	case 5: /* a part of another request */
		room = last->nlmsg_len > words ? last->nlmsg_len - words : 0;
		if (room && words >= HEADERS) {
			memcpy(octets + words, last_message + words, room);
			nlh->nlmsg_len = words + room;
		}
		break;
	case 6: /* a part of it twice */
		if (len - words < MESSAGE_FULL / 2 && len < MESSAGE_FULL) {
			memmove(octets + len, octets + words, len - words);
			nlh->nlmsg_len = len + len - words;
		}
		break;
	}
}

/* --- one request --- */

/* Seldom what waits for all CPUs, or leaves no flow to ask about. */
static void spare(struct nlmsghdr *nlh)
{
	struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_len == HEADERS && !one_in(64) &&
	    (genl->cmd == STATS_GET || genl->cmd == FLOW_DEL))
		genl->cmd = CONFIG_GET;
}

static bool is_dump(const struct nlmsghdr *nlh)
{
	return (nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}

static void keep(const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_len >= HEADERS && nlh->nlmsg_len < MESSAGE_FULL)
		memcpy(last_message, nlh, nlh->nlmsg_len);
}

/* Writes the next request behind what there is, with room for the longest. */
static struct nlmsghdr *make_request(void)
{
	struct nlmsghdr *nlh = (void *)(batch.octets + batch.len);
	uint8_t cmd = (uint8_t)(one_in(32) ? chance() : FLOW_GET +
				below(FLOW_DEL));
	uint16_t flags = one_in(cmd == FLOW_GET ? 3 : 64) ? NLM_F_DUMP : 0;
	struct genlmsghdr *genl;
	uint32_t times;

	memset(nlh, 0, MESSAGE_MAX);
	nlh->nlmsg_len = MNL_NLMSG_HDRLEN;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = TUPLESTAT_FAMILY_VERSION;
	switch (below(8)) {
	case 0:
		put_noise(nlh);
		break;
	case 1:
		put_noise_attrs(nlh);
		break;
	default:
		put_right(nlh, cmd);
		keep(nlh);
		times = one_in(3) ? 0 : 1 + below(4);
		while (times--)
			damage(nlh);
	}
	if (one_in(16))
		flags |= (uint16_t)(chance() & 0xff00);
	nlh->nlmsg_type = nl.family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++nl.seq;
	spare(nlh);
	return nlh;
}

/* --- answers --- */

static void show(const char *what, const struct nlmsghdr *nlh)
{
	const uint8_t *octets = (const uint8_t *)nlh;
	uint32_t i;

	/* More of the same would tell no more. */
	if (faults++ > 20)
		return;
	printf("%s: request %u:", what, nlh->nlmsg_seq);
	for (i = 0; i < nlh->nlmsg_len; i++)
		printf(" %02x", octets[i]);
	printf("\n");
}

/* Errors that the interface knows, for those who may ask and who may not. */
static bool error_is_known(int error, const struct nlmsghdr *nlh)
{
	switch (error) {
	case EINVAL:
	case EOPNOTSUPP:
		return true;
	case EPERM:
		/* Who may ask can be refused a limit alone. */
		return refused_all || *nl.extack;
	case 0:
	case ERANGE:
	case ENOENT:
	case ENETDOWN:
	case E2BIG:
		return !refused_all;
	case ENOMEM:
		/* A table of millions may find no room. */
		return !refused_all && nlh->nlmsg_len > HEADERS;
	}
	return false;
}

static void take_answer(const struct nlmsghdr *answer, int error)
{
	uint32_t index = answer->nlmsg_seq - batch.first;
	const struct nlmsghdr *nlh;
	const struct genlmsghdr *genl;

	if (index >= batch.count) {
		printf("an answer to nothing: %u\n", answer->nlmsg_seq);
		faults++;
		return;
	}
	nlh = (void *)(batch.octets + batch.at[index]);
	genl = mnl_nlmsg_get_payload(nlh);
	if (batch.answered[index])
		show("answered twice", nlh);
	batch.answered[index] = true;
	if (!error_is_known(error, nlh)) {
		printf("%s, \"%s\"\n", strerror(error), nl.extack);
		show("an error that the interface does not know", nlh);
	}
	if (error >= 0 && error < ERRNO_MAX)
		tally.error[error]++;
	if (!error)
		tally.done[genl->cmd][is_dump(nlh)]++;
}

/* Returns how many requests were answered by what came at once. */
static unsigned int take_answers(int len)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)nl.reply;
	const struct nlmsgerr *err;
	unsigned int answers = 0;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		switch (nlh->nlmsg_type) {
		case NLMSG_ERROR:
			err = mnl_nlmsg_get_payload(nlh);
			netlink_take_extack(&nl, nlh, sizeof(*err));
			take_answer(nlh, -err->error);
			answers++;
			break;
		case NLMSG_DONE:
			netlink_take_extack(&nl, nlh, sizeof(int));
			take_answer(nlh, -*(int *)mnl_nlmsg_get_payload(nlh));
			answers++;
			break;
		default:
			tally.replies++;
		}
	}
	return answers;
}

static void send_batch(void)
{
	int fd = mnl_socket_get_fd(nl.socket);
	unsigned int left = batch.count;
	ssize_t got;

	if (!left)
		return;
	if (send(fd, batch.octets, batch.len, 0) != (ssize_t)batch.len)
		netlink_die("send");
	while (left) {
		got = recv(fd, nl.reply, sizeof(nl.reply), 0);
		if (got < 0) {
			for (unsigned int i = 0; i < batch.count; i++)
				if (!batch.answered[i])
					show("not answered", (void *)
					     (batch.octets + batch.at[i]));
			netlink_die("answers");
		}
		left -= take_answers((int)got);
	}
	tally.requests += batch.count;
	batch.count = 0;
	batch.len = 0;
	memset(batch.answered, 0, sizeof(batch.answered));
}

static void add_request(void)
{
	struct nlmsghdr *nlh = make_request();

	/* A socket does one dump at a time. */
	if (is_dump(nlh) && batch.count) {
		struct nlmsghdr *first = (void *)batch.octets;
		char dump[MESSAGE_MAX] __attribute__((aligned(8)));

		memcpy(dump, nlh, MESSAGE_MAX);
		send_batch();
		memcpy(first, dump, MESSAGE_MAX);
		nlh = first;
	}
	if (!batch.count)
		batch.first = nlh->nlmsg_seq;
	batch.at[batch.count++] = batch.len;
	batch.len += MNL_ALIGN(nlh->nlmsg_len);
	tally.dumps += is_dump(nlh);
	if (batch.count == BATCH || is_dump(nlh))
		send_batch();
}

/* --- the world around it --- */

static void set_known_settings(void)
{
	int error = request(CONFIG_SET, 0, "max-flows:00100000 started:01 "
			    "timeouts{1:3c000000 2:3c000000 3:3c000000 "
			    "4:3c000000 5:3c000000 6:3c000000 7:3c000000 "
			    "8:3c000000 9:3c000000 10:3c000000 11:3c000000 "
			    "12:3c000000 13:3c000000}", NULL, NULL);

	if (error) {
		printf("setting what is right: %s\n", strerror(error));
		faults++;
	}
}

/* A datagram of @len octets from a port of this machine to another. */
static void send_datagram(uint16_t port, size_t len)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char octets[512] = { 0 };

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		netlink_die("bind");
	addr.sin_port = htons(PORT);
	if (sendto(fd, octets, len, 0, (struct sockaddr *)&addr,
		   sizeof(addr)) != (ssize_t)len)
		netlink_die("sendto");
	close(fd);
}

static void renew(void)
{
	uint16_t i;

	set_known_settings();
	for (i = 0; i < FLOWS; i++)
		send_datagram(SOURCE_PORT + i, 4);
}

static void take_counters(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *end;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != TUPLESTAT_A_FLOW_ORIG)
			continue;
		mnl_attr_for_each_nested(end, attr)
			if (mnl_attr_get_type(end) == TUPLESTAT_A_END_COUNTERS)
				memcpy(data, mnl_attr_get_payload(end),
				       sizeof(struct tuplestat_counters));
	}
}

/* Afterwards it counts what is sent, as if nothing had been. */
static void check_counting(void)
{
	struct tuplestat_counters got = { 0 };
	const unsigned int datagrams = 7;
	uint64_t payload = 0;
	unsigned int i;
	int error;

	set_known_settings();
	error = request(FLOW_DEL, 0, "", NULL, NULL);
	for (i = 0; i < datagrams; i++) {
		send_datagram(SOURCE_PORT, 100 + i);
		payload += 100 + i;
	}
	if (!error)
		error = request(FLOW_GET, 0, "proto:11 " A " " B,
				take_counters, &got);
	printf("afterwards %u datagrams of %" PRIu64 " octets were sent, and "
	       "%" PRIu64 " of %" PRIu64 " counted\n", datagrams, payload,
	       (uint64_t)got.packets, (uint64_t)got.payload_bytes);
	if (error || got.packets != datagrams || got.payload_bytes != payload) {
		printf("counting afterwards: %s\n", strerror(error));
		faults++;
	}
}

/* Noise that is refused at the door alone would prove nothing. */
static void check_variety(void)
{
	static const int errors[] = { 0, EINVAL, ERANGE, ENOENT, ENETDOWN,
		E2BIG, EOPNOTSUPP };
	unsigned int cmd, dump;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		if (tally.error[errors[i]] || tally.requests < VARIETY)
			continue;
		printf("no request came to this: %s\n", strerror(errors[i]));
		faults++;
	}
	for (cmd = 0; cmd < POLICY_CMDS_MAX; cmd++) {
		for (dump = 0; dump < 2; dump++) {
			if (policies.way[cmd][dump] < 0 || tally.done[cmd][dump])
				continue;
			printf("operation %u, dump %u: none was right\n", cmd,
			       dump);
			faults++;
		}
	}
}

static void tell(uint64_t seed, double seconds)
{
	int i;

	printf("seed %" PRIu64 ": %lu requests in %.1f s, %.0f a second; "
	       "%lu dumps, %lu messages with answers\n", seed, tally.requests,
	       seconds, (double)tally.requests / seconds, tally.dumps,
	       tally.replies);
	for (i = 0; i < ERRNO_MAX; i++)
		if (tally.error[i])
			printf("%9lu %s\n", tally.error[i], strerror(i));
}

/* --- who asks --- */

static void become_root_of_own_namespaces(void)
{
	become_nobody();
	become_root_of(CLONE_NEWNET);
	loopback_up();
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void run(unsigned long count)
{
	unsigned long next = 0;

	while (tally.requests + batch.count < count) {
		if (!refused_all && tally.requests >= next && !batch.count) {
			renew();
			next = tally.requests + RENEW;
		}
		add_request();
	}
	send_batch();
}

int main(int argc, char **argv)
{
	struct timeval wait = { .tv_sec = ANSWER_SECONDS };
	double began;

	if (argc != 4) {
		fputs("usage: netlink_random SEED COUNT root|own|nobody\n",
		      stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	refused_all = !strcmp(argv[3], "nobody");
	if (!strcmp(argv[3], "own"))
		become_root_of_own_namespaces();
	else if (refused_all)
		become_nobody();
	netlink_open(&nl);
	if (setsockopt(mnl_socket_get_fd(nl.socket), SOL_SOCKET, SO_RCVTIMEO,
		       &wait, sizeof(wait)))
		netlink_die("setsockopt");
	policy_ask(&nl, &policies);
	state = strtoull(argv[1], NULL, 10);
	began = now();
	run(strtoul(argv[2], NULL, 10));
	tell(strtoull(argv[1], NULL, 10), now() - began);
	if (!refused_all) {
		check_variety();
		check_counting();
	}
	return faults || !tally.requests;
}
