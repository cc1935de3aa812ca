// SPDX-License-Identifier: GPL-2.0
/* States of a TCP connection, for sequences of segments. */
#include "ktap.h"
#include "parse.h"
#include "tcp.h"

#define S(name) TUPLESTAT_STATE_##name

/*
 * Segments as words, "o:" from the originator and "r:" from the responder,
 * with tcpdump's letters: S SYN, F FIN, R RST, P PSH, . ACK.
 */
static const struct {
	const char *name;
	const char *segments;
	u8 state;
} sequences[] = {
	{ "SYN", "o:S", S(SYN_SENT) },
	{ "SYN again", "o:S o:S", S(SYN_SENT) },
	{ "SYN-ACK", "o:S r:S.", S(SYN_RECV) },
	{ "SYN-ACK again", "o:S r:S. r:S.", S(SYN_RECV) },
	{ "handshake", "o:S r:S. o:.", S(ESTABLISHED) },
	{ "handshake, ACK with data", "o:S r:S. o:P.", S(ESTABLISHED) },
	{ "late SYN-ACK", "o:S r:S. o:. r:S.", S(ESTABLISHED) },
	{ "late SYN", "o:S r:S. o:. o:S", S(ESTABLISHED) },
	{ "data both ways", "o:S r:S. o:. o:P. r:. r:P. o:.", S(ESTABLISHED) },

	/* Drawing (a): the client closes first */
	{ "client's FIN", "o:S r:S. o:. o:F.", S(FIN_WAIT) },
	{ "client's FIN again", "o:S r:S. o:. o:F. o:F.", S(FIN_WAIT) },
	{ "client's FIN acknowledged", "o:S r:S. o:. o:F. r:.", S(CLOSE_WAIT) },
	{ "half-closed, data", "o:S r:S. o:. o:F. r:. r:P. o:.", S(CLOSE_WAIT) },
	{ "server's FIN", "o:S r:S. o:. o:F. r:. r:F.", S(LAST_ACK) },
	{ "general", "o:S r:S. o:. o:F. r:. r:F. o:.", S(TIME_WAIT) },
	{ "FIN answers FIN", "o:S r:S. o:. o:F. r:F. o:.", S(TIME_WAIT) },
	{ "the closer's own ACK", "o:S r:S. o:. o:F. o:.", S(FIN_WAIT) },

	/* Drawing (b): the server closes first */
	{ "server's FIN first", "o:S r:S. o:. r:FP.", S(FIN_WAIT) },
	{ "acknowledged by the client", "o:S r:S. o:. r:FP. o:.",
	  S(CLOSE_WAIT) },
	{ "client's FIN second", "o:S r:S. o:. r:FP. o:. o:F.", S(LAST_ACK) },
	{ "thanks", "o:S r:S. o:. r:FP. o:. o:F. r:.", S(TIME_WAIT) },
	{ "own ACK is no last ACK", "o:S r:S. o:. r:FP. o:. o:F. o:.",
	  S(LAST_ACK) },

	{ "refused", "o:S r:R.", S(CLOSE) },
	{ "reset by the client", "o:S r:S. o:. o:R", S(CLOSE) },
	{ "reset by the server", "o:S r:S. o:. r:R.", S(CLOSE) },
	{ "reset in TIME_WAIT", "o:S r:S. o:. o:F. r:F. o:. r:R",
	  S(TIME_WAIT) },
	{ "client gives up", "o:S r:S. o:R", S(CLOSE) },

	{ "both open at once", "o:S r:S", S(SYN_SENT2) },
	{ "simultaneous open", "o:S r:S o:S. r:S.", S(SYN_RECV) },
	{ "ACK before SYN-ACK", "o:S o:.", S(SYN_SENT) },
	{ "ACK answers SYN", "o:S r:.", S(SYN_SENT) },

	{ "midstream", "o:P.", S(ESTABLISHED) },
	{ "midstream, FIN", "o:F.", S(FIN_WAIT) },
	{ "midstream, RST", "o:R", S(CLOSE) },
	{ "null", "o:-", S(NONE) },
	{ "SYN and FIN", "o:SF", S(NONE) },
	{ "SYN and RST", "o:SR", S(NONE) },
	{ "null in a connection", "o:S r:S. o:. r:-", S(ESTABLISHED) },
	{ "port used again is another record", "o:S r:S. o:. o:F. r:F. o:. o:S",
	  S(TIME_WAIT) },
};

static u8 flag(char letter)
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
	case '.':
		return TSTAT_TCP_ACK;
	default:
		return 0;
	}
}

static u8 run(const char *segments, unsigned int orig)
{
	struct tstat_tcp tcp = { .orig = orig };
	unsigned int sender;
	u8 flags;

	while (*segments) {
		sender = *segments == 'o' ? orig : !orig;
		flags = 0;
		for (segments += 2; *segments && *segments != ' '; segments++)
			flags |= flag(*segments);
		while (*segments == ' ')
			segments++;
		tstat_tcp_track(&tcp, sender, flags);
	}
	return tcp.state;
}

int main(void)
{
	unsigned int i, n = sizeof(sequences) / sizeof(sequences[0]);
	u8 state, mirrored;

	ktap_plan(n);
	for (i = 0; i < n; i++) {
		state = run(sequences[i].segments, 0);
		mirrored = run(sequences[i].segments, 1);
		ktap_ok(state == sequences[i].state && mirrored == state,
			"%s (%s): state %u", sequences[i].name,
			sequences[i].segments, state);
	}
	return ktap_finish();
}
