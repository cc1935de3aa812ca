/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands have in common. */
#ifndef TUPLESTAT_CLI_H
#define TUPLESTAT_CLI_H

#include <stdbool.h>
#include <stdint.h>

/* Exit codes; the first three as of ip(8). */
enum {
	CLI_OK = 0,
	CLI_USAGE = 1,		/* the person asked for something wrong */
	CLI_REFUSED = 2,	/* the kernel or the system refused */
	CLI_INCOMPLETE = 3,	/* there is an answer, but not all of it */
};

/**
 * struct options - the global options
 * @json: -j, print JSON
 * @pretty: -p, indent the JSON
 * @numeric: -n, print ports as numbers
 * @family: -4 or -6: AF_INET or AF_INET6, else 0
 * @netns: -N, name or path of the network namespace, else NULL
 * @syslog: --syslog, print to syslog(3); of monitor only
 * @html: --html, path of the page to write, "-" for standard output; of report
 *	only
 * @read: -r, path of a capture to replay, "-" for standard input, else NULL
 * @server_ports: --server-ports, the list as typed, else NULL; only with @read
 */
struct options {
	bool json;
	bool pretty;
	bool numeric;
	uint8_t family;
	const char *netns;
	bool syslog;
	const char *html;
	const char *read;
	const char *server_ports;
};

/* Each takes the words after its own and returns an exit code. */
int cmd_flows(const struct options *opts, int argc, char **argv);
int cmd_show(const struct options *opts, int argc, char **argv);
int cmd_summary(const struct options *opts, int argc, char **argv);
int cmd_report(const struct options *opts, int argc, char **argv);
int cmd_stats(const struct options *opts, int argc, char **argv);
int cmd_check(const struct options *opts, int argc, char **argv);
int cmd_monitor(const struct options *opts, int argc, char **argv);
int cmd_top(const struct options *opts, int argc, char **argv);
int cmd_flush(const struct options *opts, int argc, char **argv);
int cmd_config(const struct options *opts, int argc, char **argv);
int cmd_set(const struct options *opts, int argc, char **argv);
int cmd_start(const struct options *opts, int argc, char **argv);
int cmd_stop(const struct options *opts, int argc, char **argv);
int cmd_help(const struct options *opts, int argc, char **argv);

void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_no_words(int argc, char **argv);
int cli_enter_netns(const char *netns);
int cli_finish(int code);

#endif /* TUPLESTAT_CLI_H */
