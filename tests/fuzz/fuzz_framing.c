/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_framing - any request line and header list against the framing check.
 * Input: "METHOD TARGET VERSION" and then "Name: value" lines, each ended by LF; NUL ends a string early.
 * Invariant: what is accepted has exactly one Host, no Transfer-Encoding, at most one Content-Length, which is a plain
 *            number equal to the length returned, and a body only with POST; the order of the headers does not matter.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/http/framing.h"

#define BODY_MAX 16384
#define HEADERS_MAX (FRAMING_HEADERS_MAX + 20)

static char *cut(char **at, char separator)
{
    char *start = *at, *end = strchr(start, separator);
    if (end == NULL) {
        *at = start + strlen(start);
        return start;
    }
    *end = '\0';
    *at = end + 1;
    return start;
}

static void need(int is_true)
{
    if (!is_true)
        abort();
}

static size_t count_of(const struct framing *in, const char *name, const char **ret_value)
{
    size_t count = 0;
    for (size_t i = 0; i < in->header_count; i++) {
        if (strcasecmp(in->headers[i].name, name) == 0) {
            *ret_value = in->headers[i].value;
            count++;
        }
    }
    return count;
}

static void check_accepted(const struct framing *in, size_t body_len)
{
    const char *value = "", *length = NULL;
    need(count_of(in, "Host", &value) == 1);
    need(count_of(in, "Transfer-Encoding", &value) == 0);
    need(count_of(in, "Content-Length", &length) <= 1);
    need(body_len <= BODY_MAX);
    need(strcmp(in->method, "POST") == 0 || (strcmp(in->method, "GET") == 0 && body_len == 0));
    need(in->target[0] == '/' && strpbrk(in->target, " \t\r\n#") == NULL);
    if (length != NULL) {
        need(length[0] != '\0' && strspn(length, "0123456789") == strlen(length));
        need(strtoull(length, NULL, 10) == body_len);
    } else {
        need(strcmp(in->method, "GET") == 0);
    }
    for (size_t i = 0; i < in->header_count; i++)
        need(in->headers[i].name[0] != '\0' && strpbrk(in->headers[i].name, " \t:\r\n") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request_header headers[HEADERS_MAX], reversed[HEADERS_MAX];
    struct framing in = { .headers = headers };
    size_t body_len = 0, reversed_len = 0;
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    char *at = text, *first = cut(&at, '\n');
    in.method = cut(&first, ' ');
    in.target = cut(&first, ' ');
    in.version = first;
    while (*at != '\0' && in.header_count < HEADERS_MAX) {
        char *line = cut(&at, '\n');
        headers[in.header_count].name = cut(&line, ':');
        headers[in.header_count++].value = line + (*line == ' ');
    }
    enum framing_verdict verdict = framing_check(&in, BODY_MAX, &body_len);
    if (verdict == FRAMING_ok)
        check_accepted(&in, body_len);
    else
        need(body_len == 0 && framing_status(verdict) >= 400 && framing_status(verdict) <= 505);
    for (size_t i = 0; i < in.header_count; i++)
        reversed[i] = headers[in.header_count - 1 - i];
    in.headers = reversed;
    need((framing_check(&in, BODY_MAX, &reversed_len) == FRAMING_ok) == (verdict == FRAMING_ok) &&
         reversed_len == body_len);
    free(text);
    return 0;
}
