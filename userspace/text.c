// SPDX-License-Identifier: GPL-2.0
/* Text into buffers, without printf(). */
#include <stddef.h>
#include <string.h>

#include "flow.h"
#include "text.h"

/* Two digits at a time; without a NUL. */
static const char pairs[100][2] = {
	"00", "01", "02", "03", "04", "05", "06", "07", "08", "09",
	"10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
	"20", "21", "22", "23", "24", "25", "26", "27", "28", "29",
	"30", "31", "32", "33", "34", "35", "36", "37", "38", "39",
	"40", "41", "42", "43", "44", "45", "46", "47", "48", "49",
	"50", "51", "52", "53", "54", "55", "56", "57", "58", "59",
	"60", "61", "62", "63", "64", "65", "66", "67", "68", "69",
	"70", "71", "72", "73", "74", "75", "76", "77", "78", "79",
	"80", "81", "82", "83", "84", "85", "86", "87", "88", "89",
	"90", "91", "92", "93", "94", "95", "96", "97", "98", "99",
};

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
		*at = (char)('0' + value % 10);
	at[digits] = '\0';
	return at + digits;
}

/* 255 at most; nothing behind it. */
static char *put_octet(char *at, unsigned int octet)
{
	if (octet < 10) {
		*at = (char)('0' + octet);
		return at + 1;
	}
	if (octet >= 100) {
		*at++ = octet >= 200 ? '2' : '1';
		octet -= octet >= 200 ? 200 : 100;
	}
	memcpy(at, pairs[octet], 2);
	return at + 2;
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
