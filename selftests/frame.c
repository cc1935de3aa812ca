// SPDX-License-Identifier: GPL-2.0
#include "frame.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>

static uint32_t add_words(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *octets = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)octets[i] << 8 | octets[i + 1];
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static size_t l4_header_len(const struct frame *frame)
{
	return frame->proto == IPPROTO_TCP ? sizeof(struct tcphdr) :
					     sizeof(struct udphdr);
}

/* Layer 4, whose checksum covers @addrs, both addresses; zeros add nothing. */
static void put_l4(uint8_t *at, const struct frame *frame, const uint8_t *addrs,
		   size_t addrs_len)
{
	size_t header_len = l4_header_len(frame);
	size_t len = header_len + frame->payload;
	uint16_t client = htons(frame->port);
	uint16_t server = htons(frame->server_port);
	struct tcphdr *tcp = (struct tcphdr *)at;
	struct udphdr *udp = (struct udphdr *)at;
	uint32_t sum;

	memset(at, 0, len);
	/* Both begin with the ports. */
	udp->source = frame->reply ? server : client;
	udp->dest = frame->reply ? client : server;
	if (frame->proto == IPPROTO_TCP) {
		tcp->seq = htonl(frame->seq);
		tcp->ack_seq = htonl(frame->ack);
		tcp->doff = sizeof(*tcp) / 4;
		tcp->th_flags = frame->flags;
		tcp->window = htons(65535);
	} else {
		udp->len = htons((uint16_t)len);
	}
	sum = add_words((uint32_t)(frame->proto + len), addrs, addrs_len);
	sum = add_words(sum, at, header_len);
	if (frame->proto == IPPROTO_TCP)
		tcp->check = fold(sum);
	else
		udp->check = fold(sum) ?: 0xffff;
}

static size_t put_ipv4(uint8_t *at, const struct frame *frame)
{
	uint32_t client = htonl(0x0a800000 | (frame->host & 0x7fffff)), server;
	struct iphdr *ip = (struct iphdr *)at;
	size_t len = sizeof(*ip) + l4_header_len(frame) + frame->payload;

	memcpy(&server, frame->server, sizeof(server));
	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->ttl = 64;
	ip->protocol = frame->proto;
	ip->saddr = frame->reply ? server : client;
	ip->daddr = frame->reply ? client : server;
	ip->tot_len = htons((uint16_t)len);
	ip->check = fold(add_words(0, ip, sizeof(*ip)));
	put_l4(at + sizeof(*ip), frame, at + 12, 8);
	return len;
}

static size_t put_ipv6(uint8_t *at, const struct frame *frame)
{
	size_t l4_len = l4_header_len(frame) + frame->payload;
	struct ip6_hdr *ip = (struct ip6_hdr *)at;
	struct in6_addr *server, *client;
	int i;

	memset(ip, 0, sizeof(*ip));
	ip->ip6_flow = htonl(6U << 28);
	ip->ip6_plen = htons((uint16_t)l4_len);
	ip->ip6_hlim = 64;
	ip->ip6_nxt = frame->proto;
	server = frame->reply ? &ip->ip6_src : &ip->ip6_dst;
	client = frame->reply ? &ip->ip6_dst : &ip->ip6_src;
	memcpy(server, frame->server, sizeof(*server));
	client->s6_addr[0] = 0xfd;
	client->s6_addr[1] = 0x80;
	for (i = 0; i < 8; i++)
		client->s6_addr[15 - i] = (uint8_t)(frame->host >> (8 * i));
	put_l4(at + sizeof(*ip), frame, at + 8, 32);
	return sizeof(*ip) + l4_len;
}

/**
 * frame_set_server() - where the clients go
 * @frame: whose family and server are set
 * @addr: text, IPv4 or IPv6
 *
 * Return: whether it is an address.
 */
bool frame_set_server(struct frame *frame, const char *addr)
{
	frame->family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	return inet_pton(frame->family, addr, frame->server) == 1;
}

/**
 * frame_put() - write a frame
 * @at: FRAME_MAX bytes, and even
 * @frame: what it says
 *
 * Return: the length of layer 3, an Ethernet header less than the frame's.
 */
size_t frame_put(uint8_t *at, const struct frame *frame)
{
	struct ether_header *eth = (struct ether_header *)at;

	memset(eth, 0, sizeof(*eth));
	memcpy(eth->ether_dhost, frame->mac, sizeof(frame->mac));
	eth->ether_shost[0] = 2;
	if (frame->family == AF_INET) {
		eth->ether_type = htons(ETHERTYPE_IP);
		return put_ipv4(at + sizeof(*eth), frame);
	}
	eth->ether_type = htons(ETHERTYPE_IPV6);
	return put_ipv6(at + sizeof(*eth), frame);
}
