// SPDX-License-Identifier: GPL-2.0
/* Many bytes at once to a stream, and why that failed. */
#include <errno.h>

#include "output.h"

static int first_error;

/**
 * output_put - write bytes
 * @out: where to
 * @bytes: what
 * @len: how many
 *
 * What fails is told by output_error(), and by ferror() of @out.
 */
void output_put(FILE *out, const char *bytes, size_t len)
{
	errno = 0;
	if (fwrite(bytes, 1, len, out) != len && !first_error)
		first_error = errno;
}

/**
 * output_error - why output_put() failed, the first time
 *
 * Return: 0 where it never did, or an errno.
 */
int output_error(void)
{
	return first_error;
}
