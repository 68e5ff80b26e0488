/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_outbound_privacy - whatever comes in, nothing goes to her by itself, and no alert shows more than its contact
 * may see. What:  random texts through intake and compose, from a printed seed; PROPERTY_SEED=<number> runs one seed
 * again.
 */
#include <inttypes.h>
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
#include "gateway/base/utf8.h"
#include "gateway/core/compose.h"
#include "tests/support/core_rig.h"

#define ROUNDS 20000
#define NUMBERS 3000 /* so that most texts join a case, and many open one */
#define MARKER "7316984520"
#define TEXT_MAX 600

static uint64_t generator;

/* xorshift64*: any seed but 0 */
static uint32_t next_random(void)
{
    generator ^= generator >> 12;
    generator ^= generator << 25;
    generator ^= generator >> 27;
    return (uint32_t)(generator * 0x2545f4914f6cdd1dULL >> 32);
}

/* ---- drawing --------------------------------------------------------------------------------------------------- */

static const char *const pieces[] = { "he beats me", "no salary", "kill me", "stop", "prize winner loan", "pls",
    "hlp po", "3 days", "2lungan", "my name is ", "ako si ", "我叫", "اسمي ", "Maria", "!", ".", "\n", "\t", "@", "x",
    "http://a.b/", "é", "\xe2\x80\x8f", "\xf0\x9f\x98\xa2", "room 41", "ণ", "" };
static const char *const separators[] = { "", "", "", " ", "-", ".", " - ", "\xc2\xa0", "\xe2\x80\x8e", "/", ") (",
    "\xe2\x80\x93", "*" };
static const uint32_t zeros[] = { '0', '0', '0', 0x660, 0x6f0, 0x966, 0x9e6, 0x1040, 0xe50, 0xff10 };

/* A number as people write it: in one script, with separators. */
static void draw_number(struct buf *out, const char *digits)
{
    uint32_t zero = zeros[next_random() % STR_COUNT(zeros)];
    const char *separator = separators[next_random() % STR_COUNT(separators)];
    unsigned group = 1 + next_random() % 5;
    for (size_t i = 0; digits[i]; i++) {
        if (i > 0 && i % group == 0)
            buf_add_text(out, separator);
        utf8_encode(out, zero + (uint32_t)(digits[i] - '0'));
    }
}

static void draw_text(struct buf *out, const char *number)
{
    unsigned count = next_random() % 8;
    buf_clear(out);
    for (unsigned i = 0; i < count; i++) {
        switch (next_random() % 5) {
        case 0:
            draw_number(out, number + 1);
            break;
        case 1:
            draw_number(out, MARKER);
            break;
        default:
            buf_add_text(out, pieces[next_random() % STR_COUNT(pieces)]);
        }
        if (next_random() % 3)
            buf_add_char(out, ' ');
    }
}

/* ---- looking --------------------------------------------------------------------------------------------------- */

/* The decimal digits of a text, of whatever script, as ASCII. */
static void fold_digits(const char *text, struct buf *out)
{
    for (size_t len = strlen(text); len > 0;) {
        uint32_t c;
        size_t n = utf8_decode(text, len, &c);
        for (size_t i = 0; i < STR_COUNT(zeros); i++) {
            if (c < zeros[i] || c > zeros[i] + 9)
                continue;
            buf_add_char(out, (char)('0' + (c - zeros[i])));
            break;
        }
        text += n;
        len -= n;
    }
}

struct look {
    struct core_rig *rig;
    const char *number, *text;
    unsigned count;
};

static void must_hide(const struct look *look, const struct composed *composed, const char *contact)
{
    AUTO_BUF digits;
    buf_init(&digits, 8192);
    const char *shown = composed->view.text ? composed->view.text : "";
    fold_digits(shown, &digits);
    const char *found = digits.data ? digits.data : "";
    if (strstr(found, MARKER) || strstr(found, look->number + 1) || strstr(composed->message.text, look->number) ||
        strstr(composed->message.text, MARKER) || composed->view.from)
        fail_msg("%s reads \"%s\" of \"%s\"", contact, shown, look->text);
}

static int look_at(void *context, const struct outbox_row *row)
{
    struct look *look = context;
    struct composed composed;
    assert_int_equal(compose_row(&look->rig->core, row, RIG_NOW, &composed), 0);
    if (str_equal(row->contact, "house"))
        must_hide(look, &composed, row->contact);
    if (str_equal(row->contact, "watch")) {
        must_hide(look, &composed, row->contact);
        assert_null(composed.view.text);
    }
    look->count += str_equal(row->contact, "house") || str_equal(row->contact, "watch");
    assert_string_not_equal(row->contact, "embassy");
    composed_done(&composed);
    return 0;
}

static unsigned look_at_new_rows(struct core_rig *rig, const char *number, const char *text, int64_t now_ms)
{
    static const char *const channels[] = { "post", "self", "desk" };
    struct look look = { rig, number, text, 0 };
    core_rig_begin(rig);
    for (size_t i = 0; i < STR_COUNT(channels); i++)
        assert_int_equal(outbox_lease(rig->core.store, channels[i], now_ms, now_ms + 1000, "w", 64, look_at, &look), 0);
    core_rig_commit(rig);
    return look.count;
}

struct kinds {
    unsigned alerts, others;
    int64_t last_id;
};

static int count_kind(void *context, const struct outbox_row *row)
{
    struct kinds *kinds = context;
    kinds->alerts += row->kind == OUTBOX_ALERT;
    kinds->others += row->kind != OUTBOX_ALERT;
    kinds->last_id = row->id;
    return 0;
}

static struct kinds count_kinds(struct core_rig *rig)
{
    struct kinds kinds = { 0 };
    unsigned seen;
    do {
        seen = kinds.alerts + kinds.others;
        struct outbox_filter filter = { .state = "all", .before_id = kinds.last_id, .limit = 1000 };
        assert_int_equal(outbox_list(rig->core.store, &filter, count_kind, &kinds), 0);
    } while (kinds.alerts + kinds.others > seen && kinds.last_id > 1);
    return kinds;
}

static void nothing_goes_to_her_and_alerts_hide_what_they_must(void **state)
{
    struct core_rig rig;
    unsigned looked = 0;
    AUTO_BUF text;
    (void)state;
    buf_init(&text, TEXT_MAX * 4);
    core_rig_open(&rig, NULL);
    for (unsigned i = 0; i < ROUNDS; i++) {
        char number[24], id[16];
        snprintf(number, sizeof number, "+96650%07u", 5550000 + next_random() % NUMBERS);
        snprintf(id, sizeof id, "m%u", i);
        draw_text(&text, number);
        assert_int_equal(buf_check(&text), 0);
        const char *words = text.data ? text.data : "";
        int64_t now_ms = RIG_NOW + (int64_t)i * 1000;
        core_rig_text_in(&rig, number, words, id, now_ms);
        looked += look_at_new_rows(&rig, number, words, now_ms);
    }
    struct kinds kinds = count_kinds(&rig);
    assert_int_equal(kinds.others, 0);
    assert_true(kinds.alerts >= looked);
    assert_true(looked > NUMBERS); /* else nothing was proved */
    core_rig_close(&rig);
}

static int set_seed(void **state)
{
    const char *text = getenv("PROPERTY_SEED");
    int64_t seed = (int64_t)time(NULL);
    (void)state;
    if (text && str_to_int64(text, 1, INT64_MAX, &seed))
        return -1;
    generator = (uint64_t)seed;
    print_message("# PROPERTY_SEED=%" PRId64 "\n", seed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_goes_to_her_and_alerts_hide_what_they_must) };
    return cmocka_run_group_tests(tests, set_seed, NULL);
}
