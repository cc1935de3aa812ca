// SPDX-License-Identifier: GPL-2.0
/* Text into buffers, without printf(). */
#include <stddef.h>
#include <string.h>

#include "flow.h"
#include "text.h"

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
	unsigned int i;

	for (i = digits; i; i--) {
		at[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	at[digits] = '\0';
	return at + digits;
}

/* 255 at most; nothing behind it. */
static char *put_octet(char *at, unsigned int octet)
{
	unsigned int tens = octet / 10;

	if (octet >= 100) {
		*at++ = (char)('0' + octet / 100);
		*at++ = (char)('0' + tens % 10);
	} else if (octet >= 10) {
		*at++ = (char)('0' + tens);
	}
	*at++ = (char)('0' + octet - tens * 10);
	return at;
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
	*at++ = '.';
	at = put_octet(at, addr[1]);
	*at++ = '.';
	at = put_octet(at, addr[2]);
	*at++ = '.';
	at = put_octet(at, addr[3]);
	*at = '\0';
	return at;
}

/* Two units are enough to tell a second from a day. */
static const struct {
	uint64_t ns;
	const char *name;
	uint64_t lower_ns;
	unsigned int lower_digits;
	const char *lower_name;
} units[] = {
	{ 86400 * NS_PER_SEC, "d", 3600 * NS_PER_SEC, 2, "h" },
	{ 3600 * NS_PER_SEC, "h", 60 * NS_PER_SEC, 2, "m" },
	{ 60 * NS_PER_SEC, "m", NS_PER_SEC, 2, "s" },
	{ NS_PER_SEC, ".", NS_PER_SEC / 10, 1, "s" },
	{ NS_PER_MSEC, "ms", 0, 0, "" },
	{ NS_PER_USEC, "us", 0, 0, "" },
};

/**
 * text_duration - write a time, as 27ms or 1h05m
 * @at: where to; TEXT_U64_LEN and five bytes more are enough
 * @ns: nanoseconds; of less than a microsecond it says 0us
 *
 * Return: where it ended, at the NUL.
 */
char *text_duration(char *at, uint64_t ns)
{
	size_t i = 0;

	/* What is less than the least unit is none of it. */
	while (i + 1 < sizeof(units) / sizeof(units[0]) && ns < units[i].ns)
		i++;
	at = stpcpy(text_u64(at, ns / units[i].ns), units[i].name);
	if (units[i].lower_ns)
		at = text_digits(at, ns % units[i].ns / units[i].lower_ns,
				 units[i].lower_digits);
	return stpcpy(at, units[i].lower_name);
}

/**
 * text_amount - write a number in four bytes at most: 0.5, 12, 999, 1.2k, 45M
 * @at: where to; TEXT_AMOUNT_LEN bytes are enough
 * @value: the number, below 10^21, rounded to two digits or three
 *
 * Return: where it ended, at the NUL.
 */
char *text_amount(char *at, double value)
{
	static const char units[] = " kMGTPE";
	size_t unit = 0;

	/* What would be rounded to 1000 is one of the next unit. */
	while (value >= 999.5 && units[unit + 1]) {
		value /= 1000;
		unit++;
	}
	if (value >= 9.95 || value < 0.05 || (!unit && value >= 1))
		at = text_u64(at, (uint64_t)(value + 0.5));
	else
		at = text_digits(stpcpy(text_u64(at, (uint64_t)(value + 0.05)),
					"."),
				 (uint64_t)(value * 10 + 0.5), 1);
	if (unit)
		*at++ = units[unit];
	*at = '\0';
	return at;
}
