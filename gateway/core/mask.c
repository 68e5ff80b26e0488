/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mask - see mask.h.
 * Why so careful with names: the words after "I am" are as often the trouble ("je suis enceinte", "si sir sinasaktan
 * ako") as a name, and a masked alert must still tell it. A cue that is always followed by a name hides two words
 * whatever they look like; one that is not hides what is written like a name.
 */
#include "gateway/core/mask.h"

#include <string.h>
#include <strings.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define DIGITS_SHOWN_MAX 3 /* "3 days", "2 years", "15" stay readable */
#define SEPARATORS_MAX 3   /* between two digits of one number: " - " */
#define NAME_WORDS 2       /* hidden after a cue, besides particles */
#define HAN_NAME_MAX 3     /* scalars of a name where no space ends it: family name and two more */
#define UNSPACED_NAME_MAX 12
#define HIDDEN "***"

enum cue_kind {
    CUE_NAME,   /* a name follows */
    CUE_MARKER, /* a name or a role ("si maam") follows */
    CUE_MAYBE   /* only what is written like a name is one */
};

/* How people introduce a name, in the languages of the lexicon; compared without ASCII case. Longest first where one
 * begins another. One that does not end in a space or colon is of a script without spaces and stands anywhere. */
static const struct cue {
    const char *text;
    enum cue_kind kind;
} cues[] = {
    { "my name is ", CUE_NAME },
    { "name is ", CUE_NAME },
    { "name: ", CUE_NAME },
    { "name:", CUE_NAME },
    { "i am called ", CUE_NAME },
    { "ako po si ", CUE_NAME },
    { "ako si ", CUE_NAME },
    { "ako c ", CUE_NAME },
    { "pangalan ko po ay ", CUE_NAME },
    { "pangalan ko ay ", CUE_NAME },
    { "pangalan ko ", CUE_NAME },
    { "nama saya ", CUE_NAME },
    { "namaku ", CUE_NAME },
    { "nama ku ", CUE_NAME },
    { "nama: ", CUE_NAME },
    { "nama:", CUE_NAME },
    { "jenengku ", CUE_NAME },
    { "ngalan ko ", CUE_NAME },
    { "mera naam ", CUE_NAME },
    { "mera nam ", CUE_NAME },
    { "mero naam ", CUE_NAME },
    { "mero nam ", CUE_NAME },
    { "amar naam ", CUE_NAME },
    { "amar nam ", CUE_NAME },
    { "mage nama ", CUE_NAME },
    { "en peyar ", CUE_NAME },
    { "en per ", CUE_NAME },
    { "naa peru ", CUE_NAME },
    { "na peru ", CUE_NAME },
    { "simey ", CUE_NAME },
    { "sime ", CUE_NAME },
    { "jina langu ni ", CUE_NAME },
    { "jina langu ", CUE_NAME },
    { "naitwa ", CUE_NAME },
    { "ana ismi ", CUE_NAME },
    { "ismi ", CUE_NAME },
    { "esmi ", CUE_NAME },
    { "je m'appelle ", CUE_NAME },
    { "mon nom est ", CUE_NAME },
    { "ten toi la ", CUE_NAME },
    { "tên tôi là ", CUE_NAME },
    { "em tên ", CUE_NAME },
    { "chan chue ", CUE_NAME },
    { "knyom chmuah ", CUE_NAME },
    { "maqaan koo ", CUE_NAME },
    { "ny anarako ", CUE_NAME },
    { "wo jiao ", CUE_NAME },
    { "أنا اسمي ", CUE_NAME },
    { "اسمي ", CUE_NAME },
    { "میرا نام ", CUE_NAME },
    { "मेरा नाम ", CUE_NAME },
    { "मेरो नाम ", CUE_NAME },
    { "আমার নাম ", CUE_NAME },
    { "මගේ නම ", CUE_NAME },
    { "என் பெயர் ", CUE_NAME },
    { "నా పేరు ", CUE_NAME },
    { "ስሜ ", CUE_NAME },
    { "ሽመይ ", CUE_NAME },
    { "我叫", CUE_NAME },
    { "我的名字是", CUE_NAME },
    { "ชื่อ", CUE_NAME },
    { "ຊື່", CUE_NAME },
    { "ឈ្មោះ", CUE_NAME },
    { "နာမည်", CUE_NAME },
    { "si ", CUE_MARKER },
    { "this is ", CUE_MAYBE },
    { "je suis ", CUE_MAYBE },
};

static const char *const particles[] = { "de", "da", "la", "dela", "del", "delos", "los", "san", "santa", "bin",
    "binti", "bint", "binte", "al", "el", "ibn", "abu", "van", "von", "po", "ay", "is", "ni" };
static const char *const roles[] = { "sir", "madam", "maam", "ma'am", "mam", "mr", "mrs", "amo", "boss", "mister",
    "kuya", "ate", "nanay", "tatay", "mama", "papa", "lola", "lolo" };

/* ---- characters ------------------------------------------------------------------------------------------------ */

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static bool is_ascii_word(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_word_char(uint32_t c)
{
    static const struct range breaks[] = { { 0x80, 0xa9 }, { 0xab, 0xb4 }, { 0xb6, 0xb9 }, { 0xbb, 0xbf },
        { 0x60c, 0x60c }, { 0x61b, 0x61b }, { 0x61f, 0x61f }, { 0x6d4, 0x6d4 }, { 0x964, 0x965 }, { 0x104a, 0x104b },
        { 0x1361, 0x1368 }, { 0x17d4, 0x17d6 }, { 0x2000, 0x200a }, { 0x200e, 0x206f }, { 0x3000, 0x3004 },
        { 0x3008, 0x303f }, { 0xfeff, 0xfeff }, { 0xff01, 0xff0f }, { 0xff1a, 0xff20 } };
    return c > 0x7f ? !is_in(breaks, STR_COUNT(breaks), c) : is_ascii_word(c);
}

static bool is_han(uint32_t c)
{
    return c >= 0x3400 && c <= 0x9fff;
}

/* Thai, Lao, Burmese, Khmer */
static bool is_unspaced(uint32_t c)
{
    static const struct range ranges[] = { { 0xe00, 0xeff }, { 0x1000, 0x109f }, { 0x1780, 0x17ff } };
    return is_han(c) || is_in(ranges, STR_COUNT(ranges), c);
}

/* Decimal digits of the scripts people text in. */
static bool is_digit(uint32_t c)
{
    static const uint32_t zeros[] = { '0', 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
        0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6 };
    for (size_t i = 0; i < STR_COUNT(zeros); i++)
        if (c >= zeros[i] && c <= zeros[i] + 9)
            return true;
    return false;
}

/* What people and keyboards put between the digits of a number; also what nobody sees. */
static bool joins_digits(uint32_t c)
{
    static const struct range joints[] = { { 0xa0, 0xa0 }, { 0x200b, 0x200f }, { 0x2010, 0x2015 }, { 0x202a, 0x202f },
        { 0x2066, 0x2069 }, { 0x2212, 0x2212 }, { 0xfeff, 0xfeff }, { 0xfe0f, 0xfe0f }, { 0x20e3, 0x20e3 } };
    return (c && c < 0x80 && strchr(" \t-./()_*+", (int)c)) || is_in(joints, STR_COUNT(joints), c);
}

/* ---- numbers and addresses ------------------------------------------------------------------------------------- */

/* A comma is part of a number only right between two digits: "412, 2 years" are two. */
static bool is_inner_comma(struct span text, size_t at)
{
    uint32_t next;
    if (text.data[at] != ',' || at + 1 >= text.len)
        return false;
    (void)utf8_decode(text.data + at + 1, text.len - at - 1, &next);
    return is_digit(next);
}

/* Bytes of a number at text and how many digits it has. */
static size_t number_len(struct span text, unsigned *ret_digits)
{
    size_t end = 0, at = 0;
    unsigned digits = 0, joints = 0;
    while (at < text.len) {
        uint32_t c;
        size_t n = utf8_decode(text.data + at, text.len - at, &c);
        if (is_digit(c)) {
            digits++;
            end = at + n;
            joints = 0;
        } else if (!(joins_digits(c) || is_inner_comma(text, at)) || ++joints > SEPARATORS_MAX) {
            break;
        }
        at += n;
    }
    *ret_digits = digits;
    return end;
}

/* Bytes of a run of visible ASCII: what a link or a mail address is made of, also between words of other scripts. */
static size_t token_len(struct span text)
{
    size_t n = 0;
    while (n < text.len && text.data[n] > ' ' && text.data[n] < 0x7f)
        n++;
    return n;
}

static bool is_domain_end(const char *label, size_t len, char next)
{
    static const char *const endings[] = { "com", "org", "net" };
    if (next == '/' && len >= 2 && len <= 6)
        return true;
    for (size_t i = 0; i < STR_COUNT(endings); i++)
        if (len == strlen(endings[i]) && !strncasecmp(label, endings[i], len))
            return true;
    return false;
}

/* "fb.com", "t.me/name"; not "food.please" */
static bool has_domain(struct span token)
{
    for (size_t i = 1; i < token.len; i++) {
        size_t len = 0;
        if (token.data[i] != '.' || !is_ascii_word((unsigned char)token.data[i - 1]))
            continue;
        while (i + 1 + len < token.len && is_ascii_word((unsigned char)token.data[i + 1 + len]))
            len++;
        if (is_domain_end(token.data + i + 1, len, i + 1 + len < token.len ? token.data[i + 1 + len] : '\0'))
            return true;
    }
    return false;
}

static bool is_address(struct span token)
{
    const char *at = memchr(token.data, '@', token.len);
    if (at && at + 1 < token.data + token.len && is_ascii_word((unsigned char)at[1]))
        return true;
    return memmem(token.data, token.len, "://", 3) || memmem(token.data, token.len, "www.", 4) || has_domain(token);
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

static const struct cue *find_cue(struct span text, bool is_word_start)
{
    for (size_t i = 0; i < STR_COUNT(cues); i++) {
        size_t n = strlen(cues[i].text);
        bool is_anywhere = !strchr(" :", cues[i].text[n - 1]);
        if ((is_word_start || is_anywhere) && n <= text.len && !strncasecmp(text.data, cues[i].text, n))
            return &cues[i];
    }
    return NULL;
}

/* Bytes of one word of a name; '.' belongs to it only after an initial. */
static size_t word_len(struct span text)
{
    size_t at = 0;
    unsigned scalars = 0;
    while (at < text.len) {
        uint32_t c;
        size_t n = utf8_decode(text.data + at, text.len - at, &c);
        bool is_full = is_han(c) ? scalars >= HAN_NAME_MAX : is_unspaced(c) && scalars >= UNSPACED_NAME_MAX;
        bool is_joint = scalars && (c == '\'' || c == '-' || c == 0x2019 || (c == '.' && scalars == 1));
        if (is_full || !(is_word_char(c) || is_joint))
            break;
        at += n;
        scalars++;
    }
    return at;
}

static bool is_one_of(struct span word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (word.len == strlen(words[i]) && !strncasecmp(word.data, words[i], word.len))
            return true;
    return false;
}

/* "Maria", not "maria" and not "MARIA". */
static bool is_capitalised(struct span word)
{
    return word.len > 1 && word.data[0] >= 'A' && word.data[0] <= 'Z' && !(word.data[1] >= 'A' && word.data[1] <= 'Z');
}

static bool is_name_word(enum cue_kind kind, unsigned index, struct span word)
{
    if (kind == CUE_NAME || is_capitalised(word))
        return true;
    return kind == CUE_MARKER && index == 0 && !is_one_of(word, roles, STR_COUNT(roles));
}

/* Bytes of the name that follows a cue. */
static size_t name_len(enum cue_kind kind, struct span text)
{
    size_t at = 0, end = 0;
    for (unsigned words = 0; words < NAME_WORDS;) {
        while (at < text.len && text.data[at] == ' ')
            at++;
        struct span word = { text.data + at, word_len((struct span){ text.data + at, text.len - at }) };
        bool is_particle = is_one_of(word, particles, STR_COUNT(particles));
        if (!word.len || !(is_particle || is_name_word(kind, words, word)))
            break;
        at += word.len;
        words += !is_particle;
        end = is_particle ? end : at;
        if (at < text.len && text.data[at] != ' ')
            break;
    }
    return end;
}

/* ---- the text -------------------------------------------------------------------------------------------------- */

/* Bytes at the front of text that are shown, then bytes that are hidden. One of the two is not 0. */
static size_t next_part(struct span text, bool is_word_start, bool is_token_start, size_t *ret_hidden)
{
    uint32_t c;
    size_t n = utf8_decode(text.data, text.len, &c), token = is_token_start ? token_len(text) : 0;
    const struct cue *cue = find_cue(text, is_word_start);
    unsigned digits = 0;
    *ret_hidden = 0;
    if (token && is_address((struct span){ text.data, token })) {
        *ret_hidden = token;
        return 0;
    }
    if (cue) {
        size_t len = strlen(cue->text);
        *ret_hidden = name_len(cue->kind, (struct span){ text.data + len, text.len - len });
        return len;
    }
    size_t number = is_digit(c) ? number_len(text, &digits) : 0;
    if (digits <= DIGITS_SHOWN_MAX)
        return number ? number : n;
    *ret_hidden = number;
    return 0;
}

void mask_text(struct span text, struct buf *out)
{
    bool is_word_start = true, is_token_start = true;
    while (text.len) {
        size_t hidden, shown = next_part(text, is_word_start, is_token_start, &hidden);
        buf_add(out, text.data, shown);
        if (hidden)
            buf_add_text(out, HIDDEN);
        /* The last scalar decides whether a word can begin after it. */
        size_t last = shown + hidden - 1;
        while (last > 0 && ((unsigned char)text.data[last] & 0xc0) == 0x80)
            last--;
        uint32_t c;
        (void)utf8_decode(text.data + last, text.len - last, &c);
        is_word_start = !is_word_char(c);
        is_token_start = c <= ' ' || c > 0x7e; /* once a run: an address is looked for in all of it */
        text = (struct span){ text.data + shown + hidden, text.len - shown - hidden };
    }
}
