/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. */
#ifndef _TSTAT_NETLINK_H
#define _TSTAT_NETLINK_H

#include <linux/types.h>

struct net;
struct sk_buff;
struct tstat_event;

int tstat_netlink_register(void);
void tstat_netlink_unregister(void);

bool tstat_netlink_has_listeners(struct net *net);
struct sk_buff *tstat_netlink_new_events(void);
int tstat_netlink_put_event(struct sk_buff *skb,
			    const struct tstat_event *event, u64 seq);
int tstat_netlink_send_events(struct net *net, struct sk_buff *skb);

#endif /* _TSTAT_NETLINK_H */
