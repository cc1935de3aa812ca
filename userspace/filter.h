/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words to a filter. A filter is plain data, a list of terms that must all
 * hold, so that it can be given to the kernel as it is.
 */
#ifndef TUPLESTAT_FILTER_H
#define TUPLESTAT_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow.h"

#define FILTER_TERMS_MAX 32
#define FILTER_ERROR_LEN 256

enum filter_field {
	FILTER_FAMILY,
	FILTER_PROTO,
	FILTER_NET,
	FILTER_PORT,
	FILTER_STATE,
	FILTER_CONN,
};

/* Which side of the flow a term speaks of; one of both will do for EITHER. */
enum filter_side {
	FILTER_ORIG = 1,
	FILTER_REPLY = 2,
	FILTER_EITHER = FILTER_ORIG | FILTER_REPLY,
};

/**
 * struct filter_term - one condition
 * @field: enum filter_field, says which of the rest is meant
 * @side: enum filter_side, for FILTER_NET and FILTER_PORT
 * @negate: the condition must not hold
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @net: addresses of a family whose first @net.bits bits are these
 * @port: ports from @port.first to @port.last
 * @states: states, a bit each (1 << enum tuplestat_state), or verdicts
 *	(1 << enum tuplestat_conn_state)
 */
struct filter_term {
	uint8_t field;
	uint8_t side;
	bool negate;
	union {
		uint8_t family;
		uint8_t proto;
		struct {
			uint8_t family;
			uint8_t bits;
			uint8_t addr[FLOW_ADDR_LEN];
		} net;
		struct {
			uint16_t first;
			uint16_t last;
		} port;
		uint32_t states;
	};
};

/**
 * struct filter - terms that must all hold; without terms, all flows match
 * @count: how many
 * @term: the terms
 */
struct filter {
	size_t count;
	struct filter_term term[FILTER_TERMS_MAX];
};

int filter_parse(struct filter *filter, int argc, char *const *argv,
		 char error[FILTER_ERROR_LEN]);
int filter_add_family(struct filter *filter, uint8_t family);
bool filter_match(const struct filter *filter, const struct flow *flow);
uint8_t filter_family(const struct filter *filter);
uint8_t filter_proto(const struct filter *filter);

#endif /* TUPLESTAT_FILTER_H */
