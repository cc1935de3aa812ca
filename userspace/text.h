/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text into buffers, for what is written of each of very many flows: a tenth of
 * what printf() takes. Each returns where it ended, at a NUL, as stpcpy() does.
 */
#ifndef TUPLESTAT_TEXT_H
#define TUPLESTAT_TEXT_H

#include <stdint.h>

/* Digits of the largest number, and the NUL. */
#define TEXT_U64_LEN 21

/* Of an amount, likewise. */
#define TEXT_AMOUNT_LEN 8

char *text_u64(char *at, uint64_t value);
char *text_digits(char *at, uint64_t value, unsigned int digits);
char *text_ipv4(char *at, const uint8_t addr[4]);
char *text_duration(char *at, uint64_t ns);
char *text_amount(char *at, double value);

#endif /* TUPLESTAT_TEXT_H */
