/* SPDX-License-Identifier: GPL-2.0 */
/* What became of the handshake of a TCP flow. */
#ifndef TUPLESTAT_HANDSHAKE_H
#define TUPLESTAT_HANDSHAKE_H

#include "flow.h"

/**
 * enum handshake - what became of a handshake
 * @HANDSHAKE_NONE: there is none: UDP, or no SYN was seen
 * @HANDSHAKE_COMPLETED: SYN, SYN-ACK and ACK were seen
 * @HANDSHAKE_REFUSED: answered by a RST
 * @HANDSHAKE_UNANSWERED: no SYN-ACK, no RST
 * @HANDSHAKE_UNFINISHED: a SYN-ACK, but no ACK of it
 */
enum handshake {
	HANDSHAKE_NONE,
	HANDSHAKE_COMPLETED,
	HANDSHAKE_REFUSED,
	HANDSHAKE_UNANSWERED,
	HANDSHAKE_UNFINISHED,
};

enum handshake handshake_of(const struct flow *flow);

#endif /* TUPLESTAT_HANDSHAKE_H */
