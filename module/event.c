// SPDX-License-Identifier: GPL-2.0
/* Events: what happens to flows, told to whoever listens. */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "event.h"
#include "fill.h"
#include "netlink.h"

/* Hashes that a CPU's ring holds, a power of two. */
#define RING_SIZE 256

/* Parts of the hash space that have a bit each. */
#define PART_BITS 8
#define PARTS BIT(PART_BITS)
#define PART_SHIFT (64 - PART_BITS)

/* What happens to a flow within this time becomes one message. */
#define DELAY_MS 20

/**
 * struct ring - hashes of flows with events, of one CPU
 * @head: how many were put in; written on that CPU, with bottom halves off
 * @tail: how many were taken out; written by who drains
 * @hash: the hashes
 */
struct ring {
	u32 head;
	u32 tail;
	u64 hash[RING_SIZE];
};

/**
 * struct tstat_events - the events of one network namespace
 * @net: the namespace
 * @ring: where packets leave hashes
 * @parts: parts of the table that have events whose hash found no room
 * @lock: held to drain
 * @table: where the flows are, while started; for the worker
 * @batch: what was taken from flows and not sent yet; under @lock
 * @work: the worker
 * @seq: number of the last event
 * @lost: events that no message was made for
 */
struct tstat_events {
	struct net *net;
	struct ring __percpu *ring;
	DECLARE_BITMAP(parts, PARTS);
	struct mutex lock;
	struct tstat_table *table;
	struct tstat_batch batch;
	struct delayed_work work;
	atomic64_t seq;
	atomic64_t lost;
};

/**
 * tstat_events_wanted() - whether anybody listens
 * @events: the events of the namespace
 *
 * Return: whether there is a listener; who stops listening may be seen late.
 */
bool tstat_events_wanted(const struct tstat_events *events)
{
	return tstat_netlink_has_listeners(events->net);
}

static void wake(struct tstat_events *events)
{
	queue_delayed_work(system_power_efficient_wq, &events->work,
			   msecs_to_jiffies(DELAY_MS));
}

/**
 * tstat_events_push() - tell that a flow has events
 * @events: the events of the namespace
 * @hash: hash of the flow
 *
 * Context: bottom halves off.
 */
void tstat_events_push(struct tstat_events *events, u64 hash)
{
	struct ring *ring = this_cpu_ptr(events->ring);
	u32 head = ring->head;

	if (head - READ_ONCE(ring->tail) < RING_SIZE) {
		ring->hash[head % RING_SIZE] = hash;
		/* Pairs with the acquire in drain_ring(). */
		smp_store_release(&ring->head, head + 1);
	} else {
		/* Pairs with the barrier in drain_parts(). */
		smp_mb__before_atomic();
		set_bit(hash >> PART_SHIFT, events->parts);
	}
	wake(events);
}

/**
 * tstat_events_lose() - count an event that nobody will be told of
 * @events: the events of the namespace
 */
void tstat_events_lose(struct tstat_events *events)
{
	atomic64_inc(&events->seq);
	atomic64_inc(&events->lost);
}

static void send(struct tstat_events *events, struct sk_buff *skb)
{
	if (skb)
		tstat_netlink_send_events(events->net, skb);
}

/* As many messages as it takes; what finds no memory is lost, and counted. */
static void send_batch(struct tstat_events *events)
{
	struct tstat_batch *batch = &events->batch;
	struct sk_buff *skb = NULL;
	unsigned int i;
	u64 seq;

	for (i = 0; i < batch->count; i++) {
		seq = atomic64_inc_return(&events->seq);
		if (skb && !tstat_netlink_put_event(skb, &batch->event[i], seq))
			continue;
		send(events, skb);
		skb = tstat_netlink_new_events();
		if (!skb || tstat_netlink_put_event(skb, &batch->event[i], seq))
			atomic64_inc(&events->lost);
	}
	send(events, skb);
	batch->count = 0;
}

static void drain_hashes(struct tstat_events *events, struct tstat_table *table,
			 u64 first, u64 last)
{
	struct tstat_cursor cursor = { .hash = first };

	while (tstat_table_take_events(table, &cursor, last, &events->batch)) {
		if (events->batch.count == TSTAT_BATCH_MAX)
			send_batch(events);
		cond_resched();
	}
}

static void drain_ring(struct tstat_events *events, struct tstat_table *table,
		       struct ring *ring)
{
	/* Pairs with the release in tstat_events_push(). */
	u32 head = smp_load_acquire(&ring->head);
	u32 tail = ring->tail;
	u64 hash;

	for (; tail != head; tail++) {
		hash = ring->hash[tail % RING_SIZE];
		/* What was read may be written again. */
		smp_store_release(&ring->tail, tail + 1);
		drain_hashes(events, table, hash, hash);
	}
}

static void drain_parts(struct tstat_events *events, struct tstat_table *table)
{
	unsigned long part;

	for_each_set_bit(part, events->parts, PARTS) {
		clear_bit(part, events->parts);
		/* What is noted from now on sets the bit again. */
		smp_mb__after_atomic();
		drain_hashes(events, table, (u64)part << PART_SHIFT,
			     ((u64)part << PART_SHIFT) |
			     GENMASK_ULL(PART_SHIFT - 1, 0));
	}
}

/**
 * tstat_events_drain() - send what there is now
 * @events: the events of the namespace
 * @table: its table
 *
 * Context: process, may sleep.
 */
void tstat_events_drain(struct tstat_events *events, struct tstat_table *table)
{
	int cpu;

	mutex_lock(&events->lock);
	for_each_possible_cpu(cpu)
		drain_ring(events, table, per_cpu_ptr(events->ring, cpu));
	drain_parts(events, table);
	send_batch(events);
	mutex_unlock(&events->lock);
}

static void run(struct work_struct *work)
{
	struct tstat_events *events = container_of(to_delayed_work(work),
						   struct tstat_events, work);

	tstat_events_drain(events, events->table);
}

/**
 * tstat_events_count() - what has become of events
 * @events: the events of the namespace
 * @counts: written; what has a number by then was sent, or is lost
 *
 * Context: process, may sleep.
 */
void tstat_events_count(struct tstat_events *events,
			struct tstat_event_counts *counts)
{
	/* Who sends holds it from the number to the message. */
	mutex_lock(&events->lock);
	counts->seq = atomic64_read(&events->seq);
	counts->lost = atomic64_read(&events->lost);
	mutex_unlock(&events->lock);
}

/**
 * tstat_events_create() - make the events of a namespace
 * @net: the namespace
 *
 * Context: process, may sleep.
 * Return: the events or NULL, no memory.
 */
struct tstat_events *tstat_events_create(struct net *net)
{
	struct tstat_events *events;

	events = kzalloc(sizeof(*events), GFP_KERNEL_ACCOUNT);
	if (!events)
		return NULL;
	events->ring = alloc_percpu_gfp(struct ring, GFP_KERNEL_ACCOUNT);
	if (!events->ring) {
		kfree(events);
		return NULL;
	}
	events->net = net;
	mutex_init(&events->lock);
	INIT_DELAYED_WORK(&events->work, run);
	return events;
}

/**
 * tstat_events_destroy() - free the events of a namespace
 * @events: the events, stopped; or NULL
 */
void tstat_events_destroy(struct tstat_events *events)
{
	if (!events)
		return;
	free_percpu(events->ring);
	kfree(events);
}

/**
 * tstat_events_start() - let the worker look for flows
 * @events: the events of the namespace
 * @table: where they are; before the first packet comes in
 */
void tstat_events_start(struct tstat_events *events, struct tstat_table *table)
{
	events->table = table;
}

/**
 * tstat_events_stop() - stop the worker
 * @events: the events of the namespace; nobody pushes any more
 *
 * Context: process, may sleep.
 */
void tstat_events_stop(struct tstat_events *events)
{
	cancel_delayed_work_sync(&events->work);
	events->table = NULL;
}
