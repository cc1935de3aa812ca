// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps the flows to one port and resizes the table after each message of the
 * dump: dump_while_resizing all|term PORT FLOWS [SECONDS]. Each flow to PORT, told by its
 * source port, has to come exactly once. With "term" the kernel is asked for
 * those flows alone, and no other may come. With SECONDS there is dump after
 * dump for that time. Prints how many resizes there were within each.
 */
#include <arpa/inet.h>
#include <time.h>

#include "netlink.h"

/* Both are more than the flows of the test: none is refused. */
static const uint32_t sizes[] = { 131072, 8192, 65536, 16384 };

static struct netlink dump, config;

/**
 * struct tally - flows that came
 * @port: only those to this one
 * @times: by source port, how often
 * @others: flows to other ports
 * @interrupted: messages that were marked as inconsistent
 */
struct tally {
	unsigned int port;
	unsigned int times[65536];
	unsigned int others;
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
	else
		tally->others++;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		tally->interrupted++;
}

static void put_term(struct nlmsghdr *nlh, unsigned int port)
{
	struct nlattr *term;

	term = mnl_attr_nest_start(nlh, TUPLESTAT_A_FLOW_TERM);
	mnl_attr_put_u8(nlh, TUPLESTAT_A_TERM_SIDE, TUPLESTAT_SIDE_REPLY);
	mnl_attr_put_u16(nlh, TUPLESTAT_A_TERM_PORT_FIRST,
			 htons((uint16_t)port));
	mnl_attr_nest_end(nlh, term);
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

/* Returns whether each flow came once. */
static bool dump_once(struct tally *tally, bool term, unsigned long wanted)
{
	unsigned long once = 0, more = 0, i;
	unsigned int resizes = 0;
	struct nlmsghdr *nlh;
	int ret;

	*tally = (struct tally){ .port = tally->port };
	nlh = netlink_begin(&dump, TUPLESTAT_CMD_FLOW_GET, NLM_F_DUMP);
	if (term)
		put_term(nlh, tally->port);
	netlink_send(&dump);
	while ((ret = netlink_receive(&dump, take_flow, tally)) > 0)
		resize(resizes++);

	for (i = 0; i < 65536; i++) {
		once += tally->times[i] == 1;
		more += tally->times[i] > 1;
	}
	printf("# %lu flows once, %lu twice or more, %u others; %u resizes within the dump\n",
	       once, more, tally->others, resizes);
	return !ret && once == wanted && !more && !tally->interrupted &&
	       (!term || !tally->others) && resizes >= 10;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: dump_while_resizing all|term PORT FLOWS [SECONDS]\n");
	return 1;
}

int main(int argc, char **argv)
{
	static struct tally tally;
	unsigned int dumps = 0;
	unsigned long wanted;
	bool good = true;
	bool term;
	time_t end;

	if (argc != 4 && argc != 5)
		return usage();
	term = !strcmp(argv[1], "term");
	if (!term && strcmp(argv[1], "all"))
		return usage();
	tally.port = (unsigned int)strtoul(argv[2], NULL, 10);
	wanted = strtoul(argv[3], NULL, 10);
	end = time(NULL) + (argc == 5 ? strtol(argv[4], NULL, 10) : 0);

	netlink_open(&dump);
	netlink_open(&config);
	do {
		good = dump_once(&tally, term, wanted) && good;
		dumps++;
	} while (time(NULL) < end);
	printf("# %u dumps\n", dumps);
	return !good;
}
