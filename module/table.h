/* SPDX-License-Identifier: GPL-2.0 */
/* The flow table of one network namespace. */
#ifndef _TSTAT_TABLE_H
#define _TSTAT_TABLE_H

#include <linux/percpu.h>

#include "core/account.h"
#include "core/tuple.h"

struct tstat_ledger;
struct tstat_table;

/**
 * struct tstat_cursor - a place in the order of buckets
 * @hash: what is left has this hash or a higher one
 * @end: nothing is left
 *
 * The order is that of hashes, not of memory, so a cursor stays valid while
 * flows come and go and while the table is resized. All zero is the start.
 */
struct tstat_cursor {
	u64 hash;
	bool end;
};

/**
 * typedef tstat_visit_t - what is done with each flow of a walk
 * @rec: a consistent copy
 * @data: the caller's
 *
 * Context: a spinlock is held.
 * Return: 0, or a negative error, which ends the walk.
 */
typedef int (*tstat_visit_t)(const struct tstat_record *rec, void *data);

int tstat_table_cache_create(void);
void tstat_table_cache_destroy(void);

struct tstat_table *tstat_table_create(u32 max_flows,
				       const struct tstat_ports *ports,
				       struct tstat_ledger __percpu *ledger);
void tstat_table_destroy(struct tstat_table *table);
int tstat_table_resize(struct tstat_table *table, u32 max_flows);

int tstat_table_account(struct tstat_table *table,
			const struct tstat_packet *pkt, u64 now_ns);
bool tstat_table_find(struct tstat_table *table,
		      const struct tstat_tuple *tuple,
		      struct tstat_record *copy);
int tstat_table_walk_bucket(struct tstat_table *table,
			    struct tstat_cursor *cursor, tstat_visit_t visit,
			    void *data);
bool tstat_table_expire(struct tstat_table *table, struct tstat_cursor *cursor,
			u64 now_ns, unsigned int budget);

u32 tstat_table_count(const struct tstat_table *table);
u32 tstat_table_buckets(struct tstat_table *table);
u64 tstat_table_memory(struct tstat_table *table);

#endif /* _TSTAT_TABLE_H */
