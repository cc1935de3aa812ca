/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module takes in requests, by its own word (CTRL_CMD_GETPOLICY), for
 * tests that try whatever is something else. That the word is true to the
 * contract is another test's matter: policy_matches_yaml.
 */
#ifndef TUPLESTAT_SELFTESTS_NETLINK_POLICY_H
#define TUPLESTAT_SELFTESTS_NETLINK_POLICY_H

#include "netlink.h"

#define POLICIES_MAX 16
#define POLICY_ATTRS_MAX 64
#define POLICY_CMDS_MAX 16

/**
 * struct policy_attr - what is taken as one attribute
 * @type: enum netlink_attribute_type, 0 where it is not taken
 * @min: least value of an integer
 * @max: greatest value of an integer
 * @max_len: most octets of a binary one
 * @nest: policy of what is in a nest
 */
struct policy_attr {
	uint32_t type;
	uint64_t min;
	uint64_t max;
	uint32_t max_len;
	uint32_t nest;
};

/**
 * struct policy - what is taken in a request, or in a nest
 * @max: highest attribute that the kernel knows of
 * @attr: each of them
 */
struct policy {
	unsigned int max;
	struct policy_attr attr[POLICY_ATTRS_MAX];
};

/**
 * struct policies - all of the family
 * @policy: by number
 * @way: number of the policy of each operation, do and dump; -1 for neither
 */
struct policies {
	struct policy policy[POLICIES_MAX];
	int way[POLICY_CMDS_MAX][2];
};

static inline bool policy_is_integer(const struct policy_attr *attr)
{
	return attr->type >= NL_ATTR_TYPE_U8 && attr->type <= NL_ATTR_TYPE_U64;
}

/* Octets of an integer. */
static inline size_t policy_size(const struct policy_attr *attr)
{
	return (size_t)1 << (attr->type - NL_ATTR_TYPE_U8);
}

static inline void policy_take_attr(const struct nlattr *nest,
				    struct policy_attr *attr)
{
	const struct nlattr *told;

	mnl_attr_for_each_nested(told, nest) {
		switch (mnl_attr_get_type(told)) {
		case NL_POLICY_TYPE_ATTR_TYPE:
			attr->type = mnl_attr_get_u32(told);
			break;
		case NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
			attr->min = mnl_attr_get_u64(told);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
			attr->max = mnl_attr_get_u64(told);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_LENGTH:
			attr->max_len = mnl_attr_get_u32(told);
			break;
		case NL_POLICY_TYPE_ATTR_POLICY_IDX:
			attr->nest = mnl_attr_get_u32(told);
			break;
		}
	}
}

static inline void policy_take_policy(const struct nlattr *index,
				      struct policies *all)
{
	unsigned int number = mnl_attr_get_type(index), type;
	const struct nlattr *attr;
	struct policy *policy;

	if (number >= POLICIES_MAX)
		netlink_die("more policies than this test knows");
	policy = &all->policy[number];
	mnl_attr_for_each_nested(attr, index) {
		type = mnl_attr_get_type(attr);
		if (type >= POLICY_ATTRS_MAX)
			netlink_die("more attributes than this test knows");
		policy_take_attr(attr, &policy->attr[type]);
		if (type > policy->max)
			policy->max = type;
	}
}

static inline void policy_take_cmd(const struct nlattr *cmd,
				   struct policies *all)
{
	const struct nlattr *way;
	int dump;

	if (mnl_attr_get_type(cmd) >= POLICY_CMDS_MAX)
		netlink_die("more operations than this test knows");
	mnl_attr_for_each_nested(way, cmd) {
		dump = mnl_attr_get_type(way) == CTRL_ATTR_POLICY_DUMP;
		all->way[mnl_attr_get_type(cmd)][dump] =
			(int)mnl_attr_get_u32(way);
	}
}

static inline void policy_take(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *nest;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_POLICY)
			mnl_attr_for_each_nested(nest, attr)
				policy_take_policy(nest, data);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_OP_POLICY)
			mnl_attr_for_each_nested(nest, attr)
				policy_take_cmd(nest, data);
	}
}

/* Ask the kernel for all of it. */
static inline void policy_ask(struct netlink *nl, struct policies *all)
{
	uint16_t family = nl->family;
	struct nlmsghdr *nlh;

	memset(all, 0, sizeof(*all));
	memset(all->way, -1, sizeof(all->way));
	nl->family = GENL_ID_CTRL;
	nlh = netlink_begin(nl, CTRL_CMD_GETPOLICY, NLM_F_DUMP);
	nl->family = family;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, TUPLESTAT_FAMILY_NAME);
	if (netlink_exchange(nl, policy_take, all))
		netlink_die("the kernel tells no policy");
}

#endif /* TUPLESTAT_SELFTESTS_NETLINK_POLICY_H */
