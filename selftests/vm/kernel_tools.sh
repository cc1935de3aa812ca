# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # suite and release are kernel.sh's
# The headers of a release of Debian that is newer than this machine's come with programs (modpost, objtool, ...) that
# do not start here, and with flags for a compiler that is not here. Such a kernel gets that release's own compiler and
# tools; kernel_tools.mk, in the place of the headers, runs make with these. For kernel.sh.

# What building a module takes, besides the headers and what they depend on; sparse for "make style".
tools=(make bash coreutils dash diffutils findutils grep mawk perl-base sed sparse)

# tools_run HEADERS: whether the programs that come with the headers start on this machine; some are a word that starts
# the one for the kernel's machine, beside it.
tools_run()
{
	local needed

	needed=$(ldd "$1"/scripts/{basic/fixdep,mod/modpost}* "$1"/tools/objtool/objtool* 2>&1) || true
	[[ $needed != *"not found"* ]]
}

# give_tools KERNEL: unpacks them into KERNEL/root, and makes KERNEL/headers what KDIR= can be.
give_tools()
{
	local deb

	mkdir "$1/debs"
	download_closure "$1/debs" "${tools[@]}" "linux-headers-$release" || return
	for deb in "$1"/debs/*.deb; do
		dpkg-deb -x "$deb" "$1/root"
		rm "$deb"
	done
	rmdir "$1/debs"
	rm -f "$1/headers"
	mkdir "$1/headers"
	ln -s "../root/usr/src/linux-headers-$release/include" "$1/headers/include"
	ln -s "../root/usr/src/linux-headers-$release/Module.symvers" "$1/headers/Module.symvers"
	cp "$VM/kernel_tools.mk" "$1/headers/Makefile"
}
