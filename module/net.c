// SPDX-License-Identifier: GPL-2.0
/* What is kept for each network namespace; starting and stopping there. */
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/user_namespace.h>

#include "event.h"
#include "frag.h"
#include "gc.h"
#include "hook.h"
#include "ledger.h"
#include "net.h"
#include "param.h"

unsigned int tstat_net_id __read_mostly;

static bool is_unprivileged(const struct tstat_net *tn)
{
	return tn->net->user_ns != &init_user_ns;
}

/**
 * tstat_net_max_flows_limit() - get the upper limit of max_flows
 * @tn: the namespace
 *
 * An ordinary user who creates a user namespace is root in it and in its
 * network namespaces: that must not give the user the machine's memory, nor
 * the module's code to attack unless the administrator allows it.
 *
 * Return: flows; 0 if counting is not allowed in this namespace.
 */
u32 tstat_net_max_flows_limit(const struct tstat_net *tn)
{
	if (!is_unprivileged(tn))
		return TUPLESTAT_MAX_FLOWS_MAX;
	return READ_ONCE(tstat_params.userns_max_flows);
}

/**
 * tstat_net_refuse_userns() - refuse a request that user namespaces may not make
 * @extack: output, names the module parameter
 *
 * Return: -EPERM.
 */
int tstat_net_refuse_userns(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack,
		       "counting in user namespaces is disabled (module parameter userns_max_flows is 0)");
	return -EPERM;
}

/* What stays when counting stops. */
static int create_lasting(struct tstat_net *tn)
{
	if (!tn->ledger)
		tn->ledger = tstat_ledger_create();
	if (!tn->events)
		tn->events = tstat_events_create(tn->net);
	return tn->ledger && tn->events ? 0 : -ENOMEM;
}

/* What is made by each start. */
static int create_parts(struct tstat_net *tn)
{
	struct tstat_table_env env;

	if (create_lasting(tn))
		return -ENOMEM;
	tn->frags = tstat_frag_table_create();
	if (!tn->frags)
		return -ENOMEM;
	env = (struct tstat_table_env){
		.ports = &tstat_params.ports,
		.timeouts = &tn->timeouts,
		.ledger = tn->ledger,
		.events = tn->events,
		.unprivileged = is_unprivileged(tn),
	};
	tn->table = tstat_table_create(tn->max_flows, &env);
	if (!tn->table) {
		tstat_frag_table_destroy(tn->frags);
		return -ENOMEM;
	}
	tstat_events_start(tn->events, tn->table);
	return 0;
}

/* Once no packet can be in the hooks. */
static void destroy_parts(struct tstat_net *tn)
{
	tstat_table_end_all(tn->table);
	tstat_events_stop(tn->events);
	tstat_table_destroy(tn->table);
	tstat_frag_table_destroy(tn->frags);
	tn->table = NULL;
}

/**
 * tstat_net_start() - start counting in a namespace
 * @tn: the namespace, locked
 * @extack: output, the reason of a refusal; may be NULL
 *
 * The limit for unprivileged namespaces may have been lowered since max_flows
 * was set.
 *
 * Context: process, may sleep.
 * Return: 0, also if started already; -EPERM in a user namespace unless the
 * module parameter userns_max_flows allows it; -ENOMEM, or the error of
 * nf_register_net_hooks().
 */
int tstat_net_start(struct tstat_net *tn, struct netlink_ext_ack *extack)
{
	u32 limit = tstat_net_max_flows_limit(tn);
	int err;

	lockdep_assert_held(&tn->lock);
	if (tn->table)
		return 0;
	if (!limit)
		return tstat_net_refuse_userns(extack);
	tn->max_flows = min(tn->max_flows, limit);
	err = create_parts(tn);
	if (err)
		return err;
	err = tstat_hook_register(tn);
	if (err) {
		/* Packets may have come in before it failed. */
		synchronize_net();
		destroy_parts(tn);
		return err;
	}
	tn->generation++;
	tstat_gc_start(tn);
	return 0;
}

/**
 * tstat_net_stop() - stop counting in a namespace and end all its flows
 * @tn: the namespace, locked
 *
 * Context: process, may sleep.
 */
void tstat_net_stop(struct tstat_net *tn)
{
	lockdep_assert_held(&tn->lock);
	if (!tn->table)
		return;
	tstat_hook_unregister(tn);
	/* No packet is in the hook any more after this. */
	synchronize_net();
	tstat_gc_stop(tn);
	destroy_parts(tn);
}

/**
 * tstat_net_set_max_flows() - change the limit of a namespace
 * @tn: the namespace, locked
 * @max_flows: TUPLESTAT_MAX_FLOWS_MIN to tstat_net_max_flows_limit()
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM, then nothing has changed.
 */
int tstat_net_set_max_flows(struct tstat_net *tn, u32 max_flows)
{
	int err;

	lockdep_assert_held(&tn->lock);
	if (tn->table) {
		err = tstat_table_resize(tn->table, max_flows);
		if (err)
			return err;
	}
	tn->max_flows = max_flows;
	return 0;
}

static int __net_init init_net_state(struct net *net)
{
	struct tstat_net *tn = tstat_net(net);

	tn->net = net;
	mutex_init(&tn->lock);
	tstat_gc_init(tn);
	tn->max_flows = min_not_zero(tstat_params.max_flows,
				     tstat_net_max_flows_limit(tn));
	tn->timeouts = tstat_params.timeouts;
	tn->active_timeout = tstat_params.active_timeout;
	return 0;
}

static void __net_exit exit_net_state(struct net *net)
{
	struct tstat_net *tn = tstat_net(net);

	mutex_lock(&tn->lock);
	tstat_net_stop(tn);
	mutex_unlock(&tn->lock);
	tstat_events_destroy(tn->events);
	tstat_ledger_destroy(tn->ledger);
}

static struct pernet_operations net_ops = {
	.init = init_net_state,
	.exit = exit_net_state,
	.id = &tstat_net_id,
	.size = sizeof(struct tstat_net),
};

/**
 * tstat_net_register() - make the state of every namespace, now and to come
 *
 * Context: process, may sleep.
 * Return: 0 or a negative error.
 */
int tstat_net_register(void)
{
	return register_pernet_subsys(&net_ops);
}

/**
 * tstat_net_unregister() - stop everywhere
 *
 * Context: process, may sleep.
 */
void tstat_net_unregister(void)
{
	unregister_pernet_subsys(&net_ops);
}
