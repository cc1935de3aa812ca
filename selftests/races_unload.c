// SPDX-License-Identifier: GPL-2.0
/*
 * Loads the module, has everything done to it at once in a namespace that is
 * flooded, and unloads it amid that, again and again:
 *
 *	races_unload MODULE CYCLES NETNS PATIENCE
 *
 * NETNS is the namespace, a file; there, flood_path of flood_lib.sh has made
 * nftables count the flood. What held, by cycles, and how much was done is
 * printed in JSON; why something did not hold, on lines with a #.
 */
#define _GNU_SOURCE
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/syscall.h>

#include "races.h"

/* What has to be seen of the flood before the module goes. */
#define ENOUGH 2000

/* Flows that a dump has which does not go into one message. */
#define QUIET_FLOWS 400

/* Each racer has to come to do it so often while the flood is counted. */
#define TURNS 3

static const char *module;
static int home, flooded, quiet, idle;
static struct netlink nl, open_dump;
static struct mnl_socket *nft;
static atomic_bool leaving;

static struct racer racers[] = {
	{ .name = "resize", .act = racer_resize },
	{ .name = "flush", .act = racer_flush },
	{ .name = "dump", .act = racer_dump },
	{ .name = "prove", .act = racer_prove },
	{ .name = "listen", .act = racer_listen, .begin = racer_join },
	{ .name = "restart", .act = racer_restart },
	{ .name = "namespace", .act = racer_namespace },
};

#define RACERS (sizeof(racers) / sizeof(racers[0]))

/**
 * struct tally - in how many cycles each thing held
 * @cycles: cycles
 * @counted: the module counted what nftables counted
 * @raced: all racers did their thing, and none went wrong
 * @refused: while a dump was open, unloading was refused
 * @went_on: and the module counted on
 * @unloaded: without one, it was unloaded
 * @gone: module, slab cache and family were gone, and the flood went on
 * @retries: attempts to unload that met with a dump or a request
 */
struct tally {
	unsigned long cycles;
	unsigned long counted;
	unsigned long raced;
	unsigned long refused;
	unsigned long went_on;
	unsigned long unloaded;
	unsigned long gone;
	unsigned long retries;
};

/* --- the witness --- */

static int take_counter(const struct nlattr *attr, void *data)
{
	uint64_t *packets = data;
	uint64_t value;

	if (mnl_attr_get_type(attr) == NFTA_COUNTER_PACKETS) {
		memcpy(&value, mnl_attr_get_payload(attr), sizeof(value));
		*packets = be64toh(value);
	}
	return MNL_CB_OK;
}

static int take_object(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFTA_OBJ_DATA)
			mnl_attr_parse_nested(attr, take_counter, data);
	return MNL_CB_STOP;
}

/* Packets that nftables has counted and dropped, one step behind the module. */
static uint64_t witnessed(void)
{
	char buffer[4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	uint64_t packets = UINT64_MAX;
	struct nfgenmsg *nfg;
	ssize_t got;

	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETOBJ;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = 1; /* NFPROTO_INET */
	nfg->version = NFNETLINK_V0;
	mnl_attr_put_strz(nlh, NFTA_OBJ_TABLE, "flood");
	mnl_attr_put_strz(nlh, NFTA_OBJ_NAME, "dropped");
	mnl_attr_put_u32(nlh, NFTA_OBJ_TYPE, htonl(NFT_OBJECT_COUNTER));
	if (mnl_socket_sendto(nft, nlh, nlh->nlmsg_len) < 0)
		netlink_die("nftables");
	got = mnl_socket_recvfrom(nft, buffer, sizeof(buffer));
	if (got < 0 || mnl_cb_run(buffer, (size_t)got, 0, 0, take_object,
				  &packets) < 0 || packets == UINT64_MAX)
		netlink_die("nftables");
	return packets;
}

static bool flood_goes_on(void)
{
	uint64_t before = witnessed();
	double end = races_now() + races_patience;

	while (witnessed() < before + 10 && races_now() < end)
		races_pause(1000);
	return witnessed() >= before + 10;
}

/* --- a namespace of its own for the dump that stays open --- */

/*
 * Namespaces are left in the order in which they were made: so that this one's
 * flows, many, end at the last moment before their slab cache does.
 */
static void make_quiet(void)
{
	races_new_netns(65536);
	idle = races_netns("/proc/thread-self/ns/net");
	races_new_netns(65536);
	quiet = races_netns("/proc/thread-self/ns/net");
	races_enter(home);
}

/* A dump of it has more flows than its first messages take. */
static void leave_dump(void)
{
	struct sockaddr_in6 to;
	socklen_t len;
	unsigned int i;
	int fd;

	races_enter(quiet);
	if (!races_open(&open_dump, &nl) ||
	    races_set(&open_dump, TUPLESTAT_A_CONFIG_STARTED, 1))
		netlink_die("quiet namespace");
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	for (i = 0; i < QUIET_FLOWS; i++) {
		len = races_loopback(&to, AF_INET6, (uint16_t)(5000 + i));
		sendto(fd, "four", 4, 0, (struct sockaddr *)&to, len);
	}
	close(fd);
	races_leave_dump(&open_dump);
	races_enter(flooded);
}

/* --- one cycle --- */

static void load(void)
{
	int fd = open(module, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		netlink_die(module);
	close(fd);
}

static bool try_unload(void)
{
	return !syscall(SYS_delete_module, "tuplestat", O_NONBLOCK);
}

static void begin_races(void)
{
	unsigned int i;
	int where;

	atomic_store(&leaving, false);
	for (i = 0; i < RACERS; i++) {
		where = flooded;
		if (racers[i].act == racer_restart)
			where = idle;
		else if (racers[i].act == racer_namespace)
			where = home;
		racer_start(&racers[i], where, &nl, &leaving);
	}
}

static bool end_races(void)
{
	bool good = true;
	unsigned int i;

	for (i = 0; i < RACERS; i++)
		good = racer_end(&racers[i]) && good;
	return good;
}

static bool all_had_turns(void)
{
	unsigned int i;

	for (i = 0; i < RACERS; i++)
		if (atomic_load(&racers[i].times) < TURNS &&
		    !racers[i].error)
			return false;
	return true;
}

/*
 * The flood is counted, by the witness's word: no packet less than came since
 * counting began, none more than came since before that; but for those that
 * each CPU had between the two hooks.
 */
static bool is_counted(uint64_t before, uint64_t after)
{
	uint64_t slack = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	double end = races_now() + races_patience;
	struct ledger ledger;
	uint64_t least, most;

	do {
		races_pause(10000);
		least = witnessed() - after;
		if (races_ledger(&nl, &ledger))
			netlink_die(nl.extack);
		most = witnessed() - before;
		if (ledger.sum + slack < least || ledger.sum > most + slack) {
			printf("# counted %" PRIu64 " of %" PRIu64 " to %"
			       PRIu64 "\n", ledger.sum, least, most);
			return false;
		}
	} while ((least < ENOUGH || !all_had_turns()) && races_now() < end);
	if (least < ENOUGH || !all_had_turns())
		printf("# only %" PRIu64 " packets came, or a racer is stuck\n",
		       least);
	return least >= ENOUGH && all_had_turns();
}

static bool is_refused(void)
{
	if (!try_unload() && errno == EWOULDBLOCK)
		return true;
	printf("# a dump is open, unloading: %s\n", strerror(errno));
	return false;
}

static bool counts_on(void)
{
	struct ledger before, now;
	double end = races_now() + races_patience;

	if (races_ledger(&nl, &before))
		netlink_die(nl.extack);
	do {
		if (races_ledger(&nl, &now))
			netlink_die(nl.extack);
	} while (now.seen < before.seen + 10 && races_now() < end);
	return now.seen >= before.seen + 10;
}

/* Amid all races: somebody's dump is in its way again and again. */
static bool unload(struct tally *tally)
{
	double end = races_now() + races_patience;

	atomic_store(&leaving, true);
	while (!try_unload()) {
		if (errno != EWOULDBLOCK || races_now() > end) {
			printf("# unloading: %s\n", strerror(errno));
			return false;
		}
		tally->retries++;
		races_pause(200);
	}
	return true;
}

static bool mentions(const char *path, const char *word)
{
	FILE *file = fopen(path, "r");
	char line[512];
	bool found = false;

	if (!file)
		netlink_die(path);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, word, strlen(word)))
			found = true;
	fclose(file);
	if (found)
		printf("# %s still has %s\n", path, word);
	return found;
}

static bool is_gone(void)
{
	int err;

	nl.family = GENL_ID_CTRL;
	mnl_attr_put_strz(netlink_begin(&nl, CTRL_CMD_GETFAMILY, NLM_F_ACK),
			  CTRL_ATTR_FAMILY_NAME, TUPLESTAT_FAMILY_NAME);
	err = netlink_exchange(&nl, NULL, NULL);
	if (err != -ENOENT)
		printf("# the family: %s\n", strerror(-err));
	return !mentions("/proc/modules", "tuplestat ") &&
	       !mentions("/proc/slabinfo", "tuplestat_flow ") &&
	       err == -ENOENT && flood_goes_on();
}

/* Returns whether there can be another cycle. */
static bool cycle(struct tally *tally)
{
	uint64_t before, after;
	bool unloaded;

	tally->cycles++;
	load();
	netlink_open(&nl);
	before = witnessed();
	if (races_set(&nl, TUPLESTAT_A_CONFIG_STARTED, 1))
		netlink_die(nl.extack);
	after = witnessed();
	begin_races();
	tally->counted += is_counted(before, after);

	leave_dump();
	tally->refused += is_refused();
	tally->went_on += counts_on();
	netlink_close(&open_dump);

	unloaded = unload(tally);
	tally->unloaded += unloaded;
	tally->raced += end_races();
	tally->gone += unloaded && is_gone();
	netlink_close(&nl);
	return unloaded;
}

static void print(const struct tally *tally)
{
	unsigned int i;

	printf("{\"cycles\":%lu,\"counted\":%lu,\"raced\":%lu,\"refused\":%lu,"
	       "\"went_on\":%lu,\"unloaded\":%lu,\"gone\":%lu,\"retries\":%lu",
	       tally->cycles, tally->counted, tally->raced, tally->refused,
	       tally->went_on, tally->unloaded, tally->gone, tally->retries);
	for (i = 0; i < RACERS; i++)
		printf(",\"%s\":%lu", racers[i].name, racers[i].total);
	printf("}\n");
}

int main(int argc, char **argv)
{
	struct tally tally = { 0 };
	unsigned long cycles;

	if (argc != 5) {
		fputs("usage: races_unload MODULE CYCLES NETNS PATIENCE\n",
		      stderr);
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	module = argv[1];
	cycles = strtoul(argv[2], NULL, 10);
	races_patience = atoi(argv[4]);
	home = races_netns("/proc/thread-self/ns/net");
	flooded = races_netns(argv[3]);
	make_quiet();
	races_enter(flooded);
	nft = mnl_socket_open(NETLINK_NETFILTER);
	if (!nft || mnl_socket_bind(nft, 0, MNL_SOCKET_AUTOPID))
		netlink_die("nftables");

	while (tally.cycles < cycles && cycle(&tally))
		;
	print(&tally);
	return tally.gone != cycles;
}
