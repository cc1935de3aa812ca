// SPDX-License-Identifier: GPL-2.0
/* Loading the kernel module, for commands that are asked to begin. */
#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/tuplestat.h>

#include "source_netlink.h"

#define MODPROBE "/sbin/modprobe"

/*
 * The family has no module alias, on purpose: anybody could load the module
 * through it, and a loaded module counts. So it is loaded here, for root.
 */
static int load_module(void)
{
	char *const argv[] = { "modprobe", "-q", TUPLESTAT_FAMILY_NAME, NULL };
	int status;
	pid_t pid;

	if (geteuid())
		return -ENOPKG;
	if (posix_spawn(&pid, MODPROBE, NULL, NULL, argv, environ))
		return -ENOPKG;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -ENOPKG;
	return status ? -ENOPKG : 0;
}

/**
 * source_open_loading - connect to the module, and load it if need be
 * @source: what to open; to be closed also where this fails
 * @netns: name of the current network namespace, or NULL
 *
 * Only root loads it.
 *
 * Return: 0, -ENOPKG where the module is not loaded, or another errno.
 */
int source_open_loading(struct source *source, const char *netns)
{
	int ret = source_open(source, netns);

	if (ret == -ENOPKG && !load_module())
		ret = source_open(source, netns);
	return ret;
}
