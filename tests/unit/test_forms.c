/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_forms - what the machine writes is let through where the telephone is, and who runs the line knows what changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/sending.h"
#include "gateway/base/str.h"
#include "gateway/core/compose.h"
#include "gateway/core/forms.h"
#include "gateway/core/replies.h"
#include "tests/support/core_rig.h"
#include "tests/support/wordsdir.h"

#define HER "+966505550123"
#define CONFIG_MAX 8192

/* core_rig with a channel for SMS, and ngo at that number before its other addresses. */
static void open_with(struct core_rig *rig, const char *keys, const char *number)
{
    static const char cut_channel[] = "  { name = \"self\"; kind = \"loopback\"; }\n";
    static const char cut_address[] = "addresses = ( { channel = \"desk\"; to = \"https://desk.example.org/a\"; },";
    char *root = getcwd(NULL, 0), channel[1000], address[300];
    snprintf(channel, sizeof channel,
        "%s, { name = \"sms\"; kind = \"generic\"; auth = \"none\"; send_url = \"https://sms.example.org/\"; send_body = "
        "\"{text}\"; %s }\n",
        cut_channel, keys);
    snprintf(address, sizeof address, "addresses = ( { channel = \"sms\"; to = \"%s\"; },", number);
    AUTO_FREE char *first = lineconf_replace(core_rig_text, cut_channel, channel);
    AUTO_FREE char *second = lineconf_replace(first, cut_address, address);
    AUTO_FREE char *text = malloc(CONFIG_MAX);
    snprintf(text, CONFIG_MAX, "countries = \"%s/config/countries.conf\";\n%s", root, second);
    free(root);
    core_rig_open(rig, text);
}

static void alert_without_her_words_breaks_no_rule_once_its_words_are_starred(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    char code[COUNTRY_MAX] = "AA";
    (void)state;
    assert_int_equal(texts_load(NULL, NULL, "config/countries.conf", report, &texts), 0);
    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
            AUTO_BUF form;
            AUTO_BUF out;
            struct error error = { "" };
            buf_init(&form, 8192);
            buf_init(&out, 32768);
            if (!texts_country(texts, code))
                continue;
            forms_write_alert(code, &form);
            sending_adapt(texts, code, buf_span(&form), SENDING_WORDS, &out);
            if (texts_check(texts, code, buf_span(&out), &error))
                fail_msg("%s: %s: %s", code, error.text, out.data);
        }
    texts_free(texts);
}

static void alert_to_a_strict_country_keeps_its_rules_and_its_sense(void **state)
{
    static const struct {
        const char *number, *holds[5], *lacks[4], *from;
    } rows[] = {
        { "+971505550001",
            { "> he beats me, see a(.)example(.)org, call ***, he wants s*x", "network of United Arab",
                "Answer: OK 1001 ", "URGENT case 1001", NULL },
            { "From:", "505550123", "a.example", NULL }, "Line" },
        { "+966505550001",
            { "> he beats me, see a.example.org, call 0501234567, he wants sex", "From: " HER, "Answer: OK 1001 ",
                NULL },
            { "hidden", NULL }, "" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct core_rig rig;
        struct composed composed;
        struct error error = { "" };
        open_with(&rig, "senders = [ \"AE=Line\" ];", rows[i].number);
        core_rig_text_in(&rig, HER, "he beats me, see a.example.org, call 0501234567, he wants sex", "a1", RIG_NOW);
        struct outbox_row row = core_rig_row(&rig, "ngo", 0);
        assert_int_equal(compose_row(&rig.core, &row, RIG_NOW, &composed), 0);
        for (size_t k = 0; rows[i].holds[k]; k++)
            if (!strstr(composed.message.text, rows[i].holds[k]))
                fail_msg("%s: no \"%s\" in: %s", rows[i].number, rows[i].holds[k], composed.message.text);
        for (size_t k = 0; rows[i].lacks[k]; k++)
            if (strstr(composed.message.text, rows[i].lacks[k]))
                fail_msg("%s: \"%s\" in: %s", rows[i].number, rows[i].lacks[k], composed.message.text);
        assert_string_equal(composed.message.from, rows[i].from);
        assert_int_equal(
            texts_check(rig.core.config->texts, phone_country(rows[i].number), span_of(composed.message.text), &error),
            0);
        composed_done(&composed);
        core_rig_close(&rig);
    }
}

static void administrator_is_told_what_changes_on_its_way(void **state)
{
    static const struct {
        const char *label, *keys, *number, *want[3];
    } rows[] = {
        { "everything", "", "+971505550001",
            { "the network of United Arab Emirates bars telephone numbers",
                "contacts[0] (ngo).addresses[0]: numbers do not show as senders in United Arab Emirates", NULL } },
        { "a name", "senders = [ \"QA=Line\" ];", "+97455550001", { "alerts: QA: the word `", NULL } },
        { "a number that stands there", "country = \"SA\";", "+966505550001", { NULL } },
        { "a country of its own rules", "", "+966505550001", { "senders in Saudi Arabia", NULL } },
        { "a country that takes everything", "", "+35799123456", { NULL } },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct core_rig rig;
        AUTO_REPORT *report = report_new();
        unsigned count = 0;
        open_with(&rig, rows[i].keys, rows[i].number);
        forms_check(rig.core.config, report);
        for (size_t k = 0; k < STR_COUNT(rows[i].want) && rows[i].want[k]; k++) {
            bool is_told = false;
            count++;
            for (unsigned line = 0; line < report->line_count; line++)
                is_told = is_told || strstr(report->lines[line].text, rows[i].want[k]);
            if (!is_told)
                wordsdir_print(report, rows[i].label);
            assert_true(is_told);
        }
        unsigned other = 0; /* contact watch has a number in the Philippines, on a channel of its own */
        for (unsigned line = 0; line < report->line_count; line++)
            other += strstr(report->lines[line].text, "(watch)") != NULL;
        if (report->line_count - other != count)
            wordsdir_print(report, rows[i].label);
        assert_int_equal(report->line_count - other, count);
        core_rig_close(&rig);
    }
}

/* Who reads a name cannot answer it. */
static void she_is_asked_only_where_her_answer_comes_back(void **state)
{
    static const struct {
        const char *label, *keys, *number;
        bool want;
    } rows[] = {
        { "the number that she wrote to", "", "+966505550123", true },
        { "it stands in her country", "country = \"SA\";", "+966505550123", true },
        { "it stands elsewhere, and only names show", "country = \"SE\";", "+966505550123", false },
        { "it stands elsewhere, and answers find back", "country = \"SE\";", "+85251234567", true },
        { "a name for her country", "country = \"SA\"; senders = [ \"SA=Line\" ];", "+966505550123", false },
        { "a name for another country", "country = \"SA\"; senders = [ \"AE=Line\" ];", "+966505550123", true },
        { "a number for her country", "senders = [ \"SA=+966501112233\" ];", "+966505550123", true },
        { "a name for all", "from = \"HelpLine\";", "+966505550123", false },
        { "a number for all", "from = \"+966501112233\";", "+966505550123", true },
        { "a country without rules", "country = \"SE\";", "+33612345678", true },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct core_rig rig;
        open_with(&rig, rows[i].keys, "+966505550001");
        bool can = replies_can_be_answered(&rig.core, config_find_channel(rig.core.config, "sms"), rows[i].number);
        core_rig_close(&rig);
        if (can != rows[i].want)
            fail_msg("%s", rows[i].label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alert_without_her_words_breaks_no_rule_once_its_words_are_starred),
        cmocka_unit_test(alert_to_a_strict_country_keeps_its_rules_and_its_sense),
        cmocka_unit_test(administrator_is_told_what_changes_on_its_way),
        cmocka_unit_test(she_is_asked_only_where_her_answer_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
