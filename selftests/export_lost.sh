#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "export ipfix" when things go wrong: a collector that dies and comes back, one that was never there, one that is deaf,
# and events that were missed. What did not come is counted, the rest comes whole, and nothing waits for ever.
# timeout: 600
. "${0%/*}/export_lib.sh"
need jq python3

scaled FLOWS 200 2000
scaled MANY 5000 20000
readonly PORT=4739
load_module
setup_ns A C
setup_tmp
tuplestat -N "$A" set max-flows $((MANY * 4)) timeout-udp-unreplied 24h
tuplestat -N "$A" start
empty=$(stats "$A" .table.memory)

# flows PORT COUNT: that many begin in A, to that port, of a datagram each
flows()
{
	client "$A" udp flood 127.0.0.1 "$1" --source-port 10000 --ports "$2" --count "$2"
}

# flushed PORT: they end
flushed()
{
	tuplestat -N "$A" flush dport "$1" >"$WORK/flush"
}

# all_sent: for wait_for: no flow is left; one that has ended stays until the worker has sent its event
all_sent()
{
	[ "$(stats "$A" .table.memory)" = "$empty" ]
}

# lines NAME: how many records came to a collector
lines()
{
	wc -l <"$WORK/$1"
}

# said NAME: what an exporter says at its end: SENT LOST
said()
{
	tail -n 1 "$WORK/$1.err" | awk '{ print $1, $4 }'
}

# --- a collector that dies, and comes back ---

for kind in udp tcp; do
	collector $kind-first "$C" $kind 127.0.0.1 $PORT
	exporter $kind "$A" "$C" --to 127.0.0.1:$PORT --$kind --template-interval 1h
	flows 5001 "$FLOWS"
	flushed 5001
	check "$kind: records come" wait_for -t 30 has_records $kind-first "$FLOWS"
	collector_end $kind-first KILL
	flows 5002 "$FLOWS"
	flushed 5002
	check "$kind: that nobody is there is said" wait_for -t 30 grep -q "^tuplestat: collector 127.0.0.1:$PORT: " \
		"$WORK/$kind.err"
	collector $kind-second "$C" $kind 127.0.0.1 $PORT
	flows 5003 "$FLOWS"
	flushed 5003
	check "$kind: it is back" wait_for -t 60 has_records $kind-second "$FLOWS"
	ended $kind
	read -r sent lost <<<"$(said $kind)"
	check "$kind: what was sent has come" wait_for has_records $kind-second $((sent - FLOWS))
	collector_end $kind-second
	note "$kind: $sent sent, $lost lost: $(tr '\n' '|' <"$WORK/$kind.err")"
	check_equal "$kind: sent and lost are all records" $((3 * FLOWS)) $((sent + lost))
	check_equal "$kind: what came is what was sent" "$sent" $(($(lines $kind-first) + $(lines $kind-second)))
	check_equal "$kind: the one that came back understands all of it, and counts from 0" "[] 1 4 0 0 0" "$(of_collector \
		$kind-second '"\(.errors) \(.template_sets) \(.templates) \(.unknown_sets) \(.missing) \(.first_sequence[0])"')"
	check_equal "$kind: all of the third lot has come" "$FLOWS" "$(jq -s \
		'map(select(.destinationTransportPort == 5003)) | length' "$WORK/$kind-second")"
	if [ $kind = udp ]; then
		check "udp: what was sent before that was known was lost ($lost)" test "$lost" -gt 0 -a "$lost" -lt 20
		check "udp: that is said when it is back" grep -q "^tuplestat: $lost records lost so far$" "$WORK/udp.err"
		check_equal "udp: exit status: the answer is incomplete" 3 "$STATUS"
	else
		check_equal "tcp: none was lost: they waited" "0 0" "$STATUS $lost"
	fi
	check_equal "$kind: that it is back is said" "tuplestat: collector 127.0.0.1:$PORT: it is back" \
		"$(tail -n 2 "$WORK/$kind.err" | head -n 1)"
done

# --- nobody there ---

# at_once NAME: ends an exporter, within the time that it gives itself
at_once()
{
	signal TERM "$1"
	check "$1: it ends all the same" wait_for -t 20 gone "${_listener[$1]}"
	STATUS=0
	wait "${_listener[$1]}" || STATUS=$?
}

exporter refused "$A" "$C" --to 127.0.0.1:$PORT --tcp
# to nowhere: what answers no attempt to connect
ip -n "$C" link add nowhere type dummy
ip -n "$C" address add 192.0.2.1/24 dev nowhere
ip -n "$C" link set nowhere up arp off
exporter silent "$A" "$C" --to 192.0.2.2:$PORT --tcp
flows 5001 "$FLOWS"
flushed 5001
wait_for -t 30 all_sent
for name in refused silent; do
	at_once $name
	check_equal "$name: nothing is sent, all is lost" "2 0 $FLOWS" "$STATUS $(said $name)"
done

# deaf: its window is full at some time
collector deaf "$C" tcp 127.0.0.1 $PORT
kill -STOP "${_collector[deaf]}"
exporter deaf "$A" "$C" --to 127.0.0.1:$PORT --tcp
flows 5001 "$MANY"
flushed 5001
wait_for -t 60 all_sent
at_once deaf
read -r sent lost <<<"$(said deaf)"
check_equal "deaf: sent or lost, all is counted ($sent sent, $lost lost)" "$MANY" $((sent + lost))
kill -CONT "${_collector[deaf]}"
collector_end deaf

# --- what was there before, and what goes on ---

flows 5001 "$FLOWS"
collector second "$C" tcp 127.0.0.1 $PORT
before=$(ledger "$A")
exporter second "$A" "$C" --to 127.0.0.1:$PORT --tcp
flows 5001 "$((2 * FLOWS))"
ended second
after=$(ledger "$A")
wait_for has_records second $((2 * FLOWS))
collector_end second
check_equal "what flows had before is not exported, what came since is" \
	"$((${after% *} - ${before% *})) $((${after#* } - ${before#* }))" "$(sums second)"
check_equal "and again, from one exporter to the next: nothing twice" "$((2 * FLOWS)) 4" \
	"$(jq -s -r '"\(length) \(map(.flowEndReason) | unique[])"' "$WORK/second")"
flushed 5001

# --- events that were missed ---

flows 5001 "$FLOWS"
collector missed "$C" tcp 127.0.0.1 $PORT
before=$(ledger "$A")
exporter missed "$A" "$C" --to 127.0.0.1:$PORT --tcp buffer 2048
signal STOP missed
# these go on, these are new and go on, and these are new and end
flows 5001 "$FLOWS"
flows 5002 "$MANY"
flows 5003 "$MANY"
flushed 5003
check "flows begin and end" wait_for -t 120 numbered $((2 * MANY))
signal CONT missed
check "after a gap, the flows are exported as they are" wait_for -t 60 has_records missed $((FLOWS + MANY))
ended missed
after=$(ledger "$A")
check_equal "exit status: the answer is incomplete" 3 "$STATUS"
check "it says how many events it missed" \
	grep -q "^tuplestat: [1-9][0-9]* events missed: " "$WORK/missed.err"
read -r sent lost <<<"$(said missed)"
wait_for has_records missed "$sent"
collector_end missed
check_equal "nothing is wrong with it" "[] 0 0" "$(of_collector missed '"\(.errors) \(.missing) '"$lost"'"')"
check_equal "all that lives adds up" "$((FLOWS + MANY))" \
	"$(jq -s 'map(select(.destinationTransportPort != 5003) | .packetDeltaCount) | add' "$WORK/missed")"
lacking=$(jq -s 'map(select(.destinationTransportPort == 5003)) | length' "$WORK/missed")
check_equal "what is not in the ledger's sum is what ended unheard" "$((MANY - lacking))" \
	"$((${after% *} - ${before% *} - $(sums missed | cut -d' ' -f1)))"

# --- not started, stopped, and no module ---

setup_ns S
collector stopped "$C" tcp 127.0.0.1 4740
exporter stopped "$S" "$C" --to 127.0.0.1:4740 --tcp
tuplestat -N "$S" start
client "$S" udp flood 127.0.0.1 5001 --source-port 10000 --ports 10 --count 20
tuplestat -N "$S" stop
check "counting begins and ends meanwhile: all flows come" wait_for -t 30 has_records stopped 10
ended stopped
collector_end stopped
check_equal "and nothing else" "0 10 20" "$STATUS $(lines stopped) $(sums stopped | cut -d' ' -f1)"

collector unloaded "$C" tcp 127.0.0.1 4740
exporter unloaded "$A" "$C" --to 127.0.0.1:4740 --tcp
flows 5009 "$FLOWS"
unload_module
check "the module is unloaded: the exporter ends" wait_for -t 30 gone "${_listener[unloaded]}"
STATUS=0
wait "${_listener[unloaded]}" || STATUS=$?
collector_end unloaded
check_equal "and says why" "2 tuplestat: the kernel module is not loaded; run 'modprobe tuplestat' as root" \
	"$STATUS $(sed -n 2p "$WORK/unloaded.err")"
finish
