/* SPDX-License-Identifier: GPL-3.0-or-later */
/* copies - see copies.h. */
#include "gateway/core/copies.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/joining.h"
#include "gateway/store/echoes.h"
#include "gateway/store/messages.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define KEY_TEXT_MAX (512u << 10) /* more than any channel lets through */

/* ---- the same channel ------------------------------------------------------------------------------------------ */

struct lookup {
    const struct core *core;
    const char *channel;
    const struct sms_in *sms;
    int64_t now_ms;
    unsigned char *dedupe;
};

static int key_by_id(const struct lookup *in)
{
    AUTO_BUF text;
    buf_init(&text, KEY_TEXT_MAX);
    buf_add_format(&text, "id|%s|%s|%u", in->channel, in->sms->remote_id, in->sms->part);
    vault_tag(in->core->vault, "dedupe", buf_span(&text), in->dedupe);
    return buf_check(&text);
}

static int key_by_content(const struct lookup *in, int64_t moment)
{
    AUTO_BUF text;
    buf_init(&text, KEY_TEXT_MAX);
    buf_add_format(&text, "text|%s|%s|%s|%lld|", in->channel, in->sms->from, in->sms->to, (long long)moment);
    if (joining_is_part(in->sms)) /* two pieces of one SMS may say the same */
        buf_add_format(&text, "%u/%u/%s|", in->sms->part, in->sms->part_total, in->sms->part_ref);
    buf_add_text(&text, in->sms->text);
    vault_tag(in->core->vault, "dedupe", buf_span(&text), in->dedupe);
    return buf_check(&text);
}

/* Is the message that this key found still within the time in which a repetition is the same SMS? */
static int find_recent(const struct lookup *in, int64_t *ret_id)
{
    struct message_row row;
    int rc = messages_find_dedupe(in->core->store, in->dedupe, ret_id);
    if (!rc)
        rc = messages_get(in->core->store, *ret_id, &row);
    if (rc)
        return rc;
    return in->now_ms - row.received_at <= COPIES_REPEAT_MS ? 0 : ERR_NOT_FOUND;
}

/* Without an id and a time of the provider, a retry and an honest repetition look alike: within two minutes it is the
 * same SMS, and the arrival is counted. The key holds a count of such spans, so the one before is looked at too. */
static int find_by_content(const struct lookup *in, int64_t *ret_id)
{
    if (in->sms->sent_at) {
        int rc = key_by_content(in, in->sms->sent_at);
        return rc ? rc : messages_find_dedupe(in->core->store, in->dedupe, ret_id);
    }
    int64_t bucket = in->now_ms / COPIES_REPEAT_MS;
    int rc = key_by_content(in, bucket - 1);
    if (!rc)
        rc = find_recent(in, ret_id);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = key_by_content(in, bucket);
    return rc ? rc : messages_find_dedupe(in->core->store, in->dedupe, ret_id);
}

int copies_find(const struct core *core, const char *channel, const struct sms_in *sms, int64_t now_ms,
    unsigned char *ret_dedupe, int64_t *ret_id)
{
    struct lookup in = { core, channel, sms, now_ms, ret_dedupe };
    if (!sms->remote_id[0])
        return find_by_content(&in, ret_id);
    int rc = key_by_id(&in);
    return rc ? rc : messages_find_dedupe(core->store, ret_dedupe, ret_id);
}

/* ---- another channel ------------------------------------------------------------------------------------------- */

int64_t copies_moment(const struct sms_in *sms, bool is_late, int64_t came_at)
{
    if (!sms->sent_at)
        return came_at;
    bool was_held = sms->sent_at < came_at - COPIES_PATHS_MS && sms->sent_at > came_at - COPIES_KEEP_MS;
    return is_late || was_held ? sms->sent_at : came_at;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Gateways trim, and turn a line end into another or into a space. */
static void add_words(struct buf *out, struct span text)
{
    bool is_first = true, is_between = true;
    for (size_t i = 0; i < text.len; i++) {
        bool is_gap = is_space(text.data[i]);
        if (!is_gap && is_between && !is_first)
            buf_add_char(out, ' ');
        if (!is_gap)
            buf_add_char(out, text.data[i]);
        is_first = is_first && is_gap;
        is_between = is_gap;
    }
}

static bool is_known(const unsigned char *sender_tag)
{
    static const unsigned char nobody[STORE_TAG_LEN];
    return memcmp(sender_tag, nobody, sizeof nobody) != 0;
}

static int tag_of(const struct core *core, const struct copies_arrival *arrival, unsigned char *ret_tag)
{
    AUTO_BUF text;
    buf_init(&text, KEY_TEXT_MAX);
    buf_add(&text, arrival->sender_tag, STORE_TAG_LEN);
    add_words(&text, arrival->text);
    vault_tag(core->vault, "echo", buf_span(&text), ret_tag);
    return buf_check(&text);
}

/* A line with one way in has no second path; then nothing is looked up and nothing is noted. */
static bool has_two_paths(const struct core *core)
{
    unsigned ways = 0;
    for (unsigned i = 0; i < core->config->channel_count; i++)
        ways += core->config->channels[i].is_enabled && core->config->channels[i].receives;
    return ways > 1;
}

int copies_find_path(const struct core *core, const struct copies_arrival *arrival, int64_t *ret_id)
{
    unsigned char tag[STORE_TAG_LEN];
    if (!has_two_paths(core) || !is_known(arrival->sender_tag))
        return ERR_NOT_FOUND;
    int rc = tag_of(core, arrival, tag);
    return rc ? rc
              : echoes_find(core->store, tag, arrival->channel, arrival->at - COPIES_PATHS_MS,
                    arrival->at + COPIES_PATHS_MS, ret_id);
}

int copies_note(struct core *core, const struct copies_arrival *arrival, int64_t id)
{
    unsigned char tag[STORE_TAG_LEN];
    if (!has_two_paths(core) || !is_known(arrival->sender_tag))
        return 0;
    int rc = tag_of(core, arrival, tag);
    return rc ? rc : echoes_add(core->store, tag, id, arrival->channel, arrival->at);
}

int copies_add_origin(struct core *core, const struct copies_arrival *arrival, const unsigned char *dedupe, int64_t id)
{
    struct origin_row origin = { .message_id = id, .at = arrival->at };
    str_copy(origin.channel, sizeof origin.channel, arrival->channel);
    memcpy(origin.dedupe, dedupe, sizeof origin.dedupe);
    int rc = echoes_add_origin(core->store, &origin);
    if (!rc)
        rc = copies_note(core, arrival, id);
    return rc ? rc : messages_count_copy(core->store, id);
}

/* ---- webhook and list ------------------------------------------------------------------------------------------ */

bool copies_has_list(const struct core *core, const char *channel)
{
    const struct config_channel *found = config_find_channel(core->config, channel);
    return found && found->polls;
}

bool copies_has_other_ids(const struct core *core, const char *channel)
{
    const struct config_channel *found = config_find_channel(core->config, channel);
    const struct channel_ops *ops = found && found->polls ? registry_find(found->kind) : NULL;
    return ops && (ops->caps & CHANNEL_OTHER_IDS);
}

/* What came with a time and what came without one are kept apart: the first is known to the second. */
static int tag_listed(
    const struct core *core, const struct copies_listed *arrival, bool is_dated, unsigned char *ret_tag)
{
    AUTO_BUF text;
    buf_init(&text, KEY_TEXT_MAX);
    buf_add_format(&text, "%s|%d|", arrival->channel, is_dated);
    buf_add(&text, arrival->sender_tag, STORE_TAG_LEN);
    add_words(&text, arrival->text);
    vault_tag(core->vault, "listed", buf_span(&text), ret_tag);
    return buf_check(&text);
}

static const char *way_of(const struct copies_listed *arrival)
{
    return arrival->is_fetched ? "list" : "webhook";
}

static int find_dated(const struct core *core, const struct copies_listed *arrival, bool is_dated, int64_t *ret_id)
{
    unsigned char tag[STORE_TAG_LEN];
    int64_t at = arrival->sent_at ? arrival->sent_at : arrival->now_ms;
    int64_t room_ms = is_dated && arrival->sent_at ? COPIES_LISTED_MS : COPIES_PATHS_MS;
    int rc = tag_listed(core, arrival, is_dated, tag);
    return rc ? rc : echoes_find(core->store, tag, way_of(arrival), at - room_ms, at + room_ms, ret_id);
}

int copies_find_listed(
    const struct core *core, const struct copies_listed *arrival, int64_t *ret_id, bool *ret_is_dated)
{
    *ret_is_dated = true;
    if (!is_known(arrival->sender_tag))
        return ERR_NOT_FOUND;
    int rc = find_dated(core, arrival, true, ret_id);
    if (rc != ERR_NOT_FOUND)
        return rc;
    *ret_is_dated = false;
    return find_dated(core, arrival, false, ret_id);
}

static int note_dated(struct core *core, const struct copies_listed *arrival, bool is_dated, int64_t id)
{
    unsigned char tag[STORE_TAG_LEN];
    int64_t at = arrival->sent_at ? arrival->sent_at : arrival->now_ms;
    int rc = tag_listed(core, arrival, is_dated, tag);
    return rc ? rc : echoes_add(core->store, tag, id, way_of(arrival), at);
}

int copies_note_listed(struct core *core, const struct copies_listed *arrival, int64_t id)
{
    return is_known(arrival->sender_tag) ? note_dated(core, arrival, arrival->sent_at != 0, id) : 0;
}

int copies_add_listed(
    struct core *core, const struct copies_listed *arrival, bool is_dated, const unsigned char *dedupe, int64_t id)
{
    struct origin_row origin = { .message_id = id, .at = arrival->now_ms };
    str_copy(origin.channel, sizeof origin.channel, arrival->channel);
    memcpy(origin.dedupe, dedupe, sizeof origin.dedupe);
    int rc = echoes_add_origin(core->store, &origin);
    return rc ? rc : note_dated(core, arrival, is_dated, id);
}
