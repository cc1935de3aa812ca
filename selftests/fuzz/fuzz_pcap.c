// SPDX-License-Identifier: GPL-2.0
/* A capture file of any bytes: never a crash, and the ledger balances. */
#include "fuzz.h"
#include "source_pcap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[SOURCE_PCAP_ERROR_LEN] = "";
	struct progress progress = { 0 };
	struct replay *replay;
	struct balance rest;
	struct stats stats;
	FILE *file;
	int ret;

	if (!size)
		return 0;
	file = fmemopen((void *)data, size, "r");
	replay = replay_new();
	promise(file && replay);
	ret = source_pcap_replay(file, replay, &progress, error);
	promise(!ret == !*error);
	replay_stats(replay, &stats);
	rest = stats_balance(&stats);
	promise(!rest.packets && !rest.bytes);
	promise(ret >= 0 || !stats.seen.packets);
	replay_free(replay);
	return 0;
}
