/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lexcheck - what is doubtful among words that load, and why a text was read as it was: each told with its place.
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

#include "gateway/base/str.h"
#include "gateway/core/triage/explain.h"
#include "gateway/core/triage/lexcheck.h"

#define ENGLISH                                                                                                        \
    "language = \"en\";\nreads = [ \"*\" ];\nnegation = \"before\";\n"                                                 \
    "categories = { violence = ( \"hit me\", \"kick me\",\n\"hit me\" ); danger = ( \"kill me\" ); };\n"               \
    "intents = { yes = ( \"ok\" );\nno = ( \"ok\", \"no\" ); };\n"                                                     \
    "concepts = { hour = ( \"24/7\", \"30\" ); pay = ( \"salary\" ); neg = ( \"not\" ); self = ( \"me\" ); };\n"
#define MALAY                                                                                                          \
    "language = \"ms\";\nreads = [ \"*\" ];\nnegation = \"before\";\n"                                                 \
    "concepts = { chat = (\n\"hit me\" ); };\n"
#define THAI                                                                                                           \
    "language = \"th\";\nreads = [ \"*\" ];\nnegation = \"before\";\n"                                                 \
    "categories = { violence = (\n\"ตี\" ); };\n"

struct doubt {
    struct lexicon *lexicon;
    struct buf report;
    struct lexcheck found;
};

static void add(struct doubt *d, const char *text, const char *name)
{
    assert_int_equal(lexicon_add_text(d->lexicon, span_of(text), name, NULL), 0);
}

static void begin(struct doubt *d)
{
    *d = (struct doubt){ .lexicon = NULL };
    buf_init(&d->report, 65536);
    assert_int_equal(lexicon_new(&d->lexicon), 0);
    d->lexicon->keeps_sources = true;
    add(d, ENGLISH, "words/en.conf");
}

static void close_all(struct doubt *d)
{
    assert_int_equal(lexicon_close(d->lexicon, NULL, NULL), 0);
}

static void end(struct doubt *d)
{
    buf_done(&d->report);
    lexicon_free(d->lexicon);
}

static void check_sentence(const struct doubt *d, const char *sentence, bool is_there)
{
    bool found = d->report.data && strstr(d->report.data, sentence);
    if (found != is_there)
        fail_msg("\"%s\" %s in:\n%s", sentence, is_there ? "is not" : "is", d->report.data ? d->report.data : "");
}

static void doubtful_words_are_told_with_their_line(void **state)
{
    struct doubt d;
    (void)state;
    begin(&d);
    add(&d, MALAY, "words/ms.conf");
    add(&d, THAI, "words/th.conf");
    close_all(&d);
    lexcheck_words(d.lexicon, &d.report, &d.found);
    check_sentence(&d, "en.conf:8: \"24/7\" (hour): signs are not read", true);
    check_sentence(&d, "\"30\" (hour): signs", false);
    check_sentence(&d, "en.conf:5: \"hit me\" (violence): stands already at en.conf:4 (violence)\n", true);
    check_sentence(&d, "en.conf:7: \"ok\" (no): error, is the opposite at en.conf:6 (yes)\n", true);
    check_sentence(&d, "ms.conf:5: \"hit me\" (chat): means something else at en.conf:4 (violence)\n", true);
    check_sentence(&d, "th.conf:5: \"ตี\" (violence): too short", true);
    check_sentence(&d, "concept food (food, to eat, to feed) has no words in any language\n", true);
    check_sentence(&d, "kick me", false);
    assert_int_equal(d.found.errors, 1);
    end(&d);
}

static void chat_that_alarms_is_told_with_the_words_that_did_it(void **state)
{
    static const char lines[] = "they want to kill me haha\n"
                                "good morning to you\n"
                                "test\ten\thelp\tdanger\tcritical\t-\tthey kill me\n"
                                "test\ten\tnot_help\t-\troutine\t-\tkick me to the moon\n";
    char path[] = "/tmp/lexcheck-XXXXXX";
    struct doubt d;
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines, sizeof lines - 1), sizeof lines - 1);
    close(fd);
    begin(&d);
    close_all(&d);
    int rc = lexcheck_chat(d.lexicon, path, &d.report, &d.found);
    unlink(path);
    assert_int_equal(rc, 0);
    check_sentence(&d, ":1: error, chat is read as danger, critical, by en.conf:5 \"kill me\"", true);
    check_sentence(&d, ":4: chat is read as violence, urgent, by en.conf:4 \"kick me\"", true);
    check_sentence(&d, ":2:", false);
    check_sentence(&d, ":3:", false);
    assert_int_equal(d.found.errors, 1);
    assert_int_equal(d.found.remarks, 1);
    end(&d);
    assert_int_equal(lexcheck_chat(NULL, "/nonexistent/chat", NULL, NULL), ERR_NOT_FOUND);
}

static void explanation_names_word_place_pass_weight_and_denial(void **state)
{
    struct doubt d;
    (void)state;
    begin(&d);
    close_all(&d);
    explain_text(d.lexicon, span_of("they do not kick me"), &d.report);
    check_sentence(&d, "byte 12 \"kick me\"  category violence  weight 3  exact  en.conf:4 \"kick me\"", true);
    check_sentence(&d, "after a denial: \"not\"", true);
    check_sentence(&d, "categories unclear", true);
    buf_clear(&d.report);
    explain_text(d.lexicon, span_of("salary not given"), &d.report);
    check_sentence(&d, "wages +3: pay \"salary\" with neg \"not\"\n", true);
    check_sentence(&d, "weights: wages 3\n", true);
    buf_clear(&d.report);
    explain_text(d.lexicon, span_of("zzz"), &d.report);
    check_sentence(&d, "nothing of the lexicon was found", true);
    end(&d);
}

/* Words may be doubtful; a lexicon that contradicts itself or wakes people for chat is not shipped. */
static void shipped_words_hold_no_contradiction(void **state)
{
    static const char *const chats[] = { "tests/triage/tricky.tsv", "tests/triage/tricky_more.tsv",
        "tests/triage/rules.tsv" };
    AUTO_BUF report;
    struct lexcheck found = { 0, 0 };
    struct lexicon *lexicon;
    (void)state;
    buf_init(&report, 1 << 20);
    assert_int_equal(lexicon_load_sources("config/lexicon", &report, &lexicon), 0);
    lexcheck_words(lexicon, &report, &found);
    for (size_t i = 0; i < STR_COUNT(chats); i++)
        assert_int_equal(lexcheck_chat(lexicon, chats[i], &report, &found), 0);
    lexicon_free(lexicon);
    if (found.errors)
        fail_msg("%s", report.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubtful_words_are_told_with_their_line),
        cmocka_unit_test(chat_that_alarms_is_told_with_the_words_that_did_it),
        cmocka_unit_test(explanation_names_word_place_pass_weight_and_denial),
        cmocka_unit_test(shipped_words_hold_no_contradiction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
