/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credit - the amount in what an operator answers to the credit code: "Your balance is SAR 12.50, valid until 01/02".
 * Pure. Why:   the text is the operator's, in any language; an alarm needs a number. Keeps: dates, times, telephone
 * numbers and codes are not taken for an amount; what is not clear is none.
 */
#ifndef GATEWAY_CORE_CREDIT_H
#define GATEWAY_CORE_CREDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buf.h"

/* False when the text holds no amount. In hundredths of the currency's unit. Of several the first one with a fraction,
 * else the first one. */
bool credit_read(struct span text, int64_t *ret_hundredths);

#endif
