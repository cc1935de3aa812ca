/* SPDX-License-Identifier: GPL-2.0 */
/* Plain structs to netlink attributes: the requests' side of decode.h. */
#ifndef TUPLESTAT_ENCODE_H
#define TUPLESTAT_ENCODE_H

#include <libmnl/libmnl.h>

#include "match.h"

int encode_filter(struct nlmsghdr *nlh, const struct tstat_filter *filter);

#endif /* TUPLESTAT_ENCODE_H */
