/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink: one family, one request at a time. */
#ifndef TUPLESTAT_GENL_H
#define TUPLESTAT_GENL_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/* The most that a request can grow to: a filter and a few attributes. */
#define GENL_REQUEST_LEN 2048

/* How often a dump is begun before an inconsistent one is given out. */
#define GENL_DUMP_TRIES 5

/* genl_dump(): complete as an answer, but the table changed meanwhile. */
#define GENL_INTERRUPTED 1

/* genl_dump_step(): the dump has not come to its end. */
#define GENL_MORE 2

struct genl;

/**
 * typedef genl_reply_fn - takes one message of an answer
 * @attrs: the attributes, after the generic netlink header
 * @len: their length
 * @data: of the caller
 *
 * Return: 0 to go on, or a negative errno that ends the request.
 */
typedef int (*genl_reply_fn)(const void *attrs, size_t len, void *data);

/* Forgets what earlier messages brought, for the dump begins again. */
typedef void (*genl_restart_fn)(void *data);

int genl_open(struct genl **genl, const char *family);
void genl_close(struct genl *genl);
struct nlmsghdr *genl_request(struct genl *genl, uint8_t cmd, uint8_t version);
int genl_do(struct genl *genl, genl_reply_fn reply, void *data);
int genl_dump(struct genl *genl, genl_reply_fn reply, genl_restart_fn restart,
	      void *data);
int genl_dump_begin(struct genl *genl);
int genl_dump_step(struct genl *genl, genl_reply_fn reply, void *data);
int genl_join(struct genl *genl, const char *family, const char *name);
int genl_set_buffer(struct genl *genl, unsigned int bytes);
int genl_fd(const struct genl *genl);
int genl_receive(struct genl *genl, uint8_t cmd, genl_reply_fn reply,
		 void *data);
const char *genl_extack(const struct genl *genl);

#endif /* TUPLESTAT_GENL_H */
