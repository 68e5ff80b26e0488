/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain - see explain.h.
 * Why:   whoever edits words must see at once which of them fired and why the answer is not the wanted one.
 */
#include "gateway/core/triage/explain.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/reading.h"
#include "gateway/json/json.h"

#define LINE_BYTES_MAX 65536

static void add_words(struct buf *out, const char *title, uint32_t set, unsigned first, unsigned count)
{
    if (!set)
        return;
    buf_add_format(out, "  %s", title);
    for (unsigned i = 0, n = 0; i < count; i++)
        if (set >> i & 1)
            buf_add_format(out, "%s%s", n++ ? ", " : "", label_word(first + i));
}

static void add_answer(const struct reading *r, const struct triage *t, struct buf *out)
{
    buf_add_format(out, "  language %s", t->language);
    if (t->second_language[0])
        buf_add_format(out, " (or %s)", t->second_language);
    buf_add_format(out, "  intent %s", intent_word(t->intent));
    add_words(out, "categories ", t->categories, 0, CATEGORY_COUNT);
    add_words(out, "flags ", t->flags, LABEL_OF_FLAG, FLAG_COUNT);
    buf_add_format(out, "  urgency %s%s\n", urgency_word(t->urgency),
        r->verdict.is_critical && t->urgency != URGENCY_critical ? " (body or life at risk, taken back)" : "");
}

static const char *kind_of(unsigned label)
{
    return label < LABEL_OF_FLAG      ? "category"
           : label < LABEL_OF_INTENT  ? "flag"
           : label < LABEL_OF_CONCEPT ? "intent"
           : label < LABEL_OF_PLACE   ? "concept"
                                      : "place";
}

static void add_quoted(struct buf *out, struct span text, unsigned start, unsigned len)
{
    buf_add_char(out, '"');
    if ((size_t)start + len <= text.len)
        str_add_visible(out, (struct span){ text.data + start, len });
    buf_add_char(out, '"');
}

static void add_mark(
    const struct lexicon *lexicon, const struct reading *r, const struct mark *mark, struct span text, struct buf *out)
{
    static const char *const passes[] = {
        [MATCH_EXACT] = "exact", [MATCH_SOUND] = "by sound", [MATCH_LETTER] = "one letter off"
    };
    const struct lexicon_entry *entry = &lexicon->entries[mark->entry];
    buf_add_format(out, "    byte %u ", mark->start);
    add_quoted(out, text, mark->start, mark->len);
    buf_add_format(out, "  %s %s  weight %u  %s  %s:%u", kind_of(mark->label), label_word(mark->label), mark->weight,
        passes[mark->pass], lexicon->languages[entry->language].file, entry->line);
    if (lexicon->sources)
        buf_add_format(out, " \"%s\"", lexicon->sources[mark->entry]);
    const struct mark *negator = mark->label == LABEL_OF_CONCEPT + CONCEPT_neg ? NULL : scene_negator(&r->scene, mark);
    if (negator) {
        buf_add_text(out, "  after a denial: ");
        add_quoted(out, text, negator->start, negator->len);
    }
    buf_add_char(out, '\n');
}

static void add_marks(const struct lexicon *lexicon, const struct reading *r, struct span text, struct buf *out)
{
    if (r->matches.count == 0) {
        buf_add_text(out, "  nothing of the lexicon was found\n");
        return;
    }
    buf_add_text(out, "  found:\n");
    for (unsigned i = 0; i < r->matches.count; i++)
        add_mark(lexicon, r, &r->matches.marks[i], text, out);
}

static void add_rules(const struct reading *r, struct span text, struct buf *out)
{
    if (r->verdict.fired_count)
        buf_add_text(out, "  rules:\n");
    for (unsigned i = 0; i < r->verdict.fired_count; i++) {
        const struct fired *f = &r->verdict.fired[i];
        buf_add_format(
            out, "    %s +%u: %s ", category_word((enum category)f->category), f->weight, label_word(f->first->label));
        add_quoted(out, text, f->first->start, f->first->len);
        if (f->second) {
            buf_add_format(out, " with %s ", label_word(f->second->label));
            add_quoted(out, text, f->second->start, f->second->len);
        }
        buf_add_char(out, '\n');
    }
}

static void add_facts(const struct triage *t, struct span text, struct buf *out)
{
    unsigned count = 0;
    for (unsigned i = 0; i < t->evidence_count; i++) {
        const struct evidence *e = &t->evidence[i];
        if (e->kind != LABEL_FACT)
            continue;
        buf_add_format(out, "%s%s ", count++ ? ", " : "  facts: ", fact_word((enum fact)e->label));
        add_quoted(out, text, e->start, e->len);
    }
    if (t->country[0])
        buf_add_format(out, ", country %s", t->country);
    buf_add_text(out, count ? "\n" : "");
}

static void add_weights(const struct reading *r, struct buf *out)
{
    unsigned count = 0;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
        if (!r->verdict.weight[c])
            continue;
        buf_add_format(out, "%s%s %u%s", count++ ? ", " : "  weights: ", category_word((enum category)c),
            r->verdict.weight[c], r->verdict.weight[c] < RULES_ENOUGH ? " (too little)" : "");
    }
    buf_add_text(out, count ? "\n" : "");
}

void explain_text(const struct lexicon *lexicon, struct span text, struct buf *out)
{
    struct reading r;
    struct triage t;
    reading_take(lexicon, text, NULL, 0, &r, &t);
    add_quoted(out, text, 0, (unsigned)(text.len > NORMAL_BYTES_MAX ? NORMAL_BYTES_MAX : text.len));
    buf_add_char(out, '\n');
    add_answer(&r, &t, out);
    add_marks(lexicon, &r, text, out);
    add_rules(&r, text, out);
    add_weights(&r, out);
    add_facts(&t, text, out);
}

/* The text of a line: of its object, or the line itself. */
static void explain_line(const struct lexicon *lexicon, struct span line, struct buf *out)
{
    AUTO_JSON *object = line.len && line.data[0] == '{' ? json_read(line, NULL) : NULL;
    const char *text = object ? json_text(object, "text", NULL) : NULL;
    explain_text(lexicon, text ? span_of(text) : line, out);
}

int explain_run(FILE *in, FILE *out, const struct lexicon *lexicon)
{
    AUTO_FREE char *line = malloc(LINE_BYTES_MAX);
    AUTO_BUF answer;
    buf_init(&answer, EXPLAIN_BYTES_MAX);
    if (!line)
        return ERR_NOMEM;
    while (fgets(line, LINE_BYTES_MAX, in)) {
        buf_clear(&answer);
        explain_line(lexicon, (struct span){ line, strcspn(line, "\r\n") }, &answer);
        buf_add_char(&answer, '\n');
        if (buf_check(&answer) || fwrite(answer.data, 1, answer.len, out) != answer.len || fflush(out))
            return ERR_IO;
    }
    return ferror(in) ? ERR_IO : 0;
}
