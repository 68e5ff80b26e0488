/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_line - the line itself: backup, simulate. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/intake.h"
#include "gateway/core/verbs.h"

#define SIMULATE_MAX 4000

/* ---- backup ---------------------------------------------------------------------------------------------------- */

int verb_backup(struct verb_call *call)
{
    struct error error = { "" };
    const char *path = verb_text(call, "path");
    if (path[0] != '/')
        return verb_usage(call, "PATH must be absolute: the daemon writes the file, in its own folder");
    int rc = store_backup(call->core->store, path, &error);
    if (rc)
        return verb_refuse(call, "%.200s", error.text[0] ? error.text : error_name(rc));
    rc = store_begin(call->core->store);
    if (!rc)
        rc = verb_audit(call, "backup.write", 0, "", "");
    if (rc && store_is_in_transaction(call->core->store))
        store_rollback(call->core->store);
    else if (!rc)
        rc = store_commit(call->core->store);
    if (rc)
        return rc;
    log_event(LOG_LEVEL_NOTICE, EV_backup_written, F_WORD("by", call->actor));
    snprintf(call->why, sizeof call->why, "written; it opens only with the keys, which are not in it");
    return VERB_DONE;
}

/* ---- simulate --------------------------------------------------------------------------------------- */

static int result_row(struct verb_call *call, const struct intake_result *result)
{
    json_t *row = json_pack("{s:I, s:o, s:b, s:s}", "message", (json_int_t)result->message_id, "case",
        result->case_id ? json_integer(result->case_id) : json_null(), "new_case", (int)result->is_new_case, "urgency",
        urgency_word(result->urgency));
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    return 0;
}

int verb_simulate(struct verb_call *call)
{
    const char *channel = verb_text(call, "channel"), *from = verb_text(call, "from"), *text = verb_text(call, "text");
    const struct config_channel *found = config_find_channel(call->core->config, channel);
    struct intake_result result;
    struct sms_in sms = { .provider_intent = INTENT_help };
    if (!from[0] || strlen(text) > SIMULATE_MAX)
        return verb_usage(call, "simulate needs --channel, --from and a text of at most %d bytes", SIMULATE_MAX);
    if (!found)
        return verb_refuse(call, "there is no channel of that name");
    sms.from_kind = phone_normalise(from, found->country, sms.from);
    snprintf(sms.remote_id, sizeof sms.remote_id, "simulate-");
    vault_random_hex(sms.remote_id + strlen(sms.remote_id), 25);
    sms.text = strdup(text);
    int rc = sms.text ? intake_message(call->core, channel, &sms, 0, call->now_ms, &result) : ERR_NOMEM;
    sms_in_done(&sms);
    if (!rc)
        rc = verb_audit(call, "message.simulate", result.case_id, channel, "");
    return rc ? rc : result_row(call, &result);
}
