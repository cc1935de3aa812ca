/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the module, message by message: what the command's own code
 * does, done again, so that a fault there is not a fault here.
 */
#ifndef TUPLESTAT_SELFTESTS_NETLINK_H
#define TUPLESTAT_SELFTESTS_NETLINK_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/tuplestat.h>

#define NETLINK_BUFFER 65536

/**
 * struct netlink - a socket to the module
 * @socket: what it says
 * @family: number of the module's family
 * @group: number of its group for events
 * @by_write: requests are written as to a file, and not sent to an address
 * @seq: of the last request
 * @extack: the kernel's text about the last request, "" for none
 * @offset: where in that request the kernel saw the fault, 0 for nowhere
 * @missing: the attribute that it misses, 0 for none
 * @missing_in: where the nest is that should have had it, 0 for the request
 * @request: the request that is being built
 * @reply: what was received last
 */
struct netlink {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t group;
	bool by_write;
	uint32_t seq;
	char extack[256];
	uint32_t offset;
	uint32_t missing;
	uint32_t missing_in;
	char request[4096] __attribute__((aligned(8)));
	char reply[NETLINK_BUFFER] __attribute__((aligned(8)));
};

typedef void netlink_reply_fn(const struct nlmsghdr *nlh, void *data);

/* For what the tests take for granted. */
static inline void netlink_die(const char *what)
{
	printf("# %s: %s\n", what, strerror(errno));
	printf("Bail out! %s\n", what);
	exit(1);
}

static inline struct nlmsghdr *netlink_begin(struct netlink *nl, uint8_t cmd,
					     uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->request);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = nl->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = TUPLESTAT_FAMILY_VERSION;
	return nlh;
}

static inline void netlink_send(struct netlink *nl)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)nl->request;

	int fd = mnl_socket_get_fd(nl->socket);

	if (nl->by_write ? write(fd, nlh, nlh->nlmsg_len) < 0 :
	    mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len) < 0)
		netlink_die("send");
}

static inline void netlink_take_extack(struct netlink *nl,
				       const struct nlmsghdr *nlh, size_t at)
{
	const struct nlattr *attr;

	nl->extack[0] = '\0';
	nl->offset = nl->missing = nl->missing_in = 0;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, at) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(nl->extack, sizeof(nl->extack), "%s",
				 mnl_attr_get_str(attr));
		else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS)
			nl->offset = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MISS_TYPE)
			nl->missing = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MISS_NEST)
			nl->missing_in = mnl_attr_get_u32(attr);
	}
}

/**
 * netlink_receive() - read once, which may bring many messages
 * @nl: the socket
 * @reply: takes each message of the answer, or NULL
 * @data: for @reply
 *
 * Return: 1 if more is to come, 0 at the end, or the kernel's negative error.
 */
static inline int netlink_receive(struct netlink *nl, netlink_reply_fn *reply,
				  void *data)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)nl->reply;
	const struct nlmsgerr *err;
	ssize_t got;
	int len;

	got = mnl_socket_recvfrom(nl->socket, nl->reply, sizeof(nl->reply));
	if (got < 0)
		netlink_die("receive");
	for (len = (int)got; mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != nl->seq)
			continue;
		switch (nlh->nlmsg_type) {
		case NLMSG_ERROR:
			err = mnl_nlmsg_get_payload(nlh);
			netlink_take_extack(nl, nlh, sizeof(*err));
			return err->error;
		case NLMSG_DONE:
			netlink_take_extack(nl, nlh, sizeof(int));
			return *(int *)mnl_nlmsg_get_payload(nlh);
		}
		if (reply)
			reply(nlh, data);
	}
	return 1;
}

static inline int netlink_exchange(struct netlink *nl, netlink_reply_fn *reply,
				   void *data)
{
	int ret;

	netlink_send(nl);
	do {
		ret = netlink_receive(nl, reply, data);
	} while (ret > 0);
	return ret;
}

static inline void netlink_take_group(const struct nlattr *nest,
				      struct netlink *nl)
{
	const struct nlattr *attr;
	const char *name = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			name = mnl_attr_get_str(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(attr);
	}
	if (!strcmp(name, TUPLESTAT_MCGRP_FLOWS_NAME))
		nl->group = id;
}

static inline void netlink_take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *group;
	struct netlink *nl = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			nl->family = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, attr)
				netlink_take_group(group, nl);
	}
}

/* Open a socket in the network namespace that this is called in. */
static inline void netlink_open(struct netlink *nl)
{
	int on = 1;

	memset(nl, 0, sizeof(*nl));
	nl->socket = mnl_socket_open(NETLINK_GENERIC);
	if (!nl->socket ||
	    mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on,
				  sizeof(on)) ||
	    mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &on,
				  sizeof(on)) ||
	    mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on,
				  sizeof(on)))
		netlink_die("netlink socket");

	nl->family = GENL_ID_CTRL;
	mnl_attr_put_strz(netlink_begin(nl, CTRL_CMD_GETFAMILY, NLM_F_ACK),
			  CTRL_ATTR_FAMILY_NAME, TUPLESTAT_FAMILY_NAME);
	if (netlink_exchange(nl, netlink_take_family, nl) ||
	    nl->family == GENL_ID_CTRL || !nl->group)
		netlink_die("the family is not there");
}

static inline void netlink_close(struct netlink *nl)
{
	mnl_socket_close(nl->socket);
}

#endif /* TUPLESTAT_SELFTESTS_NETLINK_H */
