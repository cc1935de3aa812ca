// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: flows, asked for and deleted. */
#include <linux/slab.h>
#include <net/sock.h>

#include "compat/genl.h"
#include "fill.h"
#include "netlink_impl.h"

static const struct nla_policy end_policy[TUPLESTAT_A_END_MAX + 1] = {
	[TUPLESTAT_A_END_ADDR] =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, tstat_check_addr, 16),
	[TUPLESTAT_A_END_PORT] = { .type = NLA_U16 },
};

const struct nla_policy tstat_flow_policy[TUPLESTAT_A_FLOW_MAX + 1] = {
	/* No NLA_POLICY_VALIDATE_FN of integers, see tstat_term_policy. */
	[TUPLESTAT_A_FLOW_PROTO] = { .type = NLA_U8 },
	[TUPLESTAT_A_FLOW_ORIG] = NLA_POLICY_NESTED(end_policy),
	[TUPLESTAT_A_FLOW_REPLY] = NLA_POLICY_NESTED(end_policy),
	[TUPLESTAT_A_FLOW_TERM] = NLA_POLICY_NESTED(tstat_term_policy),
};

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
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, type);
		return -EINVAL;
	}
	err = nla_parse_nested(tb, TUPLESTAT_A_END_MAX, nest, end_policy,
			       info->extack);
	if (err)
		return err;
	if (!tb[TUPLESTAT_A_END_ADDR] || !tb[TUPLESTAT_A_END_PORT]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "address and port are both needed");
		NL_SET_ERR_ATTR_MISS(info->extack, nest,
				     tb[TUPLESTAT_A_END_ADDR] ?
				     TUPLESTAT_A_END_PORT :
				     TUPLESTAT_A_END_ADDR);
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

	if (info->attrs[TUPLESTAT_A_FLOW_TERM]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[TUPLESTAT_A_FLOW_TERM],
				    "terms are of many flows; the 5-tuple names one");
		return -EINVAL;
	}
	if (!info->attrs[TUPLESTAT_A_FLOW_PROTO]) {
		NL_SET_ERR_MSG(info->extack, "protocol is missing");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     TUPLESTAT_A_FLOW_PROTO);
		return -EINVAL;
	}
	err = tstat_read_proto(info->attrs[TUPLESTAT_A_FLOW_PROTO], &proto,
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

/**
 * tstat_get_flow() - TUPLESTAT_CMD_FLOW_GET, one flow
 * @skb: the request
 * @info: its attributes
 *
 * Context: process, may sleep; takes the mutex of the namespace.
 * Return: 0 or a negative error.
 */
int tstat_get_flow(struct sk_buff *skb, struct genl_info *info)
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
		err = tstat_not_started(info->extack);
	} else if (!tstat_table_find(tn->table, &tuple, &rec)) {
		NL_SET_ERR_MSG(info->extack, "no such flow");
		err = -ENOENT;
	}
	mutex_unlock(&tn->lock);
	if (err)
		return err;

	msg = tstat_reply_begin(info, &header);
	if (!msg)
		return -ENOMEM;
	return tstat_reply_end(info, msg, header, tstat_fill_flow(msg, &rec));
}

/**
 * struct dump - where a dump is, and what it is of; in netlink_callback.ctx
 * @cursor: how far it is
 * @filter: what it is of; NULL before its first message
 */
struct dump {
	struct tstat_cursor cursor;
	struct tstat_filter *filter;
};

static struct dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump) > sizeof(cb->ctx));
	return (struct dump *)cb->ctx;
}

/* Any attribute of those that name one flow, or NULL. */
static const struct nlattr *tuple_attr(struct nlattr **attrs)
{
	return attrs[TUPLESTAT_A_FLOW_PROTO] ?:
	       attrs[TUPLESTAT_A_FLOW_ORIG] ?: attrs[TUPLESTAT_A_FLOW_REPLY];
}

static int refuse_tuple(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tuple_attr(attrs);

	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a 5-tuple names one flow; a dump takes terms");
	return -EINVAL;
}

/*
 * With the first message of the dump, and not in the start callback, where
 * older kernels have no extack.
 */
static int dump_begin(struct netlink_callback *cb, const struct tstat_net *tn)
{
	struct dump *dump = dump_of(cb);
	int err;

	if (dump->filter)
		return 0;
	err = refuse_tuple(genl_info_dump(cb)->attrs, cb->extack);
	if (err)
		return err;
	dump->filter = kmalloc(sizeof(*dump->filter), GFP_KERNEL);
	if (!dump->filter)
		return -ENOMEM;
	err = tstat_read_filter(cb->nlh, dump->filter, cb->extack);
	if (!err && !tn->table)
		err = tstat_not_started(cb->extack);
	return err;
}

/**
 * tstat_dump_flows_done() - the end of a dump, whichever
 * @cb: the dump
 *
 * Context: process, may sleep; also when the socket is closed.
 * Return: 0.
 */
int tstat_dump_flows_done(struct netlink_callback *cb)
{
	kfree(dump_of(cb)->filter);
	return 0;
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

	if (!tstat_filter_match_record(dump_of(cb)->filter, rec))
		return 0;
	header = tstat_put_dump_header(visit->skb, cb);
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
static int dump_buckets(struct tstat_table *table, struct tstat_cursor *cursor,
			struct dump_visit *visit)
{
	struct sk_buff *skb = visit->skb;
	struct tstat_record copy;
	unsigned char *mark;
	int err = 0;

	while (!cursor->end && !err) {
		mark = skb_tail_pointer(skb);
		err = tstat_table_walk_bucket(table, cursor, &copy, dump_flow,
					      visit);
		if (err)
			nlmsg_trim(skb, mark);
	}
	return err;
}

/* What only one flow can match is not to be looked for among all. */
static int dump_one(struct tstat_table *table, const struct tstat_tuple *tuple,
		    struct dump_visit *visit)
{
	struct tstat_record copy;

	if (!tstat_table_find(table, tuple, &copy))
		return 0;
	return dump_flow(&copy, visit);
}

static int dump_table(struct sk_buff *skb, struct netlink_callback *cb,
		      struct tstat_table *table)
{
	struct dump_visit visit = { .skb = skb, .cb = cb };
	struct tstat_cursor *cursor = &dump_of(cb)->cursor;
	struct tstat_tuple tuple;
	int err;

	if (tstat_filter_tuple(dump_of(cb)->filter, &tuple)) {
		err = cursor->end ? 0 : dump_one(table, &tuple, &visit);
		cursor->end = true;
	} else {
		err = dump_buckets(table, cursor, &visit);
	}
	/* A bucket that fits into no message would never come to an end. */
	return err && !skb->len ? err : skb->len;
}

/**
 * tstat_dump_flows() - TUPLESTAT_CMD_FLOW_GET, all that match: a message full
 * @skb: the message
 * @cb: the dump
 *
 * Context: process, may sleep; takes the mutex of the namespace.
 * Return: bytes in the message, 0 at the end, or a negative error.
 */
int tstat_dump_flows(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct tstat_net *tn = tstat_net(sock_net(cb->skb->sk));
	int len;

	mutex_lock(&tn->lock);
	/* Zero means "no generation" to netlink; stopped is one more. */
	cb->seq = tn->generation * 2 + !tn->table + 1;
	len = dump_begin(cb, tn);
	/* Where it was stopped meanwhile, that ends the dump. */
	if (!len && tn->table)
		len = dump_table(skb, cb, tn->table);
	mutex_unlock(&tn->lock);
	return len;
}

static int del_one(struct tstat_net *tn, struct genl_info *info, u32 *count)
{
	struct tstat_tuple tuple;
	int err;

	err = read_tuple(info, &tuple);
	if (err)
		return err;
	if (!tn->table)
		return tstat_not_started(info->extack);
	if (!tstat_table_delete(tn->table, &tuple)) {
		NL_SET_ERR_MSG(info->extack, "no such flow");
		return -ENOENT;
	}
	*count = 1;
	return 0;
}

static int del_matching(struct tstat_net *tn, struct genl_info *info,
			u32 *count)
{
	struct tstat_filter *filter;
	int err;

	filter = kmalloc(sizeof(*filter), GFP_KERNEL);
	if (!filter)
		return -ENOMEM;
	err = tstat_read_filter(info->nlhdr, filter, info->extack);
	if (!err && !tn->table)
		err = tstat_not_started(info->extack);
	if (!err)
		*count = tstat_table_delete_matching(tn->table, filter);
	kfree(filter);
	return err;
}

/**
 * tstat_del_flows() - TUPLESTAT_CMD_FLOW_DEL
 * @skb: the request
 * @info: its attributes
 *
 * Context: process, may sleep; takes the mutex of the namespace.
 * Return: 0 or a negative error.
 */
int tstat_del_flows(struct sk_buff *skb, struct genl_info *info)
{
	struct tstat_net *tn = tstat_net(genl_info_net(info));
	struct sk_buff *msg;
	void *header;
	u32 count = 0;
	int err;

	/* Before it is too late to say that there is no memory. */
	msg = tstat_reply_begin(info, &header);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&tn->lock);
	err = tuple_attr(info->attrs) ? del_one(tn, info, &count) :
				del_matching(tn, info, &count);
	mutex_unlock(&tn->lock);
	if (!err && nla_put_u32(msg, TUPLESTAT_A_FLOW_COUNT, count))
		err = -EMSGSIZE;
	return tstat_reply_end(info, msg, header, err);
}
