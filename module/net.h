/* SPDX-License-Identifier: GPL-2.0 */
/* What is kept for each network namespace; starting and stopping there. */
#ifndef _TSTAT_NET_H
#define _TSTAT_NET_H

#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "table.h"

struct netlink_ext_ack;
struct tstat_frag_table;
struct tstat_ledger;

/* Two for each family. */
#define TSTAT_HOOKS 4

/**
 * struct tstat_net - what is kept for one network namespace
 * @net: the namespace
 * @lock: serialises starting, stopping and configuring with readers outside
 *	the packet path; held while @table is used there
 * @table: the flows, NULL while not started. Set and cleared under @lock;
 *	the packet path and the collector find it unchanged from before the
 *	hooks are registered until after they are gone
 * @frags: the fragments, there while @table is
 * @ledger: from the first start on; it outlives the table
 * @events: likewise
 * @max_flows: setting, under @lock
 * @active_timeout: setting, seconds; written under @lock, read anywhere
 * @timeouts: settings, likewise
 * @hooks: where packets come in, while @table is there
 * @generation: counts starts, under @lock: a dump notices them
 * @gc: the collector
 * @gc_cursor: how far it is, the collector's own
 * @gc_round: which round it is in, likewise
 */
struct tstat_net {
	struct net *net;
	struct mutex lock;
	struct tstat_table *table;
	struct tstat_frag_table *frags;
	struct tstat_ledger __percpu *ledger;
	struct tstat_events *events;
	u32 max_flows;
	u32 active_timeout;
	struct tstat_timeouts timeouts;
	struct nf_hook_ops hooks[TSTAT_HOOKS];
	u32 generation;
	struct delayed_work gc;
	struct tstat_cursor gc_cursor;
	struct tstat_round gc_round;
};

extern unsigned int tstat_net_id;

/**
 * tstat_net() - the state of a network namespace
 * @net: the namespace
 *
 * Return: never NULL while the module is loaded.
 */
static inline struct tstat_net *tstat_net(const struct net *net)
{
	return net_generic(net, tstat_net_id);
}

int tstat_net_register(void);
void tstat_net_unregister(void);
int tstat_net_start(struct tstat_net *tn, struct netlink_ext_ack *extack);
void tstat_net_stop(struct tstat_net *tn);
u32 tstat_net_max_flows_limit(const struct tstat_net *tn);
int tstat_net_refuse_userns(struct netlink_ext_ack *extack);
int tstat_net_set_max_flows(struct tstat_net *tn, u32 max_flows);

#endif /* _TSTAT_NET_H */
