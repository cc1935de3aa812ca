// SPDX-License-Identifier: GPL-2.0
/* Link layers: where the IP packet begins, and what is none. */
#include <stdlib.h>

#include <pcap/dlt.h>

#include "ktap.h"
#include "linklayer.h"
#include "packet.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define LINK_MAX 64

#define MACS "\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
#define IPV4 "\x08\x00"
#define IPV6 "\x86\xdd"
#define TAG "\x81\x00\x00\x07"
#define STAG "\x88\xa8\x00\x07"
#define QTAG "\x91\x00\x00\x07"
#define TAGS4 TAG TAG TAG TAG
#define SLL_ADDR "\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0"
#define SLL2_REST "\0\0\0\0\0\x02\0\x01\0\x06\x02\0\0\0\0\x01\0\0"

/* A link header, the packet of which version behind it; 0 for no IP. */
#define LINK(bytes) (const u8 *)(bytes), sizeof(bytes) - 1

static const struct {
	const char *name;
	int type;
	const u8 *link;
	u32 link_len;
	int version;
	bool is_ip;
} links[] = {
	{ "Ethernet, IPv4", DLT_EN10MB, LINK(MACS IPV4), 4, true },
	{ "Ethernet, IPv6", DLT_EN10MB, LINK(MACS IPV6), 6, true },
	{ "Ethernet, ARP", DLT_EN10MB, LINK(MACS "\x08\x06"), 4, false },
	{ "Ethernet, PPPoE", DLT_EN10MB, LINK(MACS "\x88\x64"), 4, false },
	{ "Ethernet, LLC", DLT_EN10MB, LINK(MACS "\x00\x26"), 4, false },
	{ "Ethernet, IPv4 that is announced as IPv6", DLT_EN10MB,
	  LINK(MACS IPV6), 4, false },
	{ "Ethernet, IPv6 that is announced as IPv4", DLT_EN10MB,
	  LINK(MACS IPV4), 6, false },
	{ "802.1Q", DLT_EN10MB, LINK(MACS TAG IPV4), 4, true },
	{ "802.1ad", DLT_EN10MB, LINK(MACS STAG TAG IPV6), 6, true },
	{ "Q-in-Q of old", DLT_EN10MB, LINK(MACS QTAG TAG IPV4), 4, true },
	{ "802.1Q, ARP", DLT_EN10MB, LINK(MACS TAG "\x08\x06"), 4, false },
	{ "eight tags", DLT_EN10MB, LINK(MACS TAGS4 TAGS4 IPV4), 4, true },
	{ "more tags than anybody stacks", DLT_EN10MB,
	  LINK(MACS TAGS4 TAGS4 TAG IPV4), 4, false },
	{ "Linux cooked, IPv4", DLT_LINUX_SLL, LINK(SLL_ADDR IPV4), 4, true },
	{ "Linux cooked, IPv6", DLT_LINUX_SLL, LINK(SLL_ADDR IPV6), 6, true },
	{ "Linux cooked, 802.1Q", DLT_LINUX_SLL, LINK(SLL_ADDR TAG IPV4), 4,
	  true },
	{ "Linux cooked, LLC", DLT_LINUX_SLL, LINK(SLL_ADDR "\0\x04"), 4,
	  false },
	{ "Linux cooked v2, IPv4", DLT_LINUX_SLL2, LINK(IPV4 SLL2_REST), 4,
	  true },
	{ "Linux cooked v2, IPv6", DLT_LINUX_SLL2, LINK(IPV6 SLL2_REST), 6,
	  true },
	{ "Linux cooked v2, ARP", DLT_LINUX_SLL2, LINK("\x08\x06" SLL2_REST),
	  4, false },
	{ "raw, IPv4", DLT_RAW, LINK(""), 4, true },
	{ "raw, IPv6", DLT_RAW, LINK(""), 6, true },
	{ "raw, version 5", DLT_RAW, LINK(""), 5, false },
	{ "raw of OpenBSD", 14, LINK(""), 4, true },
	{ "raw by its number in files", 101, LINK(""), 6, true },
	{ "raw IPv4", DLT_IPV4, LINK(""), 4, true },
	{ "raw IPv4 that is IPv6", DLT_IPV4, LINK(""), 6, false },
	{ "raw IPv6", DLT_IPV6, LINK(""), 6, true },
	{ "raw IPv6 that is IPv4", DLT_IPV6, LINK(""), 4, false },
	{ "null, little endian, IPv4", DLT_NULL, LINK("\2\0\0\0"), 4, true },
	{ "null, big endian, IPv4", DLT_NULL, LINK("\0\0\0\2"), 4, true },
	{ "null, IPv6 of Linux", DLT_NULL, LINK("\x0a\0\0\0"), 6, true },
	{ "null, IPv6 of NetBSD", DLT_NULL, LINK("\0\0\0\x18"), 6, true },
	{ "null, IPv6 of FreeBSD", DLT_NULL, LINK("\x1c\0\0\0"), 6, true },
	{ "null, IPv6 of Darwin", DLT_NULL, LINK("\x1e\0\0\0"), 6, true },
	{ "null, AppleTalk", DLT_NULL, LINK("\x10\0\0\0"), 4, false },
	{ "null, no family at all", DLT_NULL, LINK("\2\0\0\2"), 4, false },
	{ "loop, IPv4", DLT_LOOP, LINK("\0\0\0\2"), 4, true },
	{ "loop, IPv6", DLT_LOOP, LINK("\0\0\0\x18"), 6, true },
};

/* In memory that ends where the frame ends: ASan sees who reads beyond. */
static bool strip(int type, const u8 *bytes, u32 head_len, u32 wire_len,
		  struct frame *ip, u32 *offset)
{
	u8 *copy = malloc(head_len ? head_len : 1);
	struct frame frame = { copy, head_len, wire_len, false };
	bool found;

	memcpy(copy, bytes, head_len);
	found = linklayer_strip(type, &frame, ip);
	*offset = found ? (u32)(ip->bytes - copy) : 0;
	free(copy);
	return found;
}

static void test_one(size_t i)
{
	u32 link_len = links[i].link_len, len, offset, told = 0;
	u8 bytes[LINK_MAX + 100] = { 0 };
	struct frame ip;
	bool found;

	memcpy(bytes, links[i].link, link_len);
	bytes[link_len] = (u8)(links[i].version << 4);
	found = strip(links[i].type, bytes, link_len + 60, link_len + 1500,
		      &ip, &offset);
	ktap_ok(found == links[i].is_ip &&
		(!found || (offset == link_len && ip.head_len == 60 &&
			    ip.wire_len == 1500)), "%s", links[i].name);

	/* Cut within the link header nobody can tell what it carries. */
	for (len = 0; len < link_len; len++)
		told += strip(links[i].type, bytes, len, link_len + 1500, &ip,
			      &offset);
	ktap_ok(!told, "%s, cut at each byte", links[i].name);
}

static void test_cut_behind_header(void)
{
	u8 bytes[] = MACS IPV4;
	struct frame ip;
	u32 offset;

	ktap_ok(strip(DLT_EN10MB, bytes, 14, 74, &ip, &offset) &&
		!ip.head_len && ip.wire_len == 60,
		"Ethernet, nothing captured of the packet: it is one");
	ktap_ok(!strip(DLT_RAW, bytes, 0, 60, &ip, &offset),
		"raw, nothing captured: who knows");
}

static void test_unknown(void)
{
	u8 bytes[100] = { 0x45 };
	struct frame ip;
	u32 offset;

	ktap_ok(!linklayer_is_known(DLT_IEEE802_11) &&
		!strip(DLT_IEEE802_11, bytes, 100, 100, &ip, &offset) &&
		linklayer_is_known(DLT_EN10MB), "unknown link layer");
}

int main(void)
{
	size_t i;

	ktap_plan(2 * ARRAY_SIZE(links) + 3);
	for (i = 0; i < ARRAY_SIZE(links); i++)
		test_one(i);
	test_cut_behind_header();
	test_unknown();
	return ktap_finish();
}
