/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_messageview - texts that opened no case, as a reader gets them: what is shown, what is cut, hidden and linked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/line/messageview.h"
#include "tests/support/look.h"

#define NOW 1764000000000
#define ROW(id, intent, more)                                                                                          \
    "{\"message\":" id ",\"case\":null,\"channel\":\"main\",\"received_at\":\"2025-11-24T15:50:00Z\",\"language\":"    \
    "\"tl\",\"intent\":\"" intent "\",\"urgency\":\"routine\",\"categories\":[],\"flags\":[],\"late\":false,"          \
    "\"unproved\":false" more "}"
#define COUNTS                                                                                                         \
    "[{\"intent\":\"stop\",\"count\":0,\"more\":false},{\"intent\":\"not_help\",\"count\":1000,\"more\":true}]"

static void look_at(const char *rows, struct messageview view, struct look *look)
{
    AUTO_JSON *list = look_json(rows);
    AUTO_JSON *counts = look_json(COUNTS);
    look_begin(look);
    view.rows = list;
    view.counts = counts;
    view.intent = view.intent ? view.intent : "";
    view.page_max = 2;
    view.now_ms = NOW;
    messageview_write_list(look->html, &view);
    look_finish(look);
}

static void words_stand_in_the_list_and_numbers_are_masked(void **state)
{
    struct look look;
    (void)state;
    look_at("[" ROW("7", "thanks",
                ",\"text\":\"<b>salamat po\",\"from\":\"+966501110003\",\"evidence\":[{\"kind\":\"intent\","
                "\"label\":\"thanks\",\"start\":3,\"len\":10,\"text\":\"salamat po\"},{\"kind\":\"category\","
                "\"label\":\"wages\",\"start\":3,\"len\":7,\"text\":\"salamat\"}]") "]",
        (struct messageview){ .has_words = true }, &look);
    assert_non_null(strstr(look.bytes.data, "href=\"messages/7\""));
    assert_non_null(strstr(look.bytes.data, "&lt;b&gt;"));
    assert_non_null(strstr(look.bytes.data, "lang=\"tl\""));
    assert_null(strstr(look.text.data, "+966501110003"));
    assert_non_null(strstr(look.text.data, "+9665"));
    assert_non_null(strstr(look.text.data, "wages because of"));
    assert_null(strstr(look.text.data, "thanks because of")); /* its kind says so already */
    look_away(&look);
}

static void a_long_text_is_cut_at_a_word(void **state)
{
    struct look look;
    char row[2048] = "[" ROW("7", "not_help", ",\"evidence\":[],\"from\":\"\",\"text\":\"");
    (void)state;
    row[strlen(row) - 1] = '\0'; /* the brace of ROW */
    for (int i = 0; i < 200; i++)
        strncat(row, i == 199 ? "the end" : "seven w ", sizeof row - strlen(row) - 1);
    row[1900] = '\0';
    strncat(row, "\"}]", sizeof row - strlen(row) - 1);
    look_at(row, (struct messageview){ .has_words = true }, &look);
    const char *end = strstr(look.text.data, " \xe2\x80\xa6");
    assert_non_null(end);
    assert_true(end[-1] == 'w' || end[-1] == 'n');
    assert_null(strstr(look.text.data, "the end"));
    look_away(&look);
}

static void without_words_there_is_nothing_of_hers_and_no_way_in(void **state)
{
    struct look look;
    (void)state;
    look_at("[" ROW("7", "not_help", "") "]", (struct messageview){ .has_words = false }, &look);
    assert_null(strstr(look.bytes.data, "messages/7"));
    assert_null(strstr(look.bytes.data, "<blockquote"));
    assert_non_null(strstr(look.text.data, "The words are for those who work on cases."));
    assert_non_null(strstr(look.text.data, "advert or chat"));
    look_away(&look);
}

static void counts_alone_lead_nowhere(void **state)
{
    struct look look;
    (void)state;
    look_at("[]", (struct messageview){ .counts_only = true }, &look);
    assert_non_null(strstr(look.text.data, "1000+"));
    assert_null(strstr(look.bytes.data, "href="));
    assert_null(strstr(look.text.data, "stop")); /* there is none */
    look_away(&look);
}

static void a_full_page_leads_to_the_next_of_its_kind(void **state)
{
    struct look look;
    (void)state;
    look_at("[" ROW("9", "stop", "") "," ROW("8", "stop", "") "," ROW("7", "stop", "") "]",
        (struct messageview){ .intent = "stop", .is_further = true }, &look);
    assert_non_null(strstr(look.bytes.data, "href=\"messages?intent=stop&amp;before=8\""));
    assert_non_null(strstr(look.bytes.data, "href=\"messages?intent=stop\""));
    assert_null(strstr(look.text.data, "Text 7"));
    look_away(&look);
    look_at("[]", (struct messageview){ .intent = "" }, &look);
    assert_non_null(strstr(look.text.data, "Every text opened a case, or joined one."));
    look_away(&look);
}

static void one_text_is_shown_whole_with_its_reasons(void **state)
{
    struct look look;
    AUTO_JSON *rows = look_json("[" ROW("7", "not_help",
        "") ",{\"section\":\"text\",\"from\":\"+966501110003\",\"part\":1,"
            "\"part_total\":3,\"copies\":2,\"origins\":[\"main\",\"spare\"],\"text\":\"loan \xd9\x85 <i>\",\"evidence\":["
            "{\"label\":\"not_help\",\"start\":0,\"len\":4,\"text\":\"loan\"}]}]");
    (void)state;
    look_begin(&look);
    messageview_write_text(look.html, rows, NOW);
    look_finish(&look);
    assert_non_null(strstr(look.text.data, "taken for advert or chat"));
    assert_non_null(strstr(look.bytes.data, "<mark title=\"not_help\">loan</mark>"));
    assert_non_null(strstr(look.bytes.data, "&lt;i&gt;"));
    assert_non_null(strstr(look.text.data, "+966501110003"));
    assert_non_null(strstr(look.text.data, "main, spare"));
    assert_non_null(strstr(look.text.data, "1 of 3"));
    assert_non_null(strstr(look.text.data, "3 times"));
    look_away(&look);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_in_the_list_and_numbers_are_masked),
        cmocka_unit_test(a_long_text_is_cut_at_a_word),
        cmocka_unit_test(without_words_there_is_nothing_of_hers_and_no_way_in),
        cmocka_unit_test(counts_alone_lead_nowhere),
        cmocka_unit_test(a_full_page_leads_to_the_next_of_its_kind),
        cmocka_unit_test(one_text_is_shown_whole_with_its_reasons),
    };
    return cmocka_run_group_tests_name("messageview", tests, NULL, NULL);
}
