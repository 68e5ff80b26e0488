/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modemwatch - see modemwatch.h. */
#include "gateway/core/modemwatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/credit.h"
#include "gateway/store/findings.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define LOOK_MAX 1000
#define NEVER 0

/* What can be wrong with it. */
enum trouble { ABSENT, NOT_READY, NO_SIGNAL, STORAGE, CREDIT, SILENT, TROUBLE_COUNT };
static const char *const kinds[TROUBLE_COUNT] = {
    [ABSENT] = "modem_absent",
    [NOT_READY] = "modem_not_ready",
    [NO_SIGNAL] = "modem_no_signal",
    [STORAGE] = "modem_storage_nearly_full",
    [CREDIT] = "modem_credit_low",
    [SILENT] = "modem_receives_nothing",
};

struct watched {
    char name[NAME_MAX_LEN];
    int64_t well_at[TROUBLE_COUNT]; /* when each was well last */
};

struct modemwatch {
    struct core *core;
    modemwatch_look_fn look;
    const void *context;
    unsigned count;
    struct watched all[CONFIG_CHANNELS_MAX];
};

int modemwatch_new(struct core *core, modemwatch_look_fn look, const void *context, struct modemwatch **ret_watch)
{
    struct modemwatch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return ERR_NOMEM;
    watch->core = core;
    watch->look = look;
    watch->context = context;
    *ret_watch = watch;
    return 0;
}

void modemwatch_free(struct modemwatch *watch)
{
    free(watch);
}

bool modemwatch_is_modem(const struct config_channel *channel)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    return ops && (ops->caps & CHANNEL_MODEM);
}

bool modemwatch_is_well(const struct modem_health *health)
{
    bool is_troubled = health->problem[0] && !str_equal(health->problem, "none");
    return health->is_connected && health->is_ready && !is_troubled;
}

/* ---- what was wrong before a restart ---------------------------------------------------------------------------- */

static void write_object(const char *name, char *ret_object, size_t size)
{
    (void)snprintf(ret_object, size, "channel:%s", name);
}

struct recall {
    struct watched *watched;
    char object[FINDINGS_OBJECT_MAX];
};

/* It goes on until it is seen to be well. */
static int recall_finding(void *context, const struct finding_row *row)
{
    struct recall *recall = context;
    for (int i = 0; i < TROUBLE_COUNT; i++)
        if (str_equal(row->kind, kinds[i]) && str_equal(row->object, recall->object))
            recall->watched->well_at[i] = NEVER;
    return 0;
}

static int find_watched(struct modemwatch *watch, const char *name, int64_t now_ms, struct watched **ret_watched)
{
    for (unsigned i = 0; i < watch->count; i++)
        if (str_equal(watch->all[i].name, name)) {
            *ret_watched = &watch->all[i];
            return 0;
        }
    if (watch->count == CONFIG_CHANNELS_MAX)
        watch->count = 0; /* names that are gone fill it: begin anew */
    struct watched *watched = &watch->all[watch->count++];
    struct recall recall = { .watched = watched };
    str_copy(watched->name, sizeof watched->name, name);
    write_object(name, recall.object, sizeof recall.object);
    for (int i = 0; i < TROUBLE_COUNT; i++)
        watched->well_at[i] = now_ms;
    *ret_watched = watched;
    return findings_list(watch->core->store, true, LOOK_MAX, recall_finding, &recall);
}

/* ---- what is wrong now ------------------------------------------------------------------------------------------ */

/* CREG: home, roaming, SMS alone, and those by IMS. */
static bool is_registered(int registration)
{
    return registration == 1 || registration == 5 || registration == 6 || registration == 7 || registration == 9 ||
           registration == 10;
}

/* Many modems do not know their signal although they have one. */
static bool has_signal(const struct modem_health *health)
{
    return health->signal > 0 ||
           (health->signal < 0 && (health->registration < 0 || is_registered(health->registration)));
}

static bool has_room(const struct modem_health *health)
{
    bool is_full = str_equal(health->problem, "storage_full");
    return !is_full &&
           (health->storage_total <= 0 || health->storage_used * 100 < health->storage_total * MODEMWATCH_FULL_PERCENT);
}

static bool is_wrong(
    const struct watched *watched, const struct config_channel *channel, enum trouble trouble, int64_t now_ms)
{
    int64_t bad_ms = now_ms - watched->well_at[trouble];
    switch (trouble) {
    case ABSENT:
        return bad_ms > MODEMWATCH_ABSENT_MS;
    case NOT_READY: /* of one that is absent this is said already */
        return bad_ms > MODEMWATCH_TROUBLE_MS && now_ms - watched->well_at[ABSENT] <= MODEMWATCH_ABSENT_MS;
    case CREDIT:
        return watched->well_at[trouble] == NEVER;
    case SILENT:
        return bad_ms > settings_int(channel->settings, "silent_after");
    default:
        return bad_ms > MODEMWATCH_TROUBLE_MS;
    }
}

static void note_well(struct watched *watched, enum trouble trouble, bool is_well, int64_t now_ms)
{
    if (is_well || watched->well_at[trouble] > now_ms) /* or the clock was put back */
        watched->well_at[trouble] = now_ms;
}

/* What is not known now neither begins a trouble nor ends one. */
static void note_unknown(
    struct watched *watched, const struct config_channel *channel, enum trouble trouble, int64_t now_ms)
{
    note_well(watched, trouble, !is_wrong(watched, channel, trouble, now_ms), now_ms);
}

static void note_credit(
    struct watched *watched, const struct config_channel *channel, const struct modem_health *health, int64_t now_ms)
{
    int64_t low = settings_int(channel->settings, "credit_low"), credit;
    if (!low)
        note_well(watched, CREDIT, true, now_ms);
    else if (!credit_read(span_of(health->ussd), &credit))
        note_unknown(watched, channel, CREDIT, now_ms);
    else if (credit < low * 100)
        watched->well_at[CREDIT] = NEVER;
    else
        note_well(watched, CREDIT, true, now_ms);
}

/* Signal and room are those of a modem that works; of another they are old. */
static void note_radio(
    struct watched *watched, const struct config_channel *channel, const struct modem_health *health, int64_t now_ms)
{
    if (!health->is_connected || !health->is_ready) {
        note_unknown(watched, channel, NO_SIGNAL, now_ms);
        note_unknown(watched, channel, STORAGE, now_ms);
        return;
    }
    note_well(watched, NO_SIGNAL, has_signal(health), now_ms);
    note_well(watched, STORAGE, has_room(health), now_ms);
}

static void note_health(
    struct watched *watched, const struct config_channel *channel, const struct modem_health *health, int64_t now_ms)
{
    bool is_only_full = health->is_connected && health->is_ready && str_equal(health->problem, "storage_full");
    note_well(watched, ABSENT, health->is_connected, now_ms);
    note_well(watched, NOT_READY, modemwatch_is_well(health) || is_only_full, now_ms);
    note_radio(watched, channel, health, now_ms);
    note_credit(watched, channel, health, now_ms);
    if (health->last_received_at > watched->well_at[SILENT])
        watched->well_at[SILENT] = health->last_received_at;
    note_well(watched, SILENT, !settings_int(channel->settings, "silent_after"), now_ms);
}

static int find(struct modemwatch *watch, const char *name, enum trouble trouble, int64_t now_ms)
{
    char object[FINDINGS_OBJECT_MAX];
    bool is_new;
    write_object(name, object, sizeof object);
    int rc = findings_see(watch->core->store, kinds[trouble], object, now_ms, &is_new);
    if (!rc && is_new)
        log_event(LOG_LEVEL_ERROR, EV_finding, F_WORD("kind", kinds[trouble]), F_WORD("object", object));
    return rc;
}

static int look_at(struct modemwatch *watch, const struct config_channel *channel, int64_t now_ms)
{
    struct watched *watched;
    struct modem_health health;
    int rc = find_watched(watch, channel->name, now_ms, &watched);
    if (rc)
        return rc;
    (void)watch->look(watch->context, channel->name, &health); /* it is filled in any case */
    note_health(watched, channel, &health, now_ms);
    for (int i = 0; !rc && i < TROUBLE_COUNT; i++)
        if (is_wrong(watched, channel, (enum trouble)i, now_ms))
            rc = find(watch, channel->name, (enum trouble)i, now_ms);
    return rc;
}

int modemwatch_run(struct modemwatch *watch, int64_t now_ms)
{
    const struct config *config = watch->core->config;
    int rc = 0;
    for (unsigned i = 0; !rc && i < config->channel_count; i++)
        if (config->channels[i].is_enabled && modemwatch_is_modem(&config->channels[i]))
            rc = look_at(watch, &config->channels[i], now_ms);
    return rc;
}
