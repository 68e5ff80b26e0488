/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_cases - cases are joined, listed, closed and shredded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

static void begin(struct store_rig *rig)
{
    rig_open_memory(rig);
    assert_int_equal(store_begin(rig->store), 0);
}

static void end(struct store_rig *rig)
{
    assert_int_equal(store_commit(rig->store), 0);
    rig_close(rig);
}

static void close_case(struct store_rig *rig, int64_t id)
{
    struct case_row row;
    assert_int_equal(cases_get(rig->store, id, &row), 0);
    row.state = STATE_case_closed;
    row.closed_at = RIG_NOW + 1;
    assert_int_equal(cases_update(rig->store, &row), 0);
}

static void assert_same(const struct case_row *a, const struct case_row *b)
{
    assert_int_equal(a->id, b->id);
    assert_memory_equal(a->sender_tag, b->sender_tag, STORE_TAG_LEN);
    assert_int_equal(a->key_wrap_len, b->key_wrap_len);
    assert_memory_equal(a->key_wrap, b->key_wrap, a->key_wrap_len);
    assert_true(a->state == b->state && a->verification == b->verification && a->urgency == b->urgency);
    assert_true(a->categories == b->categories && a->flags == b->flags);
    assert_string_equal(a->language, b->language);
    assert_string_equal(a->country, b->country);
    assert_string_equal(a->channel, b->channel);
    assert_string_equal(a->policy, b->policy);
    assert_string_equal(a->owner, b->owner);
    assert_string_equal(a->outcome, b->outcome);
    assert_true(a->opened_at == b->opened_at && a->updated_at == b->updated_at && a->closed_at == b->closed_at);
    assert_true(a->last_message_at == b->last_message_at && a->message_count == b->message_count);
    assert_int_equal(a->consent, b->consent);
    assert_true(a->contacted_at == b->contacted_at && a->joined_to == b->joined_to);
    assert_true(a->safe_from_min == b->safe_from_min && a->safe_to_min == b->safe_to_min);
    assert_true(a->answered_at == b->answered_at && a->read_at == b->read_at);
}

static void every_field_comes_back(void **state)
{
    struct store_rig rig;
    struct case_row got;
    (void)state;
    begin(&rig);
    struct case_row row = rig_case(&rig, 1);
    assert_true(row.id >= 1001);
    str_copy(row.owner, sizeof row.owner, "ngo-desk");
    row.flags = FLAG_BIT(do_not_call) | FLAG_BIT(repeat);
    assert_int_equal(cases_insert(rig.store, &row), 0);
    assert_int_equal(cases_insert(rig.store, &row), ERR_EXISTS);
    assert_int_equal(cases_get(rig.store, row.id, &got), 0);
    assert_same(&row, &got);
    struct case_row other = rig_case(&rig, 2);
    assert_int_equal(cases_insert(rig.store, &other), 0);
    row.state = STATE_case_taken;
    row.verification = STATE_verification_verified;
    row.urgency = URGENCY_critical;
    row.categories = CATEGORY_BIT(danger);
    row.flags = 0;
    row.message_count = 9;
    row.last_message_at = row.updated_at = RIG_NOW + 5;
    str_copy(row.outcome, sizeof row.outcome, "reached");
    row.consent = STATE_consent_override;
    row.contacted_at = RIG_NOW + 6;
    row.safe_from_min = 1380;
    row.safe_to_min = 30;
    row.answered_at = RIG_NOW + 3;
    row.joined_to = other.id;
    assert_int_equal(cases_update(rig.store, &row), 0);
    assert_int_equal(cases_get(rig.store, row.id, &got), 0);
    assert_same(&row, &got);
    row.id = 4711;
    assert_int_equal(cases_update(rig.store, &row), ERR_NOT_FOUND);
    assert_int_equal(cases_get(rig.store, 4711, &got), ERR_NOT_FOUND);
    end(&rig);
}

static void consent_of_an_older_caller_is_none(void **state)
{
    static const struct {
        const char *label;
        enum state in, want;
    } cases[] = {
        { "filled with zeros", (enum state)0, STATE_consent_none },
        { "a word of another machine", STATE_alert_held, STATE_consent_none },
        { "no state at all", STATE_COUNT, STATE_consent_none },
        { "none", STATE_consent_none, STATE_consent_none },
        { "asked", STATE_consent_asked, STATE_consent_asked },
        { "yes", STATE_consent_yes, STATE_consent_yes },
        { "no", STATE_consent_no, STATE_consent_no },
        { "override", STATE_consent_override, STATE_consent_override },
    };
    struct store_rig rig;
    struct case_row got;
    (void)state;
    begin(&rig);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct case_row row = rig_case(&rig, (int64_t)i + 1);
        row.consent = cases[i].in;
        assert_int_equal(cases_insert(rig.store, &row), 0);
        assert_int_equal(cases_get(rig.store, row.id, &got), 0);
        if (got.consent != cases[i].want)
            fail_msg("%s: got %s", cases[i].label, state_word(got.consent));
    }
    end(&rig);
}

static void hours_and_joins_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *label;
        int from_min, to_min;
        int64_t joined_to; /* -1 = itself */
        int want;
    } cases[] = {
        { "nothing known", -1, -1, 0, 0 },
        { "over midnight", 1380, 30, 0, 0 },
        { "from a time on", 1380, -1, 0, 0 },
        { "midnight to the last minute", 0, 1439, 0, 0 },
        { "a minute too many", 0, 1440, 0, ERR_INVALID },
        { "below unknown", -2, 5, 0, ERR_INVALID },
        { "into a case that is not there", -1, -1, 4711, ERR_INVALID },
        { "into itself", -1, -1, -1, ERR_INVALID },
        { "into another", -1, -1, 1001, 0 },
    };
    struct store_rig rig;
    (void)state;
    begin(&rig);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct case_row row = rig_case(&rig, (int64_t)i + 1);
        row.safe_from_min = cases[i].from_min;
        row.safe_to_min = cases[i].to_min;
        row.joined_to = cases[i].joined_to < 0 ? row.id : cases[i].joined_to;
        int code = cases_insert(rig.store, &row);
        if (code != cases[i].want)
            fail_msg("%s: %s", cases[i].label, error_name(code));
    }
    end(&rig);
}

static void one_number_has_one_case_that_is_not_closed(void **state)
{
    struct store_rig rig;
    struct case_row got;
    (void)state;
    begin(&rig);
    struct case_row first = rig_case(&rig, 1), second = rig_case(&rig, 1), other = rig_case(&rig, 2);
    assert_int_equal(cases_insert(rig.store, &first), 0);
    assert_int_equal(cases_insert(rig.store, &second), ERR_EXISTS);
    assert_int_equal(cases_insert(rig.store, &other), 0);
    assert_int_equal(cases_find_open(rig.store, first.sender_tag, &got), 0);
    assert_int_equal(got.id, first.id);
    assert_int_equal(cases_find_last_closed(rig.store, first.sender_tag, &got), ERR_NOT_FOUND);
    close_case(&rig, first.id);
    assert_int_equal(cases_find_open(rig.store, first.sender_tag, &got), ERR_NOT_FOUND);
    assert_int_equal(cases_insert(rig.store, &second), 0);
    close_case(&rig, second.id);
    assert_int_equal(cases_find_last_closed(rig.store, first.sender_tag, &got), 0);
    assert_int_equal(got.id, second.id);
    end(&rig);
}

static void unknown_senders_are_never_joined(void **state)
{
    struct store_rig rig;
    struct case_row got;
    (void)state;
    begin(&rig);
    struct case_row first = rig_case(&rig, 0), second = rig_case(&rig, 0);
    assert_int_equal(cases_insert(rig.store, &first), 0);
    assert_int_equal(cases_insert(rig.store, &second), 0);
    assert_int_equal(cases_find_open(rig.store, first.sender_tag, &got), ERR_NOT_FOUND);
    end(&rig);
}

static void closed_case_needs_its_time(void **state)
{
    struct store_rig rig;
    (void)state;
    begin(&rig);
    struct case_row row = rig_case(&rig, 1);
    row.state = STATE_case_closed;
    assert_int_equal(cases_insert(rig.store, &row), ERR_INVALID);
    end(&rig);
}

struct listing {
    int count;
    char text[200];
};

static int note_id(void *context, const struct case_row *row)
{
    struct listing *listing = context;
    size_t len = strlen(listing->text);
    snprintf(listing->text + len, sizeof listing->text - len, "%s%d", listing->count++ == 0 ? "" : " ", (int)row->id);
    return 0;
}

/* 1001 routine, 1002 soon, 1003 urgent, 1004 critical, 1005 routine ...; every third is closed; the older the id the
 * earlier opened. */
static void fill(struct store_rig *rig)
{
    for (int i = 0; i < 8; i++) {
        struct case_row row = rig_case(rig, i + 1);
        row.urgency = (enum urgency)(i % URGENCY_COUNT);
        row.opened_at = RIG_NOW + i;
        row.categories = i % 2 == 0 ? CATEGORY_BIT(wages) : CATEGORY_BIT(violence) | CATEGORY_BIT(medical);
        str_copy(row.country, sizeof row.country, i < 4 ? "SA" : "AE");
        str_copy(row.language, sizeof row.language, i < 4 ? "tl" : i == 4 ? "ne-Latn" : "ne");
        str_copy(row.owner, sizeof row.owner, i == 0 ? "joan" : i == 1 ? "maria" : "");
        row.flags = i == 3 ? FLAG_BIT(minor) | FLAG_BIT(repeat) | FLAG_BIT(do_not_call) : i == 7 ? FLAG_BIT(minor) : 0;
        row.last_message_at = RIG_NOW + 2;
        row.answered_at = i == 1 ? RIG_NOW + 2 : RIG_NOW;
        assert_int_equal(cases_insert(rig->store, &row), 0);
        if (i % 3 == 2)
            close_case(rig, row.id);
    }
    assert_int_equal(cases_mark_read(rig->store, 1001, RIG_NOW + 2), 0);
    assert_int_equal(cases_mark_read(rig->store, 1001, RIG_NOW + 1), 0); /* an older reading takes nothing back */
    assert_int_equal(cases_mark_read(rig->store, 1002, RIG_NOW + 1), 0);
}

/* Designated, so that -1 stands where it means "any". */
#define ASK(want_urgency, want_category, ...)                                                                          \
    ((struct cases_filter){ .urgency = (want_urgency), .category = (want_category), __VA_ARGS__ })
#define ANY(...) ASK(-1, -1, __VA_ARGS__)

static void lists_filter_order_and_page(void **state)
{
    const struct {
        const char *label;
        struct cases_filter filter;
        const char *want;
    } cases[] = {
        { "not closed, newest first", ANY(.limit = 10), "1008 1007 1005 1004 1002 1001" },
        { "a page", ANY(.before_id = 1005, .limit = 2), "1004 1002" },
        { "any", ANY(.state = "all", .limit = 10), "1008 1007 1006 1005 1004 1003 1002 1001" },
        { "closed", ANY(.state = "closed", .limit = 10), "1006 1003" },
        { "closed knows no queue", ANY(.state = "closed", .by_urgency = true, .limit = 10), "1006 1003" },
        { "open", ANY(.state = "open", .limit = 2), "1008 1007" },
        { "taken", ANY(.state = "taken", .limit = 10), "" },
        { "worst first, oldest first", ANY(.by_urgency = true, .limit = 10), "1004 1008 1007 1002 1001 1005" },
        { "open, worst first", ANY(.state = "open", .by_urgency = true, .limit = 2), "1004 1008" },
        { "the next page", ANY(.by_urgency = true, .limit = 3, .after = { 1008, RIG_NOW + 7, URGENCY_critical }),
            "1007 1002 1001" },
        { "the last page", ANY(.by_urgency = true, .limit = 3, .after = { 1001, RIG_NOW, URGENCY_routine }), "1005" },
        { "a page of one urgency",
            ASK(URGENCY_routine, -1, .by_urgency = true, .limit = 3, .after = { 1001, RIG_NOW, URGENCY_routine }),
            "1005" },
        { "nothing follows",
            ASK(URGENCY_critical, -1, .by_urgency = true, .limit = 3, .after = { 1001, RIG_NOW, URGENCY_routine }),
            "" },
        { "one urgency", ASK(URGENCY_soon, -1, .state = "all", .limit = 10), "1006 1002" },
        { "one category", ASK(-1, CATEGORY_medical, .limit = 10), "1008 1004 1002" },
        { "one flag", ANY(.flags = FLAG_BIT(minor), .limit = 10), "1008 1004" },
        { "two flags", ANY(.flags = FLAG_BIT(minor) | FLAG_BIT(do_not_call), .limit = 10), "1004" },
        { "one language", ANY(.language = "ne", .limit = 10), "1008 1007 1005" },
        { "one script", ANY(.language = "ne-Latn", .limit = 10), "1005" },
        { "a letter is no language", ANY(.language = "n", .limit = 10), "" },
        { "one country", ANY(.country = "AE", .limit = 10), "1008 1007 1005" },
        { "one owner", ANY(.owner = "maria", .limit = 10), "1002" },
        { "nobody", ANY(.owner = "", .limit = 2), "1008 1007" },
        { "hers and nobody's", ANY(.owner = "maria", .or_unowned = true, .limit = 10), "1008 1007 1005 1004 1002" },
        { "unread", ANY(.is_unread = true, .limit = 10), "1008 1007 1005 1004 1002" },
        { "unanswered", ANY(.is_unanswered = true, .limit = 10), "1008 1007 1005 1004 1001" },
        { "all filters",
            ASK(URGENCY_critical, CATEGORY_violence, .country = "AE", .flags = FLAG_BIT(minor), .language = "ne",
                .owner = "", .is_unread = true, .is_unanswered = true, .by_urgency = true, .limit = 10),
            "1008" },
        { "a word that is no state", ANY(.state = "asleep", .limit = 10), "" },
    };
    struct store_rig rig;
    (void)state;
    begin(&rig);
    fill(&rig);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct listing listing = { 0 };
        assert_int_equal(cases_list(rig.store, &cases[i].filter, note_id, &listing), 0);
        if (!str_equal(listing.text, cases[i].want))
            fail_msg("%s: got \"%s\"", cases[i].label, listing.text);
    }
    struct cases_sum sum;
    assert_int_equal(cases_count_live(rig.store, &sum), 0);
    assert_true(sum.live == 6 && sum.critical == 2 && sum.unowned == 4 && sum.unread == 5 && sum.unanswered == 5);
    end(&rig);
}

static void the_cases_of_one_number_are_listed(void **state)
{
    struct store_rig rig;
    unsigned char tag[STORE_TAG_LEN];
    struct listing listing = { 0 };
    (void)state;
    begin(&rig);
    for (int i = 0; i < 3; i++) {
        struct case_row row = rig_case(&rig, 5);
        assert_int_equal(cases_insert(rig.store, &row), 0);
        if (i < 2)
            close_case(&rig, row.id);
    }
    rig_tag(5, tag);
    assert_int_equal(cases_list(rig.store, &ANY(.sender_tag = tag, .limit = 10), note_id, &listing), 0);
    assert_string_equal(listing.text, "1003 1002 1001");
    rig_tag(6, tag);
    listing = (struct listing){ 0 };
    assert_int_equal(cases_list(rig.store, &ANY(.sender_tag = tag, .limit = 10), note_id, &listing), 0);
    assert_string_equal(listing.text, "");
    end(&rig);
}

static int count_note(void *context, const struct note_row *row)
{
    int *count = context;
    assert_string_equal(row->author, "user:amina");
    assert_int_equal(row->text.len, 6);
    ++*count;
    return 0;
}

static int count_message(void *context, const struct message_row *row)
{
    int *count = context;
    assert_int_equal(row->text.len + row->sender.len + row->recipient.len + row->key_wrap.len, 0);
    assert_int_equal(row->triage.evidence_count, 0);
    assert_true(row->triage.categories != 0);
    ++*count;
    return 0;
}

static int count_outbox(void *context, const struct outbox_row *row)
{
    int *count = context;
    assert_int_equal(row->payload.len, 0);
    assert_int_equal(row->state, STATE_outbox_cancelled);
    ++*count;
    return 0;
}

static void purge_shreds_a_closed_case_and_keeps_its_figures(void **state)
{
    static const unsigned char zeros[STORE_TAG_LEN];
    struct store_rig rig;
    int64_t case_id = 0, id = 0;
    int count = 0;
    struct case_row got;
    (void)state;
    begin(&rig);
    assert_int_equal(rig_insert_text(&rig, 1, &case_id), 0);
    struct message_row extra = rig_message(&rig, case_id, 1);
    struct outbox_row reply = { .id = store_next_id(rig.store, SEQUENCE_OUTBOX),
        .kind = OUTBOX_REPLY,
        .case_id = case_id,
        .channel = "main",
        .state = STATE_outbox_queued,
        .outcome = -1,
        .payload = { "sealed", 6 } };
    struct note_row note = { .id = store_next_id(rig.store, SEQUENCE_NOTE),
        .case_id = case_id,
        .at = RIG_NOW,
        .author = "user:amina",
        .text = { "sealed", 6 } };
    assert_int_equal(messages_insert(rig.store, &extra), 0);
    assert_int_equal(outbox_insert(rig.store, &reply), 0);
    assert_int_equal(cases_add_note(rig.store, &note), 0);
    assert_int_equal(cases_list_notes(rig.store, case_id, count_note, &count), 0);
    assert_int_equal(count, 1);

    assert_int_equal(cases_purge(rig.store, case_id, RIG_NOW + 9), ERR_CONFLICT);
    assert_int_equal(cases_purge(rig.store, 4711, RIG_NOW + 9), ERR_NOT_FOUND);
    close_case(&rig, case_id);
    assert_int_equal(cases_get(rig.store, case_id, &got), 0);
    got.safe_from_min = 60;
    got.consent = STATE_consent_yes;
    assert_int_equal(cases_update(rig.store, &got), 0);
    assert_int_equal(cases_purge(rig.store, case_id, RIG_NOW + 9), 0);

    assert_int_equal(cases_get(rig.store, case_id, &got), 0);
    assert_int_equal(got.key_wrap_len, 0);
    assert_memory_equal(got.sender_tag, zeros, STORE_TAG_LEN);
    assert_true(got.categories != 0 && got.opened_at == RIG_NOW && got.consent == STATE_consent_yes);
    assert_true(got.safe_from_min == -1 && got.safe_to_min == -1);
    count = 0;
    assert_int_equal(cases_list_notes(rig.store, case_id, count_note, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(
        messages_list(rig.store, &(struct messages_filter){ .case_id = case_id }, count_message, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(messages_find_dedupe(rig.store, extra.dedupe, &id), 0); /* a late copy is still known */
    count = 0;
    assert_int_equal(
        outbox_list(rig.store, &(struct outbox_filter){ .case_id = case_id, .state = "all" }, count_outbox, &count), 0);
    assert_int_equal(count, 3);
    assert_int_equal(cases_find_last_closed(rig.store, extra.sender_tag, &got), ERR_NOT_FOUND);
    assert_int_equal(cases_purge(rig.store, case_id, RIG_NOW + 10), 0);
    end(&rig);
}

/* What was purged must be gone from the files, not only from the tables. */
static void purged_text_is_not_in_the_files(void **state)
{
    static const char marker[] = "marker-that-stands-for-a-sealed-text";
    struct store_rig rig;
    char wal[128];
    (void)state;
    rig_open(&rig);
    snprintf(wal, sizeof wal, "%s-wal", rig.path);
    assert_int_equal(store_begin(rig.store), 0);
    struct case_row row = rig_case(&rig, 1);
    struct message_row message = rig_message(&rig, row.id, 1);
    struct note_row note = {
        .id = 1, .case_id = row.id, .author = "user:amina", .text = { marker, sizeof marker - 1 }
    };
    message.text = note.text;
    assert_int_equal(cases_insert(rig.store, &row), 0);
    assert_int_equal(messages_insert(rig.store, &message), 0);
    assert_int_equal(cases_add_note(rig.store, &note), 0);
    assert_int_equal(store_commit(rig.store), 0);
    assert_true(rig_file_has(wal, marker));
    assert_int_equal(store_begin(rig.store), 0);
    close_case(&rig, row.id);
    assert_int_equal(cases_purge(rig.store, row.id, RIG_NOW), 0);
    assert_int_equal(store_commit(rig.store), 0);
    store_maintain(rig.store, false);
    assert_false(rig_file_has(wal, marker));
    assert_false(rig_file_has(rig.path, marker));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(consent_of_an_older_caller_is_none),
        cmocka_unit_test(hours_and_joins_that_cannot_be_are_refused),
        cmocka_unit_test(one_number_has_one_case_that_is_not_closed),
        cmocka_unit_test(unknown_senders_are_never_joined),
        cmocka_unit_test(closed_case_needs_its_time),
        cmocka_unit_test(lists_filter_order_and_page),
        cmocka_unit_test(the_cases_of_one_number_are_listed),
        cmocka_unit_test(purge_shreds_a_closed_case_and_keeps_its_figures),
        cmocka_unit_test(purged_text_is_not_in_the_files),
    };
    return cmocka_run_group_tests_name("cases", tests, NULL, NULL);
}
