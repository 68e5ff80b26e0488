/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channels - see channels.h. */
#include "tests/support/channels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SIGNATURES_FILE "tests/golden/signatures.json"
#define FILE_MAX (1024 * 1024)

int channels_try_settings(
    const char *kind, const char *const *pairs, struct error *error, struct settings **ret_settings)
{
    const struct channel_ops *ops = registry_find(kind);
    error->text[0] = '\0';
    int rc = settings_from_pairs(ops->keys, pairs, error, ret_settings);
    if (!rc && ops->check && ops->check(*ret_settings, error)) {
        settings_free(*ret_settings);
        rc = ERR_INVALID;
    }
    return rc;
}

struct settings *channels_settings(const char *kind, const char *const *pairs)
{
    struct error error;
    struct settings *settings = NULL;
    if (channels_try_settings(kind, pairs, &error, &settings))
        fail_msg("%s: %s", kind, error.text);
    return settings;
}

struct request channels_post(const char *path, const char *body)
{
    static const struct request_header form_header[] = { { "Content-Type", "application/x-www-form-urlencoded" } };
    return (struct request){
        .method = "POST", .path = path, .query = "", .headers = form_header, .header_count = 1, .body = span_of(body)
    };
}

json_t *channels_signatures(void)
{
    FILE *file = fopen(SIGNATURES_FILE, "rb");
    if (!file)
        fail_msg("%s: run tests from the root of the tree", SIGNATURES_FILE);
    char *text = malloc(FILE_MAX);
    size_t len = text && file ? fread(text, 1, FILE_MAX, file) : 0;
    struct error error = { "" };
    json_t *vectors = json_read((struct span){ text, len }, &error);
    if (file)
        fclose(file);
    free(text);
    if (!vectors)
        fail_msg("%s: %s", SIGNATURES_FILE, error.text);
    return vectors;
}

struct request channels_vector_request(const json_t *vector, const char *path, struct request_header *headers)
{
    const char *question = strchr(json_text(vector, "url", ""), '?');
    struct request request = { .method = json_text(vector, "method", "POST"),
        .path = path,
        .query = question ? question + 1 : "",
        .headers = headers,
        .body = span_of(json_text(vector, "body", "")) };
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(vector, "headers"), name, value)
    {
        if (request.header_count < CHANNELS_HEADERS_MAX)
            headers[request.header_count++] = (struct request_header){ name, json_string_value(value) };
    }
    return request;
}
