/* SPDX-License-Identifier: GPL-2.0 */
/* The route of an IPv6 packet. See probe.mk for the probe. */
#ifndef _TSTAT_COMPAT_IP6_ROUTE_H
#define _TSTAT_COMPAT_IP6_ROUTE_H

#include <net/ip6_route.h>

/* It only ever looked. */
#ifndef TSTAT_HAVE_IP6_SKB_DST_MTU_CONST
#define ip6_skb_dst_mtu(skb) ip6_skb_dst_mtu((struct sk_buff *)(skb))
#endif

#endif /* _TSTAT_COMPAT_IP6_ROUTE_H */
