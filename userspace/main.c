// SPDX-License-Identifier: GPL-2.0
/* tuplestat: the table of commands. */
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arrange.h"
#include "filter.h"
#include "options.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct command {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
	bool of_capture;	/* has a meaning with -r */
	bool enters_netns;	/* sees to -N itself */
} commands[] = {
	{ "show", cmd_show, true, false },
	{ "summary", cmd_summary, true, false },
	{ "report", cmd_report, true, false },
	{ "stats", cmd_stats, true, false },
	{ "check", cmd_check, false, false },
	{ "monitor", cmd_monitor, false, false },
	{ "top", cmd_top, false, false },
	{ "export", cmd_export, true, true },
	{ "flush", cmd_flush, false, false },
	{ "start", cmd_start, false, false },
	{ "stop", cmd_stop, false, false },
	{ "config", cmd_config, false, false },
	{ "set", cmd_set, false, false },
	{ "help", cmd_help, true, false },
};

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

/* A word that nothing begins with. */
static int refuse_word(const char *word)
{
	char error[FILTER_ERROR_LEN];

	filter_unknown(error, word, first_word);
	cli_error("%s", error);
	return CLI_USAGE;
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
	code = options_check_command(opts, argc, argv, command);
	if (code)
		return code;
	if (!command && argc && !is_word_of_list(argv[0]))
		return refuse_word(argv[0]);
	if (opts->netns && !(command && command->enters_netns))
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

	code = options_parse(&opts, argc, argv);
	if (code == OPTIONS_DONE)
		return cli_finish(CLI_OK);
	if (!code)
		code = run_command(&opts, argc - optind, argv + optind);
	return cli_finish(code);
}
