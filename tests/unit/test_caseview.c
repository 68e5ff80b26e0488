/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_caseview - the page of a case: what it shows first, to whom it shows what, and how large it becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/cases/caseview.h"
#include "gateway/core/verbs.h"
#include "tests/support/loop_rig.h"

#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)
#define PAGE_MAX (60u << 10)

struct desk {
    struct loop_rig rig;
    json_t *rows;
    struct caseview view;
    struct buf page;
};

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    loop_open(&desk->rig, "");
    buf_init(&desk->page, 4u << 20);
    *state = desk;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    json_decref(desk->rows);
    buf_done(&desk->page);
    loop_close(&desk->rig);
    free(desk);
    return 0;
}

static void begin_form(struct html *html, const struct visit *visit, const char *path)
{
    (void)visit;
    H_LIT(html, "<form method=\"post\"");
    H_ATTR(html, "action", path);
    H_LIT(html, ">\n");
}

static void end_form(struct html *html)
{
    H_LIT(html, "</form>\n");
}

static void on_row(void *context, json_t *row)
{
    assert_int_equal(json_array_append_new(context, row), 0);
}

static void read_case_with(struct desk *desk, int64_t id, int64_t now_ms, const char *content)
{
    AUTO_JSON *args = json_pack("{s:I, s:s, s:s}", "case", (json_int_t)id, "history", "yes", "content", content);
    json_decref(desk->rows);
    desk->rows = json_array();
    struct verb_call call = { .core = &desk->rig.core.core,
        .actor = "user:maria",
        .args = args,
        .now_ms = now_ms,
        .on_row = on_row,
        .context = desk->rows };
    core_rig_begin(&desk->rig.core);
    assert_int_equal(verbs_find("cases show")->run(&call), VERB_DONE);
    core_rig_commit(&desk->rig.core);
    desk->view = (struct caseview){ .begin_form = begin_form,
        .end_form = end_form,
        .config = desk->rig.core.core.config,
        .rows = desk->rows,
        .id = id,
        .now_ms = now_ms };
}

static void read_case(struct desk *desk, int64_t id, int64_t now_ms)
{
    read_case_with(desk, id, now_ms, "yes");
}

static const char *write_page(struct desk *desk)
{
    AUTO_HTML *html = html_new(4u << 20);
    buf_clear(&desk->page);
    caseview_write(html, &desk->view);
    assert_int_equal(html_finish(html, &desk->page), 0);
    return desk->page.data;
}

static const char *show(struct desk *desk, int64_t id, int64_t now_ms)
{
    read_case(desk, id, now_ms);
    return write_page(desk);
}

static unsigned count(const char *page, const char *words)
{
    unsigned n = 0;
    for (const char *at = page; (at = strstr(at, words)); at += strlen(words))
        n++;
    return n;
}

#define HAS(page, words)                                                                                               \
    do {                                                                                                               \
        if (!strstr(page, words))                                                                                      \
            fail_msg("not there: %s\n%s", words, page);                                                                \
    } while (0)
#define HAS_NOT(page, words)                                                                                           \
    do {                                                                                                               \
        if (strstr(page, words))                                                                                       \
            fail_msg("there: %s", words);                                                                              \
    } while (0)

/* ---- what it shows --------------------------------------------------------------------------------------------- */

static void her_rules_stand_before_everything_else(void **state)
{
    struct desk *desk = *state;
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he beats me. dont reply. dont tell embassy", AT(0)).case_id;
    const char *page = show(desk, id, AT(1));
    const char *rules = strstr(page, "class=\"rules\""), *text = strstr(page, "dont tell embassy</mark>");
    assert_non_null(rules);
    assert_non_null(text);
    assert_true(rules < text);
    HAS(page, "is held: she asked that nothing be sent to her");
    HAS(page, "Authorities: she was not asked");
    HAS(page, "<h1>Case 1001 ");
    HAS(page, "data-urgency=\"urgent\"");
}

static void her_words_are_marked_beside_the_reasons(void **state)
{
    struct desk *desk = *state;
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he <b>beats me</b> \u202e", AT(0)).case_id;
    const char *page = show(desk, id, AT(1));
    HAS_NOT(page, "<b>beats");
    HAS_NOT(page, "\u202e");
    HAS(page, "[U+202E]");
    id = loop_text(&desk->rig, "+966505550777", "sir he beats me", AT(2)).case_id;
    page = show(desk, id, AT(3));
    HAS(page, "sir he <mark title=\"violence\">beats me</mark>");
    HAS(page, "<b>violence</b> because of <q dir=\"auto\">beats me</q>");
}

static void timeline_tells_who_was_asked_answered_and_read(void **state)
{
    struct desk *desk = *state;
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(&desk->rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(&desk->rig, LOOP_AMY, "amy", "SAY", id, "are you well", AT(2));
    loop_command(&desk->rig, LOOP_AMY, "amy", "NOTE", id, "called her sister", AT(3));
    for (int i = 0; i < 5; i++)
        read_case(desk, id, AT(4 + i));
    const char *page = show(desk, id, AT(10));
    HAS(page, "Amy&#39;s desk</bdi> was asked");
    HAS(page, "Amy&#39;s desk</bdi> <b>took it</b>");
    HAS(page, "Amy&#39;s desk</bdi> wrote to her");
    HAS(page, "are you well");
    HAS(page, "Note of <bdi>Amy&#39;s desk");
    HAS(page, "maria</bdi> read the case, 5 times");
    HAS(page, "Held by <bdi>Amy&#39;s desk</bdi>. She was reached.");
    assert_true(strstr(page, "called her sister") < strstr(page, "are you well</blockquote>")); /* newest first */
}

static void number_is_masked_for_who_may_not_see_it(void **state)
{
    struct desk *desk = *state;
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he beats me", AT(0)).case_id;
    HAS(show(desk, id, AT(1)), LOOP_HER);
    desk->view.is_masked = true;
    HAS_NOT(write_page(desk), LOOP_HER);
    HAS(desk->page.data, "***");
}

static void who_may_not_see_words_sees_labels_and_times(void **state)
{
    struct desk *desk = *state;
    int64_t id = loop_text(&desk->rig, LOOP_HER, "sir he beats me", AT(0)).case_id;
    loop_command(&desk->rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(&desk->rig, LOOP_AMY, "amy", "NOTE", id, "called her sister", AT(3));
    read_case_with(desk, id, AT(4), "no");
    desk->view.hides_words = true;
    const char *page = write_page(desk);
    HAS(page, "The words are for those who work on the case.");
    HAS(page, "<b>violence</b>");
    HAS_NOT(page, "beats");
    HAS_NOT(page, "sister");
    HAS_NOT(page, LOOP_HER);
    assert_int_equal(core_rig_count_audit(&desk->rig.core, "case.read"), 0);
    assert_int_equal(core_rig_count_audit(&desk->rig.core, "case.look"), 1);
}

static void nothing_is_linked_that_a_thumb_could_call(void **state)
{
    struct desk *desk = *state;
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he beats me, call +966500000009", AT(0)).case_id;
    HAS_NOT(show(desk, id, AT(1)), "tel:");
}

/* ---- forms ----------------------------------------------------------------------------------------------------- */

static void reader_sees_only_the_forms_of_its_rights(void **state)
{
    struct desk *desk = *state;
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he beats me", AT(0)).case_id;
    read_case(desk, id, AT(1));
    HAS_NOT(write_page(desk), "<form");
    desk->view.may_assign = desk->view.may_override = true;
    write_page(desk);
    assert_int_equal(count(desk->page.data, "<form"), 2);
    HAS(desk->page.data, "/assign\"");
    HAS(desk->page.data, "/consent\"");
    desk->view.may_act = true;
    write_page(desk);
    static const char *const acts[] = { "take", "say", "note", "correct", "verify", "flag", "join", "split", "close" };
    for (size_t i = 0; i < STR_COUNT(acts); i++) {
        char path[80];
        snprintf(path, sizeof path, "action=\"/cases/%lld/%s\"", (long long)id, acts[i]);
        HAS(desk->page.data, path);
    }
    HAS(desk->page.data, "<select id=\"take\"");
    desk->view.is_self = true;
    desk->view.self = "nobody";
    HAS_NOT(write_page(desk), "/take\"");
    HAS(desk->page.data, "You are no contact");
    desk->view.self = "amy";
    HAS_NOT(write_page(desk), "<select id=\"take\"");
    HAS(desk->page.data, "I take this case</button>");
    HAS_NOT(desk->page.data, "/purge\"");
    HAS_NOT(desk->page.data, "/override\""); /* nothing is held */
    assert_int_equal(count(desk->page.data, "<textarea") + count(desk->page.data, "<select") >= 8, 1);
}

static void every_field_has_a_label_and_every_id_is_there_once(void **state)
{
    struct desk *desk = *state;
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he beats me. dont reply", AT(0)).case_id;
    read_case(desk, id, AT(1));
    desk->view.may_act = desk->view.may_assign = desk->view.may_override = true;
    const char *page = write_page(desk);
    for (const char *at = page; (at = strstr(at, " id=\"")); at++) {
        char word[60], attribute[80];
        str_copy_span(word, sizeof word, (struct span){ at + 5, strcspn(at + 5, "\"") });
        snprintf(attribute, sizeof attribute, " id=\"%s\"", word);
        if (count(page, attribute) != 1)
            fail_msg("%s", attribute);
    }
    for (const char *at = page; (at = strstr(at, "<label for=\"")); at++) {
        char word[60], attribute[80];
        str_copy_span(word, sizeof word, (struct span){ at + 12, strcspn(at + 12, "\"") });
        snprintf(attribute, sizeof attribute, " id=\"%s\"", word);
        if (count(page, attribute) != 1)
            fail_msg("%s", attribute);
    }
}

static void words_that_were_not_sent_are_still_there(void **state)
{
    struct desk *desk = *state;
    AUTO_JSON *preview = json_pack("{s:s, s:s, s:n, s:s, s:i, s:i, s:i, s:i, s:s}", "verdict", "hold", "sentence",
        "Case 1001: not sent: she asked that nothing be sent to her.", "until", "encoding", "UCS-2", "characters", 9,
        "units", 9, "segments", 1, "left", 61, "first_foreign", "\u2019");
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he beats me. dont reply", AT(0)).case_id;
    read_case(desk, id, AT(1));
    desk->view.may_act = true;
    desk->view.kept = span_of("don\u2019t </textarea> go");
    desk->view.preview = preview;
    const char *page = write_page(desk);
    HAS(page, "don\u2019t &lt;/textarea&gt; go</textarea>");
    HAS(page, "not sent: she asked that nothing be sent to her");
    HAS(page, "UCS-2");
    HAS(page, "<q>\u2019</q>");
    HAS(page, "/override\"");
}

/* ---- size ------------------------------------------------------------------------------------------------------ */

static void long_texts_and_a_long_timeline_stay_small(void **state)
{
    struct desk *desk = *state;
    static const char word[] = "\u1780\u17d2\u1793\u17bb\u1784 beats me ";
    AUTO_BUF text;
    int64_t id = 0;
    buf_init(&text, 10000);
    while (text.len < 1600 * 2)
        buf_add_text(&text, word);
    for (int i = 0; i < 40; i++)
        id = loop_text(&desk->rig, LOOP_HER, text.data, AT(i * 20)).case_id;
    read_case(desk, id, AT(900));
    desk->view.may_act = desk->view.may_assign = desk->view.may_override = true;
    unsigned pages = 0, texts = 0;
    for (;;) {
        const char *page = write_page(desk);
        if (desk->page.len >= PAGE_MAX)
            fail_msg("page %u has %zu bytes", pages, desk->page.len);
        pages++;
        texts += count(page, "She wrote");
        const char *older = strstr(page, "?upto=");
        if (!older)
            break;
        int64_t upto = strtoll(older + 6, NULL, 10);
        assert_true(!desk->view.upto || upto < desk->view.upto);
        desk->view.upto = upto;
    }
    assert_true(pages > 3);
    assert_int_equal(texts, 40); /* each is on exactly one page */
}

static void purged_case_is_shown_without_words(void **state)
{
    struct desk *desk = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(&desk->rig, LOOP_HER, "he beats me", AT(0)).case_id;
    core_rig_begin(&desk->rig.core);
    struct act act = loop_act(&desk->rig, id, &answer, AT(1));
    assert_int_equal(act_end(&act, span_of("safe")), 0);
    assert_int_equal(cases_purge(desk->rig.core.core.store, id, AT(2)), 0);
    core_rig_commit(&desk->rig.core);
    read_case(desk, id, AT(3));
    desk->view.may_act = desk->view.may_purge = true;
    const char *page = write_page(desk);
    HAS(page, "The words are gone");
    HAS(page, "It is closed.");
    HAS_NOT(page, "/say\"");
    HAS(page, "/purge\"");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(her_rules_stand_before_everything_else),
        TEST(her_words_are_marked_beside_the_reasons),
        TEST(timeline_tells_who_was_asked_answered_and_read),
        TEST(number_is_masked_for_who_may_not_see_it),
        TEST(who_may_not_see_words_sees_labels_and_times),
        TEST(nothing_is_linked_that_a_thumb_could_call),
        TEST(reader_sees_only_the_forms_of_its_rights),
        TEST(every_field_has_a_label_and_every_id_is_there_once),
        TEST(words_that_were_not_sent_are_still_there),
        TEST(long_texts_and_a_long_timeline_stay_small),
        TEST(purged_case_is_shown_without_words),
    };
    return cmocka_run_group_tests_name("caseview", tests, NULL, NULL);
}
