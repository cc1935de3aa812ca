// SPDX-License-Identifier: GPL-2.0
/* Capture files: formats, byte orders, times; broken ones; the progress bar. */
#include <errno.h>

#include <linux/tuplestat.h>

#include "capture.h"
#include "ktap.h"
#include "source_pcap.h"

#define TIME_NS (BEGIN_NS + 123456789)
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_IEEE802_11 105

static const struct talk web = { 4, 1, 2, 40000, 80 };
static const struct tstat_filter all;
static char error[SOURCE_PCAP_ERROR_LEN];

static int read_capture(const struct capture *c, size_t len,
			struct flow_list *flows, struct stats *stats)
{
	struct progress progress = { 0 };
	struct replay *replay = replay_new();
	FILE *file = fmemopen(c->bytes, len, "r");
	int ret;

	if (!replay || !file)
		abort();
	error[0] = '\0';
	*flows = (struct flow_list){ 0 };
	ret = source_pcap_replay(file, replay, &progress, error);
	if (stats)
		replay_stats(replay, stats);
	if (replay_take_flows(replay, &all, sink_to_list(flows)))
		abort();
	replay_free(replay);
	return ret;
}

/* A datagram, a frame that is not IP, a datagram. */
static void fill(struct capture *c, u32 link)
{
	struct packet arp = { .len = 28 };
	struct packet p;

	capture_begin(c, link);
	make_udp(&p, web, 10);
	capture_packet(c, &p, TIME_NS);
	capture_frame(c, "\xff\xff\xff\xff\xff\xff\2\0\0\0\0\1\x08\x06", 14,
		      &arp, TIME_NS, U32_MAX);
	capture_packet(c, &p, TIME_NS + SECOND);
}

static void test_format(const char *name, bool swapped, bool nanoseconds)
{
	struct capture c = { .swapped = swapped, .nanoseconds = nanoseconds };
	u64 first = nanoseconds ? TIME_NS : TIME_NS / 1000 * 1000;
	struct flow_list flows;
	struct stats stats;

	fill(&c, LINKTYPE_ETHERNET);
	ktap_ok(!read_capture(&c, c.len, &flows, &stats) &&
		flows.count == 1 && flows.flow[0].first_ns == first &&
		flows.flow[0].last_ns == first + SECOND &&
		flows.flow[0].orig.sent.packets == 2 &&
		stats.seen.packets == 2 && stats.not_ip == 1, "%s", name);
	flow_list_free(&flows);
	capture_free(&c);
}

static void block(struct capture *c, u32 type, u32 body_len)
{
	capture_add32(c, type);
	capture_add32(c, body_len + 12);
}

/* Section header, an interface with times in nanoseconds, one packet. */
static void fill_pcapng(struct capture *c, const struct packet *p)
{
	static const u8 zeros[4];
	u32 padding = -p->len & 3;

	block(c, 0x0a0d0d0a, 16);
	capture_add32(c, 0x1a2b3c4d);
	capture_add16(c, 1);
	capture_add16(c, 0);
	capture_add32(c, U32_MAX);
	capture_add32(c, U32_MAX);
	capture_add32(c, 28);

	block(c, 1, 20);
	capture_add16(c, 101);		/* LINKTYPE_RAW */
	capture_add16(c, 0);
	capture_add32(c, 0);
	capture_add16(c, 9);		/* if_tsresol: 10^-9 */
	capture_add16(c, 1);
	capture_add(c, "\x09\0\0\0", 4);
	capture_add32(c, 0);		/* opt_endofopt */
	capture_add32(c, 32);

	block(c, 6, 20 + p->len + padding);
	capture_add32(c, 0);
	capture_add32(c, (u32)(TIME_NS >> 32));
	capture_add32(c, (u32)TIME_NS);
	capture_add32(c, p->len);
	capture_add32(c, 1500);
	capture_add(c, p->bytes, p->len);
	capture_add(c, zeros, padding);
	capture_add32(c, 32 + p->len + padding);
}

static void test_pcapng(void)
{
	struct capture c = { 0 };
	struct flow_list flows;
	struct packet p;

	make_udp(&p, web, 11);
	fill_pcapng(&c, &p);
	ktap_ok(!read_capture(&c, c.len, &flows, NULL) && flows.count == 1 &&
		flows.flow[0].first_ns == TIME_NS &&
		flows.flow[0].orig.sent.ip_bytes == 39, "pcapng");
	flow_list_free(&flows);
	capture_free(&c);
}

static void test_snap(void)
{
	struct capture c = { 0 };
	struct flow_list flows;
	struct packet p;

	capture_begin(&c, LINKTYPE_ETHERNET);
	make_udp(&p, web, 1000);
	capture_frame(&c, "\2\0\0\0\0\2\2\0\0\0\0\1\x08\0", 14, &p, TIME_NS,
		      64);
	ktap_ok(!read_capture(&c, c.len, &flows, NULL) && flows.count == 1 &&
		flows.flow[0].orig.sent.ip_bytes == 1028,
		"snap length: real lengths count");
	flow_list_free(&flows);
	capture_free(&c);
}

/* What was over when the capture ended; nothing comes after it. */
static void test_end(void)
{
	struct capture c = { 0 };
	struct flow_list flows;
	struct packet p;

	capture_begin(&c, LINKTYPE_ETHERNET);
	make_udp(&p, web, 10);
	capture_packet(&c, &p, TIME_NS);
	make_udp(&p, (struct talk){ 6, 1, 2, 3, 4 }, 10);
	capture_packet(&c, &p, TIME_NS + 600 * SECOND);
	ktap_ok(!read_capture(&c, c.len, &flows, NULL) && flows.count == 2 &&
		flows.flow[0].end_reason == TUPLESTAT_END_IDLE &&
		!flows.flow[1].end_reason, "end: flows that are over by then");
	flow_list_free(&flows);
	capture_free(&c);
}

/* At each byte: nothing of it, or what came before the end. */
static void test_truncated(void)
{
	struct capture c = { 0 };
	size_t len, good = 0, whole = 0, first_end = 24 + 16 + 14 + 38;
	struct flow_list flows;
	int ret;

	fill(&c, LINKTYPE_ETHERNET);
	for (len = 1; len < c.len; len++) {
		ret = read_capture(&c, len, &flows, NULL);
		if (len < 24)
			good += ret == -EINVAL && *error && !flows.count;
		else if (!ret)
			whole++;
		else
			good += ret == SOURCE_PCAP_BROKEN && *error &&
				flows.count == (len >= first_end);
		flow_list_free(&flows);
	}
	/* Cut where a packet ends it is a capture like any other. */
	ktap_ok(whole == 3 && good == c.len - 1 - whole,
		"truncated at each byte");
	capture_free(&c);
}

static void test_broken(void)
{
	struct capture c = { 0 };
	struct flow_list flows;
	u32 length;

	fill(&c, LINKTYPE_ETHERNET);
	memset(c.bytes + 24 + 16 + 14 + 38 + 8, 0xff, 4);
	ktap_ok(read_capture(&c, c.len, &flows, NULL) == SOURCE_PCAP_BROKEN &&
		strstr(error, "length") && flows.count == 1,
		"broken: a length that cannot be");
	flow_list_free(&flows);
	capture_free(&c);

	fill(&c, LINKTYPE_ETHERNET);
	length = 20;
	memcpy(c.bytes + 24 + 12, &length, sizeof(length));
	ktap_ok(!read_capture(&c, c.len, &flows, NULL) && flows.count == 1 &&
		flows.flow[0].orig.sent.packets == 2,
		"broken: captured longer than it was");
	flow_list_free(&flows);
	capture_free(&c);

	fill(&c, LINKTYPE_IEEE802_11);
	ktap_ok(read_capture(&c, c.len, &flows, NULL) == -EINVAL &&
		strstr(error, "IEEE802_11 (802.11)") && !flows.count,
		"broken: a link type that is not read, by its name");
	flow_list_free(&flows);
	capture_free(&c);

	capture_add(&c, "This is no capture, but text of some length.", 44);
	ktap_ok(read_capture(&c, c.len, &flows, NULL) == -EINVAL && *error,
		"broken: no capture at all");
	flow_list_free(&flows);
	capture_free(&c);
}

/* Whether this is what was printed since the last call. */
static bool shown(char **text, FILE *out, const char *expected)
{
	static size_t before;
	const char *now;

	fflush(out);
	now = *text + before;
	before += strlen(now);
	if (strcmp(now, expected))
		printf("# shown: '%s'\n", now);
	return !strcmp(now, expected);
}

static void test_progress(void)
{
	const u64 now = 5 * SECOND;
	struct progress progress;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	progress_begin(&progress, out, 200, now);
	progress_step(&progress, 100, 7, now + SECOND - 1);
	progress_end(&progress);
	ktap_ok(shown(&text, out, ""), "progress: not in the first second");

	progress_step(&progress, 100, 7, now + SECOND);
	ktap_ok(shown(&text, out, "\r 50% [####################"
		      "                    ]  7 packets"), "progress: shown");
	progress_step(&progress, 150, 8, now + SECOND + SECOND / 10);
	ktap_ok(shown(&text, out, ""), "progress: not too often");
	progress_step(&progress, 300, 9, now + 2 * SECOND);
	ktap_ok(shown(&text, out, "\r100% [####################"
		      "####################]  9 packets"),
		"progress: the file has grown");
	progress_end(&progress);
	ktap_ok(shown(&text, out, "\r\033[K"), "progress: taken away");

	progress_begin(&progress, out, 0, now);
	progress_step(&progress, 0, 7, now + SECOND);
	ktap_ok(shown(&text, out, "\r7 packets"), "progress: nobody knows");

	progress_begin(&progress, NULL, 200, now);
	progress_step(&progress, 100, 7, now + SECOND);
	progress_end(&progress);
	ktap_ok(!progress.shown, "progress: no terminal");
	fclose(out);
	free(text);
}

int main(void)
{
	ktap_plan(4 + 1 + 1 + 1 + 1 + 4 + 7);
	test_format("pcap, microseconds", false, false);
	test_format("pcap, nanoseconds", false, true);
	test_format("pcap of the other byte order", true, false);
	test_format("pcap of the other byte order, nanoseconds", true, true);
	test_pcapng();
	test_snap();
	test_end();
	test_truncated();
	test_broken();
	test_progress();
	return ktap_finish();
}
