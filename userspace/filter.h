/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words to a filter. The filter itself is the core's: the kernel, which gets
 * it by encode.c, and the command judge a flow by the same code.
 */
#ifndef TUPLESTAT_FILTER_H
#define TUPLESTAT_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "flow.h"
#include "match.h"
#include "suggest.h"

#define FILTER_ERROR_LEN 256

int filter_parse(struct tstat_filter *filter, int argc, char *const *argv,
		 char error[FILTER_ERROR_LEN]);
const char *filter_word(unsigned int i);
bool filter_knows(const char *word);
void filter_unknown(char error[FILTER_ERROR_LEN], const char *word,
		    suggest_words_fn others);
bool filter_takes_argument(const char *word);
int filter_add_family(struct tstat_filter *filter, uint8_t family);
bool filter_match(const struct tstat_filter *filter, const struct flow *flow);

#endif /* TUPLESTAT_FILTER_H */
