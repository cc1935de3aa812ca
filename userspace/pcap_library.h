/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libpcap, loaded when a capture is to be read. It brings ten libraries more
 * (of D-Bus, of systemd, of cryptography), which would be loaded with every
 * call otherwise: two thirds of what it takes to ask the kernel for one flow.
 */
#ifndef TUPLESTAT_PCAP_LIBRARY_H
#define TUPLESTAT_PCAP_LIBRARY_H

#include <pcap/pcap.h>

/**
 * struct pcap_library - the functions that are used, see pcap(3PCAP)
 * @fopen_offline: pcap_fopen_offline_with_tstamp_precision()
 * @datalink: pcap_datalink()
 * @datalink_name: pcap_datalink_val_to_name()
 * @datalink_description: pcap_datalink_val_to_description()
 * @next_ex: pcap_next_ex()
 * @geterr: pcap_geterr()
 * @close: pcap_close()
 */
struct pcap_library {
	__typeof__(pcap_fopen_offline_with_tstamp_precision) *fopen_offline;
	__typeof__(pcap_datalink) *datalink;
	__typeof__(pcap_datalink_val_to_name) *datalink_name;
	__typeof__(pcap_datalink_val_to_description) *datalink_description;
	__typeof__(pcap_next_ex) *next_ex;
	__typeof__(pcap_geterr) *geterr;
	__typeof__(pcap_close) *close;
};

const struct pcap_library *pcap_library_load(const char **error);

#endif /* TUPLESTAT_PCAP_LIBRARY_H */
