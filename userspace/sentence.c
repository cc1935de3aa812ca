// SPDX-License-Identifier: GPL-2.0
/* What became of a flow, in one plain sentence. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "sentence.h"

static void unanswered(char text[SENTENCE_LEN], const struct flow *flow)
{
	uint64_t syns = flow->orig.sent.flags[TCP_FLAG_SYN];
	uint64_t waited = flow_duration(flow);

	/* Of an old connection the server still has: RFC 9293 figure 9. */
	if (strchr(flow->history, 'a'))
		snprintf(text, SENTENCE_LEN,
			 "the server answered the SYN with an ACK, not with a SYN-ACK");
	else if (syns <= 1)
		snprintf(text, SENTENCE_LEN, "no answer to the SYN");
	else
		snprintf(text, SENTENCE_LEN, "no answer to %" PRIu64
			 " SYNs in %" PRIu64 ".%" PRIu64 " s", syns,
			 waited / NS_PER_SEC, waited % NS_PER_SEC / 100000000);
}

/* Who sent the first FIN: it is the first arrow of the teardown that has one. */
static void completed(char text[SENTENCE_LEN], const struct flow *flow)
{
	unsigned int i = 0;

	while (i < flow->arrows && !(flow->arrow[i].flags & TUPLESTAT_ARROW_FIN))
		i++;
	if (i < flow->arrows)
		snprintf(text, SENTENCE_LEN, "completed; closed by the %s first",
			 flow->arrow[i].flags & TUPLESTAT_ARROW_REPLY ?
			 "server" : "client");
	else
		snprintf(text, SENTENCE_LEN,
			 "completed; who closed first was not seen");
}

static void open_now(char text[SENTENCE_LEN], const struct flow *flow)
{
	bool half_open = flow->state == TUPLESTAT_STATE_SYN_RECV;

	/* Then a SYN-ACK answers the SYN of each, and is itself an answer. */
	if (flow->state == TUPLESTAT_STATE_SYN_SENT2 ||
	    (half_open && strchr(flow->history, 's')))
		snprintf(text, SENTENCE_LEN,
			 "opening from both sides at once");
	else if (half_open)
		snprintf(text, SENTENCE_LEN,
			 "half-open: the client has not acknowledged the SYN-ACK");
	else
		snprintf(text, SENTENCE_LEN,
			 "the handshake is complete, and the connection is open");
}

/* Whatever the client sends after the SYN-ACK acknowledges it. */
static bool is_established(const struct flow *flow)
{
	const char *syn_ack = strchr(flow->history, 'h');

	return flow->ackdat_ns ||
	       strpbrk(syn_ack ? syn_ack : flow->history, "ADF");
}

static bool began_with_syn(const struct flow *flow)
{
	return flow->history[0] == 'S';
}

/* A SYN of the server's, of either kind. */
static bool server_sent_syn(const struct flow *flow)
{
	return strpbrk(flow->history, "sh");
}

/* @who has sent a RST when both had sent a SYN, or when nobody knows. */
static void reset_by(char text[SENTENCE_LEN], const struct flow *flow,
		     const char *who, const char *too_early)
{
	if (!began_with_syn(flow) && !server_sent_syn(flow))
		snprintf(text, SENTENCE_LEN,
			 "%s sent a RST; the beginning was not seen", who);
	else if (is_established(flow))
		snprintf(text, SENTENCE_LEN,
			 "established, then aborted by %s with a RST", who);
	else if (strchr(flow->history, 's'))
		snprintf(text, SENTENCE_LEN,
			 "both sides sent a SYN, then %s sent a RST", who);
	else
		snprintf(text, SENTENCE_LEN, "%s", too_early);
}

static void reset_by_client(char text[SENTENCE_LEN], const struct flow *flow)
{
	reset_by(text, flow, "the client",
		 "the client gave up after the SYN-ACK, by a RST");
}

static void reset_by_server(char text[SENTENCE_LEN], const struct flow *flow)
{
	if (began_with_syn(flow) && !server_sent_syn(flow))
		snprintf(text, SENTENCE_LEN, "refused by the server with a RST");
	else
		reset_by(text, flow, "the server",
			 "the server answered with a SYN-ACK, then sent a RST before the client acknowledged it");
}

/* Zeek also says so where both sides sent a RST, and neither data. */
static void refused(char text[SENTENCE_LEN], const struct flow *flow)
{
	if (server_sent_syn(flow))
		reset_by(text, flow, "both sides",
			 "both sides sent a RST, before the client acknowledged the SYN-ACK");
	else
		reset_by_server(text, flow);
}

static void closed_by_client(char text[SENTENCE_LEN], const struct flow *flow)
{
	snprintf(text, SENTENCE_LEN, began_with_syn(flow) ?
		 "the client sent a FIN before there was an answer" :
		 "the client sent a FIN; the beginning was not seen");
}

static void closed_by_server(char text[SENTENCE_LEN], const struct flow *flow)
{
	bool client_seen = strpbrk(flow->history, "ADGIQRTW");

	snprintf(text, SENTENCE_LEN, client_seen ?
		 "the server sent a FIN; the beginning was not seen" :
		 "the server sent a FIN; of the client nothing was seen");
}

static void half_closed_by_server(char text[SENTENCE_LEN],
				  const struct flow *flow)
{
	snprintf(text, SENTENCE_LEN,
		 began_with_syn(flow) && !server_sent_syn(flow) ?
		 "the server answered the SYN with a FIN, not with a SYN-ACK" :
		 "half-closed: the server has closed, the client has not");
}

/* Neither what a handshake is nor what comes after one. */
static void unclear(char text[SENTENCE_LEN], const struct flow *flow)
{
	const char *rst = strpbrk(flow->history, "RI") ? " and a RST" : "";
	const char *server = strchr(flow->history, 'd') ? "data" :
			     strchr(flow->history, 'a') ? "an ACK" : "nothing";

	if (began_with_syn(flow))
		snprintf(text, SENTENCE_LEN,
			 "the client sent a SYN%s, the server %s: no SYN-ACK was seen",
			 rst, server);
	else
		snprintf(text, SENTENCE_LEN,
			 "seen from the middle on: whether it was set up is not known");
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
		[TUPLESTAT_CONN_S2] =
			"half-closed: the client has closed, the server has not",
		[TUPLESTAT_CONN_RSTOS0] =
			"the client gave up before there was an answer, by a RST",
		[TUPLESTAT_CONN_RSTRH] =
			"the server sent a RST; the beginning was not seen",
	};
	static void (*const told[__TUPLESTAT_CONN_MAX])
		(char text[SENTENCE_LEN], const struct flow *flow) = {
		[TUPLESTAT_CONN_S0] = unanswered,
		[TUPLESTAT_CONN_S1] = open_now,
		[TUPLESTAT_CONN_SF] = completed,
		[TUPLESTAT_CONN_REJ] = refused,
		[TUPLESTAT_CONN_S3] = half_closed_by_server,
		[TUPLESTAT_CONN_RSTO] = reset_by_client,
		[TUPLESTAT_CONN_RSTR] = reset_by_server,
		[TUPLESTAT_CONN_SH] = closed_by_client,
		[TUPLESTAT_CONN_SHR] = closed_by_server,
		[TUPLESTAT_CONN_OTH] = unclear,
	};

	if (rst_was_ignored(flow))
		snprintf(text, SENTENCE_LEN,
			 "a RST came that does not belong to it: the connection goes on");
	else if (flow->conn_state >= __TUPLESTAT_CONN_MAX)
		snprintf(text, SENTENCE_LEN, "a verdict that is not known here");
	else if (told[flow->conn_state])
		told[flow->conn_state](text, flow);
	else
		snprintf(text, SENTENCE_LEN, "%s", plain[flow->conn_state]);
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
