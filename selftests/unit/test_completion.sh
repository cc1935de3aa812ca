#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Completion in bash: what the function offers for a line, as readline gives it to it; and once for real, in a shell on a
# terminal. Addresses and ports are those of a capture.
. "$(dirname "$0")/../lib.sh"
need jq script tcpdump tshark

setup_tmp
"$SELFTESTS/gen_packets.py" accepted "$WORK/all.pcap" >"$WORK/count"
tcpdump -r "$WORK/all.pcap" -c 400 -w "$WORK/few.pcap" 2>"$WORK/tcpdump"
cd "$WORK" || exit
touch a-file
script=$ROOT/userspace/tuplestat.bash-completion

# shellcheck source=../../userspace/tuplestat.bash-completion
. "$script"
# "complete -F FUNCTION tuplestat" is what bash knows of it.
read -r _ _ function _ < <(complete -p tuplestat)

# offers LINE: what is offered at its end, a line each; words are broken as readline breaks them
offers()
{
	local word rest part

	COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=() COMPREPLY=()
	COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
	read -ra rest <<<"$1"
	[[ $1 != *' ' ]] || rest+=('')
	for word in "${rest[@]}"; do
		[ -n "$word" ] || COMP_WORDS+=('')
		while [ -n "$word" ]; do
			part=${word%%[=:]*}
			[ -n "$part" ] || part=${word:0:1}
			COMP_WORDS+=("$part")
			word=${word:${#part}}
		done
	done
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	"$function" tuplestat "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}

# check_offers LINE WORD...: these, in any order, and no others
check_offers()
{
	check_equal "'$1'" "$(printf '%s\n' "${@:2}" | sort)" "$(offers "$1" | sort)"
}

# words KIND...: as the command knows them
words()
{
	local kind

	for kind; do
		tuplestat help words | sed -n "s/^$kind //p"
	done
}

# check_kinds LINE KIND...: all words of these kinds
check_kinds()
{
	local wanted

	mapfile -t wanted < <(words "${@:2}" | sort -u)
	check "there are words of kind ${*:2}" [ ${#wanted[@]} -gt 0 ]
	check_equal "'$1': all of ${*:2}" "${wanted[*]}" "$(offers "$1" | sort -u | tr '\n' ' ' | sed 's/ $//')"
}

# --- words ---

check_kinds "tuplestat " command filter list
check_kinds "tuplestat -n -s " command filter list
check_kinds "tuplestat tcp " filter list
check_kinds "tuplestat show " filter order
check_kinds "tuplestat show tcp and not udp " filter order
check_kinds "tuplestat summary " filter
check_kinds "tuplestat flush " filter
check_kinds "tuplestat monitor " filter monitor
check_kinds "tuplestat monitor count 3 " filter monitor
check_kinds "tuplestat set " setting
check_kinds "tuplestat set max-flows 16 " setting
check_kinds "tuplestat help " help
check_kinds "tuplestat not " filter
check_kinds "tuplestat -" option
check_kinds "tuplestat state " state
check_kinds "tuplestat tcp and not conn " verdict
check_kinds "tuplestat sort " sort
check_kinds "tuplestat group by " group
check_kinds "tuplestat -o " column
check_kinds "tuplestat columns " column
check_kinds "tuplestat --format " format
check_offers "tuplestat sh" show
check_offers "tuplestat stat" state stats
check_offers "tuplestat group " by
check_offers "tuplestat state es" established
check_offers "tuplestat state syn-sent,es" syn-sent,established
check_offers "tuplestat conn S0,RE" S0,REJ
check_offers "tuplestat -o proto,orig.a" proto,orig.addr
check_offers "tuplestat -o +orig.a" +orig.addr
check_offers "tuplestat -o +state,orig.a" +state,orig.addr
check_offers "tuplestat --js" --json
check_offers "tuplestat set timeout-es" timeout-established
# readline replaces what stands behind the '='
check_offers "tuplestat --format=z" zeek
check_offers "tuplestat --format=" text json tsv zeek
check_offers "tuplestat --columns=proto,orig.a" proto,orig.addr
check_offers "tuplestat --color=al" always
check_offers "tuplestat -c=" auto always never
# Numbers, and what takes no words
for line in "limit " "set max-flows " "monitor buffer " "stats " "check " "start " "--server-ports " "--json=" "x" "tcp sho,"; do
	check_equal "'tuplestat $line': nothing" "" "$(offers "tuplestat $line")"
done
check_offers "FOO=1 tuplestat sh" show

# --- files and namespaces ---

check_offers "tuplestat -r a" a-file all.pcap
check_offers "tuplestat --read=fe" few.pcap
check_offers "tuplestat -N $WORK/fe" "$WORK/few.pcap"
check_offers "tuplestat --netns $WORK/fe" "$WORK/few.pcap"
check_offers "tuplestat -n --netns=$WORK/fe" "$WORK/few.pcap"
mapfile -t netns < <(ip netns list 2>/dev/null | cut -d' ' -f1 | sort)
if [ ${#netns[@]} -gt 0 ]; then
	check_equal "'tuplestat -N ': what ip netns lists" "${netns[*]}" \
		"$(offers "tuplestat -N " | sort | tr '\n' ' ' | sed 's/ $//')"
else
	skip "'tuplestat -N ': what ip netns lists" "no network namespace has a name here"
fi

# --- addresses and ports ---

# addresses FIELD...: of the packets of the capture, as tshark has it, each once
addresses()
{
	local fields=() field

	for field; do
		fields+=(-e "$field")
	done
	tshark -n -r few.pcap -T fields "${fields[@]}" 2>said |
		tr '\t' '\n' | tr , '\n' | sed '/^$/d' | sort -u
}

check "there are addresses" [ "$(addresses ip.src ip.dst ipv6.src ipv6.dst | wc -l)" -gt 20 ]
seen=$(offers "tuplestat -r few.pcap host 10." | sort -u)
check_equal "'host 10.': addresses of the packets, no others" "" \
	"$(comm -23 <(echo "$seen") <(addresses ip.src ip.dst))"
check_equal "and those of every flow" "$(tuplestat -j -r few.pcap -4 | jq -r '.[] | .orig.addr, .reply.addr' | sort -u)" "$seen"
check_equal "'src ': originators" "$(tuplestat -j --read few.pcap | jq -r '.[].orig.addr' | sort -u)" \
	"$(offers "tuplestat --read few.pcap src " | sort -u)"
check_equal "'show dst ': responders" "$(tuplestat -j -r few.pcap | jq -r '.[].reply.addr' | sort -u)" \
	"$(offers "tuplestat --read=few.pcap show dst " | sort -u)"
check_equal "'sport '" "$(tuplestat -j -r few.pcap | jq -r '.[].orig.port' | sort -u)" \
	"$(offers "tuplestat -r few.pcap sport " | sort -u)"
check_equal "'dport '" "$(tuplestat -j -r few.pcap | jq -r '.[].reply.port' | sort -u)" \
	"$(offers "tuplestat -r few.pcap not dport " | sort -u)"
check_equal "'port ': both" "$(tuplestat -j -r few.pcap | jq -r '.[] | .orig.port, .reply.port' | sort -u)" \
	"$(offers "tuplestat -r few.pcap port " | sort -u)"
# Of an IPv6 address, the part behind the last ':' that was typed
address=$(tuplestat -j -r few.pcap -6 limit 1 | jq -r '.[].orig.addr')
check_offers "tuplestat -r few.pcap src ${address%?}" \
	"$(tuplestat -j -r few.pcap | jq -r '.[].orig.addr' | sort -u | grep "^${address%?}" | sed 's/.*://')"
check_equal "standard input is not read" "" "$(offers "tuplestat -r - src ")"

# A command that answers late, as one that waits for the kernel: words, but no addresses
mkdir late
cat >late/tuplestat <<-'END'
	#!/bin/bash
	[ "$1" != help ] || { echo "filter src"; exit; }
	echo 192.0.2.1
	exec sleep 60
END
chmod +x late/tuplestat
start=${EPOCHREALTIME//[!0-9]/}
late=$(PATH=$WORK/late:$PATH offers "tuplestat src ")
took=$((${EPOCHREALTIME//[!0-9]/} - start))
check_equal "what came in a second is offered" "192.0.2.1" "$late"
check "and no longer is waited ($took us)" [ "$took" -lt 5000000 ]

# --- for real ---

# typed TEXT: what a shell on a terminal makes of TEXT and a tab
typed()
{
	# Behind the tab, "echo" is put before the line (ctrl-a), and where it goes behind it (ctrl-e).
	printf '%s\t\001echo \005 >line\nexit\n' "$1" >keys
	rm -f line
	timeout 20 script -qefc "bash --noprofile --rcfile rc -i" screen >/dev/null <keys || true
	sed 's/ $//' line
}

echo ". $script" >rc
export INPUTRC=/dev/null
check_equal "a word is completed" "tuplestat state established" "$(typed "tuplestat state estab")"
check_equal "behind a '='" "tuplestat --format=zeek" "$(typed "tuplestat --format=z")"
one=$(tuplestat -j -r few.pcap -6 limit 1 | jq -r '.[].orig.addr')
check_equal "an IPv6 address, behind its last ':'" "tuplestat -r few.pcap src $one" \
	"$(typed "tuplestat -r few.pcap src ${one%?}")"
check_equal "a file" "tuplestat -r few.pcap" "$(typed "tuplestat -r fe")"
finish
