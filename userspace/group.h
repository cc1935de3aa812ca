/* SPDX-License-Identifier: GPL-2.0 */
/* Flows that have something in common, added up while they pass by. */
#ifndef TUPLESTAT_GROUP_H
#define TUPLESTAT_GROUP_H

#include "arrange.h"
#include "sink.h"
#include "tuple.h"

/**
 * struct group_key - what the flows of a group have in common; else zero
 * @family: AF_INET or AF_INET6, where it is addresses
 * @proto: IPPROTO_TCP or IPPROTO_UDP; of ports, too
 * @value: enum tuplestat_state or enum tuplestat_conn_state
 * @zero: always zero, so that keys compare as bytes
 * @port: in host byte order
 * @addr: as in struct flow_end; of two hosts, the lower address first
 */
struct group_key {
	uint8_t family;
	uint8_t proto;
	uint8_t value;
	uint8_t zero;
	uint16_t port;
	uint8_t addr[2][FLOW_ADDR_LEN];
};

/**
 * struct group - flows that have something in common
 * @key: what
 * @first_ns: when the first of them began
 * @flows: how many there are
 * @packets: sent by the originators and by the responders, or, where the
 *	group is a pair of hosts, by the first and by the second of them
 * @bytes: likewise, of layer 3 and up
 */
struct group {
	struct group_key key;
	uint64_t first_ns;
	uint64_t flows;
	uint64_t packets[2];
	uint64_t bytes[2];
};

/**
 * struct groups - all groups
 * @arrange: what makes a group, their order, and how many are kept
 * @group: the groups; NULL while there are none
 * @count: how many there are
 * @slot: by hash, the number of a group from 1 on; 0 is a free place
 * @slots: how many there are, a power of two, at least twice @count
 * @hash_key: keeps others from choosing places
 */
struct groups {
	const struct arrange *arrange;
	struct group *group;
	size_t count;
	size_t *slot;
	size_t slots;
	struct tstat_hash_key hash_key;
};

struct flow_sink sink_to_groups(struct groups *groups);
void groups_finish(struct groups *groups);
void groups_free(struct groups *groups);

#endif /* TUPLESTAT_GROUP_H */
