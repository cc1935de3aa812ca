// SPDX-License-Identifier: GPL-2.0
/*
 * From the bytes of a packet to its 5-tuple, lengths and TCP fields.
 *
 * Every length is distrusted on its own: what the reader has, what the IP
 * header says, and what the header above says.
 */
#include "parse.h"

/* IPv4 header, RFC 791 section 3.1: offsets in octets. */
enum {
	IPV4_VERSION_IHL = 0,
	IPV4_TOTAL_LEN = 2,
	IPV4_FRAGMENT = 6,
	IPV4_PROTOCOL = 9,
	IPV4_SRC = 12,
	IPV4_DST = 16,
	IPV4_MIN_LEN = 20,
	IPV4_MORE_FRAGMENTS = 0x2000,
	IPV4_FRAGMENT_OFFSET = 0x1fff,
};

/* IPv6 header, RFC 8200 section 3. */
enum {
	IPV6_PAYLOAD_LEN = 4,
	IPV6_NEXT_HEADER = 6,
	IPV6_SRC = 8,
	IPV6_DST = 24,
	IPV6_LEN = 40,
};

/* Extension headers, RFC 8200 section 4; options, section 4.2. */
enum {
	EXTHDR_NEXT = 0,
	EXTHDR_LEN = 1,
	EXTHDR_OPTIONS = 2,
	IPV6_OPTION_PAD1 = 0,
};

/* Fragment header, RFC 8200 section 4.5. */
enum {
	FRAGMENT_OFFSET = 2,
	FRAGMENT_LEN = 8,
	IPV6_FRAGMENT_OFFSET = 0xfff8,
	IPV6_MORE_FRAGMENTS = 0x0001,
};

/* UDP header, RFC 768. */
enum {
	UDP_LENGTH = 4,
	UDP_MIN_LEN = 8,
};

/* TCP header, RFC 9293 section 3.1. */
enum {
	TCP_SEQ = 4,
	TCP_ACK = 8,
	TCP_DATA_OFFSET = 12,
	TCP_FLAGS = 13,
	TCP_WINDOW = 14,
	TCP_MIN_LEN = 20,
};

/* Both begin with the ports. */
enum {
	L4_SRC_PORT = 0,
	L4_DST_PORT = 2,
};

/* Jumbo Payload option, RFC 2675 section 2. */
enum {
	JUMBO_TYPE = 0xc2,
	JUMBO_OPTION_LEN = 6,
};

/*
 * Where a layer begins, what it is, and whose addresses stand before it;
 * @length_differs where its own length need not be what is there.
 */
struct layer {
	const u8 *src;
	const u8 *dst;
	u32 offset;
	u8 family;
	u8 proto;
	bool length_differs;
};

/*
 * @len octets at @offset: in place where they lie in one piece, else copied
 * to @scratch; NULL where the packet ends before them.
 */
static const u8 *pull(const struct tstat_reader *reader, u32 offset, u32 len,
		      void *scratch)
{
	if (likely(len <= reader->head_len && offset <= reader->head_len - len))
		return reader->head + offset;
	if (!reader->copy || reader->copy(reader, offset, scratch, len))
		return NULL;
	return scratch;
}

static bool fail(struct tstat_packet *pkt, enum tuplestat_unattributed reason)
{
	pkt->unattributed = reason;
	return false;
}

static bool parse_tcp(const u8 *tcp, struct tstat_packet *pkt)
{
	u32 len = (tcp[TCP_DATA_OFFSET] >> 4) * 4;

	if (len < TCP_MIN_LEN)
		return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
	if (len > pkt->l4_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);

	pkt->payload_len = pkt->l4_len - len;
	pkt->seq = get_unaligned_be32(tcp + TCP_SEQ);
	pkt->ack = get_unaligned_be32(tcp + TCP_ACK);
	pkt->window = get_unaligned_be16(tcp + TCP_WINDOW);
	pkt->tcp_flags = tcp[TCP_FLAGS];
	return true;
}

/*
 * The length field of UDP is the whole datagram's: of a first fragment it is
 * more than is there, of an aggregate it is whatever the stack left, and zero
 * for a jumbogram (RFC 2675 section 4).
 */
static bool parse_udp(const u8 *udp, const struct layer *at,
		      struct tstat_packet *pkt)
{
	u32 len = get_unaligned_be16(udp + UDP_LENGTH);

	pkt->tcp_flags = 0;
	pkt->payload_len = pkt->l4_len - UDP_MIN_LEN;
	if (at->length_differs || (!len && at->family == AF_INET6))
		return true;
	if (len < UDP_MIN_LEN)
		return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
	if (len > pkt->l4_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	/* What follows a shorter datagram is no payload (RFC 9868). */
	pkt->payload_len = len - UDP_MIN_LEN;
	return true;
}

static bool parse_l4(const struct tstat_reader *reader, const struct layer *at,
		     struct tstat_packet *pkt)
{
	u32 min_len = at->proto == IPPROTO_TCP ? TCP_MIN_LEN : UDP_MIN_LEN;
	__be16 src_port, dst_port;
	u8 scratch[TCP_MIN_LEN];
	const u8 *l4;
	bool known;

	/* A chain of headers may run past what the IP header says. */
	if (at->offset > pkt->ip_len || pkt->ip_len - at->offset < min_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	pkt->l4_len = pkt->ip_len - at->offset;
	l4 = pull(reader, at->offset, min_len, scratch);
	if (!l4)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);

	known = at->proto == IPPROTO_TCP ? parse_tcp(l4, pkt) :
					   parse_udp(l4, at, pkt);
	if (!known)
		return false;

	memcpy(&src_port, l4 + L4_SRC_PORT, sizeof(src_port));
	memcpy(&dst_port, l4 + L4_DST_PORT, sizeof(dst_port));
	pkt->packets = 1;
	pkt->sender = tstat_tuple_init(&pkt->tuple, at->family, at->proto,
				       at->src, at->dst, src_port, dst_port);
	return true;
}

static bool is_l4(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static bool parse_ipv4(const struct tstat_reader *reader,
		       struct tstat_packet *pkt)
{
	struct layer at = { .family = AF_INET };
	u8 scratch[IPV4_MIN_LEN];
	u32 header_len;
	const u8 *ip;
	u16 fragment;

	ip = pull(reader, 0, IPV4_MIN_LEN, scratch);
	if (!ip)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	header_len = (ip[IPV4_VERSION_IHL] & 0x0f) * 4;
	pkt->ip_len = get_unaligned_be16(ip + IPV4_TOTAL_LEN);
	/* Of an aggregate above 64 KiB (BIG TCP) the header says zero. */
	if (!pkt->ip_len && reader->aggregate)
		pkt->ip_len = reader->wire_len;
	if (header_len < IPV4_MIN_LEN || pkt->ip_len < header_len)
		return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
	if (pkt->ip_len > reader->wire_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);

	at.proto = ip[IPV4_PROTOCOL];
	if (!is_l4(at.proto))
		return fail(pkt, TUPLESTAT_UNATTR_PROTOCOL);
	fragment = get_unaligned_be16(ip + IPV4_FRAGMENT);
	if (fragment & IPV4_FRAGMENT_OFFSET)
		return fail(pkt, TUPLESTAT_UNATTR_FRAGMENT);
	at.length_differs = reader->aggregate || fragment & IPV4_MORE_FRAGMENTS;
	at.src = ip + IPV4_SRC;
	at.dst = ip + IPV4_DST;
	at.offset = header_len;
	return parse_l4(reader, &at, pkt);
}

/* Octets of the extension header at @header, or 0 if it is none. */
static u32 exthdr_len(u8 proto, const u8 *header)
{
	switch (proto) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
		return (header[EXTHDR_LEN] + 1) * 8;
	case IPPROTO_FRAGMENT:
		return FRAGMENT_LEN;
	case IPPROTO_AH:
		/* RFC 4302 section 2.2: in 32-bit words, minus 2 */
		return (header[EXTHDR_LEN] + 2) * 4;
	default:
		return 0;
	}
}

/*
 * The length of a jumbogram stands in a hop-by-hop option (RFC 2675). Stops
 * after as many options as a host would look at, as net.ipv6.max_hbh_opts_number.
 */
static u32 jumbo_len(const struct tstat_reader *reader, u32 offset, u32 end)
{
	u8 scratch[JUMBO_OPTION_LEN];
	const u8 *option;
	int i;

	offset += EXTHDR_OPTIONS;
	for (i = 0; i < TSTAT_EXTHDR_MAX && offset + JUMBO_OPTION_LEN <= end;
	     i++) {
		option = pull(reader, offset, JUMBO_OPTION_LEN, scratch);
		if (!option)
			return 0;
		if (option[0] == JUMBO_TYPE && option[1] == 4)
			return get_unaligned_be32(option + 2);
		offset += option[0] == IPV6_OPTION_PAD1 ? 1 : 2 + option[1];
	}
	return 0;
}

/* Moves @at behind one extension header. */
static bool next_header(const struct tstat_reader *reader, struct layer *at,
			struct tstat_packet *pkt)
{
	u8 scratch[FRAGMENT_LEN];
	const u8 *header;
	u16 fragment;
	u32 len;

	header = pull(reader, at->offset, sizeof(scratch), scratch);
	if (!header)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	len = exthdr_len(at->proto, header);
	if (at->proto == IPPROTO_FRAGMENT) {
		fragment = get_unaligned_be16(header + FRAGMENT_OFFSET);
		/* A later fragment names the protocol, but has no ports. */
		if (fragment & IPV6_FRAGMENT_OFFSET)
			return fail(pkt, is_l4(header[EXTHDR_NEXT]) ?
					 TUPLESTAT_UNATTR_FRAGMENT :
					 TUPLESTAT_UNATTR_PROTOCOL);
		at->length_differs |= fragment & IPV6_MORE_FRAGMENTS;
	} else if (at->proto == IPPROTO_HOPOPTS && pkt->ip_len == IPV6_LEN) {
		len = jumbo_len(reader, at->offset, at->offset + len);
		if (len <= U16_MAX || len > reader->wire_len - IPV6_LEN)
			return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
		pkt->ip_len = IPV6_LEN + len;
		len = exthdr_len(at->proto, header);
	}
	at->proto = header[EXTHDR_NEXT];
	at->offset += len;
	return true;
}

static bool is_exthdr(u8 proto)
{
	static const u8 longest[FRAGMENT_LEN];

	return exthdr_len(proto, longest);
}

static bool parse_ipv6(const struct tstat_reader *reader,
		       struct tstat_packet *pkt)
{
	struct layer at = { .family = AF_INET6, .offset = IPV6_LEN };
	u8 scratch[IPV6_LEN];
	const u8 *ip;
	int i;

	ip = pull(reader, 0, IPV6_LEN, scratch);
	if (!ip)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	pkt->ip_len = IPV6_LEN + get_unaligned_be16(ip + IPV6_PAYLOAD_LEN);
	at.proto = ip[IPV6_NEXT_HEADER];
	/* An aggregate above 64 KiB (BIG TCP) need not have a jumbo option. */
	if (pkt->ip_len == IPV6_LEN && reader->aggregate && is_l4(at.proto))
		pkt->ip_len = reader->wire_len;
	if (pkt->ip_len > reader->wire_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);

	at.length_differs = reader->aggregate;
	at.src = ip + IPV6_SRC;
	at.dst = ip + IPV6_DST;
	for (i = 0; is_exthdr(at.proto); i++) {
		if (i == TSTAT_EXTHDR_MAX)
			return fail(pkt, TUPLESTAT_UNATTR_EXTHDR);
		if (!next_header(reader, &at, pkt))
			return false;
	}
	if (!is_l4(at.proto))
		return fail(pkt, TUPLESTAT_UNATTR_PROTOCOL);
	return parse_l4(reader, &at, pkt);
}

/**
 * tstat_parse() - read the headers of a packet
 * @reader: where to read
 * @pkt: what they say; where it fails, only @unattributed is written
 *
 * Context: any; neither allocates nor sleeps nor keeps a pointer.
 * Return: whether the packet belongs to a TCP or UDP flow; if not,
 * @pkt->unattributed says why.
 */
bool tstat_parse(const struct tstat_reader *reader, struct tstat_packet *pkt)
{
	u8 scratch;
	const u8 *version = pull(reader, 0, 1, &scratch);

	if (!version)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	switch (*version >> 4) {
	case 4:
		return parse_ipv4(reader, pkt);
	case 6:
		return parse_ipv6(reader, pkt);
	default:
		return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
	}
}

/**
 * tstat_packet_segment() - count an aggregate as the packets it stands for
 * @pkt: a parsed packet; its packets and lengths are rewritten
 * @segment_len: payload bytes that each packet on the wire carries at most
 *	(skb_shared_info.gso_size), 0 leaves @pkt as it is
 *
 * Each of the packets carries the headers again.
 */
void tstat_packet_segment(struct tstat_packet *pkt, u32 segment_len)
{
	u32 ip_header = pkt->ip_len - pkt->payload_len;
	u32 l4_header = pkt->l4_len - pkt->payload_len;

	if (!segment_len || pkt->payload_len <= segment_len)
		return;
	pkt->packets = (pkt->payload_len - 1) / segment_len + 1;
	pkt->ip_len += (pkt->packets - 1) * ip_header;
	pkt->l4_len += (pkt->packets - 1) * l4_header;
}
