#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the command says when something is wrong: the exit code and the whole of what it prints on standard error.
. "$(dirname "$0")/lib.sh"
need setpriv unshare

setup_tmp
help="; try 'tuplestat help'"
number="is no number from 16 to 16777216"
no_key="is none of bytes, packets, payload, retransmits, duration, rtt, first, last, port, flows"
no_time="is no time from 1 to 2592000 seconds, or with a unit: 90s, 15m, 2h, 30d"
list="is no list as tcp/80,udp/53,tcp/8000-8099"
no_collector="'export ipfix' needs a collector: --to HOST:PORT"
no_address="is not HOST:PORT, or [ADDR]:PORT for an IPv6 address"
no_interval="is no time from 1 to 86400 seconds, or with a unit: 90s, 15m, 2h, 1d"
interval="interval: '0' is no number of seconds from 0.1 to 3600"
no_terminal="'top' needs a terminal; 'tuplestat' prints the flows, 'tuplestat monitor' what happens"
no_page="nothing says where to write the report; 'report --html FILE', or - for standard output"
ports_of_module="--server-ports goes with -r only: the kernel module has its parameter server_ports"

# One row a line: exit code; words after tuplestat; the words on standard error after "tuplestat: ".
usage_table()
{
	cat <<-END
	1; -x; unknown option '-x'$help
	1; --nonsense; unknown option '--nonsense'$help
	1; -N; nothing follows option '-N'$help
	1; nonsense; unknown word 'nonsense'$help
	1; tcp nonsense; unknown word 'nonsense'$help
	1; sho; unknown word 'sho': did you mean 'show'?
	1; stat; unknown word 'stat': did you mean 'state' or 'stats'?
	1; src 10.0.0.1 stat close; unknown word 'stat': did you mean 'state'?
	1; tcp and colums proto; unknown word 'colums': did you mean 'columns'?
	1; --jsno; unknown option '--jsno': did you mean '--json'?
	1; --format; nothing follows option '--format'$help
	1; --format jsn; --format: 'jsn' is none of text, json, tsv, zeek: did you mean 'json'?
	1; --color=alway; --color: 'alway' is none of auto, always, never: did you mean 'always'?
	1; -c=red; --color: 'red' is none of auto, always, never
	1; -o; nothing follows option '-o'$help
	1; -o orig.adr; -o: unknown column 'orig.adr': did you mean 'orig.addr'?
	1; columns nonsense; columns: unknown column 'nonsense'; try 'tuplestat help columns'
	1; columns proto columns state; 'columns' is there twice
	1; -o proto columns state; -o and 'columns' exclude each other
	1; -j -o proto; -o goes with text and tsv only: json has fields of its own
	1; --format zeek columns proto; columns goes with text and tsv only: zeek has fields of its own
	1; -o proto group by src; -o: groups have columns of their own
	1; --format zeek group by src; zeek has connections, it does not go with 'group by'
	1; --format tsv --human; --human goes with text only: programs get exact numbers
	1; -s stats; -s goes with the list of flows only
	1; show --format zeek; --format zeek goes with the list of flows only
	1; -H show; -H goes with the list of flows only
	1; show columns proto; unknown word 'columns'$help
	1; show sotr bytes; unknown word 'sotr': did you mean 'sort'?
	1; help column; unknown word 'column': did you mean 'columns'?
	1; help columns now; unknown word 'now'$help
	1; set max-flow 16; unknown word 'max-flow': did you mean 'max-flows'?
	1; monitor cont 1; unknown word 'cont': did you mean 'conn' or 'count'?
	1; show nonsense; unknown word 'nonsense'$help
	1; stats now; unknown word 'now'$help
	1; start now; unknown word 'now'$help
	1; stop now; unknown word 'now'$help
	1; config now; unknown word 'now'$help
	1; help me; unknown word 'me'$help
	1; not; nothing follows 'not'
	1; tcp and; nothing follows 'and'
	1; src; nothing follows 'src'
	1; src 10.0.0; src: '10.0.0' is not an IPv4 or IPv6 address
	1; dst 10.0.0.256; dst: '10.0.0.256' is not an IPv4 or IPv6 address
	1; host localhost; host: 'localhost' is not an IPv4 or IPv6 address
	1; src 10.0.0.0/33; src: '10.0.0.0/33' has no prefix length from 0 to 32
	1; src fd00::/129; src: 'fd00::/129' has no prefix length from 0 to 128
	1; src 10.0.0.0/; src: '10.0.0.0/' has no prefix length from 0 to 32
	1; dport; nothing follows 'dport'
	1; dport 65536; dport: '65536' is no port from 0 to 65535, no range and no service
	1; sport -7; unknown option '-7'$help
	1; port 80x; port: '80x' is no port from 0 to 65535, no range and no service
	1; port 8000-70000; port: '8000-70000' is no range of ports from 0 to 65535
	1; port 8999-8000; port: '8999-8000' is a range that ends before it begins
	1; state open; state: 'open' is not a state or a list of states
	1; state established,; state: 'established,' is not a state or a list of states
	1; conn S9; conn: 'S9' is not a verdict (S0, SF, REJ, ...) or a list of them
	1; sort; nothing follows 'sort'
	1; sort size; sort: 'size' $no_key
	1; sort -bytes; unknown option '-b'$help
	1; sort bytes sort bytes; 'sort' is there twice
	1; sort flows; 'sort flows' without 'group by'
	1; reverse tcp; 'reverse' without 'sort'
	1; not sort bytes; 'sort' cannot follow 'not'
	1; tcp limit; nothing follows 'limit'
	1; limit 0; limit: '0' is no number from 1 to 4294967295
	1; limit ten; limit: 'ten' is no number from 1 to 4294967295
	1; group; nothing follows 'group'
	1; group src; group: 'src' is not 'by'
	1; group by; nothing follows 'by'
	1; group by port; group: 'port' is none of src, dst, sport, dport, host-pair, proto, state, conn: did you mean 'sport' or 'dport'?
	1; group by src sort rtt; sort: groups have no 'rtt', but bytes, packets and flows
	1; show group by proto; unknown word 'group'$help
	1; summary limit 3; unknown word 'limit'$help
	1; set; nothing follows 'set'
	1; set max-flows; nothing follows 'max-flows'
	1; set nonsense 1; unknown word 'nonsense'$help
	1; set max-flows many; max-flows: 'many' $number
	1; set max-flows 15; max-flows: '15' $number
	1; set max-flows 16777217; max-flows: '16777217' $number
	1; set max-flows -7; unknown option '-7'$help
	1; set max-flows 99999999999999999999; max-flows: '99999999999999999999' $number
	1; set timeout-established; nothing follows 'timeout-established'
	1; set timeout-open 10; unknown word 'timeout-open'$help
	1; set timeout-close 0; timeout-close: '0' $no_time
	1; set timeout-close 2592001; timeout-close: '2592001' $no_time
	1; set timeout-active 31d; timeout-active: '31d' $no_time
	1; set timeout-active 5w; timeout-active: '5w' $no_time
	1; set max-flows 1000 timeout-syn-sent soon; timeout-syn-sent: 'soon' $no_time
	1; check now; unknown word 'now'$help
	1; flush nonsense; unknown word 'nonsense'$help
	1; flush dport; nothing follows 'dport'
	1; flush limit 3; unknown word 'limit'$help
	1; monitor nonsense; unknown word 'nonsense'$help
	1; monitor count; nothing follows 'count'
	1; monitor count 0; count: '0' is no number from 1 to 4294967295
	1; monitor tcp buffer; nothing follows 'buffer'
	1; monitor buffer 2k tcp; buffer: '2k' is no number from 1 to 1073741824
	1; top interval; nothing follows 'interval'
	1; top tcp interval 0; $interval
	1; top interval 1s; interval: '1s' is no number of seconds from 0.1 to 3600
	1; top interval nan; interval: 'nan' is no number of seconds from 0.1 to 3600
	1; top dport 50x; dport: '50x' is no port from 0 to 65535, no range and no service
	1; top sort bytes; unknown word 'sort': did you mean 'sport' or 'port'?
	1; top; $no_terminal
	1; -j top; 'top' draws a screen, it does not go with -j; 'tuplestat -j' prints the flows
	1; -r none-such top; 'top' is for the kernel module, it does not go with -r
	1; report; $no_page
	1; report --html; nothing follows option '--html'$help
	1; report --html - nonsense; unknown word 'nonsense'$help
	1; -j report --html -; 'report' writes HTML, it does not go with -j; 'tuplestat -j summary' has its numbers
	1; summary --html -; --html goes with 'report' only
	1; --html - tcp; --html goes with 'report' only
	1; --syslog; --syslog goes with 'monitor' only
	1; stats --syslog; --syslog goes with 'monitor' only
	1; export; 'export' needs a format$help
	1; export csv; export: unknown format 'csv'$help
	1; export ipfix; $no_collector
	1; -r none-such export ipfix; $no_collector
	1; export ipfix --to; nothing follows option '--to'$help
	1; export ipfix --to localhost; --to: 'localhost' $no_address
	1; export ipfix --to ::1:4739; --to: '::1:4739' $no_address
	1; export ipfix --to [::1]; --to: '[::1]' $no_address
	1; export ipfix --to []:4739; --to: '[]:4739' $no_address
	1; export ipfix --to :4739; --to: ':4739' $no_address
	1; export ipfix --to 127.0.0.1:0; --to: '127.0.0.1:0' $no_address
	1; export ipfix --to 127.0.0.1:65536; --to: '127.0.0.1:65536' $no_address
	1; export ipfix --to 127.0.0.1:4739x; --to: '127.0.0.1:4739x' $no_address
	1; export ipfix --to 127.0.0.1:4739 --tcp --udp; --tcp and --udp exclude each other
	1; export ipfix --to 127.0.0.1:4739 --domain -1; --domain: '-1' is no number from 0 to 4294967295
	1; export ipfix --to 127.0.0.1:4739 --domain 4294967296; --domain: '4294967296' is no number from 0 to 4294967295
	1; export ipfix --to 127.0.0.1:4739 --template-interval 0; --template-interval: '0' $no_interval
	1; export ipfix --to 127.0.0.1:4739 --template-interval 2d; --template-interval: '2d' $no_interval
	1; export ipfix --to 127.0.0.1:4739 nonsense; unknown word 'nonsense'$help
	1; export ipfix --to 127.0.0.1:4739 buffer; nothing follows 'buffer'
	1; --to 127.0.0.1:4739; --to goes with 'export ipfix' only
	1; stats --tcp; --tcp goes with 'export ipfix' only
	1; monitor --udp; --udp goes with 'export ipfix' only
	1; export ipfix --to 127.0.0.1:4739 --syslog; --syslog goes with 'monitor' only
	1; export ipfix --to 127.0.0.1:4739 --textfile x; --textfile goes with 'export prometheus' only
	1; export prometheus --tcp; --tcp goes with 'export ipfix' only
	1; -r none-such check; 'check' is for the kernel module, it does not go with -r
	1; -r none-such monitor; 'monitor' is for the kernel module, it does not go with -r
	1; -r none-such flush; 'flush' is for the kernel module, it does not go with -r
	1; --server-ports; nothing follows option '--server-ports'$help
	1; --server-ports tcp/80; $ports_of_module
	1; stats --server-ports tcp/80; $ports_of_module
	1; -r - --server-ports 80; --server-ports: '80' $list
	1; -r - --server-ports tcp/80, stats; --server-ports: 'tcp/80,' $list
	1; -r none-such --server-ports tcp/70000; --server-ports: 'tcp/70000' $list
	2; -N none-such; cannot open network namespace 'none-such': No such file or directory
	2; -N /proc/self/ns/mnt; cannot enter network namespace '/proc/self/ns/mnt': Invalid argument
	END
}

missing="the kernel module is not loaded; run 'modprobe tuplestat' as root"
not_loaded_table()
{
	cat <<-END
	2; ; $missing
	2; -j; $missing
	2; tcp; $missing
	2; show; $missing
	2; stats; $missing
	2; config; $missing
	2; stop; $missing
	2; set max-flows 1000; $missing
	2; report --html -; $missing
	2; check; $missing
	2; monitor count 1; $missing
	2; export ipfix --to 127.0.0.1:4739; $missing
	2; flush; $missing
	END
}

denied="permission denied: CAP_NET_ADMIN is needed; run it as root"
denied_table()
{
	cat <<-END
	2; ; $denied
	2; show tcp; $denied
	2; stats; $denied
	2; config; $denied
	2; stop; $denied
	2; start; $denied
	2; set max-flows 1000; $denied
	2; report --html none; $denied
	2; check; $denied
	2; monitor count 1; $denied
	2; export ipfix --to 127.0.0.1:4739; $denied
	2; flush; $denied
	END
}

stopped="not started in this network namespace; run 'tuplestat -N"
not_started_table()
{
	cat <<-END
	2; -N $1; $stopped $1 start'
	2; -N $1 -j; $stopped $1 start'
	2; -N $1 show tcp; $stopped $1 start'
	END
}

# check_table WHEN [COMMAND]...: rows on standard input; COMMAND runs the command, none of its output may be on standard
# output.
check_table()
{
	local when=$1 code words text rc

	shift
	while IFS=';' read -r code words text; do
		text=${text# }
		rc=0
		# shellcheck disable=SC2086 # words
		"$@" tuplestat $words >"$WORK/out" 2>"$WORK/err" </dev/null || rc=$?
		check_equal "$when: tuplestat$words" "exit $code, tuplestat: $text" \
			"exit $rc, $(<"$WORK/err")$(<"$WORK/out")"
	done
}

check_table "usage" < <(usage_table)
check_table "not loaded" < <(not_loaded_table)

load_module
setup_ns A
check_table "loaded, usage" < <(usage_table | head -n 40)
check_table "not permitted" setpriv --reuid 65534 --regid 65534 --clear-groups < <(denied_table)
check_table "not started" < <(not_started_table "$A")

tuplestat stop
check_table "stopped here" <<-END
	2; ; not started in this network namespace; run 'tuplestat start'
END
tuplestat start
check_table "no such flow" <<-END
	2; show host 192.0.2.1; no flow matches
END

# What only the kernel knows reaches the person in the kernel's words.
check_table "own namespace" unshare -Urn <<-END
	2; start; permission denied: counting in user namespaces is disabled (module parameter userns_max_flows is 0)
	2; set max-flows 16; permission denied: counting in user namespaces is disabled (module parameter userns_max_flows is 0)
END
echo 16384 >/sys/module/tuplestat/parameters/userns_max_flows
check_table "own namespace, allowed" unshare -Urn <<-END
	2; set max-flows 16385; permission denied: above the limit for unprivileged namespaces (module parameter userns_max_flows)
END

# Output that gets lost is an error, in each command that has some.
check_full()
{
	local rc=0

	tuplestat "$@" >/dev/full 2>"$WORK/err" || rc=$?
	check_equal "disk full: tuplestat $*" "2 tuplestat: cannot write the output: No space left on device" \
		"$rc $(<"$WORK/err")"
}
check_full
check_full -j
check_full stats
check_full -j stats
check_full check
check_full config
check_full help
check_full -V

# And a reader who has seen enough is not: nothing is said.
exec {pipe}> >(:)
wait $! || true
rc=0
tuplestat help 2>"$WORK/err" 1>&"$pipe" || rc=$?
check_equal "nobody reads: no complaint" "" "$(<"$WORK/err")"

# Right use, for comparison
for words in "" -j "-j -p" -n -4 -6 "sort bytes limit 3 tcp" "-j group by dport" stats "-j stats" config "-j config" help -V --help; do
	# shellcheck disable=SC2086 # words
	check "right: tuplestat $words" tuplestat $words
done
finish
