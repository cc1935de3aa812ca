/* SPDX-License-Identifier: GPL-2.0 */
/* Where a TCP connection stands, from the flags of its segments. */
#ifndef _TSTAT_CORE_TCP_H
#define _TSTAT_CORE_TCP_H

#include "parse.h"
#include "record.h"

void tstat_tcp_track(struct tstat_record *rec, const struct tstat_packet *pkt);

#endif /* _TSTAT_CORE_TCP_H */
