// SPDX-License-Identifier: GPL-2.0
/* tuplestat: the table of commands and the global options. */
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* parse_options(): there is nothing left to do but to leave with CLI_OK. */
#define DONE (-1)

/* Of options without a letter: what no letter can be. */
enum { SERVER_PORTS = 256, SYSLOG, HTML };

static const struct {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
	bool of_capture;	/* has a meaning with -r */
} commands[] = {
	{ "show", cmd_show, true },
	{ "summary", cmd_summary, true },
	{ "report", cmd_report, true },
	{ "stats", cmd_stats, true },
	{ "check", cmd_check, false },
	{ "monitor", cmd_monitor, false },
	{ "top", cmd_top, false },
	{ "flush", cmd_flush, false },
	{ "start", cmd_start, false },
	{ "stop", cmd_stop, false },
	{ "config", cmd_config, false },
	{ "set", cmd_set, false },
	{ "help", cmd_help, true },
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "netns", required_argument, NULL, 'N' },
	{ "read", required_argument, NULL, 'r' },
	{ "server-ports", required_argument, NULL, SERVER_PORTS },
	{ "syslog", no_argument, NULL, SYSLOG },
	{ "html", required_argument, NULL, HTML },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* A short option has its letter in optopt; a long one is the last word. */
static int refuse_option(char **argv, const char *what)
{
	const char *word = argv[optind - 1];

	if (optopt && strncmp(word, "--", 2))
		cli_error("%s option '-%c'; try 'tuplestat help'", what,
			  optopt);
	else
		cli_error("%s option '%s'; try 'tuplestat help'", what, word);
	return CLI_USAGE;
}

static int check_options(const struct options *opts)
{
	if (opts->read && opts->netns) {
		cli_error("-N and -r exclude each other: a capture is of no network namespace");
		return CLI_USAGE;
	}
	if (opts->server_ports && !opts->read) {
		cli_error("--server-ports goes with -r only: the kernel module has its parameter server_ports");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int parse_options(struct options *opts, int argc, char **argv)
{
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":jpn46N:r:hV", long_options,
				  NULL)) >= 0) {
		switch (opt) {
		case 'j':
			opts->json = true;
			break;
		case 'p':
			opts->pretty = true;
			break;
		case 'n':
			opts->numeric = true;
			break;
		case '4':
			opts->family = AF_INET;
			break;
		case '6':
			opts->family = AF_INET6;
			break;
		case 'N':
			opts->netns = optarg;
			break;
		case 'r':
			opts->read = optarg;
			break;
		case SERVER_PORTS:
			opts->server_ports = optarg;
			break;
		case SYSLOG:
			opts->syslog = true;
			break;
		case HTML:
			opts->html = optarg;
			break;
		case 'h':
			cmd_help(opts, 0, NULL);
			return DONE;
		case 'V':
			puts("tuplestat " TUPLESTAT_VERSION);
			return DONE;
		case ':':
			return refuse_option(argv, "nothing follows");
		default:
			return refuse_option(argv, "unknown");
		}
	}
	return check_options(opts);
}

/* Options that are of one command only. */
static int check_command(const struct options *opts,
			 int (*run)(const struct options *opts, int argc,
				    char **argv))
{
	if (opts->syslog && run != cmd_monitor) {
		cli_error("--syslog goes with 'monitor' only");
		return CLI_USAGE;
	}
	if (opts->html && run != cmd_report) {
		cli_error("--html goes with 'report' only");
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* Words that are no command are a filter: the list needs no word of its own. */
static int run_command(const struct options *opts, int argc, char **argv)
{
	size_t i;

	for (i = 0; argc && i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, argv[0]))
			continue;
		if (opts->read && !commands[i].of_capture) {
			cli_error("'%s' is for the kernel module, it does not go with -r",
				  argv[0]);
			return CLI_USAGE;
		}
		if (check_command(opts, commands[i].run))
			return CLI_USAGE;
		return commands[i].run(opts, argc - 1, argv + 1);
	}
	if (check_command(opts, cmd_flows))
		return CLI_USAGE;
	return cmd_flows(opts, argc, argv);
}

/*
 * Where one of the standard files is closed, what is opened next would get its
 * number: a netlink socket, that then takes what is meant for people. So they
 * are opened the wrong way round, and using one is the error that it was.
 */
static void hold_standard_files(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY :
							       O_RDONLY);
	}
}

int main(int argc, char **argv)
{
	struct options opts = { 0 };
	int code;

	hold_standard_files();
	/* A closed pipe is then an error of write(), with an exit code. */
	signal(SIGPIPE, SIG_IGN);
	/* For what the terminal can draw; numbers are printed as C has them. */
	setlocale(LC_CTYPE, "");

	code = parse_options(&opts, argc, argv);
	if (code == DONE)
		return cli_finish(CLI_OK);
	if (!code && opts.netns)
		code = cli_enter_netns(opts.netns);
	if (!code)
		code = run_command(&opts, argc - optind, argv + optind);
	return cli_finish(code);
}
