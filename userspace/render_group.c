// SPDX-License-Identifier: GPL-2.0
/* Groups of flows, for people and for programs. */
#include <string.h>

#include "columns.h"
#include "group.h"
#include "json_writer.h"
#include "names.h"
#include "render.h"
#include "text.h"

/* What a group is called by: the key, and the name of it in JSON. */
static const struct {
	const char *title;
	const char *member;
} keys[] = {
	[GROUP_SRC] = { "Originator", "src" },
	[GROUP_DST] = { "Responder", "dst" },
	[GROUP_SPORT] = { "Originator port", "sport" },
	[GROUP_DPORT] = { "Responder port", "dport" },
	[GROUP_HOST_PAIR] = { "Host", NULL },
	[GROUP_PROTO] = { "Proto", "proto" },
	[GROUP_STATE] = { "State", "state" },
	[GROUP_CONN] = { "Verdict", "conn_state" },
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

static size_t set_columns(struct column columns[COLUMNS_MAX], enum group_by by)
{
	size_t count = 0;

	columns[count++] = (struct column){ .title = keys[by].title };
	if (by == GROUP_HOST_PAIR)
		columns[count++] = (struct column){ .title = "and host" };
	columns[count++] = (struct column){ .title = "Flows", .align = RIGHT };
	columns[count++] = (struct column){ .title = "Packets",
					    .align = SPLIT };
	columns[count++] = (struct column){ .title = "Bytes", .align = SPLIT };
	return count;
}

static void cell_put_port(struct columns *columns, const struct group_key *key,
			  const struct services *services)
{
	char *at = stpcpy(cell_begin(columns), names_proto(key->proto));

	*at++ = '/';
	cell_end(columns, names_port(at, key->proto, key->port, services));
}

static void cell_put_addr(struct columns *columns, const struct group_key *key,
			  unsigned int which)
{
	cell_end(columns, name_addr(cell_begin(columns), key, which));
}

/* In the order of set_columns(). */
static void put_cells(struct columns *columns, const struct group *group,
		      enum group_by by, const struct services *services)
{
	const struct group_key *key = &group->key;
	const char *word = name_word(key, by);

	if (is_port(by))
		cell_put_port(columns, key, services);
	else if (word)
		cell_put(columns, word);
	else
		cell_put_addr(columns, key, 0);
	if (by == GROUP_HOST_PAIR)
		cell_put_addr(columns, key, 1);
	cell_put_u64(columns, group->flows);
	cell_put_u64_pair(columns, group->packets[0], group->packets[1]);
	cell_put_u64_pair(columns, group->bytes[0], group->bytes[1]);
}

/**
 * render_groups - groups, a line each, under a line of titles
 * @out: where to
 * @groups: the groups
 * @services: names of ports; NULL for numbers
 *
 * Return: 0 or -ENOMEM.
 */
int render_groups(FILE *out, const struct groups *groups,
		  const struct services *services)
{
	enum group_by by = groups->arrange->by;
	struct columns columns = { 0 };
	int ret = 0;
	size_t i;

	columns.count = set_columns(columns.column, by);
	for (i = 0; i < groups->count && !ret; i++) {
		ret = row_begin(&columns);
		if (!ret)
			put_cells(&columns, &groups->group[i], by, services);
	}
	if (!ret)
		columns_print(out, &columns);
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
