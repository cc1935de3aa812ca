// SPDX-License-Identifier: GPL-2.0
/*
 * "tuplestat -r" as a person types it: output, messages, exit codes; and what
 * an independent witness, tshark, has counted in the same file.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"
#include "ktap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT_LEN 65536

#define S TSTAT_TCP_SYN
#define A TSTAT_TCP_ACK
#define R TSTAT_TCP_RST

static char folder[] = "/tmp/tuplestat-read-XXXXXX";
static char out[TEXT_LEN], err[TEXT_LEN];

/* What the command says, word by word where @err is given. */
static const struct {
	const char *args;
	int code;
	const char *out;	/* is part of it */
	const char *err;	/* is all of it */
} calls[] = {
	{ "-n -r good.pcap", 0, "10.0.0.1:40000", "" },
	{ "-n --read good.pcap", 0, "[2001:db8::1]:5000", "" },
	{ "-n -r - <good.pcap", 0, "10.0.0.1:40000", "" },
	{ "-n -r good.pcap -4 | grep -c :", 0, "2\n", "" },
	{ "-n -r good.pcap -6 | grep -c :", 0, "1\n", "" },
	{ "-n -r good.pcap udp dport 53 | grep -c :", 0, "1\n", "" },
	{ "-n -r good.pcap state close | grep -c :", 0, "1\n", "" },
	{ "-j -r good.pcap", 0, "\"end_reason\":\"end-of-flow\"}", "" },
	{ "-j -r good.pcap udp", 0, "\"first\":1700000000.000001000,"
	  "\"last\":1700000000.000002000}]\n", "" },
	{ "-j -p -r good.pcap", 0, "\n        \"end_reason\": ", "" },
	{ "-r good.pcap show state close", 0, "ended      end-of-flow\n", "" },
	{ "-r good.pcap show dport 9", 2, "",
	  "tuplestat: no flow matches\n" },
	{ "-r good.pcap stats", 0, "balance: exact\nnot IP, so not seen: 1 "
	  "frames\n", "" },
	{ "-r good.pcap stats", 0, "table: 2 flows, 1024 buckets", "" },
	{ "-j -r good.pcap stats", 0, "\"table\":{\"flows\":2,\"buckets\":",
	  "" },
	{ "-j -r good.pcap stats", 0,
	  "\"unexplained\":{\"packets\":0,\"bytes\":0},\"not_ip\":1}", "" },
	/* A question that is an answer, where servers have port 5000. */
	{ "-n --server-ports udp/5000 -r good.pcap -6 show", 0,
	  "udp [2001:db8::2]:53 -> [2001:db8::1]:5000\n", "" },
	{ "-n -r good.pcap -6 --server-ports=udp/53 show", 0,
	  "udp [2001:db8::1]:5000 -> [2001:db8::2]:53\n", "" },
	{ "--server-ports '' -r good.pcap stats", 0, "balance: exact", "" },
	{ "--server-ports 5000 -r good.pcap", 1, "", "tuplestat: "
	  "--server-ports: '5000' is no list as tcp/80,udp/53,tcp/8000-8099\n" },
	{ "--server-ports udp/53, -r good.pcap stats", 1, "", "tuplestat: "
	  "--server-ports: 'udp/53,' is no list as "
	  "tcp/80,udp/53,tcp/8000-8099\n" },
	{ "--server-ports udp/53", 1, "", "tuplestat: --server-ports goes with "
	  "-r only: the kernel module has its parameter server_ports\n" },
	{ "-n -r good.pcap sort bytes limit 1 | grep -c :", 0, "1\n", "" },
	{ "-n -r good.pcap sort bytes limit 1", 0, "\nudp ", "" },
	{ "-n -r good.pcap limit 1 tcp reverse sort bytes", 0,
	  "10.0.0.2:80      1/0   40/0 ", "" },
	{ "-j -r good.pcap sort first reverse limit 1", 0,
	  "[{\"proto\":\"tcp\",\"orig\":{\"addr\":\"10.0.0.1\","
	  "\"port\":40000,\"packets\":1,", "" },
	{ "-n -r good.pcap limit 2 | grep -c :", 0, "2\n", "" },
	{ "-r good.pcap show udp sort rtt limit 1", 0, "udp [2001:", "" },
	{ "-n -r good.pcap tcp group by dport", 0,
	  "\ntcp/80              2      2/1  80/40\n", "" },
	{ "-r good.pcap group by dport limit 1", 0, "\nudp/domain ", "" },
	{ "-j -r good.pcap group by proto sort flows limit 1", 0,
	  "[{\"proto\":\"tcp\",\"flows\":2,\"orig\":{\"packets\":2,"
	  "\"ip_bytes\":80},\"reply\":{\"packets\":1,\"ip_bytes\":40}}"
	  "]\n", "" },
	{ "-j -6 -r good.pcap group by src tcp", 0, "[]\n", "" },
	{ "-r good.pcap summary sort bytes", 1, "",
	  "tuplestat: unknown word 'sort'; try 'tuplestat help'\n" },
	{ "-r good.pcap show group by proto", 1, "",
	  "tuplestat: unknown word 'group'; try 'tuplestat help'\n" },
	{ "-r none.pcap limit 0", 1, "",
	  "tuplestat: limit: '0' is no number from 1 to 4294967295\n" },
	{ "-r none.pcap", 2, "",
	  "tuplestat: cannot open 'none.pcap': No such file or directory\n" },
	{ "-r none.pcap stats", 2, "",
	  "tuplestat: cannot open 'none.pcap': No such file or directory\n" },
	{ "-r empty.pcap", 2, "", "tuplestat: cannot read 'empty.pcap': "
	  "truncated dump file; tried to read 4 file header bytes, only got "
	  "0\n" },
	{ "-r - </dev/null", 2, "", "tuplestat: cannot read 'standard "
	  "input': truncated dump file; tried to read 4 file header bytes, "
	  "only got 0\n" },
	{ "-r wlan.pcap", 2, "", "tuplestat: cannot read 'wlan.pcap': link "
	  "type IEEE802_11 (802.11) is not one of Ethernet, Linux cooked, "
	  "raw IP and loopback\n" },
	{ "-n -r cut.pcap", 3, "10.0.0.1:40000", "tuplestat: 'cut.pcap' was "
	  "not read to its end: truncated dump file; tried to read 52 "
	  "captured bytes, only got 51\n" },
	{ "-r cut.pcap stats", 3, "balance: exact", "tuplestat: 'cut.pcap' "
	  "was not read to its end: truncated dump file; tried to read 52 "
	  "captured bytes, only got 51\n" },
	{ "-r good.pcap bogus", 1, "",
	  "tuplestat: unknown word 'bogus'; try 'tuplestat help'\n" },
	{ "-r good.pcap stats bogus", 1, "",
	  "tuplestat: unknown word 'bogus'; try 'tuplestat help'\n" },
	{ "-r", 1, "", "tuplestat: nothing follows option '-r'; try "
	  "'tuplestat help'\n" },
	{ "-N ns -r good.pcap", 1, "", "tuplestat: -N and -r exclude each "
	  "other: a capture is of no network namespace\n" },
	{ "-r good.pcap start", 1, "", "tuplestat: 'start' is for the kernel "
	  "module, it does not go with -r\n" },
	{ "-r good.pcap stop", 1, "", "tuplestat: 'stop' is for the kernel "
	  "module, it does not go with -r\n" },
	{ "-r good.pcap config", 1, "", "tuplestat: 'config' is for the "
	  "kernel module, it does not go with -r\n" },
	{ "-r good.pcap set max-flows 16", 1, "", "tuplestat: 'set' is for "
	  "the kernel module, it does not go with -r\n" },
};

static void save(const struct capture *c, const char *name, size_t len)
{
	FILE *file = fopen(name, "w");

	if (!file || fwrite(c->bytes, 1, len, file) != len || fclose(file))
		abort();
}

/* A refused connection tried again, a question, and a frame that is not IP. */
static void add_good(struct capture *c)
{
	const struct talk web = { 4, 1, 2, 40000, 80 };
	const struct talk dns = { 6, 1, 2, 5000, 53 };
	struct packet p = { .len = 28 };

	capture_frame(c, "\xff\xff\xff\xff\xff\xff\2\0\0\0\0\1\x08\x06", 14,
		      &p, BEGIN_NS, U32_MAX);
	make_tcp(&p, web, S, 0);
	capture_packet(c, &p, BEGIN_NS);
	make_udp(&p, dns, 10);
	capture_packet(c, &p, BEGIN_NS + 1000);
	make_udp(&p, back(dns), 90);
	capture_packet(c, &p, BEGIN_NS + 2000);
	make_tcp(&p, back(web), R | A, 0);
	capture_packet(c, &p, BEGIN_NS + 3000);
	make_tcp(&p, web, S, 0);
	capture_packet(c, &p, BEGIN_NS + 4000);
	make_udp(&p, dns, 10);
}

static void make_files(void)
{
	struct capture c = { 0 };
	struct packet p;

	capture_begin(&c, 1);
	save(&c, "empty.pcap", 0);
	add_good(&c);
	save(&c, "good.pcap", c.len);
	make_udp(&p, (struct talk){ 4, 1, 2, 5, 6 }, 10);
	capture_packet(&c, &p, BEGIN_NS);
	save(&c, "cut.pcap", c.len - 1);
	capture_free(&c);
	capture_begin(&c, 105);
	save(&c, "wlan.pcap", c.len);
	capture_free(&c);
}

static void slurp(const char *name, char text[TEXT_LEN])
{
	FILE *file = fopen(name, "r");
	size_t len;

	if (!file)
		abort();
	len = fread(text, 1, TEXT_LEN - 1, file);
	text[len] = '\0';
	fclose(file);
}

/* By the shell, so that the calls can be read as people type them. */
static int shell(const char *command)
{
	char line[1024];
	int status;

	snprintf(line, sizeof(line), "{ %s ; } >out 2>err", command);
	status = system(line);
	slurp("out", out);
	slurp("err", err);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_calls(void)
{
	char line[512];
	size_t i;
	int code;

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		snprintf(line, sizeof(line), "\"$TUPLESTAT\" %s",
			 calls[i].args);
		code = shell(line);
		if (!ktap_ok(code == calls[i].code &&
			     strstr(out, calls[i].out) &&
			     !strcmp(err, calls[i].err),
			     "tuplestat %s", calls[i].args))
			printf("# code %d, err: %s\n", code, err);
	}
}

/* Every protocol, family and size, over and over. */
static void make_mixed(void)
{
	struct capture c = { .nanoseconds = true };
	u32 i, payload, random = 1;
	struct packet p;

	capture_begin(&c, 1);
	for (i = 0; i < 2000; i++) {
		struct talk talk = { 4, 1, 2, 1000, 7 };

		random = random * 1103515245 + 12345;
		if (random & 0x10000)
			talk.family = 6;
		talk.sport += (random >> 17) % 3;
		talk.dport += (random >> 17) % 3;
		if (random & 0x100000)
			talk = back(talk);
		payload = (random >> 8) % 1400;
		if (random & 0x200000)
			make_tcp(&p, talk, A, payload);
		else
			make_udp(&p, talk, payload);
		if (p.len < 46)
			put_zeros(&p, 46 - p.len);
		capture_packet(&c, &p, BEGIN_NS + i);
	}
	save(&c, "mixed.pcap", c.len);
	capture_free(&c);
}

/* Both as lines "protocol source port packets bytes", sorted. */
#define WITNESS \
	"tshark -n -r mixed.pcap -T fields -E separator=, -e ip.src" \
	" -e ipv6.src -e ip.len -e ipv6.plen -e tcp.srcport -e udp.srcport" \
	" 2>/dev/null | awk -F, '" \
	"{ key = ($5 != \"\" ? \"tcp \" : \"udp \") $1 $2 \" \" $5 $6;" \
	"  packets[key]++; bytes[key] += $3 != \"\" ? $3 : $4 + 40 }" \
	"END { for (key in packets) print key, packets[key], bytes[key] }'" \
	" | sort"
#define OURS \
	"\"$TUPLESTAT\" -j -r mixed.pcap | tr '{' '\\n' | awk -F'[\":,]+' '" \
	"/\"proto\"/ { proto = $3 }" \
	"/\"addr\"/ { sub(/.*\"addr\":\"/, \"\"); addr = $0;" \
	"  sub(/\".*/, \"\", addr); sub(/.*\"port\":/, \"\");" \
	"  split($0, part, /[:,]/);" \
	"  print proto, addr, part[1], part[3], part[5] }'" \
	" | awk '$4' | sort"

static void print_both(const char *theirs)
{
	const char *rest;

	puts("# wanted:");
	for (rest = theirs; *rest; rest += strcspn(rest, "\n") + 1)
		printf("# %.*s\n", (int)strcspn(rest, "\n"), rest);
	puts("# got:");
	for (rest = out; *rest; rest += strcspn(rest, "\n") + 1)
		printf("# %.*s\n", (int)strcspn(rest, "\n"), rest);
}

static void test_witness(void)
{
	static char theirs[TEXT_LEN];

	if (shell("command -v tshark")) {
		ktap_ok(true, "witness # SKIP no tshark on this machine");
		return;
	}
	make_mixed();
	if (shell(WITNESS))
		abort();
	memcpy(theirs, out, sizeof(theirs));
	if (!ktap_ok(!shell(OURS) && *out && !strcmp(out, theirs),
		     "witness: packets and bytes of each side as tshark's"))
		print_both(theirs);
}

static int shell_remove(void)
{
	char line[64];

	snprintf(line, sizeof(line), "rm -r %s", folder);
	return system(line);
}

int main(void)
{
	char program[4096];

	if (!realpath(COMMAND, program) ||
	    setenv("TUPLESTAT", program, true) || !mkdtemp(folder) ||
	    chdir(folder))
		abort();
	ktap_plan(ARRAY_SIZE(calls) + 1);
	make_files();
	test_calls();
	test_witness();
	if (chdir("/tmp") || shell_remove())
		return 1;
	return ktap_finish();
}
