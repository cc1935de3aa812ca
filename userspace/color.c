// SPDX-License-Identifier: GPL-2.0
/* Colors on a terminal: what became of a flow, at a glance. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/tuplestat.h>

#include "color.h"
#include "names.h"

/* Of ECMA-48, those that every terminal's palette has. */
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define CYAN "\033[36m"

_Static_assert(sizeof(RED COLOR_END) - 1 <= COLOR_LEN, "there is room for it");

/* Open, not answered, closing, broken. */
static const char *const states[] = {
	[TUPLESTAT_STATE_SYN_SENT] = YELLOW,
	[TUPLESTAT_STATE_SYN_RECV] = YELLOW,
	[TUPLESTAT_STATE_ESTABLISHED] = GREEN,
	[TUPLESTAT_STATE_FIN_WAIT] = CYAN,
	[TUPLESTAT_STATE_CLOSE_WAIT] = CYAN,
	[TUPLESTAT_STATE_LAST_ACK] = CYAN,
	[TUPLESTAT_STATE_TIME_WAIT] = CYAN,
	[TUPLESTAT_STATE_CLOSE] = RED,
	[TUPLESTAT_STATE_SYN_SENT2] = YELLOW,
	[TUPLESTAT_STATE_UNREPLIED] = YELLOW,
	[TUPLESTAT_STATE_REPLIED] = GREEN,
};

/* As it should be, not answered, half-closed, refused or aborted. */
static const char *const conn_states[] = {
	[TUPLESTAT_CONN_S0] = YELLOW,
	[TUPLESTAT_CONN_S1] = GREEN,
	[TUPLESTAT_CONN_SF] = GREEN,
	[TUPLESTAT_CONN_REJ] = RED,
	[TUPLESTAT_CONN_S2] = CYAN,
	[TUPLESTAT_CONN_S3] = CYAN,
	[TUPLESTAT_CONN_RSTO] = RED,
	[TUPLESTAT_CONN_RSTR] = RED,
	[TUPLESTAT_CONN_RSTOS0] = RED,
	[TUPLESTAT_CONN_RSTRH] = RED,
	[TUPLESTAT_CONN_SH] = YELLOW,
	[TUPLESTAT_CONN_SHR] = YELLOW,
	[TUPLESTAT_CONN_OTH] = NULL,
};

_Static_assert(sizeof(states) / sizeof(states[0]) == __TUPLESTAT_STATE_MAX,
	       "every state was thought of");

/**
 * color_when_word - what --color takes
 * @i: enum color_when
 *
 * Return: the word, or NULL behind the last one.
 */
const char *color_when_word(unsigned int i)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

/**
 * color_wanted - print in colors?
 * @when: what the person said
 * @out: where it is printed
 *
 * Where the person said nothing: on a terminal that can do it, unless the
 * environment has NO_COLOR (no-color.org).
 */
bool color_wanted(enum color_when when, FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return isatty(fileno(out)) && !(no && *no) && term &&
	       strcmp(term, "dumb");
}

/**
 * color_of_state - the color of a state
 * @text: its name
 * @len: of @text
 *
 * Return: what begins the color, or NULL for none.
 */
const char *color_of_state(const char *text, size_t len)
{
	int state = names_state_find(text, len);

	return state < 0 ? NULL : states[state];
}

/**
 * color_of_conn_state - the color of a verdict
 * @text: its name
 * @len: of @text
 *
 * Return: what begins the color, or NULL for none.
 */
const char *color_of_conn_state(const char *text, size_t len)
{
	int conn_state = names_conn_state_find(text, len);

	return conn_state < 0 ? NULL : conn_states[conn_state];
}
