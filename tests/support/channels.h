/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * channels - what every channel test needs: settings from pairs, requests from text, the committed signatures.
 * Keeps: a fixture that cannot be made fails the running test with the sentence of the product.
 */
#ifndef TESTS_SUPPORT_CHANNELS_H
#define TESTS_SUPPORT_CHANNELS_H

#include "gateway/json/json.h"
#include "handlers/registry.h"

#define CHANNELS_HEADERS_MAX 16

/* Settings of a kind from "name=value" pairs, NULL-terminated; also passes them through the channel's check(). */
struct settings *channels_settings(const char *kind, const char *const *pairs);
/* 0 or the error of reading or checking. */
int channels_try_settings(
    const char *kind, const char *const *pairs, struct error *error, struct settings **ret_settings);

/* A form POST; body is borrowed. */
struct request channels_post(const char *path, const char *body);

/* The vectors of one scheme ("twilio", "standard_webhooks") in tests/golden/signatures.json; caller json_decref()s. */
json_t *channels_signatures(void);
/* The request of one vector on the given path, with the query of its URL. headers is room for CHANNELS_HEADERS_MAX. */
struct request channels_vector_request(const json_t *vector, const char *path, struct request_header *headers);

#endif
