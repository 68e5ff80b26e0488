/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_compose - an outbox row becomes the message its contact may read, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/alerting.h"
#include "gateway/core/compose.h"
#include "tests/support/core_rig.h"

#define HER "+966505550123"
#define MINUTE_MS 60000LL

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct core_rig));
    core_rig_open(*state, NULL);
    return 0;
}

static int close_rig(void **state)
{
    core_rig_close(*state);
    free(*state);
    return 0;
}

#define TEXT "he beats me, call 0917 555 0100, my name is Maria Santos"
#define MASKED "he beats me, call ***, my name is ***"

static int compose(struct core_rig *rig, const struct outbox_row *row, struct composed *ret)
{
    return compose_row(&rig->core, row, RIG_NOW, ret);
}

static void trust_decides_what_is_shown(void **state)
{
    static const struct {
        const char *contact, *text, *from;
    } table[] = { { "ngo", TEXT, HER }, { "house", MASKED, NULL }, { "watch", NULL, NULL } };
    struct core_rig *rig = *state;
    core_rig_text_in(rig, HER, TEXT, "a1", RIG_NOW);
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct composed composed;
        struct outbox_row row = core_rig_row(rig, table[i].contact, 0);
        assert_int_equal(compose(rig, &row, &composed), 0);
        const char *whole = composed.message.text;
        bool shows_number = strstr(whole, "505550123") != NULL, shows_text = strstr(whole, "he beats me") != NULL;
        if (!str_equal(composed.view.text, table[i].text) || !str_equal(composed.view.from, table[i].from) ||
            shows_number != (table[i].from != NULL) || shows_text != (table[i].text != NULL))
            fail_msg("%s reads: %s", table[i].contact, whole);
        assert_null(strstr(composed.message.subject, "beats"));
        bool is_sms = config_find_contact(rig->core.config, table[i].contact)->addresses[0].channel->is_sms;
        assert_int_equal(strstr(whole, "https://line.example.org/ack/") != NULL, !is_sms);
        assert_int_equal(strstr(whole, "Answer: OK 1001 ") != NULL, is_sms); /* by SMS a code, elsewhere a link */
        composed_done(&composed);
    }
}

static void message_names_its_alert_and_address(void **state)
{
    struct core_rig *rig = *state;
    struct composed first, second;
    core_rig_text_in(rig, HER, "he will kill me", "a1", RIG_NOW);
    struct outbox_row desk = core_rig_row(rig, "ngo", 0), post = core_rig_row(rig, "ngo", 1);
    assert_int_equal(compose(rig, &desk, &first), 0);
    desk.attempt = 3;
    desk.may_be_repeated = true;
    assert_int_equal(compose(rig, &post, &second), 0);
    assert_string_equal(first.message.to, "https://desk.example.org/a");
    assert_string_equal(second.message.to, "desk@example.org");
    assert_string_not_equal(first.message.id, second.message.id);
    assert_string_equal(first.view.alert_id, second.view.alert_id);
    struct composed again;
    assert_int_equal(compose(rig, &desk, &again), 0);
    assert_string_equal(again.message.id, first.message.id);
    assert_true(again.view.may_be_repeated);
    composed_done(&first);
    composed_done(&second);
    composed_done(&again);
}

static void what_is_not_wanted_any_more_is_a_conflict(void **state)
{
    static const struct {
        const char *label;
        enum state alert, owner;
        int want;
    } table[] = {
        { "open", STATE_alert_open, STATE_case_open, 0 },
        { "acknowledged", STATE_alert_acknowledged, STATE_case_open, ERR_CONFLICT },
        { "declined", STATE_alert_declined, STATE_case_open, ERR_CONFLICT },
        { "ended", STATE_alert_ended, STATE_case_open, ERR_CONFLICT },
        { "held", STATE_alert_held, STATE_case_open, ERR_CONFLICT },
        { "case closed", STATE_alert_open, STATE_case_closed, ERR_CONFLICT },
    };
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "no salary", "a1", RIG_NOW);
    struct outbox_row row = core_rig_row(rig, "ngo", 0);
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct composed composed;
        struct case_row owner = core_rig_case(rig, in.case_id);
        owner.state = table[i].owner;
        owner.closed_at = owner.state == STATE_case_closed ? RIG_NOW : 0;
        core_rig_begin(rig);
        assert_int_equal(alerts_set_state(rig->core.store, row.alert_id, table[i].alert, RIG_NOW), 0);
        assert_int_equal(cases_update(rig->core.store, &owner), 0);
        core_rig_commit(rig);
        int code = compose(rig, &row, &composed);
        composed_done(&composed);
        if (code != table[i].want)
            fail_msg("%s: %s", table[i].label, error_name(code));
    }
}

static void contact_address_or_channel_that_is_gone_is_not_found(void **state)
{
    struct core_rig *rig = *state;
    core_rig_text_in(rig, HER, "no salary", "a1", RIG_NOW);
    struct outbox_row row = core_rig_row(rig, "ngo", 0);
    for (int i = 0; i < 3; i++) {
        struct outbox_row changed = row;
        struct composed composed;
        if (i == 0)
            str_copy(changed.contact, sizeof changed.contact, "gone");
        else if (i == 1)
            changed.address = 7;
        else
            str_copy(changed.channel, sizeof changed.channel, "post");
        assert_int_equal(compose(rig, &changed, &composed), ERR_NOT_FOUND);
        composed_done(&composed);
    }
}

/* The alert that tells message_id as an update to ngo. */
static struct outbox_row update_row(struct core_rig *rig, int64_t case_id, int64_t message_id)
{
    struct case_row row = core_rig_case(rig, case_id);
    core_rig_begin(rig);
    assert_int_equal(alerting_run_update(&rig->core, &row, message_id, RIG_NOW), 0);
    core_rig_commit(rig);
    struct rig_outbox *rows = core_rig_outbox(rig, NULL);
    struct outbox_row last = rows->rows[rows->count - 1];
    free(rows);
    assert_string_equal(last.contact, "ngo");
    return last;
}

static int settle_as_sent(void *context, const struct outbox_row *row)
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

/* The oldest row of that channel has been accepted by the other side. */
static void set_sent(struct core_rig *rig, const char *channel)
{
    core_rig_begin(rig);
    assert_int_equal(outbox_lease(rig->core.store, channel, RIG_NOW, RIG_NOW + 1, "rig", 1, settle_as_sent, rig), 0);
    core_rig_commit(rig);
}

static void update_tells_what_the_contact_does_not_know(void **state)
{
    struct core_rig *rig = *state;
    struct composed composed;
    struct intake_result in = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    core_rig_text_in(rig, HER, "second", "a2", RIG_NOW + 1000);
    struct intake_result third = core_rig_text_in(rig, HER, "third", "a3", RIG_NOW + 2000);
    struct outbox_row row = core_rig_row(rig, "ngo", 0);
    assert_int_equal(compose(rig, &row, &composed), 0);
    assert_string_equal(composed.view.text, "he beats me"); /* the first alert says the same at every try */
    composed_done(&composed);
    struct outbox_row update = update_row(rig, in.case_id, third.message_id);
    assert_int_equal(compose(rig, &update, &composed), 0);
    assert_string_equal(composed.view.text, "he beats me\nsecond\nthird"); /* an alert that has not left told nothing */
    composed_done(&composed);
    set_sent(rig, row.channel);
    assert_int_equal(compose(rig, &update, &composed), 0);
    assert_string_equal(composed.view.text, "second\nthird");
    assert_int_equal(composed.view.received_at, RIG_NOW + 2000);
    assert_non_null(strstr(composed.message.subject, "further message"));
    composed_done(&composed);
}

static void many_and_long_texts_never_hold_an_alert_back(void **state)
{
    struct core_rig *rig = *state;
    struct composed composed;
    struct intake_result in = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW), last = in;
    AUTO_FREE char *text = malloc(2001);
    for (unsigned i = 0; i < 120; i++) {
        char id[16];
        memset(text, i % 2 ? '\n' : '@', 2000);
        text[2000] = '\0';
        snprintf(id, sizeof id, "b%u", i);
        last = core_rig_text_in(rig, HER, i == 119 ? "THE LAST" : i % 10 ? "short" : text, id, RIG_NOW + i);
    }
    assert_int_equal(last.case_id, in.case_id);
    struct outbox_row row = update_row(rig, in.case_id, last.message_id);
    assert_int_equal(compose(rig, &row, &composed), 0);
    assert_int_equal(composed.view.received_at, RIG_NOW + 119);
    assert_non_null(strstr(composed.view.text, "THE LAST"));
    composed_done(&composed);
}

static void one_text_longer_than_an_alert_is_cut(void **state)
{
    struct core_rig *rig = *state;
    AUTO_FREE char *text = malloc(60001);
    for (size_t i = 0; i < 60000; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    text[60000] = '\0';
    core_rig_text_in(rig, HER, text, "a1", RIG_NOW);
    static const char *const contacts[] = { "ngo", "house", "watch" };
    for (size_t i = 0; i < STR_COUNT(contacts); i++) {
        struct composed composed;
        struct outbox_row row = core_rig_row(rig, contacts[i], 0);
        if (compose(rig, &row, &composed))
            fail_msg("%s", contacts[i]);
        assert_non_null(strstr(composed.message.text, "Unverified"));
        composed_done(&composed);
    }
}

static void text_of_line_ends_and_names_fits_too(void **state)
{
    struct core_rig *rig = *state;
    AUTO_FREE char *text = malloc(30001);
    memset(text, '\n', 30000);
    text[30000] = '\0';
    core_rig_text_in(rig, HER, text, "a1", RIG_NOW);
    struct composed composed;
    struct outbox_row row = core_rig_row(rig, "house", 0);
    assert_int_equal(compose(rig, &row, &composed), 0);
    composed_done(&composed);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(trust_decides_what_is_shown),
        TEST(message_names_its_alert_and_address),
        TEST(what_is_not_wanted_any_more_is_a_conflict),
        TEST(contact_address_or_channel_that_is_gone_is_not_found),
        TEST(update_tells_what_the_contact_does_not_know),
        TEST(many_and_long_texts_never_hold_an_alert_back),
        TEST(one_text_longer_than_an_alert_is_cut),
        TEST(text_of_line_ends_and_names_fits_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
