/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * framing - is this request cut out of the byte stream in exactly one possible way?
 * What:  a pure check over the parsed request line and header list, made before a single body byte is read.
 * Why:   the HTTP library of Debian 12 takes two different Content-Length headers and then serves what follows the
 *        shorter one as a request of its own (request smuggling). RFC 9112 sections 3.2, 5.1 and 6.3 are obeyed here.
 * Keeps: whatever is refused is refused with "Connection: close", so nothing behind it is ever served.
 * Not here: what the bytes mean (handlers); a NUL, a folded line or a bare LF, which the library has already consumed
 *        (none of them can make two lengths out of one; test_http_framing pins what they do).
 */
#ifndef GATEWAY_HTTP_FRAMING_H
#define GATEWAY_HTTP_FRAMING_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/model.h"

#define FRAMING_HEADERS_MAX 100

/* X(word, status, sentence): the word is the label of the metrics, the sentence goes to the client. */
#define FRAMING_VERDICTS(X)                                                                                            \
    X(ok, 0, "")                                                                                                       \
    X(malformed, 400, "malformed request line or header")                                                              \
    X(host, 400, "exactly one Host header is needed")                                                                  \
    X(transfer_encoding, 400, "Transfer-Encoding is not accepted")                                                     \
    X(duplicate, 400, "a header that may stand once stands twice")                                                     \
    X(length, 400, "Content-Length must be one decimal number")                                                        \
    X(unexpected_body, 400, "a GET request carries no body")                                                           \
    X(method, 405, "only GET and POST are served")                                                                     \
    X(length_required, 411, "Content-Length is needed")                                                                \
    X(too_large, 413, "the body is too large")                                                                         \
    X(expect, 417, "only 100-continue can be expected")                                                                \
    X(too_many_headers, 431, "too many headers")                                                                       \
    X(version, 505, "only HTTP/1.0 and HTTP/1.1 are served")

enum framing_verdict {
#define X(word, status, sentence) FRAMING_##word,
    FRAMING_VERDICTS(X)
#undef X
        FRAMING_COUNT
};

const char *framing_word(enum framing_verdict verdict);
int framing_status(enum framing_verdict verdict);
const char *framing_sentence(enum framing_verdict verdict);

struct framing {
    const char *method, *target, *version; /* target raw, with its query */
    const struct request_header *headers;
    size_t header_count; /* may exceed FRAMING_HEADERS_MAX; then headers is not read */
};

/* Judges; with FRAMING_ok *ret_body_len is the exact length of the body (0 for GET), at most body_max. */
enum framing_verdict framing_check(const struct framing *in, size_t body_max, size_t *ret_body_len);

#endif
