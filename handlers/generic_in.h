/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_in - messages and delivery reports out of a request, by the paths of the configuration. */
#ifndef HANDLERS_GENERIC_IN_H
#define HANDLERS_GENERIC_IN_H

#include "handlers/channel.h"

/* As channel.h says of parse_message and parse_status. */
int generic_in_parse(
    const struct settings *settings, const struct request *request, struct sms_in *out, size_t max) MUST_CHECK;
int generic_in_parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max) MUST_CHECK;
int generic_in_check(const struct settings *settings, struct error *error) MUST_CHECK;

#endif
