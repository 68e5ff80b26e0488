/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udh - the user data header of a short message, as far as it joins parts (3GPP TS 23.040, 9.2.3.24.1 and .8).
 * Not here: joining. Core keeps parts until the others have come.
 */
#ifndef HANDLERS_UDH_H
#define HANDLERS_UDH_H

#include "gateway/base/model.h"

/* header: raw bytes with their length byte in front. Fills part, part_total and part_ref; false when the header says
 * nothing about parts, or nonsense. */
bool udh_set_part(struct span header, struct sms_in *sms);
/* The same from text in hex. */
bool udh_set_part_hex(struct span hex, struct sms_in *sms);
/* The same from the numbers that a provider has taken apart; texts may be empty. */
bool udh_set_part_numbers(struct span part, struct span total, struct span ref, struct sms_in *sms);

#endif
