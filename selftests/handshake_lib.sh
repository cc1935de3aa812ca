# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the handshake_* tests share beyond lib.sh: what tuplestat says of one connection, its ladder as words, hosts that
# are told what to do, and what tshark makes of a capture.
. "${BASH_SOURCE[0]%/*}/lib.sh"

# --- what tuplestat says ---

# says NS FILTER...: "STATE CONN_STATE HISTORY" of each flow that matches, in the order in which they began
says()
{
	tuplestat -N "$1" -j "${@:2}" | jq -r 'sort_by(.first)[] | "\(.state) \(.conn_state) \(.history)"'
}

says_is()
{
	# shellcheck disable=SC2053 # a pattern
	[[ $(says "${@:2}") == $1 ]]
}

# check_says NAME "STATE CONN_STATE HISTORY" NS FILTER...: that, a pattern, is what it comes to
check_says()
{
	if wait_for says_is "${@:2}"; then
		pass "$1: $2"
	else
		fail "$1: $2" "it says: $(says "${@:3}")"
	fi
}

# member NS EXPRESSION FILTER...: of jq, on the one flow that matches
member()
{
	tuplestat -N "$1" -j "${@:3}" | jq -r "if length == 1 then .[0] | $2 else \"\(length) flows\" end"
}

# member_is VALUE NS EXPRESSION FILTER...: for wait_for
member_is()
{
	[ "$(member "${@:2}")" = "$1" ]
}

# show NS FILTER...: sets SENTENCE, what "tuplestat show" says became of the one flow, and LADDER, its arrows in order,
# a line each: "> SYN", "< SYN, ACK", "> ... 1 segment, 32 B ..."; what has no direction begins with "=".
# shellcheck disable=SC2034 # for the tests
show()
{
	local line

	SENTENCE='' LADDER=''
	while IFS= read -r line; do
		if [[ $line =~ ^\ {4}In\ short:\ (.*)\.$ ]]; then
			SENTENCE=${BASH_REMATCH[1]}
		elif [[ $line =~ \|(\<?)-+\ (.*)\ -+(\>?)\|$ || $line =~ \|(\<?)\ +(\.\.\..*\.\.\.)\ +(\>?)\|$ ||
			$line =~ \|(\<?)\ +(\(.*\))\ +(\>?)\|$ ]]; then
			line="${BASH_REMATCH[1]:-${BASH_REMATCH[3]:-=}} ${BASH_REMATCH[2]}"
			LADDER+=${LADDER:+$'\n'}$line
		fi
	done < <(LC_ALL=C tuplestat -n -N "$1" show "${@:2}")
}

# check_sentence NAME WANTED NS FILTER...: WANTED is a pattern
check_sentence()
{
	show "${@:3}"
	# shellcheck disable=SC2053 # a pattern
	if [[ $SENTENCE == $2 ]]; then
		pass "$1: \"$SENTENCE\""
	else
		fail "$1: \"$2\"" "it says: $SENTENCE"
	fi
}

# --- hosts that are told what to do: see handshake_peer.py ---

declare -A _peer_in _peer_out

# peer_start NAME NS
peer_start()
{
	local to from

	setup_tmp
	# This shell opens both ways, so that neither side ever waits for the other to open.
	mkfifo "$WORK/$1.in" "$WORK/$1.out"
	exec {to}<>"$WORK/$1.in" {from}<>"$WORK/$1.out"
	_peer_in[$1]=$to _peer_out[$1]=$from
	background ip netns exec "$2" python3 -S "$SELFTESTS/handshake_peer.py" "$WORK/$1.in" "$WORK/$1.out"
}

# peer_ask NAME COMMAND...: without waiting for the answer
peer_ask()
{
	echo "${*:2}" >&"${_peer_in[$1]}"
}

# peer_answer NAME: sets ANSWER; fails where it is an error
peer_answer()
{
	read -rt 30 -u "${_peer_out[$1]}" ANSWER || ANSWER='no answer'
	[[ $ANSWER == ok* ]] && return
	note "$1: $ANSWER"
	return 1
}

# peer NAME COMMAND...
peer()
{
	peer_ask "$@"
	peer_answer "$1"
}

# drop_first NS CHAIN-HOOK MATCH...: the first packet of each source port that matches is dropped, what follows is not
drop_first()
{
	ip netns exec "$1" nft -f - <<-END
		table ip first {
			set seen {
				type inet_service
				flags dynamic
				size 128
			}
			chain drop_first {
				type filter hook $2 priority raw
				${*:3} tcp sport != @seen add @seen { tcp sport } drop
			}
		}
	END
}

# --- what tshark makes of the capture ---

# dissect FIELD...: $WORK/dissected has a line a TCP segment of the capture: these fields, - for what is not there. Once
# for all, as starting tshark takes a second in the guest.
dissect()
{
	local fields=() field

	for field; do
		fields+=(-e "$field")
	done
	if ! tshark -n -r "$CAPTURE" -Y "tcp and not icmp and not icmpv6" -T fields -E separator='|' "${fields[@]}" \
		>"$WORK/fields" 2>"$WORK/tshark"; then
		note "tshark: $(<"$WORK/tshark")"
		return 1
	fi
	awk -F'|' -v OFS=' ' '{
		for (i = 1; i <= NF; i++)
			$i = $i == "" ? "-" : $i == "True" ? 1 : $i == "False" ? 0 : $i
		print
	}' "$WORK/fields" >"$WORK/dissected"
}

# no_aggregates NS DEVICE: what it sends and receives is in a capture segment by segment
no_aggregates()
{
	need ethtool
	ip netns exec "$1" ethtool -K "$2" tso off gso off gro off >/dev/null
}
