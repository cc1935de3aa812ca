/* SPDX-License-Identifier: GPL-2.0 */
/* A grid on the terminal, and its keys. */
#ifndef TUPLESTAT_TOP_SCREEN_H
#define TUPLESTAT_TOP_SCREEN_H

#include "grid.h"

/* top_screen_key(): there is none; and, the terminal has another size. */
#define TOP_KEY_NONE (-1)
#define TOP_KEY_RESIZE (-2)

/* Fits why the terminal cannot be used. */
#define TOP_SCREEN_ERROR_LEN 256

int top_screen_open(char error[TOP_SCREEN_ERROR_LEN]);
void top_screen_close(void);
int top_screen_fit(struct grid *grid);
void top_screen_show(const struct grid *grid);
int top_screen_key(void);

#endif /* TUPLESTAT_TOP_SCREEN_H */
