// SPDX-License-Identifier: GPL-2.0
/* Numbers that a person typed. */
#include <errno.h>

#include "number.h"

/**
 * number_parse - read an unsigned decimal number, and nothing but that
 * @text: the digits; no sign, no blank, no 0x
 * @len: how many characters of @text are meant, all of them digits
 * @max: the largest number that will do
 * @value: where to put it
 *
 * Return: 0, -EINVAL for anything but digits, -ERANGE above @max.
 */
int number_parse(const char *text, size_t len, uint32_t max, uint32_t *value)
{
	uint64_t sum = 0;
	size_t i;

	if (!len)
		return -EINVAL;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		sum = sum * 10 + (uint64_t)(text[i] - '0');
		if (sum > max)
			return -ERANGE;
	}
	*value = (uint32_t)sum;
	return 0;
}
