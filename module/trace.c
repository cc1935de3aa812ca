// SPDX-License-Identifier: GPL-2.0
/* Where the tracepoints are made. */
#include <linux/in.h>
#include <linux/in6.h>

#define CREATE_TRACE_POINTS
#include "trace.h"
