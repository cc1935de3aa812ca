/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel module as a source of flows, statistics and settings. */
#ifndef TUPLESTAT_SOURCE_NETLINK_H
#define TUPLESTAT_SOURCE_NETLINK_H

#include "filter.h"
#include "flow.h"
#include "sink.h"
#include "stats.h"

/* source_flows(): all that came, but it may lack flows or hold some twice. */
#define SOURCE_INCOMPLETE 1

/* source_flows_step(): there are more to come. */
#define SOURCE_MORE 2

/* Fits the longest explanation: names of network namespaces can be paths. */
#define SOURCE_TEXT_LEN 4352

struct genl;

/**
 * struct source - the module, as seen from one network namespace
 * @genl: the connection; NULL while there is none
 * @netns: as the person named it, for hints; NULL for the current one
 *
 * Functions that ask return 0 or a negative errno, which source_report()
 * explains to the person. -ENOPKG is a module that is not loaded.
 */
struct source {
	struct genl *genl;
	const char *netns;
};

int source_open(struct source *source, const char *netns);
int source_open_loading(struct source *source, const char *netns);
void source_close(struct source *source);
int source_flows(struct source *source, const struct tstat_filter *filter,
		 struct flow_sink sink);
int source_flows_begin(struct source *source,
		       const struct tstat_filter *filter);
int source_flows_step(struct source *source, struct flow_sink sink);
int source_fd(const struct source *source);
int source_delete(struct source *source, const struct tstat_filter *filter,
		  uint32_t *count);
int source_stats(struct source *source, struct stats *stats);
int source_config(struct source *source, struct config *config);
int source_configure(struct source *source,
		     const struct config_change *change);
void source_explain(const struct source *source, int error,
		    char text[SOURCE_TEXT_LEN]);
int source_report(const struct source *source, int error);

#endif /* TUPLESTAT_SOURCE_NETLINK_H */
