// SPDX-License-Identifier: GPL-2.0
/*
 * Asks for all flows, and reads them without looking: what the kernel's side
 * of a list costs. read_dump tuplestat|conntrack, in the namespace they are of.
 */
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/resource.h>

#include "../netlink.h"

static struct netlink nl;

static uint64_t ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000 +
	       (uint64_t)time->tv_usec * 1000;
}

/* How long this process had a CPU; Linux keeps the sum of both exactly. */
static uint64_t now_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return ns(&usage.ru_utime) + ns(&usage.ru_stime);
}

static void open_conntrack(void)
{
	nl.socket = mnl_socket_open(NETLINK_NETFILTER);
	if (!nl.socket || mnl_socket_bind(nl.socket, 0, MNL_SOCKET_AUTOPID) < 0)
		netlink_die("netlink");
}

static void begin_conntrack(void)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl.request);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = ++nl.seq;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
}

static void count(const struct nlmsghdr *nlh, void *data)
{
	*(uint64_t *)data += nlh->nlmsg_len;
}

int main(int argc, char **argv)
{
	bool conntrack = argc == 2 && !strcmp(argv[1], "conntrack");
	uint64_t began, bytes = 0;
	int ret;

	if (!conntrack && (argc != 2 || strcmp(argv[1], "tuplestat"))) {
		fprintf(stderr, "usage: read_dump tuplestat|conntrack\n");
		return 1;
	}
	if (conntrack)
		open_conntrack();
	else
		netlink_open(&nl);
	began = now_ns();
	if (conntrack)
		begin_conntrack();
	else
		netlink_begin(&nl, TUPLESTAT_CMD_FLOW_GET, NLM_F_DUMP);
	netlink_send(&nl);
	do {
		ret = netlink_receive(&nl, count, &bytes);
	} while (ret > 0);
	printf("{\"ns\":%llu,\"bytes\":%llu}\n",
	       (unsigned long long)(now_ns() - began),
	       (unsigned long long)bytes);
	return ret ? 2 : 0;
}
