// SPDX-License-Identifier: GPL-2.0
/* Writes JSON as it is told. */
#include <string.h>

#include "flow.h"
#include "json_writer.h"
#include "output.h"
#include "text.h"

static void flush(struct json *json)
{
	output_put(json->out, json->buffer, json->len);
	json->len = 0;
}

/* Where @len bytes can be written, JSON_BUFFER at most. */
static char *room(struct json *json, size_t len)
{
	if (JSON_BUFFER - json->len < len)
		flush(json);
	return json->buffer + json->len;
}

static void put_bytes(struct json *json, const char *bytes, size_t len)
{
	if (len > JSON_BUFFER) {
		flush(json);
		output_put(json->out, bytes, len);
		return;
	}
	memcpy(room(json, len), bytes, len);
	json->len += len;
}

static void put_char(struct json *json, char c)
{
	*room(json, 1) = c;
	json->len++;
}

static void put_escaped(struct json *json, char c)
{
	char text[8];

	if (c == '"' || c == '\\')
		snprintf(text, sizeof(text), "\\%c", c);
	else
		snprintf(text, sizeof(text), "\\u%04x", (unsigned int)c);
	put_bytes(json, text, strlen(text));
}

static bool is_plain(char c)
{
	return c != '"' && c != '\\' && (unsigned char)c >= ' ';
}

static void put_text(struct json *json, const char *text)
{
	const char *from = text;

	put_char(json, '"');
	for (; *text; text++) {
		if (is_plain(*text))
			continue;
		put_bytes(json, from, (size_t)(text - from));
		put_escaped(json, *text);
		from = text + 1;
	}
	put_bytes(json, from, (size_t)(text - from));
	put_char(json, '"');
}

static void put_line(struct json *json)
{
	unsigned int i;

	if (!json->pretty)
		return;
	put_char(json, '\n');
	for (i = 0; i < json->depth; i++)
		put_bytes(json, "    ", 4);
}

/* Everything that comes before a value. */
static void put_key(struct json *json, const char *key)
{
	if (json->filled)
		put_char(json, ',');
	if (json->depth)
		put_line(json);
	if (key) {
		/* Keys are words of ours: there is nothing to escape. */
		put_char(json, '"');
		put_bytes(json, key, strlen(key));
		put_char(json, '"');
		put_char(json, ':');
		if (json->pretty)
			put_char(json, ' ');
	}
	json->filled = true;
}

static void put_u64(struct json *json, uint64_t value)
{
	char *at = room(json, TEXT_U64_LEN);

	json->len += (size_t)(text_u64(at, value) - at);
}

static void open_with(struct json *json, const char *key, char bracket)
{
	put_key(json, key);
	put_char(json, bracket);
	json->depth++;
	json->filled = false;
}

static void close_with(struct json *json, char bracket)
{
	json->depth--;
	if (json->filled)
		put_line(json);
	put_char(json, bracket);
	json->filled = true;
	if (json->depth)
		return;
	put_char(json, '\n');
	flush(json);
}

/**
 * json_object_begin - open an object
 * @json: the writer
 * @key: its name, or NULL
 */
void json_object_begin(struct json *json, const char *key)
{
	open_with(json, key, '{');
}

/**
 * json_object_end - close the object that was opened last
 * @json: the writer
 */
void json_object_end(struct json *json)
{
	close_with(json, '}');
}

/**
 * json_array_begin - open an array
 * @json: the writer
 * @key: its name, or NULL
 */
void json_array_begin(struct json *json, const char *key)
{
	open_with(json, key, '[');
}

/**
 * json_array_end - close the array that was opened last
 * @json: the writer
 */
void json_array_end(struct json *json)
{
	close_with(json, ']');
}

/**
 * json_string - write a string
 * @json: the writer
 * @key: its name, or NULL
 * @value: the string, in UTF-8
 */
void json_string(struct json *json, const char *key, const char *value)
{
	put_key(json, key);
	put_text(json, value);
}

/**
 * json_u64 - write an unsigned number
 * @json: the writer
 * @key: its name, or NULL
 * @value: the number
 */
void json_u64(struct json *json, const char *key, uint64_t value)
{
	put_key(json, key);
	put_u64(json, value);
}

/**
 * json_s64 - write a signed number
 * @json: the writer
 * @key: its name, or NULL
 * @value: the number
 */
void json_s64(struct json *json, const char *key, int64_t value)
{
	put_key(json, key);
	if (value < 0)
		put_char(json, '-');
	put_u64(json, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/**
 * json_bool - write true or false
 * @json: the writer
 * @key: its name, or NULL
 * @value: which
 */
void json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	put_bytes(json, value ? "true" : "false", value ? 4 : 5);
}

/**
 * json_seconds - write a time in seconds, to the nanosecond
 * @json: the writer
 * @key: its name, or NULL
 * @ns: the time
 *
 * A double cannot hold the nanoseconds of a date; its text can.
 */
void json_seconds(struct json *json, const char *key, uint64_t ns)
{
	put_key(json, key);
	put_u64(json, ns / NS_PER_SEC);
	put_char(json, '.');
	text_digits(room(json, 10), ns % NS_PER_SEC, 9);
	json->len += 9;
}
