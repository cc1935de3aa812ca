// SPDX-License-Identifier: GPL-2.0
/* Text that may hold anything, character by character. */
#include <stdbool.h>

#include "utf8.h"

/**
 * utf8_next - the next character of a text
 * @text: moved behind it
 *
 * Return: its number; 0 at the end; '?' for a control character, which a
 * terminal would take for an order, and for bytes that are no UTF-8.
 */
uint32_t utf8_next(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	unsigned int more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc0;
	uint32_t code = more ? *at & (0x3fU >> more) : *at;
	bool stray = !more && *at >= 0x80;

	if (!*at)
		return 0;
	for (at++; more && (*at & 0xc0) == 0x80; more--)
		code = code << 6 | (*at++ & 0x3fU);
	*text = (const char *)at;
	if (more || stray || (code >= 0xd800 && code < 0xe000) ||
	    code > 0x10ffff)
		return '?';
	return code < ' ' || (code >= 0x7f && code < 0xa0) ? '?' : code;
}
