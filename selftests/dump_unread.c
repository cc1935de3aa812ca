// SPDX-License-Identifier: GPL-2.0
/*
 * Begins a dump of all flows and does not read it: dump_unread FILE. Writes
 * FILE when the dump is open; ends when it is killed.
 */
#include <fcntl.h>
#include <unistd.h>

#include "netlink.h"

static struct netlink nl;

int main(int argc, char **argv)
{
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: dump_unread FILE\n");
		return 1;
	}
	netlink_open(&nl);
	netlink_begin(&nl, TUPLESTAT_CMD_FLOW_GET, NLM_F_DUMP);
	/* The kernel has begun the dump when this returns. */
	netlink_send(&nl);
	fd = open(argv[1], O_WRONLY | O_CREAT, 0600);
	if (fd < 0)
		netlink_die(argv[1]);
	close(fd);
	pause();
	return 0;
}
