// SPDX-License-Identifier: GPL-2.0
/* Text into buffers, without printf(). */
#include <string.h>

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
