#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Installs what packages.txt lists and this machine lacks. With nothing missing it costs one dpkg-query.
set -euo pipefail
. "$(dirname "$0")/env.sh"

mapfile -t wanted < <(sed 's/#.*//' "$VM/packages.txt" | tr -d ' \t' | grep .)

# Prints the packages that are not fully installed; dpkg-query is silent about names it has never heard of.
missing()
{
	dpkg-query -W -f='${Package} ${db:Status-Abbrev}\n' "${wanted[@]}" 2>/dev/null |
		awk -v wanted="${wanted[*]}" '
			$2 == "ii" || $2 == "hi" { have[$1] = 1 }
			END {
				n = split(wanted, name, " ")
				for (i = 1; i <= n; i++)
					if (!(name[i] in have))
						print name[i]
			}' || true
}

command -v dpkg-query >/dev/null || die "not a Debian machine: install what $VM/packages.txt lists by hand"

mapfile -t lacking < <(missing)
[ ${#lacking[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "${0##*/}: packages are missing; as root, run:" >&2
	echo "  apt-get update && apt-get install --no-install-recommends -y ${lacking[*]}" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
echo "installing: ${lacking[*]}"
apt-get -q update
apt-get -q install --no-install-recommends -y "${lacking[@]}"

mapfile -t lacking < <(missing)
[ ${#lacking[@]} -eq 0 ] || die "still missing after the installation: ${lacking[*]}"
