/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd - the code that asks for the credit, and the network's text (27.007 §7.15).
 * Keeps: pure; the text is a stranger's: printable, bounded, and nothing is concluded from it here.
 */
#ifndef GATEWAY_MODEM_USSD_H
#define GATEWAY_MODEM_USSD_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/buf.h"

#define USSD_COMMAND_MAX 96
#define USSD_TEXT_MAX 512

/* AT+CUSD=1,"*123#",15; is_packed: the code as packed septets in hex, which Huawei wants. */
void ussd_write_command(const char *code, bool is_packed, char *ret, size_t ret_size);
/* What follows the colon of +CUSD, as UTF-8; false when it holds no text. UCS-2 and packed septets in hex are decoded.
 */
bool ussd_read_text(struct span rest, char *ret, size_t ret_size);

#endif
