/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_classify - any bytes get an answer that can be stored, shown and sent on.
 * What:  classifies the input with the shipped lexicon, twice: the answer is the same, its words are of the tables, a
 *        request has a category, what is critical is a request, and evidence lies within the text.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/core/triage/classify.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lexicon *lexicon;

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void drop_lexicon(void)
{
    lexicon_free(lexicon);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    must_be(lexicon_load("config/lexicon", NULL, &lexicon) == 0);
    atexit(drop_lexicon);
    return 0;
}

static bool is_same(const struct triage *a, const struct triage *b)
{
    return strcmp(a->language, b->language) == 0 && a->intent == b->intent && a->categories == b->categories &&
           a->urgency == b->urgency && a->flags == b->flags && a->evidence_count == b->evidence_count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = { (const char *)data, size };
    struct triage first, second;
    int rc = triage_classify(lexicon, text, NULL, 0, &first);
    must_be(rc == 0 || rc == ERR_LIMIT);
    must_be(triage_classify(lexicon, text, NULL, 0, &second) == rc && is_same(&first, &second));
    must_be(memchr(first.language, 0, sizeof first.language) != NULL && first.language[0] != 0);
    must_be(first.intent < INTENT_COUNT && first.urgency < URGENCY_COUNT);
    must_be(first.categories >> CATEGORY_COUNT == 0 && first.flags >> FLAG_COUNT == 0);
    must_be(first.is_help == (first.intent == INTENT_help));
    must_be(first.is_help ? first.categories != 0 : first.urgency == URGENCY_routine);
    must_be(first.evidence_count <= EVIDENCE_MAX);
    for (unsigned i = 0; i < first.evidence_count; i++)
        must_be((size_t)first.evidence[i].start + first.evidence[i].len <= size);
    return 0;
}
