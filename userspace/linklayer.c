// SPDX-License-Identifier: GPL-2.0
/*
 * From a captured frame to the IP packet in it.
 *
 * What the kernel would not give to the hooks is no IP packet here either:
 * ARP, LLC, PPPoE and the like, and frames that announce one version of IP and
 * hold the other.
 */
#include <stddef.h>

#include <pcap/dlt.h>

#include "linklayer.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* IEEE 802 numbers, "EtherTypes". */
enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_CTAG = 0x8100,	/* 802.1Q */
	ETHERTYPE_STAG = 0x88a8,	/* 802.1ad */
	ETHERTYPE_QINQ = 0x9100,	/* before 802.1ad */
};

/* A tag is two octets of its own and the type of what follows. */
enum {
	TAG_TYPE = 2,
	TAG_LEN = 4,
	/* Two are usual; more than a switch would ever stack. */
	TAGS_MAX = 8,
};

/*
 * Raw IP has this value in files of some BSDs. Others are turned into this
 * system's DLT_RAW by libpcap, or should have been.
 */
enum {
	RAW_LINUX = 12,
	RAW_OPENBSD = 14,
	RAW_FILE = 101,
};

/* AF_INET is the same everywhere, AF_INET6 is not. */
enum {
	LOOPBACK_IPV4 = 2,
	LOOPBACK_IPV6_LINUX = 10,
	LOOPBACK_IPV6_NETBSD = 24,
	LOOPBACK_IPV6_FREEBSD = 28,
	LOOPBACK_IPV6_DARWIN = 30,
};

/* How a link layer says what it carries. */
enum naming {
	NAMED_BY_ITSELF,	/* nothing does: the version of IP tells */
	NAMED_BY_ETHERTYPE,	/* VLAN tags may follow */
	NAMED_BY_FAMILY,	/* an address family of the capturing system */
	ALWAYS_IPV4,
	ALWAYS_IPV6,
};

/**
 * struct layout - of a link layer
 * @type: DLT_*
 * @naming: how it says what it carries
 * @name: offset of the octets that do
 * @len: length of the header
 */
static const struct layout {
	int type;
	enum naming naming;
	uint32_t name;
	uint32_t len;
} layouts[] = {
	{ DLT_EN10MB, NAMED_BY_ETHERTYPE, 12, 14 },
	{ DLT_LINUX_SLL, NAMED_BY_ETHERTYPE, 14, 16 },
	{ DLT_LINUX_SLL2, NAMED_BY_ETHERTYPE, 0, 20 },
	{ RAW_LINUX, NAMED_BY_ITSELF, 0, 0 },
	{ RAW_OPENBSD, NAMED_BY_ITSELF, 0, 0 },
	{ RAW_FILE, NAMED_BY_ITSELF, 0, 0 },
	{ DLT_IPV4, ALWAYS_IPV4, 0, 0 },
	{ DLT_IPV6, ALWAYS_IPV6, 0, 0 },
	{ DLT_NULL, NAMED_BY_FAMILY, 0, 4 },
	{ DLT_LOOP, NAMED_BY_FAMILY, 0, 4 },
};

static const struct layout *find_layout(int type)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(layouts); i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

static uint16_t read_be16(const uint8_t *from)
{
	return (uint16_t)(from[0] << 8 | from[1]);
}

/* The version of IP behind VLAN tags, which move @offset; 0 for no IP. */
static unsigned int by_ethertype(const struct frame *frame, uint16_t type,
				 uint32_t *offset)
{
	int tags;

	for (tags = 0; tags <= TAGS_MAX; tags++) {
		if (type == ETHERTYPE_IPV4)
			return 4;
		if (type == ETHERTYPE_IPV6)
			return 6;
		if (type != ETHERTYPE_CTAG && type != ETHERTYPE_STAG &&
		    type != ETHERTYPE_QINQ)
			return 0;
		if (frame->head_len - *offset < TAG_LEN)
			return 0;
		type = read_be16(frame->bytes + *offset + TAG_TYPE);
		*offset += TAG_LEN;
	}
	return 0;
}

/*
 * DLT_LOOP is in network byte order, DLT_NULL in that of the capturing system.
 * All families are small numbers, so the zeros tell which way round it is.
 */
static unsigned int by_family(const uint8_t *from)
{
	uint16_t high = read_be16(from), low = read_be16(from + 2);
	unsigned int family;

	if (!high)
		family = low;
	else if (!low)
		family = (unsigned int)from[1] << 8 | from[0];
	else
		return 0;

	switch (family) {
	case LOOPBACK_IPV4:
		return 4;
	case LOOPBACK_IPV6_LINUX:
	case LOOPBACK_IPV6_NETBSD:
	case LOOPBACK_IPV6_FREEBSD:
	case LOOPBACK_IPV6_DARWIN:
		return 6;
	default:
		return 0;
	}
}

/* The version of IP that is announced, whose packet is at @offset. */
static unsigned int announced(const struct layout *layout,
			      const struct frame *frame, uint32_t *offset)
{
	const uint8_t *name = frame->bytes + layout->name;

	*offset = layout->len;
	switch (layout->naming) {
	case NAMED_BY_ETHERTYPE:
		return by_ethertype(frame, read_be16(name), offset);
	case NAMED_BY_FAMILY:
		return by_family(name);
	case ALWAYS_IPV4:
		return 4;
	case ALWAYS_IPV6:
		return 6;
	case NAMED_BY_ITSELF:
		break;
	}
	return frame->head_len ? frame->bytes[0] >> 4 : 0;
}

/**
 * linklayer_is_known - can frames of this link layer be read?
 * @type: DLT_*
 */
bool linklayer_is_known(int type)
{
	return find_layout(type);
}

/**
 * linklayer_strip - find the IP packet in a frame
 * @type: DLT_* of the capture, one that linklayer_is_known()
 * @frame: the frame
 * @ip: the packet, from its IP header on; points into @frame
 *
 * Return: false for no IP packet, or a frame that was cut before it could be
 * told.
 */
bool linklayer_strip(int type, const struct frame *frame, struct frame *ip)
{
	const struct layout *layout = find_layout(type);
	unsigned int version;
	uint32_t offset;

	if (!layout || frame->head_len < layout->len)
		return false;
	version = announced(layout, frame, &offset);
	if (version != 4 && version != 6)
		return false;

	*ip = (struct frame){
		.bytes = frame->bytes + offset,
		.head_len = frame->head_len - offset,
		.wire_len = frame->wire_len - offset,
		.ethernet = type == DLT_EN10MB,
	};
	/* One of which nothing was captured is a packet all the same. */
	return !ip->head_len || ip->bytes[0] >> 4 == version;
}
