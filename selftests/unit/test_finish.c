// SPDX-License-Identifier: GPL-2.0
/* What was printed has arrived, or the exit code says that it has not. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "ktap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define FULL "tuplestat: cannot write the output: No space left on device\n"

/* Writes as much as stdio does not keep back: nothing is left for the end. */
#define MUCH (1 << 16)

static char file[] = "/tmp/tuplestat-finish-XXXXXX";

static int open_file(void)
{
	return open(file, O_WRONLY | O_TRUNC);
}

static int open_full(void)
{
	return open("/dev/full", O_WRONLY);
}

static int open_unread(void)
{
	int ends[2];

	if (pipe(ends))
		abort();
	close(ends[0]);
	return ends[1];
}

static int open_nothing(void)
{
	return open("/dev/null", O_RDONLY);
}

static int fail_close(void *cookie)
{
	(void)cookie;
	errno = ENOSPC;
	return -1;
}

static ssize_t take_all(void *cookie, const char *buf, size_t size)
{
	(void)cookie;
	(void)buf;
	return (ssize_t)size;
}

/* A disk of which only close() says that it is full, as over NFS. */
static int open_late(void)
{
	static const cookie_io_functions_t io = {
		.write = take_all,
		.close = fail_close,
	};

	stdout = fopencookie(NULL, "w", io);
	return open("/dev/null", O_WRONLY);
}

static const struct {
	const char *name;
	int (*open)(void);
	size_t print;
	int code;		/* so far */
	int finished;
	const char *err;
} cases[] = {
	{ "all arrives", open_file, 10, 0, 0, "" },
	{ "much arrives", open_file, MUCH, 0, 0, "" },
	{ "another exit code is kept", open_file, 10, 3, 3, "" },
	{ "nothing to print on a full disk", open_full, 0, 0, 0, "" },
	{ "disk full", open_full, 10, 0, 2, FULL },
	{ "disk full, and an incomplete answer", open_full, 10, 3, 2, FULL },
	{ "disk full before the last write", open_full, MUCH, 0, 2,
	  "tuplestat: cannot write the output: Input/output error\n" },
	{ "disk full when it is closed", open_late, 10, 0, 2, FULL },
	{ "disk full when it is closed, nothing printed", open_late, 0, 0, 2,
	  FULL },
	{ "nobody reads", open_unread, 10, 0, 2, "" },
	{ "nobody reads before the last write", open_unread, MUCH, 0, 2, "" },
	{ "not open for writing", open_nothing, 10, 0, 2,
	  "tuplestat: cannot write the output: Bad file descriptor\n" },
};

/* The command's part, in a process of its own: ends with the exit code. */
static void print_and_finish(size_t i, int err)
{
	static char text[MUCH];

	memset(text, 'x', sizeof(text));
	signal(SIGPIPE, SIG_IGN);
	if (dup2(cases[i].open(), STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		abort();
	fwrite(text, 1, cases[i].print, stdout);
	_exit(cli_finish(cases[i].code));
}

static off_t size_of_file(void)
{
	int fd = open(file, O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);

	close(fd);
	return size;
}

/* To the end: a message is written piece by piece. */
static void read_all(int fd, char *text, size_t size)
{
	FILE *from = fdopen(fd, "r");
	size_t len = fread(text, 1, size - 1, from);

	text[len] = '\0';
	fclose(from);
}

static void test_case(size_t i)
{
	int err[2], status;
	char said[256];
	pid_t pid;

	fflush(stdout);
	if (pipe(err))
		abort();
	pid = fork();
	if (!pid)
		print_and_finish(i, err[1]);
	close(err[1]);
	read_all(err[0], said, sizeof(said));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();

	if (!ktap_ok(WIFEXITED(status) &&
		     WEXITSTATUS(status) == cases[i].finished &&
		     !strcmp(said, cases[i].err) &&
		     (cases[i].open != open_file ||
		      size_of_file() == (off_t)cases[i].print),
		     "%s", cases[i].name))
		printf("# status %x, err: %s\n", (unsigned int)status, said);
}

int main(void)
{
	size_t i;

	if (close(mkstemp(file)))
		abort();
	ktap_plan(ARRAY_SIZE(cases));
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		test_case(i);
	unlink(file);
	return ktap_finish();
}
