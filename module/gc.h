/* SPDX-License-Identifier: GPL-2.0 */
/* The collector: ends flows whose timeout is over, a slice at a time. */
#ifndef _TSTAT_GC_H
#define _TSTAT_GC_H

struct tstat_net;

void tstat_gc_init(struct tstat_net *tn);
void tstat_gc_start(struct tstat_net *tn);
void tstat_gc_stop(struct tstat_net *tn);

#endif /* _TSTAT_GC_H */
