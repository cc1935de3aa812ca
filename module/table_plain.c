// SPDX-License-Identifier: GPL-2.0
/* The flow table: plain packets of flows that the front does not know. */
#include "core/plain_begin.h"
#include "table_begin.h"
#include "table_plain.h"

static __always_inline struct flow *find_fast(const struct tstat_table *table,
					      u64 hash,
					      const struct tstat_plain *p,
					      u8 family)
{
	const struct buckets *buckets = rcu_dereference(table->fast);
	struct flow *flow;

	for (flow = rcu_dereference(buckets->head[hash >> buckets->shift]);
	     flow; flow = rcu_dereference(flow->next)) {
		if (plain_is_of(p, family, flow))
			break;
	}
	return flow;
}

/* Whether it has a flow: a miss is certain only under the stripe's lock. */
static __always_inline bool has_flow(struct stripe *stripe,
				     struct flow __rcu **head,
				     const struct tstat_plain *p, u8 family)
{
	struct flow *flow = locked(stripe, *head);

	for (; flow; flow = locked(stripe, flow->next)) {
		if (tstat_plain_is_of(p, family, &flow->tuple) &&
		    !flow->end_reason)
			return true;
	}
	return false;
}

static __always_inline void begin(struct tstat_table *table,
				  struct stripe *stripe,
				  struct flow __rcu **head,
				  const struct tstat_plain *p, u8 family,
				  bool ethernet)
{
	bool wanted = tstat_events_wanted(table->env.events);
	u64 now_ns = ktime_get_ns();
	struct flow *flow;

	/* Seen first: nothing may be counted that was not. */
	tstat_ledger_seen(table->env.ledger, 1, p->ip_len);
	flow = tstat_flow_get(table, stripe, now_ns, wanted);
	if (IS_ERR(flow)) {
		tstat_ledger_unattributed(table->env.ledger,
					  tstat_flow_refusal(flow), 1,
					  p->ip_len);
		return;
	}
	spin_lock(&flow->lock);
	tstat_plain_begin(&flow->rec, p, family, table->env.ports, ethernet,
			  now_ns);
	tstat_flow_begun(table, flow, false, wanted);
	spin_unlock(&flow->lock);
	tstat_flow_link(stripe, head, flow);
}

static __always_inline bool begin_locked(struct tstat_table *table, u64 hash,
					 const struct tstat_plain *p, u8 family,
					 bool ethernet)
{
	struct stripe *stripe = stripe_of(table, hash);
	struct flow __rcu **head;
	bool is_new;

	lockdep_assert_in_softirq();
	spin_lock(&stripe->lock);
	head = bucket_of(stripe, hash);
	is_new = !has_flow(stripe, head, p, family);
	if (likely(is_new))
		begin(table, stripe, head, p, family, ethernet);
	spin_unlock(&stripe->lock);
	return is_new;
}

static __always_inline bool
account_plain(struct tstat_table *table, const u8 *ip, u32 wire_len,
	      const u8 *end, u8 family, enum tstat_plain_kind kind,
	      bool ethernet)
{
	const struct tstat_plain p = tstat_plain_read(ip, wire_len, family,
						      kind);
	u64 hash = tstat_plain_hash(&p, family, &table->key);
	struct flow *flow;

	flow = find_fast(table, hash, &p, family);
	if (flow)
		return plain_take(table, &p, family, flow,
				  plain_place(table, &p, family));
	return tstat_plain_begins(&p, end) &&
	       begin_locked(table, hash, &p, family, ethernet);
}

/**
 * tstat_table_account_plain_v4() - account a packet, if it is plain to us
 * @table: the table
 * @ip: the bytes from the IP header on
 * @wire_len: bytes of the packet from the IP header on
 * @end: behind the bytes that lie in one piece
 * @kind: what tstat_plain_kind() said of these: a segment or a datagram
 * @ethernet: it comes from or goes to an Ethernet device
 *
 * It is where it tells nothing new of its flow, which the front does not know,
 * or begins one.
 *
 * Context: RCU read lock, bottom halves off.
 * Return: whether it was accounted, or found no room; in the ledger too.
 */
bool tstat_table_account_plain_v4(struct tstat_table *table, const u8 *ip,
				  u32 wire_len, const u8 *end,
				  enum tstat_plain_kind kind, bool ethernet)
{
	return account_plain(table, ip, wire_len, end, AF_INET, kind, ethernet);
}

/**
 * tstat_table_account_plain_v6() - the same, of IPv6
 * @table: the table
 * @ip: the bytes from the IP header on
 * @wire_len: bytes of the packet from the IP header on
 * @end: behind the bytes that lie in one piece
 * @kind: what tstat_plain_kind() said of these: a segment or a datagram
 * @ethernet: it comes from or goes to an Ethernet device
 *
 * Context: RCU read lock, bottom halves off.
 * Return: whether it was accounted, or found no room; in the ledger too.
 */
bool tstat_table_account_plain_v6(struct tstat_table *table, const u8 *ip,
				  u32 wire_len, const u8 *end,
				  enum tstat_plain_kind kind, bool ethernet)
{
	return account_plain(table, ip, wire_len, end, AF_INET6, kind,
			     ethernet);
}

/* A SYN hardly ever has a flow: it is looked for only where a miss is sure. */
static __always_inline bool begin_plain(struct tstat_table *table, const u8 *ip,
					u32 wire_len, const u8 *end, u8 family,
					bool ethernet)
{
	const struct tstat_plain p = tstat_plain_read(ip, wire_len, family,
						      TSTAT_PLAIN_SYN);

	return tstat_plain_begins(&p, end) &&
	       begin_locked(table, tstat_plain_hash(&p, family, &table->key),
			    &p, family, ethernet);
}

/**
 * tstat_table_begin_plain_v4() - begin a flow by a SYN, if it is plain to us
 * @table: the table
 * @ip: the bytes from the IP header on; tstat_plain_kind() said it is a SYN
 * @wire_len: bytes of the packet from the IP header on
 * @end: behind the bytes that lie in one piece
 * @ethernet: it comes from or goes to an Ethernet device
 *
 * It is where there is no such flow yet.
 *
 * Context: RCU read lock, bottom halves off.
 * Return: whether it was accounted, or found no room; in the ledger too.
 */
bool tstat_table_begin_plain_v4(struct tstat_table *table, const u8 *ip,
				u32 wire_len, const u8 *end, bool ethernet)
{
	return begin_plain(table, ip, wire_len, end, AF_INET, ethernet);
}

/**
 * tstat_table_begin_plain_v6() - the same, of IPv6
 * @table: the table
 * @ip: the bytes from the IP header on; tstat_plain_kind() said it is a SYN
 * @wire_len: bytes of the packet from the IP header on
 * @end: behind the bytes that lie in one piece
 * @ethernet: it comes from or goes to an Ethernet device
 *
 * Context: RCU read lock, bottom halves off.
 * Return: whether it was accounted, or found no room; in the ledger too.
 */
bool tstat_table_begin_plain_v6(struct tstat_table *table, const u8 *ip,
				u32 wire_len, const u8 *end, bool ethernet)
{
	return begin_plain(table, ip, wire_len, end, AF_INET6, ethernet);
}
