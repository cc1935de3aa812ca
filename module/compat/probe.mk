# SPDX-License-Identifier: GPL-2.0
# What the kernel being built against offers, found by looking at its headers:
# version numbers do not tell, since stable kernels take features back.

tstat-genetlink := $(srctree)/include/net/genetlink.h
tstat-has = $(shell grep -qsw '$(2)' $(1) && echo -D$(3))

# genl_info_dump(cb)->attrs in place of genl_dumpit_info(cb)->attrs (6.6)
ccflags-y += $(call tstat-has,$(tstat-genetlink),genl_info_dump,TSTAT_HAVE_GENL_INFO_DUMP)
# operations from resv_start_op on refuse a non-zero genlmsghdr.reserved (6.1)
ccflags-y += $(call tstat-has,$(tstat-genetlink),resv_start_op,TSTAT_HAVE_RESV_START_OP)
# who joins a multicast group can be asked for CAP_NET_ADMIN (6.7, and stable kernels)
ccflags-y += $(call tstat-has,$(tstat-genetlink),GENL_MCAST_CAP_NET_ADMIN,TSTAT_HAVE_MCAST_CAP_NET_ADMIN)
# linux/unaligned.h in place of asm/unaligned.h (6.12)
ccflags-y += $(if $(wildcard $(srctree)/include/linux/unaligned.h),-DTSTAT_HAVE_LINUX_UNALIGNED)
