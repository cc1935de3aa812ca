#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# IPVS sends the packets that it forwards through LOCAL_OUT. A director counts each of them once: as received, or as
# sent if the director itself is the client. The outer packets of a tunnel that they take count as well.
#
#	C veth0 --- left D right --- veth0 S
#	  back ---------------------- back	answers, with direct routing
. "$(dirname "$0")/wire_lib.sh"
need ipvsadm tcpdump tshark jq
modprobe -a ip_vs ip_vs_rr || skip_all "the kernel has no IPVS"

SNAPLEN=256 # two of each header
load_module "${NO_TIMEOUTS[@]}"
setup_ns C D S
veth_pair "$C" veth0 10.0.1.2/24,fd00:1::2/64 "$D" left 10.0.1.1/24,fd00:1::1/64
veth_pair "$D" right 10.0.2.1/24,fd00:2::1/64 "$S" veth0 10.0.2.2/24,fd00:2::2/64
veth_pair "$C" back 10.0.3.1/24,fd00:3::1/64 "$S" back 10.0.3.2/24,fd00:3::2/64
default_routes "$C" 1
default_routes "$S" 2
forward "$D"

# address 4|6 NET HOST
address()
{
	if [ "$1" = 4 ]; then
		echo "10.0.$2.$3"
	else
		echo "fd00:$2::$3"
	fi
}

# Service addresses: .1 is for clients on other hosts, so D has it; .2 is for D as a client.
_addresses lo 10.0.9.1/32,fd00:9::1/128 | ip -n "$D" -batch -
_addresses lo 10.0.9.1/32,10.0.9.2/32,fd00:9::1/128,fd00:9::2/128 | ip -n "$S" -batch -
for ipv in 4 6; do
	ip -n "$D" -$ipv route add "$(address $ipv 9 2)" via "$(address $ipv 2 2)"
	ip -n "$S" -$ipv rule add from "$(address $ipv 9 1)" lookup 100
	ip -n "$S" -$ipv route add default via "$(address $ipv 3 1)" table 100
	silent_neighbour "$D" right "$(address $ipv 2 9)"
done

# overlay HOST PEER: two tunnels between D and S, over UDP: VXLAN, and L2TP, which does not set the inner headers of an
# skb. Only the test sends packets through them.
overlay()
{
	printf 'link add vxlan0 mtu 1400 type vxlan id 4 dstport 4789 local 10.0.2.%s remote 10.0.2.%s\n' "$@"
	printf 'l2tp add tunnel tunnel_id 1 peer_tunnel_id 1 encap udp local 10.0.2.%s remote 10.0.2.%s ' "$@"
	printf 'udp_sport 1702 udp_dport 1702\n'
	printf 'l2tp add session name l2tp0 tunnel_id 1 session_id 1 peer_session_id 1\n'
	printf 'link set %s address 02:00:00:00:00:0%s arp off\n' vxlan0 "$1" l2tp0 "$1"
	_addresses vxlan0 "10.0.4.$1/24"
	_addresses l2tp0 "10.0.5.$1/24"
	printf 'neighbour add 10.0.%s.%s lladdr 02:00:00:00:00:0%s dev %s\n' 4 "$2" "$2" vxlan0 5 "$2" "$2" l2tp0
}
modprobe -a l2tp_netlink l2tp_eth
quiet_devices "$D" "$S"
overlay 1 2 | ip -n "$D" -batch -
overlay 2 1 | ip -n "$S" -batch -
for net in 4 5; do
	ip -n "$S" rule add from 10.0.$net.2 lookup 10$net
	ip -n "$S" route add default via 10.0.$net.1 table 10$net
done

# services 4|6: commands for ipvsadm. The table has, per service: the last part of its address, its port, the net and
# the host of its server, and how packets get there. At the far end of IPVS's own tunnels there is nobody.
services()
{
	local host port server method proto service real

	while read -r host port server method; do
		service=$(address "$1" 9 "$host")
		# shellcheck disable=SC2086 # two words
		real=$(address "$1" ${server/./ })
		[ "$1" = 4 ] || service="[$service]" real="[$real]"
		for proto in -t -u; do
			echo "-A $proto $service:$port -s rr"
			echo "-a $proto $service:$port -r $real:$port $method"
		done
	done <<-END
		1 5000 2.2 -g
		1 5001 2.2 -m
		1 5002 4.2 -m
		1 5003 5.2 -m
		1 5004 2.9 -i
		1 5005 2.9 -i --tun-type gue --tun-port 6080
		1 5006 2.9 -i --tun-type gre
		2 5000 2.2 -g
		2 5001 2.2 -m
	END
}
{
	services 4
	services 6
} | ip netns exec "$D" ipvsadm -R

tuplestat -N "$D" start

# exchange CLIENT-NS SERVER-ADDRESS SERVICE-ADDRESS PORT SOURCE-PORT: one TCP connection, then some datagrams
exchange()
{
	local exchange

	for exchange in "tcp general" "udp echo"; do
		# shellcheck disable=SC2086 # two words
		serve "$S" $exchange "$2" "$4" --count 3
		# shellcheck disable=SC2086 # two words
		client "$1" $exchange "$3" "$4" --source-port "$5" --count 3
		wait "$SERVER"
	done
	wait_for settled "$S" "$1"
}

# protocol_packets: counted as neither TCP nor UDP
protocol_packets()
{
	stats "$D" '.unattributed[] | select(.reason == "protocol") | .packets'
}

capture "$D" any
others=$(protocol_packets)
for ipv in 4 6; do
	service=$(address $ipv 9 1)
	exchange "$C" "$service" "$service" 5000 40000
	exchange "$C" "$(address $ipv 2 2)" "$service" 5001 40001
	client "$C" udp flood "$service" 5004 --source-port 40004 --count 100
	client "$C" udp flood "$service" 5005 --source-port 40005 --count 5
	client "$C" udp flood "$service" 5006 --source-port 40006 --count 100
	service=$(address $ipv 9 2)
	exchange "$D" "$service" "$service" 5000 41000
	exchange "$D" "$(address $ipv 2 2)" "$service" 5001 41001
done
exchange "$C" 10.0.4.2 10.0.9.1 5002 40002
exchange "$C" 10.0.5.2 10.0.9.1 5003 40003
others=$(($(protocol_packets) - others))
end_capture 10.0.2.2
count_now "$D"

# D counts the packets that it received and that it sent itself. NAT changed the destination of some of the latter after
# they were counted. tshark would look inside IP in IP and GRE.
DISSECT=(--disable-protocol vxlan --disable-protocol l2tp)
witness_part once "inbound or (outbound and (src host 10.0.2.1 or src host fd00:2::1) and (tcp or udp))"
sed -i 's/ 41001 10\.0\.2\.2 / 41001 10.0.9.2 /; s/ 41001 fd00:2::2 / 41001 fd00:9::2 /' "$WORK"/once-*
for kind in tcp4 tcp6 udp4 udp6; do
	check_part "$kind: as received, and as sent by the director itself" "$D" $kind once
done

# IPVS's own statistics have each packet to a service once.
ip netns exec "$D" ipvsadm -Ln --stats --exact |
	awk '/^(TCP|UDP) / && $4 > 0 { print tolower($1), $2, $4, $6 }' | sort >"$WORK/wanted"
for kind in tcp4 tcp6 udp4 udp6; do
	counted_of "$D" bytes $kind
done | awk '$4 ~ /^(10\.0\.9\.|fd00:9::)/ {
	print substr($1, 1, 3), ($4 ~ /:/ ? "[" $4 "]" : $4) ":" $5, $6, $7
}' | sort >"$WORK/got"
compare_lines "each service: packets and bytes as IPVS has them" "$WORK/wanted" "$WORK/got"
check_equal "services that had packets, TCP and UDP, IPv4 and IPv6" 26 "$(wc -l <"$WORK/wanted")"

check_equal "outer packets of L2TP, VXLAN and GUE were sent" "1702 4789 6080" \
	"$(awk '$2 == "10.0.2.1" && ($5 < 5000 || $5 > 6000) { print $5 }' "$WORK/once-udp4" | sort -u | xargs)"
check_equal "outer packets of IP in IP and GRE were sent" 400 \
	"$(tcpdump -r "$CAPTURE" "outbound and (ip proto 4 or ip6 proto 41 or proto 47)" 2>/dev/null | wc -l)"
# So far as there are more, they are of neighbor discovery.
note "packets that are neither TCP nor UDP: $others"
check "each outer packet of IP in IP and GRE belongs to no flow" [ $((others >= 400 && others < 500)) = 1 ]
check_ledgers "the ledger balances" "$D"
finish
