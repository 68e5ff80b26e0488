/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_in - see the header.
 * Keeps: a text without a sender is still a message; one without a text is malformed and goes to quarantine. An entry
 * of a list that cannot be read makes the whole request malformed: it is kept whole, for a person to look at.
 */
#include "handlers/generic_in.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/generic_auth.h"
#include "handlers/generic_source.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/moment.h"
#include "handlers/msisdn.h"
#include "handlers/report.h"
#include "handlers/udh.h"

#define WORD_MAX 64

static int read_source(struct generic_source *source)
{
    return generic_source_read(source, generic_auth_fields_flags(source->settings));
}

static void find_style(const struct settings *settings, struct moment_style *ret)
{
    ret->is_month_first = str_equal(settings_text(settings, "date_order"), "month_first");
    if (moment_read_zone(settings_text(settings, "time_zone"), &ret->zone_minutes))
        ret->zone_minutes = 0;
}

static int64_t read_time(const struct settings *settings, struct span text)
{
    struct moment_style style;
    find_style(settings, &style);
    return moment_read(text, &style);
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

/* "8 = hex utf-16be" for "8"; false when the list says nothing of the word. */
static bool find_coding(const struct settings *settings, const char *word, struct coding *ret)
{
    for (unsigned i = 0; i < settings_count(settings, "coding_words"); i++) {
        const char *entry = settings_item(settings, "coding_words", i);
        const char *equals = strchr(entry, '=');
        size_t len = equals ? (size_t)(equals - entry) : 0;
        while (len && entry[len - 1] == ' ')
            len--;
        if (len && strlen(word) == len && strncasecmp(entry, word, len) == 0)
            return coding_parse(equals + 1 + strspn(equals + 1, " "), ret) == 0;
    }
    return false;
}

/* What this message says of itself, then what is configured, then the charset of the request. */
static void choose_coding(const struct generic_source *source, struct coding *ret)
{
    AUTO_BUF word;
    buf_init(&word, WORD_MAX);
    bool has_word =
        generic_source_add(source, "field_coding", &word) == 0 && word.len && !memchr(word.data, 0, word.len);
    if (has_word && find_coding(source->settings, word.data, ret))
        return;
    *ret = (struct coding){ .wrap = CODING_PLAIN };
    if (has_word && coding_is_charset(word.data))
        str_copy(ret->charset, sizeof ret->charset, word.data);
    else if (*settings_text(source->settings, "text_coding"))
        (void)!coding_parse(settings_text(source->settings, "text_coding"), ret);
    else
        str_copy(ret->charset, sizeof ret->charset, source->charset);
}

static int add_text(const struct generic_source *source, struct buf *out)
{
    AUTO_BUF raw;
    struct coding coding;
    buf_init(&raw, GENERIC_VALUE_MAX);
    int rc = generic_source_get_text(source, settings_text(source->settings, "field_text"), &raw);
    if (rc)
        return rc == ERR_NOT_FOUND ? ERR_INVALID : rc;
    choose_coding(source, &coding);
    /* A document is text already; only what is wrapped in it has a charset of its own. */
    if (source->fields.root && coding.wrap == CODING_PLAIN)
        coding.charset[0] = '\0';
    return coding_decode(&coding, buf_span(&raw), out);
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

static bool is_ascii(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
    }
    return true;
}

/* A number in ASCII is one in every charset: some gateways write only the text in UTF-16. */
static int add_number(const struct generic_source *source, const char *key, struct buf *out)
{
    AUTO_BUF raw;
    AUTO_BUF plain;
    struct coding coding = { .wrap = CODING_PLAIN };
    buf_init(&raw, GENERIC_VALUE_MAX);
    buf_init(&plain, INBOUND_TEXT_MAX);
    int rc = generic_source_add(source, key, &raw);
    if (!source->fields.root && !is_ascii(buf_span(&raw)))
        str_copy(coding.charset, sizeof coding.charset, source->charset);
    if (!rc)
        rc = coding_decode(&coding, buf_span(&raw), &plain);
    if (rc)
        return rc;
    if (str_equal(settings_text(source->settings, "numbers"), "international"))
        msisdn_add(out, buf_span(&plain));
    else
        buf_add_span(out, buf_span(&plain));
    return buf_check(out);
}

/* ---- parts ----------------------------------------------------------------------------------------------------- */

/* first_part 0: "0" of 3 is the first. */
static void add_one(struct buf *text)
{
    char *end = NULL;
    long value = text->len ? strtol(text->data, &end, 10) : 0;
    if (!text->len || *end || value < 0 || value > 255)
        return;
    buf_clear(text);
    buf_add_format(text, "%ld", value + 1);
}

static int set_numbered_part(const struct generic_source *source, struct sms_in *sms)
{
    AUTO_BUF part;
    AUTO_BUF total;
    AUTO_BUF ref;
    buf_init(&part, WORD_MAX);
    buf_init(&total, WORD_MAX);
    buf_init(&ref, GENERIC_VALUE_MAX);
    int rc = generic_source_add(source, "field_part_ref", &ref);
    /* A number that is longer than any number is none. */
    bool is_said = generic_source_add(source, "field_part", &part) == 0 &&
                   generic_source_add(source, "field_part_total", &total) == 0;
    if (rc || !is_said || !part.len)
        return rc;
    char *slash = strchr(part.data, '/');
    if (slash && !total.len)
        buf_add_text(&total, slash + 1);
    if (slash)
        buf_truncate(&part, (size_t)(slash - part.data));
    if (settings_int(source->settings, "first_part") == 0)
        add_one(&part);
    udh_set_part_numbers(buf_span(&part), buf_span(&total), buf_span(&ref), sms);
    return 0;
}

static int set_part(const struct generic_source *source, struct sms_in *sms)
{
    AUTO_BUF header;
    buf_init(&header, GENERIC_VALUE_MAX);
    int rc = generic_source_add(source, "field_udh", &header);
    if (!rc && (udh_set_part_hex(buf_span(&header), sms) || udh_set_part(buf_span(&header), sms)))
        return 0;
    return rc ? rc : set_numbered_part(source, sms);
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

static enum intent intent_of(const struct generic_source *source)
{
    if (generic_source_is_word(source, "field_opt_out", "opt_out_words"))
        return INTENT_stop;
    return generic_source_is_word(source, "field_opt_out", "opt_in_words") ? INTENT_start : INTENT_help;
}

/* An id that came once for several messages is none of theirs: the second would be lost as a repetition. */
static bool is_shared_id(const struct generic_source *source)
{
    const char *path = settings_text(source->settings, "field_id");
    return source->number >= 0 && !strstr(path, "{n}") && form_count_name(&source->fields.form, path) == 1 &&
           form_count_name(&source->fields.form, settings_text(source->settings, "field_text")) != 1;
}

static int fill(const struct generic_source *source, struct sms_in *out)
{
    AUTO_BUF from;
    AUTO_BUF to;
    AUTO_BUF id;
    AUTO_BUF text;
    AUTO_BUF time;
    buf_init(&from, INBOUND_TEXT_MAX);
    buf_init(&to, INBOUND_TEXT_MAX);
    buf_init(&id, GENERIC_VALUE_MAX);
    buf_init(&text, 4 * INBOUND_TEXT_MAX);
    buf_init(&time, GENERIC_VALUE_MAX);
    int rc = add_text(source, &text);
    if (!rc)
        rc = add_number(source, "field_from", &from);
    if (!rc)
        rc = add_number(source, "field_to", &to);
    if (!rc && !is_shared_id(source))
        rc = generic_source_add(source, "field_id", &id);
    if (!rc)
        rc = generic_source_add(source, "field_time", &time);
    if (rc)
        return rc;
    const struct inbound_source raw = {
        .from = buf_span(&from), .to = buf_span(&to), .id = buf_span(&id), .text = buf_span(&text)
    };
    rc = inbound_fill(&raw, out);
    if (rc)
        return rc;
    out->sent_at = read_time(source->settings, buf_span(&time));
    out->provider_intent = intent_of(source);
    generic_auth_name(source, out);
    rc = set_part(source, out);
    if (rc)
        sms_in_done(out);
    return rc;
}

struct messages {
    struct sms_in *out;
    size_t count, max;
};

static int take_message(struct generic_source *source, void *context)
{
    struct messages *messages = context;
    if (generic_source_is_word(source, "field_type", "report_types") ||
        generic_source_is_word(source, "field_type", "ignored_types"))
        return 0;
    if (messages->count == messages->max)
        return ERR_LIMIT;
    int rc = fill(source, &messages->out[messages->count]);
    messages->count += rc == 0;
    return rc;
}

int generic_in_parse(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    AUTO_SOURCE source;
    struct messages messages = { .out = out, .max = max };
    generic_source_init(&source, settings, request);
    int rc = read_source(&source);
    int64_t signed_at = rc ? 0 : generic_auth_signed_at(&source);
    if (!rc)
        rc = generic_source_each(&source, "messages", "field_text", take_message, &messages);
    for (size_t i = 0; !rc && i < messages.count; i++)
        out[i].signed_at = signed_at;
    return rc ? jsonhook_give_up(out, messages.count, rc) : (int)messages.count;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct report_word usual_words[] = {
    { "sent", REPORT_SENT },
    { "submitted", REPORT_SENT },
    { "buffered", REPORT_SENT },
    { "dispatched", REPORT_SENT },
    { "delivered", REPORT_DELIVERED },
    { "success", REPORT_DELIVERED },
    { "read", REPORT_DELIVERED },
    { "expired", REPORT_FAILED_TEMPORARY },
    { "undelivered", REPORT_FAILED_TEMPORARY },
    { "failed", REPORT_FAILED },
    { "failure", REPORT_FAILED },
    { "rejected", REPORT_FAILED },
    { "undeliverable", REPORT_FAILED },
    { "cancelled", REPORT_FAILED },
    { "canceled", REPORT_FAILED },
    { "opted_out", REPORT_OPTED_OUT },
    { NULL, 0 },
};

static int status_of(const struct settings *settings, const char *word)
{
    static const struct {
        const char *key;
        int status;
    } lists[] = { { "status_delivered", REPORT_DELIVERED }, { "status_failed", REPORT_FAILED },
        { "status_failed_temporary", REPORT_FAILED_TEMPORARY }, { "status_opted_out", REPORT_OPTED_OUT },
        { "status_sent", REPORT_SENT }, { "status_pending", REPORT_PENDING } };
    for (size_t i = 0; i < STR_COUNT(lists); i++) {
        if (generic_source_has_word(settings, lists[i].key, word))
            return lists[i].status;
    }
    return report_status(usual_words, word);
}

/* The code tells more of a failure than the word. */
static int refine(const struct settings *settings, int status, const char *code)
{
    bool is_failure = status == REPORT_FAILED || status == REPORT_FAILED_TEMPORARY;
    if (is_failure && generic_source_has_word(settings, "codes_opted_out", code))
        return REPORT_OPTED_OUT;
    return is_failure && generic_source_has_word(settings, "codes_temporary", code) ? REPORT_FAILED_TEMPORARY : status;
}

static int fill_report(const struct generic_source *source, struct delivery_report *out)
{
    AUTO_BUF id;
    AUTO_BUF word;
    AUTO_BUF code;
    AUTO_BUF time;
    const struct settings *settings = source->settings;
    bool has_time = *settings_text(settings, "field_status_time");
    buf_init(&id, GENERIC_VALUE_MAX);
    buf_init(&word, GENERIC_VALUE_MAX);
    buf_init(&code, GENERIC_VALUE_MAX);
    buf_init(&time, GENERIC_VALUE_MAX);
    int rc = generic_source_add(source, "field_status_id", &id);
    if (!rc)
        rc = generic_source_add(source, "field_status", &word);
    if (!rc)
        rc = generic_source_add(source, "field_status_code", &code);
    if (!rc)
        rc = generic_source_add(source, has_time ? "field_status_time" : "field_time", &time);
    if (rc || id.len == 0 || word.len == 0)
        return rc ? rc : ERR_INVALID;
    int status = refine(settings, status_of(settings, word.data), code.len ? code.data : "");
    report_fill(out, status, buf_span(&id), buf_span(&code), (struct span){ "", 0 });
    out->at = read_time(settings, buf_span(&time));
    return 0;
}

struct reports {
    struct delivery_report *out;
    size_t count, max;
};

/* With report_types, what is of another type is no report, and core asks for a message in it. */
static bool is_report(const struct generic_source *source)
{
    AUTO_BUF type;
    buf_init(&type, GENERIC_VALUE_MAX);
    if (settings_count(source->settings, "report_types") == 0)
        return !generic_source_is_word(source, "field_type", "ignored_types");
    bool has_type = generic_source_add(source, "field_type", &type) == 0 && type.len;
    return !has_type || generic_source_is_word(source, "field_type", "report_types");
}

static int take_report(struct generic_source *source, void *context)
{
    struct reports *reports = context;
    if (!is_report(source))
        return 0;
    if (reports->count == reports->max)
        return ERR_LIMIT;
    int rc = fill_report(source, &reports->out[reports->count]);
    reports->count += rc == 0;
    return rc;
}

int generic_in_parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    AUTO_SOURCE source;
    struct reports reports = { .out = out, .max = max };
    generic_source_init(&source, settings, request);
    int rc = read_source(&source);
    if (!rc)
        rc = generic_source_each(&source, "reports", "field_status_id", take_report, &reports);
    return rc ? rc : (int)reports.count;
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static const char *const path_keys[] = { "field_from", "field_text", "field_id", "field_to", "field_time",
    "field_coding", "field_part", "field_part_total", "field_part_ref", "field_udh", "field_opt_out", "field_type",
    "field_status_id", "field_status", "field_status_code", "field_status_time" };

static int check_paths(const struct settings *settings, struct error *error)
{
    int rc = paths_check("messages", settings_text(settings, "messages"), true, error);
    if (!rc)
        rc = paths_check("reports", settings_text(settings, "reports"), true, error);
    for (size_t i = 0; !rc && i < STR_COUNT(path_keys); i++)
        rc = paths_check(path_keys[i], settings_text(settings, path_keys[i]), true, error);
    return rc;
}

static int check_codings(const struct settings *settings, struct error *error)
{
    struct coding coding;
    if (coding_parse(settings_text(settings, "text_coding"), &coding))
        return error_set(error, ERR_INVALID,
            "text_coding: \"%s\" is no coding; write an optional hex or base64 and a charset, as \"hex utf-16be\"",
            settings_text(settings, "text_coding"));
    for (unsigned i = 0; i < settings_count(settings, "coding_words"); i++) {
        const char *entry = settings_item(settings, "coding_words", i), *equals = strchr(entry, '=');
        if (!equals || equals == entry || coding_parse(equals + 1 + strspn(equals + 1, " "), &coding))
            return error_set(error, ERR_INVALID,
                "coding_words: \"%s\" is not of the form \"VALUE = CODING\", as \"8 = hex utf-16be\"", entry);
    }
    if (settings_count(settings, "coding_words") && !*settings_text(settings, "field_coding"))
        return error_set(
            error, ERR_INVALID, "coding_words is set: set field_coding too, which names the field with these values");
    return 0;
}

static int check_numbering(const struct settings *settings, struct error *error)
{
    bool is_numbered = strstr(settings_text(settings, "field_text"), "{n}") != NULL;
    for (size_t i = 0; i < STR_COUNT(path_keys); i++) {
        bool is_report = str_starts(path_keys[i], "field_status");
        if (!is_numbered && !is_report && strstr(settings_text(settings, path_keys[i]), "{n}"))
            return error_set(error, ERR_INVALID, "%s has {n}: field_text needs it too", path_keys[i]);
    }
    if (is_numbered && str_equal(settings_text(settings, "repeated"), "messages"))
        return error_set(
            error, ERR_INVALID, "repeated is \"messages\", but field_text has {n}: only one can tell messages apart");
    return 0;
}

static int check_pairs(const struct settings *settings, struct error *error)
{
    static const struct {
        const char *key, *needs;
    } pairs[] = { { "field_part_total", "field_part" }, { "field_part_ref", "field_part" },
        { "report_types", "field_type" }, { "ignored_types", "field_type" }, { "opt_out_words", "field_opt_out" },
        { "opt_in_words", "field_opt_out" } };
    int minutes;
    for (size_t i = 0; i < STR_COUNT(pairs); i++) {
        if (settings_has(settings, pairs[i].key) && !*settings_text(settings, pairs[i].needs))
            return error_set(error, ERR_INVALID, "%s is set: set %s too", pairs[i].key, pairs[i].needs);
    }
    if (moment_read_zone(settings_text(settings, "time_zone"), &minutes))
        return error_set(error, ERR_INVALID, "time_zone: \"%s\" is no offset; write it as +03:00",
            settings_text(settings, "time_zone"));
    return 0;
}

int generic_in_check(const struct settings *settings, struct error *error)
{
    int rc = check_paths(settings, error);
    if (!rc)
        rc = check_codings(settings, error);
    if (!rc)
        rc = check_numbering(settings, error);
    return rc ? rc : check_pairs(settings, error);
}
