/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_person - STOP, SAFE, YES and doubt: what a text of hers changes beside her case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/person.h"
#include "tests/support/loop_rig.h"

#define MORE ""
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct loop_rig));
    loop_open(*state, MORE);
    return 0;
}

static int close_rig(void **state)
{
    loop_close(*state);
    free(*state);
    return 0;
}

static struct person_row person_of(struct loop_rig *rig, const char *number)
{
    struct person_row person;
    unsigned char tag[STORE_TAG_LEN];
    vault_tag(rig->core.core.vault, "number", span_of(number), tag);
    assert_int_equal(persons_get(rig->core.core.store, tag, &person), 0);
    return person;
}

static void stop_stops_our_messages_and_never_our_listening(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_forget(rig);
    loop_text(rig, LOOP_HER, "stop", AT(1));
    assert_true(person_of(rig, LOOP_HER).is_stopped);
    assert_int_equal(loop_count(rig, LOOP_AMY, "> stop"), 1);
    assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_open);
    loop_run(rig, AT(11));
    assert_int_equal(loop_count(rig, LOOP_BEA, "he beats me"), 1); /* the alarm goes on */
    loop_text(rig, LOOP_HER, "he will kill me", AT(12));
    assert_int_equal(loop_count(rig, LOOP_AMY, "he will kill me"), 1);
    loop_text(rig, LOOP_HER, "start", AT(13));
    assert_false(person_of(rig, LOOP_HER).is_stopped);
}

static void words_without_a_case_are_remembered_and_open_none(void **state)
{
    struct loop_rig *rig = *state;
    struct intake_result stop = loop_text(rig, LOOP_HER, "stop", AT(0));
    assert_int_equal(stop.case_id, 0);
    assert_true(person_of(rig, LOOP_HER).is_stopped);
    static const char *const texts[] = { "i am safe now", "yes please", "no thanks", "thank you", "start" };
    for (size_t i = 0; i < STR_COUNT(texts); i++)
        if (loop_text(rig, LOOP_HER, texts[i], AT(1)).case_id)
            fail_msg("%s opened a case", texts[i]);
    assert_int_equal(rig->sent_count, 0);
}

static void safe_from_a_case_in_danger_may_not_be_hers(void **state)
{
    static const struct {
        const char *from, *first, *second;
        bool is_doubtful;
    } rows[] = {
        { "+966505550501", "he will kill me", "i am safe now", true },
        { "+966505550502", "no salary", "i am safe now", false },
        { "+966505550503", "he will kill me", "thank you", false },
    };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int64_t id = loop_text(rig, rows[i].from, rows[i].first, AT(0)).case_id;
        struct intake_result in = loop_text(rig, rows[i].from, rows[i].second, AT(1));
        struct message_row message;
        assert_int_equal(messages_get(rig->core.core.store, in.message_id, &message), 0);
        if (message.is_doubtful != rows[i].is_doubtful)
            fail_msg("%s after %s", rows[i].second, rows[i].first);
        assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_open);
    }
    assert_int_equal(loop_count(rig, LOOP_AMY, "THIS MAY NOT BE HER"), 1);
    assert_int_equal(core_rig_count_audit(&rig->core, "person.safe"), 2);
}

static void doubt_comes_from_silence_and_language(void **state)
{
    static const struct {
        const char *label, *before, *now;
        enum intent intent;
        int64_t silence_ms;
        bool want;
    } rows[] = {
        { "the same language", "tl", "tl", INTENT_help, 0, false },
        { "her language in other letters", "ne", "ne-Latn", INTENT_help, 0, false },
        { "English is everybody's", "tl", "en", INTENT_help, 0, false },
        { "unknown", "tl", "und", INTENT_help, 0, false },
        { "neighbours", "id", "ms", INTENT_help, 0, false },
        { "another language", "tl", "ar", INTENT_help, 0, true },
        { "one word in another language", "tl", "id", INTENT_yes, 0, false },
        { "STOP in another language", "tl", "ar", INTENT_stop, 0, false },
        { "two weeks of silence", "tl", "tl", INTENT_help, PERSON_SILENCE_MS + 1, true },
        { "almost two weeks", "tl", "tl", INTENT_help, PERSON_SILENCE_MS, false },
        { "a yes after two weeks", "tl", "tl", INTENT_yes, PERSON_SILENCE_MS + 1, true },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct case_row row = { .id = 1001, .urgency = URGENCY_urgent, .message_count = 1, .last_message_at = RIG_NOW };
        struct triage triage = { .intent = rows[i].intent };
        str_copy(row.language, sizeof row.language, rows[i].before);
        str_copy(triage.language, sizeof triage.language, rows[i].now);
        if (person_is_doubtful(&row, &triage, RIG_NOW + rows[i].silence_ms) != rows[i].want)
            fail_msg("%s", rows[i].label);
    }
    struct case_row none = { .id = 0 };
    struct triage triage = { .intent = INTENT_safe };
    assert_false(person_is_doubtful(&none, &triage, RIG_NOW));
    assert_false(person_is_doubtful(NULL, &triage, RIG_NOW));
}

static void provider_block_is_recorded_and_told_once(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    core_rig_begin(&rig->core);
    assert_int_equal(person_is_blocked(&rig->core.core, id, AT(2)), 0);
    assert_int_equal(person_is_blocked(&rig->core.core, id, AT(3)), 0);
    assert_int_equal(person_is_blocked(&rig->core.core, 9999, AT(3)), 0);
    core_rig_commit(&rig->core);
    loop_run(rig, AT(3));
    assert_int_equal(loop_count(rig, LOOP_AMY, "no longer delivers"), 1);
    assert_int_equal(person_of(rig, LOOP_HER).provider_blocked_at, AT(2));
    assert_int_equal(core_rig_count_audit(&rig->core, "person.provider_blocked"), 1);
}

/* The real words, once: in every language that has them, with and without an open case. */
static void words_of_many_languages_are_understood(void **state)
{
    static const struct {
        const char *text;
        enum intent want;
    } rows[] = {
        { "STOP", INTENT_stop },
        { "berhenti", INTENT_stop },
        { "توقف", INTENT_stop },
        { "START", INTENT_start },
        { "ligtas na po ako", INTENT_safe },
        { "i am safe now", INTENT_safe },
        { "salamat po", INTENT_thanks },
        { "terima kasih", INTENT_thanks },
        { "HELP", INTENT_help },
        { "tulong", INTENT_help },
    };
    AUTO_BUF report;
    struct lexicon *lexicon = NULL;
    (void)state;
    buf_init(&report, 65536);
    assert_int_equal(lexicon_load("config/lexicon", &report, &lexicon), 0);
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        for (int has_case = 0; has_case < 2; has_case++) {
            struct triage triage;
            struct triage_history history = { .language = "tl", .has_open_case = has_case, .last_at = RIG_NOW };
            assert_int_equal(triage_classify(lexicon, span_of(rows[i].text), &history, RIG_NOW + 1, &triage), 0);
            if (triage.intent != rows[i].want)
                fail_msg("%s, %s case: %s", rows[i].text, has_case ? "with a" : "without", intent_word(triage.intent));
        }
    lexicon_free(lexicon);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(stop_stops_our_messages_and_never_our_listening),
        ON_RIG(words_without_a_case_are_remembered_and_open_none),
        ON_RIG(safe_from_a_case_in_danger_may_not_be_hers),
        cmocka_unit_test(doubt_comes_from_silence_and_language),
        ON_RIG(provider_block_is_recorded_and_told_once),
        cmocka_unit_test(words_of_many_languages_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
