/* SPDX-License-Identifier: GPL-2.0 */
/* The module's parameters: what a network namespace begins with, and limits. */
#ifndef _TSTAT_PARAM_H
#define _TSTAT_PARAM_H

#include "core/account.h"

/**
 * struct tstat_params - the module's parameters
 * @max_flows: most flows of a namespace, until set there
 * @userns_max_flows: most flows of a namespace that the initial user namespace
 *	does not own; 0 means that counting cannot be started there. May change
 *	at any time
 * @all_max_flows: most flows of all namespaces together
 * @active_timeout: time between two interim events of a flow, seconds, until
 *	set in the namespace
 * @timeouts: how long flows are kept, likewise
 * @ports: ports that servers are likely to have
 */
struct tstat_params {
	u32 max_flows;
	u32 userns_max_flows;
	u32 all_max_flows;
	u32 active_timeout;
	struct tstat_timeouts timeouts;
	struct tstat_ports ports;
};

extern struct tstat_params tstat_params;

int tstat_param_init(void);

#endif /* _TSTAT_PARAM_H */
