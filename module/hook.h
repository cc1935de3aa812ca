/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets come in. */
#ifndef _TSTAT_HOOK_H
#define _TSTAT_HOOK_H

struct tstat_net;

int tstat_hook_register(struct tstat_net *tn);
void tstat_hook_unregister(struct tstat_net *tn);

#endif /* _TSTAT_HOOK_H */
