/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records to a collector: they wait in a queue until they are sent, and what is
 * lost on the way is counted.
 */
#ifndef TUPLESTAT_EXPORTER_H
#define TUPLESTAT_EXPORTER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector.h"
#include "ipfix.h"

/* The most records that wait. */
#define EXPORTER_QUEUE (1U << 18)

/* Messages over TCP of which it is not known yet whether they have arrived. */
#define EXPORTER_WRITTEN 256

/**
 * struct exporter_written - messages that were written to a connection
 * @end: where the last of them ended, in bytes since the connection began
 * @records: how many records they have
 */
struct exporter_written {
	uint64_t end;
	uint64_t records;
};

/**
 * struct exporter - the way of records
 * @collector: where they go to
 * @ipfix: writes them
 * @in_session: @ipfix is of the connection that there is
 * @template_ms: time between two times that templates are sent, over UDP
 * @template_due_ms: when they are due
 * @queue: the records that wait, a ring of EXPORTER_QUEUE
 * @head: how many were put in
 * @tail: how many were taken out
 * @message: the message that is being written; of @ipfix
 * @len: its length, 0 for none
 * @done: how much of it is written
 * @records: how many of the queue's records are in it
 * @is_proven: there is a collector: a connection says so; over UDP, that it did
 *	not refuse the templates
 * @proof_ms: UDP: when that is so; 0 before the templates are sent
 * @paid_ms: UDP: until when what was sent is paid for
 * @refusable: UDP: records of the last message, which may be refused yet
 * @written: TCP: messages that were written, a ring
 * @written_head: how many were put in
 * @written_tail: how many were taken out
 * @bytes: TCP: written to the connection
 * @sent: records that were sent, and not lost as far as anybody knows
 * @lost: records that did not arrive, or found no room to wait
 * @lost_told: of those, the person knows
 * @failed: why there can be no more messages; NULL as long as there can
 */
struct exporter {
	struct collector collector;
	struct ipfix *ipfix;
	bool in_session;
	uint64_t template_ms;
	uint64_t template_due_ms;
	struct ipfix_record *queue;
	uint32_t head;
	uint32_t tail;
	const uint8_t *message;
	size_t len;
	size_t done;
	uint32_t records;
	bool is_proven;
	uint64_t proof_ms;
	uint64_t paid_ms;
	uint32_t refusable;
	struct exporter_written written[EXPORTER_WRITTEN];
	uint32_t written_head;
	uint32_t written_tail;
	uint64_t bytes;
	uint64_t sent;
	uint64_t lost;
	uint64_t lost_told;
	const char *failed;
};

/**
 * struct exporter_config - what a person decides
 * @to: HOST:PORT
 * @is_tcp: TCP, else UDP
 * @domain: observation domain
 * @template_s: seconds between two times that templates are sent, over UDP
 */
struct exporter_config {
	const char *to;
	bool is_tcp;
	uint32_t domain;
	uint32_t template_s;
};

uint64_t exporter_now_ms(void);
int exporter_open(struct exporter *exporter,
		  const struct exporter_config *config);
void exporter_close(struct exporter *exporter);
bool exporter_is_full(const struct exporter *exporter);
void exporter_put(struct exporter *exporter, const struct ipfix_record *record);
void exporter_work(struct exporter *exporter);
int exporter_poll(const struct exporter *exporter, struct pollfd *fd);
void exporter_finish(struct exporter *exporter);

#endif /* TUPLESTAT_EXPORTER_H */
