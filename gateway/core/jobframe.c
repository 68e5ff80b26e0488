/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jobframe - see jobframe.h. */
#include "gateway/core/jobframe.h"

#include <string.h>

#include "gateway/base/error.h"
#include "gateway/base/str.h"
#include "gateway/json/json.h"

#define BODY_MAX (256u << 10)

/* "Name: value\n" lines to [["Name","value"], ...]. */
static json_t *headers_json(const struct buf *headers)
{
    json_t *list = json_array();
    const char *at = headers->data, *end = headers->data ? headers->data + headers->len : NULL;
    while (list && at && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *colon = memchr(at, ':', (size_t)((stop ? stop : end) - at));
        if (!stop || !colon)
            break;
        const char *value = colon + 1 < stop && colon[1] == ' ' ? colon + 2 : colon + 1;
        json_t *pair = json_pack("[s%, s%]", at, (size_t)(colon - at), value, (size_t)(stop - value));
        if (!pair || json_array_append_new(list, pair))
            break;
        at = stop + 1;
    }
    return list;
}

static const char *text_of(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

static int write_sms(const char *job, const struct transmit *transmit, struct buf *out)
{
    struct error error;
    json_t *parts = json_read(buf_span(&transmit->body), &error);
    AUTO_JSON *frame = json_pack("{s:s, s:s, s:o, s:I}", "job", job, "kind", "sms", "parts", parts, "timeout_ms",
        (json_int_t)transmit->timeout_ms);
    return frame ? json_write(frame, out) : ERR_INVALID;
}

static int write_request(const char *job, const struct transmit *transmit, struct buf *out)
{
    AUTO_BUF body;
    buf_init(&body, BODY_MAX * 4 / 3 + 16);
    str_base64_encode(&body, text_of(&transmit->body), transmit->body.len);
    bool is_mail = transmit->kind == TRANSMIT_MAIL;
    AUTO_JSON *frame = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "job", job, "kind", is_mail ? "mail" : "http",
        "url", text_of(&transmit->url), "username", text_of(&transmit->username), "password",
        text_of(&transmit->password), "body", text_of(&body), "timeout_ms", (json_int_t)transmit->timeout_ms);
    if (!frame || buf_check(&body))
        return ERR_LIMIT;
    int rc = 0;
    if (transmit->reply_max)
        rc = json_object_set_new(frame, "reply_max", json_integer(transmit->reply_max));
    if (rc)
        return ERR_NOMEM;
    if (is_mail)
        rc = json_object_set_new(frame, "from", json_string(text_of(&transmit->mail_from))) ||
             json_object_set_new(frame, "to", json_string(text_of(&transmit->mail_to))) ||
             json_object_set_new(frame, "starttls", json_boolean(transmit->needs_starttls));
    else
        rc = json_object_set_new(frame, "method", json_string(transmit->method)) ||
             json_object_set_new(frame, "headers", headers_json(&transmit->headers));
    return rc ? ERR_INVALID : json_write(frame, out);
}

int jobframe_write(const char *job, const struct transmit *transmit, struct buf *out)
{
    return transmit->kind == TRANSMIT_SMS ? write_sms(job, transmit, out) : write_request(job, transmit, out);
}
