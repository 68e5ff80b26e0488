/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jsonhook - a JSON webhook: its body in whatever charset it came, and one sms_in out of it.
 * Why:   a body that breaks the letter of RFC 8259 - Latin-1 bytes, half a surrogate pair where an emoji was cut, a NUL
 * - is still a cry for help. It is mended after its signature was checked over the bytes as they came. What:  a path is
 * one or more RFC 6901 pointers with spaces between them; the first that holds a text, a number or a boolean that is
 * not "" counts.
 */
#ifndef HANDLERS_JSONHOOK_H
#define HANDLERS_JSONHOOK_H

#include "gateway/base/model.h"
#include "gateway/json/json.h"

#define JSONHOOK_VALUE_MAX (64 * 1024)
#define JSONHOOK_CHARSET_MAX 32

/* Does it say that its body is JSON, or look so without saying that it is a form? */
bool jsonhook_is_json(const struct request *request);
/* Does it begin with a brace or a bracket? */
bool jsonhook_begins(struct span body);
/* Without the mark of the byte order in front. */
struct span jsonhook_unmarked(struct span body);
/* The charset that the Content-Type names into ret (JSONHOOK_CHARSET_MAX bytes); "" when it names none. */
void jsonhook_charset(const struct request *request, char *ret);

/* NULL when it is no JSON object or list. Caller json_decref()s. */
json_t *jsonhook_read(const struct request *request) MUST_CHECK;

/* Appends the value at path; nothing when there is none. ERR_LIMIT, ERR_NOMEM. */
int jsonhook_add(json_t *root, const char *path, struct buf *out) MUST_CHECK;
/* Is a value other than null there? (one pointer) */
bool jsonhook_has(json_t *root, const char *pointer);
/* A borrowed text at one pointer; "" when there is none. */
const char *jsonhook_text(json_t *root, const char *pointer);

/* A whole number at one pointer, also where it is written as a text; else the fallback. */
int64_t jsonhook_int(json_t *root, const char *pointer, int64_t fallback);

struct jsonhook_paths {
    const char *from, *to, *id, *text, *time; /* NULL = the provider has none */
    bool is_msisdn;                           /* numbers are digits with the country in front */
};
/* One message. Errors of inbound_fill. */
int jsonhook_fill(json_t *item, const struct jsonhook_paths *paths, struct sms_in *ret_sms) MUST_CHECK;
/* One report. ERR_INVALID without an id, ERR_LIMIT, ERR_NOMEM. */
int jsonhook_fill_report(json_t *item, const char *id_path, const char *code_path, const char *time_path, int status,
    struct delivery_report *out) MUST_CHECK;

/* Frees the first count messages; returns rc: for leaving a list in the middle. */
int jsonhook_give_up(struct sms_in *messages, size_t count, int rc);

#endif
