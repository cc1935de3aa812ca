/* SPDX-License-Identifier: GPL-2.0 */
/* Words that say which flows come first, how many, what makes a group, columns. */
#ifndef TUPLESTAT_ARRANGE_H
#define TUPLESTAT_ARRANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "filter.h"

enum sort_key {
	SORT_NONE,	/* as the source gives them */
	SORT_BYTES,
	SORT_PACKETS,
	SORT_PAYLOAD,
	SORT_RETRANSMITS,
	SORT_DURATION,
	SORT_RTT,
	SORT_FIRST,
	SORT_LAST,
	SORT_PORT,
	SORT_FLOWS,	/* of groups only */
};

enum group_by {
	GROUP_NONE,
	GROUP_SRC,
	GROUP_DST,
	GROUP_SPORT,
	GROUP_DPORT,
	GROUP_HOST_PAIR,
	GROUP_PROTO,
	GROUP_STATE,
	GROUP_CONN,
};

/* Which of the words a command takes: each kind, and those before it. */
enum arrange_words {
	ARRANGE_NOTHING,
	ARRANGE_FLOWS,		/* sort, reverse, limit */
	ARRANGE_GROUPS,		/* and group by, columns */
};

/**
 * struct arrange - the order and the number of what is printed
 * @sort: enum sort_key
 * @reverse: the other way round
 * @by: enum group_by
 * @limit: how many at most; 0 for all
 * @columns: names of columns, as typed; NULL for none
 */
struct arrange {
	enum sort_key sort;
	bool reverse;
	enum group_by by;
	uint32_t limit;
	const char *columns;
};

static inline int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

const char *arrange_order_word(unsigned int i);
const char *arrange_word(unsigned int i);
const char *arrange_sort_key(unsigned int i);
const char *arrange_group_key(unsigned int i);
int arrange_parse(struct arrange *arrange, enum arrange_words allowed,
		  int *argc, char **argv, char error[FILTER_ERROR_LEN]);

#endif /* TUPLESTAT_ARRANGE_H */
