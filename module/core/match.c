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
	unsigned int orig = tstat_record_orig(rec);
	const struct tstat_tuple *tuple = &rec->tuple;
	struct tstat_subject subject = {
		.family = tuple->family,
		.proto = tuple->proto,
		.state = rec->state,
		.addr = {
			tuple->addr[orig].bytes, tuple->addr[!orig].bytes,
		},
	};

	if (!filter->count)
		return true;
	subject.port[0] = get_unaligned_be16(&tuple->port[orig]);
	subject.port[1] = get_unaligned_be16(&tuple->port[!orig]);
	subject.conn_state = tstat_verdict(rec);
	return tstat_filter_match(filter, &subject);
}
