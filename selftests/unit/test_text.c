// SPDX-License-Identifier: GPL-2.0
/*
 * Text without printf: the same as printf's and inet_ntop's; and columns, of
 * more rows than are kept or printed at once.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "ktap.h"
#include "text.h"

#define ROWS 5000

/* splitmix64 */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/* It says what printf says, ends where that ends, and writes no further. */
static bool same_number(uint64_t value)
{
	char wanted[TEXT_U64_LEN + 1], got[TEXT_U64_LEN + 1], *end;
	int len = snprintf(wanted, sizeof(wanted), "%" PRIu64, value);

	memset(got, '#', sizeof(got));
	end = text_u64(got, value);
	return end == got + len && !strcmp(wanted, got) && end[1] == '#';
}

static void test_numbers(void)
{
	uint64_t power = 1, bad = 0;
	unsigned int i;

	for (i = 0; i < 20; i++, power *= 10)
		bad += !same_number(power - 1) + !same_number(power) +
		       !same_number(power + 1);
	ktap_ok(!bad, "numbers beside the powers of ten");
	for (i = 0; i < 200000; i++)
		bad += !same_number(mix(i) >> i % 64);
	ktap_ok(!bad, "200,000 numbers of every size");
	ktap_ok(same_number(UINT64_MAX), "the largest number");
}

static void test_digits(void)
{
	char wanted[16], got[16];
	unsigned int i, bad = 0;

	for (i = 0; i < 1000; i++) {
		snprintf(wanted, sizeof(wanted), "%03u", i);
		bad += text_digits(got, i, 3) != got + 3 ||
		       strcmp(wanted, got);
	}
	ktap_ok(!bad, "leading zeros");
	text_digits(got, 1234567, 3);
	ktap_ok(!strcmp(got, "567"), "what has more digits loses the first");
}

static void test_addresses(void)
{
	char wanted[INET_ADDRSTRLEN], got[INET_ADDRSTRLEN], *end;
	unsigned int i, j, bad = 0;

	for (i = 0; i < 65536; i++) {
		uint8_t addr[4] = { (uint8_t)i, (uint8_t)(i >> 8) };

		for (j = 2; j < 4; j++)
			addr[j] = (uint8_t)(mix(i) >> j * 8);
		inet_ntop(AF_INET, addr, wanted, sizeof(wanted));
		end = text_ipv4(got, addr);
		bad += strcmp(wanted, got) || end != got + strlen(got);
	}
	ktap_ok(!bad, "65,536 addresses, with every octet in every place");
}

/**
 * struct row - what stands in a row of the test
 * @left: some letters, as many as a cell can have
 * @right: a number
 * @both: two of them
 * @word: the first of two words
 */
struct row {
	char left[NAMES_ENDPOINT_LEN];
	uint64_t right;
	uint64_t both[2];
	const char *word;
};

static struct row make_row(unsigned int i)
{
	struct row row = {
		.right = mix(i) >> i % 64,
		.both = { i, mix(i) >> i % 50 },
		.word = i % 2 ? "one" : "three",
	};

	memset(row.left, 'a' + (int)(i % 26), i % NAMES_ENDPOINT_LEN);
	return row;
}

static bool put_row(struct columns *columns, unsigned int i)
{
	struct row row = make_row(i);

	if (row_begin(columns))
		return false;
	cell_put(columns, row.left);
	cell_put_u64(columns, row.right);
	cell_put_u64_pair(columns, row.both[0], row.both[1]);
	cell_put_pair(columns, row.word, "four");
	return true;
}

static bool same_row(const struct columns *columns, const char *line,
		     unsigned int i)
{
	const struct column *pair = &columns->column[2];
	char wanted[1024], second[32], words[16];
	struct row row = make_row(i);

	snprintf(second, sizeof(second), "/%" PRIu64, row.both[1]);
	snprintf(words, sizeof(words), "%s/four", row.word);
	snprintf(wanted, sizeof(wanted),
		 "%-79s  %20" PRIu64 "  %*" PRIu64 "%-*s  %10s\n", row.left,
		 row.right, (int)pair->before, row.both[0], (int)pair->after,
		 second, words);
	return !strcmp(line, wanted);
}

static void test_durations(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} times[] = {
		{ 0, "0us" }, { 999, "0us" }, { 999999, "999us" },
		{ 27 * NS_PER_MSEC, "27ms" }, { NS_PER_SEC, "1.0s" },
		{ 59990 * NS_PER_MSEC, "59.9s" }, { 65 * NS_PER_SEC, "1m05s" },
		{ 3900 * NS_PER_SEC, "1h05m" },
		{ 200000 * NS_PER_SEC, "2d07h" },
	};
	char text[64];
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char *end = text_duration(text, times[i].ns);

		good &= !strcmp(text, times[i].text) && !*end;
	}
	ktap_ok(good, "durations, from microseconds to days");
}

static void test_amounts(void)
{
	static const struct {
		double value;
		const char *text;
	} amounts[] = {
		{ 0, "0" }, { 0.04, "0" }, { 0.05, "0.1" }, { 0.5, "0.5" },
		{ 0.96, "1.0" }, { 1, "1" }, { 1.5, "2" }, { 999.4, "999" },
		{ 999.5, "1.0k" }, { 1249, "1.2k" }, { 1251, "1.3k" },
		{ 9949, "9.9k" }, { 9951, "10k" }, { 999499, "999k" },
		{ 999500, "1.0M" }, { 45.4e9, "45G" }, { 7e12, "7.0T" },
	};
	char text[TEXT_AMOUNT_LEN];
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		text_amount(text, amounts[i].value);
		if (!strcmp(text, amounts[i].text))
			continue;
		printf("# %g: %s, not %s\n", amounts[i].value, text,
		       amounts[i].text);
		good = false;
	}
	ktap_ok(good, "amounts in four characters");
}

static void test_columns(void)
{
	struct columns columns = {
		.column = { { .title = "Left" },
			{ .title = "Right", .align = RIGHT },
			{ .title = "Both", .align = SPLIT },
			{ .title = "Words", .align = SPLIT } },
		.count = 4,
	};
	unsigned int i, lines = 0, bad = 0;
	FILE *out = tmpfile();
	char line[1024];

	ktap_ok(put_row(&columns, 79), "a row is kept");
	columns_forget_rows(&columns);
	for (i = 0; i < ROWS; i++)
		bad += !put_row(&columns, i);
	columns_print(out, &columns, true, false);
	rewind(out);
	fgets(line, sizeof(line), out);
	ktap_ok(!bad && !strncmp(line, "Left ", 5), "titles, then %d rows",
		ROWS);
	while (fgets(line, sizeof(line), out))
		bad += !same_row(&columns, line, lines++);
	ktap_ok(!bad, "each as printf would have it");
	ktap_ok(lines == ROWS, "and no other: not the one that was forgotten");
	fclose(out);
	columns_free(&columns);
}

int main(void)
{
	ktap_plan(12);
	test_numbers();
	test_digits();
	test_addresses();
	test_durations();
	test_amounts();
	test_columns();
	return ktap_finish();
}
