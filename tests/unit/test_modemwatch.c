/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_modemwatch - what is wrong with a modem for too long is told once, by another way, and so is its end. */
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
#include "gateway/core/modemwatch.h"
#include "gateway/store/findings.h"
#include "tests/support/core_rig.h"

#define MINUTE 60000LL
#define AT(minutes) (RIG_NOW + (minutes)*MINUTE)

static const char config_text[] =
    "database = \"line.db\";\n"
    "keys = { hot = \"@file:keys/hot.key\"; index = \"@file:keys/index.key\"; };\n"
    "channels = (\n"
    "  { name = \"sim1\"; kind = \"modem\"; device = \"/dev/ttyUSB0\"; credit_low = 10; silent_after = \"2 h\"; },\n"
    "  { name = \"desk\"; kind = \"webhook\"; secret = \"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"; }\n"
    ");\n"
    "contacts = ( { name = \"boss\"; title = \"Boss\"; kind = \"ngo\"; addresses = (\n"
    "    { channel = \"desk\"; to = \"https://boss.example.org/\"; }, { channel = \"sim1\"; to = \"+966500000104\"; } ); } );\n"
    "policies = ( { name = \"all\"; steps = ( { contacts = [ \"boss\" ]; } ); } );\n"
    "routes = ( { policy = \"all\"; } );\n"
    "auditor = { contacts = [ \"boss\" ]; };\n";

struct rig {
    struct core_rig core;
    struct modem_health health;
    struct modemwatch *watch;
};

static int look(const void *context, const char *channel, struct modem_health *ret_health)
{
    const struct rig *rig = context;
    assert_string_equal(channel, "sim1");
    *ret_health = rig->health;
    return 0;
}

static void begin_watch(struct rig *rig)
{
    modemwatch_free(rig->watch);
    assert_int_equal(modemwatch_new(&rig->core.core, look, rig, &rig->watch), 0);
}

static int open_rig(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    core_rig_open(&rig->core, config_text);
    rig->health = (struct modem_health){ .is_connected = true,
        .is_ready = true,
        .state = "ready",
        .problem = "none",
        .registration = 1,
        .signal = 17,
        .storage_used = 1,
        .storage_total = 20 };
    begin_watch(rig);
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    modemwatch_free(rig->watch);
    core_rig_close(&rig->core);
    free(rig);
    return 0;
}

static int take_row(void *context, const struct outbox_row *row)
{
    *(int64_t *)context = row->id;
    return 0;
}

/* Alarms leave at once. */
static void send_all(struct rig *rig, int64_t now_ms)
{
    static const char *const channels[] = { "desk", "sim1" };
    for (size_t i = 0; i < STR_COUNT(channels);) {
        int64_t id = 0;
        assert_int_equal(
            outbox_lease(rig->core.core.store, channels[i], now_ms, now_ms + 60000, "rig", 1, take_row, &id), 0);
        struct outbox_settlement sent = { .id = id,
            .state = STATE_outbox_sent,
            .outcome = OUTCOME_sent,
            .provider_code = "",
            .remote_id = "",
            .now_ms = now_ms };
        if (id)
            assert_int_equal(outbox_settle(rig->core.core.store, &sent), 0);
        else
            i++;
    }
}

/* A round every minute up to that one, beginning behind the last. */
static void run(struct rig *rig, int64_t from, int64_t to)
{
    for (int64_t minute = from; minute <= to; minute++) {
        unsigned open;
        core_rig_begin(&rig->core);
        assert_int_equal(modemwatch_run(rig->watch, AT(minute)), 0);
        assert_int_equal(auditor_run(&rig->core.core, AT(minute), &open), 0);
        send_all(rig, AT(minute));
        core_rig_commit(&rig->core);
    }
}

struct kinds {
    char text[400];
};

static int note_kind(void *context, const struct finding_row *row)
{
    struct kinds *list = context;
    size_t len = strlen(list->text);
    assert_string_equal(row->object, "channel:sim1");
    snprintf(list->text + len, sizeof list->text - len, "%s%s", len ? " " : "", row->kind);
    return 0;
}

static void expect(struct rig *rig, const char *label, const char *want)
{
    struct kinds list = { "" };
    assert_int_equal(findings_list(rig->core.core.store, true, 100, note_kind, &list), 0);
    if (!str_equal(list.text, want))
        fail_msg("%s: found \"%s\", wanted \"%s\"", label, list.text, want);
}

/* Notices by channel. */
static unsigned told(struct rig *rig, const char *channel)
{
    struct rig_outbox *rows = core_rig_outbox(&rig->core, NULL);
    unsigned count = 0;
    for (unsigned i = 0; i < rows->count; i++)
        count += rows->rows[i].kind == OUTBOX_NOTICE && str_equal(rows->rows[i].channel, channel);
    free(rows);
    return count;
}

static void well_modem_is_not_spoken_of(void **state)
{
    struct rig *rig = *state;
    run(rig, 0, 60);
    expect(rig, "well", "");
    assert_int_equal(told(rig, "desk"), 0);
}

static void each_trouble_is_found_after_its_time_and_not_before(void **state)
{
    static const struct {
        const char *label;
        struct modem_health health;
        int64_t quiet, found; /* minutes: the last without it, the first with it */
        const char *kind;
    } rows[] = {
        { "absent", { .is_connected = false }, 2, 3, "modem_absent" },
        { "not ready", { .is_connected = true, .state = "sync", .problem = "no_answer" }, 5, 6, "modem_not_ready" },
        { "no SIM", { .is_connected = true, .state = "sim", .problem = "no_sim" }, 5, 6, "modem_not_ready" },
        { "a problem although it is ready",
            { .is_connected = true, .is_ready = true, .problem = "no_sms", .signal = 9, .registration = 1 }, 5, 6,
            "modem_not_ready" },
        { "no signal", { .is_connected = true, .is_ready = true, .problem = "none", .signal = 0, .registration = 1 }, 5,
            6, "modem_no_signal" },
        { "unknown signal and no network",
            { .is_connected = true, .is_ready = true, .problem = "none", .signal = -1, .registration = 2 }, 5, 6,
            "modem_no_signal" },
        { "nearly full",
            { .is_connected = true, .is_ready = true, .signal = 9, .storage_used = 8, .storage_total = 10 }, 5, 6,
            "modem_storage_nearly_full" },
        { "full", { .is_connected = true, .is_ready = true, .problem = "storage_full", .signal = 9 }, 5, 6,
            "modem_storage_nearly_full" },
        { "credit", { .is_connected = true, .is_ready = true, .signal = 9, .ussd = "Balance 9.99" }, -1, 0,
            "modem_credit_low" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        void *fresh;
        (void)state;
        open_rig(&fresh);
        struct rig *rig = fresh;
        run(rig, -1, -1 + (rows[i].quiet >= 0));
        rig->health = rows[i].health;
        run(rig, 1, rows[i].quiet);
        expect(rig, rows[i].label, "");
        run(rig, rows[i].found, rows[i].found);
        expect(rig, rows[i].label, rows[i].kind);
        close_rig(&fresh);
    }
}

static void what_is_no_trouble_is_not_found(void **state)
{
    static const struct {
        const char *label;
        struct modem_health health;
    } rows[] = {
        { "unknown signal, registered",
            { .is_connected = true, .is_ready = true, .problem = "none", .signal = -1, .registration = 5 } },
        { "unknown signal and network",
            { .is_connected = true, .is_ready = true, .problem = "none", .signal = -1, .registration = -1 } },
        { "half full",
            { .is_connected = true, .is_ready = true, .signal = 9, .storage_used = 7, .storage_total = 10 } },
        { "enough credit", { .is_connected = true, .is_ready = true, .signal = 9, .ussd = "Balance 10.00" } },
        { "unreadable credit", { .is_connected = true, .is_ready = true, .signal = 9, .ussd = "Try later" } },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        void *fresh;
        (void)state;
        open_rig(&fresh);
        struct rig *rig = fresh;
        rig->health = rows[i].health;
        run(rig, 0, 30);
        expect(rig, rows[i].label, "");
        close_rig(&fresh);
    }
}

static void trouble_is_told_once_by_another_way_and_so_is_its_end(void **state)
{
    struct rig *rig = *state;
    run(rig, 0, 0);
    rig->health.is_connected = rig->health.is_ready = false;
    run(rig, 1, 30);
    assert_int_equal(told(rig, "desk"), 1);
    rig->health.is_connected = rig->health.is_ready = true;
    run(rig, 31, 60);
    expect(rig, "back", "");
    assert_int_equal(told(rig, "desk"), 2);
    assert_int_equal(told(rig, "sim1"), 0);
}

/* A driver that is killed and restarted, or a modem that resets, is back within seconds. */
static void short_trouble_is_not_told(void **state)
{
    struct rig *rig = *state;
    for (int64_t minute = 0; minute < 60; minute++) {
        rig->health.is_connected = minute % 3 == 0;
        rig->health.is_ready = rig->health.is_connected;
        run(rig, minute, minute);
    }
    expect(rig, "now and then", "");
}

static void restart_of_the_daemon_neither_ends_nor_repeats_a_finding(void **state)
{
    struct rig *rig = *state;
    run(rig, 0, 0);
    rig->health.is_connected = rig->health.is_ready = false;
    run(rig, 1, 10);
    for (int64_t minute = 11; minute < 15; minute++) {
        begin_watch(rig);
        run(rig, minute, minute);
        expect(rig, "after a restart", "modem_absent");
    }
    assert_int_equal(told(rig, "desk"), 1);
    rig->health.is_connected = rig->health.is_ready = true;
    run(rig, 15, 15);
    expect(rig, "well", "");
}

static void low_credit_goes_on_until_it_is_seen_to_be_enough(void **state)
{
    struct rig *rig = *state;
    str_copy(rig->health.ussd, sizeof rig->health.ussd, "Balance 3");
    run(rig, 0, 3);
    expect(rig, "low", "modem_credit_low");
    str_copy(rig->health.ussd, sizeof rig->health.ussd, "");
    begin_watch(rig);
    run(rig, 4, 6);
    expect(rig, "not asked since the restart", "modem_credit_low");
    str_copy(rig->health.ussd, sizeof rig->health.ussd, "Balance 30");
    run(rig, 7, 7);
    expect(rig, "enough", "");
}

static void modem_that_receives_nothing_is_found_when_that_was_asked_for(void **state)
{
    struct rig *rig = *state;
    run(rig, 0, 120);
    expect(rig, "within two hours", "");
    run(rig, 121, 121);
    expect(rig, "after them", "modem_receives_nothing");
    rig->health.last_received_at = AT(121);
    run(rig, 122, 122);
    expect(rig, "it received", "");
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(well_modem_is_not_spoken_of),
        cmocka_unit_test(each_trouble_is_found_after_its_time_and_not_before),
        cmocka_unit_test(what_is_no_trouble_is_not_found),
        WITH_RIG(trouble_is_told_once_by_another_way_and_so_is_its_end),
        WITH_RIG(short_trouble_is_not_told),
        WITH_RIG(restart_of_the_daemon_neither_ends_nor_repeats_a_finding),
        WITH_RIG(low_credit_goes_on_until_it_is_seen_to_be_enough),
        WITH_RIG(modem_that_receives_nothing_is_found_when_that_was_asked_for),
    };
    return cmocka_run_group_tests_name("modemwatch", tests, NULL, NULL);
}
