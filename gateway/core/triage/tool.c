/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tool - see tool.h. */
#include "gateway/core/triage/tool.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/explain.h"
#include "gateway/core/triage/filter.h"
#include "gateway/core/triage/lexcheck.h"

#define LEXICON_USUAL "/usr/share/helplined/lexicon"
#define REPORT_MAX (4u << 20)
#define TEXT_MAX 65536u
#define CHATS_MAX 16u

struct options {
    const char *directory;
    bool is_json, is_explained, is_text; /* after the first word of a text everything is text */
    unsigned chat_count;
    const char *chats[CHATS_MAX];
    struct buf *text;
};

/* Takes one argument, or two; 0 when it is none of ours. */
static int take_option(int left, char **argv, struct options *o)
{
    bool has_value = left > 1;
    if (str_equal(argv[0], "--lexicon") && has_value) {
        o->directory = argv[1];
        return 2;
    }
    if (str_equal(argv[0], "--chat") && has_value && o->chat_count < CHATS_MAX) {
        o->chats[o->chat_count++] = argv[1];
        return 2;
    }
    if (str_equal(argv[0], "--json"))
        o->is_json = true;
    else if (str_equal(argv[0], "--explain"))
        o->is_explained = true;
    else
        return 0;
    return 1;
}

static void take_word(const char *word, struct options *o)
{
    buf_add_text(o->text, o->text->len ? " " : "");
    buf_add_text(o->text, word);
}

/* o->text is set where a text is wanted; allowed lists the options in words. */
static int read_options(const struct tool_io *io, int argc, char **argv, const char *allowed, struct options *o)
{
    o->directory = LEXICON_USUAL;
    for (int i = 0; i < argc;) {
        bool is_option = !o->is_text && str_starts(argv[i], "--");
        bool is_end = is_option && o->text && str_equal(argv[i], "--");
        int taken = is_option && !is_end && strstr(allowed, argv[i]) ? take_option(argc - i, argv + i, o) : 0;
        if ((is_option && !is_end && !taken) || (!is_option && !o->text)) {
            buf_add_text(io->why, argv[i]);
            return TOOL_USAGE;
        }
        if (!is_option)
            take_word(argv[i], o);
        o->is_text |= is_end || !is_option;
        i += taken ? taken : 1;
    }
    if (!o->text || o->text->len)
        return TOOL_DONE;
    buf_add_text(io->why, "TEXT");
    return TOOL_USAGE;
}

static struct lexicon *open_lexicon(const struct tool_io *io, const char *directory, bool with_sources)
{
    struct lexicon *lexicon = NULL;
    AUTO_BUF report;
    buf_init(&report, REPORT_MAX);
    int rc =
        with_sources ? lexicon_load_sources(directory, &report, &lexicon) : lexicon_load(directory, &report, &lexicon);
    if (rc)
        buf_add_format(io->why, "the lexicon does not load:\n%s", report.data ? report.data : "");
    return lexicon;
}

static int classify(const struct tool_io *io, int argc, char **argv)
{
    struct options o = { .text = NULL };
    int rc = read_options(io, argc, argv, "--lexicon --json --explain", &o);
    if (rc)
        return rc;
    struct lexicon *lexicon = open_lexicon(io, o.directory, o.is_explained);
    if (!lexicon)
        return TOOL_REFUSED;
    rc = o.is_explained ? explain_run(io->in, io->out, lexicon) : filter_run(io->in, io->out, lexicon);
    lexicon_free(lexicon);
    if (rc)
        buf_add_text(io->why, "the answers could not be written");
    return rc ? TOOL_REFUSED : TOOL_DONE;
}

static int write_all(const struct tool_io *io, const struct buf *bytes)
{
    if (!bytes->is_failed && (bytes->len == 0 || fwrite(bytes->data, 1, bytes->len, io->out) == bytes->len))
        return TOOL_DONE;
    buf_add_text(io->why, "the answer could not be written");
    return TOOL_REFUSED;
}

static int try_text(const struct tool_io *io, int argc, char **argv)
{
    AUTO_BUF text, answer;
    buf_init(&text, TEXT_MAX);
    buf_init(&answer, EXPLAIN_BYTES_MAX);
    struct options o = { .text = &text };
    int rc = read_options(io, argc, argv, "--lexicon", &o);
    if (rc)
        return rc;
    struct lexicon *lexicon = open_lexicon(io, o.directory, true);
    if (!lexicon)
        return TOOL_REFUSED;
    explain_text(lexicon, buf_span(&text), &answer);
    lexicon_free(lexicon);
    return write_all(io, &answer);
}

static int write_findings(const struct tool_io *io, const struct lexicon *lexicon, const struct options *o)
{
    AUTO_BUF report;
    buf_init(&report, REPORT_MAX);
    struct lexcheck found = { 0, 0 };
    lexcheck_words(lexicon, &report, &found);
    for (unsigned i = 0; i < o->chat_count; i++) {
        if (lexcheck_chat(lexicon, o->chats[i], &report, &found)) {
            buf_add_format(io->why, "%s cannot be read", o->chats[i]);
            return TOOL_REFUSED;
        }
    }
    buf_add_format(&report, "%u languages, %u entries: %u errors, %u remarks\n", lexicon->language_count,
        lexicon->entry_count, found.errors, found.remarks);
    int rc = write_all(io, &report);
    return rc || found.errors ? TOOL_REFUSED : TOOL_DONE;
}

static int check_lexicon(const struct tool_io *io, int argc, char **argv)
{
    struct options o = { .text = NULL };
    int rc = read_options(io, argc, argv, "--lexicon --chat", &o);
    if (rc)
        return rc;
    struct lexicon *lexicon = open_lexicon(io, o.directory, true);
    rc = lexicon ? write_findings(io, lexicon, &o) : TOOL_REFUSED;
    lexicon_free(lexicon);
    return rc;
}

static const struct tool {
    const char *noun, *verb; /* verb "" = the noun is enough */
    int (*run)(const struct tool_io *io, int argc, char **argv);
} tools[] = {
    { "classify", "", classify },
    { "lexicon", "check", check_lexicon },
    { "lexicon", "try", try_text },
};

int tool_run(const struct tool_io *io, int argc, char **argv)
{
    for (size_t i = 0; i < STR_COUNT(tools); i++) {
        int words = tools[i].verb[0] ? 2 : 1;
        if (str_equal(argv[0], tools[i].noun) && (words == 1 || (argc > 1 && str_equal(argv[1], tools[i].verb))))
            return tools[i].run(io, argc - words, argv + words);
    }
    return TOOL_NOT_MINE;
}
