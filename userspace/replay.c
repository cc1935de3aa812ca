// SPDX-License-Identifier: GPL-2.0
/* The way of a packet through the module, replayed from a capture. */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "frag.h"
#include "history.h"
#include "ladder.h"
#include "parse.h"
#include "replay.h"
#include "replay_table.h"
#include "tcp.h"
#include "verdict.h"

/* Where the lengths stand, RFC 791 section 3.1 and RFC 8200 section 3. */
enum {
	IPV4_TOTAL_LEN = 2,
	IPV4_MIN_LEN = 20,
	IPV6_PAYLOAD_LEN = 4,
	IPV6_NEXT_HEADER = 6,
	IPV6_LEN = 40,
};

/**
 * struct replay - a capture, as far as it was replayed
 * @table: the flows
 * @frags: the datagrams that are being fragmented
 * @last_ns: time of the packet that came last
 * @not_ip: frames that the hooks would not have seen
 * @seen: what the hooks would have seen, counted apart from all else
 * @unattributed: packets of no flow, by enum tuplestat_unattributed
 * @unusual: segments with unusual flags, by enum tuplestat_unusual
 */
struct replay {
	struct replay_table table;
	struct tstat_frags frags;
	uint64_t last_ns;
	uint64_t not_ip;
	struct total seen;
	struct total unattributed[__TUPLESTAT_UNATTR_MAX];
	struct total unusual[__TUPLESTAT_UNUSUAL_MAX];
};

/**
 * replay_new - begin a replay
 *
 * Return: to be freed by replay_free(); NULL without memory.
 */
struct replay *replay_new(void)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	if (!replay)
		return NULL;
	/*
	 * Not for the fragments: of more than fit some are forgotten, and which
	 * ones must not change from one run to the next.
	 */
	if (getrandom(&replay->table.key, sizeof(replay->table.key),
		      GRND_NONBLOCK) < 0)
		replay->table.key = (struct tstat_hash_key){ 0 };
	tstat_ports_parse(&replay->table.ports, TSTAT_PORTS_DEFAULT);
	return replay;
}

/**
 * replay_free - forget a replay
 * @replay: from replay_new(), or NULL
 */
void replay_free(struct replay *replay)
{
	if (!replay)
		return;
	replay_table_free(&replay->table);
	free(replay);
}

/**
 * replay_set_server_ports - other ports than the default that servers have
 * @replay: the replay, before its first packet
 * @list: the list, as of the module's parameter; see tstat_ports_parse()
 *
 * Return: false where the list is not of that form; then @replay is good for
 * replay_free() only.
 */
bool replay_set_server_ports(struct replay *replay, const char *list)
{
	return tstat_ports_parse(&replay->table.ports, list);
}

static void enter(struct total *line, uint64_t packets, uint64_t bytes)
{
	line->packets += packets;
	line->bytes += bytes;
}

/* What the header says that the packet is long; 0 where it cannot. */
static uint32_t stated_len(const struct frame *ip)
{
	uint32_t len;

	if (!ip->head_len)
		return 0;
	if (ip->bytes[0] >> 4 == 4) {
		if (ip->head_len < IPV4_MIN_LEN)
			return 0;
		return get_unaligned_be16(ip->bytes + IPV4_TOTAL_LEN);
	}
	if (ip->head_len < IPV6_LEN)
		return 0;
	len = get_unaligned_be16(ip->bytes + IPV6_PAYLOAD_LEN);
	return len ? IPV6_LEN + len : 0;
}

/*
 * The reader of a packet without what follows it on the wire, padding and
 * checksum of the link, which ip_rcv() and ipv6_rcv() cut off before any hook.
 *
 * An aggregate that was captured on its way out, before the device cut it to
 * segments, counts as the one packet that it was in the capture: nothing tells
 * the size of the segments. Its header may say no length at all.
 */
static struct tstat_reader reader_of(const struct frame *ip)
{
	uint32_t stated = stated_len(ip);
	struct tstat_reader reader = {
		.head = ip->bytes,
		.head_len = ip->head_len,
		.wire_len = ip->wire_len,
		.aggregate = !stated,
	};

	if (stated >= IPV4_MIN_LEN && stated < reader.wire_len)
		reader.wire_len = stated;
	if (reader.head_len > reader.wire_len)
		reader.head_len = reader.wire_len;
	return reader;
}

/* Whether the packet has its flow now; else it says why not. */
static bool parse(struct replay *replay, const struct tstat_reader *reader,
		  bool ethernet, struct tstat_packet *pkt, uint64_t now_ns)
{
	bool known = tstat_parse(reader, pkt);

	pkt->ethernet = ethernet;
	if (pkt->fragment == TSTAT_FRAGMENT_LATER)
		return tstat_frag_place(&replay->frags, pkt, now_ns);
	if (known && pkt->fragment == TSTAT_FRAGMENT_FIRST)
		tstat_frag_place(&replay->frags, pkt, now_ns);
	return known;
}

/* Beside the equation, as in the hook. */
static void count_unusual(struct replay *replay, const struct tstat_packet *pkt)
{
	int kind = tstat_packet_unusual(pkt);

	if (kind != TSTAT_NOT_UNUSUAL)
		enter(&replay->unusual[kind], pkt->packets, pkt->ip_len);
}

/**
 * replay_packet - one packet that the hooks would have seen
 * @replay: the replay
 * @ip: the packet
 * @now_ns: its time, ns since 1970-01-01 UTC; may be before that of the last
 */
void replay_packet(struct replay *replay, const struct frame *ip,
		   uint64_t now_ns)
{
	struct tstat_reader reader = reader_of(ip);
	struct tstat_packet pkt;

	replay->last_ns = now_ns;
	if (!parse(replay, &reader, ip->ethernet, &pkt, now_ns)) {
		enter(&replay->seen, 1, reader.wire_len);
		enter(&replay->unattributed[pkt.unattributed], 1,
		      reader.wire_len);
		return;
	}
	/* Only the option says the length of a jumbogram, RFC 2675. */
	if (reader.aggregate)
		reader.wire_len = pkt.ip_len;
	/* From the frame, not from the parser: so the ledger can be wrong. */
	enter(&replay->seen, 1, reader.wire_len);
	count_unusual(replay, &pkt);
	if (replay_table_account(&replay->table, &pkt, now_ns))
		enter(&replay->unattributed[TUPLESTAT_UNATTR_NO_MEMORY],
		      pkt.packets, pkt.ip_len);
}

/**
 * replay_not_ip - one frame that the hooks would not have seen
 * @replay: the replay
 */
void replay_not_ip(struct replay *replay)
{
	replay->not_ip++;
}

/**
 * replay_end - the capture is at its end: what is over by now has ended
 * @replay: the replay
 */
void replay_end(struct replay *replay)
{
	replay_table_expire(&replay->table, replay->last_ns);
}

static void convert_end(const struct tstat_record *rec, unsigned int side,
			struct flow_end *to)
{
	struct tuplestat_counters raw;

	tstat_record_counters(rec, side, &raw);
	memcpy(to->addr, rec->tuple.addr[side].bytes, sizeof(to->addr));
	to->port = ntohs(rec->tuple.port[side]);
	flow_set_counters(&to->sent, &raw);
}

static void convert(const struct replay_flow *from, struct flow *to)
{
	struct tuplestat_arrow arrows[TUPLESTAT_TEARDOWN_MAX];
	const struct tstat_record *rec = &from->rec;
	unsigned int orig = tstat_record_orig(rec);
	u32 flags = tstat_record_flags(rec);

	*to = (struct flow){
		.family = rec->tuple.family,
		.proto = rec->tuple.proto,
		.state = rec->state,
		.conn_state = tstat_verdict(rec),
		.midstream = flags & TUPLESTAT_FLOW_MIDSTREAM,
		.rtt_ambiguous = flags & TUPLESTAT_FLOW_RTT_AMBIGUOUS,
		.ethernet = flags & TUPLESTAT_FLOW_ETHERNET,
		.end_reason = from->end_reason,
		.first_ns = rec->first_ns,
		.last_ns = rec->last_ns,
		.synack_ns = (uint64_t)rec->synack * TSTAT_RTT_UNIT_NS,
		.ackdat_ns = (uint64_t)rec->ackdat * TSTAT_RTT_UNIT_NS,
	};
	tstat_history_text(rec, to->history);
	flow_set_arrows(to, arrows, tstat_ladder_teardown(rec, arrows));
	convert_end(rec, orig, &to->orig);
	convert_end(rec, !orig, &to->reply);
}

/**
 * replay_take_flows - take out the flows that match, as they began
 * @replay: the replay; afterwards it is good for replay_free() only
 * @filter: which
 * @sink: who takes them
 *
 * Return: 0, or what @sink said.
 */
int replay_take_flows(struct replay *replay, const struct tstat_filter *filter,
		      struct flow_sink sink)
{
	struct flow flow;
	uint32_t i;
	int ret;

	for (i = 1; i <= replay->table.count; i++) {
		convert(replay_table_flow(&replay->table, i), &flow);
		ret = filter_match(filter, &flow) ?
		      sink.take(sink.data, &flow) : 0;
		if (ret)
			return ret;
		replay_table_drop(&replay->table, i);
	}
	return 0;
}

static void add_flow(struct total *line, const struct tstat_record *rec)
{
	line->flows++;
	enter(line, rec->side[0].packets + rec->side[1].packets,
	      rec->side[0].ip_bytes + rec->side[1].ip_bytes);
}

/* Lines as the kernel sends them: every reason, also those of nothing. */
static void begin_lines(struct stats *stats)
{
	uint32_t reason;

	for (reason = TUPLESTAT_END_IDLE; reason < __TUPLESTAT_END_MAX;
	     reason++)
		stats->ended.line[stats->ended.count++].reason = reason;
	for (reason = 0; reason < __TUPLESTAT_UNATTR_MAX; reason++)
		stats->unattributed.line[stats->unattributed.count++].reason =
			reason;
	for (reason = 0; reason < __TUPLESTAT_UNUSUAL_MAX; reason++)
		stats->unusual.line[stats->unusual.count++].reason = reason;
}

/**
 * replay_stats - the ledger of a replay
 * @replay: the replay
 * @stats: written whole
 */
void replay_stats(const struct replay *replay, struct stats *stats)
{
	const struct replay_flow *flow;
	struct total *line;
	uint32_t i;

	*stats = (struct stats){
		.seen_before = replay->seen,
		.seen = replay->seen,
		.buckets = replay->table.buckets,
		.memory = replay_table_memory(&replay->table),
		.is_capture = true,
		.not_ip = replay->not_ip,
	};
	begin_lines(stats);
	for (i = 1; i <= replay->table.count; i++) {
		flow = replay_table_flow(&replay->table, i);
		line = &stats->live;
		if (flow->end_reason)
			line = &stats->ended.line[flow->end_reason -
						  TUPLESTAT_END_IDLE].total;
		add_flow(line, &flow->rec);
	}
	for (i = 0; i < __TUPLESTAT_UNATTR_MAX; i++)
		stats->unattributed.line[i].total = replay->unattributed[i];
	for (i = 0; i < __TUPLESTAT_UNUSUAL_MAX; i++)
		stats->unusual.line[i].total = replay->unusual[i];
}

/**
 * replay_is_short_of_memory - were packets left out for want of memory?
 * @replay: the replay
 */
bool replay_is_short_of_memory(const struct replay *replay)
{
	return replay->unattributed[TUPLESTAT_UNATTR_NO_MEMORY].packets;
}
