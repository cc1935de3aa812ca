// SPDX-License-Identifier: GPL-2.0
/*
 * From the bytes of a packet to its 5-tuple, lengths and TCP fields.
 *
 * Every length is distrusted on its own: what the reader has, what the IP
 * header says, and what the header above says.
 */
#include "headers.h"
#include "parse.h"

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
	FRAGMENT_ID = 4,
	FRAGMENT_LEN = 8,
	IPV6_FRAGMENT_OFFSET = 0xfff8,
	IPV6_MORE_FRAGMENTS = 0x0001,
};

/* Jumbo Payload option, RFC 2675 section 2. */
enum {
	JUMBO_TYPE = 0xc2,
	JUMBO_OPTION_LEN = 6,
	JUMBO_HEADER_LEN = 8,
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
	/* Without ports it is of no use to the fragments that follow. */
	if (pkt->fragment == TSTAT_FRAGMENT_FIRST)
		pkt->fragment = TSTAT_FRAGMENT_NONE;
	pkt->unattributed = reason;
	return false;
}

/* Neither TCP nor UDP: what is known is how long the IP header is. */
static bool other_protocol(struct tstat_packet *pkt, const struct layer *at)
{
	pkt->l4_len = at->offset < pkt->ip_len ? pkt->ip_len - at->offset : 0;
	return fail(pkt, TUPLESTAT_UNATTR_PROTOCOL);
}

/**
 * tstat_tcp_window_scale() - the one option that is needed, of a SYN
 * @option: the options
 * @len: their octets, at most 40
 *
 * Return: its shift (RFC 7323 section 2.2) or TSTAT_NO_WINDOW_SCALE.
 */
u8 tstat_tcp_window_scale(const u8 *option, u32 len)
{
	u32 at = 0;

	while (at < len && option[at] != HDR_TCP_OPTION_END) {
		if (option[at] == HDR_TCP_OPTION_NOP) {
			at++;
			continue;
		}
		if (at + 1 >= len || option[at + 1] < 2)
			break;
		if (option[at] == HDR_TCP_OPTION_WINDOW_SCALE &&
		    option[at + 1] == 3 && at + 2 < len)
			return option[at + 2];
		at += option[at + 1];
	}
	return TSTAT_NO_WINDOW_SCALE;
}

static u8 parse_window_scale(const struct tstat_reader *reader, u32 offset,
			     u32 len)
{
	u8 scratch[HDR_TCP_OPTIONS_MAX];
	const u8 *option = len ? pull(reader, offset, len, scratch) : NULL;

	return option ? tstat_tcp_window_scale(option, len) :
			TSTAT_NO_WINDOW_SCALE;
}

static bool parse_tcp(const struct tstat_reader *reader, const u8 *tcp,
		      const struct layer *at, struct tstat_packet *pkt)
{
	u32 len = (tcp[HDR_TCP_DATA_OFFSET] >> 4) * 4;

	if (len < HDR_TCP_MIN_LEN)
		return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
	if (len > pkt->l4_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);

	pkt->payload_len = pkt->l4_len - len;
	pkt->seq = get_unaligned_be32(tcp + HDR_TCP_SEQ);
	pkt->ack = get_unaligned_be32(tcp + HDR_TCP_ACK);
	pkt->window = get_unaligned_be16(tcp + HDR_TCP_WINDOW);
	pkt->tcp_flags = tcp[HDR_TCP_FLAGS];
	if (unlikely(pkt->tcp_flags & TSTAT_TCP_SYN))
		pkt->window_scale =
			parse_window_scale(reader, at->offset + HDR_TCP_MIN_LEN,
					   len - HDR_TCP_MIN_LEN);
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
	u32 len = get_unaligned_be16(udp + HDR_UDP_LENGTH);

	pkt->tcp_flags = 0;
	pkt->payload_len = pkt->l4_len - HDR_UDP_MIN_LEN;
	if (at->length_differs || (!len && at->family == AF_INET6))
		return true;
	if (len < HDR_UDP_MIN_LEN)
		return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
	if (len > pkt->l4_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	/* What follows a shorter datagram is no payload (RFC 9868). */
	pkt->payload_len = len - HDR_UDP_MIN_LEN;
	return true;
}

static bool parse_l4(const struct tstat_reader *reader, const struct layer *at,
		     struct tstat_packet *pkt)
{
	u32 min_len = at->proto == IPPROTO_TCP ? HDR_TCP_MIN_LEN :
						 HDR_UDP_MIN_LEN;
	__be16 src_port, dst_port;
	u8 scratch[HDR_TCP_MIN_LEN];
	const u8 *l4;
	bool known;

	/* A chain of headers may run past what the IP header says. */
	if (at->offset > pkt->ip_len || pkt->ip_len - at->offset < min_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	pkt->l4_len = pkt->ip_len - at->offset;
	l4 = pull(reader, at->offset, min_len, scratch);
	if (!l4)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);

	known = at->proto == IPPROTO_TCP ? parse_tcp(reader, l4, at, pkt) :
					   parse_udp(l4, at, pkt);
	if (!known)
		return false;

	memcpy(&src_port, l4 + HDR_L4_SRC_PORT, sizeof(src_port));
	memcpy(&dst_port, l4 + HDR_L4_DST_PORT, sizeof(dst_port));
	pkt->segments = 1;
	pkt->sender = tstat_tuple_init(&pkt->tuple, at->family, at->proto,
				       at->src, at->dst, src_port, dst_port);
	return true;
}

/* Note which datagram a fragment is of; @at is behind the IP headers. */
static bool parse_fragment(const struct layer *at, struct tstat_packet *pkt,
			   u32 id, enum tstat_fragment fragment)
{
	size_t len = at->family == AF_INET ? 4 : 16;

	if (at->offset > pkt->ip_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	memset(&pkt->frag, 0, sizeof(pkt->frag));
	memcpy(pkt->frag.src.bytes, at->src, len);
	memcpy(pkt->frag.dst.bytes, at->dst, len);
	pkt->frag.id = id;
	pkt->frag.family = at->family;
	pkt->frag.proto = at->proto;
	pkt->fragment = fragment;
	if (fragment == TSTAT_FRAGMENT_FIRST)
		return true;
	pkt->tcp_flags = 0;
	pkt->l4_len = pkt->ip_len - at->offset;
	pkt->payload_len = pkt->l4_len;
	return fail(pkt, TUPLESTAT_UNATTR_FRAGMENT);
}

static bool is_l4(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static bool parse_ipv4(const struct tstat_reader *reader,
		       struct tstat_packet *pkt)
{
	struct layer at = { .family = AF_INET };
	u8 scratch[HDR_IPV4_MIN_LEN];
	u32 header_len;
	const u8 *ip;
	u16 fragment;

	ip = pull(reader, 0, HDR_IPV4_MIN_LEN, scratch);
	if (!ip)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	header_len = (ip[HDR_IPV4_VERSION_IHL] & 0x0f) * 4;
	pkt->ip_len = get_unaligned_be16(ip + HDR_IPV4_TOTAL_LEN);
	/* Of an aggregate above 64 KiB (BIG TCP) the header says zero. */
	if (!pkt->ip_len && reader->aggregate)
		pkt->ip_len = reader->wire_len;
	if (header_len < HDR_IPV4_MIN_LEN || pkt->ip_len < header_len)
		return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
	if (pkt->ip_len > reader->wire_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);

	at.proto = ip[HDR_IPV4_PROTOCOL];
	at.src = ip + HDR_IPV4_SRC;
	at.dst = ip + HDR_IPV4_DST;
	at.offset = header_len;
	if (!is_l4(at.proto))
		return other_protocol(pkt, &at);
	fragment = get_unaligned_be16(ip + HDR_IPV4_FRAGMENT);
	at.length_differs = reader->aggregate ||
			    fragment & HDR_IPV4_MORE_FRAGMENTS;
	if (fragment & (HDR_IPV4_MORE_FRAGMENTS | HDR_IPV4_FRAGMENT_OFFSET) &&
	    !parse_fragment(&at, pkt, get_unaligned_be16(ip + HDR_IPV4_ID),
			    fragment & HDR_IPV4_FRAGMENT_OFFSET ?
			    TSTAT_FRAGMENT_LATER : TSTAT_FRAGMENT_FIRST))
		return false;
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
 * The length of a jumbogram stands in a hop-by-hop option (RFC 2675). Looks at
 * as many options as a host would, see net.ipv6.max_hbh_opts_number.
 */
static bool jumbo_header(const struct tstat_reader *reader, u32 header_len,
			 struct tstat_packet *pkt)
{
	u32 offset = HDR_IPV6_LEN + EXTHDR_OPTIONS;
	u32 end = HDR_IPV6_LEN + header_len;
	u8 scratch[JUMBO_OPTION_LEN];
	const u8 *option;
	u32 len = 0;
	int i;

	for (i = 0; i < TSTAT_EXTHDR_MAX && offset + JUMBO_OPTION_LEN <= end;
	     i++) {
		option = pull(reader, offset, JUMBO_OPTION_LEN, scratch);
		if (!option)
			return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
		if (option[0] == JUMBO_TYPE && option[1] == 4) {
			len = get_unaligned_be32(option + 2);
			break;
		}
		offset += option[0] == IPV6_OPTION_PAD1 ? 1 : 2 + option[1];
	}
	if (len <= U16_MAX)
		return fail(pkt, TUPLESTAT_UNATTR_MALFORMED);
	if (len > reader->wire_len - HDR_IPV6_LEN)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	pkt->ip_len = HDR_IPV6_LEN + len;
	/* The stack puts one before what it aggregates to more than 64 KiB. */
	if (reader->aggregate && header_len == JUMBO_HEADER_LEN)
		pkt->jumbo = header_len;
	return true;
}

static bool is_exthdr(u8 proto)
{
	static const u8 longest[FRAGMENT_LEN];

	return exthdr_len(proto, longest);
}

/*
 * A fragment names the header behind it, but only the first one goes on with
 * it. Where that is one more extension header, the later ones do not tell
 * whether TCP or UDP follows.
 */
static bool fragment_header(const u8 *header, struct layer *at,
			    struct tstat_packet *pkt)
{
	u16 fragment = get_unaligned_be16(header + FRAGMENT_OFFSET);

	if (!(fragment & (IPV6_MORE_FRAGMENTS | IPV6_FRAGMENT_OFFSET)))
		return true;
	at->length_differs = true;
	if (is_l4(at->proto) || is_exthdr(at->proto))
		return parse_fragment(at, pkt,
				      get_unaligned_be32(header + FRAGMENT_ID),
				      fragment & IPV6_FRAGMENT_OFFSET ?
				      TSTAT_FRAGMENT_LATER :
				      TSTAT_FRAGMENT_FIRST);
	if (fragment & IPV6_FRAGMENT_OFFSET)
		return fail(pkt, TUPLESTAT_UNATTR_PROTOCOL);
	return true;
}

/* Moves @at behind one extension header. */
static bool next_header(const struct tstat_reader *reader, struct layer *at,
			struct tstat_packet *pkt)
{
	u8 scratch[FRAGMENT_LEN];
	u8 proto = at->proto;
	const u8 *header;
	u32 len;

	header = pull(reader, at->offset, sizeof(scratch), scratch);
	if (!header)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	len = exthdr_len(proto, header);
	if (proto == IPPROTO_HOPOPTS && pkt->ip_len == HDR_IPV6_LEN &&
	    at->offset == HDR_IPV6_LEN && !jumbo_header(reader, len, pkt))
		return false;
	at->proto = header[EXTHDR_NEXT];
	at->offset += len;
	return proto != IPPROTO_FRAGMENT || fragment_header(header, at, pkt);
}

static bool parse_ipv6(const struct tstat_reader *reader,
		       struct tstat_packet *pkt)
{
	struct layer at = { .family = AF_INET6, .offset = HDR_IPV6_LEN };
	u8 scratch[HDR_IPV6_LEN];
	const u8 *ip;
	int i;

	ip = pull(reader, 0, HDR_IPV6_LEN, scratch);
	if (!ip)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);
	pkt->ip_len = HDR_IPV6_LEN +
		      get_unaligned_be16(ip + HDR_IPV6_PAYLOAD_LEN);
	at.proto = ip[HDR_IPV6_NEXT_HEADER];
	/* An aggregate above 64 KiB (BIG TCP) need not have a jumbo option. */
	if (pkt->ip_len == HDR_IPV6_LEN && reader->aggregate && is_l4(at.proto))
		pkt->ip_len = reader->wire_len;
	if (pkt->ip_len > reader->wire_len)
		return fail(pkt, TUPLESTAT_UNATTR_TRUNCATED);

	at.length_differs = reader->aggregate;
	at.src = ip + HDR_IPV6_SRC;
	at.dst = ip + HDR_IPV6_DST;
	for (i = 0; is_exthdr(at.proto); i++) {
		if (i == TSTAT_EXTHDR_MAX)
			return fail(pkt, TUPLESTAT_UNATTR_EXTHDR);
		if (!next_header(reader, &at, pkt))
			return false;
	}
	if (!is_l4(at.proto))
		return other_protocol(pkt, &at);
	return parse_l4(reader, &at, pkt);
}

/**
 * tstat_parse() - read the headers of a packet
 * @reader: where to read
 * @pkt: what they say; where it fails, @unattributed says why
 *
 * Context: any; neither allocates nor sleeps nor keeps a pointer.
 * Return: whether @pkt has its tuple, that of a TCP or UDP flow. A later
 * fragment has none yet: @pkt->fragment tells, and tstat_frag_place() helps.
 */
bool tstat_parse(const struct tstat_reader *reader, struct tstat_packet *pkt)
{
	u8 scratch;
	const u8 *version = pull(reader, 0, 1, &scratch);

	pkt->tuple.proto = 0;
	pkt->packets = 1;
	pkt->segments = 0;
	pkt->ip_len = reader->wire_len;
	pkt->l4_len = 0;
	pkt->payload_len = 0;
	pkt->fragment = TSTAT_FRAGMENT_NONE;
	pkt->jumbo = 0;
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
 * @header_len: bytes from the IP header on that each packet has again; more
 *	than the headers that were parsed if there is a tunnel in @pkt
 * @segment_len: bytes behind them in each packet but the last
 *	(skb_shared_info.gso_size); 0 leaves @pkt as it is
 */
void tstat_packet_segment(struct tstat_packet *pkt, u32 header_len,
			  u32 segment_len)
{
	u32 l4_header = pkt->l4_len - pkt->payload_len;
	u32 ip_header = pkt->ip_len - pkt->l4_len;
	u32 again;

	if (!segment_len || pkt->ip_len <= header_len ||
	    pkt->ip_len - header_len <= segment_len)
		return;
	again = (pkt->ip_len - header_len - 1) / segment_len;
	pkt->packets += again;
	/* A later fragment has no header of layer 4, nor has any piece of it. */
	if (pkt->segments)
		pkt->segments += again;
	pkt->ip_len += again * (header_len - pkt->jumbo) - pkt->jumbo;
	pkt->l4_len += again * (header_len - ip_header);
	pkt->payload_len += again * (header_len - ip_header - l4_header);
}

/* Each fragment has @ip_header octets of IP again, and @extra more. */
static void cut(struct tstat_packet *pkt, u32 ip_header, u32 extra, u32 room)
{
	u32 again = (pkt->l4_len - 1) / room;

	pkt->packets += again;
	pkt->ip_len += again * ip_header + (again + 1) * extra;
}

/**
 * tstat_packet_fragment() - count a datagram as the fragments it is cut into
 * @pkt: a parsed packet, whole; its packets and @ip_len are rewritten
 * @family: AF_INET or AF_INET6
 * @mtu: the most bytes of layer 3 and up that a packet can have
 *
 * Each fragment has the IP header again (RFC 791 section 3.2), for IPv6 with a
 * fragment header (RFC 8200 section 4.5), and each but the last carries a
 * multiple of eight octets.
 */
void tstat_packet_fragment(struct tstat_packet *pkt, u8 family, u32 mtu)
{
	u32 extra = family == AF_INET6 ? FRAGMENT_LEN : 0;
	u32 ip_header = pkt->ip_len - pkt->l4_len;

	if (pkt->ip_len <= mtu || mtu < ip_header + extra + 8 || !pkt->l4_len)
		return;
	cut(pkt, ip_header, extra, (mtu - ip_header - extra) & ~7U);
}

/**
 * tstat_packet_cut() - count a datagram as fragments of a given size
 * @pkt: a parsed packet, whole; its packets and @ip_len are rewritten
 * @family: AF_INET or AF_INET6
 * @size: bytes above the IP headers in each but the last
 *	(skb_shared_info.gso_size); 0 leaves @pkt as it is
 */
void tstat_packet_cut(struct tstat_packet *pkt, u8 family, u32 size)
{
	if (!size || pkt->l4_len <= size)
		return;
	cut(pkt, pkt->ip_len - pkt->l4_len,
	    family == AF_INET6 ? FRAGMENT_LEN : 0, size);
}
