/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A flow as the command sees it: decoded, in host byte order, without a trace
 * of where it came from. Sources fill it in, filters judge it, renderers
 * print it.
 */
#ifndef TUPLESTAT_FLOW_H
#define TUPLESTAT_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_ADDR_LEN 16

/* Letters of the history and arrows of the teardown that a flow can have. */
#define FLOW_HISTORY_MAX 18
#define FLOW_ARROWS_MAX 4

struct tuplestat_arrow;
struct tuplestat_counters;

#define NS_PER_USEC UINT64_C(1000)
#define NS_PER_MSEC UINT64_C(1000000)
#define NS_PER_SEC UINT64_C(1000000000)

/* In the order of their bits in the TCP header, lowest first. */
enum tcp_flag {
	TCP_FLAG_FIN,
	TCP_FLAG_SYN,
	TCP_FLAG_RST,
	TCP_FLAG_PSH,
	TCP_FLAG_ACK,
	TCP_FLAG_URG,
	TCP_FLAG_ECE,
	TCP_FLAG_CWR,
	TCP_FLAG_COUNT
};

/**
 * struct counters - what one side of a flow sent
 * @packets: packets on the wire
 * @ip_bytes: bytes of layer 3 and up
 * @l4_bytes: bytes of the TCP or UDP header and up
 * @payload_bytes: bytes above TCP or UDP
 * @flags: packets with that TCP flag set; all zero for UDP
 * @retransmits: TCP data segments that were sent again
 * @zero_windows: TCP segments that announced a window of zero
 * @unusual: sets of TCP flags that no connection needs and that were sent, a
 *	bit each (1 << enum tuplestat_unusual)
 */
struct counters {
	uint64_t packets;
	uint64_t ip_bytes;
	uint64_t l4_bytes;
	uint64_t payload_bytes;
	uint64_t flags[TCP_FLAG_COUNT];
	uint64_t retransmits;
	uint64_t zero_windows;
	uint32_t unusual;
};

/**
 * struct flow_arrow - a segment of the teardown
 * @gap_ns: time since the packet before it
 * @flags: enum tuplestat_arrow_flags
 */
struct flow_arrow {
	uint64_t gap_ns;
	uint32_t flags;
};

/**
 * struct flow_end - one side of a flow
 * @addr: network order; IPv4 takes the first four bytes, the rest is zero
 * @port: host order
 * @sent: what this side sent
 */
struct flow_end {
	uint8_t addr[FLOW_ADDR_LEN];
	uint16_t port;
	struct counters sent;
};

/**
 * struct flow - one bidirectional record
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @state: enum tuplestat_state; may be one that this build does not know
 * @conn_state: enum tuplestat_conn_state, likewise
 * @midstream: TCP flow that began without a SYN
 * @ethernet: its first packet was on an Ethernet device
 * @rtt_ambiguous: a SYN or SYN-ACK was sent again (Karn's algorithm)
 * @end_reason: enum tuplestat_end_reason; 0 where it has not ended
 * @events: of an event: what happened, enum tuplestat_events; else 0
 * @seq: of an event: its number; else 0
 * @first_ns: first packet, ns since 1970-01-01 UTC
 * @last_ns: last packet, ns since 1970-01-01 UTC
 * @first_monotonic_ns: first packet, CLOCK_MONOTONIC of the initial time
 *	namespace; 0 in captures, and from a module that does not send it
 * @synack_ns: SYN to SYN-ACK; 0 where that is not known
 * @ackdat_ns: SYN-ACK to the ACK of it, likewise
 * @history: Zeek's letters in order
 * @arrow: segments of the teardown in order
 * @arrows: how many there are
 * @orig: the side that initiated
 * @reply: the other side
 */
struct flow {
	uint8_t family;
	uint8_t proto;
	uint8_t state;
	uint8_t conn_state;
	bool midstream;
	bool ethernet;
	bool rtt_ambiguous;
	uint8_t end_reason;
	uint32_t events;
	uint64_t seq;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t first_monotonic_ns;
	uint64_t synack_ns;
	uint64_t ackdat_ns;
	char history[FLOW_HISTORY_MAX + 1];
	struct flow_arrow arrow[FLOW_ARROWS_MAX];
	unsigned int arrows;
	struct flow_end orig;
	struct flow_end reply;
};

/**
 * struct flow_list - flows in the order in which the source gave them
 * @flow: the flows; NULL while there are none
 * @count: how many there are
 * @room: how many fit before @flow must grow
 */
struct flow_list {
	struct flow *flow;
	size_t count;
	size_t room;
};

int flow_list_add(struct flow_list *list, const struct flow *flow);
void flow_list_reset(struct flow_list *list);
void flow_list_free(struct flow_list *list);

void flow_set_counters(struct counters *sent,
		       const struct tuplestat_counters *raw);
void flow_set_arrows(struct flow *flow, const struct tuplestat_arrow *raw,
		     unsigned int count);
uint64_t flow_duration(const struct flow *flow);
uint64_t flow_first_id(const struct flow *flow);

#endif /* TUPLESTAT_FLOW_H */
