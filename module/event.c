// SPDX-License-Identifier: GPL-2.0
/* Events: what happens to flows, told to whoever listens. */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "compat/lockdep.h"
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

/* Time between two messages that are built to find out if anyone listens. */
#define ASK_PAUSE HZ

/**
 * struct ring - hashes of flows with events, of one CPU
 * @head: how many were put in; written on that CPU, with bottom halves off
 * @tail: how many were taken out; written by who drains
 * @skipped: how many events were not built; written on that CPU, may wrap
 * @counted: how many of these have got their number; under the events' lock
 * @hash: the hashes
 */
struct ring {
	u32 head;
	u32 tail;
	u32 skipped;
	u32 counted;
	u64 hash[RING_SIZE];
};

/**
 * enum hearing - what is known of listeners in the namespace
 * @HEARD: there may be one
 * @UNHEARD: the last message reached nobody, less than ASK_PAUSE ago
 * @ASKING: the same, but longer ago: the next event is sent at once, to find out
 */
enum hearing { HEARD, UNHEARD, ASKING };

/**
 * struct tstat_events - the events of one network namespace
 * @net: the namespace
 * @ring: where packets leave hashes
 * @parts: parts of the table that have events whose hash found no room
 * @lock: held to drain, to number events, and to change @hearing
 * @hearing: enum hearing; read without @lock
 * @heard_at: jiffies of the last message that somebody received. For ASK_PAUSE
 *	from then on, one that nobody received is taken for one that found the
 *	buffers of listeners full, which looks the same
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
	enum hearing hearing;
	unsigned long heard_at;
	struct tstat_table *table;
	struct tstat_batch batch;
	struct delayed_work work;
	atomic64_t seq;
	atomic64_t lost;
};

/**
 * tstat_events_wanted() - whether events get numbers
 * @events: the events of the namespace
 *
 * Return: whether there is a listener, in whatever namespace.
 */
bool tstat_events_wanted(const struct tstat_events *events)
{
	return tstat_netlink_has_listeners(events->net);
}

/**
 * tstat_events_are_heard() - whether an event is worth building
 * @events: the events of the namespace; wanted
 *
 * netlink keeps one list of listeners for all namespaces. Which namespace they
 * are in shows when a message is sent: then nobody receives it.
 *
 * Return: whether there may be a listener in this namespace.
 */
bool tstat_events_are_heard(const struct tstat_events *events)
{
	return READ_ONCE(events->hearing) != UNHEARD;
}

/**
 * tstat_events_expect() - build events from now on: a listener may have come
 * @events: the events of the namespace, started
 *
 * Context: process, may sleep.
 */
void tstat_events_expect(struct tstat_events *events)
{
	mutex_lock(&events->lock);
	if (events->hearing != HEARD) {
		WRITE_ONCE(events->hearing, HEARD);
		/* Or an event would wait until ASK_PAUSE is over. */
		mod_delayed_work(system_power_efficient_wq, &events->work, 0);
	}
	mutex_unlock(&events->lock);
}

/* With @lock held: what a message says that was just sent. */
static void learn(struct tstat_events *events, int err)
{
	lockdep_assert_held(&events->lock);
	if (err != -ESRCH) {
		WRITE_ONCE(events->hearing, HEARD);
		events->heard_at = jiffies;
		return;
	}
	/* Not time_before(), which a very old time would pass. */
	if (events->hearing == HEARD && jiffies - events->heard_at < ASK_PAUSE)
		return;
	WRITE_ONCE(events->hearing, UNHEARD);
	mod_delayed_work(system_power_efficient_wq, &events->work, ASK_PAUSE);
}

static void wake(struct tstat_events *events)
{
	unsigned long delay = READ_ONCE(events->hearing) == ASKING ?
			      0 : msecs_to_jiffies(DELAY_MS);

	queue_delayed_work(system_power_efficient_wq, &events->work, delay);
}

/**
 * tstat_events_skip() - number an event that is not built
 * @events: the events of the namespace
 *
 * A listener that comes before that is noticed sees that it missed some.
 *
 * Context: bottom halves disabled.
 */
void tstat_events_skip(struct tstat_events *events)
{
	lockdep_assert_in_softirq();
	this_cpu_inc(events->ring->skipped);
}

/* With @lock held: the numbers of events that were skipped on all CPUs. */
static void number_skipped(struct tstat_events *events)
{
	struct ring *ring;
	u32 skipped;
	int cpu;

	lockdep_assert_held(&events->lock);
	for_each_possible_cpu(cpu) {
		ring = per_cpu_ptr(events->ring, cpu);
		skipped = READ_ONCE(ring->skipped);
		atomic64_add(skipped - ring->counted, &events->seq);
		ring->counted = skipped;
	}
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

	lockdep_assert_in_softirq();
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
		learn(events, tstat_netlink_send_events(events->net, skb));
}

/* As many messages as it takes; what finds no memory is lost, and counted. */
static void send_batch(struct tstat_events *events)
{
	struct tstat_batch *batch = &events->batch;
	struct sk_buff *skb = NULL;
	unsigned int i;
	u64 seq;

	/* What was noted before that was known. */
	if (events->hearing == UNHEARD) {
		atomic64_add(batch->count, &events->seq);
		batch->count = 0;
		return;
	}
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
	number_skipped(events);
	for_each_possible_cpu(cpu)
		drain_ring(events, table, per_cpu_ptr(events->ring, cpu));
	drain_parts(events, table);
	send_batch(events);
	mutex_unlock(&events->lock);
}

/*
 * The worker: when a flow has events, and once when ASK_PAUSE is over, however
 * many events were skipped meanwhile.
 */
static void run(struct work_struct *work)
{
	struct tstat_events *events = container_of(to_delayed_work(work),
						   struct tstat_events, work);

	might_sleep();
	tstat_events_drain(events, events->table);
	mutex_lock(&events->lock);
	if (events->hearing == UNHEARD && !delayed_work_pending(&events->work))
		WRITE_ONCE(events->hearing, ASKING);
	mutex_unlock(&events->lock);
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
	number_skipped(events);
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
	events->hearing = HEARD;
	events->heard_at = jiffies - ASK_PAUSE;
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
