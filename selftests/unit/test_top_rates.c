// SPDX-License-Identifier: GPL-2.0
/* How fast flows are, from what they had sent when they were looked at. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ktap.h"
#include "top_rates.h"

#define WALL (UINT64_C(1795374000) * NS_PER_SEC)
#define MANY 5000

/* The monotonic clock when flows begin, which is WALL on the other. */
#define UPTIME (100 * NS_PER_SEC)

/* The module gives the time of the first packet on the monotonic clock. */
static bool is_monotonic;

/* Of 10.0.0.1 to 10.0.0.2, by the port of the originator; began at WALL. */
static struct flow flow_of(uint16_t port, uint64_t packets, uint64_t bytes)
{
	return (struct flow){
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.first_ns = WALL,
		.first_monotonic_ns = is_monotonic ? UPTIME : 0,
		.orig = { .addr = { 10, 0, 0, 1 }, .port = port,
			  .sent = { .packets = packets, .ip_bytes = bytes } },
		.reply = { .addr = { 10, 0, 0, 2 }, .port = 80,
			   .sent = { .packets = packets * 2,
				     .ip_bytes = bytes * 3 } },
	};
}

/* Looks at a flow at so many seconds after its beginning. */
static struct top_rate look(struct top_rates *rates, const struct flow *flow,
			    double seconds)
{
	int64_t ns = (int64_t)(seconds * 1e9);
	struct top_rate rate;

	top_rates_of(rates, flow, UPTIME + (uint64_t)ns, WALL + (uint64_t)ns,
		     &rate);
	return rate;
}

static void begin(struct top_rates *rates, double seconds)
{
	top_rates_begin(rates, UPTIME + (uint64_t)(int64_t)(seconds * 1e9));
}

static bool is_rate(const struct top_rate *rate, double packets,
		    double bytes)
{
	return rate->known && rate->packets[0] == packets &&
	       rate->packets[1] == 2 * packets && rate->bytes[0] == bytes &&
	       rate->bytes[1] == 3 * bytes;
}

static void test_one(void)
{
	struct flow flow = flow_of(1000, 10, 1000), turned;
	struct top_rates rates;
	struct top_rate rate;

	top_rates_init(&rates, 100);
	begin(&rates, 1000);
	rate = look(&rates, &flow, 1000);
	ktap_ok(!rate.known, "one: an old flow that was never seen: no rate");
	top_rates_end(&rates);

	begin(&rates, 1002);
	flow = flow_of(1000, 20, 2000);
	rate = look(&rates, &flow, 1002);
	ktap_ok(is_rate(&rate, 5, 500), "one: ten packets more in two seconds");
	top_rates_end(&rates);

	/* Each flow is timed by itself: this one was read late in its round. */
	begin(&rates, 1003);
	flow = flow_of(1000, 30, 3000);
	rate = look(&rates, &flow, 1006);
	ktap_ok(is_rate(&rate, 2.5, 250), "one: ten more in four seconds");
	top_rates_end(&rates);

	begin(&rates, 1007);
	flow = flow_of(1000, 30, 3000);
	turned = flow;
	turned.orig = flow.reply;
	turned.reply = flow.orig;
	turned.orig.sent.packets += 6;
	rate = look(&rates, &turned, 1008);
	ktap_ok(rate.known && rate.packets[0] == 3 && rate.packets[1] == 0,
		"one: sides that change roles stay the same sides");
	top_rates_forget(&rates);
	begin(&rates, 1010);
	rate = look(&rates, &flow, 1010);
	ktap_ok(!rate.known, "one: all was forgotten");
	top_rates_forget(&rates);
}

static void test_new(void)
{
	struct flow flow = flow_of(1000, 10, 1000), other = flow_of(7, 1, 1);
	struct top_rates rates;
	struct top_rate rate;

	top_rates_init(&rates, 100);
	begin(&rates, -4);
	look(&rates, &other, -4);
	top_rates_end(&rates);
	begin(&rates, 1);
	rate = look(&rates, &flow, 1);
	ktap_ok(is_rate(&rate, 2, 200),
		"new: all it has sent, since the round before, five seconds");
	top_rates_end(&rates);

	/* Somebody sets the clock an hour ahead: times of all flows move. */
	begin(&rates, 3);
	flow.first_ns += 3600 * NS_PER_SEC;
	top_rates_of(&rates, &flow, UPTIME + 3 * NS_PER_SEC,
		     WALL + 3603 * NS_PER_SEC, &rate);
	if (is_monotonic)
		ktap_ok(is_rate(&rate, 0, 0),
			"clock set ahead: the same flow, and no packet");
	else
		ktap_ok(!rate.known, "new: it is not, where the clock was set");
	top_rates_end(&rates);

	begin(&rates, 5);
	flow = flow_of(1000, 1, 60);
	flow.first_ns += NS_PER_SEC * 4;
	if (is_monotonic)
		flow.first_monotonic_ns += NS_PER_SEC * 4;
	rate = look(&rates, &flow, 5);
	ktap_ok(is_rate(&rate, 0.5, 30),
		"new: the same ports again are another flow");
	top_rates_end(&rates);

	begin(&rates, 7);
	flow.orig.sent.packets = 0;
	rate = look(&rates, &flow, 7);
	ktap_ok(!rate.known, "counts that went back have no rate");
	top_rates_end(&rates);

	top_rates_forget(&rates);
}

/* As look(), after the wall clock was set ahead by @hours. */
static struct top_rate look_set(struct top_rates *rates, struct flow flow,
				double seconds, int hours)
{
	uint64_t ns = (uint64_t)(int64_t)(seconds * 1e9);
	uint64_t ahead = (uint64_t)hours * 3600 * NS_PER_SEC;
	struct top_rate rate;

	flow.first_ns += ahead;
	top_rates_of(rates, &flow, UPTIME + ns, WALL + ns + ahead, &rate);
	return rate;
}

/* By the date of the first packet alone, these would be wrong. */
static void test_clock(void)
{
	struct flow flow = flow_of(1000, 10, 1000), next;
	struct top_rates rates;
	struct top_rate rate;

	top_rates_init(&rates, 100);
	begin(&rates, 1000);
	look(&rates, &flow, 1000);
	top_rates_end(&rates);
	begin(&rates, 1002);
	flow = flow_of(1000, 20, 2000);
	rate = look_set(&rates, flow, 1002, 5);
	ktap_ok(is_rate(&rate, 5, 500), "clock set ahead: the rate goes on");
	top_rates_end(&rates);
	begin(&rates, 1004);
	flow = flow_of(1000, 30, 3000);
	rate = look_set(&rates, flow, 1004, -5);
	ktap_ok(is_rate(&rate, 5, 500), "clock set back: the rate goes on");
	top_rates_end(&rates);

	/* The clock was set back, and showed the same time twice. */
	begin(&rates, 1006);
	next = flow_of(1000, 40, 4000);
	next.first_monotonic_ns += 1005 * NS_PER_SEC;
	rate = look_set(&rates, next, 1006, -5);
	ktap_ok(is_rate(&rate, 20, 2000),
		"clock set back, same date: another flow");
	top_rates_end(&rates);
	top_rates_forget(&rates);
}

/* The clock is set after it was read, and before the flows are read. */
static void test_clock_between(void)
{
	struct flow old = flow_of(1000, 10, 1000), next = flow_of(7, 1, 1);
	struct top_rates rates;
	struct top_rate rate;

	top_rates_init(&rates, 100);
	begin(&rates, 1000);
	top_rates_end(&rates);
	begin(&rates, 1001);
	old.first_ns += 3600 * NS_PER_SEC;
	rate = look(&rates, &old, 1002);
	ktap_ok(!rate.known, "clock set ahead between the readings: an old flow is not new");
	next.first_ns -= 2599 * NS_PER_SEC;
	next.first_monotonic_ns += 1001 * NS_PER_SEC;
	rate = look(&rates, &next, 1002);
	ktap_ok(is_rate(&rate, 0.5, 0.5),
		"clock set back between the readings: a new flow is new");
	next = flow_of(8, 1, 1);
	next.first_monotonic_ns += 1000 * NS_PER_SEC - 1;
	rate = look(&rates, &next, 1002);
	ktap_ok(!rate.known, "began 1 ns before the previous round: not new");
	next = flow_of(9, 4, 4);
	next.first_monotonic_ns += 1000 * NS_PER_SEC;
	rate = look(&rates, &next, 1002);
	ktap_ok(is_rate(&rate, 2, 2), "began with the previous round: new");
	top_rates_end(&rates);
	top_rates_forget(&rates);
}

/* For a round it was not among those that match, and the others were. */
static void test_away(void)
{
	struct top_rates rates;
	struct top_rate rate = { 0 };
	struct flow flow;
	unsigned int round, i;

	top_rates_init(&rates, 100);
	for (round = 0; round < 3; round++) {
		begin(&rates, 1000 + round);
		for (i = round == 1; i < 10; i++) {
			flow = flow_of((uint16_t)i, 10, 10);
			rate = look(&rates, &flow, 1000 + round);
			if (!i && round == 2)
				ktap_ok(!rate.known,
					"who was away for a round has no rate");
		}
		top_rates_end(&rates);
	}
	ktap_ok(rate.known, "and the others have");
	top_rates_forget(&rates);
}

/* All rates of a round, in the order that @step gives; false for a wrong one */
static bool round_is(struct top_rates *rates, double seconds, unsigned int from,
		     unsigned int count, unsigned int step, bool known)
{
	struct top_rate rate;
	struct flow flow;
	unsigned int i, at;
	bool good = true;

	begin(rates, seconds);
	for (i = 0; i < count; i++) {
		at = from + i * step % count;
		flow = flow_of((uint16_t)at, 10 * (uint64_t)seconds,
			       (uint64_t)seconds * at);
		rate = look(rates, &flow, seconds);
		good &= rate.known == known &&
			(!known || is_rate(&rate, 10, at));
	}
	top_rates_end(rates);
	return good;
}

static void test_many(void)
{
	struct top_rates rates;
	unsigned int i;
	bool good;

	top_rates_init(&rates, TOP_RATES_MAX);
	ktap_ok(round_is(&rates, 1000, 0, MANY, 1, false), "many: unknown");
	ktap_ok(round_is(&rates, 1001, 0, MANY, 1, true), "many: each its own");
	ktap_ok(round_is(&rates, 1002, 0, MANY, 7, true),
		"many: in another order");
	ktap_ok(round_is(&rates, 1003, MANY / 2, MANY / 2, 3, true),
		"many: half of them");
	good = rates.count == MANY / 2;
	ktap_ok(good, "many: those that have gone are forgotten");
	ktap_ok(round_is(&rates, 1004, MANY / 2, MANY / 2, 3, true),
		"many: and the others are not");
	/* Comers and goers, for long: memory stays what it is. */
	for (i = 0; i < 50; i++)
		round_is(&rates, 1005 + i, i * 1000, MANY, 1, false);
	ktap_ok(rates.room <= 4 * MANY, "many: no more room than is needed");
	top_rates_forget(&rates);
}

static void test_bound(void)
{
	struct top_rates rates;
	struct top_rate rate;
	struct flow flow;
	unsigned int i, round, known = 0;

	top_rates_init(&rates, 100);
	for (round = 0; round < 2; round++) {
		begin(&rates, 1000 + round);
		for (i = 0; i < 150; i++) {
			flow = flow_of((uint16_t)i, 10, 10);
			rate = look(&rates, &flow, 1000 + round);
			known += rate.known;
		}
		top_rates_end(&rates);
	}
	ktap_ok(known == 100 && rates.beyond == 50 && rates.count == 100,
		"bound: %u have a rate, %u have none", known,
		(unsigned int)rates.beyond);
	top_rates_forget(&rates);
}

int main(void)
{
	int i;

	ktap_plan(2 * (5 + 4 + 2 + 7 + 1) + 3 + 4);
	for (i = 0; i < 2; i++) {
		is_monotonic = i;
		printf("# first packet on the %s clock\n",
		       is_monotonic ? "monotonic" : "wall");
		test_one();
		test_new();
		test_away();
		test_many();
		test_bound();
	}
	test_clock();
	test_clock_between();
	return ktap_finish();
}
