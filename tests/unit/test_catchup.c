/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_catchup - providers' lists, read through a worker that the test plays, at times that the test sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/auditor.h"
#include "gateway/core/catchup.h"
#include "gateway/core/dispatch.h"
#include "gateway/store/findings.h"
#include "tests/support/core_rig.h"
#include "tests/support/peer_rig.h"

#define HER "+966505550123"
#define CONFIG_MAX 8192
#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS (60 * MINUTE_MS)

static int64_t now_ms;

static int64_t tell_now(void)
{
    return now_ms;
}

static int64_t tell_mono(void)
{
    return now_ms - RIG_NOW + 1000000;
}

static const char twilio[] =
    "{ name = \"tw\"; kind = \"twilio\"; account_sid = \"AC1\"; auth_token = \"t\"; from = \"+15005550006\";"
    "  public_url = \"https://line.example.org\"; country = \"SA\";";
static const char africa[] = "{ name = \"at\"; kind = \"africastalking\"; username = \"helpline\"; api_key = \"k\";"
                             "  token = \"secret-of-a-test\";";
static const char infobip_without_key[] =
    "{ name = \"ib\"; kind = \"infobip\"; auth_user = \"u\"; auth_password = \"p\";";

struct desk {
    struct core_rig core;
    struct peer_rig peers;
    struct dispatch *dispatch;
    int worker;
};

static void make_config(const char *channel, const char *keys, char *ret)
{
    const char *mark = strstr(core_rig_text, "channels = (\n") + strlen("channels = (\n");
    snprintf(ret, CONFIG_MAX, "%.*s%s %s },\n%s", (int)(mark - core_rig_text), core_rig_text, channel, keys, mark);
}

static void open_desk(struct desk *desk, const char *channel, const char *keys, unsigned capacity)
{
    char config[CONFIG_MAX];
    memset(desk, 0, sizeof *desk);
    now_ms = RIG_NOW;
    clock_set_source(tell_now, tell_mono);
    make_config(channel, keys, config);
    core_rig_open(&desk->core, config);
    peer_rig_open(&desk->peers, desk->core.folder.directory, "workers.sock");
    assert_int_equal(dispatch_new(&desk->core.core, desk->peers.loop, desk->peers.listen_fd, &desk->dispatch), 0);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    desk->worker = peer_rig_sender(&desk->peers, "sender", capacity);
}

static void close_desk(struct desk *desk)
{
    if (desk->worker >= 0)
        close(desk->worker);
    peer_rig_turn(&desk->peers);
    dispatch_free(desk->dispatch);
    peer_rig_close(&desk->peers);
    core_rig_close(&desk->core);
    clock_set_source(NULL, NULL);
}

static void begin_turn(struct desk *desk)
{
    peer_rig_turn(&desk->peers);
    core_rig_begin(&desk->core);
    assert_int_equal(dispatch_settle(desk->dispatch, now_ms), 0);
    assert_int_equal(dispatch_lease(desk->dispatch, store_is_dirty(desk->core.core.store), now_ms), 0);
}

static void turn(struct desk *desk)
{
    begin_turn(desk);
    core_rig_commit(&desk->core);
    dispatch_release(desk->dispatch);
    peer_rig_turn(&desk->peers);
}

/* The next request for a list, NULL when there is none; other jobs are passed over. The caller decrefs. */
static json_t *take_poll(struct desk *desk)
{
    for (json_t *job; (job = peer_rig_read(&desk->peers, desk->worker)) != NULL; json_decref(job))
        if (str_starts(json_text(job, "job", ""), "poll-"))
            return job;
    return NULL;
}

static json_t *wait_poll(struct desk *desk)
{
    turn(desk);
    json_t *job = take_poll(desk);
    assert_non_null(job);
    return job;
}

static void answer(struct desk *desk, const json_t *job, const char *kind, int status, const char *body)
{
    AUTO_BUF result;
    buf_init(&result, FRAME_MAX);
    buf_add_format(&result, "{\"result\":\"%s\",\"kind\":\"%s\",\"status\":%d,\"reason\":\"x\",\"body\":\"",
        json_text(job, "job", ""), kind, status);
    str_base64_encode(&result, body, strlen(body));
    buf_add_text(&result, "\"}");
    assert_int_equal(buf_check(&result), 0);
    peer_rig_send(&desk->peers, desk->worker, result.data);
    turn(desk);
}

static void serve(struct desk *desk, int status, const char *body)
{
    AUTO_JSON *job = wait_poll(desk);
    answer(desk, job, "answered", status, body);
}

static void entry(struct buf *out, const char *sid, const char *text, int64_t at)
{
    char date[CLOCK_TEXT_MAX + 8];
    clock_format_mail(at, date);
    buf_add_format(out,
        "%s{\"sid\":\"%s\",\"direction\":\"inbound\",\"status\":\"received\",\"from\":\"" HER
        "\",\"to\":\"+15005550006\",\"body\":\"%s\",\"date_sent\":\"%s\"}",
        out->len ? "," : "", sid, text, date);
}

/* One page of Twilio's with up to two texts (NULL = none). */
static void serve_page(struct desk *desk, const char *sid, const char *text, int64_t at, const char *next)
{
    AUTO_BUF list;
    AUTO_BUF page;
    buf_init(&list, 4096);
    buf_init(&page, 8192);
    if (sid)
        entry(&list, sid, text, at);
    buf_add_format(&page, "{\"messages\":[%s],\"next_page_uri\":%s}", list.data ? list.data : "", next ? next : "null");
    serve(desk, 200, page.data);
}

static struct poll_row row_of(struct desk *desk, const char *channel)
{
    struct poll_row row;
    assert_int_equal(polls_get(desk->core.core.store, channel, &row), 0);
    return row;
}

static void check_since(const json_t *job, int64_t at)
{
    char date[CLOCK_TEXT_MAX];
    AUTO_BUF want;
    buf_init(&want, 128);
    clock_format(at, date);
    buf_add_text(&want, "DateSent%3E=");
    str_percent_encode(&want, span_of(date));
    if (!strstr(json_text(job, "url", ""), want.data))
        fail_msg("%s is not in %s", want.data, json_text(job, "url", ""));
}

/* ---- what is missing comes in ---------------------------------------------------------------------------------- */

static int keep_message(void *context, const struct message_row *row)
{
    *(struct message_row *)context = *row;
    return 0;
}

static struct message_row only_message(struct desk *desk)
{
    struct message_row row = { 0 };
    struct messages_filter filter = { .limit = 2 };
    assert_int_equal(core_rig_count_messages(&desk->core), 1);
    assert_int_equal(messages_list(desk->core.core.store, &filter, keep_message, &row), 0);
    return row;
}

static void missing_text_comes_in_once_late_and_with_its_alerts(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    serve_page(&desk, "SM1", "he beats me", RIG_NOW - HOUR_MS, NULL);
    struct message_row row = only_message(&desk);
    assert_true(row.is_late);
    assert_int_equal(row.sent_at, RIG_NOW - HOUR_MS);
    assert_true(core_rig_count_alerts(&desk.core, 0, NULL) > 0);
    struct poll_row poll = row_of(&desk, "tw");
    assert_true(poll.late_found == 1 && poll.polled_at == RIG_NOW && poll.covered_at == RIG_NOW);
    now_ms += 5 * MINUTE_MS;
    serve_page(&desk, "SM1", "he beats me", RIG_NOW - HOUR_MS, NULL);
    struct message_row again = only_message(&desk);
    assert_int_equal(again.copies, row.copies); /* a list repeats itself: that is no copy */
    assert_int_equal(row_of(&desk, "tw").late_found, 1);
    close_desk(&desk);
}

static void webhook_after_the_list_makes_nothing_and_the_list_after_the_webhook_neither(void **state)
{
    struct desk desk;
    struct intake_result result;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    serve_page(&desk, "SM1", "he beats me", RIG_NOW - MINUTE_MS, NULL);
    const char *ids[] = { "SM1", "SM2", "SM2" };
    for (size_t i = 0; i < STR_COUNT(ids); i++) {
        struct sms_in sms = core_rig_sms(HER, "he beats me", ids[i]);
        core_rig_begin(&desk.core);
        assert_int_equal(intake_message(&desk.core.core, "tw", &sms, false, now_ms, &result), 0);
        core_rig_commit(&desk.core);
        assert_int_equal(result.is_duplicate, i != 1); /* the same words with another id are another message */
        sms_in_done(&sms);
    }
    now_ms += 5 * MINUTE_MS;
    serve_page(&desk, "SM2", "he beats me", RIG_NOW, NULL);
    assert_int_equal(core_rig_count_messages(&desk.core), 2);
    close_desk(&desk);
}

static void what_is_too_old_is_left_out(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "catch_up_max = \"1 h\";", 64);
    AUTO_JSON *job = wait_poll(&desk);
    check_since(job, RIG_NOW - HOUR_MS);
    answer(&desk, job, "answered", 200,
        "{\"messages\":[{\"sid\":\"SM0\",\"direction\":\"inbound\",\"from\":\"" HER
        "\",\"body\":\"he beats me\",\"date_sent\":\"Mon, 01 Jan 2024 00:00:00 +0000\"}]}");
    assert_int_equal(core_rig_count_messages(&desk.core), 0);
    assert_int_equal(row_of(&desk, "tw").covered_at, RIG_NOW);
    close_desk(&desk);
}

/* ---- when ------------------------------------------------------------------------------------------------------ */

static void list_is_asked_at_start_then_every_interval_from_a_little_before(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "catch_up = \"7 min\";", 64);
    assert_true(dispatch_next_due(desk.dispatch) <= now_ms);
    serve_page(&desk, NULL, NULL, 0, NULL);
    turn(&desk);
    assert_null(take_poll(&desk));
    assert_int_equal(dispatch_next_due(desk.dispatch), RIG_NOW + 7 * MINUTE_MS);
    now_ms = dispatch_next_due(desk.dispatch);
    AUTO_JSON *job = wait_poll(&desk);
    check_since(job, RIG_NOW - CATCHUP_OVERLAP_MS);
    assert_string_equal(json_text(job, "method", ""), "GET");
    assert_int_equal(json_int(job, "reply_max", 0), 512 * 1024);
    close_desk(&desk);
}

static void outage_of_the_daemon_itself_hides_nothing(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    serve_page(&desk, NULL, NULL, 0, NULL);
    now_ms += 9 * HOUR_MS;
    core_rig_begin(&desk.core);
    assert_int_equal(dispatch_recover(desk.dispatch, now_ms), 0);
    core_rig_commit(&desk.core);
    AUTO_JSON *job = wait_poll(&desk);
    check_since(job, RIG_NOW - CATCHUP_OVERLAP_MS);
    close_desk(&desk);
}

static void reload_asks_again_but_not_beside_an_open_request(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    serve_page(&desk, NULL, NULL, 0, NULL);
    now_ms += MINUTE_MS;
    assert_int_equal(dispatch_configure(desk.dispatch), 0);
    AUTO_JSON *job = wait_poll(&desk);
    assert_int_equal(dispatch_configure(desk.dispatch), 0);
    turn(&desk);
    assert_null(take_poll(&desk));
    answer(&desk, job, "answered", 200, "{\"messages\":[]}");
    assert_int_equal(row_of(&desk, "tw").ok_at, now_ms);
    close_desk(&desk);
}

static void channels_that_are_off_or_have_no_list_are_not_asked(void **state)
{
    static const struct {
        const char *label, *channel, *keys;
    } cases[] = {
        { "off", twilio, "catch_up = \"0 s\";" },
        { "disabled", twilio, "enabled = false;" },
        { "only sends", twilio, "direction = \"out\";" },
        { "without a key", infobip_without_key, "" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct desk desk;
        open_desk(&desk, cases[i].channel, cases[i].keys, 64);
        turn(&desk);
        turn(&desk);
        if (take_poll(&desk))
            fail_msg("%s: it was asked", cases[i].label);
        if (dispatch_next_due(desk.dispatch) <= now_ms + HOUR_MS)
            fail_msg("%s: it wants a turn again and again", cases[i].label);
        close_desk(&desk);
    }
}

/* What a channel received is fetched over the network even where nothing is sent by it. */
static void the_sender_may_reach_the_host_of_a_list(void **state)
{
    static const struct {
        const char *keys;
        bool is_listed;
    } cases[] = { { "direction = \"in\";", true }, { "direction = \"in\"; catch_up = \"0 s\";", false },
        { "direction = \"out\";", true } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct desk desk;
        bool is_listed = false;
        open_desk(&desk, twilio, cases[i].keys, 64);
        struct hosts *hosts = calloc(1, sizeof *hosts);
        assert_int_equal(hosts_collect(desk.core.config, hosts), 0);
        for (unsigned j = 0; j < hosts->count; j++)
            is_listed = is_listed || str_equal(hosts->entries[j].name, "api.twilio.com");
        free(hosts);
        close_desk(&desk);
        if (is_listed != cases[i].is_listed)
            fail_msg("%s", cases[i].keys);
    }
}

static void alert_does_not_wait_for_a_list(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 1); /* room for one thing only */
    turn(&desk);
    assert_null(take_poll(&desk));
    core_rig_text_in(&desk.core, HER, "no salary", "", now_ms);
    core_rig_begin(&desk.core);
    assert_int_equal(dispatch_lease(desk.dispatch, true, now_ms), 0);
    core_rig_commit(&desk.core);
    dispatch_release(desk.dispatch);
    AUTO_JSON *job = peer_rig_read(&desk.peers, desk.worker);
    assert_non_null(job);
    assert_true(strstr(json_text(job, "job", ""), "poll-") == NULL);
    close_desk(&desk);
}

/* ---- pages ----------------------------------------------------------------------------------------------------- */

#define NEXT(token) "\"/2010-04-01/Accounts/AC1/Messages.json?PageSize=20&Page=1&PageToken=" token "\""

static void pages_follow_at_once_and_the_time_moves_at_the_end_only(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    serve_page(&desk, "SM2", "he beats me", RIG_NOW - MINUTE_MS, NEXT("PA1"));
    assert_int_equal(row_of(&desk, "tw").covered_at, 0);
    AUTO_JSON *job = take_poll(&desk);
    assert_non_null(job);
    assert_non_null(strstr(json_text(job, "url", ""), "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json?"));
    assert_non_null(strstr(json_text(job, "url", ""), "PageToken=PA1"));
    answer(&desk, job, "answered", 200, "{\"messages\":[],\"next_page_uri\":null}");
    assert_int_equal(row_of(&desk, "tw").covered_at, RIG_NOW);
    assert_string_equal(row_of(&desk, "tw").page, "");
    close_desk(&desk);
}

static void poll_that_breaks_off_begins_anew(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    serve_page(&desk, "SM2", "he beats me", RIG_NOW - MINUTE_MS, NEXT("PA1"));
    AUTO_JSON *second = take_poll(&desk);
    assert_non_null(second);
    answer(&desk, second, "answered", 500, "");
    assert_int_equal(row_of(&desk, "tw").covered_at, 0);
    now_ms = dispatch_next_due(desk.dispatch);
    AUTO_JSON *job = wait_poll(&desk);
    assert_null(strstr(json_text(job, "url", ""), "PageToken"));
    check_since(job, now_ms - 48 * HOUR_MS);
    close_desk(&desk);
}

static void list_that_leads_in_a_circle_is_a_failure(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    serve_page(&desk, "SM2", "he beats me", RIG_NOW - MINUTE_MS, NEXT("PA1"));
    AUTO_JSON *second = take_poll(&desk);
    assert_non_null(second);
    char page[512];
    snprintf(page, sizeof page, "{\"messages\":[{}],\"next_page_uri\":%s}", NEXT("PA1"));
    answer(&desk, second, "answered", 200, page);
    assert_int_equal(row_of(&desk, "tw").outcome, OUTCOME_unparseable);
    close_desk(&desk);
}

static void cursor_outlives_the_poll_where_the_provider_counts(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, africa, "", 64);
    AUTO_JSON *first = wait_poll(&desk);
    assert_non_null(strstr(json_text(first, "url", ""), "lastReceivedId=0"));
    answer(&desk, first, "answered", 200,
        "{\"SMSMessageData\":{\"Messages\":[{\"id\":15071,\"from\":\"" HER
        "\",\"to\":\"22334\",\"text\":\"he beats me\",\"date\":\"2025-11-24T15:59:00Z\"}]}}");
    AUTO_JSON *second = take_poll(&desk);
    assert_non_null(second);
    assert_non_null(strstr(json_text(second, "url", ""), "lastReceivedId=15071"));
    answer(&desk, second, "answered", 200, "{\"SMSMessageData\":{\"Messages\":[]}}");
    assert_string_equal(row_of(&desk, "at").cursor, "15071");
    now_ms += 5 * MINUTE_MS;
    AUTO_JSON *third = wait_poll(&desk);
    assert_non_null(strstr(json_text(third, "url", ""), "lastReceivedId=15071"));
    close_desk(&desk);
}

/* ---- other ids ------------------------------------------------------------------------------------------------- */

static unsigned tell_webhook(struct desk *desk, const char *id, int64_t sent_at)
{
    struct intake_result result;
    struct sms_in sms = core_rig_sms(HER, "he beats me", id);
    sms.sent_at = sent_at;
    core_rig_begin(&desk->core);
    assert_int_equal(intake_message(&desk->core.core, "at", &sms, false, now_ms, &result), 0);
    core_rig_commit(&desk->core);
    sms_in_done(&sms);
    return core_rig_count_messages(&desk->core);
}

static unsigned tell_list(struct desk *desk, const char *id, int64_t sent_at)
{
    struct intake_result result;
    struct sms_in sms = core_rig_sms(HER, "he beats me", id);
    sms.sent_at = sent_at;
    core_rig_begin(&desk->core);
    assert_int_equal(intake_fetched(&desk->core.core, "at", &sms, now_ms, &result), 0);
    core_rig_commit(&desk->core);
    sms_in_done(&sms);
    return core_rig_count_messages(&desk->core);
}

static void list_with_other_ids_than_the_webhooks_makes_no_second_message(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, africa, "", 64);
    assert_int_equal(tell_webhook(&desk, "ATX_1", RIG_NOW), 1);
    assert_int_equal(tell_list(&desk, "1", RIG_NOW + 999), 1); /* rounded otherwise */
    assert_int_equal(tell_list(&desk, "1", RIG_NOW + 999), 1);
    assert_int_equal(tell_list(&desk, "2", RIG_NOW + MINUTE_MS), 2); /* she wrote the same again */
    assert_int_equal(tell_webhook(&desk, "ATX_2", RIG_NOW + MINUTE_MS), 2);
    assert_int_equal(tell_webhook(&desk, "ATX_3", RIG_NOW + 2 * MINUTE_MS), 3);
    assert_int_equal(tell_list(&desk, "3", RIG_NOW + 2 * MINUTE_MS), 3);
    close_desk(&desk);
}

/* It came by another channel first, then by the webhook of this one, then by its list. */
static void list_of_the_second_path_makes_no_second_message(void **state)
{
    struct desk desk;
    struct intake_result result;
    (void)state;
    open_desk(&desk, africa, "", 64);
    core_rig_begin(&desk.core);
    struct sms_in sms = core_rig_sms(HER, "he beats me", "m1");
    assert_int_equal(intake_message(&desk.core.core, "in", &sms, false, now_ms, &result), 0);
    core_rig_commit(&desk.core);
    sms_in_done(&sms);
    assert_int_equal(tell_webhook(&desk, "ATX_1", RIG_NOW), 1);
    now_ms += 5 * MINUTE_MS;
    assert_int_equal(tell_list(&desk, "1", RIG_NOW), 1);
    close_desk(&desk);
}

static void webhook_without_a_time_is_matched_one_to_one(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, africa, "", 64);
    assert_int_equal(tell_webhook(&desk, "ATX_1", 0), 1);
    assert_int_equal(tell_list(&desk, "1", RIG_NOW - 40000), 1);
    assert_int_equal(tell_list(&desk, "2", RIG_NOW - 20000), 2); /* its webhook was lost */
    assert_int_equal(tell_webhook(&desk, "ATX_2", 0), 2);
    close_desk(&desk);
}

static void entry_without_id_and_time_comes_in_once(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, africa, "", 64);
    for (int i = 0; i < 3; i++, now_ms += 5 * MINUTE_MS)
        assert_int_equal(tell_list(&desk, "", 0), 1);
    close_desk(&desk);
}

/* ---- failures -------------------------------------------------------------------------------------------------- */

static void list_that_fails_is_asked_less_and_less_often(void **state)
{
    struct desk desk;
    int64_t last = 0;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    for (int i = 1; i <= 9; i++) {
        serve(&desk, i % 2 ? 503 : 200, "not a page");
        struct poll_row row = row_of(&desk, "tw");
        assert_int_equal(row.failures, i);
        assert_int_equal(row.outcome, i % 2 ? OUTCOME_retry_network : OUTCOME_unparseable);
        int64_t wait = row.due_at - now_ms;
        assert_true(wait >= CATCHUP_FIRST_MS && wait <= CATCHUP_REST_MS * 5LL / 4 && (i > 6 || wait > last));
        last = wait;
        now_ms = row.due_at;
    }
    serve_page(&desk, "SM1", "he beats me", RIG_NOW - HOUR_MS, NULL);
    assert_int_equal(row_of(&desk, "tw").failures, 0);
    assert_int_equal(core_rig_count_messages(&desk.core), 1);
    close_desk(&desk);
}

static int count_finding(void *context, const struct finding_row *row)
{
    *(unsigned *)context += str_equal(row->kind, "list_refuses_us") && str_equal(row->object, "channel:tw");
    return 0;
}

static unsigned audit(struct desk *desk)
{
    unsigned open, count = 0;
    core_rig_begin(&desk->core);
    assert_int_equal(auditor_run(&desk->core.core, now_ms, &open), 0);
    core_rig_commit(&desk->core);
    assert_int_equal(findings_list(desk->core.core.store, true, 10, count_finding, &count), 0);
    return count;
}

static void list_that_refuses_us_rests_and_neither_sending_nor_receiving_does(void **state)
{
    struct desk desk;
    struct dispatch_health health;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    serve(&desk, 401, "{\"code\":20003}");
    struct poll_row row = row_of(&desk, "tw");
    assert_int_equal(row.outcome, OUTCOME_bad_config);
    assert_int_equal(row.due_at, now_ms + CATCHUP_PAUSE_MS);
    dispatch_channel_health(desk.dispatch, "tw", &health);
    assert_false(health.is_paused);
    assert_int_equal(health.failures, 0);
    for (int i = 0; i < 3; i++, now_ms += MINUTE_MS)
        assert_int_equal(audit(&desk), 1);
    assert_int_equal(dispatch_configure(desk.dispatch), 0); /* a reload may have repaired it */
    serve_page(&desk, "SM1", "he beats me", RIG_NOW, NULL);
    assert_int_equal(core_rig_count_messages(&desk.core), 1);
    assert_int_equal(audit(&desk), 0);
    close_desk(&desk);
}

static void request_that_a_worker_loses_is_asked_again_later(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    AUTO_JSON *job = wait_poll(&desk);
    assert_int_equal(row_of(&desk, "tw").lease_until, RIG_NOW + CATCHUP_LEASE_MS);
    assert_true(dispatch_next_due(desk.dispatch) <= RIG_NOW + CATCHUP_LEASE_MS);
    now_ms += CATCHUP_LEASE_MS;
    turn(&desk);
    assert_int_equal(row_of(&desk, "tw").failures, 1);
    assert_null(take_poll(&desk));
    /* Its answer comes after all: what a list gives once must not be lost. */
    answer(&desk, job, "answered", 200,
        "{\"messages\":[{\"sid\":\"SM1\",\"direction\":\"inbound\",\"from\":\"" HER "\",\"body\":\"he beats me\"}]}");
    assert_int_equal(core_rig_count_messages(&desk.core), 1);
    close_desk(&desk);
}

static void rolled_back_turn_takes_the_answer_in_again(void **state)
{
    struct desk desk;
    (void)state;
    open_desk(&desk, twilio, "", 64);
    AUTO_JSON *job = wait_poll(&desk);
    char body[512], result[1024];
    AUTO_BUF encoded;
    buf_init(&encoded, sizeof result);
    snprintf(body, sizeof body,
        "{\"messages\":[{\"sid\":\"SM1\",\"direction\":\"inbound\",\"from\":\"" HER "\",\"body\":\"he beats me\"}]}");
    str_base64_encode(&encoded, body, strlen(body));
    snprintf(result, sizeof result,
        "{\"result\":\"%s\",\"kind\":\"answered\",\"status\":200,\"reason\":\"x\",\"body\":\"%s\"}",
        json_text(job, "job", ""), encoded.data);
    peer_rig_send(&desk.peers, desk.worker, result);
    for (int i = 0; i < 3; i++) {
        begin_turn(&desk);
        store_rollback(desk.core.core.store);
        dispatch_abandon(desk.dispatch);
        assert_int_equal(core_rig_count_messages(&desk.core), 0);
    }
    turn(&desk);
    assert_int_equal(core_rig_count_messages(&desk.core), 1);
    assert_int_equal(row_of(&desk, "tw").covered_at, RIG_NOW);
    close_desk(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_text_comes_in_once_late_and_with_its_alerts),
        cmocka_unit_test(webhook_after_the_list_makes_nothing_and_the_list_after_the_webhook_neither),
        cmocka_unit_test(what_is_too_old_is_left_out),
        cmocka_unit_test(list_is_asked_at_start_then_every_interval_from_a_little_before),
        cmocka_unit_test(outage_of_the_daemon_itself_hides_nothing),
        cmocka_unit_test(reload_asks_again_but_not_beside_an_open_request),
        cmocka_unit_test(channels_that_are_off_or_have_no_list_are_not_asked),
        cmocka_unit_test(the_sender_may_reach_the_host_of_a_list),
        cmocka_unit_test(alert_does_not_wait_for_a_list),
        cmocka_unit_test(pages_follow_at_once_and_the_time_moves_at_the_end_only),
        cmocka_unit_test(poll_that_breaks_off_begins_anew),
        cmocka_unit_test(list_that_leads_in_a_circle_is_a_failure),
        cmocka_unit_test(cursor_outlives_the_poll_where_the_provider_counts),
        cmocka_unit_test(list_with_other_ids_than_the_webhooks_makes_no_second_message),
        cmocka_unit_test(list_of_the_second_path_makes_no_second_message),
        cmocka_unit_test(webhook_without_a_time_is_matched_one_to_one),
        cmocka_unit_test(entry_without_id_and_time_comes_in_once),
        cmocka_unit_test(list_that_fails_is_asked_less_and_less_often),
        cmocka_unit_test(list_that_refuses_us_rests_and_neither_sending_nor_receiving_does),
        cmocka_unit_test(request_that_a_worker_loses_is_asked_again_later),
        cmocka_unit_test(rolled_back_turn_takes_the_answer_in_again),
    };
    return cmocka_run_group_tests_name("catchup", tests, NULL, NULL);
}
