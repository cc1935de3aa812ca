/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzzers have in common. */
#ifndef TUPLESTAT_FUZZ_H
#define TUPLESTAT_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that is not kept is a finding. */
#define promise(condition)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: broken: %s\n",		\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

/* A copy that ends where its memory ends: ASan sees who reads beyond. */
static inline void *exact_copy(const void *from, size_t len)
{
	void *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, from, len);
	return copy;
}

/**
 * struct input - what is left of the fuzzer's bytes
 * @data: the bytes
 * @size: how many
 */
struct input {
	const uint8_t *data;
	size_t size;
};

/* The next byte, 0 where there is none. */
static inline uint8_t take8(struct input *in)
{
	if (!in->size)
		return 0;
	in->size--;
	return *in->data++;
}

static inline uint16_t take16(struct input *in)
{
	uint16_t low = take8(in);

	return (uint16_t)(low | take8(in) << 8);
}

#endif /* TUPLESTAT_FUZZ_H */
