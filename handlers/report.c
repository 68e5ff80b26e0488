/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report - see the header. */
#include "handlers/report.h"

#include <string.h>
#include <strings.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/inbound.h"

static bool is_word(const char *word, const char *given)
{
    struct span trimmed = str_trim(span_of(given));
    return trimmed.len == strlen(word) && strncasecmp(word, trimmed.data, trimmed.len) == 0;
}

int report_status(const struct report_word *words, const char *word)
{
    for (; words->word; words++) {
        if (is_word(words->word, word))
            return words->status;
    }
    return REPORT_PENDING;
}

bool report_has_word(const char *const *words, const char *word)
{
    for (; *words; words++) {
        if (is_word(*words, word))
            return true;
    }
    return false;
}

void report_set_code(struct span code, struct delivery_report *out)
{
    size_t room = utf8_prefix(code, sizeof out->provider_code - 1);
    out->provider_code[0] = '\0';
    if (utf8_is_valid(code))
        str_copy_span(out->provider_code, sizeof out->provider_code, (struct span){ code.data, room });
}

void report_fill(struct delivery_report *out, int status, struct span id, struct span code, struct span time)
{
    memset(out, 0, sizeof *out);
    out->status = status;
    inbound_set_id(id, out->remote_id);
    report_set_code(str_trim(code), out);
    out->at = inbound_time(time);
}
