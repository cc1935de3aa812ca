// SPDX-License-Identifier: GPL-2.0
/* "top" from the first screen to the last. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "top_screen.h"
#include "top_session.h"

/* Words of a filter that is typed. */
#define WORDS_MAX 64

/* From the first look at the table to the second one, at most. */
#define SECOND_LOOK (NS_PER_SEC / 2)

/* What poll() waits for; the last one only while a round is under way. */
enum { STOP, KEYS, FLOWS, FDS };

static struct top_list *shown(struct top_session *session)
{
	return &session->list[session->shown];
}

/* --- what stands above the list --- */

static void describe_ledger(struct top_session *session)
{
	const struct top_feed *feed = &session->feed;
	char packets[TEXT_AMOUNT_LEN] = "-", bytes[TEXT_AMOUNT_LEN] = "-";
	char *text = session->status.ledger;
	int len;

	if (!feed->stats_ns) {
		strcpy(text, "tuplestat top");
		return;
	}
	if (feed->has_rates) {
		text_amount(packets, feed->packet_rate);
		text_amount(bytes, feed->byte_rate);
	}
	len = snprintf(text, TOP_LINE_LEN, "%" PRIu64 " flows (%" PRIu32
		       " at most), %s packets/s, %s bytes/s, ledger %s",
		       feed->stats.live.flows, feed->stats.max_flows, packets,
		       bytes, names_ledger_check(stats_check(&feed->stats)));
	if (feed->rates.beyond)
		snprintf(text + len, TOP_LINE_LEN - (size_t)len, "; %" PRIu64
			 " flows without a rate", feed->rates.beyond);
}

static void draw(struct top_session *session)
{
	session->status.services = session->numeric ? NULL : session->services;
	if (top_screen_fit(&session->grid))
		return;
	describe_ledger(session);
	top_view_draw(&session->view, shown(session), &session->status,
		      &session->grid);
	top_screen_show(&session->grid);
}

/* --- rounds --- */

/*
 * Where a round takes longer than the interval, as long again is waited, so
 * that half a CPU is the most that this takes.
 */
static void schedule(struct top_session *session)
{
	const struct top_feed *feed = &session->feed;
	uint64_t took = feed->ended_ns - feed->began_ns;

	session->due_ns = feed->began_ns + session->status.interval_ns;
	if (session->due_ns < feed->ended_ns + took)
		session->due_ns = feed->ended_ns + took;
}

/* What was shown is no more; it is asked again when the next round is due. */
static void in_trouble(struct top_session *session, int error)
{
	char text[SOURCE_TEXT_LEN];

	source_explain(&session->feed.source, error, text);
	snprintf(session->status.trouble, TOP_LINE_LEN, "waiting: %.480s",
		 text);
	top_feed_lose(&session->feed);
	top_list_begin(&session->list[0]);
	top_list_begin(&session->list[1]);
	schedule(session);
}

static void start_round(struct top_session *session)
{
	struct top_list *next = &session->list[!session->shown];
	const struct top_list *now = shown(session);
	int ret;

	next->order = session->view.order;
	next->opened = now->opened;
	next->has_opened = now->has_opened;
	ret = top_feed_start(&session->feed, next);
	if (ret) {
		in_trouble(session, ret);
		draw(session);
	}
}

/* A flow may have been opened or closed while the round was under way. */
static void swap_lists(struct top_session *session)
{
	struct top_list *next = &session->list[!session->shown];
	const struct top_list *now = shown(session);

	if (now->has_opened && (!next->has_opened ||
				!top_same_flow(&next->opened.flow,
					       &now->opened.flow)))
		top_list_open(next, &now->opened);
	next->has_opened = now->has_opened;
	if (next->order.sort != session->view.order.sort ||
	    next->order.reverse != session->view.order.reverse)
		top_list_sort(next, &session->view.order);
	session->shown = !session->shown;
}

static void step_round(struct top_session *session)
{
	int ret = top_feed_step(&session->feed);

	if (ret == TOP_FEED_MORE)
		return;
	if (ret < 0) {
		in_trouble(session, ret);
	} else {
		session->status.trouble[0] = '\0';
		swap_lists(session);
		schedule(session);
	}
	draw(session);
}

/* The next round begins at once, also while there should be none. */
static void hurry(struct top_session *session)
{
	top_feed_drop(&session->feed);
	start_round(session);
}

/* --- keys --- */

/* As on the command line, without its quotes, which no filter needs. */
static int split(char *text, char *words[WORDS_MAX])
{
	char *rest = text, *word;
	int count = 0;

	while (count < WORDS_MAX && (word = strsep(&rest, " \t")))
		if (*word)
			words[count++] = word;
	return count;
}

static void take_filter(struct top_session *session)
{
	struct top_view *view = &session->view;
	char text[TOP_TYPED_LEN], *words[WORDS_MAX];
	uint8_t family = session->family;
	struct tstat_filter filter;

	strcpy(text, view->typed);
	if (filter_parse(&filter, split(text, words), words, view->error))
		return;
	if (family && filter_add_family(&filter, family)) {
		strcpy(view->error, "too many terms for -4 or -6 to be added");
		return;
	}
	view->prompting = false;
	view->first = 0;
	view->at = 0;
	view->follows = false;
	strcpy(session->status.filter, view->typed);
	top_view_resized(view);
	session->feed.filter = filter;
	hurry(session);
}

static void change_interval(struct top_session *session, bool slower)
{
	uint64_t *ns = &session->status.interval_ns;

	*ns = slower ? *ns * 2 : *ns / 2;
	if (*ns < TOP_INTERVAL_MIN)
		*ns = TOP_INTERVAL_MIN;
	if (*ns > TOP_INTERVAL_MAX)
		*ns = TOP_INTERVAL_MAX;
	if (!session->feed.dumping)
		schedule(session);
}

static void toggle_names(struct top_session *session)
{
	session->numeric = !session->numeric;
	if (!session->numeric && !session->services)
		session->services = names_services_load();
	top_view_resized(&session->view);
}

/* Returns whether to go on. */
static bool act(struct top_session *session, enum top_action action)
{
	switch (action) {
	case TOP_QUIT:
		return false;
	case TOP_FILTER:
		take_filter(session);
		break;
	case TOP_ORDER:
		/* At once, as far as its flows are there; then all of them. */
		top_list_sort(shown(session), &session->view.order);
		hurry(session);
		break;
	case TOP_PAUSE:
		session->status.paused = !session->status.paused;
		break;
	case TOP_SLOWER:
	case TOP_FASTER:
		change_interval(session, action == TOP_SLOWER);
		break;
	case TOP_NAMES:
		toggle_names(session);
		break;
	case TOP_NOTHING:
		break;
	}
	return true;
}

/* Returns whether to go on. */
static bool take_keys(struct top_session *session)
{
	struct top_view *view = &session->view;
	bool any = false;
	int key;

	while ((key = top_screen_key()) != TOP_KEY_NONE) {
		any = true;
		if (key == TOP_KEY_RESIZE) {
			top_view_resized(view);
			continue;
		}
		if (!view->prompting)
			strcpy(view->typed, session->status.filter);
		if (!act(session, top_view_key(view, shown(session), key)))
			return false;
		/* A key moves what the one before it has drawn. */
		draw(session);
	}
	if (any)
		draw(session);
	return true;
}

/* --- the loop --- */

static int wait_ms(const struct top_session *session)
{
	uint64_t now_ns = top_clock();

	if (session->feed.dumping || session->status.paused)
		return -1;
	if (session->due_ns <= now_ns)
		return 0;
	return (int)((session->due_ns - now_ns + NS_PER_MSEC - 1) /
		     NS_PER_MSEC);
}

/*
 * Keys first. A step takes what the kernel gives at once, some hundred flows,
 * so no key waits for longer than that.
 */
static void loop(struct top_session *session)
{
	const struct top_feed *feed = &session->feed;
	struct pollfd fds[FDS] = {
		[STOP] = { .fd = session->stop_fd, .events = POLLIN },
		[KEYS] = { .fd = STDIN_FILENO, .events = POLLIN },
		[FLOWS] = { .events = POLLIN },
	};

	for (;;) {
		fds[FLOWS].fd = feed->dumping ? source_fd(&feed->source) : -1;
		if (poll(fds, FDS, wait_ms(session)) < 0 && errno != EINTR)
			return;
		if (fds[STOP].revents || fds[KEYS].revents & ~POLLIN)
			return;
		/* Also after a signal: the screen may have another size. */
		if (!take_keys(session))
			return;
		if (feed->dumping && fds[FLOWS].fd >= 0 && fds[FLOWS].revents)
			step_round(session);
		else if (!wait_ms(session))
			start_round(session);
		fds[KEYS].revents = 0;
		fds[FLOWS].revents = 0;
	}
}

/* The first round is asked for before there is a screen, and so are errors. */
static int begin(struct top_session *session)
{
	struct top_feed *feed = &session->feed;
	int ret;

	ret = source_open_loading(&feed->source, feed->netns);
	if (!ret)
		ret = top_feed_start(feed, &session->list[!session->shown]);
	if (ret)
		return source_report(&feed->source, ret);
	do {
		ret = top_feed_step(feed);
	} while (ret == TOP_FEED_MORE);
	if (ret)
		return source_report(&feed->source, ret);
	swap_lists(session);
	schedule(session);
	/* Rates take a second look: the first one comes soon. */
	if (session->due_ns > feed->ended_ns + SECOND_LOOK)
		session->due_ns = feed->ended_ns + SECOND_LOOK;
	return CLI_OK;
}

static int show(struct top_session *session)
{
	char error[TOP_SCREEN_ERROR_LEN];

	if (top_screen_open(error)) {
		cli_error("%s", error);
		return CLI_REFUSED;
	}
	draw(session);
	loop(session);
	top_screen_close();
	return CLI_OK;
}

/**
 * top_session_run - show flows until the person has had enough
 * @session: with @family, @numeric, @feed.netns, @feed.filter, @status and @stop_fd set
 *
 * What goes wrong is told to the person here.
 *
 * Return: an exit code.
 */
int top_session_run(struct top_session *session)
{
	int code = CLI_REFUSED;

	top_rates_init(&session->feed.rates, TOP_RATES_MAX);
	if (top_list_init(&session->list[0]) ||
	    top_list_init(&session->list[1])) {
		cli_error("%s", strerror(ENOMEM));
		goto out;
	}
	if (!session->numeric)
		session->services = names_services_load();
	code = begin(session);
	if (!code)
		code = show(session);
out:
	grid_free(&session->grid);
	top_list_free(&session->list[0]);
	top_list_free(&session->list[1]);
	top_feed_free(&session->feed);
	names_services_free(session->services);
	return code;
}
