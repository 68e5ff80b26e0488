/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_parts_model - parts of many long texts in random order end as the texts that were sent.
 * What:  several senders, each with some texts in parts; parts come in any order, twice, in turns that are undone, over
 *        restarts. After each part the stored text is what a small model says; at the end nothing is missing, nothing
 * is there twice, and every case has asked somebody. Why:   the orders are too many for a table. The seed is printed:
 * PARTS_SEED=n repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/core/escalation.h"
#include "gateway/core/joining.h"
#include "tests/support/core_rig.h"

#define SENDERS 4
#define TEXTS 24
#define PARTS_MAX 6
#define MOVES 500
#define TEXT_MAX 600

struct text {
    int sender;
    unsigned total;
    char ref[8];
    char parts[PARTS_MAX + 1][64];
    bool has[PARTS_MAX + 1];
    int64_t message_id; /* 0 = nothing came yet */
};
struct run {
    struct core_rig rig;
    struct text texts[TEXTS];
    uint64_t random;
    int64_t now_ms;
    unsigned ids;
};

static unsigned pick(struct run *run, unsigned limit)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return (unsigned)(run->random % limit);
}

static void write_texts(struct run *run)
{
    static const char *const words[] = { "no salary ", "beats me ", "he will ki", "ll me ", "please ", "prize ", "",
        "\xc3\xa9t\xc3\xa9 ", "stop ", "my passport " };
    for (int i = 0; i < TEXTS; i++) {
        struct text *text = &run->texts[i];
        text->sender = (int)pick(run, SENDERS);
        text->total = 2 + pick(run, PARTS_MAX - 1);
        snprintf(text->ref, sizeof text->ref, "%d", i); /* a phone counts its references up */
        for (unsigned part = 1; part <= text->total; part++)
            snprintf(text->parts[part], sizeof text->parts[part], "%s%s", words[pick(run, STR_COUNT(words))],
                words[pick(run, STR_COUNT(words))]);
    }
}

/* What the stored message must say. */
static void write_expected(const struct text *text, char *ret)
{
    unsigned next = 1;
    ret[0] = '\0';
    for (unsigned part = 1; part <= text->total; part++) {
        if (!text->has[part])
            continue;
        size_t len = strlen(ret);
        snprintf(ret + len, TEXT_MAX - len, "%s%s", part > next ? " [...] " : "", text->parts[part]);
        next = part + 1;
    }
}

static void check_text(struct run *run, const struct text *text)
{
    struct message_row row;
    AUTO_KEY key = { { 0 } };
    AUTO_BUF stored;
    char want[TEXT_MAX];
    unsigned arrived = 0;
    buf_init(&stored, VAULT_PLAIN_MAX);
    if (!text->message_id)
        return;
    write_expected(text, want);
    for (unsigned part = 1; part <= text->total; part++)
        arrived += text->has[part];
    assert_int_equal(messages_get(run->rig.core.store, text->message_id, &row), 0);
    assert_int_equal(row.part, arrived);
    assert_int_equal(row.part_total, text->total);
    assert_int_equal(casefile_message_key(&run->rig.core, &row, &key), 0);
    assert_int_equal(casefile_open_message(&run->rig.core, &key, &row, MESSAGE_TEXT, &stored), 0);
    assert_string_equal(stored.data ? stored.data : "", want);
}

static struct intake_result take(struct run *run, const struct text *text, unsigned part, bool is_undone)
{
    struct intake_result result;
    char from[20], id[20];
    snprintf(from, sizeof from, "+96650555%04d", text->sender);
    snprintf(id, sizeof id, "p%u", ++run->ids);
    struct sms_in sms = core_rig_sms(from, text->parts[part], pick(run, 2) ? id : "");
    sms.part = part;
    sms.part_total = text->total;
    str_copy(sms.part_ref, sizeof sms.part_ref, text->ref);
    core_rig_begin(&run->rig);
    assert_int_equal(intake_message(&run->rig.core, "in", &sms, 0, run->now_ms, &result), 0);
    if (is_undone)
        store_rollback(run->rig.core.store);
    else
        core_rig_commit(&run->rig);
    sms_in_done(&sms);
    return result;
}

static void deliver(struct run *run, struct text *text, unsigned part, bool is_undone)
{
    struct intake_result result = take(run, text, part, is_undone);
    assert_int_equal(result.is_duplicate, text->has[part]);
    if (text->message_id)
        assert_int_equal(result.message_id, text->message_id);
    if (!is_undone) {
        text->has[part] = true;
        text->message_id = result.message_id;
    }
    check_text(run, text);
}

static void run_due(struct run *run)
{
    int64_t next;
    core_rig_begin(&run->rig);
    assert_int_equal(escalation_run(&run->rig.core, run->now_ms, &next), 0);
    core_rig_commit(&run->rig);
    assert_true(next > run->now_ms);
}

static void restart(struct run *run)
{
    assert_int_equal(rig_reopen(&run->rig.base), 0);
    run->rig.core.store = run->rig.base.store;
}

static void move(struct run *run)
{
    struct text *text = &run->texts[pick(run, TEXTS)];
    run->now_ms += pick(run, 1000);
    if (pick(run, 20) == 0)
        restart(run);
    if (pick(run, 5) == 0)
        run_due(run);
    deliver(run, text, 1 + pick(run, text->total), pick(run, 10) == 0);
}

static int count_alerts(void *context, const struct alert_row *row)
{
    (void)row;
    ++*(unsigned *)context;
    return 0;
}

static int check_case(void *context, const struct case_row *row)
{
    struct run *run = context;
    unsigned alerts = 0;
    assert_int_equal(alerts_list(run->rig.core.store, row->id, NULL, 0, 1000, count_alerts, &alerts), 0);
    if (!alerts)
        fail_msg("case %d has asked nobody", (int)row->id);
    return 0;
}

static void finish(struct run *run)
{
    struct cases_filter all = { .state = "all", .urgency = -1, .category = -1, .limit = 1000 };
    int64_t next;
    run->now_ms += JOINING_WAIT_MS;
    run_due(run);
    assert_int_equal(cases_list(run->rig.core.store, &all, check_case, run), 0);
    for (int i = 0; i < TEXTS; i++)
        for (unsigned part = 1; part <= run->texts[i].total; part++)
            deliver(run, &run->texts[i], part, false);
    restart(run);
    for (int i = 0; i < TEXTS; i++)
        check_text(run, &run->texts[i]);
    assert_int_equal(core_rig_count_messages(&run->rig), TEXTS);
    assert_int_equal(joins_next_due(run->rig.core.store, &next), ERR_NOT_FOUND);
}

static void parts_in_any_order_end_as_the_texts_that_were_sent(void **state)
{
    const char *given = getenv("PARTS_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    struct run *run = calloc(1, sizeof *run);
    (void)state;
    printf("# PARTS_SEED=%llu\n", (unsigned long long)seed);
    assert_non_null(run);
    core_rig_open(&run->rig, NULL);
    rig_close(&run->rig.base);
    rig_open(&run->rig.base);
    run->rig.core.store = run->rig.base.store;
    run->rig.core.vault = run->rig.base.vault;
    run->random = seed * 2654435761u + 88172645463325252u;
    run->now_ms = RIG_NOW;
    write_texts(run);
    for (int i = 0; i < MOVES; i++)
        move(run);
    finish(run);
    core_rig_close(&run->rig);
    free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(parts_in_any_order_end_as_the_texts_that_were_sent) };
    return cmocka_run_group_tests_name("parts_model", tests, NULL, NULL);
}
