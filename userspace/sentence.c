// SPDX-License-Identifier: GPL-2.0
/* What became of a flow, in one plain sentence. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "sentence.h"

/* Who sent the first FIN: it is the first arrow of the teardown that has one. */
static const char *first_closer(const struct flow *flow)
{
	unsigned int i;

	for (i = 0; i < flow->arrows; i++) {
		if (flow->arrow[i].flags & TUPLESTAT_ARROW_FIN)
			return flow->arrow[i].flags & TUPLESTAT_ARROW_REPLY ?
			       "the server" : "the client";
	}
	return "nobody that was seen";
}

static void unanswered(char text[SENTENCE_LEN], const struct flow *flow)
{
	uint64_t syns = flow->orig.sent.flags[TCP_FLAG_SYN];
	uint64_t waited = flow_duration(flow);

	if (syns <= 1)
		snprintf(text, SENTENCE_LEN, "no answer to the SYN");
	else
		snprintf(text, SENTENCE_LEN, "no answer to %" PRIu64
			 " SYNs in %" PRIu64 ".%" PRIu64 " s", syns,
			 waited / NS_PER_SEC, waited % NS_PER_SEC / 100000000);
}

static void completed(char text[SENTENCE_LEN], const struct flow *flow)
{
	snprintf(text, SENTENCE_LEN, "completed; closed by %s first",
		 first_closer(flow));
}

static void open_now(char text[SENTENCE_LEN], const struct flow *flow)
{
	if (flow->state == TUPLESTAT_STATE_SYN_RECV)
		snprintf(text, SENTENCE_LEN,
			 "half-open: the client has not acknowledged the SYN-ACK");
	else if (flow->state == TUPLESTAT_STATE_SYN_SENT2)
		snprintf(text, SENTENCE_LEN,
			 "opening from both sides at once");
	else
		snprintf(text, SENTENCE_LEN,
			 "the handshake is complete, and the connection is open");
}

static void reset_by_client(char text[SENTENCE_LEN], const struct flow *flow)
{
	/* Neither an ACK nor data of the client's: it has not established. */
	bool gave_up = !strpbrk(flow->history, "ADF");

	snprintf(text, SENTENCE_LEN, gave_up ?
		 "the client gave up after the SYN-ACK, by a RST" :
		 "established, then aborted by the client with a RST");
}

/* The verdict is Zeek's, which believes every RST; the state does not. */
static bool rst_was_ignored(const struct flow *flow)
{
	return (flow->conn_state == TUPLESTAT_CONN_RSTO ||
		flow->conn_state == TUPLESTAT_CONN_RSTR ||
		flow->conn_state == TUPLESTAT_CONN_REJ) &&
	       flow->state != TUPLESTAT_STATE_CLOSE &&
	       flow->state != TUPLESTAT_STATE_TIME_WAIT;
}

static void tcp_outcome(char text[SENTENCE_LEN], const struct flow *flow)
{
	static const char *const plain[__TUPLESTAT_CONN_MAX] = {
		[TUPLESTAT_CONN_REJ] = "refused by the server with a RST",
		[TUPLESTAT_CONN_S2] =
			"half-closed: the client has closed, the server has not",
		[TUPLESTAT_CONN_S3] =
			"half-closed: the server has closed, the client has not",
		[TUPLESTAT_CONN_RSTR] =
			"established, then aborted by the server with a RST",
		[TUPLESTAT_CONN_RSTOS0] =
			"the client gave up before there was an answer, by a RST",
		[TUPLESTAT_CONN_RSTRH] =
			"the server sent a RST; the beginning was not seen",
		[TUPLESTAT_CONN_SH] =
			"the client sent a FIN before there was an answer",
		[TUPLESTAT_CONN_SHR] =
			"the server sent a FIN; of the client nothing was seen",
		[TUPLESTAT_CONN_OTH] =
			"seen from the middle on: whether it was set up is not known",
	};

	if (rst_was_ignored(flow))
		snprintf(text, SENTENCE_LEN,
			 "a RST came that does not belong to it: the connection goes on");
	else if (flow->conn_state == TUPLESTAT_CONN_S0)
		unanswered(text, flow);
	else if (flow->conn_state == TUPLESTAT_CONN_S1)
		open_now(text, flow);
	else if (flow->conn_state == TUPLESTAT_CONN_SF)
		completed(text, flow);
	else if (flow->conn_state == TUPLESTAT_CONN_RSTO)
		reset_by_client(text, flow);
	else if (flow->conn_state < __TUPLESTAT_CONN_MAX)
		snprintf(text, SENTENCE_LEN, "%s", plain[flow->conn_state]);
	else
		snprintf(text, SENTENCE_LEN, "a verdict that is not known here");
}

/**
 * sentence_outcome - what became of a flow
 * @text: written
 * @flow: the flow
 */
void sentence_outcome(char text[SENTENCE_LEN], const struct flow *flow)
{
	if (flow->proto == IPPROTO_TCP)
		tcp_outcome(text, flow);
	else if (flow->conn_state == TUPLESTAT_CONN_SF)
		snprintf(text, SENTENCE_LEN, "both sides have sent datagrams");
	else if (flow->conn_state == TUPLESTAT_CONN_SHR)
		snprintf(text, SENTENCE_LEN,
			 "an answer was seen, but no question");
	else
		snprintf(text, SENTENCE_LEN, "no answer to %" PRIu64
			 " datagram%s", flow->orig.sent.packets,
			 flow->orig.sent.packets == 1 ? "" : "s");
}
