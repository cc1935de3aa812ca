// SPDX-License-Identifier: GPL-2.0
/* tuplestat help: all words, on one screen; and the columns of the list. */
#include <stdio.h>
#include <string.h>

#include "arrange.h"
#include "cli.h"
#include "fields.h"
#include "filter.h"
#include "names.h"
#include "output.h"
#include "settings.h"
#include "suggest.h"

static const char text[] =
"Usage: tuplestat [OPTIONS] [FILTER]           the flows, a line each\n"
"       tuplestat [OPTIONS] show [FILTER]      the flows, each in full\n"
"       tuplestat [OPTIONS] summary [FILTER]   handshakes by port, round trips\n"
"       tuplestat [OPTIONS] report --html FILE [FILTER]   a page with pictures\n"
"       tuplestat [OPTIONS] stats              the table and the ledger\n"
"       tuplestat [OPTIONS] check              is every packet accounted for?\n"
"       tuplestat [OPTIONS] monitor [WORDS] [FILTER]   what happens, as a log\n"
"       tuplestat [OPTIONS] top [interval SECONDS] [FILTER]   a live view\n"
"       tuplestat [OPTIONS] export ipfix --to HOST:PORT [FILTER]   to a collector\n"
"       tuplestat [OPTIONS] export prometheus  metrics, for node_exporter to collect\n"
"       tuplestat [OPTIONS] flush [FILTER]     end flows; without FILTER all\n"
"       tuplestat [OPTIONS] start | stop       begin or end counting here\n"
"       tuplestat [OPTIONS] config             the settings\n"
"       tuplestat [OPTIONS] set SETTING VALUE [SETTING VALUE]...\n"
"       tuplestat [OPTIONS] set started | stopped   as start, stop; loads nothing\n"
"       tuplestat help [columns]               this text, or what -o takes\n"
"\n"
"FILTER := [not] TERM [[and] [not] TERM]...\n"
"TERM := tcp | udp\n"
"        src ADDR[/LEN]      the originator's address\n"
"        dst ADDR[/LEN]      the responder's address\n"
"        host ADDR[/LEN]     either of them\n"
"        sport PORT[-PORT]   the originator's port, or its service name\n"
"        dport PORT[-PORT]   the responder's port\n"
"        port PORT[-PORT]    either of them\n"
"        state STATE[,STATE]...\n"
"        conn VERDICT[,VERDICT]...\n"
"STATE := none | syn-sent | syn-recv | established | fin-wait | close-wait |\n"
"         last-ack | time-wait | close | syn-sent2 | unreplied | replied\n"
"VERDICT := S0 | S1 | SF | REJ | S2 | S3 | RSTO | RSTR | RSTOS0 | RSTRH | SH |\n"
"           SHR | OTH           as Zeek's conn_state\n"
"\n"
"Before, after and amid the FILTER of the list and of 'show':\n"
"        sort KEY [reverse]  KEY := bytes | packets | payload | retransmits |\n"
"                            duration | rtt (the most first) |\n"
"                            first | last | port (the lowest first)\n"
"        limit N             only the first N of them\n"
"and of the list:\n"
"        group by src | dst | sport | dport | host-pair | proto | state | conn\n"
"                            a line a group, the most bytes first, or\n"
"                            sort bytes | packets | flows [reverse]\n"
"        columns LIST        as -o\n"
"\n"
"WORDS of monitor, before, after and amid the FILTER:\n"
"        buffer BYTES        how much may wait to be read; of export ipfix, too\n"
"        count N             end after N events\n"
"SETTING := max-flows | timeout-T   timeouts: in seconds, or as 90s, 15m, 2h, 30d\n"
"T := none | syn-sent | syn-recv | established | fin-wait | close-wait |\n"
"     last-ack | time-wait | close | syn-sent2 | udp-unreplied | udp-replied |\n"
"     active                 between two interim events of a flow\n"
"\n"
"OPTIONS:\n"
"        -4, -6              only IPv4, only IPv6\n"
"        -n, --numeric       ports as numbers\n"
"        -j, --json          JSON, as --format json\n"
"        -p, --pretty        indent the JSON\n"
"        -N, --netns NAME    in that network namespace; a path if it has a '/'\n"
"        -r, --read FILE     the flows of a capture (pcap, pcapng; - for standard\n"
"                            input), ended ones too, in the order they began\n"
"        --server-ports LIST with -r: the ports that servers have, such as\n"
"                            tcp/80,udp/53,tcp/8000-8099; they tell who began a\n"
"                            flow that was seen from its middle on\n"
"        -h, --help          this text\n"
"        -V, --version       the version\n"
"of monitor:\n"
"        --syslog            to syslog, not to standard output\n"
"of report:\n"
"        --html FILE         where to write it; - for standard output\n"
"of export ipfix:\n"
"        --to HOST:PORT      the collector; [ADDR]:PORT for IPv6\n"
"        --udp, --tcp        over UDP (as without), over TCP\n"
"        --domain N          the observation domain, else 0\n"
"        --template-interval TIME   templates over UDP again so often, else 60s\n"
"of export prometheus:\n"
"        --textfile FILE     to FILE, replaced as a whole\n"
"        --ports LIST        server ports that are told apart, else the ten\n"
"                            that most handshakes go to\n"
"of the list:\n"
"        --format FORMAT     FORMAT := text | json | tsv | zeek   tsv: a line of\n"
"                            names, a line a flow, tabs; zeek: a conn.log\n"
"        -o, --columns LIST  these columns, as proto,state,orig.addr; +LIST: these\n"
"                            besides the others; 'help columns' has their names\n"
"        -s, --detail        more columns; twice: still more\n"
"        --human             amounts as 1.5M, not as 1512345\n"
"        -H, --no-header     no line of titles\n"
"        -c, --color[=WHEN]  WHEN := auto | always | never   without -c: auto, on\n"
"                            a terminal, unless NO_COLOR is set\n"
"\n"
"The originator is the side that began the flow. In the list, packets, bytes\n"
"(IP headers included) and flags are those of the originator / the responder;\n"
"a flag that a side has sent is a letter: Syn Ack Psh Urg Ece Cwr Fin Rst.\n";

static const char *help_word(unsigned int i)
{
	return i ? NULL : "columns";
}

static void print_columns(void)
{
	const struct field *field;
	unsigned int i;

	puts("Of text and TSV, as the members of JSON:");
	for (i = 0; (field = field_get(i)); i++) {
		if (!field_is_json(field) && field_is_json(field_get(i - 1)))
			puts("and, a '/' between the originator's value and the responder's:");
		printf("  %-20s  %s\n", field->name, field->meaning);
	}
}

/*
 * All words that are taken somewhere, a line each behind their kind: for the
 * completion in shells, and for tests that all of them are documented.
 */
static void print_words(void)
{
	static const struct {
		const char *kind;
		suggest_words_fn word;
	} kinds[] = {
		{ "command", command_word },
		{ "option", option_word },
		{ "filter", filter_word },
		{ "state", names_state_word },
		{ "verdict", names_conn_state_word },
		{ "order", arrange_order_word },
		{ "list", arrange_word },
		{ "sort", arrange_sort_key },
		{ "group", arrange_group_key },
		{ "column", field_name },
		{ "monitor", monitor_word },
		{ "top", top_word },
		{ "export", export_word },
		{ "ipfix", export_ipfix_word },
		{ "setting", settings_word },
		{ "format", format_word },
		{ "color", color_when_word },
		{ "help", help_word },
	};
	const char *word;
	unsigned int i;
	size_t kind;

	for (kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
		for (i = 0; (word = kinds[kind].word(i)); i++)
			printf("%s %s\n", kinds[kind].kind, word);
}

static int refuse_word(const char *word)
{
	static const suggest_words_fn kinds[] = { help_word, NULL };
	char error[256];

	suggest_unknown(error, sizeof(error), "word", word, kinds, "help");
	cli_error("%s", error);
	return CLI_USAGE;
}

/**
 * cmd_help - print all words, or the columns of the list
 * @opts: the global options
 * @argc: how many words
 * @argv: the words: none, "columns", or, for programs, "words"
 *
 * Return: an exit code.
 */
int cmd_help(const struct options *opts, int argc, char **argv)
{
	bool columns = argc && !strcmp(argv[0], "columns");
	bool words = argc && !strcmp(argv[0], "words");

	(void)opts;
	if (argc && !columns && !words)
		return refuse_word(argv[0]);
	if (argc > 1 && cli_no_words(argc - 1, argv + 1))
		return CLI_USAGE;
	if (columns)
		print_columns();
	else if (words)
		print_words();
	else
		output_put(stdout, text, sizeof(text) - 1);
	return CLI_OK;
}
