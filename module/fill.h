/* SPDX-License-Identifier: GPL-2.0 */
/* From records to netlink attributes. */
#ifndef _TSTAT_FILL_H
#define _TSTAT_FILL_H

#include "ledger.h"

struct sk_buff;
struct tstat_event;

int tstat_fill_flow(struct sk_buff *skb, const struct tstat_record *rec);
int tstat_fill_event(struct sk_buff *skb, const struct tstat_event *event,
		     u64 seq);
int tstat_fill_total(struct sk_buff *skb, int attr, int reason,
		     const struct tstat_total *total);

#endif /* _TSTAT_FILL_H */
