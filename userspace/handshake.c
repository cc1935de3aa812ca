// SPDX-License-Identifier: GPL-2.0
/* What became of the handshake of a TCP flow. */
#include <netinet/in.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "handshake.h"

/* By a SYN-ACK, or by a SYN of its own: both open at once. */
static bool is_answered(const struct flow *flow)
{
	return strpbrk(flow->history, "hs");
}

/**
 * handshake_of - what became of a handshake
 * @flow: the flow
 *
 * It is completed where the originator has sent something besides the SYN (or
 * a RST at once).
 *
 * Return: enum handshake.
 */
enum handshake handshake_of(const struct flow *flow)
{
	if (flow->proto != IPPROTO_TCP || flow->midstream)
		return HANDSHAKE_NONE;
	if (flow->conn_state == TUPLESTAT_CONN_REJ)
		return HANDSHAKE_REFUSED;
	if (!is_answered(flow))
		return HANDSHAKE_UNANSWERED;
	return strpbrk(flow->history, "ADF") ? HANDSHAKE_COMPLETED :
					       HANDSHAKE_UNFINISHED;
}
