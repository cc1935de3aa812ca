/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink, as far as kernels differ. See probe.mk for the probes. */
#ifndef _TSTAT_COMPAT_GENL_H
#define _TSTAT_COMPAT_GENL_H

#include <net/genetlink.h>

/**
 * tstat_compat_dump_attrs() - the attributes of a dump request
 * @cb: the dump, in its start or dumpit callback
 *
 * Return: the table of attributes, indexed by type.
 */
static inline struct nlattr **
tstat_compat_dump_attrs(struct netlink_callback *cb)
{
#ifdef TSTAT_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/**
 * tstat_compat_missing() - tell which attribute a request lacks
 * @extack: told, by number, where the kernel can do that (6.1)
 * @nest: the nest that should have it, or NULL for the request itself
 * @type: the attribute
 */
static inline void tstat_compat_missing(struct netlink_ext_ack *extack,
					const struct nlattr *nest, int type)
{
#ifdef NL_SET_ERR_ATTR_MISS
	NL_SET_ERR_ATTR_MISS(extack, (struct nlattr *)nest, type);
#endif
}

/* Initialiser of struct genl_family: the first strictly checked operation. */
#ifdef TSTAT_HAVE_RESV_START_OP
#define TSTAT_COMPAT_RESV_START_OP(op) .resv_start_op = (op),
#else
#define TSTAT_COMPAT_RESV_START_OP(op)
#endif

/* Initialiser of struct genl_multicast_group: who may not ask may not listen. */
#ifdef TSTAT_HAVE_MCAST_CAP_NET_ADMIN
#define TSTAT_COMPAT_MCAST_CAP_NET_ADMIN .flags = GENL_MCAST_CAP_NET_ADMIN,
#else
#error "this kernel cannot keep unprivileged users from listening to events"
#endif

#endif /* _TSTAT_COMPAT_GENL_H */
