// SPDX-License-Identifier: GPL-2.0
/*
 * Answers of the kernel, any bytes: refused, or decoded to what every renderer
 * can print. The first byte says which answer it is.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decode.h"
#include "fuzz.h"
#include "render.h"
#include "render_table.h"

static FILE *nowhere;

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	nowhere = fopen("/dev/null", "w");
	promise(nowhere);
	return 0;
}

/* Every column that there is. */
static void try_layout(const struct flow *flow, const char *list,
		       enum format format)
{
	const struct options opts = { .format = format, .detail = 2 };
	char error[LAYOUT_ERROR_LEN];
	struct layout layout;
	struct table table;

	promise(!layout_make(&layout, &opts, list, error));
	table_begin(&table, &layout);
	promise(!table_add(&table, flow));
	table_print(nowhere, &table);
	table_free(&table);
}

static int try_flow(const void *attrs, size_t len)
{
	struct flow flow;
	struct flow_list list = { .flow = &flow, .count = 1, .room = 1 };
	int ret = decode_flow(attrs, len, &flow);

	if (ret)
		return ret;
	promise(flow.proto == IPPROTO_TCP || flow.proto == IPPROTO_UDP);
	promise(flow.family == AF_INET || flow.family == AF_INET6);
	try_layout(&flow, NULL, FORMAT_TEXT);
	try_layout(&flow, "+age,idle,orig.unusual", FORMAT_TEXT);
	try_layout(&flow, "+age,duration,orig,packets", FORMAT_TSV);
	try_layout(&flow, NULL, FORMAT_ZEEK);
	render_show(nowhere, &flow, NULL);
	render_json_flows(nowhere, &list, false);
	render_event(nowhere, &flow, flow.last_ns, NULL);
	render_json_event(nowhere, &flow);
	ret = decode_event(attrs, len, &flow);
	promise(!ret == (flow.events && flow.seq));
	return ret;
}

static int try_stats(const void *attrs, size_t len)
{
	struct stats stats;
	int ret = decode_stats(attrs, len, &stats);

	if (ret)
		return ret;
	promise(stats.ended.count <= LEDGER_LINES_MAX);
	promise(stats.unusual.count <= LEDGER_LINES_MAX);
	if (stats_check(&stats) != LEDGER_BROKEN)
		render_check(nowhere, &stats);
	render_json_check(nowhere, &stats, false);
	render_stats(nowhere, &stats);
	render_json_stats(nowhere, &stats, true);
	return 0;
}

static int try_config(const void *attrs, size_t len)
{
	struct config config;
	int ret = decode_config(attrs, len, &config);

	if (ret)
		return ret;
	render_config(nowhere, &config);
	render_json_config(nowhere, &config, true);
	return 0;
}

static int try_count(const void *attrs, size_t len)
{
	uint32_t count;
	int ret = decode_count(attrs, len, &count);

	if (!ret)
		render_json_deleted(nowhere, count, false);
	return ret;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t which = take8(&in) % 4;
	void *attrs = exact_copy(in.data, in.size);
	int ret;

	if (which == 0)
		ret = try_flow(attrs, in.size);
	else if (which == 1)
		ret = try_stats(attrs, in.size);
	else if (which == 2)
		ret = try_config(attrs, in.size);
	else
		ret = try_count(attrs, in.size);
	promise(!ret || ret == -EBADMSG);
	free(attrs);
	return 0;
}
