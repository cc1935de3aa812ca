// SPDX-License-Identifier: GPL-2.0
/* The list of ports that servers are likely to have, and what it decides. */
#include <arpa/inet.h>

#include "account.h"
#include "history.h"
#include "ktap.h"
#include "ports.h"

static struct tstat_ports ports;

static bool has(const u32 *map, unsigned int port)
{
	return map[port / 32] >> port % 32 & 1;
}

static unsigned int count(const u32 *map)
{
	unsigned int i, n = 0;

	for (i = 0; i < 65536; i++)
		n += has(map, i);
	return n;
}

static const struct {
	const char *list;
	bool good;
	unsigned int tcp;	/* how many */
	unsigned int udp;
} lists[] = {
	{ "", true, 0, 0 },
	{ "\n", true, 0, 0 },
	{ "tcp/80", true, 1, 0 },
	{ "tcp/80\n", true, 1, 0 },
	{ "udp/53", true, 0, 1 },
	{ "tcp/80,udp/53,tcp/8000-8099", true, 101, 1 },
	{ "tcp/80,tcp/80,tcp/79-81", true, 3, 0 },
	{ "tcp/31-32", true, 2, 0 },
	{ "tcp/0-65535", true, 65536, 0 },
	{ "udp/65535", true, 0, 1 },
	{ "tcp/65536", false, 0, 0 },
	{ "tcp/1-65536", false, 0, 0 },
	{ "tcp/99999999999999999999", false, 0, 0 },
	{ "tcp/4294967376", false, 0, 0 },
	{ "tcp/90-80", false, 0, 0 },
	{ "tcp/", false, 0, 0 },
	{ "tcp/-80", false, 0, 0 },
	{ "tcp/80-", false, 0, 0 },
	{ "tcp/+80", false, 0, 0 },
	{ "tcp/ 80", false, 0, 0 },
	{ "tcp80", false, 0, 0 },
	{ "80", false, 0, 0 },
	{ "sctp/80", false, 0, 0 },
	{ "TCP/80", false, 0, 0 },
	{ "tcp/80,", false, 0, 0 },
	{ ",tcp/80", false, 0, 0 },
	{ "tcp/80,,udp/53", false, 0, 0 },
	{ "tcp/80 udp/53", false, 0, 0 },
	{ "tcp/80\nudp/53", false, 0, 0 },
	{ "tcp/80\n\n", false, 0, 0 },
	{ "tcp/0x50", false, 0, 0 },
};

static void test_list(unsigned int i)
{
	bool good;

	memset(&ports, 0xaa, sizeof(ports));
	good = tstat_ports_parse(&ports, lists[i].list);
	ktap_ok(good == lists[i].good &&
		(!good || (count(ports.tcp) == lists[i].tcp &&
			   count(ports.udp) == lists[i].udp)),
		"list %u: %s, %u TCP, %u UDP", i, good ? "good" : "refused",
		count(ports.tcp), count(ports.udp));
}

static void test_default(void)
{
	/* Zeek's likely_server_ports are in it, others are not. */
	static const u16 tcp[] = { 22, 25, 53, 80, 443, 3306, 5432, 8080 };
	static const u16 udp[] = { 53, 123, 161, 443, 4789, 5353 };
	static const u16 none[] = { 0, 24, 68, 5000, 32768, 40000, 65535 };
	bool good = tstat_ports_parse(&ports, TSTAT_PORTS_DEFAULT);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tcp); i++)
		good = good && has(ports.tcp, tcp[i]);
	for (i = 0; i < ARRAY_SIZE(udp); i++)
		good = good && has(ports.udp, udp[i]);
	for (i = 0; i < ARRAY_SIZE(none); i++)
		good = good && !has(ports.tcp, none[i]) &&
		       !has(ports.udp, none[i]);
	ktap_ok(good, "the default: %u TCP, %u UDP", count(ports.tcp),
		count(ports.udp));
}

#define SYN TSTAT_TCP_SYN
#define ACK TSTAT_TCP_ACK

static const struct {
	const char *name;
	u8 proto;
	u8 flags;
	u16 sport;
	u16 dport;
	bool flip;
} firsts[] = {
	{ "SYN from a server's port", IPPROTO_TCP, SYN, 80, 40000, false },
	{ "SYN-ACK from a server's port", IPPROTO_TCP, SYN | ACK, 80, 40000,
	  true },
	{ "SYN-ACK to a server's port", IPPROTO_TCP, SYN | ACK, 40000, 80,
	  false },
	{ "SYN-ACK, both", IPPROTO_TCP, SYN | ACK, 80, 443, false },
	{ "SYN-ACK, neither", IPPROTO_TCP, SYN | ACK, 5000, 40000, false },
	{ "ACK from a server's port", IPPROTO_TCP, ACK, 443, 40000, true },
	{ "ACK to a server's port", IPPROTO_TCP, ACK, 40000, 443, false },
	{ "no flag from a server's port", IPPROTO_TCP, 0, 443, 40000, true },
	{ "ACK, neither", IPPROTO_TCP, ACK, 5000, 40000, false },
	{ "ACK, both, from the lower", IPPROTO_TCP, ACK, 80, 443, true },
	{ "ACK, both, from the higher", IPPROTO_TCP, ACK, 443, 80, false },
	{ "ACK, the same", IPPROTO_TCP, ACK, 80, 80, false },
	{ "UDP from a server's port", IPPROTO_UDP, 0, 53, 40000, true },
	{ "UDP to a server's port", IPPROTO_UDP, 0, 40000, 53, false },
	{ "UDP, both, from the lower", IPPROTO_UDP, 0, 53, 123, false },
	{ "UDP, neither", IPPROTO_UDP, 0, 5000, 40000, false },
	/* The lists are separate. */
	{ "UDP from a port of TCP", IPPROTO_UDP, 0, 80, 40000, false },
	{ "ACK from a port of UDP", IPPROTO_TCP, ACK, 123, 40000, false },
};

static struct tstat_packet first(unsigned int i, unsigned int sender)
{
	struct tstat_packet pkt = {
		.tuple = { .family = AF_INET, .proto = firsts[i].proto },
		.sender = sender,
		.tcp_flags = firsts[i].flags,
		.packets = 1,
		.segments = 1,
	};

	pkt.tuple.port[sender] = htons(firsts[i].sport);
	pkt.tuple.port[!sender] = htons(firsts[i].dport);
	return pkt;
}

static void test_first(unsigned int i, unsigned int sender)
{
	struct tstat_packet pkt = first(i, sender);
	char history[TSTAT_HISTORY_MAX + 1];
	struct tstat_record rec;
	bool flip;

	flip = tstat_ports_flip(&ports, &pkt);
	/* And the record is begun so. */
	tstat_record_begin(&rec, &pkt, &ports, 1);
	tstat_history_text(&rec, history);
	ktap_ok(flip == firsts[i].flip &&
		tstat_record_orig(&rec) == (flip ? !sender : sender) &&
		!strcmp(history, flip ? "^" : ""), "%s, %u: %s",
		firsts[i].name, sender, flip ? "an answer" : "the first");
}

static void test_broadcast(void)
{
	struct tstat_packet pkt = first(12, 0);

	memset(&pkt.tuple.addr[1], 0, sizeof(pkt.tuple.addr[1]));
	memset(pkt.tuple.addr[1].bytes, 0xff, 4);
	ktap_ok(!tstat_ports_flip(&ports, &pkt),
		"who sends to all is never the answerer");
	/* The same bytes begin addresses of IPv6 that are none of broadcast. */
	pkt.tuple.family = AF_INET6;
	ktap_ok(tstat_ports_flip(&ports, &pkt), "IPv6 has no broadcast");
}

int main(void)
{
	unsigned int i;

	ktap_plan(ARRAY_SIZE(lists) + 1 + 2 * ARRAY_SIZE(firsts) + 2);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		test_list(i);
	test_default();
	for (i = 0; i < ARRAY_SIZE(firsts); i++) {
		test_first(i, 0);
		test_first(i, 1);
	}
	test_broadcast();
	return ktap_finish();
}
