/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selftest - a request as the provider would send it, made by ourselves: `channels test` holds it against `verify`.
 * What:  a channel's build_self_test fills it with the settings' own current secret and an invented text; these are the
 *        steps that the schemes share.
 * Why:   a secret that is wrong in our file cannot be seen from outside; a request that we sign with it and then refuse
 *        tells a mistake of the settings from one at the provider.
 * Keeps: nothing of it is sent or stored.
 */
#ifndef HANDLERS_SELFTEST_H
#define HANDLERS_SELFTEST_H

#include "config/schema.h"
#include "gateway/base/error.h"
#include "gateway/base/model.h"
#include "gateway/crypto/mac.h"
#include "gateway/json/json.h"

#define SELFTEST_HEADERS_MAX 8
#define SELFTEST_BYTES_MAX (16 * 1024)
#define SELFTEST_FROM "+15005550006"
#define SELFTEST_FROM_DIGITS "15005550006"
#define SELFTEST_TO "+15005550001"
#define SELFTEST_TO_DIGITS "15005550001"
#define SELFTEST_TEXT "a text that the line sends to itself"
#define SELFTEST_ID "selftest-1"
#define SELFTEST_NONCE "selftestnonce1"

enum selftest_code { SELFTEST_HEX, SELFTEST_BASE64 };

struct selftest {
    const char *method;
    struct buf path, query, body; /* path: "/in/NAME/message" at first */
    struct buf pairs;             /* names and values of the form's fields in a row, decoded */
    struct buf names[SELFTEST_HEADERS_MAX], values[SELFTEST_HEADERS_MAX];
    struct request_header headers[SELFTEST_HEADERS_MAX];
    size_t header_count;
    bool is_proof_only; /* the body is of no shape that this channel could read a message from */
};

void selftest_init(struct selftest *test, const char *channel);
void selftest_done(struct selftest *test);
/* Borrowed from test. ERR_LIMIT or ERR_NOMEM when something did not fit. */
int selftest_request(struct selftest *test, struct request *ret_request) MUST_CHECK;

void selftest_header(struct selftest *test, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
/* A form: fields in the order of their names, which is what some schemes sign. */
void selftest_field(struct selftest *test, const char *name, const char *value);
/* A field of the query. */
void selftest_query(struct selftest *test, const char *name, const char *value);
/* A JSON body; takes the reference (NULL = no memory). */
void selftest_json(struct selftest *test, json_t *json);
/* Puts "/SECRET" behind the path. */
void selftest_path(struct selftest *test, const char *secret);
void selftest_basic(struct selftest *test, const char *user, const char *password);
/* Signs with HS256 and puts the token behind prefix into the header; takes the claims. */
int selftest_token(
    struct selftest *test, const char *header, const char *prefix, const char *secret, json_t *claims) MUST_CHECK;

/* Appends the MAC of text. */
int selftest_mac(
    enum mac_kind kind, const char *secret, struct span text, enum selftest_code code, struct buf *out) MUST_CHECK;
/* Appends the SHA-256 in hex. */
int selftest_digest(struct span text, struct buf *out) MUST_CHECK;
/* Appends the address that the provider signs: what was typed there, with the query that was typed with it, which
 * becomes the query of the request. ERR_INVALID with a sentence when public_url is missing. */
int selftest_add_url(
    struct selftest *test, const struct settings *settings, struct buf *out, struct error *error) MUST_CHECK;

/* ERR_INVALID with a sentence when the setting is empty, else 0. */
int selftest_need(const struct settings *settings, const char *key, struct error *error) MUST_CHECK;
/* The same for the secret of acts, which a channel can do without: ERR_UNSUPPORTED. */
int selftest_need_for_acts(const struct settings *settings, const char *key, struct error *error) MUST_CHECK;

#endif
