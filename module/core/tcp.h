/* SPDX-License-Identifier: GPL-2.0 */
/* Where a TCP connection stands, from the flags of its segments. */
#ifndef _TSTAT_CORE_TCP_H
#define _TSTAT_CORE_TCP_H

#include "parse.h"
#include "record.h"

#define TSTAT_NOT_UNUSUAL (-1)

int tstat_tcp_unusual_kind(u8 flags);
void tstat_tcp_track(struct tstat_record *rec, const struct tstat_packet *pkt);

/**
 * tstat_tcp_unusual() - whether no connection needs such a segment
 * @flags: its flags
 *
 * Return: enum tuplestat_unusual, or TSTAT_NOT_UNUSUAL.
 */
static inline int tstat_tcp_unusual(u8 flags)
{
	u8 key = flags & (TSTAT_TCP_FIN | TSTAT_TCP_SYN | TSTAT_TCP_RST |
			  TSTAT_TCP_ACK);

	return likely(key == TSTAT_TCP_ACK) ? TSTAT_NOT_UNUSUAL :
					      tstat_tcp_unusual_kind(flags);
}

/**
 * tstat_packet_unusual() - whether a packet has flags that no connection needs
 * @pkt: the packet, of either protocol; a later fragment has none
 *
 * Return: enum tuplestat_unusual, or TSTAT_NOT_UNUSUAL.
 */
static inline int tstat_packet_unusual(const struct tstat_packet *pkt)
{
	if (pkt->tuple.proto != IPPROTO_TCP || !pkt->segments)
		return TSTAT_NOT_UNUSUAL;
	return tstat_tcp_unusual(pkt->tcp_flags);
}

#endif /* _TSTAT_CORE_TCP_H */
