/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pieces - what the parts of a long SMS leave behind, in every order, and who is told when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/core/compose.h"
#include "gateway/core/escalation.h"
#include "gateway/core/joining.h"
#include "tests/support/core_rig.h"

#define HER "+966505550123"
#define MINUTE_MS 60000LL

/* A rig whose store lies in a file, so that it can be closed and opened. */
static int open_rig(void **state)
{
    struct core_rig *rig = calloc(1, sizeof *rig);
    core_rig_open(rig, NULL);
    rig_close(&rig->base);
    rig_open(&rig->base);
    rig->core.store = rig->base.store;
    rig->core.vault = rig->base.vault;
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    core_rig_close(*state);
    free(*state);
    return 0;
}

static void restart(struct core_rig *rig)
{
    assert_int_equal(rig_reopen(&rig->base), 0);
    rig->core.store = rig->base.store;
}

static unsigned serial; /* of ids */

static int64_t sent_at; /* of the next arrivals, 0 = not known */

static struct intake_result part_by(struct core_rig *rig, const char *channel, const char *ref, unsigned part,
    unsigned total, const char *text, int64_t now_ms)
{
    struct intake_result result;
    char id[20];
    snprintf(id, sizeof id, "p%u", ++serial);
    struct sms_in sms = core_rig_sms(HER, text, id);
    sms.sent_at = sent_at;
    sms.part = part;
    sms.part_total = total;
    str_copy(sms.part_ref, sizeof sms.part_ref, ref);
    core_rig_begin(rig);
    assert_int_equal(intake_message(&rig->core, channel, &sms, 0, now_ms, &result), 0);
    core_rig_commit(rig);
    sms_in_done(&sms);
    return result;
}

static struct intake_result part_in(
    struct core_rig *rig, const char *ref, unsigned part, unsigned total, const char *text, int64_t now_ms)
{
    return part_by(rig, "in", ref, part, total, text, now_ms);
}

static struct intake_result whole_by(struct core_rig *rig, const char *channel, const char *text, int64_t now_ms)
{
    return part_by(rig, channel, "", 0, 0, text, now_ms);
}

static int64_t run_due(struct core_rig *rig, int64_t now_ms)
{
    int64_t next;
    core_rig_begin(rig);
    assert_int_equal(escalation_run(&rig->core, now_ms, &next), 0);
    core_rig_commit(rig);
    return next;
}

static void assert_text(struct core_rig *rig, int64_t id, const char *want)
{
    struct message_row row;
    AUTO_KEY key = { { 0 } };
    AUTO_BUF text;
    buf_init(&text, VAULT_PLAIN_MAX);
    assert_int_equal(messages_get(rig->core.store, id, &row), 0);
    assert_int_equal(casefile_message_key(&rig->core, &row, &key), 0);
    assert_int_equal(casefile_open_message(&rig->core, &key, &row, MESSAGE_TEXT, &text), 0);
    assert_string_equal(text.data ? text.data : "", want);
}

/* All alerts that wait are marked as sent; the text of the newest to that contact into ret. */
static void read_newest(struct core_rig *rig, const char *contact, char *ret, size_t size)
{
    struct rig_outbox *list = core_rig_outbox(rig, NULL);
    ret[0] = '\0';
    for (unsigned i = list->count; i > 0 && !ret[0]; i--) {
        struct composed composed;
        if (!str_equal(list->rows[i - 1].contact, contact))
            continue;
        int rc = compose_row(&rig->core, &list->rows[i - 1], RIG_NOW, &composed);
        if (!rc)
            str_copy(ret, size, composed.message.text);
        composed_done(&composed);
    }
    free(list);
}

static int settle(void *context, const struct outbox_row *row)
{
    struct core_rig *rig = context;
    struct outbox_settlement sent = { .id = row->id,
        .state = STATE_outbox_sent,
        .outcome = OUTCOME_sent,
        .provider_code = "",
        .remote_id = "",
        .now_ms = RIG_NOW };
    return outbox_settle(rig->core.store, &sent);
}

/* Everything that waits leaves. */
static void send_all(struct core_rig *rig)
{
    static const char *const channels[] = { "desk", "post", "self" };
    core_rig_begin(rig);
    for (size_t i = 0; i < STR_COUNT(channels); i++)
        assert_int_equal(outbox_lease(rig->core.store, channels[i], RIG_NOW + 60 * MINUTE_MS, RIG_NOW + 90 * MINUTE_MS,
                             "w", 100, settle, rig),
            0);
    core_rig_commit(rig);
}

static unsigned count_of(struct core_rig *rig, int64_t case_id, const char *contact)
{
    struct rig_alerts *list = core_rig_alerts(rig, case_id);
    unsigned count = 0;
    for (unsigned i = 0; i < list->count; i++)
        count += str_equal(list->rows[i].contact, contact);
    free(list);
    return count;
}

/* ---- the parts of one text ------------------------------------------------------------------------------------- */

static void parts_in_any_order_are_one_message_told_once(void **state)
{
    static const unsigned orders[][3] = { { 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 }, { 2, 3, 1 }, { 3, 1, 2 },
        { 3, 2, 1 } };
    static const char *const texts[] = { "", "my employer gives ", "no sal", "ary, please" };
    struct core_rig *rig = *state;
    for (size_t o = 0; o < STR_COUNT(orders); o++) {
        char ref[8] = { 'r', (char)('0' + o), '\0' };
        int64_t at = RIG_NOW + (int64_t)o * 60 * MINUTE_MS;
        struct intake_result result = { 0 };
        unsigned before = core_rig_count_messages(rig);
        for (unsigned n = 0; n < 3; n++) {
            unsigned part = orders[o][n];
            result = part_in(rig, ref, part, 3, texts[part], at + n);
            assert_int_equal(core_rig_count_messages(rig), before + 1);
            if (n == 0 && !o)
                assert_true(result.is_new_case && core_rig_count_alerts(rig, result.case_id, NULL) == 0);
            if (o == 3)
                restart(rig);
        }
        assert_text(rig, result.message_id, "my employer gives no salary, please");
        assert_int_equal(core_rig_case(rig, result.case_id).message_count, o + 1);
        assert_true(core_rig_case(rig, result.case_id).categories & CATEGORY_BIT(wages));
    }
}

static void whole_text_of_a_new_case_is_told_at_once_and_once(void **state)
{
    struct core_rig *rig = *state;
    char text[4000];
    part_in(rig, "7", 2, 2, "lary at all", RIG_NOW);
    struct intake_result result = part_in(rig, "7", 1, 2, "no sa", RIG_NOW + 1000);
    assert_true(count_of(rig, result.case_id, "ngo") == 1);
    read_newest(rig, "ngo", text, sizeof text);
    assert_non_null(strstr(text, "> no salary at all\n"));
    assert_null(strstr(text, "part 1 of"));
    assert_null(strstr(text, "completed"));
    assert_null(strstr(text, "She has written before"));
    assert_int_equal(run_due(rig, RIG_NOW + 10 * JOINING_WAIT_MS) > RIG_NOW, 1);
    assert_true(count_of(rig, result.case_id, "ngo") == 1);
}

static void missing_part_is_told_after_ninety_seconds_and_completed_later(void **state)
{
    struct core_rig *rig = *state;
    char text[4000];
    struct intake_result first = part_in(rig, "7", 1, 3, "my salary was ", RIG_NOW);
    assert_int_equal(run_due(rig, RIG_NOW), RIG_NOW + JOINING_WAIT_MS);
    restart(rig);
    run_due(rig, RIG_NOW + JOINING_WAIT_MS - 1);
    assert_int_equal(core_rig_count_alerts(rig, first.case_id, NULL), 0);
    run_due(rig, RIG_NOW + JOINING_WAIT_MS);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 1);
    read_newest(rig, "ngo", text, sizeof text);
    assert_non_null(strstr(text, "> my salary was \n"));
    assert_non_null(strstr(text, "This is part 1 of 3"));
    send_all(rig);
    restart(rig);
    part_in(rig, "7", 3, 3, "since May", RIG_NOW + 4 * MINUTE_MS);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 1);
    part_in(rig, "7", 2, 3, "not paid ", RIG_NOW + 5 * MINUTE_MS);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 2);
    read_newest(rig, "ngo", text, sizeof text);
    assert_non_null(strstr(text, "(completed)"));
    assert_non_null(strstr(text, "> my salary was not paid since May\n"));
    assert_int_equal(core_rig_count_messages(rig), 1);
}

static void part_that_comes_after_the_alert_is_told_though_one_is_missing(void **state)
{
    struct core_rig *rig = *state;
    char text[4000];
    struct intake_result first = part_in(rig, "7", 1, 3, "he beats me", RIG_NOW);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 1); /* urgent, with a fact: at once */
    send_all(rig);
    part_in(rig, "7", 3, 3, "at his house", RIG_NOW + 1000);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 1);
    assert_int_equal(run_due(rig, RIG_NOW + 1000), RIG_NOW + 1000 + JOINING_WAIT_MS);
    run_due(rig, RIG_NOW + 1000 + JOINING_WAIT_MS);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 2);
    read_newest(rig, "ngo", text, sizeof text);
    assert_non_null(strstr(text, "> he beats me [...] at his house\n"));
    assert_non_null(strstr(text, "This is part 2 of 3"));
    run_due(rig, RIG_NOW + 5 * MINUTE_MS);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 2);
}

static void critical_word_in_the_second_part_goes_out_at_once(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = part_in(rig, "7", 1, 3, "no salary, and ", RIG_NOW);
    assert_int_equal(core_rig_count_alerts(rig, first.case_id, NULL), 0);
    struct intake_result second = part_in(rig, "7", 2, 3, "he will kill me ", RIG_NOW + 1000);
    assert_int_equal(second.message_id, first.message_id);
    assert_int_equal(second.urgency, URGENCY_critical);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 1);
    assert_int_equal(core_rig_case(rig, first.case_id).urgency, URGENCY_critical);
    /* and a word that the cut went through */
    first = part_in(rig, "8", 1, 2, "he will ki", RIG_NOW + 60 * MINUTE_MS);
    part_in(rig, "8", 2, 2, "ll me", RIG_NOW + 60 * MINUTE_MS + 5);
    assert_text(rig, first.message_id, "he will kill me");
}

static void rise_that_waited_alarms_when_the_wait_is_over(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = whole_by(rig, "in", "no salary", RIG_NOW);
    assert_int_equal(count_of(rig, first.case_id, "watch"), 0); /* policy "one" asks the ngo alone */
    part_in(rig, "7", 1, 2, "qwerty", RIG_NOW + MINUTE_MS);
    assert_int_equal(core_rig_case(rig, first.case_id).urgency, URGENCY_urgent);
    assert_int_equal(count_of(rig, first.case_id, "watch"), 0);
    run_due(rig, RIG_NOW + MINUTE_MS + JOINING_WAIT_MS);
    assert_int_equal(count_of(rig, first.case_id, "watch"), 1);
}

static void part_that_comes_twice_is_swallowed_and_counted(void **state)
{
    struct core_rig *rig = *state;
    struct message_row row;
    struct intake_result first = part_in(rig, "7", 1, 2, "no sal", RIG_NOW);
    struct intake_result again = part_in(rig, "7", 1, 2, "no sal", RIG_NOW + 5 * MINUTE_MS);
    assert_true(again.is_duplicate && again.message_id == first.message_id);
    part_in(rig, "7", 2, 2, "ary", RIG_NOW + 5 * MINUTE_MS);
    assert_true(part_in(rig, "7", 2, 2, "ary", RIG_NOW + 6 * MINUTE_MS).is_duplicate);
    assert_int_equal(messages_get(rig->core.store, first.message_id, &row), 0);
    assert_true(row.copies == 2 && row.part == 2 && row.part_total == 2);
    assert_text(rig, first.message_id, "no salary");
}

static void reference_that_comes_round_is_another_message(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = part_in(rig, "7", 1, 2, "no sal", RIG_NOW);
    struct intake_result late = part_in(rig, "7", 2, 2, "he beats me", RIG_NOW + JOINING_WINDOW_MS + 1);
    assert_int_not_equal(late.message_id, first.message_id);
    /* Another text in the place of one that is there: the newest message of the reference is added to. */
    struct intake_result other = part_in(rig, "9", 1, 2, "one", RIG_NOW + 40 * MINUTE_MS);
    struct intake_result second = part_in(rig, "9", 1, 2, "two", RIG_NOW + 41 * MINUTE_MS);
    struct intake_result end = part_in(rig, "9", 2, 2, " end", RIG_NOW + 41 * MINUTE_MS);
    assert_int_not_equal(other.message_id, second.message_id);
    assert_int_equal(end.message_id, second.message_id);
    assert_text(rig, second.message_id, "two end");
    assert_text(rig, other.message_id, "one");
}

static void other_channel_total_or_sender_is_another_message(void **state)
{
    struct core_rig *rig = *state;
    int64_t first = part_in(rig, "7", 1, 2, "no sal", RIG_NOW).message_id;
    assert_int_not_equal(part_by(rig, "modem", "7", 2, 2, "ary", RIG_NOW).message_id, first);
    assert_int_not_equal(part_in(rig, "7", 2, 3, "ary", RIG_NOW).message_id, first);
    assert_int_not_equal(part_in(rig, "8", 2, 2, "ary", RIG_NOW).message_id, first);
    assert_int_equal(part_in(rig, "7", 2, 2, "ary", RIG_NOW).message_id, first);
}

static void text_that_was_no_request_joins_a_case_when_the_rest_says_so(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = part_in(rig, "7", 1, 3, "winner of a prize loan, ", RIG_NOW);
    assert_int_equal(first.case_id, 0);
    assert_text(rig, first.message_id, "winner of a prize loan, ");
    struct intake_result second = part_in(rig, "7", 2, 3, "he will kill me, ", RIG_NOW + 1000);
    assert_true(second.is_new_case && second.message_id == first.message_id);
    assert_int_equal(count_of(rig, second.case_id, "ngo"), 1);
    part_in(rig, "7", 3, 3, "come", RIG_NOW + 2000);
    assert_text(rig, first.message_id, "winner of a prize loan, he will kill me, come");
    assert_int_equal(core_rig_case(rig, second.case_id).message_count, 1);
}

static void half_a_stop_is_not_obeyed_until_it_is_whole_or_alone(void **state)
{
    struct core_rig *rig = *state;
    struct person_row person;
    struct sms_in sms = core_rig_sms(HER, "", "");
    unsigned char tag[STORE_TAG_LEN];
    casefile_tag(&rig->core, sms.from, tag);
    sms_in_done(&sms);
    part_in(rig, "7", 1, 2, "stop", RIG_NOW);
    assert_int_equal(persons_get(rig->core.store, tag, &person), 0);
    assert_false(person.is_stopped);
    run_due(rig, RIG_NOW + JOINING_WAIT_MS);
    assert_int_equal(persons_get(rig->core.store, tag, &person), 0);
    assert_true(person.is_stopped);
}

static void part_for_an_ended_case_stands_alone(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = part_in(rig, "7", 1, 2, "he beats me", RIG_NOW);
    struct case_row row = core_rig_case(rig, first.case_id);
    row.state = STATE_case_closed;
    row.closed_at = RIG_NOW;
    core_rig_begin(rig);
    assert_int_equal(cases_update(rig->core.store, &row), 0);
    assert_int_equal(cases_purge(rig->core.store, row.id, RIG_NOW), 0);
    core_rig_commit(rig);
    struct intake_result second = part_in(rig, "7", 2, 2, "he will kill me", RIG_NOW + 1000);
    assert_true(second.is_new_case && second.message_id != first.message_id);
    assert_int_equal(count_of(rig, second.case_id, "ngo"), 1);
    run_due(rig, RIG_NOW + 5 * MINUTE_MS);
}

static void texts_of_the_parts_are_gone_when_the_whole_is_there(void **state)
{
    struct core_rig *rig = *state;
    part_in(rig, "7", 1, 2, "no sal", RIG_NOW);
    part_in(rig, "7", 2, 2, "ary", RIG_NOW);
    store_close(rig->base.store);
    rig->base.store = NULL;
    assert_int_equal(rig_query(&rig->base, "SELECT count(*) FROM parts WHERE text IS NOT NULL"), 0);
    assert_int_equal(rig_query(&rig->base, "SELECT count(*) FROM parts"), 2);
    restart(rig);
}

static void request_while_a_text_waits_asks_at_once(void **state)
{
    struct core_rig *rig = *state;
    char text[4000];
    struct intake_result first = part_in(rig, "7", 1, 2, "no salary for ", RIG_NOW);
    whole_by(rig, "in", "no salary please", RIG_NOW + 1000);
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 1);
    read_newest(rig, "ngo", text, sizeof text);
    assert_non_null(strstr(text, "> no salary for \n> no salary please\n"));
    run_due(rig, RIG_NOW + JOINING_WAIT_MS); /* it has been told: nothing more */
    assert_int_equal(count_of(rig, first.case_id, "ngo"), 1);
}

static unsigned count_notices(struct core_rig *rig)
{
    struct rig_outbox *list = core_rig_outbox(rig, NULL);
    unsigned count = 0;
    for (unsigned i = 0; i < list->count; i++)
        count += list->rows[i].kind == OUTBOX_NOTICE;
    free(list);
    return count;
}

static void command_in_parts_is_obeyed_when_it_is_whole(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result result;
    char text[4000];
    for (unsigned part = 1; part <= 2; part++) {
        struct sms_in sms = core_rig_sms("+639175550199", part == 1 ? "SAY 1001 " : "hello", "");
        sms.part = part;
        sms.part_total = 2;
        core_rig_begin(rig);
        assert_int_equal(intake_message(&rig->core, "in", &sms, 0, RIG_NOW + part * MINUTE_MS, &result), 0);
        core_rig_commit(rig);
        sms_in_done(&sms);
        assert_int_equal(count_notices(rig), 2 * (part - 1)); /* the warning, and the answer */
        if (part == 1)
            run_due(rig, RIG_NOW + part * MINUTE_MS + JOINING_WAIT_MS);
        assert_int_equal(count_notices(rig), part);
        read_newest(rig, "watch", text, sizeof text);
        assert_true(part == 2 || strstr(text, "Only 1 of the 2 parts") != NULL);
    }
    assert_int_equal(core_rig_count_messages(rig), 1);
    assert_text(rig, result.message_id, "SAY 1001 hello");
}

/* ---- two paths ------------------------------------------------------------------------------------------------- */

static void same_text_by_two_channels_is_one_message(void **state)
{
    static const struct {
        const char *label, *channel, *text;
        int64_t after_ms;
        bool is_copy;
    } table[] = {
        { "first", "in", "he beats me", 0, false },
        { "the other path, other white space", "modem", " he  beats\r\nme ", MINUTE_MS, true },
        { "said again, by the first", "in", "he beats me", 2 * MINUTE_MS, false },
        { "that one by the other path", "modem", "he beats me", 3 * MINUTE_MS, true },
        { "a third time, by the other path first", "modem", "he beats me", 4 * MINUTE_MS, false },
        { "and by the first", "in", "he beats me", 5 * MINUTE_MS, true },
        { "another text", "modem", "he beats me!", 6 * MINUTE_MS, false },
        { "too late to be the same", "in", "he beats me!", 17 * MINUTE_MS, false },
    };
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        if (whole_by(rig, table[i].channel, table[i].text, RIG_NOW + table[i].after_ms).is_duplicate !=
            table[i].is_copy)
            fail_msg("%s", table[i].label);
    assert_int_equal(core_rig_count_messages(rig), 5);
}

static int count_origin(void *context, const struct origin_row *row)
{
    assert_string_equal(row->channel, "modem");
    ++*(unsigned *)context;
    return 0;
}

static void second_origin_is_recorded_and_its_retry_is_known(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result result;
    unsigned origins = 0;
    struct intake_result first = whole_by(rig, "in", "he beats me", RIG_NOW);
    unsigned alerts = core_rig_count_alerts(rig, first.case_id, NULL);
    for (int i = 0; i < 3; i++) {
        struct sms_in sms = core_rig_sms(HER, "he beats me", "m1");
        core_rig_begin(rig);
        assert_int_equal(intake_message(&rig->core, "modem", &sms, 0, RIG_NOW + 1000, &result), 0);
        core_rig_commit(rig);
        sms_in_done(&sms);
        assert_true(result.is_duplicate && result.message_id == first.message_id);
    }
    assert_int_equal(echoes_list_origins(rig->core.store, first.message_id, count_origin, &origins), 0);
    assert_int_equal(origins, 1);
    assert_int_equal(core_rig_count_alerts(rig, first.case_id, NULL), alerts);
    assert_int_equal(core_rig_case(rig, first.case_id).message_count, 1);
}

static void text_fetched_later_is_compared_by_its_own_time(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result result, first = whole_by(rig, "modem", "he beats me", RIG_NOW);
    struct sms_in sms = core_rig_sms(HER, "he beats me", "x1");
    sms.sent_at = RIG_NOW - 3000;
    core_rig_begin(rig);
    assert_int_equal(intake_message(&rig->core, "in", &sms, ARRIVAL_LATE, RIG_NOW + 60 * MINUTE_MS, &result), 0);
    core_rig_commit(rig);
    sms_in_done(&sms);
    assert_true(result.is_duplicate && result.message_id == first.message_id);
}

/* A provider that was down for an hour delivers then, and says when she wrote. */
static void text_that_was_kept_back_is_compared_by_its_own_time(void **state)
{
    struct core_rig *rig = *state;
    int64_t hour = 60 * 60 * 1000;
    int64_t id = whole_by(rig, "in", "he beats me", RIG_NOW + 1000).message_id;
    sent_at = RIG_NOW;
    assert_int_equal(whole_by(rig, "modem", "he beats me", RIG_NOW + hour).message_id, id);
    sent_at = 0; /* without a time it may be a new cry */
    assert_int_not_equal(whole_by(rig, "modem", "he beats me", RIG_NOW + hour).message_id, id);
}

static void parts_that_were_kept_back_join_by_when_they_were_sent(void **state)
{
    struct core_rig *rig = *state;
    int64_t hour = 60 * 60 * 1000;
    sent_at = RIG_NOW;
    int64_t id = part_in(rig, "7", 1, 2, "he beats ", RIG_NOW + 1000).message_id;
    sent_at = RIG_NOW + 2000;
    assert_int_equal(part_in(rig, "7", 2, 2, "me", RIG_NOW + hour).message_id, id);
    /* In the same burst: the reference came round meanwhile, and these are two texts. */
    int64_t next = part_in(rig, "8", 1, 2, "no salary ", RIG_NOW + hour).message_id;
    sent_at = RIG_NOW + hour;
    int64_t other = part_in(rig, "8", 2, 2, "for me", RIG_NOW + hour).message_id;
    sent_at = RIG_NOW + 3000;
    assert_int_not_equal(other, next);
    assert_int_equal(part_in(rig, "8", 2, 2, "since May", RIG_NOW + hour).message_id, next);
    sent_at = 0;
    assert_text(rig, next, "no salary since May");
}

/* Nothing in it opens a case until the last part: each arrival is sealed anew, and the parts with it. */
static void parts_of_a_text_without_a_case_stay_readable(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = part_in(rig, "9", 1, 4, "winner of a prize ", RIG_NOW);
    assert_int_equal(first.case_id, 0);
    for (unsigned part = 2; part <= 3; part++)
        assert_int_equal(part_in(rig, "9", part, 4, "prize ", RIG_NOW + part).message_id, first.message_id);
    struct intake_result last = part_in(rig, "9", 4, 4, "he beats me", RIG_NOW + 9);
    assert_int_equal(last.message_id, first.message_id);
    assert_text(rig, last.message_id, "winner of a prize prize prize he beats me");
}

static void case_opened_by_half_a_text_asks_somebody_whatever_the_whole_says(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result first = part_in(rig, "9", 2, 2, "no salary", RIG_NOW);
    assert_int_not_equal(first.case_id, 0);
    assert_int_equal(core_rig_count_alerts(rig, first.case_id, NULL), 0); /* it waits for the rest */
    part_in(rig, "9", 1, 2, "winner of a prize, a loan and ", RIG_NOW + 1000);
    assert_true(core_rig_count_alerts(rig, first.case_id, NULL) > 0);
}

static void whole_by_one_path_and_parts_by_the_other_are_one(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result whole = whole_by(rig, "modem", "no salary at all", RIG_NOW);
    unsigned alerts = core_rig_count_alerts(rig, whole.case_id, NULL);
    part_in(rig, "7", 2, 2, "lary at all", RIG_NOW + 1000);
    assert_int_equal(core_rig_count_messages(rig), 2);
    struct intake_result end = part_in(rig, "7", 1, 2, "no sa", RIG_NOW + 2000);
    assert_true(end.is_duplicate && end.message_id == whole.message_id);
    assert_int_equal(core_rig_count_messages(rig), 1);
    assert_int_equal(core_rig_count_alerts(rig, whole.case_id, NULL), alerts);
    assert_int_equal(core_rig_case(rig, whole.case_id).message_count, 1);
    /* The other way round. */
    struct intake_result parts = part_in(rig, "8", 1, 2, "no salary ", RIG_NOW + 30 * MINUTE_MS);
    part_in(rig, "8", 2, 2, "since May", RIG_NOW + 30 * MINUTE_MS);
    whole = whole_by(rig, "modem", "no salary since May", RIG_NOW + 31 * MINUTE_MS);
    assert_true(whole.is_duplicate && whole.message_id == parts.message_id);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(parts_in_any_order_are_one_message_told_once),
        TEST(whole_text_of_a_new_case_is_told_at_once_and_once),
        TEST(missing_part_is_told_after_ninety_seconds_and_completed_later),
        TEST(part_that_comes_after_the_alert_is_told_though_one_is_missing),
        TEST(critical_word_in_the_second_part_goes_out_at_once),
        TEST(rise_that_waited_alarms_when_the_wait_is_over),
        TEST(part_that_comes_twice_is_swallowed_and_counted),
        TEST(reference_that_comes_round_is_another_message),
        TEST(other_channel_total_or_sender_is_another_message),
        TEST(text_that_was_no_request_joins_a_case_when_the_rest_says_so),
        TEST(half_a_stop_is_not_obeyed_until_it_is_whole_or_alone),
        TEST(part_for_an_ended_case_stands_alone),
        TEST(texts_of_the_parts_are_gone_when_the_whole_is_there),
        TEST(request_while_a_text_waits_asks_at_once),
        TEST(command_in_parts_is_obeyed_when_it_is_whole),
        TEST(same_text_by_two_channels_is_one_message),
        TEST(second_origin_is_recorded_and_its_retry_is_known),
        TEST(text_fetched_later_is_compared_by_its_own_time),
        TEST(text_that_was_kept_back_is_compared_by_its_own_time),
        TEST(parts_that_were_kept_back_join_by_when_they_were_sent),
        TEST(parts_of_a_text_without_a_case_stay_readable),
        TEST(case_opened_by_half_a_text_asks_somebody_whatever_the_whole_says),
        TEST(whole_by_one_path_and_parts_by_the_other_are_one),
    };
    return cmocka_run_group_tests_name("pieces", tests, NULL, NULL);
}
