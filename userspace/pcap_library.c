// SPDX-License-Identifier: GPL-2.0
/* libpcap, loaded when a capture is to be read. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

#include "pcap_library.h"

/* Debian's name of it, which has kept the old number, and everybody else's. */
static const char *const names[] = { "libpcap.so.0.8", "libpcap.so.1" };

static void *open_library(void)
{
	void *handle = NULL;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]) && !handle; i++)
		handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	return handle;
}

/* POSIX: a pointer to a function goes into what dlsym() returns, and back. */
static bool find(void *handle, const char *symbol, void *function)
{
	*(void **)function = dlsym(handle, symbol);
	return *(void **)function;
}

/**
 * pcap_library_load - get at libpcap
 * @error: set to why that failed
 *
 * Return: its functions, until the program ends; or NULL.
 */
const struct pcap_library *pcap_library_load(const char **error)
{
	static struct pcap_library library;
	void *handle;

	if (library.close)
		return &library;
	handle = open_library();
	if (handle &&
	    find(handle, "pcap_fopen_offline_with_tstamp_precision",
		 &library.fopen_offline) &&
	    find(handle, "pcap_datalink", &library.datalink) &&
	    find(handle, "pcap_datalink_val_to_name", &library.datalink_name) &&
	    find(handle, "pcap_datalink_val_to_description",
		 &library.datalink_description) &&
	    find(handle, "pcap_next_ex", &library.next_ex) &&
	    find(handle, "pcap_geterr", &library.geterr) &&
	    find(handle, "pcap_close", &library.close))
		return &library;
	*error = dlerror();
	return NULL;
}
