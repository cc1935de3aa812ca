/* SPDX-License-Identifier: GPL-2.0 */
/* Reading integers at any address. See probe.mk for the probe. */
#ifndef _TSTAT_COMPAT_UNALIGNED_H
#define _TSTAT_COMPAT_UNALIGNED_H

#ifdef TSTAT_HAVE_LINUX_UNALIGNED
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#endif /* _TSTAT_COMPAT_UNALIGNED_H */
