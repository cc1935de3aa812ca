/* SPDX-License-Identifier: GPL-2.0 */
/* Ports that servers are likely to have. */
#ifndef _TSTAT_CORE_PORTS_H
#define _TSTAT_CORE_PORTS_H

#include "parse.h"
#include "port.h"

/**
 * struct tstat_ports - ports that servers are likely to have
 * @tcp: a bit for each port
 * @udp: a bit for each port
 *
 * Only looked at when a flow begins without a SYN, or with UDP.
 */
struct tstat_ports {
	u32 tcp[65536 / 32];
	u32 udp[65536 / 32];
};

#define TSTAT_PORTS_DEFAULT \
	"tcp/21-23,tcp/25,tcp/53,tcp/79-81,tcp/88,tcp/110,tcp/135,tcp/139," \
	"tcp/143,tcp/389,tcp/443,tcp/445,tcp/465,tcp/502,tcp/514,tcp/563," \
	"tcp/585,tcp/587,tcp/614,tcp/631,tcp/636,tcp/989-990,tcp/992-993," \
	"tcp/995,tcp/1080,tcp/1434,tcp/1883,tcp/2811,tcp/3128,tcp/3268," \
	"tcp/3306,tcp/3389,tcp/5222-5223,tcp/5269,tcp/5432,tcp/6379," \
	"tcp/6666-6669,tcp/8000,tcp/8080,tcp/8888,tcp/20000," \
	"udp/53,udp/67,udp/88,udp/123,udp/137,udp/161-162,udp/389,udp/443," \
	"udp/514,udp/784,udp/853,udp/1812,udp/2123,udp/2152,udp/3389," \
	"udp/3544,udp/4011,udp/4789,udp/5060,udp/5072,udp/5353,udp/5355," \
	"udp/6081,udp/20000"

bool tstat_ports_parse(struct tstat_ports *ports, const char *list);
bool tstat_ports_flip(const struct tstat_ports *ports,
		      const struct tstat_packet *pkt);
bool tstat_ports_flip_udp(const struct tstat_ports *ports,
			  const struct tstat_tuple *tuple, unsigned int sender);

#endif /* _TSTAT_CORE_PORTS_H */
