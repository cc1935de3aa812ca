/* SPDX-License-Identifier: GPL-2.0 */
/* The end of work that has none of its own. */
#ifndef TUPLESTAT_STOP_H
#define TUPLESTAT_STOP_H

int stop_on_signals(int *fd);

#endif /* TUPLESTAT_STOP_H */
