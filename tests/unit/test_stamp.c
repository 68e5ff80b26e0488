/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_stamp - whatever happens to a file of words is seen, and nothing else is. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/core/triage/stamp.h"
#include "tests/support/wordsdir.h"

static void write_en(struct wordsdir *words)
{
    char path[160];
    snprintf(path, sizeof path, "%s/replies/en.conf", words->folder);
    int fd = open(path, O_WRONLY | O_APPEND);
    assert_true(fd >= 0 && write(fd, "#", 1) == 1);
    close(fd);
}

static void touch_en(struct wordsdir *words)
{
    const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1, .tv_nsec = 1 } };
    char path[160];
    snprintf(path, sizeof path, "%s/replies/en.conf", words->folder);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void add_ne(struct wordsdir *words)
{
    wordsdir_put(words, "replies/ne.conf", "language = \"ne\";\n");
}

static void rename_en(struct wordsdir *words)
{
    char path[160], other[160];
    snprintf(path, sizeof path, "%s/replies/en.conf", words->folder);
    snprintf(other, sizeof other, "%s/replies/fr.conf", words->folder);
    assert_int_equal(rename(path, other), 0);
}

static void rename_back(struct wordsdir *words)
{
    char path[160], other[160];
    snprintf(path, sizeof path, "%s/replies/en.conf", words->folder);
    snprintf(other, sizeof other, "%s/replies/fr.conf", words->folder);
    assert_int_equal(rename(other, path), 0);
}

static void every_change_is_seen_and_none_is_invented(void **state)
{
    static void (*const changes[])(struct wordsdir *) = { write_en, touch_en, add_ne, rename_en, rename_back };
    struct wordsdir words;
    char folder[160];
    struct stamp before, after, again;
    (void)state;
    wordsdir_open(&words);
    wordsdir_put(&words, "replies/en.conf", wordsdir_english);
    snprintf(folder, sizeof folder, "%s/replies", words.folder);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        stamp_take(folder, &before);
        stamp_take(folder, &again);
        assert_true(stamp_equal(&before, &again));
        changes[i](&words);
        stamp_take(folder, &after);
        if (stamp_equal(&before, &after))
            fail_msg("change %zu", i);
    }
    wordsdir_close(&words);
}

static void what_cannot_be_read_equals_nothing(void **state)
{
    struct stamp none;
    (void)state;
    stamp_take("/nonexistent/words", &none);
    assert_false(stamp_equal(&none, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_is_seen_and_none_is_invented),
        cmocka_unit_test(what_cannot_be_read_equals_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
