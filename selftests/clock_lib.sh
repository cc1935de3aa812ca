# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests share that set the wall clock; sourced after lib.sh.

# In the guest, /out is a file system of the host (vm/init).
grep -qE '^[^ ]+ /out (9p|hostfs) ' /proc/mounts || skip_all "this test sets the clock, and this is not the guest"

_ahead=0

# set_clock_by SECONDS: sets the wall clock ahead, or back if negative, until the test exits
set_clock_by()
{
	date -s "@$((${EPOCHREALTIME%[.,]*} + $1)).${EPOCHREALTIME#*[.,]}" >/dev/null
	_ahead=$((_ahead + $1))
}

_set_clock_right()
{
	[ "$_ahead" -eq 0 ] || set_clock_by $((-_ahead))
}
at_exit _set_clock_right
