/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * framing - see the header. The order of the checks is the order of danger: first whatever could make two readers
 * disagree about where the request ends (400), only then what we merely do not serve (405, 411, 413, 417).
 */
#include "gateway/http/framing.h"

#include <string.h>

#include "gateway/base/str.h"

#define LENGTH_DIGITS_MAX 18 /* fits int64_t, so the number cannot wrap */

static const struct {
    const char *word;
    int status;
    const char *sentence;
} verdicts[FRAMING_COUNT] = {
#define X(word, status, sentence) { #word, status, sentence },
    FRAMING_VERDICTS(X)
#undef X
};

/* Headers of which a second one would change the meaning of the request; everything else may repeat (proxies add). */
enum singleton { ONE_HOST, ONE_LENGTH, ONE_CODING, ONE_EXPECT, ONE_TYPE, ONE_ENCODING, ONE_AUTHORIZATION, ONE_COUNT };
static const char *const singletons[ONE_COUNT] = {
    [ONE_HOST] = "Host",
    [ONE_LENGTH] = "Content-Length",
    [ONE_CODING] = "Transfer-Encoding",
    [ONE_EXPECT] = "Expect",
    [ONE_TYPE] = "Content-Type",
    [ONE_ENCODING] = "Content-Encoding",
    [ONE_AUTHORIZATION] = "Authorization",
};

struct tally {
    unsigned count[ONE_COUNT];
    const char *value[ONE_COUNT]; /* of the last one seen */
};

const char *framing_word(enum framing_verdict verdict)
{
    return verdicts[verdict].word;
}

int framing_status(enum framing_verdict verdict)
{
    return verdicts[verdict].status;
}

const char *framing_sentence(enum framing_verdict verdict)
{
    return verdicts[verdict].sentence;
}

/* RFC 9110 section 5.6.2. A name such as "Transfer-Encoding " (space before the colon) fails here. */
static bool is_token(const char *text)
{
    if (str_is_empty(text))
        return false;
    for (; *text != '\0'; text++) {
        bool is_alnum =
            (*text >= '0' && *text <= '9') || (*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z');
        if (!is_alnum && strchr("!#$%&'*+-.^_`|~", *text) == NULL)
            return false;
    }
    return true;
}

/* No control character but TAB; bytes above 127 are opaque (RFC 9110 section 5.5). */
static bool is_field_value(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* Origin form only: an absolute or asterisk form would be a request to a proxy. Raw UTF-8 is let through, because
 * gateways that build a query from a text without escaping it exist, and their text must not be lost. */
static bool is_target(const char *text)
{
    if (text == NULL || text[0] != '/')
        return false;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c <= 0x20 || c == 0x7f || c == '#')
            return false;
    }
    return true;
}

static bool tally_headers(const struct framing *in, struct tally *ret_tally)
{
    for (size_t i = 0; i < in->header_count; i++) {
        const struct request_header *header = &in->headers[i];
        if (!is_token(header->name) || header->value == NULL || !is_field_value(header->value))
            return false;
        for (size_t one = 0; one < ONE_COUNT; one++) {
            if (str_equal_nocase(header->name, singletons[one])) {
                ret_tally->count[one]++;
                ret_tally->value[one] = header->value;
            }
        }
    }
    return true;
}

/* "5" only: "+5", "0x5", "5,5", " 5" and "" are how smuggling begins. */
static bool parse_length(const char *text, uint64_t *ret_length)
{
    size_t len = strlen(text);
    if (len == 0 || len > LENGTH_DIGITS_MAX)
        return false;
    uint64_t length = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        length = length * 10 + (uint64_t)(text[i] - '0');
    }
    *ret_length = length;
    return true;
}

static enum framing_verdict check_ambiguity(const struct tally *tally, uint64_t *ret_length)
{
    if (tally->count[ONE_CODING] > 0)
        return FRAMING_transfer_encoding;
    if (tally->count[ONE_LENGTH] > 1)
        return FRAMING_length;
    if (tally->count[ONE_HOST] != 1 || tally->value[ONE_HOST][0] == '\0')
        return FRAMING_host;
    for (size_t one = 0; one < ONE_COUNT; one++) {
        if (tally->count[one] > 1)
            return FRAMING_duplicate;
    }
    if (tally->count[ONE_LENGTH] == 1 && !parse_length(tally->value[ONE_LENGTH], ret_length))
        return FRAMING_length;
    return FRAMING_ok;
}

static enum framing_verdict check_service(
    const struct framing *in, const struct tally *tally, uint64_t length, size_t max)
{
    bool is_post = strcmp(in->method, "POST") == 0;
    if (!is_post && strcmp(in->method, "GET") != 0)
        return FRAMING_method;
    if (!is_post && length > 0)
        return FRAMING_unexpected_body;
    if (is_post && tally->count[ONE_LENGTH] == 0)
        return FRAMING_length_required;
    if (length > max)
        return FRAMING_too_large;
    if (tally->count[ONE_EXPECT] == 1 && !str_equal_nocase(tally->value[ONE_EXPECT], "100-continue"))
        return FRAMING_expect;
    return FRAMING_ok;
}

enum framing_verdict framing_check(const struct framing *in, size_t body_max, size_t *ret_body_len)
{
    struct tally tally = { 0 };
    uint64_t length = 0;
    *ret_body_len = 0;
    if (in->header_count > FRAMING_HEADERS_MAX)
        return FRAMING_too_many_headers;
    if (!is_token(in->method) || !is_target(in->target) || !tally_headers(in, &tally))
        return FRAMING_malformed;
    if (!str_equal(in->version, "HTTP/1.1") && !str_equal(in->version, "HTTP/1.0"))
        return FRAMING_version;
    enum framing_verdict verdict = check_ambiguity(&tally, &length);
    if (verdict == FRAMING_ok)
        verdict = check_service(in, &tally, length, body_max);
    if (verdict == FRAMING_ok)
        *ret_body_len = (size_t)length;
    return verdict;
}
