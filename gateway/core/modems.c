/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modems - see modems.h. */
#include "gateway/core/modems.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/webhooks.h"
#include "gateway/store/pins.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define ID_MAX 65            /* PROTOCOL.md 2.8, with NUL */
#define BODY_MAX (16u << 10) /* of a frame: far more than a PDU or raw bytes are */
#define SETTINGS_MAX (8u << 10)
#define PATH_MAX_LEN (NAME_MAX_LEN + 16)
#define METHOD "SMS" /* of handlers/modem.c */

enum frame_kind { FRAME_MESSAGE, FRAME_PIN };

struct modem_frame {
    struct worker *worker; /* NULL = it is gone meanwhile, and is not answered */
    char channel[NAME_MAX_LEN];
    enum frame_kind kind;
    char id[ID_MAX];
    bool is_report;
    char *body; /* owned */
    size_t body_len;
    bool is_undone; /* it alone could not be stored */
    bool may_go;    /* FRAME_PIN: it may be tried */
};

struct modem_state {
    char channel[NAME_MAX_LEN];
    struct worker *worker;
    bool must_clear_pin; /* its PIN was taken, and that is not on the disk yet */
    struct modem_health health;
};

struct modems {
    struct core *core;
    struct workers *workers;
    modems_ready_fn on_ready;
    void *context;
    struct modem_frame queue[MODEMS_QUEUE_MAX]; /* ring */
    unsigned first, count;
    unsigned handled; /* of this turn: the first ones */
    struct modem_state states[CONFIG_CHANNELS_MAX];
    unsigned state_count;
    bool has_pins;     /* one of them must be cleared */
    bool has_new_pins; /* and that was not tried yet */
};

static struct modem_frame *frame_at(struct modems *modems, unsigned index)
{
    return &modems->queue[(modems->first + index) % MODEMS_QUEUE_MAX];
}

/* ---- settings and PIN ------------------------------------------------------------------------------------------ */

static const struct config_channel *find_channel(const struct modems *modems, const char *name)
{
    const struct config_channel *channel = config_find_channel(modems->core->config, name);
    const struct channel_ops *ops = channel && channel->is_enabled ? registry_find(channel->kind) : NULL;
    return ops && (ops->caps & CHANNEL_MODEM) ? channel : NULL;
}

/* A new reference; NULL = no such channel, or no memory. */
static json_t *read_settings(const struct modems *modems, const char *name)
{
    struct error error;
    const struct config_channel *channel = find_channel(modems, name);
    AUTO_BUF text;
    buf_init(&text, SETTINGS_MAX);
    if (!channel || registry_find(channel->kind)->write_modem(channel->settings, &text))
        return NULL;
    return json_read(buf_span(&text), &error);
}

static void tag_pin(const struct modems *modems, const char *channel, const char *pin, unsigned char *ret_tag)
{
    AUTO_BUF text;
    buf_init(&text, SETTINGS_MAX);
    buf_add_format(&text, "%s|%s", channel, pin);
    vault_tag(modems->core->vault, "pin", buf_span(&text), ret_tag);
}

/* May that PIN be tried? Also `no` when it cannot be looked up: a locked SIM is worse than a late one. */
static bool may_try(const struct modems *modems, const char *channel, const char *pin)
{
    unsigned char tag[STORE_TAG_LEN], tried[STORE_TAG_LEN];
    tag_pin(modems, channel, pin, tag);
    int rc = pins_get(modems->core->store, channel, tried);
    return rc == ERR_NOT_FOUND || (!rc && memcmp(tag, tried, sizeof tag) != 0);
}

static struct modem_state *state_of(struct modems *modems, const char *channel);

static json_t *on_settings(void *context, const char *name)
{
    struct modems *modems = context;
    json_t *settings = read_settings(modems, name);
    const char *pin = settings ? json_text(settings, "pin", "") : "";
    bool is_refused = *pin && !may_try(modems, name, pin);
    struct modem_state *state = settings ? state_of(modems, name) : NULL;
    if (state)
        state->health.is_pin_refused = is_refused;
    if (!is_refused)
        return settings;
    json_object_del(settings, "pin");
    json_object_set_new(settings, "pin_refused", json_true());
    return settings;
}

void modems_configure(struct modems *modems)
{
    workers_renew_modems(modems->workers);
}

/* ---- health ---------------------------------------------------------------------------------------------------- */

/* Channels are few; names that are gone from the configuration make room. */
static struct modem_state *state_of(struct modems *modems, const char *channel)
{
    struct modem_state *free_state = NULL;
    for (unsigned i = 0; i < modems->state_count; i++) {
        struct modem_state *state = &modems->states[i];
        if (str_equal(state->channel, channel))
            return state;
        if (!state->worker && !state->must_clear_pin && !find_channel(modems, state->channel))
            free_state = state;
    }
    if (!free_state && modems->state_count < CONFIG_CHANNELS_MAX)
        free_state = &modems->states[modems->state_count++];
    if (!free_state)
        return NULL;
    *free_state = (struct modem_state){ .health = MODEM_HEALTH_UNKNOWN };
    str_copy(free_state->channel, sizeof free_state->channel, channel);
    return free_state;
}

static void log_state(const struct modem_state *state)
{
    bool is_well = state->health.is_ready && str_equal(state->health.problem, "none");
    log_event(is_well ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING, EV_modem_state, F_WORD("channel", state->channel),
        F_WORD("state", state->health.state), F_WORD("problem", state->health.problem));
}

static void take_status(struct modems *modems, struct worker *worker, const json_t *status)
{
    struct modem_state *state = state_of(modems, worker_name(worker));
    if (!state)
        return;
    struct modem_health *health = &state->health, before = *health;
    modemhealth_read(status, clock_now_ms(), health);
    health->is_connected = true;
    health->is_ready = str_equal(health->state, "ready");
    state->worker = worker;
    worker_set_ready(worker, health->is_ready);
    if (!str_equal(health->state, before.state) || !str_equal(health->problem, before.problem) ||
        !before.is_connected) {
        health->changed_at = health->heard_at;
        log_state(state);
    }
    if (health->is_ready && !before.is_ready)
        modems->on_ready(modems->context, state->channel);
}

int modems_health(const struct modems *modems, const char *channel, struct modem_health *ret_health)
{
    *ret_health = (struct modem_health)MODEM_HEALTH_UNKNOWN;
    for (unsigned i = 0; i < modems->state_count; i++) {
        if (!str_equal(modems->states[i].channel, channel))
            continue;
        *ret_health = modems->states[i].health;
        return ret_health->changed_at ? 0 : ERR_NOT_FOUND;
    }
    return ERR_NOT_FOUND;
}

/* ---- frames ---------------------------------------------------------------------------------------------------- */

static void send_words(struct worker *worker, const char *word, const char *value)
{
    AUTO_JSON *frame = json_pack("{s:s}", word, value);
    if (worker && frame)
        (void)!worker_send(worker, frame); /* a connection that takes nothing ends from the loop */
}

static unsigned count_unanswered(struct modems *modems, const struct worker *worker)
{
    unsigned count = 0;
    for (unsigned i = 0; i < modems->count; i++)
        count += frame_at(modems, i)->worker == worker;
    return count;
}

/* The next free place, or NULL: then the modem has more in hand than it may. */
static struct modem_frame *add(struct modems *modems, struct worker *worker, enum frame_kind kind)
{
    if (modems->count == MODEMS_QUEUE_MAX || count_unanswered(modems, worker) >= MODEMS_UNANSWERED_MAX)
        return NULL;
    struct modem_frame *frame = frame_at(modems, modems->count++);
    *frame = (struct modem_frame){ .worker = worker, .kind = kind };
    str_copy(frame->channel, sizeof frame->channel, worker_name(worker));
    return frame;
}

static bool is_id(const char *id)
{
    size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");
    return len >= 1 && len < ID_MAX && id[len] == '\0';
}

static void take_message(struct modems *modems, struct worker *worker, const json_t *frame)
{
    const char *id = json_text(frame, "message", "");
    AUTO_BUF body;
    buf_init(&body, BODY_MAX);
    if (!is_id(id) || json_write(frame, &body)) {
        worker_break_off(worker, "a message without a usable id, or one that is too long");
        return;
    }
    struct modem_frame *place = add(modems, worker, FRAME_MESSAGE);
    if (!place) {
        send_words(worker, "busy", id);
        return;
    }
    str_copy(place->id, sizeof place->id, id);
    place->is_report = str_equal(json_text(frame, "kind", ""), "report");
    place->body_len = body.len;
    place->body = buf_take(&body);
    if (place->body)
        return;
    modems->count--;
    send_words(worker, "busy", id);
}

static void take_pin(struct modems *modems, struct worker *worker, const json_t *frame)
{
    const char *word = json_text(frame, "pin", "");
    struct modem_state *state = state_of(modems, worker_name(worker));
    if (str_equal(word, "accepted") && state)
        state->must_clear_pin = modems->has_pins = modems->has_new_pins = true;
    else if (str_equal(word, "trying"))
        (void)add(modems, worker, FRAME_PIN); /* without an answer it asks again */
    else
        worker_break_off(worker, "a word about a PIN that is not known");
}

static bool on_frame(void *context, struct worker *worker, const json_t *frame)
{
    struct modems *modems = context;
    const json_t *status = json_object_get(frame, "status");
    if (json_object_get(frame, "message"))
        take_message(modems, worker, frame);
    else if (json_is_object(status))
        take_status(modems, worker, status);
    else if (json_object_get(frame, "pin"))
        take_pin(modems, worker, frame);
    else
        return false;
    return true;
}

/* What it had sent is handled all the same; only nobody hears of it, and it will come again. */
static void on_gone(void *context, struct worker *worker)
{
    struct modems *modems = context;
    for (unsigned i = 0; i < modems->count; i++)
        if (frame_at(modems, i)->worker == worker)
            frame_at(modems, i)->worker = NULL;
    for (unsigned i = 0; i < modems->state_count; i++) {
        struct modem_state *state = &modems->states[i];
        if (state->worker != worker)
            continue;
        state->worker = NULL;
        state->health.is_connected = state->health.is_ready = false;
        state->health.changed_at = clock_now_ms();
    }
}

/* ---- the turn -------------------------------------------------------------------------------------------------- */

static struct request request_of(const struct modem_frame *frame, char *ret_path)
{
    static const struct request_header headers[] = { { "Content-Type", "application/json" } };
    snprintf(ret_path, PATH_MAX_LEN, "/in/%s/%s", frame->channel, frame->is_report ? "status" : "message");
    return (struct request){ .method = METHOD,
        .path = ret_path,
        .query = "",
        .headers = headers,
        .header_count = STR_COUNT(headers),
        .body = { frame->body, frame->body_len } };
}

/* Whatever core makes of it - a message, a copy, a report, a row of the quarantine - is stored when it is committed. */
static int handle_message(struct modems *modems, const struct modem_frame *frame, int64_t now_ms)
{
    char path[PATH_MAX_LEN];
    struct reply reply;
    unsigned messages;
    struct request request = request_of(frame, path);
    return webhooks_handle(modems->core, &request, now_ms, &reply, &messages);
}

static int handle_trying(struct modems *modems, struct modem_frame *frame, int64_t now_ms)
{
    unsigned char tag[STORE_TAG_LEN];
    AUTO_JSON *settings = read_settings(modems, frame->channel);
    const char *pin = settings ? json_text(settings, "pin", "") : "";
    frame->may_go = *pin && may_try(modems, frame->channel, pin);
    if (!frame->may_go)
        return 0;
    tag_pin(modems, frame->channel, pin, tag);
    return pins_put(modems->core->store, frame->channel, tag, now_ms);
}

static int handle_kind(struct modems *modems, struct modem_frame *frame, int64_t now_ms)
{
    return frame->kind == FRAME_PIN ? handle_trying(modems, frame, now_ms) : handle_message(modems, frame, now_ms);
}

/* A PIN that the SIM took may be tried again. */
static int clear_pins(struct modems *modems)
{
    int rc = 0;
    for (unsigned i = 0; !rc && modems->has_pins && i < modems->state_count; i++)
        if (modems->states[i].must_clear_pin)
            rc = pins_delete(modems->core->store, modems->states[i].channel);
    return rc;
}

/* A modem that was told of no PIN, because nobody knew yet that it is right, is told of it now. */
static void forget_pins(struct modems *modems)
{
    bool is_news = false;
    for (unsigned i = 0; modems->has_pins && i < modems->state_count; i++) {
        struct modem_state *state = &modems->states[i];
        is_news = is_news || (state->must_clear_pin && state->health.is_pin_refused);
        state->must_clear_pin = false;
    }
    modems->has_pins = false;
    if (is_news)
        workers_renew_modems(modems->workers);
}

static int handle(struct modems *modems, struct modem_frame *frame, bool is_careful, int64_t now_ms)
{
    struct store *store = modems->core->store;
    frame->is_undone = false;
    int rc = is_careful ? store_savepoint(store) : 0;
    if (rc)
        return rc;
    rc = handle_kind(modems, frame, now_ms);
    if (!is_careful)
        return rc;
    if (!rc)
        return store_release(store);
    store_undo(store);
    frame->is_undone = true;
    log_event(LOG_LEVEL_ERROR, EV_request_failed, F_WORD("error", error_name(rc)), F_WHY(store_last_error(store)));
    return 0;
}

void modems_begin(struct modems *modems)
{
    modems->handled = 0;
}

int modems_handle(struct modems *modems, bool is_careful, int64_t now_ms)
{
    int rc = clear_pins(modems);
    while (!rc && modems->handled < modems->count && modems->handled < MODEMS_TURN_MAX)
        rc = handle(modems, frame_at(modems, modems->handled++), is_careful, now_ms);
    return rc;
}

static void answer(struct modem_frame *frame, bool is_stored)
{
    if (frame->kind == FRAME_MESSAGE)
        send_words(frame->worker, is_stored ? "stored" : "busy", frame->id);
    else if (is_stored)
        send_words(frame->worker, "pin", frame->may_go ? "go" : "no");
}

void modems_take(struct modems *modems)
{
    modems->handled = modems->count < MODEMS_TURN_MAX ? modems->count : MODEMS_TURN_MAX;
}

static bool is_kept(const struct modem_frame *frame, struct outage *outage, int64_t now_ms)
{
    char path[PATH_MAX_LEN];
    struct reply reply;
    struct request request = request_of(frame, path);
    return frame->kind == FRAME_MESSAGE && outage_take(outage, &request, now_ms, &reply);
}

void modems_answer(struct modems *modems, struct outage *outage, bool is_committed, int64_t now_ms)
{
    if (is_committed)
        forget_pins(modems);
    modems->has_new_pins = false; /* a storage that fails is tried again soon, and not at once */
    for (unsigned i = 0; i < modems->handled; i++) {
        struct modem_frame *frame = frame_at(modems, i);
        answer(frame, (is_committed && !frame->is_undone) || is_kept(frame, outage, now_ms));
        free(frame->body);
        frame->body = NULL;
    }
    modems->first = (modems->first + modems->handled) % MODEMS_QUEUE_MAX;
    modems->count -= modems->handled;
    modems->handled = 0;
}

bool modems_is_waiting(const struct modems *modems)
{
    return modems->count > 0 || modems->has_new_pins;
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

int modems_new(
    struct core *core, struct workers *workers, modems_ready_fn on_ready, void *context, struct modems **ret_modems)
{
    struct modems *modems = calloc(1, sizeof *modems);
    if (!modems)
        return ERR_NOMEM;
    *modems = (struct modems){ .core = core, .workers = workers, .on_ready = on_ready, .context = context };
    *ret_modems = modems;
    return 0;
}

struct workers_modems modems_callbacks(struct modems *modems)
{
    return (
        struct workers_modems){ .context = modems, .settings = on_settings, .on_frame = on_frame, .on_gone = on_gone };
}

void modems_free(struct modems *modems)
{
    if (!modems)
        return;
    for (unsigned i = 0; i < modems->count; i++)
        free(frame_at(modems, i)->body);
    free(modems);
}
