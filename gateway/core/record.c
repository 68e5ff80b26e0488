/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record - see record.h. Each piece is four bytes of length, the highest first, and a seal of the vault. */
#include "gateway/core/record.h"

#define FORMAT 1
#define HEAD_LEN 2 /* format, marks */
#define LENGTH_LEN 4
#define PLAIN_MAX (SPOOL_RECORD_BYTES_MAX - (256u << 10))
#define PIECE_BITS 16 /* of row_id: the place of a piece */

/* The last piece has a place of its own kind, so that a record cut short does not pass for a whole one. */
static struct vault_place place_of(const struct spool_name *name, unsigned piece, bool is_last)
{
    return (struct vault_place){
        .table = is_last ? "spool.end" : "spool",
        .column = name->channel,
        .case_id = name->at,
        .row_id = ((int64_t)name->number << PIECE_BITS) | (int64_t)piece,
    };
}

static int seal_piece(
    const struct core *core, const struct vault_place *place, struct span plain, struct buf *sealed, struct buf *out)
{
    buf_clear(sealed);
    int rc = vault_seal(core->vault, NULL, place, plain, sealed);
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_char(out, (char)(sealed->len >> shift));
    buf_add_span(out, buf_span(sealed));
    return rc ? rc : buf_check(out);
}

int record_seal(const struct core *core, const struct spool_name *name, const struct request *request, unsigned marks,
    struct buf *out)
{
    AUTO_BUF plain;
    AUTO_BUF sealed;
    buf_init(&plain, PLAIN_MAX);
    buf_init(&sealed, VAULT_PLAIN_MAX + 512);
    buf_add_char(&plain, FORMAT);
    buf_add_char(&plain, (char)marks);
    held_write(request, &plain);
    int rc = buf_check(&plain);
    if (plain.len == PLAIN_MAX) /* held_write cuts a body for which there is no room */
        return ERR_LIMIT;
    size_t at = 0;
    for (unsigned piece = 0; !rc && at < plain.len; piece++) {
        size_t len = plain.len - at < VAULT_PLAIN_MAX ? plain.len - at : VAULT_PLAIN_MAX;
        struct vault_place place = place_of(name, piece, at + len == plain.len);
        rc = seal_piece(core, &place, (struct span){ plain.data + at, len }, &sealed, out);
        at += len;
    }
    return rc;
}

/* Cuts the next piece off the front. */
static bool take_piece(struct span *rest, struct span *ret_piece)
{
    size_t len = 0;
    if (rest->len < LENGTH_LEN)
        return false;
    for (size_t i = 0; i < LENGTH_LEN; i++)
        len = len << 8 | (unsigned char)rest->data[i];
    if (len > rest->len - LENGTH_LEN)
        return false;
    *ret_piece = (struct span){ rest->data + LENGTH_LEN, len };
    *rest = (struct span){ rest->data + LENGTH_LEN + len, rest->len - LENGTH_LEN - len };
    return true;
}

static int unseal(const struct core *core, const struct spool_name *name, struct span sealed, struct buf *out)
{
    struct span piece;
    int rc = sealed.len ? 0 : ERR_CORRUPT;
    for (unsigned i = 0; !rc && sealed.len; i++) {
        if (!take_piece(&sealed, &piece))
            return ERR_CORRUPT;
        struct vault_place place = place_of(name, i, sealed.len == 0);
        rc = vault_unseal(core->vault, NULL, &place, piece, out);
    }
    return rc;
}

int record_open(const struct core *core, const struct spool_name *name, struct span sealed, struct held *ret_held,
    unsigned *ret_marks)
{
    *ret_held = (struct held){ 0 };
    buf_init(&ret_held->bytes, PLAIN_MAX);
    int rc = unseal(core, name, sealed, &ret_held->bytes);
    if (!rc && (ret_held->bytes.len < HEAD_LEN || ret_held->bytes.data[0] != FORMAT))
        rc = ERR_CORRUPT;
    if (!rc) {
        *ret_marks = (unsigned char)ret_held->bytes.data[1];
        buf_consume(&ret_held->bytes, HEAD_LEN);
        rc = held_read(ret_held);
    }
    if (rc)
        held_done(ret_held);
    return rc;
}
