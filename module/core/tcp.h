/* SPDX-License-Identifier: GPL-2.0 */
/* Where a TCP connection stands, from the flags of its segments. */
#ifndef _TSTAT_CORE_TCP_H
#define _TSTAT_CORE_TCP_H

#include "port.h"

/**
 * struct tstat_tcp - what is followed of a TCP connection
 * @state: enum tuplestat_state
 * @orig: the side of the tuple (0 or 1) that initiated the connection
 * @closer: the side that sent the first FIN; valid from FIN_WAIT on
 */
struct tstat_tcp {
	u8 state;
	u8 orig;
	u8 closer;
};

void tstat_tcp_track(struct tstat_tcp *tcp, unsigned int sender, u8 flags);

#endif /* _TSTAT_CORE_TCP_H */
