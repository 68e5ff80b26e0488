/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ack - the page behind a link: looking changes nothing, a touch acts once, and trust decides what is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/ack.h"
#include "gateway/console/console.h"
#include "gateway/core/acklink.h"
#include "gateway/core/drill.h"
#include "gateway/store/drills.h"
#include "tests/support/core_rig.h"
#include "tests/support/markup.h"

#define HER "+639171234567"
#define BASE "https://line.example.org"
#define DAY_MS (24LL * 60 * 60 * 1000)
#define MINUTE_MS 60000LL
#define PATH_MAX_LEN 256

static struct core_rig rig;         /* one test at a time */
static struct console *the_console; /* likewise */
static struct visits_page page;

static int open_all(void **state)
{
    (void)state;
    core_rig_open(&rig, NULL);
    page = (struct visits_page){ .status = 0 };
    buf_init(&page.body, VISITS_BODY_MAX);
    return console_new(&rig.core, &the_console);
}

/* The same with a line that can also answer her. */
static int open_answering(void **state)
{
    (void)state;
    AUTO_FREE char *text =
        lineconf_replace(core_rig_text, "direction = \"in\";", "send_url = \"https://sms.example.org/send\";");
    core_rig_open(&rig, text);
    page = (struct visits_page){ .status = 0 };
    buf_init(&page.body, VISITS_BODY_MAX);
    return console_new(&rig.core, &the_console);
}

static int close_all(void **state)
{
    (void)state;
    console_free(the_console);
    buf_done(&page.body);
    core_rig_close(&rig);
    return 0;
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

static int ask(const char *method, const char *path, const char *form, const char *peer, int64_t now_ms)
{
    struct request_header headers[2] = { { "Content-Type", "application/x-www-form-urlencoded" } };
    struct request request = { .method = method, .path = path, .query = "", .headers = headers };
    request.header_count = form ? 1 : 0;
    request.body = span_of(form);
    if (peer)
        headers[request.header_count++] = (struct request_header){ "X-Forwarded-For", peer };
    buf_clear(&page.body);
    page.extra = NULL;
    core_rig_begin(&rig);
    assert_int_equal(console_answer(the_console, &request, now_ms, &page), 0);
    core_rig_commit(&rig);
    AUTO_BUF text;
    buf_init(&text, VISITS_BODY_MAX);
    const char *problem = str_equal(path, "/style.css") ? NULL : markup_read_text(buf_span(&page.body), &text);
    if (problem)
        fail_msg("%s: %s", problem, page.body.data);
    return page.status;
}

static int get(const char *path)
{
    return ask("GET", path, NULL, NULL, RIG_NOW + MINUTE_MS);
}

static int post(const char *path, const char *form)
{
    return ask("POST", path, form, NULL, RIG_NOW + MINUTE_MS);
}

static bool shows(const char *text)
{
    return strstr(page.body.data, text) != NULL;
}

static void path_of(const char *public_id, int64_t created_at, char *ret)
{
    AUTO_BUF link;
    buf_init(&link, 1024);
    acklink_add(&rig.core, public_id, created_at, &link);
    assert_true(str_starts(link.data, BASE "/ack/"));
    str_copy(ret, PATH_MAX_LEN, link.data + strlen(BASE));
}

static struct alert_row alert_of(int64_t case_id, const char *contact)
{
    struct rig_alerts *list = core_rig_alerts(&rig, case_id);
    struct alert_row found = { 0 };
    for (unsigned i = 0; i < list->count; i++)
        if (str_equal(list->rows[i].contact, contact))
            found = list->rows[i];
    free(list);
    assert_true(found.id > 0);
    return found;
}

static void link_of(int64_t case_id, const char *contact, char *ret)
{
    struct alert_row alert = alert_of(case_id, contact);
    path_of(alert.public_id, alert.created_at, ret);
}

static int64_t text_in(const char *text)
{
    return core_rig_text_in(&rig, HER, text, "", RIG_NOW).case_id;
}

/* ---- looking --------------------------------------------------------------------------------------------------- */

static void looking_changes_nothing_but_the_audit_of_reading(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    link_of(id, "ngo", path);
    struct case_row before = core_rig_case(&rig, id);
    unsigned rows = core_rig_count_outbox(&rig, NULL), audit = core_rig_count_audit(&rig, NULL);
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(get(path), 200);
    struct case_row after = core_rig_case(&rig, id);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(core_rig_count_outbox(&rig, NULL), rows);
    assert_int_equal(core_rig_count_alerts(&rig, id, "acknowledged"), 0);
    assert_int_equal(core_rig_count_audit(&rig, "alert.read"), 20);
    assert_int_equal(core_rig_count_audit(&rig, NULL), audit + 20);
}

static void trust_decides_what_is_shown(void **state)
{
    static const struct {
        const char *contact, *shown[3], *hidden[4];
        unsigned reads;
    } cases[] = {
        { "ngo", { "he beats me", "0917 555 0101", "+639171234567" }, { "***" }, 1 },
        { "house", { "he beats me", "***" }, { "0917", "555 0101", "+639171234567", "Maria" }, 1 },
        { "watch", { "violence", "urgent" }, { "he beats me", "Maria", "0917", "+639171234567" }, 0 },
    };
    (void)state;
    int64_t id = text_in("he beats me. my name is Maria, 0917 555 0101");
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        char path[PATH_MAX_LEN];
        unsigned reads = core_rig_count_audit(&rig, "alert.read");
        link_of(id, cases[i].contact, path);
        assert_int_equal(get(path), 200);
        for (size_t k = 0; k < 3 && cases[i].shown[k]; k++)
            if (!shows(cases[i].shown[k]))
                fail_msg("%s does not see %s", cases[i].contact, cases[i].shown[k]);
        for (size_t k = 0; k < 4 && cases[i].hidden[k]; k++)
            if (shows(cases[i].hidden[k]))
                fail_msg("%s sees %s", cases[i].contact, cases[i].hidden[k]);
        assert_int_equal(core_rig_count_audit(&rig, "alert.read"), reads + cases[i].reads);
    }
}

static void her_rules_come_before_everything_else(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    struct case_row row = core_rig_case(&rig, id);
    row.flags = FLAG_BIT(do_not_call) | FLAG_BIT(pregnant) | FLAG_BIT(safe_time);
    row.safe_from_min = 23 * 60;
    row.safe_to_min = 90;
    core_rig_begin(&rig);
    assert_int_equal(cases_update(rig.core.store, &row), 0);
    core_rig_commit(&rig);
    link_of(id, "watch", path);
    get(path);
    const char *rule = strstr(page.body.data, "DO NOT CALL HER.");
    assert_non_null(rule);
    assert_true(rule < strstr(page.body.data, "Nobody has taken it"));
    assert_true(rule < strstr(page.body.data, "Pregnant."));
    assert_true(rule < strstr(page.body.data, "<button"));
    assert_true(shows("23:00 to 01:30"));
}

static void hostile_text_is_only_text(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id =
        text_in("</blockquote><form action=//evil><button>I take</button> \xe2\x80\xaetxt\xe2\x80\xac he beats me");
    link_of(id, "ngo", path);
    get(path);
    assert_false(shows("<form action"));
    assert_true(shows("&lt;/blockquote&gt;"));
    assert_true(shows("[U+202E]txt[U+202C]"));
    assert_true(shows("<blockquote dir=\"auto\""));
}

/* ---- what is not ours ------------------------------------------------------------------------------------------ */

static void everything_that_is_not_ours_gives_the_same_page(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN], forged[PATH_MAX_LEN], gone[PATH_MAX_LEN], held[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    link_of(id, "ngo", path);
    link_of(id, "embassy", held); /* waits for her consent: nobody was sent this link */
    str_copy(forged, sizeof forged, path);
    forged[strlen(forged) - 1] = forged[strlen(forged) - 1] == '0' ? '1' : '0';
    path_of("00112233445566778899aabbccddeeff", RIG_NOW, gone);
    const char *cases[] = { forged, gone, held, "/ack/none", "/ack/a.b.c", "/ack/..", "/ack/.1.00" };
    AUTO_BUF first;
    buf_init(&first, VISITS_BODY_MAX);
    assert_int_equal(get("/ack/"), 404);
    buf_add_span(&first, buf_span(&page.body));
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        assert_int_equal(get(cases[i]), 404);
        assert_true(span_equal(buf_span(&page.body), buf_span(&first)));
        assert_int_equal(post(cases[i], "action=take"), 404);
        assert_true(span_equal(buf_span(&page.body), buf_span(&first)));
    }
    assert_int_equal(ask("GET", path, NULL, NULL, RIG_NOW + ACKLINK_DAYS * DAY_MS + 1000), 404);
    assert_true(span_equal(buf_span(&page.body), buf_span(&first)));
    assert_int_equal(core_rig_case(&rig, id).state, STATE_case_open);
    assert_int_equal(get("/"), 303); /* to the door */
    assert_int_equal(get("/style.css"), 200);
    assert_string_equal(page.content_type, "text/css; charset=utf-8");
}

static void contact_that_left_the_configuration_has_no_rights(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    link_of(text_in("he beats me"), "watch", path);
    assert_int_equal(get(path), 200);
    AUTO_FREE char *text = lineconf_replace(core_rig_text, "{ name = \"watch\"", "{ name = \"other\"");
    AUTO_FREE char *without = lineconf_replace(text, "\"watch\"", "\"other\"");
    core_rig_configure(&rig, without);
    assert_int_equal(get(path), 404);
}

static void form_that_is_not_ours_does_nothing(void **state)
{
    static const char *const forms[] = { "", "action=", "action=explode", "action=take&action=decline", "take",
        "action=take&text=a&text=b", "{\"action\":\"take\"}" };
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    link_of(id, "ngo", path);
    for (size_t i = 0; i < STR_COUNT(forms); i++)
        if (post(path, forms[i]) != 400)
            fail_msg("%s: %d", forms[i], page.status);
    assert_int_equal(ask("POST", path, NULL, NULL, RIG_NOW), 400); /* no media type */
    assert_int_equal(core_rig_case(&rig, id).state, STATE_case_open);
}

/* ---- acting ---------------------------------------------------------------------------------------------------- */

static void touch_takes_the_case_and_the_others_see_who_holds_it(void **state)
{
    (void)state;
    char mine[PATH_MAX_LEN], other[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    link_of(id, "ngo", mine);
    link_of(id, "house", other);
    assert_int_equal(post(mine, "action=take"), 200);
    assert_true(shows("it is yours"));
    assert_true(shows("Write to her"));
    struct case_row row = core_rig_case(&rig, id);
    assert_int_equal(row.state, STATE_case_taken);
    assert_string_equal(row.owner, "ngo");
    assert_int_equal(core_rig_count_audit(&rig, "case.take"), 1);
    assert_int_equal(get(other), 200);
    assert_true(shows("This alert has ended: the case is held by Desk"));
    assert_false(shows("he beats me"));
    assert_false(shows("<form"));
    assert_int_equal(post(other, "action=take"), 200);
    assert_string_equal(core_rig_case(&rig, id).owner, "ngo");
    assert_int_equal(post(mine, "action=take"), 200);
    assert_int_equal(core_rig_count_audit(&rig, "case.take"), 1);
}

static void declining_twice_asks_only_one_more(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id = text_in("no salary");
    link_of(id, "ngo", path);
    assert_int_equal(core_rig_count_alerts(&rig, id, NULL), 1);
    assert_int_equal(post(path, "action=decline"), 200);
    assert_true(shows("the next contact is asked"));
    assert_int_equal(core_rig_count_alerts(&rig, id, NULL), 2);
    assert_int_equal(post(path, "action=decline"), 200);
    assert_int_equal(core_rig_count_alerts(&rig, id, NULL), 2);
    assert_int_equal(core_rig_count_audit(&rig, "alert.decline"), 1);
    assert_int_equal(post(path, "action=take"), 200); /* may change its mind */
    assert_string_equal(core_rig_case(&rig, id).owner, "ngo");
}

static void words_go_to_her_once_however_often_the_form_is_sent(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    link_of(id, "ngo", path);
    assert_int_equal(post(path, "action=say&text=Are+you+safe%3F"), 200);
    assert_true(shows("take the case first"));
    assert_int_equal(core_rig_count_audit(&rig, "person.say"), 0);
    post(path, "action=take");
    assert_int_equal(post(path, "action=say&text=Are+you+safe%3F&after=0.0"), 200);
    assert_true(shows("on its way to her"));
    assert_int_equal(post(path, "action=say&text=Are+you+safe%3F&after=0.0"), 200);
    assert_true(shows("not sent a second time"));
    assert_false(shows("Are you safe?</textarea>")); /* one more touch would send it again */
    assert_int_equal(core_rig_count_audit(&rig, "person.say"), 1);
    assert_true(shows("You, to her"));
    assert_int_equal(post(path, "action=say&text=+%0D%0A+"), 200);
    assert_true(shows("there is no text"));
    assert_false(shows("name=\"reason\"")); /* a reason would not help */
}

static void her_rules_hold_words_until_a_reason_is_given(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    link_of(id, "ngo", path);
    post(path, "action=take");
    struct case_row row = core_rig_case(&rig, id);
    row.flags |= FLAG_BIT(no_reply);
    core_rig_begin(&rig);
    assert_int_equal(cases_update(rig.core.store, &row), 0);
    core_rig_commit(&rig);
    assert_int_equal(post(path, "action=say&text=hello"), 200);
    assert_true(shows("say why below"));
    assert_false(shows("FORCE"));
    assert_true(shows("name=\"reason\""));
    assert_int_equal(core_rig_count_audit(&rig, "person.say"), 0);
    assert_int_equal(post(path, "action=say&text=hello&reason=she+asked+by+phone"), 200);
    assert_int_equal(core_rig_count_audit(&rig, "person.say_override"), 1);
}

static void note_contacted_and_end_are_kept(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    link_of(id, "ngo", path);
    assert_int_equal(post(path, "action=contacted"), 200);
    assert_true(shows("take it first"));
    post(path, "action=take");
    post(path, "action=note&text=called+the+desk%0D%0Asecond+line");
    assert_true(shows("noted"));
    post(path, "action=note&text=+");
    assert_true(shows("a note needs some words"));
    post(path, "action=contacted");
    assert_true(shows("she was reached"));
    assert_true(core_rig_case(&rig, id).contacted_at > 0);
    post(path, "action=end");
    assert_true(shows("how it ended"));
    assert_int_equal(core_rig_case(&rig, id).state, STATE_case_taken);
    post(path, "action=end&text=brought+to+the+shelter");
    assert_true(shows("closed. Thank you."));
    assert_false(shows("he beats me"));
    assert_int_equal(core_rig_case(&rig, id).state, STATE_case_closed);
    assert_int_equal(core_rig_count_audit(&rig, "case.note"), 2);
    assert_int_equal(get(path), 200);
    assert_true(shows("the case is closed"));
    assert_false(shows("<form"));
}

static void text_that_is_too_long_is_refused_as_a_whole(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    AUTO_BUF form;
    link_of(text_in("he beats me"), "ngo", path);
    buf_init(&form, 16384);
    buf_add_text(&form, "action=note&text=");
    for (unsigned i = 0; i < 5000; i++)
        buf_add_char(&form, 'x');
    assert_int_equal(post(path, form.data), 200);
    assert_true(shows("too long"));
    assert_int_equal(core_rig_count_audit(&rig, "case.note"), 0);
}

static void voided_alert_acts_no_more(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id = text_in("he beats me");
    struct alert_row alert = alert_of(id, "ngo");
    link_of(id, "ngo", path);
    core_rig_begin(&rig);
    assert_int_equal(alerts_set_state(rig.core.store, alert.id, STATE_alert_voided, RIG_NOW), 0);
    core_rig_commit(&rig);
    assert_int_equal(post(path, "action=take"), 200);
    assert_true(shows("This alert has ended, but nobody holds the case now"));
    assert_false(shows("he beats me"));
    assert_int_equal(core_rig_case(&rig, id).state, STATE_case_open);
}

/* ---- drills and limits ----------------------------------------------------------------------------------------- */

static void drill_is_answered_by_its_link_once(void **state)
{
    (void)state;
    char path[PATH_MAX_LEN];
    int64_t id;
    struct drill_row drill;
    core_rig_begin(&rig);
    assert_int_equal(drill_start(&rig.core, "ngo", "uid:0", RIG_NOW, &id), 0);
    core_rig_commit(&rig);
    assert_int_equal(drills_get(rig.core.store, id, &drill), 0);
    path_of(drill.public_id, drill.sent_at, path);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(get(path), 200);
    assert_true(shows("No one is in danger"));
    assert_int_equal(drills_get(rig.core.store, id, &drill), 0);
    assert_int_equal(drill.answered_at, 0);
    assert_int_equal(post(path, "action=take"), 200);
    assert_true(shows("your answer reached us"));
    assert_int_equal(drills_get(rig.core.store, id, &drill), 0);
    assert_int_equal(drill.answered_at, RIG_NOW + MINUTE_MS);
    post(path, "action=take");
    assert_true(shows("counted already"));
    assert_int_equal(core_rig_count_audit(&rig, "contact.drill_answer"), 1);
}

static void link_is_limited_and_so_is_a_peer(void **state)
{
    (void)state;
    char mine[PATH_MAX_LEN], other[PATH_MAX_LEN], forwarded[64];
    int64_t id = text_in("he beats me");
    link_of(id, "ngo", mine);
    link_of(id, "house", other);
    for (unsigned i = 0; i < ACK_PER_MINUTE; i++)
        assert_int_equal(get(mine), 200);
    assert_int_equal(post(mine, "action=take"), 429);
    assert_non_null(page.extra);
    assert_string_equal(page.extra[0].name, "Retry-After");
    assert_int_equal(core_rig_case(&rig, id).state, STATE_case_open);
    assert_int_equal(get(other), 200);
    assert_int_equal(ask("POST", mine, "action=take", NULL, RIG_NOW + 4 * MINUTE_MS), 200);
    unsigned limited = 0;
    for (unsigned i = 0; i < 200; i++) { /* what the client claims does not count, what the proxy saw does */
        snprintf(forwarded, sizeof forwarded, "192.0.2.%u, 198.51.100.7", i);
        limited += ask("GET", "/ack/guess", NULL, forwarded, RIG_NOW + 8 * MINUTE_MS) == 429;
    }
    assert_int_equal(limited, 80);
    assert_int_equal(ask("GET", other, NULL, "198.51.100.8", RIG_NOW + 8 * MINUTE_MS), 200);
}

static void line_that_cannot_store_says_so(void **state)
{
    (void)state;
    struct request request = { .method = "POST", .path = "/ack/x", .query = "" };
    AUTO_BUF text;
    buf_init(&text, VISITS_BODY_MAX);
    struct visits_writer writer = console_writer(the_console);
    assert_int_equal(writer.busy(writer.context, &request, RIG_NOW, &page), 0);
    assert_int_equal(page.status, 503);
    assert_null(markup_read_text(buf_span(&page.body), &text));
    assert_non_null(strstr(text.data, "Nothing was changed."));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
#define CASE_ANSWERING(name) cmocka_unit_test_setup_teardown(name, open_answering, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(looking_changes_nothing_but_the_audit_of_reading),
        CASE(trust_decides_what_is_shown),
        CASE(her_rules_come_before_everything_else),
        CASE(hostile_text_is_only_text),
        CASE(everything_that_is_not_ours_gives_the_same_page),
        CASE(contact_that_left_the_configuration_has_no_rights),
        CASE(form_that_is_not_ours_does_nothing),
        CASE(touch_takes_the_case_and_the_others_see_who_holds_it),
        CASE(declining_twice_asks_only_one_more),
        CASE_ANSWERING(words_go_to_her_once_however_often_the_form_is_sent),
        CASE_ANSWERING(her_rules_hold_words_until_a_reason_is_given),
        CASE(note_contacted_and_end_are_kept),
        CASE(text_that_is_too_long_is_refused_as_a_whole),
        CASE(voided_alert_acts_no_more),
        CASE(drill_is_answered_by_its_link_once),
        CASE(link_is_limited_and_so_is_a_peer),
        CASE(line_that_cannot_store_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
