/* SPDX-License-Identifier: GPL-3.0-or-later */
/* login - see the header. */
#include "handlers/login.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/signature.h"

#define LOGIN_MAX 1024
#define PATH_PARTS 4 /* slashes of "/in/NAME/message/SECRET" */

/* What follows the scheme and its spaces in the Authorization header. */
static bool find_credentials(const struct request *request, const char *scheme, struct span *ret)
{
    const char *value = request_header(request, "Authorization");
    size_t len = strlen(scheme);
    if (!value || !str_starts_nocase(value, scheme) || value[len] != ' ')
        return false;
    value += len + strspn(value + len, " ");
    *ret = (struct span){ value, strcspn(value, " \t") };
    return ret->len > 0;
}

bool login_is_basic(const struct request *request, const char *user, const char *const *passwords)
{
    struct span credentials;
    AUTO_BUF given;
    buf_init(&given, LOGIN_MAX);
    if (!find_credentials(request, "Basic", &credentials) || str_base64_decode(&given, credentials) ||
        buf_check(&given))
        return false;
    bool is_valid = false;
    for (; *passwords; passwords++) {
        AUTO_BUF wanted;
        buf_init(&wanted, LOGIN_MAX);
        buf_add_format(&wanted, "%s:%s", user, *passwords);
        if (**passwords && !buf_check(&wanted))
            is_valid |= signature_is_secret(buf_span(&wanted), buf_span(&given));
    }
    return is_valid;
}

bool login_find_bearer(const struct request *request, struct span *ret_token)
{
    return find_credentials(request, "Bearer", ret_token);
}

bool login_is_path_secret(const struct request *request, const char *secret)
{
    AUTO_BUF given;
    buf_init(&given, LOGIN_MAX);
    const char *at = request->path;
    for (int i = 0; i < PATH_PARTS; i++) {
        at = strchr(at, '/');
        if (!at)
            return false;
        at++;
    }
    str_percent_decode(&given, span_of(at), false);
    return buf_check(&given) == 0 && signature_is_secret(span_of(secret), buf_span(&given));
}
