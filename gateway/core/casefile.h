/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * casefile - where store and vault meet: the only file that seals and opens what rows hold of a person.
 * Keeps: every seal is bound to its table, column, case and row. A message without a case has a key of its own.
 */
#ifndef GATEWAY_CORE_CASEFILE_H
#define GATEWAY_CORE_CASEFILE_H

#include "gateway/core/core.h"
#include "gateway/store/cases.h"
#include "gateway/store/messages.h"

/* The blind-index tag of a normalised number; all zero for a hidden sender, which is never joined to anything. */
void casefile_tag(const struct core *core, const char *number, unsigned char *ret_tag);

/* Gives a new case its key: fills key_wrap of the row (whose id is set). */
void casefile_key_new(const struct core *core, struct case_row *row, struct vault_key *ret_key);
/* ERR_NOT_FOUND when the case was purged, ERR_CRYPTO when the hot key is not the one it was wrapped with. */
int casefile_key(const struct core *core, const struct case_row *row, struct vault_key *ret_key) MUST_CHECK;

/* The sealed columns of a message. */
enum message_part { MESSAGE_TEXT, MESSAGE_SENDER, MESSAGE_RECIPIENT };
/* Seals one column of message id under key into out (cleared first). */
int casefile_seal_message(const struct core *core, const struct vault_key *key, int64_t case_id, int64_t id,
    enum message_part part, struct span plain, struct buf *out) MUST_CHECK;
/* Wraps the own key of a message that has no case; ret_wrap is VAULT_WRAP_LEN bytes. */
void casefile_wrap_message(const struct core *core, const struct vault_key *key, int64_t id, unsigned char *ret_wrap);
/* Opens one column of a message into out (appended). key as casefile_message_key gave it. */
int casefile_open_message(const struct core *core, const struct vault_key *key, const struct message_row *row,
    enum message_part part, struct buf *out) MUST_CHECK;
/* The key that a stored message is sealed with: its own, or its case's. Reads the case if there is one. */
int casefile_message_key(const struct core *core, const struct message_row *row, struct vault_key *ret_key) MUST_CHECK;

/* Seals and opens one piece of a message that comes in parts; out is cleared first, or appended to. */
struct piece_place {
    int64_t case_id, message_id;
    unsigned part;
    enum { PIECE_TEXT, PIECE_RAW } column;
};
int casefile_seal_part(const struct core *core, const struct vault_key *key, const struct piece_place *piece,
    struct span plain, struct buf *out) MUST_CHECK;
int casefile_open_part(const struct core *core, const struct vault_key *key, const struct piece_place *piece,
    struct span sealed, struct buf *out) MUST_CHECK;

int casefile_seal_note(const struct core *core, const struct vault_key *key, int64_t case_id, int64_t id,
    struct span plain, struct buf *out) MUST_CHECK;
int casefile_open_note(
    const struct core *core, const struct vault_key *key, const struct note_row *row, struct buf *out) MUST_CHECK;

#endif
