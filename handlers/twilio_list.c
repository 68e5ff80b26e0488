/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twilio_list - see the header. The cursor is the query of the next page, as Twilio wrote it. */
#include "handlers/twilio_list.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "handlers/base64text.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/listing.h"
#include "handlers/twilio_send.h"

#define PAGE_SIZE "20" /* the longest texts, all escaped, fit an answer */

static const char query_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+,;=:@/?";

/* A name as sender, or a messaging service, receives nothing or at many numbers: then all of the account is listed. */
static void add_query(const struct settings *settings, const struct poll_from *from, struct buf *url)
{
    char number[PHONE_MAX], since[CLOCK_TEXT_MAX];
    enum phone_kind kind = phone_normalise(settings_text(settings, "from"), NULL, number);
    buf_add_text(url, "?PageSize=" PAGE_SIZE "&DateSent%3E=");
    clock_format(from->since_ms, since);
    str_percent_encode(url, span_of(since));
    if (kind != PHONE_E164 && kind != PHONE_SHORT_CODE)
        return;
    buf_add_text(url, "&To=");
    str_percent_encode(url, span_of(number));
}

int twilio_list_build(const struct settings *settings, const struct poll_from *from, struct transmit *out)
{
    int rc = twilio_send_begin(settings, true, out);
    if (rc)
        return rc;
    if (from->cursor[0])
        buf_add_format(&out->url, "?%s", from->cursor);
    else
        add_query(settings, from, &out->url);
    return httpsend_check(out);
}

/* `receiving`: its text is not complete yet, and it will be listed again. */
static int read_entry(const struct settings *settings, json_t *item, struct sms_in *ret_sms)
{
    (void)settings;
    static const struct jsonhook_paths paths = {
        .from = "/from", .to = "/to", .id = "/sid", .text = "/body", .time = "/date_sent /date_created"
    };
    if (!json_is_object(item))
        return ERR_INVALID;
    if (!str_equal_nocase(jsonhook_text(item, "/direction"), "inbound") ||
        str_equal_nocase(jsonhook_text(item, "/status"), "receiving"))
        return 0;
    int rc = jsonhook_fill(item, &paths, ret_sms);
    if (rc)
        return rc;
    base64text_reveal(ret_sms);
    return 1;
}

/* Only the query of the link is followed: where we send our login to is not for an answer to say. */
static void take_next(json_t *root, struct poll_page *page)
{
    const char *next = jsonhook_text(root, "/next_page_uri");
    const char *query = strchr(next, '?');
    if (!query || !query[1] || query[1 + strspn(query + 1, query_letters)])
        return;
    page->has_more = str_copy(page->cursor, sizeof page->cursor, query + 1);
}

/* The last entry is the oldest. */
static bool is_past(json_t *list, int64_t since_ms)
{
    size_t count = json_array_size(list);
    json_t *last = count ? json_array_get(list, count - 1) : NULL;
    int64_t at = inbound_time(span_of(jsonhook_text(last, "/date_sent")));
    return !count || (at && at < since_ms);
}

int twilio_list_read(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
    struct sms_in *out, size_t max, struct poll_page *ret_page)
{
    AUTO_JSON *root = listing_read(reply, ret_page);
    if (!root)
        return ERR_INVALID;
    json_t *list = json_object_get(root, "messages");
    if (!is_past(list, from->since_ms))
        take_next(root, ret_page);
    return listing_fill(settings, list, read_entry, out, max, ret_page);
}
