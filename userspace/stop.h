/* SPDX-License-Identifier: GPL-2.0 */
/* For commands that go on until somebody has had enough. */
#ifndef TUPLESTAT_STOP_H
#define TUPLESTAT_STOP_H

int stop_open(int *fd);
void stop_catch(int signal);

#endif /* TUPLESTAT_STOP_H */
