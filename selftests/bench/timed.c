// SPDX-License-Identifier: GPL-2.0
/*
 * timed COMMAND...: runs it, with what it prints thrown away, and says how long
 * it had a CPU, in nanoseconds, from fork to exit, and how much memory it had
 * at most. Not how long it took: while the guest waits for its disk, its clock
 * leaps to the next timer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char **argv)
{
	int fd = open("/dev/null", O_WRONLY);

	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		exit(126);
	execvp(argv[0], argv);
	perror(argv[0]);
	exit(127);
}

static unsigned long long ns(const struct timeval *time)
{
	return (unsigned long long)time->tv_sec * 1000000000 +
	       (unsigned long long)time->tv_usec * 1000;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	pid_t pid;
	int status;

	if (argc < 2) {
		fprintf(stderr, "usage: timed COMMAND [ARGUMENT]...\n");
		return 1;
	}
	pid = fork();
	if (!pid)
		run(argv + 1);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
		perror("timed");
		return 2;
	}
	/* Linux keeps the sum of both exactly, each of them by samples. */
	printf("{\"ns\":%llu,\"kib\":%ld,\"status\":%d}\n",
	       ns(&usage.ru_utime) + ns(&usage.ru_stime), usage.ru_maxrss,
	       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}
