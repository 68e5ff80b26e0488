/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mail - alerts as mail: the whole RFC 5322 message, handed to a relay over SMTP.
 * What:  every mail of a case refers to <case-N@domain>, an id that no mail bears: mail programs make a thread of them
 *        whichever arrives first, and no mail depends on another having been sent.
 * Why:   Auto-Submitted (RFC 3834) and X-Auto-Response-Suppress keep vacation notices away from the line. The
 * Message-ID is made of the outbox row, so a repeated mail is recognised as the same one. Keeps: nothing of a message
 * can reach a header but the subject, and that encoded.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/mime.h"
#include "handlers/url.h"

#define DATE_MAX (CLOCK_TEXT_MAX + 8)
#define DEFAULT_SUBJECT "Help line"

static const char *const security_words[] = { "starttls", "tls", "none", NULL };

static const struct key keys[] = {
    { .name = "url",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 256,
        .doc = "The mail relay: smtp://host:587, or smtps://host:465 for one that begins with TLS.",
        .example = "smtp://mail.example.org:587" },
    { .name = "security",
        .type = KEY_WORD,
        .words = security_words,
        .fallback = "starttls",
        .doc = "How the way to the relay is protected: `starttls` (required, never skipped), `tls` for smtps, `none` "
               "only for a relay on this machine." },
    { .name = "from",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 3,
        .max = MIME_ADDRESS_MAX,
        .doc = "The address that alerts come from; its domain also makes the message ids.",
        .example = "line@example.org" },
    { .name = "from_name",
        .type = KEY_TEXT,
        .max = 64,
        .fallback = "Help line",
        .doc = "The name shown beside that address." },
    { .name = "user",
        .type = KEY_TEXT,
        .max = 128,
        .doc = "User name at the relay, where it wants one.",
        .example = "line@example.org" },
    { .name = "password",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "Password at the relay.",
        .example = "@credential:mail-password" },
    { .name = "timeout",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 120000,
        .fallback = "30 s",
        .doc = "How long handing over one mail may take." },
    { .name = NULL },
};

static bool is_id(const char *text)
{
    for (const char *c = text; *c; c++) {
        bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        if (!is_letter && !(*c >= '0' && *c <= '9') && *c != '-' && *c != '_')
            return false;
    }
    return *text != '\0';
}

static void add_identity(const struct sms_out *message, const char *domain, struct buf *out)
{
    buf_add_format(out, "Message-ID: <%s@%s>\r\n", message->id, domain);
    if (!message->alert || !message->alert->case_id)
        return;
    long long case_id = (long long)message->alert->case_id;
    buf_add_format(out, "In-Reply-To: <case-%lld@%s>\r\n", case_id, domain);
    buf_add_format(out, "References: <case-%lld@%s>\r\n", case_id, domain);
}

static void add_headers(const struct settings *settings, const struct sms_out *message, struct buf *out)
{
    char date[DATE_MAX];
    const char *from = settings_text(settings, "from");
    clock_format_mail(message->now_ms, date);
    buf_add_format(out, "Date: %s\r\n", date);
    mime_add_mailbox(out, "From", settings_text(settings, "from_name"), from);
    mime_add_mailbox(out, "To", "", message->to);
    mime_add_header(out, "Subject", str_is_empty(message->subject) ? DEFAULT_SUBJECT : message->subject);
    add_identity(message, mime_domain(from), out);
    if (message->alert && message->alert->urgency == URGENCY_critical)
        buf_add_text(out, "Importance: high\r\nX-Priority: 1\r\n");
    buf_add_text(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n");
    buf_add_text(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n");
    buf_add_text(out, "Content-Transfer-Encoding: base64\r\n\r\n");
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    const char *from = settings_text(settings, "from");
    if (!mime_is_address(message->to) || !mime_is_address(from) || !is_id(message->id))
        return ERR_INVALID;
    out->kind = TRANSMIT_MAIL;
    out->needs_starttls = str_equal(settings_text(settings, "security"), "starttls");
    out->timeout_ms = (unsigned)settings_int(settings, "timeout");
    buf_add_text(&out->url, settings_text(settings, "url"));
    buf_add_text(&out->username, settings_text(settings, "user"));
    buf_add_text(&out->password, settings_text(settings, "password"));
    buf_add_text(&out->mail_from, from);
    buf_add_text(&out->mail_to, message->to);
    add_headers(settings, message, &out->body);
    mime_add_base64_text(&out->body, message->text ? message->text : "");
    return buf_check(&out->body);
}

/* RFC 5321 clause 4.2 and RFC 4954 clause 6. */
static enum outcome outcome_of_code(int code)
{
    switch (code) {
    case 530: /* authentication required */
    case 534: /* mechanism too weak */
    case 535: /* credentials invalid */
    case 538: /* encryption required */
        return OUTCOME_bad_config;
    case 450:
    case 451:
    case 452: /* this mailbox for the moment, or greylisting: says nothing about the relay */
        return OUTCOME_retry_throttled;
    default:
        break;
    }
    if (code >= 400 && code < 500)
        return OUTCOME_retry_network;
    return code >= 500 && code < 600 ? OUTCOME_rejected : OUTCOME_unparseable;
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    memset(ret_result, 0, sizeof *ret_result);
    if (reply->kind == REPLY_ANSWERED && reply->status >= 200 && reply->status < 300)
        ret_result->outcome = OUTCOME_sent;
    else if (reply->status >= 400 ||
             reply->kind == REPLY_ANSWERED) /* a refusal is a refusal, wherever the talk ended */
        ret_result->outcome = outcome_of_code(reply->status);
    else
        ret_result->outcome = reply->kind == REPLY_NOT_SENT ? OUTCOME_retry_network : OUTCOME_uncertain;
    if (reply->status >= 400)
        (void)snprintf(ret_result->provider_code, sizeof ret_result->provider_code, "%d", reply->status);
}

static int check(const struct settings *settings, struct error *error)
{
    struct url url;
    const char *security = settings_text(settings, "security");
    if (url_split(span_of(settings_text(settings, "url")), &url) || url.path.len || url.has_query ||
        (!url_has_scheme(&url, "smtp") && !url_has_scheme(&url, "smtps")))
        return error_set(error, ERR_INVALID, "url: write smtp://host:port or smtps://host:port");
    if (url_has_scheme(&url, "smtps") != str_equal(security, "tls"))
        return error_set(
            error, ERR_INVALID, "security is \"tls\" with smtps://, and \"starttls\" or \"none\" with smtp://");
    if (str_equal(security, "none") && !url_is_loopback(&url))
        return error_set(error, ERR_INVALID, "security \"none\" is only for a relay on this machine");
    if (!mime_is_address(settings_text(settings, "from")))
        return error_set(error, ERR_INVALID, "from: write a plain mail address");
    if (settings_has(settings, "user") != settings_has(settings, "password"))
        return error_set(error, ERR_INVALID, "user and password belong together: set both or neither");
    return 0;
}

const struct channel_ops mail_channel = {
    .kind = "mail",
    .summary = "alerts as mail through an SMTP relay",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = check,
};
