/* SPDX-License-Identifier: GPL-3.0-or-later */
/* casefile - see casefile.h. */
#include "gateway/core/casefile.h"

#include <string.h>

#include "gateway/base/str.h"

_Static_assert(VAULT_TAG_LEN == STORE_TAG_LEN, "a tag of the vault is a tag of the store");
_Static_assert(VAULT_WRAP_LEN <= STORE_WRAP_MAX, "a wrapped key fits its column");

static const char *const part_columns[] = {
    [MESSAGE_TEXT] = "text",
    [MESSAGE_SENDER] = "sender",
    [MESSAGE_RECIPIENT] = "recipient",
};

static struct vault_place case_place(int64_t id)
{
    return (struct vault_place){ "cases", "key", id, id };
}

static struct vault_place message_key_place(int64_t id)
{
    return (struct vault_place){ "messages", "key", 0, id };
}

static struct vault_place message_place(int64_t case_id, int64_t id, enum message_part part)
{
    return (struct vault_place){ "messages", part_columns[part], case_id, id };
}

void casefile_tag(const struct core *core, const char *number, unsigned char *ret_tag)
{
    if (str_is_empty(number))
        memset(ret_tag, 0, VAULT_TAG_LEN);
    else
        vault_tag(core->vault, "number", span_of(number), ret_tag);
}

void casefile_key_new(const struct core *core, struct case_row *row, struct vault_key *ret_key)
{
    struct vault_place place = case_place(row->id);
    vault_key_new(ret_key);
    vault_wrap(core->vault, ret_key, &place, row->key_wrap);
    row->key_wrap_len = VAULT_WRAP_LEN;
}

int casefile_key(const struct core *core, const struct case_row *row, struct vault_key *ret_key)
{
    struct vault_place place = case_place(row->id);
    if (row->key_wrap_len == 0)
        return ERR_NOT_FOUND;
    struct span wrap = { (const char *)row->key_wrap, row->key_wrap_len };
    return vault_unwrap(core->vault, wrap, &place, ret_key);
}

int casefile_seal_message(const struct core *core, const struct vault_key *key, int64_t case_id, int64_t id,
    enum message_part part, struct span plain, struct buf *out)
{
    struct vault_place place = message_place(case_id, id, part);
    buf_clear(out);
    return vault_seal(core->vault, key, &place, plain, out);
}

void casefile_wrap_message(const struct core *core, const struct vault_key *key, int64_t id, unsigned char *ret_wrap)
{
    struct vault_place place = message_key_place(id);
    vault_wrap(core->vault, key, &place, ret_wrap);
}

static struct span part_of(const struct message_row *row, enum message_part part)
{
    switch (part) {
    case MESSAGE_SENDER:
        return row->sender;
    case MESSAGE_RECIPIENT:
        return row->recipient;
    default:
        return row->text;
    }
}

int casefile_open_message(const struct core *core, const struct vault_key *key, const struct message_row *row,
    enum message_part part, struct buf *out)
{
    struct vault_place place = message_place(row->case_id, row->id, part);
    struct span sealed = part_of(row, part);
    if (sealed.len == 0)
        return ERR_NOT_FOUND;
    return vault_unseal(core->vault, key, &place, sealed, out);
}

int casefile_message_key(const struct core *core, const struct message_row *row, struct vault_key *ret_key)
{
    if (row->key_wrap.len) {
        struct vault_place place = message_key_place(row->id);
        return vault_unwrap(core->vault, row->key_wrap, &place, ret_key);
    }
    struct case_row owner;
    int rc = cases_get(core->store, row->case_id, &owner);
    return rc ? rc : casefile_key(core, &owner, ret_key);
}

/* The number of parts of an SMS is one octet, so id and part make one number. */
static struct vault_place place_of(const struct piece_place *piece)
{
    return (struct vault_place){ "parts", piece->column == PIECE_RAW ? "raw" : "text", piece->case_id,
        piece->message_id * 256 + piece->part };
}

int casefile_seal_part(const struct core *core, const struct vault_key *key, const struct piece_place *piece,
    struct span plain, struct buf *out)
{
    struct vault_place place = place_of(piece);
    buf_clear(out);
    return vault_seal(core->vault, key, &place, plain, out);
}

int casefile_open_part(const struct core *core, const struct vault_key *key, const struct piece_place *piece,
    struct span sealed, struct buf *out)
{
    struct vault_place place = place_of(piece);
    return vault_unseal(core->vault, key, &place, sealed, out);
}

int casefile_seal_note(const struct core *core, const struct vault_key *key, int64_t case_id, int64_t id,
    struct span plain, struct buf *out)
{
    struct vault_place place = { "notes", "text", case_id, id };
    buf_clear(out);
    return vault_seal(core->vault, key, &place, plain, out);
}

int casefile_open_note(
    const struct core *core, const struct vault_key *key, const struct note_row *row, struct buf *out)
{
    struct vault_place place = { "notes", "text", row->case_id, row->id };
    if (row->text.len == 0)
        return ERR_NOT_FOUND;
    return vault_unseal(core->vault, key, &place, row->text, out);
}
