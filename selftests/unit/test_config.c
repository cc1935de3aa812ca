// SPDX-License-Identifier: GPL-2.0
/* The settings: the words that "set" takes, and how "config" prints them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "ktap.h"
#include "render.h"
#include "settings.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define WORDS_MAX 64
#define NO_TIME "is no time from 1 to 2592000 seconds, or with a unit: " \
	"90s, 15m, 2h, 30d"

/* Words with a blank between them; @error is NULL where they are right. */
static int parse(struct config_change *change, const char *text, char *error)
{
	char *words = strdup(text), *argv[WORDS_MAX], *word, *state;
	int argc = 0, ret;

	for (word = strtok_r(words, " \n", &state);
	     word && argc < WORDS_MAX; word = strtok_r(NULL, " \n", &state))
		argv[argc++] = word;
	ret = settings_parse(change, argc, argv, error);
	free(words);
	return ret;
}

static const struct {
	const char *words;
	unsigned int timeout;
	uint32_t seconds;
} times[] = {
	{ "timeout-none 1", 0, 1 },
	{ "timeout-syn-sent 90s", TUPLESTAT_STATE_SYN_SENT, 90 },
	{ "timeout-syn-recv 2m", TUPLESTAT_STATE_SYN_RECV, 120 },
	{ "timeout-established 2h", TUPLESTAT_STATE_ESTABLISHED, 7200 },
	{ "timeout-fin-wait 30d", TUPLESTAT_STATE_FIN_WAIT, 2592000 },
	{ "timeout-close-wait 2592000", TUPLESTAT_STATE_CLOSE_WAIT, 2592000 },
	{ "timeout-last-ack 43200m", TUPLESTAT_STATE_LAST_ACK, 2592000 },
	{ "timeout-time-wait 720h", TUPLESTAT_STATE_TIME_WAIT, 2592000 },
	{ "timeout-close 2592000s", TUPLESTAT_STATE_CLOSE, 2592000 },
	{ "timeout-syn-sent2 8", TUPLESTAT_STATE_SYN_SENT2, 8 },
	{ "timeout-udp-unreplied 9", TUPLESTAT_STATE_UNREPLIED, 9 },
	{ "timeout-udp-replied 10", TUPLESTAT_STATE_REPLIED, 10 },
	{ "timeout-active 11", TIMEOUTS - 1, 11 },
	{ "timeout-active 11 timeout-active 12", TIMEOUTS - 1, 12 },
};

static const struct {
	const char *words;
	const char *error;
} errors[] = {
	{ "", "nothing follows 'set'" },
	{ "max-flows", "nothing follows 'max-flows'" },
	{ "max-flows 15", "max-flows: '15' is no number from 16 to 16777216" },
	{ "timeout-close", "nothing follows 'timeout-close'" },
	{ "timeout-closed 1", "unknown word 'timeout-closed': did you mean "
	  "'timeout-close'?" },
	{ "timeout-open 1", "unknown word 'timeout-open'; try 'tuplestat help'" },
	{ "close 1", "unknown word 'close': did you mean 'timeout-close-wait' "
	  "or 'timeout-close'?" },
	{ "max_flow 16", "unknown word 'max_flow': did you mean 'max-flows'?" },
	{ "max-flows 16 timeout-close x", "timeout-close: 'x' " NO_TIME },
	{ "timeout-close 0", "timeout-close: '0' " NO_TIME },
	{ "timeout-close 0d", "timeout-close: '0d' " NO_TIME },
	{ "timeout-close 2592001", "timeout-close: '2592001' " NO_TIME },
	{ "timeout-close 31d", "timeout-close: '31d' " NO_TIME },
	{ "timeout-close 721h", "timeout-close: '721h' " NO_TIME },
	{ "timeout-close 43201m", "timeout-close: '43201m' " NO_TIME },
	{ "timeout-close 71582789m", "timeout-close: '71582789m' " NO_TIME },
	{ "timeout-close s", "timeout-close: 's' " NO_TIME },
	{ "timeout-close 1w", "timeout-close: '1w' " NO_TIME },
	{ "timeout-close 1ms", "timeout-close: '1ms' " NO_TIME },
	{ "timeout-close 1.5h", "timeout-close: '1.5h' " NO_TIME },
	{ "timeout-close -1", "timeout-close: '-1' " NO_TIME },
};

static void test_set(void)
{
	char error[SETTINGS_ERROR_LEN];
	struct config_change change;
	unsigned int changed, j;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		bool good = !parse(&change, times[i].words, error);

		for (changed = 0, j = 0; j < TIMEOUTS; j++)
			changed += change.timeout[j] != 0;
		ktap_ok(good && changed == 1 && !change.set_max_flows &&
			!change.set_started &&
			change.timeout[times[i].timeout] == times[i].seconds,
			"set %s", times[i].words);
	}
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		int ret = parse(&change, errors[i].words, error);

		if (!ktap_ok(ret == -EINVAL && !strcmp(error, errors[i].error),
			     "set %s: refused", errors[i].words))
			printf("# %s\n", error);
	}
}

static struct config settings(bool started)
{
	struct config config = { .started = started, .max_flows = 1000 };
	unsigned int i;

	for (i = 0; i < TIMEOUTS; i++)
		config.timeout[i] = 100 + i;
	return config;
}

/* What is printed is what is taken: nothing is lost on the way. */
static void test_round_trip(bool started)
{
	const struct config config = settings(started);
	char error[SETTINGS_ERROR_LEN] = "";
	struct config_change change;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int ret;

	render_config(out, &config);
	fclose(out);
	ret = parse(&change, text, error);
	if (!ktap_ok(!ret && change.set_started && change.started == started &&
		     change.set_max_flows && change.max_flows == 1000 &&
		     !memcmp(change.timeout, config.timeout,
			     sizeof(change.timeout)),
		     "set takes what config prints, %s",
		     started ? "started" : "stopped"))
		printf("# %s\n%s", error, text);
	free(text);
}

static void test_json(void)
{
	const struct config config = settings(true);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	render_json_config(out, &config, false);
	fclose(out);
	if (!ktap_ok(!strcmp(text, "{\"started\":true,\"max_flows\":1000,"
			     "\"timeouts\":{\"none\":100,\"syn_sent\":101,"
			     "\"syn_recv\":102,\"established\":103,"
			     "\"fin_wait\":104,\"close_wait\":105,"
			     "\"last_ack\":106,\"time_wait\":107,"
			     "\"close\":108,\"syn_sent2\":109,"
			     "\"udp_unreplied\":110,\"udp_replied\":111,"
			     "\"active\":112}}\n"), "config as JSON"))
		printf("# %s", text);
	free(text);
}

int main(void)
{
	ktap_plan(ARRAY_SIZE(times) + ARRAY_SIZE(errors) + 2 + 1);
	test_set();
	test_round_trip(true);
	test_round_trip(false);
	test_json();
	return ktap_finish();
}
