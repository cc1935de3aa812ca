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
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <netinet/ether.h>
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

#include "frame.h"

#define BATCH 64

static struct frame to[2];
static unsigned int destinations;
static const char *device;
static unsigned long tuples = 1, count, size, port = 5000, rate;
static uint64_t seed;
static bool is_random;
static struct frame all = { .proto = IPPROTO_UDP };

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

/* The frame of packet @i; returns the length of layer 3. */
static size_t put_packet(uint8_t *at, uint64_t i)
{
	uint64_t tuple = is_random ? mix(seed + i) : i % tuples;
	struct frame *frame = &to[tuple % destinations];

	frame_client(frame, tuple / destinations);
	frame->seq = (uint32_t)mix(frame->port);
	return frame_put(at, frame);
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
	static uint8_t frames[BATCH][FRAME_MAX];
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
	if (destinations == 2)
		return false;
	return frame_set_server(&to[destinations++], text);
}

/* What the options say of all frames. */
static void fill_destinations(void)
{
	unsigned int i;

	for (i = 0; i < destinations; i++) {
		memcpy(to[i].mac, all.mac, sizeof(all.mac));
		to[i].proto = all.proto;
		to[i].flags = all.flags;
		to[i].server_port = (uint16_t)port;
		to[i].payload = size;
	}
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
		return ether_aton_r(optarg, (struct ether_addr *)all.mac);
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
		all.proto = IPPROTO_TCP;
		all.flags = TH_SYN;
		return true;
	case 's':
		return number(&size, FRAME_PAYLOAD_MAX);
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
	fill_destinations();
	signal(SIGTERM, stop);
	whole = run(open_device());
	printf("{\"packets\":%llu,\"bytes\":%llu}\n",
	       (unsigned long long)packets, (unsigned long long)bytes);
	/* The device is gone, which some tests do. */
	return whole ? 0 : 3;
}
