/* SPDX-License-Identifier: GPL-2.0 */
/* What "top" has to show: the first flows of an order, and whose SYNs fail. */
#ifndef TUPLESTAT_TOP_LIST_H
#define TUPLESTAT_TOP_LIST_H

#include "syn_problem.h"
#include "top_rates.h"

/* Flows that can be scrolled to; what comes behind them is counted. */
#define TOP_ROWS_MAX 500

enum top_sort {
	TOP_SORT_BYTE_RATE,
	TOP_SORT_PACKET_RATE,
	TOP_SORT_BYTES,
	TOP_SORT_PACKETS,
	TOP_SORT_RTT,
	TOP_SORT_AGE,
	TOP_SORT_STATE,
	TOP_SORT_RETRANSMITS,
	TOP_SORT_PORT,
	TOP_SORTS
};

/**
 * struct top_order - what comes first
 * @sort: by what
 * @reverse: the other way round
 */
struct top_order {
	enum top_sort sort;
	bool reverse;
};

/**
 * struct top_row - a flow
 * @flow: the flow
 * @rate: how fast it is
 * @problem: what is wrong with its handshake
 * @age_ns: time since its first packet
 */
struct top_row {
	struct flow flow;
	struct top_rate rate;
	enum syn_problem problem;
	uint64_t age_ns;
};

/**
 * struct top_rows - the first rows of an order
 * @row: the rows; TOP_ROWS_MAX of them are there
 * @count: how many are used
 */
struct top_rows {
	struct top_row *row;
	size_t count;
};

/**
 * struct top_list - what there is to show
 * @order: of @all
 * @all: flows that match
 * @problems: those with a problem, the latest packet first
 * @flows: how many match
 * @problem: how many have that problem
 * @opened: the flow that is shown in full
 * @has_opened: there is one
 * @met_opened: and it was among the flows
 */
struct top_list {
	struct top_order order;
	struct top_rows all;
	struct top_rows problems;
	uint64_t flows;
	uint64_t problem[SYN_PROBLEMS];
	struct top_row opened;
	bool has_opened;
	bool met_opened;
};

int top_list_init(struct top_list *list);
void top_list_free(struct top_list *list);
void top_list_begin(struct top_list *list);
void top_list_add(struct top_list *list, const struct top_row *row);
void top_list_end(struct top_list *list);
void top_list_sort(struct top_list *list, const struct top_order *order);
void top_list_open(struct top_list *list, const struct top_row *row);
void top_list_close(struct top_list *list);
bool top_same_flow(const struct flow *a, const struct flow *b);

#endif /* TUPLESTAT_TOP_LIST_H */
