// SPDX-License-Identifier: GPL-2.0
/*
 * The parser: a packet in one piece and the same packet in two must read the
 * same, nobody reads beyond, and what is said of the packet agrees with itself,
 * also when it is counted as several packets. The shortcut for plain packets
 * says the same, where it says anything.
 *
 * Input: how much of the packet lies in the first piece; how much longer it
 * was on the wire, and whether it is an aggregate; size of segments; packet.
 */
#include "account.h"
#include "frag.h"
#include "fuzz.h"
#include "parse.h"
#include "plain_begin.h"

/* So that jumbograms are within reach. */
#define LONGER_UNIT 16

int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct tstat_ports ports;

int LLVMFuzzerInitialize(int *argc __attribute__((unused)),
			 char ***argv __attribute__((unused)))
{
	promise(tstat_ports_parse(&ports, TSTAT_PORTS_DEFAULT));
	return 0;
}

struct pieces {
	struct tstat_reader reader;
	const u8 *bytes;
	u32 len;
};

static int copy_from_pieces(const struct tstat_reader *reader, u32 offset,
			    void *to, u32 len)
{
	const struct pieces *from = (const struct pieces *)reader;

	if (offset > from->len || len > from->len - offset)
		return -1;
	memcpy(to, from->bytes + offset, len);
	return 0;
}

static void check_lengths(const struct tstat_packet *pkt, u32 wire_len)
{
	promise(pkt->ip_len <= wire_len);
	promise(pkt->l4_len <= pkt->ip_len);
	promise(pkt->payload_len <= pkt->l4_len);
	promise(pkt->packets == 1);
}

static void check_tuple(const struct tstat_packet *pkt)
{
	const struct tstat_hash_key key = { { 1, 2 } };
	const struct tstat_tuple *tuple = &pkt->tuple;
	unsigned int from = pkt->sender;
	struct tstat_tuple other;

	promise(from < 2);
	promise(tuple->proto == IPPROTO_TCP || tuple->proto == IPPROTO_UDP);
	tstat_tuple_init(&other, tuple->family, tuple->proto,
			 tuple->addr[!from].bytes, tuple->addr[from].bytes,
			 tuple->port[!from], tuple->port[from]);
	promise(tstat_tuple_equal(tuple, &other));
	promise(tstat_tuple_hash(tuple, &key) ==
		tstat_tuple_hash(&other, &key));
}

static void check_segments(struct tstat_packet pkt, u32 segment_len)
{
	const u32 payload = pkt.payload_len;
	const u32 headers = pkt.ip_len - pkt.payload_len;

	tstat_packet_segment(&pkt, headers, segment_len);
	promise(pkt.payload_len == payload);
	promise(pkt.packets && pkt.segments == pkt.packets);
	if (pkt.packets == 1)
		return;
	promise(pkt.ip_len == payload + pkt.packets * (headers - pkt.jumbo));
	promise((u64)pkt.packets * segment_len >= payload &&
		(pkt.packets - 1) * (u64)segment_len < payload);
}

static void check_fragments(struct tstat_packet pkt, u32 mtu)
{
	const u32 extra = pkt.tuple.family == AF_INET6 ? 8 : 0;
	const u32 ip_header = pkt.ip_len - pkt.l4_len;
	u32 room;

	tstat_packet_fragment(&pkt, pkt.tuple.family, mtu);
	promise(pkt.packets && pkt.segments == 1);
	if (pkt.packets == 1)
		return;
	room = (mtu - ip_header - extra) & ~7U;
	promise(pkt.ip_len == pkt.l4_len + pkt.packets * (ip_header + extra));
	promise((u64)pkt.packets * room >= pkt.l4_len &&
		(pkt.packets - 1) * (u64)room < pkt.l4_len);
}

/* A flow is begun as it would be without the shortcut. */
static void check_begin(const struct tstat_plain *p, u8 family,
			struct tstat_packet pkt)
{
	struct tstat_record rec[2];

	/* The parser leaves it to others. */
	pkt.ethernet = pkt.sender;
	tstat_record_begin(&rec[0], &pkt, &ports, 1);
	tstat_record_account(&rec[0], &pkt, 1);
	tstat_plain_begin(&rec[1], p, family, &ports, pkt.ethernet, 1);
	promise(!memcmp(&rec[0], &rec[1], sizeof(rec[0])));
}

static void check_plain(const struct tstat_reader *reader, u8 family,
			const struct tstat_packet *pkt, bool known)
{
	enum tstat_plain_kind kind;
	struct tstat_plain p;

	kind = family == AF_INET ?
	       tstat_plain_kind(reader->head, reader->head_len,
				reader->wire_len, AF_INET) :
	       tstat_plain_kind(reader->head, reader->head_len,
				reader->wire_len, AF_INET6);
	if (kind == TSTAT_PLAIN_NONE)
		return;
	p = family == AF_INET ?
	    tstat_plain_read(reader->head, reader->wire_len, AF_INET, kind) :
	    tstat_plain_read(reader->head, reader->wire_len, AF_INET6, kind);
	promise(known && pkt->tuple.family == family && pkt->segments == 1);
	promise(tstat_plain_is_of(&p, family, &pkt->tuple));
	promise(p.sender == pkt->sender && p.ip_len == pkt->ip_len &&
		tstat_plain_l4_len(&p, family) == pkt->l4_len &&
		p.payload_len == pkt->payload_len);
	promise(tstat_plain_proto(&p) == pkt->tuple.proto);
	promise((kind == TSTAT_PLAIN_SYN) ==
		(pkt->tuple.proto == IPPROTO_TCP &&
		 pkt->tcp_flags == TSTAT_TCP_SYN));
	if (tstat_plain_begins(&p, reader->head + reader->head_len))
		check_begin(&p, family, *pkt);
}

/* What tstat_frag_place() makes of it, which may come next. */
static void check_placing(struct tstat_packet pkt, bool known)
{
	static struct tstat_frags frags;

	/* It would remember the ports, and there are none. */
	promise(known || pkt.fragment != TSTAT_FRAGMENT_FIRST);
	if (pkt.fragment != TSTAT_FRAGMENT_NONE &&
	    tstat_frag_place(&frags, &pkt, 1))
		check_tuple(&pkt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	u32 split = take16(&in), longer = take16(&in), segment = take16(&in);
	struct tstat_packet whole, parts;
	struct pieces pieces;
	u8 *copy, *head;
	bool known;

	copy = exact_copy(in.data, in.size);
	if (split > in.size)
		split = (u32)in.size;
	head = exact_copy(copy, split);
	pieces = (struct pieces){
		.reader = {
			.head = copy,
			.head_len = (u32)in.size,
			.wire_len = (u32)in.size +
				(longer >> 1) * LONGER_UNIT,
			.aggregate = longer & 1,
		},
		.bytes = copy,
		.len = (u32)in.size,
	};

	memset(&whole, 0xa5, sizeof(whole));
	known = tstat_parse(&pieces.reader, &whole);
	pieces.reader.head = head;
	pieces.reader.head_len = split;
	pieces.reader.copy = copy_from_pieces;
	memset(&parts, 0xa5, sizeof(parts));
	promise(tstat_parse(&pieces.reader, &parts) == known);
	promise(!memcmp(&whole, &parts, sizeof(whole)));

	if (known) {
		check_lengths(&whole, pieces.reader.wire_len);
		check_tuple(&whole);
		check_segments(whole, segment);
		check_fragments(whole, segment);
	} else {
		promise(whole.unattributed < __TUPLESTAT_UNATTR_MAX);
		if (whole.fragment == TSTAT_FRAGMENT_LATER)
			check_lengths(&whole, pieces.reader.wire_len);
	}
	if (!pieces.reader.aggregate) {
		check_plain(&pieces.reader, AF_INET, &whole, known);
		check_plain(&pieces.reader, AF_INET6, &whole, known);
	}
	check_placing(whole, known);
	free(head);
	free(copy);
	return 0;
}
