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

#include "arrange.h"
#include "cli.h"
#include "suggest.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* parse_options(): there is nothing left to do but to leave with CLI_OK. */
#define DONE (-1)

#define UNKNOWN "unknown"

/* Of options without a letter: what no letter can be. */
enum { SERVER_PORTS = 256, SYSLOG, FORMAT, HUMAN };

static const struct {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
	bool of_capture;	/* has a meaning with -r */
} commands[] = {
	{ "show", cmd_show, true },
	{ "summary", cmd_summary, true },
	{ "stats", cmd_stats, true },
	{ "check", cmd_check, false },
	{ "monitor", cmd_monitor, false },
	{ "flush", cmd_flush, false },
	{ "start", cmd_start, false },
	{ "stop", cmd_stop, false },
	{ "config", cmd_config, false },
	{ "set", cmd_set, false },
	{ "help", cmd_help, true },
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "format", required_argument, NULL, FORMAT },
	{ "columns", required_argument, NULL, 'o' },
	{ "detail", no_argument, NULL, 's' },
	{ "human", no_argument, NULL, HUMAN },
	{ "no-header", no_argument, NULL, 'H' },
	{ "color", optional_argument, NULL, 'c' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "netns", required_argument, NULL, 'N' },
	{ "read", required_argument, NULL, 'r' },
	{ "server-ports", required_argument, NULL, SERVER_PORTS },
	{ "syslog", no_argument, NULL, SYSLOG },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char short_options[] = ":jpn46N:r:o:sHc::hV";

/**
 * command_word - the commands
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *command_word(unsigned int i)
{
	return i < ARRAY_SIZE(commands) ? commands[i].name : NULL;
}

/**
 * option_word - the options
 * @i: the number of one
 *
 * Return: the option, with one '-' or two, or NULL behind the last one.
 */
const char *option_word(unsigned int i)
{
	static char words[sizeof(short_options) + ARRAY_SIZE(long_options)][32];
	const char *letter = short_options + 1;
	const size_t size = sizeof(words[0]);
	unsigned int count = 0, j;

	for (; *letter; letter++)
		if (*letter != ':')
			snprintf(words[count++], size, "-%c", *letter);
	for (j = 0; long_options[j].name; j++)
		snprintf(words[count++], size, "--%s", long_options[j].name);
	return i < count ? words[i] : NULL;
}

/**
 * format_word - what --format takes
 * @i: enum format
 *
 * Return: the word, or NULL behind the last one.
 */
const char *format_word(unsigned int i)
{
	static const char *const words[] = {
		[FORMAT_TEXT] = "text",
		[FORMAT_JSON] = "json",
		[FORMAT_TSV] = "tsv",
		[FORMAT_ZEEK] = "zeek",
	};

	return i < ARRAY_SIZE(words) ? words[i] : NULL;
}

/* A short option has its letter in optopt; a long one is the last word. */
static int refuse_option(char **argv, const char *what)
{
	static const suggest_words_fn kinds[] = { option_word, NULL };
	const char *word = argv[optind - 1];
	char error[256];

	if (optopt && strncmp(word, "--", 2)) {
		cli_error("%s option '-%c'; try 'tuplestat help'", what,
			  optopt);
	} else if (!strcmp(what, UNKNOWN)) {
		suggest_unknown(error, sizeof(error), "option", word, kinds,
				"help");
		cli_error("%s", error);
	} else {
		cli_error("%s option '%s'; try 'tuplestat help'", what, word);
	}
	return CLI_USAGE;
}

/* Sets @value to the number of the word; else says what could be meant. */
static int take_word(const char *option, const char *arg,
		     suggest_words_fn word, unsigned int *value)
{
	const suggest_words_fn kinds[] = { word, NULL };
	char error[256];
	const char *name;
	unsigned int i;

	for (i = 0; (name = word(i)); i++) {
		if (strcmp(name, arg))
			continue;
		*value = i;
		return CLI_OK;
	}
	snprintf(error, sizeof(error), "%s: '%s' is none of", option, arg);
	for (i = 0; (name = word(i)); i++)
		snprintf(error + strlen(error), sizeof(error) - strlen(error),
			 "%s %s", i ? "," : "", name);
	suggest_append(error, sizeof(error), arg, strlen(arg), kinds);
	cli_error("%s", error);
	return CLI_USAGE;
}

static int set_format(struct options *opts, const char *arg)
{
	unsigned int format;

	if (take_word("--format", arg, format_word, &format))
		return CLI_USAGE;
	opts->format = format;
	opts->json = format == FORMAT_JSON;
	if (format == FORMAT_TSV || format == FORMAT_ZEEK)
		opts->of_list = format == FORMAT_TSV ? "--format tsv" :
						       "--format zeek";
	return CLI_OK;
}

/* As with ip(8): -c is -c=always. No error with what has no colors: aliases. */
static int set_color(struct options *opts, const char *arg)
{
	unsigned int when = COLOR_ALWAYS;

	if (arg && take_word("--color", arg + (*arg == '='), color_when_word,
			     &when))
		return CLI_USAGE;
	opts->color = when;
	return CLI_OK;
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
	if (opts->human && opts->format != FORMAT_TEXT) {
		cli_error("--human goes with text only: programs get exact numbers");
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* Those that say what the list looks like. */
static int take_list_option(struct options *opts, int opt)
{
	switch (opt) {
	case FORMAT:
		return set_format(opts, optarg);
	case 'o':
		opts->columns = optarg;
		opts->of_list = "-o";
		break;
	case 's':
		opts->detail++;
		opts->of_list = "-s";
		break;
	case HUMAN:
		opts->human = true;
		opts->of_list = "--human";
		break;
	case 'H':
		opts->no_header = true;
		opts->of_list = "-H";
		break;
	case 'c':
		return set_color(opts, optarg);
	}
	return CLI_OK;
}

static int take_option(struct options *opts, char **argv, int opt)
{
	switch (opt) {
	case 'j':
		return set_format(opts, format_word(FORMAT_JSON));
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
	case 'h':
		cmd_help(opts, 0, NULL);
		return DONE;
	case 'V':
		puts("tuplestat " TUPLESTAT_VERSION);
		return DONE;
	case ':':
		return refuse_option(argv, "nothing follows");
	case '?':
		return refuse_option(argv, UNKNOWN);
	default:
		return take_list_option(opts, opt);
	}
	return CLI_OK;
}

static int parse_options(struct options *opts, int argc, char **argv)
{
	int opt, code;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, short_options, long_options,
				  NULL)) >= 0) {
		code = take_option(opts, argv, opt);
		if (code)
			return code;
	}
	return check_options(opts);
}

static int refuse_syslog(void)
{
	cli_error("--syslog goes with 'monitor' only");
	return CLI_USAGE;
}

/* Commands, and the words of the list that are no filter. */
static const char *first_word(unsigned int i)
{
	return i < ARRAY_SIZE(commands) ? commands[i].name :
					  arrange_word(i - ARRAY_SIZE(commands));
}

static bool is_word_of_list(const char *word)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = arrange_word(i)); i++)
		if (!strcmp(name, word))
			return true;
	return filter_knows(word);
}

static int refuse_list_option(const struct options *opts)
{
	cli_error("%s goes with the list of flows only", opts->of_list);
	return CLI_USAGE;
}

/* A word that nothing begins with. */
static int refuse_word(const char *word)
{
	char error[FILTER_ERROR_LEN];

	filter_unknown(error, word, first_word);
	cli_error("%s", error);
	return CLI_USAGE;
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
		if (opts->syslog && commands[i].run != cmd_monitor)
			return refuse_syslog();
		if (opts->of_list)
			return refuse_list_option(opts);
		return commands[i].run(opts, argc - 1, argv + 1);
	}
	if (opts->syslog)
		return refuse_syslog();
	if (argc && !is_word_of_list(argv[0]))
		return refuse_word(argv[0]);
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
