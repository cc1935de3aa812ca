/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. */
#ifndef _TSTAT_NETLINK_H
#define _TSTAT_NETLINK_H

int tstat_netlink_register(void);
void tstat_netlink_unregister(void);

#endif /* _TSTAT_NETLINK_H */
