// SPDX-License-Identifier: GPL-2.0
/*
 * Times of the handshake and arrows of the teardown, for sequences of segments.
 * Each is run twice, with the originator on either side of the tuple: the
 * result must be the same.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "account.h"
#include "ktap.h"
#include "ladder.h"
#include "segments.h"

#define MS (TSTAT_NSEC_PER_SEC / 1000)

static const struct tstat_ports no_ports;

static const struct {
	const char *name;
	const char *words;
	unsigned int synack_ms;	/* 0: not known */
	unsigned int ackdat_ms;
	bool ambiguous;
} handshakes[] = {
	{ "handshake", "o:S r:S.~40 o:.~7", 40, 7, false },
	{ "the ACK has data", "o:S r:S.~40 o:P.5~7", 40, 7, false },
	{ "the SYN has data", "o:S5 r:S.~40 o:.~7", 40, 7, false },
	{ "only the first ACK counts", "o:S r:S.~40 o:.~7 o:P.5~90 o:.~80", 40,
	  7, false },
	{ "data of the server before the ACK", "o:S r:S.~40 r:P.5~2 o:.~5", 40,
	  5, false },
	{ "SYN", "o:S", 0, 0, false },
	{ "SYN-ACK", "o:S r:S.~40", 40, 0, false },
	{ "refused", "o:S r:R.~40", 0, 0, false },
	{ "given up", "o:S r:S.~40 o:R~7", 40, 0, false },
	{ "the ACK has FIN", "o:S r:S.~40 o:F.~7", 40, 7, false },

	/* Karn: which of them was answered? */
	{ "SYN again", "o:S o:S@-1~1000 r:S.~40 o:.~7", 40, 7, true },
	{ "SYN again, no answer", "o:S o:S@-1~1000", 0, 0, true },
	{ "SYN-ACK again", "o:S r:S.~40 r:S.@-1~900 o:.~7", 40, 7, true },
	{ "SYN again after the SYN-ACK", "o:S r:S.~40 o:S@-1~960 o:.~7", 40, 7,
	  true },
	{ "SYN-ACK again after the ACK", "o:S r:S.~40 o:.~7 r:S.@-1~900", 40, 7,
	  false },
	{ "SYN again after the ACK", "o:S r:S.~40 o:.~7 o:S@-1~900", 40, 7,
	  false },

	/* Where no SYN was seen, there is nothing to measure from. */
	{ "SYN-ACK first", "r:S. o:.~7", 0, 0, false },
	{ "midstream", "o:P.5 r:.~40 o:P.5~7", 0, 0, false },
	{ "the SYN is not the first", "o:- o:S r:S.~40 o:.~7", 0, 0, false },
};

static const struct {
	const char *name;
	const char *words;
	/*
	 * > by the originator, < by the responder, F R . + (data), | before an
	 * arrow that something came in between; then the time in ms
	 */
	const char *arrows;
} teardowns[] = {
	{ "open", "o:S r:S. o:. o:P.5 r:.", "" },
	{ "general", "o:S r:S. o:. o:P.5 r:. o:F.~9 r:.~2 r:F.~30 o:.~4",
	  ">F.9 <.2 <F.30 >.4" },
	{ "thanks", "o:S r:S. o:. r:P.24 r:F.~3 o:.~2 o:F.~1 r:.~4",
	  "<F.3 >.2 >F.1 <.4" },
	{ "FIN answers FIN", "o:S r:S. o:. o:F.~5 r:F.~6 o:.~7",
	  ">F.5 <F.6 >.7" },
	{ "FIN with data", "o:S r:S. o:. r:FP.24~5", "<F.+5" },
	{ "data in between", "o:S r:S. o:. o:F.~5 r:.~2 r:P.5~6 o:.~7 r:F.~8 o:.~9",
	  ">F.5 <.2 |<F.8 >.9" },
	{ "data before the first ACK", "o:S r:S. o:. o:F.~5 o:. r:.~2",
	  ">F.5 |<.2" },
	{ "refused", "o:S r:R.~6", "<R.6" },
	{ "reset", "o:S r:S. o:. o:P.5 o:R~6", ">R6" },
	{ "reset after the end", "o:S r:S. o:.~1 o:F. r:F. o:. r:R~9",
	  ">F.1 <F.1 >.1 <R9" },
	{ "FIN again", "o:S r:S. o:. o:F.~5 o:F.@-1~200 r:.~2",
	  ">F.5 <.2" },
	{ "each FIN again", "o:S r:S. o:. o:F. o:F.@-1 r:.~2 r:F.~3 r:F.@-1 o:.~4",
	  ">F.1 <.2 <F.3 >.4" },
	{ "FINs again after the end", "o:S r:S. o:. o:F. r:. r:F. o:. r:F.@-1 o:. r:R~9",
	  ">F.1 <.1 <F.1 |<R9" },
	/* The last of four makes room for a RST, and for nothing else. */
	{ "a FIN after four RSTs", "o:S r:S. o:. r:R r:R r:R r:R~4 o:F.~9",
	  "<R1 <R1 <R1 <R4" },
	{ "a RST after four", "o:S r:S. o:. o:F. r:. r:F. o:. r:R~9",
	  ">F.1 <.1 <F.1 |<R9" },
	{ "a RST outside the window", "o:S r:S. o:. r:R@+100000 o:P.5", "" },
	{ "a FIN outside the window", "o:S r:S. o:. r:F.@+100000 o:P.5", "" },
	{ "midstream", "o:P.5 r:. o:F.~5 r:.~6", ">F.5 <.6" },
	{ "the clock stands still", "o:S r:S. o:. o:F.~0 r:.~0", ">F.0 <.0" },
};

static void test_handshake(unsigned int i, unsigned int orig)
{
	unsigned int synack, ackdat;
	bool ambiguous;
	struct run run;

	run_words(&run, handshakes[i].words, orig, &no_ports);
	synack = (u64)run.rec.synack * TSTAT_RTT_UNIT_NS / MS;
	ackdat = (u64)run.rec.ackdat * TSTAT_RTT_UNIT_NS / MS;
	ambiguous = tstat_record_flags(&run.rec) & TUPLESTAT_FLOW_RTT_AMBIGUOUS;
	ktap_ok(synack == handshakes[i].synack_ms &&
		ackdat == handshakes[i].ackdat_ms &&
		ambiguous == handshakes[i].ambiguous && run.records == 1,
		"%s, %u (%s): %u + %u ms%s", handshakes[i].name, orig,
		handshakes[i].words, synack, ackdat,
		ambiguous ? ", ambiguous" : "");
}

/* In the form of teardowns[]; a gap is exact to 1/1024, so it is rounded. */
static void put_arrow(char *text, size_t len, const struct tuplestat_arrow *a)
{
	size_t used = strlen(text);

	snprintf(text + used, len - used, "%s%s%s%s%s%s%s%llu",
		 used ? " " : "", a->flags & TUPLESTAT_ARROW_BETWEEN ? "|" : "",
		 a->flags & TUPLESTAT_ARROW_REPLY ? "<" : ">",
		 a->flags & TUPLESTAT_ARROW_FIN ? "F" : "",
		 a->flags & TUPLESTAT_ARROW_RST ? "R" : "",
		 a->flags & TUPLESTAT_ARROW_ACK ? "." : "",
		 a->flags & TUPLESTAT_ARROW_DATA ? "+" : "",
		 (unsigned long long)((a->gap_ns + MS / 2) / MS));
}

static void test_teardown(unsigned int i, unsigned int orig)
{
	struct tuplestat_arrow arrows[TUPLESTAT_TEARDOWN_MAX];
	char text[100] = "";
	unsigned int n, j, reserved = 0;
	struct run run;

	memset(arrows, 0xaa, sizeof(arrows));
	run_words(&run, teardowns[i].words, orig, &no_ports);
	n = tstat_ladder_teardown(&run.rec, arrows);
	for (j = 0; j < n; j++) {
		put_arrow(text, sizeof(text), &arrows[j]);
		reserved |= arrows[j].reserved;
	}
	ktap_ok(!strcmp(text, teardowns[i].arrows) && !reserved &&
		run.records == 1, "%s, %u (%s): %s", teardowns[i].name, orig,
		teardowns[i].words, text);
}

/* A FIN that comes so long after what was before it. */
static u64 gap_after(struct run *run, u64 ns)
{
	struct tuplestat_arrow arrows[TUPLESTAT_TEARDOWN_MAX];

	run_words(run, "o:S r:S. o:.", 0, &no_ports);
	run->now_ns += ns - MS;
	run_word(run, "o:F.", &no_ports);
	if (tstat_ladder_teardown(&run->rec, arrows) != 1)
		return 0;
	return arrows[0].gap_ns;
}

static void test_gaps(void)
{
	/* Exact while it fits, then to 1/1024, and 73 minutes at most. */
	static const u64 gaps[] = {
		MS, 2047, 2048, 999999, 123456789, 40 * MS,
		3599 * TSTAT_NSEC_PER_SEC, 4300 * TSTAT_NSEC_PER_SEC,
	};
	unsigned int i;
	struct run run;
	u64 got;

	for (i = 0; i < ARRAY_SIZE(gaps); i++) {
		got = gap_after(&run, gaps[i]);
		ktap_ok(got <= gaps[i] && gaps[i] - got <= gaps[i] / 1024 &&
			(gaps[i] > 2047 || got == gaps[i]),
			"a gap of %llu ns: %llu", (unsigned long long)gaps[i],
			(unsigned long long)got);
	}
	got = gap_after(&run, 100000 * TSTAT_NSEC_PER_SEC);
	ktap_ok(got == (u64)2047 << 31, "a gap of a day: the most there is, %llu",
		(unsigned long long)got);
}

static u32 synack_after(u64 ns)
{
	struct run run;

	run_words(&run, "o:S", 0, &no_ports);
	run.now_ns += ns - MS;
	run_word(&run, "r:S.", &no_ports);
	return run.rec.synack;
}

static void test_units(void)
{
	struct run run;

	ktap_ok(synack_after(800) == 100, "800 ns are 100 units");
	ktap_ok(synack_after(7) == 1, "less than a unit is not unknown");
	ktap_ok(synack_after(35 * TSTAT_NSEC_PER_SEC) == U32_MAX,
		"more than 34 s: the most there is");

	/* Captures can go back in time. */
	run_words(&run, "o:S", 0, &no_ports);
	run.now_ns -= 500 * MS;
	run_word(&run, "r:S.", &no_ports);
	ktap_ok(run.rec.synack == 1, "before the SYN by the clock: no time");
}

int main(void)
{
	unsigned int i, orig;

	ktap_plan(2 * ARRAY_SIZE(handshakes) + 2 * ARRAY_SIZE(teardowns) + 13);
	for (orig = 0; orig < 2; orig++) {
		for (i = 0; i < ARRAY_SIZE(handshakes); i++)
			test_handshake(i, orig);
		for (i = 0; i < ARRAY_SIZE(teardowns); i++)
			test_teardown(i, orig);
	}
	test_gaps();
	test_units();
	return ktap_finish();
}
