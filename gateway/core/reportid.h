/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reportid - the other spellings of a message id, in which a provider's report may name it.
 * Why:   the machine that reports is not the one that accepted: it writes an id in capitals, without its leading zeros,
 * or in decimal where the other wrote hexadecimal (SMPP 3.4, 5.2.23, leaves the form to the message centre, and Kannel
 * has a setting for it). A report that meets no row would be lost. Not here: looking it up (reports); the id as it is
 * written comes first.
 */
#ifndef GATEWAY_CORE_REPORTID_H
#define GATEWAY_CORE_REPORTID_H

#include <stdbool.h>

#include "gateway/base/model.h"

#define REPORTID_SPELLINGS 6

/* One of them, 0 .. REPORTID_SPELLINGS-1, into REMOTE_ID_MAX bytes; false when the id has none of that kind, or when it
 * is the id itself. */
bool reportid_spell(const char *id, unsigned spelling, char *ret);

#endif
