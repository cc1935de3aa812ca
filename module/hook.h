/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets come in. */
#ifndef _TSTAT_HOOK_H
#define _TSTAT_HOOK_H

struct net;

int tstat_hook_register(struct net *net);
void tstat_hook_unregister(struct net *net);

#endif /* _TSTAT_HOOK_H */
