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
#include "textfile.h"

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

/*
 * Put in its place as a whole: whoever reads the page meanwhile has the old one
 * or the new one.
 */
static int replace(const char *path, const struct html_page *page)
{
	struct textfile file;
	int ret;

	ret = textfile_begin_over(&file, path);
	if (ret)
		return ret;
	render_html(file.out, page);
	return textfile_commit(&file);
}

/* A device, or a pipe, has to stay what it is. */
static int write_through(const char *path, const struct html_page *page)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	int ret = -errno;

	if (out) {
		render_html(out, page);
		return textfile_close(out, false);
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

static int write_page(const char *path, const struct html_page *page)
{
	struct stat status;
	int ret;

	if (!strcmp(path, "-")) {
		render_html(stdout, page);
		return CLI_OK;
	}
	if (!stat(path, &status) && !S_ISREG(status.st_mode))
		ret = write_through(path, page);
	else
		ret = replace(path, page);
	if (!ret)
		return CLI_OK;
	cli_error("cannot write '%s': %s", path, strerror(-ret));
	return CLI_REFUSED;
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
