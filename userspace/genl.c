// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: family, request, dump with retry, extended acks. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>

#include "genl.h"

/* The kernel fills at most 32 KiB for one read of a dump. */
#define REPLY_LEN (64 * 1024)

#define EXTACK_LEN 256

/**
 * struct genl - a socket that speaks with one family
 * @nl: the socket
 * @family: id of the family; GENL_ID_CTRL until it is known
 * @seq: sequence number of the last request; others are not our answers
 * @answered: the last request brought a message, not only an ack
 * @interrupted: its answer is a dump of a table that changed meanwhile
 * @extack: what the kernel said about the last request, or ""
 * @request: the request
 * @reply: what was read last
 */
struct genl {
	struct mnl_socket *nl;
	uint16_t family;
	uint32_t seq;
	bool answered;
	bool interrupted;
	char extack[EXTACK_LEN];
	char request[GENL_REQUEST_LEN] __attribute__((aligned(8)));
	char reply[REPLY_LEN] __attribute__((aligned(8)));
};

/* Finds the text in the attributes that stand at @offset of an ack. */
static void keep_extack(struct genl *genl, const struct nlmsghdr *nlh,
			size_t offset)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    offset > mnl_nlmsg_get_payload_len(nlh))
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG ||
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
			continue;
		snprintf(genl->extack, sizeof(genl->extack), "%s",
			 mnl_attr_get_str(attr));
	}
}

static int take_error(struct genl *genl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err) || err->error > 0)
		return -EBADMSG;

	/* The request is echoed in full unless the kernel capped it. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (err->msg.nlmsg_len < sizeof(err->msg) ||
		    err->msg.nlmsg_len > mnl_nlmsg_get_payload_len(nlh))
			return err->error ? err->error : -EBADMSG;
		offset += MNL_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	}
	keep_extack(genl, nlh, offset);
	return err->error;
}

static int take_done(struct genl *genl, const struct nlmsghdr *nlh)
{
	const int *error = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*error) || *error > 0)
		return -EBADMSG;
	keep_extack(genl, nlh, sizeof(*error));
	return *error;
}

static int take_payload(struct genl *genl, const struct nlmsghdr *nlh,
			genl_reply_fn reply, void *data)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (nlh->nlmsg_type != genl->family || len < GENL_HDRLEN)
		return -EBADMSG;
	genl->answered = true;
	if (!reply)
		return 0;
	return reply(mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN),
		     len - GENL_HDRLEN, data);
}

/* Returns 0 at the end of the answer, 1 while more of it is to come. */
static int take_reply(struct genl *genl, size_t size, genl_reply_fn reply,
		      void *data)
{
	const struct nlmsghdr *nlh = (const void *)genl->reply;
	int len = (int)size;
	int ret;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != genl->seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			genl->interrupted = true;

		switch (nlh->nlmsg_type) {
		case NLMSG_NOOP:
			continue;
		case NLMSG_ERROR:
			return take_error(genl, nlh);
		case NLMSG_DONE:
			return take_done(genl, nlh);
		}
		ret = take_payload(genl, nlh, reply, data);
		if (ret)
			return ret;
	}
	return 1;
}

static int send_request(struct genl *genl, uint16_t flags)
{
	struct nlmsghdr *nlh = (void *)genl->request;
	ssize_t len;

	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++genl->seq;
	genl->extack[0] = '\0';
	genl->answered = false;
	genl->interrupted = false;

	do {
		len = mnl_socket_sendto(genl->nl, nlh, nlh->nlmsg_len);
	} while (len < 0 && errno == EINTR);
	return len < 0 ? -errno : 0;
}

/* Returns as take_reply() does. */
static int read_reply(struct genl *genl, genl_reply_fn reply, void *data)
{
	ssize_t len;

	len = mnl_socket_recvfrom(genl->nl, genl->reply, sizeof(genl->reply));
	if (len < 0)
		return errno == EINTR ? 1 : -errno;
	return take_reply(genl, (size_t)len, reply, data);
}

/* Sends the request and reads the answer to its end. */
static int exchange(struct genl *genl, uint16_t flags, genl_reply_fn reply,
		    void *data)
{
	int ret;

	ret = send_request(genl, flags);
	if (ret)
		return ret;
	do {
		ret = read_reply(genl, reply, data);
	} while (ret > 0);
	return ret;
}

static int take_family(const void *attrs, size_t len, void *data)
{
	const struct nlattr *attr;
	uint16_t *family = data;

	mnl_attr_for_each_payload(attrs, len) {
		if (mnl_attr_get_type(attr) != CTRL_ATTR_FAMILY_ID)
			continue;
		if (mnl_attr_validate(attr, MNL_TYPE_U16) < 0)
			return -EBADMSG;
		*family = mnl_attr_get_u16(attr);
	}
	return 0;
}

static int resolve(struct genl *genl, const char *family)
{
	struct nlmsghdr *nlh;
	uint16_t id = 0;
	int ret;

	genl->family = GENL_ID_CTRL;
	nlh = genl_request(genl, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, family);
	ret = genl_do(genl, take_family, &id);
	if (ret)
		return ret;
	if (!id)
		return -EBADMSG;
	genl->family = id;
	return 0;
}

/**
 * genl_open - open a socket to a family
 * @genl: where to put it
 * @family: name of the family
 *
 * Return: 0, -ENOENT where the kernel has no such family, or another errno.
 */
int genl_open(struct genl **genl, const char *family)
{
	struct genl *new = calloc(1, sizeof(*new));
	int on = 1;
	int ret;

	if (!new)
		return -ENOMEM;
	new->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!new->nl || mnl_socket_bind(new->nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		ret = -errno;
		goto err;
	}

	/* Without these the answers are only less telling. */
	mnl_socket_setsockopt(new->nl, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(new->nl, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(new->nl, NETLINK_GET_STRICT_CHK, &on,
			      sizeof(on));

	ret = resolve(new, family);
	if (ret)
		goto err;
	*genl = new;
	return 0;

err:
	genl_close(new);
	return ret;
}

/**
 * genl_close - close the socket
 * @genl: from genl_open(), or NULL
 */
void genl_close(struct genl *genl)
{
	if (!genl)
		return;
	if (genl->nl)
		mnl_socket_close(genl->nl);
	free(genl);
}

/**
 * struct group_search - looks for a multicast group of a family
 * @name: the group
 * @id: its number; 0 until it is found
 */
struct group_search {
	const char *name;
	uint32_t id;
};

/* One element of CTRL_ATTR_MCAST_GROUPS: is it the one? */
static int judge_group(const struct nlattr *group, struct group_search *search)
{
	const struct nlattr *attr;
	const char *name = NULL;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_MCAST_GRP_NAME:
			if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
				return -EBADMSG;
			name = mnl_attr_get_str(attr);
			break;
		case CTRL_ATTR_MCAST_GRP_ID:
			if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
				return -EBADMSG;
			id = mnl_attr_get_u32(attr);
			break;
		}
	}
	if (name && !strcmp(name, search->name))
		search->id = id;
	return 0;
}

static int find_group(const void *attrs, size_t len, void *data)
{
	const struct nlattr *attr, *group;
	int ret;

	mnl_attr_for_each_payload(attrs, len) {
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attr) {
			ret = judge_group(group, data);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/**
 * genl_join - join a multicast group of the family, for genl_receive()
 * @genl: the socket; from now on it cannot ask any more
 * @family: name of the family
 * @name: name of the group
 *
 * Return: 0, -EOPNOTSUPP where the family has no such group, or another errno.
 */
int genl_join(struct genl *genl, const char *family, const char *name)
{
	struct group_search search = { .name = name };
	uint16_t id = genl->family;
	struct nlmsghdr *nlh;
	int ret;

	genl->family = GENL_ID_CTRL;
	nlh = genl_request(genl, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, family);
	ret = genl_do(genl, find_group, &search);
	genl->family = id;
	if (ret)
		return ret;
	if (!search.id)
		return -EOPNOTSUPP;
	if (mnl_socket_setsockopt(genl->nl, NETLINK_ADD_MEMBERSHIP, &search.id,
				  sizeof(search.id)) < 0)
		return -errno;
	return 0;
}

/**
 * genl_set_buffer - how much may wait to be read
 * @genl: the socket
 * @bytes: how much; the kernel counts its own overhead, too. Without the right
 *	to go beyond net.core.rmem_max, that much
 *
 * Return: 0 or a negative errno.
 */
int genl_set_buffer(struct genl *genl, unsigned int bytes)
{
	int fd = genl_fd(genl);
	int size = (int)bytes;

	if (!setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0)
		return -errno;
	return 0;
}

/**
 * genl_fd - what to poll
 * @genl: the socket
 *
 * Return: its file descriptor.
 */
int genl_fd(const struct genl *genl)
{
	return mnl_socket_get_fd(genl->nl);
}

/* A notification is of the family and of @cmd; what is of another is new. */
static int take_notification(struct genl *genl, const struct nlmsghdr *nlh,
			     uint8_t cmd, genl_reply_fn reply, void *data)
{
	const struct genlmsghdr *hdr = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (nlh->nlmsg_type != genl->family || len < GENL_HDRLEN ||
	    hdr->cmd != cmd)
		return 0;
	return reply(mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN),
		     len - GENL_HDRLEN, data);
}

/**
 * genl_receive - take the notifications that the kernel sent at once
 * @genl: the socket, of genl_join(); is not waited for
 * @cmd: what they are; others are passed over
 * @reply: takes one message
 * @data: for @reply
 *
 * Return: 1 where there were some, 0 where there is nothing to read, or a
 * negative errno; -ENOBUFS where some were dropped since the last time.
 */
int genl_receive(struct genl *genl, uint8_t cmd, genl_reply_fn reply,
		 void *data)
{
	const struct nlmsghdr *nlh = (const void *)genl->reply;
	ssize_t got;
	int len, ret;

	do {
		got = recv(genl_fd(genl), genl->reply, sizeof(genl->reply),
			   MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? 0 : -errno;

	for (len = (int)got; mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len)) {
		ret = take_notification(genl, nlh, cmd, reply, data);
		if (ret)
			return ret;
	}
	return 1;
}

/**
 * genl_request - begin a request
 * @genl: the socket
 * @cmd: the operation
 * @version: of the family
 *
 * Return: the message, to put attributes into before genl_do() or genl_dump().
 */
struct nlmsghdr *genl_request(struct genl *genl, uint8_t cmd, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(genl->request);
	struct genlmsghdr *hdr;

	nlh->nlmsg_type = genl->family;
	hdr = mnl_nlmsg_put_extra_header(nlh, sizeof(*hdr));
	hdr->cmd = cmd;
	hdr->version = version;
	return nlh;
}

/**
 * genl_do - send the request and take its one answer
 * @genl: the socket
 * @reply: takes the answer; NULL where only the success matters
 * @data: for @reply
 *
 * Return: 0 or a negative errno; see genl_extack().
 */
int genl_do(struct genl *genl, genl_reply_fn reply, void *data)
{
	int ret;

	ret = exchange(genl, NLM_F_ACK, reply, data);
	if (!ret && reply && !genl->answered)
		return -EBADMSG;
	return ret;
}

/**
 * genl_dump - send the request and take the messages of its answer
 * @genl: the socket
 * @reply: takes one message
 * @restart: called before the answer begins again from its first message,
 *	since the table changed while the kernel went through it
 * @data: for @reply and @restart
 *
 * Return: 0, GENL_INTERRUPTED where also the last try was inconsistent, or a
 * negative errno; see genl_extack().
 */
int genl_dump(struct genl *genl, genl_reply_fn reply, genl_restart_fn restart,
	      void *data)
{
	int try, ret;

	for (try = 0; try < GENL_DUMP_TRIES; try++) {
		if (try)
			restart(data);
		ret = exchange(genl, NLM_F_DUMP, reply, data);
		if (ret || !genl->interrupted)
			return ret;
	}
	return GENL_INTERRUPTED;
}

/**
 * genl_dump_begin - send the request for a dump that is taken step by step
 * @genl: the socket; it can ask nothing else until the dump has ended
 *
 * Return: 0 or a negative errno.
 */
int genl_dump_begin(struct genl *genl)
{
	return send_request(genl, NLM_F_DUMP);
}

/**
 * genl_dump_step - take what the kernel sends at once of a dump
 * @genl: the socket; waited for, so poll genl_fd() where that may not be
 * @reply: takes one message
 * @data: for @reply
 *
 * Return: GENL_MORE where there is more to come; at the end 0, or
 * GENL_INTERRUPTED where the dump is inconsistent; or a negative errno.
 */
int genl_dump_step(struct genl *genl, genl_reply_fn reply, void *data)
{
	int ret = read_reply(genl, reply, data);

	if (ret > 0)
		return GENL_MORE;
	return !ret && genl->interrupted ? GENL_INTERRUPTED : ret;
}

/**
 * genl_extack - what the kernel said about the last request
 * @genl: the socket, or NULL
 *
 * Return: a text for people, "" where it said nothing.
 */
const char *genl_extack(const struct genl *genl)
{
	return genl ? genl->extack : "";
}
