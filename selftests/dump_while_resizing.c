// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps the flows to one port and resizes the table after each message of the
 * dump: dump_while_resizing PORT FLOWS. Each flow to PORT, told by its source
 * port, has to come exactly once. Prints how many messages and resizes it took.
 */
#include <arpa/inet.h>

#include "netlink.h"

/* Both are more than the flows of the test: none is refused. */
static const uint32_t sizes[] = { 131072, 8192, 65536, 16384 };

static struct netlink dump, config;

/**
 * struct tally - flows that came
 * @port: only those to this one
 * @times: by source port, how often
 * @interrupted: messages that were marked as inconsistent
 */
struct tally {
	unsigned int port;
	unsigned int times[65536];
	unsigned int interrupted;
};

static unsigned int end_port(const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == TUPLESTAT_A_END_PORT)
			return ntohs(mnl_attr_get_u16(attr));
	return 0;
}

static void take_flow(const struct nlmsghdr *nlh, void *data)
{
	unsigned int from = 0, to = 0;
	const struct nlattr *attr;
	struct tally *tally = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == TUPLESTAT_A_FLOW_ORIG)
			from = end_port(attr);
		else if (mnl_attr_get_type(attr) == TUPLESTAT_A_FLOW_REPLY)
			to = end_port(attr);
	}
	if (to == tally->port)
		tally->times[from]++;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		tally->interrupted++;
}

static void resize(unsigned int i)
{
	mnl_attr_put_u32(netlink_begin(&config, TUPLESTAT_CMD_CONFIG_SET,
				       NLM_F_ACK),
			 TUPLESTAT_A_CONFIG_MAX_FLOWS,
			 sizes[i % (sizeof(sizes) / sizeof(sizes[0]))]);
	if (netlink_exchange(&config, NULL, NULL)) {
		printf("# config-set is refused: %s\n", config.extack);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	unsigned long wanted, once = 0, more = 0;
	static struct tally tally;
	unsigned int resizes = 0;
	size_t i;
	int ret;

	if (argc != 3) {
		fprintf(stderr, "usage: dump_while_resizing PORT FLOWS\n");
		return 1;
	}
	tally.port = (unsigned int)strtoul(argv[1], NULL, 10);
	wanted = strtoul(argv[2], NULL, 10);

	netlink_open(&dump);
	netlink_open(&config);
	netlink_begin(&dump, TUPLESTAT_CMD_FLOW_GET, NLM_F_DUMP);
	netlink_send(&dump);
	while ((ret = netlink_receive(&dump, take_flow, &tally)) > 0)
		resize(resizes++);

	for (i = 0; i < 65536; i++) {
		once += tally.times[i] == 1;
		more += tally.times[i] > 1;
	}
	printf("# %lu flows once, %lu twice or more; %u resizes within the dump\n",
	       once, more, resizes);
	return ret || once != wanted || more || tally.interrupted ||
	       resizes < 10;
}
