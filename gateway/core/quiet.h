/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quiet - may it begin now where the phone is, or does it wait until the quiet hours of that country are over?
 * Why:   a phone that beeps at night is seen by others, and a contact that is woken for what can wait switches us off.
 * Keeps: what is urgent or worse never waits; her own hours come first; what answers her goes while she still holds the
 *        phone, because the morning may be the worse time.
 * Not here: which hours these are (config/countries.conf, config/sending); her own rules (rules).
 */
#ifndef GATEWAY_CORE_QUIET_H
#define GATEWAY_CORE_QUIET_H

#include "gateway/core/core.h"
#include "gateway/store/cases.h"
#include "gateway/store/persons.h"

#define QUIET_TALK_MS (30 * 60 * 1000) /* so long after a text of hers she is taken to be awake, with the phone */

/* All give the end of the wait, UTC ms; 0 = now. */
int64_t quiet_for_her(const struct core *core, const struct case_row *row, const struct person_row *person,
    const char *number, int64_t now_ms);
/* A contact that is on duty by its own hours, or was switched on by hand, is awake by its own word. */
int quiet_for_contact(struct core *core, const struct config_contact *contact, int address, enum urgency urgency,
    int64_t now_ms, int64_t *ret_until) MUST_CHECK;

/* The country whose network carries a message to that number: by its prefix, else where the case is. */
const char *quiet_country(const struct case_row *row, const char *number);
/* "24 Nov 07:00 (local time in Qatar)"; in UTC where the country's time is not known. */
void quiet_write_time(const struct core *core, const char *country, int64_t at_ms, struct buf *out);

#endif
