/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_messages - messages come back as they were stored, once each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/store/evidence.h"
#include "tests/support/store_rig.h"

static void begin_with_case(struct store_rig *rig, int64_t number, int64_t *ret_case_id)
{
    rig_open_memory(rig);
    assert_int_equal(store_begin(rig->store), 0);
    struct case_row row = rig_case(rig, number);
    assert_int_equal(cases_insert(rig->store, &row), 0);
    *ret_case_id = row.id;
}

static void end(struct store_rig *rig)
{
    assert_int_equal(store_commit(rig->store), 0);
    rig_close(rig);
}

static void insert(struct store_rig *rig, const struct message_row *row)
{
    assert_int_equal(messages_insert(rig->store, row), 0);
}

static void assert_same(const struct message_row *a, const struct message_row *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->case_id, b->case_id);
    assert_int_equal(a->direction, b->direction);
    assert_string_equal(a->channel, b->channel);
    assert_memory_equal(a->dedupe, b->dedupe, STORE_TAG_LEN);
    assert_memory_equal(a->sender_tag, b->sender_tag, STORE_TAG_LEN);
    assert_true(span_equal(a->key_wrap, b->key_wrap) && span_equal(a->sender, b->sender));
    assert_true(span_equal(a->recipient, b->recipient) && span_equal(a->text, b->text));
    assert_true(a->received_at == b->received_at && a->sent_at == b->sent_at);
    assert_string_equal(a->triage.language, b->triage.language);
    assert_string_equal(a->triage.second_language, b->triage.second_language);
    assert_true(a->triage.is_help == b->triage.is_help && a->triage.intent == b->triage.intent);
    assert_true(a->triage.categories == b->triage.categories && a->triage.flags == b->triage.flags);
    assert_int_equal(a->triage.urgency, b->triage.urgency);
    assert_int_equal(a->triage.evidence_count, b->triage.evidence_count);
    for (unsigned i = 0; i < a->triage.evidence_count; i++) {
        assert_int_equal(a->triage.evidence[i].kind, b->triage.evidence[i].kind);
        assert_int_equal(a->triage.evidence[i].label, b->triage.evidence[i].label);
        assert_int_equal(a->triage.evidence[i].start, b->triage.evidence[i].start);
        assert_int_equal(a->triage.evidence[i].len, b->triage.evidence[i].len);
    }
    assert_true(
        a->is_late == b->is_late && a->part == b->part && a->part_total == b->part_total && a->copies == b->copies);
    assert_string_equal(a->author, b->author);
    assert_int_equal(a->is_doubtful, b->is_doubtful);
}

static void every_field_comes_back(void **state)
{
    struct store_rig rig;
    int64_t case_id;
    struct message_row got;
    (void)state;
    begin_with_case(&rig, 1, &case_id);
    struct message_row row = rig_message(&rig, case_id, 1);
    str_copy(row.triage.second_language, sizeof row.triage.second_language, "ar-Latn");
    row.triage.flags = (1u << FLAG_COUNT) - 1;
    row.triage.categories = (1u << CATEGORY_COUNT) - 1;
    row.triage.urgency = URGENCY_critical;
    row.triage.intent = INTENT_not_help;
    row.triage.evidence_count = EVIDENCE_MAX;
    for (unsigned i = 0; i < EVIDENCE_MAX; i++)
        row.triage.evidence[i] = (struct evidence){ (enum label_kind)(i % 5), (uint8_t)(i % 3), (uint16_t)(65535 - i),
            (uint16_t)(65535 - 2 * i) };
    row.triage.evidence[0] = (struct evidence){ LABEL_CATEGORY, CATEGORY_confinement, 65535, 65535 };
    row.sent_at = 5;
    row.is_late = true;
    row.part = 2;
    row.part_total = 3;
    row.copies = 4;
    row.is_doubtful = true;
    str_copy(row.author, sizeof row.author, "uid:1000");
    row.key_wrap = span_of("wrap");
    insert(&rig, &row);
    assert_int_equal(messages_get(rig.store, row.id, &got), 0);
    assert_same(&row, &got);
    assert_int_equal(messages_get(rig.store, row.id + 1, &got), ERR_NOT_FOUND);
    end(&rig);
}

static void empty_fields_come_back_empty(void **state)
{
    struct store_rig rig;
    struct message_row got,
        row = { .id = 1, .direction = MESSAGE_OUT, .channel = "main", .triage = { .language = "und" } };
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    insert(&rig, &row);
    assert_int_equal(messages_get(rig.store, 1, &got), 0);
    assert_same(&row, &got);
    end(&rig);
}

static void known_dedupe_key_is_refused_and_found(void **state)
{
    struct store_rig rig;
    int64_t case_id, id = 0;
    struct message_row got;
    (void)state;
    begin_with_case(&rig, 1, &case_id);
    struct message_row row = rig_message(&rig, case_id, 1), again = rig_message(&rig, case_id, 1);
    memcpy(again.dedupe, row.dedupe, STORE_TAG_LEN);
    insert(&rig, &row);
    assert_int_equal(messages_insert(rig.store, &again), ERR_EXISTS);
    assert_int_equal(messages_get(rig.store, again.id, &got), ERR_NOT_FOUND);
    assert_int_equal(messages_find_dedupe(rig.store, row.dedupe, &id), 0);
    assert_int_equal(id, row.id);
    assert_int_equal(messages_count_copy(rig.store, id), 0);
    assert_int_equal(messages_count_copy(rig.store, id), 0);
    assert_int_equal(messages_count_copy(rig.store, 999), ERR_NOT_FOUND);
    assert_int_equal(messages_get(rig.store, row.id, &got), 0);
    assert_int_equal(got.copies, 2);
    rig_tag(77, again.dedupe);
    assert_int_equal(messages_find_dedupe(rig.store, again.dedupe, &id), ERR_NOT_FOUND);
    insert(&rig, &again);
    end(&rig);
}

static void message_of_an_unknown_case_is_refused(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    struct message_row row = rig_message(&rig, 4711, 1);
    assert_int_equal(messages_insert(rig.store, &row), ERR_INVALID);
    end(&rig);
}

static void last_message_of_a_number_is_its_newest_inbound_one(void **state)
{
    struct store_rig rig;
    int64_t case_id;
    struct message_row got;
    unsigned char unknown[STORE_TAG_LEN] = { 0 };
    (void)state;
    begin_with_case(&rig, 1, &case_id);
    struct message_row first = rig_message(&rig, case_id, 1), second = rig_message(&rig, case_id, 1),
                       answer = rig_message(&rig, case_id, 1), stray = rig_message(&rig, 0, 1),
                       other = rig_message(&rig, case_id, 2);
    answer.direction = MESSAGE_OUT;
    assert_int_equal(messages_last_of(rig.store, first.sender_tag, &got), ERR_NOT_FOUND);
    insert(&rig, &first);
    insert(&rig, &second);
    insert(&rig, &answer);
    insert(&rig, &stray);
    insert(&rig, &other);
    assert_int_equal(messages_last_of(rig.store, first.sender_tag, &got), 0);
    assert_int_equal(got.id, second.id);
    assert_int_equal(messages_last_of(rig.store, unknown, &got), ERR_NOT_FOUND);
    struct case_row row;
    assert_int_equal(cases_get(rig.store, case_id, &row), 0);
    row.state = STATE_case_closed;
    row.closed_at = RIG_NOW;
    assert_int_equal(cases_update(rig.store, &row), 0);
    assert_int_equal(messages_last_of(rig.store, first.sender_tag, &got), 0); /* of a closed case too */
    assert_int_equal(got.id, second.id);
    end(&rig);
}

struct listing {
    int count, stop_after;
    int64_t ids[32];
};

static int note_id(void *context, const struct message_row *row)
{
    struct listing *listing = context;
    listing->ids[listing->count++] = row->id;
    return listing->count == listing->stop_after ? 42 : 0;
}

static void lists_filter_order_and_page(void **state)
{
    static const struct {
        const char *label;
        struct messages_filter filter;
        int count;
        int64_t first, last;
    } cases[] = {
        { "all", { .limit = 10 }, 6, 6, 1 },
        { "a page", { .limit = 2, .before_id = 4 }, 2, 3, 2 },
        { "no limit given", { 0 }, 6, 6, 1 },
        { "one case", { .case_id = 1001, .limit = 10 }, 4, 5, 1 },
        { "one case, oldest first", { .case_id = 1001, .oldest_first = true, .limit = 3 }, 3, 1, 4 },
        { "one case, a page", { .case_id = 1001, .before_id = 5, .limit = 2 }, 2, 4, 2 },
        { "without a case", { .without_case = true, .limit = 10 }, 2, 6, 3 },
        { "unknown case", { .case_id = 9, .limit = 10 }, 0, 0, 0 },
    };
    struct store_rig rig;
    int64_t case_id;
    (void)state;
    begin_with_case(&rig, 1, &case_id);
    for (int i = 1; i <= 6; i++) {
        struct message_row row = rig_message(&rig, i % 3 == 0 ? 0 : case_id, 1);
        insert(&rig, &row);
    }
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct listing listing = { 0 };
        assert_int_equal(messages_list(rig.store, &cases[i].filter, note_id, &listing), 0);
        if (listing.count != cases[i].count ||
            (cases[i].count > 0 &&
                (listing.ids[0] != cases[i].first || listing.ids[listing.count - 1] != cases[i].last)))
            fail_msg("%s: %d rows, %lld to %lld", cases[i].label, listing.count, (long long)listing.ids[0],
                (long long)listing.ids[listing.count - 1]);
    }
    struct listing stopped = { .stop_after = 2 };
    assert_int_equal(messages_list(rig.store, &cases[0].filter, note_id, &stopped), 42);
    assert_int_equal(stopped.count, 2);
    end(&rig);
}

static void evidence_text_that_is_none_is_refused(void **state)
{
    static const char *const texts[] = { "x", "category:violence:1", "category:violence:1+", "category:violenze:1+2",
        "word:violence:1+2", "category:violence:65536+1", "category:violence:1+2 ",
        "category:violence:1+2,flag:group:1+2", " category:violence:1+2", "category:violence:-1+2" };
    struct triage triage;
    (void)state;
    for (size_t i = 0; i < STR_COUNT(texts); i++)
        if (evidence_parse(texts[i], &triage) != ERR_CORRUPT)
            fail_msg("\"%s\" was taken", texts[i]);
    assert_int_equal(evidence_parse("", &triage), 0);
    assert_int_equal(triage.evidence_count, 0);
    assert_int_equal(evidence_parse("flag:group:40+7 urgency:soon:0+1", &triage), 0);
    assert_int_equal(triage.evidence_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(empty_fields_come_back_empty),
        cmocka_unit_test(known_dedupe_key_is_refused_and_found),
        cmocka_unit_test(message_of_an_unknown_case_is_refused),
        cmocka_unit_test(last_message_of_a_number_is_its_newest_inbound_one),
        cmocka_unit_test(lists_filter_order_and_page),
        cmocka_unit_test(evidence_text_that_is_none_is_refused),
    };
    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
