#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "export ipfix" of captures: every direction of every flow arrives with what tshark counts in the capture, at a
# collector that is strict about the protocol. Live exports are in export_ipfix.sh and export_lost.sh.
. "$(dirname "$0")/../export_lib.sh"
. "$(dirname "$0")/../command_lib.sh"
need jq tcpdump tshark valgrind

PORT=24739
setup_tmp
CAPTURE=$WORK/capture.pcap

# Connections and datagrams over IPv4 and IPv6, some without an answer; the first ports are used again
PYTHONPATH=$SELFTESTS PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 - "$CAPTURE" <<'END'
import random, struct, sys
from wire_packets import *

rng = random.Random(1)
now = 1700000000 * 10 ** 9
out = open(sys.argv[1], "wb")
out.write(struct.pack("=IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 101))


def send(packet):
    global now
    now += rng.randrange(10 ** 6)
    out.write(struct.pack("=IIII", now // 10 ** 9, now % 10 ** 9, len(packet), len(packet)) + packet)


def talk(i, proto):
    ends = [(f"10.0.{side}.{i % 250 + 1}", f"fd00::{side}:{i:x}")[i % 2] for side in range(2)]
    ports = [10000 + i, 80]
    ip = (ipv4, ipv6)[i % 2]
    seq = [rng.randrange(1 << 32), rng.randrange(1 << 32)]

    def tcp_segment(side, flags, size=0):
        send(ip(TCP, tcp(ports[side], ports[1 - side], flags, bytes(size), seq=seq[side],
                         ack=seq[1 - side] if flags & ACK else 0), src=ends[side], dst=ends[1 - side]))
        seq[side] = seq[side] + size + bool(flags & (SYN | FIN)) & 0xffffffff

    def datagram(side, size):
        send(ip(UDP, udp(ports[side], ports[1 - side], bytes(size)), src=ends[side], dst=ends[1 - side]))

    if proto == UDP:
        for _ in range(rng.randrange(1, 5)):
            datagram(0, rng.randrange(1000))
            if i % 3:
                datagram(1, rng.randrange(1000))
        return
    tcp_segment(0, SYN)
    if i % 5 == 0:
        return
    if i % 5 == 1:
        tcp_segment(1, RST | ACK)
        return
    tcp_segment(1, SYN | ACK)
    tcp_segment(0, ACK)
    for _ in range(rng.randrange(10)):
        side = rng.randrange(2)
        tcp_segment(side, ACK | rng.choice((0, PSH, URG, ECE | CWR)), rng.randrange(1, 1400))
        tcp_segment(1 - side, ACK)
    if i % 5 == 2:
        return
    tcp_segment(0, FIN | ACK)
    tcp_segment(1, FIN | ACK)
    tcp_segment(0, ACK)


for i in range(400):
    talk(i, (TCP, UDP)[i // 2 % 2])
now += 200 * 10 ** 9
for i in range(50):
    talk(i, TCP)
END
_dissect
awk '{
	key = $1 " " $2 " " $3 " " $4 " " $5
	packets[key]++
	bytes[key] += $6
	payload[key] += $8
	for (i = 9; i <= 16; i++)
		if ($i)
			flags[key, i] = 1
}
END {
	for (key in packets) {
		line = key " " packets[key] " " bytes[key] " " payload[key] " "
		for (i = 9; i <= 16; i++)
			line = line !!flags[key, i]
		print line
	}
}' "$WORK/packets" | sort >"$WORK/witness"
packets=$(wc -l <"$WORK/packets")
check "tshark sees packets ($packets) of flows ($(wc -l <"$WORK/witness") directions)" test "$packets" -gt 1000

# directions NAME: what came to a collector, in the witness's form
directions()
{
	jq -r 'def bits: . as $b | [range(8)] | map($b / pow(2; .) | floor % 2 | tostring) | add;
		(if .protocolIdentifier == 6 then "tcp" else "udp" end +
		 if .sourceIPv4Address then "4" else "6" end) as $kind |
		(.sourceIPv4Address // .sourceIPv6Address) as $from | (.destinationIPv4Address // .destinationIPv6Address) as $to |
		[$kind, $from, .sourceTransportPort, $to, .destinationTransportPort, .packetDeltaCount, .octetDeltaCount,
		 .transportOctetDeltaCount, (.tcpControlBits // 0)],
		[$kind, $to, .destinationTransportPort, $from, .sourceTransportPort, .["reverse packetDeltaCount"],
		 .["reverse octetDeltaCount"], .["reverse transportOctetDeltaCount"], (.["reverse tcpControlBits"] // 0)] |
		select(.[5] > 0) | .[8] |= bits | map(tostring) | join(" ")' "$WORK/$1" | awk '{
			key = $1 " " $2 " " $3 " " $4 " " $5
			packets[key] += $6
			bytes[key] += $7
			payload[key] += $8
			for (i = 1; i <= 8; i++)
				if (substr($9, i, 1) == "1")
					flags[key, i] = 1
		}
		END {
			for (key in packets) {
				line = key " " packets[key] " " bytes[key] " " payload[key] " "
				for (i = 1; i <= 8; i++)
					line = line !!flags[key, i]
				print line
			}
		}' | sort
}

# --- over UDP and TCP, IPv4 and IPv6 ---

records=$(tuplestat -r "$CAPTURE" -j | jq length)
for transport in udp tcp; do
	for addr in 127.0.0.1 ::1; do
		name=$transport-${addr//:/_}
		title="$transport, $addr"
		to=$addr:$PORT
		[ $addr != ::1 ] || to="[::1]:$PORT"
		collector "$name" '' $transport $addr $PORT 9
		rc=0
		tuplestat -r "$CAPTURE" export ipfix --to "$to" --$transport --domain 9 2>"$WORK/err" || rc=$?
		check_equal "$title: sent" "0 $records records sent, 0 lost" "$rc $(<"$WORK/err")"
		check "$title: all has come" wait_for has_records "$name" "$records"
		collector_end "$name"
		check_equal "$title: nothing is wrong with it" "[]" "$(of_collector "$name" .errors)"
		check_equal "$title: one session, each template once, no number left out, and the first is 0" "1 1 4 0 0" \
			"$(of_collector "$name" '"\(.sessions) \(.template_sets) \(.templates) \(.missing) \(.first_sequence[0])"')"
		check "$title: each direction has what tshark counts" cmp "$WORK/witness" <(directions "$name")
	done
done
check_equal "why flows ended: idle, at their end, and the end of the capture" "1 3 4" \
	"$(jq -s 'map(.flowEndReason) | unique[]' "$WORK/$name" | tr '\n' ' ' | sed 's/ $//')"
check_equal "first and last packet, in milliseconds" "$(tuplestat -r "$CAPTURE" -j |
	jq -c 'map([.first, .last] | map(. * 1000 | floor)) | sort')" \
	"$(jq -cs 'map([.flowStartMilliseconds, .flowEndMilliseconds]) | sort' "$WORK/$name")"
check "datagrams: none is longer than a packet of Ethernet has room for" \
	test "$(of_collector udp-127.0.0.1 .longest)" -le 1472

# --- every word, and no mistake that the sanitizers or valgrind know of ---

collector udp4 '' udp 127.0.0.1 $PORT
collector udp6 '' udp ::1 $PORT 4294967295
collector tcp4 '' tcp 127.0.0.1 $PORT
collector tcp6 '' tcp ::1 $PORT 7
memcheck="valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect"
while read -r where words; do
	[ "$where" = export ] || continue
	for how in "$ROOT/build/tuplestat" "$ROOT/build/tuplestat-asan" "$memcheck $ROOT/build/tuplestat"; do
		rc=0
		# shellcheck disable=SC2086 # words
		$how -r "$CAPTURE" $words 2>"$WORK/err" || rc=$?
		case "$rc $(<"$WORK/err")" in
		"0 "[1-9]*" records sent, 0 lost") pass "${how##*/}: $words" ;;
		*) fail "${how##*/}: $words" "exit code $rc: $(<"$WORK/err")" ;;
		esac
	done
done < <(command_calls)
tcp_records=$(tuplestat -r "$CAPTURE" -j tcp | jq length)
ipv4_records=$(tuplestat -r "$CAPTURE" -j -4 not port 53 | jq length)
for expected in "udp4 $((3 * records))" "udp6 $((3 * tcp_records))" "tcp4 $((3 * ipv4_records))" "tcp6 $((3 * records))"; do
	# shellcheck disable=SC2086 # a name and a count
	check "${expected% *}: all has come, three times" wait_for has_records $expected
	collector_end "${expected% *}"
	check_equal "${expected% *}: and no more, with nothing wrong" "${expected#* } 3 0 []" \
		"$(of_collector "${expected% *}" '"\(.records) \(.sessions) \(.missing) \(.errors)"')"
done

# --- nobody there ---

outcome tuplestat -r "$CAPTURE" export ipfix --to 127.0.0.1:$PORT
check_outcome "UDP: refused, again and again" 2 \
	"tuplestat: collector 127.0.0.1:$PORT: Connection refused"$'\n'"0 records sent, $records lost"
outcome tuplestat -r "$CAPTURE" export ipfix --to "[::1]:$PORT" --tcp
check_outcome "TCP: refused, again and again" 2 \
	"tuplestat: collector [::1]:$PORT: Connection refused"$'\n'"0 records sent, $records lost"

# A collector that does not read: what it was sent may be lost, and is not waited for.
collector deaf '' tcp 127.0.0.1 $PORT
kill -STOP "${_collector[deaf]}"
"$SELFTESTS/gen_packets.py" accepted "$WORK/all.pcap" >"$WORK/count"
outcome timeout 60 tuplestat -r "$WORK/all.pcap" export ipfix --to 127.0.0.1:$PORT --tcp
check_equal "TCP: who does not read is not waited for" "3 tuplestat: collector 127.0.0.1:$PORT: Connection timed out" \
	"$(head -n 1 "$WORK/outcome")"
read -r sent _ _ lost _ < <(tail -n 1 "$WORK/outcome")
check_equal "and what is not known to have come is lost" "$(tuplestat -r "$WORK/all.pcap" -j | jq length)" $((sent + lost))
kill -CONT "${_collector[deaf]}"
collector_end deaf

# --- no library ---

sed 's/libfixbuf\.so\.9/libfixbuf.so.0/' "$ROOT/build/tuplestat" >"$WORK/tuplestat"
chmod +x "$WORK/tuplestat"
outcome "$WORK/tuplestat" -r "$CAPTURE" export ipfix --to 127.0.0.1:$PORT
check_outcome "without libfixbuf" 2 "tuplestat: cannot write IPFIX: libfixbuf.so.0: cannot open shared object file: No such\
 file or directory; install libfixbuf and GLib (Debian: libfixbuf9, libglib2.0-0)"
finish
