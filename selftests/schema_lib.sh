# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of the JSON Schema share.
. "${BASH_SOURCE[0]%/*}/lib.sh"

SCHEMA=$ROOT/userspace/tuplestat.schema.json

# check_schema NAME FILE [NAME FILE]...: each file is what the schema has under that name; sets UNSEEN to the members
# that were in none of them
# shellcheck disable=SC2034 # for the tests
check_schema()
{
	local verdict what left=$(($# / 2))

	UNSEEN="(nothing was compared)"
	while read -r verdict what; do
		left=$((left - 1))
		case $verdict in
		good) pass "as the schema says: $what" ;;
		unseen) UNSEEN=$what ;;
		*) fail "as the schema says: ${what%%:*}" "$what" ;;
		esac
	done < <(python3 "$SELFTESTS/json_schema.py" "$SCHEMA" "$@" 2>&1)
	# One line more than files
	check_equal "all were compared" -1 $left
}
