// SPDX-License-Identifier: GPL-2.0
/* The kernel module as a source of flows, statistics and settings. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/tuplestat.h>

#include "cli.h"
#include "decode.h"
#include "encode.h"
#include "genl.h"
#include "source_netlink.h"

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

static int take_flow(const void *attrs, size_t len, void *data)
{
	const struct flow_sink *sink = data;
	struct flow flow;
	int ret;

	ret = decode_flow(attrs, len, &flow);
	return ret ? ret : sink->take(sink->data, &flow);
}

static void forget_flows(void *data)
{
	const struct flow_sink *sink = data;

	sink->restart(sink->data);
}

/**
 * source_flows - get the flows that match
 * @source: the source
 * @filter: which; the kernel does the choosing
 * @sink: who takes them
 *
 * Return: 0, SOURCE_INCOMPLETE, or a negative errno.
 */
int source_flows(struct source *source, const struct tstat_filter *filter,
		 struct flow_sink sink)
{
	struct nlmsghdr *nlh = request(source, TUPLESTAT_CMD_FLOW_GET);
	int ret;

	ret = encode_filter(nlh, filter);
	if (ret)
		return ret;
	ret = genl_dump(source->genl, take_flow, forget_flows, &sink);
	return ret == GENL_INTERRUPTED ? SOURCE_INCOMPLETE : ret;
}

/**
 * source_flows_begin - ask for the flows that match, to take them in steps
 * @source: the source; it answers nothing else until the last step
 * @filter: which
 *
 * Return: 0 or a negative errno.
 */
int source_flows_begin(struct source *source,
		       const struct tstat_filter *filter)
{
	struct nlmsghdr *nlh = request(source, TUPLESTAT_CMD_FLOW_GET);
	int ret = encode_filter(nlh, filter);

	return ret ? ret : genl_dump_begin(source->genl);
}

/**
 * source_flows_step - take the next ones, a few hundred at most
 * @source: the source; waited for
 * @sink: who takes them; is never asked to begin again
 *
 * Return: SOURCE_MORE; at the end 0 or SOURCE_INCOMPLETE; or a negative errno.
 */
int source_flows_step(struct source *source, struct flow_sink sink)
{
	int ret = genl_dump_step(source->genl, take_flow, &sink);

	if (ret == GENL_MORE)
		return SOURCE_MORE;
	return ret == GENL_INTERRUPTED ? SOURCE_INCOMPLETE : ret;
}

/**
 * source_fd - what to poll before source_flows_step()
 * @source: the source, open
 *
 * Return: a file descriptor.
 */
int source_fd(const struct source *source)
{
	return genl_fd(source->genl);
}

static int take_count(const void *attrs, size_t len, void *data)
{
	return decode_count(attrs, len, data);
}

/**
 * source_delete - end the flows that match
 * @source: the source
 * @filter: which; all of them, where it has no terms
 * @count: where to put how many they were
 *
 * Return: 0 or a negative errno.
 */
int source_delete(struct source *source, const struct tstat_filter *filter,
		  uint32_t *count)
{
	struct nlmsghdr *nlh = request(source, TUPLESTAT_CMD_FLOW_DEL);
	int ret;

	ret = encode_filter(nlh, filter);
	if (ret)
		return ret;
	return genl_do(source->genl, take_count, count);
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

/* Those that are to be changed; no nest where there is none. */
static void put_timeouts(struct nlmsghdr *nlh,
			 const struct config_change *change)
{
	struct nlattr *nest = NULL;
	unsigned int i;

	for (i = 0; i < TIMEOUTS; i++) {
		if (!change->timeout[i])
			continue;
		if (!nest)
			nest = mnl_attr_nest_start(nlh,
						   TUPLESTAT_A_CONFIG_TIMEOUTS);
		mnl_attr_put_u32(nlh, (uint16_t)(i + 1), change->timeout[i]);
	}
	if (nest)
		mnl_attr_nest_end(nlh, nest);
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
	put_timeouts(nlh, change);
	return genl_do(source->genl, NULL, NULL);
}

/* What to type where counting has not begun. */
static void explain_stopped(const struct source *source,
			    char text[SOURCE_TEXT_LEN])
{
	const char *said = genl_extack(source->genl);
	const char *netns = source->netns;

	snprintf(text, SOURCE_TEXT_LEN, "%s; run 'tuplestat %s%s%sstart'",
		 *said ? said : "not started in this network namespace",
		 netns ? "-N " : "", netns ? netns : "", netns ? " " : "");
}

/**
 * source_explain - what went wrong, and what to do, in one line
 * @source: the source, with what the kernel said
 * @error: negative errno that a function of this file returned
 * @text: where to put it; cut off where it is longer
 */
void source_explain(const struct source *source, int error,
		    char text[SOURCE_TEXT_LEN])
{
	const char *said = genl_extack(source->genl);

	switch (-error) {
	case ENOPKG:
		snprintf(text, SOURCE_TEXT_LEN,
			 "the kernel module is not loaded; run 'modprobe tuplestat' as root");
		break;
	case EPERM:
		snprintf(text, SOURCE_TEXT_LEN, "permission denied: %s", *said ?
			 said : "CAP_NET_ADMIN is needed; run it as root");
		break;
	case ENETDOWN:
		explain_stopped(source, text);
		break;
	case EBADMSG:
		snprintf(text, SOURCE_TEXT_LEN,
			 "the kernel's answer is malformed; are the module and this command of the same version?");
		break;
	default:
		snprintf(text, SOURCE_TEXT_LEN, "%s",
			 *said ? said : strerror(-error));
	}
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
	char text[SOURCE_TEXT_LEN];

	source_explain(source, error, text);
	cli_error("%s", text);
	return CLI_REFUSED;
}
