/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * msisdn - numbers of providers that write them as digits alone, always with the country in front.
 * Why:   read as a local number, "966500000001" would need a country to be guessed; the provider's contract says more.
 */
#ifndef HANDLERS_MSISDN_H
#define HANDLERS_MSISDN_H

#include "gateway/base/buf.h"

/* Appends raw, with "+" in front when it can be such a number; short codes, names and local forms stay as they are. */
void msisdn_add(struct buf *out, struct span raw);
/* The number without its plus. */
const char *msisdn_digits(const char *number);

#endif
