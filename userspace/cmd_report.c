// SPDX-License-Identifier: GPL-2.0
/* tuplestat report --html FILE [FILTER]: a page that says what flows come to. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "number.h"
#include "query.h"
#include "render_html.h"

#define WHERE_LEN 4352
#define FILTER_LEN 1024

/* Where the page says that it is of. */
static void describe(const struct options *opts, char where[WHERE_LEN])
{
	char host[256] = "this host";

	if (opts->read) {
		snprintf(where, WHERE_LEN, "%s", strcmp(opts->read, "-") ?
			 opts->read : "standard input");
		return;
	}
	gethostname(host, sizeof(host) - 1);
	snprintf(where, WHERE_LEN, "%s%s%.4000s", host, opts->netns ?
		 ", network namespace " : "", opts->netns ? opts->netns : "");
}

/* Or when builds that are to be the same each time say that it is. */
static uint64_t now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	struct timespec time;
	uint32_t seconds;

	if (epoch && !number_parse(epoch, strlen(epoch), UINT32_MAX, &seconds))
		return seconds * NS_PER_SEC;
	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * NS_PER_SEC + (uint64_t)time.tv_nsec;
}

static int fail(const char *path, int error)
{
	cli_error("cannot write '%s': %s", path, strerror(error));
	return CLI_REFUSED;
}

/* With the mode that a file has which is made in the usual way. */
static void set_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	fchmod(fd, 0666 & ~mask);
}

/* Returns 0 or an errno; @fd is closed either way. */
static int fill(int fd, const struct html_page *page, bool sync)
{
	FILE *out = fdopen(fd, "w");
	int error = 0;

	if (!out) {
		error = errno;
		close(fd);
		return error;
	}
	render_html(out, page);
	errno = 0;
	if (fflush(out) || ferror(out) || (sync && fsync(fd)))
		error = errno ? errno : EIO;
	if (fclose(out) && !error)
		error = errno;
	return error;
}

/*
 * Written beside it, and put in its place as a whole: whoever reads the page
 * meanwhile has the old one or the new one.
 */
static int replace(const char *path, const struct html_page *page)
{
	char *name;
	int fd, error;

	if (asprintf(&name, "%s.XXXXXX", path) < 0)
		return fail(path, ENOMEM);
	fd = mkstemp(name);
	if (fd < 0) {
		error = errno;
		free(name);
		return fail(path, error);
	}
	set_mode(fd);
	error = fill(fd, page, true);
	if (!error && rename(name, path))
		error = errno;
	if (error)
		unlink(name);
	free(name);
	return error ? fail(path, error) : CLI_OK;
}

/* A device, or a pipe, has to stay what it is. */
static int write_through(const char *path, const struct html_page *page)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = fd < 0 ? errno : fill(fd, page, false);

	return error ? fail(path, error) : CLI_OK;
}

static int write_page(const char *path, const struct html_page *page)
{
	struct stat status;

	if (!strcmp(path, "-")) {
		render_html(stdout, page);
		return CLI_OK;
	}
	if (!stat(path, &status) && !S_ISREG(status.st_mode))
		return write_through(path, page);
	return replace(path, page);
}

/* The filter as it was typed, for query_run() takes its words apart. */
static char filter_text[FILTER_LEN];

static void join(int argc, char **argv)
{
	size_t len = 0;
	int i;

	for (i = 0; i < argc && len < sizeof(filter_text); i++)
		len += (size_t)snprintf(filter_text + len,
					sizeof(filter_text) - len, "%s%s",
					i ? " " : "", argv[i]);
}

static int print(const struct options *opts, const struct answer *answer)
{
	struct report report;
	char where[WHERE_LEN];
	struct html_page page = {
		.report = &report,
		.stats = answer->stats,
		.where = where,
		.filter = filter_text,
		.made_ns = now(),
		.incomplete = answer->incomplete,
		.services = answer->services,
	};
	int code, ret;

	describe(opts, where);
	ret = report_make(&report, answer->flows);
	if (ret) {
		cli_error("%s", strerror(-ret));
		code = CLI_REFUSED;
	} else {
		code = write_page(opts->html, &page);
	}
	report_free(&report);
	return code;
}

/**
 * cmd_report - write a page on the flows that match
 * @opts: the global options, with --html
 * @argc: how many words
 * @argv: the words of the filter
 *
 * Return: an exit code.
 */
int cmd_report(const struct options *opts, int argc, char **argv)
{
	static const struct query query = {
		.allowed = ARRANGE_NOTHING,
		.stats = true,
		.print = print,
	};

	if (!opts->html) {
		cli_error("nothing says where to write the report; 'report --html FILE', or - for standard output");
		return CLI_USAGE;
	}
	if (opts->json) {
		cli_error("'report' writes HTML, it does not go with -j; 'tuplestat -j summary' has its numbers");
		return CLI_USAGE;
	}
	join(argc, argv);
	return query_run(opts, argc, argv, &query);
}
