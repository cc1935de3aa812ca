/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * tuplestat: the generic netlink interface.
 *
 * The same contract stands, for programs, in tuplestat.yaml next door; a test
 * compares the two with what the kernel answers to CTRL_CMD_GETPOLICY.
 *
 * Family "tuplestat", version 1. Every operation needs CAP_NET_ADMIN in the
 * user namespace that owns the caller's network namespace, and speaks of that
 * network namespace only. Integers are in host byte order unless it says
 * otherwise; times are nanoseconds; bytes are bytes on the wire.
 *
 * TUPLESTAT_CMD_FLOW_GET, do: one flow, by its 5-tuple, from either side.
 *
 *     request:  PROTO, ORIG { ADDR, PORT }, REPLY { ADDR, PORT }
 *     reply:    PROTO, STATE, FLAGS, FIRST, LAST, FIRST_MONOTONIC,
 *               CONN_STATE, HISTORY, SYNACK, ACKDAT, TEARDOWN,
 *               ORIG { ADDR, PORT, COUNTERS }, REPLY { ADDR, PORT, COUNTERS }
 *     errors:   ENOENT no such flow, ENETDOWN not started here, EINVAL
 *
 * TUPLESTAT_CMD_FLOW_GET, dump: all flows that match, in the order of hashes.
 *
 *     request:  TERM {}, up to TUPLESTAT_TERMS_MAX of them: only flows of which
 *               all of them are true
 *     reply:    as above, one message a flow; NLM_F_DUMP_INTR where the table
 *               was stopped and started between two parts of the dump
 *     errors:   ENETDOWN not started here, EINVAL a term that says nothing or
 *               contradicts itself, E2BIG too many terms
 *
 *     The 5-tuple and FIRST_MONOTONIC of a flow never change, in replies and
 *     events: together they identify it in its namespace, within one boot.
 *
 * TUPLESTAT_CMD_FLOW_DEL, do: ends flows (TUPLESTAT_END_FORCED).
 *
 *     request:  PROTO, ORIG {}, REPLY {}: that flow; or TERM {}: all that
 *               match; or nothing: all
 *     reply:    COUNT
 *     errors:   as above
 *
 * TUPLESTAT_CMD_FLOW_EVENT, sent to the multicast group "flows": what happened
 * to a flow. To join it takes CAP_NET_ADMIN. Several things that happened
 * before the message was made come as one, with more than one bit of EVENTS.
 *
 *     message:  EVENTS, SEQ, END_REASON (of ended flows), and all of a flow
 *
 *     SEQ counts the events of a namespace, each by one, whether or not there
 *     was memory for the message and room at the listener: a listener that
 *     receives n after m has missed n - m - 1. EVENT_SEQ of the statistics is
 *     the last one given.
 *
 *     While the group has members in other namespaces only, events are numbered
 *     but not built, except for one per second, which finds out whether a
 *     listener has come. STATS_GET does that at once: a listener that joins and
 *     then asks for EVENT_SEQ misses no event from then on. While the group has
 *     no member at all, events have no numbers.
 *
 * TUPLESTAT_CMD_STATS_GET, do: the ledger and the table.
 *
 *     request:  nothing
 *     reply:    SEEN_BEFORE {}, SEEN {}, LIVE {}, ENDED {} for each reason,
 *               UNATTRIBUTED {} for each reason, UNUSUAL {} for each kind,
 *               MAX_FLOWS, BUCKETS, MEMORY, EVENT_SEQ, EVENTS_LOST. While
 *               stopped, the ledger stands as it was, and the table is empty
 *
 * TUPLESTAT_CMD_CONFIG_GET, do: the settings of this namespace.
 *
 *     request:  nothing
 *     reply:    STARTED, MAX_FLOWS, TIMEOUTS {}
 *
 * TUPLESTAT_CMD_CONFIG_SET, do: changes those settings that are named.
 *
 *     request:  any of STARTED, MAX_FLOWS, TIMEOUTS { any of them }
 *     errors:   ERANGE out of range, EINVAL nothing named, EPERM above the
 *               limit for unprivileged namespaces, or STARTED or MAX_FLOWS
 *               where that limit is 0, ENOMEM
 */
#ifndef _UAPI_LINUX_TUPLESTAT_H
#define _UAPI_LINUX_TUPLESTAT_H

#include <linux/types.h>

#define TUPLESTAT_FAMILY_NAME "tuplestat"
#define TUPLESTAT_FAMILY_VERSION 1
#define TUPLESTAT_MCGRP_FLOWS_NAME "flows"

/* The least and the most that MAX_FLOWS can be set to. */
#define TUPLESTAT_MAX_FLOWS_MIN 16
#define TUPLESTAT_MAX_FLOWS_MAX (1 << 24)

/* The most that a timeout can be set to, seconds: 30 days. The least is 1. */
#define TUPLESTAT_TIMEOUT_MAX 2592000

/* The most TERMs in a request. */
#define TUPLESTAT_TERMS_MAX 32

/**
 * enum tuplestat_cmd - operations of the family
 * @TUPLESTAT_CMD_UNSPEC: not used
 * @TUPLESTAT_CMD_FLOW_GET: one flow (do) or all flows (dump)
 * @TUPLESTAT_CMD_STATS_GET: the ledger and the table
 * @TUPLESTAT_CMD_CONFIG_GET: read the settings
 * @TUPLESTAT_CMD_CONFIG_SET: change settings; starts and stops counting
 * @TUPLESTAT_CMD_FLOW_DEL: end one flow, those that match, or all
 * @TUPLESTAT_CMD_FLOW_EVENT: never asked for; sent to the group "flows"
 */
enum tuplestat_cmd {
	TUPLESTAT_CMD_UNSPEC,
	TUPLESTAT_CMD_FLOW_GET,
	TUPLESTAT_CMD_STATS_GET,
	TUPLESTAT_CMD_CONFIG_GET,
	TUPLESTAT_CMD_CONFIG_SET,
	TUPLESTAT_CMD_FLOW_DEL,
	TUPLESTAT_CMD_FLOW_EVENT,

	/* private: */
	__TUPLESTAT_CMD_MAX,
	TUPLESTAT_CMD_MAX = __TUPLESTAT_CMD_MAX - 1
};

/**
 * enum tuplestat_state - where a flow is now
 * @TUPLESTAT_STATE_NONE: TCP, nothing that tells yet
 * @TUPLESTAT_STATE_SYN_SENT: SYN from the originator, no answer
 * @TUPLESTAT_STATE_SYN_RECV: SYN-ACK from the responder
 * @TUPLESTAT_STATE_ESTABLISHED: both sides have acknowledged
 * @TUPLESTAT_STATE_FIN_WAIT: first FIN seen
 * @TUPLESTAT_STATE_CLOSE_WAIT: first FIN acknowledged, the other side is open
 * @TUPLESTAT_STATE_LAST_ACK: second FIN seen, its ACK is missing
 * @TUPLESTAT_STATE_TIME_WAIT: both FINs acknowledged
 * @TUPLESTAT_STATE_CLOSE: ended by a RST
 * @TUPLESTAT_STATE_SYN_SENT2: SYN from both sides (simultaneous open)
 * @TUPLESTAT_STATE_UNREPLIED: UDP, packets from one side only
 * @TUPLESTAT_STATE_REPLIED: UDP, packets from both sides
 *
 * The TCP names are those of nf_conntrack (enum tcp_conntrack).
 */
enum tuplestat_state {
	TUPLESTAT_STATE_NONE,
	TUPLESTAT_STATE_SYN_SENT,
	TUPLESTAT_STATE_SYN_RECV,
	TUPLESTAT_STATE_ESTABLISHED,
	TUPLESTAT_STATE_FIN_WAIT,
	TUPLESTAT_STATE_CLOSE_WAIT,
	TUPLESTAT_STATE_LAST_ACK,
	TUPLESTAT_STATE_TIME_WAIT,
	TUPLESTAT_STATE_CLOSE,
	TUPLESTAT_STATE_SYN_SENT2,
	TUPLESTAT_STATE_UNREPLIED,
	TUPLESTAT_STATE_REPLIED,

	/* private: */
	__TUPLESTAT_STATE_MAX
};

/**
 * enum tuplestat_flow_flags - bits of TUPLESTAT_A_FLOW_FLAGS
 * @TUPLESTAT_FLOW_MIDSTREAM: TCP flow that began without a SYN
 * @TUPLESTAT_FLOW_RTT_AMBIGUOUS: a SYN or SYN-ACK was sent again, so SYNACK and
 *	ACKDAT are those of one of them (Karn's algorithm)
 * @TUPLESTAT_FLOW_ETHERNET: its first packet was on an Ethernet device
 */
enum tuplestat_flow_flags {
	TUPLESTAT_FLOW_MIDSTREAM = 1 << 0,
	TUPLESTAT_FLOW_RTT_AMBIGUOUS = 1 << 1,
	TUPLESTAT_FLOW_ETHERNET = 1 << 2,
};

/**
 * enum tuplestat_conn_state - the verdict on a flow, as Zeek's conn_state
 * @TUPLESTAT_CONN_S0: SYN seen, no reply; UDP: originator only
 * @TUPLESTAT_CONN_S1: established, not terminated
 * @TUPLESTAT_CONN_SF: established and terminated; UDP: both sides
 * @TUPLESTAT_CONN_REJ: rejected
 * @TUPLESTAT_CONN_S2: established, closed by the originator only
 * @TUPLESTAT_CONN_S3: established, closed by the responder only
 * @TUPLESTAT_CONN_RSTO: established, reset by the originator
 * @TUPLESTAT_CONN_RSTR: reset by the responder
 * @TUPLESTAT_CONN_RSTOS0: SYN, then RST from the originator, no SYN-ACK
 * @TUPLESTAT_CONN_RSTRH: RST from the responder, no SYN seen
 * @TUPLESTAT_CONN_SH: SYN, then FIN from the originator, no SYN-ACK
 * @TUPLESTAT_CONN_SHR: FIN from the responder, no SYN; UDP: responder only
 * @TUPLESTAT_CONN_OTH: no SYN seen, midstream traffic
 */
enum tuplestat_conn_state {
	TUPLESTAT_CONN_S0,
	TUPLESTAT_CONN_S1,
	TUPLESTAT_CONN_SF,
	TUPLESTAT_CONN_REJ,
	TUPLESTAT_CONN_S2,
	TUPLESTAT_CONN_S3,
	TUPLESTAT_CONN_RSTO,
	TUPLESTAT_CONN_RSTR,
	TUPLESTAT_CONN_RSTOS0,
	TUPLESTAT_CONN_RSTRH,
	TUPLESTAT_CONN_SH,
	TUPLESTAT_CONN_SHR,
	TUPLESTAT_CONN_OTH,

	/* private: */
	__TUPLESTAT_CONN_MAX
};

/**
 * enum tuplestat_end_reason - why a flow ended
 * @TUPLESTAT_END_IDLE: 1, nothing was seen of it for its timeout
 * @TUPLESTAT_END_ACTIVE: 2, it went on for longer than the active timeout
 * @TUPLESTAT_END_FLOW: 3, its end was seen (FINs acknowledged, or RST)
 * @TUPLESTAT_END_FORCED: 4, it was deleted, or counting was stopped
 * @TUPLESTAT_END_RESOURCES: 5, it had to make room for others
 *
 * The values are those of IPFIX flowEndReason (RFC 5102, section 5.11.3).
 */
enum tuplestat_end_reason {
	TUPLESTAT_END_IDLE = 1,
	TUPLESTAT_END_ACTIVE,
	TUPLESTAT_END_FLOW,
	TUPLESTAT_END_FORCED,
	TUPLESTAT_END_RESOURCES,

	/* private: */
	__TUPLESTAT_END_MAX
};

/**
 * enum tuplestat_unattributed - why a packet belongs to no flow
 * @TUPLESTAT_UNATTR_PROTOCOL: neither TCP nor UDP
 * @TUPLESTAT_UNATTR_FRAGMENT: a later fragment, which carries no ports
 * @TUPLESTAT_UNATTR_TRUNCATED: shorter than its own headers say
 * @TUPLESTAT_UNATTR_MALFORMED: header fields that contradict each other. What
 *	a local program sends behind the end that the packet's own header names
 *	counts here too, as bytes without a packet
 * @TUPLESTAT_UNATTR_EXTHDR: more IPv6 extension headers than are followed
 * @TUPLESTAT_UNATTR_TABLE_FULL: a new flow, and no room: the table was full of
 *	flows that do not make room for a new one
 * @TUPLESTAT_UNATTR_NO_MEMORY: a new flow, and no memory for it
 */
enum tuplestat_unattributed {
	TUPLESTAT_UNATTR_PROTOCOL,
	TUPLESTAT_UNATTR_FRAGMENT,
	TUPLESTAT_UNATTR_TRUNCATED,
	TUPLESTAT_UNATTR_MALFORMED,
	TUPLESTAT_UNATTR_EXTHDR,
	TUPLESTAT_UNATTR_TABLE_FULL,
	TUPLESTAT_UNATTR_NO_MEMORY,

	/* private: */
	__TUPLESTAT_UNATTR_MAX
};

/**
 * enum tuplestat_unusual - sets of TCP flags that no connection needs
 * @TUPLESTAT_UNUSUAL_NULL: none of FIN SYN RST PSH ACK URG
 * @TUPLESTAT_UNUSUAL_FIN: FIN without ACK, alone or with PSH or URG
 * @TUPLESTAT_UNUSUAL_XMAS: FIN, PSH and URG, without ACK
 * @TUPLESTAT_UNUSUAL_SYN_FIN: SYN and FIN, whatever else
 * @TUPLESTAT_UNUSUAL_SYN_RST: SYN and RST, without FIN
 * @TUPLESTAT_UNUSUAL_FIN_RST: FIN and RST, without SYN
 *
 * The names are those of the scans that send them; a segment is of one kind.
 */
enum tuplestat_unusual {
	TUPLESTAT_UNUSUAL_NULL,
	TUPLESTAT_UNUSUAL_FIN,
	TUPLESTAT_UNUSUAL_XMAS,
	TUPLESTAT_UNUSUAL_SYN_FIN,
	TUPLESTAT_UNUSUAL_SYN_RST,
	TUPLESTAT_UNUSUAL_FIN_RST,

	/* private: */
	__TUPLESTAT_UNUSUAL_MAX
};

/**
 * enum tuplestat_events - bits of TUPLESTAT_A_FLOW_EVENTS
 * @TUPLESTAT_EVENT_NEW: the flow began
 * @TUPLESTAT_EVENT_ESTABLISHED: TCP: the handshake was completed; UDP: the
 *	first answer; of flows seen from the middle on, the first packet that
 *	says so
 * @TUPLESTAT_EVENT_INTERIM: it goes on for another active timeout
 * @TUPLESTAT_EVENT_END: it ended; the counts are final
 */
enum tuplestat_events {
	TUPLESTAT_EVENT_NEW = 1 << 0,
	TUPLESTAT_EVENT_ESTABLISHED = 1 << 1,
	TUPLESTAT_EVENT_INTERIM = 1 << 2,
	TUPLESTAT_EVENT_END = 1 << 3,
};

/**
 * struct tuplestat_counters - what one side of a flow sent
 * @packets: packets as they were on the wire
 * @ip_bytes: bytes of layer 3 and up (IP header included)
 * @l4_bytes: bytes of layer 4 and up (TCP or UDP header included)
 * @payload_bytes: bytes above TCP or UDP
 * @ack: packets with ACK set; TCP only, as all flag counts
 * @fin: packets with FIN set
 * @syn: packets with SYN set
 * @rst: packets with RST set
 * @psh: packets with PSH set
 * @urg: packets with URG set
 * @ece: packets with ECE set
 * @cwr: packets with CWR set
 * @retransmits: TCP data segments wholly below the highest sequence number
 *	that was seen, probes of one octet (keep-alives) aside
 * @zero_windows: TCP segments that announced a window of zero
 * @unusual: which unusual sets of flags it sent, 1 << enum tuplestat_unusual
 *
 * The 32-bit counts do not wrap: @psh, @ece, @cwr and @retransmits stop at
 * 4294967295, the others at 65535.
 */
struct tuplestat_counters {
	__u64 packets;
	__u64 ip_bytes;
	__u64 l4_bytes;
	__u64 payload_bytes;
	__u64 ack;
	__u32 fin;
	__u32 syn;
	__u32 rst;
	__u32 psh;
	__u32 urg;
	__u32 ece;
	__u32 cwr;
	__u32 retransmits;
	__u32 zero_windows;
	__u32 unusual;
};

/* Letters of HISTORY, and arrows of TEARDOWN, at most. */
#define TUPLESTAT_HISTORY_MAX 18
#define TUPLESTAT_TEARDOWN_MAX 4

/**
 * enum tuplestat_arrow_flags - bits of struct tuplestat_arrow.flags
 * @TUPLESTAT_ARROW_REPLY: sent by REPLY, else by ORIG
 * @TUPLESTAT_ARROW_BETWEEN: other packets came since the arrow before
 * @TUPLESTAT_ARROW_FIN: FIN is set
 * @TUPLESTAT_ARROW_RST: RST is set
 * @TUPLESTAT_ARROW_ACK: ACK is set
 * @TUPLESTAT_ARROW_DATA: it carries payload
 */
enum tuplestat_arrow_flags {
	TUPLESTAT_ARROW_REPLY = 1 << 0,
	TUPLESTAT_ARROW_BETWEEN = 1 << 1,
	TUPLESTAT_ARROW_FIN = 1 << 2,
	TUPLESTAT_ARROW_RST = 1 << 3,
	TUPLESTAT_ARROW_ACK = 1 << 4,
	TUPLESTAT_ARROW_DATA = 1 << 5,
};

/**
 * struct tuplestat_arrow - a segment of the teardown
 * @gap_ns: time since the packet before it, to 1/1024 of it
 * @flags: enum tuplestat_arrow_flags
 * @reserved: zero
 *
 * A FIN, a RST, or an ACK that takes the teardown a step on. A FIN that is sent
 * again has none of its own: the count of FINs tells of it.
 */
struct tuplestat_arrow {
	__u64 gap_ns;
	__u32 flags;
	__u32 reserved;
};

/**
 * enum tuplestat_a_flow - attributes of a flow
 * @TUPLESTAT_A_FLOW_UNSPEC: not used
 * @TUPLESTAT_A_FLOW_PAD: alignment of 64-bit attributes
 * @TUPLESTAT_A_FLOW_PROTO: u8, IPPROTO_TCP or IPPROTO_UDP
 * @TUPLESTAT_A_FLOW_ORIG: nest of enum tuplestat_a_end, who initiated the flow
 * @TUPLESTAT_A_FLOW_REPLY: nest of enum tuplestat_a_end, the other side
 * @TUPLESTAT_A_FLOW_STATE: u8, enum tuplestat_state
 * @TUPLESTAT_A_FLOW_FLAGS: u32, enum tuplestat_flow_flags
 * @TUPLESTAT_A_FLOW_FIRST: u64, first packet, ns since 1970-01-01 UTC
 * @TUPLESTAT_A_FLOW_LAST: u64, last packet, ns since 1970-01-01 UTC
 * @TUPLESTAT_A_FLOW_CONN_STATE: u8, enum tuplestat_conn_state
 * @TUPLESTAT_A_FLOW_HISTORY: string, Zeek's letters, at most
 *	TUPLESTAT_HISTORY_MAX of them
 * @TUPLESTAT_A_FLOW_SYNACK: u64, SYN to SYN-ACK in ns, at most 34 s; not there
 *	where one of them was not seen
 * @TUPLESTAT_A_FLOW_ACKDAT: u64, SYN-ACK to the ACK of it in ns, likewise
 * @TUPLESTAT_A_FLOW_TEARDOWN: binary, up to TUPLESTAT_TEARDOWN_MAX of struct
 *	tuplestat_arrow in order
 * @TUPLESTAT_A_FLOW_TERM: nest of enum tuplestat_a_term, repeated; in requests
 * @TUPLESTAT_A_FLOW_COUNT: u32, flows that were deleted
 * @TUPLESTAT_A_FLOW_EVENTS: u32, enum tuplestat_events; in events only
 * @TUPLESTAT_A_FLOW_SEQ: u64, number of the event; in events only
 * @TUPLESTAT_A_FLOW_END_REASON: u8, enum tuplestat_end_reason; of ended flows
 * @TUPLESTAT_A_FLOW_FIRST_MONOTONIC: u64, first packet, ns on CLOCK_MONOTONIC
 *	of the initial time namespace
 *
 * FIRST and LAST are dates. They are computed when a message is built, and move
 * when the clock is set or the machine is suspended. FIRST_MONOTONIC is what
 * the packet that created the flow read from its clock. It never changes: later
 * packets do not lower it, even with an older time, and it stays when
 * originator and responder change roles. It is an identity, and good for
 * differences within one boot. It is not a date. CLOCK_MONOTONIC in another
 * time namespace differs by a constant.
 *
 * Two successive flows of one 5-tuple in a namespace have different values
 * unless their first packets read the same value. The clock advances in steps
 * of the clock source: 1 ns (TSC) to some tens of ns for a CPU's counter, one
 * tick for "jiffies". Both packets must read it within one step, and the first
 * flow must end before the second packet reaches the table. With a step of
 * nanoseconds, this takes two CPUs.
 */
enum tuplestat_a_flow {
	TUPLESTAT_A_FLOW_UNSPEC,
	TUPLESTAT_A_FLOW_PAD,
	TUPLESTAT_A_FLOW_PROTO,
	TUPLESTAT_A_FLOW_ORIG,
	TUPLESTAT_A_FLOW_REPLY,
	TUPLESTAT_A_FLOW_STATE,
	TUPLESTAT_A_FLOW_FLAGS,
	TUPLESTAT_A_FLOW_FIRST,
	TUPLESTAT_A_FLOW_LAST,
	TUPLESTAT_A_FLOW_CONN_STATE,
	TUPLESTAT_A_FLOW_HISTORY,
	TUPLESTAT_A_FLOW_SYNACK,
	TUPLESTAT_A_FLOW_ACKDAT,
	TUPLESTAT_A_FLOW_TEARDOWN,
	TUPLESTAT_A_FLOW_TERM,
	TUPLESTAT_A_FLOW_COUNT,
	TUPLESTAT_A_FLOW_EVENTS,
	TUPLESTAT_A_FLOW_SEQ,
	TUPLESTAT_A_FLOW_END_REASON,
	TUPLESTAT_A_FLOW_FIRST_MONOTONIC,

	/* private: */
	__TUPLESTAT_A_FLOW_MAX,
	TUPLESTAT_A_FLOW_MAX = __TUPLESTAT_A_FLOW_MAX - 1
};

/**
 * enum tuplestat_a_end - attributes of one side of a flow
 * @TUPLESTAT_A_END_UNSPEC: not used
 * @TUPLESTAT_A_END_PAD: alignment of 64-bit attributes
 * @TUPLESTAT_A_END_ADDR: binary, 4 bytes (IPv4) or 16 (IPv6), network order
 * @TUPLESTAT_A_END_PORT: u16, network byte order
 * @TUPLESTAT_A_END_COUNTERS: struct tuplestat_counters; what this side sent
 */
enum tuplestat_a_end {
	TUPLESTAT_A_END_UNSPEC,
	TUPLESTAT_A_END_PAD,
	TUPLESTAT_A_END_ADDR,
	TUPLESTAT_A_END_PORT,
	TUPLESTAT_A_END_COUNTERS,

	/* private: */
	__TUPLESTAT_A_END_MAX,
	TUPLESTAT_A_END_MAX = __TUPLESTAT_A_END_MAX - 1
};

/**
 * enum tuplestat_side - which side of a flow a TERM speaks of
 * @TUPLESTAT_SIDE_EITHER: one of both will do
 * @TUPLESTAT_SIDE_ORIG: who initiated the flow
 * @TUPLESTAT_SIDE_REPLY: the other side
 */
enum tuplestat_side {
	TUPLESTAT_SIDE_EITHER,
	TUPLESTAT_SIDE_ORIG,
	TUPLESTAT_SIDE_REPLY,

	/* private: */
	__TUPLESTAT_SIDE_MAX
};

/**
 * enum tuplestat_a_term - attributes of one condition on flows
 * @TUPLESTAT_A_TERM_UNSPEC: not used
 * @TUPLESTAT_A_TERM_NOT: flag, the condition must not hold
 * @TUPLESTAT_A_TERM_SIDE: u8, enum tuplestat_side, for ADDR and PORT_FIRST;
 *	EITHER where it is not there
 * @TUPLESTAT_A_TERM_FAMILY: u8, AF_INET or AF_INET6
 * @TUPLESTAT_A_TERM_PROTO: u8, IPPROTO_TCP or IPPROTO_UDP
 * @TUPLESTAT_A_TERM_ADDR: binary, 4 bytes (IPv4) or 16 (IPv6), network order
 * @TUPLESTAT_A_TERM_PREFIX: u8, how many bits of ADDR count, 0 to 32 or 128;
 *	all where it is not there
 * @TUPLESTAT_A_TERM_PORT_FIRST: u16, network byte order
 * @TUPLESTAT_A_TERM_PORT_LAST: u16, network byte order, not below PORT_FIRST;
 *	the same where it is not there
 * @TUPLESTAT_A_TERM_STATES: u32, one of these states: 1 << enum tuplestat_state
 * @TUPLESTAT_A_TERM_CONN_STATES: u32, likewise 1 << enum tuplestat_conn_state
 *
 * A term has exactly one of FAMILY, PROTO, ADDR, PORT_FIRST, STATES and
 * CONN_STATES.
 */
enum tuplestat_a_term {
	TUPLESTAT_A_TERM_UNSPEC,
	TUPLESTAT_A_TERM_NOT,
	TUPLESTAT_A_TERM_SIDE,
	TUPLESTAT_A_TERM_FAMILY,
	TUPLESTAT_A_TERM_PROTO,
	TUPLESTAT_A_TERM_ADDR,
	TUPLESTAT_A_TERM_PREFIX,
	TUPLESTAT_A_TERM_PORT_FIRST,
	TUPLESTAT_A_TERM_PORT_LAST,
	TUPLESTAT_A_TERM_STATES,
	TUPLESTAT_A_TERM_CONN_STATES,

	/* private: */
	__TUPLESTAT_A_TERM_MAX,
	TUPLESTAT_A_TERM_MAX = __TUPLESTAT_A_TERM_MAX - 1
};

/**
 * enum tuplestat_a_stats - attributes of the statistics
 * @TUPLESTAT_A_STATS_UNSPEC: not used
 * @TUPLESTAT_A_STATS_PAD: alignment of 64-bit attributes
 * @TUPLESTAT_A_STATS_SEEN: nest of enum tuplestat_a_total: PACKETS and BYTES
 *	that the hooks saw, counted on their own
 * @TUPLESTAT_A_STATS_LIVE: nest: FLOWS in the table, their PACKETS and BYTES
 * @TUPLESTAT_A_STATS_ENDED: nest, repeated: REASON (enum
 *	tuplestat_end_reason), FLOWS, PACKETS, BYTES of ended flows
 * @TUPLESTAT_A_STATS_UNATTRIBUTED: nest, repeated: REASON (enum
 *	tuplestat_unattributed), PACKETS, BYTES that belong to no flow
 * @TUPLESTAT_A_STATS_MAX_FLOWS: u32, most flows that the table takes
 * @TUPLESTAT_A_STATS_BUCKETS: u32, hash buckets of the table
 * @TUPLESTAT_A_STATS_MEMORY: u64, bytes that flows and buckets take now
 * @TUPLESTAT_A_STATS_SEEN_BEFORE: nest: SEEN as it was before LIVE, ENDED and
 *	UNATTRIBUTED were added up; SEEN is what it was afterwards
 * @TUPLESTAT_A_STATS_UNUSUAL: nest, repeated: REASON (enum tuplestat_unusual),
 *	PACKETS, BYTES of segments with such flags. Not a part of the equation
 * @TUPLESTAT_A_STATS_EVENT_SEQ: u64, SEQ of the last event
 * @TUPLESTAT_A_STATS_EVENTS_LOST: u64, events that no message was made for
 *
 * In packets and in bytes, SEEN_BEFORE <= LIVE + all ENDED + all UNATTRIBUTED
 * <= SEEN; where no packet is under way, both are equal, and so is the sum.
 */
enum tuplestat_a_stats {
	TUPLESTAT_A_STATS_UNSPEC,
	TUPLESTAT_A_STATS_PAD,
	TUPLESTAT_A_STATS_SEEN,
	TUPLESTAT_A_STATS_LIVE,
	TUPLESTAT_A_STATS_ENDED,
	TUPLESTAT_A_STATS_UNATTRIBUTED,
	TUPLESTAT_A_STATS_MAX_FLOWS,
	TUPLESTAT_A_STATS_BUCKETS,
	TUPLESTAT_A_STATS_MEMORY,
	TUPLESTAT_A_STATS_SEEN_BEFORE,
	TUPLESTAT_A_STATS_UNUSUAL,
	TUPLESTAT_A_STATS_EVENT_SEQ,
	TUPLESTAT_A_STATS_EVENTS_LOST,

	/* private: */
	__TUPLESTAT_A_STATS_MAX,
	TUPLESTAT_A_STATS_MAX = __TUPLESTAT_A_STATS_MAX - 1
};

/**
 * enum tuplestat_a_total - attributes of one line of the ledger
 * @TUPLESTAT_A_TOTAL_UNSPEC: not used
 * @TUPLESTAT_A_TOTAL_PAD: alignment of 64-bit attributes
 * @TUPLESTAT_A_TOTAL_REASON: u32, see the attribute that holds the nest
 * @TUPLESTAT_A_TOTAL_FLOWS: u64, flows
 * @TUPLESTAT_A_TOTAL_PACKETS: u64, packets on the wire
 * @TUPLESTAT_A_TOTAL_BYTES: u64, bytes of layer 3 and up
 */
enum tuplestat_a_total {
	TUPLESTAT_A_TOTAL_UNSPEC,
	TUPLESTAT_A_TOTAL_PAD,
	TUPLESTAT_A_TOTAL_REASON,
	TUPLESTAT_A_TOTAL_FLOWS,
	TUPLESTAT_A_TOTAL_PACKETS,
	TUPLESTAT_A_TOTAL_BYTES,

	/* private: */
	__TUPLESTAT_A_TOTAL_MAX,
	TUPLESTAT_A_TOTAL_MAX = __TUPLESTAT_A_TOTAL_MAX - 1
};

/**
 * enum tuplestat_a_config - attributes of the settings
 * @TUPLESTAT_A_CONFIG_UNSPEC: not used
 * @TUPLESTAT_A_CONFIG_STARTED: u8, 1 while this namespace is counted, else 0.
 *	Setting 0 ends all flows (TUPLESTAT_END_FORCED)
 * @TUPLESTAT_A_CONFIG_MAX_FLOWS: u32, TUPLESTAT_MAX_FLOWS_MIN to
 *	TUPLESTAT_MAX_FLOWS_MAX. A namespace that belongs to a user namespace
 *	other than the initial one cannot go above the module parameter
 *	userns_max_flows, and cannot be started while that is 0
 * @TUPLESTAT_A_CONFIG_TIMEOUTS: nest of enum tuplestat_a_timeout
 */
enum tuplestat_a_config {
	TUPLESTAT_A_CONFIG_UNSPEC,
	TUPLESTAT_A_CONFIG_STARTED,
	TUPLESTAT_A_CONFIG_MAX_FLOWS,
	TUPLESTAT_A_CONFIG_TIMEOUTS,

	/* private: */
	__TUPLESTAT_A_CONFIG_MAX,
	TUPLESTAT_A_CONFIG_MAX = __TUPLESTAT_A_CONFIG_MAX - 1
};

/**
 * enum tuplestat_a_timeout - how long flows are kept that nothing is seen of
 * @TUPLESTAT_A_TIMEOUT_UNSPEC: not used
 * @TUPLESTAT_A_TIMEOUT_NONE: TCP, nothing that tells yet (default 60)
 * @TUPLESTAT_A_TIMEOUT_SYN_SENT: SYN without an answer (120)
 * @TUPLESTAT_A_TIMEOUT_SYN_RECV: SYN-ACK without an answer (60)
 * @TUPLESTAT_A_TIMEOUT_ESTABLISHED: open connection (3600)
 * @TUPLESTAT_A_TIMEOUT_FIN_WAIT: first FIN without an answer (120)
 * @TUPLESTAT_A_TIMEOUT_CLOSE_WAIT: half-closed (3600)
 * @TUPLESTAT_A_TIMEOUT_LAST_ACK: second FIN without an answer (60)
 * @TUPLESTAT_A_TIMEOUT_TIME_WAIT: closed, kept to be seen (60)
 * @TUPLESTAT_A_TIMEOUT_CLOSE: reset, likewise (60)
 * @TUPLESTAT_A_TIMEOUT_SYN_SENT2: SYNs from both sides (120)
 * @TUPLESTAT_A_TIMEOUT_UNREPLIED: UDP, packets from one side only (60)
 * @TUPLESTAT_A_TIMEOUT_REPLIED: UDP, packets from both sides (120)
 * @TUPLESTAT_A_TIMEOUT_ACTIVE: between two interim events of a flow (1800)
 *
 * Each is u32, seconds, 1 to TUPLESTAT_TIMEOUT_MAX. But for the last one, the
 * number of an attribute is that of its state (enum tuplestat_state) plus one.
 */
enum tuplestat_a_timeout {
	TUPLESTAT_A_TIMEOUT_UNSPEC,
	TUPLESTAT_A_TIMEOUT_NONE,
	TUPLESTAT_A_TIMEOUT_SYN_SENT,
	TUPLESTAT_A_TIMEOUT_SYN_RECV,
	TUPLESTAT_A_TIMEOUT_ESTABLISHED,
	TUPLESTAT_A_TIMEOUT_FIN_WAIT,
	TUPLESTAT_A_TIMEOUT_CLOSE_WAIT,
	TUPLESTAT_A_TIMEOUT_LAST_ACK,
	TUPLESTAT_A_TIMEOUT_TIME_WAIT,
	TUPLESTAT_A_TIMEOUT_CLOSE,
	TUPLESTAT_A_TIMEOUT_SYN_SENT2,
	TUPLESTAT_A_TIMEOUT_UNREPLIED,
	TUPLESTAT_A_TIMEOUT_REPLIED,
	TUPLESTAT_A_TIMEOUT_ACTIVE,

	/* private: */
	__TUPLESTAT_A_TIMEOUT_MAX,
	TUPLESTAT_A_TIMEOUT_MAX = __TUPLESTAT_A_TIMEOUT_MAX - 1
};

#endif /* _UAPI_LINUX_TUPLESTAT_H */
