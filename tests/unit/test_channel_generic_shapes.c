/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_channel_generic_shapes - providers that exist nowhere in the source, described by settings alone.
 * What:  a shape is the settings, one request and what must come of it; the signatures are another implementation's
 *        (Python's hmac and hashlib). Each signed shape is also sent with one byte changed, and with another secret.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "tests/support/channels.h"

#define PATH "/in/gen/message"
#define NOW_MS 1767225600000
#define PAIRS_MAX 20
#define HEADERS_MAX 4
#define FORM "application/x-www-form-urlencoded"
#define SECRET "secret=key-one"
#define URL "public_url=https://line.example.org/in/gen/message"

struct shape_message {
    const char *from, *to, *id, *text, *time; /* NULL = not looked at */
    const char *part;                         /* "2/3 ref", NULL = whole */
    enum intent intent;                       /* INTENT_help where 0 */
};

struct shape {
    const char *label, *pairs[PAIRS_MAX];
    const char *method, *path, *query, *body;
    struct request_header headers[HEADERS_MAX];
    bool seals_body; /* a changed body or query is noticed */
    int want;        /* messages */
    struct shape_message messages[4];
};

static const struct shape shapes[] = {
    { "XML with a list, Latin-1, a token in the query",
        { "auth=token", SECRET, "auth_field=key", "messages=/inbox/sms", "field_from=msisdn", "field_text=body",
            "field_id=@id", "field_time=received", "field_to=../service", "time_zone=+03:00", "numbers=international" },
        "POST", PATH, "key=key-one",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><inbox><service>8080</service>"
        "<sms id=\"7\"><msisdn>966500000001</msisdn><body>caf\xe9 &amp; t\xe9</body>"
        "<received>01/01/2026 03:00:00</received></sms>"
        "<sms id=\"8\"><msisdn>966500000002</msisdn><body>help</body><received/></sms></inbox>",
        { { "Content-Type", "text/xml" } }, false, 2,
        { { "+966500000001", "8080", "7", "café & té", "2026-01-01T00:00:00Z", NULL, 0 },
            { "+966500000002", "8080", "8", "help", "", NULL, 0 } } },
    { "XML with one element where others have a list", { "auth=none", "messages=/inbox/sms", "field_text=body" },
        "POST", PATH, "", "<inbox><sms><body>help</body></sms></inbox>", { { "Content-Type", "application/xml" } },
        false, 1, { { "", "", "", "help", "", NULL, 0 } } },
    { "XML with nothing in it", { "auth=none", "messages=/inbox/sms", "field_text=body" }, "POST", PATH, "", "<inbox/>",
        { { "Content-Type", "application/xml" } }, false, 0, { { 0 } } },
    { "SOAP, one message, by paths",
        { "auth=none", "field_from=/Envelope/Body/notifySms/sender", "field_text=/Envelope/Body/notifySms/message" },
        "POST", PATH, "",
        "<s:Envelope xmlns:s=\"urn:s\"><s:Body><n:notifySms xmlns:n=\"urn:n\"><n:sender>tel:+639170000001</n:sender>"
        "<n:message>food & water</n:message></n:notifySms></s:Body></s:Envelope>",
        { { "Content-Type", "application/soap+xml; charset=utf-8" } }, false, 1,
        { { NULL, "", "", "food & water", "", NULL, 0 } } },
    { "GET with UTF-16BE in hex",
        { "auth=token", SECRET, "auth_field=pw", "field_from=oa", "field_text=ud", "field_id=mid", "field_coding=dcs",
            "coding_words=8 = hex utf-16be|0 = hex gsm-7", "field_time=scts" },
        "GET", PATH, "pw=key-one&oa=%2B966500000001&ud=06450631062d06280627&dcs=8&mid=5&scts=20260101000000", "",
        { { 0 } }, false, 1, { { "+966500000001", NULL, "5", "مرحبا", "2026-01-01T00:00:00Z", NULL, 0 } } },
    { "GET with GSM-7 in hex",
        { "auth=none", "field_from=oa", "field_text=ud", "field_coding=dcs",
            "coding_words=8 = hex utf-16be|0 = hex gsm-7" },
        "GET", PATH, "oa=8080&ud=6100621b65&dcs=0", "", { { 0 } }, false, 1,
        { { "8080", NULL, "", "a@b€", "", NULL, 0 } } },
    { "a text that says hex and is none", { "auth=none", "text_coding=hex utf-16be" }, "GET", PATH, "text=help+me", "",
        { { 0 } }, false, 1, { { "", "", "", "help me", "", NULL, 0 } } },
    { "ISO-8859-1 form behind Basic", { "auth=basic", "auth_user=line", SECRET, "field_from=sender", "field_text=msg" },
        "POST", PATH, "", "sender=%2B639170000001&msg=se%F1ora+%80",
        { { "Content-Type", FORM "; charset=\"ISO-8859-1\"" }, { "Authorization", "Basic bGluZTprZXktb25l" } }, false,
        1, { { "+639170000001", "", "", "señora €", "", NULL, 0 } } },
    { "UTF-16BE form with numbers in ASCII", { "auth=none", "charset=utf-16be" }, "POST", PATH, "",
        "from=%2B966500000001&text=%06%45%06%31", { { "Content-Type", FORM } }, false, 1,
        { { "+966500000001", "", "", "مر", "", NULL, 0 } } },
    { "nested lists of JSON under a hex HMAC with a prefix",
        { "auth=hmac", SECRET, "auth_header=X-Hub-Signature-256",
            "auth_prefix=sha256=", "messages=/entry/*/changes/*/value/messages", "field_text=./text/body",
            "field_to=../to", "numbers=international" },
        "POST", PATH, "",
        "{\"entry\":[{\"changes\":[{\"value\":{\"to\":\"8080\",\"messages\":[{\"id\":\"m1\",\"from\":\"639170000001\",\"text\":{\"body\":\"tulong\"}},{\"id\":\"m2\",\"from\":\"639170000002\",\"text\":{\"body\":\"gutom na\"}}]}}]},{\"changes\":[{\"value\":{\"to\":\"8081\",\"messages\":[{\"id\":\"m3\",\"from\":\"639170000003\",\"text\":{\"body\":\"walang pagkain\"}}]}}]}]}",
        { { "Content-Type", "application/json" },
            { "X-Hub-Signature-256", "sha256=5e93ed8e21233e635730baf90342713065b1904e4971fe2c811605b9d66159a9" } },
        true, 3,
        { { "+639170000001", "8080", "m1", "tulong", "", NULL, 0 },
            { "+639170000002", "8080", "m2", "gutom na", "", NULL, 0 },
            { "+639170000003", "8081", "m3", "walang pagkain", "", NULL, 0 } } },
    { "the list found in the path of a field",
        { "auth=none", "field_from=/results/*/sender", "field_text=/results/*/text", "field_to=/account" }, "POST",
        PATH, "",
        "{\"account\":\"8080\",\"results\":[{\"sender\":\"8081\",\"text\":\"a\"},{\"sender\":\"8082\",\"text\":\"b\"}]}",
        { { "Content-Type", "application/json" } }, false, 2,
        { { "8081", "8080", "", "a", "", NULL, 0 }, { "8082", "8080", "", "b", "", NULL, 0 } } },
    { "time and HMAC-SHA512 in one header",
        { "auth=hmac", SECRET, "hash=sha512", "auth_header=X-Sign", "auth_prefix=v1=", "timestamp_header=X-Sign",
            "timestamp_prefix=t=", "signed_text={timestamp}.{body}", "field_from=sender", "field_text=message",
            "field_id=ref" },
        "POST", PATH, "", "{\"sender\":\"+639170000001\",\"message\":\"tulong\",\"ref\":\"r1\"}",
        { { "Content-Type", "application/json" },
            { "X-Sign",
                "t=1767225600, v1=00ff, v1=b5a8a46ff6b52ab79ffe7b4d45ecf96b98a65f7a7f270f293f1588567a3c79ce646c6da3702e42ad00e4f199ea8d7a6a6c66a49eefbe4ab7cdcaf8f3e276523d" } },
        true, 1, { { "+639170000001", "", "r1", "tulong", "", NULL, 0 } } },
    { "address, sorted fields and a nonce",
        { "auth=hmac", SECRET, URL, "auth_header=X-Plain-Signature", "signed_text={url}{params}.{header:X-Plain-Nonce}",
            "field_from=From", "field_text=Text", "field_id=MessageUUID", "field_to=To", "numbers=international" },
        "POST", PATH, "", "From=639170000001&Text=tulong+po&MessageUUID=u1&To=8080",
        { { "Content-Type", FORM }, { "X-Plain-Signature", "Aqh5Oj+nGS+8ImELvgbTThqiVgJbtLkIDFnMBJ1X6ps=" },
            { "X-Plain-Nonce", "n1" } },
        true, 1, { { "+639170000001", "8080", "u1", "tulong po", "", NULL, 0 } } },
    { "as Twilio does it",
        { "auth=hmac", SECRET, URL, "hash=sha1", "auth_header=X-Twilio-Signature", "signed_text={url_query}{params}",
            "field_from=From", "field_text=Body", "field_id=MessageSid", "field_opt_out=OptOutType",
            "ack_type=text/xml", "ack_body=<Response/>" },
        "POST", PATH, "a=1", "From=%2B639170000001&Body=tulong+po&MessageSid=SM1&AccountSid=AC1",
        { { "Content-Type", FORM }, { "X-Twilio-Signature", "ZfAtFgByJAJDPNBT4x1E11iRmXw=" } }, true, 1,
        { { "+639170000001", "", "SM1", "tulong po", "", NULL, 0 } } },
    { "as Vonage does it",
        { "auth=hash", SECRET, "hash=md5", "signature_field=sig", "signed_text=&{params}{secret}",
            "params_equals==", "params_separator=&", "params_replace=&=", "timestamp_field=timestamp",
            "field_from=msisdn", "field_id=messageId", "field_time=message-timestamp", "field_part=concat-part",
            "field_part_total=concat-total", "field_part_ref=concat-ref", "numbers=international" },
        "POST", PATH, "",
        "msisdn=639170000001&to=8080&messageId=p2&text=a%26b%3Dc&type=text&message-timestamp=2026-01-01+00%3A00%3A00&timestamp=1767225600&concat=true&concat-ref=r9&concat-total=3&concat-part=2&sig=DA33CD233EF7D69B366FE750ABE84ED1",
        { { "Content-Type", FORM } }, true, 1,
        { { "+639170000001", "8080", "p2", "a&b=c", "2026-01-01T00:00:00Z", "2/3 r9", 0 } } },
    { "method, path, query and hash of the body, a key in hex",
        { "auth=hmac", "secret=00ff10", "secret_encoding=hex",
            "signed_text={method}{newline}{path}{newline}{query}{newline}{body_sha256}" },
        "POST", PATH, "id=1", "{\"text\":\"x\"}",
        { { "Content-Type", "application/json" },
            { "X-Signature", "9561f3304ebd2ec9249010f001a6216794ddcf2e7e9d257b4f401dfb85d5fd8f" } },
        true, 1, { { "", "", "", "x", "", NULL, 0 } } },
    { "XML in a field of a form, under a hash",
        { "auth=hash", SECRET, "hash=sha1", "auth_header=X-Check", "signed_text={params}{secret}", "document_field=xml",
            "field_from=/gw/mo/nr", "field_text=/gw/mo/txt", "field_id=/gw/mo/key", "numbers=international" },
        "POST", PATH, "",
        "xml=%3C%3Fxml+version%3D%221.0%22%3F%3E%3Cgw%3E%3Cmo%3E%3Cnr%3E639170000001%3C%2Fnr%3E%3Ctxt%3Efood+%26amp%3B+water%3C%2Ftxt%3E%3Ckey%3Ek7%3C%2Fkey%3E%3C%2Fmo%3E%3C%2Fgw%3E&user=line",
        { { "Content-Type", FORM }, { "X-Check", "7761fa0f8818d807025f0ff19c02b0d4aac57a01" } }, true, 1,
        { { "+639170000001", "", "k7", "food & water", "", NULL, 0 } } },
    { "numbered fields with a gap, counted from 1",
        { "auth=none", "field_from=sms[{n}][from]", "field_text=sms[{n}][text]", "field_id=sms[{n}][id]",
            "field_to=to" },
        "POST", PATH, "",
        "to=8080&sms[1][from]=8081&sms[1][text]=a&sms[1][id]=1&sms%5B3%5D%5Bfrom%5D=8083&sms%5B3%5D%5Btext%5D=c",
        { { "Content-Type", FORM } }, false, 2,
        { { "8081", "8080", "1", "a", "", NULL, 0 }, { "8083", "8080", "", "c", "", NULL, 0 } } },
    { "repeated fields", { "auth=none", "repeated=messages" }, "POST", PATH, "",
        "id=1&from=8081&text=a&id=2&from=8082&text=b&to=8080", { { "Content-Type", FORM } }, false, 2,
        { { "8081", "8080", "1", "a", "", NULL, 0 }, { "8082", "8080", "2", "b", "", NULL, 0 } } },
    { "repeated fields with one id for all", { "auth=none", "repeated=messages" }, "POST", PATH, "",
        "id=1&from=8081&text=a&text=b", { { "Content-Type", FORM } }, false, 2,
        { { "8081", "", "", "a", "", NULL, 0 }, { "8081", "", "", "b", "", NULL, 0 } } },
    { "parts by \"2/3\"", { "auth=none", "field_part=seq", "field_part_ref=ref" }, "GET", PATH,
        "from=8080&text=b&seq=2%2F3&ref=77", "", { { 0 } }, false, 1, { { "8080", "", "", "b", "", "2/3 77", 0 } } },
    { "parts counted from 0", { "auth=none", "field_part=seq", "field_part_total=n", "first_part=0" }, "GET", PATH,
        "from=8080&text=b&seq=0&n=2", "", { { 0 } }, false, 1, { { "8080", "", "", "b", "", "1/2 ", 0 } } },
    { "parts by a user data header in hex", { "auth=none", "field_udh=udh" }, "GET", PATH,
        "from=8080&text=b&udh=0500034d0302", "", { { 0 } }, false, 1, { { "8080", "", "", "b", "", "2/3 77", 0 } } },
    { "parts by a raw user data header", { "auth=none", "field_udh=udh" }, "GET", PATH,
        "from=8080&text=b&udh=%05%00%03%4d%03%02", "", { { 0 } }, false, 1,
        { { "8080", "", "", "b", "", "2/3 77", 0 } } },
    { "a field for parts that says nothing", { "auth=none", "field_part=seq", "field_part_total=n" }, "GET", PATH,
        "from=8080&text=b&seq=&n=1", "", { { 0 } }, false, 1, { { "8080", "", "", "b", "", NULL, 0 } } },
    { "multipart of an old phone", { "auth=none" }, "POST", PATH, "",
        "--x7\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\n+639170000001\r\n--x7\r\n"
        "Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\ntwo\r\nlines\r\n--x7--\r\n",
        { { "Content-Type", "multipart/form-data; boundary=x7" } }, false, 1,
        { { "+639170000001", "", "", "two\r\nlines", "", NULL, 0 } } },
    { "a text in the body, the rest in headers",
        { "auth=header", SECRET, "auth_header=X-Key", "format=form", "field_text=body:", "field_from=header:X-From",
            "field_id=query:id" },
        "POST", PATH, "id=9", "walang pagkain & tubig", { { "X-Key", "key-one" }, { "X-From", "+639170000001" } },
        false, 1, { { "+639170000001", "", "9", "walang pagkain & tubig", "", NULL, 0 } } },
    { "base64 and an opt-out in JSON",
        { "auth=none", "field_text=content", "text_coding=base64 utf-16be", "field_opt_out=/flags/keyword",
            "opt_out_words=STOP|unsubscribe" },
        "POST", PATH, "", "{\"from\":8080,\"content\":\"AFMAVABPAFA=\",\"flags\":{\"keyword\":\"Unsubscribe\"}}",
        { { "Content-Type", "application/json" } }, false, 1, { { "8080", "", "", "STOP", "", NULL, INTENT_stop } } },
    { "START", { "auth=none", "field_opt_out=kw" }, "GET", PATH, "from=8080&text=start&kw=start", "", { { 0 } }, false,
        1, { { "8080", "", "", "start", "", NULL, INTENT_start } } },
    { "events beside messages in one list",
        { "auth=none", "messages=/events", "field_type=type", "report_types=dlr", "ignored_types=ping|outgoing" },
        "POST", PATH, "",
        "{\"events\":[{\"type\":\"dlr\",\"id\":1,\"status\":\"delivered\"},{\"type\":\"Outgoing\",\"text\":\"ours\"},"
        "{\"type\":\"new-word\",\"text\":\"help\"},{\"text\":\"help too\"}]}",
        { { "Content-Type", "application/json" } }, false, 2,
        { { "", "", "", "help", "", NULL, 0 }, { "", "", "", "help too", "", NULL, 0 } } },
    { "one of several names, the first that holds something",
        { "auth=none", "field_text=message body text", "field_from=msisdn from" }, "GET", PATH,
        "message=&text=help&from=8080", "", { { 0 } }, false, 1, { { "8080", "", "", "help", "", NULL, 0 } } },
    { "names that end in a blank name", { "auth=none", "field_text=my text" }, "GET", PATH, "my+text=help", "",
        { { 0 } }, false, 1, { { "", "", "", "help", "", NULL, 0 } } },
    { "JSON that breaks the letter", { "auth=none" }, "POST", PATH, "",
        "{\"from\":\"8080\",\"text\":\"caf\xe9 \\ud83d\"}",
        { { "Content-Type", "application/json; charset=iso-8859-1" } }, false, 1,
        { { "8080", "", "", "café �", "", NULL, 0 } } },
};

static struct request request_of(const struct shape *shape)
{
    struct request request = { .method = shape->method,
        .path = shape->path,
        .query = shape->query,
        .headers = shape->headers,
        .body = span_of(shape->body) };
    while (request.header_count < HEADERS_MAX && shape->headers[request.header_count].name)
        request.header_count++;
    return request;
}

static const struct channel_ops *ops(void)
{
    return registry_find("generic");
}

static void compare(const struct shape *shape, int index, const struct sms_in *sms)
{
    const struct shape_message *want = &shape->messages[index];
    char part[64] = "", time[CLOCK_TEXT_MAX] = "";
    if (sms->part_total)
        (void)snprintf(part, sizeof part, "%u/%u %s", sms->part, sms->part_total, sms->part_ref);
    if (sms->sent_at)
        clock_format(sms->sent_at, time);
    const char *pairs[][2] = { { want->from, sms->from }, { want->to, sms->to }, { want->id, sms->remote_id },
        { want->text, sms->text }, { want->time, time }, { want->part ? want->part : "", part } };
    for (size_t i = 0; i < STR_COUNT(pairs); i++) {
        if (pairs[i][0] && strcmp(pairs[i][0], pairs[i][1]) != 0)
            fail_msg("%s, message %d: \"%s\", not \"%s\"", shape->label, index, pairs[i][1], pairs[i][0]);
    }
    if (sms->provider_intent != (want->intent ? want->intent : INTENT_help))
        fail_msg("%s: intent %s", shape->label, intent_word(sms->provider_intent));
}

static void every_shape_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(shapes); i++) {
        struct settings *settings = channels_settings("generic", shapes[i].pairs);
        struct request request = request_of(&shapes[i]);
        struct sms_in messages[8];
        enum verdict verdict = ops()->verify(settings, &request, NOW_MS);
        if (verdict != VERDICT_VALID)
            fail_msg("%s: verdict %d", shapes[i].label, verdict);
        int count = ops()->parse_message(settings, &request, messages, STR_COUNT(messages));
        if (count != shapes[i].want)
            fail_msg("%s: %d messages", shapes[i].label, count);
        for (int k = 0; k < count; k++) {
            compare(&shapes[i], k, &messages[k]);
            sms_in_done(&messages[k]);
        }
        settings_free(settings);
    }
}

static enum verdict judge(const struct shape *shape, const char *const *pairs, const struct request *request)
{
    struct settings *settings = channels_settings("generic", pairs);
    enum verdict verdict = ops()->verify(settings, request, NOW_MS);
    (void)shape;
    settings_free(settings);
    return verdict;
}

static void no_byte_of_a_sealed_request_can_be_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(shapes); i++) {
        struct request request = request_of(&shapes[i]);
        size_t len = request.body.len;
        for (size_t at = 0; shapes[i].seals_body && at < len; at += 1 + len / 40) {
            AUTO_FREE char *body = strdup(shapes[i].body);
            body[at] ^= 0x02;
            request.body = (struct span){ body, len };
            if (judge(&shapes[i], shapes[i].pairs, &request) != VERDICT_INVALID)
                fail_msg("%s: byte %zu", shapes[i].label, at);
        }
    }
}

/* The pairs with "secret=" put in place of the one that is there. */
static void replace_secret(const struct shape *shape, const char *secret, const char *previous, const char **ret)
{
    size_t count = 0;
    for (size_t i = 0; shape->pairs[i]; i++)
        ret[count++] = str_starts(shape->pairs[i], "secret=") ? secret : shape->pairs[i];
    ret[count++] = previous;
    ret[count] = NULL;
}

static void another_secret_proves_nothing_and_the_previous_one_still_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(shapes); i++) {
        const char *pairs[PAIRS_MAX + 2];
        struct request request = request_of(&shapes[i]);
        if (str_equal(shapes[i].pairs[0], "auth=none"))
            continue;
        bool is_hex = str_equal(shapes[i].pairs[1], "secret=00ff10");
        const char *other = is_hex ? "secret=00ff11" : "secret=key-two";
        replace_secret(&shapes[i], other, NULL, pairs);
        if (judge(&shapes[i], pairs, &request) != VERDICT_INVALID)
            fail_msg("%s: another secret", shapes[i].label);
        replace_secret(&shapes[i], other, is_hex ? "secret_previous=00ff10" : "secret_previous=key-one", pairs);
        if (judge(&shapes[i], pairs, &request) != VERDICT_VALID)
            fail_msg("%s: the previous secret", shapes[i].label);
    }
}

static void what_is_not_covered_proves_nothing(void **state)
{
    (void)state;
    static const struct shape cases[] = {
        { "JSON where only sorted fields are signed", { "auth=hmac", SECRET, "signed_text={params}" }, "POST", PATH, "",
            "{\"text\":\"x\"}",
            { { "Content-Type", "application/json" },
                { "X-Signature", "7fb81ca8a821d97d2a125c0df3c5646b5ab0edb5fe590a35f20e4ea20f7c92e2" } },
            true, 0, { { 0 } } },
        { "a body where only the query is signed", { "auth=hmac", SECRET, "signed_text={query}" }, "POST", PATH,
            "text=x", "text=forged",
            { { "X-Signature", "7a49d38869b4bc1e3dccdf486fe059c33b98cfc83b3fc474f3f7553cb61b5db2" } }, true, 0,
            { { 0 } } },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct request request = request_of(&cases[i]);
        if (judge(&cases[i], cases[i].pairs, &request) != VERDICT_INVALID)
            fail_msg("%s: taken for authentic", cases[i].label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_understood),
        cmocka_unit_test(no_byte_of_a_sealed_request_can_be_changed),
        cmocka_unit_test(another_secret_proves_nothing_and_the_previous_one_still_does),
        cmocka_unit_test(what_is_not_covered_proves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
