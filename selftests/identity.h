/* SPDX-License-Identifier: GPL-2.0 */
/* Who a test is while it asks. _GNU_SOURCE is defined by who includes it. */
#ifndef TUPLESTAT_SELFTESTS_IDENTITY_H
#define TUPLESTAT_SELFTESTS_IDENTITY_H

#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "netlink.h"

#define NOBODY 65534

static inline void become_nobody(void)
{
	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		netlink_die("setresuid");
}

static inline void write_map(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file))
		netlink_die(path);
}

/* Root, with every capability, of a user namespace that nobody made. */
static inline void become_root_of(int namespaces)
{
	char users[32], groups[32];

	snprintf(users, sizeof(users), "0 %u 1", geteuid());
	snprintf(groups, sizeof(groups), "0 %u 1", getegid());
	/* Or its files in /proc would be those of root. */
	if (prctl(PR_SET_DUMPABLE, 1))
		netlink_die("prctl");
	if (unshare(CLONE_NEWUSER | namespaces))
		netlink_die("unshare");
	write_map("/proc/self/setgroups", "deny");
	write_map("/proc/self/uid_map", users);
	write_map("/proc/self/gid_map", groups);
	if (geteuid())
		netlink_die("root of the user namespace");
}

#endif /* TUPLESTAT_SELFTESTS_IDENTITY_H */
