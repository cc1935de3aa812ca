// SPDX-License-Identifier: GPL-2.0
/* A line for who waits: how far the work has come. */
#include <inttypes.h>
#include <time.h>

#include "flow.h"
#include "progress.h"

#define FIRST_SHOWN NS_PER_SEC
#define SHOWN_AGAIN (NS_PER_SEC / 5)
#define BAR_WIDTH 40

/**
 * progress_now - the time, as the other functions take it
 *
 * Return: CLOCK_MONOTONIC in nanoseconds.
 */
uint64_t progress_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_SEC + (uint64_t)now.tv_nsec;
}

/**
 * progress_begin - the work begins
 * @progress: written whole
 * @out: the terminal; NULL where there is none, then nothing is ever printed
 * @size: bytes to read, 0 where nobody knows
 * @now_ns: the time
 */
void progress_begin(struct progress *progress, FILE *out, uint64_t size,
		    uint64_t now_ns)
{
	*progress = (struct progress){
		.out = out,
		.size = size,
		.due_ns = now_ns + FIRST_SHOWN,
	};
}

static void put_bar(FILE *out, uint64_t done, uint64_t size)
{
	unsigned int filled;
	int percent;

	/* A file can grow while it is read. */
	if (done > size)
		done = size;
	filled = (unsigned int)((unsigned __int128)done * BAR_WIDTH / size);
	percent = (int)((unsigned __int128)done * 100 / size);
	fprintf(out, "%3d%% [%-*.*s]  ", percent, BAR_WIDTH, (int)filled,
		"########################################");
}

/**
 * progress_step - some of the work is done
 * @progress: what progress_begin() wrote
 * @done: bytes that were read
 * @packets: packets that were read
 * @now_ns: the time
 *
 * Prints now and then, and not before it has taken a second.
 */
void progress_step(struct progress *progress, uint64_t done, uint64_t packets,
		   uint64_t now_ns)
{
	if (!progress->out || now_ns < progress->due_ns)
		return;
	progress->due_ns = now_ns + SHOWN_AGAIN;
	progress->shown = true;
	fputc('\r', progress->out);
	if (progress->size)
		put_bar(progress->out, done, progress->size);
	fprintf(progress->out, "%" PRIu64 " packets", packets);
	fflush(progress->out);
}

/**
 * progress_end - the work is done; takes the line off the screen
 * @progress: what progress_begin() wrote
 */
void progress_end(struct progress *progress)
{
	if (!progress->shown)
		return;
	fputs("\r\033[K", progress->out);
	fflush(progress->out);
	progress->shown = false;
}
