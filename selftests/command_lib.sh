# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of the command as a whole share: the words that its help names, and calls that use them all.
. "${BASH_SOURCE[0]%/*}/lib.sh"

# Every word that "tuplestat help" names, a line each: commands, options, words of filters, orders, settings. What a
# person puts something else for is in capitals there, and stands left of a ":=" or in this list.
usage_words()
{
	tuplestat help | awk '
	BEGIN {
		split("OPTIONS FILTER WORDS ADDR LEN PORT BYTES N T SETTING VALUE LIST HOST SECONDS FILE", names, " ")
		for (i in names)
			placeholder[names[i]] = 1
	}
	/^OPTIONS:/ { options = 1; next }
	# "of monitor:"; but those of the list have words to choose from
	options && !/^ / && (!/^of .*:$/ || /^of the list:/) { options = 0 }
	options {
		# "-j, --json  what it does"; the words that go on below have no option in front
		for (i = 1; $i ~ /^-/; i++) {
			sub(",", "", $i)
			print $i
		}
		next
	}
	# Explanations of people to people
	/:$/ || /^[A-Z]?[a-z(]/ && !/^Usage:/ { next }
	{
		text = $0
		sub(/^Usage:/, "      ", text)
		goes_on = match(text, /[^ ]/) > 24
		if (goes_on && text !~ /\|/)
			next
		sub(/^ +/, "", text)
		# What it means comes behind two spaces or in parentheses, unless it is a word with its values.
		gsub(/\([^)]*\)/, "", text)
		while (match(text, /  +/)) {
			rest = substr(text, RSTART + RLENGTH)
			text = substr(text, 1, RSTART - 1) (rest ~ /^[A-Z]+ :=/ ? " " rest : "")
		}
		while (match(text, /[A-Z]+ :=/)) {
			of = substr(text, RSTART, RLENGTH - 3)
			placeholder[of] = 1
			text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
		}
		gsub(/[][|,.:\/=]/, " ", text)
		for (i = split(text, words, " "); i > 0; i--)
			seen[(of == "T" ? "timeout-" : "") words[i]] = 1
	}
	END {
		delete seen["tuplestat"]
		# it stands for one word with each of the values of T
		delete seen["timeout-T"]
		for (word in seen)
			if (!(word in placeholder) && word !~ /-PORT$/)
				print word
	}' | sort -u
}

# Calls that are right, a line each: where they make sense ("read": with -r; "live": with the module; "both"; "event":
# with the module, and it ends when something happens; "export": with -r, to a collector at port 24739; "terminal": live, on
# a terminal, as in top.sh); words.
# Those that change something come last, and leave it as it was.
command_calls()
{
	cat <<-END
	both
	both -n
	both --numeric -4
	both -6
	both -j
	both --json --pretty
	both -h
	both --help
	both -V
	both --version
	both help
	both help columns
	both tcp and not port 22
	both udp
	both not src 10.0.0.0/8
	both src fd00::/8
	both not host 192.0.2.1 and not dst 192.0.2.1
	both not sport 1-7 not dport domain
	both not state none,syn-sent,syn-recv,established,fin-wait,close-wait,last-ack
	both state time-wait,close,syn-sent2,unreplied,replied,none,syn-recv,established,fin-wait,close-wait,last-ack
	both conn S0,S1,SF,REJ,S2,S3,RSTO,RSTR,RSTOS0,RSTRH,SH,SHR,OTH
	both sort bytes reverse
	both sort packets limit 2
	both sort payload
	both sort retransmits
	both sort duration
	both sort rtt
	both sort first
	both sort last reverse
	both sort port
	both -j sort bytes limit 1
	both group by src
	both group by dst sort flows
	both group by sport sort packets reverse
	both group by dport limit 1
	both group by host-pair
	both group by proto
	both group by state
	both -j -p group by conn
	both -s
	both -n --detail -s sort rtt
	both -o proto,orig.addr,reply.port,tcprtt,orig.unusual limit 3
	both --columns +age,idle
	both columns state,flags,payload,synack,rtt_ambiguous,end_reason udp
	both --human -H
	both --human group by dst
	both --no-header --format zeek
	both --format tsv
	both --format tsv -o first,last,midstream,reply.flags.syn
	both --format tsv group by host-pair
	both --format json limit 1
	both --format text -c limit 3
	both --color=always group by state
	both --color=auto
	both -c=never
	both show
	both -c -n show tcp
	both -j show sort rtt limit 1
	both summary
	both -n summary tcp
	both -j summary
	both report --html -
	both -n report --html - udp
	both stats
	both -j -p stats
	both export prometheus
	both export prometheus --ports 22,80,8000-8009
	read --server-ports tcp/80,udp/53,tcp/8000-8099
	read --server-ports= show
	live check
	live -j check
	live config
	live -j config
	live start
	live set max-flows 1000 timeout-none 1m timeout-syn-sent 2m timeout-syn-recv 60 timeout-established 1h
	live set timeout-fin-wait 2m timeout-close-wait 60 timeout-last-ack 30s timeout-time-wait 2m timeout-close 60
	live set timeout-syn-sent2 2m timeout-udp-unreplied 60 timeout-udp-replied 120 timeout-active 1d
	live flush port 1
	live -j flush udp
	live stop
	live start
	live set stopped
	live set started
	terminal top interval 0.5
	event monitor count 1
	event -n monitor count 1 udp buffer 100000
	event -j monitor count 1
	event --syslog monitor count 1
	export export ipfix --to 127.0.0.1:24739 --udp
	export export ipfix --to [::1]:24739 --template-interval 1m --domain 4294967295 tcp
	export -4 export ipfix --tcp --to localhost:24739 not port 53 buffer 100000
	export export ipfix --tcp --to [::1]:24739 --domain 7
	END
}

# Words of the help that no call above has. -r and -N, -N's long name too, are given by who makes the calls; with --textfile
# nothing is printed, test_prometheus.sh has it.
unused_words()
{
	comm -23 <(usage_words) <({
		printf '%s\n' -r --read -N --netns --textfile
		command_calls | cut -s -d' ' -f2- | tr ' ,=' '\n'
	} | sort -u)
}

# --- output that goes nowhere ---

# outcome COMMAND...: its exit status and what it says on standard error; its output goes where ours does. The words
# "closed in" (or out, err) in front, more than once: without that file.
outcome()
{
	local rc=0 files=''

	while [ "$1" = closed ]; do
		files+=" $2"
		shift 2
	done
	(
		exec 2>"$WORK/outcome"
		[[ $files != *in* ]] || exec <&-
		[[ $files != *out* ]] || exec >&-
		[[ $files != *err* ]] || exec 2>&-
		exec "$@"
	) || rc=$?
	echo "$rc $(<"$WORK/outcome")" >"$WORK/outcome"
}

# check_outcome NAME STATUS [WORDS]: of the last outcome; WORDS are all that it said
check_outcome()
{
	check_equal "$1" "$2 ${3:-}" "$(<"$WORK/outcome")"
}

LOST="tuplestat: cannot write the output"

# check_full_disk SAYS WORD...: tuplestat WORD... to a disk that is full; SAYS: it has something to print
check_full_disk()
{
	outcome tuplestat "${@:2}" >/dev/full
	if [ "$1" = yes ]; then
		check_outcome "disk full: tuplestat ${*:2}" 2 "$LOST: No space left on device"
	else
		check_outcome "disk full, nothing to print: tuplestat ${*:2}" 0
	fi
}

# check_closed WORD...: with the standard files closed, and what it prints that does not need them
check_closed()
{
	local wanted

	outcome tuplestat "$@" >"$WORK/wanted"
	wanted=$(<"$WORK/outcome")
	[[ $wanted == "0 "* && -s $WORK/wanted ]] || fail "with all files open: tuplestat $*" "$wanted"
	outcome closed in tuplestat "$@" >"$WORK/out"
	check_equal "standard input is closed: tuplestat $*" "$wanted" "$(<"$WORK/outcome")"
	check "and the output is the same" cmp "$WORK/wanted" "$WORK/out"
	outcome closed err tuplestat "$@" >"$WORK/out"
	check_outcome "standard error is closed: tuplestat $*" "${wanted%% *}"
	check "and the output is the same" cmp "$WORK/wanted" "$WORK/out"
	outcome closed out tuplestat "$@"
	check_outcome "standard output is closed: tuplestat $*" 2 "$LOST: Bad file descriptor"
	outcome closed in closed out closed err tuplestat "$@"
	check_outcome "all are closed: tuplestat $*" 2
}

# --- signals ---

# interruptible COMMAND...: in the background, where the shell would have SIGINT be ignored and standard input be none;
# sets PID
interruptible()
{
	env --default-signal=INT "$@" <&0 &
	PID=$!
	_background+=("$PID")
}

# await_end PID: within ten seconds; sets ENDED to the signal that it died of, or "exit STATUS"
# shellcheck disable=SC2034 # for the tests
await_end()
{
	local rc=0

	wait_for gone "$1" || kill -KILL "$1"
	wait "$1" 2>/dev/null || rc=$?
	ENDED="exit $rc"
	[ $rc -le 128 ] || ENDED=$(kill -l $rc)
}
