// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: terms to a filter. */
#include <linux/stringify.h>

#include "netlink_impl.h"

/**
 * tstat_check_addr() - of a policy: whether an attribute can be an address
 * @attr: the attribute
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int tstat_check_addr(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (nla_len(attr) == 4 || nla_len(attr) == 16)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "address must have 4 bytes (IPv4) or 16 (IPv6)");
	return -EINVAL;
}

const struct nla_policy tstat_term_policy[TUPLESTAT_A_TERM_MAX + 1] = {
	/*
	 * No NLA_POLICY_VALIDATE_FN of integers: where the policy is dumped,
	 * kernels take the pointer to the function for a range, and warn.
	 */
	[TUPLESTAT_A_TERM_NOT] = { .type = NLA_FLAG },
	[TUPLESTAT_A_TERM_SIDE] = NLA_POLICY_MAX(NLA_U8,
						 __TUPLESTAT_SIDE_MAX - 1),
	[TUPLESTAT_A_TERM_FAMILY] = { .type = NLA_U8 },
	[TUPLESTAT_A_TERM_PROTO] = { .type = NLA_U8 },
	[TUPLESTAT_A_TERM_ADDR] =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, tstat_check_addr, 16),
	[TUPLESTAT_A_TERM_PREFIX] = NLA_POLICY_MAX(NLA_U8, 128),
	[TUPLESTAT_A_TERM_PORT_FIRST] = { .type = NLA_U16 },
	[TUPLESTAT_A_TERM_PORT_LAST] = { .type = NLA_U16 },
	[TUPLESTAT_A_TERM_STATES] = { .type = NLA_U32 },
	[TUPLESTAT_A_TERM_CONN_STATES] = { .type = NLA_U32 },
};

/**
 * tstat_read_proto() - read an attribute that names a protocol
 * @attr: the attribute
 * @proto: written
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int tstat_read_proto(const struct nlattr *attr, u8 *proto,
		     struct netlink_ext_ack *extack)
{
	*proto = nla_get_u8(attr);
	if (*proto == IPPROTO_TCP || *proto == IPPROTO_UDP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "protocol must be TCP (6) or UDP (17)");
	return -EINVAL;
}

static int read_proto(struct nlattr **tb, struct tstat_term *term,
		      struct netlink_ext_ack *extack)
{
	return tstat_read_proto(tb[TUPLESTAT_A_TERM_PROTO], &term->proto,
				extack);
}

static int read_family(struct nlattr **tb, struct tstat_term *term,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[TUPLESTAT_A_TERM_FAMILY];

	term->family = nla_get_u8(attr);
	if (term->family == AF_INET || term->family == AF_INET6)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "family must be AF_INET (2) or AF_INET6 (10)");
	return -EINVAL;
}

static int read_net(struct nlattr **tb, struct tstat_term *term,
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *prefix = tb[TUPLESTAT_A_TERM_PREFIX];
	const struct nlattr *addr = tb[TUPLESTAT_A_TERM_ADDR];
	u8 bits = nla_len(addr) * 8;

	term->net.family = bits == 32 ? AF_INET : AF_INET6;
	term->net.bits = prefix ? nla_get_u8(prefix) : bits;
	memcpy(term->net.addr, nla_data(addr), nla_len(addr));
	if (term->net.bits <= bits)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, prefix,
			    "prefix is longer than the address");
	return -EINVAL;
}

static int read_port(struct nlattr **tb, struct tstat_term *term,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *last = tb[TUPLESTAT_A_TERM_PORT_LAST];

	term->port.first = ntohs(nla_get_be16(tb[TUPLESTAT_A_TERM_PORT_FIRST]));
	term->port.last = last ? ntohs(nla_get_be16(last)) : term->port.first;
	if (term->port.first <= term->port.last)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, last, "range ends before it begins");
	return -EINVAL;
}

static int read_states(struct nlattr **tb, struct tstat_term *term,
		       struct netlink_ext_ack *extack)
{
	term->states = nla_get_u32(tb[TUPLESTAT_A_TERM_STATES]);
	return 0;
}

static int read_conn_states(struct nlattr **tb, struct tstat_term *term,
			    struct netlink_ext_ack *extack)
{
	term->states = nla_get_u32(tb[TUPLESTAT_A_TERM_CONN_STATES]);
	return 0;
}

/* What a term can say, and which attribute it goes by. */
static const struct {
	int attr;
	u8 field;
	int (*read)(struct nlattr **tb, struct tstat_term *term,
		    struct netlink_ext_ack *extack);
} kinds[] = {
	{ TUPLESTAT_A_TERM_FAMILY, TSTAT_FIELD_FAMILY, read_family },
	{ TUPLESTAT_A_TERM_PROTO, TSTAT_FIELD_PROTO, read_proto },
	{ TUPLESTAT_A_TERM_ADDR, TSTAT_FIELD_NET, read_net },
	{ TUPLESTAT_A_TERM_PORT_FIRST, TSTAT_FIELD_PORT, read_port },
	{ TUPLESTAT_A_TERM_STATES, TSTAT_FIELD_STATE, read_states },
	{ TUPLESTAT_A_TERM_CONN_STATES, TSTAT_FIELD_CONN, read_conn_states },
};

/* Attributes that say more of another one: not without it. */
static int check_companions(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	const struct nlattr *last = tb[TUPLESTAT_A_TERM_PORT_LAST];
	const struct nlattr *first = tb[TUPLESTAT_A_TERM_PORT_FIRST];
	const struct nlattr *prefix = tb[TUPLESTAT_A_TERM_PREFIX];
	const struct nlattr *side = tb[TUPLESTAT_A_TERM_SIDE];
	const struct nlattr *addr = tb[TUPLESTAT_A_TERM_ADDR];

	if (prefix && !addr) {
		NL_SET_ERR_MSG_ATTR(extack, prefix, "a prefix needs an address");
		return -EINVAL;
	}
	if (last && !first) {
		NL_SET_ERR_MSG_ATTR(extack, last,
				    "a last port needs a first one");
		return -EINVAL;
	}
	if (side && !addr && !first) {
		NL_SET_ERR_MSG_ATTR(extack, side,
				    "a side needs an address or a port");
		return -EINVAL;
	}
	return 0;
}

static int read_term(const struct nlattr *nest, struct tstat_term *term,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[TUPLESTAT_A_TERM_MAX + 1];
	unsigned int i, said = ARRAY_SIZE(kinds), count = 0;
	int err;

	err = nla_parse_nested(tb, TUPLESTAT_A_TERM_MAX, nest,
			       tstat_term_policy, extack) ?:
	      check_companions(tb, extack);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!tb[kinds[i].attr])
			continue;
		said = i;
		count++;
	}
	if (count != 1) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "a term says one thing: a family, protocol, address, port, states or conn-states");
		return -EINVAL;
	}
	term->field = kinds[said].field;
	term->negate = nla_get_flag(tb[TUPLESTAT_A_TERM_NOT]);
	if (tb[TUPLESTAT_A_TERM_SIDE])
		term->side = nla_get_u8(tb[TUPLESTAT_A_TERM_SIDE]);
	return kinds[said].read(tb, term, extack);
}

/**
 * tstat_read_filter() - read the terms of a request
 * @nlh: the request, its attributes validated by policy
 * @filter: written whole
 * @extack: told what is wrong
 *
 * Return: 0, -EINVAL, or -E2BIG where there are too many.
 */
int tstat_read_filter(const struct nlmsghdr *nlh, struct tstat_filter *filter,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int rest, err;

	memset(filter, 0, sizeof(*filter));
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rest) {
		if (nla_type(attr) != TUPLESTAT_A_FLOW_TERM)
			continue;
		if (filter->count == TUPLESTAT_TERMS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "more than "
					    __stringify(TUPLESTAT_TERMS_MAX)
					    " terms");
			return -E2BIG;
		}
		err = read_term(attr, &filter->term[filter->count++], extack);
		if (err)
			return err;
	}
	return 0;
}
