/* SPDX-License-Identifier: GPL-2.0 */
/* The fragments of one network namespace. */
#ifndef _TSTAT_FRAG_H
#define _TSTAT_FRAG_H

#include "core/frag.h"

struct tstat_frag_table;

struct tstat_frag_table *tstat_frag_table_create(void);
void tstat_frag_table_destroy(struct tstat_frag_table *table);
bool tstat_frag_table_place(struct tstat_frag_table *table,
			    struct tstat_packet *pkt, u64 now_ns);

#endif /* _TSTAT_FRAG_H */
