/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gsm7 - which texts the default alphabet of GSM can carry (3GPP TS 23.038, 6.2.1 and its extension table).
 * Why:   some providers turn every other character into "?" unless they are told to send UCS-2.
 */
#ifndef HANDLERS_GSM7_H
#define HANDLERS_GSM7_H

#include "gateway/base/buf.h"

bool gsm7_can_carry(struct span text);

#endif
