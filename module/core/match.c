// SPDX-License-Identifier: GPL-2.0
/* A filter on flows: the same in the kernel's dumps and in the command. */
#include "match.h"
#include "verdict.h"

static bool same_net(const struct tstat_term *term, const u8 *addr)
{
	unsigned int bytes = term->net.bits / 8;
	unsigned int rest = term->net.bits % 8;
	u8 mask = (u8)(0xff00 >> rest);

	if (memcmp(addr, term->net.addr, bytes))
		return false;
	return !rest || !((addr[bytes] ^ term->net.addr[bytes]) & mask);
}

static bool match_end(const struct tstat_term *term,
		      const struct tstat_subject *subject, unsigned int end)
{
	if (term->field == TSTAT_FIELD_NET)
		return subject->family == term->net.family &&
		       same_net(term, subject->addr[end]);
	return subject->port[end] >= term->port.first &&
	       subject->port[end] <= term->port.last;
}

/* A state of a newer kernel has no name, so nobody asked for it. */
static bool has_state(u32 states, u8 state)
{
	return state < 32 && states >> state & 1;
}

static bool match_term(const struct tstat_term *term,
		       const struct tstat_subject *subject)
{
	switch (term->field) {
	case TSTAT_FIELD_FAMILY:
		return subject->family == term->family;
	case TSTAT_FIELD_PROTO:
		return subject->proto == term->proto;
	case TSTAT_FIELD_STATE:
		return has_state(term->states, subject->state);
	case TSTAT_FIELD_CONN:
		return has_state(term->states, subject->conn_state);
	}
	return (term->side != TUPLESTAT_SIDE_REPLY &&
		match_end(term, subject, 0)) ||
	       (term->side != TUPLESTAT_SIDE_ORIG &&
		match_end(term, subject, 1));
}

/**
 * tstat_filter_match() - whether a flow passes
 * @filter: the filter
 * @subject: the flow
 *
 * Return: whether all terms hold.
 */
bool tstat_filter_match(const struct tstat_filter *filter,
			const struct tstat_subject *subject)
{
	unsigned int i;

	for (i = 0; i < filter->count; i++) {
		if (match_term(&filter->term[i], subject) ==
		    filter->term[i].negate)
			return false;
	}
	return true;
}

static bool match_record(const struct tstat_filter *filter,
			 const struct tstat_record *rec)
{
	unsigned int orig = tstat_record_orig(rec);
	const struct tstat_tuple *tuple = &rec->tuple;
	struct tstat_subject subject = {
		.family = tuple->family,
		.proto = tuple->proto,
		.state = rec->state,
		.conn_state = tstat_verdict(rec),
		.addr = {
			tuple->addr[orig].bytes, tuple->addr[!orig].bytes,
		},
		.port = {
			get_unaligned_be16(&tuple->port[orig]),
			get_unaligned_be16(&tuple->port[!orig]),
		},
	};

	return tstat_filter_match(filter, &subject);
}

/**
 * tstat_filter_match_record() - whether a record passes
 * @filter: the filter
 * @rec: the record
 *
 * Return: whether all terms hold.
 */
bool tstat_filter_match_record(const struct tstat_filter *filter,
			       const struct tstat_record *rec)
{
	return !filter->count || match_record(filter, rec);
}

/* Terms that pin one part of a 5-tuple each; NULL where there is none. */
struct pins {
	const struct tstat_term *proto;
	const struct tstat_term *addr[2];
	const struct tstat_term *port[2];
};

/* As enum tuplestat_side has them; 2 for either. */
static unsigned int end_of(const struct tstat_term *term)
{
	switch (term->side) {
	case TUPLESTAT_SIDE_ORIG:
		return 0;
	case TUPLESTAT_SIDE_REPLY:
		return 1;
	}
	return 2;
}

static bool is_host(const struct tstat_term *term)
{
	return term->net.bits == (term->net.family == AF_INET ? 32 : 128);
}

static void find_pin(struct pins *pins, const struct tstat_term *term)
{
	if (term->negate)
		return;
	if (term->field == TSTAT_FIELD_PROTO)
		pins->proto = term;
	else if (term->field == TSTAT_FIELD_NET && end_of(term) < 2 &&
		 is_host(term))
		pins->addr[end_of(term)] = term;
	else if (term->field == TSTAT_FIELD_PORT && end_of(term) < 2 &&
		 term->port.first == term->port.last)
		pins->port[end_of(term)] = term;
}

/**
 * tstat_filter_tuple() - the only 5-tuple that can pass
 * @filter: the filter
 * @tuple: where to put it
 *
 * Its flow may not pass all the same: by other terms, or because it was the
 * other side that began it.
 *
 * Return: whether there is only one.
 */
bool tstat_filter_tuple(const struct tstat_filter *filter,
			struct tstat_tuple *tuple)
{
	struct pins pins = {};
	u32 i;

	for (i = 0; i < filter->count; i++)
		find_pin(&pins, &filter->term[i]);
	if (!pins.proto || !pins.addr[0] || !pins.addr[1] || !pins.port[0] ||
	    !pins.port[1] || pins.addr[0]->net.family != pins.addr[1]->net.family)
		return false;
	tstat_tuple_init(tuple, pins.addr[0]->net.family, pins.proto->proto,
			 pins.addr[0]->net.addr, pins.addr[1]->net.addr,
			 htons(pins.port[0]->port.first),
			 htons(pins.port[1]->port.first));
	return true;
}
