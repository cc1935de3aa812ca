/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames between many clients and one server, to be sent past a stack. Clients
 * are told apart by their ports first, then by their addresses, of which there
 * are many: 10.128.0.0/9 and fd80::/32.
 */
#ifndef TUPLESTAT_SELFTESTS_FRAME_H
#define TUPLESTAT_SELFTESTS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <net/ethernet.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>

#define FRAME_PAYLOAD_MAX 1400
#define FRAME_MAX (sizeof(struct ether_header) + sizeof(struct ip6_hdr) + \
		   sizeof(struct tcphdr) + FRAME_PAYLOAD_MAX)

/* Ports of clients, from the first one on. */
#define FRAME_PORT_FIRST 1024
#define FRAME_PORTS 60000

/**
 * struct frame - what a frame says
 * @mac: where it goes
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @reply: it is from the server
 * @server: its address
 * @server_port: where it listens
 * @host: number of the client's address, below 2^23
 * @port: the client's
 * @flags: of TCP, as on the wire
 * @seq: of TCP
 * @ack: of TCP
 * @payload: bytes, zeros
 */
struct frame {
	uint8_t mac[ETH_ALEN];
	int family;
	uint8_t proto;
	bool reply;
	uint8_t server[16];
	uint16_t server_port;
	uint64_t host;
	uint16_t port;
	uint8_t flags;
	uint32_t seq;
	uint32_t ack;
	size_t payload;
};

/* The frame becomes one of client @client. */
static inline void frame_client(struct frame *frame, uint64_t client)
{
	frame->host = 1 + client / FRAME_PORTS;
	frame->port = (uint16_t)(FRAME_PORT_FIRST + client % FRAME_PORTS);
}

bool frame_set_server(struct frame *frame, const char *addr);
size_t frame_put(uint8_t *at, const struct frame *frame);

#endif /* TUPLESTAT_SELFTESTS_FRAME_H */
