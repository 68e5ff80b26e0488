/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * formread - what a visitor filled in: the form of a POST, the query of a GET.
 * Keeps: a form has the type that forms have, and each field once; anything else is none.
 */
#ifndef GATEWAY_CONSOLE_FORMREAD_H
#define GATEWAY_CONSOLE_FORMREAD_H

#include "gateway/base/model.h"
#include "handlers/form.h"

/* As it was sent: for passwords. ERR_INVALID, ERR_LIMIT: it is no form of ours. form is initialised. */
int formread_raw(const struct request *request, struct form *form) MUST_CHECK;
/* As a person wrote it: valid UTF-8, trimmed, one kind of line end. */
int formread_clean(const struct request *request, struct form *form) MUST_CHECK;
/* Has it fields of these names only? names: words with a space between, "*" = any. sign: one more, NULL = none. */
bool formread_knows(const struct form *form, const char *names, const char *sign);

void formread_done(struct form *form); /* wipes what was filled in */
#define AUTO_FORM __attribute__((cleanup(formread_done))) struct form

#endif
