/* SPDX-License-Identifier: GPL-2.0 */
/* The record of a flow: all that is known of it, in 240 bytes. */
#ifndef _TSTAT_CORE_RECORD_H
#define _TSTAT_CORE_RECORD_H

#include "port.h"
#include "tuple.h"

/* Letters of the history that are kept. */
#define TSTAT_HISTORY_MAX TUPLESTAT_HISTORY_MAX

/* Arrows of the teardown that are kept for the ladder. */
#define TSTAT_MARKS TUPLESTAT_TEARDOWN_MAX

/**
 * enum tstat_record_bits - bits of struct tstat_record.bits
 * @TSTAT_MIDSTREAM: TCP flow that began without a SYN
 * @TSTAT_RTT_AMBIGUOUS: a SYN or SYN-ACK was sent again (Karn's algorithm)
 * @TSTAT_ORIG: the side of the tuple that initiated the flow, 0 or 1
 * @TSTAT_CLOSER: the side that sent the first FIN, from FIN_WAIT on
 * @TSTAT_ETHERNET: the first packet was on an Ethernet device
 * @TSTAT_BETWEEN: packets came since the last arrow of the teardown
 */
enum tstat_record_bits {
	TSTAT_MIDSTREAM = 1 << 0,
	TSTAT_RTT_AMBIGUOUS = 1 << 1,
	TSTAT_ORIG = 1 << 2,
	TSTAT_CLOSER = 1 << 3,
	TSTAT_BETWEEN = 1 << 4,
	TSTAT_ETHERNET = 1 << 5,
};

/**
 * struct tstat_mark - one arrow of the teardown
 * @what: enum tstat_mark_bits
 * @gap: time since the packet before, see ladder.c
 */
struct tstat_mark {
	u8 what;
	u8 gap[2];
};

/**
 * struct tstat_side - what one side of a flow sent; a cache line
 * @packets: packets on the wire
 * @ip_bytes: bytes of layer 3 and up
 * @l4_bytes: bytes of layer 4 and up
 * @payload_bytes: bytes above layer 4
 * @psh: packets with PSH; this and the counts below do not wrap, but stop
 * @no_ack: packets *without* ACK: nearly every segment carries it, so this is
 *	the count that 32 bits can hold
 * @ece: packets with ECE
 * @cwr: packets with CWR
 * @retransmits: data segments wholly below the highest sequence number seen
 * @fin: packets with FIN
 * @syn: packets with SYN
 * @rst: packets with RST
 * @urg: packets with URG
 * @zero_windows: segments that announced a window of zero
 * @window_bits: the largest window announced was below 1 << @window_bits
 * @window_scale: shift of the windows it announces (RFC 7323)
 * @unusual: unusual sets of flags that it sent, 1 << enum tuplestat_unusual
 */
struct tstat_side {
	u64 packets;
	u64 ip_bytes;
	u64 l4_bytes;
	u64 payload_bytes;
	u32 psh;
	u32 no_ack;
	u32 ece;
	u32 cwr;
	u32 retransmits;
	u16 fin;
	u16 syn;
	u16 rst;
	u16 urg;
	u16 zero_windows;
	u16 window_bits : 6;
	u16 window_scale : 4;
	u16 unusual : 6;
};

/**
 * struct tstat_record - a flow
 * @tuple: the key, never changed
 * @state: enum tuplestat_state
 * @bits: enum tstat_record_bits
 * @end: each side's state as Zeek sees it, see verdict.c
 * @where: @state, @bits and @end, for comparing
 * @letters: each side's letters that the history has already
 * @gaps: each side's data that was acknowledged but never seen: how often
 * @first_ns: time of the first packet, on the caller's clock; never changed:
 *	with @tuple it identifies the flow
 * @last_ns: time of the last packet
 * @synack: SYN to SYN-ACK, in units of TSTAT_RTT_UNIT_NS; 0 unknown
 * @ackdat: SYN-ACK to the ACK of it, likewise
 * @history: Zeek's letters in order, six to a word
 * @mark: arrows of the teardown, in order
 * @next_seq: one past the highest sequence number of each side
 * @whole_seq: up to here nothing that a side sent is missing
 * @side: what each side of the tuple sent
 *
 * All of it is written by one packet at a time: the owner holds a lock around
 * tstat_record_begin() and tstat_record_account(), so packets, bytes, flags
 * and state always agree. With 16 bytes of the owner's before it, a record
 * takes four cache lines, of which a packet touches three.
 */
struct tstat_record {
	struct tstat_tuple tuple;
	union {
		struct {
			u8 state;
			u8 bits;
			u8 end[2];
		};
		u32 where;
	};
	u8 letters[2];
	u8 gaps[2];

	u64 first_ns;
	u64 last_ns;
	u32 synack;
	u32 ackdat;
	u32 history[TSTAT_HISTORY_MAX / 6];
	struct tstat_mark mark[TSTAT_MARKS];
	u32 next_seq[2];
	u32 whole_seq[2];

	struct tstat_side side[2];
};

/**
 * tstat_record_orig() - the side that initiated a flow
 * @rec: the flow
 *
 * Return: 0 or 1, an index of tuple.addr, tuple.port and side.
 */
static inline unsigned int tstat_record_orig(const struct tstat_record *rec)
{
	return !!(rec->bits & TSTAT_ORIG);
}

#endif /* _TSTAT_CORE_RECORD_H */
