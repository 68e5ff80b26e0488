/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_classify - texts a second and the slowest percent: `bench_classify [lexicon folder [seconds]]`.
 * What:  classifies the invented texts of tests/triage over and over, each time with a changed tail so that no cache of
 * an answer could help; one line for loading and memory, one for speed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/classify.h"

#define TEXTS_MAX 2048
#define SAMPLES_MAX 400000
#define LINE_MAX_BYTES 2048

struct texts {
    char *items[TEXTS_MAX];
    size_t count, bytes;
};

static void read_texts(const char *path, struct texts *texts)
{
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (fgets(line, sizeof line, file) && texts->count < TEXTS_MAX) {
        line[strcspn(line, "\n")] = 0;
        const char *text = strrchr(line, '\t');
        if (text && asprintf(&texts->items[texts->count], "%s 00", text + 1) > 0)
            texts->bytes += strlen(texts->items[texts->count++]);
    }
    fclose(file);
}

static int by_time(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void measure(const struct lexicon *lexicon, const struct texts *texts, uint64_t duration_ns)
{
    static uint32_t samples[SAMPLES_MAX];
    uint64_t begin = now_ns(), end = begin;
    size_t count = 0, helps = 0;
    while (end - begin < duration_ns && count < SAMPLES_MAX) {
        char *text = texts->items[count % texts->count];
        size_t len = strlen(text);
        text[len - 1] = (char)('0' + count % 10);
        text[len - 2] = (char)('0' + count / 10 % 10);
        struct triage triage;
        if (triage_classify(lexicon, (struct span){ text, len }, NULL, 0, &triage) == 0)
            helps += triage.is_help;
        uint64_t at = now_ns();
        samples[count++] = (uint32_t)(at - end);
        end = at;
    }
    qsort(samples, count, sizeof samples[0], by_time);
    printf("classify: %.0f texts/s on one core, p50 %.1f us, p99 %.1f us, mean %zu bytes, %.0f%% help\n",
        (double)count * 1e9 / (double)(end - begin), samples[count / 2] / 1e3, samples[count * 99 / 100] / 1e3,
        texts->bytes / texts->count, 100.0 * (double)helps / (double)count);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "config/lexicon";
    int64_t seconds = 2;
    struct lexicon *lexicon = NULL;
    struct texts texts = { .count = 0 };
    if (argc > 2 && str_to_int64(argv[2], 1, 60, &seconds))
        return 2;
    uint64_t begin = now_ns();
    if (lexicon_load(folder, NULL, &lexicon)) {
        fprintf(stderr, "%s cannot be loaded\n", folder);
        return 1;
    }
    printf("lexicon: loaded in %.1f ms, %.1f MB of tables, %u words, %u entries\n", (double)(now_ns() - begin) / 1e6,
        (double)lexicon_bytes(lexicon) / 1e6, automaton_word_count(lexicon->automaton), lexicon->entry_count);
    read_texts("tests/triage/help.tsv", &texts);
    read_texts("tests/triage/tricky.tsv", &texts);
    if (texts.count)
        measure(lexicon, &texts, (uint64_t)seconds * 1000000000u);
    for (size_t i = 0; i < texts.count; i++)
        free(texts.items[i]);
    lexicon_free(lexicon);
    return texts.count ? 0 : 1;
}
