# SPDX-License-Identifier: GPL-2.0
# What a person types. The module's objects are listed in Kbuild, the command's in userspace/Makefile.

# Kernel headers to build the module against.
KDIR ?= /lib/modules/$(shell uname -r)/build
# Kernel of the test guest, one of selftests/vm/kernels.
KERNEL ?= 6.1
# Kernel self-tests that "make check" runs; all where empty.
TESTS ?=

BUILD := $(CURDIR)/build
VM := selftests/vm
guest_kdir = $(BUILD)/kernel/$(KERNEL)/headers

# Kbuild writes beside the sources it is given, so each kernel gets a tree of links of its own: the source tree stays
# clean, and objects of two kernels never mix.
# utsrelease.h and not kernel.release, which in Debian's headers is not what the kernel calls itself.
release = $(shell sed -n 's/^\#define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
module_dir = $(BUILD)/module-$(release)
# headers do not say which architecture they are for where it is not this machine's own
arch = $(if $(shell grep -s '^CONFIG_UML=y' $(KDIR)/.config),ARCH=um)
kbuild = $(MAKE) --no-print-directory -C $(KDIR) M=$(module_dir) $(arch)

.PHONY: all
all: module cli ## the module and the command (default)

.PHONY: module
module: check-kdir ## the module for KDIR's kernel: build/module-RELEASE/tuplestat.ko
	@mkdir -p $(module_dir)
	@find $(module_dir) -type l -delete
	@cp -rs $(CURDIR)/Kbuild $(CURDIR)/VERSION $(CURDIR)/module $(module_dir)/
	+@$(kbuild) modules
	@if [ "$(release)" = "$$(uname -r)" ]; then ln -sf module-$(release)/tuplestat.ko $(BUILD)/tuplestat.ko; fi
	@echo "built $(module_dir:$(CURDIR)/%=%)/tuplestat.ko"

.PHONY: check-kdir
check-kdir:
	@test -e $(KDIR)/include/generated/utsrelease.h || { \
		echo "no kernel headers in $(KDIR): install linux-headers-$$(uname -r) (Debian: or linux-headers-amd64)," \
		     "or give KDIR=/path/to/headers" >&2; exit 1; }

.PHONY: cli
cli: ## the command: build/tuplestat
	@$(MAKE) --no-print-directory -C userspace

.PHONY: install
install: all ## installs the module (modules_install, depmod), the command and their manuals; DESTDIR= and PREFIX= are heeded
	$(kbuild) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	@# kbuild leaves depmod out where the headers come without System.map, as distributions' do
	@if [ -z "$(DESTDIR)" ]; then depmod $(release); fi
	$(MAKE) --no-print-directory -C userspace install

.PHONY: deb
deb: ## Debian packages, in build/: tuplestat, and tuplestat-dkms with the module's source; DEB_VERSION=
	@userspace/debian/build.sh $(DEB_VERSION)

# --- tests; these fetch a kernel and boot a guest, and install missing Debian packages when root ---

.PHONY: check
check: ## everything that can be tested: style, unit tests, kernel self-tests in the guest; TESTS="a.sh b.sh" picks
	@KERNEL="$(KERNEL)" TESTS="$(TESTS)" $(VM)/check.sh

.PHONY: check-full
check-full: guest ## the tests with many flows and packets, with full counts; takes three quarters of an hour; TESTS as above
	@KERNEL="$(KERNEL)" TESTS="$(TESTS)" SCALE=full $(VM)/check.sh

.PHONY: check-deb
check-deb: guest ## the Debian packages: built, installed, upgraded, removed, with the module loaded and without
	@KERNEL="$(KERNEL)" TESTS=packages.sh SCALE=full $(VM)/check.sh

.PHONY: check-debug
check-debug: guest ## the kernel self-tests on kernels that look for faults; builds these, once; KERNELS="kcsan" picks, TESTS as above
	@KERNEL="$(KERNEL)" KERNELS="$(KERNELS)" TESTS="$(TESTS)" $(VM)/check_debug.sh

.PHONY: check-kernels
check-kernels: guest ## the kernel self-tests on Debian's kernels 5.10 to 7.2; KERNELS="5.10 7.2" picks, TESTS as above
	@KERNELS="$(KERNELS)" TESTS="$(TESTS)" $(VM)/check_kernels.sh

.PHONY: bench
bench: guest ## what it costs beside others, in instructions; TESTS="packets.sh listing.sh" picks
	@KERNEL="$(KERNEL)" TESTS="$(TESTS)" selftests/bench/bench.sh

.PHONY: unit
unit: ## the unit tests of the core and the command, on this machine
	@$(MAKE) --no-print-directory -C selftests/unit run

.PHONY: fuzz
fuzz: packages ## each fuzzer for FUZZ_SECONDS (600); findings stay in build/fuzz/findings
	@$(MAKE) --no-print-directory -C selftests/fuzz run SECONDS=$(or $(FUZZ_SECONDS),600)

.PHONY: style
style: packages kernel ## shellcheck, yamllint, sparse, and builds that may not warn
	@KERNEL="$(KERNEL)" $(VM)/style.sh

.PHONY: demo
demo: guest ## boots the guest and shows what tuplestat does
	@$(VM)/boot.sh --kernel $(KERNEL) -- selftests/demo.sh

.PHONY: vm
vm: guest ## a root shell in the guest, in this tree (ctrl-a x ends it)
	@$(VM)/boot.sh --kernel $(KERNEL) --interactive

# What a guest needs: its kernel, and everything built for it.
.PHONY: guest packages kernel
guest: packages kernel
	@$(MAKE) --no-print-directory module KDIR=$(guest_kdir) W=1
	@$(MAKE) --no-print-directory cli
	@$(MAKE) --no-print-directory -C selftests

packages:
	@$(VM)/install.sh

kernel: packages
	@$(VM)/kernel.sh $(KERNEL)

# --- the rest ---

.PHONY: clean
clean: ## removes what was built; fetched kernels stay
	@if [ -d $(BUILD) ]; then find $(BUILD) -mindepth 1 -maxdepth 1 ! -name kernel -exec rm -rf {} +; fi

.PHONY: distclean
distclean: ## removes build/ as a whole
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  KDIR=DIR       kernel headers for the module (default: the running kernel's)"
	@echo "  KERNEL=NAME    kernel of the guest, one of $(VM)/kernels (default $(KERNEL))"
	@echo "  build/tuplestat.ko is the module for the running kernel, once it was built for that."
