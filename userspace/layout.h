/* SPDX-License-Identifier: GPL-2.0 */
/* Which columns the list has, and how they are printed. */
#ifndef TUPLESTAT_LAYOUT_H
#define TUPLESTAT_LAYOUT_H

#include "cli.h"
#include "fields.h"

#define LAYOUT_ERROR_LEN 256

/**
 * struct layout - which columns, and how they are printed
 * @field: what the columns tell, in order
 * @count: how many there are
 * @style: how values are written
 * @format: FORMAT_TEXT, FORMAT_TSV or FORMAT_ZEEK
 * @header: print titles
 * @color: print in colors; of text
 */
struct layout {
	const struct field *field[COLUMNS_MAX];
	size_t count;
	struct style style;
	enum format format;
	bool header;
	bool color;
};

int layout_make(struct layout *layout, const struct options *opts,
		const char *list, char error[LAYOUT_ERROR_LEN]);
void layout_set_columns(const struct layout *layout, struct columns *columns);
void layout_print(FILE *out, const struct layout *layout,
		  struct columns *columns);

#endif /* TUPLESTAT_LAYOUT_H */
