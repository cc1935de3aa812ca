// SPDX-License-Identifier: GPL-2.0
/*
 * The least that a hook costs: netfilter's own share in what others cost. It
 * stands where tuplestat's stand, in every network namespace.
 */
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/net_namespace.h>

static unsigned int accept(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static const struct nf_hook_ops bench_hooks[] = {
	{
		.hook = accept,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,
	},
	{
		.hook = accept,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_CONNTRACK_DEFRAG + 1,
	},
};

static int __net_init bench_net_init(struct net *net)
{
	return nf_register_net_hooks(net, bench_hooks, ARRAY_SIZE(bench_hooks));
}

static void __net_exit bench_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, bench_hooks, ARRAY_SIZE(bench_hooks));
}

static struct pernet_operations bench_net_ops = {
	.init = bench_net_init,
	.exit = bench_net_exit,
};

static int __init bench_init(void)
{
	return register_pernet_subsys(&bench_net_ops);
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	unregister_pernet_subsys(&bench_net_ops);
}
module_exit(bench_exit);

MODULE_DESCRIPTION("A netfilter hook that does nothing, to measure others against");
MODULE_LICENSE("GPL");
