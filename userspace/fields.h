/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be told of a flow, a column each. Their names are those of JSON,
 * with a '.' where a member is in another; a few more are for people.
 */
#ifndef TUPLESTAT_FIELDS_H
#define TUPLESTAT_FIELDS_H

#include "columns.h"
#include "flow.h"

struct services;

/**
 * struct style - how values are written
 * @services: names of ports; NULL for numbers
 * @human: amounts with units, where not @exact
 * @exact: as in JSON: times in seconds, to the nanosecond
 * @now_ns: the time that ages are counted to, ns since 1970-01-01 UTC; 0 for
 *	none, of a capture
 */
struct style {
	const struct services *services;
	bool human;
	bool exact;
	uint64_t now_ns;
};

/**
 * struct field - something that can be told of a flow
 * @name: as of JSON
 * @title: what stands above the column for people; NULL for @name
 * @align: as of struct column
 * @color: likewise
 * @put: puts it, in one cell
 * @at: where @put finds it: of a struct flow, or of struct counters
 * @meaning: in a few words, with the unit
 */
struct field {
	const char *name;
	const char *title;
	enum align align;
	const char *(*color)(const char *text, size_t len);
	void (*put)(struct columns *columns, const struct flow *flow,
		    const struct field *field, const struct style *style);
	size_t at;
	const char *meaning;
};

const struct field *field_find(const char *name, size_t len);
const char *field_name(unsigned int i);
const struct field *field_get(unsigned int i);
bool field_is_json(const struct field *field);

void cell_put_amount(struct columns *columns, uint64_t value, const char *unit);
void cell_put_amounts(struct columns *columns, const uint64_t value[2],
		      const char *unit);

#endif /* TUPLESTAT_FIELDS_H */
