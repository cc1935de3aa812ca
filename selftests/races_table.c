// SPDX-License-Identifier: GPL-2.0
/*
 * Does everything that can be done to a table at once, in the namespace that
 * it is called in, until SIGTERM:
 *
 *	races_table quiet|all READY PATIENCE
 *
 * "quiet" resizes, dumps and proves the ledger, "all" also flushes flows to
 * port 6000, reads and deletes single flows, and listens. With "quiet" the
 * table is never made too small for the flows of the test. Makes the file READY
 * when all have begun; prints in JSON how often each thing was done, and fails
 * where one went wrong.
 */
#define _GNU_SOURCE
#include <signal.h>

#include "races.h"

/* Of the flows that are flushed. */
#define FLUSHED_PORT 6000

static struct netlink nl;

/* --- racers of this test alone --- */

/**
 * struct pick - a flow, as an answer told it
 * @has: there is one
 * @len: of addresses
 * @proto: of layer 4
 * @addr: of orig and reply
 * @port: likewise
 */
struct pick {
	bool has;
	uint16_t len;
	uint8_t proto;
	uint8_t addr[2][16];
	uint16_t port[2];
};

static void take_end(const struct nlattr *nest, struct pick *pick, int i)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == TUPLESTAT_A_END_ADDR) {
			pick->len = mnl_attr_get_payload_len(attr);
			memcpy(pick->addr[i], mnl_attr_get_payload(attr),
			       pick->len);
		} else if (mnl_attr_get_type(attr) == TUPLESTAT_A_END_PORT) {
			pick->port[i] = mnl_attr_get_u16(attr);
		}
	}
}

static void take_pick(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct pick *pick = data;

	pick->has = true;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == TUPLESTAT_A_FLOW_PROTO)
			pick->proto = mnl_attr_get_u8(attr);
		else if (mnl_attr_get_type(attr) == TUPLESTAT_A_FLOW_ORIG)
			take_end(attr, pick, 0);
		else if (mnl_attr_get_type(attr) == TUPLESTAT_A_FLOW_REPLY)
			take_end(attr, pick, 1);
	}
}

static int ask_of(struct racer *racer, uint8_t cmd, const struct pick *pick)
{
	static const uint16_t types[] = {
		TUPLESTAT_A_FLOW_ORIG, TUPLESTAT_A_FLOW_REPLY,
	};
	struct nlmsghdr *nlh = netlink_begin(&racer->nl, cmd, NLM_F_ACK);
	struct nlattr *nest;
	int err, i;

	mnl_attr_put_u8(nlh, TUPLESTAT_A_FLOW_PROTO, pick->proto);
	for (i = 0; i < 2; i++) {
		nest = mnl_attr_nest_start(nlh, types[i]);
		mnl_attr_put(nlh, TUPLESTAT_A_END_ADDR, pick->len,
			     pick->addr[i]);
		mnl_attr_put_u16(nlh, TUPLESTAT_A_END_PORT, pick->port[i]);
		mnl_attr_nest_end(nlh, nest);
	}
	err = netlink_exchange(&racer->nl, NULL, NULL);
	racer->count += !err;
	/* It may have ended meanwhile. */
	return err == -ENOENT ? 0 : err;
}

/* Reads and deletes single flows: the last one that a dump has. */
static int racer_single(struct racer *racer)
{
	struct pick pick = { 0 };
	int err;

	netlink_begin(&racer->nl, TUPLESTAT_CMD_FLOW_GET, NLM_F_DUMP);
	err = netlink_exchange(&racer->nl, take_pick, &pick);
	if (!err && pick.has)
		err = ask_of(racer, TUPLESTAT_CMD_FLOW_GET, &pick);
	if (!err && pick.has)
		err = ask_of(racer, TUPLESTAT_CMD_FLOW_DEL, &pick);
	return err;
}

/* Ends the flows to one port, and leaves the others to the collector. */
static int racer_flush_port(struct racer *racer)
{
	struct nlmsghdr *nlh;
	struct nlattr *term;

	nlh = netlink_begin(&racer->nl, TUPLESTAT_CMD_FLOW_DEL, NLM_F_ACK);
	term = mnl_attr_nest_start(nlh, TUPLESTAT_A_FLOW_TERM);
	mnl_attr_put_u8(nlh, TUPLESTAT_A_TERM_SIDE, TUPLESTAT_SIDE_REPLY);
	mnl_attr_put_u16(nlh, TUPLESTAT_A_TERM_PORT_FIRST, htons(FLUSHED_PORT));
	mnl_attr_nest_end(nlh, term);
	races_pause(2000);
	return netlink_exchange(&racer->nl, take_count, racer);
}

/* As racer_resize(), but every size has room for all flows of the test. */
static int racer_grow(struct racer *racer)
{
	static const uint32_t sizes[] = { 32768, 8192, 16384, 8192 };

	return races_set(&racer->nl, TUPLESTAT_A_CONFIG_MAX_FLOWS,
			 sizes[atomic_load(&racer->times) % 4]);
}

/* --- the program --- */

static struct racer quiet[] = {
	{ .name = "grow", .act = racer_grow },
	{ .name = "dump", .act = racer_dump, .counts = true },
	{ .name = "prove", .act = racer_prove },
};

static struct racer all[] = {
	{ .name = "resize", .act = racer_resize },
	{ .name = "flush", .act = racer_flush_port, .counts = true },
	{ .name = "dump", .act = racer_dump, .counts = true },
	{ .name = "single", .act = racer_single, .counts = true },
	{ .name = "prove", .act = racer_prove },
	{ .name = "listen", .act = racer_listen, .begin = racer_join,
	  .counts = true },
};

static void wait_until_begun(const struct racer *racers, unsigned int count)
{
	double end = races_now() + races_patience;
	unsigned int i;

	for (i = 0; i < count; i++)
		while (!atomic_load(&racers[i].times) && !racers[i].error &&
		       races_now() < end)
			races_pause(1000);
}

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		netlink_die(path);
	close(fd);
}

int main(int argc, char **argv)
{
	bool good = true;
	struct racer *racers;
	unsigned int count, i;
	sigset_t end;
	int here, got;

	if (argc != 4 || (strcmp(argv[1], "quiet") && strcmp(argv[1], "all"))) {
		fputs("usage: races_table quiet|all READY PATIENCE\n",
		      stderr);
		return 1;
	}
	racers = argv[1][0] == 'q' ? quiet : all;
	count = racers == quiet ? sizeof(quiet) / sizeof(quiet[0]) :
				  sizeof(all) / sizeof(all[0]);
	races_patience = atoi(argv[3]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* Of all threads, so that none but this one takes it, by waiting. */
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &end, NULL);
	here = races_netns("/proc/thread-self/ns/net");
	netlink_open(&nl);

	for (i = 0; i < count; i++)
		racer_start(&racers[i], here, &nl, NULL);
	wait_until_begun(racers, count);
	make_file(argv[2]);
	sigwait(&end, &got);
	for (i = 0; i < count; i++)
		good = racer_end(&racers[i]) && good;

	printf("{\"good\":%d", good);
	for (i = 0; i < count; i++) {
		printf(",\"%s\":%lu", racers[i].name, racers[i].total);
		if (racers[i].counts)
			printf(",\"%s_count\":%lu", racers[i].name,
			       racers[i].count);
	}
	printf("}\n");
	return !good;
}
