// SPDX-License-Identifier: GPL-2.0
/* Flows added up by what they have in common, and how that is printed. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>

#include "group.h"
#include "ktap.h"
#include "layout.h"
#include "names.h"
#include "render.h"

#define MANY 20000

/*
 * "orig" and "reply" are the last byte of the address, 10.0.0.x or fd00::x.
 * The port of the responder is 53 or 443, that of the originator 1000.
 */
static const struct {
	int family;
	u8 proto;
	u8 orig;
	u8 reply;
	u16 port;
	u8 state;
	u8 conn_state;
	u64 packets[2];
	u64 bytes[2];
} talks[] = {
	{ AF_INET, IPPROTO_TCP, 1, 2, 443, TUPLESTAT_STATE_TIME_WAIT,
	  TUPLESTAT_CONN_SF, { 6, 5 }, { 600, 5000 } },
	{ AF_INET, IPPROTO_TCP, 2, 1, 53, TUPLESTAT_STATE_CLOSE,
	  TUPLESTAT_CONN_REJ, { 1, 1 }, { 60, 40 } },
	{ AF_INET, IPPROTO_UDP, 1, 3, 53, TUPLESTAT_STATE_REPLIED,
	  TUPLESTAT_CONN_SF, { 2, 1 }, { 100, 300 } },
	{ AF_INET6, IPPROTO_UDP, 9, 8, 53, TUPLESTAT_STATE_UNREPLIED,
	  TUPLESTAT_CONN_S0, { 50, 0 }, { 4000, 0 } },
	{ AF_INET, IPPROTO_TCP, 1, 2, 443, TUPLESTAT_STATE_TIME_WAIT,
	  TUPLESTAT_CONN_SF, { 4, 4 }, { 200, 300 } },
};

static const struct {
	const char *name;
	struct arrange arrange;
	const char *text;
	const char *json;	/* is part of it */
} views[] = {
	{ "src", { .by = GROUP_SRC },
	  "Originator  Flows  Packets    Bytes\n"
	  "10.0.0.1        3    12/10   900/5600\n"
	  "fd00::9         1    50/0   4000/0\n"
	  "10.0.0.2        1     1/1     60/40\n",
	  "[{\"src\":\"10.0.0.1\",\"flows\":3,"
	  "\"orig\":{\"packets\":12,\"ip_bytes\":900},"
	  "\"reply\":{\"packets\":10,\"ip_bytes\":5600}}," },
	{ "dst", { .by = GROUP_DST },
	  "Responder  Flows  Packets    Bytes\n"
	  "10.0.0.2       2     10/9   800/5300\n"
	  "fd00::8        1     50/0  4000/0\n"
	  "10.0.0.3       1      2/1   100/300\n"
	  "10.0.0.1       1      1/1    60/40\n",
	  "{\"dst\":\"fd00::8\",\"flows\":1," },
	{ "sport", { .by = GROUP_SPORT },
	  "Originator port  Flows  Packets    Bytes\n"
	  "tcp/1000             3    11/10   860/5340\n"
	  "udp/1000             2    52/1   4100/300\n",
	  "[{\"proto\":\"tcp\",\"sport\":1000,\"flows\":3," },
	{ "dport", { .by = GROUP_DPORT },
	  "Responder port  Flows  Packets    Bytes\n"
	  "tcp/443             2     10/9   800/5300\n"
	  "udp/53              2     52/1  4100/300\n"
	  "tcp/53              1      1/1    60/40\n",
	  "{\"proto\":\"udp\",\"dport\":53,\"flows\":2," },
	/* Both ways between two hosts, whoever began; each counts its own. */
	{ "host-pair", { .by = GROUP_HOST_PAIR },
	  "Host      and host  Flows  Packets   Bytes\n"
	  "10.0.0.1  10.0.0.2      3    11/10  840/5360\n"
	  "fd00::8   fd00::9       1     0/50    0/4000\n"
	  "10.0.0.1  10.0.0.3      1     2/1   100/300\n",
	  "[{\"flows\":3,\"hosts\":["
	  "{\"addr\":\"10.0.0.1\",\"packets\":11,\"ip_bytes\":840},"
	  "{\"addr\":\"10.0.0.2\",\"packets\":10,\"ip_bytes\":5360}]}," },
	{ "proto", { .by = GROUP_PROTO },
	  "Proto  Flows  Packets    Bytes\n"
	  "tcp        3    11/10   860/5340\n"
	  "udp        2    52/1   4100/300\n",
	  "[{\"proto\":\"tcp\",\"flows\":3," },
	{ "state", { .by = GROUP_STATE },
	  "State      Flows  Packets    Bytes\n"
	  "TIME_WAIT      2     10/9   800/5300\n"
	  "UNREPLIED      1     50/0  4000/0\n"
	  "REPLIED        1      2/1   100/300\n"
	  "CLOSE          1      1/1    60/40\n",
	  "{\"state\":\"CLOSE\",\"flows\":1," },
	{ "conn", { .by = GROUP_CONN },
	  "Verdict  Flows  Packets    Bytes\n"
	  "SF           3    12/10   900/5600\n"
	  "S0           1    50/0   4000/0\n"
	  "REJ          1     1/1     60/40\n",
	  "{\"conn_state\":\"REJ\",\"flows\":1," },
	{ "limit", { .by = GROUP_PROTO, .limit = 1 },
	  "Proto  Flows  Packets   Bytes\n"
	  "tcp        3    11/10  860/5340\n", "}}]\n" },
	{ "by flows", { .by = GROUP_SRC, .sort = SORT_FLOWS, .limit = 2 },
	  "Originator  Flows  Packets   Bytes\n"
	  "10.0.0.1        3    12/10  900/5600\n"
	  "10.0.0.2        1     1/1    60/40\n", "\"10.0.0.2\"" },
	{ "by packets, reverse",
	  { .by = GROUP_PROTO, .sort = SORT_PACKETS, .reverse = true },
	  "Proto  Flows  Packets    Bytes\n"
	  "tcp        3    11/10   860/5340\n"
	  "udp        2    52/1   4100/300\n", "[{\"proto\":\"tcp\"," },
	{ "by bytes, reverse", { .by = GROUP_PROTO, .reverse = true },
	  "Proto  Flows  Packets    Bytes\n"
	  "udp        2    52/1   4100/300\n"
	  "tcp        3    11/10   860/5340\n", "[{\"proto\":\"udp\"," },
};

static void set_addr(struct flow_end *end, int family, u8 last)
{
	inet_pton(family, family == AF_INET ? "10.0.0.0" : "fd00::",
		  end->addr);
	end->addr[family == AF_INET ? 3 : 15] = last;
}

static struct flow make_flow(size_t i)
{
	struct flow flow = {
		.family = (u8)talks[i].family,
		.proto = talks[i].proto,
		.state = talks[i].state,
		.conn_state = talks[i].conn_state,
		.first_ns = 1000 + i,
		.orig = {
			.port = 1000,
			.sent.packets = talks[i].packets[0],
			.sent.ip_bytes = talks[i].bytes[0],
		},
		.reply = {
			.port = talks[i].port,
			.sent.packets = talks[i].packets[1],
			.sent.ip_bytes = talks[i].bytes[1],
		},
	};

	set_addr(&flow.orig, talks[i].family, talks[i].orig);
	set_addr(&flow.reply, talks[i].family, talks[i].reply);
	return flow;
}

static bool give_talks(struct flow_sink sink)
{
	bool good = true;
	struct flow flow;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(talks); i++) {
		flow = make_flow(i);
		good &= !sink.take(sink.data, &flow);
	}
	return good;
}

/* Prints as @opts say; to be freed. */
static char *print_as(const struct groups *groups, const struct options *opts)
{
	char error[LAYOUT_ERROR_LEN], *text = NULL;
	struct layout layout;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out || layout_make(&layout, opts, NULL, error))
		abort();
	if (opts->json)
		render_json_groups(out, groups, false);
	else
		render_groups(out, groups, &layout);
	fclose(out);
	return text;
}

static char *print(const struct groups *groups, bool json)
{
	const struct options opts = { .json = json };

	return print_as(groups, &opts);
}

static const struct {
	const char *name;
	enum group_by by;
	struct options opts;
	const char *text;
} ways[] = {
	{ "tsv", GROUP_SRC, { .format = FORMAT_TSV },
	  "src\tflows\torig.packets\torig.ip_bytes\treply.packets\t"
	  "reply.ip_bytes\n"
	  "10.0.0.1\t3\t12\t900\t10\t5600\n"
	  "fd00::9\t1\t50\t4000\t0\t0\n"
	  "10.0.0.2\t1\t1\t60\t1\t40\n" },
	{ "tsv, ports", GROUP_DPORT, { .format = FORMAT_TSV },
	  "proto\tdport\tflows\torig.packets\torig.ip_bytes\treply.packets\t"
	  "reply.ip_bytes\n"
	  "tcp\t443\t2\t10\t800\t9\t5300\n"
	  "udp\t53\t2\t52\t4100\t1\t300\n"
	  "tcp\t53\t1\t1\t60\t1\t40\n" },
	{ "tsv, pairs, no header", GROUP_HOST_PAIR,
	  { .format = FORMAT_TSV, .no_header = true },
	  "10.0.0.1\t10.0.0.2\t3\t11\t840\t10\t5360\n"
	  "fd00::8\tfd00::9\t1\t0\t0\t50\t4000\n"
	  "10.0.0.1\t10.0.0.3\t1\t2\t100\t1\t300\n" },
	{ "tsv, pairs", GROUP_HOST_PAIR, { .format = FORMAT_TSV },
	  "hosts.0.addr\thosts.1.addr\tflows\thosts.0.packets\t"
	  "hosts.0.ip_bytes\thosts.1.packets\thosts.1.ip_bytes\n"
	  "10.0.0.1\t10.0.0.2\t3\t11\t840\t10\t5360\n"
	  "fd00::8\tfd00::9\t1\t0\t0\t50\t4000\n"
	  "10.0.0.1\t10.0.0.3\t1\t2\t100\t1\t300\n" },
	{ "human", GROUP_PROTO, { .human = true },
	  "Proto  Flows  Packets     Bytes\n"
	  "tcp        3    11/10   860B/5.3kB\n"
	  "udp        2    52/1   4.1kB/300B\n" },
	{ "no header, in color", GROUP_CONN,
	  { .no_header = true, .color = COLOR_ALWAYS },
	  "\033[32mSF\033[0m   3  12/10   900/5600\n"
	  "\033[33mS0\033[0m   1  50/0   4000/0\n"
	  "\033[31mREJ\033[0m  1   1/1     60/40\n" },
};

static void test_ways(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		struct arrange arrange = { .by = ways[i].by };
		struct groups groups = { .arrange = &arrange };
		bool good = give_talks(sink_to_groups(&groups));
		char *text;

		groups_finish(&groups);
		text = print_as(&groups, &ways[i].opts);
		if (!ktap_ok(good && !strcmp(text, ways[i].text), "%s",
			     ways[i].name))
			printf("# got:\n%s", text);
		free(text);
		groups_free(&groups);
	}
}

static void test_views(void)
{
	struct groups groups;
	char *text, *json;
	size_t i;
	bool good;

	for (i = 0; i < ARRAY_SIZE(views); i++) {
		groups = (struct groups){ .arrange = &views[i].arrange };
		good = give_talks(sink_to_groups(&groups));
		groups_finish(&groups);
		text = print(&groups, false);
		json = print(&groups, true);
		if (!ktap_ok(good && !strcmp(text, views[i].text), "text: %s",
			     views[i].name))
			printf("# got:\n%s", text);
		if (!ktap_ok(strstr(json, views[i].json), "JSON: %s",
			     views[i].name))
			printf("# got: %s", json);
		free(text);
		free(json);
		groups_free(&groups);
	}
}

static void test_none(void)
{
	struct arrange arrange = { .by = GROUP_SRC };
	struct groups groups = { .arrange = &arrange };
	struct flow_sink sink = sink_to_groups(&groups);
	char *text, *json;

	sink.restart(sink.data);
	groups_finish(&groups);
	text = print(&groups, false);
	json = print(&groups, true);
	ktap_ok(!strcmp(text, "Originator  Flows  Packets  Bytes\n") &&
		!strcmp(json, "[]\n"), "none: titles, and an empty array");
	free(text);
	free(json);
}

static void test_restart(void)
{
	struct arrange arrange = { .by = GROUP_PROTO };
	struct groups groups = { .arrange = &arrange };
	struct flow_sink sink = sink_to_groups(&groups);

	give_talks(sink);
	sink.restart(sink.data);
	give_talks(sink);
	groups_finish(&groups);
	ktap_ok(groups.count == 2 && groups.group[0].flows == 3 &&
		groups.group[1].flows == 2 && groups.group[0].packets[0] == 11,
		"restart: what came before is forgotten");
	groups_free(&groups);
}

/* Of equal amounts; also proves that none is lost while the table grows. */
static void test_many(void)
{
	struct arrange arrange = { .by = GROUP_DST };
	struct groups groups = { .arrange = &arrange };
	struct flow_sink sink = sink_to_groups(&groups);
	struct flow flow = { .family = AF_INET };
	bool good = true;
	u32 i, addr;

	for (i = 0; i < 2 * MANY; i++) {
		/* From the highest down; the second time earlier, and up. */
		addr = htonl(i < MANY ? MANY - 1 - i : i - MANY);
		memcpy(flow.reply.addr, &addr, sizeof(addr));
		flow.first_ns = i < MANY ? 9 : 8 - (ntohl(addr) & 1);
		good &= !sink.take(sink.data, &flow);
	}
	groups_finish(&groups);
	good &= groups.count == MANY;
	for (i = 0; good && i < MANY; i++) {
		/* Odd ones began first; of equals, the lower address. */
		addr = htonl(i < MANY / 2 ? 2 * i + 1 : 2 * i - MANY);
		good = groups.group[i].flows == 2 &&
		       !memcmp(groups.group[i].key.addr[0], &addr, 4);
	}
	ktap_ok(good, "many: each of them once, the earliest first");
	groups_free(&groups);
}

static bool has_name(uint16_t port, uint8_t proto,
		     const struct services *services)
{
	struct servent *entry = getservbyport(htons(port),
				proto == IPPROTO_TCP ? "tcp" : "udp");
	char wanted[NAMES_ENDPOINT_LEN], got[NAMES_ENDPOINT_LEN];

	snprintf(wanted, sizeof(wanted), "%u", port);
	if (entry)
		snprintf(wanted, sizeof(wanted), "%s", entry->s_name);
	names_port(got, proto, port, services);
	return !strcmp(got, wanted);
}

/* 514: "shell" is TCP's, "syslog" is UDP's. */
static void test_services(void)
{
	struct services *services = names_services_load();
	bool good = true;
	uint16_t port;

	for (port = 0; port < 1024; port++)
		good &= has_name(port, IPPROTO_TCP, services) &&
			has_name(port, IPPROTO_UDP, services);
	ktap_ok(good, "services: those of the protocol");
	names_services_free(services);
}

int main(void)
{
	ktap_plan(2 * ARRAY_SIZE(views) + ARRAY_SIZE(ways) + 4);
	test_services();
	test_views();
	test_ways();
	test_none();
	test_restart();
	test_many();
	return ktap_finish();
}
