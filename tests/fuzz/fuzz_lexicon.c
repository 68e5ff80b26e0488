/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_lexicon - any file of words is read whole or reported, and a snapshot that was built can be used.
 * What:  loads the input as the only language; a failure must have said why; a success classifies the input's own text
 *        and must find nothing outside it.
 */
#include <stdlib.h>

#include "gateway/core/triage/classify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void use(const struct lexicon *lexicon, struct span text)
{
    struct triage triage;
    int rc = triage_classify(lexicon, text, NULL, 0, &triage);
    must_be(rc == 0 || rc == ERR_LIMIT);
    must_be(triage.is_help == (triage.intent == INTENT_help));
    must_be(!triage.is_help || triage.categories != 0);
    for (unsigned i = 0; i < triage.evidence_count; i++)
        must_be((size_t)triage.evidence[i].start + triage.evidence[i].len <= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = { (const char *)data, size };
    struct lexicon *lexicon = NULL;
    AUTO_BUF report;
    buf_init(&report, 1 << 20);
    if (lexicon_new(&lexicon))
        return 0;
    int rc = lexicon_add_text(lexicon, text, "fuzz.conf", &report);
    if (rc)
        must_be(report.len > 0);
    else if (lexicon_close(lexicon, NULL, &report) == 0)
        use(lexicon, text);
    lexicon_free(lexicon);
    return 0;
}
