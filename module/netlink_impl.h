/* SPDX-License-Identifier: GPL-2.0 */
/* What the files netlink*.c share: replies, policies and handlers. */
#ifndef _TSTAT_NETLINK_IMPL_H
#define _TSTAT_NETLINK_IMPL_H

#include <net/genetlink.h>

#include "core/match.h"
#include "net.h"

/* netlink.c */
int tstat_not_started(struct netlink_ext_ack *extack);
struct sk_buff *tstat_reply_begin(struct genl_info *info, void **header);
int tstat_reply_end(struct genl_info *info, struct sk_buff *msg, void *header,
		    int err);
void *tstat_put_dump_header(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_filter.c */
extern const struct nla_policy tstat_term_policy[TUPLESTAT_A_TERM_MAX + 1];
int tstat_check_addr(const struct nlattr *attr, struct netlink_ext_ack *extack);
int tstat_read_proto(const struct nlattr *attr, u8 *proto,
		     struct netlink_ext_ack *extack);
int tstat_read_filter(const struct nlmsghdr *nlh, struct tstat_filter *filter,
		      struct netlink_ext_ack *extack);

/* netlink_flow.c */
extern const struct nla_policy tstat_flow_policy[TUPLESTAT_A_FLOW_MAX + 1];
int tstat_get_flow(struct sk_buff *skb, struct genl_info *info);
int tstat_dump_flows(struct sk_buff *skb, struct netlink_callback *cb);
int tstat_dump_flows_done(struct netlink_callback *cb);
int tstat_del_flows(struct sk_buff *skb, struct genl_info *info);

/* netlink_stats.c */
int tstat_get_stats(struct sk_buff *skb, struct genl_info *info);

/* netlink_config.c */
extern const struct nla_policy tstat_config_policy[TUPLESTAT_A_CONFIG_MAX + 1];
int tstat_get_config(struct sk_buff *skb, struct genl_info *info);
int tstat_set_config(struct sk_buff *skb, struct genl_info *info);

#endif /* _TSTAT_NETLINK_IMPL_H */
