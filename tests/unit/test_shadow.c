/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_shadow - a channel in shadow mode takes what nobody has proved, and believes none of it.
 * Why:   the mode exists so that an operator loses no text while a provider is set up; whoever finds the address in
 *        that hour must not be able to end an alarm or open a door with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/auditor.h"
#include "gateway/core/intake.h"
#include "gateway/core/rules.h"
#include "gateway/core/webhooks.h"
#include "gateway/store/audit.h"
#include "gateway/store/messages.h"
#include "gateway/store/persons.h"
#include "gateway/store/quarantine.h"
#include "tests/support/loop_rig.h"

#define FORM "application/x-www-form-urlencoded"
#define BOSS_DESK "https://boss.example.org/"
#define HOUR_MS (60 * LOOP_MINUTE)
#define NEUTRAL "replies = { mode = \"neutral\"; };\n"

static struct config_channel *channel_of(struct core_rig *rig, const char *name)
{
    return (struct config_channel *)(uintptr_t)config_find_channel(rig->config, name);
}

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct core_rig));
    core_rig_open(*state, NULL);
    channel_of(*state, "in")->is_shadow = true;
    return 0;
}

static int close_rig(void **state)
{
    core_rig_close(*state);
    free(*state);
    return 0;
}

static int open_loop(void **state)
{
    *state = calloc(1, sizeof(struct loop_rig));
    loop_open(*state, NEUTRAL);
    return 0;
}

static int close_loop(void **state)
{
    loop_close(*state);
    free(*state);
    return 0;
}

/* ---- at the door ----------------------------------------------------------------------------------------------- */

static int handle(struct core_rig *rig, const char *path, const char *body)
{
    static const struct request_header headers[] = { { "Content-Type", FORM } };
    struct request request = { "POST", path, "", NULL, headers, 1, span_of(body) };
    struct reply reply;
    unsigned messages;
    core_rig_begin(rig);
    assert_int_equal(webhooks_handle(&rig->core, &request, RIG_NOW, &reply, &messages), 0);
    core_rig_commit(rig);
    return reply.status;
}

static int note_reason(void *context, const struct quarantine_row *row)
{
    str_copy(context, sizeof row->reason, row->reason);
    return 0;
}

static const char *kept_reason(struct core_rig *rig, char *ret)
{
    ret[0] = '\0';
    assert_int_equal(
        quarantine_list(rig->core.store, &(struct quarantine_filter){ .state = "kept", .limit = 1 }, note_reason, ret),
        0);
    return ret;
}

static void request_is_judged_taken_and_marked(void **state)
{
    static const struct {
        const char *label, *path, *body;
        int status;
        bool is_stored, is_unproved;
        const char *reason; /* of what is in quarantine afterwards */
    } table[] = {
        { "with its proof", "/in/in/message", "token=open-sesame&from=%2B966505550123&text=he+beats+me&id=a1", 200,
            true, false, "" },
        { "without", "/in/in/message", "from=%2B966505550124&text=he+beats+me&id=a2", 200, true, true, "" },
        { "with another", "/in/in/message", "token=x&from=%2B966505550125&text=he+beats+me&id=a3", 200, true, true,
            "" },
        { "of a channel that enforces", "/in/modem/message", "token=x&from=%2B966505550126&text=he+beats+me&id=a4", 403,
            false, false, "signature" },
        { "that cannot be read", "/in/in/message", "token=x&from=%2B966505550127", 400, false, false, "malformed" },
        { "a report", "/in/in/status", "token=x&id=r1&status=delivered", 200, false, false, "unproved_report" },
    };
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        char reason[64];
        struct message_row row = { 0 };
        unsigned before = core_rig_count_messages(rig);
        int status = handle(rig, table[i].path, table[i].body);
        bool is_stored = core_rig_count_messages(rig) == before + 1;
        if (is_stored)
            assert_int_equal(messages_get(rig->core.store, before + 1, &row), 0);
        if (status != table[i].status || is_stored != table[i].is_stored || row.is_unproved != table[i].is_unproved ||
            row.is_doubtful != table[i].is_unproved || !str_equal(kept_reason(rig, reason), table[i].reason))
            fail_msg("%s: %d, stored %d, unproved %d, kept \"%s\"", table[i].label, status, is_stored, row.is_unproved,
                reason);
    }
    int64_t count = 0;
    assert_int_equal(messages_count_unproved(rig->core.store, "in", &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(messages_count_unproved(rig->core.store, "modem", &count), 0);
    assert_int_equal(count, 0);
}

/* What comes from a SIM comes by the worker's socket; in shadow mode too, and while nothing can be stored. */
static void nothing_of_a_modem_comes_over_http(void **state)
{
    (void)state;
    static const struct request_header headers[] = { { "Content-Type", "application/json" } };
    static const char frame[] = "{\"kind\":\"call\",\"from\":\"+966505550123\",\"read_at\":1764000000000}";
    const struct request request = { "POST", "/in/sim/message", "", NULL, headers, 1, span_of(frame) };
    struct core_rig rig;
    struct reply reply;
    unsigned messages;
    char *text = lineconf_replace(core_rig_text, "{ name = \"self\";",
        "{ name = \"sim\"; kind = \"modem\"; device = \"/dev/null\"; country = \"SA\"; },\n  { name = \"self\";");
    core_rig_open(&rig, text);
    free(text);
    channel_of(&rig, "sim")->is_shadow = true;
    core_rig_begin(&rig);
    assert_int_equal(webhooks_handle(&rig.core, &request, RIG_NOW, &reply, &messages), 0);
    core_rig_commit(&rig);
    assert_int_equal(core_rig_count_messages(&rig), 0);
    struct webhooks_texts *texts = calloc(1, sizeof *texts);
    assert_non_null(texts);
    assert_int_equal(webhooks_read_texts(&rig.core, &request, RIG_NOW, texts), ERR_NOT_FOUND);
    webhooks_texts_done(texts);
    free(texts);
    core_rig_close(&rig);
}

static int note_unproved(void *context, const struct audit_row *row)
{
    *(unsigned *)context += strstr(row->detail, " unproved") != NULL;
    return 0;
}

static void audit_says_which_text_was_not_proved(void **state)
{
    struct core_rig *rig = *state;
    unsigned count = 0;
    handle(rig, "/in/in/message", "token=open-sesame&from=%2B966505550123&text=he+beats+me&id=a1");
    handle(rig, "/in/in/message", "token=x&from=%2B966505550124&text=he+beats+me&id=a2");
    assert_int_equal(audit_list(rig->core.store, 0, 0, 100, note_unproved, &count), 0);
    assert_int_equal(count, 1);
}

/* ---- what is believed ------------------------------------------------------------------------------------------ */

static struct intake_result unproved(struct loop_rig *rig, const char *from, const char *text, int64_t now_ms)
{
    char id[32];
    struct intake_result result;
    snprintf(id, sizeof id, "forged-%u", rig->next_sms++);
    struct sms_in sms = core_rig_sms(from, text, id);
    core_rig_begin(&rig->core);
    assert_int_equal(intake_message(&rig->core.core, "line", &sms, ARRIVAL_UNPROVED, now_ms, &result), 0);
    core_rig_commit(&rig->core);
    sms_in_done(&sms);
    loop_run(rig, now_ms);
    return result;
}

static bool is_stopped(struct loop_rig *rig, int64_t case_id)
{
    struct case_row row;
    struct person_row person;
    assert_int_equal(cases_get(rig->core.core.store, case_id, &row), 0);
    assert_int_equal(persons_get(rig->core.core.store, row.sender_tag, &person), 0);
    return person.is_stopped;
}

/* Whoever holds her down knows her number: it must not take more than the address of the line to shut it to her. */
static void forged_stop_holds_what_is_sent_and_a_person_decides(void **state)
{
    struct loop_rig *rig = *state;
    struct person_row person = { .is_stopped = false };
    struct rules_answer answer;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", RIG_NOW).case_id;
    unproved(rig, LOOP_HER, "stop", RIG_NOW + LOOP_MINUTE);
    assert_false(is_stopped(rig, id));
    struct case_row row = core_rig_case(&rig->core, id);
    rules_judge(&row, &person, LOOP_HER, RIG_NOW + LOOP_MINUTE, &answer);
    assert_int_equal(answer.verdict, RULES_HOLD);
}

static void stop_ends_with_a_proved_start_alone(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", RIG_NOW).case_id;
    loop_text(rig, LOOP_HER, "stop", RIG_NOW + LOOP_MINUTE);
    assert_true(is_stopped(rig, id));
    unproved(rig, LOOP_HER, "start", RIG_NOW + 2 * LOOP_MINUTE);
    assert_true(is_stopped(rig, id));
    loop_text(rig, LOOP_HER, "start", RIG_NOW + 3 * LOOP_MINUTE);
    assert_false(is_stopped(rig, id));
}

static void machine_answers_no_unproved_text(void **state)
{
    struct loop_rig *rig = *state;
    unproved(rig, "+966505550124", "he beats me", RIG_NOW);
    assert_int_equal(loop_count(rig, "+966505550124", ""), 0);
    loop_text(rig, LOOP_HER, "he beats me", RIG_NOW);
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 1);
}

static void forged_answer_of_a_contact_takes_no_case(void **state)
{
    struct loop_rig *rig = *state;
    struct case_row row;
    struct message_row message;
    char text[64];
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", RIG_NOW).case_id;
    snprintf(text, sizeof text, "OK %lld %s", (long long)id, loop_code(rig, "amy", id));
    int64_t forged = unproved(rig, LOOP_AMY, text, RIG_NOW + LOOP_MINUTE).message_id;
    assert_int_equal(cases_get(rig->core.core.store, id, &row), 0);
    assert_int_equal(row.state, STATE_case_open);
    assert_int_equal(messages_get(rig->core.core.store, forged, &message), 0);
    assert_string_equal(message.author, "");
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", RIG_NOW + 2 * LOOP_MINUTE);
    assert_int_equal(cases_get(rig->core.core.store, id, &row), 0);
    assert_int_equal(row.state, STATE_case_taken);
}

/* The second half is proved, the first is not: together they are no command. */
static void half_a_forged_command_stays_one(void **state)
{
    struct loop_rig *rig = *state;
    struct case_row row;
    struct intake_result result;
    char halves[2][64];
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", RIG_NOW).case_id;
    snprintf(halves[0], sizeof halves[0], "OK %lld ", (long long)id);
    snprintf(halves[1], sizeof halves[1], "%s", loop_code(rig, "amy", id));
    for (unsigned part = 1; part <= 2; part++) {
        struct sms_in sms = core_rig_sms(LOOP_AMY, halves[part - 1], part == 1 ? "h1" : "h2");
        sms.part = part;
        sms.part_total = 2;
        str_copy(sms.part_ref, sizeof sms.part_ref, "7");
        core_rig_begin(&rig->core);
        assert_int_equal(
            intake_message(&rig->core.core, "line", &sms, part == 1 ? ARRIVAL_UNPROVED : 0, RIG_NOW + 1, &result), 0);
        core_rig_commit(&rig->core);
        sms_in_done(&sms);
    }
    loop_run(rig, RIG_NOW + LOOP_MINUTE);
    assert_int_equal(cases_get(rig->core.core.store, id, &row), 0);
    assert_int_equal(row.state, STATE_case_open);
}

/* ---- it is loud ------------------------------------------------------------------------------------------------ */

static unsigned alarms_after(struct loop_rig *rig, int64_t now_ms)
{
    unsigned open;
    core_rig_begin(&rig->core);
    assert_int_equal(auditor_run(&rig->core.core, now_ms, &open), 0);
    core_rig_commit(&rig->core);
    loop_run(rig, now_ms);
    return loop_count(rig, BOSS_DESK, "signatures_not_enforced (channel:mute)");
}

static void auditor_alarms_every_day_until_it_ends(void **state)
{
    struct loop_rig *rig = *state;
    channel_of(&rig->core, "mute")->is_shadow = true;
    assert_int_equal(alarms_after(rig, RIG_NOW), 1);
    assert_int_equal(alarms_after(rig, RIG_NOW + 23 * HOUR_MS), 1);
    assert_int_equal(alarms_after(rig, RIG_NOW + 24 * HOUR_MS), 2);
    assert_int_equal(alarms_after(rig, RIG_NOW + 25 * HOUR_MS), 2);
    channel_of(&rig->core, "mute")->is_shadow = false;
    assert_int_equal(alarms_after(rig, RIG_NOW + 72 * HOUR_MS), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(request_is_judged_taken_and_marked, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(audit_says_which_text_was_not_proved, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(forged_stop_holds_what_is_sent_and_a_person_decides, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(stop_ends_with_a_proved_start_alone, open_loop, close_loop),
        cmocka_unit_test(nothing_of_a_modem_comes_over_http),
        cmocka_unit_test_setup_teardown(machine_answers_no_unproved_text, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(forged_answer_of_a_contact_takes_no_case, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(half_a_forged_command_stays_one, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(auditor_alarms_every_day_until_it_ends, open_loop, close_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
