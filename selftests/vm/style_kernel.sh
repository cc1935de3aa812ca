# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Checks by the kernel's own scripts, for style.sh.

kernel_scripts()
{
	local folder

	folder=$("$VM/kernel_source.sh" - tools) && echo "${folder##*$'\n'}/scripts"
}

# ignored FILE: the types that are not wanted of checkpatch for it, with commas
ignored()
{
	awk -v file="$1" '
		/^#/ { next }
		$1 == "all" || $1 == "programs" && file !~ /^module\/[^u]/ || $1 == "tests" && file ~ /^selftests\// ||
		$1 == file { printf "%s%s", comma, $2; comma = "," }' "$VM/checkpatch_ignore.txt"
}

# checkpatch_files TYPES FILE...: without these types. What it says of include folders that it does not find is dropped;
# it ends with an error where it could not do its work.
checkpatch_files()
{
	local output

	output=$("$SCRIPTS/checkpatch.pl" --no-tree --strict --terse --show-types --no-summary --max-line-length=120 \
		--ignore "$1" -f "${@:2}" 2>/dev/null) && return
	echo "${output:-checkpatch.pl fails on ${*:2}}"
	return 1
}

# In a folder of its own, where it may leave its cache, for as many files at a time as have the same types ignored.
check_checkpatch()
{
	local -A files=()
	local file types rc=0

	SCRIPTS=$(kernel_scripts) || return
	mkdir -p "$STYLE/checkpatch"
	cd "$STYLE/checkpatch" || return
	while read -r file; do
		files[$(ignored "$file")]+="$ROOT/$file "
	done < <(cd "$ROOT" && find module userspace selftests -name '*.[ch]' | sort)
	export -f checkpatch_files
	export SCRIPTS
	# shellcheck disable=SC2016 # for the inner shell
	for types in "${!files[@]}"; do
		xargs -n 10 -P "$(nproc)" bash -c 'checkpatch_files "$@"' checkpatch "$types" <<<"${files[$types]}" || rc=1
	done
	return $rc
}

# Those that report, but not those that: need an OCaml compiler; advise min(), which the core does not have.
semantic_patches()
{
	grep -rlE '^virtual (.*, *)?report' "$SCRIPTS/coccinelle" --include='*.cocci' |
		xargs grep -LE 'script:ocaml' | grep -v '/misc/minmax.cocci$' | sort
}

# spatch_one SEMANTIC-PATCH: what it finds is an error, and so is a failure of its own
spatch_one()
{
	local options output rc=0

	options=$(sed -n 's|^// *Options: *||p' "$1" | head -n 1)
	# shellcheck disable=SC2086 # words
	output=$(spatch -D report --very-quiet $options --cocci-file "$1" --dir "$ROOT/module" 2>"$STYLE/${1##*/}.err") ||
		rc=$?
	[ $rc -eq 0 ] || cat "$STYLE/${1##*/}.err"
	[ -z "$output" ] || echo "${1##*/coccinelle/}: $output"
	[ $rc -eq 0 ] && [ -z "$output" ]
}

check_coccinelle()
{
	local patches

	SCRIPTS=$(kernel_scripts) || return
	mapfile -t patches < <(semantic_patches)
	[ ${#patches[@]} -ge 50 ] || { echo "only ${#patches[@]} semantic patches"; return 1; }
	export -f spatch_one
	export ROOT STYLE
	printf '%s\0' "${patches[@]}" | xargs -0 -P "$(nproc)" -I {} bash -c 'spatch_one {}'
}
