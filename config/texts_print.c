/* SPDX-License-Identifier: GPL-3.0-or-later */
/* texts_print - see texts_print.h. */
#include "config/texts_print.h"

#include "gateway/base/gsm7.h"

const char *texts_purpose_word(enum text_purpose purpose)
{
    static const char *const words[TEXT_PURPOSE_COUNT] = {
        [TEXT_NEUTRAL] = "neutral",
        [TEXT_CONSENT] = "consent",
        [TEXT_WHO] = "who",
    };
    return purpose < TEXT_PURPOSE_COUNT ? words[purpose] : "";
}

static void print_sentence(void *context, const char *language, enum text_purpose purpose, const char *text)
{
    struct gsm7_size size;
    gsm7_measure(span_of(text), &size);
    buf_add_format(context, "replies %s %s: %s, %u segment%s, %u units, %u left\n", language,
        texts_purpose_word(purpose), size.is_ucs2 ? "UCS-2" : "GSM-7", size.segments, size.segments == 1 ? "" : "s",
        size.units, size.left);
}

void texts_print(const struct texts *texts, struct buf *out)
{
    texts_each(texts, print_sentence, out);
}
