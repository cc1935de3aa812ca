// SPDX-License-Identifier: GPL-2.0
/*
 * The flows of a replay: as the kernel's table, but nothing is forgotten.
 *
 * Records lie in chunks, in the order in which they began; buckets hold the
 * live ones by their numbers.
 */
#include <errno.h>
#include <stdlib.h>

#include "replay_table.h"

#define CHUNK_FLOWS 1024
#define FIRST_BUCKETS 1024

/* While packets are accounted no chunk is dropped. */
static struct replay_flow *flow_at(const struct replay_table *table, u32 number)
{
	return &table->chunk[(number - 1) / CHUNK_FLOWS]
			    [(number - 1) % CHUNK_FLOWS];
}

/**
 * replay_table_flow - a flow by its number
 * @table: the table
 * @number: 1 to @table->count, in the order in which they began
 *
 * Return: the flow; NULL where its chunk was dropped.
 */
struct replay_flow *replay_table_flow(const struct replay_table *table,
				      u32 number)
{
	bool is_dropped = !table->chunk[(number - 1) / CHUNK_FLOWS];

	return is_dropped ? NULL : flow_at(table, number);
}

static u32 *bucket_of(const struct replay_table *table,
		      const struct tstat_tuple *tuple)
{
	u64 hash = tstat_tuple_hash(tuple, &table->key);

	return &table->bucket[hash & (table->buckets - 1)];
}

/* The link that holds the number of the live flow, or 0 at the chain's end. */
static u32 *find_link(const struct replay_table *table,
		      const struct tstat_tuple *tuple)
{
	u32 *link = bucket_of(table, tuple);
	struct replay_flow *flow;

	for (; *link; link = &flow->next) {
		flow = flow_at(table, *link);
		if (tstat_tuple_equal(&flow->rec.tuple, tuple))
			break;
	}
	return link;
}

static void link_live_flows(struct replay_table *table)
{
	struct replay_flow *flow;
	u32 number, *bucket;

	for (number = 1; number <= table->count; number++) {
		flow = flow_at(table, number);
		if (flow->end_reason)
			continue;
		bucket = bucket_of(table, &flow->rec.tuple);
		flow->next = *bucket;
		*bucket = number;
	}
}

/* As many buckets as live flows, if memory allows: else chains get longer. */
static int grow_buckets(struct replay_table *table)
{
	u32 buckets = table->buckets ? table->buckets * 2 : FIRST_BUCKETS;
	u32 *grown;

	if (table->live < table->buckets || !buckets)
		return 0;
	grown = calloc(buckets, sizeof(*grown));
	if (!grown)
		return table->buckets ? 0 : -ENOMEM;
	free(table->bucket);
	table->bucket = grown;
	table->buckets = buckets;
	link_live_flows(table);
	return 0;
}

static int grow_chunks(struct replay_table *table)
{
	struct replay_flow **grown;

	if (table->count == U32_MAX)
		return -ENOMEM;
	if (table->count / CHUNK_FLOWS < table->chunks)
		return 0;
	grown = reallocarray(table->chunk, table->chunks + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	table->chunk = grown;
	table->chunk[table->chunks] = malloc(CHUNK_FLOWS * sizeof(**grown));
	if (!table->chunk[table->chunks])
		return -ENOMEM;
	table->chunks++;
	return 0;
}

static int begin(struct replay_table *table, const struct tstat_packet *pkt,
		 u64 now_ns)
{
	struct replay_flow *flow;
	u32 *bucket;

	if (grow_chunks(table))
		return -ENOMEM;
	flow = flow_at(table, ++table->count);
	flow->end_reason = 0;
	tstat_record_begin(&flow->rec, pkt, &table->ports, now_ns);
	tstat_record_account(&flow->rec, pkt, now_ns);

	bucket = bucket_of(table, &flow->rec.tuple);
	flow->next = *bucket;
	*bucket = table->count;
	table->live++;
	return 0;
}

static void end(struct replay_table *table, u32 *link,
		enum tuplestat_end_reason reason)
{
	struct replay_flow *flow = flow_at(table, *link);

	*link = flow->next;
	flow->end_reason = reason;
	table->live--;
}

/* Whether a flow is to end before @pkt, and why; 0 for not at all. */
static int ends_before(const struct tstat_record *rec,
		       const struct tstat_packet *pkt, u64 now_ns)
{
	if (tstat_record_is_over(rec, &tstat_timeouts_default, now_ns))
		return tstat_record_end_reason(rec);
	return tstat_record_is_reused(rec, pkt, now_ns) ? TUPLESTAT_END_FLOW :
							  0;
}

/**
 * replay_table_account - account a packet to its flow
 * @table: the table
 * @pkt: the packet; begins a flow where there is none
 * @now_ns: time of the packet
 *
 * The kernel's collector goes round once a second. Here every flow is judged
 * when it is touched, by the time of the packet, and once more at the end of
 * the capture, with the same outcome as from a collector that never pauses. A
 * packet whose time is wrong does no harm to flows other than its own.
 *
 * Return: 0 or -ENOMEM, then the packet belongs to no flow.
 */
int replay_table_account(struct replay_table *table,
			 const struct tstat_packet *pkt, u64 now_ns)
{
	struct replay_flow *flow;
	int reason;
	u32 *link;

	if (grow_buckets(table))
		return -ENOMEM;
	link = find_link(table, &pkt->tuple);
	if (!*link)
		return begin(table, pkt, now_ns);

	flow = flow_at(table, *link);
	reason = ends_before(&flow->rec, pkt, now_ns);
	if (!reason) {
		tstat_record_account(&flow->rec, pkt, now_ns);
		return 0;
	}
	end(table, link, reason);
	return begin(table, pkt, now_ns);
}

/**
 * replay_table_expire - end flows whose timeout is over
 * @table: the table
 * @now_ns: the time
 */
void replay_table_expire(struct replay_table *table, u64 now_ns)
{
	struct replay_flow *flow;
	u32 *link, i;

	for (i = 0; i < table->buckets; i++) {
		for (link = &table->bucket[i]; *link;) {
			flow = flow_at(table, *link);
			if (tstat_record_is_over(&flow->rec, &tstat_timeouts_default,
						 now_ns))
				end(table, link,
				    tstat_record_end_reason(&flow->rec));
			else
				link = &flow->next;
		}
	}
}

/**
 * replay_table_drop - free what nobody will ask for again
 * @table: the table; nothing is accounted any more
 * @number: the flows up to this one are not needed
 */
void replay_table_drop(struct replay_table *table, u32 number)
{
	/* A chunk at a time, with its last flow. */
	if (number % CHUNK_FLOWS)
		return;
	free(table->chunk[number / CHUNK_FLOWS - 1]);
	table->chunk[number / CHUNK_FLOWS - 1] = NULL;
}

/**
 * replay_table_memory - memory of a table
 * @table: the table
 *
 * Return: bytes that flows and buckets take.
 */
u64 replay_table_memory(const struct replay_table *table)
{
	return (u64)table->chunks * CHUNK_FLOWS * sizeof(struct replay_flow) +
	       (u64)table->chunks * sizeof(*table->chunk) +
	       (u64)table->buckets * sizeof(*table->bucket);
}

/**
 * replay_table_free - forget all flows
 * @table: the table; all zero is an empty one
 */
void replay_table_free(struct replay_table *table)
{
	u32 i;

	for (i = 0; i < table->chunks; i++)
		free(table->chunk[i]);
	free(table->chunk);
	free(table->bucket);
	*table = (struct replay_table){ 0 };
}
