// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: the settings. */
#include "netlink_impl.h"

/* Not const: struct nla_policy of older kernels would have it otherwise. */
static struct netlink_range_validation max_flows_range = {
	.min = TUPLESTAT_MAX_FLOWS_MIN,
	.max = TUPLESTAT_MAX_FLOWS_MAX,
};

static struct netlink_range_validation timeout_range = {
	.min = 1,
	.max = TUPLESTAT_TIMEOUT_MAX,
};

#define TIMEOUT NLA_POLICY_FULL_RANGE(NLA_U32, &timeout_range)

static const struct nla_policy timeout_policy[TUPLESTAT_A_TIMEOUT_MAX + 1] = {
	[TUPLESTAT_A_TIMEOUT_NONE] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_SYN_SENT] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_SYN_RECV] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_ESTABLISHED] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_FIN_WAIT] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_CLOSE_WAIT] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_LAST_ACK] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_TIME_WAIT] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_CLOSE] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_SYN_SENT2] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_UNREPLIED] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_REPLIED] = TIMEOUT,
	[TUPLESTAT_A_TIMEOUT_ACTIVE] = TIMEOUT,
};

const struct nla_policy tstat_config_policy[TUPLESTAT_A_CONFIG_MAX + 1] = {
	[TUPLESTAT_A_CONFIG_STARTED] = NLA_POLICY_MAX(NLA_U8, 1),
	[TUPLESTAT_A_CONFIG_MAX_FLOWS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &max_flows_range),
	[TUPLESTAT_A_CONFIG_TIMEOUTS] = NLA_POLICY_NESTED(timeout_policy),
};

/* Where a timeout is kept, by its attribute. */
static u32 *timeout_of(struct tstat_net *tn, int attr)
{
	BUILD_BUG_ON(__TUPLESTAT_STATE_MAX + 1 != TUPLESTAT_A_TIMEOUT_ACTIVE);

	if (attr == TUPLESTAT_A_TIMEOUT_ACTIVE)
		return &tn->active_timeout;
	return &tn->timeouts.seconds[attr - 1];
}

static int fill_timeouts(struct sk_buff *msg, struct tstat_net *tn)
{
	struct nlattr *nest;
	int attr;

	nest = nla_nest_start(msg, TUPLESTAT_A_CONFIG_TIMEOUTS);
	if (!nest)
		return -EMSGSIZE;
	for (attr = 1; attr <= TUPLESTAT_A_TIMEOUT_MAX; attr++) {
		if (nla_put_u32(msg, attr, *timeout_of(tn, attr))) {
			nla_nest_cancel(msg, nest);
			return -EMSGSIZE;
		}
	}
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * tstat_get_config() - TUPLESTAT_CMD_CONFIG_GET
 * @skb: the request
 * @info: its attributes, none
 *
 * Context: process, may sleep; takes the mutex of the namespace.
 * Return: 0 or a negative error.
 */
int tstat_get_config(struct sk_buff *skb, struct genl_info *info)
{
	struct tstat_net *tn = tstat_net(genl_info_net(info));
	struct sk_buff *msg;
	void *header;
	int err = 0;

	msg = tstat_reply_begin(info, &header);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&tn->lock);
	if (nla_put_u8(msg, TUPLESTAT_A_CONFIG_STARTED, !!tn->table) ||
	    nla_put_u32(msg, TUPLESTAT_A_CONFIG_MAX_FLOWS, tn->max_flows) ||
	    fill_timeouts(msg, tn))
		err = -EMSGSIZE;
	mutex_unlock(&tn->lock);
	return tstat_reply_end(info, msg, header, err);
}

static int set_max_flows(struct tstat_net *tn, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	u32 limit = tstat_net_max_flows_limit(tn);
	u32 max_flows = nla_get_u32(attr);

	if (!limit)
		return tstat_net_refuse_userns(extack);
	if (max_flows > limit) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "above the limit for unprivileged namespaces (module parameter userns_max_flows)");
		return -EPERM;
	}
	return tstat_net_set_max_flows(tn, max_flows);
}

static void set_timeouts(struct tstat_net *tn, struct nlattr **timeouts)
{
	int attr;

	for (attr = 1; attr <= TUPLESTAT_A_TIMEOUT_MAX; attr++) {
		if (timeouts[attr])
			WRITE_ONCE(*timeout_of(tn, attr),
				   nla_get_u32(timeouts[attr]));
	}
}

static int set_started(struct tstat_net *tn, bool started,
		       struct netlink_ext_ack *extack)
{
	if (started)
		return tstat_net_start(tn, extack);
	tstat_net_stop(tn);
	return 0;
}

/* What can fail comes first: all is set, or nothing. */
static int set_settings(struct tstat_net *tn, struct genl_info *info,
			struct nlattr **timeouts)
{
	struct nlattr *max_flows = info->attrs[TUPLESTAT_A_CONFIG_MAX_FLOWS];
	struct nlattr *started = info->attrs[TUPLESTAT_A_CONFIG_STARTED];
	u32 before = tn->max_flows;
	int err = 0;

	if (max_flows)
		err = set_max_flows(tn, max_flows, info->extack);
	if (!err && started) {
		err = set_started(tn, nla_get_u8(started), info->extack);
		/* Not started, it has no table, and this is but a number. */
		if (err)
			tn->max_flows = before;
	}
	if (!err && info->attrs[TUPLESTAT_A_CONFIG_TIMEOUTS])
		set_timeouts(tn, timeouts);
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(info->extack,
			       "no memory for a table of that size");
	return err;
}

/**
 * tstat_set_config() - TUPLESTAT_CMD_CONFIG_SET
 * @skb: the request
 * @info: its attributes
 *
 * Context: process, may sleep; takes the mutex of the namespace.
 * Return: 0 or a negative error.
 */
int tstat_set_config(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *nest = info->attrs[TUPLESTAT_A_CONFIG_TIMEOUTS];
	struct nlattr *timeouts[TUPLESTAT_A_TIMEOUT_MAX + 1];
	struct tstat_net *tn = tstat_net(genl_info_net(info));
	int err;

	if (!info->attrs[TUPLESTAT_A_CONFIG_STARTED] &&
	    !info->attrs[TUPLESTAT_A_CONFIG_MAX_FLOWS] &&
	    (!nest || !nla_len(nest))) {
		NL_SET_ERR_MSG(info->extack, "no setting is named");
		return -EINVAL;
	}
	if (nest) {
		err = nla_parse_nested(timeouts, TUPLESTAT_A_TIMEOUT_MAX, nest,
				       timeout_policy, info->extack);
		if (err)
			return err;
	}
	mutex_lock(&tn->lock);
	err = set_settings(tn, info, timeouts);
	mutex_unlock(&tn->lock);
	return err;
}
