// SPDX-License-Identifier: GPL-2.0
/* A file that is replaced as a whole: who reads it sees the old or the new. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "textfile.h"

/* Sets the names; 0 or a negative errno. */
static int name_files(struct textfile *file, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int dir_len = slash ? (int)(name - path) : 2;

	if (!*name)
		return *path ? -EISDIR : -ENOENT;
	if (snprintf(file->dir, sizeof(file->dir), "%.*s", dir_len,
		     slash ? path : "./") >= (int)sizeof(file->dir))
		return -ENAMETOOLONG;
	/* No *.prom: nobody is to read it before it is whole. */
	if (snprintf(file->temporary, sizeof(file->temporary), "%.*s.%s.XXXXXX",
		     dir_len, file->dir, name) >= (int)sizeof(file->temporary))
		return -ENAMETOOLONG;
	file->path = path;
	return 0;
}

/* As a file that is made by its name: mkostemp() leaves it to the owner. */
static int set_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0666 & ~mask);
}

/**
 * textfile_begin_over - begin to write a file, whatever is there
 * @file: written whole
 * @path: what will be replaced; also where it is a link
 *
 * Return: 0 or a negative errno.
 */
int textfile_begin_over(struct textfile *file, const char *path)
{
	int fd, ret;

	ret = name_files(file, path);
	if (ret)
		return ret;
	fd = mkostemp(file->temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!set_mode(fd)) {
		file->out = fdopen(fd, "w");
		if (file->out)
			return 0;
	}
	ret = -errno;
	close(fd);
	unlink(file->temporary);
	return ret;
}

/**
 * textfile_begin - begin to write a file
 * @file: written whole
 * @path: what will be replaced; a regular file, or nothing
 *
 * Return: 0 or a negative errno, -EINVAL where @path is no regular file.
 */
int textfile_begin(struct textfile *file, const char *path)
{
	struct stat st;

	/* A device, or a link to something, would be replaced by a file. */
	if (path[strlen(path) - !!*path] != '/' && !lstat(path, &st) &&
	    !S_ISREG(st.st_mode))
		return -EINVAL;
	return textfile_begin_over(file, path);
}

/**
 * textfile_close - close a file, and tell of what went wrong with it
 * @out: the file
 * @sync: to the disk, too
 *
 * Return: 0 or a negative errno.
 */
int textfile_close(FILE *out, bool sync)
{
	int ret = 0;

	errno = EIO;	/* ferror() knows no reason */
	if (fflush(out) || ferror(out) || (sync && fsync(fileno(out))))
		ret = -errno;
	if (fclose(out) && !ret)
		ret = -errno;
	return ret;
}

/* The name is on the disk when the directory is. */
static int sync_dir(const char *dir)
{
	int fd, ret;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = fsync(fd) ? -errno : 0;
	close(fd);
	return ret;
}

/**
 * textfile_commit - put what was written in the place of the old
 * @file: from textfile_begin()
 *
 * Return: 0 or a negative errno; the old file is still there then.
 */
int textfile_commit(struct textfile *file)
{
	int ret;

	/* After a crash, an empty file would be the new one. */
	ret = textfile_close(file->out, true);
	if (!ret && rename(file->temporary, file->path))
		ret = -errno;
	if (ret) {
		unlink(file->temporary);
		return ret;
	}
	return sync_dir(file->dir);
}
