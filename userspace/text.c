// SPDX-License-Identifier: GPL-2.0
/* Text into buffers, without printf(). */
#include <string.h>

#include "text.h"

/* Ten rows, and a hundred, and 256, of what a macro makes of a number. */
#define TIMES10(entry, n)						\
	entry(n), entry((n) + 1), entry((n) + 2), entry((n) + 3),	\
	entry((n) + 4), entry((n) + 5), entry((n) + 6), entry((n) + 7),	\
	entry((n) + 8), entry((n) + 9)
#define TIMES100(entry, n)						\
	TIMES10(entry, n), TIMES10(entry, (n) + 10),			\
	TIMES10(entry, (n) + 20), TIMES10(entry, (n) + 30),		\
	TIMES10(entry, (n) + 40), TIMES10(entry, (n) + 50),		\
	TIMES10(entry, (n) + 60), TIMES10(entry, (n) + 70),		\
	TIMES10(entry, (n) + 80), TIMES10(entry, (n) + 90)
#define TIMES256(entry)							\
	TIMES100(entry, 0), TIMES100(entry, 100),			\
	TIMES10(entry, 200), TIMES10(entry, 210), TIMES10(entry, 220),	\
	TIMES10(entry, 230), TIMES10(entry, 240), entry(250),		\
	entry(251), entry(252), entry(253), entry(254), entry(255)

#define DIGIT(n) ((char)('0' + (n) % 10))

/* 00 to 99 */
#define PAIR(n) { DIGIT((n) / 10), DIGIT(n) }
static const char pairs[100][2] = { TIMES100(PAIR, 0) };

/* An octet of an address with the dot behind it, and the bytes that it takes. */
#define OCTET(n) { {							\
	DIGIT((n) >= 100 ? (n) / 100 : (n) >= 10 ? (n) / 10 : (n)),	\
	(n) >= 100 ? DIGIT((n) / 10) : (n) >= 10 ? DIGIT(n) : '.',	\
	(n) >= 100 ? DIGIT(n) : '.', '.' },				\
	2 + ((n) >= 10) + ((n) >= 100) }
static const struct {
	char text[4];
	uint8_t len;
} octets[256] = { TIMES256(OCTET) };

static unsigned int count_digits(uint64_t value)
{
	unsigned int digits = 1;

	for (; value >= 10000; value /= 10000)
		digits += 4;
	return digits + (value >= 10) + (value >= 100) + (value >= 1000);
}

/**
 * text_u64 - write a number
 * @at: where to; TEXT_U64_LEN bytes are enough
 * @value: the number
 *
 * Return: where it ended, at the NUL.
 */
char *text_u64(char *at, uint64_t value)
{
	if (value >= 10)
		return text_digits(at, value, count_digits(value));
	*at++ = (char)('0' + value);
	*at = '\0';
	return at;
}

/**
 * text_digits - write a number with leading zeros
 * @at: where to
 * @value: the number; what has more digits loses the first ones
 * @digits: how many digits
 *
 * Return: where it ended, at the NUL.
 */
char *text_digits(char *at, uint64_t value, unsigned int digits)
{
	char *from = at + digits;

	for (; from - at >= 2; value /= 100) {
		from -= 2;
		memcpy(from, pairs[value % 100], 2);
	}
	if (from > at)
		*at = DIGIT(value);
	at[digits] = '\0';
	return at + digits;
}

static char *put_octet(char *at, uint8_t octet)
{
	memcpy(at, octets[octet].text, 4);
	return at + octets[octet].len;
}

/**
 * text_ipv4 - write an IPv4 address
 * @at: where to; INET_ADDRSTRLEN bytes are enough
 * @addr: the address
 *
 * Return: where it ended, at the NUL.
 */
char *text_ipv4(char *at, const uint8_t addr[4])
{
	at = put_octet(at, addr[0]);
	at = put_octet(at, addr[1]);
	at = put_octet(at, addr[2]);
	at = put_octet(at, addr[3]) - 1;
	*at = '\0';
	return at;
}
