/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink attributes one after the other into room that was made sure of once:
 * what is said of each of very many flows. nla_put() asks for room each time,
 * and takes some sixty instructions; these take three to six.
 */
#ifndef _TSTAT_ATTRS_H
#define _TSTAT_ATTRS_H

#include <linux/string.h>
#include <net/netlink.h>

/**
 * struct tstat_attrs - where the next attribute goes
 * @at: there; aligned to NLA_ALIGNTO
 */
struct tstat_attrs {
	u8 *at;
};

/* What an attribute takes; of 64 bits, with the padding before it. */
#define TSTAT_ATTR_LEN(len) NLA_ALIGN(NLA_HDRLEN + (len))
#define TSTAT_ATTR64_LEN(len) (NLA_HDRLEN + TSTAT_ATTR_LEN(len))

/* Its header, and zeros where the last word of it is not full. */
static __always_inline void *tstat_attr_begin(struct tstat_attrs *attrs,
					      int type, u16 len)
{
	struct nlattr *attr = (struct nlattr *)attrs->at;

	attr->nla_len = NLA_HDRLEN + len;
	attr->nla_type = type;
	attrs->at += TSTAT_ATTR_LEN(len);
	if (len % NLA_ALIGNTO)
		*(u32 *)(attrs->at - NLA_ALIGNTO) = 0;
	return attr + 1;
}

static __always_inline void tstat_attr_u8(struct tstat_attrs *attrs, int type,
					  u8 value)
{
	*(u8 *)tstat_attr_begin(attrs, type, sizeof(value)) = value;
}

static __always_inline void tstat_attr_be16(struct tstat_attrs *attrs, int type,
					    __be16 value)
{
	*(__be16 *)tstat_attr_begin(attrs, type, sizeof(value)) = value;
}

static __always_inline void tstat_attr_u32(struct tstat_attrs *attrs, int type,
					   u32 value)
{
	*(u32 *)tstat_attr_begin(attrs, type, sizeof(value)) = value;
}

static __always_inline void tstat_attr_put(struct tstat_attrs *attrs, int type,
					   const void *from, u16 len)
{
	memcpy(tstat_attr_begin(attrs, type, len), from, len);
}

/* As nla_put_64bit(): where it matters, its payload is aligned to 8 bytes. */
static __always_inline void *tstat_attr_begin64(struct tstat_attrs *attrs,
						int type, u16 len, int pad)
{
#ifndef CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS
	if (IS_ALIGNED((unsigned long)attrs->at, 8))
		tstat_attr_begin(attrs, pad, 0);
#endif
	return tstat_attr_begin(attrs, type, len);
}

static __always_inline void tstat_attr_u64(struct tstat_attrs *attrs, int type,
					   u64 value, int pad)
{
	memcpy(tstat_attr_begin64(attrs, type, sizeof(value), pad), &value,
	       sizeof(value));
}

static __always_inline struct nlattr *
tstat_attr_nest(struct tstat_attrs *attrs, int type)
{
	struct nlattr *nest = (struct nlattr *)attrs->at;

	nest->nla_type = type | NLA_F_NESTED;
	attrs->at += NLA_HDRLEN;
	return nest;
}

static __always_inline void tstat_attr_nest_end(const struct tstat_attrs *attrs,
						struct nlattr *nest)
{
	nest->nla_len = attrs->at - (u8 *)nest;
}

#endif /* _TSTAT_ATTRS_H */
