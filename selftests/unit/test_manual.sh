#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The manuals have every word that the command knows, every parameter of the module, its netlink interface and its
# tracepoints, each in its place, and nothing else.
. "$(dirname "$0")/../lib.sh"
need mandoc

COMMAND_PAGE=$ROOT/userspace/tuplestat.8
MODULE_PAGE=$ROOT/module/tuplestat.4
PARAM=$ROOT/module/param.c
ABI=$ROOT/module/uapi/linux/tuplestat.h

# items PAGE SECTION [MACRO]: what the lists of a section, or of a subsection, are about: words behind .It and that macro
# (Cm), sorted; options, whose macro is Fl, with their '-'
items()
{
	awk -v section="$2" -v macro="${3:-Cm}" '
		/^\.S[hs] / { title = substr($0, 5) }
		title != section || $1 != ".It" { next }
		{
			reading = 0
			for (i = 2; i <= NF; i++) {
				# Macros, of which what goes before is the name; then comes what people put something else for
				if ($i == macro) {
					reading = 1
				} else if ($i ~ /^(Ar|Ns|Op|Oo|Oc|Fl|Cm|Ic|Va|Dv)$/) {
					reading = 0
				} else if (reading && $i != ",") {
					print (macro == "Fl" ? "-" : "") $i
				}
			}
		}' "$1" | sort -u
}

# same NAME WANTED GOT: both lists, a line each
same()
{
	check "$1: there are some" [ -n "$2" ]
	check_equal "$1: documented, each of them" "" "$(comm -23 <(sort -u <<<"$2") <(sort -u <<<"$3"))"
	check_equal "$1: and nothing else" "" "$(comm -13 <(sort -u <<<"$2") <(sort -u <<<"$3"))"
}

words()
{
	tuplestat help words | sed -n "s/^$1 //p"
}

# --- tuplestat(8) ---

same "commands" "$(words command)" "$(items "$COMMAND_PAGE" COMMANDS Ic)"
same "options" "$(words option)" "$(items "$COMMAND_PAGE" OPTIONS Fl)"
while read -r kind section; do
	same "$section" "$(words "$kind")" "$(items "$COMMAND_PAGE" "$section")"
done <<-END
	filter FILTER
	state States
	verdict Verdicts
	order Order
	sort Sort keys
	group Group keys
	monitor Words of monitor
	top Words of top
	export Formats of export
	ipfix Words of export ipfix
	column COLUMNS
	setting SETTINGS
	format Formats
	color Colors
END
same "words of the list" "$(comm -23 <(words list | sort) <(words order | sort))" \
	"$(items "$COMMAND_PAGE" "Of the list only" | grep -vx by)"
for topic in $(words help); do
	check "topic of help: $topic" grep -qx "\.Cm $topic ," "$COMMAND_PAGE"
done
# A kind of words that this test has not heard of would be documented nowhere.
check_equal "all kinds of words were looked for" \
	"color column command export filter format group help ipfix list monitor option order setting sort state top verdict" \
	"$(tuplestat help words | cut -d' ' -f1 | sort -u | tr '\n' ' ' | sed 's/ $//')"
# What the installed command says
for status in 0 1 2 3; do
	check "exit status $status" grep -qx "\.It $status" "$COMMAND_PAGE"
done

# --- tuplestat(4) ---

# parameters: of the source, by the macros that define them
parameters()
{
	sed -n 's/^module_param\(_cb\)\?(\([a-z_]*\),.*/\2/p; s/^TIMEOUT_PARAM(\([a-z0-9_]*\),.*/timeout_\1/p' "$PARAM"
}

# defaults: parameter and number, of the source; what it does not initialize is described only
defaults()
{
	tr '\n' ' ' <"$PARAM" | sed -n 's/.*MODULE_PARM_DESC(\(userns_max_flows\),[^"]*"[^"]*default \([0-9]*\))".*/\1 \2\n/p' |
		head -n 1
	tr '\n' ' ' <"$PARAM" | grep -oE 'TIMEOUT_PARAM\([a-z0-9_]+, *[A-Z0-9_]+, *[0-9]+' |
		sed 's/TIMEOUT_PARAM(\([a-z0-9_]*\),.* \([0-9]*\)$/timeout_\1 \2/'
	sed -n 's/^\t\.\(max_flows\) = \([0-9]*\),/\1 \2/p;
		s/^#define ACTIVE_TIMEOUT_DEFAULT \([0-9]*\)/timeout_active \1/p' "$PARAM"
}

documented_defaults()
{
	awk '/^\.It Va / { name = $3 } /^Default: [0-9]+\.$/ { sub(/\.$/, "", $2); print name, $2 }' "$MODULE_PAGE"
}

same "parameters" "$(parameters)" "$(items "$MODULE_PAGE" PARAMETERS Va)"
same "their defaults" "$(defaults)" "$(documented_defaults)"
same "operations" "$(grep -oE '^\sTUPLESTAT_CMD_[A-Z_]+' "$ABI" | tr -d '\t' | grep -vE 'UNSPEC|_MAX$')" \
	"$(items "$MODULE_PAGE" Operations Dv)"
same "attributes" "$(grep -oE '^\sTUPLESTAT_A_[A-Z0-9_]+' "$ABI" | tr -d '\t' |
	grep -vE '_UNSPEC$|A_(FLOW|END|TERM|STATS|TOTAL|CONFIG|TIMEOUT)_MAX$')" \
	"$(for nest in "a flow" "a side" "a term" "the statistics" "the settings"; do
		items "$MODULE_PAGE" "Attributes of $nest" Dv
	done)"
same "tracepoints" "$(sed -n 's/^DEFINE_EVENT(tstat_flow, \([a-z_]*\),/\1/p' "$ROOT/module/trace.h")" \
	"$(items "$MODULE_PAGE" TRACEPOINTS Va)"
check "the multicast group" grep -qx "\.Dq $(sed -n 's/^#define TUPLESTAT_MCGRP_FLOWS_NAME "\(.*\)"/\1/p' "$ABI")" "$MODULE_PAGE"

# --- both ---

for page in "$COMMAND_PAGE" "$MODULE_PAGE"; do
	check "mandoc finds nothing in ${page##*/}" mandoc -T lint -W warning "$page"
done
setup_tmp
make -s -C "$ROOT/userspace" install DESTDIR="$WORK" PREFIX=/usr >"$WORK/log" 2>&1 || cat "$WORK/log"
for file in sbin/tuplestat share/man/man8/tuplestat.8 share/man/man4/tuplestat.4 \
	share/bash-completion/completions/tuplestat share/tuplestat/tuplestat.schema.json; do
	check "installed: $file" [ -s "$WORK/usr/$file" ]
done
finish
