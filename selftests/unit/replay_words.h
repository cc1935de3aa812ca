/* SPDX-License-Identifier: GPL-2.0 */
/* Packets to a replay, and what came of it. */
#ifndef TUPLESTAT_REPLAY_WORDS_H
#define TUPLESTAT_REPLAY_WORDS_H

#include "capture.h"
#include "replay.h"

/* Flags of a segment, as they are in the packet. */
#define S TSTAT_TCP_SYN
#define A TSTAT_TCP_ACK
#define F TSTAT_TCP_FIN
#define R TSTAT_TCP_RST

static const struct talk web = { 4, 1, 2, 40000, 80 };
static const struct talk dns = { 6, 1, 2, 5000, 53 };
static const struct tstat_filter all;

static struct replay *replay;
static struct packet p;

/* The first @head_len bytes of the packet, in memory that ends there. */
static inline void transmit_cut(u32 head_len, u32 wire_len, u64 now_ns)
{
	u8 *copy = malloc(head_len + 1);
	struct frame ip = { copy + 1, head_len, wire_len, false };

	memcpy(copy + 1, p.bytes, head_len);
	replay_packet(replay, &ip, now_ns);
	free(copy);
}

static inline void transmit(u64 now_ns)
{
	transmit_cut(p.len, p.len, now_ns);
}

static inline void transmit_tcp(struct talk talk, u8 flags, u32 payload, u64 now_ns)
{
	make_tcp(&p, talk, flags, payload);
	transmit(now_ns);
}

static inline void transmit_udp(struct talk talk, u32 payload, u64 now_ns)
{
	make_udp(&p, talk, payload);
	transmit(now_ns);
}

static inline void begin(void)
{
	replay = replay_new();
	if (!replay)
		abort();
}

static inline bool balances(void)
{
	struct balance balance;
	struct stats stats;

	replay_stats(replay, &stats);
	balance = stats_balance(&stats);
	return !balance.packets && !balance.bytes;
}

/* Ends the replay; its flows, and whether the ledger is right. */
static inline bool finish_replay(struct flow_list *flows)
{
	bool good;

	*flows = (struct flow_list){ 0 };
	replay_end(replay);
	good = balances() &&
	       !replay_take_flows(replay, &all, sink_to_list(flows));
	replay_free(replay);
	replay = NULL;
	return good;
}

static inline struct total unattributed(enum tuplestat_unattributed reason)
{
	struct stats stats;

	replay_stats(replay, &stats);
	return stats.unattributed.line[reason].total;
}

static inline bool sent(const struct flow_end *end, u64 packets, u64 bytes)
{
	return end->sent.packets == packets && end->sent.ip_bytes == bytes;
}

/* A connection with @gap between its packets; ends in TIME_WAIT. */
static inline u64 connection(struct talk talk, u64 now_ns, u64 gap)
{
	transmit_tcp(talk, S, 0, now_ns);
	transmit_tcp(back(talk), S | A, 0, now_ns += gap);
	transmit_tcp(talk, A, 100, now_ns += gap);
	transmit_tcp(back(talk), A, 1000, now_ns += gap);
	transmit_tcp(talk, F | A, 0, now_ns += gap);
	transmit_tcp(back(talk), F | A, 0, now_ns += gap);
	transmit_tcp(talk, A, 0, now_ns += gap);
	return now_ns;
}

#endif /* TUPLESTAT_REPLAY_WORDS_H */
