/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_result - see the header. */
#include "handlers/generic_result.h"

#include <string.h>
#include <strings.h>

#include "gateway/base/str.h"
#include "handlers/fields.h"
#include "handlers/httpreply.h"
#include "handlers/inbound.h"

#define VALUE_MAX (64 * 1024)
#define STATUS "http:"
#define BLANKS " \t\r\n,;\"<"

/* The order in which they are asked: the more a wrong answer would cost, the earlier. */
static const struct {
    const char *key;
    enum outcome outcome;
} lists[] = { { "opted_out_when", OUTCOME_opted_out }, { "bad_config_when", OUTCOME_bad_config },
    { "throttled_when", OUTCOME_retry_throttled }, { "retry_when", OUTCOME_retry_network },
    { "rejected_when", OUTCOME_rejected } };

/* ---- the body -------------------------------------------------------------------------------------------------- */

/* JSON or XML by its first character, else "name=value&..." */
static void read_body(struct span body, struct fields *fields)
{
    const struct request answer = { .method = "POST", .path = "", .query = "", .body = body };
    (void)!fields_read(fields, &answer, FIELDS_AUTO, 0);
}

static void add_at(const struct fields *fields, const char *path, struct buf *out)
{
    if (*path && fields_get_optional(fields, path, out))
        buf_clear(out);
}

/* "ID: 4711" by `id_after`: up to the next blank. */
static struct span find_after(struct span body, const char *words)
{
    const char *at = *words && body.len ? memmem(body.data, body.len, words, strlen(words)) : NULL;
    size_t start = at ? (size_t)(at - body.data) + strlen(words) : body.len, end;
    while (start < body.len && body.data[start] == ' ')
        start++;
    for (end = start; end < body.len && body.data[end] && !strchr(BLANKS, body.data[end]);)
        end++;
    return (struct span){ body.data + start, end - start };
}

/* ---- words and statuses ---------------------------------------------------------------------------------------- */

/* "http:429", "http:5xx" */
static bool is_status(const char *entry, int status)
{
    entry += strlen(STATUS);
    bool is_class = strcasecmp(entry + 1, "xx") == 0;
    return is_class ? *entry - '0' == status / 100
                    : status == (entry[0] - '0') * 100 + (entry[1] - '0') * 10 + entry[2] - '0';
}

struct seen {
    int status;
    struct span body;
    const char *word; /* at result_path; NULL = words are looked for in the body */
};

static bool is_word(const struct seen *seen, const char *entry)
{
    if (seen->word)
        return str_equal_nocase(seen->word, entry);
    size_t len = strlen(entry);
    for (size_t at = 0; at + len <= seen->body.len; at++) {
        if (strncasecmp(seen->body.data + at, entry, len) == 0)
            return true;
    }
    return false;
}

static bool is_met(const struct settings *settings, const char *key, const struct seen *seen, bool is_by_status)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        const char *entry = settings_item(settings, key, i);
        bool names_status = str_starts(entry, STATUS);
        if (names_status == is_by_status && (names_status ? is_status(entry, seen->status) : is_word(seen, entry)))
            return true;
    }
    return false;
}

static bool has_words(const struct settings *settings, const char *key)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        if (!str_starts(settings_item(settings, key, i), STATUS))
            return true;
    }
    return false;
}

/* Words first, because many providers say everything with status 200. */
static void decide(const struct settings *settings, const struct seen *seen, struct send_result *result)
{
    for (int by_status = 0; by_status <= 1; by_status++) {
        for (size_t i = 0; i < STR_COUNT(lists); i++) {
            if (is_met(settings, lists[i].key, seen, by_status)) {
                result->outcome = lists[i].outcome;
                return;
            }
        }
    }
    const char *success = settings_text(settings, "success_text");
    bool has_success =
        !*success || (seen->body.len && memmem(seen->body.data, seen->body.len, success, strlen(success)));
    bool is_sent = is_met(settings, "sent_when", seen, false) || is_met(settings, "sent_when", seen, true);
    bool must_say = has_words(settings, "sent_when") && !is_sent;
    if (result->outcome == OUTCOME_sent && (!has_success || must_say))
        result->outcome = OUTCOME_unparseable;
}

static void read_id(
    const struct settings *settings, const struct fields *fields, struct span body, struct send_result *result)
{
    AUTO_BUF id;
    buf_init(&id, VALUE_MAX);
    add_at(fields, settings_text(settings, "id_path"), &id);
    if (!id.len)
        buf_add_span(&id, find_after(body, settings_text(settings, "id_after")));
    inbound_set_id(buf_span(&id), result->remote_id);
}

void generic_result_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    AUTO_FIELDS fields;
    AUTO_BUF word;
    AUTO_BUF code;
    fields_init(&fields);
    buf_init(&word, VALUE_MAX);
    buf_init(&code, VALUE_MAX);
    httpreply_read(reply, settings_bool(settings, "recognises_id"), ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    int64_t wait = reply->retry_after_s;
    const char *path = settings_text(settings, "result_path");
    read_body(reply->body, &fields);
    add_at(&fields, path, &word);
    const struct seen seen = {
        .status = reply->status, .body = reply->body, .word = *path ? (word.len ? word.data : "") : NULL
    };
    decide(settings, &seen, ret_result);
    if (ret_result->outcome == OUTCOME_sent)
        read_id(settings, &fields, reply->body, ret_result);
    add_at(&fields, settings_text(settings, "code_path"), &code);
    httpreply_set_code(ret_result, code.data);
    ret_result->retry_after_s = httpreply_wait(wait, ret_result->outcome);
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static bool is_written(const char *entry)
{
    if (!str_starts(entry, STATUS))
        return true;
    entry += strlen(STATUS);
    bool is_class = strlen(entry) == 3 && strcasecmp(entry + 1, "xx") == 0;
    return *entry >= '1' && *entry <= '5' && (is_class || (strlen(entry) == 3 && strspn(entry, "0123456789") == 3));
}

static int check_list(const struct settings *settings, const char *key, bool is_success, struct error *error)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        const char *entry = settings_item(settings, key, i);
        if (!is_written(entry))
            return error_set(error, ERR_INVALID, "%s: \"%s\" is no status; write http:429 or http:5xx", key, entry);
        if (is_success && str_starts(entry, STATUS) && entry[strlen(STATUS)] != '2')
            return error_set(
                error, ERR_INVALID, "%s: only a status of 200 to 299 can mean sent, not \"%s\"", key, entry);
    }
    return 0;
}

/* One word or status with two meanings: the first list would win, and nobody would know. */
static int check_apart(const struct settings *settings, const char *key, const char *other, struct error *error)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        const char *entry = settings_item(settings, key, i);
        for (unsigned k = 0; k < settings_count(settings, other); k++) {
            if (str_equal_nocase(entry, settings_item(settings, other, k)))
                return error_set(error, ERR_INVALID, "\"%s\" stands in %s and in %s", entry, key, other);
        }
    }
    return 0;
}

int generic_result_check(const struct settings *settings, struct error *error)
{
    static const char *const paths[] = { "id_path", "code_path", "result_path" };
    int rc = check_list(settings, "sent_when", true, error);
    for (size_t i = 0; !rc && i < STR_COUNT(lists); i++) {
        rc = check_list(settings, lists[i].key, false, error);
        if (!rc)
            rc = check_apart(settings, lists[i].key, "sent_when", error);
        for (size_t k = i + 1; !rc && k < STR_COUNT(lists); k++)
            rc = check_apart(settings, lists[i].key, lists[k].key, error);
    }
    for (size_t i = 0; !rc && i < STR_COUNT(paths); i++)
        rc = paths_check(paths[i], settings_text(settings, paths[i]), false, error);
    return rc;
}
