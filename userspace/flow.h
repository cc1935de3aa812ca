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
 */
struct counters {
	uint64_t packets;
	uint64_t ip_bytes;
	uint64_t l4_bytes;
	uint64_t payload_bytes;
	uint64_t flags[TCP_FLAG_COUNT];
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
 * @midstream: TCP flow that began without a SYN
 * @end_reason: enum tuplestat_end_reason; 0 where it has not ended
 * @first_ns: first packet, ns since 1970-01-01 UTC
 * @last_ns: last packet, ns since 1970-01-01 UTC
 * @orig: the side that initiated
 * @reply: the other side
 */
struct flow {
	uint8_t family;
	uint8_t proto;
	uint8_t state;
	bool midstream;
	uint8_t end_reason;
	uint64_t first_ns;
	uint64_t last_ns;
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
uint64_t flow_duration(const struct flow *flow);

#endif /* TUPLESTAT_FLOW_H */
