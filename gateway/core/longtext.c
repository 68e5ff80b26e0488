/* SPDX-License-Identifier: GPL-3.0-or-later */
/* longtext - see longtext.h. */
#include "gateway/core/longtext.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/casefile.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define CANDIDATES_MAX 8 /* messages with one reference that are looked at */
#define KEY_TEXT_MAX 1024
#define SEALED_MAX (VAULT_PLAIN_MAX + 512)

struct longtext *longtext_new(void)
{
    struct longtext *longtext = calloc(1, sizeof *longtext);
    if (longtext)
        buf_init(&longtext->text, VAULT_PLAIN_MAX); /* more cannot be sealed: the beginning is kept */
    return longtext;
}

static void free_pieces(struct longtext *longtext)
{
    for (unsigned i = 0; i < longtext->count; i++) {
        free(longtext->pieces[i].text);
        free(longtext->pieces[i].raw);
    }
    longtext->count = 0;
}

void longtext_free(struct longtext *longtext)
{
    if (!longtext)
        return;
    free_pieces(longtext);
    buf_done(&longtext->text);
    free(longtext);
}

bool longtext_is_whole(const struct longtext *longtext)
{
    return longtext->arrived >= longtext->join.total;
}

/* ---- finding --------------------------------------------------------------------------------------------------- */

static int key_of(const struct core *core, const char *channel, const struct sms_in *sms,
    const unsigned char *sender_tag, unsigned char *ret_key)
{
    AUTO_BUF text;
    buf_init(&text, KEY_TEXT_MAX);
    buf_add(&text, sender_tag, STORE_TAG_LEN);
    buf_add_format(&text, "|%s|%s|%s|%u", channel, sms->to, sms->part_ref, sms->part_total);
    vault_tag(core->vault, "join", buf_span(&text), ret_key);
    return buf_check(&text);
}

static void content_of(const struct core *core, const struct sms_in *sms, unsigned char *ret_content)
{
    vault_tag(core->vault, "part", span_of(sms->text), ret_content);
}

struct candidates {
    unsigned count;
    struct join_row rows[CANDIDATES_MAX];
};

static int note_candidate(void *context, const struct join_row *row)
{
    struct candidates *candidates = context;
    candidates->rows[candidates->count++] = *row;
    return 0;
}

struct search {
    unsigned part;
    unsigned char content[STORE_TAG_LEN];
    bool has_part, is_same;
};

static int look_for_part(void *context, const struct part_row *row)
{
    struct search *search = context;
    if (row->part != search->part)
        return 0;
    search->has_part = true;
    search->is_same = search->is_same || !memcmp(row->content, search->content, STORE_TAG_LEN);
    return 0;
}

/* A case that was ended takes nothing in: what comes after it has to wake somebody by itself. */
static int look_at_message(struct core *core, int64_t message_id, bool *ret_is_closed, int64_t *ret_sent_at)
{
    struct message_row message;
    struct case_row row;
    *ret_is_closed = false;
    *ret_sent_at = 0;
    int rc = messages_get(core->store, message_id, &message);
    if (!rc)
        *ret_sent_at = message.sent_at;
    if (rc || !message.case_id)
        return rc;
    rc = cases_get(core->store, message.case_id, &row);
    *ret_is_closed = !rc && row.state == STATE_case_closed;
    return rc;
}

/* Only the newest message of a reference is added to, unless their times tell which one is meant; an older one may
 * still have the piece. */
static int judge(struct core *core, const struct candidates *candidates, const struct sms_in *sms, int64_t now_ms,
    struct join_row *ret_join, int64_t *ret_copy_of)
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < candidates->count; i++) {
        const struct join_row *join = &candidates->rows[i];
        bool is_ended, has_next = ret_join->message_id != 0;
        struct joining_times first = { .came_at = join->newest_at }, piece = { sms->sent_at, now_ms };
        struct search search = { .part = sms->part };
        content_of(core, sms, search.content);
        rc = parts_list(core->store, join->message_id, look_for_part, &search);
        if (!rc)
            rc = look_at_message(core, join->message_id, &is_ended, &first.sent_at);
        if (rc)
            return rc;
        int64_t distance_ms = joining_distance_ms(first, piece);
        enum joining_fit fit = joining_fit(distance_ms, search.has_part, search.is_same);
        bool is_sure = first.sent_at && piece.sent_at;
        *ret_copy_of = join->message_id;
        if (fit == JOINING_FIT_COPY)
            return ERR_EXISTS;
        if (fit == JOINING_FIT_NEXT && (i == 0 || is_sure) && !has_next && !is_ended)
            *ret_join = *join;
    }
    return rc;
}

/* ---- opening --------------------------------------------------------------------------------------------------- */

struct opening {
    struct core *core;
    const struct vault_key *key;
    struct longtext *longtext;
};

static char *copy_of(struct span text)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

static int put_piece(struct longtext *longtext, unsigned part, struct span text, struct span raw)
{
    unsigned at = longtext->count;
    if (at == JOINING_PARTS_MAX)
        return ERR_LIMIT;
    char *copy = copy_of(text), *octets = raw.len ? copy_of(raw) : NULL;
    if (!copy || (raw.len && !octets)) {
        free(copy);
        free(octets);
        return ERR_NOMEM;
    }
    for (; at > 0 && longtext->pieces[at - 1].part > part; at--)
        longtext->pieces[at] = longtext->pieces[at - 1];
    longtext->pieces[at] = (struct longtext_piece){ part, copy, text.len, octets };
    longtext->count++;
    return 0;
}

static int open_piece(void *context, const struct part_row *row)
{
    struct opening *opening = context;
    struct piece_place place = { opening->longtext->case_id, row->message_id, row->part, PIECE_TEXT };
    AUTO_BUF plain;
    AUTO_BUF raw;
    buf_init(&plain, VAULT_PLAIN_MAX);
    buf_init(&raw, VAULT_PLAIN_MAX);
    if (!row->text.len) /* of a message that is whole: its row has the text */
        return 0;
    int rc = casefile_open_part(opening->core, opening->key, &place, row->text, &plain);
    place.column = PIECE_RAW;
    if (!rc && row->raw.len)
        rc = casefile_open_part(opening->core, opening->key, &place, row->raw, &raw);
    return rc ? rc : put_piece(opening->longtext, row->part, buf_span(&plain), buf_span(&raw));
}

static int count_piece(void *context, const struct part_row *row)
{
    (void)row;
    ++*(unsigned *)context;
    return 0;
}

/* ---- joining --------------------------------------------------------------------------------------------------- */

/* How many pieces from `at` on follow one another and can be decoded together; 1 = it stands alone. */
static unsigned run_length(const struct longtext *longtext, unsigned at)
{
    unsigned count = 1;
    const struct longtext_piece *first = &longtext->pieces[at];
    while (first->raw && at + count < longtext->count && first[count].raw && first[count].part == first->part + count)
        count++;
    return count;
}

static const struct config_channel *channel_of(const struct core *core, const struct longtext *longtext)
{
    return config_find_channel(core->config, longtext->channel);
}

/* The text of one run into out. What its channel cannot decode together reads as its parts do. */
static int decode_run(
    const struct core *core, const struct longtext *longtext, unsigned at, unsigned count, struct buf *out)
{
    const char *raws[JOINING_PARTS_MAX];
    const struct config_channel *channel = channel_of(core, longtext);
    const struct channel_ops *ops = channel ? registry_find(channel->kind) : NULL;
    int rc = ops && ops->join && count > 1 ? 0 : ERR_UNSUPPORTED;
    for (unsigned i = 0; i < count; i++)
        raws[i] = longtext->pieces[at + i].raw;
    if (!rc)
        rc = ops->join(channel->settings, raws, count, out);
    if (!rc || rc == ERR_NOMEM)
        return rc;
    buf_clear(out);
    for (unsigned i = 0; i < count; i++)
        buf_add(out, longtext->pieces[at + i].text, longtext->pieces[at + i].len);
    return buf_check(out);
}

static int write_runs(const struct core *core, struct longtext *longtext, struct buf *runs)
{
    struct joining_piece pieces[JOINING_PARTS_MAX];
    unsigned used = 0;
    int rc = 0;
    for (unsigned at = 0, count; !rc && at < longtext->count; at += count) {
        count = run_length(longtext, at);
        buf_init(&runs[used], VAULT_PLAIN_MAX);
        rc = decode_run(core, longtext, at, count, &runs[used]);
        unsigned first = longtext->pieces[at].part;
        pieces[used] = (struct joining_piece){ first, buf_span(&runs[used]), first + count - 1 };
        used++;
    }
    buf_clear(&longtext->text);
    buf_add_text(&longtext->text, "");
    if (!rc)
        joining_write(pieces, used, &longtext->text);
    for (unsigned i = 0; i < used; i++)
        buf_done(&runs[i]);
    return rc ? rc : buf_check(&longtext->text);
}

static int write_text(const struct core *core, struct longtext *longtext)
{
    AUTO_FREE struct buf *runs = calloc(JOINING_PARTS_MAX, sizeof *runs);
    return runs ? write_runs(core, longtext, runs) : ERR_NOMEM;
}

int longtext_open(struct core *core, const struct join_row *join, struct longtext *longtext)
{
    struct message_row message;
    AUTO_KEY key = { { 0 } };
    struct opening opening = { core, &key, longtext };
    longtext->join = *join;
    int rc = messages_get(core->store, join->message_id, &message);
    if (!rc) {
        longtext->case_id = message.case_id;
        longtext->received_at = message.received_at;
        str_copy(longtext->channel, sizeof longtext->channel, message.channel);
        longtext->is_doubtful = message.is_doubtful;
        longtext->is_unproved = message.is_unproved;
        rc = casefile_message_key(core, &message, &key);
    }
    if (!rc)
        rc = parts_list(core->store, join->message_id, count_piece, &longtext->arrived);
    if (!rc)
        rc = parts_list(core->store, join->message_id, open_piece, &opening);
    return rc ? rc : write_text(core, longtext);
}

static void forget(struct longtext *longtext)
{
    free_pieces(longtext);
    longtext->arrived = 0;
    longtext->case_id = longtext->received_at = 0;
    longtext->is_doubtful = longtext->is_unproved = false;
}

int longtext_find(struct core *core, const char *channel, const struct sms_in *sms, const unsigned char *sender_tag,
    int64_t now_ms, struct longtext *longtext, int64_t *ret_copy_of)
{
    struct candidates candidates = { 0 };
    struct join_row join = { .message_id = 0 }, fresh = { .total = sms->part_total, .newest_at = now_ms };
    int rc = key_of(core, channel, sms, sender_tag, fresh.key);
    if (!rc)
        rc = joins_find(core->store, fresh.key, CANDIDATES_MAX, note_candidate, &candidates);
    if (!rc)
        rc = judge(core, &candidates, sms, now_ms, &join, ret_copy_of);
    if (!rc && join.message_id)
        rc = longtext_open(core, &join, longtext);
    if (!rc && join.message_id)
        return 0;
    if (rc && rc != ERR_CRYPTO && rc != ERR_NOT_FOUND)
        return rc;
    /* What has come does not open with the present key, or is shredded: the piece stands alone and is heard. */
    forget(longtext);
    longtext->join = fresh;
    str_copy(longtext->channel, sizeof longtext->channel, channel);
    return 0;
}

int longtext_add(const struct core *core, struct longtext *longtext, const struct sms_in *sms)
{
    struct span text = span_of(sms->text);
    text.len = utf8_prefix(text, VAULT_PLAIN_MAX);
    int rc = put_piece(longtext, sms->part, text, span_of(sms->raw));
    if (rc)
        return rc;
    longtext->arrived++;
    return write_text(core, longtext);
}

/* ---- keeping --------------------------------------------------------------------------------------------------- */

/* A piece as it is stored. */
struct sealed {
    struct buf text, raw;
};

static void sealed_done(struct sealed *sealed)
{
    buf_done(&sealed->text);
    buf_done(&sealed->raw);
}
#define AUTO_SEALED __attribute__((cleanup(sealed_done))) struct sealed

static int seal_piece(struct core *core, const struct longtext *longtext, const struct longtext_piece *piece,
    const struct vault_key *key, int64_t case_id, struct sealed *out)
{
    struct piece_place place = { case_id, longtext->join.message_id, piece->part, PIECE_TEXT };
    buf_init(&out->text, SEALED_MAX);
    buf_init(&out->raw, SEALED_MAX);
    int rc = casefile_seal_part(core, key, &place, (struct span){ piece->text, piece->len }, &out->text);
    place.column = PIECE_RAW;
    if (!rc && piece->raw)
        rc = casefile_seal_part(core, key, &place, span_of(piece->raw), &out->raw);
    return rc;
}

static const struct longtext_piece *find_piece(const struct longtext *longtext, unsigned part)
{
    for (unsigned i = 0; i < longtext->count; i++)
        if (longtext->pieces[i].part == part)
            return &longtext->pieces[i];
    return NULL;
}

static int insert_piece(struct core *core, const struct longtext *longtext, const struct sms_in *sms,
    const struct vault_key *key, int64_t case_id, const unsigned char *dedupe, int64_t now_ms)
{
    struct part_row row = { .message_id = longtext->join.message_id, .part = sms->part, .received_at = now_ms };
    AUTO_SEALED sealed = { .text = { 0 } };
    const struct longtext_piece *piece = find_piece(longtext, sms->part);
    int rc = 0;
    if (!longtext_is_whole(longtext) && piece)
        rc = seal_piece(core, longtext, piece, key, case_id, &sealed);
    memcpy(row.dedupe, dedupe, sizeof row.dedupe);
    content_of(core, sms, row.content);
    row.text = buf_span(&sealed.text);
    row.raw = buf_span(&sealed.raw);
    return rc ? rc : parts_insert(core->store, &row);
}

/* The message has moved into a case, or has a new key of its own: the pieces follow it. */
static int seal_again(
    struct core *core, const struct longtext *longtext, unsigned but_part, const struct vault_key *key, int64_t case_id)
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < longtext->count; i++) {
        const struct longtext_piece *piece = &longtext->pieces[i];
        AUTO_SEALED sealed = { .text = { 0 } };
        if (piece->part == but_part)
            continue;
        rc = seal_piece(core, longtext, piece, key, case_id, &sealed);
        if (!rc)
            rc = parts_set_text(
                core->store, longtext->join.message_id, piece->part, buf_span(&sealed.text), buf_span(&sealed.raw));
    }
    return rc;
}

int longtext_keep(struct core *core, struct longtext *longtext, const struct sms_in *piece, const struct vault_key *key,
    int64_t case_id, const unsigned char *dedupe, int64_t now_ms)
{
    int rc = insert_piece(core, longtext, piece, key, case_id, dedupe, now_ms);
    if (rc)
        return rc;
    if (longtext_is_whole(longtext))
        return parts_forget_texts(core->store, longtext->join.message_id);
    bool has_same_key = case_id && case_id == longtext->case_id; /* without a case each writing has a key of its own */
    return has_same_key ? 0 : seal_again(core, longtext, piece->part, key, case_id);
}
