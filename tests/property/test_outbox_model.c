/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_outbox_model - random moves on the outbox and on a small model of it end in the same rows.
 * What:  some rows; every operation with any argument, wanted or not; turns that are committed, rolled back or
 * partly undone; now and then the store is closed and opened. After each turn all rows and totals are compared. Why:
 * the states have more paths than a table of cases can name. The seed is printed: OUTBOX_SEED=n repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

#define ROWS_MAX 300
#define TURNS 400
#define OPERATIONS_A_TURN 12

struct model_row {
    enum state state;
    enum urgency urgency;
    int64_t due_at, lease_until;
    int attempt;
    int worker; /* 0 = none */
    bool was_sent;
};
struct model {
    int count;
    struct model_row rows[ROWS_MAX + 1]; /* by id */
};

struct run {
    struct store_rig rig;
    struct alert_row alert;
    struct model model;
    uint64_t random;
    int64_t now_ms;
};

static uint64_t next_random(struct run *run)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return run->random;
}

static int pick(struct run *run, int limit)
{
    return (int)(next_random(run) % (uint64_t)limit);
}

static const char *worker_name(int worker)
{
    return worker == 0 ? "" : worker == 1 ? "sender-1" : "sender-2";
}

/* ---- the operations, each on the store and on the model ---- */

static void do_insert(struct run *run)
{
    if (run->model.count == ROWS_MAX)
        return;
    struct outbox_row row = rig_outbox(&run->rig, &run->alert);
    row.urgency = (enum urgency)pick(run, URGENCY_COUNT);
    row.due_at = run->now_ms + pick(run, 20) - 10;
    assert_int_equal(row.id, run->model.count + 1);
    assert_int_equal(outbox_insert(run->rig.store, &row), 0);
    run->model.rows[++run->model.count] =
        (struct model_row){ STATE_outbox_queued, row.urgency, row.due_at, 0, 0, 0, false };
}

/* The queued and due row that must come next: worst, then earliest, then lowest id; 0 = none. */
static int next_of_model(const struct run *run)
{
    int best = 0;
    for (int id = 1; id <= run->model.count; id++) {
        const struct model_row *row = &run->model.rows[id], *leader = &run->model.rows[best];
        if (row->state != STATE_outbox_queued || row->due_at > run->now_ms)
            continue;
        if (best == 0 || row->urgency > leader->urgency ||
            (row->urgency == leader->urgency && row->due_at < leader->due_at))
            best = id;
    }
    return best;
}

struct leasing {
    struct run *run;
    int worker;
    int64_t lease_until;
    int count;
};

static int check_leased(void *context, const struct outbox_row *row)
{
    struct leasing *leasing = context;
    int id = next_of_model(leasing->run);
    struct model_row *model = &leasing->run->model.rows[id];
    if (row->id != id)
        fail_msg("row %d was leased, the model expects %d", (int)row->id, id);
    *model = (struct model_row){ STATE_outbox_leased, model->urgency, model->due_at, leasing->lease_until,
        model->attempt + 1, leasing->worker, model->was_sent };
    leasing->count++;
    return 0;
}

static void do_lease(struct run *run)
{
    int limit = 1 + pick(run, 5);
    struct leasing leasing = { run, 1 + pick(run, 2), run->now_ms + 1 + pick(run, 15), 0 };
    assert_int_equal(outbox_lease(run->rig.store, "hook", run->now_ms, leasing.lease_until, worker_name(leasing.worker),
                         (unsigned)limit, check_leased, &leasing),
        0);
    if (leasing.count < limit)
        assert_int_equal(next_of_model(run), 0);
}

/* A move from one of the states of `from` (a bit set) gives 0 and the new state, from any other ERR_CONFLICT. */
static struct model_row *expect_move(struct run *run, int id, unsigned from, int code)
{
    struct model_row *row = &run->model.rows[id];
    if (id < 1 || id > run->model.count) {
        assert_int_equal(code, ERR_NOT_FOUND);
        return NULL;
    }
    bool is_allowed = (from & 1u << (row->state - STATE_outbox_queued)) != 0;
    assert_int_equal(code, is_allowed ? 0 : ERR_CONFLICT);
    return is_allowed ? row : NULL;
}

#define FROM(word) (1u << (STATE_outbox_##word - STATE_outbox_queued))

static void unlease(struct model_row *row, enum state state)
{
    row->state = state;
    row->lease_until = 0;
    row->worker = 0;
}

static void do_settle(struct run *run, int id)
{
    static const enum state states[] = { STATE_outbox_sent, STATE_outbox_queued, STATE_outbox_dead };
    struct outbox_settlement settlement = { .id = id,
        .state = states[pick(run, 3)],
        .outcome = OUTCOME_sent,
        .provider_code = "",
        .remote_id = "",
        .due_at = run->now_ms + pick(run, 9),
        .now_ms = run->now_ms };
    struct model_row *row = expect_move(run, id, FROM(leased), outbox_settle(run->rig.store, &settlement));
    if (row == NULL)
        return;
    unlease(row, settlement.state);
    row->was_sent = row->was_sent || settlement.state == STATE_outbox_sent;
    if (settlement.state == STATE_outbox_queued)
        row->due_at = settlement.due_at;
}

static void do_small_move(struct run *run, int id, int which)
{
    struct store *store = run->rig.store;
    struct model_row *row = NULL;
    bool came_after_all = id >= 1 && id <= run->model.count && run->model.rows[id].was_sent;
    switch (which) {
    case 0:
        if ((row = expect_move(run, id, FROM(leased), outbox_return(store, id))) != NULL) {
            unlease(row, STATE_outbox_queued);
            row->attempt--;
        }
        break;
    case 1:
        if ((row = expect_move(run, id, FROM(sent) | (came_after_all ? FROM(dead) : 0),
                 outbox_set_delivered(store, id, run->now_ms))) != NULL)
            row->state = STATE_outbox_delivered;
        break;
    case 2:
        if ((row = expect_move(run, id, FROM(sent), outbox_set_failed(store, id, "x"))) != NULL)
            row->state = STATE_outbox_dead;
        break;
    case 3:
        if ((row = expect_move(run, id, FROM(dead) | FROM(queued), outbox_kick(store, id, run->now_ms))) != NULL) {
            row->state = STATE_outbox_queued;
            row->due_at = run->now_ms;
            row->attempt = 0;
        }
        break;
    default:
        if ((row = expect_move(run, id, FROM(leased), outbox_cancel(store, id))) != NULL)
            unlease(row, STATE_outbox_cancelled);
        break;
    }
}

static void do_cancel_case(struct run *run)
{
    assert_int_equal(outbox_cancel_case(run->rig.store, run->alert.case_id), 0);
    for (int id = 1; id <= run->model.count; id++)
        if (run->model.rows[id].state == STATE_outbox_queued)
            run->model.rows[id].state = STATE_outbox_cancelled;
}

static int requeue_expired(void *context, const struct outbox_row *row)
{
    struct run *run = context;
    struct model_row *model = &run->model.rows[row->id];
    assert_true(model->state == STATE_outbox_leased && model->lease_until <= run->now_ms);
    unlease(model, STATE_outbox_queued);
    model->due_at = run->now_ms;
    struct outbox_settlement settlement = { .id = row->id,
        .state = STATE_outbox_queued,
        .outcome = OUTCOME_uncertain,
        .due_at = run->now_ms,
        .may_be_repeated = true };
    return outbox_settle(run->rig.store, &settlement);
}

static void do_expire(struct run *run)
{
    assert_int_equal(outbox_list_expired(run->rig.store, run->now_ms, NULL, requeue_expired, run), 0);
    for (int id = 1; id <= run->model.count; id++)
        assert_false(
            run->model.rows[id].state == STATE_outbox_leased && run->model.rows[id].lease_until <= run->now_ms);
}

static void do_something(struct run *run)
{
    int id = pick(run, run->model.count + 2), kind = pick(run, 40);
    if (kind < 4)
        do_insert(run);
    else if (kind < 14)
        do_lease(run);
    else if (kind < 24)
        do_settle(run, id);
    else if (kind < 38)
        do_small_move(run, id, kind % 5);
    else if (kind == 38)
        do_expire(run);
    else if (pick(run, 10) == 0)
        do_cancel_case(run);
}

/* ---- comparing ---- */

static void compare(struct run *run)
{
    int64_t counts[STATE_COUNT], want[STATE_COUNT] = { 0 };
    for (int id = 1; id <= run->model.count; id++) {
        const struct model_row *model = &run->model.rows[id];
        struct outbox_row row;
        assert_int_equal(outbox_get(run->rig.store, id, &row), 0);
        bool fits = row.state == model->state && row.due_at == model->due_at && row.lease_until == model->lease_until &&
                    row.attempt == model->attempt && str_equal(row.worker, worker_name(model->worker));
        if (!fits)
            fail_msg("row %d: %s due %lld attempt %d, the model has %s due %lld attempt %d", id, state_word(row.state),
                (long long)row.due_at, row.attempt, state_word(model->state), (long long)model->due_at, model->attempt);
        want[model->state]++;
    }
    assert_int_equal(outbox_count(run->rig.store, counts), 0);
    assert_memory_equal(counts, want, sizeof counts);
}

static void do_operations(struct run *run)
{
    for (int i = pick(run, OPERATIONS_A_TURN); i >= 0; i--)
        do_something(run);
}

static void do_turn(struct run *run)
{
    struct model before = run->model;
    assert_int_equal(store_begin(run->rig.store), 0);
    do_operations(run);
    assert_int_equal(store_savepoint(run->rig.store), 0);
    struct model inside = run->model;
    do_operations(run);
    if (pick(run, 3) == 0) {
        store_undo(run->rig.store);
        run->model = inside;
    } else {
        assert_int_equal(store_release(run->rig.store), 0);
    }
    if (pick(run, 4) == 0) {
        store_rollback(run->rig.store);
        run->model = before;
    } else {
        assert_int_equal(store_commit(run->rig.store), 0);
    }
    run->now_ms += pick(run, 8);
}

static void outbox_and_model_agree_after_random_moves(void **state)
{
    const char *text = getenv("OUTBOX_SEED");
    int64_t seed = (int64_t)time(NULL);
    struct run run = { .now_ms = RIG_NOW };
    (void)state;
    if (text != NULL && str_to_int64(text, 1, INT64_MAX, &seed) != 0)
        fail_msg("OUTBOX_SEED is no number");
    print_message("OUTBOX_SEED=%lld\n", (long long)seed);
    run.random = (uint64_t)seed * 0x9e3779b97f4a7c15u | 1;
    rig_open(&run.rig);
    assert_int_equal(store_begin(run.rig.store), 0);
    struct case_row row = rig_case(&run.rig, 1);
    assert_int_equal(cases_insert(run.rig.store, &row), 0);
    run.alert = rig_alert(&run.rig, row.id, 0);
    assert_int_equal(alerts_insert(run.rig.store, &run.alert), 0);
    assert_int_equal(store_commit(run.rig.store), 0);
    for (int turn = 0; turn < TURNS; turn++) {
        do_turn(&run);
        if (pick(&run, 25) == 0)
            assert_int_equal(rig_reopen(&run.rig), 0);
        compare(&run);
    }
    assert_int_equal(store_check(run.rig.store, &run.rig.error), 0);
    rig_close(&run.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outbox_and_model_agree_after_random_moves),
    };
    return cmocka_run_group_tests_name("outbox model", tests, NULL, NULL);
}
