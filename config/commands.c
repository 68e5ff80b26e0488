/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * commands - the words that responders answer with, from config/commands.conf and built in.
 * Why:   a word that means "take" in one language and "decline" in another would lose a case; so all words of all
 *        languages are one set, and a word stands for one verb.
 * Not here: what a command does, and how much around it is forgiven (core).
 */
#include <stdio.h>
#include <string.h>

#include "config/fold.h"
#include "config/reader.h"
#include "config/settings.h"
#include "config/texts_parts.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define WORD_SIGNS_MIN 2u
#define WORD_SIGNS_MAX 16u
#define CODE_LETTERS 4u /* an alert's code: four consonants */
#define WHERE_MAX 64

#define WORDS_KEY(name, doc)                                                                                           \
    {                                                                                                                  \
        name, KEY_TEXTS, 0, 1, 64, NULL, NULL, doc, NULL                                                               \
    }
/* The first COMMAND_VERB_COUNT keys stand in the order of the verbs. */
const struct key commands_keys[] = {
    WORDS_KEY("ok", "Takes the case."),
    WORDS_KEY("no", "Declines it: the next contact is alerted."),
    WORDS_KEY("end", "Closes the case."),
    WORDS_KEY("note", "Adds a note to the case."),
    WORDS_KEY("say", "Writes to the person."),
    WORDS_KEY("force", "Writes to the person although her rules hold it, with a reason."),
    WORDS_KEY("done", "Records that the person was reached."),
    WORDS_KEY("on", "The contact is on duty."),
    WORDS_KEY("off", "The contact is off duty."),
    { "language", KEY_TEXT, KEY_REQUIRED, 2, LANGUAGE_MAX - 1, NULL, NULL, "BCP 47 tag.", NULL },
    { .name = NULL },
};
static const char *const usual_words[COMMAND_VERB_COUNT] = {
    [COMMAND_TAKE] = "OK",
    [COMMAND_DECLINE] = "NO",
    [COMMAND_END] = "END",
    [COMMAND_NOTE] = "NOTE",
    [COMMAND_SAY] = "SAY",
    [COMMAND_FORCE] = "FORCE",
    [COMMAND_CONTACTED] = "DONE",
    [COMMAND_ON] = "ON",
    [COMMAND_OFF] = "OFF",
};
static const struct key no_keys[] = { { .name = NULL } };
static const char *const root_groups[] = { "commands", NULL };

const char *texts_command_word(enum command_verb verb)
{
    return verb < COMMAND_VERB_COUNT ? usual_words[verb] : "";
}

const char *command_key(enum command_verb verb)
{
    return commands_keys[verb].name;
}

/* ---- the set --------------------------------------------------------------------------------------------------- */

static const struct texts_word *find_word(const struct texts *texts, struct span word)
{
    for (unsigned i = 0; i < texts->word_count; i++)
        if (fold_equal(span_of(texts->words[i].word), word))
            return &texts->words[i];
    return NULL;
}

int texts_command(const struct texts *texts, struct span word)
{
    const struct texts_word *found = find_word(texts, word);
    return found ? (int)found->verb : -1;
}

int commands_add_usual(struct texts *texts)
{
    for (int verb = 0; verb < COMMAND_VERB_COUNT; verb++)
        texts->words[texts->word_count++] = (struct texts_word){ usual_words[verb], "", (enum command_verb)verb, 0 };
    return 0;
}

/* ---- one word -------------------------------------------------------------------------------------------------- */

/* A sign that would end the word where a person types it: blanks, digits, punctuation. */
static bool ends_word(uint32_t character)
{
    return character < 'A' || (character > 'Z' && character < 'a') || (character > 'z' && character < 0xaa) ||
           character == 0xbf || character == 0xd7 || character == 0xf7 ||
           (character >= 0x2000 && character <= 0x200b) || (character >= 0x200e && character <= 0x206f) ||
           (character >= 0x3000 && character <= 0x3002) || (character >= 0xff00 && character <= 0xff20) ||
           character == 0x060c || character == 0x061b || character == 0x061f || character == 0x0964 ||
           (character >= 0x1361 && character <= 0x1368);
}

static bool looks_like_code(struct span word)
{
    if (word.len != CODE_LETTERS)
        return false;
    for (size_t i = 0; i < word.len; i++)
        if (!strchr("bcdfghjklmnpqrstvwxyz", word.data[i] | 0x20))
            return false;
    return true;
}

/* Why a word cannot be one, or NULL. */
static const char *refuse_word(struct span word)
{
    size_t count = utf8_count(word);
    uint32_t character;
    if (count < WORD_SIGNS_MIN || count > WORD_SIGNS_MAX)
        return "must have 2 to 16 letters";
    for (size_t at = 0; at < word.len;) {
        at += utf8_decode(word.data + at, word.len - at, &character);
        if (ends_word(character))
            return "must be one word of letters";
    }
    return looks_like_code(word) ? "looks like the code of an alert (four consonants)" : NULL;
}

static int add_word(struct texts_build *build, const char *word, const char *language, enum command_verb verb, int line)
{
    struct texts *texts = build->texts;
    if (texts->word_count >= TEXTS_COMMANDS_MAX) {
        report_error(build->report, line, NULL, "more than %u words", TEXTS_COMMANDS_MAX);
        return 0;
    }
    char *copy = memory_copy(texts->memory, word), *tag = memory_copy(texts->memory, language);
    if (!copy || !tag)
        return ERR_NOMEM;
    texts->words[texts->word_count++] = (struct texts_word){ copy, tag, verb, line };
    return 0;
}

static int read_word(struct texts_build *build, const char *where, int line, const char *word, const char *language,
    enum command_verb verb)
{
    const struct texts_word *other = find_word(build->texts, span_of(word));
    const char *why = refuse_word(span_of(word));
    if (why) {
        report_error(build->report, line, where, "`%s`: `%s` %s", command_key(verb), word, why);
        return 0;
    }
    if (!other)
        return add_word(build, word, language, verb, line);
    if (other->verb != verb && other->line > 0)
        report_error(build->report, line, where, "`%s`: `%s` stands for `%s` already (%s, line %d)", command_key(verb),
            word, command_key(other->verb), other->language, other->line);
    else if (other->verb != verb)
        report_error(build->report, line, where, "`%s`: `%s` always stands for `%s`", command_key(verb), word,
            command_key(other->verb));
    return 0;
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

static int read_entry(struct texts_build *build, const struct conf_node *node, const char *where)
{
    struct reader reader = { .report = build->report };
    struct settings *settings = memory_settings(build->texts->memory, commands_keys);
    if (!settings)
        return ERR_NOMEM;
    int code = reader_read(
        &reader, &(struct reader_group){
                     .node = node, .where = where, .tables = { { commands_keys, settings } }, .table_count = 1 });
    for (int verb = 0; verb < COMMAND_VERB_COUNT && !code; verb++) {
        const char *key = command_key((enum command_verb)verb);
        const struct conf_node *list = conf_find(node, key);
        for (unsigned i = 0; i < settings_count(settings, key) && !code; i++)
            code = read_word(build, where, (int)conf_line(list), settings_item(settings, key, i),
                settings_text(settings, "language"), (enum command_verb)verb);
    }
    return code;
}

static int read_list(struct texts_build *build, const struct conf_node *list)
{
    int code = 0;
    if (conf_type(list) != CONF_LIST) {
        report_error(
            build->report, (int)conf_line(list), NULL, "`commands` must be a list of groups in round brackets");
        return 0;
    }
    for (unsigned i = 0; i < conf_count(list) && !code; i++) {
        char where[WHERE_MAX];
        snprintf(where, sizeof where, "commands[%u]", i);
        if (conf_type(conf_at(list, i)) == CONF_GROUP)
            code = read_entry(build, conf_at(list, i), where);
        else
            report_error(build->report, (int)conf_line(conf_at(list, i)), where, "this must be a group in braces");
    }
    return code;
}

int commands_read(struct texts_build *build, const struct conf *conf)
{
    struct reader reader = { .report = build->report };
    const struct conf_node *root = conf_root(conf), *list = conf_find(root, "commands");
    struct settings *settings = memory_settings(build->texts->memory, no_keys);
    if (!settings)
        return ERR_NOMEM;
    int code = reader_read(&reader,
        &(struct reader_group){
            .node = root, .where = "", .tables = { { no_keys, settings } }, .table_count = 1, .groups = root_groups });
    return code || !list ? code : read_list(build, list);
}
