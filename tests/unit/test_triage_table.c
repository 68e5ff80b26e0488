/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_triage_table - the figures of triage on the invented texts of tests/triage, and the floors they may not fall
 * under. What:  one row of figures for each part (dev, test) and file; F1 over all categories, recall of the
 * life-threatening ones, intents, urgency, flags and language.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/classify.h"

#define LINE_MAX_BYTES 2048
#define COLUMNS 7

struct figures {
    unsigned texts, language, intent, urgency, near_urgency;
    unsigned hits, extras, misses; /* categories */
    unsigned flag_hits, flag_extras, flag_misses;
    unsigned critical, critical_found;
    unsigned helps, helps_lost, false_alarms, loud_alarms; /* not help: given a category, and read as critical */
};

struct floor {
    const char *part;
    unsigned batch;
    double language, intent, urgency, f1, flag_recall, critical;
    double precision, flag_precision; /* of categories and flags */
    unsigned alarms, loud_alarms;     /* at most */
};

/* A little under what was measured when the table was last extended: a fall is a regression, a rise is moved up here.
 */
static const struct floor floors[] = {
    { "dev", 0, 0.98, 0.99, 0.97, 0.97, 0.98, 1.00, 0.95, 0.95, 2, 1 },
    { "test", 0, 0.97, 0.98, 0.96, 0.97, 0.98, 1.00, 0.96, 0.82, 2, 1 },
    { "dev", 1, 0.94, 0.98, 0.97, 0.95, 0.97, 1.00, 0.92, 0.77, 2, 1 },
    { "test", 1, 0.90, 0.97, 0.97, 0.92, 0.95, 0.98, 0.87, 0.85, 3, 1 },
    { "dev", 2, 0.98, 0.97, 0.90, 0.90, 0.97, 0.99, 0.85, 0.80, 7, 2 },
    { "test", 2, 0.95, 0.95, 0.91, 0.89, 0.97, 0.95, 0.85, 0.89, 6, 1 },
    { "dev", 3, 0.98, 0.91, 0.85, 0.77, 0.97, 0.98, 0.66, 0.33, 5, 1 },
    { "test", 3, 0.97, 0.92, 0.88, 0.86, 0.97, 0.89, 0.81, 0.52, 3, 1 },
    { "dev", 4, 0.98, 0.97, 0.92, 0.89, 0.97, 0.96, 0.84, 0.76, 7, 1 },
    { "test", 4, 0.95, 0.94, 0.85, 0.76, 0.97, 0.80, 0.69, 0.95, 3, 2 },
    { "dev", 5, 0.98, 0.92, 0.88, 0.87, 0.97, 0.98, 0.80, 0.81, 7, 2 },
    { "test", 5, 0.93, 0.90, 0.85, 0.85, 0.97, 0.92, 0.81, 0.95, 3, 1 },
    { "dev", 6, 0.98, 0.92, 0.85, 0.77, 0.97, 0.87, 0.70, 0.95, 4, 3 },
    { "test", 6, 0.96, 0.89, 0.80, 0.79, 0.97, 0.91, 0.70, 0.35, 5, 3 },
    { "dev", 7, 0.95, 0.95, 0.92, 0.84, 0.97, 0.88, 0.78, 0.66, 6, 1 },
    { "dev", 8, 0.96, 0.78, 0.74, 0.72, 0.91, 0.80, 0.60, 0.49, 32, 6 },
    { "test", 8, 0.95, 0.71, 0.67, 0.64, 0.97, 0.81, 0.50, 0.45, 46, 15 },
    { "dev", 11, 0.91, 0.37, 0.50, 0, 0, 1.0, 0, 0.9, 14, 2 },
    { "test", 11, 0.93, 0.47, 0.57, 0, 0, 1.0, 0, 0, 14, 2 },
    { "dev", 10, 0.95, 0.98, 0.96, 0.96, 0.86, 1.0, 0.96, 0.95, 0, 0 },
    { "test", 10, 0.95, 0.98, 0.93, 0.8, 0.9, 1.0, 0.77, 0.8, 0, 0 },
    { "dev", 9, 0.94, 0.98, 0.95, 0.89, 0.0, 0.96, 0.83, 0.0, 0, 0 },
    { "test", 9, 0.95, 0.98, 0.89, 0.82, 1.0, 0.91, 0.74, 0.9, 0, 0 },
};

static const char *const files[][2] = {
    { "tests/triage/help.tsv", "tests/triage/tricky.tsv" },
    { "tests/triage/help_more.tsv", "tests/triage/tricky_more.tsv" },
    { "tests/triage/help_b.tsv", "tests/triage/tricky_b.tsv" },
    { "tests/triage/rules.tsv", "tests/triage/rules_more.tsv" },
    { "tests/triage/help_a.tsv", "tests/triage/tricky_a.tsv" },
    { "tests/triage/help_south.tsv", "tests/triage/tricky_south.tsv" },
    { "tests/triage/rules_blind.tsv", NULL },
    { "tests/triage/horn.tsv", NULL },
    { "tests/triage/everyday.tsv", NULL },
    { "tests/triage/means.tsv", NULL },
    { "tests/triage/flags.tsv", NULL },
    { "tests/triage/plain.tsv", NULL },
};

static struct lexicon *lexicon;

static unsigned count_bits(uint32_t set)
{
    return (unsigned)__builtin_popcount(set);
}

static uint32_t read_words(char *words, int (*from_word)(const char *))
{
    uint32_t set = 0;
    if (str_equal(words, "-"))
        return 0;
    for (char *rest = words, *word; (word = strsep(&rest, ","));) {
        int value = from_word(word);
        if (value < 0)
            fail_msg("unknown word %s", word);
        set |= 1u << value;
    }
    return set;
}

static void count_line(char **column, struct figures *f)
{
    struct triage t;
    int rc = triage_classify(lexicon, span_of(column[6]), NULL, 0, &t);
    assert_int_equal(rc, 0);
    int intent = intent_from_word(column[2]), urgency = urgency_from_word(column[4]);
    assert_true(intent >= 0 && urgency >= 0);
    uint32_t categories = read_words(column[3], category_from_word), flags = read_words(column[5], flag_from_word);
    f->texts++;
    f->language += str_equal(t.language, column[1]);
    f->intent += (int)t.intent == intent;
    f->urgency += (int)t.urgency == urgency;
    f->near_urgency += abs((int)t.urgency - urgency) <= 1;
    f->hits += count_bits(t.categories & categories);
    f->extras += count_bits(t.categories & ~categories);
    f->misses += count_bits(categories & ~t.categories);
    f->flag_hits += count_bits(t.flags & flags);
    f->flag_extras += count_bits(t.flags & ~flags);
    f->flag_misses += count_bits(flags & ~t.flags);
    f->critical += urgency == URGENCY_critical;
    f->critical_found += urgency == URGENCY_critical && t.urgency == URGENCY_critical;
    f->helps += intent == INTENT_help;
    f->helps_lost += intent == INTENT_help && !t.is_help;
    f->false_alarms += intent != INTENT_help && (t.categories & ~CATEGORY_BIT(unclear));
    f->loud_alarms += intent != INTENT_help && t.urgency == URGENCY_critical;
}

static void count_file(const char *path, const char *part, struct figures *figures)
{
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        char *column[COLUMNS], *rest = line;
        line[strcspn(line, "\n")] = 0;
        unsigned count = 0;
        while (count < COLUMNS && (column[count] = strsep(&rest, "\t")))
            count++;
        if (count != COLUMNS)
            fail_msg("%s:%u: %u columns", path, number, count);
        if (str_equal(column[0], part))
            count_line(column, figures);
    }
    fclose(file);
}

static double share(unsigned part, unsigned whole)
{
    return whole ? (double)part / whole : 1.0;
}

static void check(const char *part, const char *what, double got, double floor)
{
    if (got < floor)
        fail_msg("%s: %s %.3f is under its floor %.3f", part, what, got, floor);
}

static void check_part(const struct floor *floor)
{
    struct figures f = { 0 };
    for (size_t i = 0; i < STR_COUNT(files[0]) && files[floor->batch][i]; i++)
        count_file(files[floor->batch][i], floor->part, &f);
    double f1 = share(2 * f.hits, 2 * f.hits + f.extras + f.misses);
    print_message(
        "%-4s %u texts  language %.3f  intent %.3f  urgency %.3f (within one %.3f)  categories P %.3f R %.3f F1 %.3f"
        "  flags P %.3f R %.3f  critical %u/%u  help lost %u/%u  false alarms %u, critical %u\n",
        floor->part, f.texts, share(f.language, f.texts), share(f.intent, f.texts), share(f.urgency, f.texts),
        share(f.near_urgency, f.texts), share(f.hits, f.hits + f.extras), share(f.hits, f.hits + f.misses), f1,
        share(f.flag_hits, f.flag_hits + f.flag_extras), share(f.flag_hits, f.flag_hits + f.flag_misses),
        f.critical_found, f.critical, f.helps_lost, f.helps, f.false_alarms, f.loud_alarms);
    assert_true(f.texts > 0);
    check(floor->part, "language", share(f.language, f.texts), floor->language);
    check(floor->part, "intent", share(f.intent, f.texts), floor->intent);
    check(floor->part, "urgency", share(f.urgency, f.texts), floor->urgency);
    check(floor->part, "category F1", f1, floor->f1);
    check(floor->part, "flag recall", share(f.flag_hits, f.flag_hits + f.flag_misses), floor->flag_recall);
    check(floor->part, "critical", share(f.critical_found, f.critical), floor->critical);
    check(floor->part, "category precision", share(f.hits, f.hits + f.extras), floor->precision);
    check(floor->part, "flag precision", share(f.flag_hits, f.flag_hits + f.flag_extras), floor->flag_precision);
    assert_int_equal(f.helps_lost, 0);
    assert_in_range(f.false_alarms, 0, floor->alarms);
    assert_in_range(f.loud_alarms, 0, floor->loud_alarms);
}

static void invented_texts_are_read_no_worse_than_before(void **state)
{
    (void)state;
    assert_int_equal(lexicon_load("config/lexicon", NULL, &lexicon), 0);
    for (size_t i = 0; i < STR_COUNT(floors); i++)
        check_part(&floors[i]);
    lexicon_free(lexicon);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invented_texts_are_read_no_worse_than_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
