// SPDX-License-Identifier: GPL-2.0
/*
 * Sends the packets of many flows through a forwarder, and says what was sent in
 * all, what of it was timed, and how long that took: where time is counted in
 * instructions, what a packet costs.
 *
 *	send udp|tcp|syn --server ADDR --client NS,DEV,MAC [--host NS,DEV,MAC]
 *		[--flows N] [--first N] [--warm ROUNDS] [--rounds ROUNDS]
 *		[--colliding]
 *	send udp|tcp|syn --server ADDR --write FILE.pcap [...]
 *
 * NS is the network namespace it sends from, DEV the device there, and MAC
 * where the frames go. In a round, each flow has one packet (udp, syn), or one
 * with data from the client and its ACK from the server (tcp, after a
 * handshake). Rounds to warm up are not timed. All is done once the last packet
 * was sent: on one CPU, forwarding is a part of sending. With --write nothing
 * is sent, but written to a capture, a microsecond apart.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "../frame.h"

#define BATCH 64
#define TCP_PAYLOAD 100
#define UDP_PAYLOAD 24
#define SERVER_PORT 5000

enum { CLIENT, SERVER };

static int side_fd[2] = { -1, -1 };
static uint8_t side_mac[2][ETH_ALEN];
static unsigned long flows = 1000, first, warm, rounds = 1;
static struct frame frame = { .server_port = SERVER_PORT };
static bool colliding, both_ways;
static pcap_dumper_t *capture;
static uint64_t packets, warm_packets;

static uint8_t frames[BATCH][FRAME_MAX];
static struct iovec iov[BATCH];
static struct mmsghdr batch[BATCH];

/* Of all connections, since all do the same. */
static uint32_t next_seq[2] = { 1000, 500000 };

static void die(const char *what)
{
	fprintf(stderr, "send: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int usage(void)
{
	fprintf(stderr, "usage: see the head of bench/send.c\n");
	return 1;
}

/*
 * Flow @i such that neither a sum nor an exclusive or over its 16-bit words
 * tells it from any other, for 131,070 flows: where one half of the client's
 * address or the server's port goes up, the client's port goes down.
 */
static void colliding_client(uint64_t i)
{
	uint16_t low = (uint16_t)(i % 65535);
	unsigned int high = i / 65535 % 2;

	frame.host = high << 16 | low;
	frame.port = (uint16_t)(65535 - low);
	frame.server_port = (uint16_t)(SERVER_PORT + 1 - high);
}

static void write_batch(unsigned int n)
{
	struct pcap_pkthdr header = { 0 };
	unsigned int i;

	for (i = 0; i < n; i++) {
		header.ts.tv_sec = 1700000000 + (time_t)(packets / 1000000);
		header.ts.tv_usec = (suseconds_t)(packets % 1000000);
		header.len = (bpf_u_int32)iov[i].iov_len;
		header.caplen = header.len;
		pcap_dump((u_char *)capture, &header, frames[i]);
		packets++;
	}
}

static void send_batch(int side, unsigned int n)
{
	unsigned int done = 0;
	int ret;

	if (capture) {
		write_batch(n);
		return;
	}
	while (done < n) {
		ret = sendmmsg(side_fd[side], batch + done, n - done, 0);
		if (ret < 0)
			die("sendmmsg");
		done += (unsigned int)ret;
	}
	packets += n;
}

/* One packet of each flow. */
static void send_all(int side, uint8_t flags, size_t payload)
{
	unsigned int n = 0;
	uint64_t i;

	frame.reply = side == SERVER;
	frame.flags = flags;
	frame.seq = next_seq[side];
	frame.ack = flags & TH_ACK ? next_seq[!side] : 0;
	frame.payload = payload;
	memcpy(frame.mac, side_mac[side], ETH_ALEN);
	for (i = first; i < first + flows; i++) {
		if (colliding)
			colliding_client(i);
		else
			frame_client(&frame, i);
		iov[n].iov_base = frames[n];
		iov[n].iov_len = sizeof(struct ether_header) +
				 frame_put(frames[n], &frame);
		batch[n].msg_hdr.msg_iov = &iov[n];
		batch[n].msg_hdr.msg_iovlen = 1;
		if (++n < BATCH)
			continue;
		send_batch(side, n);
		n = 0;
	}
	send_batch(side, n);
	next_seq[side] += (uint32_t)payload + !!(flags & TH_SYN);
}

static void send_round(void)
{
	if (frame.proto == IPPROTO_UDP) {
		send_all(CLIENT, 0, UDP_PAYLOAD);
	} else if (!both_ways) {
		send_all(CLIENT, TH_SYN, 0);
	} else {
		send_all(CLIENT, TH_PUSH | TH_ACK, TCP_PAYLOAD);
		send_all(SERVER, TH_ACK, 0);
	}
}

/* A little more than the handshake: what happens once a connection is over. */
static void open_connections(void)
{
	send_all(CLIENT, TH_SYN, 0);
	send_all(SERVER, TH_SYN | TH_ACK, 0);
	send_all(CLIENT, TH_ACK, 0);
	send_all(SERVER, TH_PUSH | TH_ACK, TCP_PAYLOAD);
	send_all(CLIENT, TH_ACK, 0);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void run(void)
{
	uint64_t began;
	unsigned long i;

	if (both_ways)
		open_connections();
	for (i = 0; i < warm; i++)
		send_round();
	warm_packets = packets;
	began = now_ns();
	for (i = 0; i < rounds; i++)
		send_round();
	printf("{\"sent\":%llu,\"packets\":%llu,\"ns\":%llu}\n",
	       (unsigned long long)packets,
	       (unsigned long long)(packets - warm_packets),
	       (unsigned long long)(now_ns() - began));
}

/* "NS,DEV,MAC": leaves this process in that namespace. */
static bool open_side(int side, char *text)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	char *ns = strtok(text, ","), *device = strtok(NULL, ",");
	char *mac = strtok(NULL, ","), path[256];
	int fd;

	if (!mac || !ether_aton_r(mac, (struct ether_addr *)side_mac[side]))
		return false;
	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
	at.sll_ifindex = (int)if_nametoindex(device);
	/* Protocol 0: it receives nothing. */
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || !at.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die(device);
	side_fd[side] = fd;
	return true;
}

static bool open_capture(const char *name)
{
	capture = pcap_dump_open(pcap_open_dead(DLT_EN10MB, FRAME_MAX), name);
	return capture;
}

static bool number(unsigned long *value)
{
	char *end;

	*value = strtoul(optarg, &end, 10);
	return end != optarg && !*end;
}

static bool take_option(int option)
{
	switch (option) {
	case 's':
		return frame_set_server(&frame, optarg);
	case 'c':
		return open_side(CLIENT, optarg);
	case 'h':
		return open_side(SERVER, optarg);
	case 'o':
		return open_capture(optarg);
	case 'n':
		return number(&flows) && flows;
	case 'f':
		return number(&first);
	case 'w':
		return number(&warm);
	case 'r':
		return number(&rounds) && rounds;
	case 'x':
		colliding = true;
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "server", required_argument, NULL, 's' },
		{ "client", required_argument, NULL, 'c' },
		{ "host", required_argument, NULL, 'h' },
		{ "write", required_argument, NULL, 'o' },
		{ "flows", required_argument, NULL, 'n' },
		{ "first", required_argument, NULL, 'f' },
		{ "warm", required_argument, NULL, 'w' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "colliding", no_argument, NULL, 'x' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take_option(option))
			return usage();
	if (optind + 1 != argc || !frame.family)
		return usage();
	frame.proto = strcmp(argv[optind], "udp") ? IPPROTO_TCP : IPPROTO_UDP;
	both_ways = !strcmp(argv[optind], "tcp");
	if (!capture && (side_fd[CLIENT] < 0 ||
			 (both_ways && side_fd[SERVER] < 0)))
		return usage();
	run();
	if (capture)
		pcap_dump_close(capture);
	return 0;
}
