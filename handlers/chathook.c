/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chathook - see the header. */
#include "handlers/chathook.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/chat.h"
#include "handlers/httpsend.h"
#include "handlers/url.h"

#define PATH_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/=+"

static bool is_place(const char *to)
{
    return chat_is_default(to) || ((*to == '#' || *to == '@') && to[1] && !to[strcspn(to, " \t\r\n")]);
}

const char *chathook_room(const struct sms_out *message)
{
    return *message->to == '#' || *message->to == '@' ? message->to : "";
}

int chathook_begin(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    const char *hook = settings_text(settings, "hook");
    bool is_url = str_starts_nocase(message->to, "http");
    if (chat_words(message).len == 0 || (is_url ? !url_is_protected(message->to) : !is_place(message->to)))
        return ERR_INVALID;
    if (is_url) {
        httpsend_begin(out, false, message->to, "", settings_int(settings, "timeout"));
        return httpsend_check(out);
    }
    hook += strspn(hook, "/");
    if (!*hook || hook[strspn(hook, PATH_CHARACTERS)])
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/", settings_int(settings, "timeout"));
    buf_add_text(&out->url, hook);
    return httpsend_check(out);
}
