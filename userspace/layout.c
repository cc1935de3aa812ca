// SPDX-License-Identifier: GPL-2.0
/* Which columns the list has, and how they are printed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "layout.h"
#include "suggest.h"
#include "zeek.h"

/* What the list has, and what it has more of with -s, and with -s -s. */
static const char *const levels[] = {
	"proto,state,conn_state,orig,reply,packets,bytes,flags,duration",
	"history,tcprtt,payload,retransmits",
	"zero_windows,first,last,end_reason",
};

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

static int refuse_column(const char *name, size_t len, char *error)
{
	static const suggest_words_fn kinds[] = { field_name, NULL };
	char text[LAYOUT_ERROR_LEN];

	snprintf(text, sizeof(text), "%.*s", (int)len, name);
	suggest_unknown(error, LAYOUT_ERROR_LEN, "column", text, kinds,
			"help columns");
	return -EINVAL;
}

static int add_columns(struct layout *layout, const char *list, char *error)
{
	const struct field *field;
	size_t len;

	do {
		len = strcspn(list, ",");
		field = field_find(list, len);
		if (!field)
			return refuse_column(list, len, error);
		if (layout->count == COLUMNS_MAX) {
			snprintf(error, LAYOUT_ERROR_LEN,
				 "more than %d columns, from '%s' on",
				 COLUMNS_MAX, list);
			return -EINVAL;
		}
		layout->field[layout->count++] = field;
		list += len;
	} while (*list++);
	return 0;
}

static int add_text_columns(struct layout *layout, unsigned int detail,
			    char *error)
{
	int ret = 0;
	size_t i;

	for (i = 0; i <= detail && i < LEVELS && !ret; i++)
		ret = add_columns(layout, levels[i], error);
	return ret;
}

/* For programs: all that JSON has. */
static void add_json_columns(struct layout *layout)
{
	const struct field *field;
	unsigned int i;

	for (i = 0; (field = field_get(i)); i++)
		if (field_is_json(field))
			layout->field[layout->count++] = field;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_SEC + (uint64_t)now.tv_nsec;
}

/**
 * layout_make - the columns that the person asked for
 * @layout: written whole, but for the names of ports
 * @opts: the global options
 * @list: names of columns, with commas; a '+' before the first: besides those
 *	that are there without; NULL for these
 * @error: what is wrong, naming the word
 *
 * Return: 0, or -EINVAL with @error filled in.
 */
int layout_make(struct layout *layout, const struct options *opts,
		const char *list, char error[LAYOUT_ERROR_LEN])
{
	bool more = !list || *list == '+';
	int ret = 0;

	*layout = (struct layout){
		.format = opts->format,
		.header = !opts->no_header,
		.color = color_wanted(opts->color, stdout),
		.style = {
			.human = opts->human,
			.exact = opts->format != FORMAT_TEXT,
			.now_ns = opts->read ? 0 : now_ns(),
		},
	};
	if (layout->format == FORMAT_ZEEK)
		layout->count = zeek_fields(layout->field);
	else if (more && layout->format == FORMAT_TSV)
		add_json_columns(layout);
	else if (more)
		ret = add_text_columns(layout, opts->detail, error);
	if (!ret && list)
		ret = add_columns(layout, list + more, error);
	return ret;
}

/**
 * layout_set_columns - empty columns for what the layout has
 * @layout: the layout
 * @columns: all zero; to be freed by columns_free()
 */
void layout_set_columns(const struct layout *layout, struct columns *columns)
{
	size_t i;

	columns->count = layout->count;
	for (i = 0; i < layout->count; i++) {
		const struct field *field = layout->field[i];

		columns->column[i] = (struct column){
			.title = field->title && !layout->style.exact ?
				 field->title : field->name,
			.align = field->align,
			.color = field->color,
		};
	}
}

/**
 * layout_print - the rows, as the person wants them
 * @out: where to
 * @layout: the layout
 * @columns: the rows
 */
void layout_print(FILE *out, const struct layout *layout,
		  struct columns *columns)
{
	if (layout->format == FORMAT_TEXT)
		columns_print(out, columns, layout->header, layout->color);
	else if (layout->format == FORMAT_TSV)
		columns_print_tsv(out, columns, layout->header);
	else
		zeek_print(out, columns, layout->header);
}
