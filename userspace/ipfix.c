// SPDX-License-Identifier: GPL-2.0
/*
 * Flow records as IPFIX messages, by libfixbuf: it knows the elements, writes
 * templates and sets, and counts the records. It writes into memory: what is
 * sent, and when, is not its business, for its own sockets would block.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixbuf_library.h"
#include "ipfix.h"

/* The originator is the side that began the flow (RFC 5103, section 6.3). */
#define BIFLOW_INITIATOR 1

/* Templates are numbered from the first number on that is none of a set. */
#define FIRST_TEMPLATE 256
#define INTERNAL_TEMPLATE FIRST_TEMPLATE

/* What tells the templates apart, and the number of each from the first. */
enum { OF_IPV6 = 1, OF_TCP = 2, TEMPLATES = 4 };

/* Bits of fbInfoElementSpec_t: which templates have an element. */
enum { IF_IPV4 = 1, IF_IPV6 = 2, IF_TCP = 4 };

/**
 * struct row - a record as libfixbuf takes it, in host order
 *
 * The members are those of @row_elements, in order and without a gap.
 */
struct row {
	uint64_t start_ms;
	uint64_t end_ms;
	uint64_t octets;
	uint64_t packets;
	uint64_t payload;
	uint64_t reverse_octets;
	uint64_t reverse_packets;
	uint64_t reverse_payload;
	uint8_t source6[FLOW_ADDR_LEN];
	uint8_t destination6[FLOW_ADDR_LEN];
	uint32_t source4;
	uint32_t destination4;
	uint16_t source_port;
	uint16_t destination_port;
	uint16_t syn;
	uint16_t reverse_syn;
	uint16_t fin;
	uint16_t reverse_fin;
	uint16_t rst;
	uint16_t reverse_rst;
	uint8_t proto;
	uint8_t end_reason;
	uint8_t direction;
	uint8_t tcp_flags;
	uint8_t reverse_tcp_flags;
	uint8_t padding[3];
};

_Static_assert(sizeof(struct row) == 128, "a row has no gap");

static fbInfoElementSpec_t row_elements[] = {
	{ "flowStartMilliseconds", 8, 0 },
	{ "flowEndMilliseconds", 8, 0 },
	{ "octetDeltaCount", 8, 0 },
	{ "packetDeltaCount", 8, 0 },
	{ "transportOctetDeltaCount", 8, 0 },
	{ "reverseOctetDeltaCount", 8, 0 },
	{ "reversePacketDeltaCount", 8, 0 },
	{ "reverseTransportOctetDeltaCount", 8, 0 },
	{ "sourceIPv6Address", 16, 0 },
	{ "destinationIPv6Address", 16, 0 },
	{ "sourceIPv4Address", 4, 0 },
	{ "destinationIPv4Address", 4, 0 },
	{ "sourceTransportPort", 2, 0 },
	{ "destinationTransportPort", 2, 0 },
	{ "tcpSynTotalCount", 2, 0 },
	{ "reverseTcpSynTotalCount", 2, 0 },
	{ "tcpFinTotalCount", 2, 0 },
	{ "reverseTcpFinTotalCount", 2, 0 },
	{ "tcpRstTotalCount", 2, 0 },
	{ "reverseTcpRstTotalCount", 2, 0 },
	{ "protocolIdentifier", 1, 0 },
	{ "flowEndReason", 1, 0 },
	{ "biflowDirection", 1, 0 },
	{ "tcpControlBits", 1, 0 },
	{ "reverseTcpControlBits", 1, 0 },
	{ "paddingOctets", 3, 0 },
	FB_IESPEC_NULL
};

/*
 * What is on the wire. Milliseconds: nfcapd reads no nanoseconds. The eight TCP
 * flags take one octet (RFC 7011, section 6.2, allows it): nfacctd reads two as
 * none. The reverse ones come first: nfcapd keeps the last it reads. SYN, FIN
 * and RST are counted up to 65535.
 */
static fbInfoElementSpec_t wire_elements[] = {
	{ "flowStartMilliseconds", 8, 0 },
	{ "flowEndMilliseconds", 8, 0 },
	{ "sourceIPv4Address", 4, IF_IPV4 },
	{ "destinationIPv4Address", 4, IF_IPV4 },
	{ "sourceIPv6Address", 16, IF_IPV6 },
	{ "destinationIPv6Address", 16, IF_IPV6 },
	{ "sourceTransportPort", 2, 0 },
	{ "destinationTransportPort", 2, 0 },
	{ "protocolIdentifier", 1, 0 },
	{ "flowEndReason", 1, 0 },
	{ "biflowDirection", 1, 0 },
	{ "octetDeltaCount", 8, 0 },
	{ "packetDeltaCount", 8, 0 },
	{ "transportOctetDeltaCount", 8, 0 },
	{ "reverseOctetDeltaCount", 8, 0 },
	{ "reversePacketDeltaCount", 8, 0 },
	{ "reverseTransportOctetDeltaCount", 8, 0 },
	{ "reverseTcpControlBits", 1, IF_TCP },
	{ "tcpControlBits", 1, IF_TCP },
	{ "tcpSynTotalCount", 2, IF_TCP },
	{ "tcpFinTotalCount", 2, IF_TCP },
	{ "tcpRstTotalCount", 2, IF_TCP },
	{ "reverseTcpSynTotalCount", 2, IF_TCP },
	{ "reverseTcpFinTotalCount", 2, IF_TCP },
	{ "reverseTcpRstTotalCount", 2, IF_TCP },
	FB_IESPEC_NULL
};

/**
 * struct ipfix - a writer of messages
 * @lib: libfixbuf
 * @model: the elements that it knows
 * @session: templates and sequence numbers, @buf's
 * @exporter: into @message, @buf's
 * @buf: the message that is being written; NULL while there is no session
 * @domain: observation domain
 * @has_records: there are records in the message that is being written
 * @error: why the last call failed
 * @message: the last message that was ended
 */
struct ipfix {
	const struct fixbuf_library *lib;
	fbInfoModel_t *model;
	fbSession_t *session;
	fbExporter_t *exporter;
	fBuf_t *buf;
	uint32_t domain;
	bool has_records;
	char error[256];
	uint8_t message[UINT16_MAX];
};

/* Returns a negative errno, or 0 where the library has no error to tell. */
static int take_error(struct ipfix *ipfix, bool done, GError **error)
{
	bool full;

	if (done)
		return 0;
	full = *error && (*error)->code == FB_ERROR_EOM;
	snprintf(ipfix->error, sizeof(ipfix->error), "libfixbuf: %s",
		 *error ? (*error)->message : "no reason given");
	ipfix->lib->clear_error(error);
	return full ? -ENOSPC : -EIO;
}

/* @internal: what the template is for, a row or a message. */
static int add_template(struct ipfix *ipfix, fbSession_t *session,
			bool internal, uint16_t id, uint32_t has)
{
	fbInfoElementSpec_t *elements = internal ? row_elements : wire_elements;
	fbTemplate_t *template = ipfix->lib->template_new(ipfix->model);
	GError *error = NULL;
	bool done;

	done = ipfix->lib->template_append(template, elements, has, &error) &&
	       ipfix->lib->session_add_template(session, internal, id, template,
						&error);
	if (!done)
		ipfix->lib->template_free_unused(template);
	return take_error(ipfix, done, &error);
}

static int add_templates(struct ipfix *ipfix, fbSession_t *session)
{
	uint16_t i;
	int ret;

	ret = add_template(ipfix, session, true, INTERNAL_TEMPLATE, 0);
	for (i = 0; !ret && i < TEMPLATES; i++)
		ret = add_template(ipfix, session, false, FIRST_TEMPLATE + i,
				   (i & OF_IPV6 ? IF_IPV6 : IF_IPV4) |
				   (i & OF_TCP ? IF_TCP : 0));
	return ret;
}

static void end_session(struct ipfix *ipfix)
{
	if (ipfix->buf)
		ipfix->lib->buf_free(ipfix->buf);
	ipfix->buf = NULL;
}

/**
 * ipfix_begin_session - begin a transport session
 * @ipfix: the writer
 * @max_len: the longest message, at least IPFIX_MESSAGE_MIN
 *
 * Records are counted anew, and templates are yet to be put (RFC 7011, section
 * 3.1: sequence numbers are those of a transport session). What was written of
 * a message is gone.
 *
 * Return: 0, or -EIO with ipfix_error().
 */
int ipfix_begin_session(struct ipfix *ipfix, uint16_t max_len)
{
	fbSession_t *session = ipfix->lib->session_new(ipfix->model);
	GError *error = NULL;
	bool done;
	int ret;

	end_session(ipfix);
	ipfix->has_records = false;
	ipfix->lib->session_set_domain(session, ipfix->domain);
	/* Before there is a buffer, or each would be written to it at once. */
	ret = add_templates(ipfix, session);
	ipfix->session = session;
	ipfix->exporter = ipfix->lib->exporter_new(ipfix->message, max_len);
	ipfix->buf = ipfix->lib->buf_new(session, ipfix->exporter);
	if (ret)
		return ret;
	ipfix->lib->buf_set_automatic(ipfix->buf, false);
	done = ipfix->lib->buf_set_internal(ipfix->buf, INTERNAL_TEMPLATE,
					    &error);
	return take_error(ipfix, done, &error);
}

/**
 * ipfix_new - make a writer; before anything else it needs a session
 * @domain: observation domain
 * @error: set to why that failed
 *
 * Return: the writer, or NULL.
 */
struct ipfix *ipfix_new(uint32_t domain, const char **error)
{
	const struct fixbuf_library *lib = fixbuf_library_load(error);
	struct ipfix *ipfix;

	if (!lib)
		return NULL;
	ipfix = calloc(1, sizeof(*ipfix));
	if (!ipfix) {
		*error = strerror(ENOMEM);
		return NULL;
	}
	ipfix->lib = lib;
	ipfix->model = lib->model_new();
	ipfix->domain = domain;
	return ipfix;
}

/**
 * ipfix_free - the end of a writer
 * @ipfix: the writer, or NULL
 */
void ipfix_free(struct ipfix *ipfix)
{
	if (!ipfix)
		return;
	end_session(ipfix);
	ipfix->lib->model_free(ipfix->model);
	free(ipfix);
}

static int export_templates(struct ipfix *ipfix)
{
	GError *error = NULL;
	bool done;

	done = ipfix->lib->session_export_templates(ipfix->session, &error);
	return take_error(ipfix, done, &error);
}

/**
 * ipfix_put_templates - write all templates into a message
 * @ipfix: the writer, of which nothing is written yet; nor is anything behind
 *	them: the message is to be ended
 *
 * Return: 0, or a negative errno with ipfix_error().
 */
int ipfix_put_templates(struct ipfix *ipfix)
{
	int ret = export_templates(ipfix);

	/* After data it says so once, also where that message was ended. */
	return ret == -ENOSPC ? export_templates(ipfix) : ret;
}

static void set_addresses(struct row *row, const struct ipfix_record *record)
{
	if (record->family == AF_INET6) {
		memcpy(row->source6, record->orig.addr, FLOW_ADDR_LEN);
		memcpy(row->destination6, record->reply.addr, FLOW_ADDR_LEN);
		return;
	}
	memcpy(&row->source4, record->orig.addr, sizeof(row->source4));
	memcpy(&row->destination4, record->reply.addr,
	       sizeof(row->destination4));
	row->source4 = ntohl(row->source4);
	row->destination4 = ntohl(row->destination4);
}

static struct row row_of(const struct ipfix_record *record)
{
	const struct ipfix_side *orig = &record->orig, *reply = &record->reply;
	struct row row = {
		.start_ms = record->start_ns / NS_PER_MSEC,
		.end_ms = record->end_ns / NS_PER_MSEC,
		.octets = orig->ip_bytes,
		.packets = orig->packets,
		.payload = orig->payload_bytes,
		.reverse_octets = reply->ip_bytes,
		.reverse_packets = reply->packets,
		.reverse_payload = reply->payload_bytes,
		.source_port = orig->port,
		.destination_port = reply->port,
		.syn = orig->syn,
		.reverse_syn = reply->syn,
		.fin = orig->fin,
		.reverse_fin = reply->fin,
		.rst = orig->rst,
		.reverse_rst = reply->rst,
		.proto = record->proto,
		.end_reason = record->end_reason,
		.direction = BIFLOW_INITIATOR,
		.tcp_flags = orig->tcp_flags,
		.reverse_tcp_flags = reply->tcp_flags,
	};

	set_addresses(&row, record);
	return row;
}

static int append(struct ipfix *ipfix, uint16_t template, struct row *row)
{
	GError *error = NULL;
	bool done;

	done = ipfix->lib->buf_set_external(ipfix->buf, template, &error) &&
	       ipfix->lib->buf_append(ipfix->buf, (uint8_t *)row, sizeof(*row),
				      &error);
	return take_error(ipfix, done, &error);
}

/**
 * ipfix_put - write a record into the message
 * @ipfix: the writer
 * @record: the record
 *
 * Return: 0; -ENOSPC where the message is full, and the record not in it; or
 * another errno with ipfix_error().
 */
int ipfix_put(struct ipfix *ipfix, const struct ipfix_record *record)
{
	uint16_t template = FIRST_TEMPLATE +
		(record->family == AF_INET6 ? OF_IPV6 : 0) +
		(record->proto == IPPROTO_TCP ? OF_TCP : 0);
	struct row row = row_of(record);
	int ret;

	ret = append(ipfix, template, &row);
	/* As ipfix_put_templates(), after templates. */
	if (ret == -ENOSPC && !ipfix->has_records)
		ret = append(ipfix, template, &row);
	if (!ret)
		ipfix->has_records = true;
	return ret;
}

/**
 * ipfix_end_message - take the message; the next one begins
 * @ipfix: the writer
 * @len: set to its length
 *
 * Return: the message, until the next call; or NULL with ipfix_error().
 */
const uint8_t *ipfix_end_message(struct ipfix *ipfix, size_t *len)
{
	GError *error = NULL;
	bool done;

	done = ipfix->lib->buf_emit(ipfix->buf, &error);
	if (take_error(ipfix, done, &error))
		return NULL;
	ipfix->has_records = false;
	*len = ipfix->lib->exporter_len(ipfix->exporter);
	return ipfix->message;
}

/**
 * ipfix_error - why the last call failed
 * @ipfix: the writer
 */
const char *ipfix_error(const struct ipfix *ipfix)
{
	return ipfix->error;
}
