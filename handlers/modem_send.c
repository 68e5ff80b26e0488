/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem_send - the sending half of the channel kind `modem`: a text as PDUs, and what the modem's answers mean.
 * Why:   after a part went out without a final code nobody knows whether it was taken; what is known - the parts before
 *        it - is always told, so that a further try sends the rest alone.
 * Keeps: the same row gives the same parts with the same reference, so a part that is repeated joins the others.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "handlers/gsm/submit.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/modem.h"

#define PART_MS 130000    /* prompt and final code of one part: the longest that any vendor names, and some more */
#define REPORT_WAIT_S 300 /* a report may still tell that a doubtful part came */
#define TEXT_BYTES_MAX (4 * MODEM_TEXT_MAX + 16)

/* ---- out ------------------------------------------------------------------------------------------------------- */

static struct gsm_submit_options options_of(const struct settings *settings, const struct sms_out *message)
{
    return (struct gsm_submit_options){
        .reference = (uint8_t)message->number,
        .wants_report = settings_bool(settings, "reports"),
        .may_use_national = settings_bool(settings, "national_tables"),
        .validity_minutes = (unsigned)(settings_int(settings, "validity") / 60000),
    };
}

static int add_part(struct span text, const struct gsm_submit_options *options, const struct gsm_plan *plan,
    unsigned part, const char *to, json_t *list)
{
    char hex[GSM_SUBMIT_HEX_MAX];
    unsigned length, total = plan->parts ? plan->parts : 1;
    int rc = gsm_submit_write(text, options, plan, part, to, hex, &length);
    if (rc)
        return rc;
    json_t *item =
        json_pack("{s:i,s:i,s:i,s:s}", "part", (int)part, "total", (int)total, "length", (int)length, "pdu", hex);
    return json_array_append_new(list, item) ? ERR_NOMEM : 0;
}

int modem_build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    struct gsm_plan plan;
    struct gsm_submit_options options = options_of(settings, message);
    AUTO_BUF text;
    buf_init(&text, TEXT_BYTES_MAX);
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    if (buf_check(&text) || gsm_submit_plan(buf_span(&text), &options, &plan) || plan.parts > SEND_PARTS_MAX)
        return ERR_INVALID;
    AUTO_JSON *list = json_array();
    int rc = list ? 0 : ERR_NOMEM;
    out->kind = TRANSMIT_SMS;
    out->timeout_ms = PART_MS;
    out->part_total = plan.parts ? plan.parts : 1;
    for (unsigned part = 1; !rc && part <= out->part_total; part++)
        rc = add_part(buf_span(&text), &options, &plan, part, to, list);
    return rc ? rc : json_write(list, &out->body);
}

/* ---- the answer ------------------------------------------------------------------------------------------------ */

struct code_row {
    int first, last;
    enum outcome outcome;
};

/* 3GPP TS 27.005 3.2.5 (which takes in 24.011 annex E and 23.040 9.2.3.22) and 27.007 9.2 (+1000). What passes is tried
 * again, a SIM or setting that is wrong pauses the channel, and only what says that this message or this number is
 * impossible ends it. */
static const struct code_row code_rows[] = {
    { 1, 1, OUTCOME_rejected },          /* unassigned number */
    { 8, 8, OUTCOME_rejected },          /* operator determined barring */
    { 10, 10, OUTCOME_bad_config },      /* call barred: the subscription */
    { 17, 17, OUTCOME_retry_network },   /* network failure */
    { 21, 21, OUTCOME_rejected },        /* short message transfer rejected */
    { 22, 22, OUTCOME_retry_throttled }, /* congestion, memory */
    { 27, 30, OUTCOME_rejected },        /* destination out of order, unidentified, facility, unknown subscriber */
    { 38, 38, OUTCOME_retry_network },   /* network out of order */
    { 41, 41, OUTCOME_retry_network },   /* temporary failure */
    { 42, 42, OUTCOME_retry_throttled }, /* congestion */
    { 47, 47, OUTCOME_retry_throttled }, /* resources unavailable */
    { 50, 50, OUTCOME_rejected },        /* facility not subscribed */
    { 69, 69, OUTCOME_rejected },        /* facility not implemented */
    { 81, 99, OUTCOME_rejected },        /* the message is malformed for the network */
    { 111, 111, OUTCOME_rejected }, { 127, 127, OUTCOME_retry_throttled }, /* interworking, unspecified */
    { 128, 191, OUTCOME_rejected },        /* the service centre does not take such a TPDU */
    { 192, 192, OUTCOME_retry_throttled }, /* service centre busy */
    { 193, 193, OUTCOME_bad_config },      /* no subscription at the service centre */
    { 194, 194, OUTCOME_retry_network },   /* its system failed */
    { 195, 199, OUTCOME_rejected },        /* address, barred, duplicate, validity */
    { 304, 305, OUTCOME_rejected },        /* invalid PDU or text mode parameter */
    { 310, 312, OUTCOME_bad_config },      /* SIM not inserted, PIN */
    { 315, 318, OUTCOME_bad_config },      /* SIM wrong, PUK, PIN2 */
    { 300, 303, OUTCOME_retry_network },   /* the modem itself: a new beginning may help */
    { 313, 314, OUTCOME_retry_network },   /* SIM failure, busy */
    { 330, 330, OUTCOME_bad_config },      /* service centre unknown */
    { 331, 332, OUTCOME_retry_network },   /* no network service, time-out */
    { 1010, 1012, OUTCOME_bad_config },    /* SIM not inserted, PIN, PUK */
    { 1015, 1018, OUTCOME_bad_config },    /* SIM wrong, password */
    { 1030, 1032, OUTCOME_retry_network }, /* no network, time-out, emergency calls only */
};

enum outcome modem_outcome(int code)
{
    for (size_t i = 0; i < STR_COUNT(code_rows); i++)
        if (code >= code_rows[i].first && code <= code_rows[i].last)
            return code_rows[i].outcome;
    /* 500, 512 and whatever a vendor invents: certainly not taken, perhaps the next time. */
    return OUTCOME_retry_throttled;
}

static void read_parts(const json_t *sent, struct send_result *result)
{
    size_t i;
    json_t *row;
    json_array_foreach(sent, i, row)
    {
        struct send_part *part = &result->parts[result->part_count];
        int64_t number = json_int(row, "part", 0), reference = json_int(row, "ref", -1);
        if (number < 1 || number > SEND_PARTS_MAX || result->part_count == SEND_PARTS_MAX)
            continue;
        part->part = (unsigned)number;
        part->remote_id[0] = '\0';
        if (reference >= 0 && reference <= UINT8_MAX)
            (void)snprintf(part->remote_id, sizeof part->remote_id, "%d", (int)reference);
        result->part_count++;
    }
}

static void set_code(int status, struct send_result *result)
{
    char code[24];
    bool is_cme = status >= 1000;
    (void)snprintf(code, sizeof code, is_cme ? "cme-%d" : "cms-%d", is_cme ? status - 1000 : status);
    httpreply_set_code(result, code);
}

void modem_read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    struct error error;
    AUTO_JSON *body = json_read(reply->body, &error);
    const json_t *sent = body ? json_object_get(body, "sent") : NULL;
    memset(ret_result, 0, sizeof *ret_result);
    ret_result->valid_s = settings_int(settings, "validity") / 1000;
    read_parts(sent, ret_result);
    if (reply->kind == REPLY_UNKNOWN) {
        ret_result->outcome = OUTCOME_uncertain;
        ret_result->retry_after_s = settings_bool(settings, "reports") ? REPORT_WAIT_S : 0;
    } else if (reply->kind == REPLY_NOT_SENT)
        ret_result->outcome = OUTCOME_retry_network;
    else if (reply->status == 0)
        ret_result->outcome = ret_result->part_count ? OUTCOME_sent : OUTCOME_unparseable;
    else {
        ret_result->outcome = modem_outcome(reply->status);
        set_code(reply->status, ret_result);
    }
}
