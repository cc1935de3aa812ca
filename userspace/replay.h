/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way of a packet through the module, replayed from a capture: parse,
 * place a fragment, account, and the ledger. The core that does it is the
 * module's own, source for source.
 */
#ifndef TUPLESTAT_REPLAY_H
#define TUPLESTAT_REPLAY_H

#include "filter.h"
#include "flow.h"
#include "linklayer.h"
#include "sink.h"
#include "stats.h"

struct replay;

struct replay *replay_new(void);
void replay_free(struct replay *replay);
bool replay_set_server_ports(struct replay *replay, const char *list);
void replay_packet(struct replay *replay, const struct frame *ip,
		   uint64_t now_ns);
void replay_not_ip(struct replay *replay);
void replay_end(struct replay *replay);
int replay_take_flows(struct replay *replay, const struct tstat_filter *filter,
		      struct flow_sink sink);
void replay_stats(const struct replay *replay, struct stats *stats);
bool replay_is_short_of_memory(const struct replay *replay);

#endif /* TUPLESTAT_REPLAY_H */
