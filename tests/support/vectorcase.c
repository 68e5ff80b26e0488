/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vectorcase - see vectorcase.h. */
#include "tests/support/vectorcase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"

#define PAIRS_MAX 16
#define PAIR_LEN 1200
#define MESSAGE_PATH "/in/x/message"
#define OTHER_SECRET "another-secret-than-that"

static const char *const verdict_words[] = { "valid", "late", "invalid" };

struct mode {
    bool is_previous, is_base;
};

static const char *path_of(const char *url)
{
    const char *path = strchr(strstr(url, "://") + 3, '/');
    return path ? path : "";
}

static struct settings *make_settings(const struct vectorcase *test, const json_t *vector, struct mode mode)
{
    char secret[PAIR_LEN], previous[PAIR_LEN], public_url[PAIR_LEN];
    const char *pairs[PAIRS_MAX] = { NULL };
    size_t count = 0;
    const char *url = json_text(vector, "url", "");
    const char *value = json_text(vector, "secret", "");
    if (test->secret_prefix && str_starts(value, test->secret_prefix))
        value += strlen(test->secret_prefix);
    size_t len = mode.is_base ? (size_t)(path_of(url) - url) : strcspn(url, "?");
    (void)snprintf(secret, sizeof secret, "%s=%s", test->secret_key, mode.is_previous ? OTHER_SECRET : value);
    (void)snprintf(
        previous, sizeof previous, "%s_previous=%s", test->secret_key, mode.is_previous ? value : OTHER_SECRET);
    (void)snprintf(public_url, sizeof public_url, "public_url=%.*s", (int)len, url);
    while (test->pairs && test->pairs[count]) {
        pairs[count] = test->pairs[count];
        count++;
    }
    pairs[count++] = secret;
    pairs[count++] = previous;
    if (test->has_public_url)
        pairs[count++] = public_url;
    return channels_settings(test->kind, pairs);
}

static void check_vector(const struct vectorcase *test, const json_t *vector, struct mode mode)
{
    char path[PAIR_LEN] = MESSAGE_PATH;
    struct request_header headers[CHANNELS_HEADERS_MAX];
    const char *url_path = path_of(json_text(vector, "url", ""));
    size_t len = strcspn(url_path, "?");
    if (mode.is_base)
        (void)snprintf(path, sizeof path, "%.*s", (int)len, url_path);
    if (test->is_token_in_path)
        (void)snprintf(path, sizeof path, "%s%s", MESSAGE_PATH, strrchr(url_path, '/'));
    struct request request = channels_vector_request(vector, path, headers);
    struct settings *settings = make_settings(test, vector, mode);
    const char *got =
        verdict_words[registry_find(test->kind)->verify(settings, &request, json_int(vector, "now_s", 0) * 1000)];
    if (!str_equal(got, json_text(vector, "verdict", "")))
        fail_msg("%s: %s (%s secret, %s)", json_text(vector, "name", ""), got,
            mode.is_previous ? "previous" : "current", mode.is_base ? "base" : "exact");
    settings_free(settings);
}

void vectorcase_check(const struct vectorcase *test)
{
    json_t *vector, *vectors = channels_signatures();
    size_t i, count = 0;
    json_array_foreach(vectors, i, vector)
    {
        if (!str_equal(json_text(vector, "scheme", ""), test->scheme))
            continue;
        for (int mode = 0; mode < 4; mode++)
            check_vector(test, vector, (struct mode){ mode & 1, mode & 2 });
        count++;
    }
    if (count < test->at_least)
        fail_msg("%s: only %zu vectors", test->scheme, count);
    json_decref(vectors);
}
