// SPDX-License-Identifier: GPL-2.0
/* A filter as attributes: each byte of them, for every kind of term. */
#include <arpa/inet.h>
#include <errno.h>

#include "encode.h"
#include "genl.h"
#include "ktap.h"

#define ATTRS_MAX 4
#define HEADER_LEN 20	/* of netlink and of generic netlink */

/**
 * struct attr - an attribute that must be there
 * @type: enum tuplestat_a_term
 * @len: length of its payload
 * @bytes: its payload
 */
struct attr {
	u16 type;
	u16 len;
	u8 bytes[16];
};

#define NOT { TUPLESTAT_A_TERM_NOT, 0, { 0 } }
#define SIDE(side) { TUPLESTAT_A_TERM_SIDE, 1, { TUPLESTAT_SIDE_##side } }
#define ADDR4(...) { TUPLESTAT_A_TERM_ADDR, 4, { __VA_ARGS__ } }
#define ADDR6(...) { TUPLESTAT_A_TERM_ADDR, 16, { __VA_ARGS__ } }
#define PREFIX(bits) { TUPLESTAT_A_TERM_PREFIX, 1, { bits } }
#define PORT(which, high, low) \
	{ TUPLESTAT_A_TERM_PORT_##which, 2, { high, low } }

static const struct {
	const char *name;
	struct tstat_term term;
	struct attr attrs[ATTRS_MAX];
} terms[] = {
	{ "IPv4", { .field = TSTAT_FIELD_FAMILY, .family = AF_INET },
	  { { TUPLESTAT_A_TERM_FAMILY, 1, { AF_INET } } } },
	{ "not IPv6",
	  { .field = TSTAT_FIELD_FAMILY, .negate = true, .family = AF_INET6 },
	  { NOT, { TUPLESTAT_A_TERM_FAMILY, 1, { AF_INET6 } } } },
	{ "UDP", { .field = TSTAT_FIELD_PROTO, .proto = IPPROTO_UDP },
	  { { TUPLESTAT_A_TERM_PROTO, 1, { IPPROTO_UDP } } } },
	{ "src 10.1.2.0/24",
	  { .field = TSTAT_FIELD_NET, .side = TUPLESTAT_SIDE_ORIG,
	    .net = { AF_INET, 24, { 10, 1, 2, 0 } } },
	  { SIDE(ORIG), ADDR4(10, 1, 2, 0), PREFIX(24) } },
	{ "not dst 2001:db8::ff",
	  { .field = TSTAT_FIELD_NET, .side = TUPLESTAT_SIDE_REPLY,
	    .negate = true,
	    .net = { AF_INET6, 128, { 0x20, 1, 0xd, 0xb8, [15] = 0xff } } },
	  { NOT, SIDE(REPLY), ADDR6(0x20, 1, 0xd, 0xb8, [15] = 0xff),
	    PREFIX(128) } },
	{ "host 0.0.0.0/0",
	  { .field = TSTAT_FIELD_NET, .side = TUPLESTAT_SIDE_EITHER,
	    .net = { AF_INET, 0, { 0 } } },
	  { SIDE(EITHER), ADDR4(0, 0, 0, 0), PREFIX(0) } },
	{ "host ::/0",
	  { .field = TSTAT_FIELD_NET, .side = TUPLESTAT_SIDE_EITHER,
	    .net = { AF_INET6, 0, { 0 } } },
	  { SIDE(EITHER), ADDR6(0), PREFIX(0) } },
	{ "sport 8000-8999",
	  { .field = TSTAT_FIELD_PORT, .side = TUPLESTAT_SIDE_ORIG,
	    .port = { 8000, 8999 } },
	  { SIDE(ORIG), PORT(FIRST, 0x1f, 0x40), PORT(LAST, 0x23, 0x27) } },
	{ "not dport 443",
	  { .field = TSTAT_FIELD_PORT, .side = TUPLESTAT_SIDE_REPLY,
	    .negate = true, .port = { 443, 443 } },
	  { NOT, SIDE(REPLY), PORT(FIRST, 1, 0xbb), PORT(LAST, 1, 0xbb) } },
	{ "port 0-65535",
	  { .field = TSTAT_FIELD_PORT, .side = TUPLESTAT_SIDE_EITHER,
	    .port = { 0, 65535 } },
	  { SIDE(EITHER), PORT(FIRST, 0, 0), PORT(LAST, 0xff, 0xff) } },
	/* Host byte order: of these, bytes that are the same either way. */
	{ "states",
	  { .field = TSTAT_FIELD_STATE, .states = 0x01020201 },
	  { { TUPLESTAT_A_TERM_STATES, 4, { 1, 2, 2, 1 } } } },
	{ "not verdicts",
	  { .field = TSTAT_FIELD_CONN, .negate = true, .states = 0x01040401 },
	  { NOT, { TUPLESTAT_A_TERM_CONN_STATES, 4, { 1, 4, 4, 1 } } } },
};

static _Alignas(8) char request[GENL_REQUEST_LEN];

static struct nlmsghdr *begin(void)
{
	struct nlmsghdr *nlh;

	/* Older versions of libmnl leave the padding as it was. */
	memset(request, 0, sizeof(request));
	nlh = mnl_nlmsg_put_header(request);
	mnl_nlmsg_put_extra_header(nlh, HEADER_LEN - MNL_NLMSG_HDRLEN);
	return nlh;
}

/* Builds what is wanted without any help; returns its length. */
static size_t expect_attr(u8 *at, u16 type, const void *bytes, u16 len)
{
	u16 total = 4 + len;

	memset(at, 0, (total + 3) & ~3U);
	memcpy(at, &total, 2);
	memcpy(at + 2, &type, 2);
	memcpy(at + 4, bytes, len);
	return (total + 3) & ~3U;
}

static size_t expect_term(u8 *at, const struct attr *attr)
{
	u8 nest[64];
	size_t len = 0;
	int i;

	/* The type 0 ends them: UNSPEC is no attribute. */
	for (i = 0; i < ATTRS_MAX && attr[i].type; i++)
		len += expect_attr(nest + len, attr[i].type, attr[i].bytes,
				   attr[i].len);
	return expect_attr(at, TUPLESTAT_A_FLOW_TERM | NLA_F_NESTED, nest,
			   (u16)len);
}

static bool is_request(const struct nlmsghdr *nlh, const u8 *attrs, size_t len)
{
	return nlh->nlmsg_len == HEADER_LEN + len &&
	       !memcmp(request + HEADER_LEN, attrs, len);
}

static void test_terms(void)
{
	struct tstat_filter filter = { .count = 1 };
	struct nlmsghdr *nlh;
	u8 wanted[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(terms); i++) {
		filter.term[0] = terms[i].term;
		nlh = begin();
		ktap_ok(!encode_filter(nlh, &filter) &&
			is_request(nlh, wanted,
				   expect_term(wanted, terms[i].attrs)),
			"term: %s", terms[i].name);
	}
}

static void test_order(void)
{
	struct tstat_filter filter = { .count = ARRAY_SIZE(terms) };
	struct nlmsghdr *nlh = begin();
	u8 wanted[1024];
	size_t i, len = 0;

	for (i = 0; i < ARRAY_SIZE(terms); i++) {
		filter.term[i] = terms[i].term;
		len += expect_term(wanted + len, terms[i].attrs);
	}
	ktap_ok(!encode_filter(nlh, &filter) && is_request(nlh, wanted, len),
		"all of them, in their order");
	filter.count = 0;
	nlh = begin();
	ktap_ok(!encode_filter(nlh, &filter) && is_request(nlh, wanted, 0),
		"none of them, no attribute");
}

/* The longest filter fits behind what else a request can hold, and no more. */
static void test_bounds(void)
{
	struct tstat_filter filter = { .count = TUPLESTAT_TERMS_MAX };
	static const u8 zeros[1024];
	struct nlmsghdr *nlh = begin();
	u32 i, len;

	for (i = 0; i < TUPLESTAT_TERMS_MAX; i++)
		filter.term[i] = (struct tstat_term){
			.field = TSTAT_FIELD_NET, .negate = true,
			.net = { .family = AF_INET6, .bits = 128 },
		};
	ktap_ok(!encode_filter(nlh, &filter) &&
		nlh->nlmsg_len == HEADER_LEN + TUPLESTAT_TERMS_MAX * 44,
		"bounds: the longest filter");
	len = GENL_REQUEST_LEN - nlh->nlmsg_len;
	nlh = begin();
	mnl_attr_put(nlh, 1, len - 4, zeros);
	ktap_ok(!encode_filter(nlh, &filter) &&
		nlh->nlmsg_len == GENL_REQUEST_LEN, "bounds: to the last byte");
	nlh = begin();
	mnl_attr_put(nlh, 1, len, zeros);
	ktap_ok(encode_filter(nlh, &filter) == -EMSGSIZE &&
		nlh->nlmsg_len == HEADER_LEN + len + 4,
		"bounds: no byte more");
}

int main(void)
{
	ktap_plan(ARRAY_SIZE(terms) + 2 + 3);
	test_terms();
	test_order();
	test_bounds();
	return ktap_finish();
}
