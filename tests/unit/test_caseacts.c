/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_caseacts - what the forms of the page of a case ask of the verbs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/cases/caseacts.h"
#include "gateway/core/verbs.h"
#include "handlers/form.h"

static struct span field_of(const void *context, const char *name)
{
    struct span value;
    return form_find(context, name, &value) ? value : span_of("");
}

static void form_says_no_more_than_its_own_fields(void **state)
{
    static const struct {
        const char *label, *act, *form, *verb, *args;
        int want;
    } rows[] = {
        { "take", "take", "contact=amy&case=7&reason=x", "cases ack", "{\"case\":1042,\"contact\":\"amy\"}", 0 },
        { "take without whom", "take", "", "", "", ERR_INVALID },
        { "assign", "assign", "contact=bea", "cases assign", "{\"case\":1042,\"contact\":\"bea\"}", 0 },
        { "contacted", "contacted", "", "cases contacted", "{\"case\":1042}", 0 },
        { "verify", "verify", "verification=verified", "cases verify", "{\"case\":1042,\"verification\":\"verified\"}",
            0 },
        { "note", "note", "text=+a%0Ab+&after=3", "cases note", "{\"case\":1042,\"text\":\"a\\nb\",\"after\":\"3\"}",
            0 },
        { "note of blanks", "note", "text=+++", "", "", ERR_INVALID },
        { "say knows no reason", "say", "text=hi&reason=because", "cases say", "{\"case\":1042,\"text\":\"hi\"}", 0 },
        { "override", "override", "text=hi&reason=because", "cases say",
            "{\"case\":1042,\"text\":\"hi\",\"reason\":\"because\"}", 0 },
        { "override without a reason", "override", "text=hi&reason=+", "", "", ERR_INVALID },
        { "preview", "preview", "text=hi&reason=x", "cases preview", "{\"case\":1042,\"text\":\"hi\"}", 0 },
        { "consent", "consent", "reason=life", "cases consent", "{\"case\":1042,\"reason\":\"life\"}", 0 },
        { "consent without a reason", "consent", "", "", "", ERR_INVALID },
        { "flag", "flag", "flag=minor&off=yes", "cases flag", "{\"case\":1042,\"flag\":\"minor\",\"off\":\"yes\"}", 0 },
        { "labels: only what was changed", "correct",
            "was_c=wages%2Cdanger&c_wages=1&c_sexual=1&was_f=minor&f_group=1&urgency=&language=tl&request=&message=",
            "cases correct",
            "{\"case\":1042,\"language\":\"tl\",\"categories\":\"-danger,+sexual\",\"flags\":\"-minor,+group\"}", 0 },
        { "labels: nothing", "correct", "was_c=wages&c_wages=1&urgency=critical&message=9", "cases correct",
            "{\"case\":1042,\"urgency\":\"critical\",\"message\":\"9\"}", 0 },
        { "a word within a word is another", "correct", "was_c=info&c_info=1&was_f=no_reply%2Crepeat&f_repeat=1",
            "cases correct", "{\"case\":1042,\"flags\":\"-no_reply\"}", 0 },
        { "join", "join", "other=1001", "cases join", "{\"case\":1042,\"other\":\"1001\"}", 0 },
        { "split", "split", "message=5", "cases split", "{\"case\":1042,\"message\":\"5\"}", 0 },
        { "close", "close", "outcome=safe", "cases close", "{\"case\":1042,\"outcome\":\"safe\"}", 0 },
        { "what is known of her", "correct", "origin=PH&sex=&ending=", "cases correct",
            "{\"case\":1042,\"origin\":\"PH\"}", 0 },
        { "close with an ending", "close", "outcome=safe&ending=solved", "cases close",
            "{\"case\":1042,\"outcome\":\"safe\",\"ending\":\"solved\"}", 0 },
        { "close without a word", "close", "", "", "", ERR_INVALID },
        { "purge", "purge", "", "cases purge", "{\"case\":1042}", 0 },
        { "no such act", "destroy", "", "", "", ERR_NOT_FOUND },
        { "nor an empty one", "", "", "", "", ERR_NOT_FOUND },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct form form;
        const char *verb = "", *why = NULL;
        AUTO_JSON *args = NULL;
        AUTO_BUF text;
        buf_init(&text, 10000);
        form_init(&form);
        assert_int_equal(form_add(&form, span_of(rows[i].form)), 0);
        int rc = caseacts_read(rows[i].act, 1042, field_of, &form, &verb, &args, &why);
        if (!rc)
            assert_int_equal(json_write(args, &text), 0);
        const char *got = text.data ? text.data : "";
        if (rc != rows[i].want || !str_equal(verb, rows[i].verb) || !str_equal(got, rows[i].args) ||
            (rc == ERR_INVALID && !why))
            fail_msg("%s: %d %s %s", rows[i].label, rc, verb, got);
        if (!rc)
            assert_non_null(verbs_find(verb));
        form_done(&form);
    }
}

static void form_with_a_strange_field_is_none_of_ours(void **state)
{
    static const struct {
        const char *act, *name;
        bool want;
    } rows[] = { { "note", "text", true }, { "note", "after", true }, { "note", "reason", false },
        { "say", "do", true }, { "say", "reason", false }, { "override", "reason", true }, { "purge", "text", false },
        { "correct", "c_wages", true }, { "correct", "c_pay", false }, { "correct", "f_minor", true },
        { "correct", "f_wages", false }, { "correct", "c_", false }, { "correct", "was_c", true },
        { "note", "c_wages", false }, { "none", "text", false } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (caseacts_knows(rows[i].act, span_of(rows[i].name)) != rows[i].want)
            fail_msg("%s %s", rows[i].act, rows[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_says_no_more_than_its_own_fields),
        cmocka_unit_test(form_with_a_strange_field_is_none_of_ours),
    };
    return cmocka_run_group_tests_name("caseacts", tests, NULL, NULL);
}
