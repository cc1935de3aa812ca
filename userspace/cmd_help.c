// SPDX-License-Identifier: GPL-2.0
/* tuplestat help: all words, on one screen. */
#include <stdio.h>

#include "cli.h"

static const char text[] =
"Usage: tuplestat [OPTIONS] [FILTER]           the flows, a line each\n"
"       tuplestat [OPTIONS] show [FILTER]      the flows, each in full\n"
"       tuplestat [OPTIONS] summary [FILTER]   handshakes by port, round trips\n"
"       tuplestat [OPTIONS] report --html FILE [FILTER]   a page with pictures\n"
"       tuplestat [OPTIONS] stats              the table and the ledger\n"
"       tuplestat [OPTIONS] check              is every packet accounted for?\n"
"       tuplestat [OPTIONS] monitor [WORDS] [FILTER]   what happens, as a log\n"
"       tuplestat [OPTIONS] top [interval SECONDS] [FILTER]   a live view\n"
"       tuplestat [OPTIONS] flush [FILTER]     end flows; without FILTER all\n"
"       tuplestat [OPTIONS] start | stop       begin or end counting here\n"
"       tuplestat [OPTIONS] config             the settings\n"
"       tuplestat [OPTIONS] set SETTING VALUE [SETTING VALUE]...\n"
"       tuplestat help\n"
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
"\n"
"WORDS of monitor, before, after and amid the FILTER:\n"
"        buffer BYTES        how much may wait to be read\n"
"        count N             end after N events\n"
"SETTING := max-flows | timeout-T   timeouts: in seconds, or as 90s, 15m, 2h, 30d\n"
"T := none | syn-sent | syn-recv | established | fin-wait | close-wait |\n"
"     last-ack | time-wait | close | syn-sent2 | udp-unreplied | udp-replied |\n"
"     active                 between two interim events of a flow\n"
"\n"
"OPTIONS:\n"
"        -4, -6              only IPv4, only IPv6\n"
"        -n, --numeric       ports as numbers\n"
"        -j, --json          JSON\n"
"        -p, --pretty        indent the JSON\n"
"        -N, --netns NAME    in that network namespace; a path if it has a '/'\n"
"        -r, --read FILE     the flows of a capture (pcap, pcapng; - for standard\n"
"                            input), ended ones too, in the order they began\n"
"        --html FILE         of report: where to write it; - for standard output\n"
"        --syslog            of monitor: to syslog, not to standard output\n"
"        --server-ports LIST with -r: the ports that servers have, such as\n"
"                            tcp/80,udp/53,tcp/8000-8099; they tell who began a\n"
"                            flow that was seen from its middle on\n"
"        -h, --help          this text\n"
"        -V, --version       the version\n"
"\n"
"The originator is the side that began the flow. In the list, packets, bytes\n"
"(IP headers included) and flags are those of the originator / the responder;\n"
"a flag that a side has sent is a letter: Syn Ack Psh Urg Ece Cwr Fin Rst.\n";

/**
 * cmd_help - print all words
 * @opts: the global options
 * @argc: how many words; none are taken
 * @argv: the words
 *
 * Return: an exit code.
 */
int cmd_help(const struct options *opts, int argc, char **argv)
{
	(void)opts;
	if (cli_no_words(argc, argv))
		return CLI_USAGE;
	fputs(text, stdout);
	return CLI_OK;
}
