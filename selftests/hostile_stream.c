// SPDX-License-Identifier: GPL-2.0
/* Packets that no honest host sends, see hostile_stream.h. */
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile_stream.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

#define IPV4_LEN 20
#define IPV6_LEN 40
#define IPV4_TIMESTAMP 68
#define HEADERS 80 /* octets in which the headers are */

/* A packet that stands for more than this takes too long. */
#define SEGMENTS_MAX 256

struct base {
	size_t len;
	uint8_t *bytes;
};

static struct base *base;
static size_t bases;
static uint64_t stream_seed, state;

/* --- chance --- */

/* splitmix64 */
static uint64_t chance(void)
{
	uint64_t x = state += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static size_t below(size_t limit)
{
	return chance() % limit;
}

static bool percent(unsigned int of_hundred)
{
	return below(100) < of_hundred;
}

/* The draws of one packet, for one of several purposes. */
static void begin_draws(uint64_t number, uint64_t purpose)
{
	state = stream_seed ^ purpose << 56 ^ number * 0xd1342543de82ef95;
	chance();
}

/* Next to where something changes, or anywhere */
static uint16_t odd_word(void)
{
	static const uint16_t words[] = {
		0, 1, 5, 7, 8, 19, 20, 39, 40, 0x1fff, 0x2000, 0x2001, 0x4000,
		0x7fff, 0x8000, 0xfff8, 0xfffe, 0xffff,
	};

	return percent(50) ? words[below(LEN(words))] : (uint16_t)chance();
}

/* --- octets --- */

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put_checksum(uint8_t *header, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	put16(header + 10, 0);
	for (i = 0; i < len; i += 2)
		sum += get16(header + i);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(header + 10, (uint16_t)~(sum + (sum >> 16)));
}

/* Some room at @at, which is not behind the end. Returns whether there is. */
static bool make_room(struct stream_packet *pkt, size_t at, size_t len)
{
	if (at > pkt->len || pkt->len + len > sizeof(pkt->bytes))
		return false;
	memmove(pkt->bytes + at + len, pkt->bytes + at, pkt->len - at);
	pkt->len += len;
	return true;
}

static bool is_version(const struct stream_packet *pkt, int version,
		       size_t header_len)
{
	return pkt->len >= header_len && pkt->bytes[0] >> 4 == version;
}

/* Where layer 4 begins if there is nothing unusual before it, and which. */
static size_t layer4(const struct stream_packet *pkt, uint8_t *proto)
{
	if (is_version(pkt, 4, IPV4_LEN)) {
		*proto = pkt->bytes[9];
		return (pkt->bytes[0] & 15) * 4;
	}
	if (is_version(pkt, 6, IPV6_LEN)) {
		*proto = pkt->bytes[6];
		return IPV6_LEN;
	}
	*proto = 0;
	return pkt->len;
}

/* --- damage --- */

static uint8_t *some_octet(struct stream_packet *pkt)
{
	return pkt->bytes + below(pkt->len < HEADERS ? pkt->len : HEADERS);
}

static void flip_bit(struct stream_packet *pkt)
{
	*some_octet(pkt) ^= (uint8_t)(1 << below(8));
}

static void set_octet(struct stream_packet *pkt)
{
	static const uint8_t octets[] = {
		0, 1, 6, 17, 43, 44, 51, 60, 127, 135, 255
	};

	*some_octet(pkt) = percent(70) ? octets[below(LEN(octets))] :
					 (uint8_t)chance();
}

static void set_word(struct stream_packet *pkt)
{
	size_t at = below(HEADERS) & ~1UL;

	if (at + 2 <= pkt->len)
		put16(pkt->bytes + at, odd_word());
}

static void cut(struct stream_packet *pkt)
{
	size_t most = percent(70) && pkt->len > HEADERS ? HEADERS : pkt->len;

	pkt->len = 1 + below(most);
}

static void lengthen(struct stream_packet *pkt)
{
	size_t at = pkt->len, len = 1 + below(100);

	if (make_room(pkt, at, len))
		memset(pkt->bytes + at, (int)chance(), len);
}

/* Options of IPv4 that mean nothing, or something else every time. */
static void add_options(struct stream_packet *pkt)
{
	size_t len = (pkt->bytes[0] & 15) * 4, more = 4 * below(11), i;

	if (!is_version(pkt, 4, IPV4_LEN) || len < IPV4_LEN ||
	    len + more > 60 || !make_room(pkt, len < pkt->len ? len : pkt->len, more))
		return;
	for (i = 0; i < more && len + i < pkt->len; i++)
		pkt->bytes[len + i] = percent(80) ? 1 : (uint8_t)chance();
	pkt->bytes[0] = (uint8_t)(4 << 4 | (len + more) / 4);
}

/* One extension header; the next header stays what it was. */
static void add_exthdr(struct stream_packet *pkt)
{
	static const uint8_t kinds[] = { 0, 43, 44, 51, 60, 135 };
	uint8_t kind = kinds[below(LEN(kinds))];
	size_t units = kind == 44 ? 0 : below(4), i;
	uint8_t *header = pkt->bytes + IPV6_LEN;

	if (!make_room(pkt, IPV6_LEN, 8 * (units + 1)))
		return;
	for (i = 2; i < 8 * (units + 1); i++)
		header[i] = percent(70) ? 0 : (uint8_t)chance();
	header[0] = pkt->bytes[6];
	header[1] = (uint8_t)(kind == 51 ? 2 * units : units);
	if (percent(10))
		header[1] = (uint8_t)chance();
	pkt->bytes[6] = kind;
}

static void add_headers(struct stream_packet *pkt)
{
	size_t i;

	if (!is_version(pkt, 6, IPV6_LEN)) {
		add_options(pkt);
		return;
	}
	for (i = percent(80) ? 1 + below(3) : 10; i; i--)
		add_exthdr(pkt);
}

/* Any offset, also within the first one or beyond 65535. */
static void make_fragment(struct stream_packet *pkt)
{
	size_t field = percent(50) ? below(16) : odd_word();

	if (is_version(pkt, 4, IPV4_LEN)) {
		put16(pkt->bytes + 6, (percent(50) ? 0x2000 : 0) | field);
		put16(pkt->bytes + 4, below(64));
	} else if (is_version(pkt, 6, IPV6_LEN) &&
		   make_room(pkt, IPV6_LEN, 8)) {
		memset(pkt->bytes + IPV6_LEN, 0, 8);
		pkt->bytes[IPV6_LEN] = pkt->bytes[6];
		put16(pkt->bytes + IPV6_LEN + 2, field);
		pkt->bytes[IPV6_LEN + 7] = (uint8_t)below(64);
		pkt->bytes[6] = 44;
	}
}

static void damage_tcp(uint8_t *tcp)
{
	if (percent(50))
		tcp[13] = (uint8_t)chance();
	if (percent(50))
		tcp[12] = (uint8_t)(below(16) << 4);
	if (percent(30))
		put16(tcp + 14, odd_word());
	if (percent(30))
		memset(tcp + 4, (int)chance(), 8);
}

static void damage_layer4(struct stream_packet *pkt)
{
	uint8_t proto;
	size_t at = layer4(pkt, &proto);

	if (at + 8 > pkt->len)
		return;
	if (percent(30))
		put16(pkt->bytes + at + 2 * below(2), 0);
	if (proto == IPPROTO_UDP)
		put16(pkt->bytes + at + 4, odd_word());
	else if (proto == IPPROTO_TCP && at + 20 <= pkt->len)
		damage_tcp(pkt->bytes + at);
}

/* From a host to itself, from and to the same port ("land") */
static void same_ends(struct stream_packet *pkt)
{
	uint8_t proto;
	size_t at = layer4(pkt, &proto);

	if (is_version(pkt, 4, IPV4_LEN))
		memcpy(pkt->bytes + 16, pkt->bytes + 12, 4);
	else if (is_version(pkt, 6, IPV6_LEN))
		memcpy(pkt->bytes + 24, pkt->bytes + 8, 16);
	if (at + 4 <= pkt->len)
		memcpy(pkt->bytes + at + 2, pkt->bytes + at, 2);
}

static void damage(struct stream_packet *pkt)
{
	static void (*const ways[])(struct stream_packet *) = {
		flip_bit, set_octet, set_word, cut, lengthen, add_headers,
		add_headers, make_fragment, damage_layer4, damage_layer4,
		same_ends,
	};

	ways[below(LEN(ways))](pkt);
}

/* What depends on the time would differ from one run to the next. */
static void no_timestamps(struct stream_packet *pkt)
{
	size_t i;

	for (i = IPV4_LEN; i < (pkt->bytes[0] & 15) * 4U && i < pkt->len; i++)
		if (pkt->bytes[0] >> 4 == 4 && pkt->bytes[i] == IPV4_TIMESTAMP)
			pkt->bytes[i] = 1;
}

/* With a length or a checksum that is wrong, few come as far as the hooks. */
static void mend(struct stream_packet *pkt)
{
	size_t header = (pkt->bytes[0] & 15) * 4;

	if (is_version(pkt, 4, IPV4_LEN) && header >= IPV4_LEN &&
	    header <= pkt->len) {
		put16(pkt->bytes + 2, percent(90) ? pkt->len :
				      header + below(pkt->len - header + 1));
		put_checksum(pkt->bytes, header);
	} else if (is_version(pkt, 6, IPV6_LEN)) {
		put16(pkt->bytes + 4, percent(90) ? pkt->len - IPV6_LEN :
				      below(pkt->len - IPV6_LEN + 1));
	}
}

/* --- what a virtual machine claims --- */

static uint16_t small_or_odd(size_t small)
{
	return percent(50) ? (uint16_t)below(small) : odd_word();
}

/* The truth in part, so that some of it is believed. */
static void claim_anything(struct stream_packet *pkt)
{
	static const uint8_t kinds[] = { 0, 1, 3, 4, 5, 0x81, 0x84, 2, 255 };
	struct virtio_net_hdr *claim = &pkt->vnet;
	uint8_t proto;
	size_t at = layer4(pkt, &proto);

	claim->flags = percent(70) ? 1 : (uint8_t)below(8);
	claim->gso_type = kinds[below(LEN(kinds))];
	if (percent(60) && proto == IPPROTO_TCP)
		claim->gso_type = pkt->family == AF_INET ? 1 : 4;
	if (percent(60) && proto == IPPROTO_UDP)
		claim->gso_type = percent(60) ? 3 : 5;
	claim->hdr_len = small_or_odd(100);
	claim->gso_size = small_or_odd(1500);
	claim->csum_start = percent(70) ? (uint16_t)at : small_or_odd(100);
	claim->csum_offset = percent(70) ? (proto == IPPROTO_UDP ? 6 : 16) :
					   small_or_odd(100);
	if (claim->gso_size && claim->gso_size < pkt->len / SEGMENTS_MAX)
		claim->gso_size = (uint16_t)(1 + pkt->len / SEGMENTS_MAX);
}

/* --- the packets --- */

static void copy_base(uint64_t number, struct stream_packet *pkt)
{
	const struct base *from = &base[number % bases];

	pkt->len = from->len;
	memcpy(pkt->bytes, from->bytes, from->len);
	pkt->family = from->bytes[0] >> 4 == 6 ? AF_INET6 : AF_INET;
	memset(&pkt->vnet, 0, sizeof(pkt->vnet));
}

/**
 * stream_packet() - a packet of the capture, four of five of them damaged
 * @number: which one
 * @pkt: written
 */
void stream_packet(uint64_t number, struct stream_packet *pkt)
{
	size_t i;

	begin_draws(number, 0);
	copy_base(number, pkt);
	if (percent(20))
		return;
	for (i = 1 + below(3); i; i--)
		damage(pkt);
	no_timestamps(pkt);
	if (percent(85))
		mend(pkt);
}

/**
 * stream_claim() - a damaged packet, and what it claims to be an aggregate of
 * @number: which one
 * @pkt: written
 */
void stream_claim(uint64_t number, struct stream_packet *pkt)
{
	size_t more;

	stream_packet(number, pkt);
	begin_draws(number, 1);
	more = below(20000);
	if (percent(25) && make_room(pkt, pkt->len, more)) {
		memset(pkt->bytes + pkt->len - more, 0, more);
		mend(pkt);
	}
	if (percent(80))
		claim_anything(pkt);
}

/* Whole, with nothing between IP and TCP or UDP, and lengths that agree. */
static bool is_plain(const struct stream_packet *pkt)
{
	uint8_t proto;
	size_t at = layer4(pkt, &proto);

	if (pkt->family == AF_INET &&
	    (get16(pkt->bytes + 6) || get16(pkt->bytes + 2) != pkt->len))
		return false;
	if (pkt->family == AF_INET6 &&
	    get16(pkt->bytes + 4) != pkt->len - IPV6_LEN)
		return false;
	if (proto == IPPROTO_UDP)
		return at + 8 <= pkt->len &&
		       get16(pkt->bytes + at + 4) == pkt->len - at;
	return proto == IPPROTO_TCP && at + 20 <= pkt->len &&
	       pkt->bytes[at + 12] >> 4 >= 5 &&
	       at + (pkt->bytes[at + 12] >> 4) * 4U <= pkt->len;
}

/*
 * What it carries, and what each segment is to carry of that. Nothing between:
 * the options of TCP make the kernel take one segment for two, then drop it.
 */
static void aggregate_sizes(size_t *payload, size_t *segment)
{
	*segment = 8 * (25 + below(147));
	*payload = percent(50) ? 1 + below(*segment) : 1 + below(60000);
	if (*payload / SEGMENTS_MAX > *segment)
		*payload = *segment * SEGMENTS_MAX;
	if (percent(20)) /* no rest, or an octet of it */
		*payload = *segment * (1 + below(8)) + below(2);
}

/* A flow for each, so that none is the end of another. */
static void set_ports(uint8_t *l4, uint64_t number)
{
	put16(l4, (uint16_t)number);
	put16(l4 + 2, 1024 + (size_t)(number >> 16));
}

static void set_payload(struct stream_packet *pkt, size_t header, size_t len)
{
	uint8_t proto;
	size_t at = layer4(pkt, &proto);

	pkt->len = header + len;
	memset(pkt->bytes + header, 0x5a, len);
	if (proto == IPPROTO_UDP)
		put16(pkt->bytes + at + 4, pkt->len - at);
	if (pkt->family == AF_INET) {
		memcpy(pkt->bytes + 16, "\x0a\x09\x09\x09", 4);
		put16(pkt->bytes + 2, pkt->len);
		put_checksum(pkt->bytes, at);
	} else {
		memcpy(pkt->bytes + 24, "\xfd\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\x09",
		       16);
		put16(pkt->bytes + 4, pkt->len - IPV6_LEN);
	}
}

/**
 * stream_aggregate() - a packet that stands for several, and says so truly
 * @number: which one
 * @pkt: written; it goes to 10.9.9.9 or fd09::9
 */
void stream_aggregate(uint64_t number, struct stream_packet *pkt)
{
	size_t at, header, payload, segment;
	uint64_t like = number;
	uint8_t proto;

	begin_draws(number, 2);
	do
		copy_base(like++, pkt);
	while (!is_plain(pkt));
	at = layer4(pkt, &proto);
	set_ports(pkt->bytes + at, number);
	header = at + (proto == IPPROTO_UDP ? 8 :
		       (pkt->bytes[at + 12] >> 4) * 4U);
	aggregate_sizes(&payload, &segment);
	set_payload(pkt, header, payload);
	pkt->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	pkt->vnet.csum_start = (uint16_t)at;
	pkt->vnet.csum_offset = proto == IPPROTO_UDP ? 6 : 16;
	if (payload <= segment)
		return;
	pkt->vnet.hdr_len = (uint16_t)header;
	pkt->vnet.gso_size = (uint16_t)segment;
	if (proto == IPPROTO_UDP)
		pkt->vnet.gso_type = percent(60) ? 3 : 5;
	else
		pkt->vnet.gso_type = pkt->family == AF_INET ? 1 : 4;
	if (proto == IPPROTO_TCP && pkt->bytes[at + 13] & 0x80)
		pkt->vnet.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
}

/**
 * stream_cuts() - pieces to hand a packet over in
 * @number: which packet
 * @len: octets of it
 * @cuts: written, the length of each piece; short ones in the headers
 * @most: how many there may be
 *
 * Return: how many there are.
 */
size_t stream_cuts(uint64_t number, size_t len, size_t *cuts, size_t most)
{
	size_t count = 0, piece;

	begin_draws(number, 3);
	while (len) {
		piece = count < most / 2 ? 1 + below(24) : 4096;
		if (count == most - 1 || piece > len)
			piece = len;
		cuts[count++] = piece;
		len -= piece;
	}
	return count;
}

static void add_base(const uint8_t *bytes, size_t len)
{
	base = realloc(base, (bases + 1) * sizeof(*base));
	if (base)
		base[bases].bytes = malloc(len);
	if (!base || !base[bases].bytes) {
		fprintf(stderr, "hostile_packets: no memory\n");
		exit(2);
	}
	memcpy(base[bases].bytes, bytes, len);
	base[bases++].len = len;
}

/**
 * stream_open() - read the packets that the stream is made of
 * @pcap: a capture of raw IP packets, whole
 * @seed: of all chance
 */
void stream_open(const char *pcap, uint64_t seed)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	pcap_t *from;

	from = pcap_open_offline(pcap, error);
	if (!from || pcap_datalink(from) != DLT_RAW) {
		fprintf(stderr, "hostile_packets: %s\n",
			*error ? error : "not a capture of raw IP packets");
		exit(2);
	}
	while (pcap_next_ex(from, &header, &bytes) == 1)
		if (header->caplen)
			add_base(bytes, header->caplen);
	pcap_close(from);
	if (!bases) {
		fprintf(stderr, "hostile_packets: %s: no packets\n", pcap);
		exit(2);
	}
	stream_seed = seed;
}
