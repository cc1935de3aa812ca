/* SPDX-License-Identifier: GPL-2.0 */
/* A line for who waits: how far the work has come. */
#ifndef TUPLESTAT_PROGRESS_H
#define TUPLESTAT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct progress - a bar that shows itself only where it takes long
 * @out: the terminal; NULL for none at all
 * @size: bytes to read, 0 where nobody knows
 * @due_ns: when to show it, or again; CLOCK_MONOTONIC
 * @shown: it is on the screen
 */
struct progress {
	FILE *out;
	uint64_t size;
	uint64_t due_ns;
	bool shown;
};

uint64_t progress_now(void);
void progress_begin(struct progress *progress, FILE *out, uint64_t size,
		    uint64_t now_ns);
void progress_step(struct progress *progress, uint64_t done, uint64_t packets,
		   uint64_t now_ns);
void progress_end(struct progress *progress);

#endif /* TUPLESTAT_PROGRESS_H */
