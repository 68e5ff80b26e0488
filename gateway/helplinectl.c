/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * helplinectl - asks the daemon through its control socket; and `classify`, `lexicon` and `modem probe`, which
 * need no daemon.
 * What:  turns "noun verb arguments --options" into one request (gateway/PROTOCOL.md section 4), and prints the rows: a
 *        readable table for people, one JSON object a line with --json.
 * Keeps: never opens the database; exit codes 0 done, 1 refused or not found, 2 usage, 3 daemon unreachable.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/frame.h"
#include "gateway/base/sibling.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/triage/tool.h"
#include "gateway/json/json.h"

#define SOCKET_USUAL "/run/helplined/control.sock"
#define MODEM_PROGRAM "helpline-modem"
#define EXIT_DONE 0
#define EXIT_REFUSED 1
#define EXIT_USAGE 2
#define EXIT_UNREACHABLE 3
#define COLUMNS_MAX 32
#define COLUMN_WIDTH_MAX 48
#define CELL_MAX (256u << 10)

enum layout { LIST, SHOW, DONE };

static const struct verb {
    const char *words, *positional, *options;
    enum layout layout;
    const char *summary;
} verbs[] = {
#define VERB(identifier, words, positional, options, layout, summary) { words, positional, options, layout, summary },
#include "gateway/core/verbs.def"
#undef VERB
};

struct command {
    const char *socket_path;
    bool is_json;
    const struct verb *verb;
    json_t *args;
};

/* ---- help ------------------------------------------------------------------------------------------------------ */

static void usage(FILE *out)
{
    fputs(
        "Usage: helplinectl [--socket PATH] [--json] NOUN VERB [ARGUMENTS] [--OPTION VALUE ...]\n"
        "       helplinectl classify --json|--explain [--lexicon DIR]   (texts on standard input; needs no daemon)\n"
        "       helplinectl lexicon try [--lexicon DIR] TEXT...         (what fires in a text, and why; needs no daemon)\n"
        "       helplinectl lexicon check [--lexicon DIR] [--chat FILE] (what is doubtful among the words; needs no daemon)\n"
        "       helplinectl modem probe DEVICE                (what is at that serial port, in plain words; needs no daemon)\n\n",
        out);
    for (size_t i = 0; i < STR_COUNT(verbs); i++) {
        fprintf(out, "  %s", verbs[i].words);
        if (verbs[i].positional[0])
            fprintf(out, " %s", verbs[i].positional);
        for (const char *p = verbs[i].options; *p;) {
            size_t n = strcspn(p, " ");
            fprintf(out, " [--%.*s ...]", (int)n, p);
            p += n + (p[n] == ' ');
        }
        fprintf(out, "\n        %s\n", verbs[i].summary);
    }
    fputs("\nExit codes: 0 done, 1 refused or not found, 2 usage, 3 daemon unreachable. See helplinectl(1).\n", out);
}

static int complain(const char *what, const char *word)
{
    fprintf(stderr, "helplinectl: %s%s%s (helplinectl --help lists everything)\n", what, word[0] ? ": " : "", word);
    return EXIT_USAGE;
}

/* ---- arguments ------------------------------------------------------------------------------------------------- */

static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = list; *p;) {
        size_t n = strcspn(p, " ");
        if (n == len && !strncmp(p, word, n))
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

static const struct verb *find_verb(int argc, char **argv, int *used)
{
    char two[64];
    snprintf(two, sizeof two, "%s %s", argv[0], argc > 1 ? argv[1] : "");
    for (size_t i = 0; i < STR_COUNT(verbs); i++) {
        bool is_two = strchr(verbs[i].words, ' ') != NULL;
        if (!str_equal(verbs[i].words, is_two ? two : argv[0]))
            continue;
        *used = is_two ? 2 : 1;
        return &verbs[i];
    }
    return NULL;
}

/* The name of the next positional argument in lower case; the last one takes the rest of the line. */
static bool next_positional(const char **cursor, char *ret_name, size_t size, bool *ret_is_last)
{
    size_t n = strcspn(*cursor, " ");
    if (!n)
        return false;
    str_copy_span(ret_name, size, (struct span){ *cursor, n });
    for (char *p = ret_name; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    *cursor += n + ((*cursor)[n] == ' ');
    *ret_is_last = **cursor == '\0';
    return true;
}

static int set_arg(json_t *args, const char *name, const char *value)
{
    if (!utf8_is_valid(span_of(value)))
        return complain("an argument is not valid UTF-8", "");
    return json_object_set_new(args, name, json_string(value)) ? EXIT_REFUSED : 0;
}

static int append_arg(json_t *args, const char *name, const char *value)
{
    AUTO_BUF text;
    buf_init(&text, CELL_MAX);
    buf_add_format(&text, "%s %s", json_text(args, name, ""), value);
    return buf_check(&text) ? complain("the text is too long", "") : set_arg(args, name, text.data);
}

static int take_option(struct command *command, int argc, char **argv, int *at)
{
    const char *name = argv[*at] + 2;
    if (str_equal(name, "json")) {
        command->is_json = true;
        return 0;
    }
    if (*at + 1 >= argc)
        return complain("this option needs a value", name);
    const char *value = argv[++*at];
    if (str_equal(name, "socket")) {
        command->socket_path = value;
        return 0;
    }
    if (!command->verb || !has_word(command->verb->options, name))
        return complain("unknown option", name);
    return set_arg(command->args, name, value);
}

static int read_arguments(struct command *command, int argc, char **argv)
{
    const char *cursor = command->verb->positional;
    char name[32] = "";
    bool is_last = false, is_rest = false, is_only_text = false;
    for (int i = 0; i < argc; i++) {
        if (str_equal(argv[i], "--") && !is_only_text) {
            is_only_text = true;
            continue;
        }
        int rc;
        if (str_starts(argv[i], "--") && !is_only_text)
            rc = take_option(command, argc, argv, &i);
        else if (is_rest)
            rc = append_arg(command->args, name, argv[i]);
        else if (!next_positional(&cursor, name, sizeof name, &is_last))
            return complain("too many arguments", argv[i]);
        else
            rc = set_arg(command->args, name, argv[i]);
        if (rc)
            return rc;
        is_rest = is_last;
    }
    return cursor[0] ? complain("missing argument", cursor) : 0;
}

/* ---- printing -------------------------------------------------------------------------------------------------- */

static void add_value(struct buf *out, const json_t *value);

/* "urgency=soon categories=wages, overwork" */
static void add_object(struct buf *out, const json_t *object)
{
    const char *key;
    json_t *value;
    size_t count = 0;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        buf_add_format(out, "%s%s=", count++ ? "  " : "", key);
        add_value(out, value);
    }
}

/* A value as a person reads it: lists with commas, nothing for null, control characters visible. */
static void add_value(struct buf *out, const json_t *value)
{
    size_t i;
    json_t *item;
    if (json_is_array(value)) {
        json_array_foreach(value, i, item)
        {
            buf_add_text(out, i ? ", " : "");
            if (json_is_object(item))
                buf_add_format(out, "%s <- \"%s\"", json_text(item, "label", ""), json_text(item, "text", ""));
            else
                add_value(out, item);
        }
        return;
    }
    if (json_is_object(value))
        add_object(out, value);
    else if (json_is_boolean(value))
        buf_add_text(out, json_is_true(value) ? "yes" : "no");
    else if (json_is_integer(value))
        buf_add_format(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_string(value))
        str_add_visible(out, (struct span){ json_string_value(value), json_string_length(value) });
}

static size_t shown_width(const struct buf *text)
{
    return utf8_count(buf_span(text));
}

static void print_row_json(const json_t *row)
{
    AUTO_BUF text;
    buf_init(&text, FRAME_MAX);
    if (!json_write(row, &text))
        printf("%s\n", text.data);
}

static void print_cell(const json_t *value, size_t width, bool is_last)
{
    AUTO_BUF text;
    buf_init(&text, CELL_MAX);
    add_value(&text, value);
    size_t have = shown_width(&text);
    if (have > COLUMN_WIDTH_MAX && !is_last) {
        size_t at = 0;
        for (size_t n = 0; n < COLUMN_WIDTH_MAX - 1 && at < text.len; n++) {
            uint32_t c;
            at += utf8_decode(text.data + at, text.len - at, &c);
        }
        printf("%.*s~  ", (int)at, text.data);
        return;
    }
    printf("%s%*s", text.data ? text.data : "", is_last ? 0 : (int)(width - have) + 2, "");
}

static void print_heading(const json_t *row, const size_t *widths)
{
    bool has_colour = isatty(STDOUT_FILENO);
    size_t column = 0;
    const char *key;
    json_t *value;
    fputs(has_colour ? "\033[1m" : "", stdout);
    json_object_foreach((json_t *)(uintptr_t)row, key, value)
    {
        if (column < COLUMNS_MAX)
            printf("%-*s", (int)widths[column] + 2, key);
        column++;
    }
    puts(has_colour ? "\033[0m" : "");
}

static void measure(const json_t *rows, size_t *widths)
{
    size_t i, column;
    json_t *row, *value;
    const char *key;
    json_array_foreach(rows, i, row)
    {
        column = 0;
        json_object_foreach(row, key, value)
        {
            AUTO_BUF text;
            buf_init(&text, CELL_MAX);
            add_value(&text, value);
            size_t width = shown_width(&text) > strlen(key) ? shown_width(&text) : strlen(key);
            width = width > COLUMN_WIDTH_MAX ? COLUMN_WIDTH_MAX : width;
            if (column < COLUMNS_MAX && width > widths[column])
                widths[column] = width;
            column++;
        }
    }
}

static void print_table(const json_t *rows)
{
    size_t widths[COLUMNS_MAX] = { 0 };
    size_t i;
    json_t *row, *value;
    const char *key;
    if (!json_array_size(rows)) {
        puts("(none)");
        return;
    }
    measure(rows, widths);
    print_heading(json_array_get(rows, 0), widths);
    json_array_foreach(rows, i, row)
    {
        size_t column = 0, last = json_object_size(row) - 1;
        json_object_foreach(row, key, value)
        {
            print_cell(value, column < COLUMNS_MAX ? widths[column] : 0, column == last);
            column++;
        }
        putchar('\n');
    }
}

static void print_record(const json_t *row)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)row, key, value)
    {
        AUTO_BUF text;
        buf_init(&text, CELL_MAX);
        if (str_equal(key, "section")) {
            printf("\n[%s]\n", json_string_value(value));
            continue;
        }
        add_value(&text, value);
        if (text.len)
            printf("%-16s %s\n", key, text.data);
    }
}

static void print_rows(const struct command *command, const json_t *rows)
{
    size_t i;
    json_t *row;
    if (command->verb->layout == LIST && !command->is_json) {
        print_table(rows);
        return;
    }
    json_array_foreach(rows, i, row)
    {
        if (command->is_json)
            print_row_json(row);
        else
            print_record(row);
    }
}

/* ---- the conversation ------------------------------------------------------------------------------------------ */

static int send_request(int fd, const struct command *command)
{
    AUTO_BUF text;
    buf_init(&text, FRAME_MAX);
    AUTO_JSON *request =
        json_pack("{s:i, s:s, s:O}", "control", 1, "verb", command->verb->words, "args", command->args);
    int rc = request ? json_write(request, &text) : ERR_NOMEM;
    return rc ? rc : frame_write(fd, buf_span(&text));
}

/* Collects rows until the end frame; the exit code is its value. */
static int receive(int fd, json_t *rows, struct buf *why)
{
    AUTO_BUF text;
    buf_init(&text, FRAME_MAX);
    for (;;) {
        struct error error;
        if (frame_read(fd, &text))
            return -1;
        AUTO_JSON *frame = json_read(buf_span(&text), &error);
        if (!json_is_object(frame))
            return -1;
        json_t *row = json_object_get(frame, "row");
        if (row) {
            json_array_append(rows, row);
            continue;
        }
        buf_add_text(why, json_text(frame, "why", ""));
        return (int)json_int(frame, "end", EXIT_REFUSED);
    }
}

static int converse(const struct command *command)
{
    struct error error = { "" };
    int fd;
    AUTO_JSON *rows = json_array();
    AUTO_BUF why;
    buf_init(&why, 4096);
    if (frame_connect(command->socket_path, &error, &fd)) {
        fprintf(stderr, "helplinectl: the daemon cannot be reached: %s\n", error.text);
        return EXIT_UNREACHABLE;
    }
    int end = send_request(fd, command) ? -1 : receive(fd, rows, &why);
    close(fd);
    if (end < 0) {
        fputs("helplinectl: the daemon went away in the middle; nothing is known of what it did\n", stderr);
        return EXIT_UNREACHABLE;
    }
    print_rows(command, rows);
    if (why.len)
        fprintf(end ? stderr : stdout, "%s\n", why.data);
    else if (!end && command->verb->layout == DONE && !command->is_json)
        puts("done");
    return end;
}

/* ---- what needs no daemon -------------------------------------------------------------------------------------- */

/* TOOL_NOT_MINE when the words are a verb of the daemon. */
static int run_tool(int argc, char **argv)
{
    AUTO_BUF why;
    buf_init(&why, CELL_MAX);
    int rc = tool_run(&(struct tool_io){ stdin, stdout, &why }, argc, argv);
    if (rc == TOOL_USAGE)
        return complain("unknown or incomplete argument", why.data ? why.data : "");
    if (why.len)
        fprintf(stderr, "helplinectl: %s\n", why.data);
    return rc;
}

/* ---- the modem's own program ----------------------------------------------------------------------------------- */

/* The program that drives modems takes our place: its words and its exit code are the answer. */
static int probe(int argc, char **argv)
{
    char path[SIBLING_PATH_MAX];
    if (argc != 1 || str_starts(argv[0], "-"))
        return complain("modem probe takes one device, such as /dev/ttyUSB2", argc > 1 ? argv[1] : "");
    if (sibling_find(MODEM_PROGRAM, path)) {
        fputs("helplinectl: " MODEM_PROGRAM " is not installed beside it, nor in /usr/sbin\n", stderr);
        return EXIT_UNREACHABLE;
    }
    execl(path, MODEM_PROGRAM, "--probe", argv[0], (char *)NULL);
    fprintf(stderr, "helplinectl: %s cannot be started: %s\n", path, strerror(errno));
    return EXIT_UNREACHABLE;
}

static int run(struct command *command, int argc, char **argv)
{
    int at = 1, used = 0;
    for (; at < argc && str_starts(argv[at], "--"); at++) {
        if (str_equal(argv[at], "--help")) {
            usage(stdout);
            return EXIT_DONE;
        }
        if (str_equal(argv[at], "--version")) {
            puts("helplinectl " HELPLINED_VERSION);
            return EXIT_DONE;
        }
        int rc = take_option(command, argc, argv, &at);
        if (rc)
            return rc;
    }
    if (at == argc) {
        usage(stderr);
        return EXIT_USAGE;
    }
    int done = run_tool(argc - at, argv + at);
    if (done != TOOL_NOT_MINE)
        return done;
    if (str_equal(argv[at], "modem") && at + 1 < argc && str_equal(argv[at + 1], "probe"))
        return probe(argc - at - 2, argv + at + 2);
    command->verb = find_verb(argc - at, argv + at, &used);
    if (!command->verb)
        return complain("unknown noun or verb", argv[at]);
    int rc = read_arguments(command, argc - at - used, argv + at + used);
    return rc ? rc : converse(command);
}

int main(int argc, char **argv)
{
    struct command command = { .socket_path = SOCKET_USUAL, .args = json_object() };
    int rc = run(&command, argc, argv);
    json_decref(command.args);
    return rc;
}
