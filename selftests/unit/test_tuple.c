// SPDX-License-Identifier: GPL-2.0
/* The 5-tuple: the same key from both sides, and its hash. */
#include <arpa/inet.h>

#include "ktap.h"
#include "tuple.h"

struct way {
	struct tstat_tuple tuple;
	unsigned int sender;
};

static struct way way(const char *src, u16 sport, const char *dst, u16 dport,
		      u8 proto)
{
	int family = strchr(src, ':') ? AF_INET6 : AF_INET;
	u8 from[16], to[16];
	struct way way;

	/* Whatever is not the key's must not get into it. */
	memset(&way, 0xaa, sizeof(way));
	inet_pton(family, src, from);
	inet_pton(family, dst, to);
	way.sender = tstat_tuple_init(&way.tuple, family, proto, from, to,
				      htons(sport), htons(dport));
	return way;
}

static void test_both_ways(const char *name, const char *a, u16 a_port,
			   const char *b, u16 b_port)
{
	struct way there = way(a, a_port, b, b_port, IPPROTO_TCP);
	struct way back = way(b, b_port, a, a_port, IPPROTO_TCP);
	u8 addr[16];

	ktap_ok(tstat_tuple_equal(&there.tuple, &back.tuple),
		"%s: one key for both directions", name);
	ktap_ok(there.sender != back.sender, "%s: the senders differ", name);
	inet_pton(there.tuple.family, a, addr);
	ktap_ok(!memcmp(there.tuple.addr[there.sender].bytes, addr,
			there.tuple.family == AF_INET ? 4 : 16) &&
		there.tuple.port[there.sender] == htons(a_port),
		"%s: the sender's side holds the source", name);
}

static void test_differ(const char *name, struct way a, struct way b)
{
	ktap_ok(!tstat_tuple_equal(&a.tuple, &b.tuple), "%s: other key", name);
}

/*
 * The expected values are CPython's, whose hash() of bytes is SipHash-1-3
 * with a key that follows from PYTHONHASHSEED (0: zero; 1: the second key).
 */
static void test_hash(void)
{
	struct tstat_hash_key zero = {};
	struct tstat_hash_key one = {
		{ 0xaed66ce184be2329ULL, 0xebe9bbf1f1499052ULL },
	};
	struct way v4 = way("10.0.0.1", 40000, "10.0.0.2", 443, IPPROTO_TCP);
	struct way v6 = way("2001:db8::1", 5000, "2001:db8::2", 53,
			    IPPROTO_UDP);

	ktap_ok(tstat_tuple_hash(&v4.tuple, &zero) == 0xd241fc2f7a602298ULL, "hash v4, key 0");
	ktap_ok(tstat_tuple_hash(&v6.tuple, &zero) == 0x60d0c2eacff26539ULL, "hash v6, key 0");
	ktap_ok(tstat_tuple_hash(&v4.tuple, &one) == 0xd18f6f059996fdb3ULL, "hash v4, key 1");
	ktap_ok(tstat_tuple_hash(&v6.tuple, &one) == 0x388d798622dd3238ULL, "hash v6, key 1");
}

int main(void)
{
	ktap_plan(23);
	test_both_ways("v4", "10.0.0.1", 40000, "10.0.0.2", 443);
	test_both_ways("v4, order of bytes", "1.0.0.2", 1, "2.0.0.1", 1);
	test_both_ways("v4, same address", "127.0.0.1", 40000, "127.0.0.1", 80);
	test_both_ways("v6", "2001:db8::1", 5000, "2001:db8::2", 53);
	test_both_ways("v6, same address", "::1", 5000, "::1", 53);
	test_differ("protocol",
		    way("10.0.0.1", 1, "10.0.0.2", 2, IPPROTO_TCP),
		    way("10.0.0.1", 1, "10.0.0.2", 2, IPPROTO_UDP));
	test_differ("ports swapped",
		    way("10.0.0.1", 1, "10.0.0.2", 2, IPPROTO_TCP),
		    way("10.0.0.1", 2, "10.0.0.2", 1, IPPROTO_TCP));
	test_differ("v4 address that ends as the v6",
		    way("10.0.0.1", 1, "10.0.0.2", 2, IPPROTO_TCP),
		    way("::10.0.0.1", 1, "::10.0.0.2", 2, IPPROTO_TCP));
	ktap_ok(way("10.0.0.1", 7, "10.0.0.1", 7, IPPROTO_UDP).sender ==
		way("10.0.0.1", 7, "10.0.0.1", 7, IPPROTO_UDP).sender,
		"to itself from the same port: one side");
	test_hash();
	return ktap_finish();
}
