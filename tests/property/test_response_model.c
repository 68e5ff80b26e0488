/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_response_model - whatever happens in whatever order, the line and a small model of it agree, and the promises
 * hold. What:  sequences of random events (texts of persons and responders, worker results, time, clocks that are set,
 * failed turns, crashes, reloads, acts of an administrator); after each turn every row is looked at.
 * Why:   escalation, consent, her rules and retries meet in more ways than a table of cases can name.
 * A run is repeated by RESPONSE_SEED=n, one sequence of it by RESPONSE_FIRST=n and RESPONSE_SEQUENCES=1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acts.h"
#include "gateway/core/auditor.h"
#include "gateway/core/consent.h"
#include "gateway/core/reports.h"
#include "gateway/store/audit.h"
#include "gateway/store/findings.h"
#include "tests/support/model_ref.h"

#define SEQUENCES_USUAL 1200 /* about twenty seconds */
#define EVENTS_MIN 8
#define EVENTS_MORE 24 /* up to EVENTS_MIN + this */
#define ROUND 64       /* sequences that use one store one after the other: the audit goes on over all of them */
#define ON_FILE 2      /* so many of them have it in a file */
#define IN_HAND_MAX 256
#define CONTACTS 4
#define ALERTS_MAX 1000

static const struct {
    const char *name, *number;
} contacts[CONTACTS] = { { "ngo", "+639171110001" }, { "watch", "+639171110002" }, { "house", "+639171110003" },
    { "embassy", "+639171110004" } };

struct run {
    struct model_rig rig;
    struct model_ref ref;
    unsigned in_hand;
    struct model_job jobs[IN_HAND_MAX]; /* with the worker that is connected */
    uint64_t events;
};

static uint32_t pick(struct run *run, uint32_t below)
{
    return model_ref_random(&run->ref, below);
}

/* ---- she writes ------------------------------------------------------------------------------------------------ */

static void person_writes(struct run *run)
{
    char id[32];
    int person = (int)(pick(run, 5) % REF_PERSONS);
    const struct ref_text *text = &model_ref_texts[pick(run, model_ref_text_count)];
    unsigned autos = model_ref_count_day(&run->ref, &run->rig);
    snprintf(id, sizeof id, "m%u", run->ref.next_id++);
    model_ref_trace("  person %d: \"%s\" (%s)", person, text->text, id);
    struct intake_result result = model_rig_text_in(&run->rig, model_ref_persons[person].number, text->text, id);
    model_ref_trace(" -> message %lld case %lld\n", (long long)result.message_id, (long long)result.case_id);
    model_ref_text(&run->ref, &run->rig, person, text, &result, autos);
}

/* The provider delivers a text again: nothing may come of it. */
static void provider_repeats(struct run *run)
{
    char id[32];
    if (run->ref.next_id == 1)
        return;
    snprintf(id, sizeof id, "m%u", 1 + pick(run, run->ref.next_id - 1));
    model_ref_trace("  provider repeats %s\n", id);
    if (!model_rig_text_in(&run->rig, model_ref_persons[0].number, "he will kill me", id).is_duplicate)
        model_ref_fail("a repeated message was taken for a new one");
}

/* ---- responders write ------------------------------------------------------------------------------------------ */

struct alerts {
    unsigned count;
    struct alert_row rows[ALERTS_MAX];
};

static int add_alert(void *context, const struct alert_row *row)
{
    struct alerts *alerts = context;
    alerts->rows[alerts->count++] = *row;
    return 0;
}

/* An alert to answer: mostly of that contact, mostly a new one. false: there is none at all. */
static bool pick_alert(struct run *run, const char *contact, struct alert_row *ret)
{
    static struct alerts all; /* large */
    all.count = 0;
    assert_int_equal(alerts_list(run->rig.core.store, 0, NULL, 0, ALERTS_MAX, add_alert, &all), 0);
    for (unsigned tries = 0; all.count && tries < 12; tries++) {
        *ret = all.rows[pick(run, pick(run, 4) ? (all.count < 6 ? all.count : 6) : all.count)];
        if (str_equal(ret->contact, contact) || tries == 11)
            return true;
    }
    return false;
}

static const struct {
    enum command_verb verb;
    const char *word, *rest;
} commands[] = {
    { COMMAND_TAKE, "OK", "" },
    { COMMAND_TAKE, "ok", "" },
    { COMMAND_DECLINE, "NO", "" },
    { COMMAND_END, "END", "she is home" },
    { COMMAND_END, "END", "" },
    { COMMAND_NOTE, "NOTE", "called her aunt" },
    { COMMAND_SAY, "SAY", "we are here" },
    { COMMAND_SAY, "SAY", "we are here" },
    { COMMAND_SAY, "SAY", "" },
    { COMMAND_FORCE, "FORCE", "life at risk: go out now" },
    { COMMAND_CONTACTED, "DONE", "" },
};

static void wrong_code(struct run *run, char *code)
{
    static const char letters[] = COMMAND_CODE_LETTERS;
    if (pick(run, 4) == 0)
        code[0] = '\0';
    else
        for (unsigned i = 0; i < COMMAND_CODE_LEN; i++)
            code[i] = letters[pick(run, sizeof letters - 1)];
}

static void contact_commands(struct run *run)
{
    char text[128], id[32], code[8];
    struct alert_row alert;
    unsigned who = pick(run, CONTACTS), which = pick(run, STR_COUNT(commands));
    /* After a reload its number may be a stranger's: not this test's matter. */
    if (!config_find_contact(run->rig.core.config, contacts[who].name) || !pick_alert(run, contacts[who].name, &alert))
        return;
    str_copy(code, sizeof code, alert.code);
    if (pick(run, 5) == 0)
        wrong_code(run, code);
    if (pick(run, 12) == 0) /* the right code with the number of another case */
        alert.case_id = run->ref.cases[pick(run, run->ref.case_count)].id;
    enum model_judgement judged = model_ref_judge(&run->rig, contacts[who].name, alert.case_id, code);
    model_ref_look(&run->ref, &run->rig);
    snprintf(
        text, sizeof text, "%s %lld %s %s", commands[which].word, (long long)alert.case_id, code, commands[which].rest);
    snprintf(id, sizeof id, "m%u", run->ref.next_id++);
    model_ref_trace("  %s: \"%s\" (%s)%s\n", contacts[who].name, text, id, judged == JUDGED_RIGHT ? "" : " wrong");
    struct intake_result result = model_rig_text_in(&run->rig, contacts[who].number, text, id);
    if (run->ref.message_count < REF_MESSAGES_MAX)
        run->ref.messages[run->ref.message_count++] = result.message_id;
    bool is_guessed = code[0] || commands[which].rest[0];
    if (judged == JUDGED_VOIDS && is_guessed)
        model_ref_void(&run->ref, contacts[who].name, alert.case_id);
    if (judged == JUDGED_RIGHT)
        model_ref_command(&run->ref, &run->rig, contacts[who].name, commands[which].verb, alert.case_id,
            commands[which].rest[0] != '\0');
    model_ref_look(&run->ref, &run->rig);
    if (model_ref_count_replies(&run->ref, result.message_id))
        model_ref_fail("a responder got an automatic reply");
}

/* "ok" alone, ON, OFF, chat: nothing happens to a case. */
static void contact_chats(struct run *run)
{
    static const char *const texts[] = { "ok", "ON", "OFF", "thanks", "OK 9999 KTRM", "no", "stop", "I will be late" };
    char id[32];
    unsigned who = pick(run, CONTACTS);
    const char *text = texts[pick(run, STR_COUNT(texts))];
    if (!config_find_contact(run->rig.core.config, contacts[who].name))
        return;
    snprintf(id, sizeof id, "m%u", run->ref.next_id++);
    model_ref_trace("  %s: \"%s\"\n", contacts[who].name, text);
    (void)model_rig_text_in(&run->rig, contacts[who].number, text, id);
}

/* ---- an administrator acts ------------------------------------------------------------------------------------- */

static struct act act_on(struct run *run, const struct ref_case *c, struct buf *answer)
{
    struct act act = {
        .core = &run->rig.core, .actor = "uid:1000", .contact = "", .now_ms = run->rig.now_ms, .answer = answer
    };
    assert_int_equal(cases_get(run->rig.core.store, c->id, &act.row), 0);
    return act;
}

static void join(struct run *run, struct ref_case *c, struct act *act)
{
    struct ref_case *other = &run->ref.cases[pick(run, run->ref.case_count)];
    int rc = act_join(act, other->id);
    bool may = other != c && other->state != REF_CLOSED && c->state != REF_CLOSED;
    model_ref_trace("  joins %lld into %lld: %d\n", (long long)other->id, (long long)c->id, rc);
    assert_int_equal(rc, may ? 0 : ERR_REFUSED);
    if (!may)
        return;
    model_ref_close(other, c->id, run->rig.now_ms);
    c->flags |= other->flags;
    c->urgency = other->urgency > c->urgency ? other->urgency : c->urgency;
}

static void flag(struct run *run, struct ref_case *c, struct act *act)
{
    bool is_set = pick(run, 2);
    model_ref_trace("  flags %lld %cno_reply\n", (long long)c->id, is_set ? '+' : '-');
    assert_int_equal(act_flag(act, FLAG_no_reply, is_set), 0);
    c->flags = is_set ? c->flags | FLAG_BIT(no_reply) : c->flags & ~FLAG_BIT(no_reply);
}

static void override(struct run *run, struct ref_case *c, struct act *act)
{
    unsigned released;
    model_ref_trace("  overrides consent of %lld\n", (long long)c->id);
    assert_int_equal(consent_release(&run->rig.core, &act->row, CONSENT_BY_OVERRIDE, act->actor,
                         span_of("life at risk"), run->rig.now_ms, &released),
        0);
    c->consent = STATE_consent_override;
}

static void administrator_acts(struct run *run)
{
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    if (!run->ref.case_count)
        return;
    struct ref_case *c = &run->ref.cases[pick(run, run->ref.case_count)];
    struct act act = act_on(run, c, &answer);
    bool is_over = c->state == REF_CLOSED;
    switch (pick(run, 6)) {
    case 0:
        if (!is_over)
            override(run, c, &act);
        break;
    case 1:
        model_ref_trace("  ends %lld\n", (long long)c->id);
        assert_int_equal(act_end(&act, span_of("done")), is_over ? ERR_REFUSED : 0);
        if (!is_over)
            model_ref_close(c, 0, run->rig.now_ms);
        break;
    case 2:
        model_ref_trace("  assigns %lld\n", (long long)c->id);
        is_over = is_over || (c->state == REF_TAKEN && str_equal(c->holder, "house"));
        assert_int_equal(act_assign(&act, "house"), is_over ? ERR_REFUSED : 0);
        c->contact_at = is_over ? c->contact_at : 0;
        if (!is_over)
            model_ref_take(&run->ref, c, "house", run->rig.now_ms);
        break;
    case 3:
        join(run, c, &act);
        break;
    default:
        flag(run, c, &act);
    }
}

/* ---- the auditor agrees ---------------------------------------------------------------------------------------- */

static int refuse_finding(void *context, const struct finding_row *row)
{
    static const char *const never[] = { "critical_without_step", "taken_without_resume", "taken_by_nobody" };
    (void)context;
    for (size_t i = 0; i < STR_COUNT(never); i++)
        if (str_equal(row->kind, never[i]))
            model_ref_fail("the auditor found %s (%s)", row->kind, row->object);
    return 0;
}

static void auditor_looks(struct run *run)
{
    unsigned open;
    model_ref_trace("  audit\n");
    assert_int_equal(auditor_run(&run->rig.core, run->rig.now_ms, &open), 0);
    assert_int_equal(findings_list(run->rig.core.store, true, 1000, refuse_finding, NULL), 0);
}

/* ---- delivery reports ------------------------------------------------------------------------------------------ */

static int note_sent(void *context, const struct outbox_row *row)
{
    struct run *run = ((void **)context)[0];
    struct outbox_row *found = ((void **)context)[1];
    if (row->remote_id[0] && (!found->id || pick(run, 4) == 0))
        *found = *row;
    return 0;
}

static void provider_reports(struct run *run)
{
    struct delivery_report report = { .status = REPORT_DELIVERED };
    struct outbox_row row = { 0 };
    struct outbox_filter filter = { .state = "all", .limit = 1000 };
    void *context[] = { run, &row };
    assert_int_equal(outbox_list(run->rig.core.store, &filter, note_sent, context), 0);
    if (!row.id)
        return;
    unsigned which = pick(run, 5);
    report.status = which == 0 ? REPORT_FAILED : which == 1 ? REPORT_FAILED_TEMPORARY : REPORT_DELIVERED;
    if (which == 2 && row.kind == OUTBOX_REPLY)
        report.status = REPORT_OPTED_OUT;
    str_copy(report.remote_id, sizeof report.remote_id, row.remote_id);
    model_ref_trace("  report of row %lld: %d\n", (long long)row.id, (int)report.status);
    if (report.status != REPORT_DELIVERED)
        model_ref_undelivered(&run->ref, &row, run->rig.now_ms);
    assert_int_equal(reports_receive(&run->rig.core, row.channel, &report, run->rig.now_ms), 0);
}

/* ---- a turn ---------------------------------------------------------------------------------------------------- */

static void one_request(struct run *run)
{
    uint32_t kind = pick(run, 100);
    if (kind < 38)
        person_writes(run);
    else if (kind < 74)
        contact_commands(run);
    else if (kind < 80)
        contact_chats(run);
    else if (kind < 86)
        administrator_acts(run);
    else if (kind < 92)
        provider_reports(run);
    else if (kind < 96)
        provider_repeats(run);
    else
        auditor_looks(run);
}

static void all_requests(void *context)
{
    struct run *run = context;
    uint32_t kind = pick(run, 10), count = kind < 3 ? 0 : kind < 8 ? 1 : 2;
    for (uint32_t i = 0; i < count; i++)
        one_request(run);
    model_ref_settle(&run->ref, &run->rig);
}

static void take_jobs(struct run *run)
{
    while (run->in_hand < IN_HAND_MAX && model_rig_take_job(&run->rig, &run->jobs[run->in_hand])) {
        const struct model_job *job = &run->jobs[run->in_hand++];
        model_ref_trace("  job %lld-%d\n", (long long)job->outbox_id, job->attempt);
        model_ref_job(&run->ref, &run->rig, job);
    }
}

/* The process that had them is gone, so nobody can answer them any more. */
static void forget_jobs(struct run *run)
{
    run->in_hand = 0;
    run->ref.result_count = 0;
}

static void turn(struct run *run)
{
    static struct model_ref before; /* large */
    uint32_t how = pick(run, 40);
    before = run->ref;
    if (how == 0 || how == 1) {
        model_ref_trace(how ? " the process ends within a turn\n" : " a turn fails:\n");
        model_rig_turn(&run->rig, how ? TURN_CRASHES_BEFORE_COMMIT : TURN_FAILS, all_requests, run);
        run->ref = before;
        if (how)
            forget_jobs(run);
        model_ref_check(&run->ref, &run->rig, true);
        model_ref_trace(" again:\n");
    }
    model_rig_turn(&run->rig, how == 2 ? TURN_CRASHES_AFTER_COMMIT : TURN_COMMITS, all_requests, run);
    if (how == 2) {
        model_ref_trace(" the process ends after the commit\n");
        forget_jobs(run);
    }
    take_jobs(run);
    model_ref_check(&run->ref, &run->rig, how == 2);
    run->events++;
}

/* ---- what happens between turns -------------------------------------------------------------------------------- */

static const struct {
    const char *kind;
    int status;
    bool is_sent, is_nothing_out;
} answers[] = {
    { "answered", 200, true, false },
    { "answered", 200, true, false },
    { "answered", 200, true, false },
    { "answered", 400, false, true },
    { "answered", 429, false, true },
    { "answered", 503, false, true },
    { "answered", 500, false, false },
    { "not_sent", 0, false, true },
    { "unknown", 0, false, false },
};

static void answer_job(struct run *run, unsigned which)
{
    struct model_job job = run->jobs[which];
    unsigned how = pick(run, STR_COUNT(answers));
    run->jobs[which] = run->jobs[--run->in_hand];
    if (run->ref.result_count == REF_RESULTS_MAX)
        return;
    model_ref_trace(
        "  answer %lld-%d: %s %d\n", (long long)job.outbox_id, job.attempt, answers[how].kind, answers[how].status);
    model_rig_answer(&run->rig, &job, answers[how].kind, answers[how].status);
    run->ref.results[run->ref.result_count++] = (struct ref_result){ job.outbox_id, job.attempt, answers[how].is_sent };
    if (answers[how].is_nothing_out && job.outbox_id < REF_ROWS_MAX)
        run->ref.rows[job.outbox_id].may_be_out = false;
}

/* A worker may also forget a job for ever: its lease ends. */
static void worker_answers(struct run *run)
{
    for (unsigned i = run->in_hand; i > 0; i--)
        if (pick(run, 4))
            answer_job(run, i - 1);
}

/* The jobs of a connection that ends come back as unknown. */
static void worker_dies(struct run *run)
{
    model_ref_trace(" the worker dies\n");
    model_rig_drop_worker(&run->rig);
    run->in_hand = 0;
    if (pick(run, 3))
        model_rig_connect_worker(&run->rig);
}

static void time_passes(struct run *run)
{
    static const int64_t minutes[] = { 0, 0, 1, 2, 5, 6, 10, 11, 15, 16, 31, 61, 61, 120, 360, 1441, 1500, 21 * 1440 };
    int64_t span_ms = minutes[pick(run, STR_COUNT(minutes))] * 60000 + (int64_t)pick(run, 4000);
    model_rig_pass(&run->rig, span_ms);
    model_ref_trace("+%lld s\n", (long long)(span_ms / 1000));
}

static void clock_is_set(struct run *run)
{
    static const int64_t minutes[] = { -1440, -61, -20, -1, 1, 20, 61, 1500, 20 * 1440 };
    int64_t span_ms = minutes[pick(run, STR_COUNT(minutes))] * 60000;
    model_rig_jump(&run->rig, span_ms);
    model_ref_trace(" the clock is set by %lld s\n", (long long)(span_ms / 1000));
}

static void something_happens(struct run *run)
{
    switch (pick(run, 48)) {
    case 0:
        clock_is_set(run);
        break;
    case 1:
        worker_dies(run);
        break;
    case 2:
        model_ref_trace(" restart\n");
        model_rig_restart(&run->rig);
        forget_jobs(run);
        break;
    case 3:
        model_ref_trace(" reload\n");
        model_rig_reload(&run->rig, pick(run, MODEL_RIG_CONFIGS));
        break;
    case 4:
        model_rig_connect_worker(&run->rig);
        break;
    default:
        break;
    }
    time_passes(run);
    worker_answers(run);
}

/* The audit of all the sequences that used this store. */
static void check_store(struct run *run)
{
    int64_t count, first_bad;
    if (audit_verify(run->rig.core.store, &count, &first_bad) != 0)
        model_ref_fail("the audit chain is broken at %lld", (long long)first_bad);
    if (run->rig.is_on_file)
        assert_int_equal(store_check(run->rig.core.store, &run->rig.base.error), 0);
}

static void one_sequence(struct run *run, uint64_t seed, int64_t number)
{
    uint64_t own = (seed + (uint64_t)number * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    own ^= own >> 29;
    model_ref_trace_clear();
    model_ref_trace(
        "RESPONSE_SEED=%llu RESPONSE_FIRST=%lld RESPONSE_SEQUENCES=1\n", (unsigned long long)seed, (long long)number);
    model_ref_init(&run->ref, own);
    run->in_hand = 0;
    model_rig_begin(&run->rig, number % ROUND < ON_FILE, own ^ 0x5555);
    for (uint32_t events = EVENTS_MIN + pick(run, EVENTS_MORE); events > 0; events--) {
        something_happens(run);
        turn(run);
    }
    model_ref_check(&run->ref, &run->rig, true);
    bool is_last = number % ROUND == ON_FILE - 1 || number % ROUND == ROUND - 1;
    if (!is_last) {
        model_rig_rest(&run->rig);
        return;
    }
    check_store(run);
    model_rig_end(&run->rig);
}

/* ---- main ------------------------------------------------------------------------------------------------------ */

static int64_t number_of(const char *name, int64_t fallback)
{
    const char *text = getenv(name);
    int64_t number = fallback;
    if (text && str_to_int64(text, 0, INT64_MAX, &number) != 0)
        fail_msg("%s is no number", name);
    return number;
}

static void line_and_model_agree_after_random_events(void **state)
{
    int64_t seed = number_of("RESPONSE_SEED", (int64_t)time(NULL)), first = number_of("RESPONSE_FIRST", 0);
    int64_t count = number_of("RESPONSE_SEQUENCES", SEQUENCES_USUAL);
    struct run *run = calloc(1, sizeof *run);
    (void)state;
    assert_non_null(run);
    print_message("# RESPONSE_SEED=%lld RESPONSE_SEQUENCES=%lld\n", (long long)seed, (long long)count);
    log_set_level(LOG_LEVEL_ERROR);
    model_rig_open(&run->rig, NULL);
    for (int64_t i = 0; i < count; i++)
        one_sequence(run, (uint64_t)seed, first + i);
    if (run->rig.base.store)
        check_store(run);
    model_rig_end(&run->rig);
    model_rig_close(&run->rig);
    print_message("# %lld sequences, %llu turns\n", (long long)count, (unsigned long long)run->events);
    free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_and_model_agree_after_random_events),
    };
    return cmocka_run_group_tests_name("response model", tests, NULL, NULL);
}
