// SPDX-License-Identifier: GPL-2.0
/* The collector: ends flows whose timeout is over, a slice at a time. */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/workqueue.h>

#include "gc.h"
#include "net.h"

/* Buckets and flows that one slice looks at. */
#define SLICE_BUDGET 16384

/* Pause between two rounds through the table; a timeout is as exact as this. */
#define ROUND_PAUSE HZ

static void begin_round(struct tstat_net *tn)
{
	tn->gc_round.before_ns = tn->gc_round.now_ns;
	tn->gc_round.now_ns = ktime_get_ns();
	tn->gc_round.active_ns = (u64)READ_ONCE(tn->active_timeout) *
				 NSEC_PER_SEC;
}

static void run_slice(struct work_struct *work)
{
	struct tstat_net *tn = container_of(to_delayed_work(work),
					    struct tstat_net, gc);
	unsigned long pause = 1;

	might_sleep();
	if (!tn->gc_cursor.hash)
		begin_round(tn);
	if (!tstat_table_expire(tn->table, &tn->gc_cursor, &tn->gc_round,
				ktime_get_ns(), SLICE_BUDGET)) {
		tn->gc_cursor = (struct tstat_cursor){};
		pause = ROUND_PAUSE;
	}
	queue_delayed_work(system_power_efficient_wq, &tn->gc, pause);
}

/**
 * tstat_gc_init() - prepare the collector of a namespace
 * @tn: the namespace
 */
void tstat_gc_init(struct tstat_net *tn)
{
	INIT_DELAYED_WORK(&tn->gc, run_slice);
}

/**
 * tstat_gc_start() - start collecting
 * @tn: the namespace; its table is there until tstat_gc_stop()
 */
void tstat_gc_start(struct tstat_net *tn)
{
	tn->gc_round.now_ns = ktime_get_ns();
	tn->gc_cursor = (struct tstat_cursor){};
	queue_delayed_work(system_power_efficient_wq, &tn->gc, ROUND_PAUSE);
}

/**
 * tstat_gc_stop() - stop collecting, and wait for a slice that runs
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tstat_gc_stop(struct tstat_net *tn)
{
	cancel_delayed_work_sync(&tn->gc);
}
