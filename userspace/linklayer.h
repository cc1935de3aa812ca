/* SPDX-License-Identifier: GPL-2.0 */
/* From a captured frame to the IP packet in it. */
#ifndef TUPLESTAT_LINKLAYER_H
#define TUPLESTAT_LINKLAYER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct frame - a packet, or what was captured of it
 * @bytes: the captured bytes
 * @head_len: how many there are
 * @wire_len: how many there were on the wire, @head_len or more
 * @ethernet: it came out of an Ethernet frame
 */
struct frame {
	const uint8_t *bytes;
	uint32_t head_len;
	uint32_t wire_len;
	bool ethernet;
};

bool linklayer_is_known(int type);
bool linklayer_strip(int type, const struct frame *frame, struct frame *ip);

#endif /* TUPLESTAT_LINKLAYER_H */
