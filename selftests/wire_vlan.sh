#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What goes through a VLAN device counts once, at either end and where it is routed from one VLAN to another: as a
# capture on the device below has it, tags not included.
. "$(dirname "$0")/wire_lib.sh"
need tcpdump tshark jq

load_module
setup_ns A R B
veth_pair "$A" veth0 "" "$R" trunk ""
veth_pair "$B" veth0 10.0.2.2/24,fd00:2::2/64 "$R" right 10.0.2.1/24,fd00:2::1/64

# vlan NS DEVICE NAME ID ADDRESSES
vlan()
{
	ip -n "$1" link add link "$2" name "$3" type vlan id "$4"
	_addresses "$3" "$5" | ip -n "$1" -batch -
}

vlan "$A" veth0 ten 10 10.0.1.2/24,fd00:1::2/64
vlan "$A" veth0 twenty 20 10.0.3.2/24,fd00:3::2/64
vlan "$R" trunk ten 10 10.0.1.1/24,fd00:1::1/64
vlan "$R" trunk twenty 20 10.0.3.1/24,fd00:3::1/64
default_routes "$A" 1
default_routes "$B" 2
forward "$R"
for ns in "$A" "$R"; do
	tuplestat -N "$ns" start
done
capture "$R" trunk

for addr in 10.0.3.1 fd00:3::1; do # to the other end of a VLAN
	converse "$R" "$A" tcp general "$addr" 5000 40000 --count 3
	converse "$R" "$A" udp echo "$addr" 5001 40000 --count 4
done
for addr in 10.0.2.2 fd00:2::2; do # from a VLAN to a device without tags
	converse "$B" "$A" tcp thanks "$addr" 5000 40001
	converse "$B" "$A" udp echo "$addr" 5001 40001 --count 5
done
end_capture 10.0.1.2
count_now "$A" "$R"

# frames FILTER: how many of the capture; what stands behind "vlan" is looked for behind a tag
frames()
{
	tcpdump -r "$CAPTURE" --count "$1" 2>/dev/null | tr -dc 0-9
}

check "the captured packets have tags" [ "$(frames "vlan 20 and udp")" -gt 0 ]
check_equal "and all of them have" 0 "$(frames "(tcp or udp) and not vlan")"
for side in "end $A" "router $R"; do
	for kind in tcp4 tcp6 udp4 udp6; do
		check_captured "$kind, ${side% *}: as captured on the device below" "${side#* }" bytes "$kind"
	done
done
check_ledgers "the ledgers balance" "$A" "$R"
finish
