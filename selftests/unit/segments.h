/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP connections for the unit tests, written as words:
 *
 *	"o:S r:S. o:. o:P.5 r:. o:F. r:F. o:."
 *
 * o or r sends (originator, responder), with tcpdump's letters: S SYN, F FIN,
 * R RST, P PSH, U URG, . ACK, - none. Sequence and acknowledgment numbers follow
 * by themselves, so that each segment is the next one of its side. Behind the
 * letters, in any order:
 *
 *	5	octets of payload
 *	@-3	three numbers lower than the next one (@+3: higher); a segment that
 *		ends below the next number does not change it
 *	a+3	acknowledges three more than the other side has sent
 *	w0	announces that window (default 1000)
 *	s7	a SYN's window scale option
 *	n	a SYN with another initial number
 *	~250	comes 250 ms after the one before (default 1)
 */
#ifndef TUPLESTAT_SEGMENTS_H
#define TUPLESTAT_SEGMENTS_H

#include <stdlib.h>

#include "account.h"

/**
 * struct run - a connection that words are being sent on
 * @rec: the record
 * @records: how many records there were, one a connection
 * @now_ns: time of the last segment
 * @next: next number of each side of the tuple
 * @orig: side of the tuple that the words call o
 * @orig_port: its port
 * @resp_port: the other port
 */
struct run {
	struct tstat_record rec;
	unsigned int records;
	u64 now_ns;
	u32 next[2];
	unsigned int orig;
	u16 orig_port;
	u16 resp_port;
};

static inline u8 segment_flag(char letter)
{
	switch (letter) {
	case 'S':
		return TSTAT_TCP_SYN;
	case 'F':
		return TSTAT_TCP_FIN;
	case 'R':
		return TSTAT_TCP_RST;
	case 'P':
		return TSTAT_TCP_PSH;
	case 'U':
		return TSTAT_TCP_URG;
	case '.':
		return TSTAT_TCP_ACK;
	default:
		return 0;
	}
}

static inline struct tstat_packet segment_packet(const struct run *run,
						 unsigned int sender)
{
	struct tstat_packet pkt = {
		.packets = 1,
		.segments = 1,
		.sender = sender,
		.window = 1000,
		.window_scale = TSTAT_NO_WINDOW_SCALE,
		.tuple = { .family = AF_INET, .proto = IPPROTO_TCP },
	};

	pkt.tuple.addr[0].bytes[0] = 10;
	pkt.tuple.addr[1].bytes[0] = 11;
	pkt.tuple.port[run->orig] = htons(run->orig_port);
	pkt.tuple.port[!run->orig] = htons(run->resp_port);
	return pkt;
}

static inline void run_packet(struct run *run, const struct tstat_packet *pkt,
			      const struct tstat_ports *ports)
{
	if (!run->records ||
	    tstat_record_is_reused(&run->rec, pkt, run->now_ns)) {
		tstat_record_begin(&run->rec, pkt, ports, run->now_ns);
		run->records++;
	}
	tstat_record_account(&run->rec, pkt, run->now_ns);
}

/* One word; returns what follows it. */
static inline const char *run_word(struct run *run, const char *word,
				   const struct tstat_ports *ports)
{
	unsigned int sender = *word == 'o' ? run->orig : !run->orig;
	struct tstat_packet pkt = segment_packet(run, sender);
	long shift = 0, ack = 0, wait = 1;
	char *p = (char *)word + 2;
	u32 end;

	while (strchr("SFRPU.-", *p) && *p)
		pkt.tcp_flags |= segment_flag(*p++);
	while (*p && *p != ' ') {
		if (*p == '@')
			shift = strtol(p + 1, &p, 10);
		else if (*p == 'a')
			ack = strtol(p + 1, &p, 10);
		else if (*p == 'w')
			pkt.window = strtol(p + 1, &p, 10);
		else if (*p == 's')
			pkt.window_scale = strtol(p + 1, &p, 10);
		else if (*p == '~')
			wait = strtol(p + 1, &p, 10);
		else if (*p == 'n')
			p++, run->next[sender] += 1000000000;
		else
			pkt.payload_len = strtol(p, &p, 10);
	}
	pkt.seq = run->next[sender] + shift;
	if (pkt.tcp_flags & TSTAT_TCP_ACK)
		pkt.ack = run->next[!sender] + ack;
	pkt.l4_len = 20 + pkt.payload_len;
	pkt.ip_len = 20 + pkt.l4_len;
	end = pkt.seq + pkt.payload_len + !!(pkt.tcp_flags & TSTAT_TCP_SYN) +
	      !!(pkt.tcp_flags & TSTAT_TCP_FIN);
	run->now_ns += wait * 1000000ULL;
	run_packet(run, &pkt, ports);
	if ((s32)(end - run->next[sender]) > 0 &&
	    !(pkt.tcp_flags & TSTAT_TCP_RST))
		run->next[sender] = end;
	while (*p == ' ')
		p++;
	return p;
}

/* All words; @orig is the side of the tuple that they call o. */
static inline void run_words(struct run *run, const char *words,
			     unsigned int orig, const struct tstat_ports *ports)
{
	memset(run, 0, sizeof(*run));
	run->orig = orig;
	run->orig_port = 40000;
	run->resp_port = 7;
	/* Both wrap around soon, as numbers may at any time. */
	run->next[orig] = -3U;
	run->next[!orig] = -2000U;
	run->now_ns = 1000 * TSTAT_NSEC_PER_SEC;
	while (*words)
		words = run_word(run, words, ports);
}

#endif /* TUPLESTAT_SEGMENTS_H */
