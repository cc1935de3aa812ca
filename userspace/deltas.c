// SPDX-License-Identifier: GPL-2.0
/* What was exported of flows that go on: totals to deltas. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <linux/tuplestat.h>

#include "deltas.h"
#include "tuple.h"

#define FIRST_BUCKETS 1024

/**
 * struct amounts - what one side had sent when its flow was exported
 * @packets: packets
 * @ip_bytes: bytes of layer 3 and up
 * @payload_bytes: bytes above TCP or UDP
 * @flags: packets with that TCP flag, which the kernel counts in 32 bits
 */
struct amounts {
	uint64_t packets;
	uint64_t ip_bytes;
	uint64_t payload_bytes;
	uint32_t flags[TCP_FLAG_COUNT];
};

/**
 * struct told - what was exported of a flow
 * @next: of the same bucket
 * @tuple: its 5-tuple
 * @first_ns: its first packet, as the wall clock was set then
 * @first_monotonic_ns: its first packet, as in struct flow
 * @elapsed_ns: from its first packet to its last one by then
 * @sent: what its sides had sent by then, as the tuple numbers them
 * @is_unseen: it was not among the flows the last time that all were shown
 * @is_seen: it was told of since then
 */
struct told {
	struct told *next;
	struct tstat_tuple tuple;
	uint64_t first_ns;
	uint64_t first_monotonic_ns;
	uint64_t elapsed_ns;
	struct amounts sent[2];
	bool is_unseen;
	bool is_seen;
};

/**
 * struct deltas - what was exported
 * @bucket: the first one of each bucket
 * @buckets: how many buckets, a power of two
 * @count: how many flows
 * @key: secret of the hash
 */
struct deltas {
	struct told **bucket;
	size_t buckets;
	size_t count;
	struct tstat_hash_key key;
};

/**
 * deltas_new - nothing was exported yet
 *
 * Return: NULL where there is no memory.
 */
struct deltas *deltas_new(void)
{
	struct deltas *deltas = calloc(1, sizeof(*deltas));

	if (!deltas)
		return NULL;
	deltas->bucket = calloc(FIRST_BUCKETS, sizeof(*deltas->bucket));
	deltas->buckets = FIRST_BUCKETS;
	if (deltas->bucket && getrandom(&deltas->key, sizeof(deltas->key), 0) ==
			      sizeof(deltas->key))
		return deltas;
	deltas_free(deltas);
	return NULL;
}

/**
 * deltas_free - forget all
 * @deltas: what was exported, or NULL
 */
void deltas_free(struct deltas *deltas)
{
	struct told *told, *next;
	size_t i;

	if (!deltas)
		return;
	for (i = 0; deltas->bucket && i < deltas->buckets; i++) {
		for (told = deltas->bucket[i]; told; told = next) {
			next = told->next;
			free(told);
		}
	}
	free(deltas->bucket);
	free(deltas);
}

static struct told **bucket_of(const struct deltas *deltas,
			       const struct tstat_tuple *tuple)
{
	uint64_t hash = tstat_tuple_hash(tuple, &deltas->key);

	return &deltas->bucket[hash & (deltas->buckets - 1)];
}

/* As many buckets as flows, if memory allows: else chains get longer. */
static void grow(struct deltas *deltas)
{
	struct deltas grown = *deltas;
	struct told *told, **bucket;
	size_t i;

	if (deltas->count < deltas->buckets)
		return;
	grown.buckets *= 2;
	grown.bucket = calloc(grown.buckets, sizeof(*grown.bucket));
	if (!grown.bucket)
		return;
	for (i = 0; i < deltas->buckets; i++) {
		while ((told = deltas->bucket[i])) {
			deltas->bucket[i] = told->next;
			bucket = bucket_of(&grown, &told->tuple);
			told->next = *bucket;
			*bucket = told;
		}
	}
	free(deltas->bucket);
	*deltas = grown;
}

/* Sets @side to the number of the originator. */
static struct tstat_tuple tuple_of(const struct flow *flow, unsigned int *side)
{
	struct tstat_tuple tuple;

	*side = tstat_tuple_init(&tuple, flow->family, flow->proto,
				 flow->orig.addr, flow->reply.addr,
				 htons(flow->orig.port),
				 htons(flow->reply.port));
	return tuple;
}

static bool has_more(const struct counters *now, const struct amounts *before)
{
	return now->packets >= before->packets &&
	       now->ip_bytes >= before->ip_bytes &&
	       now->payload_bytes >= before->payload_bytes;
}

/*
 * A guess, for a module that gives the time of the first packet on the wall
 * clock only, which can be set: the flow is the same if it is not reported as
 * new, and its counts are not lower.
 */
static bool may_be(const struct told *told, const struct flow *flow,
		   unsigned int orig)
{
	return !(flow->events & TUPLESTAT_EVENT_NEW) &&
	       has_more(&flow->orig.sent, &told->sent[orig]) &&
	       has_more(&flow->reply.sent, &told->sent[!orig]);
}

/* The link that leads to what was told of the flow, or to NULL. */
static struct told **find(const struct deltas *deltas,
			  const struct tstat_tuple *tuple,
			  const struct flow *flow, unsigned int orig)
{
	struct told **link = bucket_of(deltas, tuple), **other = NULL;

	for (; *link; link = &(*link)->next) {
		if (!tstat_tuple_equal(&(*link)->tuple, tuple) ||
		    (*link)->first_monotonic_ns != flow->first_monotonic_ns)
			continue;
		if (flow->first_monotonic_ns ||
		    (*link)->first_ns == flow->first_ns)
			return link;
		if (!other && may_be(*link, flow, orig))
			other = link;
	}
	return other ? other : link;
}

static uint16_t count_of(const struct counters *sent, enum tcp_flag flag)
{
	uint64_t count = sent->flags[flag];

	return count < UINT16_MAX ? (uint16_t)count : UINT16_MAX;
}

static void set_side(struct ipfix_side *side, const struct flow_end *end,
		     const struct amounts *before)
{
	const struct counters *sent = &end->sent;
	unsigned int flag;

	*side = (struct ipfix_side){
		.port = end->port,
		.syn = count_of(sent, TCP_FLAG_SYN),
		.fin = count_of(sent, TCP_FLAG_FIN),
		.rst = count_of(sent, TCP_FLAG_RST),
		.packets = sent->packets - before->packets,
		.ip_bytes = sent->ip_bytes - before->ip_bytes,
		.payload_bytes = sent->payload_bytes - before->payload_bytes,
	};
	memcpy(side->addr, end->addr, sizeof(side->addr));
	for (flag = 0; flag < TCP_FLAG_COUNT; flag++)
		if (sent->flags[flag] > before->flags[flag])
			side->tcp_flags |= (uint8_t)(1 << flag);
}

static void set_record(struct ipfix_record *record, const struct flow *flow,
		       uint8_t end_reason, const struct told *told,
		       unsigned int orig)
{
	static const struct amounts none;

	*record = (struct ipfix_record){
		.family = flow->family,
		.proto = flow->proto,
		.end_reason = end_reason,
		/* If the clock was set, both ends are on the new time. */
		.start_ns = flow->first_ns + (told ? told->elapsed_ns : 0),
		.end_ns = flow->last_ns,
	};
	/* After a wrong guess. */
	if (record->start_ns > record->end_ns)
		record->start_ns = record->end_ns;
	set_side(&record->orig, &flow->orig, told ? &told->sent[orig] : &none);
	set_side(&record->reply, &flow->reply,
		 told ? &told->sent[!orig] : &none);
}

/**
 * deltas_whole - a flow of which all is told at once
 * @flow: the flow
 * @end_reason: enum tuplestat_end_reason, for the record
 * @record: written whole
 */
void deltas_whole(const struct flow *flow, uint8_t end_reason,
		  struct ipfix_record *record)
{
	set_record(record, flow, end_reason, NULL, 0);
}

static void forget(struct deltas *deltas, struct told **link)
{
	struct told *told = *link;

	*link = told->next;
	free(told);
	deltas->count--;
}

static void set_amounts(struct amounts *amounts, const struct counters *sent)
{
	unsigned int flag;

	amounts->packets = sent->packets;
	amounts->ip_bytes = sent->ip_bytes;
	amounts->payload_bytes = sent->payload_bytes;
	for (flag = 0; flag < TCP_FLAG_COUNT; flag++)
		amounts->flags[flag] = (uint32_t)sent->flags[flag];
}

static int remember(struct deltas *deltas, struct told **link,
		    const struct tstat_tuple *tuple, const struct flow *flow,
		    unsigned int orig)
{
	struct told *told = *link;

	if (!told) {
		told = calloc(1, sizeof(*told));
		if (!told)
			return -ENOMEM;
		told->tuple = *tuple;
		*link = told;
		deltas->count++;
	}
	told->first_ns = flow->first_ns;
	told->first_monotonic_ns = flow->first_monotonic_ns;
	told->elapsed_ns = flow_duration(flow);
	set_amounts(&told->sent[orig], &flow->orig.sent);
	set_amounts(&told->sent[!orig], &flow->reply.sent);
	told->is_unseen = false;
	told->is_seen = true;
	grow(deltas);
	return 0;
}

/**
 * deltas_take - what came to a flow since it was last exported
 * @deltas: what was exported; afterwards this is
 * @flow: the flow, as an event or a list of flows tells of it
 * @end_reason: enum tuplestat_end_reason, for the record
 * @record: the record, written where there is one
 *
 * A flow that has ended (@flow says so) always has a record: it tells why.
 * What is older than what was exported already has none.
 *
 * Return: 1 where there is a record, 0 where there is nothing to tell, -ENOMEM
 * where nothing was changed.
 */
int deltas_take(struct deltas *deltas, const struct flow *flow,
		uint8_t end_reason, struct ipfix_record *record)
{
	struct tstat_tuple tuple;
	struct told **link, *told;
	unsigned int orig;
	bool has_ended;
	int ret;

	tuple = tuple_of(flow, &orig);
	link = find(deltas, &tuple, flow, orig);
	told = *link;
	has_ended = flow->events & TUPLESTAT_EVENT_END;
	/* Events wait while flows are listed, which are then newer. */
	if (told && (!has_more(&flow->orig.sent, &told->sent[orig]) ||
		     !has_more(&flow->reply.sent, &told->sent[!orig])))
		return 0;

	set_record(record, flow, end_reason, told, orig);
	if (has_ended && told)
		forget(deltas, link);
	if (has_ended)
		return 1;
	ret = remember(deltas, link, &tuple, flow, orig);
	if (ret)
		return ret;
	return record->orig.packets || record->reply.packets;
}

/**
 * deltas_prune - all flows that there are were told of since the last time
 * @deltas: what was exported
 *
 * Forgets those that were not among them twice: their end was missed. Not at
 * once: the event may be waiting.
 */
void deltas_prune(struct deltas *deltas)
{
	struct told **link;
	size_t i;

	for (i = 0; i < deltas->buckets; i++) {
		for (link = &deltas->bucket[i]; *link; ) {
			if (!(*link)->is_seen && (*link)->is_unseen) {
				forget(deltas, link);
				continue;
			}
			(*link)->is_unseen = !(*link)->is_seen;
			(*link)->is_seen = false;
			link = &(*link)->next;
		}
	}
}
