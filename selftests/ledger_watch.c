// SPDX-License-Identifier: GPL-2.0
/*
 * Asks for the statistics again and again until SIGTERM, and proves each time
 * that what is accounted for lies between what was seen before and after. Says
 * how often it did, how often packets passed meanwhile, and how often it was
 * not so. Reckons for itself; starting a program for each proof would make
 * them few.
 */
#include <signal.h>

#include "netlink.h"

static struct netlink nl;
static volatile sig_atomic_t stopped;

/**
 * struct amount - packets and bytes
 */
struct amount {
	uint64_t packets;
	uint64_t bytes;
};

/**
 * struct answer - the lines of the ledger
 * @before: seen, before the rest was added up
 * @after: seen, afterwards
 * @sum: live, ended and unattributed
 */
struct answer {
	struct amount before;
	struct amount after;
	struct amount sum;
};

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void add(struct amount *to, const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == TUPLESTAT_A_TOTAL_PACKETS)
			to->packets += mnl_attr_get_u64(attr);
		else if (mnl_attr_get_type(attr) == TUPLESTAT_A_TOTAL_BYTES)
			to->bytes += mnl_attr_get_u64(attr);
	}
}

static void take_answer(const struct nlmsghdr *nlh, void *data)
{
	struct answer *answer = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case TUPLESTAT_A_STATS_SEEN_BEFORE:
			add(&answer->before, attr);
			break;
		case TUPLESTAT_A_STATS_SEEN:
			add(&answer->after, attr);
			break;
		case TUPLESTAT_A_STATS_LIVE:
		case TUPLESTAT_A_STATS_ENDED:
		case TUPLESTAT_A_STATS_UNATTRIBUTED:
			add(&answer->sum, attr);
			break;
		}
	}
}

static bool holds(const struct answer *answer)
{
	return answer->before.packets <= answer->sum.packets &&
	       answer->sum.packets <= answer->after.packets &&
	       answer->before.bytes <= answer->sum.bytes &&
	       answer->sum.bytes <= answer->after.bytes;
}

int main(void)
{
	unsigned long proofs = 0, passing = 0, breaches = 0;
	struct answer answer;

	signal(SIGTERM, stop);
	netlink_open(&nl);
	while (!stopped) {
		memset(&answer, 0, sizeof(answer));
		netlink_begin(&nl, TUPLESTAT_CMD_STATS_GET, NLM_F_ACK);
		if (netlink_exchange(&nl, take_answer, &answer))
			netlink_die(nl.extack);
		proofs++;
		passing += answer.before.packets != answer.after.packets;
		breaches += !holds(&answer);
	}
	printf("{\"proofs\":%lu,\"passing\":%lu,\"breaches\":%lu}\n", proofs,
	       passing, breaches);
	return breaches != 0;
}
