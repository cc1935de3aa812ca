/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flow records as IPFIX messages (RFC 7011): biflows (RFC 5103), of which the
 * source is the side that initiated. What the elements mean, and their numbers,
 * is IANA's registry of IPFIX information elements; the reverse ones are the
 * same under the private enterprise number 29305.
 */
#ifndef TUPLESTAT_IPFIX_H
#define TUPLESTAT_IPFIX_H

#include <stddef.h>
#include <stdint.h>

#include "flow.h"

/* No message is shorter than all templates and a record together. */
#define IPFIX_MESSAGE_MIN 512

/**
 * struct ipfix_side - one side of a flow, as a record has it
 * @addr: network order; IPv4 takes the first four bytes
 * @port: host order
 * @syn: packets with SYN since the flow began: tcpSynTotalCount
 * @fin: packets with FIN, likewise
 * @rst: packets with RST, likewise
 * @tcp_flags: flags that were seen since the last record: tcpControlBits
 * @packets: since the last record: packetDeltaCount
 * @ip_bytes: likewise, layer 3 and up: octetDeltaCount
 * @payload_bytes: likewise, above TCP or UDP: transportOctetDeltaCount
 */
struct ipfix_side {
	uint8_t addr[FLOW_ADDR_LEN];
	uint16_t port;
	uint16_t syn;
	uint16_t fin;
	uint16_t rst;
	uint8_t tcp_flags;
	uint64_t packets;
	uint64_t ip_bytes;
	uint64_t payload_bytes;
};

/**
 * struct ipfix_record - one data record
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @end_reason: enum tuplestat_end_reason, never 0: flowEndReason
 * @start_ns: ns since 1970-01-01 UTC: flowStartMilliseconds
 * @end_ns: likewise: flowEndMilliseconds
 * @orig: the side that initiated: source, and the forward direction
 * @reply: the other side: destination, and the reverse direction
 */
struct ipfix_record {
	uint8_t family;
	uint8_t proto;
	uint8_t end_reason;
	uint64_t start_ns;
	uint64_t end_ns;
	struct ipfix_side orig;
	struct ipfix_side reply;
};

struct ipfix;

struct ipfix *ipfix_new(uint32_t domain, const char **error);
void ipfix_free(struct ipfix *ipfix);
int ipfix_begin_session(struct ipfix *ipfix, uint16_t max_len);
int ipfix_put_templates(struct ipfix *ipfix);
int ipfix_put(struct ipfix *ipfix, const struct ipfix_record *record);
const uint8_t *ipfix_end_message(struct ipfix *ipfix, size_t *len);
const char *ipfix_error(const struct ipfix *ipfix);

#endif /* TUPLESTAT_IPFIX_H */
