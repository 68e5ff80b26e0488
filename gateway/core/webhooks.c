/* SPDX-License-Identifier: GPL-3.0-or-later */
/* webhooks - see webhooks.h. */
#include "gateway/core/webhooks.h"

#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/callbacks.h"
#include "gateway/core/held.h"
#include "gateway/core/intake.h"
#include "gateway/core/reports.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define PATH_PREFIX "/in/"
#define REPORTS_MAX CHANNEL_MESSAGES_MAX

enum action { ACTION_NONE, ACTION_MESSAGE, ACTION_STATUS };

struct target {
    char name[NAME_MAX_LEN];
    enum action action;
    unsigned marks;                       /* enum arrival_marks: what its signature says */
    const struct config_channel *channel; /* NULL = unknown or switched off */
    const struct channel_ops *ops;
    int64_t received_at; /* 0 = now */
    bool has_action;     /* the channel takes messages or reports there; else acts at most */
};

/* The verb may be followed by one more part: a channel can be configured to expect a secret there. */
static bool is_verb(const char *path, const char *verb)
{
    size_t len = strlen(verb);
    return strncmp(path, verb, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

/* What cannot be the name of a channel may hold anything, and names are logged and listed. */
static void tame_name(char *name)
{
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")])
        str_copy(name, NAME_MAX_LEN, "?");
}

/* "/in/<channel>/message"; false when the path is not of that form. */
static bool read_path(const char *path, struct target *target)
{
    if (!str_starts(path, PATH_PREFIX))
        return false;
    const char *name = path + strlen(PATH_PREFIX);
    const char *slash = strchr(name, '/');
    if (!slash || slash == name ||
        !str_copy_span(target->name, sizeof target->name, (struct span){ name, (size_t)(slash - name) }))
        return false;
    tame_name(target->name);
    if (is_verb(slash, "/message"))
        target->action = ACTION_MESSAGE;
    else if (is_verb(slash, "/status"))
        target->action = ACTION_STATUS;
    return target->action != ACTION_NONE;
}

static bool find_target(const struct core *core, const char *path, struct target *target)
{
    *target = (struct target){ .action = ACTION_NONE };
    if (!read_path(path, target))
        return false;
    const struct config_channel *channel = config_find_channel(core->config, target->name);
    if (!channel || !channel->is_enabled)
        return true;
    const struct channel_ops *ops = registry_find(channel->kind);
    unsigned needed = target->action == ACTION_MESSAGE ? CHANNEL_RECEIVES : CHANNEL_REPORTS;
    target->has_action = ops && (ops->caps & needed) && (target->action == ACTION_STATUS || channel->receives);
    if (!target->has_action && !(ops && (ops->caps & CHANNEL_ACTS)))
        return true;
    target->channel = channel;
    target->ops = ops;
    return true;
}

static void plain_reply(struct reply *reply, int status)
{
    *reply = (struct reply){ .status = status, .content_type = "text/plain; charset=utf-8" };
}

static int store_messages(struct core *core, const struct target *target, struct sms_in *messages, int count,
    int64_t now_ms, int64_t *ret_case_id)
{
    const char *channel = target->channel->name;
    int64_t came_at = target->received_at ? target->received_at : now_ms;
    int rc = 0;
    for (int i = 0; i < count; i++) {
        struct intake_result result = { 0 };
        intake_complete_number(core, channel, &messages[i]);
        if (!rc)
            rc = intake_restored(core, channel, &messages[i], target->marks, came_at, now_ms, &result);
        if (!rc && !*ret_case_id)
            *ret_case_id = result.case_id;
        sms_in_done(&messages[i]);
    }
    return rc;
}

/* A report that anybody could have written must not settle an alert: a person may release it. */
static int hold_reports(struct core *core, const struct target *target, const struct request *request,
    struct delivery_report *reports, int64_t now_ms, int *ret_count)
{
    *ret_count = target->ops->parse_status(target->channel->settings, request, reports, REPORTS_MAX);
    if (*ret_count == ERR_NOMEM)
        return ERR_NOMEM;
    return *ret_count > 0 ? held_keep(core, target->name, "unproved_report", request, now_ms) : 0;
}

/* Reads reports and applies them; *ret_count as parse_status says, 0 for a channel that has none. */
static int receive_reports(
    struct core *core, const struct target *target, const struct request *request, int64_t now_ms, int *ret_count)
{
    struct delivery_report reports[REPORTS_MAX];
    const struct channel_ops *ops = target->ops;
    *ret_count = 0;
    if (!(ops->caps & CHANNEL_REPORTS))
        return 0;
    if (target->marks & ARRIVAL_UNPROVED)
        return hold_reports(core, target, request, reports, now_ms, ret_count);
    *ret_count = ops->parse_status(target->channel->settings, request, reports, REPORTS_MAX);
    int rc = *ret_count == ERR_NOMEM ? ERR_NOMEM : 0;
    for (int i = 0; !rc && i < *ret_count; i++)
        rc = reports_receive(core, target->channel->name, &reports[i], now_ms);
    return rc;
}

static int refuse(struct core *core, const struct target *target, const struct request *request, const char *reason,
    int64_t now_ms, struct reply *reply)
{
    target->ops->answer(target->channel->settings, ANSWER_MALFORMED, reply);
    return held_keep(core, target->name, reason, request, now_ms);
}

/* The answer shows what came of the act; of several, only that they were heard. */
static int do_acts(struct core *core, const struct target *target, const struct request *request,
    const struct contact_act *acts, int count, int64_t now_ms, struct reply *reply)
{
    const struct settings *settings = target->channel->settings;
    AUTO_BUF sentence;
    buf_init(&sentence, CALLBACKS_SENTENCE_MAX);
    int rc = 0;
    target->ops->answer(settings, ANSWER_STORED, reply);
    for (int i = 0; !rc && i < count; i++) {
        rc = callbacks_receive(core, target->channel, &acts[i], now_ms, &sentence);
        if (rc == ERR_NOT_FOUND) /* who wrote is no contact; perhaps somebody in need, perhaps a new colleague */
            rc = held_keep(core, target->name, "unknown_sender", request, now_ms);
    }
    if (!rc && count == 1 && target->ops->answer_act)
        target->ops->answer_act(settings, &acts[0], sentence.len ? sentence.data : "", reply);
    return rc;
}

/* *ret_count as parse_acts says; 0 for a channel that has none. */
static int take_acts(struct core *core, const struct target *target, const struct request *request, int64_t now_ms,
    struct reply *reply, int *ret_count)
{
    struct contact_act acts[CHANNEL_ACTS_MAX];
    *ret_count = 0;
    if (!(target->ops->caps & CHANNEL_ACTS))
        return 0;
    int count = target->ops->parse_acts(target->channel->settings, request, acts, CHANNEL_ACTS_MAX);
    int rc = count == ERR_NOMEM ? ERR_NOMEM : 0;
    if (!rc && count > 0)
        rc = do_acts(core, target, request, acts, count, now_ms, reply);
    for (int i = 0; i < count; i++)
        contact_act_done(&acts[i]);
    *ret_count = count;
    return rc;
}

/* Many providers know one address, or are told one for both: what carries no message may carry reports. */
static int take_message(struct core *core, const struct target *target, const struct request *request, int64_t now_ms,
    struct reply *reply, unsigned *ret_messages)
{
    struct sms_in messages[CHANNEL_MESSAGES_MAX];
    const struct settings *settings = target->channel->settings;
    int64_t case_id = 0;
    int reports = 0, rc = 0;
    int count = target->ops->parse_message(settings, request, messages, CHANNEL_MESSAGES_MAX);
    if (count == ERR_NOMEM)
        return count;
    bool may_be_reports = count == 0 || count == ERR_INVALID || (target->ops->caps & CHANNEL_ONE_ADDRESS);
    if (count > 0)
        rc = store_messages(core, target, messages, count, now_ms, &case_id);
    if (!rc && may_be_reports)
        rc = receive_reports(core, target, request, now_ms, &reports);
    if (rc)
        return rc;
    if (count < 0 && reports <= 0)
        return refuse(core, target, request, "malformed", now_ms, reply);
    *ret_messages = count > 0 ? (unsigned)count : 0;
    target->ops->answer(settings, count < 0 ? ANSWER_REPORT : ANSWER_STORED, reply);
    return 0;
}

/* The same the other way: a message that came to the address of reports is heard. */
static int take_status(struct core *core, const struct target *target, const struct request *request, int64_t now_ms,
    struct reply *reply, unsigned *ret_messages)
{
    struct sms_in messages[CHANNEL_MESSAGES_MAX];
    const struct settings *settings = target->channel->settings;
    int64_t case_id = 0;
    int reports, count = 0;
    int rc = receive_reports(core, target, request, now_ms, &reports);
    if (rc)
        return rc;
    if (reports <= 0 && (target->ops->caps & CHANNEL_RECEIVES) && target->channel->receives)
        count = target->ops->parse_message(settings, request, messages, CHANNEL_MESSAGES_MAX);
    if (count == ERR_NOMEM)
        return count;
    if (reports < 0 && count <= 0)
        return refuse(core, target, request, "malformed_status", now_ms, reply);
    target->ops->answer(settings, count > 0 ? ANSWER_STORED : ANSWER_REPORT, reply);
    *ret_messages = count > 0 ? (unsigned)count : 0;
    return count > 0 ? store_messages(core, target, messages, count, now_ms, &case_id) : 0;
}

/* A channel of acts alone: what carries none is a ping, or cannot be read. */
static int finish_acts(struct core *core, const struct target *target, const struct request *request, int count,
    int64_t now_ms, struct reply *reply)
{
    if (count < 0)
        return refuse(core, target, request, "malformed", now_ms, reply);
    target->ops->answer(target->channel->settings, ANSWER_STORED, reply);
    return 0;
}

int webhooks_handle(
    struct core *core, const struct request *request, int64_t now_ms, struct reply *ret_reply, unsigned *ret_messages)
{
    struct target target;
    *ret_messages = 0;
    plain_reply(ret_reply, 404);
    if (!find_target(core, request->path, &target))
        return 0;
    if (!target.channel)
        return held_keep(core, target.name, "unknown_channel", request, now_ms);
    if (target.ops->greet && target.ops->greet(target.channel->settings, request, ret_reply))
        return 0;
    enum verdict verdict = target.ops->verify(target.channel->settings, request, now_ms);
    bool is_modem = target.ops->caps & CHANNEL_MODEM; /* nothing of it comes by HTTP, proved or not */
    bool is_shadow =
        target.channel->is_shadow && target.has_action && !is_modem; /* nor an act, which could end an alarm */
    if (verdict == VERDICT_INVALID && !is_shadow) {
        target.ops->answer(target.channel->settings, ANSWER_FORBIDDEN, ret_reply);
        return held_keep(core, target.name, "signature", request, now_ms);
    }
    target.marks = verdict == VERDICT_LATE ? ARRIVAL_LATE : verdict == VERDICT_INVALID ? ARRIVAL_UNPROVED : 0;
    int acts = 0;
    int rc = verdict == VERDICT_INVALID ? 0 : take_acts(core, &target, request, now_ms, ret_reply, &acts);
    if (rc || acts > 0)
        return rc;
    if (!target.has_action)
        return finish_acts(core, &target, request, acts, now_ms, ret_reply);
    if (target.action == ACTION_STATUS)
        return take_status(core, &target, request, now_ms, ret_reply, ret_messages);
    return take_message(core, &target, request, now_ms, ret_reply, ret_messages);
}

void webhooks_busy(struct core *core, const struct request *request, struct reply *ret_reply)
{
    struct target target;
    plain_reply(ret_reply, 503);
    if (find_target(core, request->path, &target) && target.channel)
        target.ops->answer(target.channel->settings, ANSWER_BUSY, ret_reply);
}

/* ---- without the database, and afterwards ----------------------------------------------------------------------- */

static bool carries_acts(const struct target *target, const struct request *request)
{
    struct contact_act acts[CHANNEL_ACTS_MAX];
    if (!(target->ops->caps & CHANNEL_ACTS))
        return false;
    int count = target->ops->parse_acts(target->channel->settings, request, acts, CHANNEL_ACTS_MAX);
    for (int i = 0; i < count; i++)
        contact_act_done(&acts[i]);
    return count > 0;
}

int webhooks_read_texts(
    struct core *core, const struct request *request, int64_t now_ms, struct webhooks_texts *ret_texts)
{
    struct target target;
    ret_texts->count = 0;
    if (!find_target(core, request->path, &target) || !target.channel)
        return ERR_NOT_FOUND;
    const struct settings *settings = target.channel->settings;
    enum verdict verdict = target.ops->verify(settings, request, now_ms);
    bool may_receive = (target.ops->caps & CHANNEL_RECEIVES) && target.channel->receives;
    bool is_shadow = target.channel->is_shadow && !(target.ops->caps & CHANNEL_MODEM);
    bool is_refused = verdict == VERDICT_INVALID && !is_shadow;
    if (!may_receive || is_refused || (verdict != VERDICT_INVALID && carries_acts(&target, request)))
        return ERR_NOT_FOUND;
    int count = target.ops->parse_message(settings, request, ret_texts->messages, CHANNEL_MESSAGES_MAX);
    if (count <= 0)
        return count == ERR_NOMEM ? count : ERR_NOT_FOUND;
    ret_texts->channel = target.channel;
    ret_texts->marks = verdict == VERDICT_LATE ? ARRIVAL_LATE : verdict == VERDICT_INVALID ? ARRIVAL_UNPROVED : 0;
    ret_texts->count = count;
    for (int i = 0; i < count; i++)
        intake_complete_number(core, target.channel->name, &ret_texts->messages[i]);
    return 0;
}

void webhooks_texts_done(struct webhooks_texts *texts)
{
    for (int i = 0; i < texts->count; i++)
        sms_in_done(&texts->messages[i]);
    texts->count = 0;
}

void webhooks_taken(const struct webhooks_texts *texts, struct reply *ret_reply)
{
    registry_find(texts->channel->kind)->answer(texts->channel->settings, ANSWER_STORED, ret_reply);
}

/* A request that has been judged before: nobody asks for its signature again. */
static int let_in(
    struct core *core, struct target *target, const struct request *request, int64_t now_ms, int64_t *ret_case_id)
{
    struct sms_in messages[CHANNEL_MESSAGES_MAX];
    *ret_case_id = 0;
    target->ops = target->channel ? registry_find(target->channel->kind) : NULL;
    if (!target->ops || !(target->ops->caps & CHANNEL_RECEIVES) || !read_path(request->path, target))
        return ERR_NOT_FOUND;
    int reports = 0, rc = 0;
    if (target->action == ACTION_STATUS)
        rc = receive_reports(core, target, request, now_ms, &reports);
    if (rc || reports > 0)
        return rc;
    int count = target->ops->parse_message(target->channel->settings, request, messages, CHANNEL_MESSAGES_MAX);
    if (count == ERR_NOMEM)
        return count;
    if (count > 0)
        rc = store_messages(core, target, messages, count, now_ms, ret_case_id);
    bool may_be_reports = count <= 0 || (target->ops->caps & CHANNEL_ONE_ADDRESS);
    if (!rc && may_be_reports && target->action == ACTION_MESSAGE)
        rc = receive_reports(core, target, request, now_ms, &reports);
    return rc ? rc : count > 0 || reports > 0 ? 0 : ERR_INVALID;
}

int webhooks_restore(struct core *core, const char *channel, const struct request *request, unsigned marks,
    int64_t received_at, int64_t now_ms)
{
    int64_t case_id;
    struct target target = {
        .channel = config_find_channel(core->config, channel), .marks = marks | ARRIVAL_LATE, .received_at = received_at
    };
    return let_in(core, &target, request, now_ms, &case_id);
}

int webhooks_release(
    struct core *core, const char *channel, const struct request *request, int64_t now_ms, int64_t *ret_case_id)
{
    struct target target = { .channel = config_find_channel(core->config, channel), .marks = ARRIVAL_LATE };
    return let_in(core, &target, request, now_ms, ret_case_id);
}

int webhooks_peek(
    struct core *core, const char *channel, const struct request *request, struct webhooks_texts *ret_texts)
{
    struct target target = { .channel = config_find_channel(core->config, channel) };
    target.ops = target.channel ? registry_find(target.channel->kind) : NULL;
    ret_texts->count = 0;
    if (!target.ops || !(target.ops->caps & CHANNEL_RECEIVES) || !read_path(request->path, &target))
        return ERR_NOT_FOUND;
    int count = target.ops->parse_message(target.channel->settings, request, ret_texts->messages, CHANNEL_MESSAGES_MAX);
    if (count <= 0)
        return count == ERR_NOMEM ? count : ERR_INVALID;
    ret_texts->channel = target.channel;
    ret_texts->marks = 0;
    ret_texts->count = count;
    for (int i = 0; i < count; i++)
        intake_complete_number(core, channel, &ret_texts->messages[i]);
    return 0;
}

/* A list that a provider makes is not ours to shorten: refused for its length, it would be lost as a whole. */
size_t webhooks_body_max(const struct config *config)
{
    size_t max = config->limits.body_max;
    for (unsigned i = 0; i < config->channel_count; i++) {
        const struct channel_ops *ops = registry_find(config->channels[i].kind);
        bool has_lists = ops && (ops->caps & CHANNEL_LISTS) && config->channels[i].is_enabled;
        if (has_lists && max < CHANNEL_LIST_BYTES)
            max = CHANNEL_LIST_BYTES;
    }
    return max;
}
