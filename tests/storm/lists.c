/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lists - the providers' own lists of what they received, for the daemon that catches up.
 * What:  Twilio's, newest first, in pages; Africa's Talking's, behind an id that is not that of its webhooks;
 * Infobip's, which gives each message once and never again, whether the answer arrived or not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "handlers/form.h"
#include "tests/storm/storm.h"

#define PAGE_MAX 20

static bool is_held_by(const struct storm *storm, const struct sms *sms, unsigned provider)
{
    return sms->provider == provider && sms->sent_at <= storm->now_ms;
}

static json_t *twilio_entry(const struct sms *sms)
{
    char sent[CLOCK_TEXT_MAX + 8];
    clock_format_mail(sms->sent_at, sent);
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "sid", sms->id, "from", sms->from, "to", "+639175550100", "body",
        sms->text, "direction", "inbound", "status", "received", "date_sent", sent);
}

static json_t *write_twilio(struct storm *storm, const struct form *query)
{
    char since[CLOCK_TEXT_MAX] = "", page[16] = "0", next[256];
    int64_t since_ms = 0, number = 0;
    struct span value;
    unsigned seen = 0;
    if (form_find(query, "DateSent>", &value) && str_copy_span(since, sizeof since, value) &&
        clock_parse(since, &since_ms))
        abort();
    if (form_find(query, "Page", &value) && str_copy_span(page, sizeof page, value) &&
        str_to_int64(page, 0, 100000, &number))
        abort();
    json_t *list = json_array();
    for (unsigned i = storm->sms_count; i > 0 && json_array_size(list) < PAGE_MAX; i--)
        if (is_held_by(storm, &storm->sms[i - 1], 0) && storm->sms[i - 1].sent_at >= since_ms &&
            seen++ >= number * PAGE_MAX)
            json_array_append_new(list, twilio_entry(&storm->sms[i - 1]));
    json_t *root = json_pack("{s:o}", "messages", list);
    if (json_array_size(list) < PAGE_MAX)
        return root;
    snprintf(next, sizeof next, "/2010-04-01/Accounts/AC0123/Messages.json?PageSize=20&DateSent%%3E=%s&Page=%d", since,
        (int)number + 1);
    json_object_set_new(root, "next_page_uri", json_string(next));
    return root;
}

static json_t *write_infobip(struct storm *storm)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < storm->sms_count && json_array_size(list) < PAGE_MAX; i++) {
        struct sms *sms = &storm->sms[i];
        char sent[CLOCK_TEXT_MAX + 8];
        if (!is_held_by(storm, sms, 2) || sms->is_listed || sms->is_taken)
            continue;
        sms->is_listed = true;
        clock_format(sms->sent_at, sent);
        snprintf(sent + 19, sizeof sent - 19, ".000+0000");
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s}", "messageId", sms->id, "from", sms->from + 1,
                                        "to", "639175550102", "text", sms->text, "receivedAt", sent));
    }
    return json_pack("{s:o}", "results", list);
}

static json_t *write_at(struct storm *storm, const struct form *query)
{
    char last[24] = "0", sent[CLOCK_TEXT_MAX];
    int64_t after = 0;
    struct span value;
    if (form_find(query, "lastReceivedId", &value) && str_copy_span(last, sizeof last, value) &&
        str_to_int64(last, 0, INT64_MAX, &after))
        abort();
    json_t *list = json_array();
    for (unsigned i = (unsigned)after; i < storm->sms_count && json_array_size(list) < PAGE_MAX; i++) {
        const struct sms *sms = &storm->sms[i];
        if (!is_held_by(storm, sms, 4))
            continue;
        clock_format(sms->sent_at, sent);
        json_array_append_new(list, json_pack("{s:i,s:s,s:s,s:s,s:s}", "id", (int)i + 1, "from", sms->from, "to",
                                        "22334", "text", sms->text, "date", sent));
    }
    return json_pack("{s:{s:o}}", "SMSMessageData", "Messages", list);
}

bool lists_write(struct storm *storm, unsigned provider, const char *url, struct buf *out)
{
    struct form query;
    const char *mark = strchr(url, '?');
    form_init(&query);
    if (mark && form_add(&query, span_of(mark + 1)))
        abort();
    AUTO_JSON *root = provider == 0   ? write_twilio(storm, &query)
                      : provider == 2 ? write_infobip(storm)
                      : provider == 4 ? write_at(storm, &query)
                                      : NULL;
    form_done(&query);
    if (root && json_write(root, out))
        abort();
    return root != NULL;
}
