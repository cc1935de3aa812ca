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
enum { SERVER_PORTS = 256, SYSLOG, TO, TCP, UDP, DOMAIN, TEMPLATE_INTERVAL };

static const struct command {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
	bool of_capture;	/* has a meaning with -r */
	bool enters_netns;	/* sees to -N itself */
} commands[] = {
	{ "show", cmd_show, true, false },
	{ "summary", cmd_summary, true, false },
	{ "stats", cmd_stats, true, false },
	{ "check", cmd_check, false, false },
	{ "monitor", cmd_monitor, false, false },
	{ "export", cmd_export, true, true },
	{ "flush", cmd_flush, false, false },
	{ "start", cmd_start, false, false },
	{ "stop", cmd_stop, false, false },
	{ "config", cmd_config, false, false },
	{ "set", cmd_set, false, false },
	{ "help", cmd_help, true, false },
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "netns", required_argument, NULL, 'N' },
	{ "read", required_argument, NULL, 'r' },
	{ "server-ports", required_argument, NULL, SERVER_PORTS },
	{ "syslog", no_argument, NULL, SYSLOG },
	{ "to", required_argument, NULL, TO },
	{ "tcp", no_argument, NULL, TCP },
	{ "udp", no_argument, NULL, UDP },
	{ "domain", required_argument, NULL, DOMAIN },
	{ "template-interval", required_argument, NULL, TEMPLATE_INTERVAL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* Options that go with one command only, and it. */
static const struct {
	int option;
	const char *name;
	const char *command;
} own_options[] = {
	{ SYSLOG, "--syslog", "monitor" },
	{ TO, "--to", "export" },
	{ TCP, "--tcp", "export" },
	{ UDP, "--udp", "export" },
	{ DOMAIN, "--domain", "export" },
	{ TEMPLATE_INTERVAL, "--template-interval", "export" },
};

/* Those of them that are there, a bit each, from the first option on. */
static unsigned int own_given;

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

static void set_own(struct options *opts, int option)
{
	own_given |= 1U << (option - SYSLOG);
	switch (option) {
	case SYSLOG:
		opts->syslog = true;
		break;
	case TO:
		opts->export.to = optarg;
		break;
	case TCP:
		opts->export.tcp = true;
		break;
	case UDP:
		opts->export.udp = true;
		break;
	case DOMAIN:
		opts->export.domain = optarg;
		break;
	case TEMPLATE_INTERVAL:
		opts->export.template_interval = optarg;
		break;
	}
}

/* Returns false for what is none of them. */
static bool set_global(struct options *opts, int option)
{
	switch (option) {
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
	default:
		return false;
	}
	return true;
}

static int parse_options(struct options *opts, int argc, char **argv)
{
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":jpn46N:r:hV", long_options,
				  NULL)) >= 0) {
		if (set_global(opts, opt))
			continue;
		switch (opt) {
		case 'h':
			cmd_help(opts, 0, NULL);
			return DONE;
		case 'V':
			puts("tuplestat " TUPLESTAT_VERSION);
			return DONE;
		case ':':
			return refuse_option(argv, "nothing follows");
		case '?':
			return refuse_option(argv, "unknown");
		default:
			set_own(opts, opt);
		}
	}
	return check_options(opts);
}

/* Options of one command are not for @name, another one; NULL for none. */
static int check_own_options(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(own_options); i++) {
		if (!(own_given & 1U << (own_options[i].option - SYSLOG)) ||
		    (name && !strcmp(own_options[i].command, name)))
			continue;
		cli_error("%s goes with '%s' only", own_options[i].name,
			  own_options[i].command);
		return CLI_USAGE;
	}
	return CLI_OK;
}

static const struct command *find_command(const char *word)
{
	size_t i;

	for (i = 0; word && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, word))
			return &commands[i];
	return NULL;
}

/* Words that are no command are a filter: the list needs no word of its own. */
static int run_command(const struct options *opts, int argc, char **argv)
{
	const struct command *command = find_command(argc ? argv[0] : NULL);
	int code;

	if (command && opts->read && !command->of_capture) {
		cli_error("'%s' is for the kernel module, it does not go with -r",
			  argv[0]);
		return CLI_USAGE;
	}
	code = check_own_options(command ? argv[0] : NULL);
	if (!code && opts->netns && !(command && command->enters_netns))
		code = cli_enter_netns(opts->netns);
	if (code)
		return code;
	return command ? command->run(opts, argc - 1, argv + 1) :
			 cmd_flows(opts, argc, argv);
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
	if (!code)
		code = run_command(&opts, argc - optind, argv + optind);
	return cli_finish(code);
}
