// SPDX-License-Identifier: GPL-2.0
/*
 * From packets to what people read: the handshake of the ladder and the
 * sentence, for connections whose beginning or end is out of the ordinary.
 */
#include <arpa/inet.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "ktap.h"
#include "render.h"
#include "segments.h"
#include "sentence.h"
#include "replay_words.h"

/* From one packet to the next: a gap that an arrow can keep exactly. */
#define GAP_NS (2000 * 512ULL)

#define HOSTS \
	"\n         10.0.0.1:40000                                  10.0.0.2:80\n"
#define SYN \
	"                |------------------- SYN -------------------->|\n"
#define SYN_BACK \
	"                |<------------------- SYN --------------------|\n"
#define SYN_ACK \
	"                |----------------- SYN, ACK ----------------->|\n"
#define SYN_ACK_BACK \
	"                |<----------------- SYN, ACK -----------------|\n"
#define ANSWER \
	"       +1.0 ms  |<----------------- SYN, ACK -----------------|\n"
#define THEN_ACK \
	"       +1.0 ms  |------------------- ACK -------------------->|\n"
#define THEN_DATA \
	"       +1.0 ms  |---------------- ACK + data ---------------->|\n"
#define THEN_FIN \
	"       +1.0 ms  |----------------- FIN, ACK ----------------->|\n"
#define THEN_RST \
	"       +1.0 ms  |------------------- RST -------------------->|\n"
#define ACK_BACK \
	"       +1.0 ms  |<------------------- ACK --------------------|\n"
#define NO_DATA \
	"                |         ... 1 segment, no data ...         >|\n"
#define NO_DATA_BACK \
	"                |<        ... 1 segment, no data ...          |\n"

static const struct {
	const char *name;
	const char *words;	/* as of segments.h, GAP_NS apart */
	const char *ladder;
} ladders[] = {
	/* One packet, one arrow. */
	{ "the ACK of the handshake is the FIN", "o:S r:S. o:F. r:.",
	  HOSTS SYN ANSWER THEN_FIN ACK_BACK },
	{ "the same with data", "o:S r:S. o:F.5 r:.",
	  HOSTS SYN ANSWER
	  "       +1.0 ms  |------------- FIN, ACK + data -------------->|\n"
	  ACK_BACK },
	{ "the same, and a late ACK", "o:S r:S. o:F. o:. r:.",
	  HOSTS SYN ANSWER NO_DATA THEN_FIN
	  "                |            ... more segments ...            |\n"
	  ACK_BACK },
	{ "the ACK comes before the FIN", "o:S r:S. o:. o:F. r:.",
	  HOSTS SYN ANSWER THEN_ACK THEN_FIN ACK_BACK },
	{ "so do data", "o:S r:S. o:.5 o:F. r:.",
	  HOSTS SYN ANSWER THEN_DATA THEN_FIN ACK_BACK },
	{ "data come before an ACK without", "o:S r:S. o:.5 r:. o:. o:F. r:.",
	  HOSTS SYN ANSWER THEN_DATA
	  "                |           ... 1 segment, 5 B ...           >|\n"
	  NO_DATA_BACK THEN_FIN ACK_BACK },
	{ "a FIN that is out of the window is no ACK",
	  "o:S r:S. o:F.@+99999 o:. r:.",
	  HOSTS SYN ANSWER THEN_ACK NO_DATA NO_DATA_BACK },
	{ "a FIN without an ACK is none", "o:S r:S. o:F o:. r:.",
	  HOSTS SYN ANSWER THEN_ACK NO_DATA_BACK
	  "       +1.0 ms  |------------------- FIN -------------------->|\n" },

	/* RFC 9293, figure 7. */
	{ "both open at once", "o:S r:S o:S.@-1 r:S.@-1 o:. r:.",
	  HOSTS SYN SYN_BACK SYN_ACK SYN_ACK_BACK NO_DATA NO_DATA_BACK },
	{ "both open at once, and nothing else",
	  "o:S r:S o:S.@-1 r:S.@-1",
	  HOSTS SYN SYN_BACK SYN_ACK SYN_ACK_BACK },
	{ "both open at once, sent again",
	  "o:S o:S@-1 r:S r:S@-1 r:S@-1 o:S.@-1 o:S.@-1 r:S.@-1",
	  HOSTS
	  "                |--------------- SYN, 2 times --------------->|\n"
	  "                |<--------------- SYN, 3 times ---------------|\n"
	  "                |------------ SYN, ACK, 2 times ------------->|\n"
	  SYN_ACK_BACK },
	{ "both open at once, neither has heard of it", "o:S r:S",
	  HOSTS SYN SYN_BACK },
	{ "both open at once, one has heard of it", "o:S r:S o:S.@-1 r:.",
	  HOSTS SYN SYN_BACK SYN_ACK NO_DATA_BACK },
	{ "both open at once, and one gives up",
	  "o:S r:S o:S.@-1 r:S.@-1 o:R",
	  HOSTS SYN SYN_BACK SYN_ACK SYN_ACK_BACK THEN_RST },
};

static const struct {
	const char *words;
	const char *sentence;
} sentences[] = {
	{ "o:S r:S. r:R",
	  "the server answered with a SYN-ACK, then sent a RST before the client acknowledged it" },
	{ "o:S r:S. o:. r:R",
	  "established, then aborted by the server with a RST" },
	{ "o:S r:S. o:.5 r:R",
	  "established, then aborted by the server with a RST" },
	/* Noted once, before the SYN-ACK: the history does not say it again. */
	{ "o:S o:.5 r:S. o:.5@-5 r:R",
	  "established, then aborted by the server with a RST" },
	{ "o:S o:. r:S. r:R",
	  "the server answered with a SYN-ACK, then sent a RST before the client acknowledged it" },
	{ "o:S r:S. o:R", "the client gave up after the SYN-ACK, by a RST" },
	{ "o:S r:S. o:R r:R",
	  "both sides sent a RST, before the client acknowledged the SYN-ACK" },
	{ "o:S r:S. o:. o:R r:R",
	  "established, then aborted by both sides with a RST" },
	{ "o:S r:S o:R", "both sides sent a SYN, then the client sent a RST" },
	{ "o:S r:S r:R", "both sides sent a SYN, then the server sent a RST" },
	{ "o:S r:R.", "refused by the server with a RST" },
	{ "o:S o:F. r:R.", "refused by the server with a RST" },
	{ "r:S. o:R", "the client gave up after the SYN-ACK, by a RST" },
	{ "o:S. r:R", "the server sent a RST; the beginning was not seen" },

	{ "o:S r:.5",
	  "the client sent a SYN, the server data: no SYN-ACK was seen" },
	{ "o:S o:. o:R",
	  "the client sent a SYN and a RST, the server nothing: no SYN-ACK was seen" },
	{ "o:S o:. o:R r:.",
	  "the client sent a SYN and a RST, the server an ACK: no SYN-ACK was seen" },
	{ "o:.5 r:.",
	  "seen from the middle on: whether it was set up is not known" },
	{ "o:S r:.",
	  "the server answered the SYN with an ACK, not with a SYN-ACK" },
	{ "o:S r:F.",
	  "the server answered the SYN with a FIN, not with a SYN-ACK" },

	{ "o:S r:S", "opening from both sides at once" },
	{ "o:S r:S o:S.@-1 r:S.@-1", "opening from both sides at once" },
	{ "o:S r:S o:S.@-1 r:S.@-1 o:.",
	  "the handshake is complete, and the connection is open" },
	{ "o:S r:S.",
	  "half-open: the client has not acknowledged the SYN-ACK" },

	{ "o:S o:F.", "the client sent a FIN before there was an answer" },
	{ "o:.5 r:.5 o:F.",
	  "the client sent a FIN; the beginning was not seen" },
	{ "o:.5 r:.5 r:F.",
	  "the server sent a FIN; the beginning was not seen" },
	{ "o:.5 r:.5 r:F. o:R",
	  "the client sent a RST; the beginning was not seen" },
};

static void put_number(struct packet *to, u32 offset, u32 value)
{
	set16(to, offset, (u16)(value >> 16));
	set16(to, offset + 2, (u16)value);
}

/* One word; @next is the next number of each side. */
static const char *transmit_word(const char *word, u32 next[2], u64 now_ns)
{
	unsigned int side = *word == 'r';
	u32 payload = 0, end;
	long shift = 0;
	char *c = (char *)word + 2;
	u8 flags = 0;

	while (*c && strchr("SFRPU.-", *c))
		flags |= segment_flag(*c++);
	while (*c && *c != ' ') {
		if (*c == '@')
			shift = strtol(c + 1, &c, 10);
		else
			payload = (u32)strtoul(c, &c, 10);
	}
	make_tcp(&p, side ? back(web) : web, flags, payload);
	put_number(&p, 24, next[side] + (u32)shift);
	put_number(&p, 28, flags & A ? next[!side] : 0);
	transmit(now_ns);
	end = next[side] + (u32)shift + payload + !!(flags & S) + !!(flags & F);
	if (end - next[side] < 50000 && !(flags & R))
		next[side] = end;
	return c + strspn(c, " ");
}

static struct flow flow_of(const char *words)
{
	u32 next[2] = { 1000, 5000 };
	u64 now_ns = BEGIN_NS;
	struct flow_list flows;
	struct flow flow;

	begin();
	for (; *words; now_ns += GAP_NS)
		words = transmit_word(words, next, now_ns);
	if (!finish_replay(&flows) || flows.count != 1)
		abort();
	flow = flows.flow[0];
	flow_list_free(&flows);
	return flow;
}

static void check(const char *kind, const char *name, const char *words,
		  const char *wanted, const char *got)
{
	const char *line = got, *end;

	if (ktap_ok(!strcmp(wanted, got), "%s: %s (%s)", kind, name, words))
		return;
	for (; *line; line = end + !!*end) {
		end = strchrnul(line, '\n');
		printf("# got: %.*s\n", (int)(end - line), line);
	}
}

static void test_ladder(unsigned int i)
{
	struct flow flow = flow_of(ladders[i].words);
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	render_ladder(out, &flow, NULL);
	fclose(out);
	check("ladder", ladders[i].name, ladders[i].words, ladders[i].ladder,
	      text);
	free(text);
}

static void test_sentence(unsigned int i)
{
	struct flow flow = flow_of(sentences[i].words);
	char text[SENTENCE_LEN];

	sentence_outcome(text, &flow);
	check("sentence", sentences[i].sentence, sentences[i].words,
	      sentences[i].sentence, text);
}

int main(void)
{
	unsigned int i;

	ktap_plan(ARRAY_SIZE(ladders) + ARRAY_SIZE(sentences));
	for (i = 0; i < ARRAY_SIZE(ladders); i++)
		test_ladder(i);
	for (i = 0; i < ARRAY_SIZE(sentences); i++)
		test_sentence(i);
	return ktap_finish();
}
