/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink by the names of the newest kernel, where an older one lacks
 * them. See probe.mk for the probes.
 */
#ifndef _TSTAT_COMPAT_GENL_H
#define _TSTAT_COMPAT_GENL_H

#include <net/genetlink.h>

/* Of another type, but with the same member attrs. */
#ifndef TSTAT_HAVE_GENL_INFO_DUMP
#define genl_info_dump(cb) genl_dumpit_info(cb)
#endif

/* Which attribute a request lacks: there the text alone has to tell. */
#ifndef NL_SET_ERR_ATTR_MISS
#define NL_SET_ERR_ATTR_MISS(extack, nest, type) do { } while (0)
#endif

/*
 * Who may not ask may not listen. Before multicast groups had flags of their
 * own, they took those of operations.
 */
#ifndef TSTAT_HAVE_MCAST_CAP_NET_ADMIN
#ifndef TSTAT_HAVE_MCAST_FLAGS
#error "this kernel cannot keep unprivileged users from listening to events"
#endif
#define GENL_MCAST_CAP_NET_ADMIN GENL_UNS_ADMIN_PERM
#endif

/*
 * Initialiser of struct genl_family: the first operation that is refused where
 * the reserved field of its header is not zero. Where the kernel does not look,
 * we do; there is no such place for dumps.
 */
#ifdef TSTAT_HAVE_RESV_START_OP
#define TSTAT_COMPAT_RESV_START_OP(op) .resv_start_op = (op),
#else
static inline int tstat_compat_refuse_reserved(const struct genl_ops *op,
					       struct sk_buff *skb,
					       struct genl_info *info)
{
	if (!info->genlhdr->reserved)
		return 0;
	NL_SET_ERR_MSG(info->extack, "genlmsghdr.reserved field is not 0");
	return -EINVAL;
}

#define TSTAT_COMPAT_RESV_START_OP(op) .pre_doit = tstat_compat_refuse_reserved,
#endif

#endif /* _TSTAT_COMPAT_GENL_H */
