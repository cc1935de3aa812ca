/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows as the lines of a conn.log of Zeek, in its ASCII format with tabs:
 * docs.zeek.org/en/master/log-formats.html and .../logs/conn.html.
 */
#ifndef TUPLESTAT_ZEEK_H
#define TUPLESTAT_ZEEK_H

#include "fields.h"

/* 'C' and digits to base 62; and the NUL. */
#define ZEEK_UID_LEN 19

size_t zeek_fields(const struct field *field[COLUMNS_MAX]);
void zeek_uid(char uid[ZEEK_UID_LEN], const struct flow *flow);
void zeek_print(FILE *out, const struct columns *columns, bool header);

#endif /* TUPLESTAT_ZEEK_H */
