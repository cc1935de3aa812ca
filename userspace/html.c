// SPDX-License-Identifier: GPL-2.0
/* Text in HTML: nothing of it is ever taken for markup. */
#include <inttypes.h>
#include <string.h>

#include "html.h"
#include "text.h"
#include "utf8.h"

static void put_code(FILE *out, uint32_t code)
{
	if (code >= 0x10000) {
		fputc((int)(0xf0 | code >> 18), out);
		fputc((int)(0x80 | (code >> 12 & 0x3f)), out);
	} else if (code >= 0x800) {
		fputc((int)(0xe0 | code >> 12), out);
	}
	if (code >= 0x800)
		fputc((int)(0x80 | (code >> 6 & 0x3f)), out);
	else if (code >= 0x80)
		fputc((int)(0xc0 | code >> 6), out);
	fputc((int)(code >= 0x80 ? 0x80 | (code & 0x3f) : code), out);
}

/**
 * html_text - text between tags, or in an attribute in quotes of either kind
 * @out: where to
 * @text: anything; lines stay lines, other control characters become '?'
 */
void html_text(FILE *out, const char *text)
{
	uint32_t code;

	while (*text) {
		if (*text == '\n') {
			fputc(*text++, out);
			continue;
		}
		code = utf8_next(&text);
		switch (code) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			put_code(out, code);
		}
	}
}

/**
 * html_addr - an address, which may be broken at its colons, and nowhere else
 * @out: where to
 * @addr: the address; characters that no markup has
 */
void html_addr(FILE *out, const char *addr)
{
	for (; *addr; addr++) {
		fputc(*addr, out);
		if (*addr == ':' && addr[1] != ':')
			fputs("<wbr>", out);
	}
}

/**
 * html_number - a number with thin blanks between thousands
 * @out: where to
 * @value: the number
 */
void html_number(FILE *out, uint64_t value)
{
	char text[TEXT_U64_LEN];
	size_t left;
	char *at;

	text_u64(text, value);
	left = strlen(text);
	for (at = text; *at; at++, left--) {
		/* U+202F, at which no line breaks. */
		if (at != text && left % 3 == 0)
			fputs("\u202f", out);
		fputc(*at, out);
	}
}

/**
 * html_bytes_text - so many bytes, rounded where they are many
 * @out: where to
 * @bytes: how many
 */
void html_bytes_text(FILE *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000;
		unit++;
	}
	fprintf(out, unit && value < 99.95 ? "%.1f\u202f%s" : "%.0f\u202f%s",
		value, units[unit]);
}

/**
 * html_bytes - the same, with the whole number where the mouse rests
 * @out: where to
 * @bytes: how many
 */
void html_bytes(FILE *out, uint64_t bytes)
{
	fprintf(out, "<span title=\"%" PRIu64 " bytes\">", bytes);
	html_bytes_text(out, bytes);
	fputs("</span>", out);
}
