// SPDX-License-Identifier: GPL-2.0
/* Text without printf: the same as printf's and inet_ntop's; and columns. */
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

/* As wide as cells can be, and more than is kept or printed at once. */
static void fill(struct cell *row, unsigned int i)
{
	memset(row[0].text, 'a' + (int)(i % 26), NAMES_ENDPOINT_LEN);
	cell_end(&row[0], row[0].text + i % NAMES_ENDPOINT_LEN);
	cell_put_u64(&row[1], mix(i) >> i % 64);
	cell_put_u64_pair(&row[2], i, mix(i) >> i % 50);
	cell_put_pair(&row[3], i % 2 ? "one" : "three", "four");
}

static bool same_row(const struct columns *columns, const char *line,
		     unsigned int i)
{
	const struct column *pair = &columns->column[2];
	struct cell row[4];
	char wanted[1024];
	size_t first;

	fill(row, i);
	first = strcspn(row[2].text, "/");
	snprintf(wanted, sizeof(wanted), "%-79.*s  %20s  %*s%.*s%-*s  %*s\n",
		 (int)row[0].len, row[0].text, row[1].text,
		 (int)(pair->before - first), "", (int)first, row[2].text,
		 (int)pair->after, row[2].text + first, 10,
		 row[3].text);
	return !strcmp(line, wanted);
}

static void test_columns(void)
{
	struct columns columns = {
		.column = { { "Left", LEFT, 0, 0 }, { "Right", RIGHT, 0, 0 },
			{ "Both", SPLIT, 0, 0 }, { "Words", SPLIT, 0, 0 } },
		.count = 4,
	};
	unsigned int i, lines = 0, bad = 0;
	FILE *out = tmpfile();
	struct cell row[4];
	char line[1024];

	fill(row, 79);
	ktap_ok(!columns_add_row(&columns, row), "a row is kept");
	columns_forget_rows(&columns);
	for (i = 0; i < ROWS; i++) {
		fill(row, i);
		bad += !!columns_add_row(&columns, row);
	}
	columns_print(out, &columns);
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
	ktap_plan(10);
	test_numbers();
	test_digits();
	test_addresses();
	test_columns();
	return ktap_finish();
}
