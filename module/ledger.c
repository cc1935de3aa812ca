// SPDX-License-Identifier: GPL-2.0
/* The ledger of a network namespace: what has become of every packet. */
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>

#include "ledger.h"

/**
 * tstat_ledger_create() - make an empty ledger
 *
 * Context: process, may sleep.
 * Return: the ledger or NULL, no memory.
 */
struct tstat_ledger __percpu *tstat_ledger_create(void)
{
	struct tstat_ledger __percpu *ledger;
	int cpu;

	ledger = alloc_percpu_gfp(struct tstat_ledger, GFP_KERNEL_ACCOUNT);
	if (!ledger)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(ledger, cpu)->sync);
	return ledger;
}

/**
 * tstat_ledger_destroy() - free a ledger
 * @ledger: the ledger, or NULL
 */
void tstat_ledger_destroy(struct tstat_ledger __percpu *ledger)
{
	free_percpu(ledger);
}

/**
 * tstat_ledger_unattributed() - enter packets that belong to no flow
 * @ledger: the ledger
 * @reason: why
 * @packets: packets on the wire
 * @bytes: bytes of layer 3 and up
 *
 * Context: bottom halves off.
 */
void tstat_ledger_unattributed(struct tstat_ledger __percpu *ledger,
			       enum tuplestat_unattributed reason, u32 packets,
			       u32 bytes)
{
	struct tstat_ledger *mine = this_cpu_ptr(ledger);

	tstat_ledger_add(mine, &mine->book.unattributed[reason], packets, bytes);
}

/**
 * tstat_ledger_unusual() - enter a segment with unusual flags
 * @ledger: the ledger
 * @kind: which
 * @packets: packets on the wire
 * @bytes: bytes of layer 3 and up
 *
 * Context: bottom halves off.
 */
void tstat_ledger_unusual(struct tstat_ledger __percpu *ledger,
			  enum tuplestat_unusual kind, u32 packets, u32 bytes)
{
	struct tstat_ledger *mine = this_cpu_ptr(ledger);

	tstat_ledger_add(mine, &mine->book.unusual[kind], packets, bytes);
}

/* A book is nothing but totals, and a total nothing but u64. */
#define BOOK_WORDS (sizeof(struct tstat_book) / sizeof(u64))

static void read_book(const struct tstat_ledger *theirs, u64 *to)
{
	const u64 *from = (const u64 *)&theirs->book;
	unsigned int start, i;

	do {
		start = u64_stats_fetch_begin(&theirs->sync);
		for (i = 0; i < BOOK_WORDS; i++)
			to[i] = READ_ONCE(from[i]);
	} while (u64_stats_fetch_retry(&theirs->sync, start));
}

/**
 * tstat_ledger_sum() - add up all CPUs
 * @ledger: the ledger
 * @sum: written whole
 *
 * Context: process.
 */
void tstat_ledger_sum(struct tstat_ledger __percpu *ledger,
		      struct tstat_book *sum)
{
	u64 book[BOOK_WORDS];
	u64 *to = (u64 *)sum;
	unsigned int i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		/* On 32-bit uniprocessors a softirq could tear the copy. */
		local_bh_disable();
		read_book(per_cpu_ptr(ledger, cpu), book);
		local_bh_enable();
		for (i = 0; i < BOOK_WORDS; i++)
			to[i] += book[i];
	}
}

/**
 * tstat_ledger_sum_seen() - add up what the hooks saw, of all CPUs
 * @ledger: the ledger
 * @seen: written
 *
 * Context: process.
 */
void tstat_ledger_sum_seen(struct tstat_ledger __percpu *ledger,
			   struct tstat_total *seen)
{
	struct tstat_book sum;

	tstat_ledger_sum(ledger, &sum);
	*seen = sum.seen;
}
