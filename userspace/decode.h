/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink attributes to plain structs. Each function takes the attributes of
 * one message, without any header, from a buffer that is aligned to four
 * bytes, trusts no length in it, and returns 0 or -EBADMSG. What a newer
 * kernel adds is passed over: attributes of unknown type, and members at the
 * end of a struct.
 */
#ifndef TUPLESTAT_DECODE_H
#define TUPLESTAT_DECODE_H

#include <stddef.h>

#include "flow.h"
#include "stats.h"

int decode_flow(const void *attrs, size_t len, struct flow *flow);
int decode_event(const void *attrs, size_t len, struct flow *flow);
int decode_count(const void *attrs, size_t len, uint32_t *count);
int decode_stats(const void *attrs, size_t len, struct stats *stats);
int decode_config(const void *attrs, size_t len, struct config *config);

#endif /* TUPLESTAT_DECODE_H */
