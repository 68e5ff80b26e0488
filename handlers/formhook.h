/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * formhook - a webhook whose fields come as a form, a query or JSON: one sms_in or one report out of it.
 * What:  names are one or more field names (in JSON also RFC 6901 pointers) with spaces between them; the first that
 *        is there and not empty counts.
 * Why:   providers spell one field differently in their editions and let the operator choose the format.
 * Keeps: a text is never refused for its bytes: what is neither UTF-8 nor of a charset that was named is read as
 *        windows-1252.
 * Not here: lists of messages in one JSON body (jsonhook).
 */
#ifndef HANDLERS_FORMHOOK_H
#define HANDLERS_FORMHOOK_H

#include "handlers/form.h"
#include "handlers/jsonhook.h"

struct formhook {
    struct form form;
    json_t *root;                       /* owned; NULL unless JSON */
    char charset[JSONHOOK_CHARSET_MAX]; /* of a form: what the Content-Type says; the channel may change it */
};

void formhook_init(struct formhook *hook);
void formhook_done(struct formhook *hook);
void formhook_auto_done(struct formhook *hook);
#define AUTO_FORMHOOK __attribute__((cleanup(formhook_auto_done))) struct formhook

/* A GET is read from its query; a body as JSON when it says so or looks so, else as a form. has_query: what a form body
 * lacks may stand in the query (only where the query is signed or nothing is). ERR_INVALID, ERR_LIMIT, ERR_NOMEM. */
int formhook_read(struct formhook *hook, const struct request *request, bool has_query) MUST_CHECK;

/* Of JSON: the body when it is a list, else the first list at one of the pointers; NULL when there is none. Each of its
 * elements can be read through a hook of its own (formhook_of). Borrowed. */
json_t *formhook_list(const struct formhook *hook, const char *pointers);
/* Fields of one element; nothing to free. */
struct formhook formhook_of(json_t *item);

/* Is one of the names there, even if empty? */
bool formhook_has(const struct formhook *hook, const char *names);
/* Appends the raw value; nothing when there is none. ERR_LIMIT, ERR_NOMEM. */
int formhook_add(const struct formhook *hook, const char *names, struct buf *out) MUST_CHECK;
/* The same for a text of a person, as UTF-8: different values of a repeated field are all kept, a line each. */
int formhook_add_text(const struct formhook *hook, const char *names, struct buf *out) MUST_CHECK;
/* Gives every different value that is not empty, as it came, of the first of the names that has one; stops at an error.
 */
typedef int (*formhook_value_fn)(void *context, struct span value);
int formhook_each(const struct formhook *hook, const char *names, formhook_value_fn use, void *context) MUST_CHECK;
/* Does the value equal the word? ASCII case does not matter. */
bool formhook_is_word(const struct formhook *hook, const char *names, const char *word);

/* One message: 1; 0 when the request has no field at all; ERR_INVALID when it has, but neither sender nor text. */
int formhook_fill(const struct formhook *hook, const struct jsonhook_paths *names, struct sms_in *ret_sms) MUST_CHECK;

struct formhook_report {
    const char *id, *word, *code, *time; /* names; code and time may be NULL */
    const char *text;                    /* names of what only a message has, NULL = nothing */
    const struct report_word *words;
};
/* One report: 1; ERR_INVALID without id or word, and for a message that was pointed at the address of reports. */
int formhook_fill_report(
    const struct formhook *hook, const struct formhook_report *names, struct delivery_report *out) MUST_CHECK;

#endif
