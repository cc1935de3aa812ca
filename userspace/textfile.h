/* SPDX-License-Identifier: GPL-2.0 */
/* A file that is replaced as a whole: who reads it sees the old or the new. */
#ifndef TUPLESTAT_TEXTFILE_H
#define TUPLESTAT_TEXTFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

/**
 * struct textfile - a file that is being written
 * @out: where to write to
 * @path: what it will be
 * @dir: the directory that it is in
 * @temporary: what it is until then, in the same directory
 */
struct textfile {
	FILE *out;
	const char *path;
	char dir[PATH_MAX];
	char temporary[PATH_MAX];
};

int textfile_begin(struct textfile *file, const char *path);
int textfile_begin_over(struct textfile *file, const char *path);
int textfile_commit(struct textfile *file);
int textfile_close(FILE *out, bool sync);

#endif /* TUPLESTAT_TEXTFILE_H */
