/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * httpsms_list - see the header.
 * What:  the cursor is "<threads> <messages> <contact> <contact> ...": where the next page of threads begins ("-" =
 * that was the last one), where the next page of the first contact's messages begins, and the contacts,
 * percent-encoded, whose messages are still to be read. An empty cursor is the first page of threads.
 */
#include "handlers/httpsms_list.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/contentid.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/listing.h"

#define KEY_TIME_MAX 128
#define PAGE 20
#define SKIP_MAX 100000
#define NO_MORE (-1)

int httpsms_list_fill(json_t *item, const struct jsonhook_paths *paths, struct sms_in *ret_sms)
{
    AUTO_BUF key;
    buf_init(&key, KEY_TIME_MAX + PHONE_MAX);
    int rc = jsonhook_fill(item, paths, ret_sms);
    if (rc)
        return rc;
    if (ret_sms->sent_at == 0) /* without a time, its own id is better than none */
        return 0;
    buf_add_format(&key, "%s %lld", ret_sms->to, (long long)ret_sms->sent_at);
    rc = buf_check(&key);
    if (rc) {
        sms_in_done(ret_sms);
        return rc;
    }
    contentid_set(buf_span(&key), ret_sms);
    return 0;
}

/* ---- the cursor ------------------------------------------------------------------------------------------------ */

struct place {
    int64_t threads, messages;
    struct span contact; /* the first one, encoded; empty = none is left */
    struct span rest;    /* the others, each with its space in front */
};

static struct span take_word(struct span *text)
{
    const char *space = memchr(text->data, ' ', text->len);
    struct span word = { text->data, space ? (size_t)(space - text->data) : text->len };
    *text = (struct span){ text->data + word.len, text->len - word.len };
    return word;
}

static int64_t take_number(struct span *text)
{
    char digits[16];
    int64_t number = 0;
    struct span word = take_word(text);
    if (text->len)
        *text = (struct span){ text->data + 1, text->len - 1 };
    if (!str_copy_span(digits, sizeof digits, word) || str_to_int64(digits, 0, SKIP_MAX, &number))
        return NO_MORE;
    return number;
}

/* Contacts as str_percent_encode leaves them, with spaces between: nothing else may get into an address. */
static bool is_encoded(struct span text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~% ";
    for (size_t i = 0; i < text.len; i++)
        if (!text.data[i] || !strchr(letters, text.data[i]))
            return false;
    return true;
}

static void read_place(const char *cursor, struct place *ret)
{
    struct span text = span_of(cursor);
    *ret = (struct place){ .threads = 0 };
    if (!text.len)
        return;
    ret->threads = take_number(&text);
    ret->messages = take_number(&text);
    ret->messages = ret->messages < 0 ? 0 : ret->messages;
    if (is_encoded(text)) {
        ret->contact = take_word(&text);
        ret->rest = text;
    }
}

static void write_number(struct buf *out, int64_t number)
{
    if (number < 0 || number > SKIP_MAX)
        buf_add_text(out, "- ");
    else
        buf_add_format(out, "%lld ", (long long)number);
}

/* Nothing is left to ask for: the next poll begins anew. */
static void set_cursor(const struct place *place, struct span contacts, struct poll_page *page)
{
    AUTO_BUF text;
    buf_init(&text, sizeof page->cursor - 1);
    page->has_more = contacts.len > 0 || place->threads >= 0;
    if (!page->has_more)
        return;
    write_number(&text, place->threads);
    write_number(&text, place->messages);
    buf_add_span(&text, contacts);
    if (buf_check(&text) == 0)
        str_copy_span(page->cursor, sizeof page->cursor, buf_span(&text));
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

int httpsms_list_build(const struct settings *settings, const struct poll_from *from, struct transmit *out)
{
    struct place place;
    const char *owner = settings_text(settings, "from");
    read_place(from->cursor, &place);
    if (!*owner)
        return ERR_INVALID;
    bool is_thread = place.contact.len == 0;
    httpsend_begin(out, true, settings_text(settings, "api_url"), is_thread ? "/v1/message-threads" : "/v1/messages",
        settings_int(settings, "timeout"));
    int64_t skip = is_thread ? (place.threads < 0 ? 0 : place.threads) : place.messages;
    buf_add_format(
        &out->url, "?limit=%d&skip=%lld%s&owner=", PAGE, (long long)skip, is_thread ? "&is_archived=false" : "");
    str_percent_encode(&out->url, span_of(owner));
    if (!is_thread) {
        buf_add_text(&out->url, "&contact=");
        buf_add_span(&out->url, place.contact);
    }
    int rc = httpsend_add_header(out, "x-api-key", "", settings_text(settings, "api_key"));
    return rc ? rc : httpsend_check(out);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static int read_thread(const struct settings *settings, json_t *item, struct sms_in *ret_sms)
{
    (void)settings;
    static const struct jsonhook_paths paths = { .from = "/contact",
        .to = "/owner",
        .id = "/last_message_id",
        .text = "/last_message_content",
        .time = "/order_timestamp" };
    if (!json_is_object(item))
        return ERR_INVALID;
    if (!str_equal(jsonhook_text(item, "/status"), "received")) /* ours was the last word, or a call */
        return 0;
    int rc = httpsms_list_fill(item, &paths, ret_sms);
    return rc ? rc : 1;
}

static int read_message(const struct settings *settings, json_t *item, struct sms_in *ret_sms)
{
    (void)settings;
    static const struct jsonhook_paths paths = {
        .from = "/contact", .to = "/owner", .id = "/id", .text = "/content", .time = "/order_timestamp /received_at"
    };
    if (!json_is_object(item))
        return ERR_INVALID;
    const char *type = jsonhook_text(item, "/type");
    if (*type ? !str_equal(type, "mobile-originated") : !str_equal(jsonhook_text(item, "/status"), "received"))
        return 0;
    int rc = httpsms_list_fill(item, &paths, ret_sms);
    return rc ? rc : 1;
}

/* Lists are newest first: is there more behind a page that is as old as is wanted? */
static bool is_enough(json_t *list, int64_t since_ms)
{
    size_t count = json_array_size(list);
    json_t *last = count ? json_array_get(list, count - 1) : NULL;
    int64_t at = inbound_time(span_of(jsonhook_text(last, "/order_timestamp")));
    return count < PAGE || (at && at < since_ms);
}

/* Those who wrote, or were written to, since then. One that does not fit is told of by its thread alone. */
static void add_contacts(json_t *list, int64_t since_ms, struct buf *out)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        int64_t at = inbound_time(span_of(jsonhook_text(item, "/order_timestamp")));
        const char *contact = jsonhook_text(item, "/contact");
        if (!*contact || (at && at < since_ms) || 3 * strlen(contact) + 1 > out->max - out->len)
            continue;
        buf_add_text(out, out->len ? " " : "");
        str_percent_encode(out, span_of(contact));
    }
}

int httpsms_list_read(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
    struct sms_in *out, size_t max, struct poll_page *ret_page)
{
    struct place place;
    AUTO_BUF contacts;
    buf_init(&contacts, sizeof ret_page->cursor - 32);
    AUTO_JSON *root = listing_read(reply, ret_page);
    json_t *list = root ? json_object_get(root, "data") : NULL;
    if (!root)
        return ERR_INVALID;
    read_place(from->cursor, &place);
    bool is_thread = place.contact.len == 0, is_end = is_enough(list, from->since_ms);
    if (is_thread) {
        add_contacts(list, from->since_ms, &contacts);
        place.threads = is_end ? NO_MORE : place.threads + PAGE;
    } else if (is_end) {
        place.messages = 0;
        buf_add(&contacts, place.rest.data + (place.rest.len > 0), place.rest.len - (place.rest.len > 0));
    } else {
        place.messages += PAGE;
        buf_add_span(&contacts, place.contact);
        buf_add_span(&contacts, place.rest);
    }
    set_cursor(&place, buf_span(&contacts), ret_page);
    return listing_fill(settings, list, is_thread ? read_thread : read_message, out, max, ret_page);
}
