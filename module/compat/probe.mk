# SPDX-License-Identifier: GPL-2.0
# What the kernel being built against offers, found by looking at its headers:
# version numbers do not tell, since stable kernels take features back.

tstat-genetlink := $(srctree)/include/net/genetlink.h
tstat-ip6-route := $(srctree)/include/net/ip6_route.h
tstat-sched := $(srctree)/include/linux/sched.h
# $(call tstat-has,HEADER,TEXT,MACRO)
tstat-has = $(shell grep -qsw '$(2)' $(1) && echo -D$(3))
# $(call tstat-has-member,HEADER,STRUCT,MEMBER,MACRO)
tstat-has-member = $(shell sed -n '/^struct $(2) {/,/^}/p' $(1) | grep -qw '$(3)' && echo -D$(4))

# genl_info_dump(cb)->attrs in place of genl_dumpit_info(cb)->attrs (6.6)
ccflags-y += $(call tstat-has,$(tstat-genetlink),genl_info_dump,TSTAT_HAVE_GENL_INFO_DUMP)
# operations from resv_start_op on refuse a non-zero genlmsghdr.reserved (6.1)
ccflags-y += $(call tstat-has,$(tstat-genetlink),resv_start_op,TSTAT_HAVE_RESV_START_OP)
# who joins a multicast group can be asked for CAP_NET_ADMIN (6.7, and stable kernels)
ccflags-y += $(call tstat-has,$(tstat-genetlink),GENL_MCAST_CAP_NET_ADMIN,TSTAT_HAVE_MCAST_CAP_NET_ADMIN)
# or, before that, for the same by the flag of operations (5.12, and stable kernels)
ccflags-y += $(call tstat-has-member,$(tstat-genetlink),genl_multicast_group,flags,TSTAT_HAVE_MCAST_FLAGS)
# ip6_skb_dst_mtu() of a packet that is not to be changed (5.14)
ccflags-y += $(call tstat-has,$(tstat-ip6-route),ip6_skb_dst_mtu.const struct sk_buff,TSTAT_HAVE_IP6_SKB_DST_MTU_CONST)
# current->in_nf_duplicate in place of the per-CPU nf_skb_duplicated (6.16)
ccflags-y += $(call tstat-has-member,$(tstat-sched),task_struct,in_nf_duplicate,TSTAT_HAVE_IN_NF_DUPLICATE)
# linux/unaligned.h in place of asm/unaligned.h (6.12)
ccflags-y += $(if $(wildcard $(srctree)/include/linux/unaligned.h),-DTSTAT_HAVE_LINUX_UNALIGNED)
