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

/**
 * struct tstat_packet - what the headers of a packet say
 * @tuple: the key of its flow
 * @ip_len: bytes of layer 3 and up, on the wire
 * @l4_len: bytes of layer 4 and up, on the wire
 * @payload_len: bytes above layer 4
 * @packets: packets on the wire, 1 if not an aggregate
 * @seq: TCP sequence number
 * @ack: TCP acknowledgment number
 * @window: TCP window as sent, not scaled
 * @tcp_flags: TCP flags, TSTAT_TCP_*
 * @sender: the side of @tuple that sent it, 0 or 1
 * @unattributed: where tstat_parse() failed, enum tuplestat_unattributed
 */
struct tstat_packet {
	struct tstat_tuple tuple;
	u32 ip_len;
	u32 l4_len;
	u32 payload_len;
	u32 packets;
	u32 seq;
	u32 ack;
	u16 window;
	u8 tcp_flags;
	u8 sender;
	u8 unattributed;
};

bool tstat_parse(const struct tstat_reader *reader, struct tstat_packet *pkt);
void tstat_packet_segment(struct tstat_packet *pkt, u32 segment_len);

#endif /* _TSTAT_CORE_PARSE_H */
