/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_keys - the tables of words, and the rows of the three .def files in one table. */
#include "handlers/generic_keys.h"

#include <stddef.h>

#include "gateway/base/str.h"

#define WORD_MAX 64
#define PATH_MAX 256
#define ACK_BODY_MAX 256
#define TEMPLATE_MAX 4096

static const char *const auth_words[] = { "none", "token", "path", "header", "basic", "hmac", "hash",
    "standard_webhooks", NULL };
static const char *const format_words[] = { "auto", "form", "query", "json", "xml", NULL };
static const char *const charset_words[] = { "utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16be", "utf-16le",
    "utf-16", NULL };
static const char *const method_words[] = { "POST", "GET", "PUT", NULL };
static const char *const type_words[] = { "form", "json", "xml", "text", NULL };
static const char *const ack_words[] = { "text/plain", "text/html", "text/xml", "application/xml", "application/json",
    NULL };
static const char *const encoding_words[] = { "text", "hex", "base64", NULL };
static const char *const hash_words[] = { "sha256", "sha1", "sha512", "sha384", "md5", NULL };
static const char *const repeated_words[] = { "join", "messages", NULL };
static const char *const numbers_words[] = { "local", "international", NULL };
static const char *const order_words[] = { "day_first", "month_first", NULL };

#define TEXT(word, most, preset, sentence)                                                                             \
    { .name = word, .type = KEY_TEXT, .max = most, .fallback = preset, .doc = sentence },
#define WORD(word, list, preset, sentence)                                                                             \
    { .name = word, .type = KEY_WORD, .words = list, .fallback = preset, .doc = sentence },
#define LIST(word, preset, sentence, sample)                                                                           \
    { .name = word, .type = KEY_TEXTS, .max = 128, .fallback = preset, .doc = sentence, .example = sample },

const struct key generic_keys[] = {
#include "handlers/generic_auth.def"
#include "handlers/generic_in.def"
#include "handlers/generic_out.def"
    { .name = NULL },
};

const char *generic_keys_ack_type(const char *configured)
{
    size_t i = 0;
    while (ack_words[i] && !str_equal(ack_words[i], configured))
        i++;
    return ack_words[i] ? ack_words[i] : "text/plain";
}
