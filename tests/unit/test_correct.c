/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_correct - people put the machine's reading right, move texts into cases of their own, and look before they
 * write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/candidates.h"
#include "gateway/core/casefile.h"
#include "gateway/store/corrections.h"
#include "gateway/store/persons.h"
#include "tests/support/loop_rig.h"

#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)
#define OTHER "+966505550199"
#define STAYS                                                                                                          \
    {                                                                                                                  \
        .language = "", .is_help = -1, .urgency = -1                                                                   \
    }

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct loop_rig));
    loop_open(*state, "");
    return 0;
}

static int close_rig(void **state)
{
    loop_close(*state);
    free(*state);
    return 0;
}

static struct case_row row_of(struct loop_rig *rig, int64_t id)
{
    return core_rig_case(&rig->core, id);
}

/* ---- labels ---------------------------------------------------------------------------------------------------- */

static int correct(
    struct loop_rig *rig, int64_t id, const struct correction *correction, struct buf *answer, int64_t now_ms)
{
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, id, answer, now_ms);
    int rc = act_correct(&act, correction);
    core_rig_commit(&rig->core);
    return rc;
}

static int keep_row(void *context, const struct correction_row *row)
{
    *(struct correction_row *)context = *row;
    return 0;
}

static struct correction_row newest(struct loop_rig *rig, int64_t id)
{
    struct correction_row row = { .id = 0 };
    assert_int_equal(corrections_list(rig->core.core.store, id, 0, 1, keep_row, &row), 0);
    return row;
}

static void correction_keeps_what_stood_there_before(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    struct correction wish = STAYS;
    wish.has_categories = wish.has_flags = true;
    wish.categories = CATEGORY_BIT(documents) | CATEGORY_BIT(overwork);
    wish.flags = FLAG_BIT(pregnant);
    wish.language = "ceb";
    assert_int_equal(correct(rig, id, &wish, &answer, AT(1)), 0);
    struct correction_row row = newest(rig, id);
    assert_int_equal(row.before.categories, CATEGORY_BIT(wages));
    assert_int_equal(row.after.categories, wish.categories);
    assert_int_equal(row.before.flags, 0);
    assert_int_equal(row.after.flags, FLAG_BIT(pregnant));
    assert_string_equal(row.after.language, "ceb");
    assert_true(row.before.is_help && row.after.is_help);
    assert_int_equal(row.at, AT(1));
    struct case_row now = row_of(rig, id);
    assert_int_equal(now.categories, wish.categories);
    assert_int_equal(now.flags, FLAG_BIT(pregnant));
    assert_string_equal(now.language, "ceb");
    assert_int_equal(now.urgency, URGENCY_soon);
    assert_int_equal(core_rig_count_audit(&rig->core, "case.correct"), 1);
}

static void only_a_difference_is_a_correction(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    struct correction wish = STAYS;
    wish.has_categories = true;
    wish.categories = CATEGORY_BIT(wages) | CATEGORY_BIT(unclear); /* a fact replaces unclear */
    assert_int_equal(correct(rig, id, &wish, &answer, AT(1)), ERR_REFUSED);
    static const char *const wrong[] = { "x", "english!", "-en", "en-", "e", "toolongtag", "a-b-c-d-e-f-g-h", "1n" };
    for (size_t i = 0; i < STR_COUNT(wrong); i++) {
        struct correction tag = STAYS;
        tag.language = wrong[i];
        if (correct(rig, id, &tag, &answer, AT(1)) != ERR_REFUSED)
            fail_msg("%s", wrong[i]);
    }
    assert_int_equal(newest(rig, id).id, 0);
    assert_int_equal(core_rig_count_audit(&rig->core, "case.correct"), 0);
}

static void urgency_that_a_person_raises_alerts_whom_it_wants(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    assert_int_equal(loop_count(rig, LOOP_BEA, ""), 0);
    struct correction wish = STAYS;
    wish.has_categories = true;
    wish.categories = CATEGORY_BIT(wages) | CATEGORY_BIT(danger); /* its usual urgency is worse: it rises */
    assert_int_equal(correct(rig, id, &wish, &answer, AT(1)), 0);
    loop_run(rig, AT(1));
    assert_int_equal(row_of(rig, id).urgency, URGENCY_critical);
    assert_int_equal(loop_count(rig, LOOP_BEA, "CRITICAL"), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "CRITICAL"), 1);
    assert_non_null(strstr(answer.data, "its contacts are asked"));
    assert_string_equal(row_of(rig, id).policy, "wide");
}

static void holder_alone_learns_of_a_rise(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_forget(rig);
    struct correction wish = STAYS;
    wish.urgency = URGENCY_critical;
    assert_int_equal(correct(rig, id, &wish, &answer, AT(2)), 0);
    loop_run(rig, AT(2));
    assert_int_equal(loop_count(rig, LOOP_AMY, "CRITICAL"), 1);
    assert_int_equal(loop_count(rig, LOOP_BEA, ""), 0);
    assert_int_equal(row_of(rig, id).state, STATE_case_taken);
}

static void urgency_that_falls_ends_no_alarm(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    struct correction wish = STAYS;
    wish.urgency = URGENCY_routine;
    wish.is_help = 0;
    wish.has_categories = true;
    assert_int_equal(correct(rig, id, &wish, &answer, AT(1)), 0);
    assert_int_equal(row_of(rig, id).categories, 0);
    assert_false(newest(rig, id).after.is_help);
    assert_non_null(strstr(answer.data, "close it"));
    loop_forget(rig);
    loop_run(rig, AT(120));
    assert_true(loop_count(rig, LOOP_AMY, "") >= 1);
    /* A request again: it is never without a category. */
    struct correction again = STAYS;
    again.is_help = 1;
    assert_int_equal(correct(rig, id, &again, &answer, AT(121)), 0);
    assert_int_equal(row_of(rig, id).categories, CATEGORY_BIT(unclear));
}

static void closed_case_is_corrected_and_wakes_nobody(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(rig, LOOP_AMY, "amy", "END", id, "paid", AT(2));
    loop_forget(rig);
    struct correction wish = STAYS;
    wish.urgency = URGENCY_critical;
    assert_int_equal(correct(rig, id, &wish, &answer, AT(3)), 0);
    loop_run(rig, AT(60));
    assert_int_equal(rig->sent_count, 0);
    assert_int_equal(row_of(rig, id).state, STATE_case_closed);
}

static void correction_names_a_text_of_that_case_alone(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    struct intake_result hers = loop_text(rig, LOOP_HER, "no salary", AT(0));
    struct intake_result others = loop_text(rig, OTHER, "no salary", AT(0));
    struct correction wish = STAYS;
    wish.urgency = URGENCY_routine;
    wish.message_id = others.message_id;
    assert_int_equal(correct(rig, hers.case_id, &wish, &answer, AT(1)), ERR_REFUSED);
    wish.message_id = 999;
    assert_int_equal(correct(rig, hers.case_id, &wish, &answer, AT(1)), ERR_REFUSED);
    wish.message_id = hers.message_id;
    assert_int_equal(correct(rig, hers.case_id, &wish, &answer, AT(1)), 0);
    assert_int_equal(newest(rig, hers.case_id).message_id, hers.message_id);
}

/* ---- texts in another case ------------------------------------------------------------------------------------- */

static int split(struct loop_rig *rig, int64_t id, int64_t message, struct buf *answer, int64_t now_ms, int64_t *ret)
{
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, id, answer, now_ms);
    *ret = 0;
    int rc = act_split(&act, message, ret);
    core_rig_commit(&rig->core);
    return rc;
}

static void split_text_is_a_case_that_is_alerted_anew(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id, fresh;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    struct intake_result in = loop_text(rig, LOOP_HER, "my sister he beats me", AT(2));
    assert_int_equal(in.case_id, id);
    loop_forget(rig);
    assert_int_equal(split(rig, id, in.message_id, &answer, AT(3), &fresh), 0);
    loop_run(rig, AT(3));
    struct case_row row = row_of(rig, fresh);
    assert_int_equal(row.state, STATE_case_open);
    assert_int_equal(row.urgency, URGENCY_urgent);
    assert_int_equal(row.split_from, id);
    assert_int_equal(row.opened_at, AT(2));
    assert_true(row.flags & FLAG_BIT(third_party));
    assert_false(row.flags & FLAG_BIT(repeat));
    assert_string_equal(row.country, "SA");
    assert_int_equal(loop_count(rig, LOOP_AMY, "my sister he beats me"), 1);
    assert_int_equal(row_of(rig, id).state, STATE_case_taken);
    assert_int_equal(row_of(rig, id).message_count, 1);
    assert_int_equal(core_rig_count_audit(&rig->core, "case.split"), 1);
    /* Her number still leads to the case that has it. */
    assert_int_equal(loop_text(rig, LOOP_HER, "hello", AT(10)).case_id, id);
    /* The holder of the new one writes to the number of its text. */
    loop_command(rig, LOOP_AMY, "amy", "OK", fresh, "", AT(11));
    loop_command(rig, LOOP_AMY, "amy", "SAY", fresh, "are you well", AT(12));
    assert_int_equal(loop_count(rig, LOOP_HER, "are you well"), 1);
}

static void only_whole_texts_of_hers_are_split_and_one_stays(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t fresh;
    struct intake_result hers = loop_text(rig, LOOP_HER, "no salary", AT(0));
    struct intake_result other = loop_text(rig, OTHER, "no salary", AT(0));
    assert_int_equal(split(rig, hers.case_id, hers.message_id, &answer, AT(1), &fresh), ERR_REFUSED);
    assert_non_null(strstr(answer.data, "the only text"));
    assert_int_equal(split(rig, hers.case_id, other.message_id, &answer, AT(1), &fresh), ERR_REFUSED);
    assert_int_equal(split(rig, hers.case_id, 999, &answer, AT(1), &fresh), ERR_REFUSED);
    assert_int_equal(core_rig_count_audit(&rig->core, "case.split"), 0);
}

static void stop_outlives_the_purge_of_the_case_that_has_her_number(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    unsigned char tag[STORE_TAG_LEN];
    struct person_row person;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id, fresh;
    struct intake_result in = loop_text(rig, LOOP_HER, "he beats me", AT(1));
    loop_text(rig, LOOP_HER, "stop", AT(2));
    assert_int_equal(split(rig, id, in.message_id, &answer, AT(3), &fresh), 0);
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, id, &answer, AT(4));
    assert_int_equal(act_end(&act, span_of("paid")), 0);
    assert_int_equal(cases_purge(rig->core.core.store, id, AT(5)), 0);
    core_rig_commit(&rig->core);
    casefile_tag(&rig->core.core, LOOP_HER, tag);
    assert_int_equal(persons_get(rig->core.core.store, tag, &person), 0);
    assert_true(person.is_stopped);
    core_rig_begin(&rig->core);
    act = loop_act(rig, fresh, &answer, AT(6));
    assert_int_equal(act_end(&act, span_of("safe")), 0);
    assert_int_equal(cases_purge(rig->core.core.store, fresh, AT(7)), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(persons_get(rig->core.core.store, tag, &person), 0);
    assert_false(person.is_stopped); /* nothing of hers is left */
}

static void text_of_a_joined_number_takes_its_number_along(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    struct intake_result hers = loop_text(rig, LOOP_HER, "no salary", AT(0));
    struct intake_result other = loop_text(rig, OTHER, "he beats me", AT(0));
    int64_t fresh;
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, hers.case_id, &answer, AT(1));
    assert_int_equal(act_join(&act, other.case_id), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(split(rig, hers.case_id, other.message_id, &answer, AT(2), &fresh), 0);
    assert_int_equal(loop_text(rig, OTHER, "he beats me again", AT(3)).case_id, fresh);
    assert_int_equal(loop_text(rig, LOOP_HER, "no salary again", AT(3)).case_id, hers.case_id);
}

static void text_without_a_case_becomes_one(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    struct intake_result in = loop_text(rig, LOOP_HER, "winner of the prize, loan prize", AT(0));
    assert_int_equal(in.case_id, 0);
    struct act act = { .core = &rig->core.core, .actor = "uid:7", .contact = "", .answer = &answer, .now_ms = AT(1) };
    core_rig_begin(&rig->core);
    assert_int_equal(act_open(&act, in.message_id), 0);
    core_rig_commit(&rig->core);
    loop_run(rig, AT(1));
    struct case_row row = row_of(rig, act.row.id);
    assert_int_equal(row.urgency, URGENCY_urgent);
    assert_int_equal(row.categories, CATEGORY_BIT(unclear));
    assert_int_equal(loop_count(rig, LOOP_AMY, "winner of the prize"), 1);
    assert_int_equal(loop_text(rig, LOOP_HER, "hello", AT(2)).case_id, row.id);
    act.row.id = 0;
    core_rig_begin(&rig->core);
    assert_int_equal(act_open(&act, in.message_id), ERR_REFUSED);
    act.row.id = 0;
    assert_int_equal(act_open(&act, 999), ERR_REFUSED);
    core_rig_commit(&rig->core);
}

static void words_that_wait_for_her_are_not_led_to_somebody_else(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary. write only after 11pm", AT(0)).case_id, fresh;
    struct intake_result in = loop_text(rig, LOOP_HER, "he beats me", AT(1));
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, id, &answer, AT(2));
    assert_int_equal(act_say(&act, span_of("are you well"), span_of("")), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(core_rig_count_outbox(&rig->core, "queued") >= 1, 1);
    assert_int_equal(split(rig, id, in.message_id, &answer, AT(3), &fresh), ERR_REFUSED);
    assert_non_null(strstr(answer.data, "on its way"));
}

/* ---- looking before writing ------------------------------------------------------------------------------------ */

static void preview_says_what_writing_would_and_changes_nothing(void **state)
{
    static const struct {
        const char *label, *hers, *text;
        int want;
        enum rules_verdict verdict;
        bool may_override;
    } rows[] = {
        { "nothing against it", "he beats me", "are you well", 0, RULES_SEND, false },
        { "her hours", "he beats me. write only after 11pm", "are you well", 0, RULES_WAIT, false },
        { "she asked for silence", "he beats me, dont reply", "are you well", ERR_REFUSED, RULES_HOLD, true },
        { "no text", "he beats me", "", ERR_REFUSED, RULES_SEND, false },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct loop_rig *rig = calloc(1, sizeof *rig);
        struct say_outlook outlook;
        AUTO_BUF answer;
        buf_init(&answer, 1000);
        loop_open(rig, "");
        int64_t id = loop_text(rig, LOOP_HER, rows[i].hers, AT(0)).case_id;
        loop_forget(rig);
        unsigned before = core_rig_count_messages(&rig->core), audit = core_rig_count_audit(&rig->core, NULL);
        struct act act = loop_act(rig, id, &answer, AT(1));
        int rc = act_preview(&act, span_of(rows[i].text), &outlook);
        if (rc != rows[i].want || outlook.verdict != rows[i].verdict || act.may_override != rows[i].may_override)
            fail_msg("%s: %d %d: %s", rows[i].label, rc, (int)outlook.verdict, answer.data ? answer.data : "");
        assert_int_equal(core_rig_count_messages(&rig->core), before);
        assert_int_equal(core_rig_count_audit(&rig->core, NULL), audit);
        loop_close(rig);
        free(rig);
    }
    (void)state;
}

/* ---- what the lexicon can learn -------------------------------------------------------------------------------- */

struct listing {
    unsigned count;
    struct candidate rows[64];
};

static int keep_candidate(void *context, const struct candidate *candidate)
{
    struct listing *listing = context;
    assert_true(listing->count < STR_COUNT(listing->rows));
    listing->rows[listing->count++] = *candidate;
    return 0;
}

static const struct candidate *find(const struct listing *listing, const char *word, const char *label, bool is_doubt)
{
    for (unsigned i = 0; i < listing->count; i++)
        if (str_equal(listing->rows[i].word, word) && str_equal(listing->rows[i].label, label) &&
            listing->rows[i].is_doubt == is_doubt)
            return &listing->rows[i];
    return NULL;
}

static void words_that_no_entry_covers_are_counted_by_label(void **state)
{
    struct loop_rig *rig = *state;
    struct listing listing = { 0 };
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    const char *const texts[] = { "madam slaps face 0501234567", "she Slaps, no salary x9" };
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        struct correction wish = STAYS;
        int64_t id = loop_text(rig, i ? OTHER : LOOP_HER, texts[i], AT(i)).case_id;
        wish.has_categories = true;
        wish.categories = CATEGORY_BIT(violence) | (i ? CATEGORY_BIT(wages) : 0);
        wish.language = i ? "en" : "";
        assert_int_equal(correct(rig, id, &wish, &answer, AT(5)), 0);
    }
    assert_int_equal(candidates_list(&rig->core.core, "", 64, keep_candidate, &listing), 0);
    const struct candidate *face = find(&listing, "face", "violence", false);
    assert_non_null(face);
    assert_int_equal(face->count, 1);
    assert_null(find(&listing, "salary", "violence", false)); /* an entry covers it */
    assert_null(find(&listing, "0501234567", "violence", false));
    assert_null(find(&listing, "x9", "violence", false));
    for (unsigned i = 0; i < listing.count; i++)
        assert_null(strchr(listing.rows[i].word, ' '));
    struct listing english = { 0 };
    assert_int_equal(candidates_list(&rig->core.core, "en", 64, keep_candidate, &english), 0);
    assert_non_null(find(&english, "slaps", "violence", false));
    assert_null(find(&english, "face", "violence", false));
}

static void same_word_of_two_corrections_comes_first(void **state)
{
    struct loop_rig *rig = *state;
    struct listing listing = { 0 };
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    for (int i = 0; i < 2; i++) {
        struct correction wish = STAYS;
        int64_t id = loop_text(rig, i ? OTHER : LOOP_HER, i ? "zzz slaps slaps" : "slaps aaa", AT(i)).case_id;
        wish.has_categories = true;
        wish.categories = CATEGORY_BIT(violence);
        assert_int_equal(correct(rig, id, &wish, &answer, AT(5)), 0);
    }
    assert_int_equal(candidates_list(&rig->core.core, "", 64, keep_candidate, &listing), 0);
    assert_string_equal(listing.rows[0].word, "slaps");
    assert_int_equal(listing.rows[0].count, 2);
    assert_int_equal(listing.rows[0].seen, 2);
}

static void words_whose_label_was_taken_off_are_doubted(void **state)
{
    struct loop_rig *rig = *state;
    struct listing listing = { 0 };
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "the song says he beats me, no salary", AT(0)).case_id;
    struct correction wish = STAYS;
    wish.has_categories = true;
    wish.categories = CATEGORY_BIT(wages);
    assert_int_equal(correct(rig, id, &wish, &answer, AT(5)), 0);
    assert_int_equal(candidates_list(&rig->core.core, "", 64, keep_candidate, &listing), 0);
    assert_non_null(find(&listing, "beats me", "violence", true));
    assert_null(find(&listing, "no salary", "wages", true));
    /* What was shredded teaches nothing. */
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, id, &answer, AT(6));
    assert_int_equal(act_end(&act, span_of("a song")), 0);
    assert_int_equal(cases_purge(rig->core.core.store, id, AT(7)), 0);
    core_rig_commit(&rig->core);
    listing.count = 0;
    assert_int_equal(candidates_list(&rig->core.core, "", 64, keep_candidate, &listing), 0);
    assert_int_equal(listing.count, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(correction_keeps_what_stood_there_before),
        TEST(only_a_difference_is_a_correction),
        TEST(urgency_that_a_person_raises_alerts_whom_it_wants),
        TEST(holder_alone_learns_of_a_rise),
        TEST(urgency_that_falls_ends_no_alarm),
        TEST(closed_case_is_corrected_and_wakes_nobody),
        TEST(correction_names_a_text_of_that_case_alone),
        TEST(split_text_is_a_case_that_is_alerted_anew),
        TEST(only_whole_texts_of_hers_are_split_and_one_stays),
        TEST(stop_outlives_the_purge_of_the_case_that_has_her_number),
        TEST(text_of_a_joined_number_takes_its_number_along),
        TEST(text_without_a_case_becomes_one),
        TEST(words_that_wait_for_her_are_not_led_to_somebody_else),
        TEST(preview_says_what_writing_would_and_changes_nothing),
        TEST(words_that_no_entry_covers_are_counted_by_label),
        TEST(same_word_of_two_corrections_comes_first),
        TEST(words_whose_label_was_taken_off_are_doubted),
    };
    return cmocka_run_group_tests_name("correct", tests, NULL, NULL);
}
