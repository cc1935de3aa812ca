// SPDX-License-Identifier: GPL-2.0
/* What the commands have in common. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "output.h"

#define NETNS_DIR "/run/netns"

/**
 * cli_error - tell the person, in one line
 * @format: what, as for printf(), without a name before or a newline after
 */
void cli_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("tuplestat: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

/**
 * cli_no_words - refuse words after a command that takes none
 * @argc: how many
 * @argv: the words
 *
 * Return: CLI_OK or CLI_USAGE.
 */
int cli_no_words(int argc, char **argv)
{
	if (!argc)
		return CLI_OK;
	cli_error("unknown word '%s'; try 'tuplestat help'", argv[0]);
	return CLI_USAGE;
}

/**
 * cli_enter_netns - go into a network namespace
 * @netns: its name as of ip-netns(8), or a path if there is a '/' in it
 *
 * Return: CLI_OK or CLI_REFUSED.
 */
int cli_enter_netns(const char *netns)
{
	const char *dir = strchr(netns, '/') ? "" : NETNS_DIR "/";
	char path[4096];
	int fd;

	if (snprintf(path, sizeof(path), "%s%s", dir, netns) >=
	    (int)sizeof(path)) {
		cli_error("the name of the network namespace is too long");
		return CLI_REFUSED;
	}

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		cli_error("cannot open network namespace '%s': %s", netns,
			  strerror(errno));
		return CLI_REFUSED;
	}
	if (setns(fd, CLONE_NEWNET) < 0) {
		cli_error("cannot enter network namespace '%s': %s", netns,
			  strerror(errno));
		close(fd);
		return CLI_REFUSED;
	}
	close(fd);
	return CLI_OK;
}

/* The reason why something was lost before the last write, which has none. */
static int lost_earlier(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	if (output_error())
		return -output_error();
	/* Of a pipe that nobody reads any more, POLLERR comes unasked. */
	if (poll(&out, 1, 0) > 0 && out.revents & POLLERR)
		return -EPIPE;
	return -EIO;
}

/**
 * cli_finish - make sure that what was printed has arrived
 * @code: the exit code so far
 *
 * Nothing can be printed after it: some file systems tell that the disk is
 * full when the file is closed.
 *
 * Return: @code, or CLI_REFUSED where output was lost.
 */
int cli_finish(int code)
{
	int error = 0;

	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		error = errno ? errno : -lost_earlier();
	if (fclose(stdout) && !error)
		error = errno;
	if (!error)
		return code;

	/* Whoever closes the pipe ("| head") has seen enough: no complaint. */
	if (error != EPIPE)
		cli_error("cannot write the output: %s", strerror(error));
	return CLI_REFUSED;
}
