/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_intake - what one message leaves behind, and what the second one changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/alerting.h"
#include "gateway/core/casefile.h"
#include "tests/support/core_rig.h"

#define HER "+966505550123"
#define MINUTE_MS 60000LL

static int open_rig(void **state)
{
    struct core_rig *rig = calloc(1, sizeof *rig);
    core_rig_open(rig, NULL);
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    core_rig_close(*state);
    free(*state);
    return 0;
}

static struct message_row message(struct core_rig *rig, int64_t id)
{
    struct message_row row;
    assert_int_equal(messages_get(rig->core.store, id, &row), 0);
    return row;
}

static void new_request_opens_a_case_and_alerts(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    struct case_row row = core_rig_case(rig, in.case_id);
    assert_true(in.is_new_case);
    assert_true(in.case_id >= 1001);
    assert_int_equal(row.urgency, URGENCY_urgent);
    assert_int_equal(row.categories, CATEGORY_BIT(violence));
    assert_string_equal(row.country, "SA");
    assert_string_equal(row.policy, "all");
    assert_string_equal(row.channel, "in");
    assert_int_equal(row.message_count, 1);
    assert_int_equal(core_rig_count_alerts(rig, in.case_id, "open"), 3);
    assert_int_equal(core_rig_count_outbox(rig, "queued"), 3);
    assert_int_equal(core_rig_count_audit(rig, "case.open"), 1);
    assert_int_equal(core_rig_count_audit(rig, "alert.open"), 3);
}

static void authority_is_held_without_an_outbox_row(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    struct rig_outbox *outbox = core_rig_outbox(rig, NULL);
    assert_int_equal(core_rig_count_alerts(rig, in.case_id, "held"), 1);
    assert_int_equal(core_rig_count_audit(rig, "alert.hold"), 1);
    for (unsigned i = 0; i < outbox->count; i++)
        assert_string_not_equal(outbox->rows[i].contact, "embassy");
    free(outbox);
}

static void nothing_recognised_still_reaches_people(void **state)
{
    static const char *const texts[] = { "", "qwerty", "???", "\xe2\x80\xae", "12345" };
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        struct core_rig *rig = *state;
        char id[8] = { 'u', (char)('0' + i), '\0' }, from[] = "+966505550100";
        from[12] = (char)('0' + i);
        struct intake_result in = core_rig_text_in(rig, from, texts[i], id, RIG_NOW);
        if (!in.is_new_case || in.urgency != URGENCY_urgent || core_rig_count_alerts(rig, in.case_id, "open") != 3)
            fail_msg("text %zu opened no alerted case", i);
        assert_int_equal(core_rig_case(rig, in.case_id).categories, CATEGORY_BIT(unclear));
    }
}

static void second_text_joins_and_marks_the_repeat(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, HER, "please", "a1", RIG_NOW);
    struct intake_result second = core_rig_text_in(rig, HER, "he beats me", "a2", RIG_NOW + 1000);
    struct case_row row = core_rig_case(rig, first.case_id);
    assert_int_equal(second.case_id, first.case_id);
    assert_false(second.is_new_case);
    assert_int_equal(row.message_count, 2);
    assert_true(row.flags & FLAG_BIT(repeat));
    assert_int_equal(row.categories, CATEGORY_BIT(violence)); /* a fact replaces unclear */
    assert_int_equal(core_rig_count_audit(rig, "message.store"), 1);
}

static void rise_in_urgency_alerts_at_once(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, HER, "no salary", "a1", RIG_NOW);
    assert_string_equal(core_rig_case(rig, first.case_id).policy, "one");
    assert_int_equal(core_rig_count_outbox(rig, NULL), 1);
    core_rig_text_in(rig, HER, "he will kill me", "a2", RIG_NOW + 1000);
    struct case_row row = core_rig_case(rig, first.case_id);
    assert_int_equal(row.urgency, URGENCY_critical);
    assert_string_equal(row.policy, "all");
    assert_int_equal(row.categories, CATEGORY_BIT(danger) | CATEGORY_BIT(wages));
    /* ngo on both addresses, house, watch */
    assert_int_equal(core_rig_count_outbox(rig, NULL), 5);
    struct rig_steps *steps = core_rig_steps(rig, first.case_id);
    assert_int_equal(steps->count, 2);
    assert_int_equal(steps->rows[0].state, STATE_step_cancelled);
    assert_int_equal(steps->rows[1].due_at, RIG_NOW + 1000 + 10 * MINUTE_MS);
    free(steps);
}

static void urgency_never_falls(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, HER, "he will kill me", "a1", RIG_NOW);
    core_rig_text_in(rig, HER, "no salary", "a2", RIG_NOW + 1000);
    assert_int_equal(core_rig_case(rig, first.case_id).urgency, URGENCY_critical);
}

static void further_texts_are_bundled(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    unsigned before = core_rig_count_alerts(rig, first.case_id, NULL);
    core_rig_text_in(rig, HER, "he beats me again", "a2", RIG_NOW + MINUTE_MS);
    core_rig_text_in(rig, HER, "and beats me again", "a3", RIG_NOW + 2 * MINUTE_MS);
    assert_int_equal(core_rig_count_alerts(rig, first.case_id, NULL), before);
    struct rig_steps *steps = core_rig_steps(rig, first.case_id);
    unsigned updates = 0;
    for (unsigned i = 0; i < steps->count; i++) {
        if (steps->rows[i].step != ALERTING_UPDATE_STEP)
            continue;
        updates++;
        assert_int_equal(steps->rows[i].due_at, RIG_NOW + ALERTING_BUNDLE_MS);
    }
    assert_int_equal(updates, 1);
    free(steps);
}

static void later_text_is_told_at_once_after_the_bundle_time(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    core_rig_text_in(rig, HER, "he beats me again", "a2", RIG_NOW + ALERTING_BUNDLE_MS);
    struct rig_alerts *alerts = core_rig_alerts(rig, first.case_id);
    unsigned updates = 0;
    for (unsigned i = 0; i < alerts->count; i++)
        updates += alerts->rows[i].step == ALERTING_UPDATE_STEP;
    assert_int_equal(updates, 3); /* those who hold an alert, not the one that waits for consent */
    free(alerts);
}

static void same_id_is_stored_once(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    struct intake_result again = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW + 7 * 24 * 60 * MINUTE_MS);
    assert_true(again.is_duplicate);
    assert_int_equal(again.message_id, first.message_id);
    assert_int_equal(core_rig_count_messages(rig), 1);
    assert_int_equal(core_rig_count_outbox(rig, NULL), 3);
    assert_int_equal(message(rig, first.message_id).copies, 1);
}

static void parts_of_one_id_are_parts_of_one_message(void **state)
{
    struct core_rig *rig = *state;
    for (unsigned part = 1; part <= 2; part++) {
        struct intake_result result;
        struct sms_in sms = core_rig_sms(HER, "he beats me", "a1");
        sms.part = part;
        sms.part_total = 2;
        core_rig_begin(rig);
        assert_int_equal(intake_message(&rig->core, "in", &sms, 0, RIG_NOW, &result), 0);
        core_rig_commit(rig);
        sms_in_done(&sms);
        assert_false(result.is_duplicate);
        assert_int_equal(message(rig, result.message_id).part, part);
    }
    assert_int_equal(core_rig_count_messages(rig), 1);
}

static void without_an_id_content_and_time_decide(void **state)
{
    static const struct {
        const char *label, *from, *text;
        int64_t after_ms, sent_at;
        bool is_duplicate;
    } table[] = {
        { "first", HER, "he beats me", 0, 0, false },
        { "a retry a second later", HER, "he beats me", 1000, 0, true },
        { "at the end of two minutes", HER, "he beats me", 2 * MINUTE_MS, 0, true },
        { "after two minutes it is a new cry", HER, "he beats me", 2 * MINUTE_MS + 1, 0, false },
        { "another text", HER, "he beats me!", 1000, 0, false },
        { "another number", "+966505550124", "he beats me", 1000, 0, false },
        { "with a time of the provider", HER, "he beats me", 1000, RIG_NOW - 5000, false },
        { "the same time again, much later", HER, "he beats me", 600 * MINUTE_MS, RIG_NOW - 5000, true },
        { "another time of the provider", HER, "he beats me", 1000, RIG_NOW - 4000, false },
    };
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct intake_result result;
        struct sms_in sms = core_rig_sms(table[i].from, table[i].text, "");
        sms.sent_at = table[i].sent_at;
        core_rig_begin(rig);
        assert_int_equal(intake_message(&rig->core, "in", &sms, 0, RIG_NOW + table[i].after_ms, &result), 0);
        core_rig_commit(rig);
        sms_in_done(&sms);
        if (result.is_duplicate != table[i].is_duplicate)
            fail_msg("%s: duplicate %d", table[i].label, result.is_duplicate);
    }
}

static void hidden_sender_is_never_joined(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, "", "he beats me", "a1", RIG_NOW);
    struct intake_result second = core_rig_text_in(rig, "", "he beats me", "a2", RIG_NOW + 1000);
    assert_true(first.is_new_case && second.is_new_case);
    assert_int_not_equal(first.case_id, second.case_id);
    assert_string_equal(core_rig_case(rig, first.case_id).country, "");
}

static void advert_opens_no_case_and_wakes_nobody(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "winner of the prize, loan prize", "a1", RIG_NOW);
    assert_int_equal(in.case_id, 0);
    assert_int_equal(core_rig_count_alerts(rig, 0, NULL), 0);
    assert_int_equal(core_rig_count_outbox(rig, NULL), 0);
    assert_int_equal(core_rig_count_audit(rig, "message.store"), 1);
    struct message_row row = message(rig, in.message_id);
    assert_int_equal(row.triage.intent, INTENT_not_help);
    /* ... but it is stored, with a key of its own */
    AUTO_KEY key = { { 0 } };
    AUTO_BUF text;
    buf_init(&text, 1000);
    assert_int_equal(casefile_message_key(&rig->core, &row, &key), 0);
    assert_int_equal(casefile_open_message(&rig->core, &key, &row, MESSAGE_TEXT, &text), 0);
    assert_string_equal(text.data, "winner of the prize, loan prize");
}

static void stop_belongs_to_the_open_case_and_is_told(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    unsigned before = core_rig_count_alerts(rig, 0, NULL);
    struct intake_result stop = core_rig_text_in(rig, HER, "stop", "a2", RIG_NOW + 60 * MINUTE_MS);
    assert_int_equal(stop.case_id, first.case_id);
    assert_int_equal(core_rig_count_alerts(rig, 0, NULL), before + 3); /* each contact that was asked, once */
    assert_int_equal(core_rig_case(rig, first.case_id).state, STATE_case_open);
}

static void prefix_of_origin_means_a_relative(void **state)
{
    static const struct {
        const char *from, *country;
        bool is_third_party;
    } table[] = {
        { "+966505550123", "SA", false },
        { "+85251234567", "HK", false },
        { "+639175550100", "", true },
        { "+6281234567890", "", true },
    };
    static const struct {
        const char *from, *text, *country;
    } named[] = {
        { "+639175550101", "my sister no salary in Dammam", "SA" },
        { "+966505550124", "no salary, they take me to Dubai", "SA" }, /* where her phone is, she is */
        { "+639175550102", "no salary in Dammam and Dubai", "" },
    };
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct intake_result in = core_rig_text_in(rig, table[i].from, "no salary", "", RIG_NOW);
        struct case_row row = core_rig_case(rig, in.case_id);
        if (!str_equal(row.country, table[i].country) ||
            !!(row.flags & FLAG_BIT(third_party)) != table[i].is_third_party)
            fail_msg("%s: country \"%s\", flags %x", table[i].country, row.country, row.flags);
    }
    for (size_t i = 0; i < STR_COUNT(named); i++) {
        struct intake_result in = core_rig_text_in(rig, named[i].from, named[i].text, "", RIG_NOW);
        assert_string_equal(core_rig_case(rig, in.case_id).country, named[i].country);
    }
}

static void late_message_is_marked(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in;
    struct sms_in sms = core_rig_sms(HER, "he beats me", "a1");
    core_rig_begin(rig);
    assert_int_equal(intake_message(&rig->core, "in", &sms, ARRIVAL_LATE, RIG_NOW, &in), 0);
    core_rig_commit(rig);
    sms_in_done(&sms);
    assert_true(message(rig, in.message_id).is_late);
}

static void closed_case_is_not_joined(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    struct case_row row = core_rig_case(rig, first.case_id);
    row.state = STATE_case_closed;
    row.closed_at = RIG_NOW + 1;
    core_rig_begin(rig);
    assert_int_equal(cases_update(rig->core.store, &row), 0);
    core_rig_commit(rig);
    struct intake_result second = core_rig_text_in(rig, HER, "he beats me", "a2", RIG_NOW + 1000);
    assert_true(second.is_new_case);
    assert_int_not_equal(second.case_id, first.case_id);
}

static void changed_hot_key_does_not_shut_her_out(void **state)
{
    struct core_rig *rig = *state;
    unsigned char hot[VAULT_KEY_LEN], index[VAULT_KEY_LEN];
    struct intake_result first = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    memset(hot, 9, sizeof hot);
    memset(index, 2, sizeof index); /* the same: the number is still found */
    struct vault *before = rig->core.vault, *after;
    assert_int_equal(vault_new(hot, index, &after), 0);
    rig->core.vault = after;
    struct intake_result second = core_rig_text_in(rig, HER, "he beats me again", "a2", RIG_NOW + 1000);
    assert_true(second.is_new_case);
    assert_int_not_equal(second.case_id, first.case_id);
    assert_int_equal(core_rig_count_alerts(rig, second.case_id, "open"), 3);
    rig->core.vault = before;
    vault_free(after);
}

static void what_is_rolled_back_leaves_nothing(void **state)
{
    struct core_rig *rig = *state;
    for (int is_savepoint = 0; is_savepoint < 2; is_savepoint++) {
        struct intake_result in;
        struct sms_in sms = core_rig_sms(HER, "he will kill me", "a1");
        core_rig_begin(rig);
        if (is_savepoint)
            assert_int_equal(store_savepoint(rig->core.store), 0);
        assert_int_equal(intake_message(&rig->core, "in", &sms, 0, RIG_NOW, &in), 0);
        if (is_savepoint) {
            store_undo(rig->core.store);
            core_rig_commit(rig);
        } else {
            store_rollback(rig->core.store);
        }
        sms_in_done(&sms);
        assert_int_equal(core_rig_count_messages(rig), 0);
        assert_int_equal(core_rig_count_alerts(rig, 0, NULL), 0);
        assert_int_equal(core_rig_count_outbox(rig, NULL), 0);
        assert_int_equal(core_rig_count_audit(rig, NULL), 0);
        struct case_row row;
        assert_int_equal(cases_get(rig->core.store, in.case_id, &row), ERR_NOT_FOUND);
    }
    assert_false(core_rig_text_in(rig, HER, "he will kill me", "a1", RIG_NOW).is_duplicate);
}

static void long_text_is_kept_from_its_beginning(void **state)
{
    struct core_rig *rig = *state;
    char *text = malloc(200001);
    memset(text, 'x', 200000);
    text[200000] = '\0';
    memcpy(text, "he beats me ", 12);
    struct intake_result in = core_rig_text_in(rig, HER, text, "", RIG_NOW);
    free(text);
    assert_true(in.is_new_case);
    assert_int_equal(in.urgency, URGENCY_urgent);
}

static void texts_and_numbers_are_stored_sealed(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "he beats me MARKER", "a1", RIG_NOW);
    struct message_row row = message(rig, in.message_id);
    assert_null(memmem(row.text.data, row.text.len, "MARKER", 6));
    assert_null(memmem(row.sender.data, row.sender.len, "505550123", 9));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(new_request_opens_a_case_and_alerts),
        TEST(authority_is_held_without_an_outbox_row),
        TEST(nothing_recognised_still_reaches_people),
        TEST(second_text_joins_and_marks_the_repeat),
        TEST(rise_in_urgency_alerts_at_once),
        TEST(urgency_never_falls),
        TEST(further_texts_are_bundled),
        TEST(later_text_is_told_at_once_after_the_bundle_time),
        TEST(same_id_is_stored_once),
        TEST(parts_of_one_id_are_parts_of_one_message),
        TEST(without_an_id_content_and_time_decide),
        TEST(hidden_sender_is_never_joined),
        TEST(advert_opens_no_case_and_wakes_nobody),
        TEST(stop_belongs_to_the_open_case_and_is_told),
        TEST(prefix_of_origin_means_a_relative),
        TEST(late_message_is_marked),
        TEST(closed_case_is_not_joined),
        TEST(changed_hot_key_does_not_shut_her_out),
        TEST(what_is_rolled_back_leaves_nothing),
        TEST(long_text_is_kept_from_its_beginning),
        TEST(texts_and_numbers_are_stored_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
