// SPDX-License-Identifier: GPL-2.0
/* The end of work that has none of its own. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli.h"
#include "stop.h"

/* Readable when the person, or who manages services, has had enough. */
static int stop_fd;

static void stop(int signal)
{
	uint64_t one = 1;

	(void)signal;
	if (write(stop_fd, &one, sizeof(one)) < 0)
		_exit(CLI_REFUSED);
}

/*
 * By a handler, and no SA_RESTART: so a write() to a full pipe ends with EINTR.
 * The second signal is not caught: it ends what the first one did not.
 */
static void catch_signal(int signal)
{
	struct sigaction action = {
		.sa_handler = stop,
		.sa_flags = (int)SA_RESETHAND,
	};
	struct sigaction old;

	/* nohup, and a shell's "&", let signals be ignored for a reason. */
	if (!sigaction(signal, NULL, &old) && old.sa_handler != SIG_IGN)
		sigaction(signal, &action, NULL);
}

/**
 * stop_on_signals - let SIGINT and SIGTERM end the work, not the program
 * @fd: set to what is readable then; for the whole of the program
 *
 * Return: 0 or a negative errno.
 */
int stop_on_signals(int *fd)
{
	stop_fd = eventfd(0, EFD_CLOEXEC);
	if (stop_fd < 0)
		return -errno;
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	*fd = stop_fd;
	return 0;
}
