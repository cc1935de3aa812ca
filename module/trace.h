/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints tuplestat:flow_new, flow_established and flow_end. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tuplestat

#if !defined(_TSTAT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TSTAT_TRACE_H

#include <linux/tracepoint.h>

#include "core/record.h"

#ifndef _TSTAT_TRACE_ENDS
#define _TSTAT_TRACE_ENDS
/* An address as printk's %pIS takes it. */
static inline void tstat_trace_end(const struct tstat_record *rec,
				   unsigned int side, u8 *to)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *in = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*in6));
	in6->sin6_family = rec->tuple.family;
	in6->sin6_port = rec->tuple.port[side];
	if (rec->tuple.family == AF_INET)
		memcpy(&in->sin_addr, rec->tuple.addr[side].bytes, 4);
	else
		memcpy(&in6->sin6_addr, rec->tuple.addr[side].bytes, 16);
}
#endif

/*
 * Context: the flow is locked, bottom halves are off. @orig and @reply are
 * struct sockaddr_in or sockaddr_in6; packets and bytes (of layer 3 and up) are
 * those of both sides; end_reason is enum tuplestat_end_reason, 0 while it lives.
 */
DECLARE_EVENT_CLASS(tstat_flow,
	TP_PROTO(const struct tstat_record *rec, u8 end_reason),
	TP_ARGS(rec, end_reason),
	TP_STRUCT__entry(
		__array(u8, orig, sizeof(struct sockaddr_in6))
		__array(u8, reply, sizeof(struct sockaddr_in6))
		__field(u64, packets)
		__field(u64, bytes)
		__field(u8, proto)
		__field(u8, state)
		__field(u8, end_reason)
	),
	TP_fast_assign(
		tstat_trace_end(rec, tstat_record_orig(rec), __entry->orig);
		tstat_trace_end(rec, !tstat_record_orig(rec), __entry->reply);
		__entry->packets = rec->side[0].packets + rec->side[1].packets;
		__entry->bytes = rec->side[0].ip_bytes + rec->side[1].ip_bytes;
		__entry->proto = rec->tuple.proto;
		__entry->state = rec->state;
		__entry->end_reason = end_reason;
	),
	TP_printk("%s %pISpc -> %pISpc state=%u packets=%llu bytes=%llu end_reason=%u",
		  __entry->proto == IPPROTO_TCP ? "tcp" : "udp",
		  __entry->orig, __entry->reply, __entry->state,
		  __entry->packets, __entry->bytes, __entry->end_reason)
);

DEFINE_EVENT(tstat_flow, flow_new,
	TP_PROTO(const struct tstat_record *rec, u8 end_reason),
	TP_ARGS(rec, end_reason)
);

DEFINE_EVENT(tstat_flow, flow_established,
	TP_PROTO(const struct tstat_record *rec, u8 end_reason),
	TP_ARGS(rec, end_reason)
);

DEFINE_EVENT(tstat_flow, flow_end,
	TP_PROTO(const struct tstat_record *rec, u8 end_reason),
	TP_ARGS(rec, end_reason)
);

#endif /* _TSTAT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
