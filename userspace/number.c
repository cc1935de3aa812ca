// SPDX-License-Identifier: GPL-2.0
/* Numbers that a person typed. */
#include <errno.h>
#include <string.h>

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

/* How many seconds the unit at @text stands for; 0 for no unit at all. */
static uint32_t unit_seconds(const char *text)
{
	static const struct {
		const char *name;
		uint32_t seconds;
	} units[] = {
		{ "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 },
		{ "d", 86400 },
	};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].name, text))
			return units[i].seconds;
	return 0;
}

/**
 * number_parse_seconds - read a time: seconds, or with a unit: 90s, 15m, 2h, 30d
 * @text: the time, not 0
 * @max: the longest time that will do
 * @seconds: where to put it
 *
 * Return: 0, -EINVAL for no time, -ERANGE above @max.
 */
int number_parse_seconds(const char *text, uint32_t max, uint32_t *seconds)
{
	size_t digits = strspn(text, "0123456789");
	uint32_t unit = unit_seconds(text + digits);
	uint32_t number;
	int ret;

	if (!unit)
		return -EINVAL;
	ret = number_parse(text, digits, max / unit, &number);
	if (ret)
		return ret;
	*seconds = number * unit;
	return number ? 0 : -EINVAL;
}
