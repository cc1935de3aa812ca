// SPDX-License-Identifier: GPL-2.0
/* The kernel module as a source of flows, statistics and settings. */
#include <errno.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "cli.h"
#include "decode.h"
#include "genl.h"
#include "source_netlink.h"

/* What a dump of flows fills. */
struct collection {
	const struct filter *filter;
	struct flow_list *flows;
};

/**
 * source_open - connect to the module
 * @source: what to open; to be closed also where this fails
 * @netns: name of the current network namespace, or NULL
 *
 * Return: 0, -ENOPKG where the module is not loaded, or another errno.
 */
int source_open(struct source *source, const char *netns)
{
	int ret;

	*source = (struct source){ .netns = netns };
	ret = genl_open(&source->genl, TUPLESTAT_FAMILY_NAME);
	return ret == -ENOENT ? -ENOPKG : ret;
}

/**
 * source_close - take leave of the module
 * @source: the source
 */
void source_close(struct source *source)
{
	genl_close(source->genl);
	source->genl = NULL;
}

static struct nlmsghdr *request(struct source *source, enum tuplestat_cmd cmd)
{
	return genl_request(source->genl, cmd, TUPLESTAT_FAMILY_VERSION);
}

static int collect_flow(const void *attrs, size_t len, void *data)
{
	struct collection *into = data;
	struct flow flow;
	int ret;

	ret = decode_flow(attrs, len, &flow);
	if (ret || !filter_match(into->filter, &flow))
		return ret;
	return flow_list_add(into->flows, &flow);
}

static void forget_flows(void *data)
{
	struct collection *into = data;

	flow_list_reset(into->flows);
}

/**
 * source_flows - get the flows that match
 * @source: the source
 * @filter: which
 * @flows: where to put them
 *
 * Return: 0, SOURCE_INCOMPLETE, or a negative errno.
 */
int source_flows(struct source *source, const struct filter *filter,
		 struct flow_list *flows)
{
	struct collection into = { .filter = filter, .flows = flows };
	struct nlmsghdr *nlh = request(source, TUPLESTAT_CMD_FLOW_GET);
	uint8_t family = filter_family(filter);
	uint8_t proto = filter_proto(filter);
	int ret;

	if (family)
		mnl_attr_put_u8(nlh, TUPLESTAT_A_FLOW_FAMILY, family);
	if (proto)
		mnl_attr_put_u8(nlh, TUPLESTAT_A_FLOW_PROTO, proto);
	ret = genl_dump(source->genl, collect_flow, forget_flows, &into);
	return ret == GENL_INTERRUPTED ? SOURCE_INCOMPLETE : ret;
}

static int take_stats(const void *attrs, size_t len, void *data)
{
	return decode_stats(attrs, len, data);
}

/**
 * source_stats - get the ledger
 * @source: the source
 * @stats: where to put it
 *
 * Return: 0 or a negative errno.
 */
int source_stats(struct source *source, struct stats *stats)
{
	request(source, TUPLESTAT_CMD_STATS_GET);
	return genl_do(source->genl, take_stats, stats);
}

static int take_config(const void *attrs, size_t len, void *data)
{
	return decode_config(attrs, len, data);
}

/**
 * source_config - get the settings
 * @source: the source
 * @config: where to put them
 *
 * Return: 0 or a negative errno.
 */
int source_config(struct source *source, struct config *config)
{
	request(source, TUPLESTAT_CMD_CONFIG_GET);
	return genl_do(source->genl, take_config, config);
}

/**
 * source_configure - change settings
 * @source: the source
 * @change: which, and what to
 *
 * Return: 0 or a negative errno.
 */
int source_configure(struct source *source,
		     const struct config_change *change)
{
	struct nlmsghdr *nlh = request(source, TUPLESTAT_CMD_CONFIG_SET);

	if (change->set_started)
		mnl_attr_put_u8(nlh, TUPLESTAT_A_CONFIG_STARTED,
				change->started);
	if (change->set_max_flows)
		mnl_attr_put_u32(nlh, TUPLESTAT_A_CONFIG_MAX_FLOWS,
				 change->max_flows);
	return genl_do(source->genl, NULL, NULL);
}

/**
 * source_report - tell the person what went wrong, and what to do
 * @source: the source, with what the kernel said
 * @error: negative errno that a function of this file returned
 *
 * Return: CLI_REFUSED, the exit code to leave with.
 */
int source_report(const struct source *source, int error)
{
	const char *text = genl_extack(source->genl);
	const char *netns = source->netns;

	switch (-error) {
	case ENOPKG:
		cli_error("the kernel module is not loaded; run 'modprobe tuplestat' as root");
		break;
	case EPERM:
		if (*text)
			cli_error("permission denied: %s", text);
		else
			cli_error("permission denied: CAP_NET_ADMIN is needed; run it as root");
		break;
	case ENETDOWN:
		if (!*text)
			text = "not started in this network namespace";
		cli_error("%s; run 'tuplestat %s%s%sstart'", text,
			  netns ? "-N " : "", netns ? netns : "",
			  netns ? " " : "");
		break;
	case EBADMSG:
		cli_error("the kernel's answer is malformed; are the module and this command of the same version?");
		break;
	default:
		cli_error("%s", *text ? text : strerror(-error));
	}
	return CLI_REFUSED;
}
