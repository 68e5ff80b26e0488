/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_channel_hostile - texts that mean something to the place where an alert is read: mentions of everybody, markup,
 * links, turned directions, line ends. Each must stay what it is: her words.
 * Why:   one table over all chats, so that a place that is added is asked the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "tests/support/channels.h"

#define LINK "https://line.example.org/ack/a1.9.f0"
#define REQUEST_MAX (512 * 1024)

/* A place, and what must not stand in its words whatever she writes. */
struct place {
    const char *kind, *pairs[6], *to, *words; /* words: JSON pointer */
    const char *never[8];
};
static const struct place places[] = {
    { "slack", { "hook=T/B/X", NULL }, "default", "/text", { "<!", "<@", "<http://evil", "<#", NULL } },
    { "slack", { "hook=T/B/X", NULL }, "default", "/blocks/0/text/text", { "<", NULL } },
    { "mattermost", { "hook=k", "api_url=https://a.example/hooks", NULL }, "default", "/text",
        { "@all", "@channel", "@here", "@everyone", "[x](http", "<b>", "\n#", NULL } },
    { "rocketchat", { "hook=i/t", "api_url=https://a.example/hooks", NULL }, "default", "/text",
        { "@all", "@channel", "@here", "@everyone", "[x](http", "<b>", NULL } },
    { "telegram", { "token=t", "chat_id=-1", NULL }, "default", "/text", { "<b>", "<a ", "& ", NULL } },
    { "matrix", { "token=t", "room=!r:a.example", "api_url=https://a.example", NULL }, "default", "/formatted_body",
        { "<b>", "<a href=\"http://evil", "<img", "\n", NULL } },
    { "signal", { "number=+15005550006", NULL }, "+15005550007", "/message", { NULL } },
    { "ntfy", { "topic=t", NULL }, "default", "/message", { NULL } },
    { "pagerduty", { "routing_key=k", NULL }, "default", "/payload/custom_details/message", { NULL } },
    { "zammad", { "token=t", "api_url=https://a.example", "group=g", "customer=a@b.example", NULL }, "default",
        "/article/body", { NULL } },
    { "whatsapp_cloud", { "phone_number_id=1", "token=t", "template=x", NULL }, "+15005550007",
        "/template/components/0/parameters/1/text", { "\n", "\r", "\t", "    ", NULL } },
};

static const char *const texts[] = { "@all @channel @here @everyone @room", "<!here> <!channel|x> <@U1> <#C1>",
    "<b>bold</b> <a href=\"http://evil.example/\">x</a> <img src=x>",
    "[x](http://evil.example/) ![y](http://evil.example/z.png)", "<http://evil.example/|Answer>", "a & b & c",
    "# head\n## head\n> quote\n- item\n```\ncode", "*x* _y_ ~z~ `w` |v|", "one\r\nTwo: injected\r\n\r\nthree",
    "a\tb        c", "\xe2\x80\xaetxet denrut\xe2\x81\xa6 left open",
    "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 \xf0\x9f\x99\x8f", "\\@all \\<!here>", "ends in an escape \\" };

static void check(const struct place *place, const char *text, json_t *document)
{
    const char *words = json_string_value(json_pointer(document, place->words));
    if (str_is_empty(words) || !utf8_is_valid(span_of(words)))
        fail_msg("%s: no words for %s", place->kind, text);
    for (size_t i = 0; place->never[i]; i++) {
        if (strstr(words, place->never[i]))
            fail_msg("%s: \"%s\" stands in %s", place->kind, place->never[i], words);
    }
    if (strstr(words, "\xe2\x80\xae") || strstr(words, "\xe2\x81\xa6"))
        fail_msg("%s: the direction of the text can be turned", place->kind);
}

static void try_text(const struct place *place, const struct settings *settings, const char *text)
{
    struct error error;
    struct transmit transmit;
    const struct alert_view alert = { .case_id = 1042,
        .alert_id = "a1",
        .urgency = URGENCY_urgent,
        .categories = CATEGORY_BIT(wages),
        .language = "tl",
        .country = "SA",
        .verification = "unverified",
        .text = text,
        .ack_url = LINK,
        .message_count = 1 };
    char all[1024];
    (void)snprintf(all, sizeof all, "URGENT case 1042\n%s\nAnswer: " LINK "\n", text);
    const struct sms_out message = { .id = "a1-0",
        .from = "",
        .to = place->to,
        .subject = "URGENT case 1042",
        .text = all,
        .alert = &alert,
        .attempt = 1 };
    transmit_init(&transmit);
    if (registry_find(place->kind)->build_send(settings, &message, &transmit))
        fail_msg("%s: refuses %s", place->kind, text);
    AUTO_JSON *document = json_read(buf_span(&transmit.body), &error);
    if (!document)
        fail_msg("%s: no JSON for %s", place->kind, text);
    if (transmit.headers.data && strstr(transmit.headers.data, "injected"))
        fail_msg("%s: her words became a header", place->kind);
    check(place, text, document);
    transmit_done(&transmit);
}

static void words_mean_nothing_to_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(places); i++) {
        struct settings *settings = channels_settings(places[i].kind, places[i].pairs);
        for (size_t k = 0; k < STR_COUNT(texts); k++)
            try_text(&places[i], settings, texts[k]);
        settings_free(settings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_mean_nothing_to_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
