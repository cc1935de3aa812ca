#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a packet of a capture costs, on this machine, by callgrind: replay.sh FIGURES SUBJECT... Each reads a short and a
# long capture of the same 1,000 TCP connections, and tells of each connection: so what it takes to start is not counted.
set -euo pipefail
# shellcheck source=../vm/env.sh
. "$(dirname "$0")/../vm/env.sh"

figures=$1
shift
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# instructions COMMAND...
instructions()
{
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p'
}

# read_capture SUBJECT FILE
read_capture()
{
	case $1 in
	tuplestat) instructions "$BUILD/tuplestat" -n -r "$2" ;;
	tcptrace) instructions tcptrace -n "$2" ;;
	tshark) instructions tshark -n -q -z conv,tcp -r "$2" ;;
	*) die "$1: tuplestat, tcptrace or tshark?" ;;
	esac
}

# capture NAME ROUNDS: prints how many packets it has
capture()
{
	"$BUILD/selftests/bench/send" tcp --server 10.2.0.1 --write "$tmp/$1" --flows 1000 --rounds "$2" | jq .sent
}

short=$(capture short 1)
long=$(capture long 6)
for subject; do
	few=$(read_capture "$subject" "$tmp/short")
	many=$(read_capture "$subject" "$tmp/long")
	echo "replay $subject $(((many - few) / (long - short)))" | tee -a "$figures"
done
