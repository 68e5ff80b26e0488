/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_webhooks - what a provider's request becomes, and what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/held.h"
#include "gateway/core/webhooks.h"
#include "gateway/crypto/mac.h"
#include "tests/support/core_rig.h"

#define HER "+966505550123"
#define MINUTE_MS 60000LL

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct core_rig));
    core_rig_open(*state, NULL);
    return 0;
}

static int close_rig(void **state)
{
    core_rig_close(*state);
    free(*state);
    return 0;
}

#define FORM "application/x-www-form-urlencoded"
#define GOOD "token=open-sesame&from=%2B966505550123&text=he+beats+me&id=a1"

static struct request post(const char *path, const char *body)
{
    static const struct request_header headers[] = { { "Content-Type", FORM } };
    return (struct request){ "POST", path, "", NULL, headers, 1, span_of(body) };
}

static int handle(struct core_rig *rig, const struct request *request, struct reply *reply)
{
    unsigned messages;
    core_rig_begin(rig);
    int code = webhooks_handle(&rig->core, request, RIG_NOW, reply, &messages);
    core_rig_commit(rig);
    return code;
}

static int count_row(void *context, const struct quarantine_row *row)
{
    (void)row;
    ++*(unsigned *)context;
    return 0;
}

static unsigned count_kept(struct core_rig *rig)
{
    unsigned count = 0;
    assert_int_equal(quarantine_list(rig->core.store, &(struct quarantine_filter){ .state = "kept", .limit = 100 },
                         count_row, &count),
        0);
    return count;
}

static void request_is_stored_kept_or_not_found(void **state)
{
    static const struct {
        const char *label, *path, *body;
        int status;
        unsigned messages, kept;
    } table[] = {
        { "a message", "/in/in/message", GOOD, 200, 1, 0 },
        { "its duplicate", "/in/in/message", GOOD, 200, 1, 0 },
        { "a wrong token", "/in/in/message", "token=x&from=%2B1&text=help", 403, 1, 1 },
        { "no text field", "/in/in/message", "token=open-sesame&from=%2B966505550123", 0, 1, 2 },
        { "an unknown channel", "/in/other/message", GOOD, 404, 1, 3 },
        { "a channel that only sends", "/in/desk/message", GOOD, 404, 1, 4 },
        { "a status of a channel that only sends", "/in/desk/status", GOOD, 404, 1, 5 },
        { "no channel", "/in//message", GOOD, 404, 1, 5 },
        { "no verb", "/in/in", GOOD, 404, 1, 5 },
        { "another verb", "/in/in/messages", GOOD, 404, 1, 5 },
        { "another page", "/", GOOD, 404, 1, 5 },
        { "a name that is too long", "/in/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/message",
            GOOD, 404, 1, 5 },
    };
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct request request = post(table[i].path, table[i].body);
        struct reply reply;
        assert_int_equal(handle(rig, &request, &reply), 0);
        if ((table[i].status && reply.status != table[i].status) || core_rig_count_messages(rig) != table[i].messages ||
            count_kept(rig) != table[i].kept)
            fail_msg("%s: %d, %u messages, %u kept", table[i].label, reply.status, core_rig_count_messages(rig),
                count_kept(rig));
    }
}

static void answer_never_holds_a_word_of_the_request(void **state)
{
    struct core_rig *rig = *state;
    static const char *const bodies[] = { "token=open-sesame&from=%2B966505550123&text=MARKER",
        "token=wrong&from=%2B966505550123&text=MARKER", "MARKER" };
    for (size_t i = 0; i < STR_COUNT(bodies); i++) {
        struct request request = post("/in/in/message", bodies[i]);
        struct reply reply;
        assert_int_equal(handle(rig, &request, &reply), 0);
        assert_null(memmem(reply.body, reply.body_len, "MARKER", 6));
    }
}

static int note_channel(void *context, const struct quarantine_row *row)
{
    str_copy(context, NAME_MAX_LEN, row->channel);
    return 0;
}

static void name_that_can_be_no_channel_is_not_written_down(void **state)
{
    struct core_rig *rig = *state;
    struct request request = post("/in/+966505550123/message", GOOD);
    struct reply reply;
    char channel[NAME_MAX_LEN] = "";
    assert_int_equal(handle(rig, &request, &reply), 0);
    assert_int_equal(quarantine_list(rig->core.store, &(struct quarantine_filter){ .state = "kept", .limit = 1 },
                         note_channel, channel),
        0);
    assert_string_equal(channel, "?");
}

static void busy_is_503_for_everybody(void **state)
{
    struct core_rig *rig = *state;
    static const char *const paths[] = { "/in/in/message", "/in/other/message", "/nonsense" };
    for (size_t i = 0; i < STR_COUNT(paths); i++) {
        struct request request = post(paths[i], GOOD);
        struct reply reply;
        webhooks_busy(&rig->core, &request, &reply);
        assert_int_equal(reply.status, 503);
    }
}

static void refused_request_can_be_released(void **state)
{
    static const struct {
        const char *label, *channel, *path, *body;
        int want;
    } table[] = {
        { "with the wrong secret", "in", "/in/in/message", "token=old&from=%2B966505550123&text=he+beats+me&id=a1", 0 },
        { "again: a duplicate", "in", "/in/in/message", "token=old&from=%2B966505550123&text=he+beats+me&id=a1", 0 },
        { "unreadable still", "in", "/in/in/message", "nonsense", ERR_INVALID },
        { "no such channel", "other", "/in/other/message", GOOD, ERR_NOT_FOUND },
        { "a channel that only sends", "desk", "/in/desk/message", GOOD, ERR_NOT_FOUND },
        { "a report is no message", "in", "/in/in/status", "token=x&id=r9&status=delivered&text=x&from=%2B1", 0 },
    };
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct request request = post(table[i].path, table[i].body);
        int64_t case_id;
        core_rig_begin(rig);
        int code = webhooks_release(&rig->core, table[i].channel, &request, RIG_NOW, &case_id);
        core_rig_commit(rig);
        if (code != table[i].want || core_rig_count_messages(rig) != 1)
            fail_msg("%s: %s, %u messages", table[i].label, error_name(code), core_rig_count_messages(rig));
    }
}

/* ---- a provider that knows one address --------------------------------------------------------------------------- */

#define APP_SECRET "secret-of-an-app"
#define ONE_ADDRESS                                                                                                    \
    "{ name = \"wa\"; kind = \"whatsapp_cloud\"; phone_number_id = \"1\"; app_secret = \"" APP_SECRET "\";\n"          \
    "verify_token = \"our-own-word\"; },\n{ name = \"self\";"
#define EVENT(lists) "{\"entry\":[{\"changes\":[{\"value\":{" lists "}}]}]}"
#define HER_MESSAGE                                                                                                    \
    "\"messages\":[{\"from\":\"966505550123\",\"id\":\"m1\",\"type\":\"text\",\"text\":{\"body\":\"help\"}}]"
#define A_REPORT "\"statuses\":[{\"id\":\"w1\",\"status\":\"delivered\"}]"

static int handle_signed(struct core_rig *rig, const char *body, struct reply *reply)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len;
    AUTO_BUF signature;
    buf_init(&signature, 128);
    assert_int_equal(mac_compute(MAC_SHA256, span_of(APP_SECRET), span_of(body), mac, &len), 0);
    buf_add_text(&signature, "sha256=");
    str_hex_encode(&signature, mac, len);
    const struct request_header headers[] = { { "Content-Type", "application/json" },
        { "X-Hub-Signature-256", signature.data } };
    const struct request request = { "POST", "/in/wa/message", "", NULL, headers, 2, span_of(body) };
    return handle(rig, &request, reply);
}

static void one_address_takes_messages_and_reports(void **state)
{
    (void)state;
    static const struct {
        const char *label, *body;
        unsigned messages, kept;
        bool is_reported;
    } table[] = {
        { "a message", EVENT(HER_MESSAGE), 1, 0, false },
        { "a report", EVENT(A_REPORT), 0, 0, true },
        { "both", EVENT(HER_MESSAGE "," A_REPORT), 1, 0, true },
        { "neither", EVENT("\"other\":1"), 0, 0, false },
        { "no event", "{}", 0, 1, false },
    };
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        AUTO_FREE char *text = lineconf_replace(core_rig_text, "{ name = \"self\";", ONE_ADDRESS);
        struct core_rig rig;
        struct reply reply;
        struct delivery_report report;
        core_rig_open(&rig, text);
        assert_int_equal(handle_signed(&rig, table[i].body, &reply), 0);
        core_rig_begin(&rig);
        bool is_reported = reports_take(rig.core.store, "wa", "w1", &report) == 0;
        core_rig_commit(&rig);
        if (reply.status != 200 || core_rig_count_messages(&rig) != table[i].messages ||
            count_kept(&rig) != table[i].kept || is_reported != table[i].is_reported)
            fail_msg("%s: %d, %u messages, %u kept, %s", table[i].label, reply.status, core_rig_count_messages(&rig),
                count_kept(&rig), is_reported ? "reported" : "no report");
        core_rig_close(&rig);
    }
}

static void question_of_a_provider_is_answered_and_not_kept(void **state)
{
    (void)state;
    static const struct {
        const char *label, *query;
        int status;
        unsigned kept;
    } table[] = {
        { "with our word", "hub.mode=subscribe&hub.verify_token=our-own-word&hub.challenge=42", 200, 0 },
        { "with another", "hub.mode=subscribe&hub.verify_token=another-word&hub.challenge=42", 403, 1 },
    };
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        AUTO_FREE char *text = lineconf_replace(core_rig_text, "{ name = \"self\";", ONE_ADDRESS);
        struct core_rig rig;
        struct reply reply;
        const struct request request = { "GET", "/in/wa/message", table[i].query, NULL, NULL, 0, span_of("") };
        core_rig_open(&rig, text);
        assert_int_equal(handle(&rig, &request, &reply), 0);
        if (reply.status != table[i].status || count_kept(&rig) != table[i].kept)
            fail_msg("%s: %d, %u kept", table[i].label, reply.status, count_kept(&rig));
        assert_int_equal(str_equal(reply.body, "42"), table[i].status == 200);
        core_rig_close(&rig);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(request_is_stored_kept_or_not_found),
        TEST(answer_never_holds_a_word_of_the_request),
        TEST(name_that_can_be_no_channel_is_not_written_down),
        TEST(busy_is_503_for_everybody),
        TEST(refused_request_can_be_released),
        cmocka_unit_test(one_address_takes_messages_and_reports),
        cmocka_unit_test(question_of_a_provider_is_answered_and_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
