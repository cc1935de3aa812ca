// SPDX-License-Identifier: GPL-2.0
/* libpcap, loaded when a capture is to be read. */
#include <dlfcn.h>

#include "library.h"
#include "pcap_library.h"

/* Debian's name of it, which has kept the old number, and everybody else's. */
static const char *const names[] = { "libpcap.so.0.8", "libpcap.so.1" };

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
	handle = library_open(names, sizeof(names) / sizeof(names[0]));
	if (handle &&
	    library_find(handle, "pcap_fopen_offline_with_tstamp_precision",
			 &library.fopen_offline) &&
	    library_find(handle, "pcap_datalink", &library.datalink) &&
	    library_find(handle, "pcap_datalink_val_to_name",
			 &library.datalink_name) &&
	    library_find(handle, "pcap_datalink_val_to_description",
			 &library.datalink_description) &&
	    library_find(handle, "pcap_next_ex", &library.next_ex) &&
	    library_find(handle, "pcap_geterr", &library.geterr) &&
	    library_find(handle, "pcap_close", &library.close))
		return &library;
	*error = dlerror();
	return NULL;
}
