# SPDX-License-Identifier: GPL-2.0
# In the place of a kernel's headers: does what "make -C HEADERS" is asked to, with the compiler and the tools of the
# kernel's own release of Debian. They lie below ../root/usr and are seen as /usr by this make and what it starts, in
# a mount name space of its own; all else, the module's sources among it, is where it is. Needs no root where users may
# have name spaces. The variables of the command line (M=, W=, C=) go on in MAKEFLAGS.

root := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../root)
headers = $(patsubst $(root)%,%,$(wildcard $(root)/usr/src/linux-headers-*-amd64))
goals := $(or $(MAKECMDGOALS),modules)
user := $(if $(filter 0,$(shell id -u)),,--map-root-user)

.PHONY: $(goals) forward
$(goals): forward
	@:

# No alternatives are set up there, so awk has no name. This make's own file is not the other's business.
forward:
	+@unshare --mount $(user) -- sh -c 'mount --bind "$$0" /usr && exec "$$@"' $(root)/usr \
		/usr/bin/make -C $(headers) AWK=mawk $(goals)
