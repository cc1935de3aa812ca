// SPDX-License-Identifier: GPL-2.0
/* Writes JSON as it is told. */
#include <inttypes.h>

#include "flow.h"
#include "json_writer.h"

static void put_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			fprintf(out, "\\u%04x", (unsigned int)*text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

static void put_line(const struct json *json)
{
	if (json->pretty)
		fprintf(json->out, "\n%*s", (int)json->depth * 4, "");
}

/* Everything that comes before a value. */
static void put_key(struct json *json, const char *key)
{
	if (json->filled)
		fputc(',', json->out);
	if (json->depth)
		put_line(json);
	if (key) {
		put_text(json->out, key);
		fputs(json->pretty ? ": " : ":", json->out);
	}
	json->filled = true;
}

static void open_with(struct json *json, const char *key, char bracket)
{
	put_key(json, key);
	fputc(bracket, json->out);
	json->depth++;
	json->filled = false;
}

static void close_with(struct json *json, char bracket)
{
	json->depth--;
	if (json->filled)
		put_line(json);
	fputc(bracket, json->out);
	json->filled = true;
	if (!json->depth)
		fputc('\n', json->out);
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
	put_text(json->out, value);
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
	fprintf(json->out, "%" PRIu64, value);
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
	fprintf(json->out, "%" PRId64, value);
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
	fputs(value ? "true" : "false", json->out);
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
	fprintf(json->out, "%" PRIu64 ".%09" PRIu64, ns / NS_PER_SEC,
		ns % NS_PER_SEC);
}
