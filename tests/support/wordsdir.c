/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wordsdir - see wordsdir.h. */
#include "tests/support/wordsdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/str.h"

const char wordsdir_english[] = "language = \"en\";\n"
                                "neutral = \"Thank you. It is here.\";\n"
                                "consent = \"May we pass it on? YES or NO.\";\n"
                                "yes = \"YES\"; no = \"NO\";\n"
                                "who = \"In which city?\";\n";

void wordsdir_open(struct wordsdir *words)
{
    const char *base = getenv("TMPDIR");
    char replies[128];
    *words = (struct wordsdir){ .count = 0 };
    snprintf(words->folder, sizeof words->folder, "%s/wordsdir-XXXXXX", base && strlen(base) < 60 ? base : "/tmp");
    if (!mkdtemp(words->folder))
        abort();
    snprintf(replies, sizeof replies, "%s/replies", words->folder);
    if (mkdir(replies, 0700) != 0)
        abort();
}

void wordsdir_close(struct wordsdir *words)
{
    char replies[128];
    snprintf(replies, sizeof replies, "%s/replies", words->folder);
    for (unsigned i = 0; i < words->count; i++)
        unlink(words->paths[i]);
    if (rmdir(replies) != 0 || rmdir(words->folder) != 0)
        fprintf(stderr, "%s stays\n", words->folder);
}

void wordsdir_put(struct wordsdir *words, const char *name, const char *text)
{
    if (words->count >= WORDSDIR_FILES_MAX)
        abort();
    char path[192];
    snprintf(path, sizeof path, "%s/%s", words->folder, name);
    memcpy(words->paths[words->count++], path, sizeof path);
    FILE *file = fopen(path, "wbe");
    if (!file || fwrite(text, 1, strlen(text), file) != strlen(text) || fclose(file) != 0)
        abort();
}

static bool has_name(const struct wordsdir *words, const char *part)
{
    for (unsigned i = 0; i < words->count; i++)
        if (strstr(words->paths[i] + strlen(words->folder), part))
            return true;
    return false;
}

int wordsdir_load(const struct wordsdir *words, struct config_report *report, struct texts **ret_texts)
{
    char replies[128], commands[128], countries[128];
    snprintf(replies, sizeof replies, "%s/replies", words->folder);
    snprintf(commands, sizeof commands, "%s/commands.conf", words->folder);
    snprintf(countries, sizeof countries, "%s/countries.conf", words->folder);
    return texts_load(has_name(words, "/replies/") ? replies : NULL, has_name(words, "/commands") ? commands : NULL,
        has_name(words, "/countries") ? countries : NULL, report, ret_texts);
}

bool wordsdir_has_line(const struct wordsdir *words, const struct config_report *report, const char *want)
{
    size_t len = strlen(words->folder);
    for (unsigned i = 0; i < report->line_count; i++) {
        const char *text = report->lines[i].text;
        if (str_equal(text, want) || (str_starts(text, words->folder) && str_equal(text + len + 1, want)))
            return true;
    }
    return false;
}

void wordsdir_print(const struct config_report *report, const char *label)
{
    fprintf(stderr, "%s: %u lines\n", label, report->line_count);
    for (unsigned i = 0; i < report->line_count; i++)
        fprintf(stderr, "    %s\n", report->lines[i].text);
}
