// SPDX-License-Identifier: GPL-2.0
/* From the options that a person typed to struct options. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "options.h"
#include "suggest.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define UNKNOWN "unknown"

/* Of options without a letter: what no letter can be. */
enum {
	SERVER_PORTS = 256,
	FORMAT,
	HUMAN,
	/* of one command only */
	OWN,
	SYSLOG = OWN,
	HTML,
	TEXTFILE,
	PORTS,
	TO,
	TCP,
	UDP,
	DOMAIN,
	TEMPLATE_INTERVAL,
	OPTIONS_END,
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
	{ "html", required_argument, NULL, HTML },
	{ "textfile", required_argument, NULL, TEXTFILE },
	{ "ports", required_argument, NULL, PORTS },
	{ "to", required_argument, NULL, TO },
	{ "tcp", no_argument, NULL, TCP },
	{ "udp", no_argument, NULL, UDP },
	{ "domain", required_argument, NULL, DOMAIN },
	{ "template-interval", required_argument, NULL, TEMPLATE_INTERVAL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char short_options[] = ":jpn46N:r:o:sHc::hV";

/* Options of one command only, by OWN: the command, and a word behind it. */
static const char *const own_commands[OPTIONS_END - OWN][2] = {
	[SYSLOG - OWN] = { "monitor" },
	[HTML - OWN] = { "report" },
	[TEXTFILE - OWN] = { "export", "prometheus" },
	[PORTS - OWN] = { "export", "prometheus" },
	[TO - OWN] = { "export", "ipfix" },
	[TCP - OWN] = { "export", "ipfix" },
	[UDP - OWN] = { "export", "ipfix" },
	[DOMAIN - OWN] = { "export", "ipfix" },
	[TEMPLATE_INTERVAL - OWN] = { "export", "ipfix" },
};

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

/* Those that are of one command only. */
static int take_own_option(struct options *opts, int opt)
{
	opts->own |= 1U << (opt - OWN);
	switch (opt) {
	case SYSLOG:
		opts->syslog = true;
		break;
	case HTML:
		opts->html = optarg;
		break;
	case TEXTFILE:
		opts->textfile = optarg;
		break;
	case PORTS:
		opts->ports = optarg;
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
	case 'h':
		cmd_help(opts, 0, NULL);
		return OPTIONS_DONE;
	case 'V':
		puts("tuplestat " TUPLESTAT_VERSION);
		return OPTIONS_DONE;
	case ':':
		return refuse_option(argv, "nothing follows");
	case '?':
		return refuse_option(argv, UNKNOWN);
	default:
		return opt >= OWN ? take_own_option(opts, opt) :
				    take_list_option(opts, opt);
	}
	return CLI_OK;
}

/**
 * options_parse - read the options
 * @opts: filled
 * @argc: how many words
 * @argv: the words; those that are no option are moved to the end, from optind
 *
 * Return: an exit code, or OPTIONS_DONE.
 */
int options_parse(struct options *opts, int argc, char **argv)
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

static const char *long_name(int option)
{
	unsigned int i = 0;

	while (long_options[i].val != option)
		i++;
	return long_options[i].name;
}

static int refuse_own(int option)
{
	const char *const *of = own_commands[option - OWN];

	cli_error("--%s goes with '%s%s%s' only", long_name(option), of[0],
		  of[1] ? " " : "", of[1] ? of[1] : "");
	return CLI_USAGE;
}

/**
 * options_check_command - whether the options go with a command
 * @opts: the options
 * @argc: how many words are no option
 * @argv: these words
 * @command: whether the first of them is a command; else they are of the list
 *
 * Return: an exit code; it was said what is wrong.
 */
int options_check_command(const struct options *opts, int argc, char **argv,
			  bool command)
{
	int option;

	for (option = OWN; option < OPTIONS_END; option++) {
		const char *const *of = own_commands[option - OWN];

		if (!(opts->own & 1U << (option - OWN)))
			continue;
		if (!command || strcmp(argv[0], of[0]) ||
		    (of[1] && (argc < 2 || strcmp(argv[1], of[1]))))
			return refuse_own(option);
	}
	if (!command || !opts->of_list)
		return CLI_OK;
	cli_error("%s goes with the list of flows only", opts->of_list);
	return CLI_USAGE;
}
