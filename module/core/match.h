/* SPDX-License-Identifier: GPL-2.0 */
/* A filter on flows: the same in the kernel's dumps and in the command. */
#ifndef _TSTAT_CORE_MATCH_H
#define _TSTAT_CORE_MATCH_H

#include "port.h"
#include "record.h"

enum tstat_field {
	TSTAT_FIELD_FAMILY,
	TSTAT_FIELD_PROTO,
	TSTAT_FIELD_NET,
	TSTAT_FIELD_PORT,
	TSTAT_FIELD_STATE,
	TSTAT_FIELD_CONN,
};

/**
 * struct tstat_term - one condition on flows
 * @field: enum tstat_field, says which of the rest is meant
 * @side: enum tuplestat_side, for TSTAT_FIELD_NET and TSTAT_FIELD_PORT
 * @negate: the condition must not hold
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @net: addresses of a family whose first @net.bits bits are these
 * @port: ports from @port.first to @port.last, in host byte order
 * @states: states, a bit each (1 << enum tuplestat_state), or verdicts
 *	(1 << enum tuplestat_conn_state)
 */
struct tstat_term {
	u8 field;
	u8 side;
	bool negate;
	union {
		u8 family;
		u8 proto;
		struct {
			u8 family;
			u8 bits;
			u8 addr[16];
		} net;
		struct {
			u16 first;
			u16 last;
		} port;
		u32 states;
	};
};

/**
 * struct tstat_filter - terms that must all hold; without any, all flows match
 * @count: how many
 * @term: the terms
 */
struct tstat_filter {
	u32 count;
	struct tstat_term term[TUPLESTAT_TERMS_MAX];
};

/**
 * struct tstat_subject - what a filter looks at; of ends, the originator first
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @state: enum tuplestat_state
 * @conn_state: enum tuplestat_conn_state
 * @port: in host byte order
 * @addr: 4 or 16 bytes each, network order
 */
struct tstat_subject {
	u8 family;
	u8 proto;
	u8 state;
	u8 conn_state;
	u16 port[2];
	const u8 *addr[2];
};

bool tstat_filter_match(const struct tstat_filter *filter,
			const struct tstat_subject *subject);
bool tstat_filter_match_record(const struct tstat_filter *filter,
			       const struct tstat_record *rec);
bool tstat_filter_tuple(const struct tstat_filter *filter,
			struct tstat_tuple *tuple);

#endif /* _TSTAT_CORE_MATCH_H */
