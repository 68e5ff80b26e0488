/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forms - is what the machine writes to a contact by itself let through where the contact's telephone is?
 * What:  for `--check-config` and each load: every SMS address of a contact against the rules of its country.
 * Why:   what breaks a rule is adapted on its way (compose), so it is no error; but who runs the line should know.
 * Not here: fixed sentences to her (config/replies), which break a load.
 */
#ifndef GATEWAY_CORE_FORMS_H
#define GATEWAY_CORE_FORMS_H

#include "config/config.h"

/* Adds a warning, with the line of the contact, for each thing that is changed, hidden or may be dropped there. */
void forms_check(const struct config *config, struct config_report *report);

/* The longest alert that the machine writes without a word of hers: every category, flag and mark. */
void forms_write_alert(const char *country, struct buf *out);

#endif
