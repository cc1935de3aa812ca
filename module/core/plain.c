// SPDX-License-Identifier: GPL-2.0
/*
 * What a plain packet begins: the record of a new flow, with its first packet
 * accounted, as tstat_record_begin() and tstat_record_account() would leave it.
 */
#include "plain.h"
#include "seq.h"

static u32 tcp_header_len(const struct tstat_plain *p)
{
	return (p->l4[HDR_TCP_DATA_OFFSET] >> 4) * 4;
}

/**
 * tstat_plain_begins() - whether a flow begins plainly with a packet
 * @p: the packet, of no flow that is known
 * @end: behind the bytes that lie in one piece with its headers
 *
 * Return: whether it is a datagram, or a SYN that has no data and a window.
 */
bool tstat_plain_begins(const struct tstat_plain *p, const u8 *end)
{
	if (p->proto == IPPROTO_UDP)
		return true;
	return p->syn && !p->payload_len &&
	       tcp_header_len(p) <= end - p->l4 &&
	       get_unaligned_be16(p->l4 + HDR_TCP_WINDOW);
}

static void begin_tcp(struct tstat_record *rec, const struct tstat_plain *p)
{
	u32 window = get_unaligned_be16(p->l4 + HDR_TCP_WINDOW);
	struct tstat_side *mine = &rec->side[p->sender];
	u8 scale;

	scale = tstat_tcp_window_scale(p->l4 + HDR_TCP_MIN_LEN,
				       tcp_header_len(p) - HDR_TCP_MIN_LEN);
	mine->no_ack = 1;
	mine->syn = 1;
	mine->window_bits = 32 - __builtin_clz(window);
	mine->window_scale = tstat_seq_window_scale(scale);
	rec->next_seq[p->sender] = get_unaligned_be32(p->l4 + HDR_TCP_SEQ) + 1;
	rec->whole_seq[p->sender] = rec->next_seq[p->sender];
	rec->state = TUPLESTAT_STATE_SYN_SENT;
	rec->end[p->sender] = TSTAT_END_SYN_SENT;
	tstat_history_syn(rec, p->sender);
}

static void begin_udp(struct tstat_record *rec, const struct tstat_plain *p,
		      const struct tstat_ports *ports)
{
	rec->state = TUPLESTAT_STATE_UNREPLIED;
	if (tstat_ports_flip_udp(ports, &rec->tuple, p->sender))
		tstat_history_flip(rec);
	tstat_history_udp(rec, p->sender);
}

/**
 * tstat_plain_begin() - begin the record of a new flow, and account its packet
 * @rec: written whole
 * @p: its first packet; tstat_plain_begins()
 * @family: AF_INET or AF_INET6
 * @ports: ports that servers are likely to have
 * @ethernet: it comes from or goes to an Ethernet device
 * @now_ns: time of the packet, on the caller's clock
 */
void tstat_plain_begin(struct tstat_record *rec, const struct tstat_plain *p,
		       u8 family, const struct tstat_ports *ports,
		       bool ethernet, u64 now_ns)
{
	struct tstat_side *mine = &rec->side[p->sender];

	memset(rec, 0, sizeof(*rec));
	rec->tuple.addr[0] = p->addr[0];
	rec->tuple.addr[1] = p->addr[1];
	rec->tuple.tail = tstat_plain_tail(p, family);
	rec->first_ns = now_ns;
	rec->last_ns = now_ns;
	rec->bits = (p->sender ? TSTAT_ORIG : 0) |
		    (ethernet ? TSTAT_ETHERNET : 0);
	mine->packets = 1;
	mine->ip_bytes = p->ip_len;
	mine->l4_bytes = tstat_plain_l4_len(p, family);
	mine->payload_bytes = p->payload_len;
	if (p->proto == IPPROTO_TCP)
		begin_tcp(rec, p);
	else
		begin_udp(rec, p, ports);
}
