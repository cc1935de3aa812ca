/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a plain packet begins: the record of a new flow, with its first packet
 * accounted, as tstat_record_begin() and tstat_record_account() would leave it.
 */
#ifndef _TSTAT_CORE_PLAIN_BEGIN_H
#define _TSTAT_CORE_PLAIN_BEGIN_H

#include "plain.h"
#include "seq.h"

/**
 * tstat_plain_begins() - whether a flow begins plainly with a packet
 * @p: the packet, of no flow that is known
 * @end: behind the bytes that lie in one piece with its headers
 *
 * Return: whether it is a datagram, or a SYN that has no data and a window.
 */
static __always_inline bool tstat_plain_begins(const struct tstat_plain *p,
					       const u8 *end)
{
	if (p->kind != TSTAT_PLAIN_SYN)
		return p->kind == TSTAT_PLAIN_DATAGRAM;
	return !p->payload_len && plain_tcp_len(p->l4) <= end - p->l4 &&
	       get_unaligned_be16(p->l4 + HDR_TCP_WINDOW);
}

/* A SYN has no data: what follows the header is options. */
static __always_inline u8 plain_window_scale(const struct tstat_plain *p,
					     u32 l4_len)
{
	u32 len = l4_len - HDR_TCP_MIN_LEN;

	return tstat_seq_window_scale(len ?
		tstat_tcp_window_scale(p->l4 + HDR_TCP_MIN_LEN, len) :
		TSTAT_NO_WINDOW_SCALE);
}

static __always_inline void plain_begin_tcp(struct tstat_record *rec,
					    const struct tstat_plain *p,
					    u32 l4_len)
{
	u32 window = get_unaligned_be16(p->l4 + HDR_TCP_WINDOW);
	struct tstat_side *mine = &rec->side[p->sender];
	u8 scale = plain_window_scale(p, l4_len);

	mine->no_ack = 1;
	mine->syn = 1;
	/* All 16 bits at once, as the compiler then sees. */
	mine->window_bits = 32 - __builtin_clz(window);
	mine->window_scale = scale;
	mine->unusual = 0;
	rec->next_seq[p->sender] = get_unaligned_be32(p->l4 + HDR_TCP_SEQ) + 1;
	rec->whole_seq[p->sender] = rec->next_seq[p->sender];
	rec->state = TUPLESTAT_STATE_SYN_SENT;
	rec->end[p->sender] = TSTAT_END_SYN_SENT;
	tstat_history_begin_syn(rec, p->sender);
}

static __always_inline void plain_begin_udp(struct tstat_record *rec,
					    const struct tstat_plain *p,
					    const struct tstat_ports *ports)
{
	rec->side[p->sender].payload_bytes = p->payload_len;
	rec->state = TUPLESTAT_STATE_UNREPLIED;
	if (tstat_ports_flip_udp(ports, &rec->tuple, p->sender))
		tstat_history_flip(rec);
	tstat_history_udp(rec, p->sender);
}

/**
 * tstat_plain_begin() - begin the record of a new flow, and account its packet
 * @rec: written whole
 * @p: its first packet; tstat_plain_begins()
 * @family: AF_INET or AF_INET6, a constant
 * @ports: ports that servers are likely to have
 * @ethernet: it comes from or goes to an Ethernet device
 * @now_ns: time of the packet, on the caller's clock
 */
static __always_inline void
tstat_plain_begin(struct tstat_record *rec, const struct tstat_plain *p,
		  u8 family, const struct tstat_ports *ports, bool ethernet,
		  u64 now_ns)
{
	struct tstat_side *mine = &rec->side[p->sender];
	u32 l4_len = tstat_plain_l4_len(p, family);

	*rec = (struct tstat_record){
		.tuple.addr = { p->addr[0], p->addr[1] },
		.tuple.tail = tstat_plain_tail(p, family),
		.bits = (p->sender ? TSTAT_ORIG : 0) |
			(ethernet ? TSTAT_ETHERNET : 0),
		.first_ns = now_ns,
		.last_ns = now_ns,
	};
	mine->packets = 1;
	mine->ip_bytes = p->ip_len;
	mine->l4_bytes = l4_len;
	if (p->kind == TSTAT_PLAIN_SYN)
		plain_begin_tcp(rec, p, l4_len);
	else
		plain_begin_udp(rec, p, ports);
}

#endif /* _TSTAT_CORE_PLAIN_BEGIN_H */
