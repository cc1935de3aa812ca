/* SPDX-License-Identifier: GPL-2.0 */
/* A capture file as a source of flows and statistics. */
#ifndef TUPLESTAT_SOURCE_PCAP_H
#define TUPLESTAT_SOURCE_PCAP_H

#include <stdio.h>

#include "progress.h"
#include "replay.h"

#define SOURCE_PCAP_ERROR_LEN 512

/* source_pcap_replay(): the file is broken, but what came before is good. */
#define SOURCE_PCAP_BROKEN 1

struct options;

int source_pcap_replay(FILE *file, struct replay *replay,
		       struct progress *progress,
		       char error[SOURCE_PCAP_ERROR_LEN]);
int source_pcap_load(const struct options *opts, struct replay **replay);

#endif /* TUPLESTAT_SOURCE_PCAP_H */
