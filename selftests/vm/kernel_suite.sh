# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # suite and release are kernel.sh's
# Asks apt about a suite of Debian that this machine's own sources need not have: with a list of sources, a cache and
# a state of its own below build/kernel/apt, so that this machine's apt learns nothing of it. For kernel.sh.

# Options for apt that make it speak of the suite; none for "-".
apt_options=()

# Prints where this machine's own sources fetch Debian from. Security's suites lie in another place than the rest.
mirror()
{
	local suffix=''

	[[ $1 != *-* ]] || suffix=-${1#*-}
	# shellcheck disable=SC2016 # apt's words, not the shell's
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' "Created-By: Packages" "Origin: Debian" |
		awk -v suffix="$suffix" '{
			name = $1
			if (sub(/^[^-]*/, "", name) && name == suffix && !found++)
				print $2
		}'
}

# use_suite SUITE: sets apt_options.
use_suite()
{
	local dir=$BUILD/kernel/apt/$1 uri

	[ "$1" != - ] || return 0
	uri=$(mirror "$1")
	if [ -z "$uri" ]; then
		update_suite
		uri=$(mirror "$1")
	fi
	[ -n "$uri" ] || die "apt's sources here name no mirror of Debian for suite '$1'"
	mkdir -p "$dir"/lists/partial "$dir"/cache/archives/partial
	echo "deb $uri $1 main" >"$dir/sources.list"
	: >"$dir/status"
	apt_options=(-o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null
		-o Dir::State="$dir" -o Dir::State::Lists="$dir/lists" -o Dir::State::status="$dir/status"
		-o Dir::Cache="$dir/cache" -o Dir::Cache::Archives="$dir/cache/archives"
		-o APT::Architecture=amd64 -o APT::Architectures=amd64 -o Acquire::Languages=none)
}

# Only this machine's own lists are the administrator's to update.
update_suite()
{
	[ ${#apt_options[@]} -gt 0 ] || [ "$(id -u)" -eq 0 ] || die "as root, run: apt-get update"
	apt-get -q "${apt_options[@]}" update
}

# Prints what package $1 depends on, one a line.
dependencies()
{
	apt-cache "${apt_options[@]}" depends "$1" 2>/dev/null | awk '$1 == "Depends:" { print $2 }'
}

# Prints the package that meta package $1 stands for: the first dependency whose name begins with $2.
resolve()
{
	dependencies "$1" | awk -v p="$2" 'index($0, p) == 1 && !found++'
}

# download DIR PACKAGE...: the archives of just these
download()
{
	(cd "$1" && apt-get -q "${apt_options[@]}" download "${@:2}")
}

# download_closure DIR PACKAGE...: the archives of these and of all that they depend on, as on a machine with nothing
download_closure()
{
	local archives=$BUILD/kernel/apt/$suite/cache/archives

	apt-get -q "${apt_options[@]}" --no-install-recommends --download-only -y install "${@:2}" &&
		mv "$archives"/*.deb "$1"
}
