// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces come, are counted, talk and go, several at once:
 *
 *	races_namespaces NAMESPACES THREADS PATIENCE
 *
 * In each there is TCP and UDP of both families, with datagrams that leave as
 * fragments and fragments that come in by a packet socket. The kernel's own
 * counters of the namespace, which no hook has part in, say how many packets
 * there were. Then it goes in one of several ways. Prints in JSON how many
 * namespaces were counted right, and why others were not, on lines with a #.
 */
#define _GNU_SOURCE
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>

#include "races.h"

#define MTU 1500
#define UDP_FLOWS 20
#define UDP_PORT 5000
#define TCP_PORT 6000
#define LARGE 4000
#define FRAGMENTS 10
#define WAIT_MS 20000
#define THREADS_MAX 16

/**
 * enum farewell - how a namespace goes
 * @CLOSED: everything in it was closed
 * @DUMPING: its last reference is a dump that nobody reads
 * @FLUSHED: with flows that have ended, and whose events wait to be sent
 * @RESTARTED: just started again
 * @CONNECTED: with open connections
 */
enum farewell { CLOSED, DUMPING, FLUSHED, RESTARTED, CONNECTED, FAREWELLS };

/**
 * struct visitor - a thread that goes from namespace to namespace
 * @thread: itself
 * @number: of the thread
 * @nl: its socket in the namespace
 * @dump: a dump that it left open in the one before
 * @tcp: both ends of connections, of either family
 * @injected: packets that went past the kernel's counters
 */
struct visitor {
	pthread_t thread;
	unsigned int number;
	struct netlink nl;
	struct netlink dump;
	int tcp[2][2];
	uint64_t injected;
};

static const int families[] = { AF_INET, AF_INET6 };
static struct visitor visitors[THREADS_MAX];
static struct netlink like;
static unsigned long namespaces;
static atomic_ulong begun, counted, exact;
static atomic_ulong gone[FAREWELLS];
static int home;

/* --- the witness --- */

/* The number that follows @name on a line of /proc/net/snmp6. */
static uint64_t of_list(const char *text, const char *name)
{
	size_t len = strlen(name);
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtoull(line + len, NULL, 10);
	}
	netlink_die(name);
	return 0;
}

/* The number below @name in /proc/net/snmp, where @protocol has two lines. */
static uint64_t of_table(const char *text, const char *protocol,
			 const char *name)
{
	char names[1024], values[1024], *n, *v, *save_n, *save_v;
	const char *first = strstr(text, protocol);
	const char *second = first ? strchr(first + 1, '\n') : NULL;

	if (!second)
		netlink_die(protocol);
	snprintf(names, sizeof(names), "%.*s", (int)(second - first), first);
	snprintf(values, sizeof(values), "%.*s",
		 (int)strcspn(second + 1, "\n"), second + 1);
	n = strtok_r(names, " ", &save_n);
	v = strtok_r(values, " ", &save_v);
	while (n && v && strcmp(n, name)) {
		n = strtok_r(NULL, " ", &save_n);
		v = strtok_r(NULL, " ", &save_v);
	}
	if (!n || !v)
		netlink_die(name);
	return strtoull(v, NULL, 10);
}

static void read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	if (fd < 0)
		netlink_die(path);
	while ((got = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(fd);
}

/* TCP and UDP packets that this namespace has sent, on the wire. */
static uint64_t witnessed(void)
{
	char text[32768];
	uint64_t packets;

	read_file("/proc/thread-self/net/snmp", text, sizeof(text));
	packets = of_table(text, "\nTcp: ", "OutSegs") +
		  of_table(text, "\nTcp: ", "RetransSegs") +
		  of_table(text, "\nUdp: ", "OutDatagrams") +
		  of_table(text, "Ip: ", "FragCreates") -
		  of_table(text, "Ip: ", "FragOKs");
	read_file("/proc/thread-self/net/snmp6", text, sizeof(text));
	return packets + of_list(text, "Udp6OutDatagrams") +
	       of_list(text, "Ip6FragCreates") - of_list(text, "Ip6FragOKs");
}

/* Nothing is under way any more, and it was all counted. */
static bool is_exact(struct visitor *visitor)
{
	double end = races_now() + races_patience;
	uint64_t before, after, seen;
	struct ledger ledger;

	do {
		before = witnessed() + visitor->injected;
		if (races_ledger(&visitor->nl, &ledger))
			netlink_die(visitor->nl.extack);
		after = witnessed() + visitor->injected;
		seen = ledger.seen - ledger.foreign;
		if (before == seen && seen == after &&
		    ledger.sum == ledger.seen)
			return true;
		races_pause(20000);
	} while (races_now() < end);
	printf("# sent %" PRIu64 ", seen %" PRIu64 " and %" PRIu64
	       " others, accounted %" PRIu64 "\n", after, seen, ledger.foreign,
	       ledger.sum);
	return false;
}

/* --- what is sent --- */

static int open_socket(int type, int family, uint16_t port)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);
	struct timeval wait = { .tv_sec = WAIT_MS / 1000 };
	struct sockaddr_in6 addr;
	socklen_t len = races_loopback(&addr, family, port);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    (port && bind(fd, (struct sockaddr *)&addr, len)))
		netlink_die("socket");
	return fd;
}

/* A datagram there and back. */
static void echo(int server, int client, const struct sockaddr_in6 *to,
		 socklen_t to_len, size_t size)
{
	static const char text[LARGE];
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);
	char got[LARGE];

	if (sendto(client, text, size, 0, (struct sockaddr *)to, to_len) < 0 ||
	    recvfrom(server, got, sizeof(got), 0, (struct sockaddr *)&from,
		     &len) != (ssize_t)size ||
	    sendto(server, got, size, 0, (struct sockaddr *)&from, len) < 0 ||
	    recv(client, got, sizeof(got), 0) != (ssize_t)size)
		netlink_die("datagram");
}

static void talk_udp(int family)
{
	int server = open_socket(SOCK_DGRAM, family, UDP_PORT), client;
	struct sockaddr_in6 to;
	socklen_t len = races_loopback(&to, family, UDP_PORT);
	unsigned int i;

	for (i = 0; i < UDP_FLOWS; i++) {
		client = open_socket(SOCK_DGRAM, family, 0);
		echo(server, client, &to, len, i % 4 ? 100 : LARGE);
		close(client);
	}
	close(server);
}

static void talk_tcp(int family, int ends[2])
{
	int server = open_socket(SOCK_STREAM, family, TCP_PORT);
	struct sockaddr_in6 to;
	socklen_t len = races_loopback(&to, family, TCP_PORT);
	char text[100] = { 0 };

	ends[0] = open_socket(SOCK_STREAM, family, 0);
	if (listen(server, 1) ||
	    connect(ends[0], (struct sockaddr *)&to, len) ||
	    (ends[1] = accept(server, NULL, NULL)) < 0 ||
	    send(ends[0], text, sizeof(text), 0) != sizeof(text) ||
	    recv(ends[1], text, sizeof(text), MSG_WAITALL) != sizeof(text) ||
	    send(ends[1], text, sizeof(text), 0) != sizeof(text) ||
	    recv(ends[0], text, sizeof(text), MSG_WAITALL) != sizeof(text))
		netlink_die("connection");
	close(server);
}

/* By turns: closed by one side, by the other, or reset. */
static void close_tcp(int ends[2], unsigned int turn)
{
	struct linger reset = { .l_onoff = 1 };

	if (turn % 3 == 2 && setsockopt(ends[0], SOL_SOCKET, SO_LINGER, &reset,
					sizeof(reset)))
		netlink_die("linger");
	close(ends[turn % 3 == 1]);
	close(ends[turn % 3 != 1]);
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *octets = data;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += (uint32_t)octets[i] << 8 | octets[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* 32 octets, the first of them a UDP header; returns the length in all. */
static size_t put_fragment4(uint8_t *at, uint16_t id, bool first)
{
	struct iphdr ip = {
		.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP,
		.tot_len = htons(sizeof(ip) + 32), .id = htons(id),
		.frag_off = htons(first ? 0x2000 : 4),
		.saddr = htonl(0x0a090001), .daddr = htonl(0x0a090002),
	};

	ip.check = checksum(&ip, sizeof(ip));
	memcpy(at, &ip, sizeof(ip));
	return sizeof(ip);
}

static size_t put_fragment6(uint8_t *at, uint16_t id, bool first)
{
	struct {
		struct ip6_hdr ip;
		struct ip6_frag frag;
	} headers = {
		.ip.ip6_flow = htonl(6U << 28),
		.ip.ip6_plen = htons(sizeof(headers.frag) + 32),
		.ip.ip6_nxt = IPPROTO_FRAGMENT,
		.ip.ip6_hlim = 64,
		.ip.ip6_src.s6_addr = { 0xfd, 9, [15] = 1 },
		.ip.ip6_dst.s6_addr = { 0xfd, 9, [15] = 2 },
		.frag.ip6f_nxt = IPPROTO_UDP,
		.frag.ip6f_offlg = htons(first ? 1 : 32),
		.frag.ip6f_ident = htonl(id),
	};

	memcpy(at, &headers, sizeof(headers));
	return sizeof(headers);
}

/* As if from outside: a fragment that the loopback device has without a route. */
static void inject(struct visitor *visitor, int fd, int family, uint16_t id,
		   bool first)
{
	struct udphdr udp = {
		.source = htons((uint16_t)(1024 + id)), .dest = htons(UDP_PORT),
		.len = htons(64),
	};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex("lo"),
		.sll_protocol = htons(family == AF_INET ? ETH_P_IP : ETH_P_IPV6),
	};
	uint8_t packet[128] = { 0 };
	size_t len;

	len = family == AF_INET ? put_fragment4(packet, id, first) :
				  put_fragment6(packet, id, first);
	if (first)
		memcpy(packet + len, &udp, sizeof(udp));
	len += 32;
	if (sendto(fd, packet, len, 0, (struct sockaddr *)&to, sizeof(to)) !=
	    (ssize_t)len)
		netlink_die("packet socket");
	visitor->injected++;
}

/* Every fourth datagram's fragments come in disorder. */
static void talk_fragments(struct visitor *visitor, int family)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint16_t id;

	if (fd < 0)
		netlink_die("packet socket");
	for (id = 1; id <= FRAGMENTS; id++) {
		inject(visitor, fd, family, id, id % 4);
		inject(visitor, fd, family, id, !(id % 4));
	}
	close(fd);
}

/* --- a namespace --- */

static void request(struct visitor *visitor, int err)
{
	if (err) {
		errno = -err;
		netlink_die(visitor->nl.extack);
	}
}

static void talk(struct visitor *visitor, unsigned int turn, bool stay)
{
	unsigned int i;

	visitor->injected = 0;
	for (i = 0; i < 2; i++) {
		talk_udp(families[i]);
		talk_tcp(families[i], visitor->tcp[i]);
		if (!stay)
			close_tcp(visitor->tcp[i], turn);
		talk_fragments(visitor, families[i]);
	}
}

static void flush(struct visitor *visitor)
{
	netlink_begin(&visitor->nl, TUPLESTAT_CMD_FLOW_DEL, NLM_F_ACK);
	request(visitor, netlink_exchange(&visitor->nl, NULL, NULL));
}

static void restart(struct visitor *visitor)
{
	request(visitor, races_set(&visitor->nl, TUPLESTAT_A_CONFIG_STARTED, 0));
	request(visitor, races_set(&visitor->nl, TUPLESTAT_A_CONFIG_STARTED, 1));
	talk_udp(AF_INET6);
}

static void leave(struct visitor *visitor, enum farewell farewell)
{
	unsigned int i;

	if (farewell == FLUSHED)
		flush(visitor);
	else if (farewell == RESTARTED)
		restart(visitor);
	else if (farewell == DUMPING)
		races_leave_dump(&visitor->nl);

	/* That of the namespace before, which goes only now. */
	if (visitor->dump.socket)
		netlink_close(&visitor->dump);
	visitor->dump.socket = NULL;
	if (farewell == DUMPING)
		visitor->dump.socket = visitor->nl.socket;
	else
		netlink_close(&visitor->nl);
	races_enter(home);
	for (i = 0; i < 2 && farewell == CONNECTED; i++)
		close_tcp(visitor->tcp[i], i);
	atomic_fetch_add(&gone[farewell], 1);
}

static void *visit(void *data)
{
	struct visitor *visitor = data;
	enum farewell farewell;
	unsigned long turn;

	while ((turn = atomic_fetch_add(&begun, 1)) < namespaces) {
		farewell = turn % FAREWELLS;
		races_new_netns(MTU);
		if (!races_open(&visitor->nl, &like))
			netlink_die("netlink socket");
		request(visitor, races_set(&visitor->nl,
					   TUPLESTAT_A_CONFIG_STARTED, 1));
		talk(visitor, (unsigned int)turn, farewell == CONNECTED);
		atomic_fetch_add(&exact, is_exact(visitor));
		leave(visitor, farewell);
		atomic_fetch_add(&counted, 1);
	}
	if (visitor->dump.socket)
		netlink_close(&visitor->dump);
	return NULL;
}

int main(int argc, char **argv)
{
	/* Whoever listens in one namespace has events made in all. */
	static struct racer listener = {
		.name = "listen", .act = racer_listen, .begin = racer_join,
	};
	unsigned int threads, i;
	bool heard;

	if (argc != 4) {
		fputs("usage: races_namespaces NAMESPACES THREADS PATIENCE\n",
		      stderr);
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	namespaces = strtoul(argv[1], NULL, 10);
	threads = (unsigned int)atoi(argv[2]);
	races_patience = atoi(argv[3]);
	if (!threads || threads > THREADS_MAX)
		return 1;
	home = races_netns("/proc/thread-self/ns/net");
	netlink_open(&like);
	racer_start(&listener, home, &like, NULL);

	for (i = 0; i < threads; i++)
		if (pthread_create(&visitors[i].thread, NULL, visit,
				   &visitors[i]))
			netlink_die("thread");
	for (i = 0; i < threads; i++)
		pthread_join(visitors[i].thread, NULL);
	heard = racer_end(&listener);

	printf("{\"namespaces\":%lu,\"exact\":%lu,\"listened\":%d,\"closed\":%lu"
	       ",\"dumping\":%lu,\"flushed\":%lu,\"restarted\":%lu"
	       ",\"connected\":%lu}\n", atomic_load(&counted),
	       atomic_load(&exact), heard, gone[CLOSED], gone[DUMPING],
	       gone[FLUSHED], gone[RESTARTED], gone[CONNECTED]);
	return atomic_load(&exact) != namespaces;
}
