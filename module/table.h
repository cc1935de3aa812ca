/* SPDX-License-Identifier: GPL-2.0 */
/* The flow table of one network namespace. */
#ifndef _TSTAT_TABLE_H
#define _TSTAT_TABLE_H

#include <linux/percpu.h>

#include "core/account.h"
#include "core/match.h"
#include "core/tuple.h"

struct tstat_book;
struct tstat_events;
struct tstat_ledger;
struct tstat_table;
struct tstat_total;

/**
 * struct tstat_table_env - what a table uses that is not its own
 * @ports: ports that servers are likely to have
 * @timeouts: how long flows are kept; may change at any time
 * @ledger: where ended flows are entered
 * @events: who is told that flows have events
 * @unprivileged: the namespace belongs to an unprivileged user
 *
 * All of it outlives the table.
 */
struct tstat_table_env {
	const struct tstat_ports *ports;
	const struct tstat_timeouts *timeouts;
	struct tstat_ledger __percpu *ledger;
	struct tstat_events *events;
	bool unprivileged;
};

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
 * struct tstat_round - one round of the collector
 * @now_ns: when it began
 * @before_ns: when the one before began
 * @active_ns: time between two interim events of a flow
 */
struct tstat_round {
	u64 now_ns;
	u64 before_ns;
	u64 active_ns;
};

/**
 * struct tstat_event - what an event tells of a flow
 * @rec: the flow
 * @events: what happened, enum tuplestat_events
 * @end_reason: enum tuplestat_end_reason, 0 while it lives
 */
struct tstat_event {
	struct tstat_record rec;
	u8 events;
	u8 end_reason;
};

/**
 * struct tstat_batch - events that were taken from flows
 * @count: how many
 * @event: the events
 */
#define TSTAT_BATCH_MAX 16
struct tstat_batch {
	unsigned int count;
	struct tstat_event event[TSTAT_BATCH_MAX];
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

int tstat_table_cache_create(u32 all_max_flows);
void tstat_table_cache_destroy(void);

struct tstat_table *tstat_table_create(u32 max_flows,
				       const struct tstat_table_env *env);
void tstat_table_end_all(struct tstat_table *table);
void tstat_table_destroy(struct tstat_table *table);
int tstat_table_resize(struct tstat_table *table, u32 max_flows);

int tstat_table_account(struct tstat_table *table,
			const struct tstat_packet *pkt, u64 now_ns);
bool tstat_table_find(struct tstat_table *table,
		      const struct tstat_tuple *tuple,
		      struct tstat_record *copy);
int tstat_table_walk_bucket(struct tstat_table *table,
			    struct tstat_cursor *cursor,
			    struct tstat_record *copy, tstat_visit_t visit,
			    void *data);
bool tstat_table_expire(struct tstat_table *table, struct tstat_cursor *cursor,
			const struct tstat_round *round, u64 now_ns,
			unsigned int budget);
bool tstat_table_delete(struct tstat_table *table,
			const struct tstat_tuple *tuple);
u32 tstat_table_delete_matching(struct tstat_table *table,
				const struct tstat_filter *filter);
bool tstat_table_take_events(struct tstat_table *table,
			     struct tstat_cursor *cursor, u64 last,
			     struct tstat_batch *batch);

void tstat_table_sum_begin(struct tstat_table *table);
void tstat_table_sum_live(struct tstat_table *table, struct tstat_total *live);
void tstat_table_sum_end(struct tstat_table *table, struct tstat_total *live,
			 struct tstat_book *book);

u32 tstat_table_buckets(struct tstat_table *table);
u64 tstat_table_memory(struct tstat_table *table);

#endif /* _TSTAT_TABLE_H */
