/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands have in common. */
#ifndef TUPLESTAT_CLI_H
#define TUPLESTAT_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "color.h"

/* Exit codes; the first three as of ip(8). */
enum {
	CLI_OK = 0,
	CLI_USAGE = 1,		/* the person asked for something wrong */
	CLI_REFUSED = 2,	/* the kernel or the system refused */
	CLI_INCOMPLETE = 3,	/* there is an answer, but not all of it */
};

/* How records are printed; the last two are of the list only. */
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_TSV, FORMAT_ZEEK };

/**
 * struct export_options - the options of "export", as typed; NULL without
 * @to: --to, the collector
 * @domain: --domain, the observation domain
 * @template_interval: --template-interval
 * @tcp: --tcp
 * @udp: --udp
 */
struct export_options {
	const char *to;
	const char *domain;
	const char *template_interval;
	bool tcp;
	bool udp;
};

/**
 * struct options - the global options
 * @format: --format
 * @json: -j, which is --format json
 * @pretty: -p, indent the JSON
 * @numeric: -n, print ports as numbers
 * @family: -4 or -6: AF_INET or AF_INET6, else 0
 * @netns: -N, name or path of the network namespace, else NULL
 * @syslog: --syslog, print to syslog(3); of monitor only
 * @export: of export ipfix only
 * @html: --html, path of the page to write, "-" for standard output; of report
 *	only
 * @read: -r, path of a capture to replay, "-" for standard input, else NULL
 * @columns: -o, the list as typed, else NULL; of the list only
 * @detail: -s, how often: more columns; likewise
 * @human: --human, amounts with units; likewise
 * @no_header: -H, no line of titles; likewise
 * @color: -c, print in colors, where there are some
 * @own: which options of one command only were typed, see options.c
 * @of_list: an option as typed that is of the list only, else NULL
 * @server_ports: --server-ports, the list as typed, else NULL; only with @read
 * @textfile: --textfile, where to write to; of export prometheus only
 * @ports: --ports, the list as typed; likewise
 */
struct options {
	enum format format;
	bool json;
	bool pretty;
	bool numeric;
	uint8_t family;
	const char *netns;
	bool syslog;
	struct export_options export;
	const char *html;
	const char *read;
	const char *columns;
	unsigned int detail;
	bool human;
	bool no_header;
	enum color_when color;
	unsigned int own;
	const char *of_list;
	const char *server_ports;
	const char *textfile;
	const char *ports;
};

/* Each takes the words after its own and returns an exit code. */
int cmd_flows(const struct options *opts, int argc, char **argv);
int cmd_show(const struct options *opts, int argc, char **argv);
int cmd_summary(const struct options *opts, int argc, char **argv);
int cmd_report(const struct options *opts, int argc, char **argv);
int cmd_stats(const struct options *opts, int argc, char **argv);
int cmd_check(const struct options *opts, int argc, char **argv);
int cmd_monitor(const struct options *opts, int argc, char **argv);
int cmd_export(const struct options *opts, int argc, char **argv);
int cmd_top(const struct options *opts, int argc, char **argv);
int cmd_flush(const struct options *opts, int argc, char **argv);
int cmd_config(const struct options *opts, int argc, char **argv);
int cmd_set(const struct options *opts, int argc, char **argv);
int cmd_start(const struct options *opts, int argc, char **argv);
int cmd_stop(const struct options *opts, int argc, char **argv);
int cmd_help(const struct options *opts, int argc, char **argv);

/* The words of a kind: the one of that number, or NULL behind the last. */
const char *command_word(unsigned int i);
const char *option_word(unsigned int i);
const char *format_word(unsigned int i);
const char *monitor_word(unsigned int i);
const char *top_word(unsigned int i);
const char *export_word(unsigned int i);
const char *export_ipfix_word(unsigned int i);

void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_no_words(int argc, char **argv);
int cli_enter_netns(const char *netns);
int cli_finish(int code);

#endif /* TUPLESTAT_CLI_H */
