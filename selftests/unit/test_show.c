// SPDX-License-Identifier: GPL-2.0
/*
 * What people read of a flow: the sentence on what became of it, its ladder,
 * "show" as a whole, and the summary of many; against the text as it should be.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/tuplestat.h>

#include "flow.h"
#include "ktap.h"
#include "render.h"
#include "sentence.h"
#include "summary.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define REPLY TUPLESTAT_ARROW_REPLY
#define BETWEEN TUPLESTAT_ARROW_BETWEEN
#define FIN TUPLESTAT_ARROW_FIN
#define RST TUPLESTAT_ARROW_RST
#define ACK TUPLESTAT_ARROW_ACK
#define DATA TUPLESTAT_ARROW_DATA

/* 10.0.0.1:40000 to 10.0.0.2:80, at 2026-11-22 19:00:00 UTC */
static struct flow tcp_flow(uint8_t state, uint8_t conn_state,
			    const char *history)
{
	struct flow flow = {
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.state = state,
		.conn_state = conn_state,
		.first_ns = 1795374000 * NS_PER_SEC + 1,
		.orig = { .addr = { 10, 0, 0, 1 }, .port = 40000 },
		.reply = { .addr = { 10, 0, 0, 2 }, .port = 80 },
	};

	flow.last_ns = flow.first_ns;
	strcpy(flow.history, history);
	return flow;
}

static void sends(struct flow_end *end, uint64_t packets, uint64_t syns,
		  uint64_t payload_bytes)
{
	end->sent.packets = packets;
	end->sent.payload_bytes = payload_bytes;
	end->sent.l4_bytes = payload_bytes + 20 * packets;
	end->sent.ip_bytes = payload_bytes + 40 * packets;
	end->sent.flags[TCP_FLAG_SYN] = syns;
	end->sent.flags[TCP_FLAG_ACK] = packets;
}

static void closes(struct flow *flow, uint64_t gap_ns, uint32_t flags)
{
	flow->arrow[flow->arrows++] = (struct flow_arrow){ gap_ns, flags };
}

/* Drawing (a): the client has the first word and the first FIN. */
static struct flow general(void)
{
	struct flow flow = tcp_flow(TUPLESTAT_STATE_TIME_WAIT,
				    TUPLESTAT_CONN_SF, "ShADadFf");

	sends(&flow.orig, 6, 1, 32);
	flow.orig.sent.flags[TCP_FLAG_ACK] = 5;
	flow.orig.sent.flags[TCP_FLAG_FIN] = 1;
	flow.orig.sent.flags[TCP_FLAG_PSH] = 1;
	sends(&flow.reply, 5, 1, 3200);
	flow.reply.sent.flags[TCP_FLAG_FIN] = 1;
	flow.last_ns += 1500 * NS_PER_MSEC;
	flow.synack_ns = 40123456;
	flow.ackdat_ns = 7000;
	closes(&flow, 1200 * NS_PER_MSEC, FIN | ACK);
	closes(&flow, 999999, REPLY | ACK);
	closes(&flow, 0, REPLY | FIN | ACK);
	closes(&flow, 999, ACK);
	return flow;
}

/* Drawing (b): the server has the first word and the first FIN. */
static struct flow thanks(void)
{
	struct flow flow = tcp_flow(TUPLESTAT_STATE_TIME_WAIT,
				    TUPLESTAT_CONN_SF, "ShAdfFa");

	sends(&flow.orig, 5, 1, 0);
	sends(&flow.reply, 4, 1, 24);
	flow.synack_ns = 120 * NS_PER_USEC;
	flow.ackdat_ns = 40 * NS_PER_USEC;
	closes(&flow, 3 * NS_PER_USEC, REPLY | FIN | ACK);
	closes(&flow, 20 * NS_PER_USEC, ACK);
	closes(&flow, 30 * NS_PER_USEC, FIN | ACK);
	closes(&flow, 40 * NS_PER_USEC, REPLY | ACK);
	return flow;
}

static struct flow refused(void)
{
	struct flow flow = tcp_flow(TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_REJ,
				    "Sr");

	sends(&flow.orig, 1, 1, 0);
	sends(&flow.reply, 1, 0, 0);
	closes(&flow, 160 * NS_PER_USEC, REPLY | RST | ACK);
	return flow;
}

/* --- the sentence --- */

static const struct {
	uint8_t state;
	uint8_t conn_state;
	const char *history;
	const char *sentence;
} sentences[] = {
	{ TUPLESTAT_STATE_SYN_SENT, TUPLESTAT_CONN_S0, "S",
	  "no answer to the SYN" },
	{ TUPLESTAT_STATE_SYN_RECV, TUPLESTAT_CONN_S1, "Sh",
	  "half-open: the client has not acknowledged the SYN-ACK" },
	{ TUPLESTAT_STATE_SYN_SENT2, TUPLESTAT_CONN_S1, "Ss",
	  "opening from both sides at once" },
	{ TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_S1, "ShA",
	  "the handshake is complete, and the connection is open" },
	{ TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_REJ, "Sr",
	  "refused by the server with a RST" },
	{ TUPLESTAT_STATE_CLOSE_WAIT, TUPLESTAT_CONN_S2, "ShAFa",
	  "half-closed: the client has closed, the server has not" },
	{ TUPLESTAT_STATE_CLOSE_WAIT, TUPLESTAT_CONN_S3, "ShAf",
	  "half-closed: the server has closed, the client has not" },
	{ TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_RSTO, "ShADR",
	  "established, then aborted by the client with a RST" },
	{ TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_RSTO, "ShDR",
	  "established, then aborted by the client with a RST" },
	{ TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_RSTO, "ShR",
	  "the client gave up after the SYN-ACK, by a RST" },
	{ TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_RSTR, "ShADr",
	  "established, then aborted by the server with a RST" },
	{ TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_RSTOS0, "SR",
	  "the client gave up before there was an answer, by a RST" },
	{ TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_RSTRH, "Dr",
	  "the server sent a RST; the beginning was not seen" },
	{ TUPLESTAT_STATE_SYN_SENT, TUPLESTAT_CONN_SH, "SF",
	  "the client sent a FIN before there was an answer" },
	{ TUPLESTAT_STATE_FIN_WAIT, TUPLESTAT_CONN_SHR, "^f",
	  "the server sent a FIN; of the client nothing was seen" },
	{ TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_OTH, "Da",
	  "seen from the middle on: whether it was set up is not known" },
	{ TUPLESTAT_STATE_ESTABLISHED, 200, "",
	  "a verdict that is not known here" },

	/* Zeek's verdict believes a RST that the hosts do not. */
	{ TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_RSTO, "ShADR",
	  "a RST came that does not belong to it: the connection goes on" },
	{ TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_RSTR, "ShADr",
	  "a RST came that does not belong to it: the connection goes on" },
	{ TUPLESTAT_STATE_SYN_SENT, TUPLESTAT_CONN_REJ, "Sr",
	  "a RST came that does not belong to it: the connection goes on" },
	{ TUPLESTAT_STATE_TIME_WAIT, TUPLESTAT_CONN_RSTR, "ShADaFfr",
	  "established, then aborted by the server with a RST" },
};

static void check_sentence(const struct flow *flow, const char *wanted)
{
	char text[SENTENCE_LEN];

	sentence_outcome(text, flow);
	if (!ktap_ok(!strcmp(text, wanted), "sentence: %s", wanted))
		printf("# got: %s\n", text);
}

static void test_sentences(void)
{
	struct flow flow;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sentences); i++) {
		flow = tcp_flow(sentences[i].state, sentences[i].conn_state,
				sentences[i].history);
		sends(&flow.orig, 1, 1, 0);
		check_sentence(&flow, sentences[i].sentence);
	}

	flow = tcp_flow(TUPLESTAT_STATE_SYN_SENT, TUPLESTAT_CONN_S0, "S");
	sends(&flow.orig, 4, 4, 0);
	flow.last_ns += 7050 * NS_PER_MSEC;
	check_sentence(&flow, "no answer to 4 SYNs in 7.0 s");
	flow.last_ns += 950 * NS_PER_MSEC;
	check_sentence(&flow, "no answer to 4 SYNs in 8.0 s");

	flow = general();
	check_sentence(&flow, "completed; closed by the client first");
	/* A RST is no FIN: who closed is who sent the FIN after it. */
	flow.arrow[0].flags = RST;
	flow.arrow[1].flags = ACK;
	check_sentence(&flow, "completed; closed by the server first");
	flow.arrows = 0;
	check_sentence(&flow, "completed; who closed first was not seen");
	flow = thanks();
	check_sentence(&flow, "completed; closed by the server first");
}

static void test_udp_sentences(void)
{
	struct flow flow = tcp_flow(TUPLESTAT_STATE_UNREPLIED,
				    TUPLESTAT_CONN_S0, "D");

	flow.proto = IPPROTO_UDP;
	flow.orig.sent.packets = 1;
	check_sentence(&flow, "no answer to 1 datagram");
	flow.orig.sent.packets = 3;
	check_sentence(&flow, "no answer to 3 datagrams");
	flow.conn_state = TUPLESTAT_CONN_SF;
	check_sentence(&flow, "both sides have sent datagrams");
	flow.conn_state = TUPLESTAT_CONN_SHR;
	check_sentence(&flow, "an answer was seen, but no question");
}

/* --- what is drawn --- */

static char *rendered;

static void render(void (*how)(FILE *, const struct flow *,
			       const struct services *),
		   const struct flow *flow)
{
	size_t len;
	FILE *out = open_memstream(&rendered, &len);

	how(out, flow, NULL);
	fclose(out);
}

/* Compares @rendered with what it should be, and frees it. */
static void check_text(const char *name, const char *wanted)
{
	const char *line = rendered, *end;

	if (!ktap_ok(!strcmp(rendered, wanted), "%s", name)) {
		for (; *line; line = end + !!*end) {
			end = strchrnul(line, '\n');
			printf("# got: %.*s\n", (int)(end - line), line);
		}
	}
	free(rendered);
}

static void check_ladder(const char *name, const struct flow *flow,
			 const char *wanted)
{
	render(render_ladder, flow);
	check_text(name, wanted);
}

static void test_ladders(void)
{
	struct flow flow = general();

	check_ladder("ladder: general", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"      +40.1 ms  |<----------------- SYN, ACK -----------------|\n"
		"         +7 us  |------------------- ACK -------------------->|\n"
		"                |          ... 2 segments, 32 B ...          >|\n"
		"                |<        ... 2 segments, 3.2 kB ...          |\n"
		"        +1.2 s  |----------------- FIN, ACK ----------------->|\n"
		"       +999 us  |<------------------- ACK --------------------|\n"
		"                |<----------------- FIN, ACK -----------------|\n"
		"       +999 ns  |------------------- ACK -------------------->|\n");
	flow = thanks();
	check_ladder("ladder: thanks", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"       +120 us  |<----------------- SYN, ACK -----------------|\n"
		"        +40 us  |------------------- ACK -------------------->|\n"
		"                |<          ... 1 segment, 24 B ...           |\n"
		"                |         ... 1 segment, no data ...         >|\n"
		"         +3 us  |<----------------- FIN, ACK -----------------|\n"
		"        +20 us  |------------------- ACK -------------------->|\n"
		"        +30 us  |----------------- FIN, ACK ----------------->|\n"
		"        +40 us  |<------------------- ACK --------------------|\n");
	flow = refused();
	check_ladder("ladder: refused", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"       +160 us  |<----------------- RST, ACK -----------------|\n");

	flow = tcp_flow(TUPLESTAT_STATE_SYN_SENT, TUPLESTAT_CONN_S0, "S");
	sends(&flow.orig, 4, 4, 0);
	check_ladder("ladder: no answer to four SYNs", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |--------------- SYN, 4 times --------------->|\n");

	flow = tcp_flow(TUPLESTAT_STATE_SYN_RECV, TUPLESTAT_CONN_S1, "Sh");
	sends(&flow.orig, 2, 2, 0);
	sends(&flow.reply, 5, 5, 0);
	flow.synack_ns = 1040 * NS_PER_MSEC;
	check_ladder("ladder: half-open, sent again", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |--------------- SYN, 2 times --------------->|\n"
		"        +1.0 s  |<------------ SYN, ACK, 5 times -------------|\n");

	/* The handshake's ACK is the first data. */
	flow = tcp_flow(TUPLESTAT_STATE_CLOSE, TUPLESTAT_CONN_RSTO, "ShDadR");
	sends(&flow.orig, 4, 1, 1500000);
	sends(&flow.reply, 3, 1, 12);
	flow.synack_ns = 5;
	flow.ackdat_ns = 999999999;
	closes(&flow, 60 * NS_PER_SEC, RST);
	check_ladder("ladder: aborted, ACK with data", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"         +5 ns  |<----------------- SYN, ACK -----------------|\n"
		"     +999.9 ms  |---------------- ACK + data ---------------->|\n"
		"                |          ... 1 segment, 1.5 MB ...         >|\n"
		"                |<         ... 2 segments, 12 B ...           |\n"
		"       +60.0 s  |------------------- RST -------------------->|\n");

	flow = tcp_flow(TUPLESTAT_STATE_LAST_ACK, TUPLESTAT_CONN_SF,
			"ShADaFdf");
	sends(&flow.orig, 5, 1, 10);
	sends(&flow.reply, 4, 1, 999);
	closes(&flow, 1, FIN | ACK | DATA);
	closes(&flow, 2, REPLY | ACK);
	closes(&flow, 3, BETWEEN | REPLY | FIN | ACK | DATA);
	check_ladder("ladder: data after the first FIN", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"                |<----------------- SYN, ACK -----------------|\n"
		"                |          ... 3 segments, 10 B ...          >|\n"
		"                |<         ... 1 segment, 999 B ...           |\n"
		"         +1 ns  |------------- FIN, ACK + data -------------->|\n"
		"         +2 ns  |<------------------- ACK --------------------|\n"
		"                |            ... more segments ...            |\n"
		"         +3 ns  |<------------- FIN, ACK + data --------------|\n");

	flow = tcp_flow(TUPLESTAT_STATE_TIME_WAIT, TUPLESTAT_CONN_SF, "ShAFfa");
	sends(&flow.orig, 6, 1, 0);
	sends(&flow.reply, 4, 1, 0);
	flow.orig.sent.flags[TCP_FLAG_FIN] = 3;
	flow.reply.sent.flags[TCP_FLAG_FIN] = 2;
	flow.ackdat_ns = 4;
	closes(&flow, 1, FIN | ACK);
	closes(&flow, 2, REPLY | ACK);
	closes(&flow, 3, REPLY | FIN | ACK | DATA);
	closes(&flow, 5, ACK);
	check_ladder("ladder: both FINs again", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"                |<----------------- SYN, ACK -----------------|\n"
		"         +4 ns  |------------------- ACK -------------------->|\n"
		"         +1 ns  |------------ FIN, ACK, 3 times ------------->|\n"
		"         +2 ns  |<------------------- ACK --------------------|\n"
		"         +3 ns  |<--------- FIN, ACK + data, 2 times ---------|\n"
		"         +5 ns  |------------------- ACK -------------------->|\n");

	/* One FIN that acknowledges nothing, and one that does. */
	flow.arrows = 0;
	closes(&flow, 1, FIN);
	closes(&flow, 2, FIN | ACK);
	check_ladder("ladder: FINs that differ", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"                |<----------------- SYN, ACK -----------------|\n"
		"         +4 ns  |------------------- ACK -------------------->|\n"
		"                |         ... 1 segment, no data ...         >|\n"
		"                |<        ... 3 segments, no data ...         |\n"
		"         +1 ns  |------------------- FIN -------------------->|\n"
		"         +2 ns  |------------ FIN, ACK, 2 times ------------->|\n");

	flow = tcp_flow(TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_OTH, "^dA");
	flow.midstream = true;
	sends(&flow.orig, 1, 0, 0);
	sends(&flow.reply, 1, 0, 1000);
	check_ladder("ladder: from the middle on", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |        (the beginning was not seen)         |\n"
		"                |<         ... 1 segment, 1.0 kB ...          |\n"
		"                |         ... 1 segment, no data ...         >|\n");

	flow = tcp_flow(TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_OTH, "^hA");
	flow.midstream = true;
	sends(&flow.orig, 1, 0, 0);
	sends(&flow.reply, 1, 1, 0);
	check_ladder("ladder: from the SYN-ACK on", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |        (the beginning was not seen)         |\n"
		"                |<----------------- SYN, ACK -----------------|\n"
		"                |         ... 1 segment, no data ...         >|\n");

	flow = tcp_flow(TUPLESTAT_STATE_SYN_SENT2, TUPLESTAT_CONN_S1, "Ss");
	sends(&flow.orig, 1, 1, 0);
	sends(&flow.reply, 1, 1, 0);
	check_ladder("ladder: both open at once", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"                |<------------------- SYN --------------------|\n");

	flow = thanks();
	flow.family = AF_INET6;
	memset(flow.orig.addr, 0xfd, sizeof(flow.orig.addr));
	memset(flow.reply.addr, 0, sizeof(flow.reply.addr));
	flow.reply.addr[15] = 1;
	flow.arrows = 0;
	check_ladder("ladder: IPv6", &flow,
		"\n"
		"    [fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd]:40000       [::1]:80\n"
		"                |------------------- SYN -------------------->|\n"
		"       +120 us  |<----------------- SYN, ACK -----------------|\n"
		"        +40 us  |------------------- ACK -------------------->|\n"
		"                |<         ... 3 segments, 24 B ...           |\n"
		"                |         ... 3 segments, no data ...        >|\n");
}

static void test_utf8(void)
{
	struct flow flow = refused();

	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		ktap_ok(true, "ladder: UTF-8 # SKIP no such locale");
		return;
	}
	check_ladder("ladder: UTF-8", &flow,
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                │─────────────────── SYN ────────────────────▶│\n"
		"       +160 us  │◀───────────────── RST, ACK ─────────────────│\n");
	setlocale(LC_CTYPE, "C");
}

/* Colour is for a terminal only: what is compared above has none. */
static void test_colour(void)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	struct flow flow = refused();
	char text[4096] = "";
	size_t len = 0;
	ssize_t got;
	FILE *out;

	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal)) {
		ktap_ok(true, "ladder: colour # SKIP no terminal");
		return;
	}
	out = fopen(ptsname(terminal), "w");
	render_ladder(out, &flow, NULL);
	fclose(out);
	/* A line at a time, until it fails as the other end is closed. */
	while ((got = read(terminal, text + len, sizeof(text) - 1 - len)) > 0)
		len += got;
	ktap_ok(strstr(text, "\033[31m RST, ACK \033[0m") &&
		strstr(text, "\033[1m SYN \033[0m"),
		"ladder: RST in red, SYN in bold");
	close(terminal);
}

static void test_show(void)
{
	struct flow flow = general();

	flow.ethernet = true;
	flow.orig.sent.retransmits = 7;
	flow.reply.sent.zero_windows = 9;
	render(render_show, &flow);
	check_text("show: in full",
		"tcp 10.0.0.1:40000 -> 10.0.0.2:80\n"
		"    state      TIME_WAIT: both sides have finished and acknowledged it\n"
		"    verdict    SF\n"
		"    history    ShADadFf\n"
		"    first      2026-11-22T19:00:00.000000001+00:00\n"
		"    last       2026-11-22T19:00:01.500000001+00:00\n"
		"    duration   1.500000000 s\n"
		"    synack     40123.456 us, from the SYN to the SYN-ACK\n"
		"    ackdat     7.000 us, from the SYN-ACK to the ACK\n"
		"    tcprtt     40130.456 us, their sum\n"
		"\n"
		"    sent by the             originator              responder\n"
		"    packets                          6                      5\n"
		"    bytes in all                   356 100.0%            3470 100.0%\n"
		"      application                   32   9.0%            3200  92.2%\n"
		"      TCP headers                  120  33.7%             100   2.9%\n"
		"      IP headers                   120  33.7%             100   2.9%\n"
		"      Ethernet headers              84  23.6%              70   2.0%\n"
		"    all headers                    324  91.0%             270   7.8%\n"
		"    packets with fin                 1                      1\n"
		"    packets with syn                 1                      1\n"
		"    packets with rst                 0                      0\n"
		"    packets with psh                 1                      0\n"
		"    packets with ack                 5                      5\n"
		"    packets with urg                 0                      0\n"
		"    packets with ece                 0                      0\n"
		"    packets with cwr                 0                      0\n"
		"    retransmits                      7                      0\n"
		"    zero windows                     0                      9\n"
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |------------------- SYN -------------------->|\n"
		"      +40.1 ms  |<----------------- SYN, ACK -----------------|\n"
		"         +7 us  |------------------- ACK -------------------->|\n"
		"                |          ... 2 segments, 32 B ...          >|\n"
		"                |<        ... 2 segments, 3.2 kB ...          |\n"
		"        +1.2 s  |----------------- FIN, ACK ----------------->|\n"
		"       +999 us  |<------------------- ACK --------------------|\n"
		"                |<----------------- FIN, ACK -----------------|\n"
		"       +999 ns  |------------------- ACK -------------------->|\n"
		"\n"
		"    In short: completed; closed by the client first.\n");

	flow = tcp_flow(TUPLESTAT_STATE_ESTABLISHED, TUPLESTAT_CONN_OTH, "^dA");
	flow.midstream = true;
	flow.end_reason = TUPLESTAT_END_FORCED;
	sends(&flow.orig, 1, 0, 0);
	sends(&flow.reply, 1, 0, 1000);
	setenv("TZ", "XXX-5:30", 1);
	tzset();
	render(render_show, &flow);
	setenv("TZ", "UTC0", 1);
	tzset();
	check_text("show: midstream, ended, no Ethernet, another time zone",
		"tcp 10.0.0.1:40000 -> 10.0.0.2:80\n"
		"    state      ESTABLISHED: the handshake is complete, both sides can send\n"
		"    verdict    OTH\n"
		"    history    ^dA\n"
		"    midstream  no SYN was seen: it began before it was counted\n"
		"    ended      forced-end\n"
		"    first      2026-11-23T00:30:00.000000001+05:30\n"
		"    last       2026-11-23T00:30:00.000000001+05:30\n"
		"    duration   0.000000000 s\n"
		"\n"
		"    sent by the             originator              responder\n"
		"    packets                          1                      1\n"
		"    bytes in all                    40 100.0%            1040 100.0%\n"
		"      application                    0   0.0%            1000  96.2%\n"
		"      TCP headers                   20  50.0%              20   1.9%\n"
		"      IP headers                    20  50.0%              20   1.9%\n"
		"    all headers                     40 100.0%              40   3.8%\n"
		"    packets with fin                 0                      0\n"
		"    packets with syn                 0                      0\n"
		"    packets with rst                 0                      0\n"
		"    packets with psh                 0                      0\n"
		"    packets with ack                 1                      1\n"
		"    packets with urg                 0                      0\n"
		"    packets with ece                 0                      0\n"
		"    packets with cwr                 0                      0\n"
		"    retransmits                      0                      0\n"
		"    zero windows                     0                      0\n"
		"\n"
		"         10.0.0.1:40000                                  10.0.0.2:80\n"
		"                |        (the beginning was not seen)         |\n"
		"                |<         ... 1 segment, 1.0 kB ...          |\n"
		"                |         ... 1 segment, no data ...         >|\n"
		"\n"
		"    In short: seen from the middle on: whether it was set up is not known.\n");

	flow = thanks();
	flow.rtt_ambiguous = true;
	render(render_show, &flow);
	ktap_ok(strstr(rendered, "their sum; ambiguous, as one was sent again"),
		"show: ambiguous times are marked");
	free(rendered);

	flow = tcp_flow(TUPLESTAT_STATE_UNREPLIED, TUPLESTAT_CONN_S0, "D");
	flow.proto = IPPROTO_UDP;
	flow.orig.sent = (struct counters){
		.packets = 2, .ip_bytes = 76, .l4_bytes = 36,
		.payload_bytes = 20,
	};
	render(render_show, &flow);
	check_text("show: UDP",
		"udp 10.0.0.1:40000 -> 10.0.0.2:80\n"
		"    state      UNREPLIED: only the originator has sent, no answer yet\n"
		"    verdict    S0\n"
		"    history    D\n"
		"    first      2026-11-22T19:00:00.000000001+00:00\n"
		"    last       2026-11-22T19:00:00.000000001+00:00\n"
		"    duration   0.000000000 s\n"
		"\n"
		"    sent by the             originator              responder\n"
		"    packets                          2                      0\n"
		"    bytes in all                    76 100.0%               0      -\n"
		"      application                   20  26.3%               0      -\n"
		"      UDP headers                   16  21.1%               0      -\n"
		"      IP headers                    40  52.6%               0      -\n"
		"    all headers                     56  73.7%               0      -\n"
		"\n"
		"    In short: no answer to 2 datagrams.\n");
}

/* --- the summary of many --- */

static struct flow_list many(void)
{
	static const struct {
		uint8_t conn_state;
		const char *history;
		uint16_t port;
		uint64_t rtt_ns;
		bool ambiguous;
	} made[] = {
		{ TUPLESTAT_CONN_SF, "ShADadFf", 80, 10, false },
		{ TUPLESTAT_CONN_SF, "ShADadFf", 80, 30, false },
		{ TUPLESTAT_CONN_S1, "ShDa", 80, 20, false },
		{ TUPLESTAT_CONN_S1, "ShA", 80, 1000000, true },
		{ TUPLESTAT_CONN_RSTO, "ShADR", 80, 40, false },
		{ TUPLESTAT_CONN_RSTR, "ShADr", 80, 50, false },
		{ TUPLESTAT_CONN_RSTO, "ShR", 80, 0, false },
		{ TUPLESTAT_CONN_S1, "Sh", 80, 0, false },
		{ TUPLESTAT_CONN_REJ, "Sr", 81, 0, false },
		{ TUPLESTAT_CONN_REJ, "Sr", 81, 0, false },
		{ TUPLESTAT_CONN_S0, "S", 81, 0, false },
		{ TUPLESTAT_CONN_RSTOS0, "SR", 443, 0, false },
		{ TUPLESTAT_CONN_S0, "SA", 442, 0, false },
		/* Both open at once: answered by a SYN. */
		{ TUPLESTAT_CONN_SF, "SsAaFf", 5000, 0, false },
		{ TUPLESTAT_CONN_S1, "Ss", 5000, 0, false },
	};
	struct flow_list list = { 0 };
	struct flow flow;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(made); i++) {
		flow = tcp_flow(TUPLESTAT_STATE_NONE, made[i].conn_state,
				made[i].history);
		flow.reply.port = made[i].port;
		flow.rtt_ambiguous = made[i].ambiguous;
		flow.synack_ns = made[i].rtt_ns;
		flow.ackdat_ns = made[i].rtt_ns;
		sends(&flow.orig, 2, 1, 100);
		sends(&flow.reply, 1, 1, 1);
		flow_list_add(&list, &flow);
	}
	/* No handshakes: its beginning was not seen; and UDP. */
	flow.midstream = true;
	flow_list_add(&list, &flow);
	flow.proto = IPPROTO_UDP;
	flow_list_add(&list, &flow);
	return list;
}

static void summarise(void (*how)(FILE *, const struct summary *),
		      const struct flow_list *list)
{
	struct summary summary;
	size_t len;
	FILE *out = open_memstream(&rendered, &len);

	if (!summary_make(&summary, list))
		how(out, &summary);
	summary_free(&summary);
	fclose(out);
}

static void as_text(FILE *out, const struct summary *summary)
{
	render_summary(out, summary, NULL);
}

static void as_json(FILE *out, const struct summary *summary)
{
	render_json_summary(out, summary, true);
}

/* Nearest rank: a value that was measured, and never less than its share. */
static void as_quantiles(FILE *out, const struct summary *summary)
{
	static const unsigned int percents[] = { 1, 20, 21, 50, 80, 81, 100 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(percents); i++)
		fprintf(out, " %d",
			(int)summary_rtt_quantile(summary, percents[i]));
}

static void test_summary(void)
{
	struct flow_list list = many();

	summarise(as_text, &list);
	check_text("summary",
		"17 flows: 16 TCP, 1 UDP; 51 packets, 3757 bytes\n"
		"\n"
		"handshakes          begun  completed  refused  unanswered  unfinished    reset\n"
		"all                    15          7        2           3           3        3\n"
		"80                      8          6        0           0           2        3\n"
		"81                      3          0        2           1           0        0\n"
		"5000                    2          1        0           0           1        0\n"
		"442                     1          0        0           1           0        0\n"
		"443                     1          0        0           1           0        0\n"
		"\n"
		"round trip of 5 handshakes\n"
		"   50 % within          0.000 ms\n"
		"   90 % within          0.000 ms\n"
		"   99 % within          0.000 ms\n"
		"  100 % within          0.000 ms\n");
	summarise(as_json, &list);
	check_text("summary: JSON",
		"{\n"
		"    \"tcp_flows\": 16,\n"
		"    \"udp_flows\": 1,\n"
		"    \"packets\": 51,\n"
		"    \"bytes\": 3757,\n"
		"    \"handshakes\": {\n"
		"        \"begun\": 15,\n"
		"        \"completed\": 7,\n"
		"        \"refused\": 2,\n"
		"        \"unanswered\": 3,\n"
		"        \"unfinished\": 3,\n"
		"        \"reset\": 3\n"
		"    },\n"
		"    \"ports\": [\n"
		"        {\n"
		"            \"port\": 80,\n"
		"            \"begun\": 8,\n"
		"            \"completed\": 6,\n"
		"            \"refused\": 0,\n"
		"            \"unanswered\": 0,\n"
		"            \"unfinished\": 2,\n"
		"            \"reset\": 3\n"
		"        },\n"
		"        {\n"
		"            \"port\": 81,\n"
		"            \"begun\": 3,\n"
		"            \"completed\": 0,\n"
		"            \"refused\": 2,\n"
		"            \"unanswered\": 1,\n"
		"            \"unfinished\": 0,\n"
		"            \"reset\": 0\n"
		"        },\n"
		"        {\n"
		"            \"port\": 5000,\n"
		"            \"begun\": 2,\n"
		"            \"completed\": 1,\n"
		"            \"refused\": 0,\n"
		"            \"unanswered\": 0,\n"
		"            \"unfinished\": 1,\n"
		"            \"reset\": 0\n"
		"        },\n"
		"        {\n"
		"            \"port\": 442,\n"
		"            \"begun\": 1,\n"
		"            \"completed\": 0,\n"
		"            \"refused\": 0,\n"
		"            \"unanswered\": 1,\n"
		"            \"unfinished\": 0,\n"
		"            \"reset\": 0\n"
		"        },\n"
		"        {\n"
		"            \"port\": 443,\n"
		"            \"begun\": 1,\n"
		"            \"completed\": 0,\n"
		"            \"refused\": 0,\n"
		"            \"unanswered\": 1,\n"
		"            \"unfinished\": 0,\n"
		"            \"reset\": 0\n"
		"        }\n"
		"    ],\n"
		"    \"tcprtt\": {\n"
		"        \"count\": 5,\n"
		"        \"p50\": 0.000000060,\n"
		"        \"p90\": 0.000000100,\n"
		"        \"p99\": 0.000000100,\n"
		"        \"max\": 0.000000100\n"
		"    }\n"
		"}\n");
	summarise(as_quantiles, &list);
	check_text("summary: quantiles", " 20 20 40 60 80 100 100");
	flow_list_free(&list);
	summarise(as_text, &list);
	check_text("summary: of nothing",
		"0 flows: 0 TCP, 0 UDP; 0 packets, 0 bytes\n");
	summarise(as_json, &list);
	check_text("summary: of nothing, JSON",
		"{\n"
		"    \"tcp_flows\": 0,\n"
		"    \"udp_flows\": 0,\n"
		"    \"packets\": 0,\n"
		"    \"bytes\": 0,\n"
		"    \"handshakes\": {\n"
		"        \"begun\": 0,\n"
		"        \"completed\": 0,\n"
		"        \"refused\": 0,\n"
		"        \"unanswered\": 0,\n"
		"        \"unfinished\": 0,\n"
		"        \"reset\": 0\n"
		"    },\n"
		"    \"ports\": [],\n"
		"    \"tcprtt\": {\n"
		"        \"count\": 0\n"
		"    }\n"
		"}\n");
}

int main(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	ktap_plan(55);
	test_sentences();
	test_udp_sentences();
	test_ladders();
	test_utf8();
	test_colour();
	test_show();
	test_summary();
	return ktap_finish();
}
