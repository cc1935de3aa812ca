// SPDX-License-Identifier: GPL-2.0
/*
 * "monitor" against a kernel that is made here: what comes when, what is
 * dropped, and what the statistics say, is a script. What is printed is
 * compared letter for letter: numbers for events, "rN" for flows that a
 * resync shows, "-N" for a line that says that N events were missed.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <linux/tuplestat.h>

#include "event_log.h"
#include "ktap.h"
#include "monitor.h"
#include "sink.h"
#include "source_events.h"

#define TEXT_LEN 4096

/**
 * struct script - what the kernel does
 * @reads: what each read of the socket brings: "5" is event 5, "5,6" two at
 *	once, "!" that events were dropped, "e" nothing, "q" nothing and
 *	nothing comes for a while, "x" an error; then there is nothing more,
 *	and it is time to end
 * @given: what the statistics say, each time they are asked for; the last one
 *	again and again
 * @flows: ports of the flows in the table
 * @dump: what source_flows() returns
 */
struct script {
	const char *reads;
	const char *given;
	const char *flows;
	int dump;
};

static struct {
	const char *reads;
	const char *given;
	const struct script *script;
	int events_fd[2];
	int stop_fd[2];
	bool quiet;
	int dumps;
} kernel;

static struct flow flow_of(uint16_t port)
{
	struct flow flow = {
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.orig = { .port = port },
	};

	return flow;
}

static void give(const char *numbers, size_t len, events_take_fn take,
		 void *data)
{
	char text[64], *number, *state;
	struct flow event;

	snprintf(text, sizeof(text), "%.*s", (int)len, numbers);
	for (number = strtok_r(text, ",", &state); number;
	     number = strtok_r(NULL, ",", &state)) {
		event = flow_of(1);
		event.events = TUPLESTAT_EVENT_NEW;
		event.seq = strtoull(number, NULL, 10);
		/* Every tenth one is of UDP. */
		if (!(event.seq % 10))
			event.proto = IPPROTO_UDP;
		take(&event, data);
	}
}

int events_read(struct source *events, events_take_fn take, void *data)
{
	size_t len = strcspn(kernel.reads, " ");
	const char *word = kernel.reads;

	(void)events;
	if (!len) {
		/* What it waits for on the other descriptor. */
		(void)!write(kernel.stop_fd[1], "", 1);
		kernel.quiet = true;
		return 0;
	}
	kernel.reads += len + !!kernel.reads[len];
	switch (*word) {
	case '!':
		return -ENOBUFS;
	case 'x':
		return -EBADMSG;
	case 'q':
		kernel.quiet = true;
		return 0;
	case 'e':
		return 0;
	}
	give(word, len, take, data);
	return 1;
}

int events_fd(const struct source *events)
{
	bool quiet = kernel.quiet;

	(void)events;
	kernel.quiet = false;
	return quiet ? -1 : kernel.events_fd[0];
}

int source_stats(struct source *source, struct stats *stats)
{
	char *end;

	(void)source;
	*stats = (struct stats){ 0 };
	if (*kernel.given == 'x')
		return -ENOENT;
	stats->event_seq = strtoull(kernel.given, &end, 10);
	if (*end)
		kernel.given = end + 1;
	return 0;
}

int source_flows(struct source *source, const struct tstat_filter *filter,
		 struct flow_sink sink)
{
	const char *port = kernel.script->flows;
	char *end;

	(void)source;
	(void)filter;
	kernel.dumps++;
	for (; port && *port; port = *end ? end + 1 : end) {
		struct flow flow =
			flow_of((uint16_t)strtoul(port, &end, 10));

		sink.take(sink.data, &flow);
	}
	return kernel.script->dump;
}

/* The log, put in fewer words. */
static void shorten(const char *log, char *text)
{
	const char *line = log, *at;

	for (*text = '\0'; *line; line = strchr(line, '\n') + 1) {
		if (sscanf(line, "{\"missed\":%*u") == 0 &&
		    !strncmp(line, "{\"missed\":", 10))
			text += sprintf(text, " -%lu", strtoul(line + 10, NULL, 10));
		else if (!strncmp(line, "{\"event\":[\"resync\"]", 19) &&
			 (at = strstr(line, "\"port\":")))
			text += sprintf(text, " r%lu", strtoul(at + 7, NULL, 10));
		else if ((at = strstr(line, "\"seq\":")))
			text += sprintf(text, " %lu", strtoul(at + 6, NULL, 10));
	}
}

static struct monitor run_to(struct event_log *log, const struct script *script,
			     uint64_t limit, const struct tstat_filter *filter,
			     int *ret)
{
	struct monitor monitor = {
		.filter = filter,
		.reader = event_log_reader(log),
		.limit = limit,
	};

	kernel.script = script;
	kernel.reads = script->reads;
	kernel.given = script->given;
	kernel.dumps = 0;
	kernel.quiet = false;
	(void)!pipe(kernel.events_fd);
	(void)!pipe(kernel.stop_fd);
	/* There is always something to look at. */
	(void)!write(kernel.events_fd[1], "", 1);
	monitor.stop_fd = kernel.stop_fd[0];
	*ret = monitor_run(&monitor);
	close(kernel.events_fd[0]);
	close(kernel.events_fd[1]);
	close(kernel.stop_fd[0]);
	close(kernel.stop_fd[1]);
	return monitor;
}

static struct monitor run(const struct script *script, uint64_t limit,
			  const struct tstat_filter *filter, int *ret,
			  char *text)
{
	char *json = NULL;
	size_t len;
	FILE *out = open_memstream(&json, &len);
	struct event_log log = { .json = true, .out = out };
	struct monitor monitor = run_to(&log, script, limit, filter, ret);

	fclose(out);
	shorten(json, text);
	free(json);
	return monitor;
}

static const struct {
	const char *name;
	struct script script;
	uint64_t limit;
	int ret;
	const char *log;
	uint64_t printed;
	uint64_t missed;
} cases[] = {
	{ "nothing happens", { "", "5", "", 0 }, 0, 0, "", 0, 0 },
	{ "one after the other", { "6 7,8 9", "5 9", "1", 0 }, 0, 0,
	  " 6 7 8 9", 4, 0 },
	{ "one came before the question", { "5 6", "5 6", "1", 0 }, 0, 0,
	  " 5 6", 2, 0 },
	{ "a gap in the middle", { "6 9 e", "5 9", "1 2", 0 }, 0, 0,
	  " 6 -2 9 r1 r2", 2, 2 },
	{ "a gap before the first", { "8 e", "5 8", "1", 0 }, 0, 0,
	  " -2 8 r1", 1, 2 },
	{ "what waits comes after the flows", { "6 8 e 9 10", "5 10", "1", 0 },
	  0, 0, " 6 -1 8 r1 9 10", 4, 1 },
	{ "many gaps, flows shown once", { "6 8 10 12 e 14", "5 14", "1", 0 },
	  0, 0, " 6 -1 8 -1 10 -1 12 r1 -1 14", 5, 4 },
	{ "dropped, and the next one tells how many",
	  { "6 ! 7 9 e 10", "5 9 10", "1", 0 }, 0, 0, " 6 7 -1 9 r1 10", 4, 1 },
	{ "dropped, and no next one", { "6 ! 7 e q 12", "5 11 12", "1", 0 },
	  0, 0, " 6 7 -4 r1 12", 3, 4 },
	{ "dropped, and late", { "6 ! e 7 8 e 9", "5 8 9", "1", 0 },
	  0, 0, " 6 7 8 9", 4, 0 },
	{ "dropped, and later still", { "6 ! e e 7 e 8 9", "5 8 9", "1", 0 },
	  0, 0, " 6 7 8 9", 4, 0 },
	{ "lost at the tail", { "6 7 e", "5 9", "1", 0 }, 0, 0, " 6 7 -2", 2,
	  2 },
	{ "all of them lost", { "e", "5 9", "1", 0 }, 0, 0, " -4", 0, 4 },
	{ "at the end, what waits is read", { "6 e e 7 8", "5 8", "", 0 }, 0,
	  0, " 6 7 8", 3, 0 },
	{ "enough", { "6 7,8 9 10", "5 10", "", 0 }, 2, 0, " 6 7", 2, 0 },
	{ "enough, and some were lost after it", { "6 7 9", "5 10", "", 0 }, 2,
	  0, " 6 7 -1 -1", 2, 2 },
	{ "stopped meanwhile: no flows", { "6 8 e 9", "5 9", "", -ENETDOWN },
	  0, 0, " 6 -1 8 9", 3, 1 },
	{ "the table cannot be read", { "6 8 e 9", "5 9", "", -ENOMEM }, 0,
	  -ENOMEM, " 6 -1 8", 2, 1 },
	{ "nonsense", { "6 x", "5 9", "", 0 }, 0, -EBADMSG, " 6", 1, 0 },
	{ "the module is gone", { "6 ! e", "5 x", "", 0 }, 0, -ENOPKG, " 6", 1,
	  0 },
};

static void test_cases(void)
{
	static const struct tstat_filter all = { 0 };
	struct monitor monitor;
	char text[TEXT_LEN];
	size_t i;
	int ret;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		monitor = run(&cases[i].script, cases[i].limit, &all, &ret,
			      text);
		if (!ktap_ok(ret == cases[i].ret &&
			     !strcmp(text, cases[i].log) &&
			     monitor.told == cases[i].printed &&
			     monitor.seq.missed == cases[i].missed &&
			     kernel.dumps <= 1, "%s", cases[i].name))
			printf("# %d:%s, %lu, %lu\n", ret, text,
			       (unsigned long)monitor.told,
			       (unsigned long)monitor.seq.missed);
	}
}

/* Numbers are counted of all events, also of those that nobody wants to see. */
static void test_filter(void)
{
	static const struct script script = { "9 10 11 13", "8 13", "", 0 };
	struct tstat_filter filter;
	char *words[] = { "tcp" };
	char error[FILTER_ERROR_LEN], text[TEXT_LEN];
	struct monitor monitor;
	int ret;

	filter_parse(&filter, 1, words, error);
	monitor = run(&script, 0, &filter, &ret, text);
	ktap_ok(!ret && !strcmp(text, " 9 11 -1 13") && monitor.told == 3 &&
		monitor.seq.missed == 1, "a filter hides, but it loses nothing");
}

/* Shown while the table changed all the time: that is to be done again. */
static void test_interrupted(void)
{
	static const struct tstat_filter all = { 0 };
	static const struct script script = { "6 8 e", "5 8", "1",
		SOURCE_INCOMPLETE };
	struct monitor monitor;
	char text[TEXT_LEN];
	int ret;

	monitor = run(&script, 0, &all, &ret, text);
	ktap_ok(!ret && !strcmp(text, " 6 -1 8 r1") && monitor.stale,
		"an interrupted dump is shown, and not the last one");
}

/* Where it writes to is no place to write to. */
static void test_unread(void)
{
	static const struct tstat_filter all = { 0 };
	static const struct script script = { "6 e 7 e 8", "5 8", "", 0 };
	static const struct script batch = { "6,7,8 e 9", "5 9", "", 0 };
	struct event_log log = { .json = true };
	struct monitor monitor;
	int ret, fds[2];

	signal(SIGPIPE, SIG_IGN);
	(void)!pipe(fds);
	close(fds[0]);
	log.out = fdopen(fds[1], "w");
	monitor = run_to(&log, &script, 0, &all, &ret);
	ktap_ok(ret == MONITOR_UNREAD && !monitor.told && !log.error,
		"a pipe that nobody reads ends it, before there is an event");
	fclose(log.out);

	log.out = fopen("/dev/full", "w");
	monitor = run_to(&log, &script, 0, &all, &ret);
	ktap_ok(ret == MONITOR_UNREAD && monitor.told == 1 &&
		log.error == ENOSPC, "a full disk ends it after the first batch");
	fclose(log.out);

	/* No more than one line fits: the error comes with the second one. */
	log = (struct event_log){ .json = true };
	log.out = fopen("/dev/full", "w");
	setvbuf(log.out, NULL, _IOFBF, 600);
	monitor = run_to(&log, &batch, 0, &all, &ret);
	ktap_ok(ret == MONITOR_UNREAD && monitor.told == 3 &&
		log.error == ENOSPC, "a full disk amid a batch is still one");
	fclose(log.out);
}

static struct {
	char text[TEXT_LEN];
	int priority;
	unsigned int lines;
} journal;

/* In place of the C library's. */
void syslog(int priority, const char *format, ...)
{
	size_t len = strlen(journal.text);
	va_list args;

	journal.priority = priority;
	journal.lines++;
	va_start(args, format);
	vsnprintf(journal.text + len, TEXT_LEN - len, format, args);
	va_end(args);
	strcat(journal.text, "|");
}

static void test_syslog(void)
{
	static const struct tstat_filter all = { 0 };
	static const struct script script = { "6 8 e", "5 8", "1 2", 0 };
	struct event_log log = { .json = true };
	char text[TEXT_LEN];
	char *c;
	int ret;

	ret = event_log_open_syslog(&log);
	if (!ret)
		run_to(&log, &script, 0, &all, &ret);
	event_log_close(&log);
	ktap_ok(!ret && journal.lines == 5 && !strchr(journal.text, '\n') &&
		journal.priority == (LOG_DAEMON | LOG_INFO),
		"syslog: a line each, without its end");
	for (c = journal.text; *c; c++)
		if (*c == '|')
			*c = '\n';
	shorten(journal.text, text);
	ktap_ok(!strcmp(text, " 6 -1 8 r1 r2"),
		"syslog: the lines of standard output");
}

int main(void)
{
	ktap_plan(sizeof(cases) / sizeof(cases[0]) + 2 + 3 + 2);
	test_cases();
	test_filter();
	test_interrupted();
	test_unread();
	test_syslog();
	return ktap_finish();
}
