// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family: policies and handlers. */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat/genl.h"
#include "fill.h"
#include "gc.h"
#include "ledger.h"
#include "net.h"
#include "netlink.h"
#include "table.h"

static struct genl_family family;

static int check_addr(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (nla_len(attr) == 4 || nla_len(attr) == 16)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "address must have 4 bytes (IPv4) or 16 (IPv6)");
	return -EINVAL;
}

static const struct nla_policy end_policy[TUPLESTAT_A_END_MAX + 1] = {
	[TUPLESTAT_A_END_ADDR] = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_addr, 16),
	[TUPLESTAT_A_END_PORT] = { .type = NLA_U16 },
};

static const struct nla_policy flow_policy[TUPLESTAT_A_FLOW_MAX + 1] = {
	/*
	 * No NLA_POLICY_VALIDATE_FN of integers: where the policy is dumped,
	 * kernels take the pointer to the function for a range, and warn.
	 */
	[TUPLESTAT_A_FLOW_FAMILY] = { .type = NLA_U8 },
	[TUPLESTAT_A_FLOW_PROTO] = { .type = NLA_U8 },
	[TUPLESTAT_A_FLOW_ORIG] = NLA_POLICY_NESTED(end_policy),
	[TUPLESTAT_A_FLOW_REPLY] = NLA_POLICY_NESTED(end_policy),
};

/* Not const: struct nla_policy of older kernels would have it otherwise. */
static struct netlink_range_validation max_flows_range = {
	.min = TUPLESTAT_MAX_FLOWS_MIN,
	.max = TUPLESTAT_MAX_FLOWS_MAX,
};

static const struct nla_policy config_policy[TUPLESTAT_A_CONFIG_MAX + 1] = {
	[TUPLESTAT_A_CONFIG_STARTED] = NLA_POLICY_MAX(NLA_U8, 1),
	[TUPLESTAT_A_CONFIG_MAX_FLOWS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &max_flows_range),
};

/* Of requests that take no attribute: not one is let pass unread. */
static const struct nla_policy empty_policy[2];

static int not_started(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "not started in this network namespace");
	return -ENETDOWN;
}

/* A message to answer a request with, its header written. */
static struct sk_buff *reply_begin(struct genl_info *info, void **header)
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

static int reply_end(struct genl_info *info, struct sk_buff *msg, void *header,
		     int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, header);
	return genlmsg_reply(msg, info);
}

static int read_proto(const struct nlattr *attr, u8 *proto,
		      struct netlink_ext_ack *extack)
{
	*proto = nla_get_u8(attr);
	if (*proto == IPPROTO_TCP || *proto == IPPROTO_UDP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "protocol must be TCP (6) or UDP (17)");
	return -EINVAL;
}

static int read_family(const struct nlattr *attr, u8 *pf,
		       struct netlink_ext_ack *extack)
{
	*pf = nla_get_u8(attr);
	if (*pf == AF_INET || *pf == AF_INET6)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "family must be AF_INET (2) or AF_INET6 (10)");
	return -EINVAL;
}

struct end {
	const struct nlattr *addr;
	__be16 port;
};

static int read_end(struct genl_info *info, int type, struct end *end)
{
	struct nlattr *tb[TUPLESTAT_A_END_MAX + 1];
	struct nlattr *nest = info->attrs[type];
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "orig and reply are both needed");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, TUPLESTAT_A_END_MAX, nest, end_policy,
			       info->extack);
	if (err)
		return err;
	if (!tb[TUPLESTAT_A_END_ADDR] || !tb[TUPLESTAT_A_END_PORT]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "address and port are both needed");
		return -EINVAL;
	}
	end->addr = tb[TUPLESTAT_A_END_ADDR];
	end->port = nla_get_be16(tb[TUPLESTAT_A_END_PORT]);
	return 0;
}

static int read_tuple(struct genl_info *info, struct tstat_tuple *tuple)
{
	struct end orig, reply;
	u8 proto;
	int err;

	if (info->attrs[TUPLESTAT_A_FLOW_FAMILY]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[TUPLESTAT_A_FLOW_FAMILY],
				    "family is of dumps; the addresses tell it here");
		return -EINVAL;
	}
	if (!info->attrs[TUPLESTAT_A_FLOW_PROTO]) {
		NL_SET_ERR_MSG(info->extack, "protocol is missing");
		return -EINVAL;
	}
	err = read_proto(info->attrs[TUPLESTAT_A_FLOW_PROTO], &proto,
			 info->extack) ?:
	      read_end(info, TUPLESTAT_A_FLOW_ORIG, &orig) ?:
	      read_end(info, TUPLESTAT_A_FLOW_REPLY, &reply);
	if (err)
		return err;
	if (nla_len(orig.addr) != nla_len(reply.addr)) {
		NL_SET_ERR_MSG(info->extack, "addresses of different families");
		return -EINVAL;
	}
	tstat_tuple_init(tuple, nla_len(orig.addr) == 4 ? AF_INET : AF_INET6,
			 proto, nla_data(orig.addr), nla_data(reply.addr),
			 orig.port, reply.port);
	return 0;
}

/* TUPLESTAT_CMD_FLOW_GET, one flow */
static int get_flow(struct sk_buff *skb, struct genl_info *info)
{
	struct tstat_net *tn = tstat_net(genl_info_net(info));
	struct tstat_record rec;
	struct tstat_tuple tuple;
	struct sk_buff *msg;
	void *header;
	int err;

	err = read_tuple(info, &tuple);
	if (err)
		return err;

	mutex_lock(&tn->lock);
	if (!tn->table) {
		err = not_started(info->extack);
	} else if (!tstat_table_find(tn->table, &tuple, &rec)) {
		NL_SET_ERR_MSG(info->extack, "no such flow");
		err = -ENOENT;
	}
	mutex_unlock(&tn->lock);
	if (err)
		return err;

	msg = reply_begin(info, &header);
	if (!msg)
		return -ENOMEM;
	return reply_end(info, msg, header, tstat_fill_flow(msg, &rec));
}

/* Where a dump is, and what it is of; in netlink_callback.ctx. */
struct dump {
	struct tstat_cursor cursor;
	u8 family;
	u8 proto;
	bool begun;
};

static struct dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump) > sizeof(cb->ctx));
	return (struct dump *)cb->ctx;
}

/*
 * With the first message of the dump, and not in the start callback, where
 * older kernels have no extack.
 */
static int dump_begin(struct netlink_callback *cb, const struct tstat_net *tn)
{
	struct nlattr **attrs = tstat_compat_dump_attrs(cb);
	struct dump *dump = dump_of(cb);
	int err = 0;

	if (dump->begun)
		return 0;
	dump->begun = true;
	if (attrs[TUPLESTAT_A_FLOW_ORIG] || attrs[TUPLESTAT_A_FLOW_REPLY]) {
		NL_SET_ERR_MSG(cb->extack,
			       "orig and reply name one flow; a dump has none");
		return -EINVAL;
	}
	if (attrs[TUPLESTAT_A_FLOW_FAMILY])
		err = read_family(attrs[TUPLESTAT_A_FLOW_FAMILY],
				  &dump->family, cb->extack);
	if (!err && attrs[TUPLESTAT_A_FLOW_PROTO])
		err = read_proto(attrs[TUPLESTAT_A_FLOW_PROTO], &dump->proto,
				 cb->extack);
	if (!err && !tn->table)
		err = not_started(cb->extack);
	return err;
}

static bool is_wanted(const struct dump *dump, const struct tstat_tuple *tuple)
{
	return (!dump->family || dump->family == tuple->family) &&
	       (!dump->proto || dump->proto == tuple->proto);
}

/* What a visit of the dump needs. */
struct dump_visit {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int dump_flow(const struct tstat_record *rec, void *data)
{
	struct dump_visit *visit = data;
	struct netlink_callback *cb = visit->cb;
	void *header;
	int err;

	if (!is_wanted(dump_of(cb), &rec->tuple))
		return 0;
	header = genlmsg_put(visit->skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &family, NLM_F_MULTI,
			     TUPLESTAT_CMD_FLOW_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	err = tstat_fill_flow(visit->skb, rec);
	if (err) {
		genlmsg_cancel(visit->skb, header);
		return err;
	}
	genlmsg_end(visit->skb, header);
	return 0;
}

/* Whole buckets, as many as go into the message. */
static int dump_buckets(struct sk_buff *skb, struct netlink_callback *cb,
			struct tstat_table *table)
{
	struct dump_visit visit = { .skb = skb, .cb = cb };
	struct tstat_cursor *cursor = &dump_of(cb)->cursor;
	unsigned char *mark;
	int err = 0;

	while (!cursor->end && !err) {
		mark = skb_tail_pointer(skb);
		err = tstat_table_walk_bucket(table, cursor, dump_flow, &visit);
		if (err)
			nlmsg_trim(skb, mark);
	}
	/* A bucket that fits into no message would never come to an end. */
	return err && !skb->len ? err : skb->len;
}

/* TUPLESTAT_CMD_FLOW_GET, all flows: one message full of them */
static int dump_flows(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct tstat_net *tn = tstat_net(sock_net(cb->skb->sk));
	int len;

	mutex_lock(&tn->lock);
	/* Zero means "no generation" to netlink; stopped is one more. */
	cb->seq = tn->generation * 2 + !tn->table + 1;
	len = dump_begin(cb, tn);
	/* Where it was stopped meanwhile, that ends the dump. */
	if (!len && tn->table)
		len = dump_buckets(skb, cb, tn->table);
	mutex_unlock(&tn->lock);
	return len;
}

static int add_live(const struct tstat_record *rec, void *data)
{
	struct tstat_total *live = data;

	live->flows++;
	live->packets += rec->side[0].packets + rec->side[1].packets;
	live->bytes += rec->side[0].ip_bytes + rec->side[1].ip_bytes;
	return 0;
}

static void sum_live(struct tstat_table *table, struct tstat_total *live)
{
	struct tstat_cursor cursor = {};

	while (!cursor.end)
		tstat_table_walk_bucket(table, &cursor, add_live, live);
}

static int fill_ledger(struct sk_buff *msg, const struct tstat_book *book,
		       const struct tstat_total *live)
{
	int err, i;

	err = tstat_fill_total(msg, TUPLESTAT_A_STATS_SEEN, -1, &book->seen) ?:
	      tstat_fill_total(msg, TUPLESTAT_A_STATS_LIVE, -1, live);
	for (i = TUPLESTAT_END_IDLE; !err && i < __TUPLESTAT_END_MAX; i++)
		err = tstat_fill_total(msg, TUPLESTAT_A_STATS_ENDED, i,
				       &book->ended[i]);
	for (i = 0; !err && i < __TUPLESTAT_UNATTR_MAX; i++)
		err = tstat_fill_total(msg, TUPLESTAT_A_STATS_UNATTRIBUTED, i,
				       &book->unattributed[i]);
	return err;
}

static int fill_table(struct sk_buff *msg, const struct tstat_net *tn)
{
	u32 buckets = tn->table ? tstat_table_buckets(tn->table) : 0;
	u64 memory = tn->table ? tstat_table_memory(tn->table) : 0;

	if (nla_put_u32(msg, TUPLESTAT_A_STATS_MAX_FLOWS, tn->max_flows) ||
	    nla_put_u32(msg, TUPLESTAT_A_STATS_BUCKETS, buckets) ||
	    nla_put_u64_64bit(msg, TUPLESTAT_A_STATS_MEMORY, memory,
			      TUPLESTAT_A_STATS_PAD))
		return -EMSGSIZE;
	return 0;
}

/* TUPLESTAT_CMD_STATS_GET */
static int get_stats(struct sk_buff *skb, struct genl_info *info)
{
	struct tstat_net *tn = tstat_net(genl_info_net(info));
	struct tstat_total live = {};
	struct tstat_book book = {};
	struct sk_buff *msg;
	void *header;
	int err;

	msg = reply_begin(info, &header);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&tn->lock);
	if (tn->table) {
		/* What ends while we add up would be live and ended. */
		tstat_gc_stop(tn);
		sum_live(tn->table, &live);
	}
	if (tn->ledger)
		tstat_ledger_sum(tn->ledger, &book);
	if (tn->table)
		tstat_gc_resume(tn);
	err = fill_ledger(msg, &book, &live) ?: fill_table(msg, tn);
	mutex_unlock(&tn->lock);
	return reply_end(info, msg, header, err);
}

/* TUPLESTAT_CMD_CONFIG_GET */
static int get_config(struct sk_buff *skb, struct genl_info *info)
{
	struct tstat_net *tn = tstat_net(genl_info_net(info));
	struct sk_buff *msg;
	void *header;
	int err = 0;

	msg = reply_begin(info, &header);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&tn->lock);
	if (nla_put_u8(msg, TUPLESTAT_A_CONFIG_STARTED, !!tn->table) ||
	    nla_put_u32(msg, TUPLESTAT_A_CONFIG_MAX_FLOWS, tn->max_flows))
		err = -EMSGSIZE;
	mutex_unlock(&tn->lock);
	return reply_end(info, msg, header, err);
}

static int set_max_flows(struct tstat_net *tn, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	u32 max_flows = nla_get_u32(attr);

	if (max_flows > tstat_net_max_flows_limit(tn)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "above the limit for unprivileged namespaces (module parameter userns_max_flows)");
		return -EPERM;
	}
	return tstat_net_set_max_flows(tn, max_flows);
}

static int set_started(struct tstat_net *tn, bool started)
{
	if (started)
		return tstat_net_start(tn);
	tstat_net_stop(tn);
	return 0;
}

/* TUPLESTAT_CMD_CONFIG_SET; first the limit, then starting with it */
static int set_config(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *max_flows = info->attrs[TUPLESTAT_A_CONFIG_MAX_FLOWS];
	struct nlattr *started = info->attrs[TUPLESTAT_A_CONFIG_STARTED];
	struct tstat_net *tn = tstat_net(genl_info_net(info));
	int err = 0;

	if (!max_flows && !started) {
		NL_SET_ERR_MSG(info->extack, "no setting is named");
		return -EINVAL;
	}
	mutex_lock(&tn->lock);
	if (max_flows)
		err = set_max_flows(tn, max_flows, info->extack);
	if (!err && started)
		err = set_started(tn, nla_get_u8(started));
	mutex_unlock(&tn->lock);
	return err;
}

static const struct genl_ops ops[] = {
	{
		.cmd = TUPLESTAT_CMD_FLOW_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = flow_policy,
		.maxattr = TUPLESTAT_A_FLOW_MAX,
		.doit = get_flow,
		.dumpit = dump_flows,
	},
	{
		.cmd = TUPLESTAT_CMD_STATS_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = empty_policy,
		.maxattr = ARRAY_SIZE(empty_policy) - 1,
		.doit = get_stats,
	},
	{
		.cmd = TUPLESTAT_CMD_CONFIG_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = empty_policy,
		.maxattr = ARRAY_SIZE(empty_policy) - 1,
		.doit = get_config,
	},
	{
		.cmd = TUPLESTAT_CMD_CONFIG_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = config_policy,
		.maxattr = TUPLESTAT_A_CONFIG_MAX,
		.doit = set_config,
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
	return genl_register_family(&family);
}

/**
 * tstat_netlink_unregister() - answer no more
 *
 * Context: process, may sleep.
 */
void tstat_netlink_unregister(void)
{
	genl_unregister_family(&family);
}
