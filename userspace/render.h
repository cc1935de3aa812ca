/* SPDX-License-Identifier: GPL-2.0 */
/* Printing decoded records, for people and for programs. */
#ifndef TUPLESTAT_RENDER_H
#define TUPLESTAT_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "flow.h"
#include "stats.h"

struct services;
struct summary;

void render_table(FILE *out, const struct flow_list *flows,
		  const struct services *services);
void render_show(FILE *out, const struct flow *flow,
		 const struct services *services);
void render_ladder(FILE *out, const struct flow *flow,
		   const struct services *services);
void render_summary(FILE *out, const struct summary *summary,
		    const struct services *services);
void render_stats(FILE *out, const struct stats *stats);
void render_config(FILE *out, const struct config *config);

void render_json_flows(FILE *out, const struct flow_list *flows, bool pretty);
void render_json_summary(FILE *out, const struct summary *summary,
			 bool pretty);
void render_json_stats(FILE *out, const struct stats *stats, bool pretty);
void render_json_config(FILE *out, const struct config *config, bool pretty);

#endif /* TUPLESTAT_RENDER_H */
