// SPDX-License-Identifier: GPL-2.0
/* Records to a collector: the queue, messages, and what becomes of them. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "exporter.h"
#include "flow.h"

/*
 * Over UDP nobody tells when it is too much: a message a millisecond, but for
 * so many that may go at once. A socket has room for about ninety.
 */
#define BURST_MS 16

/* At the end: how long nothing may get on until it is given up. */
#define FINISH_MS 5000

/* At the end: how often acknowledgments are looked for. */
#define WAIT_MS 20

/*
 * After a datagram that nobody listens for: when that is known. Who dies is
 * found out by the message that is refused then. Who comes back knows no
 * template, and ignores what he cannot read without a word: so that templates
 * go first, until they are not refused, and records wait for them.
 */
#define REFUSAL_MS 100

/**
 * exporter_now_ms - the time
 *
 * Return: milliseconds of the monotonic clock.
 */
uint64_t exporter_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec /
					     NS_PER_MSEC;
}

/**
 * exporter_open - prepare to export; the collector is connected later
 * @exporter: written whole; to be closed also where this fails
 * @config: what the person decided
 *
 * What goes wrong is told to the person here.
 *
 * Return: an exit code.
 */
int exporter_open(struct exporter *exporter,
		  const struct exporter_config *config)
{
	char error[COLLECTOR_ERROR_LEN];
	const char *reason;
	int ret;

	*exporter = (struct exporter){
		.template_ms = (uint64_t)config->template_s * 1000,
	};
	ret = collector_open(&exporter->collector, config->to, config->is_tcp,
			     error);
	if (ret) {
		cli_error("%s", error);
		return ret == -EINVAL ? CLI_USAGE : CLI_REFUSED;
	}
	/* How long messages can be is known for a connection only. */
	exporter->ipfix = ipfix_new(config->domain, &reason);
	if (!exporter->ipfix) {
		cli_error("cannot write IPFIX: %s", reason);
		return CLI_REFUSED;
	}
	exporter->queue = malloc(EXPORTER_QUEUE * sizeof(*exporter->queue));
	if (!exporter->queue) {
		cli_error("%s", strerror(ENOMEM));
		return CLI_REFUSED;
	}
	return CLI_OK;
}

/**
 * exporter_close - the end of an export
 * @exporter: the exporter
 */
void exporter_close(struct exporter *exporter)
{
	collector_close(&exporter->collector);
	ipfix_free(exporter->ipfix);
	free(exporter->queue);
}

static uint32_t count_waiting(const struct exporter *exporter)
{
	return exporter->head - exporter->tail;
}

/**
 * exporter_is_full - whether the next record would find no room
 * @exporter: the exporter
 */
bool exporter_is_full(const struct exporter *exporter)
{
	return count_waiting(exporter) == EXPORTER_QUEUE;
}

static struct ipfix_record *record_at(const struct exporter *exporter,
				      uint32_t number)
{
	return &exporter->queue[number % EXPORTER_QUEUE];
}

/**
 * exporter_put - have a record sent
 * @exporter: the exporter; where it is full, the record is lost
 * @record: the record
 */
void exporter_put(struct exporter *exporter, const struct ipfix_record *record)
{
	if (exporter_is_full(exporter) || exporter->failed) {
		exporter->lost++;
		return;
	}
	*record_at(exporter, exporter->head++) = *record;
}

/* --- what was written to a TCP connection, and is on its way --- */

static void forget_acknowledged(struct exporter *exporter)
{
	uint64_t arrived = exporter->bytes -
		collector_unacknowledged(&exporter->collector);

	while (exporter->written_tail != exporter->written_head &&
	       exporter->written[exporter->written_tail %
				 EXPORTER_WRITTEN].end <= arrived)
		exporter->written_tail++;
}

static void note_written(struct exporter *exporter)
{
	struct exporter_written *last;

	forget_acknowledged(exporter);
	/* Without room, it stands with the one before. */
	if (exporter->written_head - exporter->written_tail <
	    EXPORTER_WRITTEN) {
		last = &exporter->written[exporter->written_head++ %
					  EXPORTER_WRITTEN];
		last->records = 0;
	} else {
		last = &exporter->written[(exporter->written_head - 1) %
					  EXPORTER_WRITTEN];
	}
	last->end = exporter->bytes;
	last->records += exporter->records;
}

static void lose(struct exporter *exporter, uint64_t records)
{
	exporter->sent -= records;
	exporter->lost += records;
}

/*
 * What had not arrived is lost; what is in the queue is sent when there is a
 * connection again, also the message that was written in part.
 */
static void lose_connection(struct exporter *exporter, int error)
{
	uint32_t i;

	if (exporter->collector.is_tcp)
		forget_acknowledged(exporter);
	else
		lose(exporter, exporter->refusable);
	for (i = exporter->written_tail; i != exporter->written_head; i++)
		lose(exporter, exporter->written[i % EXPORTER_WRITTEN].records);
	exporter->written_tail = exporter->written_head;
	exporter->in_session = false;
	exporter->len = 0;
	collector_fail(&exporter->collector, error, exporter_now_ms());
}

/* --- messages --- */

/* An error of the library, of which nothing can come right any more. */
static void give_up(struct exporter *exporter)
{
	exporter->failed = ipfix_error(exporter->ipfix);
	exporter->lost += count_waiting(exporter);
	exporter->tail = exporter->head;
	exporter->len = 0;
}

/* Not only at the end, which may be far: whenever there is a connection again. */
static void tell_losses(struct exporter *exporter)
{
	if (exporter->lost != exporter->lost_told)
		cli_error("%" PRIu64 " records lost so far", exporter->lost);
	exporter->lost_told = exporter->lost;
}

static int begin_session(struct exporter *exporter)
{
	size_t len;

	if (exporter->in_session)
		return 0;
	len = collector_message_max(&exporter->collector);
	if (len < IPFIX_MESSAGE_MIN)
		len = IPFIX_MESSAGE_MIN;
	tell_losses(exporter);
	exporter->in_session = true;
	exporter->is_proven = exporter->collector.is_tcp;
	exporter->proof_ms = 0;
	exporter->template_due_ms = 0;
	exporter->bytes = 0;
	exporter->refusable = 0;
	return ipfix_begin_session(exporter->ipfix, (uint16_t)len);
}

static bool are_templates_due(const struct exporter *exporter, uint64_t now_ms)
{
	return now_ms >= exporter->template_due_ms;
}

static int put_templates(struct exporter *exporter, uint64_t now_ms)
{
	exporter->records = 0;
	exporter->template_due_ms = exporter->collector.is_tcp ?
		UINT64_MAX : now_ms + exporter->template_ms;
	return ipfix_put_templates(exporter->ipfix);
}

static int put_records(struct exporter *exporter)
{
	uint32_t number;
	int ret = 0;

	exporter->records = 0;
	for (number = exporter->tail; number != exporter->head; number++) {
		ret = ipfix_put(exporter->ipfix, record_at(exporter, number));
		if (ret)
			break;
		exporter->records++;
	}
	return ret == -ENOSPC && exporter->records ? 0 : ret;
}

/* Makes a message of what waits, if anything does. */
static bool make_message(struct exporter *exporter, uint64_t now_ms)
{
	int ret;

	if (exporter->len)
		return true;
	if (!count_waiting(exporter))
		return false;
	ret = begin_session(exporter);
	if (!ret && are_templates_due(exporter, now_ms))
		ret = put_templates(exporter, now_ms);
	else if (!ret)
		ret = put_records(exporter);
	if (!ret)
		exporter->message = ipfix_end_message(exporter->ipfix,
						      &exporter->len);
	if (ret || !exporter->message) {
		give_up(exporter);
		return false;
	}
	exporter->done = 0;
	return true;
}

static void end_message(struct exporter *exporter)
{
	exporter->tail += exporter->records;
	exporter->sent += exporter->records;
	exporter->len = 0;
	if (exporter->collector.is_tcp)
		note_written(exporter);
	else if (exporter->records)
		exporter->refusable = exporter->records;
}

/* --- what can be sent now --- */

/* Returns whether to go on. */
static bool write_stream(struct exporter *exporter)
{
	int ret = collector_write(&exporter->collector,
				  exporter->message + exporter->done,
				  exporter->len - exporter->done);

	if (ret < 0) {
		lose_connection(exporter, -ret);
		return false;
	}
	exporter->done += (size_t)ret;
	exporter->bytes += (uint64_t)ret;
	if (exporter->done < exporter->len)
		return false;
	end_message(exporter);
	return true;
}

static bool is_paid(const struct exporter *exporter, uint64_t now_ms)
{
	return exporter->paid_ms < now_ms + BURST_MS;
}

/* How long to wait before the next message may be sent; 0 for not at all. */
static uint64_t hold_ms(const struct exporter *exporter, uint64_t now_ms)
{
	if (!exporter->is_proven && exporter->proof_ms > now_ms)
		return exporter->proof_ms - now_ms;
	return is_paid(exporter, now_ms) ? 0 : 1;
}

static bool write_datagram(struct exporter *exporter, uint64_t now_ms)
{
	int ret;

	if (hold_ms(exporter, now_ms))
		return false;
	/* An error is of the message before, and this one is not sent. */
	ret = collector_write(&exporter->collector, exporter->message,
			      exporter->len);
	if (ret < 0)
		lose_connection(exporter, -ret);
	if (ret <= 0)
		return false;
	end_message(exporter);
	if (!exporter->is_proven)
		exporter->proof_ms = now_ms + REFUSAL_MS;
	if (exporter->paid_ms < now_ms)
		exporter->paid_ms = now_ms;
	exporter->paid_ms++;
	return true;
}

/* What has come back since: over TCP the end, over UDP a refusal. */
static bool check(struct exporter *exporter, uint64_t now_ms)
{
	int error = -collector_check(&exporter->collector);

	if (error) {
		lose_connection(exporter, error);
		return false;
	}
	if (exporter->in_session && !exporter->is_proven &&
	    exporter->proof_ms && now_ms >= exporter->proof_ms) {
		exporter->is_proven = true;
		collector_confirm(&exporter->collector);
	}
	return true;
}

/**
 * exporter_work - send what can be sent now
 * @exporter: the exporter
 */
void exporter_work(struct exporter *exporter)
{
	uint64_t now_ms = exporter_now_ms();

	if (!collector_is_up(&exporter->collector, now_ms) ||
	    !check(exporter, now_ms))
		return;
	while (make_message(exporter, now_ms)) {
		if (exporter->collector.is_tcp ? !write_stream(exporter) :
						 !write_datagram(exporter,
								 now_ms))
			break;
	}
}

/**
 * exporter_poll - what to wait for before there is work again
 * @exporter: the exporter
 * @fd: written whole, for poll()
 *
 * Return: how long at most, in milliseconds; -1 for any time.
 */
int exporter_poll(const struct exporter *exporter, struct pollfd *fd)
{
	uint64_t now_ms = exporter_now_ms(), hold;
	bool waits = exporter->len && !exporter->failed;
	int ms;

	hold = waits ? hold_ms(exporter, now_ms) : 0;
	ms = collector_poll(&exporter->collector, waits && !hold, fd, now_ms);
	return exporter->collector.state == COLLECTOR_UP && hold ? (int)hold :
								   ms;
}

/* Works until something has happened, or for a while. */
static void wait_a_while(struct exporter *exporter)
{
	struct pollfd fd;
	int ms = exporter_poll(exporter, &fd);

	/* Of acknowledgments poll() does not tell. */
	if (ms < 0 || ms > WAIT_MS)
		ms = WAIT_MS;
	poll(&fd, 1, ms);
	exporter_work(exporter);
}

/* What is to be waited for: it changes, or nothing gets on. */
static uint64_t count_unfinished(const struct exporter *exporter)
{
	size_t bytes = exporter->collector.state == COLLECTOR_UP ?
		collector_unacknowledged(&exporter->collector) : 0;

	return (uint64_t)count_waiting(exporter) + bytes;
}

/* A refusal of the last message comes behind it. */
static void await_refusal(struct exporter *exporter)
{
	struct pollfd fd = { .fd = exporter->collector.fd };

	poll(&fd, 1, REFUSAL_MS);
	check(exporter, exporter_now_ms());
}

/**
 * exporter_finish - send all that waits, as far as that is possible
 * @exporter: the exporter
 *
 * What is not sent when nothing has got on for a few seconds is lost.
 */
void exporter_finish(struct exporter *exporter)
{
	uint64_t left, before = UINT64_MAX, until_ms = 0;
	bool is_up;

	exporter_work(exporter);
	while ((left = count_unfinished(exporter))) {
		if (left != before)
			until_ms = exporter_now_ms() + FINISH_MS;
		before = left;
		if (exporter_now_ms() >= until_ms)
			break;
		wait_a_while(exporter);
	}
	is_up = exporter->collector.state == COLLECTOR_UP;
	if (!exporter->collector.is_tcp && is_up && exporter->refusable)
		await_refusal(exporter);
	else if (is_up && collector_unacknowledged(&exporter->collector))
		lose_connection(exporter, ETIMEDOUT);
	exporter->lost += count_waiting(exporter);
	exporter->tail = exporter->head;
}
