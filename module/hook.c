// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a packet: skb -> parse -> table -> account.
 *
 * Two hooks see every packet: PRE_ROUTING what comes in (also what will be
 * forwarded), LOCAL_OUT what is made here. Both come straight after
 * defragmentation, before anything that drops or rewrites. They only watch:
 * the verdict is NF_ACCEPT, whatever happens.
 */
#include <linux/bottom_half.h>
#include <linux/ktime.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>

#include "core/account.h"
#include "core/parse.h"
#include "hook.h"
#include "ledger.h"
#include "net.h"

struct skb_reader {
	struct tstat_reader reader;
	const struct sk_buff *skb;
};

static int copy_from_skb(const struct tstat_reader *reader, u32 offset,
			 void *to, u32 len)
{
	const struct skb_reader *from =
		container_of(reader, struct skb_reader, reader);

	return skb_copy_bits(from->skb, offset, to, len);
}

static void account(struct tstat_net *tn, const struct tstat_packet *pkt)
{
	enum tuplestat_unattributed reason = TUPLESTAT_UNATTR_NO_MEMORY;
	int err;

	err = tstat_table_account(tn->table, pkt, ktime_get_ns());
	if (likely(!err))
		return;
	if (err == -ENOSPC)
		reason = TUPLESTAT_UNATTR_TABLE_FULL;
	tstat_ledger_unattributed(tn->ledger, reason, pkt->packets,
				  pkt->ip_len);
}

/* Bottom halves are off, so this CPU's ledger is ours. */
static void watch(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct tstat_net *tn = tstat_net(state->net);
	struct skb_reader from = {
		.reader = {
			.head = skb->data,
			.head_len = skb_headlen(skb),
			.wire_len = skb->len,
			.aggregate = skb_is_gso(skb),
			.copy = copy_from_skb,
		},
		.skb = skb,
	};
	struct tstat_packet pkt;
	u32 repeated;

	if (!tstat_parse(&from.reader, &pkt)) {
		tstat_ledger_seen(tn->ledger, 1, skb->len);
		tstat_ledger_unattributed(tn->ledger, pkt.unattributed, 1,
					  skb->len);
		return;
	}
	repeated = pkt.ip_len;
	if (skb_is_gso(skb))
		tstat_packet_segment(&pkt, skb_shinfo(skb)->gso_size);
	repeated = pkt.ip_len - repeated;
	/* From the skb, not from its headers: so the ledger can be wrong. */
	tstat_ledger_seen(tn->ledger, pkt.packets, skb->len + repeated);
	account(tn, &pkt);
}

/*
 * What was sent to ourselves comes in again: through the loopback device, or
 * as the local copy of a multicast. It still has the route that it was sent
 * with, which tells it from what somebody else put on the loopback device.
 */
static bool seen_on_the_way_out(const struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	return (state->in->flags & IFF_LOOPBACK ||
		skb->pkt_type == PACKET_LOOPBACK) && skb_valid_dst(skb);
}

/* Softirq, or with bottom halves off as all callers of ip_rcv() have them. */
static unsigned int pre_routing(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	if (!seen_on_the_way_out(skb, state))
		watch(skb, state);
	return NF_ACCEPT;
}

/* Softirq (answers of TCP) or process context. */
static unsigned int local_out(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	local_bh_disable();
	watch(skb, state);
	local_bh_enable();
	return NF_ACCEPT;
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook = pre_routing,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,
	},
	{
		.hook = local_out,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,
	},
	{
		.hook = pre_routing,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_CONNTRACK_DEFRAG + 1,
	},
	{
		.hook = local_out,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_CONNTRACK_DEFRAG + 1,
	},
};

/**
 * tstat_hook_register() - let packets of a namespace come in
 * @net: the namespace; its table and ledger are there
 *
 * Context: process, may sleep.
 * Return: 0 or a negative error; then nothing is registered, but packets may
 * have come in.
 */
int tstat_hook_register(struct net *net)
{
	return nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}

/**
 * tstat_hook_unregister() - let no more packets come in
 * @net: the namespace
 *
 * Context: process, may sleep. Packets can be in the hooks until
 * synchronize_net() returns.
 */
void tstat_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}
