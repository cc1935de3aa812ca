// SPDX-License-Identifier: GPL-2.0
/* Text into buffers, without printf(). */
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
