#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Metrics by the word of Prometheus' own tool, and of the dashboard that asks for them: it names only metrics that there
# are, with labels that they have, in words that Prometheus understands. And "export prometheus" as a command, of a
# capture; of the module in ../export_prometheus.sh.
. "$(dirname "$0")/../lib.sh"
need jq promtool python3

dashboard=$ROOT/userspace/grafana-dashboard.json
setup_tmp
metrics=$WORK/metrics
"$ROOT/build/unit/test_prometheus" print >"$metrics"

# --- the metrics ---

lint()
{
	promtool check metrics <"$1"
}

finds_fault()
{
	! lint "$1"
}

check "promtool has nothing to say" lint "$metrics"
sed '0,/^# HELP/{/^# HELP/d}; s/_bytes_total/_kilobytes/' "$metrics" >"$WORK/bad"
check "it would have" finds_fault "$WORK/bad"
check_equal "no address is among them" "" "$(grep -E '[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|::' "$metrics" | head -n 1)"

# --- the dashboard ---

jq -r '.panels[].targets[].expr' "$dashboard" >"$WORK/queries"
check "the dashboard has queries" [ "$(wc -l <"$WORK/queries")" -ge 10 ]

# Each as a rule; what Grafana puts in for its own words is put in here.
jq '{groups: [{name: "dashboard", rules: [.panels[].targets[].expr | gsub("\\$__rate_interval"; "5m") |
	{record: "dashboard:query", expr: .}]}]}' "$dashboard" >"$WORK/rules.yml"
jq '.groups[0].rules |= (to_entries | map(.value + {labels: {number: "\(.key)"}}))' "$WORK/rules.yml" >"$WORK/numbered.yml"
check "promtool understands every query" promtool check rules "$WORK/numbered.yml"

# "METRIC LABEL": what is printed, and what is asked for; "instance" is Prometheus' own
sed -En 's/^(tuplestat_[a-z_]+)\{(.*)\} .*/\1 \2/p' "$metrics" | while read -r name labels; do
	grep -oE '[a-z_]+="' <<<"$labels" | sed "s/=\"//; s/^/$name /"
done | sort -u >"$WORK/labels"
grep -v '^#' "$metrics" | sed 's/[{ ].*//' | sort -u >"$WORK/names"
# The variable's query has one, too.
{
	cat "$WORK/queries"
	jq -r '.templating.list[].query.query' "$dashboard"
} | grep -oE 'tuplestat_[a-z_]+' | sort -u >"$WORK/asked"
check_equal "it asks for metrics that there are" "" "$(comm -13 "$WORK/names" "$WORK/asked")"
check "it asks for most of them" [ "$(wc -l <"$WORK/asked")" -ge 13 ]

# by (LABEL, ...) (... METRIC{...}: of the first metric behind it
grep -oE 'by \([a-z_, ]+\) \((rate\()?tuplestat_[a-z_]+' "$WORK/queries" |
	sed -E 's/by \(([^)]*)\) \((rate\()?(.*)/\3 \1/; s/,//g' | while read -r name labels; do
	for label in $labels; do
		[ "$label" = instance ] || echo "$name $label"
	done
done | sort -u >"$WORK/grouped"
check_equal "it groups by labels that they have" "" "$(comm -13 "$WORK/labels" "$WORK/grouped")"
check "it groups by labels" [ "$(wc -l <"$WORK/grouped")" -ge 8 ]

# --- the command ---

"$SELFTESTS/gen_packets.py" accepted "$WORK/all.pcap" >"$WORK/count"
export_capture=(tuplestat -r "$WORK/all.pcap" export prometheus)
"${export_capture[@]}" >"$WORK/out"
check "of a capture: promtool has nothing to say" lint "$WORK/out"
check_equal "of a capture: packets and bytes that were seen" "$(tuplestat -r "$WORK/all.pcap" -j stats |
	jq -r '"\(.seen.packets) \(.seen.bytes)"')" \
	"$(awk '$1 == "tuplestat_seen_packets_total" { p = $2 } $1 == "tuplestat_seen_bytes_total" { print p, $2 }' "$WORK/out")"
check "to a file" "${export_capture[@]}" --textfile "$WORK/tuplestat.prom"
check "it is the same" cmp "$WORK/out" "$WORK/tuplestat.prom"
check_equal "nothing is left beside it" "" "$(find "$WORK" -name '.*.prom*')"

# refused WANTED WORD...: exit code and what it says
refused()
{
	local rc=0 said

	said=$(tuplestat "${@:2}" 2>&1 >"$WORK/refused") || rc=$?
	check_equal "refused: ${*:2}" "$1" "$rc $said"
	check "and nothing is printed" [ ! -s "$WORK/refused" ]
}

refused "1 tuplestat: 'export' needs a format; try 'tuplestat help'" export
refused "1 tuplestat: export: unknown format 'prom': did you mean 'prometheus'?" export prom
refused "1 tuplestat: export: unknown format 'csv'; try 'tuplestat help'" export csv
refused "1 tuplestat: unknown word 'tcp'; try 'tuplestat help'" export prometheus tcp
refused "1 tuplestat: -4 or -6 does not go with 'export prometheus': it prints metrics of all flows" -6 export prometheus
refused "1 tuplestat: -j does not go with 'export prometheus': it prints metrics of all flows" -j export prometheus
refused "1 tuplestat: --ports: '22,x' is no list as 22,443,8000-8009" export prometheus --ports 22,x
refused "1 tuplestat: --ports: more than 100 ports" export prometheus --ports=1-101
refused "1 tuplestat: --ports goes with 'export prometheus' only" --ports 22 stats
refused "1 tuplestat: --textfile goes with 'export prometheus' only" --textfile "$WORK/none"
refused "2 tuplestat: cannot write '$WORK/none/x': No such file or directory" -r "$WORK/all.pcap" export prometheus \
	--textfile "$WORK/none/x"
refused "2 tuplestat: cannot replace '/dev/null': it is no regular file" -r "$WORK/all.pcap" export prometheus \
	--textfile /dev/null
finish
