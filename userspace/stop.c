// SPDX-License-Identifier: GPL-2.0
/* For commands that go on until somebody has had enough. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli.h"
#include "stop.h"

static int stop_fd;

static void stop(int signal)
{
	uint64_t one = 1;

	(void)signal;
	if (write(stop_fd, &one, sizeof(one)) < 0)
		_exit(CLI_REFUSED);
}

/**
 * stop_catch - let one more signal end the command, after stop_open()
 * @signal: the signal
 *
 * By a handler, and no SA_RESTART: so a write() to a full pipe ends with EINTR.
 * The second signal is not caught: it ends what the first one did not.
 */
void stop_catch(int signal)
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
 * stop_open - catch the signals that end the command, from now on
 * @fd: set to what is readable when the person, or who manages services, has
 *	had enough; open until the command ends
 *
 * Return: 0 or a negative errno.
 */
int stop_open(int *fd)
{
	stop_fd = eventfd(0, EFD_CLOEXEC);
	if (stop_fd < 0)
		return -errno;
	*fd = stop_fd;
	stop_catch(SIGINT);
	stop_catch(SIGTERM);
	return 0;
}
