// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family: its operations, its group, and its messages. */
#include <linux/module.h>
#include <linux/rwsem.h>
#include <net/genetlink.h>

#include "compat/genl.h"
#include "fill.h"
#include "netlink.h"
#include "netlink_impl.h"

static struct genl_family family;

/* Not before the family is there, and not while it goes. */
static bool registered;

/*
 * Held by who sends events, and to let the family go: once it is gone, the
 * number of its group may be another family's.
 */
static DECLARE_RWSEM(sending);

/* Of requests that take no attribute: not one is let pass unread. */
static const struct nla_policy empty_policy[2];

/**
 * tstat_not_started() - refuse a request where nothing is counted
 * @extack: told so
 *
 * Return: -ENETDOWN.
 */
int tstat_not_started(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "not started in this network namespace");
	return -ENETDOWN;
}

/**
 * tstat_reply_begin() - make a message to answer a request with
 * @info: the request
 * @header: its header, written
 *
 * Return: the message or NULL, no memory.
 */
struct sk_buff *tstat_reply_begin(struct genl_info *info, void **header)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*header = genlmsg_put_reply(msg, info, &family, 0, info->genlhdr->cmd);
	if (!*header) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/**
 * tstat_reply_end() - send the answer, or drop it
 * @info: the request
 * @msg: the answer
 * @header: its header
 * @err: what filling it returned
 *
 * Return: 0 or a negative error.
 */
int tstat_reply_end(struct genl_info *info, struct sk_buff *msg, void *header,
		    int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, header);
	return genlmsg_reply(msg, info);
}

/**
 * tstat_put_dump_header() - begin the message of one flow in a dump
 * @skb: the message
 * @cb: the dump
 *
 * Return: the header, or NULL where there is no room.
 */
void *tstat_put_dump_header(struct sk_buff *skb, struct netlink_callback *cb)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &family, NLM_F_MULTI, TUPLESTAT_CMD_FLOW_GET);
}

/**
 * tstat_netlink_has_listeners() - whether the group of events has a member
 * @net: the namespace
 *
 * Return: whether it has one, in whatever namespace: netlink keeps one list for
 * all (netlink_has_listeners()).
 */
bool tstat_netlink_has_listeners(struct net *net)
{
	return READ_ONCE(registered) && genl_has_listeners(&family, net, 0);
}

/**
 * tstat_netlink_new_events() - make an empty message for events
 *
 * Context: process, may sleep.
 * Return: the message or NULL, no memory.
 */
struct sk_buff *tstat_netlink_new_events(void)
{
	return nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
}

/**
 * tstat_netlink_put_event() - append an event
 * @skb: the message
 * @event: the event
 * @seq: its number
 *
 * Return: 0, or -EMSGSIZE and nothing was appended.
 */
int tstat_netlink_put_event(struct sk_buff *skb,
			    const struct tstat_event *event, u64 seq)
{
	void *header = genlmsg_put(skb, 0, 0, &family, 0,
				   TUPLESTAT_CMD_FLOW_EVENT);

	if (!header)
		return -EMSGSIZE;
	if (tstat_fill_event(skb, event, seq)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/**
 * tstat_netlink_send_events() - send a message to the listeners of a namespace
 * @net: the namespace
 * @skb: the message, consumed
 *
 * A listener whose buffer is full loses the message and can tell by the gap in
 * SEQ.
 *
 * Context: process, may sleep.
 * Return: 0, or the error of netlink_broadcast(): -ESRCH if nobody received it,
 * because there is no listener or because their buffers are full.
 */
int tstat_netlink_send_events(struct net *net, struct sk_buff *skb)
{
	int err = -ESRCH;

	down_read(&sending);
	if (registered)
		err = genlmsg_multicast_netns(&family, net, skb, 0, 0,
					      GFP_KERNEL);
	else
		nlmsg_free(skb);
	up_read(&sending);
	return err;
}

static const struct genl_multicast_group groups[] = {
	{
		.name = TUPLESTAT_MCGRP_FLOWS_NAME,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

static const struct genl_ops ops[] = {
	{
		.cmd = TUPLESTAT_CMD_FLOW_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = tstat_flow_policy,
		.maxattr = TUPLESTAT_A_FLOW_MAX,
		.doit = tstat_get_flow,
		.dumpit = tstat_dump_flows,
		.done = tstat_dump_flows_done,
	},
	{
		.cmd = TUPLESTAT_CMD_STATS_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = empty_policy,
		.maxattr = ARRAY_SIZE(empty_policy) - 1,
		.doit = tstat_get_stats,
	},
	{
		.cmd = TUPLESTAT_CMD_CONFIG_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = empty_policy,
		.maxattr = ARRAY_SIZE(empty_policy) - 1,
		.doit = tstat_get_config,
	},
	{
		.cmd = TUPLESTAT_CMD_CONFIG_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = tstat_config_policy,
		.maxattr = TUPLESTAT_A_CONFIG_MAX,
		.doit = tstat_set_config,
	},
	{
		.cmd = TUPLESTAT_CMD_FLOW_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = tstat_flow_policy,
		.maxattr = TUPLESTAT_A_FLOW_MAX,
		.doit = tstat_del_flows,
	},
};

/* Handlers run side by side; each takes the lock of its own namespace. */
static struct genl_family family __ro_after_init = {
	.name = TUPLESTAT_FAMILY_NAME,
	.version = TUPLESTAT_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	TSTAT_COMPAT_RESV_START_OP(TUPLESTAT_CMD_FLOW_GET)
};

/**
 * tstat_netlink_register() - answer from now on
 *
 * Context: process, may sleep.
 * Return: 0 or a negative error.
 */
int __init tstat_netlink_register(void)
{
	int err = genl_register_family(&family);

	if (!err)
		WRITE_ONCE(registered, true);
	return err;
}

/**
 * tstat_netlink_unregister() - answer no more
 *
 * Context: process, may sleep.
 */
void tstat_netlink_unregister(void)
{
	down_write(&sending);
	WRITE_ONCE(registered, false);
	up_write(&sending);
	genl_unregister_family(&family);
}
