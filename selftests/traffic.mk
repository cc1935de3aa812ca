# SPDX-License-Identifier: GPL-2.0
# Rules for traffic_server and traffic_client, for selftests/Makefile to
# include; the two are $(TRAFFIC_PROGS), the target for both is "traffic".
# Alone: make -f selftests/traffic.mk traffic [CC=clang]

traffic-dir := $(dir $(lastword $(MAKEFILE_LIST)))
traffic-goal := $(.DEFAULT_GOAL)

TRAFFIC_OUT ?= $(or $(OUTPUT),$(traffic-dir)../build/selftests)
TRAFFIC_CFLAGS ?= -std=gnu11 -O2 -Wall -Wextra -Werror
TRAFFIC_PROGS := $(TRAFFIC_OUT)/traffic_server $(TRAFFIC_OUT)/traffic_client

.PHONY: traffic traffic-check traffic-clean
traffic: $(TRAFFIC_PROGS)

$(TRAFFIC_PROGS): $(TRAFFIC_OUT)/%: $(traffic-dir)%.c $(traffic-dir)traffic.c \
		  $(traffic-dir)traffic.h
	@mkdir -p $(@D)
	$(CC) $(TRAFFIC_CFLAGS) -o $@ $(filter %.c,$^)

traffic-check: $(TRAFFIC_PROGS)
	TRAFFIC_DIR=$(TRAFFIC_OUT) $(traffic-dir)unit/test_traffic.sh

traffic-clean:
	$(RM) $(TRAFFIC_PROGS)

# Whoever includes this keeps the default goal that it had, or will have.
.DEFAULT_GOAL := $(traffic-goal)
