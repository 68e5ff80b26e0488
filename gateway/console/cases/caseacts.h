/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * caseacts - what the forms of the page of a case mean: which verb with which arguments. Pure.
 * Keeps: a form can say no more than its own fields; what must be there (the reason of an override) is asked for here,
 *        before the verb, which would do without.
 * Not here: who may do it (access), doing it (visit), the forms (caseforms).
 */
#ifndef GATEWAY_CONSOLE_CASES_CASEACTS_H
#define GATEWAY_CONSOLE_CASES_CASEACTS_H

#include <stdbool.h>

#include "gateway/base/buf.h"
#include "gateway/json/json.h"

/* The value of a field of the form; empty when it is absent. */
typedef struct span (*caseacts_field_fn)(const void *context, const char *name);

/* act: the last part of the address ("note", "say", "override" ...). Writes the verb (static) and its arguments (caller
 * decrefs). ERR_NOT_FOUND: no such act. ERR_INVALID: *ret_why (static) says what is missing. ERR_NOMEM. */
int caseacts_read(const char *act, int64_t case_id, caseacts_field_fn field, const void *context, const char **ret_verb,
    json_t **ret_args, const char **ret_why) MUST_CHECK;

/* May the form of that act have a field of that name? */
bool caseacts_knows(const char *act, struct span name);

#endif
