/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_outbox - rows wait, are leased worst first, and move only along the drawing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

static void begin(struct store_rig *rig, struct alert_row *ret_alert)
{
    rig_open_memory(rig);
    assert_int_equal(store_begin(rig->store), 0);
    struct case_row row = rig_case(rig, 1);
    assert_int_equal(cases_insert(rig->store, &row), 0);
    *ret_alert = rig_alert(rig, row.id, 0);
    assert_int_equal(alerts_insert(rig->store, ret_alert), 0);
}

static void end(struct store_rig *rig)
{
    assert_int_equal(store_commit(rig->store), 0);
    rig_close(rig);
}

static int64_t insert(struct store_rig *rig, const struct alert_row *alert, enum urgency urgency, int64_t due_at)
{
    struct outbox_row row = rig_outbox(rig, alert);
    row.urgency = urgency;
    row.due_at = due_at;
    assert_int_equal(outbox_insert(rig->store, &row), 0);
    return row.id;
}

struct listing {
    int count, stop_after;
    char text[200];
    struct outbox_row last;
};

static int note_id(void *context, const struct outbox_row *row)
{
    struct listing *listing = context;
    size_t len = strlen(listing->text);
    snprintf(listing->text + len, sizeof listing->text - len, "%s%d", listing->count++ == 0 ? "" : " ", (int)row->id);
    listing->last = *row;
    return listing->count == listing->stop_after ? ERR_AGAIN : 0;
}

static void lease(struct store_rig *rig, unsigned limit, const char *want)
{
    struct listing listing = { 0 };
    assert_int_equal(outbox_lease(rig->store, "hook", RIG_NOW, RIG_NOW + 60, "sender-1", limit, note_id, &listing), 0);
    assert_string_equal(listing.text, want);
}

static enum state state_of(struct store_rig *rig, int64_t id)
{
    struct outbox_row row;
    assert_int_equal(outbox_get(rig->store, id, &row), 0);
    return row.state;
}

static int settle(struct store_rig *rig, int64_t id, enum state to, const char *remote_id)
{
    struct outbox_settlement settlement = { .id = id,
        .state = to,
        .outcome = to == STATE_outbox_sent ? OUTCOME_sent : OUTCOME_uncertain,
        .provider_code = "21610",
        .remote_id = remote_id,
        .due_at = RIG_NOW + 500,
        .now_ms = RIG_NOW + 7,
        .may_be_repeated = to != STATE_outbox_sent };
    return outbox_settle(rig->store, &settlement);
}

static void every_field_comes_back(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    struct outbox_row got;
    (void)state;
    begin(&rig, &alert);
    struct outbox_row row = rig_outbox(&rig, &alert);
    row.kind = OUTBOX_NOTICE;
    row.address = 3;
    row.state = STATE_outbox_leased;
    row.lease_until = RIG_NOW + 1;
    row.attempt = 4;
    row.may_be_repeated = true;
    row.outcome = OUTCOME_unparseable;
    row.sent_at = 5;
    row.delivered_at = 6;
    row.payload = span_of("sealed");
    str_copy(row.worker, sizeof row.worker, "sender-1");
    str_copy(row.provider_code, sizeof row.provider_code, "30007");
    str_copy(row.remote_id, sizeof row.remote_id, "SM1");
    assert_int_equal(outbox_insert(rig.store, &row), 0);
    assert_int_equal(outbox_get(rig.store, row.id, &got), 0);
    assert_true(got.id == row.id && got.kind == row.kind && got.case_id == row.case_id &&
                got.alert_id == row.alert_id && got.message_id == 0);
    assert_true(got.address == 3 && got.urgency == row.urgency && got.state == row.state && got.due_at == row.due_at);
    assert_true(got.lease_until == row.lease_until && got.attempt == 4 && got.may_be_repeated &&
                got.outcome == OUTCOME_unparseable);
    assert_true(
        got.created_at == RIG_NOW && got.sent_at == 5 && got.delivered_at == 6 && span_equal(got.payload, row.payload));
    assert_string_equal(got.contact, "ngo-desk");
    assert_string_equal(got.channel, "hook");
    assert_string_equal(got.worker, "sender-1");
    assert_string_equal(got.provider_code, "30007");
    assert_string_equal(got.remote_id, "SM1");
    assert_int_equal(outbox_get(rig.store, 99, &got), ERR_NOT_FOUND);
    end(&rig);
}

static void lease_takes_the_worst_first_then_the_oldest_due(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    (void)state;
    begin(&rig, &alert);
    insert(&rig, &alert, URGENCY_routine, RIG_NOW - 9);  /* 1 */
    insert(&rig, &alert, URGENCY_critical, RIG_NOW);     /* 2 */
    insert(&rig, &alert, URGENCY_critical, RIG_NOW - 5); /* 3 */
    insert(&rig, &alert, URGENCY_urgent, RIG_NOW - 8);   /* 4 */
    insert(&rig, &alert, URGENCY_critical, RIG_NOW + 1); /* 5: not due */
    struct outbox_row other = rig_outbox(&rig, &alert);  /* 6: another channel */
    str_copy(other.channel, sizeof other.channel, "mail");
    assert_int_equal(outbox_insert(rig.store, &other), 0);
    lease(&rig, 3, "3 2 4");
    lease(&rig, 10, "1");
    lease(&rig, 10, "");
    assert_int_equal(state_of(&rig, 5), STATE_outbox_queued);
    end(&rig);
}

static void leased_row_carries_its_lease(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    struct listing listing = { 0 };
    int64_t at = 0;
    (void)state;
    begin(&rig, &alert);
    int64_t id = insert(&rig, &alert, URGENCY_soon, RIG_NOW);
    assert_int_equal(outbox_next_lease_end(rig.store, &at), ERR_NOT_FOUND);
    assert_int_equal(outbox_lease(rig.store, "hook", RIG_NOW, RIG_NOW + 60, "sender-1", 5, note_id, &listing), 0);
    assert_true(listing.last.id == id && listing.last.state == STATE_outbox_leased && listing.last.attempt == 1 &&
                listing.last.lease_until == RIG_NOW + 60);
    assert_string_equal(listing.last.worker, "sender-1");
    assert_int_equal(outbox_next_lease_end(rig.store, &at), 0);
    assert_int_equal(at, RIG_NOW + 60);
    assert_int_equal(outbox_put_off(rig.store, id, RIG_NOW + 90), 0);
    assert_int_equal(outbox_put_off(rig.store, id, RIG_NOW + 90), ERR_CONFLICT); /* it is not leased */
    assert_int_equal(outbox_next_due(rig.store, "hook", &at), 0);
    assert_int_equal(at, RIG_NOW + 90);
    assert_int_equal(outbox_lease(rig.store, "hook", RIG_NOW + 89, RIG_NOW + 99, "s", 5, note_id, &listing), 0);
    assert_int_equal(outbox_lease(rig.store, "hook", RIG_NOW + 90, RIG_NOW + 99, "s", 5, note_id, &listing), 0);
    assert_true(listing.last.attempt == 1 && listing.last.lease_until == RIG_NOW + 99);
    assert_string_equal(listing.last.provider_code, OUTBOX_PUT_OFF);
    assert_int_equal(outbox_return(rig.store, id), 0);
    assert_int_equal(outbox_get(rig.store, id, &listing.last), 0);
    assert_true(
        listing.last.state == STATE_outbox_queued && listing.last.attempt == 0 && listing.last.lease_until == 0);
    assert_string_equal(listing.last.worker, "");
    end(&rig);
}

static void stopped_lease_leaves_the_rest_queued(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    struct listing listing = { .stop_after = 1 };
    (void)state;
    begin(&rig, &alert);
    int64_t first = insert(&rig, &alert, URGENCY_soon, RIG_NOW - 1),
            second = insert(&rig, &alert, URGENCY_soon, RIG_NOW);
    assert_int_equal(
        outbox_lease(rig.store, "hook", RIG_NOW, RIG_NOW + 60, "sender-1", 5, note_id, &listing), ERR_AGAIN);
    assert_int_equal(state_of(&rig, first), STATE_outbox_leased);
    assert_int_equal(state_of(&rig, second), STATE_outbox_queued);
    end(&rig);
}

static void expired_leases_and_those_of_a_dead_worker_are_listed(void **state)
{
    static const struct {
        const char *label, *worker;
        int64_t now_ms;
        const char *want;
    } cases[] = {
        { "none has ended", NULL, RIG_NOW + 59, "" },
        { "some have ended", NULL, RIG_NOW + 60, "1 2" },
        { "all have ended", NULL, RIG_NOW + 90, "1 2 3" },
        { "one worker, whatever its lease", "sender-2", 0, "3" },
        { "unknown worker", "sender-9", RIG_NOW + 90, "" },
    };
    struct store_rig rig;
    struct alert_row alert;
    struct listing leased = { 0 };
    (void)state;
    begin(&rig, &alert);
    for (int i = 0; i < 3; i++)
        insert(&rig, &alert, URGENCY_soon, RIG_NOW - 3 + i);
    lease(&rig, 2, "1 2");
    assert_int_equal(outbox_lease(rig.store, "hook", RIG_NOW, RIG_NOW + 90, "sender-2", 5, note_id, &leased), 0);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct listing listing = { 0 };
        assert_int_equal(outbox_list_expired(rig.store, cases[i].now_ms, cases[i].worker, note_id, &listing), 0);
        if (!str_equal(listing.text, cases[i].want))
            fail_msg("%s: got \"%s\"", cases[i].label, listing.text);
    }
    end(&rig);
}

struct requeue {
    struct store_rig *rig;
    int count;
};

static int requeue_row(void *context, const struct outbox_row *row)
{
    struct requeue *requeue = context;
    requeue->count++;
    return settle(requeue->rig, row->id, STATE_outbox_queued, "");
}

static void many_expired_leases_are_all_seen_while_they_are_settled(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    int64_t counts[STATE_COUNT];
    (void)state;
    begin(&rig, &alert);
    for (int i = 0; i < 200; i++)
        insert(&rig, &alert, URGENCY_soon, RIG_NOW);
    struct listing listing = { 0 };
    assert_int_equal(outbox_lease(rig.store, "hook", RIG_NOW, RIG_NOW + 60, "sender-1", 1000, note_id, &listing), 0);
    assert_int_equal(listing.count, 200);
    struct requeue requeue = { &rig, 0 };
    assert_int_equal(outbox_list_expired(rig.store, RIG_NOW + 60, NULL, requeue_row, &requeue), 0);
    assert_int_equal(requeue.count, 200);
    assert_int_equal(outbox_count(rig.store, counts), 0);
    assert_int_equal(counts[STATE_outbox_queued], 200);
    assert_int_equal(counts[STATE_outbox_leased], 0);
    end(&rig);
}

static void settlement_fills_what_belongs_to_its_state(void **state)
{
    static const struct {
        const char *label;
        enum state to;
        const char *remote_id;
        int64_t due_at, sent_at;
        int outcome;
    } cases[] = {
        { "sent", STATE_outbox_sent, "SM7", RIG_NOW, RIG_NOW + 7, OUTCOME_sent },
        { "queued again", STATE_outbox_queued, "", RIG_NOW + 500, 0, OUTCOME_uncertain },
        { "dead", STATE_outbox_dead, "", RIG_NOW, 0, OUTCOME_uncertain },
    };
    struct store_rig rig;
    struct alert_row alert;
    (void)state;
    begin(&rig, &alert);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct outbox_row got;
        struct listing listing = { 0 };
        int64_t id = insert(&rig, &alert, URGENCY_soon, RIG_NOW);
        assert_int_equal(settle(&rig, id, cases[i].to, cases[i].remote_id), ERR_CONFLICT);
        assert_int_equal(outbox_lease(rig.store, "hook", RIG_NOW, RIG_NOW + 60, "sender-1", 1, note_id, &listing), 0);
        assert_int_equal(settle(&rig, id, cases[i].to, cases[i].remote_id), 0);
        assert_int_equal(settle(&rig, id, cases[i].to, cases[i].remote_id), ERR_CONFLICT);
        assert_int_equal(outbox_get(rig.store, id, &got), 0);
        bool fits = got.state == cases[i].to && got.due_at == cases[i].due_at && got.sent_at == cases[i].sent_at &&
                    got.outcome == cases[i].outcome && got.lease_until == 0 &&
                    got.may_be_repeated == (cases[i].to != STATE_outbox_sent) &&
                    str_equal(got.remote_id, cases[i].remote_id) && str_equal(got.provider_code, "21610") &&
                    got.attempt == 1;
        if (!fits)
            fail_msg("%s", cases[i].label);
    }
    assert_int_equal(settle(&rig, 99, STATE_outbox_sent, ""), ERR_NOT_FOUND);
    end(&rig);
}

static void late_report_never_moves_a_row_backwards(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    struct outbox_row got;
    (void)state;
    begin(&rig, &alert);
    int64_t id = insert(&rig, &alert, URGENCY_soon, RIG_NOW);
    assert_int_equal(outbox_set_delivered(rig.store, id, RIG_NOW), ERR_CONFLICT);
    assert_int_equal(outbox_set_failed(rig.store, id, "x"), ERR_CONFLICT);
    lease(&rig, 1, "1");
    assert_int_equal(settle(&rig, id, STATE_outbox_sent, "SM1"), 0);
    assert_int_equal(outbox_find_remote(rig.store, "hook", "SM1", &got), 0);
    assert_int_equal(got.id, id);
    assert_int_equal(outbox_find_remote(rig.store, "mail", "SM1", &got), ERR_NOT_FOUND);
    assert_int_equal(outbox_set_delivered(rig.store, id, RIG_NOW + 8), 0);
    assert_int_equal(outbox_set_delivered(rig.store, id, RIG_NOW + 9), ERR_CONFLICT);
    assert_int_equal(outbox_set_failed(rig.store, id, "x"), ERR_CONFLICT);
    assert_int_equal(outbox_kick(rig.store, id, RIG_NOW), ERR_CONFLICT);
    assert_int_equal(outbox_get(rig.store, id, &got), 0);
    assert_true(got.state == STATE_outbox_delivered && got.delivered_at == RIG_NOW + 8);
    assert_int_equal(outbox_set_delivered(rig.store, 99, RIG_NOW), ERR_NOT_FOUND);
    end(&rig);
}

static void failure_report_ends_a_row_and_a_dead_row_can_be_kicked(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    struct outbox_row got;
    (void)state;
    begin(&rig, &alert);
    int64_t id = insert(&rig, &alert, URGENCY_soon, RIG_NOW);
    lease(&rig, 1, "1");
    assert_int_equal(settle(&rig, id, STATE_outbox_sent, "SM1"), 0);
    assert_int_equal(outbox_set_failed(rig.store, id, "30003"), 0);
    lease(&rig, 1, "");
    assert_int_equal(outbox_kick(rig.store, id, RIG_NOW), 0);
    assert_int_equal(outbox_get(rig.store, id, &got), 0);
    assert_true(got.attempt == 0 && got.due_at == RIG_NOW && got.state == STATE_outbox_queued);
    assert_int_equal(outbox_kick(rig.store, id, RIG_NOW - 1), 0);
    assert_int_equal(outbox_kick(rig.store, 99, RIG_NOW), ERR_NOT_FOUND);
    lease(&rig, 1, "1");
    assert_int_equal(outbox_kick(rig.store, id, RIG_NOW), ERR_CONFLICT);
    end(&rig);
}

static void repeated_remote_id_finds_the_newest_row(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    struct outbox_row got;
    (void)state;
    begin(&rig, &alert);
    insert(&rig, &alert, URGENCY_soon, RIG_NOW - 1);
    int64_t second = insert(&rig, &alert, URGENCY_soon, RIG_NOW);
    lease(&rig, 2, "1 2");
    assert_int_equal(settle(&rig, second, STATE_outbox_sent, "42"), 0);
    assert_int_equal(settle(&rig, 1, STATE_outbox_sent, "42"), 0);
    assert_int_equal(outbox_find_remote(rig.store, "hook", "42", &got), 0);
    assert_int_equal(got.id, second);
    end(&rig);
}

static void cancelling_a_case_spares_what_is_under_way_and_replies(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    (void)state;
    begin(&rig, &alert);
    int64_t under_way = insert(&rig, &alert, URGENCY_critical, RIG_NOW);
    lease(&rig, 1, "1");
    int64_t waiting = insert(&rig, &alert, URGENCY_soon, RIG_NOW);
    struct outbox_row reply = rig_outbox(&rig, &alert);
    reply.kind = OUTBOX_REPLY;
    reply.alert_id = 0;
    assert_int_equal(outbox_insert(rig.store, &reply), 0);
    assert_int_equal(outbox_cancel_case(rig.store, alert.case_id), 0);
    assert_int_equal(state_of(&rig, under_way), STATE_outbox_leased);
    assert_int_equal(state_of(&rig, waiting), STATE_outbox_cancelled);
    assert_int_equal(state_of(&rig, reply.id), STATE_outbox_queued);
    end(&rig);
}

static void cancelling_replies_leaves_alerts_and_what_is_under_way(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    int64_t counts[STATE_COUNT];
    int64_t replies[3];
    (void)state;
    begin(&rig, &alert);
    struct case_row other = rig_case(&rig, 2);
    assert_int_equal(cases_insert(rig.store, &other), 0);
    int64_t waiting_alert = insert(&rig, &alert, URGENCY_soon, RIG_NOW + 1);
    for (int i = 0; i < 3; i++) {
        struct outbox_row reply = rig_outbox(&rig, &alert);
        reply.kind = OUTBOX_REPLY;
        reply.alert_id = 0;
        reply.case_id = i == 2 ? other.id : alert.case_id;
        str_copy(reply.contact, sizeof reply.contact, i == 1 ? "ngo-desk" : "");
        assert_int_equal(outbox_insert(rig.store, &reply), 0);
        replies[i] = reply.id;
    }
    struct outbox_row leased = rig_outbox(&rig, &alert);
    leased.kind = OUTBOX_REPLY;
    leased.state = STATE_outbox_leased;
    leased.lease_until = RIG_NOW + 60;
    assert_int_equal(outbox_insert(rig.store, &leased), 0);
    assert_int_equal(outbox_cancel_replies(rig.store, alert.case_id), 0);
    assert_int_equal(state_of(&rig, replies[0]), STATE_outbox_cancelled);
    assert_int_equal(state_of(&rig, replies[1]), STATE_outbox_cancelled);
    assert_int_equal(state_of(&rig, replies[2]), STATE_outbox_queued);
    assert_int_equal(state_of(&rig, waiting_alert), STATE_outbox_queued);
    assert_int_equal(state_of(&rig, leased.id), STATE_outbox_leased);
    assert_int_equal(outbox_count(rig.store, counts), 0);
    assert_true(counts[STATE_outbox_cancelled] == 2 && counts[STATE_outbox_queued] == 2);
    assert_int_equal(outbox_cancel_replies(rig.store, 4711), 0);
    end(&rig);
}

static void row_of_alert_and_address_is_known_in_any_state(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    bool has = true;
    (void)state;
    begin(&rig, &alert);
    assert_int_equal(outbox_has(rig.store, alert.id, 0, &has), 0);
    assert_false(has);
    insert(&rig, &alert, URGENCY_soon, RIG_NOW);
    assert_int_equal(outbox_cancel_case(rig.store, alert.case_id), 0);
    assert_int_equal(outbox_has(rig.store, alert.id, 0, &has), 0);
    assert_true(has);
    assert_int_equal(outbox_has(rig.store, alert.id, 1, &has), 0);
    assert_false(has);
    end(&rig);
}

static void next_due_is_the_earliest_of_any_urgency(void **state)
{
    struct store_rig rig;
    struct alert_row alert;
    int64_t due_at = 0;
    (void)state;
    begin(&rig, &alert);
    assert_int_equal(outbox_next_due(rig.store, "hook", &due_at), ERR_NOT_FOUND);
    insert(&rig, &alert, URGENCY_critical, RIG_NOW + 30);
    insert(&rig, &alert, URGENCY_routine, RIG_NOW + 10);
    insert(&rig, &alert, URGENCY_soon, RIG_NOW + 20);
    assert_int_equal(outbox_next_due(rig.store, "hook", &due_at), 0);
    assert_int_equal(due_at, RIG_NOW + 10);
    assert_int_equal(outbox_next_due(rig.store, "mail", &due_at), ERR_NOT_FOUND);
    end(&rig);
}

static void lists_filter_order_and_page(void **state)
{
    static const struct {
        const char *label;
        struct outbox_filter filter;
        const char *want;
    } cases[] = {
        { "what is not settled", { .limit = 10 }, "6 5 4 2 1" },
        { "all", { .state = "all", .limit = 10 }, "6 5 4 3 2 1" },
        { "queued", { .state = "queued", .limit = 10 }, "6 5 4" },
        { "leased", { .state = "leased", .limit = 10 }, "1" },
        { "dead", { .state = "dead", .limit = 10 }, "2" },
        { "sent", { .state = "sent", .limit = 10 }, "3" },
        { "a page", { .before_id = 5, .limit = 2 }, "4 2" },
        { "a channel", { .channel = "mail", .limit = 10 }, "6" },
        { "a case", { .case_id = 1001, .state = "all", .limit = 10 }, "5 4 3 2 1" },
        { "a case, not settled", { .case_id = 1001, .limit = 3 }, "5 4 2" },
        { "an alert", { .alert_id = 2, .limit = 10 }, "6" },
        { "an alert of another case", { .alert_id = 2, .case_id = 1001, .limit = 10 }, "" },
        { "unknown word", { .state = "asleep", .limit = 10 }, "" },
    };
    struct store_rig rig;
    struct alert_row alert;
    int64_t counts[STATE_COUNT];
    (void)state;
    begin(&rig, &alert);
    for (int i = 0; i < 5; i++)
        insert(&rig, &alert, URGENCY_soon, RIG_NOW - 9 + i);
    struct case_row other = rig_case(&rig, 2);
    assert_int_equal(cases_insert(rig.store, &other), 0);
    struct alert_row second = rig_alert(&rig, other.id, 0);
    assert_int_equal(alerts_insert(rig.store, &second), 0);
    struct outbox_row mail = rig_outbox(&rig, &second);
    str_copy(mail.channel, sizeof mail.channel, "mail");
    assert_int_equal(outbox_insert(rig.store, &mail), 0);
    lease(&rig, 3, "1 2 3");
    assert_int_equal(settle(&rig, 2, STATE_outbox_dead, ""), 0);
    assert_int_equal(settle(&rig, 3, STATE_outbox_sent, ""), 0);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct listing listing = { 0 };
        assert_int_equal(outbox_list(rig.store, &cases[i].filter, note_id, &listing), 0);
        if (!str_equal(listing.text, cases[i].want))
            fail_msg("%s: got \"%s\"", cases[i].label, listing.text);
    }
    assert_int_equal(outbox_count(rig.store, counts), 0);
    assert_true(counts[STATE_outbox_queued] == 3 && counts[STATE_outbox_leased] == 1 &&
                counts[STATE_outbox_dead] == 1 && counts[STATE_outbox_sent] == 1);
    end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(lease_takes_the_worst_first_then_the_oldest_due),
        cmocka_unit_test(leased_row_carries_its_lease),
        cmocka_unit_test(stopped_lease_leaves_the_rest_queued),
        cmocka_unit_test(expired_leases_and_those_of_a_dead_worker_are_listed),
        cmocka_unit_test(many_expired_leases_are_all_seen_while_they_are_settled),
        cmocka_unit_test(settlement_fills_what_belongs_to_its_state),
        cmocka_unit_test(late_report_never_moves_a_row_backwards),
        cmocka_unit_test(failure_report_ends_a_row_and_a_dead_row_can_be_kicked),
        cmocka_unit_test(repeated_remote_id_finds_the_newest_row),
        cmocka_unit_test(cancelling_a_case_spares_what_is_under_way_and_replies),
        cmocka_unit_test(cancelling_replies_leaves_alerts_and_what_is_under_way),
        cmocka_unit_test(row_of_alert_and_address_is_known_in_any_state),
        cmocka_unit_test(next_due_is_the_earliest_of_any_urgency),
        cmocka_unit_test(lists_filter_order_and_page),
    };
    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
