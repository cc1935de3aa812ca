// SPDX-License-Identifier: GPL-2.0
/*
 * Ports that servers are likely to have.
 *
 * Who sends the first packet that we see need not have begun the conversation.
 * Zeek's rule: where the source has a server's port and the destination has
 * none, it is the other way round.
 */
#include "ports.h"

static void set(u32 *map, unsigned int port)
{
	map[port / 32] |= 1U << port % 32;
}

static bool get(const u32 *map, u16 port)
{
	return map[port / 32] >> port % 32 & 1;
}

/* A decimal number up to 65535; moves @text behind it. */
static bool parse_port(const char **text, unsigned int *port)
{
	const char *p = *text;

	*port = 0;
	while (*p >= '0' && *p <= '9' && *port <= U16_MAX)
		*port = *port * 10 + (*p++ - '0');
	if (p == *text || *port > U16_MAX)
		return false;
	*text = p;
	return true;
}

static bool parse_item(struct tstat_ports *ports, const char **text)
{
	unsigned int from, to;
	u32 *map;

	if (!strncmp(*text, "tcp/", 4))
		map = ports->tcp;
	else if (!strncmp(*text, "udp/", 4))
		map = ports->udp;
	else
		return false;
	*text += 4;
	if (!parse_port(text, &from))
		return false;
	to = from;
	if (**text == '-') {
		(*text)++;
		if (!parse_port(text, &to))
			return false;
	}
	if (from > to)
		return false;
	for (; from <= to; from++)
		set(map, from);
	return true;
}

/**
 * tstat_ports_parse() - read a list of ports
 * @ports: written whole
 * @list: "tcp/80,udp/53,tcp/8000-8099"; empty for none; a newline may end it
 *
 * Return: false where the list is not of that form; then @ports is part of it.
 */
bool tstat_ports_parse(struct tstat_ports *ports, const char *list)
{
	memset(ports, 0, sizeof(*ports));
	if (!*list || *list == '\n')
		return true;
	for (;;) {
		if (!parse_item(ports, &list))
			return false;
		if (!*list || (*list == '\n' && !list[1]))
			return true;
		if (*list++ != ',')
			return false;
	}
}

static u16 port_of(const struct tstat_tuple *tuple, unsigned int side)
{
	return get_unaligned_be16(&tuple->port[side]);
}

static bool is_broadcast(const struct tstat_tuple *tuple, unsigned int side)
{
	return tuple->family == AF_INET &&
	       tuple->addr[side].words[0] == U32_MAX;
}

static bool is_from_server(const u32 *map, const struct tstat_tuple *tuple,
			   unsigned int sender)
{
	return get(map, port_of(tuple, sender)) &&
	       !is_broadcast(tuple, !sender);
}

/**
 * tstat_ports_flip_udp() - whether the first datagram of a flow is an answer
 * @ports: ports that servers are likely to have
 * @tuple: the flow
 * @sender: the side that sent the datagram
 *
 * Return: whether the originator is the other side.
 */
bool tstat_ports_flip_udp(const struct tstat_ports *ports,
			  const struct tstat_tuple *tuple, unsigned int sender)
{
	return is_from_server(ports->udp, tuple, sender) &&
	       !get(ports->udp, port_of(tuple, !sender));
}

/**
 * tstat_ports_flip() - whether the first packet of a flow is an answer
 * @ports: ports that servers are likely to have
 * @pkt: the first packet that was seen
 *
 * Of UDP, and of TCP without a SYN, and of a SYN-ACK: the source has a likely
 * server's port and the destination has not. Of TCP with neither, and two such
 * ports, the lower one is the server's.
 *
 * Return: whether the originator is the other side.
 */
bool tstat_ports_flip(const struct tstat_ports *ports,
		      const struct tstat_packet *pkt)
{
	u8 flags = pkt->tcp_flags & (TSTAT_TCP_SYN | TSTAT_TCP_ACK);
	const struct tstat_tuple *tuple = &pkt->tuple;
	u16 dst = port_of(tuple, !pkt->sender);

	if (tuple->proto == IPPROTO_UDP)
		return tstat_ports_flip_udp(ports, tuple, pkt->sender);
	if (flags == TSTAT_TCP_SYN ||
	    !is_from_server(ports->tcp, tuple, pkt->sender))
		return false;
	if (!get(ports->tcp, dst))
		return true;
	return !(flags & TSTAT_TCP_SYN) && port_of(tuple, pkt->sender) < dst;
}
