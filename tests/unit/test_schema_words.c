/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_schema_words - the words of the schema are the words of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"
#include "tests/support/store_rig.h"

/* Reads the CREATE TABLE statement of the built schema. */
static void read_table(struct store_rig *rig, const char *table, char *ret_sql, size_t size)
{
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(rig->store->db,
                         "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", -1, &stmt, NULL),
        SQLITE_OK);
    sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        fail_msg("no table %s", table);
    assert_true(str_copy(ret_sql, size, (const char *)sqlite3_column_text(stmt, 0)));
    sqlite3_finalize(stmt);
}

/* The words of "column = 'word' OR ..." in the CHECK behind the column's own definition, in their order, separated by
 * spaces. */
static void read_words(struct store_rig *rig, const char *table, const char *column, char *ret_words, size_t size)
{
    char sql[6000], definition[100], term[100];
    read_table(rig, table, sql, sizeof sql);
    snprintf(definition, sizeof definition, "CHECK (%s = '", column);
    snprintf(term, sizeof term, "%s = '", column);
    const char *at = strstr(sql, definition);
    if (at == NULL)
        fail_msg("%s.%s has no list of words", table, column);
    const char *end = strchr(at, ')');
    str_copy(ret_words, size, "");
    while ((at = strstr(at, term)) != NULL && at < end) {
        at += strlen(term);
        size_t len = strlen(ret_words);
        snprintf(ret_words + len, size - len, "%s%.*s", len == 0 ? "" : " ", (int)(strchr(at, '\'') - at), at);
    }
}

static void compare(struct store_rig *rig, const char *table, const char *column, const char *want)
{
    char got[600];
    read_words(rig, table, column, got, sizeof got);
    if (!str_equal(got, want))
        fail_msg("%s.%s: the schema has \"%s\", the program \"%s\"", table, column, got, want);
}

static void add_word(char *words, size_t size, const char *word)
{
    size_t len = strlen(words);
    snprintf(words + len, size - len, "%s%s", len == 0 ? "" : " ", word);
}

static void state_words_are_those_of_states_def(void **state)
{
    static const struct {
        const char *table, *column;
        enum state_machine machine;
    } columns[] = {
        { "cases", "state", MACHINE_case },
        { "cases", "verification", MACHINE_verification },
        { "alerts", "state", MACHINE_alert },
        { "outbox", "state", MACHINE_outbox },
        { "steps", "state", MACHINE_step },
        { "quarantine", "state", MACHINE_quarantine },
        { "cases", "consent", MACHINE_consent },
        { "loops", "state", MACHINE_loop },
    };
    struct store_rig rig;
    unsigned machines = 0;
    (void)state;
    rig_open_memory(&rig);
    for (size_t i = 0; i < STR_COUNT(columns); i++) {
        char want[600] = "";
        for (int word = 0; word < STATE_COUNT; word++)
            if (state_machine_of((enum state)word) == columns[i].machine)
                add_word(want, sizeof want, state_word((enum state)word));
        compare(&rig, columns[i].table, columns[i].column, want);
        machines |= 1u << columns[i].machine;
    }
    assert_int_equal(machines, (1u << MACHINE_COUNT) - 1);
    rig_close(&rig);
}

static void urgency_intent_and_outcome_words_are_those_of_the_program(void **state)
{
    static const char *const tables[] = { "cases", "messages", "outbox" };
    struct store_rig rig;
    char urgencies[200] = "", intents[200] = "", outcomes[300] = "";
    (void)state;
    rig_open_memory(&rig);
    for (int i = URGENCY_COUNT - 1; i >= 0; i--)
        add_word(urgencies, sizeof urgencies, urgency_word((enum urgency)i));
    for (int i = 0; i < INTENT_COUNT; i++)
        add_word(intents, sizeof intents, intent_word((enum intent)i));
    for (int i = 0; i < OUTCOME_COUNT; i++)
        add_word(outcomes, sizeof outcomes, outcome_word((enum outcome)i));
    for (size_t i = 0; i < STR_COUNT(tables); i++)
        compare(&rig, tables[i], "urgency", urgencies);
    compare(&rig, "messages", "intent", intents);
    compare(&rig, "outbox", "outcome", outcomes);
    compare(&rig, "persons", "asked", "nothing consent who"); /* test_persons stores and reads each */
    rig_close(&rig);
}

/* Filters and leases compare the generated column with enum urgency. */
static void priority_is_the_number_of_the_urgency(void **state)
{
    static const char *const tables[] = { "cases", "outbox" };
    struct store_rig rig;
    char sql[6000], term[64];
    (void)state;
    rig_open_memory(&rig);
    for (size_t i = 0; i < STR_COUNT(tables); i++) {
        read_table(&rig, tables[i], sql, sizeof sql);
        for (int urgency = 0; urgency < URGENCY_COUNT; urgency++) {
            snprintf(term, sizeof term, "WHEN '%s' THEN %d", urgency_word((enum urgency)urgency), urgency);
            if (strstr(sql, term) == NULL)
                fail_msg("%s lacks: %s", tables[i], term);
        }
    }
    rig_close(&rig);
}

static void every_table_is_strict(void **state)
{
    struct store_rig rig;
    sqlite3_stmt *stmt = NULL;
    int tables = 0;
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(
        sqlite3_prepare_v2(rig.store->db,
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
            -1, &stmt, NULL),
        SQLITE_OK);
    for (; sqlite3_step(stmt) == SQLITE_ROW; tables++)
        if (sqlite3_column_int(stmt, 1) != 1)
            fail_msg("%s is not STRICT", sqlite3_column_text(stmt, 0));
    assert_true(tables >= 15);
    sqlite3_finalize(stmt);
    rig_close(&rig);
}

static void every_outbox_state_has_its_total(void **state)
{
    struct store_rig rig;
    char name[64];
    (void)state;
    rig_open_memory(&rig);
    for (int word = STATE_outbox_queued; word <= STATE_outbox_cancelled; word++) {
        snprintf(name, sizeof name, "outbox.%s", state_word((enum state)word));
        assert_int_equal(rig_counter(&rig, name), 0);
        assert_int_equal(turn_counter_from_name(name), COUNTER_OUTBOX + word - STATE_outbox_queued);
    }
    assert_int_equal(rig_counter(&rig, "case"), 1000);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_words_are_those_of_states_def),
        cmocka_unit_test(urgency_intent_and_outcome_words_are_those_of_the_program),
        cmocka_unit_test(priority_is_the_number_of_the_urgency),
        cmocka_unit_test(every_table_is_strict),
        cmocka_unit_test(every_outbox_state_has_its_total),
    };
    return cmocka_run_group_tests_name("schema_words", tests, NULL, NULL);
}
