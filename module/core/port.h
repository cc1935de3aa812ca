/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one file of the core that knows which side it is compiled for: the
 * kernel module, or a program (the command, the unit tests, the fuzzers).
 */
#ifndef _TSTAT_CORE_PORT_H
#define _TSTAT_CORE_PORT_H

#ifdef __KERNEL__

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/types.h>

#include "../compat/unaligned.h"

#else /* !__KERNEL__ */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;

#define __force
#define U8_MAX UINT8_MAX
#define U16_MAX UINT16_MAX
#define U32_MAX UINT32_MAX
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define READ_ONCE(x) (x)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* By their numbers: glibc's <netinet/in.h> leaves it out. */
#ifndef IPPROTO_MH
#define IPPROTO_MH 135
#endif

static inline u16 get_unaligned_be16(const void *from)
{
	const u8 *p = from;

	return (u16)(p[0] << 8 | p[1]);
}

static inline u32 get_unaligned_be32(const void *from)
{
	const u8 *p = from;

	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static inline u16 get_unaligned_le16(const void *from)
{
	const u8 *p = from;

	return (u16)(p[1] << 8 | p[0]);
}

static inline u32 get_unaligned_le32(const void *from)
{
	const u8 *p = from;

	return p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
}

static inline u64 get_unaligned_le64(const void *from)
{
	const u8 *p = from;
	u64 value = 0;
	int i;

	for (i = 7; i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

#endif /* __KERNEL__ */

#include <linux/tuplestat.h>

#endif /* _TSTAT_CORE_PORT_H */
