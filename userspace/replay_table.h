/* SPDX-License-Identifier: GPL-2.0 */
/* The flows of a replay: as the kernel's table, but nothing is forgotten. */
#ifndef TUPLESTAT_REPLAY_TABLE_H
#define TUPLESTAT_REPLAY_TABLE_H

#include "account.h"
#include "tuple.h"

/**
 * struct replay_flow - a flow, live or ended
 * @rec: the key, and what was counted
 * @next: number of the next flow of the bucket, while live
 * @end_reason: enum tuplestat_end_reason, 0 while live
 */
struct replay_flow {
	struct tstat_record rec;
	u32 next;
	u8 end_reason;
};

/**
 * struct replay_table - the flows, numbered from 1 as they began
 * @chunk: where they are; flows never move
 * @chunks: how many chunks there are
 * @count: how many flows there are, live or ended
 * @bucket: number of the first live flow of each bucket, 0 for none
 * @buckets: a power of two, 0 before the first flow
 * @live: how many are live
 * @key: secret of the hash, so that no capture can aim at a bucket
 * @ports: ports that servers are likely to have
 */
struct replay_table {
	struct replay_flow **chunk;
	u32 chunks;
	u32 count;
	u32 *bucket;
	u32 buckets;
	u32 live;
	struct tstat_hash_key key;
	struct tstat_ports ports;
};

int replay_table_account(struct replay_table *table,
			 const struct tstat_packet *pkt, u64 now_ns);
void replay_table_expire(struct replay_table *table, u64 now_ns);
struct replay_flow *replay_table_flow(const struct replay_table *table,
				      u32 number);
void replay_table_drop(struct replay_table *table, u32 number);
u64 replay_table_memory(const struct replay_table *table);
void replay_table_free(struct replay_table *table);

#endif /* TUPLESTAT_REPLAY_TABLE_H */
