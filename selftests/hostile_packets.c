// SPDX-License-Identifier: GPL-2.0
/*
 * Sends a hostile stream (see hostile_stream.h), and reads what comes out at
 * the other side of a router: how much that was, and a hash of every octet, in
 * order. Says so at the end, and so is the witness of what was sent and of what
 * became of it.
 *
 *	hostile_packets --how tun --in tun0 --out tun1 --base FILE.pcap
 *
 * The ways to send:
 *	tun	by a tun device, each packet in one piece
 *	vnet	the same, with claims that it is an aggregate; every fourth
 *		packet is one, and goes to 10.9.9.9 or fd09::9
 *	defrag	the same, where the kernel reassembles what it receives
 *	tap	by a tap device, in one piece
 *	frags	the same, in pieces (IFF_NAPI_FRAGS): no more than the Ethernet
 *		header lies in the linear part
 *	raw	by raw sockets, with IP headers of our own; no --in
 *
 * Behind all, a datagram to 10.9.9.8: when that has come out, all has.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "hostile_stream.h"

#define PIECES_MAX 17 /* MAX_SKB_FRAGS; the first one is the linear part */
#define WAIT_MS 20000

struct total {
	uint64_t packets;
	uint64_t bytes; /* layer 3 and up */
};

static struct {
	const char *how;
	const char *in;
	const char *out;
	const char *base;
	unsigned long seed;
	unsigned long first;
	unsigned long count;
} options = { .how = "", .seed = 1, .count = 1000 };

static int in = -1, out = -1, raw4 = -1, raw6 = -1;
static struct ether_addr mac;
static struct total sent, refused, received, honest;
static uint64_t hash = 0xcbf29ce484222325;
static bool done;

static void die(const char *what)
{
	fprintf(stderr, "hostile_packets: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int usage(void)
{
	fprintf(stderr, "usage: hostile_packets --how tun|vnet|defrag|tap|frags|raw --base FILE.pcap --out DEV\n"
		"  [--in DEV] [--seed N] [--first NUMBER] [--count N]\n");
	return 1;
}

static bool how(const char *name)
{
	return !strcmp(options.how, name);
}

/* With a header that says what a packet is an aggregate of */
static bool claims(void)
{
	return how("vnet") || how("defrag");
}

static void add(struct total *total, size_t len)
{
	total->packets++;
	total->bytes += len;
}

/* --- what comes out --- */

/*
 * The kernel draws the identification of IPv6 fragments that it makes itself,
 * of an aggregate: nothing that two runs have in common.
 */
static void blank_identification(uint8_t *packet, size_t len)
{
	uint8_t next = packet[6];
	size_t at = 40;

	while (at + 8 <= len) {
		if (next == IPPROTO_FRAGMENT) {
			memset(packet + at + 4, 0, 4);
			return;
		}
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING &&
		    next != IPPROTO_DSTOPTS)
			return;
		next = packet[at];
		at += (packet[at + 1] + 1) * 8;
	}
}

static void add_to_hash(const uint8_t *packet, size_t len)
{
	uint64_t word;
	size_t at;

	hash = (hash ^ len) * 0x100000001b3;
	for (at = 0; at < len; at += sizeof(word)) {
		word = 0;
		memcpy(&word, packet + at,
		       len - at < sizeof(word) ? len - at : sizeof(word));
		hash = (hash ^ word) * 0x100000001b3;
		hash ^= hash >> 29;
	}
}

static bool is_to(const uint8_t *packet, size_t len, uint8_t last)
{
	static const uint8_t net6[15] = { 0xfd, 9 };
	const uint8_t net4[4] = { 10, 9, 9, last };

	if (len >= 40 && packet[0] >> 4 == 6)
		return !memcmp(packet + 24, net6, 15) && packet[39] == last;
	return len >= 20 && packet[0] >> 4 == 4 && !memcmp(packet + 16, net4, 4);
}

static void receive(uint8_t *packet, size_t len)
{
	if (is_to(packet, len, 8)) {
		done = true;
		return;
	}
	add(&received, len);
	if (is_to(packet, len, 9))
		add(&honest, len);
	if (claims() && packet[0] >> 4 == 6)
		blank_identification(packet, len);
	add_to_hash(packet, len);
}

static void drain(void)
{
	static uint8_t packet[STREAM_PACKET_MAX + 1];
	ssize_t len;

	while ((len = read(out, packet, sizeof(packet))) > 0)
		receive(packet, (size_t)len);
	if (len < 0 && errno != EAGAIN)
		die(options.out);
}

/* --- what is sent --- */

static ssize_t send_tun(const struct stream_packet *pkt)
{
	struct tun_pi info = {
		.proto = htons(pkt->family == AF_INET6 ? ETHERTYPE_IPV6 :
							 ETHERTYPE_IP),
	};
	struct iovec pieces[] = {
		{ &info, sizeof(info) },
		{ (void *)&pkt->vnet, claims() ? sizeof(pkt->vnet) : 0 },
		{ (void *)pkt->bytes, pkt->len },
	};

	return writev(in, pieces, 3);
}

static ssize_t send_tap(uint64_t number, const struct stream_packet *pkt)
{
	struct ether_header header = { .ether_shost = { 2 } };
	struct iovec pieces[PIECES_MAX + 1] = { { &header, sizeof(header) } };
	size_t cuts[PIECES_MAX] = { pkt->len }, at = 0, count = 1, i;

	memcpy(header.ether_dhost, &mac, sizeof(mac));
	header.ether_type = htons(pkt->family == AF_INET6 ? ETHERTYPE_IPV6 :
							    ETHERTYPE_IP);
	if (how("frags"))
		count = stream_cuts(number, pkt->len, cuts, PIECES_MAX);
	for (i = 0; i < count; i++) {
		pieces[1 + i].iov_base = (void *)(pkt->bytes + at);
		pieces[1 + i].iov_len = cuts[i];
		at += cuts[i];
	}
	return writev(in, pieces, (int)count + 1);
}

static ssize_t send_raw(const struct stream_packet *pkt)
{
	struct sockaddr_in to4 = { .sin_family = AF_INET };
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };

	if (pkt->bytes[0] >> 4 == 6 && pkt->len >= 40) {
		memcpy(&to6.sin6_addr, pkt->bytes + 24, sizeof(to6.sin6_addr));
		return sendto(raw6, pkt->bytes, pkt->len, 0,
			      (struct sockaddr *)&to6, sizeof(to6));
	}
	memcpy(&to4.sin_addr, pkt->bytes + 16, sizeof(to4.sin_addr));
	return sendto(raw4, pkt->bytes, pkt->len, 0, (struct sockaddr *)&to4,
		      sizeof(to4));
}

/* Where a raw socket finds no identification it draws one. */
static void identify(struct stream_packet *pkt)
{
	if (pkt->len >= 20 && pkt->bytes[0] >> 4 != 6 && !pkt->bytes[4])
		pkt->bytes[4] = 1;
}

/* A packet that is refused never was one. */
static void send_packet(uint64_t number, const struct stream_packet *pkt)
{
	ssize_t ret;

	if (how("raw"))
		ret = send_raw(pkt);
	else if (how("tap") || how("frags"))
		ret = send_tap(number, pkt);
	else
		ret = send_tun(pkt);
	if (ret < 0 && (errno == EBADFD || errno == EIO))
		die(options.in);
	add(ret < 0 ? &refused : &sent, pkt->len);
}

/* IPv4, UDP from 10.9.9.7 to 10.9.9.8, port 9 */
static void send_last(void)
{
	static const uint8_t last[] = {
		0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0x54, 0xb0,
		10, 9, 9, 7, 10, 9, 9, 8, 0, 9, 0, 9, 0, 8, 0, 0,
	};
	struct pollfd output = { .fd = out, .events = POLLIN };
	static struct stream_packet pkt;

	pkt.len = sizeof(last);
	pkt.family = AF_INET;
	memcpy(pkt.bytes, last, sizeof(last));
	send_packet(0, &pkt);
	for (drain(); !done; drain()) {
		if (poll(&output, 1, WAIT_MS) > 0)
			continue;
		fprintf(stderr, "hostile_packets: the last packet has not come out within %d s\n",
			WAIT_MS / 1000);
		exit(2);
	}
}

/*
 * Where it has reassembled IPv6 fragments that claim to lack their checksum,
 * Linux 6.1 warns when it is to fill that in: not one of them claims it.
 */
static void claim(uint64_t number, struct stream_packet *pkt)
{
	stream_claim(number, pkt);
	if (how("defrag") && pkt->family == AF_INET6)
		pkt->vnet.flags = 0;
}

static void run(void)
{
	static struct stream_packet pkt;
	uint64_t i, end = options.first + options.count;

	for (i = options.first; i < end; i++) {
		if (claims() && i % 4 == 3)
			stream_aggregate(i, &pkt);
		else if (claims())
			claim(i, &pkt);
		else
			stream_packet(i, &pkt);
		if (how("raw"))
			identify(&pkt);
		send_packet(i, &pkt);
		drain();
	}
	send_last();
}

/* --- devices --- */

static int open_device(const char *name, int flags)
{
	struct ifreq request = { .ifr_flags = (short)flags };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		die(name);
	return fd;
}

static void read_mac(void)
{
	struct ifreq request = { 0 };

	if (ioctl(in, SIOCGIFHWADDR, &request))
		die(options.in);
	memcpy(&mac, request.ifr_hwaddr.sa_data, sizeof(mac));
}

/* What they send to a group is not to come back. */
static void open_raw(void)
{
	int off = 0;

	raw4 = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_RAW);
	raw6 = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_RAW);
	if (raw4 < 0 || raw6 < 0 ||
	    setsockopt(raw4, IPPROTO_IP, IP_MULTICAST_LOOP, &off, sizeof(off)) ||
	    setsockopt(raw6, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &off,
		       sizeof(off)))
		die("raw sockets");
}

static bool open_ways(void)
{
	static const int tap = IFF_TAP | IFF_NO_PI;

	out = open_device(options.out, IFF_TUN | IFF_NO_PI);
	if (how("raw")) {
		open_raw();
		return true;
	}
	if (!options.in)
		return false;
	if (how("tun"))
		in = open_device(options.in, IFF_TUN);
	else if (claims())
		in = open_device(options.in, IFF_TUN | IFF_VNET_HDR);
	else if (how("tap"))
		in = open_device(options.in, tap);
	else if (how("frags"))
		in = open_device(options.in, tap | IFF_NAPI | IFF_NAPI_FRAGS);
	else
		return false;
	read_mac();
	return true;
}

static bool number(unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(optarg, &end, 0);
	return end != optarg && !*end && !errno;
}

static bool take_option(int option)
{
	switch (option) {
	case 'h':
		options.how = optarg;
		return true;
	case 'i':
		options.in = optarg;
		return true;
	case 'o':
		options.out = optarg;
		return true;
	case 'b':
		options.base = optarg;
		return true;
	case 's':
		return number(&options.seed);
	case 'f':
		return number(&options.first);
	case 'c':
		return number(&options.count);
	}
	return false;
}

static void print_total(const char *name, const struct total *total)
{
	printf("\"%s\":%llu,\"%s_bytes\":%llu,", name,
	       (unsigned long long)total->packets, name,
	       (unsigned long long)total->bytes);
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "how", required_argument, NULL, 'h' },
		{ "in", required_argument, NULL, 'i' },
		{ "out", required_argument, NULL, 'o' },
		{ "base", required_argument, NULL, 'b' },
		{ "seed", required_argument, NULL, 's' },
		{ "first", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'c' },
		{ 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		if (!take_option(option))
			return usage();
	if (optind != argc || !options.out || !options.base || !open_ways())
		return usage();
	stream_open(options.base, options.seed);
	run();
	printf("{");
	print_total("sent", &sent);
	print_total("refused", &refused);
	print_total("honest", &honest);
	print_total("received", &received);
	printf("\"hash\":\"%016llx\"}\n", (unsigned long long)hash);
	return 0;
}
