/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * breakglass - a supervisor reads one case against the rule, for a time, and the others hear of it at once.
 * Keeps: there is a reason, sealed with the case as a note; it is on record (case.glass_broken); the auditor's contacts
 *        are told whose case number and by whom, and no word of what stands in it.
 */
#ifndef GATEWAY_CORE_BREAKGLASS_H
#define GATEWAY_CORE_BREAKGLASS_H

#include "gateway/core/core.h"
#include "gateway/store/glass.h"

#define BREAKGLASS_MS (30 * 60 * 1000)
#define BREAKGLASS_BACK_MS 60000 /* what a clock that is kept in time may be set back */
#define BREAKGLASS_FINDING "glass_broken"

/* The case exists; the reason is kept by the caller. name: of the user ("boss"). */
int breakglass_break(struct core *core, const char *name, int64_t case_id, int64_t now_ms) MUST_CHECK;
/* *ret_until_at: 0 = it is whole. */
int breakglass_look(
    struct core *core, const char *name, int64_t case_id, int64_t now_ms, int64_t *ret_until_at) MUST_CHECK;
/* For the auditor: sees a finding for each that is broken now; drops what is over. */
int breakglass_find(struct core *core, int64_t now_ms) MUST_CHECK;

#endif
