# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # rc, of the last phase, is for the callers
# What "make check" and its kin share: phases, guests side by side, the slowest tests, and the count of what they found,
# which is the last line: N passed, N failed[, N skipped]. Sourced; $1 is the name of the directory, in build/, that their words go to.
# Ends by "finished=yes".
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

out=$BUILD/$1
passed=0 failed=0 skipped=0 finished=no
rc=0
declare -A _guest_of=() # by process id
_guests=()

# The slowest tests: what to look at when a run takes too long.
print_slowest()
{
	[ -s "$out/times" ] || return 0
	echo "== slowest tests, in seconds"
	sort -rn "$out/times" | head -n 12
}

# A run that was cut short has failed, whatever it found until then.
closing()
{
	print_slowest
	[ ${#_guest_of[@]} -eq 0 ] || kill "${!_guest_of[@]}" 2>/dev/null || true
	[ $finished = yes ] || failed=$((failed + 1))
	[ $((passed + failed)) -gt 0 ] || failed=1
	echo "$passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
	[ $failed -eq 0 ] || exit 1
}
trap closing EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# phase NAME COMMAND...: sets rc, says how long it took.
phase()
{
	local name=$1 began=${EPOCHREALTIME//[!0-9]/} ms

	shift
	echo "== $name"
	rc=0
	"$@" || rc=$?
	ms=$(((${EPOCHREALTIME//[!0-9]/} - began) / 1000))
	printf '== %s: %d.%d s\n' "$name" $((ms / 1000)) $((ms / 100 % 10))
}

fault()
{
	echo "${0##*/}: $*"
	failed=$((failed + 1))
}

# add_totals FILE NAME STATUS: adds what a runner counted. Its totals are its last word: without them it did not get to
# the end.
add_totals()
{
	local p f s before=$failed

	if ! read -r p f s 2>/dev/null <"$1"; then
		fault "$2 did not end properly (status $3)"
		return
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	cat "$1.times" >>"$out/times"
	[ $((p + f + s)) -gt 0 ] || fault "$2: nothing was run"
	if [ "$3" -gt 1 ] || { [ "$3" -eq 1 ] && [ "$failed" -eq "$before" ]; }; then
		fault "$2 ended with status $3"
	fi
}

# guest NAME KERNEL [OPTION OF boot.sh]... -- [TEST]...: a guest for run_guests; with no test there is none. Each test is
# given the SCALE and the MODULE, if any, of the environment.
guest()
{
	local name=$1 kernel=$2 options=()

	shift 2
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	[ $# -gt 0 ] || return 0
	_guests+=("$name")
	mkdir -p "$out/$name"
	# It is this very process that is ended where the run is cut short.
	printf '%q ' exec "$VM/boot.sh" --kernel "$kernel" "${options[@]}" --out "$out/$name" -- \
		env SCALE="${SCALE:-short}" ${MODULE:+"MODULE=$MODULE"} selftests/run_tests.sh --totals /out/totals "$@" >"$out/$name/boot"
}

# guests NAME COUNT KERNEL [OPTION]... -- [TEST]...: deals the tests out to so many guests
guests()
{
	local name=$1 count=$2 before=1 tests share number i

	shift 2
	while [ "${*:before:1}" != -- ]; do
		before=$((before + 1))
	done
	tests=("${@:before + 1}")
	for ((number = 1; number <= count; number++)); do
		share=()
		for ((i = number - 1; i < ${#tests[@]}; i += count)); do
			share+=("${tests[i]}")
		done
		guest "$name-$number" "${@:1:before}" "${share[@]}"
	done
}

# guests_smp NAME COUNT KERNEL [OPTION]... -- [TEST]...: likewise, but those that are about several CPUs have a guest with
# four of them
guests_smp()
{
	local smp before=1 test one=() four=()

	smp=" $(make -s -C "$SELFTESTS" list-smp) "
	while [ "${*:before:1}" != -- ]; do
		before=$((before + 1))
	done
	for test in "${@:before + 1}"; do
		if [[ $smp = *" ${test##*/} "* ]]; then
			four+=("$test")
		else
			one+=("$test")
		fi
	done
	guest "$1-smp" "${@:3:before - 3}" --cpus 4 -- "${four[@]}"
	guests "${@:1:before}" "${one[@]}"
}

# Waits for one guest that runs. What it prints was kept, so that guests side by side do not mix their words.
_guest_ends()
{
	local pid name status=0

	wait -n -p pid "${!_guest_of[@]}" || status=$?
	name=${_guest_of[$pid]}
	unset "_guest_of[$pid]"
	echo "-- guest $name"
	cat "$out/$name/log"
	add_totals "$out/$name/totals" "guest $name" "$status"
}

# Runs all guests, as many at a time as there are CPUs, two at most.
run_guests()
{
	local name at_once=$(($(nproc) > 1 ? 2 : 1))

	for name in "${_guests[@]}"; do
		[ ${#_guest_of[@]} -lt $at_once ] || _guest_ends
		bash "$out/$name/boot" >"$out/$name/log" 2>&1 &
		_guest_of[$!]=$name
	done
	while [ ${#_guest_of[@]} -gt 0 ]; do
		_guest_ends
	done
	_guests=()
}

rm -rf "$out"
mkdir -p "$out"
