/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes JSON as it is told. Members of an object have a key, elements of an
 * array have NULL in its place.
 */
#ifndef TUPLESTAT_JSON_WRITER_H
#define TUPLESTAT_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_BUFFER 1024

/**
 * struct json - where the writer stands
 * @out: where to write
 * @pretty: a line for each member, indented
 * @depth: objects and arrays that are open
 * @filled: the innermost of them has a member already
 * @len: bytes in @buffer
 * @buffer: what is not in @out yet; nothing, once all is closed
 */
struct json {
	FILE *out;
	bool pretty;
	unsigned int depth;
	bool filled;
	size_t len;
	char buffer[JSON_BUFFER];
};

void json_object_begin(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array_begin(struct json *json, const char *key);
void json_array_end(struct json *json);
void json_string(struct json *json, const char *key, const char *value);
void json_u64(struct json *json, const char *key, uint64_t value);
void json_s64(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_seconds(struct json *json, const char *key, uint64_t ns);

#endif /* TUPLESTAT_JSON_WRITER_H */
