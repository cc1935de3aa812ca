// SPDX-License-Identifier: GPL-2.0
/* Flows that have something in common, added up while they pass by. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "group.h"

#define FIRST_SLOTS 64

_Static_assert(sizeof(struct group_key) == 6 + 2 * FLOW_ADDR_LEN,
	       "no padding, for keys compare as bytes");

/* Whether the responder's side comes first: a pair of hosts has no roles. */
static bool is_turned(const struct flow *flow, enum group_by by)
{
	return by == GROUP_HOST_PAIR &&
	       memcmp(flow->orig.addr, flow->reply.addr, FLOW_ADDR_LEN) > 0;
}

static void set_addr(struct group_key *key, unsigned int which,
		     const struct flow *flow, const struct flow_end *end)
{
	key->family = flow->family;
	memcpy(key->addr[which], end->addr, FLOW_ADDR_LEN);
}

static void set_port(struct group_key *key, const struct flow *flow,
		     const struct flow_end *end)
{
	key->proto = flow->proto;
	key->port = end->port;
}

static struct group_key key_of(const struct flow *flow, enum group_by by)
{
	bool turned = is_turned(flow, by);
	struct group_key key = { 0 };

	switch (by) {
	case GROUP_SRC:
		set_addr(&key, 0, flow, &flow->orig);
		break;
	case GROUP_DST:
		set_addr(&key, 0, flow, &flow->reply);
		break;
	case GROUP_HOST_PAIR:
		set_addr(&key, turned, flow, &flow->orig);
		set_addr(&key, !turned, flow, &flow->reply);
		break;
	case GROUP_SPORT:
		set_port(&key, flow, &flow->orig);
		break;
	case GROUP_DPORT:
		set_port(&key, flow, &flow->reply);
		break;
	case GROUP_PROTO:
		key.proto = flow->proto;
		break;
	case GROUP_STATE:
		key.value = flow->state;
		break;
	case GROUP_CONN:
		key.value = flow->conn_state;
		break;
	case GROUP_NONE:
		break;
	}
	return key;
}

/* The place of the group with that key, or the free one where it belongs. */
static size_t *find_slot(const struct groups *groups,
			 const struct group_key *key)
{
	size_t mask = groups->slots - 1;
	size_t i = tstat_hash_bytes((const u8 *)key, sizeof(*key),
				    &groups->hash_key) & mask;

	while (groups->slot[i] &&
	       memcmp(&groups->group[groups->slot[i] - 1].key, key,
		      sizeof(*key)))
		i = (i + 1) & mask;
	return &groups->slot[i];
}

static int grow(struct groups *groups)
{
	size_t slots = groups->slots ? groups->slots * 2 : FIRST_SLOTS;
	size_t *slot = calloc(slots, sizeof(*slot));
	struct group *group;
	size_t i;

	group = reallocarray(groups->group, slots / 2, sizeof(*group));
	if (group)
		groups->group = group;
	if (!group || !slot) {
		free(slot);
		return -ENOMEM;
	}
	free(groups->slot);
	groups->slot = slot;
	groups->slots = slots;
	for (i = 0; i < groups->count; i++)
		*find_slot(groups, &groups->group[i].key) = i + 1;
	return 0;
}

static int take(void *data, const struct flow *flow)
{
	struct groups *groups = data;
	enum group_by by = groups->arrange->by;
	struct group_key key = key_of(flow, by);
	unsigned int orig = is_turned(flow, by);
	struct group *group;
	size_t *slot;

	if (groups->count == groups->slots / 2 && grow(groups))
		return -ENOMEM;
	slot = find_slot(groups, &key);
	if (!*slot) {
		groups->group[groups->count] = (struct group){
			.key = key,
			.first_ns = flow->first_ns,
		};
		*slot = ++groups->count;
	}
	group = &groups->group[*slot - 1];
	if (flow->first_ns < group->first_ns)
		group->first_ns = flow->first_ns;
	group->flows++;
	group->packets[orig] += flow->orig.sent.packets;
	group->packets[!orig] += flow->reply.sent.packets;
	group->bytes[orig] += flow->orig.sent.ip_bytes;
	group->bytes[!orig] += flow->reply.sent.ip_bytes;
	return 0;
}

static void restart(void *data)
{
	struct groups *groups = data;

	groups->count = 0;
	if (groups->slots)
		memset(groups->slot, 0, groups->slots * sizeof(*groups->slot));
}

/**
 * sink_to_groups - add up flows by what they have in common
 * @groups: with @groups->arrange set, all else zero
 */
struct flow_sink sink_to_groups(struct groups *groups)
{
	/* Without randomness the worst is that it takes longer. */
	if (getrandom(&groups->hash_key, sizeof(groups->hash_key),
		      GRND_NONBLOCK) < 0)
		groups->hash_key = (struct tstat_hash_key){ 0 };
	return (struct flow_sink){
		.take = take,
		.restart = restart,
		.data = groups,
	};
}

static uint64_t value_of(const struct group *group, enum sort_key key)
{
	if (key == SORT_FLOWS)
		return group->flows;
	if (key == SORT_PACKETS)
		return group->packets[0] + group->packets[1];
	return group->bytes[0] + group->bytes[1];
}

/* As flows: of equals, the one that began first. */
static int compare_equals(const struct group *a, const struct group *b)
{
	int ret = compare_u64(a->first_ns, b->first_ns);

	if (!ret)
		ret = compare_u64(a->key.family, b->key.family);
	if (!ret)
		ret = memcmp(a->key.addr, b->key.addr, sizeof(a->key.addr));
	if (!ret)
		ret = compare_u64(a->key.proto, b->key.proto);
	if (!ret)
		ret = compare_u64(a->key.port, b->key.port);
	return ret ? ret : compare_u64(a->key.value, b->key.value);
}

static int compare_for_sort(const void *a, const void *b, void *data)
{
	const struct arrange *arrange = data;
	uint64_t left = value_of(a, arrange->sort);
	uint64_t right = value_of(b, arrange->sort);

	if (left == right)
		return compare_equals(a, b);
	return arrange->reverse ? compare_u64(left, right) :
				  compare_u64(right, left);
}

/**
 * groups_finish - all flows have passed by: put the groups in order
 * @groups: the groups
 *
 * By their bytes, where the person asked for no other order.
 */
void groups_finish(struct groups *groups)
{
	uint32_t limit = groups->arrange->limit;

	if (groups->count)
		qsort_r(groups->group, groups->count, sizeof(*groups->group),
			compare_for_sort, (void *)groups->arrange);
	if (limit && groups->count > limit)
		groups->count = limit;
}

/**
 * groups_free - forget all groups
 * @groups: from sink_to_groups(), or all zero
 */
void groups_free(struct groups *groups)
{
	free(groups->group);
	free(groups->slot);
	*groups = (struct groups){ 0 };
}
