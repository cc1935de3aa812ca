// SPDX-License-Identifier: GPL-2.0
/* Flows as the lines of a conn.log of Zeek. */
#include <string.h>
#include <time.h>

#include "text.h"
#include "tuple.h"
#include "zeek.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* What Zeek writes where a field is not set. */
#define UNSET "-"

/* Digits of a second: Zeek's own. */
#define DIGITS 6

/**
 * struct identity - what tells a flow from all others
 * @addr: of the lower end, of the higher one
 * @port: likewise
 * @first_id: distinguishes successive flows with the same ends
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: AF_INET or AF_INET6
 * @zero: always zero, so that nothing else is hashed
 */
struct identity {
	uint8_t addr[2][FLOW_ADDR_LEN];
	uint16_t port[2];
	uint8_t proto;
	uint8_t family;
	uint8_t zero[2];
	uint64_t first_id;
};

_Static_assert(sizeof(struct identity) == 2 * FLOW_ADDR_LEN + 16,
	       "no padding, for it is hashed as bytes");

static struct identity identity_of(const struct flow *flow)
{
	int order = memcmp(flow->orig.addr, flow->reply.addr, FLOW_ADDR_LEN);
	/* Who began a flow can turn out later; it is the same flow still. */
	bool swap = order > 0 || (!order && flow->orig.port > flow->reply.port);
	struct identity identity = {
		.proto = flow->proto,
		.family = flow->family,
		.first_id = htole64(flow_first_id(flow)),
	};

	memcpy(identity.addr[swap], flow->orig.addr, FLOW_ADDR_LEN);
	memcpy(identity.addr[!swap], flow->reply.addr, FLOW_ADDR_LEN);
	identity.port[swap] = htole16(flow->orig.port);
	identity.port[!swap] = htole16(flow->reply.port);
	return identity;
}

static char *put_base62(char *at, uint64_t value, unsigned int digits)
{
	static const char base62[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	for (; digits; digits--, value /= 62)
		*at++ = base62[value % 62];
	return at;
}

/**
 * zeek_uid - a name for a flow, the same wherever and whenever it is printed
 * @uid: where to put it
 * @flow: the flow
 *
 * In Zeek's form, 'C' and 17 digits to base 62. Zeek takes random ones, which
 * another answer could not have again; here it is a hash (SipHash-1-3, with
 * the keys 0 and 1) of protocol, addresses, ports, and flow_first_id().
 */
void zeek_uid(char uid[ZEEK_UID_LEN], const struct flow *flow)
{
	static const struct tstat_hash_key keys[] = {
		{ .k = { 0, 0 } }, { .k = { 1, 0 } },
	};
	struct identity identity = identity_of(flow);

	*uid++ = 'C';
	uid = put_base62(uid, tstat_hash_bytes(&identity, sizeof(identity),
					       &keys[0]), 9);
	uid = put_base62(uid, tstat_hash_bytes(&identity, sizeof(identity),
					       &keys[1]), 8);
	*uid = '\0';
}

static void put_ts(struct columns *columns, const struct flow *flow,
		   const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	cell_put_seconds(columns, flow->first_ns, DIGITS);
}

static void put_uid(struct columns *columns, const struct flow *flow,
		    const struct field *field, const struct style *style)
{
	char uid[ZEEK_UID_LEN];

	(void)field;
	(void)style;
	zeek_uid(uid, flow);
	cell_put(columns, uid);
}

/* As Zeek has it: of a single packet there is none, and no sizes, either. */
static void put_duration(struct columns *columns, const struct flow *flow,
			 const struct field *field, const struct style *style)
{
	(void)field;
	(void)style;
	if (flow_duration(flow))
		cell_put_seconds(columns, flow_duration(flow), DIGITS);
	else
		cell_put(columns, UNSET);
}

static void put_size(struct columns *columns, const struct flow *flow,
		     const struct field *field, const struct style *style)
{
	const struct flow_end *end = field->at ? &flow->reply : &flow->orig;

	(void)style;
	if (flow_duration(flow))
		cell_put_u64(columns, end->sent.payload_bytes);
	else
		cell_put(columns, UNSET);
}

static void put_unset(struct columns *columns, const struct flow *flow,
		      const struct field *field, const struct style *style)
{
	(void)flow;
	(void)field;
	(void)style;
	cell_put(columns, UNSET);
}

/**
 * struct zeek_field - a field of conn.log
 * @field: its name there; what puts it, unless @ours does
 * @type: Zeek's type
 * @ours: our name for it, where it is printed as for TSV; else NULL
 */
static const struct zeek_field {
	struct field field;
	const char *type;
	const char *ours;
} zeek[] = {
	{ { .name = "ts", .put = put_ts }, "time", NULL },
	{ { .name = "uid", .put = put_uid }, "string", NULL },
	{ { .name = "id.orig_h" }, "addr", "orig.addr" },
	{ { .name = "id.orig_p" }, "port", "orig.port" },
	{ { .name = "id.resp_h" }, "addr", "reply.addr" },
	{ { .name = "id.resp_p" }, "port", "reply.port" },
	{ { .name = "proto" }, "enum", "proto" },
	{ { .name = "service", .put = put_unset }, "string", NULL },
	{ { .name = "duration", .put = put_duration }, "interval", NULL },
	{ { .name = "orig_bytes", .put = put_size }, "count", NULL },
	{ { .name = "resp_bytes", .put = put_size, .at = 1 }, "count", NULL },
	{ { .name = "conn_state" }, "string", "conn_state" },
	{ { .name = "local_orig", .put = put_unset }, "bool", NULL },
	{ { .name = "local_resp", .put = put_unset }, "bool", NULL },
	{ { .name = "missed_bytes", .put = put_unset }, "count", NULL },
	{ { .name = "history" }, "string", "history" },
	{ { .name = "orig_pkts" }, "count", "orig.packets" },
	{ { .name = "orig_ip_bytes" }, "count", "orig.ip_bytes" },
	{ { .name = "resp_pkts" }, "count", "reply.packets" },
	{ { .name = "resp_ip_bytes" }, "count", "reply.ip_bytes" },
	{ { .name = "tunnel_parents", .put = put_unset }, "set[string]", NULL },
};

/**
 * zeek_fields - the columns of a conn.log
 * @field: where to put them
 *
 * Return: how many there are.
 */
size_t zeek_fields(const struct field *field[COLUMNS_MAX])
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zeek); i++) {
		const char *ours = zeek[i].ours;

		field[i] = ours ? field_find(ours, strlen(ours)) :
				  &zeek[i].field;
	}
	return ARRAY_SIZE(zeek);
}

static void put_time(FILE *out, const char *what)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	if (localtime_r(&now, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d-%H-%M-%S", &tm))
		fprintf(out, "#%s\t%s\n", what, text);
}

static void put_header(FILE *out)
{
	size_t i;

	fputs("#separator \\x09\n"
	      "#set_separator\t,\n"
	      "#empty_field\t(empty)\n"
	      "#unset_field\t" UNSET "\n"
	      "#path\tconn\n", out);
	put_time(out, "open");
	fputs("#fields", out);
	for (i = 0; i < ARRAY_SIZE(zeek); i++)
		fprintf(out, "\t%s", zeek[i].field.name);
	fputs("\n#types", out);
	for (i = 0; i < ARRAY_SIZE(zeek); i++)
		fprintf(out, "\t%s", zeek[i].type);
	fputc('\n', out);
}

/**
 * zeek_print - the rows as a conn.log
 * @out: where to
 * @columns: the rows, of zeek_fields()
 * @header: print the lines before and behind them that tell what they are
 */
void zeek_print(FILE *out, const struct columns *columns, bool header)
{
	if (header)
		put_header(out);
	columns_print_tsv(out, columns, false);
	if (header)
		put_time(out, "close");
}
