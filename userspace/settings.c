// SPDX-License-Identifier: GPL-2.0
/* The words after "set": pairs of a key and a value. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "names.h"
#include "number.h"
#include "settings.h"
#include "suggest.h"

static int parse_max_flows(struct config_change *change, const char *value,
			   char *error)
{
	if (number_parse(value, strlen(value), TUPLESTAT_MAX_FLOWS_MAX,
			 &change->max_flows) ||
	    change->max_flows < TUPLESTAT_MAX_FLOWS_MIN) {
		snprintf(error, SETTINGS_ERROR_LEN,
			 "max-flows: '%s' is no number from %d to %d", value,
			 TUPLESTAT_MAX_FLOWS_MIN, TUPLESTAT_MAX_FLOWS_MAX);
		return -EINVAL;
	}
	change->set_max_flows = true;
	return 0;
}

static int parse_timeout(uint32_t *seconds, const char *key, const char *value,
			 char *error)
{
	if (!number_parse_seconds(value, TUPLESTAT_TIMEOUT_MAX, seconds))
		return 0;
	snprintf(error, SETTINGS_ERROR_LEN,
		 "%s: '%s' is no time from 1 to %d seconds, or with a unit: 90s, 15m, 2h, 30d",
		 key, value, TUPLESTAT_TIMEOUT_MAX);
	return -EINVAL;
}

/* Returns TIMEOUTS for what is no timeout. */
static unsigned int find_timeout(const char *key)
{
	unsigned int i;

	for (i = 0; i < TIMEOUTS; i++)
		if (!strcmp(names_timeout_word(i), key))
			break;
	return i;
}

/**
 * settings_word - the words that "set" takes
 * @i: the number of one
 *
 * Return: the word, or NULL behind the last one.
 */
const char *settings_word(unsigned int i)
{
	static const char *const others[] = {
		"max-flows", "started", "stopped",
	};
	const unsigned int count = sizeof(others) / sizeof(others[0]);

	return i < count ? others[i] : names_timeout_word(i - count);
}

/* "config" prints these without a key, so that they are taken without one. */
static bool parse_started(struct config_change *change, const char *key)
{
	bool started = !strcmp(key, "started");

	if (!started && strcmp(key, "stopped"))
		return false;
	change->set_started = true;
	change->started = started;
	return true;
}

static int parse_pair(struct config_change *change, const char *key,
		      const char *value, char *error)
{
	static const suggest_words_fn kinds[] = { settings_word, NULL };
	unsigned int timeout = find_timeout(key);

	if (timeout == TIMEOUTS && strcmp(key, "max-flows")) {
		suggest_unknown(error, SETTINGS_ERROR_LEN, "word", key, kinds,
				"help");
		return -EINVAL;
	}
	if (!value) {
		snprintf(error, SETTINGS_ERROR_LEN, "nothing follows '%s'",
			 key);
		return -EINVAL;
	}
	if (timeout == TIMEOUTS)
		return parse_max_flows(change, value, error);
	return parse_timeout(&change->timeout[timeout], key, value, error);
}

/**
 * settings_parse - make a change of words
 * @change: the change; begins as one that changes nothing
 * @argc: how many words
 * @argv: the words, as "config" prints them; of two for a key, the last counts
 * @error: what is wrong, naming the word
 *
 * Return: 0, or -EINVAL with @error filled in.
 */
int settings_parse(struct config_change *change, int argc, char *const *argv,
		   char error[SETTINGS_ERROR_LEN])
{
	int i, ret;

	*change = (struct config_change){ 0 };
	if (!argc) {
		snprintf(error, SETTINGS_ERROR_LEN, "nothing follows 'set'");
		return -EINVAL;
	}
	for (i = 0; i < argc; i++) {
		if (parse_started(change, argv[i]))
			continue;
		ret = parse_pair(change, argv[i],
				 i + 1 < argc ? argv[i + 1] : NULL, error);
		if (ret)
			return ret;
		i++;
	}
	return 0;
}
