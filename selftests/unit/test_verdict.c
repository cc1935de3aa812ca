// SPDX-License-Identifier: GPL-2.0
/*
 * State, verdict and history for sequences of segments. Each is run twice, with
 * the originator on either side of the tuple: the result must be the same.
 */
#include <arpa/inet.h>

#include "history.h"
#include "ktap.h"
#include "segments.h"
#include "verdict.h"

static const struct {
	const char *name;
	const char *words;
	const char *state;
	const char *conn;
	const char *history;
} sequences[] = {
	/* How far a handshake gets */
	{ "SYN", "o:S", "SYN_SENT", "S0", "S" },
	{ "SYN four times", "o:S o:S@-1 o:S@-1 o:S@-1", "SYN_SENT", "S0", "S" },
	{ "SYN-ACK", "o:S r:S.", "SYN_RECV", "S1", "Sh" },
	{ "SYN-ACK again", "o:S r:S. r:S.@-1", "SYN_RECV", "S1", "Sh" },
	{ "handshake", "o:S r:S. o:.", "ESTABLISHED", "S1", "ShA" },
	{ "handshake, ACK with data", "o:S r:S. o:P.5", "ESTABLISHED", "S1",
	  "ShD" },
	{ "late SYN-ACK", "o:S r:S. o:. r:S.@-1", "ESTABLISHED", "S1", "ShA" },
	{ "late SYN", "o:S r:S. o:. o:S@-1", "ESTABLISHED", "S1", "ShA" },
	{ "data both ways", "o:S r:S. o:. o:P.5 r:. r:P.5 o:.", "ESTABLISHED",
	  "S1", "ShADad" },
	{ "SYN with data", "o:S5 r:S. o:.", "ESTABLISHED", "S1", "ShA" },
	{ "both open at once", "o:S r:S", "SYN_SENT2", "S1", "Ss" },
	{ "simultaneous open", "o:S r:S o:S.@-1 r:S.@-1", "SYN_RECV", "S1",
	  "Ss" },
	{ "ACK before SYN-ACK", "o:S o:.", "SYN_SENT", "S0", "SA" },
	{ "ACK answers SYN", "o:S r:.", "SYN_SENT", "S0", "Sa" },

	/* Drawing (a): the client closes first */
	{ "client's FIN", "o:S r:S. o:. o:F.", "FIN_WAIT", "S2", "ShAF" },
	{ "client's FIN again", "o:S r:S. o:. o:F. o:F.@-1", "FIN_WAIT", "S2",
	  "ShAF" },
	{ "client's FIN acknowledged", "o:S r:S. o:. o:F. r:.", "CLOSE_WAIT",
	  "S2", "ShAFa" },
	{ "half-closed, data", "o:S r:S. o:. o:F. r:. r:P.5 o:.", "CLOSE_WAIT",
	  "S2", "ShAFad" },
	{ "server's FIN", "o:S r:S. o:. o:F. r:. r:F.", "LAST_ACK", "SF",
	  "ShAFaf" },
	{ "general", "o:S r:S. o:. o:P.5 r:. r:P.5 o:. o:F. r:. r:F. o:.",
	  "TIME_WAIT", "SF", "ShADadFf" },
	{ "FIN answers FIN", "o:S r:S. o:. o:F. r:F. o:.", "TIME_WAIT", "SF",
	  "ShAFf" },
	{ "the closer's own ACK", "o:S r:S. o:. o:F. o:.", "FIN_WAIT", "S2",
	  "ShAF" },

	/* Drawing (b): the server closes first */
	{ "server's FIN first", "o:S r:S. o:. r:FP.24", "FIN_WAIT", "S3",
	  "ShAf" },
	{ "acknowledged by the client", "o:S r:S. o:. r:P.24 o:. r:F. o:.",
	  "CLOSE_WAIT", "S3", "ShAdf" },
	{ "thanks", "o:S r:S. o:. r:P.24 o:. r:F. o:. o:F. r:.", "TIME_WAIT",
	  "SF", "ShAdfFa" },
	{ "own ACK is no last ACK", "o:S r:S. o:. r:F. o:. o:F. o:.",
	  "LAST_ACK", "SF", "ShAfF" },

	/* Reset */
	{ "refused", "o:S r:R.", "CLOSE", "REJ", "Sr" },
	{ "client gives up", "o:S o:R", "CLOSE", "RSTOS0", "SR" },
	{ "client gives up after the SYN-ACK", "o:S r:S. o:R", "CLOSE", "RSTO",
	  "ShR" },
	{ "reset by the client", "o:S r:S. o:. o:P.5 o:R.", "CLOSE", "RSTO",
	  "ShADR" },
	{ "reset by the server", "o:S r:S. o:. o:P.5 r:R.", "CLOSE", "RSTR",
	  "ShADr" },
	{ "reset after the SYN-ACK by the server", "o:S r:S. r:R", "CLOSE",
	  "RSTR", "Shr" },
	{ "reset after both FINs", "o:S r:S. o:. o:F. r:F. o:. r:R",
	  "TIME_WAIT", "SF", "ShAFfr" },
	{ "reset after the own FIN", "o:S r:S. o:. o:F. o:R", "CLOSE", "RSTO",
	  "ShAFR" },
	{ "the same reset again", "o:S r:S. o:. r:R r:R", "CLOSE", "RSTR",
	  "ShAr" },
	{ "reset outside the window", "o:S r:S. o:. o:P.5 r:. r:R@+100000",
	  "ESTABLISHED", "RSTR", "ShADar" },
	{ "reset far below the window", "o:S r:S. o:. o:P.5 r:. r:R@-100000",
	  "ESTABLISHED", "RSTR", "ShADar" },
	{ "reset within the window, not at its number",
	  "o:S r:S. o:. o:P.5 r:. r:R@+900", "ESTABLISHED", "RSTR", "ShADar" },
	{ "it goes on after such a reset",
	  "o:S r:S. o:. o:R@+499 o:P.10 r:. o:F. r:F. o:.", "TIME_WAIT", "RSTO",
	  "ShARDaFf" },
	{ "reset at what was acknowledged last",
	  "o:S r:S. o:. o:P.5 o:P.5 o:R@-5", "CLOSE", "RSTO", "ShADR" },
	{ "FIN outside the window", "o:S r:S. o:. o:P.5 r:. r:F.@+100000",
	  "ESTABLISHED", "S3", "ShADaf" },
	{ "refusal of another SYN", "o:S r:R.a+77", "SYN_SENT", "REJ", "Sr" },

	/* No SYN, or no SYN-ACK */
	{ "SYN, FIN", "o:S o:F.", "SYN_SENT", "SH", "SF" },
	{ "SYN-ACK, ACK", "r:S. o:.", "ESTABLISHED", "OTH", "^hA" },
	{ "SYN-ACK, data", "r:S. r:P.5", "SYN_RECV", "OTH", "^hd" },
	{ "SYN-ACK, FIN", "r:S. r:F.", "FIN_WAIT", "SH", "HF" },
	{ "midstream", "o:P.5 r:.", "ESTABLISHED", "OTH", "Da" },
	{ "midstream, FIN", "o:F.", "FIN_WAIT", "SH", "F" },
	{ "midstream, both FINs", "o:P.5 r:F. o:F.", "LAST_ACK", "SF", "DfF" },
	{ "midstream, reset by the other", "o:P.5 r:R", "CLOSE", "RSTRH",
	  "Dr" },
	{ "midstream, RST", "o:R", "CLOSE", "OTH", "R" },

	/* Letters */
	{ "retransmitted", "o:S r:S. o:. o:P.5 o:P.5@-5 r:.", "ESTABLISHED",
	  "S1", "ShADTa" },
	{ "retransmitted and more", "o:S r:S. o:. o:P.5 o:P.9@-5 r:.",
	  "ESTABLISHED", "S1", "ShADa" },
	{ "out of order", "o:S r:S. o:. o:P.5@+5 o:P.5@-10 r:.", "ESTABLISHED",
	  "S1", "ShADTa" },
	{ "keep-alive", "o:S r:S. o:. o:P.5 r:. o:.@-1 r:.", "ESTABLISHED",
	  "S1", "ShADa" },
	{ "zero window", "o:S r:S. o:. o:P.5 r:.w0 r:.w1000", "ESTABLISHED",
	  "S1", "ShADaw" },
	{ "gap", "o:S r:S. o:. o:P.5 r:.a+10", "ESTABLISHED", "S1", "ShADaG" },
	{ "FIN and RST", "o:S r:S. o:FR", "CLOSE", "RSTO", "ShI" },
	{ "SYN and FIN", "o:SF", "NONE", "SH", "Q" },
	{ "SYN and RST", "o:SR", "NONE", "OTH", "Q" },
	{ "null", "o:-", "NONE", "OTH", "" },
	{ "Xmas", "o:FPU", "NONE", "SH", "F" },
	{ "null in a connection", "o:S r:S. o:. r:-", "ESTABLISHED", "S1",
	  "ShA" },
};

static const char *const states[] = {
	"NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT",
	"LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2",
};

static const char *const verdicts[] = {
	"S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH",
	"SH", "SHR", "OTH",
};

static const struct tstat_ports no_ports;

static void test_sequence(unsigned int i, unsigned int orig)
{
	char history[TSTAT_HISTORY_MAX + 1];
	struct run run;

	run_words(&run, sequences[i].words, orig, &no_ports);
	tstat_history_text(&run.rec, history);
	ktap_ok(!strcmp(states[run.rec.state], sequences[i].state) &&
		!strcmp(verdicts[tstat_verdict(&run.rec)], sequences[i].conn) &&
		!strcmp(history, sequences[i].history) && run.records == 1,
		"%s, %u (%s): %s %s %s", sequences[i].name, orig,
		sequences[i].words, states[run.rec.state],
		verdicts[tstat_verdict(&run.rec)], history);
}

int main(void)
{
	unsigned int i, n = sizeof(sequences) / sizeof(sequences[0]);

	ktap_plan(2 * n);
	for (i = 0; i < n; i++) {
		test_sequence(i, 0);
		test_sequence(i, 1);
	}
	return ktap_finish();
}
