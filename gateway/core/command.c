/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command - see command.h. */
#include "gateway/core/command.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define CASE_DIGITS_MIN 4
#define CASE_DIGITS_MAX 12
#define HEAD_PIECES 3 /* word, number, code */

enum piece_kind { PIECE_END, PIECE_WORD, PIECE_NUMBER };

struct piece {
    enum piece_kind kind;
    struct span text;
    size_t end; /* offset behind it */
};

/* The first digit of the ten in scripts whose keyboards write their own. */
static const uint32_t zeros[] = { '0', 0x0660, 0x06f0, 0x0966, 0x09e6, 0x0be6, 0x0c66, 0x0e50, 0x0ed0, 0x1040, 0x17e0,
    0xff10 };

static int digit_of(uint32_t c)
{
    for (size_t i = 0; i < STR_COUNT(zeros); i++)
        if (c >= zeros[i] && c <= zeros[i] + 9)
            return (int)(c - zeros[i]);
    return -1;
}

/* Letters of any script: beyond ASCII everything counts but digits, blanks and the usual signs. */
static bool is_letter(uint32_t c)
{
    static const uint32_t signs[] = { 0x60c, 0x61b, 0x61f, 0x6d4, 0x964, 0x965, 0x1362, 0x1363, 0x104a, 0x104b, 0xfeff,
        0xff01, 0xff08, 0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, UTF8_REPLACEMENT };
    if (c < 0x80)
        return isalpha((int)c) != 0;
    if (c <= 0xbf || (c >= 0x2000 && c <= 0x206f && c != 0x200c && c != 0x200d) || (c >= 0x3000 && c <= 0x303f))
        return false;
    for (size_t i = 0; i < STR_COUNT(signs); i++)
        if (c == signs[i])
            return false;
    return digit_of(c) < 0;
}

static enum piece_kind kind_at(struct span text, size_t at, size_t *ret_len)
{
    uint32_t c;
    *ret_len = utf8_decode(text.data + at, text.len - at, &c);
    return digit_of(c) >= 0 ? PIECE_NUMBER : is_letter(c) ? PIECE_WORD : PIECE_END;
}

/* The next run of letters or of digits; what separates them does not matter. */
static struct piece next_piece(struct span text, size_t at)
{
    size_t len = 0;
    while (at < text.len && kind_at(text, at, &len) == PIECE_END)
        at += len;
    struct piece piece = { PIECE_END, { text.data + at, 0 }, at };
    if (at == text.len)
        return piece;
    piece.kind = kind_at(text, at, &len);
    while (at < text.len && kind_at(text, at, &len) == piece.kind)
        at += len;
    piece.text.len = at - (size_t)(piece.text.data - text.data);
    piece.end = at;
    return piece;
}

static bool take_number(struct span text, struct command *command)
{
    int64_t number = 0;
    unsigned count = 0;
    for (size_t at = 0; at < text.len && count <= CASE_DIGITS_MAX; count++) {
        uint32_t digit;
        at += utf8_decode(text.data + at, text.len - at, &digit);
        number = number * 10 + digit_of(digit);
    }
    if (command->case_id || count < CASE_DIGITS_MIN || count > CASE_DIGITS_MAX)
        return false;
    command->case_id = number;
    return number > 0;
}

static bool take_code(struct span text, struct command *command)
{
    if (command->code[0] || text.len != COMMAND_CODE_LEN)
        return false;
    char code[COMMAND_CODE_LEN + 1] = "";
    for (size_t i = 0; i < text.len; i++) {
        code[i] = (char)toupper((unsigned char)text.data[i]);
        if (!strchr(COMMAND_CODE_LETTERS, code[i]))
            return false;
    }
    memcpy(command->code, code, sizeof code);
    return true;
}

static bool take_verb(const struct texts *texts, struct span text, struct command *command)
{
    if (command->verb >= 0)
        return false;
    command->verb = texts_command(texts, text);
    return command->verb >= 0;
}

/* "OKKTRM" without a space: a command word and a code written together. */
static bool take_glued(const struct texts *texts, struct span text, struct command *command)
{
    if (command->verb >= 0 || command->code[0] || text.len <= COMMAND_CODE_LEN)
        return false;
    size_t len = text.len - COMMAND_CODE_LEN;
    struct span head = { text.data, len }, tail = { text.data + len, COMMAND_CODE_LEN };
    if (take_verb(texts, head, command) && take_code(tail, command))
        return true;
    command->verb = -1;
    return false;
}

static bool take_piece(const struct texts *texts, const struct piece *piece, struct command *command)
{
    if (piece->kind == PIECE_NUMBER)
        return take_number(piece->text, command);
    return take_verb(texts, piece->text, command) || take_code(piece->text, command) ||
           take_glued(texts, piece->text, command);
}

/* The text begins behind the head; punctuation that belonged to the head is dropped with it. */
static struct span rest_of(struct span text, size_t at)
{
    while (at < text.len && strchr(" \t\r\n:,;.-!>)", text.data[at]))
        at++;
    size_t end = text.len;
    while (end > at && strchr(" \t\r\n", text.data[end - 1]))
        end--;
    return (struct span){ text.data + at, end - at };
}

void command_parse(const struct texts *texts, struct span text, struct command *ret_command)
{
    size_t at = 0;
    *ret_command = (struct command){ .verb = -1 };
    for (unsigned i = 0; i < HEAD_PIECES; i++) {
        struct piece piece = next_piece(text, at);
        if (piece.kind == PIECE_END || !take_piece(texts, &piece, ret_command))
            break;
        at = piece.end;
    }
    ret_command->rest = rest_of(text, at);
}

void command_code_new(uint32_t (*random_below)(uint32_t), char *ret_code)
{
    static const char letters[] = COMMAND_CODE_LETTERS;
    for (size_t i = 0; i < COMMAND_CODE_LEN; i++)
        ret_code[i] = letters[random_below(sizeof letters - 1)];
    ret_code[COMMAND_CODE_LEN] = '\0';
}
