// SPDX-License-Identifier: GPL-2.0
/* The ledger: what is proved of it, and what people and programs read. */
#include <stdlib.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "ktap.h"
#include "ledger_line.h"
#include "names.h"
#include "render.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* 60 packets, 6000 bytes: 10 live, 20 and 25 ended, 5 unattributed. */
static struct stats balanced(void)
{
	struct stats stats = {
		.seen_before = { .packets = 60, .bytes = 6000 },
		.seen = { .packets = 60, .bytes = 6000 },
		.live = { 2, 10, 1000 },
		.max_flows = 100,
		.buckets = 64,
		.memory = 4096,
		.event_seq = 17,
		.events_lost = 1,
	};

	add_line(&stats.ended, TUPLESTAT_END_IDLE, 1, 20, 2000);
	add_line(&stats.ended, TUPLESTAT_END_FORCED, 3, 25, 2500);
	add_line(&stats.unattributed, TUPLESTAT_UNATTR_FRAGMENT, 0, 5, 500);
	add_line(&stats.unusual, TUPLESTAT_UNUSUAL_NULL, 0, 4, 160);
	add_line(&stats.unusual, TUPLESTAT_UNUSUAL_FIN, 0, 0, 0);
	add_line(&stats.unusual, TUPLESTAT_UNUSUAL_SYN_FIN, 0, 1, 44);
	return stats;
}

/* What is added to the balanced ledger, and what is then to be said of it. */
static const struct {
	const char *name;
	int before[2];		/* packets, bytes */
	int accounted[2];
	int after[2];
	enum ledger_check check;
} checks[] = {
	{ "all is equal", { 0, 0 }, { 0, 0 }, { 0, 0 }, LEDGER_EXACT },
	{ "packets came afterwards", { 0, 0 }, { 0, 0 }, { 1, 40 },
	  LEDGER_CONSISTENT },
	{ "packets came before", { -1, -40 }, { 0, 0 }, { 0, 0 },
	  LEDGER_CONSISTENT },
	{ "in the middle", { -1, -40 }, { 0, 0 }, { 1, 40 },
	  LEDGER_CONSISTENT },
	{ "only bytes differ, inside", { 0, 0 }, { 0, 0 }, { 0, 1 },
	  LEDGER_CONSISTENT },
	{ "only packets differ, inside", { -1, 0 }, { 0, 0 }, { 0, 0 },
	  LEDGER_CONSISTENT },
	{ "a packet too few", { 0, -100 }, { -1, 0 }, { 0, 100 },
	  LEDGER_BROKEN },
	{ "a packet too many", { 0, -100 }, { 1, 0 }, { 0, 100 },
	  LEDGER_BROKEN },
	{ "a byte too few", { -1, 0 }, { 0, -1 }, { 1, 0 }, LEDGER_BROKEN },
	{ "a byte too many", { -1, 0 }, { 0, 1 }, { 1, 0 }, LEDGER_BROKEN },
	{ "all of it too few", { 0, 0 }, { -1, -40 }, { 0, 0 },
	  LEDGER_BROKEN },
	{ "all of it too many", { 0, 0 }, { 1, 40 }, { 0, 0 }, LEDGER_BROKEN },
	{ "before is after", { 1, 40 }, { 0, 0 }, { -1, -40 }, LEDGER_BROKEN },
};

static void move(struct total *total, const int by[2])
{
	total->packets += (uint64_t)by[0];
	total->bytes += (uint64_t)by[1];
}

static void test_check(void)
{
	struct stats stats;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		stats = balanced();
		move(&stats.seen_before, checks[i].before);
		move(&stats.unattributed.line[0].total, checks[i].accounted);
		move(&stats.seen, checks[i].after);
		ktap_ok(stats_check(&stats) == checks[i].check,
			"check: %s: %s", checks[i].name,
			names_ledger_check(checks[i].check));
	}

	/* Each part of the sum has its weight. */
	stats = balanced();
	stats.live.packets--;
	ktap_ok(stats_check(&stats) == LEDGER_BROKEN, "check: live flows count");
	stats = balanced();
	stats.ended.line[1].total.bytes--;
	ktap_ok(stats_check(&stats) == LEDGER_BROKEN, "check: ended flows count");
	stats = balanced();
	stats.unusual.line[0].total.packets += 9;
	ktap_ok(stats_check(&stats) == LEDGER_EXACT,
		"check: unusual segments are no part of it");
}

typedef void (*render_fn)(FILE *out, const struct stats *stats);

static void render_json(FILE *out, const struct stats *stats)
{
	render_json_stats(out, stats, false);
}

static void render_checked_json(FILE *out, const struct stats *stats)
{
	render_json_check(out, stats, false);
}

static bool is_text(render_fn render, const struct stats *stats,
		    const char *expected)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool same;

	render(out, stats);
	fclose(out);
	same = !strcmp(text, expected);
	if (!same)
		printf("# printed:\n%s# expected:\n%s", text, expected);
	free(text);
	return same;
}

static const char stats_text[] =
"table: 2 flows of 100 (2%), 64 buckets, 4 KiB of memory\n"
"\n"
"                                          flows          packets                bytes\n"
"  seen                                                        60                 6000\n"
"= live                                        2               10                 1000\n"
"+ ended: idle-timeout                         1               20                 2000\n"
"+ ended: forced-end                           3               25                 2500\n"
"+ unattributed: fragment                                       5                  500\n"
"balance: exact\n"
"unusual flags: null                                            4                  160\n"
"unusual flags: syn-fin                                         1                   44\n"
"events: 17 so far, 1 lost\n";

#define UNUSUAL_JSON \
	"\"unusual\":{\"null\":{\"packets\":4,\"bytes\":160}," \
	"\"fin\":{\"packets\":0,\"bytes\":0}," \
	"\"xmas\":{\"packets\":0,\"bytes\":0}," \
	"\"syn-fin\":{\"packets\":1,\"bytes\":44}," \
	"\"syn-rst\":{\"packets\":0,\"bytes\":0}," \
	"\"fin-rst\":{\"packets\":0,\"bytes\":0}}"

static const char stats_json[] =
"{\"table\":{\"flows\":2,\"max_flows\":100,\"buckets\":64,\"memory\":4096},"
"\"seen_before\":{\"packets\":60,\"bytes\":6000},"
"\"seen\":{\"packets\":60,\"bytes\":6000},"
"\"live\":{\"flows\":2,\"packets\":10,\"bytes\":1000},"
"\"ended\":[{\"reason\":\"idle-timeout\",\"flows\":1,\"packets\":20,"
"\"bytes\":2000},{\"reason\":\"forced-end\",\"flows\":3,\"packets\":25,"
"\"bytes\":2500}],\"unattributed\":[{\"reason\":\"fragment\",\"packets\":5,"
"\"bytes\":500}]," UNUSUAL_JSON ",\"events\":{\"seq\":17,\"lost\":1},"
"\"unexplained\":{\"packets\":0,\"bytes\":0}}\n";

static const char capture_json[] =
"{\"table\":{\"flows\":2,\"buckets\":64,\"memory\":4096},"
"\"seen\":{\"packets\":60,\"bytes\":6000},"
"\"live\":{\"flows\":2,\"packets\":10,\"bytes\":1000},"
"\"ended\":[],\"unattributed\":[]," UNUSUAL_JSON ","
"\"unexplained\":{\"packets\":50,\"bytes\":5000},\"not_ip\":0}\n";

static void test_render(void)
{
	struct stats stats = balanced();

	ktap_ok(is_text(render_stats, &stats, stats_text), "stats");
	ktap_ok(is_text(render_json, &stats, stats_json), "stats as JSON");
	ktap_ok(is_text(render_check, &stats,
			"exact: 60 packets and 6000 bytes seen, and all accounted for\n"),
		"check: exact");

	stats.seen_before = (struct total){ 0, 58, 5900 };
	stats.seen = (struct total){ 0, 61, 6040 };
	ktap_ok(is_text(render_check, &stats,
			"consistent while packets pass: 58 <= 60 <= 61 packets, 5900 <= 6000 <= 6040 bytes\n"),
		"check: consistent");
	ktap_ok(is_text(render_checked_json, &stats,
			"{\"ledger\":\"consistent\","
			"\"seen_before\":{\"packets\":58,\"bytes\":5900},"
			"\"accounted\":{\"packets\":60,\"bytes\":6000},"
			"\"seen\":{\"packets\":61,\"bytes\":6040}}\n"),
		"check as JSON");

	stats = balanced();
	stats.is_capture = true;
	stats.ended.count = 0;
	stats.unattributed.count = 0;
	ktap_ok(is_text(render_json, &stats, capture_json),
		"stats of a capture have no events");
}

int main(void)
{
	ktap_plan(ARRAY_SIZE(checks) + 3 + 6);
	test_check();
	test_render();
	return ktap_finish();
}
