/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * normalise - see normalise.h.
 * Why:   utf8proc is exact but allocates and loses offsets; so its answers for single characters are tabled at load
 *        time, and only a combining mark or an expanding character calls it again.
 */
#include "gateway/core/triage/normalise.h"

#include <string.h>
#include <utf8proc.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/triage/zawgyi.h"

#define EXPANDS 0xFFFFu
#define EXPANSION_MAX 24
#define CLUSTER_MAX 12
#define SETTLE_ROUNDS 4u /* folding may bring pieces together that settling joins, and once more */
#define RUN_MAX 2u       /* equal letters in a row that are kept */

static const struct {
    uint16_t first, last;
    uint8_t script;
} scripts[] = {
    { 0x0041, 0x024F, SCRIPT_LATIN },
    { 0x0300, 0x036F, SCRIPT_LATIN },
    { 0x0400, 0x052F, SCRIPT_CYRILLIC },
    { 0x0600, 0x06FF, SCRIPT_ARABIC },
    { 0x0750, 0x077F, SCRIPT_ARABIC },
    { 0x0900, 0x097F, SCRIPT_DEVANAGARI },
    { 0x0980, 0x09FF, SCRIPT_BENGALI },
    { 0x0A00, 0x0A7F, SCRIPT_GURMUKHI },
    { 0x0B80, 0x0BFF, SCRIPT_TAMIL },
    { 0x0C00, 0x0C7F, SCRIPT_TELUGU },
    { 0x0D00, 0x0D7F, SCRIPT_MALAYALAM },
    { 0x0D80, 0x0DFF, SCRIPT_SINHALA },
    { 0x0E00, 0x0E7F, SCRIPT_THAI },
    { 0x0E80, 0x0EFF, SCRIPT_LAO },
    { 0x1000, 0x109F, SCRIPT_MYANMAR },
    { 0x1200, 0x139F, SCRIPT_ETHIOPIC },
    { 0x1780, 0x17FF, SCRIPT_KHMER },
    { 0x1E00, 0x1EFF, SCRIPT_LATIN },
    { 0x2D80, 0x2DDF, SCRIPT_ETHIOPIC },
    { 0x3040, 0x30FF, SCRIPT_KANA },
    { 0x3400, 0x9FFF, SCRIPT_HAN },
    { 0xA9E0, 0xA9FF, SCRIPT_MYANMAR },
    { 0xAA60, 0xAA7F, SCRIPT_MYANMAR },
    { 0xAC00, 0xD7AF, SCRIPT_HANGUL },
    { 0xF900, 0xFAFF, SCRIPT_HAN },
};

/* The zero of every decimal digit block that the phones of our users write. */
static const uint16_t digit_zeros[] = { 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66,
    0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810 };

bool script_is_unspaced(enum script script)
{
    return script == SCRIPT_THAI || script == SCRIPT_LAO || script == SCRIPT_KHMER || script == SCRIPT_MYANMAR ||
           script == SCRIPT_HAN || script == SCRIPT_KANA;
}

/* Marks and letters that nobody sees: the grapheme joiner, the Arabic stretcher, fillers of Hangul, inherent vowels of
 * Khmer, variation selectors. */
static bool is_unseen(uint16_t c)
{
    return c == 0x034F || c == 0x0640 || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 || c == 0x3164 ||
           c == 0xFFA0 || (c >= 0xFE00 && c <= 0xFE0F);
}

static enum normal_kind kind_of(uint16_t c)
{
    if (c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0x02BB || c == 0x0060 || c == 0x00B4 ||
        c == 0x055A || c == 0xFF07)
        return NORMAL_APOSTROPHE;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return is_unseen(c) ? NORMAL_IGNORED : NORMAL_LETTER;
    case UTF8PROC_CATEGORY_ND:
        /* digits of Shan are letters of Zawgyi */
        return c >= 0x1090 && c <= 0x1099 ? NORMAL_LETTER : NORMAL_DIGIT;
    case UTF8PROC_CATEGORY_CF:
        return NORMAL_IGNORED;
    default:
        return NORMAL_OTHER;
    }
}

/* NFKC with case folding of one character; returns the number of results (0 = nothing is left). */
static int expand(uint32_t c, utf8proc_int32_t *out)
{
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)c, out, EXPANSION_MAX,
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STABLE | UTF8PROC_IGNORE, &boundary);
    if (n <= 0 || n > EXPANSION_MAX)
        return 0;
    n = utf8proc_normalize_utf32(out, n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    return n > 0 ? (int)n : 0;
}

static bool is_mark_dropped(uint16_t c)
{
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0610 && c <= 0x061A) || (c >= 0x064B && c <= 0x065F) ||
           c == 0x0670 || (c >= 0x06D6 && c <= 0x06ED) || (c >= 0x08D3 && c <= 0x08FF) || c == 0x093C || c == 0x09BC ||
           c == 0x0A3C;
}

static uint16_t folded_of(uint16_t c)
{
    if (is_mark_dropped(c))
        return 0;
    if (!((c >= 0x00C0 && c <= 0x024F) || (c >= 0x1E00 && c <= 0x1EFF) || (c >= 0x0622 && c <= 0x0626) || c == 0x06C0 ||
            c == 0x06C2 || c == 0x06D3))
        return c;
    utf8proc_int32_t out[EXPANSION_MAX];
    int boundary = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char(c, out, EXPANSION_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &boundary);
    c = n > 0 && out[0] < 0x10000 ? (uint16_t)out[0] : c;
    switch (c) {
    case 0x0111:
        return 'd';
    case 0x0142:
        return 'l';
    case 0x00F8:
        return 'o';
    case 0x0131:
        return 'i';
    default:
        return c;
    }
}

static uint16_t plain_of(uint16_t c)
{
    /* Thai and Lao AM would fall into two marks; nobody types them so */
    if (c == 0x0E33 || c == 0x0EB3)
        return c;
    utf8proc_int32_t out[EXPANSION_MAX];
    int n = expand(c, out);
    if (n == 0)
        return 0;
    return n == 1 && out[0] < 0xFFFF ? (uint16_t)out[0] : EXPANDS;
}

static bool is_mark(uint16_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || c == 0x0E32 || c == 0x0E33 ||
           c == 0x0E30 || c == 0x0EB0 || c == 0x0EB2 || c == 0x0EB3; /* vowels that Unicode calls letters */
}

static void set_scripts(struct normal_table *table)
{
    memset(table->script, SCRIPT_OTHER, sizeof table->script);
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        memset(table->script + scripts[i].first, scripts[i].script, (size_t)(scripts[i].last - scripts[i].first) + 1);
}

static void set_digits(struct normal_table *table)
{
    for (size_t i = 0; i < sizeof digit_zeros / sizeof digit_zeros[0]; i++)
        for (uint16_t d = 0; d < 10; d++)
            table->plain[digit_zeros[i] + d] = (uint16_t)('0' + d);
}

void normal_table_init(struct normal_table *table)
{
    set_scripts(table);
    for (uint32_t c = 0; c < 0x10000; c++) {
        bool is_identity = (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3);
        bool is_nothing = c == 0 || c == 0xFFFF || (c >= 0xD800 && c <= 0xF8FF);
        table->kind[c] = is_nothing ? NORMAL_OTHER : is_identity ? NORMAL_LETTER : (uint8_t)kind_of((uint16_t)c);
        table->plain[c] = is_nothing ? 0xFFFD : is_identity ? (uint16_t)c : plain_of((uint16_t)c);
        table->folded[c] = is_identity ? (uint16_t)c : folded_of((uint16_t)c);
        table->is_mark[c] = !is_nothing && !is_identity && is_mark((uint16_t)c);
        if (table->kind[c] == NORMAL_APOSTROPHE)
            table->plain[c] = '\'';
        else if (table->kind[c] == NORMAL_IGNORED)
            table->plain[c] = 0;
    }
    set_digits(table);
    marks_init(&table->marks);
}

int normal_table_merge(struct normal_table *table, const char *letters)
{
    size_t len = strlen(letters), at = 0;
    uint16_t first = 0;
    unsigned count = 0;
    while (at < len) {
        uint32_t c;
        at += utf8_decode(letters + at, len - at, &c);
        if (c == ' ')
            continue;
        if (c < 0x80 || c >= 0xFFFD)
            return ERR_INVALID;
        if (count++ == 0)
            first = (uint16_t)c;
        /* letters with a hamza go where their letter goes */
        for (unsigned other = 0x0622; other <= 0x06D3; other++)
            if (table->folded[other] == c)
                table->folded[other] = first;
        table->folded[c] = first;
    }
    return count >= 2 ? 0 : ERR_INVALID;
}

struct writer {
    const struct normal_table *table;
    struct normal *out;
    uint16_t last;
    unsigned run;
    bool has_signs, is_zawgyi;
};

static void put_plain(struct writer *w, uint32_t c, size_t start)
{
    struct normal *n = w->out;
    if (c == 0)
        return;
    if (c > 0xFFFD)
        c = 0xFFFD;
    uint16_t unit = (uint16_t)c;
    bool is_letter = w->table->kind[unit] == NORMAL_LETTER;
    w->run = unit == w->last && is_letter ? w->run + 1 : 1;
    w->last = unit;
    if (w->run > RUN_MAX || n->plain_len >= NORMAL_CHARS_MAX)
        return;
    n->plain[n->plain_len] = unit;
    n->plain_start[n->plain_len++] = (uint16_t)start;
}

/* Marks that may join the letter before them into one (NFC) and that marks does not know. */
static bool is_joining(uint32_t c)
{
    if (c >= 0x0300 && c <= 0x036F)
        return true;
    switch (c) {
    case 0x0653:
    case 0x0654:
    case 0x0655:
        return true;
    default:
        return false;
    }
}

static bool may_join(const struct normal_table *table, uint16_t c)
{
    return c >= 0x0300 && (is_joining(c) || marks_is_joining(&table->marks, c));
}

static void sort_marks(utf8proc_int32_t *chars, int count)
{
    for (int i = 1; i < count; i++) {
        int class = utf8proc_get_property(chars[i])->combining_class;
        int j = i;
        while (class > 0 && j > 0 && utf8proc_get_property(chars[j - 1])->combining_class > class) {
            utf8proc_int32_t swap = chars[j];
            chars[j] = chars[j - 1];
            chars[j - 1] = swap;
            j--;
        }
    }
}

/* Composes a mark with the last plain character; false when the two do not become one. */
static bool join_mark(struct writer *w, uint32_t mark)
{
    struct normal *n = w->out;
    uint16_t whole = n->plain_len && mark < 0x10000 ? marks_join(n->plain[n->plain_len - 1], (uint16_t)mark) : 0;
    if (whole) {
        n->plain[n->plain_len - 1] = w->last = whole;
        return true;
    }
    if (n->plain_len == 0 || !is_joining(mark))
        return false;
    utf8proc_int32_t chars[CLUSTER_MAX];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        n->plain[n->plain_len - 1], chars, CLUSTER_MAX - 1, UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &boundary);
    if (count <= 0 || count >= CLUSTER_MAX)
        return false;
    chars[count++] = (utf8proc_int32_t)mark;
    sort_marks(chars, (int)count);
    if (utf8proc_normalize_utf32(chars, count, UTF8PROC_STABLE | UTF8PROC_COMPOSE) != 1 || chars[0] > 0xFFFD)
        return false;
    n->plain[n->plain_len - 1] = (uint16_t)chars[0];
    w->last = (uint16_t)chars[0];
    return true;
}

static void put_expanded(struct writer *w, uint32_t c, size_t start)
{
    utf8proc_int32_t out[EXPANSION_MAX];
    int count = expand(c, out);
    for (int i = 0; i < count; i++)
        put_plain(w, (uint32_t)out[i], start);
}

static void make_plain(struct writer *w, struct span text)
{
    struct normal *n = w->out;
    size_t at = 0;
    while (at < text.len && n->plain_len < NORMAL_CHARS_MAX) {
        uint32_t c;
        size_t start = at;
        at += utf8_decode(text.data + at, text.len - at, &c);
        if (c < 0x10000 && w->table->plain[c] != EXPANDS) {
            uint16_t unit = w->table->plain[c];
            if (!may_join(w->table, unit) || !join_mark(w, unit))
                put_plain(w, unit, start);
        } else {
            put_expanded(w, c, start);
        }
        n->has_question |= c == '?' || c == 0x061F || c == 0xFF1F || c == 0x055E || c == 0x1367;
        n->has_exclamation |= c == '!' || c == 0xFF01;
    }
    n->is_cut |= at < text.len;
    n->plain_start[n->plain_len] = (uint16_t)at;
}

static bool is_sentence_end(uint16_t c)
{
    return c == '.' || c == '!' || c == '?' || c == ';' || c == '\n' || c == 0x061F || c == 0x06D4 || c == 0x0964 ||
           c == 0x1362 || c == 0x104B || c == 0x17D4 || c == 0x3002;
}

/* Vietnamese is written either with all its marks or with none; with them the marks tell the words apart. */
static bool is_vietnamese(uint16_t c)
{
    return (c >= 0x1EA0 && c <= 0x1EF9) || c == 0x01A1 || c == 0x01B0 || c == 0x0111 || c == 0x0103;
}

/* Whose letters carry signs in more than one order. */
static const uint8_t signed_scripts[] = { SCRIPT_DEVANAGARI, SCRIPT_BENGALI, SCRIPT_GURMUKHI, SCRIPT_TAMIL,
    SCRIPT_TELUGU, SCRIPT_MALAYALAM, SCRIPT_SINHALA, SCRIPT_THAI, SCRIPT_LAO, SCRIPT_MYANMAR, SCRIPT_KHMER };

static void count_letters(struct writer *w)
{
    struct normal *n = w->out;
    memset(n->script_count, 0, sizeof n->script_count);
    n->keeps_marks = false;
    for (unsigned i = 0; i < n->plain_len; i++) {
        uint16_t c = n->plain[i];
        if (w->table->kind[c] == NORMAL_LETTER)
            n->script_count[w->table->script[c]]++;
        n->keeps_marks |= is_vietnamese(c);
    }
    w->has_signs = false;
    for (unsigned i = 0; i < STR_COUNT(signed_scripts); i++)
        w->has_signs |= n->script_count[signed_scripts[i]] > 0;
    w->is_zawgyi = n->script_count[SCRIPT_MYANMAR] > 0 && zawgyi_is_likely(n->plain, n->plain_len);
}

static uint16_t fold_char(const struct writer *w, uint16_t c)
{
    bool is_loose = c >= 0x0300 && c <= 0x036F; /* a mark that no letter took */
    if (w->out->keeps_marks && w->table->script[c] == SCRIPT_LATIN && !is_loose)
        return c;
    return w->table->folded[c];
}

static bool is_third(const struct normal *n, uint16_t c)
{
    return n->folded[n->folded_len - 1] == c && n->folded_len > 1 && n->folded[n->folded_len - 2] == c;
}

static void put_folded(struct normal *n, uint16_t c, unsigned from, unsigned position)
{
    n->folded[n->folded_len] = c;
    n->folded_from[n->folded_len] = (uint16_t)from;
    n->position[n->folded_len++] = (uint16_t)position;
}

static bool fold_word(const struct writer *w, struct marks_word *word)
{
    unsigned len = 0;
    bool is_changed = false;
    for (unsigned i = 0; i < word->len; i++) {
        uint16_t c = fold_char(w, word->chars[i]);
        is_changed |= c != word->chars[i];
        if (c == 0 ||
            (len > 1 && word->chars[len - 1] == c && word->chars[len - 2] == c && w->table->kind[c] == NORMAL_LETTER))
            continue;
        word->chars[len] = c;
        word->from[len++] = word->from[i];
    }
    is_changed |= len != word->len;
    word->len = len;
    return is_changed;
}

/* Characters to one window step where words are not spaced. */
static unsigned chars_per_step(enum script script)
{
    return script == SCRIPT_HAN || script == SCRIPT_KANA ? 2 : script_is_unspaced(script) ? 4 : 0;
}

/* Folds the word from folded[at], the last that was read; plain was read up to `read`. Zawgyi is rewritten first; then
 * signs are put in order and letters folded until neither changes anything. */
static void settle_token(struct writer *w, unsigned at, unsigned read, unsigned position, unsigned step)
{
    struct normal *n = w->out;
    unsigned rest = n->plain_len - read + NORMAL_TOKENS_MAX - n->token_count; /* what may still follow */
    struct marks_word word = { n->folded + at, n->folded_from + at, n->folded_len - at, NORMAL_FOLDED_MAX - at - rest };
    if (w->is_zawgyi)
        zawgyi_convert(&word);
    bool is_changed = true;
    for (unsigned round = 0; round < SETTLE_ROUNDS && is_changed; round++) {
        is_changed = marks_settle(&w->table->marks, &word);
        is_changed |= fold_word(w, &word);
    }
    n->folded_len = at + word.len;
    for (unsigned i = 0; i < word.len; i++)
        n->position[at + i] = (uint16_t)(position + (step ? i / step : 0));
}

/* Reads one word from plain[at]; returns the index after it. A change between a spaced and an unspaced script ends a
 * word. */
static unsigned read_token(struct writer *w, unsigned at, unsigned *position, unsigned clause)
{
    struct normal *n = w->out;
    const struct normal_table *t = w->table;
    struct normal_token token = {
        .plain_at = (uint16_t)at, .folded_at = (uint16_t)n->folded_len, .clause = (uint16_t)clause
    };
    token.script = t->script[n->plain[at]];
    token.position = (uint16_t)*position;
    unsigned step = chars_per_step(token.script), i = at, written = 0;
    bool is_unspaced = script_is_unspaced(token.script);
    for (; i < n->plain_len; i++) {
        uint16_t c = n->plain[i];
        enum normal_kind kind = t->kind[c];
        if (kind != NORMAL_LETTER && kind != NORMAL_DIGIT && kind != NORMAL_APOSTROPHE)
            break;
        if (kind == NORMAL_LETTER && script_is_unspaced(t->script[c]) != is_unspaced && token.has_letter)
            break;
        if (kind == NORMAL_LETTER && !token.has_letter) {
            token.has_letter = true;
            token.script = t->script[c];
            is_unspaced = script_is_unspaced(token.script);
            step = chars_per_step(token.script);
        }
        uint16_t folded = kind == NORMAL_APOSTROPHE ? 0 : fold_char(w, c);
        if (folded && !(kind == NORMAL_LETTER && is_third(n, folded)))
            put_folded(n, w->has_signs ? c : folded, i, *position + (step ? written++ / step : 0));
    }
    if (w->has_signs)
        settle_token(w, token.folded_at, i, *position, step);
    token.plain_len = (uint16_t)(i - at);
    token.folded_len = (uint16_t)(n->folded_len - token.folded_at);
    if (token.folded_len) {
        *position = n->position[n->folded_len - 1] + 1u;
        put_folded(n, NORMAL_SPACE, i, *position);
        n->tokens[n->token_count++] = token;
    }
    return i;
}

static void make_folded(struct writer *w)
{
    struct normal *n = w->out;
    unsigned position = 0, clause = 0, i = 0;
    n->folded_len = n->token_count = 0;
    put_folded(n, NORMAL_SPACE, 0, 0);
    while (i < n->plain_len && n->token_count < NORMAL_TOKENS_MAX) {
        enum normal_kind kind = w->table->kind[n->plain[i]];
        if (kind == NORMAL_LETTER || kind == NORMAL_DIGIT) {
            i = read_token(w, i, &position, clause);
            continue;
        }
        clause += is_sentence_end(n->plain[i]);
        i++;
    }
}

void normalise_text(const struct normal_table *table, struct span text, struct normal *ret)
{
    struct writer w = { .table = table, .out = ret };
    ret->plain_len = 0;
    ret->has_question = ret->has_exclamation = false;
    ret->is_cut = text.len > NORMAL_BYTES_MAX;
    if (ret->is_cut)
        text.len = utf8_prefix(text, NORMAL_BYTES_MAX);
    make_plain(&w, text);
    count_letters(&w);
    make_folded(&w);
}
