// SPDX-License-Identifier: GPL-2.0
/* The module's parameters: what a network namespace begins with, and limits. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/moduleparam.h>

#include "param.h"

/* Seconds; as NetFlow exporters have it. */
#define ACTIVE_TIMEOUT_DEFAULT 1800

struct tstat_params tstat_params = {
	.max_flows = 262144,
	.active_timeout = ACTIVE_TIMEOUT_DEFAULT,
};

static int set_limit(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, TUPLESTAT_MAX_FLOWS_MIN,
				     TUPLESTAT_MAX_FLOWS_MAX);
}

static const struct kernel_param_ops limit_ops = {
	.set = set_limit,
	.get = param_get_uint,
};

/* Namespaces that are counted already go on when it becomes 0. */
static int set_userns_limit(const char *value, const struct kernel_param *param)
{
	u32 limit;
	int err;

	err = kstrtou32(value, 0, &limit);
	if (err)
		return err;
	if (limit)
		return set_limit(value, param);
	WRITE_ONCE(*(u32 *)param->arg, 0);
	return 0;
}

static const struct kernel_param_ops userns_limit_ops = {
	.set = set_userns_limit,
	.get = param_get_uint,
};

static int set_timeout(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, 1, TUPLESTAT_TIMEOUT_MAX);
}

static const struct kernel_param_ops timeout_ops = {
	.set = set_timeout,
	.get = param_get_uint,
};

module_param_cb(max_flows, &limit_ops, &tstat_params.max_flows, 0444);
MODULE_PARM_DESC(max_flows,
		 "Most flows of a network namespace, 256 bytes each, until set there (16 to 16777216, default 262144)");

module_param_cb(userns_max_flows, &userns_limit_ops,
		&tstat_params.userns_max_flows, 0644);
MODULE_PARM_DESC(userns_max_flows,
		 "Most flows of a network namespace that the initial user namespace does not own; 0: no counting there (0, or 16 to 16777216, default 0)");

module_param_cb(all_max_flows, &limit_ops, &tstat_params.all_max_flows, 0444);
MODULE_PARM_DESC(all_max_flows,
		 "Most flows of all network namespaces together, 256 bytes each (16 to 16777216, default: what takes a sixteenth of the memory)");

static char *server_ports = TSTAT_PORTS_DEFAULT;
module_param(server_ports, charp, 0444);
MODULE_PARM_DESC(server_ports,
		 "Ports that servers are likely to have, to tell who initiated a flow that begins in the middle: tcp/80,udp/53,tcp/8000-8099,... (default: well-known ones)");

#define TIMEOUT_PARAM(name, state, default_seconds, what)		\
	module_param_cb(timeout_##name, &timeout_ops,			\
			&tstat_params.timeouts.seconds[state], 0444);	\
	MODULE_PARM_DESC(timeout_##name,				\
			 "Seconds until a flow ends of which nothing is seen, until set in the namespace: " \
			 what " (1 to 2592000, default " #default_seconds ")")

TIMEOUT_PARAM(none, TUPLESTAT_STATE_NONE, 60, "TCP, nothing that tells yet");
TIMEOUT_PARAM(syn_sent, TUPLESTAT_STATE_SYN_SENT, 120,
	      "SYN without an answer");
TIMEOUT_PARAM(syn_recv, TUPLESTAT_STATE_SYN_RECV, 60,
	      "SYN-ACK without an answer");
TIMEOUT_PARAM(established, TUPLESTAT_STATE_ESTABLISHED, 3600,
	      "open connection");
TIMEOUT_PARAM(fin_wait, TUPLESTAT_STATE_FIN_WAIT, 120,
	      "first FIN without an answer");
TIMEOUT_PARAM(close_wait, TUPLESTAT_STATE_CLOSE_WAIT, 3600, "half-closed");
TIMEOUT_PARAM(last_ack, TUPLESTAT_STATE_LAST_ACK, 60,
	      "second FIN without an answer");
TIMEOUT_PARAM(time_wait, TUPLESTAT_STATE_TIME_WAIT, 60,
	      "closed, kept to be seen");
TIMEOUT_PARAM(close, TUPLESTAT_STATE_CLOSE, 60, "reset, kept to be seen");
TIMEOUT_PARAM(syn_sent2, TUPLESTAT_STATE_SYN_SENT2, 120,
	      "SYNs from both sides");
TIMEOUT_PARAM(unreplied, TUPLESTAT_STATE_UNREPLIED, 60,
	      "UDP, packets from one side only");
TIMEOUT_PARAM(replied, TUPLESTAT_STATE_REPLIED, 120,
	      "UDP, packets from both sides");

module_param_cb(timeout_active, &timeout_ops, &tstat_params.active_timeout,
		0444);
MODULE_PARM_DESC(timeout_active,
		 "Seconds between two interim events of a flow, until set in the namespace (1 to 2592000, default 1800)");

/**
 * tstat_param_init() - check the parameters, and set those that were not given
 *
 * Return: 0, or -EINVAL, the log says why.
 */
int tstat_param_init(void)
{
	struct tstat_timeouts *timeouts = &tstat_params.timeouts;
	unsigned int state;

	if (!tstat_ports_parse(&tstat_params.ports, server_ports)) {
		pr_err("server_ports must be as tcp/80,udp/53,tcp/8000-8099\n");
		return -EINVAL;
	}
	for (state = 0; state < ARRAY_SIZE(timeouts->seconds); state++) {
		if (!timeouts->seconds[state])
			timeouts->seconds[state] =
				tstat_timeouts_default.seconds[state];
	}
	/* A flow for each page: 256 bytes of 4096. */
	if (!tstat_params.all_max_flows)
		tstat_params.all_max_flows =
			clamp_t(unsigned long, totalram_pages(),
				TUPLESTAT_MAX_FLOWS_MIN,
				TUPLESTAT_MAX_FLOWS_MAX);
	return 0;
}
