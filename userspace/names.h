/* SPDX-License-Identifier: GPL-2.0 */
/* The words for what flows hold, the same in every output and in filters. */
#ifndef TUPLESTAT_NAMES_H
#define TUPLESTAT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "flow.h"
#include "stats.h"

/*
 * Fits an address; a port or its name, where longer names are given as numbers;
 * and both, in brackets.
 */
#define NAMES_ADDR_LEN 46
#define NAMES_PORT_LEN 25
#define NAMES_ENDPOINT_LEN 80

/* Fits a date, a time to the nanosecond, and the offset from UTC. */
#define NAMES_TIME_LEN 64

/* Fits the name of a timeout. */
#define NAMES_TIMEOUT_LEN 32

struct services;

const char *names_proto(uint8_t proto);
const char *names_state(uint8_t state);
const char *names_state_meaning(uint8_t state);
const char *names_state_word(unsigned int i);
int names_state_find(const char *text, size_t len);
const char *names_conn_state(uint8_t conn_state);
const char *names_conn_state_word(unsigned int i);
int names_conn_state_find(const char *text, size_t len);
const char *names_tcp_flag(enum tcp_flag flag);
const char *names_end_reason(uint32_t reason);
const char *names_unattributed(uint32_t reason);
const char *names_unusual(uint32_t kind);
const char *names_unusual_meaning(uint32_t kind);
const char *names_event(unsigned int bit);
const char *names_timeout(unsigned int timeout);
const char *names_timeout_word(unsigned int timeout);
const char *names_ledger_check(enum ledger_check check);
void names_time(char buf[NAMES_TIME_LEN], uint64_t ns, int digits);

struct services *names_services_load(void);
void names_services_free(struct services *services);
char *names_port(char buf[NAMES_PORT_LEN], uint8_t proto, uint16_t port,
		 const struct services *services);
char *names_addr(char buf[NAMES_ADDR_LEN], uint8_t family,
		 const struct flow_end *end);
char *names_endpoint(char buf[NAMES_ENDPOINT_LEN], const struct flow *flow,
		     const struct flow_end *end,
		     const struct services *services);

#endif /* TUPLESTAT_NAMES_H */
