/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - the one door to jansson: strict parsing, typed reading, compact writing.
 * Keeps: duplicate keys, NUL in strings, invalid UTF-8 and depth beyond JSON_DEPTH_MAX are errors. Nobody else includes
 * <jansson.h>.
 */
#ifndef GATEWAY_JSON_JSON_H
#define GATEWAY_JSON_JSON_H

#include <jansson.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"

#define JSON_DEPTH_MAX 32 /* our own bound, checked after parsing */

/* Any JSON value, whole input. NULL with the sentence (position, never content) in error. Caller json_decref()s. */
json_t *json_read(struct span text, struct error *error) MUST_CHECK;
/* Compact, keys in insertion order. */
int json_write(const json_t *value, struct buf *out) MUST_CHECK;

/* Typed reading of an object; the fallback when absent or of another type. Strings are borrowed from the object. */
const char *json_text(const json_t *object, const char *key, const char *fallback);
int64_t json_int(const json_t *object, const char *key, int64_t fallback);
bool json_bool(const json_t *object, const char *key, bool fallback);

/* A value by RFC 6901 pointer ("/data/payload/text"); a bare word is taken as one key. NULL when absent. Borrowed. */
json_t *json_pointer(json_t *root, const char *pointer);
/* Text of a string, number or boolean as a provider may write an id or a number; ERR_INVALID for objects, arrays, null.
 */
int json_scalar_text(const json_t *value, struct buf *out) MUST_CHECK;

void json_auto_decref(json_t **value);
#define AUTO_JSON __attribute__((cleanup(json_auto_decref))) json_t

#endif
