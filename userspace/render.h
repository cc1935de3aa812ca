/* SPDX-License-Identifier: GPL-2.0 */
/* Printing decoded records, for people and for programs. */
#ifndef TUPLESTAT_RENDER_H
#define TUPLESTAT_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "flow.h"
#include "stats.h"

struct groups;
struct layout;
struct services;
struct summary;

int render_groups(FILE *out, const struct groups *groups,
		  const struct layout *layout);
void render_show(FILE *out, const struct flow *flow,
		 const struct services *services);
void render_details(FILE *out, const struct flow *flow,
		    const struct services *services);
void render_sentence(FILE *out, const struct flow *flow);
void render_ladder(FILE *out, const struct flow *flow,
		   const struct services *services);
void render_summary(FILE *out, const struct summary *summary,
		    const struct services *services);
void render_stats(FILE *out, const struct stats *stats);
void render_check(FILE *out, const struct stats *stats);
void render_config(FILE *out, const struct config *config);
void render_event(FILE *out, const struct flow *flow, uint64_t now_ns,
		  const struct services *services);
void render_missed(FILE *out, uint64_t count, uint64_t now_ns);

void render_json_flows(FILE *out, const struct flow_list *flows, bool pretty);
void render_json_groups(FILE *out, const struct groups *groups, bool pretty);
void render_json_summary(FILE *out, const struct summary *summary,
			 bool pretty);
void render_json_stats(FILE *out, const struct stats *stats, bool pretty);
void render_json_check(FILE *out, const struct stats *stats, bool pretty);
void render_json_config(FILE *out, const struct config *config, bool pretty);
void render_json_deleted(FILE *out, uint32_t count, bool pretty);
void render_json_event(FILE *out, const struct flow *flow);
void render_json_missed(FILE *out, uint64_t count);

#endif /* TUPLESTAT_RENDER_H */
