// SPDX-License-Identifier: GPL-2.0
/* The fragments of one network namespace: the core's, with a lock. */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/spinlock.h>

#include "compat/lockdep.h"
#include "frag.h"

/**
 * struct tstat_frag_table - the fragments of one network namespace
 * @lock: protects @frags; taken with bottom halves off. One is enough: who
 *	has fragments at a rate to contend for it has a worse problem
 * @frags: the datagrams that are being fragmented
 */
struct tstat_frag_table {
	spinlock_t lock;
	struct tstat_frags frags;
};

/**
 * tstat_frag_table_create() - make an empty table
 *
 * Context: process, may sleep.
 * Return: the table or NULL, no memory.
 */
struct tstat_frag_table *tstat_frag_table_create(void)
{
	struct tstat_frag_table *table;

	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	spin_lock_init(&table->lock);
	get_random_bytes(&table->frags.secret, sizeof(table->frags.secret));
	return table;
}

/**
 * tstat_frag_table_destroy() - free a table
 * @table: the table; nobody uses it any more
 *
 * Context: process, may sleep.
 */
void tstat_frag_table_destroy(struct tstat_frag_table *table)
{
	kvfree(table);
}

/**
 * tstat_frag_table_place() - find the flow of a fragment
 * @table: the table
 * @pkt: the fragment, see tstat_frag_place()
 * @now_ns: time of the packet
 *
 * Context: bottom halves off.
 * Return: whether @pkt has its tuple now.
 */
bool tstat_frag_table_place(struct tstat_frag_table *table,
			    struct tstat_packet *pkt, u64 now_ns)
{
	bool known;

	lockdep_assert_in_softirq();
	spin_lock(&table->lock);
	known = tstat_frag_place(&table->frags, pkt, now_ns);
	spin_unlock(&table->lock);
	return known;
}
