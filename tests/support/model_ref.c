/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_ref - see model_ref.h: what happens. What must hold is in model_check.c. */
#include "tests/support/model_ref.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/responders.h"

#define TRACE_MAX (256u << 10)
#define DAY_MS (24LL * 60 * 60 * 1000)
#define WINDOW_MS DAY_MS /* of model_rig_text */
#define BUDGET 2
#define CONTACTED_MS (15 * 60 * 1000)
#define SILENCE_MS (14 * DAY_MS)

const struct ref_text model_ref_texts[] = {
    { "he will kill me", true, URGENCY_critical, INTENT_help, 0, false },
    { "he beats me", true, URGENCY_urgent, INTENT_help, 0, false },
    { "no salary", true, URGENCY_soon, INTENT_help, 0, false },
    { "zzq wwk ggp", true, URGENCY_urgent, INTENT_help, 0, false },
    { "he beats me dont reply", true, URGENCY_urgent, INTENT_help, FLAG_BIT(no_reply), false },
    { "no salary borrowed phone", true, URGENCY_soon, INTENT_help, FLAG_BIT(borrowed_phone), false },
    { "he beats me after 11pm", true, URGENCY_urgent, INTENT_help, FLAG_BIT(safe_time), false },
    { "stop", false, URGENCY_routine, INTENT_stop, 0, false },
    { "start", false, URGENCY_routine, INTENT_start, 0, false },
    { "yes", false, URGENCY_routine, INTENT_yes, 0, false },
    { "no", false, URGENCY_routine, INTENT_no, 0, false },
    { "i am safe", false, URGENCY_routine, INTENT_safe, 0, false },
    { "thank you", false, URGENCY_routine, INTENT_thanks, 0, false },
    { "winner prize loan", false, URGENCY_routine, INTENT_not_help, 0, false },
    { "auto-reply: he beats me", true, URGENCY_urgent, INTENT_help, 0, true },
};
const unsigned model_ref_text_count = STR_COUNT(model_ref_texts);

const struct ref_person model_ref_persons[REF_PERSONS] = {
    { "+966505550123", "SA", true, false, 0, 0 }, { "+966505550124", "SA", true, false, 0, 0 },
    { "+639175550125", "", true, false, 0, 0 }, /* a relative at home */
    { "4455", "", false, false, 0, 0 },         /* a short code */
};

/* ---- trace ----------------------------------------------------------------------------------------------------- */

static struct {
    size_t len;
    char text[TRACE_MAX];
} trace;

void model_ref_trace_clear(void)
{
    trace.len = 0;
    trace.text[0] = '\0';
}

void model_ref_trace(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(trace.text + trace.len, TRACE_MAX - trace.len, format, args);
    va_end(args);
    if (len > 0 && trace.len + (size_t)len < TRACE_MAX)
        trace.len += (size_t)len;
}

void model_ref_fail(const char *format, ...)
{
    char sentence[512];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    fprintf(stderr, "%s\n", trace.text);
    fail_msg("%s", sentence);
    abort();
}

/* ---- small things ---------------------------------------------------------------------------------------------- */

void model_ref_init(struct model_ref *ref, uint64_t seed)
{
    memset(ref, 0, sizeof *ref);
    ref->random = seed | 1;
    ref->next_id = 1;
    memcpy(ref->persons, model_ref_persons, sizeof ref->persons);
}

uint32_t model_ref_random(struct model_ref *ref, uint32_t below)
{
    ref->random ^= ref->random >> 12;
    ref->random ^= ref->random << 25;
    ref->random ^= ref->random >> 27;
    return (uint32_t)(ref->random * 0x2545f4914f6cdd1dULL >> 32) % below;
}

struct ref_case *model_ref_case(struct model_ref *ref, int64_t id)
{
    for (unsigned i = 0; i < ref->case_count; i++)
        if (ref->cases[i].id == id)
            return &ref->cases[i];
    return NULL;
}

/* Her open case, or the one that a person joined her last one to. */
struct ref_case *model_ref_open_case(struct model_ref *ref, int person)
{
    struct ref_case *last = NULL;
    for (unsigned i = 0; i < ref->case_count; i++) {
        struct ref_case *c = &ref->cases[i];
        if (c->person == person && c->state != REF_CLOSED)
            return c;
        if (c->person == person && (!last || c->closed_at >= last->closed_at))
            last = c;
    }
    while (last && last->state == REF_CLOSED && last->joined_to)
        last = model_ref_case(ref, last->joined_to);
    return last && last->state != REF_CLOSED ? last : NULL;
}

/* 23:00 to 04:00 in Saudi Arabia; nobody knows the clock where a relative is. */
static bool is_her_hour(const struct ref_case *c, int64_t now_ms)
{
    int64_t minute = (now_ms / 60000 + 180) % 1440;
    return c->is_in_country && (minute >= 1380 || minute < 240);
}

bool model_ref_may_send(const struct model_ref *ref, const struct ref_case *c, int who, int64_t now_ms)
{
    const struct ref_person *person = &ref->persons[who];
    if (!person->is_answerable || person->is_stopped)
        return false;
    if (c->flags & (FLAG_BIT(no_reply) | FLAG_BIT(borrowed_phone) | FLAG_BIT(other_number)))
        return false;
    return !(c->flags & FLAG_BIT(safe_time)) || is_her_hour(c, now_ms);
}

unsigned model_ref_count_day(const struct model_ref *ref, struct model_rig *rig)
{
    unsigned count = 0;
    struct outbox_row row;
    for (unsigned i = 0; i < ref->auto_count; i++) {
        if (ref->autos[i].created_at < rig->now_ms - DAY_MS)
            continue;
        assert_int_equal(outbox_get(rig->core.store, ref->autos[i].row_id, &row), 0);
        count += row.state != STATE_outbox_cancelled;
    }
    return count;
}

unsigned model_ref_count_replies(const struct model_ref *ref, int64_t message_id)
{
    unsigned count = 0;
    for (unsigned i = 0; i < ref->auto_count; i++)
        count += ref->autos[i].message_id == message_id;
    return count;
}

/* ---- she writes ------------------------------------------------------------------------------------------------ */

static struct ref_case *new_case(struct model_ref *ref, int person, const struct ref_text *text, int64_t id)
{
    if (ref->case_count == REF_CASES_MAX)
        model_ref_fail("the model has no room for another case");
    struct ref_case *c = &ref->cases[ref->case_count++];
    *c = (struct ref_case){ .id = id,
        .person = person,
        .last_person = person,
        .consent = STATE_consent_none,
        .urgency = text->urgency,
        .flags = text->flags };
    return c;
}

static void answer_question(struct model_ref *ref, struct ref_case *c, int who, bool is_yes, bool is_doubtful)
{
    struct ref_person *person = &ref->persons[who];
    if (person->asked_case != c->id || c->consent != STATE_consent_asked || (is_yes && is_doubtful))
        return;
    person->asked_case = 0;
    c->consent = is_yes ? STATE_consent_yes : STATE_consent_no;
}

static int count_held(void *context, const struct alert_row *row)
{
    *(unsigned *)context += row->state == STATE_alert_held;
    return 0;
}

static void expect_reply(struct model_ref *ref, struct model_rig *rig, struct ref_case *c, const struct ref_text *text,
    const struct intake_result *result, unsigned autos_before)
{
    struct ref_person *person = &ref->persons[c->last_person];
    unsigned held = 0;
    model_ref_look(ref, rig);
    unsigned got = model_ref_count_replies(ref, result->message_id);
    assert_int_equal(alerts_list(rig->core.store, c->id, NULL, 0, 1000, count_held, &held), 0);
    bool is_question = c->consent == STATE_consent_none && held && !(c->flags & FLAG_BIT(third_party));
    bool is_neutral = rig->core.config == rig->configs[0];
    bool may = text->is_help && !text->is_automatic && model_ref_may_send(ref, c, c->last_person, rig->now_ms) &&
               !(person->last_auto_at && rig->now_ms - person->last_auto_at < WINDOW_MS) && autos_before < BUDGET;
    unsigned want = may && (is_question || is_neutral);
    if (got != want)
        model_ref_fail(
            "message %lld got %u automatic replies, the model expects %u", (long long)result->message_id, got, want);
    if (!want)
        return;
    person->last_auto_at = rig->now_ms;
    if (is_question) {
        person->asked_case = c->id;
        c->consent = STATE_consent_asked;
    }
}

void model_ref_text(struct model_ref *ref, struct model_rig *rig, int person, const struct ref_text *text,
    const struct intake_result *result, unsigned autos_before)
{
    struct ref_case *c = model_ref_open_case(ref, person);
    bool is_doubtful = c && rig->now_ms - c->last_text_at > SILENCE_MS;
    if (result->is_duplicate)
        model_ref_fail("a new text was taken for a duplicate");
    if (ref->message_count < REF_MESSAGES_MAX)
        ref->messages[ref->message_count++] = result->message_id;
    if (result->is_new_case != (!c && text->is_help))
        model_ref_fail("the text opened %s case", result->is_new_case ? "a" : "no");
    if (!c && text->is_help)
        c = new_case(ref, person, text, result->case_id);
    if (text->intent == INTENT_stop || text->intent == INTENT_start)
        ref->persons[person].is_stopped = text->intent == INTENT_stop;
    if (!c)
        return;
    if (result->case_id != c->id)
        model_ref_fail("the text went to case %lld, not %lld", (long long)result->case_id, (long long)c->id);
    c->flags |= text->flags | (str_starts(ref->persons[person].number, "+63") ? FLAG_BIT(third_party) : 0);
    c->is_in_country = c->is_in_country || ref->persons[person].country[0];
    c->last_person = person;
    if (text->is_help && text->urgency > c->urgency)
        c->urgency = text->urgency;
    c->last_text_at = rig->now_ms;
    if (text->intent == INTENT_yes || text->intent == INTENT_no)
        answer_question(ref, c, person, text->intent == INTENT_yes, is_doubtful);
    expect_reply(ref, rig, c, text, result, autos_before);
}

/* ---- people act ------------------------------------------------------------------------------------------------ */

struct judging {
    const char *contact, *code;
    bool has_usable, is_right;
    int tries; /* of the newest */
};

static int judge_alert(void *context, const struct alert_row *row)
{
    struct judging *judging = context;
    if (!str_equal(row->contact, judging->contact) || !row->code[0])
        return 0;
    if (row->state == STATE_alert_voided || row->state == STATE_alert_held)
        return 0;
    if (!judging->has_usable)
        judging->tries = row->wrong_tries;
    judging->has_usable = true;
    judging->is_right = judging->is_right || str_equal(row->code, judging->code);
    return 0;
}

enum model_judgement model_ref_judge(struct model_rig *rig, const char *contact, int64_t case_id, const char *code)
{
    struct judging judging = { contact, code, false, false, 0 };
    assert_int_equal(alerts_list(rig->core.store, case_id, NULL, 0, 1000, judge_alert, &judging), 0);
    if (judging.is_right)
        return JUDGED_RIGHT;
    return judging.has_usable && judging.tries + 1 >= RESPONDERS_TRIES_MAX ? JUDGED_VOIDS : JUDGED_WRONG;
}

void model_ref_take(struct model_ref *ref, struct ref_case *c, const char *holder, int64_t now_ms)
{
    (void)ref;
    c->state = REF_TAKEN;
    str_copy(c->holder, sizeof c->holder, holder);
    c->resume_at = c->contact_at ? 0 : now_ms + CONTACTED_MS;
}

void model_ref_close(struct ref_case *c, int64_t joined_to, int64_t now_ms)
{
    c->state = REF_CLOSED;
    c->joined_to = joined_to;
    c->closed_at = now_ms;
    c->resume_at = 0;
}

static void give_back(struct ref_case *c)
{
    c->state = REF_OPEN;
    c->holder[0] = '\0';
    c->resume_at = c->contact_at = 0;
}

void model_ref_void(struct model_ref *ref, const char *contact, int64_t case_id)
{
    struct ref_case *c = model_ref_case(ref, case_id);
    if (c->state == REF_TAKEN && str_equal(c->holder, contact))
        give_back(c);
}

void model_ref_undelivered(struct model_ref *ref, const struct outbox_row *row, int64_t now_ms)
{
    struct ref_case *c = model_ref_case(ref, row->case_id);
    if (row->kind != OUTBOX_REPLY || !row->contact[0] || row->state != STATE_outbox_sent)
        return;
    if (c->state != REF_TAKEN || c->contact_at != row->sent_at)
        return;
    c->contact_at = 0;
    c->resume_at = now_ms + CONTACTED_MS;
}

/* What the holder says goes out, unless her rules are against it and no reason is given. */
static void expect_said(
    struct model_ref *ref, struct model_rig *rig, const struct ref_case *c, bool is_allowed, bool is_forced)
{
    const struct ref_person *person = &ref->persons[c->last_person];
    bool is_out_of_hours = (c->flags & FLAG_BIT(safe_time)) && !is_her_hour(c, rig->now_ms) && c->is_in_country;
    flag_set holds = c->flags & (FLAG_BIT(no_reply) | FLAG_BIT(borrowed_phone) | FLAG_BIT(other_number));
    bool may_wait = person->is_answerable && !person->is_stopped && !holds && is_out_of_hours;
    bool may = model_ref_may_send(ref, c, c->last_person, rig->now_ms) || may_wait ||
               (is_forced && person->is_answerable && !person->is_stopped);
    int64_t row_id = 0;
    struct outbox_row row;
    for (int64_t id = ref->last_row + 1; outbox_get(rig->core.store, id, &row) == 0; id++)
        if (row.kind == OUTBOX_REPLY)
            row_id = id;
    if ((row_id != 0) != (may && is_allowed))
        model_ref_fail("case %lld: a person's words were %s", (long long)c->id, row_id ? "queued" : "not queued");
    if (row_id && row_id < REF_ROWS_MAX)
        ref->rows[row_id].is_forced = is_forced;
}

void model_ref_command(struct model_ref *ref, struct model_rig *rig, const char *contact, enum command_verb verb,
    int64_t case_id, bool has_text)
{
    struct ref_case *c = model_ref_case(ref, case_id);
    bool is_holder = c->state == REF_TAKEN && str_equal(c->holder, contact);
    switch (verb) {
    case COMMAND_TAKE:
        if (c->state == REF_OPEN &&
            (!str_equal(contact, "embassy") || c->consent == STATE_consent_yes || c->consent == STATE_consent_override))
            model_ref_take(ref, c, contact, rig->now_ms);
        break;
    case COMMAND_DECLINE:
        if (is_holder)
            give_back(c);
        break;
    case COMMAND_END:
        if (has_text && (c->state == REF_OPEN || is_holder))
            model_ref_close(c, 0, rig->now_ms);
        break;
    case COMMAND_CONTACTED:
        if (is_holder) {
            c->contact_at = rig->now_ms;
            c->resume_at = 0;
        }
        break;
    case COMMAND_SAY:
    case COMMAND_FORCE:
        expect_said(ref, rig, c, is_holder && has_text, verb == COMMAND_FORCE);
        break;
    default:
        break;
    }
}

/* ---- the rest of a turn ---------------------------------------------------------------------------------------- */

void model_ref_settle(struct model_ref *ref, struct model_rig *rig)
{
    for (unsigned i = 0; i < ref->result_count; i++) {
        const struct ref_result *result = &ref->results[i];
        struct outbox_row row;
        assert_int_equal(outbox_get(rig->core.store, result->outbox_id, &row), 0);
        struct ref_case *c = model_ref_case(ref, row.case_id);
        bool is_said = row.kind == OUTBOX_REPLY && row.contact[0] && row.state == STATE_outbox_leased;
        if (!is_said || row.attempt != result->attempt || !result->is_sent || c->state != REF_TAKEN || c->contact_at)
            continue;
        c->contact_at = rig->now_ms;
        c->resume_at = 0;
    }
    ref->result_count = 0;
    for (unsigned i = 0; i < ref->case_count; i++)
        if (ref->cases[i].resume_at && ref->cases[i].resume_at <= rig->now_ms)
            give_back(&ref->cases[i]);
}

/* To whom the row may go: an automatic reply to who wrote the message, a person's words to who wrote last. */
static int reader_of(const struct model_ref *ref, const struct ref_case *c, const struct outbox_row *row)
{
    for (unsigned i = 0; i < ref->auto_count; i++)
        if (ref->autos[i].row_id == row->id)
            return ref->autos[i].person;
    return c->last_person;
}

static void check_reply(struct model_ref *ref, struct model_rig *rig, const struct model_job *job,
    const struct outbox_row *row, bool may_be_out)
{
    const struct ref_case *c = model_ref_case(ref, row->case_id);
    int person = reader_of(ref, c, row);
    bool is_forced = ref->rows[row->id].is_forced;
    if (!strstr(job->url, ref->persons[person].number + 1))
        model_ref_fail("reply %lld of case %lld went to somebody else", (long long)row->id, (long long)c->id);
    if (may_be_out)
        model_ref_fail("reply %lld was sent twice", (long long)row->id);
    if (ref->persons[person].is_stopped)
        model_ref_fail("reply %lld was sent after STOP", (long long)row->id);
    if (!is_forced && !model_ref_may_send(ref, c, person, rig->now_ms))
        model_ref_fail("reply %lld was sent against her rules", (long long)row->id);
}

void model_ref_job(struct model_ref *ref, struct model_rig *rig, const struct model_job *job)
{
    struct outbox_row row;
    bool is_to_her = false;
    assert_int_equal(outbox_get(rig->core.store, job->outbox_id, &row), 0);
    if (row.id >= REF_ROWS_MAX)
        model_ref_fail("the model has no room for row %lld", (long long)row.id);
    bool may_be_out = ref->rows[row.id].may_be_out;
    ref->rows[row.id].may_be_out = true;
    for (unsigned i = 0; i < REF_PERSONS; i++)
        is_to_her = is_to_her || strstr(job->url, model_ref_persons[i].number + 1) != NULL;
    if (is_to_her != (row.kind == OUTBOX_REPLY))
        model_ref_fail("row %lld of kind %d went to the wrong side", (long long)row.id, (int)row.kind);
    const struct ref_case *c = row.case_id ? model_ref_case(ref, row.case_id) : NULL;
    if (row.kind == OUTBOX_ALERT && c->state == REF_CLOSED)
        model_ref_fail("an alert of the closed case %lld went out", (long long)c->id);
    if (row.kind == OUTBOX_REPLY)
        check_reply(ref, rig, job, &row, may_be_out);
}
