/* SPDX-License-Identifier: GPL-2.0 */
/* Text in HTML: nothing of it is ever taken for markup. */
#ifndef TUPLESTAT_HTML_H
#define TUPLESTAT_HTML_H

#include <stdint.h>
#include <stdio.h>

void html_text(FILE *out, const char *text);
void html_addr(FILE *out, const char *addr);
void html_number(FILE *out, uint64_t value);
void html_bytes_text(FILE *out, uint64_t bytes);
void html_bytes(FILE *out, uint64_t bytes);

#endif /* TUPLESTAT_HTML_H */
