// SPDX-License-Identifier: GPL-2.0
/*
 * Sends UDP datagrams or TCP SYNs from many 5-tuples, as fast as it can or at a
 * --rate, past its own stack: the other end of the device is as if flooded from
 * outside. Says at the end how many packets and bytes (layer 3 and up) it has
 * sent, and so is a witness that looked at no packet on its way.
 *
 *	flood --device veth0 --mac 02:00:00:00:00:01 --to 10.9.0.1 --to fd09::1
 *
 * Packet i is of tuple i modulo --tuples, or of a random one with --random.
 * With two addresses, even tuples are of the first one, odd ones of the second.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define PAYLOAD_MAX 1400
#define PACKET_MAX (sizeof(struct ether_header) + sizeof(struct ip6_hdr) + \
		    sizeof(struct tcphdr) + PAYLOAD_MAX)

/* Tuples differ in the source: ports first, then addresses. */
#define PORT_FIRST 1024
#define PORTS 60000

struct destination {
	int family;
	uint8_t addr[16];
};

static struct destination to[2];
static unsigned int destinations;
static struct ether_addr mac;
static const char *device;
static unsigned long tuples = 1, count, size, port = 5000, rate;
static uint64_t seed;
static bool syn, is_random;

static uint64_t packets, bytes;
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int usage(void)
{
	fprintf(stderr, "usage: flood --device DEV --mac MAC --to ADDR [--to ADDR]\n"
		"  [--count PACKETS (0: until SIGTERM)] [--tuples N] [--random SEED]\n"
		"  [--syn] [--size PAYLOAD-BYTES] [--port PORT]\n"
		"  [--rate PACKETS-A-SECOND (0: as fast as it can)]\n");
	return 1;
}

/* splitmix64 */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static uint32_t add_words(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *octets = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)octets[i] << 8 | octets[i + 1];
	if (len % 2)
		sum += (uint32_t)octets[len - 1] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* Of layer 4; returns its length. The checksum covers @addrs, both addresses. */
static size_t put_l4(uint8_t *at, const uint8_t *addrs, size_t addrs_len,
		     uint16_t sport)
{
	size_t len = (syn ? sizeof(struct tcphdr) : sizeof(struct udphdr)) + size;
	uint8_t proto = syn ? IPPROTO_TCP : IPPROTO_UDP;
	struct tcphdr *tcp = (struct tcphdr *)at;
	struct udphdr *udp = (struct udphdr *)at;
	uint32_t sum;

	memset(at, 0, len);
	if (syn) {
		tcp->source = htons(sport);
		tcp->dest = htons((uint16_t)port);
		tcp->seq = htonl((uint32_t)mix(sport));
		tcp->doff = sizeof(*tcp) / 4;
		tcp->syn = 1;
		tcp->window = htons(65535);
	} else {
		udp->source = htons(sport);
		udp->dest = htons((uint16_t)port);
		udp->len = htons((uint16_t)len);
	}
	sum = add_words((uint32_t)(proto + len), addrs, addrs_len);
	sum = add_words(sum, at, len);
	if (syn)
		tcp->check = fold(sum);
	else
		udp->check = fold(sum) ?: 0xffff;
	return len;
}

static size_t put_ipv4(uint8_t *at, const uint8_t *dst, uint64_t host,
		       uint16_t sport)
{
	struct iphdr *ip = (struct iphdr *)at;
	size_t len;

	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->ttl = 64;
	ip->protocol = syn ? IPPROTO_TCP : IPPROTO_UDP;
	/* 10.128.0.0/9 */
	ip->saddr = htonl(0x0a800000 | (host & 0x7fffff));
	memcpy(&ip->daddr, dst, sizeof(ip->daddr));
	len = sizeof(*ip) + put_l4(at + sizeof(*ip), at + 12, 8, sport);
	ip->tot_len = htons((uint16_t)len);
	ip->check = fold(add_words(0, ip, sizeof(*ip)));
	return len;
}

static size_t put_ipv6(uint8_t *at, const uint8_t *dst, uint64_t host,
		       uint16_t sport)
{
	struct ip6_hdr *ip = (struct ip6_hdr *)at;
	size_t len;
	int i;

	memset(ip, 0, sizeof(*ip));
	ip->ip6_flow = htonl(6U << 28);
	ip->ip6_hlim = 64;
	ip->ip6_nxt = syn ? IPPROTO_TCP : IPPROTO_UDP;
	/* fd80::/32 */
	ip->ip6_src.s6_addr[0] = 0xfd;
	ip->ip6_src.s6_addr[1] = 0x80;
	for (i = 0; i < 8; i++)
		ip->ip6_src.s6_addr[15 - i] = (uint8_t)(host >> (8 * i));
	memcpy(&ip->ip6_dst, dst, sizeof(ip->ip6_dst));
	len = put_l4(at + sizeof(*ip), at + 8, 32, sport);
	ip->ip6_plen = htons((uint16_t)len);
	return sizeof(*ip) + len;
}

/* The frame of packet @i; returns the length of layer 3. */
static size_t put_packet(uint8_t *frame, uint64_t i)
{
	uint64_t tuple = is_random ? mix(seed + i) : i % tuples;
	const struct destination *dst = &to[tuple % destinations];
	struct ether_header *eth = (struct ether_header *)frame;
	uint64_t rest = tuple / destinations;
	uint16_t sport = (uint16_t)(PORT_FIRST + rest % PORTS);
	uint8_t *at = frame + sizeof(*eth);

	memset(eth, 0, sizeof(*eth));
	memcpy(eth->ether_dhost, &mac, sizeof(mac));
	eth->ether_shost[0] = 2;
	if (dst->family == AF_INET) {
		eth->ether_type = htons(ETHERTYPE_IP);
		return put_ipv4(at, dst->addr, 1 + rest / PORTS, sport);
	}
	eth->ether_type = htons(ETHERTYPE_IPV6);
	return put_ipv6(at, dst->addr, 1 + rest / PORTS, sport);
}

/*
 * Returns whether the device is still there. What was sent is counted, packet
 * by packet, and nothing else is.
 */
static bool send_batch(int fd, struct mmsghdr *batch, unsigned int n,
		       const size_t *len)
{
	unsigned int done = 0;
	int ret;

	while (done < n) {
		ret = sendmmsg(fd, batch + done, n - done, 0);
		if (ret < 0 && (errno == EINTR || errno == ENOBUFS))
			continue;
		if (ret < 0)
			return false;
		for (; ret; ret--)
			bytes += len[done++];
	}
	packets += n;
	return true;
}

/* Holds back what is ahead of the rate. */
static void wait_turn(const struct timespec *began, uint64_t sent)
{
	struct timespec until = *began;
	uint64_t ns;

	if (!rate)
		return;
	ns = (uint64_t)until.tv_nsec + sent * 1000000000 / rate;
	until.tv_sec += (time_t)(ns / 1000000000);
	until.tv_nsec = (long)(ns % 1000000000);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static bool run(int fd)
{
	static uint8_t frames[BATCH][PACKET_MAX];
	struct mmsghdr batch[BATCH] = { 0 };
	struct iovec iov[BATCH];
	struct timespec began;
	size_t len[BATCH];
	uint64_t sent = 0;
	unsigned int n;

	clock_gettime(CLOCK_MONOTONIC, &began);
	while (!stopped && (!count || sent < count)) {
		for (n = 0; n < BATCH && (!count || sent < count); n++) {
			len[n] = put_packet(frames[n], sent++);
			iov[n].iov_base = frames[n];
			iov[n].iov_len = sizeof(struct ether_header) + len[n];
			batch[n].msg_hdr.msg_iov = &iov[n];
			batch[n].msg_hdr.msg_iovlen = 1;
		}
		if (!send_batch(fd, batch, n, len))
			return false;
		wait_turn(&began, sent);
	}
	return true;
}

static int open_device(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	int fd;

	/*
	 * Protocol 0: it receives nothing. Without PACKET_QDISC_BYPASS, by which
	 * Linux 6.1 divides by zero where the device is just going.
	 */
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	at.sll_ifindex = (int)if_nametoindex(device);
	if (fd < 0 || !at.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die(device);
	return fd;
}

static bool add_destination(const char *text)
{
	struct destination *dst = &to[destinations];

	if (destinations == 2)
		return false;
	destinations++;
	dst->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(dst->family, text, dst->addr) == 1;
}

static bool number(unsigned long *value, unsigned long max)
{
	char *end;

	errno = 0;
	*value = strtoul(optarg, &end, 10);
	return end != optarg && !*end && !errno && *value <= max;
}

static bool take_option(int option)
{
	switch (option) {
	case 'd':
		device = optarg;
		return true;
	case 'm':
		return ether_aton_r(optarg, &mac);
	case 't':
		return add_destination(optarg);
	case 'c':
		return number(&count, 1UL << 40);
	case 'n':
		return number(&tuples, 1UL << 32) && tuples;
	case 'r':
		is_random = true;
		return number(&seed, UINT64_MAX);
	case 'y':
		syn = true;
		return true;
	case 's':
		return number(&size, PAYLOAD_MAX);
	case 'p':
		return number(&port, 65535);
	case 'a':
		return number(&rate, 1000000);
	}
	return false;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "mac", required_argument, NULL, 'm' },
		{ "to", required_argument, NULL, 't' },
		{ "count", required_argument, NULL, 'c' },
		{ "tuples", required_argument, NULL, 'n' },
		{ "random", required_argument, NULL, 'r' },
		{ "syn", no_argument, NULL, 'y' },
		{ "size", required_argument, NULL, 's' },
		{ "port", required_argument, NULL, 'p' },
		{ "rate", required_argument, NULL, 'a' },
		{ NULL, 0, NULL, 0 },
	};
	bool whole;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take_option(option))
			return usage();
	if (!device || !destinations || optind != argc)
		return usage();
	signal(SIGTERM, stop);
	whole = run(open_device());
	printf("{\"packets\":%llu,\"bytes\":%llu}\n",
	       (unsigned long long)packets, (unsigned long long)bytes);
	/* The device is gone, which some tests do. */
	return whole ? 0 : 3;
}
