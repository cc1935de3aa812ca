/* SPDX-License-Identifier: GPL-2.0 */
/* Where the fields of the IP, UDP and TCP headers are, in octets. */
#ifndef _TSTAT_CORE_HEADERS_H
#define _TSTAT_CORE_HEADERS_H

/* IPv4 header, RFC 791 section 3.1. */
enum {
	HDR_IPV4_VERSION_IHL = 0,
	HDR_IPV4_TOTAL_LEN = 2,
	HDR_IPV4_ID = 4,
	HDR_IPV4_FRAGMENT = 6,
	HDR_IPV4_PROTOCOL = 9,
	HDR_IPV4_SRC = 12,
	HDR_IPV4_DST = 16,
	HDR_IPV4_MIN_LEN = 20,
	HDR_IPV4_MORE_FRAGMENTS = 0x2000,
	HDR_IPV4_FRAGMENT_OFFSET = 0x1fff,
};

/* IPv6 header, RFC 8200 section 3. */
enum {
	HDR_IPV6_PAYLOAD_LEN = 4,
	HDR_IPV6_NEXT_HEADER = 6,
	HDR_IPV6_SRC = 8,
	HDR_IPV6_DST = 24,
	HDR_IPV6_LEN = 40,
};

/* UDP header, RFC 768. */
enum {
	HDR_UDP_LENGTH = 4,
	HDR_UDP_MIN_LEN = 8,
};

/* TCP header, RFC 9293 section 3.1. */
enum {
	HDR_TCP_SEQ = 4,
	HDR_TCP_ACK = 8,
	HDR_TCP_DATA_OFFSET = 12,
	HDR_TCP_FLAGS = 13,
	HDR_TCP_WINDOW = 14,
	HDR_TCP_MIN_LEN = 20,
	HDR_TCP_OPTIONS_MAX = 40,
	HDR_TCP_OPTION_END = 0,
	HDR_TCP_OPTION_NOP = 1,
	HDR_TCP_OPTION_WINDOW_SCALE = 3,
};

/* Both begin with the ports. */
enum {
	HDR_L4_SRC_PORT = 0,
	HDR_L4_DST_PORT = 2,
};

#endif /* _TSTAT_CORE_HEADERS_H */
