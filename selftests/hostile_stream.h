/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that no honest host sends: those of a capture, damaged at random. A
 * packet depends on the seed and on its number alone, so that a stream can be
 * sent again, and one packet of it by itself.
 */
#ifndef HOSTILE_STREAM_H
#define HOSTILE_STREAM_H

#include <linux/virtio_net.h>
#include <stddef.h>
#include <stdint.h>

/* No IP packet is longer, but for jumbograms. */
#define STREAM_PACKET_MAX 65535

/**
 * struct stream_packet - a packet, from the IP header on
 * @len: octets of it
 * @family: AF_INET or AF_INET6: what the device is told that it is
 * @vnet: what a virtual machine would claim of it
 * @bytes: the octets
 */
struct stream_packet {
	size_t len;
	int family;
	struct virtio_net_hdr vnet;
	uint8_t bytes[STREAM_PACKET_MAX];
};

void stream_open(const char *pcap, uint64_t seed);
void stream_packet(uint64_t number, struct stream_packet *pkt);
void stream_claim(uint64_t number, struct stream_packet *pkt);
void stream_aggregate(uint64_t number, struct stream_packet *pkt);
size_t stream_cuts(uint64_t number, size_t len, size_t *cuts, size_t most);

#endif /* HOSTILE_STREAM_H */
