/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_verbs - what each verb answers, what it changes, and what of it stands in the audit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/held.h"
#include "gateway/core/verbs.h"
#include "gateway/store/contacts.h"
#include "tests/support/office_rig.h"

#define HER "+966505550123"

static int run_case(struct office *office, const char *words, int64_t id, const char *more)
{
    char args[256];
    snprintf(args, sizeof args, "{\"case\":%lld%s}", (long long)id, more);
    return office_run(office, words, args);
}

static int64_t text_in(struct office *office, const char *text, const char *id)
{
    return core_rig_text_in(&office->core, HER, text, id, RIG_NOW).case_id;
}

/* ---- what cannot be done --------------------------------------------------------------------------------------- */

static void wrong_arguments_are_refused_with_a_sentence(void **state)
{
    static const struct {
        const char *words, *args;
        int want;
    } table[] = {
        { "cases list", "{\"state\":\"asleep\"}", VERB_USAGE },
        { "cases list", "{\"urgency\":\"high\"}", VERB_USAGE },
        { "cases list", "{\"category\":\"food\"}", VERB_USAGE },
        { "cases list", "{\"flag\":\"tall\"}", VERB_USAGE },
        { "cases list", "{\"unread\":\"perhaps\"}", VERB_USAGE },
        { "cases list", "{\"owner\":\"a,b\"}", VERB_USAGE },
        { "cases list", "{\"owner\":\"a b\"}", VERB_USAGE },
        { "cases list", "{\"after\":\"high-1001\"}", VERB_USAGE },
        { "cases list", "{\"after\":\"urgent-x\"}", VERB_USAGE },
        { "cases list", "{\"after\":7777}", VERB_REFUSED },
        { "views save", "{\"name\":\" \",\"state\":\"open\"}", VERB_USAGE },
        { "views save", "{\"name\":\"x\",\"country\":\"+966 505\"}", VERB_USAGE },
        { "views drop", "{\"name\":\"x\"}", VERB_REFUSED },
        { "cases show", "{}", VERB_USAGE },
        { "cases show", "{\"case\":\"x\"}", VERB_USAGE },
        { "cases show", "{\"case\":-1}", VERB_USAGE },
        { "cases show", "{\"case\":9999}", VERB_REFUSED },
        { "cases note", "{\"case\":9999}", VERB_USAGE },
        { "cases note", "{\"case\":9999,\"text\":\"x\"}", VERB_REFUSED },
        { "cases close", "{\"case\":9999}", VERB_USAGE },
        { "cases close", "{\"case\":9999,\"outcome\":\"x\"}", VERB_REFUSED },
        { "cases correct", "{}", VERB_USAGE },
        { "cases correct", "{\"case\":9999}", VERB_USAGE },
        { "cases correct", "{\"case\":9999,\"urgency\":\"high\"}", VERB_USAGE },
        { "cases correct", "{\"case\":9999,\"categories\":\"food\"}", VERB_USAGE },
        { "cases correct", "{\"case\":9999,\"categories\":\"wages;danger\"}", VERB_USAGE },
        { "cases correct", "{\"case\":9999,\"flags\":\"minor,tall\"}", VERB_USAGE },
        { "cases correct", "{\"case\":9999,\"flags\":\"minor,+group\"}", VERB_USAGE },
        { "cases correct", "{\"case\":9999,\"request\":\"maybe\"}", VERB_USAGE },
        { "cases correct", "{\"case\":9999,\"urgency\":\"soon\",\"message\":\"x\"}", VERB_USAGE },
        { "cases correct", "{\"case\":9999,\"urgency\":\"soon\"}", VERB_REFUSED },
        { "cases split", "{\"case\":9999}", VERB_USAGE },
        { "cases split", "{\"case\":9999,\"message\":1}", VERB_REFUSED },
        { "cases preview", "{\"case\":9999}", VERB_USAGE },
        { "cases preview", "{\"case\":9999,\"text\":\"x\"}", VERB_REFUSED },
        { "messages open", "{}", VERB_USAGE },
        { "messages open", "{\"message\":77}", VERB_REFUSED },
        { "cases purge", "{}", VERB_USAGE },
        { "cases purge", "{\"case\":9999}", VERB_REFUSED },
        { "messages list", "{\"case\":\"x\"}", VERB_USAGE },
        { "messages show", "{}", VERB_USAGE },
        { "messages show", "{\"message\":1}", VERB_REFUSED },
        { "alerts list", "{\"case\":\"x\"}", VERB_USAGE },
        { "alerts list", "{\"state\":\"x\"}", VERB_USAGE },
        { "outbox list", "{\"state\":\"x\"}", VERB_USAGE },
        { "outbox kick", "{}", VERB_USAGE },
        { "outbox kick", "{\"outbox\":77}", VERB_REFUSED },
        { "quarantine list", "{\"state\":\"x\"}", VERB_USAGE },
        { "quarantine show", "{}", VERB_USAGE },
        { "quarantine show", "{\"id\":77}", VERB_REFUSED },
        { "quarantine release", "{\"id\":77}", VERB_REFUSED },
        { "quarantine drop", "{\"id\":77}", VERB_REFUSED },
        { "contacts on", "{\"contact\":\"nobody\"}", VERB_REFUSED },
        { "contacts off", "{}", VERB_REFUSED },
        { "audit list", "{\"case\":\"x\"}", VERB_USAGE },
        { "simulate", "{\"channel\":\"in\",\"text\":\"x\"}", VERB_USAGE },
        { "simulate", "{\"channel\":\"none\",\"from\":\"+966505550123\",\"text\":\"x\"}", VERB_REFUSED },
    };
    struct office *office = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        int end = office_run(office, table[i].words, table[i].args);
        if (end != table[i].want || !office->why[0])
            fail_msg("%s %s: %d \"%s\"", table[i].words, table[i].args, end, office->why);
    }
    assert_int_equal(core_rig_count_audit(&office->core, NULL), 0);
}

/* ---- cases ----------------------------------------------------------------------------------------------------- */

static void log_lists_the_worst_first(void **state)
{
    struct office *office = *state;
    core_rig_text_in(&office->core, "+966505550101", "no salary", "", RIG_NOW);
    core_rig_text_in(&office->core, "+966505550102", "he will kill me", "", RIG_NOW + 1);
    core_rig_text_in(&office->core, "+966505550103", "he beats me", "", RIG_NOW + 2);
    assert_int_equal(office_run(office, "cases list", "{}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 3);
    static const char *const order[] = { "critical", "urgent", "soon" };
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(json_text(office_row(office, i), "urgency", ""), order[i]);
    assert_int_equal(office_run(office, "cases list", "{\"category\":\"wages\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 1);
    assert_int_equal(office_run(office, "cases list", "{\"limit\":2}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_int_equal(core_rig_count_audit(&office->core, "case.read"), 0); /* a list holds no words of hers */
}

static const json_t *section(const struct office *office, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach(office->rows, i, row)
    {
        if (str_equal(json_text(row, "section", ""), name))
            return row;
    }
    return NULL;
}

static void showing_a_case_is_audited(void **state)
{
    struct office *office = *state;
    int64_t id = text_in(office, "he beats me", "a1");
    assert_int_equal(run_case(office, "cases note", id, ",\"text\":\"called the desk\""), VERB_DONE);
    assert_int_equal(run_case(office, "cases show", id, ""), VERB_DONE);
    assert_string_equal(json_text(section(office, "message"), "text", ""), "he beats me");
    assert_string_equal(json_text(section(office, "message"), "from", ""), HER);
    assert_string_equal(json_text(section(office, "note"), "text", ""), "called the desk");
    assert_string_equal(json_text(section(office, "note"), "author", ""), "uid:7");
    assert_non_null(section(office, "alert"));
    assert_non_null(section(office, "step"));
    assert_int_equal(core_rig_count_audit(&office->core, "case.read"), 1);
    assert_int_equal(core_rig_count_audit(&office->core, "case.note"), 1);
}

static void closing_a_case_ends_all_that_was_to_come(void **state)
{
    struct office *office = *state;
    int64_t id = text_in(office, "he will kill me", "a1");
    assert_int_equal(run_case(office, "cases close", id, ",\"outcome\":\"safe at home\""), VERB_DONE);
    assert_int_equal(core_rig_case(&office->core, id).state, STATE_case_closed);
    assert_int_equal(core_rig_count_outbox(&office->core, "queued"), 0);
    assert_int_equal(core_rig_count_alerts(&office->core, id, "ended"), 4);
    struct rig_steps *steps = core_rig_steps(&office->core, id);
    assert_int_equal(steps->rows[0].state, STATE_step_cancelled);
    free(steps);
    assert_int_equal(core_rig_count_audit(&office->core, "case.close"), 1);
    assert_int_equal(run_case(office, "cases close", id, ",\"outcome\":\"again\""), VERB_REFUSED);
}

static void purged_case_keeps_its_labels_and_loses_its_words(void **state)
{
    struct office *office = *state;
    struct intake_result in = core_rig_text_in(&office->core, HER, "he beats me", "a1", RIG_NOW);
    assert_int_equal(run_case(office, "cases purge", in.case_id, ""), VERB_REFUSED); /* open */
    assert_int_equal(run_case(office, "cases close", in.case_id, ",\"outcome\":\"safe\""), VERB_DONE);
    assert_int_equal(run_case(office, "cases purge", in.case_id, ""), VERB_DONE);
    assert_int_equal(core_rig_count_audit(&office->core, "case.purge"), 1);
    assert_int_equal(run_case(office, "cases show", in.case_id, ""), VERB_DONE);
    assert_true(json_is_null(json_object_get(section(office, "message"), "text")));
    assert_true(json_is_null(json_object_get(section(office, "message"), "from")));
    assert_string_equal(json_text(section(office, "case"), "urgency", ""), "urgent");
    assert_int_equal(run_case(office, "cases note", in.case_id, ",\"text\":\"x\""), VERB_REFUSED);
    char args[64];
    snprintf(args, sizeof args, "{\"message\":%lld}", (long long)in.message_id);
    assert_int_equal(office_run(office, "messages show", args), VERB_DONE);
    assert_string_equal(json_text(office_row(office, 1), "text", "?"), "");
}

/* ---- a person's judgement -------------------------------------------------------------------------------------- */

static void case_is_shown_with_her_rules_corrections_and_history(void **state)
{
    struct office *office = *state;
    int64_t id = text_in(office, "sir he beats me", "a1");
    assert_int_equal(run_case(office, "cases correct", id,
                         ",\"categories\":\"violence, sexual\",\"flags\":\"none\",\"request\":\"yes\""),
        VERB_DONE);
    assert_int_equal(
        run_case(office, "cases correct", id, ",\"categories\":\"+wages,-violence\",\"flags\":\"+minor\""), VERB_DONE);
    assert_int_equal(core_rig_case(&office->core, id).categories, CATEGORY_BIT(wages) | CATEGORY_BIT(sexual));
    assert_int_equal(core_rig_case(&office->core, id).flags, FLAG_BIT(minor));
    assert_int_equal(
        run_case(office, "cases correct", id, ",\"categories\":\"violence, sexual\",\"flags\":\"none\""), VERB_DONE);
    assert_int_equal(run_case(office, "cases show", id, ""), VERB_DONE);
    assert_null(section(office, "act"));
    assert_string_equal(json_text(section(office, "rules"), "verdict", ""), "send");
    const json_t *after = json_object_get(section(office, "correction"), "after");
    assert_int_equal(json_array_size(json_object_get(after, "categories")), 2);
    assert_true(json_is_true(json_object_get(after, "request")));
    const json_t *evidence = json_array_get(json_object_get(section(office, "message"), "evidence"), 0);
    assert_int_equal(json_int(evidence, "start", -1), 7);
    assert_int_equal(json_int(evidence, "len", -1), 8);
    assert_int_equal(run_case(office, "cases show", id, ",\"history\":\"yes\""), VERB_DONE);
    assert_non_null(section(office, "act"));
    assert_string_equal(json_text(section(office, "act"), "actor", ""), "uid:7");
}

static void preview_counts_the_parts_and_names_what_costs_more(void **state)
{
    struct office *office = *state;
    int64_t id = text_in(office, "he beats me", "a1");
    assert_int_equal(run_case(office, "cases preview", id, ",\"text\":\"don\u2019t go\""), VERB_DONE);
    const json_t *row = section(office, "preview");
    assert_string_equal(json_text(row, "encoding", ""), "UCS-2");
    assert_string_equal(json_text(row, "first_foreign", ""), "\u2019");
    assert_int_equal(json_int(row, "segments", 0), 1);
    assert_int_equal(json_int(row, "left", 0), 62);
    assert_string_equal(json_text(row, "verdict", ""), "never"); /* the line of this test takes messages only */
    assert_string_equal(office->why, "");
    assert_int_equal(core_rig_count_audit(&office->core, "person.say"), 0);
}

static void candidates_are_listed_and_audited(void **state)
{
    struct office *office = *state;
    int64_t id = text_in(office, "madam slaps, he beats me", "a1");
    assert_int_equal(run_case(office, "cases correct", id, ",\"categories\":\"violence sexual\""), VERB_DONE);
    assert_int_equal(office_run(office, "lexicon candidates", "{}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_string_equal(json_text(office_row(office, 0), "word", ""), "madam");
    assert_string_equal(json_text(office_row(office, 0), "label", ""), "sexual");
    assert_string_equal(json_text(office_row(office, 0), "change", ""), "add");
    assert_int_equal(office_run(office, "lexicon candidates", "{\"language\":\"zz\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 0);
    assert_int_equal(core_rig_count_audit(&office->core, "lexicon.candidates"), 2);
}

static void same_words_are_not_written_twice_by_a_second_touch(void **state)
{
    struct office *office = *state;
    int64_t id = text_in(office, "he beats me", "a1");
    assert_int_equal(run_case(office, "cases note", id, ",\"text\":\"x\",\"after\":\"0\""), VERB_DONE);
    assert_int_equal(run_case(office, "cases note", id, ",\"text\":\"x\",\"after\":\"0\""), VERB_REFUSED);
    assert_int_equal(run_case(office, "cases note", id, ",\"text\":\"x\""), VERB_DONE);
    assert_int_equal(run_case(office, "cases note", id, ",\"text\":\"x\",\"after\":\"2\""), VERB_DONE);
    assert_int_equal(core_rig_count_audit(&office->core, "case.note"), 3);
}

/* ---- messages and alerts --------------------------------------------------------------------------------------- */

static void message_is_shown_with_its_reasons_and_audited(void **state)
{
    struct office *office = *state;
    struct intake_result in = core_rig_text_in(&office->core, HER, "sir he beats me", "a1", RIG_NOW);
    char args[64];
    snprintf(args, sizeof args, "{\"message\":\"%lld\"}", (long long)in.message_id);
    assert_int_equal(office_run(office, "messages show", args), VERB_DONE);
    const json_t *evidence = json_array_get(json_object_get(office_row(office, 1), "evidence"), 0);
    assert_string_equal(json_text(office_row(office, 1), "text", ""), "sir he beats me");
    assert_string_equal(json_text(evidence, "label", ""), "violence");
    assert_string_equal(json_text(evidence, "text", ""), "beats me");
    assert_int_equal(core_rig_count_audit(&office->core, "message.read"), 1);
}

static void message_of_another_hot_key_is_not_shown_as_empty(void **state)
{
    struct office *office = *state;
    unsigned char hot[VAULT_KEY_LEN], index[VAULT_KEY_LEN];
    text_in(office, "he beats me", "a1");
    struct vault *before = office->core.core.vault;
    memset(hot, 9, sizeof hot);
    memset(index, 2, sizeof index);
    assert_int_equal(vault_new(hot, index, &office->core.core.vault), 0);
    assert_int_equal(office_run(office, "messages show", "{\"message\":1}"), VERB_REFUSED);
    vault_free(office->core.core.vault);
    office->core.core.vault = before;
}

static void lists_hold_no_words(void **state)
{
    struct office *office = *state;
    static const char *const lists[] = { "cases list", "messages list", "alerts list", "outbox list", "audit list",
        "channels list", "contacts list", "contacts roster", "contacts gaps", "drills list", "quarantine list" };
    text_in(office, "he beats me MARKER", "a1");
    for (size_t i = 0; i < STR_COUNT(lists); i++) {
        AUTO_BUF text;
        buf_init(&text, 100000);
        assert_int_equal(office_run(office, lists[i], "{}"), VERB_DONE);
        assert_int_equal(json_write(office->rows, &text), 0);
        if (strstr(text.data, "MARKER") || strstr(text.data, "505550123"))
            fail_msg("%s", lists[i]);
    }
}

static void messages_without_a_case_can_be_listed(void **state)
{
    struct office *office = *state;
    text_in(office, "winner of the prize, loan prize", "a1");
    text_in(office, "he beats me", "a2");
    assert_int_equal(office_run(office, "messages list", "{\"case\":\"none\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 1);
    assert_string_equal(json_text(office_row(office, 0), "intent", ""), "not_help");
    assert_true(json_is_null(json_object_get(office_row(office, 0), "case")));
}

static void messages_without_a_case_are_read_by_kind_and_counted(void **state)
{
    struct office *office = *state;
    text_in(office, "winner of the prize, loan prize", "a1");
    text_in(office, "stop", "a2");
    text_in(office, "he beats me", "a3");
    assert_int_equal(office_run(office, "messages list", "{\"case\":\"none\",\"intent\":\"stop\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 1);
    assert_null(json_object_get(office_row(office, 0), "text"));
    assert_int_equal(core_rig_count_audit(&office->core, "message.read"), 0);
    assert_int_equal(office_run(office, "messages list", "{\"case\":\"none\",\"content\":\"yes\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_string_equal(json_text(office_row(office, 0), "text", ""), "stop");
    assert_string_equal(json_text(office_row(office, 1), "from", ""), HER);
    assert_true(json_is_array(json_object_get(office_row(office, 0), "evidence")));
    assert_int_equal(core_rig_count_audit(&office->core, "message.read"), 1);
    assert_int_equal(office_run(office, "messages count", "{}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), INTENT_COUNT);
    assert_int_equal(json_int(office_row(office, INTENT_stop), "count", -1), 1);
    assert_int_equal(json_int(office_row(office, INTENT_help), "count", -1), 0);
    assert_int_equal(office_run(office, "messages list", "{\"case\":\"1001\",\"content\":\"yes\"}"), VERB_USAGE);
    assert_int_equal(office_run(office, "messages list", "{\"case\":\"none\",\"intent\":\"spam\"}"), VERB_USAGE);
    assert_int_equal(office_run(office, "messages list", "{\"case\":\"none\",\"content\":\"all\"}"), VERB_USAGE);
}

static void alerts_are_listed_by_state(void **state)
{
    struct office *office = *state;
    text_in(office, "he beats me", "a1");
    assert_int_equal(office_run(office, "alerts list", "{\"state\":\"held\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 1);
    assert_string_equal(json_text(office_row(office, 0), "contact", ""), "embassy");
}

/* ---- outbox and quarantine ------------------------------------------------------------------------------------- */

static int ignore_row(void *context, const struct outbox_row *row)
{
    *(int64_t *)context = row->id;
    return 0;
}

static void dead_rows_are_kicked_one_by_one_or_all(void **state)
{
    struct office *office = *state;
    for (int i = 0; i < 2; i++) {
        struct outbox_settlement dead = { .state = STATE_outbox_dead,
            .outcome = OUTCOME_rejected,
            .provider_code = "",
            .remote_id = "",
            .now_ms = RIG_NOW };
        core_rig_text_in(&office->core, i ? HER : "+966505550124", "no salary", "", RIG_NOW);
        core_rig_begin(&office->core);
        assert_int_equal(
            outbox_lease(office->core.core.store, "desk", RIG_NOW, RIG_NOW + 9, "w", 1, ignore_row, &dead.id), 0);
        assert_int_equal(outbox_settle(office->core.core.store, &dead), 0);
        core_rig_commit(&office->core);
    }
    assert_int_equal(office_run(office, "outbox list", "{\"state\":\"dead\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_int_equal(office_run(office, "outbox kick", "{\"outbox\":1}"), VERB_DONE);
    assert_int_equal(core_rig_count_outbox(&office->core, "dead"), 1);
    assert_int_equal(office_run(office, "outbox kick", "{\"outbox\":\"dead\"}"), VERB_DONE);
    assert_int_equal(core_rig_count_outbox(&office->core, "dead"), 0);
    assert_int_equal(core_rig_count_audit(&office->core, "outbox.kick"), 2);
}

static void keep(struct office *office, const char *body)
{
    static const struct request_header headers[] = { { "Content-Type", "application/x-www-form-urlencoded" } };
    const struct request request = { "POST", "/in/in/message", "", NULL, headers, 1, span_of(body) };
    core_rig_begin(&office->core);
    assert_int_equal(held_keep(&office->core.core, "in", "signature", &request, RIG_NOW), 0);
    core_rig_commit(&office->core);
}

static void kept_request_is_shown_released_or_dropped(void **state)
{
    struct office *office = *state;
    keep(office, "token=old&from=%2B966505550123&text=he+beats+me\x1b[31m");
    keep(office, "nonsense");
    assert_int_equal(office_run(office, "quarantine list", "{}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_int_equal(office_run(office, "quarantine show", "{\"id\":1}"), VERB_DONE);
    assert_non_null(strstr(json_text(office_row(office, 1), "request", ""), "he+beats+me\\x1b[31m"));
    assert_int_equal(core_rig_count_audit(&office->core, "quarantine.read"), 1);
    assert_int_equal(office_run(office, "quarantine release", "{\"id\":1}"), VERB_DONE);
    assert_int_equal(core_rig_count_messages(&office->core), 1);
    assert_int_equal(office_run(office, "quarantine release", "{\"id\":1}"), VERB_REFUSED);
    assert_int_equal(office_run(office, "quarantine release", "{\"id\":2}"), VERB_REFUSED); /* no message in it */
    assert_int_equal(office_run(office, "quarantine drop", "{\"id\":2}"), VERB_DONE);
    assert_int_equal(office_run(office, "quarantine drop", "{\"id\":2}"), VERB_REFUSED);
    assert_int_equal(office_run(office, "quarantine show", "{\"id\":2}"), VERB_REFUSED);
    assert_int_equal(core_rig_count_audit(&office->core, "quarantine.release"), 1);
    assert_int_equal(core_rig_count_audit(&office->core, "quarantine.drop"), 1);
}

static void kept_request_is_read_as_its_channel_would(void **state)
{
    struct office *office = *state;
    keep(office, "token=old&from=%2B966505550123&text=he+beats+me");
    keep(office, "a\xff\x01");
    assert_int_equal(office_run(office, "quarantine show", "{\"id\":1,\"read\":\"yes\"}"), VERB_DONE);
    assert_string_equal(json_text(office_row(office, 1), "section", ""), "text");
    assert_string_equal(json_text(office_row(office, 1), "text", ""), "he beats me");
    assert_string_equal(json_text(office_row(office, 1), "from", ""), HER);
    assert_non_null(strstr(json_text(office_row(office, 2), "body", ""), "he+beats+me"));
    assert_int_equal(core_rig_count_messages(&office->core), 0);
    assert_int_equal(core_rig_count_audit(&office->core, "quarantine.read"), 1);
    assert_int_equal(office_run(office, "quarantine show", "{\"id\":2,\"read\":\"yes\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_string_equal(json_text(office_row(office, 1), "hex", ""), "61ff01");
    assert_true(json_is_null(json_object_get(office_row(office, 1), "body")));
    assert_int_equal(office_run(office, "quarantine show", "{\"id\":1,\"read\":\"no\"}"), VERB_USAGE);
    assert_int_equal(office_run(office, "quarantine list", "{\"channel\":\"in\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_int_equal(office_run(office, "quarantine list", "{\"channel\":\"other\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 0);
}

/* ---- the line -------------------------------------------------------------------------------------------------- */

static void contact_is_switched_by_hand(void **state)
{
    static const struct {
        const char *words;
        int is_on;
        const char *duty;
    } table[] = { { "contacts off", 0, "off (by hand)" }, { "contacts on", 1, "on (by hand)" },
        { "contacts auto", -1, "on" } };
    struct office *office = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct contact_state_row row;
        assert_int_equal(office_run(office, table[i].words, "{\"contact\":\"ngo\"}"), VERB_DONE);
        assert_int_equal(contacts_get(office->core.core.store, "ngo", &row), 0);
        assert_int_equal(row.is_on, table[i].is_on);
        assert_int_equal(office_run(office, "contacts list", "{}"), VERB_DONE);
        assert_string_equal(json_text(office_row(office, 0), "duty", ""), table[i].duty);
    }
    assert_int_equal(core_rig_count_audit(&office->core, NULL), 3);
}

static void line_without_a_sender_is_not_well(void **state)
{
    struct office *office = *state;
    assert_int_equal(office_run(office, "health", "{}"), VERB_REFUSED);
    assert_string_equal(json_text(office_row(office, 0), "line", ""), "in trouble");
    int fd = peer_rig_sender(&office->peers, "sender", 4);
    assert_int_equal(office_run(office, "health", "{}"), VERB_DONE);
    assert_int_equal(json_int(office_row(office, 0), "senders", 0), 1);
    close(fd);
}

static void simulated_text_is_a_message_like_any_other(void **state)
{
    struct office *office = *state;
    assert_int_equal(
        office_run(office, "simulate", "{\"channel\":\"in\",\"from\":\"09175550100\",\"text\":\"he beats me\"}"),
        VERB_DONE);
    assert_true(json_bool(office_row(office, 0), "new_case", false));
    assert_string_equal(json_text(office_row(office, 0), "urgency", ""), "urgent");
    assert_int_equal(core_rig_count_audit(&office->core, "message.simulate"), 1);
    assert_int_equal(core_rig_count_outbox(&office->core, "queued"), 3);
}

static void audit_is_listed_and_verified(void **state)
{
    struct office *office = *state;
    int64_t id = text_in(office, "he beats me", "a1");
    assert_int_equal(office_run(office, "audit verify", "{}"), VERB_DONE);
    assert_non_null(strstr(office->why, "5 audit rows"));
    assert_int_equal(run_case(office, "audit list", id, ",\"limit\":2"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
}

static void figures_count_and_hide_small_cells(void **state)
{
    struct office *office = *state;
    bool has_all = false, has_small = false;
    for (int i = 0; i < 6; i++) {
        char number[32];
        snprintf(number, sizeof number, "+9665055502%02d", i);
        core_rig_text_in(&office->core, number, i ? "he beats me" : "no salary", "", RIG_NOW + i);
    }
    assert_int_equal(office_run(office, "figures", "{}"), VERB_DONE);
    for (size_t i = 0; i < json_array_size(office->rows); i++) {
        const json_t *row = office_row(office, i);
        const char *value = json_text(row, "value", "?");
        has_all = has_all || (str_equal(json_text(row, "by", ""), "all") && json_int(row, "cases", 0) == 6);
        if (str_equal(value, "violence"))
            assert_int_equal(json_int(row, "cases", 0), 5);
        if (str_equal(value, "wages")) {
            assert_string_equal(json_text(row, "cases", ""), "hidden");
            has_small = true;
        }
        assert_false(json_is_integer(json_object_get(row, "cases")) && json_int(row, "cases", 0) < 5);
    }
    assert_true(has_all && has_small);
}

/* The count of the first row of that kind and value; -1 hidden, 0 none. */
static int64_t figure_of(const struct office *office, const char *by, const char *value)
{
    for (size_t i = 0; i < json_array_size(office->rows); i++) {
        const json_t *row = office_row(office, i);
        if (str_equal(json_text(row, "by", ""), by) && str_equal(json_text(row, "value", "?"), value))
            return json_int(row, "cases", -1);
    }
    return 0;
}

static void figures_are_of_a_period_and_of_a_kind(void **state)
{
    struct office *office = *state;
    for (int i = 0; i < 6; i++) {
        char number[32];
        snprintf(number, sizeof number, "+9665055503%02d", i);
        core_rig_text_in(&office->core, number, "he beats me", "", RIG_NOW + i);
    }
    assert_int_equal(office_run(office, "figures", "{\"from\":\"2025-11\",\"to\":\"2025-11\"}"), VERB_DONE);
    assert_int_equal(figure_of(office, "all", ""), 6);
    assert_int_equal(figure_of(office, "month", "2025-11"), 6);
    assert_int_equal(figure_of(office, "country", "SA"), 6);
    assert_int_equal(figure_of(office, "open_age", "under 1 day"), 6);
    assert_int_equal(office_run(office, "figures", "{\"from\":\"2025-12\"}"), VERB_DONE);
    assert_int_equal(figure_of(office, "all", ""), 0);
    assert_int_equal(office_run(office, "figures", "{\"by\":\"urgency\"}"), VERB_DONE);
    assert_int_equal(figure_of(office, "urgency", "urgent"), 6);
    assert_int_equal(figure_of(office, "all", ""), 0);
    assert_int_equal(office_run(office, "figures", "{\"by\":\"name\"}"), VERB_USAGE);
    assert_int_equal(office_run(office, "figures", "{\"from\":\"yesterday\"}"), VERB_USAGE);
}

/* What is hidden does not depend on what is asked for, and what is asked for comes alone. */
static void figures_are_told_by_corridor_and_by_what_people_stated(void **state)
{
    struct office *office = *state;
    char number[32];
    for (int i = 0; i < 6; i++) {
        snprintf(number, sizeof number, "+9665055504%02d", i);
        int64_t id = core_rig_text_in(&office->core, number, "he beats me", "", RIG_NOW + i).case_id;
        assert_int_equal(run_case(office, "cases correct", id, ",\"origin\":\"KE\",\"sex\":\"female\""), VERB_DONE);
        assert_int_equal(
            run_case(office, "cases close", id, ",\"ending\":\"referred\",\"outcome\":\"to the shelter\""), VERB_DONE);
    }
    assert_int_equal(office_run(office, "figures", "{\"more\":\"yes\"}"), VERB_DONE);
    assert_int_equal(figure_of(office, "corridor", "KE > SA"), 6);
    assert_int_equal(figure_of(office, "origin", "KE"), 6);
    assert_int_equal(figure_of(office, "origin_basis", "stated"), 6);
    assert_int_equal(figure_of(office, "sex", "female"), 6);
    assert_int_equal(figure_of(office, "ending", "referred"), 6);
    assert_int_equal(figure_of(office, "category_month", "violence 2025-11"), 6);
    assert_int_equal(
        figure_of(office, "language_month", "en 2025-11") + figure_of(office, "language_month", "und 2025-11"), 6);
    assert_true(figure_of(office, "close_sex", "female median, s") >= 0);
    assert_int_equal(office_run(office, "figures", "{\"by\":\"close_corridor\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_int_equal(office_run(office, "figures", "{}"), VERB_DONE);
    assert_int_equal(figure_of(office, "category_month", "violence 2025-11"), 0);
    assert_int_equal(office_run(office, "figures", "{\"more\":\"no\"}"), VERB_USAGE);
    assert_int_equal(run_case(office, "cases close", 1001, ",\"ending\":\"happy\",\"outcome\":\"x\""), VERB_USAGE);
    assert_int_equal(run_case(office, "cases correct", 1001, ",\"sex\":\"woman\""), VERB_REFUSED);
    assert_int_equal(run_case(office, "cases correct", 1001, ""), VERB_USAGE);
}

static void every_verb_of_the_table_is_found(void **state)
{
    static const char *const words[] = {
#define VERB(identifier, words, positional, options, layout, summary) words,
#include "gateway/core/verbs.def"
#undef VERB
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(words); i++) {
        const struct verb *verb = verbs_find(words[i]);
        if (!verb || !str_equal(verb->words, words[i]))
            fail_msg("%s", words[i]);
        assert_int_equal(verb->is_outside, str_equal(words[i], "backup"));
    }
    assert_null(verbs_find("cases"));
    assert_null(verbs_find(""));
}

/* Three numbers of one person: her words stand together, in the order in which she wrote them. */
static void joined_cases_are_read_as_one(void **state)
{
    static const char *const want[] = { "no salary", "he beats me", "he will kill me", "still no salary" };
    struct office *office = *state;
    int64_t ids[3];
    char more[40];
    ids[0] = core_rig_text_in(&office->core, HER, want[0], "j1", RIG_NOW).case_id;
    ids[1] = core_rig_text_in(&office->core, "+966505550777", want[1], "j2", RIG_NOW + 1).case_id;
    ids[2] = core_rig_text_in(&office->core, "+966505550778", want[2], "j3", RIG_NOW + 2).case_id;
    core_rig_text_in(&office->core, HER, want[3], "j4", RIG_NOW + 3);
    snprintf(more, sizeof more, ",\"other\":%lld", (long long)ids[2]);
    assert_int_equal(run_case(office, "cases join", ids[1], more), VERB_DONE);
    snprintf(more, sizeof more, ",\"other\":%lld", (long long)ids[1]);
    assert_int_equal(run_case(office, "cases join", ids[0], more), VERB_DONE); /* and by way of that one the third */
    assert_int_equal(run_case(office, "cases show", ids[0], ""), VERB_DONE);
    size_t told = 0;
    for (size_t i = 0; i < json_array_size(office->rows); i++) {
        const json_t *row = office_row(office, i);
        const char *section = json_string_value(json_object_get(row, "section"));
        const char *text = json_string_value(json_object_get(row, "text"));
        json_int_t from = json_integer_value(json_object_get(row, "case"));
        if (!str_equal(section, "message"))
            continue;
        assert_true(told < STR_COUNT(want));
        assert_string_equal(text, want[told]);
        assert_int_equal(from, ids[told % 3]);
        told++;
    }
    assert_int_equal(told, STR_COUNT(want));
    assert_int_equal(run_case(office, "cases show", ids[2], ""), VERB_DONE); /* the one that was joined: its own */
    unsigned own = 0;
    for (size_t i = 0; i < json_array_size(office->rows); i++)
        own += str_equal(json_string_value(json_object_get(office_row(office, i), "section")), "message");
    assert_int_equal(own, 1);
}

/* ---- the queue ------------------------------------------------------------------------------------------------- */

static bool is_marked(const struct office *office, const char *key)
{
    return json_is_true(json_object_get(office_row(office, 0), key));
}

static void a_case_is_unread_until_it_is_shown(void **state)
{
    struct office *office = *state;
    int64_t id = text_in(office, "he beats me", "q1");
    assert_int_equal(office_run(office, "cases list", "{\"unread\":\"yes\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 1);
    assert_true(is_marked(office, "unread") && is_marked(office, "unanswered"));
    assert_true(json_is_string(json_object_get(office_row(office, 0), "next_step_at")));
    assert_int_equal(run_case(office, "cases show", id, ""), VERB_DONE);
    assert_int_equal(office_run(office, "cases list", "{\"unread\":\"yes\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 0);
    core_rig_text_in(&office->core, HER, "again", "q2", RIG_NOW + 9000);
    assert_int_equal(office_run(office, "cases list", "{}"), VERB_DONE);
    assert_true(is_marked(office, "unread"));
    assert_int_equal(office_run(office, "cases count", "{}"), VERB_DONE);
    assert_int_equal(json_integer_value(json_object_get(office_row(office, 0), "unread")), 1);
}

static void a_case_is_found_by_its_number_and_by_hers(void **state)
{
    static const struct {
        const char *label, *find;
        size_t rows;
    } table[] = {
        { "the case", "1001", 1 },
        { "no such case", "1002", 0 },
        { "not a number of ours", "0", 0 },
        { "her number", "+966505550123", 1 },
        { "written by hand", "00966 50 555 0123", 1 },
        { "a part of it is nobody's", "+96650555", 0 },
        { "another number", "+966505550124", 0 },
        { "no number at all", "a' OR '1'='1", 0 },
    };
    struct office *office = *state;
    assert_int_equal(text_in(office, "he beats me", "f1"), 1001);
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        char args[128];
        snprintf(args, sizeof args, "{\"find\":\"%s\"}", table[i].find);
        assert_int_equal(office_run(office, "cases list", args), VERB_DONE);
        if (json_array_size(office->rows) != table[i].rows)
            fail_msg("%s: %zu rows", table[i].label, json_array_size(office->rows));
    }
    assert_int_equal(office_run(office, "cases list", "{\"find\":1001}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 1);
    assert_int_equal(office_run(office, "audit list", "{\"limit\":1}"), VERB_DONE);
    assert_string_equal(json_text(office_row(office, 0), "action", ""), "cases.find");
    assert_string_equal(json_text(office_row(office, 0), "detail", ""), "not found");
}

static void the_queue_goes_on_after_a_case(void **state)
{
    struct office *office = *state;
    core_rig_text_in(&office->core, "+966505550001", "no salary 3 months", "p1", RIG_NOW);
    core_rig_text_in(&office->core, "+966505550002", "no salary 4 months", "p2", RIG_NOW + 1);
    core_rig_text_in(&office->core, "+966505550003", "they are killing me now", "p3", RIG_NOW + 2);
    assert_int_equal(office_run(office, "cases list", "{\"after\":\"1003\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 2);
    assert_int_equal(office_run(office, "cases list", "{\"after\":\"soon-1001\",\"limit\":1}"), VERB_DONE);
    assert_int_equal(json_integer_value(json_object_get(office_row(office, 0), "case")), 1002);
    /* Its urgency when it was listed counts, not what it is now. */
    assert_int_equal(office_run(office, "cases list", "{\"after\":\"routine-1003\"}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 0);
}

static void views_are_kept_for_their_person(void **state)
{
    struct office *office = *state;
    char args[64];
    assert_int_equal(
        office_run(office, "views save",
            "{\"name\":\"children\",\"flag\":\"minor\",\"owner\":\"maria,nobody\",\"find\":\"+966505550123\"}"),
        VERB_DONE);
    assert_int_equal(office_run(office, "views list", "{}"), VERB_DONE);
    assert_string_equal(json_text(office_row(office, 0), "query", ""), "flag=minor&owner=maria,nobody");
    assert_int_equal(office_run(office, "views save", "{\"name\":\"children\",\"state\":\"open\"}"), VERB_DONE);
    assert_int_equal(office_run(office, "views list", "{}"), VERB_DONE);
    assert_int_equal(json_array_size(office->rows), 1);
    for (int i = 1; i < 20; i++) {
        snprintf(args, sizeof args, "{\"name\":\"view %d\",\"state\":\"open\"}", i);
        assert_int_equal(office_run(office, "views save", args), VERB_DONE);
    }
    assert_int_equal(office_run(office, "views save", "{\"name\":\"one more\",\"state\":\"open\"}"), VERB_REFUSED);
    assert_int_equal(office_run(office, "views drop", "{\"name\":\"children\"}"), VERB_DONE);
    assert_int_equal(office_run(office, "views save", "{\"name\":\"one more\",\"state\":\"open\"}"), VERB_DONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, office_open, office_close)
    const struct CMUnitTest tests[] = {
        TEST(wrong_arguments_are_refused_with_a_sentence),
        TEST(log_lists_the_worst_first),
        TEST(showing_a_case_is_audited),
        TEST(closing_a_case_ends_all_that_was_to_come),
        TEST(purged_case_keeps_its_labels_and_loses_its_words),
        TEST(case_is_shown_with_her_rules_corrections_and_history),
        TEST(preview_counts_the_parts_and_names_what_costs_more),
        TEST(candidates_are_listed_and_audited),
        TEST(same_words_are_not_written_twice_by_a_second_touch),
        TEST(message_is_shown_with_its_reasons_and_audited),
        TEST(message_of_another_hot_key_is_not_shown_as_empty),
        TEST(lists_hold_no_words),
        TEST(messages_without_a_case_can_be_listed),
        TEST(messages_without_a_case_are_read_by_kind_and_counted),
        TEST(alerts_are_listed_by_state),
        TEST(dead_rows_are_kicked_one_by_one_or_all),
        TEST(kept_request_is_shown_released_or_dropped),
        TEST(kept_request_is_read_as_its_channel_would),
        TEST(contact_is_switched_by_hand),
        TEST(line_without_a_sender_is_not_well),
        TEST(simulated_text_is_a_message_like_any_other),
        TEST(audit_is_listed_and_verified),
        TEST(figures_count_and_hide_small_cells),
        TEST(figures_are_of_a_period_and_of_a_kind),
        TEST(figures_are_told_by_corridor_and_by_what_people_stated),
        cmocka_unit_test(every_verb_of_the_table_is_found),
        TEST(joined_cases_are_read_as_one),
        TEST(a_case_is_unread_until_it_is_shown),
        TEST(a_case_is_found_by_its_number_and_by_hers),
        TEST(the_queue_goes_on_after_a_case),
        TEST(views_are_kept_for_their_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
