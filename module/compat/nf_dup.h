/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Duplicates made by nf_dup_ipv4() and nf_dup_ipv6(). See probe.mk for the
 * probe.
 */
#ifndef _TSTAT_COMPAT_NF_DUP_H
#define _TSTAT_COMPAT_NF_DUP_H

#ifdef TSTAT_HAVE_IN_NF_DUPLICATE
#include <linux/sched.h>
#else
#include <linux/netfilter.h>
#include <linux/percpu.h>
#endif

/*
 * Whether one of them is in ip_local_out() here. Kernels that keep this per CPU
 * may let a softirq interrupt it, whose packets are no duplicates.
 */
static inline bool tstat_compat_in_nf_dup(void)
{
#ifdef TSTAT_HAVE_IN_NF_DUPLICATE
	return current->in_nf_duplicate;
#else
	return this_cpu_read(nf_skb_duplicated);
#endif
}

#endif /* _TSTAT_COMPAT_NF_DUP_H */
