/* SPDX-License-Identifier: GPL-2.0 */
/* Assertions about the context, for kernels that lack one (before 5.11). */
#ifndef _TSTAT_COMPAT_LOCKDEP_H
#define _TSTAT_COMPAT_LOCKDEP_H

#include <linux/lockdep.h>
#include <linux/preempt.h>

#ifndef lockdep_assert_in_softirq
#ifdef CONFIG_PROVE_LOCKING
#define lockdep_assert_in_softirq() \
	WARN_ON_ONCE(debug_locks && (!in_softirq() || in_irq() || in_nmi()))
#else
#define lockdep_assert_in_softirq() do { } while (0)
#endif
#endif

#endif /* _TSTAT_COMPAT_LOCKDEP_H */
