/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way to a collector, over UDP or TCP. Nothing here waits: what cannot be
 * done now is done in another call, when poll() says that it can.
 */
#ifndef TUPLESTAT_COLLECTOR_H
#define TUPLESTAT_COLLECTOR_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COLLECTOR_ERROR_LEN 512

/**
 * enum collector_state - where it is
 * @COLLECTOR_DOWN: not connected; tried again at @due_ms
 * @COLLECTOR_CONNECTING: TCP, no answer yet; given up at @due_ms
 * @COLLECTOR_UP: connected; over UDP that says nothing of the other side
 */
enum collector_state {
	COLLECTOR_DOWN,
	COLLECTOR_CONNECTING,
	COLLECTOR_UP,
};

/**
 * struct collector - a collector
 * @name: as the person typed it
 * @is_tcp: TCP, else UDP
 * @addresses: what @name stands for
 * @next: the one to try next; NULL for the first
 * @fd: the socket, -1 for none
 * @state: where it is
 * @due_ms: of the monotonic clock
 * @pause_ms: how long to wait before the next attempt
 * @was_told: the person knows that it cannot be reached
 */
struct collector {
	const char *name;
	bool is_tcp;
	struct addrinfo *addresses;
	struct addrinfo *next;
	int fd;
	enum collector_state state;
	uint64_t due_ms;
	unsigned int pause_ms;
	bool was_told;
};

int collector_open(struct collector *collector, const char *name, bool is_tcp,
		   char error[COLLECTOR_ERROR_LEN]);
void collector_close(struct collector *collector);
bool collector_is_up(struct collector *collector, uint64_t now_ms);
int collector_poll(const struct collector *collector, bool has_more,
		   struct pollfd *fd, uint64_t now_ms);
size_t collector_message_max(const struct collector *collector);
int collector_write(struct collector *collector, const uint8_t *bytes,
		    size_t len);
int collector_check(struct collector *collector);
size_t collector_unacknowledged(const struct collector *collector);
void collector_confirm(struct collector *collector);
void collector_fail(struct collector *collector, int error, uint64_t now_ms);

#endif /* TUPLESTAT_COLLECTOR_H */
