/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_queue - how long a page of the case log takes with 100,000 cases: `bench_queue [cases]`.
 * What:  half of the cases are not closed, more than any help line has at a time; each line is one page of 50, the
 * worst of seven. The last filters find nothing, so that the whole index is walked.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

#define CASES 100000
#define PAGE 50
#define ROUNDS 7

static void must(int code, const char *what)
{
    if (code == 0)
        return;
    fprintf(stderr, "bench_queue: %s: %s\n", what, error_name(code));
    exit(1);
}

static void fill(struct store_rig *rig, int64_t cases)
{
    static const char *const countries[] = { "SA", "AE", "KW", "QA", "LB", "HK", "SG", "MY" };
    static const char *const languages[] = { "tl", "id", "ne-Latn", "bn", "am", "ar-Latn", "sw", "si" };
    must(store_begin(rig->store), "begin");
    for (int64_t i = 0; i < cases; i++) {
        struct case_row row = rig_case(rig, i + 1);
        row.urgency = (enum urgency)(i * 7 % URGENCY_COUNT);
        row.state = i % 2 ? STATE_case_closed : i % 3 ? STATE_case_taken : STATE_case_open;
        row.closed_at = i % 2 ? RIG_NOW + i : 0;
        row.opened_at = RIG_NOW + i * 1000;
        row.last_message_at = row.opened_at;
        row.answered_at = i % 5 ? row.opened_at : 0;
        row.flags = i % 11 ? 0 : FLAG_BIT(do_not_call) | FLAG_BIT(repeat);
        row.categories = CATEGORY_BIT(wages) | (i % 4 ? 0 : CATEGORY_BIT(violence));
        str_copy(row.country, sizeof row.country, countries[i % 8]);
        str_copy(row.language, sizeof row.language, languages[i / 8 % 8]);
        str_copy(row.owner, sizeof row.owner, row.state == STATE_case_taken ? "ngo-desk" : "");
        must(cases_insert(rig->store, &row), "insert");
    }
    must(store_commit(rig->store), "commit");
}

static int count(void *context, const struct case_row *row)
{
    int *rows = context;
    (void)row;
    ++*rows;
    return 0;
}

static void measure(struct store_rig *rig, const char *name, struct cases_filter filter)
{
    int64_t worst = 0;
    int rows = 0;
    filter.limit = PAGE;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t begin = clock_mono_us();
        rows = 0;
        must(cases_list(rig->store, &filter, count, &rows), name);
        int64_t took = clock_mono_us() - begin;
        worst = took > worst ? took : worst;
    }
    printf("queue  %-28s %3d rows  %7.2f ms\n", name, rows, (double)worst / 1000);
}

#define ASK(...)                                                                                                       \
    (struct cases_filter)                                                                                              \
    {                                                                                                                  \
        .category = -1, __VA_ARGS__                                                                                    \
    }

int main(int argc, char **argv)
{
    struct store_rig rig;
    unsigned char tag[STORE_TAG_LEN];
    int64_t cases = argc > 1 ? strtoll(argv[1], NULL, 10) : CASES;
    rig_open(&rig);
    fill(&rig, cases);
    rig_tag(777, tag);
    struct case_place deep = { .id = 1001 + cases / 2, .opened_at = RIG_NOW + cases * 500, .urgency = URGENCY_soon };
    measure(&rig, "the queue", ASK(.urgency = -1, .by_urgency = true));
    measure(&rig, "deep in the queue", ASK(.urgency = -1, .by_urgency = true, .after = deep));
    measure(&rig, "the log", ASK(.urgency = -1, .state = "all"));
    measure(&rig, "closed", ASK(.urgency = -1, .state = "closed"));
    measure(&rig, "one number", ASK(.urgency = -1, .sender_tag = tag));
    measure(&rig, "unanswered", ASK(.urgency = -1, .by_urgency = true, .is_unanswered = true));
    measure(
        &rig, "language and flag", ASK(.urgency = -1, .by_urgency = true, .language = "ne", .flags = FLAG_BIT(repeat)));
    measure(&rig, "nothing: country", ASK(.urgency = -1, .by_urgency = true, .country = "XX"));
    measure(&rig, "nothing: flag", ASK(.urgency = -1, .by_urgency = true, .flags = FLAG_BIT(minor)));
    measure(&rig, "nothing in the whole log",
        ASK(.urgency = -1, .state = "all", .language = "xx", .flags = FLAG_BIT(minor)));
    int64_t begin = clock_mono_us();
    struct cases_sum sum;
    must(cases_count_live(rig.store, &sum), "count");
    printf("queue  %-28s %3d rows  %7.2f ms\n", "what waits", 1, (double)(clock_mono_us() - begin) / 1000);
    rig_close(&rig);
    return 0;
}
