// SPDX-License-Identifier: GPL-2.0
/* Groups of flows, for people and for programs. */
#include <string.h>

#include "columns.h"
#include "group.h"
#include "json_writer.h"
#include "layout.h"
#include "names.h"
#include "render.h"
#include "text.h"

/* What a group is called by: the key, and the name of it in JSON. */
static const struct {
	const char *title;
	const char *member;
	const char *(*color)(const char *text, size_t len);
} keys[] = {
	[GROUP_SRC] = { "Originator", "src", NULL },
	[GROUP_DST] = { "Responder", "dst", NULL },
	[GROUP_SPORT] = { "Originator port", "sport", NULL },
	[GROUP_DPORT] = { "Responder port", "dport", NULL },
	[GROUP_HOST_PAIR] = { "Host", NULL, NULL },
	[GROUP_PROTO] = { "Proto", "proto", NULL },
	[GROUP_STATE] = { "State", "state", color_of_state },
	[GROUP_CONN] = { "Verdict", "conn_state",
			 color_of_conn_state },
};

static bool is_port(enum group_by by)
{
	return by == GROUP_SPORT || by == GROUP_DPORT;
}

static char *name_addr(char *text, const struct group_key *key,
		       unsigned int which)
{
	struct flow_end end = { 0 };

	memcpy(end.addr, key->addr[which], sizeof(end.addr));
	return names_addr(text, key->family, &end);
}

/* The key, where it is one word of a few; else NULL. */
static const char *name_word(const struct group_key *key, enum group_by by)
{
	switch (by) {
	case GROUP_PROTO:
		return names_proto(key->proto);
	case GROUP_STATE:
		return names_state(key->value);
	case GROUP_CONN:
		return names_conn_state(key->value);
	default:
		return NULL;
	}
}

/* Adds a column. */
static void add(struct columns *columns, const char *title, enum align align)
{
	columns->column[columns->count++] = (struct column){
		.title = title,
		.align = align,
	};
}

static void set_columns(struct columns *columns, enum group_by by)
{
	add(columns, keys[by].title, LEFT);
	columns->column[0].color = keys[by].color;
	if (by == GROUP_HOST_PAIR)
		add(columns, "and host", LEFT);
	add(columns, "Flows", RIGHT);
	add(columns, "Packets", SPLIT);
	add(columns, "Bytes", SPLIT);
}

/* For programs: names as in JSON, where a pair of hosts has an array. */
static void set_exact_columns(struct columns *columns, enum group_by by)
{
	static const char *const sides[2][4] = {
		{ "orig.packets", "orig.ip_bytes",
		  "reply.packets", "reply.ip_bytes" },
		{ "hosts.0.packets", "hosts.0.ip_bytes",
		  "hosts.1.packets", "hosts.1.ip_bytes" },
	};
	size_t i;

	if (is_port(by))
		add(columns, "proto", LEFT);
	if (by == GROUP_HOST_PAIR)
		add(columns, "hosts.0.addr", LEFT);
	add(columns, by == GROUP_HOST_PAIR ? "hosts.1.addr" : keys[by].member,
	    LEFT);
	add(columns, "flows", LEFT);
	for (i = 0; i < 4; i++)
		add(columns, sides[by == GROUP_HOST_PAIR][i], LEFT);
}

static void cell_put_port(struct columns *columns, const struct group_key *key,
			  const struct style *style)
{
	char *at;

	if (style->exact) {
		cell_put(columns, names_proto(key->proto));
		cell_put_u64(columns, key->port);
		return;
	}
	at = stpcpy(cell_begin(columns), names_proto(key->proto));
	*at++ = '/';
	cell_end(columns, names_port(at, key->proto, key->port,
				     style->services));
}

static void cell_put_addr(struct columns *columns, const struct group_key *key,
			  unsigned int which)
{
	cell_end(columns, name_addr(cell_begin(columns), key, which));
}

static void put_amounts(struct columns *columns, const struct group *group,
			const struct style *style)
{
	unsigned int side;

	for (side = 0; style->exact && side < 2; side++) {
		cell_put_u64(columns, group->packets[side]);
		cell_put_u64(columns, group->bytes[side]);
	}
	if (style->exact)
		return;
	if (style->human) {
		cell_put_amounts(columns, group->packets, "");
		cell_put_amounts(columns, group->bytes, "B");
	} else {
		cell_put_u64_pair(columns, group->packets[0],
				  group->packets[1]);
		cell_put_u64_pair(columns, group->bytes[0], group->bytes[1]);
	}
}

/* In the order of set_columns() and set_exact_columns(). */
static void put_cells(struct columns *columns, const struct group *group,
		      enum group_by by, const struct style *style)
{
	const struct group_key *key = &group->key;
	const char *word = name_word(key, by);

	if (is_port(by))
		cell_put_port(columns, key, style);
	else if (word)
		cell_put(columns, word);
	else
		cell_put_addr(columns, key, 0);
	if (by == GROUP_HOST_PAIR)
		cell_put_addr(columns, key, 1);
	if (style->human)
		cell_put_amount(columns, group->flows, "");
	else
		cell_put_u64(columns, group->flows);
	put_amounts(columns, group, style);
}

/**
 * render_groups - groups, a line each, under a line of titles
 * @out: where to
 * @groups: the groups
 * @layout: how they are printed
 *
 * Return: 0 or -ENOMEM.
 */
int render_groups(FILE *out, const struct groups *groups,
		  const struct layout *layout)
{
	enum group_by by = groups->arrange->by;
	struct columns columns = { 0 };
	int ret = 0;
	size_t i;

	if (layout->style.exact)
		set_exact_columns(&columns, by);
	else
		set_columns(&columns, by);
	for (i = 0; i < groups->count && !ret; i++) {
		ret = row_begin(&columns);
		if (!ret)
			put_cells(&columns, &groups->group[i], by,
				  &layout->style);
	}
	if (!ret)
		layout_print(out, layout, &columns);
	columns_free(&columns);
	return ret;
}

static void put_side(struct json *json, const char *member,
		     const struct group *group, unsigned int side)
{
	char addr[NAMES_ENDPOINT_LEN];

	json_object_begin(json, member);
	/* Of a pair, which has no sides with names, the hosts. */
	if (!member) {
		name_addr(addr, &group->key, side);
		json_string(json, "addr", addr);
	}
	json_u64(json, "packets", group->packets[side]);
	json_u64(json, "ip_bytes", group->bytes[side]);
	json_object_end(json);
}

static void put_key(struct json *json, const struct group_key *key,
		    enum group_by by)
{
	const char *word = name_word(key, by);
	char addr[NAMES_ENDPOINT_LEN];

	if (is_port(by)) {
		json_string(json, "proto", names_proto(key->proto));
		json_u64(json, keys[by].member, key->port);
	} else if (word) {
		json_string(json, keys[by].member, word);
	} else if (by != GROUP_HOST_PAIR) {
		name_addr(addr, key, 0);
		json_string(json, keys[by].member, addr);
	}
}

static void put_group(struct json *json, const struct group *group,
		      enum group_by by)
{
	json_object_begin(json, NULL);
	put_key(json, &group->key, by);
	json_u64(json, "flows", group->flows);
	if (by == GROUP_HOST_PAIR) {
		json_array_begin(json, "hosts");
		put_side(json, NULL, group, 0);
		put_side(json, NULL, group, 1);
		json_array_end(json);
	} else {
		put_side(json, "orig", group, 0);
		put_side(json, "reply", group, 1);
	}
	json_object_end(json);
}

/**
 * render_json_groups - groups as one array
 * @out: where to
 * @groups: the groups
 * @pretty: indent
 */
void render_json_groups(FILE *out, const struct groups *groups, bool pretty)
{
	struct json json = { .out = out, .pretty = pretty };
	size_t i;

	json_array_begin(&json, NULL);
	for (i = 0; i < groups->count; i++)
		put_group(&json, &groups->group[i], groups->arrange->by);
	json_array_end(&json);
}
