/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KTAP output for a test that is one program.
 *
 *	ktap_plan(2);
 *	ktap_ok(1 + 1 == 2, "addition");
 *	ktap_ok(2 - 1 == 1, "subtraction of %d", 1);
 *	return ktap_finish();
 */
#ifndef TUPLESTAT_KTAP_H
#define TUPLESTAT_KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static struct {
	unsigned int planned;
	unsigned int done;
	unsigned int failed;
} ktap;

static inline void ktap_plan(unsigned int tests)
{
	/* A line at a time, so that a crash does not take results with it. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	ktap.planned = tests;
	printf("KTAP version 1\n1..%u\n", tests);
}

static inline bool __attribute__((format(printf, 2, 3)))
ktap_ok(bool good, const char *format, ...)
{
	va_list args;

	ktap.done++;
	ktap.failed += !good;
	printf("%s %u - ", good ? "ok" : "not ok", ktap.done);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return good;
}

/* The exit code: 1 also where tests are missing or too many. */
static inline int ktap_finish(void)
{
	if (ktap.done != ktap.planned)
		printf("# %u tests planned, %u run\n", ktap.planned,
		       ktap.done);
	return ktap.failed || ktap.done != ktap.planned;
}

#endif /* TUPLESTAT_KTAP_H */
