// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a packet: skb -> parse -> fragments -> table -> account. Nearly
 * all take a shortcut: table_plain.h.
 *
 * Two hooks see every packet: PRE_ROUTING what comes in (also what will be
 * forwarded), LOCAL_OUT what is made here. Both come straight after
 * defragmentation, before anything that drops or rewrites. They only watch:
 * the verdict is NF_ACCEPT, whatever happens.
 */
#include <linux/bottom_half.h>
#include <linux/if_arp.h>
#include <linux/ktime.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/route.h>

#include "compat/ip6_route.h"
#include "compat/lockdep.h"
#include "compat/nf_dup.h"
#include "core/account.h"
#include "core/parse.h"
#include "core/tcp.h"
#include "frag.h"
#include "hook.h"
#include "ledger.h"
#include "net.h"
#include "table_plain.h"

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

static bool is_reassembled(const struct sk_buff *skb, u8 pf)
{
	return pf == NFPROTO_IPV4 ? IPCB(skb)->frag_max_size :
				    IP6CB(skb)->frag_max_size;
}

/*
 * Bytes that each segment of an aggregate has again. A tunnel's segments have
 * the inner headers too; where these do not lie in one piece, 0.
 */
static u32 repeated_headers(const struct sk_buff *skb,
			    const struct tstat_packet *pkt)
{
	u32 offset;

	if (!skb->encapsulation)
		return pkt->ip_len - pkt->payload_len;
	if (!skb->inner_transport_header)
		return 0;
	offset = skb_inner_transport_offset(skb);
	if (!skb_is_gso_tcp(skb))
		return offset + sizeof(struct udphdr);
	if (offset + sizeof(struct tcphdr) > skb_headlen(skb))
		return 0;
	return offset + inner_tcp_hdrlen(skb);
}

/*
 * GSO and GRO. Counted from gso_size: gso_segs is zero or a guest's claim in
 * what comes from tun or virtio (SKB_GSO_DODGY).
 */
static void count_segments(const struct sk_buff *skb,
			   const struct nf_hook_state *state,
			   struct tstat_packet *pkt)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	u32 headers = repeated_headers(skb, pkt);

	/* One datagram that leaves as IP fragments, not as datagrams. */
	if (shinfo->gso_type & SKB_GSO_UDP)
		tstat_packet_cut(pkt, state->pf, shinfo->gso_size);
	else if (headers)
		tstat_packet_segment(pkt, headers, shinfo->gso_size);
}

/*
 * Defragmentation (conntrack's) comes before us, and leaves the fragments as
 * a list. Their headers are still in front of their data.
 */
static void count_fragments(const struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    struct tstat_packet *pkt)
{
	const struct sk_buff *frag;

	if (state->pf == NFPROTO_IPV6)
		pkt->ip_len += sizeof(struct frag_hdr);
	skb_walk_frags(skb, frag) {
		pkt->packets++;
		pkt->ip_len += frag->data - skb_network_header(frag);
	}
}

/* What is too long for its route is cut on the way out. TCP never is. */
static void count_output_fragments(const struct sk_buff *skb,
				   const struct nf_hook_state *state,
				   struct tstat_packet *pkt)
{
	u32 mtu = state->pf == NFPROTO_IPV4 ? ip_skb_dst_mtu(state->sk, skb) :
					      ip6_skb_dst_mtu(skb);

	if (state->pf == NFPROTO_IPV4 && !skb->ignore_df &&
	    ip_hdr(skb)->frag_off & htons(IP_DF))
		return;
	tstat_packet_fragment(pkt, state->pf, mtu);
}

/* From one skb to the packets that it was or will be on the wire. */
static void count_wire_packets(const struct sk_buff *skb,
			       const struct nf_hook_state *state,
			       struct tstat_packet *pkt)
{
	if (skb_is_gso(skb))
		count_segments(skb, state, pkt);
	else if (unlikely(is_reassembled(skb, state->pf)))
		count_fragments(skb, state, pkt);
	else if (state->hook == NF_INET_LOCAL_OUT &&
		 pkt->tuple.proto != IPPROTO_TCP && skb_dst(skb))
		count_output_fragments(skb, state, pkt);
}

/* Returns -1, or why it is of no flow. */
static int account(struct tstat_net *tn, struct tstat_packet *pkt, bool known)
{
	u64 now_ns = ktime_get_ns();

	if (unlikely(pkt->fragment != TSTAT_FRAGMENT_NONE))
		known = tstat_frag_table_place(tn->frags, pkt, now_ns);
	return likely(known) ? tstat_table_account(tn->table, pkt, now_ns) :
			       pkt->unattributed;
}

/* Beside the equation: which of what was seen no connection needs. */
static void count_unusual(struct tstat_net *tn, const struct tstat_packet *pkt)
{
	int kind = tstat_packet_unusual(pkt);

	if (unlikely(kind != TSTAT_NOT_UNUSUAL))
		tstat_ledger_unusual(tn->ledger, kind, pkt->packets,
				     pkt->ip_len);
}

/*
 * A raw socket of IPv6 may send more octets than its header speaks of. They are
 * no part of the packet, and are cut off where it is received: what comes in
 * has none, and there the ledger shall tell.
 */
static void count_rest(struct tstat_net *tn, const struct nf_hook_state *state,
		       u32 bytes)
{
	if (state->hook == NF_INET_LOCAL_OUT)
		tstat_ledger_unattributed(tn->ledger,
					  TUPLESTAT_UNATTR_MALFORMED, 0, bytes);
}

static bool is_ethernet(const struct nf_hook_state *state)
{
	return (state->in ?: state->out)->type == ARPHRD_ETHER;
}

/* Bottom halves are disabled, so this CPU's ledger is ours. */
static void watch(struct tstat_net *tn, const struct sk_buff *skb,
		  const struct nf_hook_state *state)
{
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
	u32 parsed_len, bytes;
	int unattributed;
	bool known;

	lockdep_assert_in_softirq();
	known = tstat_parse(&from.reader, &pkt);
	pkt.ethernet = is_ethernet(state);
	parsed_len = pkt.ip_len;
	count_wire_packets(skb, state, &pkt);
	/* From the skb, not from its headers: so that the ledger can be wrong. */
	bytes = skb->len + (pkt.ip_len - parsed_len);
	tstat_ledger_seen(tn->ledger, pkt.packets, bytes);
	if (known)
		count_unusual(tn, &pkt);
	unattributed = account(tn, &pkt, known);
	if (unlikely(unattributed >= 0))
		tstat_ledger_unattributed(tn->ledger, unattributed,
					  pkt.packets, bytes);
	else if (unlikely(bytes != pkt.ip_len))
		count_rest(tn, state, bytes - pkt.ip_len);
}

/* A SYN that is a plain packet. */
static __always_inline bool watch_syn(struct tstat_net *tn,
				      const struct sk_buff *skb,
				      const struct nf_hook_state *state,
				      u8 family)
{
	const u8 *end = skb->data + skb_headlen(skb);

	return family == AF_INET ?
	       tstat_table_begin_plain_v4(tn->table, skb->data, skb->len, end,
					  is_ethernet(state)) :
	       tstat_table_begin_plain_v6(tn->table, skb->data, skb->len, end,
					  is_ethernet(state));
}

/* Another plain packet, of a flow that is not known to talk. */
static __always_inline bool watch_unknown(struct tstat_net *tn,
					  const struct sk_buff *skb,
					  const struct nf_hook_state *state,
					  u8 family, enum tstat_plain_kind kind)
{
	const u8 *end = skb->data + skb_headlen(skb);

	return family == AF_INET ?
	       tstat_table_account_plain_v4(tn->table, skb->data, skb->len,
					    end, kind, is_ethernet(state)) :
	       tstat_table_account_plain_v6(tn->table, skb->data, skb->len,
					    end, kind, is_ethernet(state));
}

/*
 * Whether it was a plain packet, which the table has taken whole. On the way
 * out, what is not TCP may still be cut into fragments.
 */
static __always_inline bool watch_plain(struct tstat_net *tn,
					const struct sk_buff *skb,
					const struct nf_hook_state *state,
					u8 pf, unsigned int hook)
{
	const u8 family = pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	enum tstat_plain_kind kind;
	enum tstat_plain_way way;

	if (skb_is_gso(skb) || is_reassembled(skb, pf))
		return false;
	kind = tstat_plain_kind(skb->data, skb_headlen(skb), skb->len, family);
	if (kind == TSTAT_PLAIN_NONE ||
	    (hook == NF_INET_LOCAL_OUT && kind == TSTAT_PLAIN_DATAGRAM))
		return false;
	if (unlikely(kind == TSTAT_PLAIN_SYN))
		return watch_syn(tn, skb, state, family);
	if (kind == TSTAT_PLAIN_SEGMENT)
		way = tstat_table_account_front(tn->table, skb->data, skb->len,
						family, TSTAT_PLAIN_SEGMENT);
	else
		way = tstat_table_account_front(tn->table, skb->data, skb->len,
						family, TSTAT_PLAIN_DATAGRAM);
	if (unlikely(way == TSTAT_PLAIN_UNKNOWN))
		return watch_unknown(tn, skb, state, family, kind);
	return way == TSTAT_PLAIN_TAKEN;
}

/*
 * What was sent to ourselves comes in again: through the loopback device, or
 * as the local copy of a multicast. It still has the route that it was sent
 * with, which tells it from what somebody else put on the loopback device.
 */
static __always_inline bool is_looped_back(const struct sk_buff *skb,
					   const struct net_device *in)
{
	return (in->flags & IFF_LOOPBACK ||
		skb->pkt_type == PACKET_LOOPBACK) && skb_valid_dst(skb);
}

/*
 * br_netfilter has a packet on a bridge pass PRE_ROUTING, and then suppresses
 * the bridge's own pass, but not if the bridge is a VRF's device. The bridge
 * info stays on the skb when IPsec decrypts it, and that packet is a new one.
 */
static bool is_bridged_before(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *bridge = nf_bridge_info_get(skb);

	return bridge && !bridge->in_prerouting && !skb_sec_path(skb);
#else
	return false;
#endif
}

/* A packet on a VRF's device passes PRE_ROUTING again, for the VRF itself. */
static noinline __cold bool seen_before_vrf(const struct sk_buff *skb,
					    const struct net_device *in)
{
	return netif_is_l3_master(in) || is_bridged_before(skb) ||
	       is_looped_back(skb, in);
}

static __always_inline bool seen_before(const struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	/* A later use reads it again, rather than keep a register for it. */
	const struct net_device *in = READ_ONCE(state->in);

	/* The compiler makes one test of both flags. */
	if (unlikely(netif_is_l3_master(in) || netif_is_l3_slave(in)))
		return seen_before_vrf(skb, in);
	return is_looped_back(skb, in);
}

/*
 * IPVS sends each packet that it forwards through LOCAL_OUT, without a socket.
 * The packet was counted before: at PRE_ROUTING, or at LOCAL_OUT if this host
 * is the client. Some tunnels keep the mark, but their outer packets are new
 * ones: these have a socket, or an inner header behind their own.
 */
static bool is_ipvs_forward(const struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
#if IS_ENABLED(CONFIG_IP_VS)
	return skb->ipvs_property && !state->sk &&
	       skb->inner_network_header <= skb->network_header;
#else
	return false;
#endif
}

/*
 * nf_dup_ipv4() and nf_dup_ipv6() (TEE, dup to) send a copy of a packet through
 * LOCAL_OUT. It is untracked, as few packets are so early, while the outer
 * packet of a tunnel that it takes is not.
 */
static bool is_duplicate(const struct sk_buff *skb)
{
	if (IS_ENABLED(CONFIG_NF_CONNTRACK) &&
	    likely(skb_get_nfct(skb) != IP_CT_UNTRACKED))
		return false;
	return tstat_compat_in_nf_dup();
}

/*
 * What goes out by a device of a VRF is sent to the VRF first, then to the
 * device. What goes to an address of the VRF itself is sent there only.
 */
static bool seen_again_by_device(const struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (unlikely(!dst))
		return false;
	/* ip6_xmit() names the device that it had before the VRF took over. */
	if (!netif_is_l3_master(state->out) && !netif_is_l3_master(dst->dev))
		return false;
	if (state->pf == NFPROTO_IPV4)
		return !(((const struct rtable *)dst)->rt_flags & RTCF_LOCAL);
	return !(((const struct rt6_info *)dst)->rt6i_flags & RTF_LOCAL);
}

static bool seen_again(const struct sk_buff *skb,
		       const struct nf_hook_state *state)
{
	return is_ipvs_forward(skb, state) || is_duplicate(skb) ||
	       seen_again_by_device(skb, state);
}

/*
 * A packet with bottom halves enabled takes the slow path: with them disabled,
 * or a softirq on this CPU would spin on a lock that this CPU holds.
 */
static noinline void watch_in_process(struct tstat_net *tn,
				      const struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	local_bh_disable();
	watch(tn, skb, state);
	local_bh_enable();
}

/*
 * Context: RCU read lock. Softirq, or process context: with bottom halves
 * disabled (ip_rcv() by a driver), or with bottom halves enabled (nf_reinject()
 * runs the hooks behind an NFQUEUE rule on behalf of the task that sent the
 * verdict, and br_netfilter runs these hooks from there).
 */
static __always_inline unsigned int
pre_routing(struct tstat_net *tn, const struct sk_buff *skb,
	    const struct nf_hook_state *state, u8 pf)
{
	if (seen_before(skb, state))
		return NF_ACCEPT;
	if (unlikely(!in_softirq()))
		watch_in_process(tn, skb, state);
	else if (!watch_plain(tn, skb, state, pf, NF_INET_PRE_ROUTING))
		watch(tn, skb, state);
	return NF_ACCEPT;
}

/*
 * Context: RCU read lock. Softirq (TCP answers a segment), or process context
 * with bottom halves enabled or disabled.
 */
static __always_inline unsigned int
local_out(struct tstat_net *tn, const struct sk_buff *skb,
	  const struct nf_hook_state *state, u8 pf)
{
	if (seen_again(skb, state))
		return NF_ACCEPT;
	local_bh_disable();
	if (!watch_plain(tn, skb, state, pf, NF_INET_LOCAL_OUT))
		watch(tn, skb, state);
	local_bh_enable();
	return NF_ACCEPT;
}

/* One for each family, which then is a constant in all that is inlined. */
static unsigned int pre_routing_v4(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	return pre_routing(priv, skb, state, NFPROTO_IPV4);
}

static unsigned int pre_routing_v6(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	return pre_routing(priv, skb, state, NFPROTO_IPV6);
}

static unsigned int local_out_v4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return local_out(priv, skb, state, NFPROTO_IPV4);
}

static unsigned int local_out_v6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return local_out(priv, skb, state, NFPROTO_IPV6);
}

static const struct nf_hook_ops hooks[TSTAT_HOOKS] = {
	{
		.hook = pre_routing_v4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,
	},
	{
		.hook = local_out_v4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,
	},
	{
		.hook = pre_routing_v6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_CONNTRACK_DEFRAG + 1,
	},
	{
		.hook = local_out_v6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_CONNTRACK_DEFRAG + 1,
	},
};

/**
 * tstat_hook_register() - let packets of a namespace come in
 * @tn: the namespace; its table and ledger are there
 *
 * Context: process, may sleep.
 * Return: 0 or a negative error; then nothing is registered, but packets may
 * have come in.
 */
int tstat_hook_register(struct tstat_net *tn)
{
	unsigned int i;

	/* Hooks are given what is theirs, rather than look for it. */
	for (i = 0; i < TSTAT_HOOKS; i++) {
		tn->hooks[i] = hooks[i];
		tn->hooks[i].priv = tn;
	}
	return nf_register_net_hooks(tn->net, tn->hooks, TSTAT_HOOKS);
}

/**
 * tstat_hook_unregister() - let no more packets come in
 * @tn: the namespace
 *
 * Context: process, may sleep. Packets can be in the hooks until
 * synchronize_net() returns.
 */
void tstat_hook_unregister(struct tstat_net *tn)
{
	nf_unregister_net_hooks(tn->net, tn->hooks, TSTAT_HOOKS);
}
