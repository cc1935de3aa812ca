/* SPDX-License-Identifier: GPL-2.0 */
/* From the bytes of a packet to its 5-tuple, lengths and TCP fields. */
#ifndef _TSTAT_CORE_PARSE_H
#define _TSTAT_CORE_PARSE_H

#include "port.h"
#include "tuple.h"

/* IPv6 extension headers that are followed; a longer chain is no traffic. */
#define TSTAT_EXTHDR_MAX 8

/* TCP flags, RFC 9293 section 3.1, by their bits in octet 13 of the header. */
enum {
	TSTAT_TCP_FIN = 1 << 0,
	TSTAT_TCP_SYN = 1 << 1,
	TSTAT_TCP_RST = 1 << 2,
	TSTAT_TCP_PSH = 1 << 3,
	TSTAT_TCP_ACK = 1 << 4,
	TSTAT_TCP_URG = 1 << 5,
	TSTAT_TCP_ECE = 1 << 6,
	TSTAT_TCP_CWR = 1 << 7,
};

#define TSTAT_NO_WINDOW_SCALE 0xff

/**
 * struct tstat_reader - where the parser reads a packet from
 * @head: the bytes from the IP header on that lie in one piece
 * @head_len: how many of them
 * @wire_len: bytes of the packet from the IP header on; more than @head_len
 *	where the rest lies elsewhere or was not captured
 * @aggregate: the packet stands for several on the wire (GSO, GRO), so that
 *	its length may be more than the IP header can say
 * @copy: copies @len bytes at @offset to @to, returns 0 or a negative error;
 *	NULL where there is nothing beyond @head
 */
struct tstat_reader {
	const u8 *head;
	u32 head_len;
	u32 wire_len;
	bool aggregate;
	int (*copy)(const struct tstat_reader *reader, u32 offset, void *to,
		    u32 len);
};

/* Whether a packet is a piece of a datagram. */
enum tstat_fragment {
	TSTAT_FRAGMENT_NONE,
	TSTAT_FRAGMENT_FIRST,
	TSTAT_FRAGMENT_LATER,
};

/**
 * struct tstat_frag_key - what all fragments of a datagram have in common
 * @src: source address
 * @dst: destination address
 * @id: identification: 16 bits of IPv4, 32 of IPv6
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP, or an extension header before these
 * @zero: always zero, so that the key compares whole
 */
struct tstat_frag_key {
	union tstat_addr src;
	union tstat_addr dst;
	u32 id;
	u8 family;
	u8 proto;
	u8 zero[2];
};

/**
 * struct tstat_packet - what the headers of a packet say
 * @tuple: the key of its flow
 * @ip_len: bytes of layer 3 and up, on the wire
 * @l4_len: bytes of layer 4 and up, on the wire
 * @payload_len: bytes above layer 4
 * @packets: packets on the wire; more than 1 for what stands for several
 * @segments: those of @packets that have a TCP or UDP header
 * @seq: TCP sequence number
 * @ack: TCP acknowledgment number
 * @window: TCP window as sent, not scaled
 * @tcp_flags: TCP flags, TSTAT_TCP_*
 * @window_scale: of a SYN, the shift of its window scale option (RFC 7323), or
 *	TSTAT_NO_WINDOW_SCALE
 * @ethernet: set by who has the packet, not by the parser: it comes from or
 *	goes to an Ethernet device
 * @sender: the side of @tuple that sent it, 0 or 1
 * @jumbo: octets of a jumbo payload header, which an aggregate has and the
 *	packets that it stands for have not
 * @fragment: enum tstat_fragment; a later fragment has neither ports nor
 *	TCP fields, and is left for tstat_frag_place()
 * @unattributed: where tstat_parse() failed, enum tuplestat_unattributed
 * @frag: which datagram, where @fragment is not TSTAT_FRAGMENT_NONE
 */
struct tstat_packet {
	struct tstat_tuple tuple;
	u32 ip_len;
	u32 l4_len;
	u32 payload_len;
	u32 packets;
	u32 segments;
	u32 seq;
	u32 ack;
	u16 window;
	u8 tcp_flags;
	u8 window_scale;
	bool ethernet;
	u8 sender;
	u8 jumbo;
	u8 fragment;
	u8 unattributed;
	struct tstat_frag_key frag;
};

bool tstat_parse(const struct tstat_reader *reader, struct tstat_packet *pkt);
u8 tstat_tcp_window_scale(const u8 *option, u32 len);
void tstat_packet_segment(struct tstat_packet *pkt, u32 header_len,
			  u32 segment_len);
void tstat_packet_fragment(struct tstat_packet *pkt, u8 family, u32 mtu);
void tstat_packet_cut(struct tstat_packet *pkt, u8 family, u32 size);

#endif /* _TSTAT_CORE_PARSE_H */
