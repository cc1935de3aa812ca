// SPDX-License-Identifier: GPL-2.0
/*
 * The live view without a terminal: which flows are first, what the screen
 * shows of them at any size, and what keys do.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/tuplestat.h>

#include "ktap.h"
#include "top_view.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define WALL (UINT64_C(1795374000) * NS_PER_SEC)
#define SECOND(n) ((uint64_t)(n) * NS_PER_SEC)

static struct top_list list;
static struct top_view view;
static struct top_status status;
static struct grid grid;

/* --- whose handshake has a problem --- */

struct handshake_case {
	const char *what;
	uint8_t conn_state;
	const char *history;
	unsigned int syns;
	unsigned int syn_acks;
	unsigned int seconds;
	enum syn_problem problem;
	const char *text;
};

static const struct handshake_case handshakes[] = {
	{ "a SYN just now", TUPLESTAT_CONN_S0, "S", 1, 0, 0, SYN_FINE, "fine" },
	{ "a SYN for a second", TUPLESTAT_CONN_S0, "S", 1, 0, 1,
	  SYN_UNANSWERED, "no answer" },
	{ "a SYN three times", TUPLESTAT_CONN_S0, "S", 3, 0, 0,
	  SYN_UNANSWERED, "no answer x3" },
	{ "a SYN-ACK just now", TUPLESTAT_CONN_S1, "Sh", 1, 1, 0, SYN_FINE,
	  "fine" },
	{ "a SYN-ACK for a second", TUPLESTAT_CONN_S1, "Sh", 1, 1, 1,
	  SYN_HALF_OPEN, "half-open" },
	{ "a SYN-ACK four times", TUPLESTAT_CONN_S1, "Sh", 1, 4, 0,
	  SYN_HALF_OPEN, "half-open x4" },
	{ "a RST", TUPLESTAT_CONN_REJ, "Sr", 1, 0, 0, SYN_REFUSED, "refused" },
	{ "open", TUPLESTAT_CONN_S1, "ShA", 1, 1, 30, SYN_FINE, "fine" },
	{ "open after two SYNs", TUPLESTAT_CONN_S1, "ShA", 2, 1, 59, SYN_AGAIN,
	  "SYN again x2" },
	{ "open after two SYN-ACKs", TUPLESTAT_CONN_S1, "ShA", 1, 2, 59,
	  SYN_AGAIN, "SYN again x2" },
	{ "a minute later", TUPLESTAT_CONN_S1, "ShA", 2, 1, 60, SYN_FINE,
	  "fine" },
};

static void test_problems(void)
{
	char text[SYN_PROBLEM_LEN];
	struct flow flow = { .proto = IPPROTO_TCP, .first_ns = WALL };
	enum syn_problem problem;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(handshakes); i++) {
		flow.conn_state = handshakes[i].conn_state;
		strcpy(flow.history, handshakes[i].history);
		flow.orig.sent.flags[TCP_FLAG_SYN] = handshakes[i].syns;
		flow.reply.sent.flags[TCP_FLAG_SYN] = handshakes[i].syn_acks;
		problem = syn_problem_of(&flow, WALL +
					 SECOND(handshakes[i].seconds));
		syn_problem_text(text, &flow, problem);
		ktap_ok(problem == handshakes[i].problem &&
			!strcmp(text, handshakes[i].text), "problem: %s: %s",
			handshakes[i].what, text);
	}
	flow = (struct flow){ .proto = IPPROTO_TCP, .first_ns = WALL,
			      .midstream = true, .history = "Aa" };
	ktap_ok(!syn_problem_of(&flow, WALL + SECOND(9)) &&
		!syn_problem_of(&(struct flow){ .proto = IPPROTO_UDP },
				WALL), "problem: none midstream, none of UDP");
}

/* --- flows --- */

static struct top_row row_of(unsigned int host, uint16_t port, double rate)
{
	struct top_row row = {
		.flow = {
			.family = AF_INET, .proto = IPPROTO_TCP,
			.state = TUPLESTAT_STATE_ESTABLISHED,
			.conn_state = TUPLESTAT_CONN_S1, .history = "ShA",
			.first_ns = WALL - SECOND(host), .last_ns = WALL,
			.synack_ns = host * NS_PER_MSEC,
			.ackdat_ns = host * NS_PER_MSEC,
			.orig = { .addr = { 10, 0, 0, (uint8_t)host },
				  .port = 40000 },
			.reply = { .addr = { 10, 0, 1, 1 }, .port = port },
		},
		.rate = { true, { rate, rate / 2 },
			  { rate * 100, rate * 1000 } },
		.age_ns = SECOND(host),
	};

	row.flow.orig.sent.packets = 100 - host;
	row.flow.orig.sent.ip_bytes = (100 - host) * 50;
	row.flow.orig.sent.flags[TCP_FLAG_SYN] = 1;
	row.flow.reply.sent.flags[TCP_FLAG_SYN] = 1;
	row.flow.reply.sent.retransmits = host % 3;
	return row;
}

static struct top_row unanswered(unsigned int host)
{
	struct top_row row = row_of(host, 9, 0);

	row.flow.state = TUPLESTAT_STATE_SYN_SENT;
	row.flow.conn_state = TUPLESTAT_CONN_S0;
	strcpy(row.flow.history, "S");
	row.flow.orig.sent.flags[TCP_FLAG_SYN] = 3;
	row.flow.reply.sent.flags[TCP_FLAG_SYN] = 0;
	row.flow.synack_ns = 0;
	row.problem = SYN_UNANSWERED;
	return row;
}

/* Hosts 1 to @count, of which the first is the slowest. */
static void fill(unsigned int count, unsigned int problems)
{
	struct top_row row;
	unsigned int i;

	list.order = view.order;
	top_list_begin(&list);
	for (i = 1; i <= count; i++) {
		row = row_of(i, (uint16_t)(500 - i), i);
		top_list_add(&list, &row);
	}
	for (i = 0; i < problems; i++) {
		row = unanswered(200 + i);
		row.flow.last_ns += i;
		top_list_add(&list, &row);
	}
	top_list_end(&list);
}

static void reset(int rows, int columns)
{
	view = (struct top_view){ 0 };
	status = (struct top_status){ .ledger = "ledger",
				      .interval_ns = SECOND(2) };
	top_list_close(&list);
	grid_resize(&grid, rows, columns);
}

/* --- the screen --- */

static void draw(void)
{
	top_view_draw(&view, &list, &status, &grid);
}

static const char *line_at(int row)
{
	static char text[GRID_SIDE_MAX + 1];
	int column, end = 0;

	for (column = 0; column < grid.columns; column++) {
		uint32_t code = grid.cell[row * grid.columns + column].code;

		text[column] = (char)(code ? code : ' ');
		if (code && code != ' ')
			end = column + 1;
	}
	text[end] = '\0';
	return text;
}

static bool is_line(int row, const char *wanted)
{
	if (!strcmp(line_at(row), wanted))
		return true;
	printf("# line %d, wanted:\n# %s\n# got:\n# %s\n", row, wanted,
	       line_at(row));
	return false;
}

/* The row that is marked, as it is on the screen; -1 for none. */
static int marked_line(void)
{
	int row;

	for (row = 4; row < grid.rows - 1; row++)
		if (grid.cell[row * grid.columns].attr & GRID_REVERSE)
			return row;
	return -1;
}

static enum top_action press(int key)
{
	enum top_action action = top_view_key(&view, &list, key);

	draw();
	return action;
}

static void type(const char *text)
{
	while (*text)
		press(*text++);
}

static void test_screen(void)
{
	reset(24, 80);
	fill(3, 0);
	draw();
	ktap_ok(is_line(0, "ledger"), "screen: ledger");
	ktap_ok(is_line(1, "all flows                                          3 flows by bytes/s, every 2 s"),
		"screen: filter and order");
	ktap_ok(is_line(2, "SYN problems: none"), "screen: no problem");
	ktap_ok(is_line(3, "Proto State        Originator     Responder      Bytes/s Packets/s   RTT   Age"),
		"screen: titles");
	ktap_ok(is_line(4, "tcp   ESTABLISHED  10.0.0.3:40000 10.0.1.1:497  300/3.0k    3/2      6ms  3.0s") &&
		is_line(5, "tcp   ESTABLISHED  10.0.0.2:40000 10.0.1.1:498  200/2.0k    2/1      4ms  2.0s") &&
		is_line(6, "tcp   ESTABLISHED  10.0.0.1:40000 10.0.1.1:499  100/1.0k    1/0.5    2ms  1.0s") &&
		is_line(7, ""), "screen: flows, the fastest first");
	ktap_ok(is_line(23, "q quit  h help  f filter  Enter open  sort: b p B P r a s t d  R reverse  y SYN"),
		"screen: keys");
	fill(0, 0);
	draw();
	ktap_ok(is_line(4, "(no flow)"), "screen: no flow");
	strcpy(status.trouble, "the module is gone");
	strcpy(status.filter, "tcp port 80");
	status.paused = true;
	draw();
	ktap_ok(is_line(2, "the module is gone") &&
		is_line(1, "filter: tcp port 80                                   0 flows by bytes/s, PAUSED"),
		"screen: trouble, a filter, a pause");
}

static void test_screen_problems(void)
{
	reset(24, 80);
	fill(30, 20);
	draw();
	ktap_ok(is_line(2, "SYN problems: 20 no answer"), "problems: counted");
	ktap_ok(is_line(4, "tcp   no answer x3 10.0.0.219:40000 10.0.1.1:9      0/0       0/0        - 3m39s"),
		"problems: above the others, the latest first");
	ktap_ok(is_line(10, "all:") && strstr(line_at(9), "10.0.0.214") &&
		strstr(line_at(11), "10.0.0.30:"),
		"problems: a third of the rows at most");
	press('y');
	ktap_ok(is_line(2, "SYN problems: 20 no answer                                   only these (y: all)") &&
		strstr(line_at(4), "no answer x3 10.0.0.219:") &&
		strstr(line_at(22), "10.0.0.201:"), "problems: only these");
	press('y');
	ktap_ok(is_line(10, "all:"), "problems: and all again");
	fill(1, 1);
	draw();
	ktap_ok(is_line(5, "all:") && strstr(line_at(7), "SYN_SENT"),
		"problems: with the others, too, by its state");
}

/* Whether the screen has the keys and, with room for a flow, the mark. */
static bool is_usable(void)
{
	if (!grid.rows || !grid.columns)
		return true;
	if (!*line_at(grid.rows - 1))
		return false;
	/* Five lines are no flows; the error of a filter hides one. */
	return view.mode != TOP_MODE_LIST || view.prompting ||
	       grid.rows <= 5 || marked_line() >= 0;
}

/* No size is too small, or too large, whatever is shown. */
static void test_sizes(void)
{
	static const int modes[] = { 0, 'h', TOP_KEY_ENTER, 'f', 'y' };
	int rows, columns, bad = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		reset(24, 80);
		fill(30, 20);
		draw();
		press(modes[i]);
		strcpy(view.error, "wrong");
		strcpy(view.typed, "tcp port 80");
		for (rows = 0; rows <= 30; rows++)
			for (columns = 0; columns <= 100; columns += 3) {
				grid_resize(&grid, rows, columns);
				top_view_resized(&view);
				press(TOP_KEY_PAGE_DOWN);
				press(TOP_KEY_UP);
				bad += grid.rows != rows ||
				       grid.columns != columns || !is_usable();
			}
	}
	ktap_ok(!bad, "sizes: from none to 30 by 100, in each mode");
	reset(6, 30);
	fill(30, 0);
	draw();
	ktap_ok(is_line(3, "State        Originato Respond") &&
		is_line(4, "ESTABLISHED  10.0~0000 10.0~:4"),
		"sizes: columns that do not fit are left out");
	reset(1, 10);
	draw();
	ktap_ok(is_line(0, "q quit  h"), "sizes: one line");
}

static void test_narrow(void)
{
	struct top_row row = row_of(7, 443, 1);

	reset(24, 60);
	row.flow.family = AF_INET6;
	memcpy(row.flow.orig.addr, "\x20\x01\x0d\xb8\x11\x11\x22\x22\x33\x33\x44\x44\x55\x55\x66\x66", 16);
	memcpy(row.flow.reply.addr, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	top_list_begin(&list);
	top_list_add(&list, &row);
	top_list_end(&list);
	draw();
	ktap_ok(is_line(3, "State        Originator          Responder           Bytes/s") &&
		is_line(4, "ESTABLISHED  [2001:db8~66]:40000 [2001:db8::1]:443  100/1.0k"),
		"narrow: addresses have what others leave, and are cut in their middle");
	press('a');
	ktap_ok(strstr(line_at(3), "Age"), "narrow: what is sorted by is there");
	reset(24, 140);
	draw();
	ktap_ok(strstr(line_at(4), "[2001:db8:1111:2222:3333:4444:5555:6666]:40000 [2001:db8::1]:443 "),
		"wide: nothing is cut");
}

/* --- keys --- */

static const struct {
	int key;
	enum top_sort sort;
	unsigned int first;	/* host of the first row */
	unsigned int reversed;
} sorts[] = {
	{ 'p', TOP_SORT_PACKET_RATE, 9, 1 },
	{ 'b', TOP_SORT_BYTE_RATE, 9, 1 },
	{ 'B', TOP_SORT_BYTES, 1, 9 },
	{ 'P', TOP_SORT_PACKETS, 1, 9 },
	{ 'r', TOP_SORT_RTT, 9, 1 },
	{ 'a', TOP_SORT_AGE, 9, 1 },
	/* of equals those that have sent most */
	{ 's', TOP_SORT_STATE, 1, 1 },
	{ 't', TOP_SORT_RETRANSMITS, 2, 3 },
	{ 'd', TOP_SORT_PORT, 9, 1 },
};

static unsigned int first_host(void)
{
	list.order = view.order;
	fill(9, 0);
	return list.all.row[0].flow.orig.addr[3];
}

static void test_sorts(void)
{
	unsigned int first, reversed;
	size_t i;
	bool good;

	for (i = 0; i < ARRAY_SIZE(sorts); i++) {
		reset(24, 80);
		fill(9, 0);
		draw();
		good = press(sorts[i].key) == TOP_ORDER &&
		       view.order.sort == sorts[i].sort;
		first = first_host();
		good &= press('R') == TOP_ORDER && view.order.reverse;
		reversed = first_host();
		draw();
		good &= strstr(line_at(1), top_sort_name(sorts[i].sort)) &&
			strstr(line_at(1), "reversed");
		ktap_ok(good && first == sorts[i].first &&
			reversed == sorts[i].reversed,
			"sort: '%c': %u first, reversed %u", sorts[i].key,
			first, reversed);
	}
}

static void test_first_of_many(void)
{
	struct top_row row;
	unsigned int i;
	bool good = true;

	reset(24, 80);
	list.order = view.order;
	top_list_begin(&list);
	for (i = 0; i < 3000; i++) {
		row = row_of(i * 7 % 3000 % 250 + 1, 1, i * 7 % 3000);
		row.problem = SYN_REFUSED;
		row.flow.last_ns = WALL + i * 7 % 3000;
		top_list_add(&list, &row);
	}
	top_list_end(&list);
	for (i = 0; i < TOP_ROWS_MAX; i++)
		good &= list.all.row[i].rate.packets[0] == 2999 - i &&
			list.problems.row[i].flow.last_ns == WALL + 2999 - i;
	ktap_ok(good && list.flows == 3000 && list.problem[SYN_REFUSED] == 3000,
		"many: the first %u of all, and all are counted", TOP_ROWS_MAX);
}

static void test_mark(void)
{
	reset(24, 80);
	fill(40, 2);
	draw();
	ktap_ok(marked_line() == 4, "mark: on the first row, a problem");
	press(TOP_KEY_DOWN);
	press('j');
	ktap_ok(marked_line() == 7, "mark: down, past the line between");
	ktap_ok(strstr(line_at(7), "10.0.0.40:"), "mark: on the fastest");
	/* It becomes the slowest but one; its mark goes with it. */
	view.order.reverse = true;
	fill(40, 2);
	draw();
	ktap_ok(strstr(line_at(marked_line()), "10.0.0.40:"),
		"mark: it stays with its flow");
	press(TOP_KEY_HOME);
	press(TOP_KEY_PAGE_DOWN);
	press(TOP_KEY_PAGE_DOWN);
	ktap_ok(marked_line() == 22, "mark: pages");
	press('G');
	ktap_ok(marked_line() == 22 && strstr(line_at(22), "10.0.0.40:"),
		"mark: the last one");
	press(TOP_KEY_UP);
	ktap_ok(marked_line() == 21, "mark: up");
	press('g');
	ktap_ok(marked_line() == 4, "mark: the first one");
	fill(1, 0);
	draw();
	ktap_ok(marked_line() == 4, "mark: on what is left");
	fill(0, 0);
	draw();
	press(TOP_KEY_DOWN);
	press(TOP_KEY_ENTER);
	ktap_ok(view.mode == TOP_MODE_LIST, "mark: on nothing, nothing opens");
}

static void test_open(void)
{
	struct top_row row = row_of(7, 493, 3);

	reset(24, 80);
	fill(9, 0);
	draw();
	press(TOP_KEY_DOWN);
	press(TOP_KEY_DOWN);
	press(TOP_KEY_ENTER);
	ktap_ok(view.mode == TOP_MODE_FLOW && list.has_opened &&
		list.opened.flow.orig.addr[3] == 7, "open: the marked flow");
	ktap_ok(is_line(1, "700/7.0k bytes/s, 7/4 packets/s, ESTABLISHED"),
		"open: how fast it is");
	ktap_ok(strstr(line_at(3), "10.0.0.7:40000") &&
		strstr(line_at(4), "|------------------- SYN -------------------->|"),
		"open: its ladder");
	press(TOP_KEY_END);
	ktap_ok(strstr(line_at(22), "zero windows"), "open: scrolled to the end");
	press(TOP_KEY_HOME);
	ktap_ok(strstr(line_at(3), "10.0.0.7:40000"), "open: and back");
	/* The next round brings it with other counts, and then no more. */
	top_list_begin(&list);
	row.flow.first_ns = list.opened.flow.first_ns;
	top_list_add(&list, &row);
	draw();
	ktap_ok(is_line(1, "300/3.0k bytes/s, 3/2 packets/s, ESTABLISHED"),
		"open: it goes on");
	/* The wall clock is set. */
	list.opened.flow.first_monotonic_ns = 7;
	top_list_begin(&list);
	row.flow.first_monotonic_ns = 7;
	row.flow.first_ns++;
	row.rate.packets[0] = 9;
	top_list_add(&list, &row);
	draw();
	ktap_ok(is_line(1, "300/3.0k bytes/s, 9/2 packets/s, ESTABLISHED"),
		"open: it goes on after the clock was set");
	/* The same ports again, later, are another flow. */
	top_list_begin(&list);
	row.flow.first_monotonic_ns++;
	top_list_add(&list, &row);
	draw();
	ktap_ok(is_line(1, "it has ended, or the filter excludes it: as it was seen last"),
		"open: it has ended");
	press(TOP_KEY_ESCAPE);
	ktap_ok(view.mode == TOP_MODE_LIST && !list.has_opened, "open: back");
}

static void test_typing(void)
{
	unsigned int i;

	reset(24, 80);
	fill(9, 0);
	draw();
	press('f');
	type("qport 8");
	ktap_ok(is_line(23, "filter: qport 8") && view.prompting,
		"typing: letters are letters");
	press(TOP_KEY_BACKSPACE);
	press(TOP_KEY_UP);
	ktap_ok(!strcmp(view.typed, "qport "), "typing: one back");
	strcpy(view.error, "what is wrong");
	draw();
	ktap_ok(is_line(22, "what is wrong") && is_line(23, "filter: qport"),
		"typing: what is wrong is said above");
	press('x');
	ktap_ok(!*view.error, "typing: and no longer when it changes");
	ktap_ok(press(TOP_KEY_ENTER) == TOP_FILTER, "typing: done");
	press('u' & 0x1f);
	ktap_ok(!*view.typed, "typing: all is taken back");
	type("tcp");
	press(TOP_KEY_ESCAPE);
	ktap_ok(!view.prompting && strstr(line_at(23), "q quit"),
		"typing: left");
	press('f');
	for (i = 0; i < TOP_TYPED_LEN - 1; i++)
		press('x');
	press('y');
	ktap_ok(strlen(view.typed) == TOP_TYPED_LEN - 1 &&
		!strchr(view.typed, 'y') && strlen(line_at(23)) == 79,
		"typing: no more than there is room for");
}

static void test_others(void)
{
	reset(24, 80);
	fill(9, 0);
	draw();
	ktap_ok(press('q') == TOP_QUIT && press(' ') == TOP_PAUSE &&
		press('+') == TOP_FASTER && press('-') == TOP_SLOWER &&
		press('n') == TOP_NAMES && press('Z') == TOP_NOTHING,
		"keys: what others do");
	press('h');
	ktap_ok(view.mode == TOP_MODE_HELP &&
		is_line(0, "Who talks now, over TCP and UDP, and whose connections do not open."),
		"keys: help");
	press('?');
	ktap_ok(view.mode == TOP_MODE_LIST, "keys: and back");
}

int main(void)
{
	ktap_plan((unsigned int)(ARRAY_SIZE(handshakes) + 1 + 8 + 6 + 3 + 3 +
				 ARRAY_SIZE(sorts) + 1 + 10 + 9 + 8 + 3));
	if (top_list_init(&list))
		return 1;
	test_problems();
	test_screen();
	test_screen_problems();
	test_sizes();
	test_narrow();
	test_sorts();
	test_first_of_many();
	test_mark();
	test_open();
	test_typing();
	test_others();
	top_list_free(&list);
	grid_free(&grid);
	return ktap_finish();
}
