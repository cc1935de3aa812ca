/* SPDX-License-Identifier: GPL-2.0 */
/* The record of a flow: what is counted of it, and until when it is kept. */
#ifndef _TSTAT_CORE_ACCOUNT_H
#define _TSTAT_CORE_ACCOUNT_H

#include "parse.h"
#include "port.h"
#include "tcp.h"

#define TSTAT_TCP_FLAG_COUNT 8
#define TSTAT_NSEC_PER_SEC 1000000000ULL

/**
 * struct tstat_side - what one side of a flow sent; a cache line
 * @packets: packets on the wire
 * @ip_bytes: bytes of layer 3 and up
 * @l4_bytes: bytes of layer 4 and up
 * @payload_bytes: bytes above layer 4
 * @flags: packets with each TCP flag, by bit number, except that ACK's place
 *	holds the packets *without* it: nearly every segment carries ACK, so
 *	this is the count that 32 bits can hold. Stops at U32_MAX.
 */
struct tstat_side {
	u64 packets;
	u64 ip_bytes;
	u64 l4_bytes;
	u64 payload_bytes;
	u32 flags[TSTAT_TCP_FLAG_COUNT];
};

/**
 * struct tstat_record - a flow, without its key
 * @first_ns: time of the first packet, on the caller's clock
 * @last_ns: time of the last packet
 * @tcp: state of the connection; of UDP, @tcp.state and @tcp.orig are used
 * @flow_flags: enum tuplestat_flow_flags
 * @side: what each side of the tuple sent
 *
 * All of it is written by one packet at a time: the owner of the record holds
 * a lock around tstat_record_begin() and tstat_record_account(), so packets,
 * bytes, flags and state always agree.
 */
struct tstat_record {
	u64 first_ns;
	u64 last_ns;
	struct tstat_tcp tcp;
	u8 flow_flags;
	u8 reserved[44];
	struct tstat_side side[2];
};

void tstat_record_begin(struct tstat_record *rec,
			const struct tstat_packet *pkt, u64 now_ns);
void tstat_record_account(struct tstat_record *rec,
			  const struct tstat_packet *pkt, u64 now_ns);
void tstat_record_counters(const struct tstat_record *rec, unsigned int side,
			   u8 proto, struct tuplestat_counters *counters);
bool tstat_record_is_reused(const struct tstat_record *rec,
			    const struct tstat_packet *pkt);
bool tstat_record_is_over(const struct tstat_record *rec, u64 now_ns);
enum tuplestat_end_reason tstat_record_end_reason(const struct tstat_record *rec);

#endif /* _TSTAT_CORE_ACCOUNT_H */
