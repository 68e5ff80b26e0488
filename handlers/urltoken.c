/* SPDX-License-Identifier: GPL-3.0-or-later */
/* urltoken - see the header. */
#include "handlers/urltoken.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/form.h"
#include "handlers/httpsend.h"
#include "handlers/login.h"
#include "handlers/signature.h"

#define FIELD "token"

static bool is_in_query(const struct form *query, const char *secret)
{
    struct span given;
    return form_find(query, FIELD, &given) && signature_is_secret(span_of(secret), given);
}

bool urltoken_is_given(const struct settings *settings, const struct request *request)
{
    const char *secrets[] = { settings_text(settings, "token"), settings_text(settings, "token_previous") };
    struct form query;
    form_init(&query);
    bool has_query = form_add(&query, span_of(request->query)) == 0;
    bool is_given = false;
    for (size_t i = 0; i < STR_COUNT(secrets); i++) {
        is_given |= login_is_path_secret(request, secrets[i]);
        is_given |= has_query && is_in_query(&query, secrets[i]);
    }
    form_done(&query);
    return is_given;
}

void urltoken_add_status_url(const struct settings *settings, struct buf *out)
{
    size_t before = out->len;
    httpsend_add_status_url(settings, out);
    if (out->len == before || (out->data && strstr(out->data + before, FIELD "=")))
        return;
    buf_add_format(out, "%c" FIELD "=", strchr(out->data + before, '?') ? '&' : '?');
    str_percent_encode(out, span_of(settings_text(settings, "token")));
}
