// SPDX-License-Identifier: GPL-2.0
/* A filter as the attributes of a request. */
#include <arpa/inet.h>
#include <errno.h>

#include "encode.h"
#include "genl.h"

/* The longest term: NOT, SIDE, ADDR of IPv6 and PREFIX in their nest. */
#define TERM_LEN 44

_Static_assert(TUPLESTAT_TERMS_MAX * TERM_LEN <= GENL_REQUEST_LEN - 64,
	       "a filter fits in a request, with headers and 5-tuple");

static void put_net(struct nlmsghdr *nlh, const struct tstat_term *term)
{
	mnl_attr_put_u8(nlh, TUPLESTAT_A_TERM_SIDE, term->side);
	mnl_attr_put(nlh, TUPLESTAT_A_TERM_ADDR,
		     term->net.family == AF_INET ? 4 : 16, term->net.addr);
	mnl_attr_put_u8(nlh, TUPLESTAT_A_TERM_PREFIX, term->net.bits);
}

static void put_ports(struct nlmsghdr *nlh, const struct tstat_term *term)
{
	mnl_attr_put_u8(nlh, TUPLESTAT_A_TERM_SIDE, term->side);
	mnl_attr_put_u16(nlh, TUPLESTAT_A_TERM_PORT_FIRST,
			 htons(term->port.first));
	mnl_attr_put_u16(nlh, TUPLESTAT_A_TERM_PORT_LAST,
			 htons(term->port.last));
}

static void put_condition(struct nlmsghdr *nlh, const struct tstat_term *term)
{
	switch (term->field) {
	case TSTAT_FIELD_FAMILY:
		mnl_attr_put_u8(nlh, TUPLESTAT_A_TERM_FAMILY, term->family);
		break;
	case TSTAT_FIELD_PROTO:
		mnl_attr_put_u8(nlh, TUPLESTAT_A_TERM_PROTO, term->proto);
		break;
	case TSTAT_FIELD_NET:
		put_net(nlh, term);
		break;
	case TSTAT_FIELD_PORT:
		put_ports(nlh, term);
		break;
	case TSTAT_FIELD_STATE:
		mnl_attr_put_u32(nlh, TUPLESTAT_A_TERM_STATES, term->states);
		break;
	case TSTAT_FIELD_CONN:
		mnl_attr_put_u32(nlh, TUPLESTAT_A_TERM_CONN_STATES,
				 term->states);
		break;
	}
}

/**
 * encode_filter - add the terms of a filter to a request
 * @nlh: the request, of genl_request()
 * @filter: the filter; one without terms adds nothing
 *
 * Return: 0, or -EMSGSIZE where the request could grow longer than it may.
 */
int encode_filter(struct nlmsghdr *nlh, const struct tstat_filter *filter)
{
	struct nlattr *nest;
	uint32_t i;

	if (nlh->nlmsg_len + filter->count * TERM_LEN > GENL_REQUEST_LEN)
		return -EMSGSIZE;
	for (i = 0; i < filter->count; i++) {
		nest = mnl_attr_nest_start(nlh, TUPLESTAT_A_FLOW_TERM);
		if (filter->term[i].negate)
			mnl_attr_put(nlh, TUPLESTAT_A_TERM_NOT, 0, NULL);
		put_condition(nlh, &filter->term[i]);
		mnl_attr_nest_end(nlh, nest);
	}
	return 0;
}
