// SPDX-License-Identifier: GPL-2.0
/*
 * Who may do what: each operation, and listening to events, by each kind of
 * caller. Run as root, with the module just loaded, in the initial network
 * namespace.
 */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "identity.h"
#include "netlink_request.h"

/* The limit for namespaces of unprivileged users that permissions.sh sets. */
#define USERNS_MAX_FLOWS 16384
#define ABOVE_LIMIT "above the limit for unprivileged namespaces (module parameter userns_max_flows)"

#define JOIN 255

/*
 * What there is to do, in an order in which each finds what it needs. @stopped
 * is what it comes to for who may, while nothing is counted.
 */
static const struct operation {
	const char *name;
	uint8_t cmd;
	uint16_t flags;
	const char *attrs;
	int stopped;
} operations[] = {
	{ "flow-get", FLOW_GET, 0, "proto:11 " A " " B, ENETDOWN },
	{ "flow-get, dump", FLOW_GET, DUMP, "", ENETDOWN },
	{ "flow-get, dump by a term", FLOW_GET, DUMP, "term{proto:11}",
	  ENETDOWN },
	{ "stats-get", STATS_GET, 0, "", 0 },
	{ "config-get", CONFIG_GET, 0, "", 0 },
	{ "flow-del, one", FLOW_DEL, 0, "proto:11 " A " " B, ENETDOWN },
	{ "flow-del, some", FLOW_DEL, 0, "term{proto:06}", ENETDOWN },
	{ "flow-del, all", FLOW_DEL, 0, "", ENETDOWN },
	{ "config-set, max-flows", CONFIG_SET, 0, "max-flows:00100000", 0 },
	{ "config-set, timeouts", CONFIG_SET, 0, "timeouts{none:1e000000}", 0 },
	{ "config-set, stop", CONFIG_SET, 0, "started:00", 0 },
	{ "config-set, start", CONFIG_SET, 0, "started:01", 0 },
	{ "joining the group", JOIN, 0, "", 0 },
};

#define OPERATIONS ARRAY_SIZE(operations)

/* --- results of children --- */

static typeof(ktap) *shared;

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
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status))
		netlink_die("a child of the test");
	ktap = *shared;
	return false;
}

static void end_child(void)
{
	fflush(stdout);
	*shared = ktap;
	_exit(0);
}

/* --- callers --- */

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

static void become_root_of_userns(void)
{
	become_nobody();
	become_root_of(0);
}

/* --- the tests --- */

static int join(void)
{
	int group = (int)nl.group;

	nl.extack[0] = '\0';
	nl.offset = marked = 0;
	return mnl_socket_setsockopt(nl.socket, NETLINK_ADD_MEMBERSHIP, &group,
				     sizeof(group)) ? errno : 0;
}

static int operate(const struct operation *op)
{
	return op->cmd == JOIN ? join() : request(op->cmd, op->flags,
						  op->attrs, NULL, NULL);
}

static void expect_operation(const char *who, const struct operation *op,
			     int error, const char *text)
{
	char name[128];

	snprintf(name, sizeof(name), "%s: %s: %s", who, op->name,
		 error ? strerror(error) : "allowed");
	expect(name, operate(op), error, text);
}

static void test_may_not(const char *who)
{
	const struct operation *op;

	for (op = operations; op < operations + OPERATIONS; op++)
		expect_operation(who, op, EPERM, NULL);
}

static void test_caller_may_not(const char *who, void (*become)(void))
{
	if (!in_child())
		return;
	become();
	netlink_open(&nl);
	test_may_not(who);
	end_child();
}

/* By the group's number at bind(), as some libraries do it. */
static void test_bind(const char *who, void (*become)(void), int error)
{
	struct mnl_socket *socket;
	int got = 0;

	if (!in_child())
		return;
	if (become)
		become();
	netlink_open(&nl);
	socket = mnl_socket_open(NETLINK_GENERIC);
	if (!socket || nl.group > 32)
		netlink_die("socket for a group");
	if (mnl_socket_bind(socket, 1U << (nl.group - 1), MNL_SOCKET_AUTOPID))
		got = errno;
	if (!ktap_ok(got == error, "%s: binding to the group: %s", who,
		     error ? strerror(error) : "allowed"))
		printf("# %s\n", strerror(got));
	end_child();
}

/*
 * A program with privileges that writes to a socket it was given, as to a file,
 * does not lend them to who gave it. (Who sends to an address knows the socket
 * for what it is.)
 */
static void test_lent_socket(void)
{
	if (!in_child())
		return;
	if (seteuid(NOBODY))
		netlink_die("seteuid");
	netlink_open(&nl);
	if (seteuid(0))
		netlink_die("seteuid");
	nl.by_write = true;
	/* To join is no writing. */
	for (size_t i = 0; i < OPERATIONS; i++)
		if (operations[i].cmd != JOIN)
			expect_operation("root, with a socket of nobody",
					 &operations[i], EPERM, NULL);
	end_child();
}

static void test_may(const char *who)
{
	const struct operation *op;

	for (op = operations; op < operations + OPERATIONS; op++)
		expect_operation(who, op, 0, NULL);
}

static void test_may_while_stopped(const char *who)
{
	const struct operation *op;
	char name[128];

	snprintf(name, sizeof(name), "%s, stopped", who);
	for (op = operations; op < operations + OPERATIONS; op++)
		expect_operation(name, op, op->stopped,
				 op->stopped ? NOT_STARTED : NULL);
}

static void test_own_network(const char *who)
{
	loopback_up();
	netlink_open(&nl);
	test_may_while_stopped(who);
	make_flows(AF_INET);
	test_may(who);
}

static void test_root(void)
{
	if (!in_child())
		return;
	if (unshare(CLONE_NEWNET))
		netlink_die("unshare");
	test_own_network("root");
	expect("root: above the limit for others",
	       set_max_flows(USERNS_MAX_FLOWS + 1), 0, NULL);
	end_child();
}

static void test_limit(void)
{
	expect("own namespaces: up to the limit",
	       set_max_flows(USERNS_MAX_FLOWS), 0, NULL);
	expect("own namespaces: not above it", request(CONFIG_SET, 0,
	       "^max-flows:01400000", NULL, NULL), EPERM, ABOVE_LIMIT);
	expect("own namespaces: and nothing else of that request",
	       request(CONFIG_SET, 0,
		       "started:00 timeouts{none:02000000} ^max-flows:01400000",
		       NULL, NULL), EPERM, ABOVE_LIMIT);
	ktap_ok(config().max_flows == USERNS_MAX_FLOWS &&
		config().started == 1 &&
		config().timeouts[TUPLESTAT_A_TIMEOUT_NONE] == 30,
		"own namespaces: what was refused is not set");
}

/* Anybody may be root in namespaces of their own. */
static void test_own_namespaces(void)
{
	if (!in_child())
		return;
	become_nobody();
	become_root_of(CLONE_NEWNET);
	netlink_open(&nl);
	ktap_ok(config().started == 0 &&
		config().max_flows == USERNS_MAX_FLOWS,
		"own namespaces: the limit is %u from the start",
		USERNS_MAX_FLOWS);
	netlink_close(&nl);
	test_own_network("own namespaces");
	test_limit();
	/* Its own user namespace no longer is the one that owns the network. */
	become_root_of(0);
	netlink_close(&nl);
	netlink_open(&nl);
	test_may_not("root of a user namespace within");
	end_child();
}

static unsigned int flows;

static void count_flow(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	flows++;
}

static void test_nothing_changed(const struct settings *before)
{
	struct settings after = config();

	ktap_ok(!memcmp(&after, before, sizeof(after)) && after.started == 1,
		"no setting of the initial namespace has changed");
	ktap_ok(!request(FLOW_GET, DUMP, "term{first:1388}", count_flow, NULL) &&
		flows == 2, "and no flow of it is deleted");
}

int main(void)
{
	struct settings before;

	ktap_plan(2 * OPERATIONS + 1 + /* root */
		  3 * OPERATIONS + (OPERATIONS - 1) + 3 + /* may not */
		  1 + 2 * OPERATIONS + 4 + OPERATIONS + /* own namespaces */
		  2);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		netlink_die("mmap");
	/* Loading has started the initial network namespace. */
	loopback_up();
	make_flows(AF_INET);
	netlink_open(&nl);
	before = config();

	test_root();
	test_caller_may_not("root without CAP_NET_ADMIN", drop_net_admin);
	test_caller_may_not("nobody", become_nobody);
	test_caller_may_not("root of a user namespace", become_root_of_userns);
	test_lent_socket();
	test_bind("root", NULL, 0);
	test_bind("nobody", become_nobody, EPERM);
	test_bind("root of a user namespace", become_root_of_userns, EPERM);
	test_own_namespaces();
	test_nothing_changed(&before);
	return ktap_finish();
}
