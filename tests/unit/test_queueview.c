/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_queueview - the queue of cases as a reader gets it: what stands out, where links lead, what a hostile word can
 * do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/cases/queueview.h"
#include "tests/support/look.h"

#define NOW 1764000000000
#define ROW(id, urgency, more)                                                                                         \
    "{\"case\":" id ",\"state\":\"open\",\"urgency\":\"" urgency "\",\"categories\":[\"wages\"],\"flags\":[],"         \
    "\"language\":\"tl\",\"country\":\"SA\",\"owner\":\"\",\"messages\":2,\"opened_at\":\"2025-11-24T15:00:00Z\","     \
    "\"last_message_at\":\"2025-11-24T15:50:00Z\",\"next_step_at\":null" more "}"

static struct queueview plain(void)
{
    static const struct config config;
    struct queueview view = { .config = &config, .find = "", .me = "maria", .page_max = 2, .now_ms = NOW };
    for (int i = 0; i < QUEUE_FIELD_COUNT; i++)
        view.fields[i] = "";
    return view;
}

static void look_at(const struct queueview *view, struct look *look)
{
    look_begin(look);
    queueview_write(look->html, view);
    look_finish(look);
}

static void unread_and_unheld_cases_stand_out(void **state)
{
    AUTO_JSON *rows = look_json("[" ROW("1001", "critical", ",\"unread\":true,\"unanswered\":true") "," ROW(
        "1002", "soon", ",\"unread\":false,\"unanswered\":false") "]");
    struct queueview view = plain();
    struct look look;
    (void)state;
    view.rows = rows;
    look_at(&view, &look);
    assert_non_null(strstr(look.bytes.data, "<tr class=\"unread\" data-urgency=\"critical\">"));
    assert_non_null(strstr(look.bytes.data, "<tr data-urgency=\"soon\">"));
    assert_non_null(strstr(look.bytes.data, "href=\"cases/1001\""));
    assert_non_null(strstr(look.text.data, "unread"));
    assert_non_null(strstr(look.text.data, "Tagalog"));
    assert_non_null(strstr(look.text.data, "10\xc2\xa0min"));
    assert_null(strstr(look.text.data, "Further"));
    look_away(&look);
}

static void a_full_page_leads_to_the_next(void **state)
{
    AUTO_JSON *rows =
        look_json("[" ROW("1001", "critical", "") "," ROW("1002", "urgent", "") "," ROW("1003", "soon", "") "]");
    struct queueview view = plain();
    struct look look;
    (void)state;
    view.rows = rows;
    view.fields[QUEUE_FLAG] = "minor";
    view.is_further = true;
    look_at(&view, &look);
    assert_non_null(strstr(look.bytes.data, "href=\"cases?flag=minor&amp;after=urgent-1002\""));
    assert_non_null(strstr(look.text.data, "Back to the beginning"));
    assert_null(strstr(look.bytes.data, "cases/1003"));
    look_away(&look);
}

static void an_empty_list_says_why(void **state)
{
    AUTO_JSON *rows = look_json("[]");
    struct queueview view = plain();
    struct look look;
    (void)state;
    view.rows = rows;
    look_at(&view, &look);
    assert_non_null(strstr(look.text.data, "Nothing waits."));
    look_away(&look);
    view.fields[QUEUE_UNREAD] = "yes";
    look_at(&view, &look);
    assert_non_null(strstr(look.text.data, "No case fits this filter."));
    look_away(&look);
    view.find = "+96650\"><b>";
    look_at(&view, &look);
    assert_non_null(strstr(look.text.data, "No case has this number."));
    assert_non_null(strstr(look.bytes.data, "+96650&quot;&gt;&lt;b&gt;"));
    look_away(&look);
}

static void a_value_that_is_no_word_stays_out_of_an_address(void **state)
{
    AUTO_BUF address;
    struct queueview view = plain();
    (void)state;
    view.fields[QUEUE_STATE] = "all";
    view.fields[QUEUE_COUNTRY] = "S&A";
    view.fields[QUEUE_OWNER] = "maria,nobody";
    buf_init(&address, 256);
    queueview_write_address(&view, "soon-1001", &address);
    assert_string_equal(address.data, "cases?state=all&owner=maria,nobody&after=soon-1001");
}

static void views_of_a_person_are_links(void **state)
{
    AUTO_JSON *rows = look_json("[]");
    AUTO_JSON *views = look_json("[{\"name\":\"<i>\",\"query\":\"flag=minor\"}]");
    AUTO_JSON *count = look_json("{\"live\":12,\"critical\":1,\"unread\":0}");
    struct queueview view = plain();
    struct look look;
    (void)state;
    view.rows = rows;
    view.views = views;
    view.count = count;
    view.fields[QUEUE_FLAG] = "minor";
    look_at(&view, &look);
    assert_non_null(strstr(look.bytes.data, "<a href=\"cases?flag=minor\" aria-current=\"page\"><bdi>&lt;i&gt;</bdi>"));
    assert_non_null(strstr(look.text.data, "12"));
    assert_non_null(strstr(look.bytes.data, "<li class=\"zero\">"));
    assert_non_null(strstr(look.bytes.data, "<option value=\"minor\" selected>"));
    look_away(&look);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unread_and_unheld_cases_stand_out),
        cmocka_unit_test(a_full_page_leads_to_the_next),
        cmocka_unit_test(an_empty_list_says_why),
        cmocka_unit_test(a_value_that_is_no_word_stays_out_of_an_address),
        cmocka_unit_test(views_of_a_person_are_links),
    };
    return cmocka_run_group_tests_name("queueview", tests, NULL, NULL);
}
