/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checkup - see checkup.h. */
#include "gateway/core/checkup.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/hosts.h"
#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/held.h"
#include "gateway/core/kinds.h"
#include "gateway/store/messages.h"
#include "gateway/store/outbox.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define SENTENCE_MAX 1400
#define NEWEST_MAX 1000 /* messages and kept requests that are looked through */
#define SENT_MAX 50
#define REFUSED_MS (24 * 60 * 60 * 1000)
#define ROLE_SENDER "sender"
#define PREVIOUS_END "_previous"

struct checkup {
    struct core *core;
    struct dispatch *dispatch;
    const struct config_channel *channel;
    const struct channel_ops *ops;
    int64_t now_ms, received_at;
    checkup_fn fn;
    void *context;
};

const char *checkup_word(enum checkup_state state)
{
    static const char *const words[] = { "ok", "wrong", "unknown" };
    return words[state];
}

static void say(const struct checkup *c, const char *check, enum checkup_state state, const char *format, ...)
    PRINTF_LIKE(4, 5);
static void say(const struct checkup *c, const char *check, enum checkup_state state, const char *format, ...)
{
    char sentence[SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    c->fn(c->context, check, state, sentence);
}

/* ---- the proof ------------------------------------------------------------------------------------------------- */

static void check_parsing(const struct checkup *c, const struct selftest *test, const struct request *request)
{
    struct sms_in messages[CHANNEL_MESSAGES_MAX];
    if (!c->ops->parse_message) /* only acts come back there */
        return;
    if (test->is_proof_only) {
        say(c, "message", CHECKUP_UNKNOWN,
            "the fields of this channel lie deeper than a made-up request goes: send a text to the number");
        return;
    }
    int count = c->ops->parse_message(c->channel->settings, request, messages, CHANNEL_MESSAGES_MAX);
    bool is_right = count == 1 && str_equal(messages[0].text, SELFTEST_TEXT) && messages[0].from[0];
    for (int i = 0; i < count; i++)
        sms_in_done(&messages[i]);
    if (is_right)
        say(c, "message", CHECKUP_OK, "sender and text of a made-up message are read as they should be");
    else
        say(c, "message", CHECKUP_WRONG,
            "a made-up message is not read as it was written: compare the names of the fields with the provider's");
}

/* The same request with every proof taken off must be refused. */
static void check_forged(const struct checkup *c, const char *path)
{
    const struct request bare = { .method = "POST", .path = path, .query = "", .body = { "", 0 } };
    if (c->ops->verify(c->channel->settings, &bare, c->now_ms) == VERDICT_INVALID)
        say(c, "forgery", CHECKUP_OK, "a request without a proof is refused");
    else
        say(c, "forgery", CHECKUP_UNKNOWN,
            "the settings ask for no proof: whoever reaches this address can send texts in anybody's name");
}

static void check_verdict(const struct checkup *c, struct selftest *test)
{
    struct request request;
    if (selftest_request(test, &request)) {
        say(c, "secret", CHECKUP_UNKNOWN, "the made-up request did not fit its bounds");
        return;
    }
    switch (c->ops->verify(c->channel->settings, &request, c->now_ms)) {
    case VERDICT_VALID:
        say(c, "secret", CHECKUP_OK, "a request that is proved with the configured secret is accepted");
        break;
    case VERDICT_LATE:
        say(c, "secret", CHECKUP_WRONG, "a request that was signed just now counts as late: widen `replay_window`");
        break;
    case VERDICT_INVALID:
        say(c, "secret", CHECKUP_WRONG,
            "a request that is proved with the configured secret is refused: check the secret and `public_url`, and that "
            "both are written without spaces or quotes of the provider's page");
        break;
    }
    check_parsing(c, test, &request);
}

static void check_proof(const struct checkup *c)
{
    struct error error = { "" };
    struct selftest test;
    char path[NAME_MAX_LEN + 16];
    (void)snprintf(path, sizeof path, "/in/%s/message", c->channel->name);
    if (!c->ops->build_self_test) {
        say(c, "secret", CHECKUP_UNKNOWN, "requests of this kind cannot be made up here");
        return;
    }
    selftest_init(&test, c->channel->name);
    int rc = c->ops->build_self_test(c->channel->settings, c->now_ms, &test, &error);
    if (!rc)
        check_verdict(c, &test);
    else
        say(c, "secret", rc == ERR_UNSUPPORTED ? CHECKUP_UNKNOWN : CHECKUP_WRONG, "%s",
            error.text[0] ? error.text : "the configured secret cannot sign: check its form");
    selftest_done(&test);
    check_forged(c, path);
}

static void check_enforced(const struct checkup *c)
{
    if (c->channel->is_shadow)
        say(c, "signature", CHECKUP_WRONG,
            "shadow mode: texts without a proof are taken and marked as unproved; set `signature` to \"enforce\" as soon "
            "as the provider's requests are accepted");
    else
        say(c, "signature", CHECKUP_OK, "what is not proved is refused and kept in quarantine");
}

/* ---- settings -------------------------------------------------------------------------------------------------- */

static const struct key *find_key(const struct checkup *c, const char *name)
{
    for (const struct key *key = c->ops->keys; key->name; key++)
        if (str_equal(key->name, name))
            return key;
    return NULL;
}

static void check_window(const struct checkup *c)
{
    if (find_key(c, "replay_window"))
        say(c, "replay_window", CHECKUP_OK,
            "%lld s around our clock; what was signed outside of it is accepted and marked late",
            (long long)settings_int(c->channel->settings, "replay_window") / 1000);
}

static void check_previous(const struct checkup *c)
{
    for (const struct key *key = c->ops->keys; key->name; key++) {
        size_t len = strlen(key->name), end = strlen(PREVIOUS_END);
        bool is_previous = len > end && str_equal(key->name + len - end, PREVIOUS_END);
        if (is_previous && *settings_text(c->channel->settings, key->name))
            say(c, "previous_secret", CHECKUP_UNKNOWN,
                "`%s` is still accepted: take it out when the provider has used the new one for a day", key->name);
    }
}

/* A host that only programs on this machine reach. */
static bool is_loopback(const char *host)
{
    return str_equal(host, "localhost") || str_starts(host, "127.") || str_equal(host, "::1") ||
           str_equal(host, "0.0.0.0");
}

static bool has_loopback_url(const struct checkup *c)
{
    struct hosts_entry entry;
    for (const struct key *key = c->ops->keys; key->name; key++) {
        bool is_ours = str_equal(key->name, "public_url") || str_equal(key->name, "status_url");
        if (key->type == KEY_URL && !is_ours &&
            hosts_parse_url(settings_text(c->channel->settings, key->name), &entry) == 0 && is_loopback(entry.name))
            return true;
    }
    return false;
}

/* "/in/NAME/message", alone or before a secret, a query or a fragment. */
static bool ends_where_we_listen(const char *path, const char *name)
{
    char wanted[NAME_MAX_LEN + 16];
    (void)snprintf(wanted, sizeof wanted, "/in/%s/message", name);
    const char *at = strstr(path, wanted);
    return at && strchr("/?#", at[strlen(wanted)]); /* also its end */
}

static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? strchr(host + strlen("://"), '/') : NULL;
}

static enum checkup_state judge_path(const char *url, const char *name, char *ret, size_t size)
{
    const char *path = path_of(url);
    if (!path || !path[1]) {
        (void)snprintf(
            ret, size, "host only: the provider must be given this address with /in/%s/message behind it", name);
        return CHECKUP_UNKNOWN;
    }
    if (ends_where_we_listen(path, name)) {
        (void)snprintf(ret, size, "it ends where this channel listens");
        return CHECKUP_OK;
    }
    if (str_starts(path, "/in/")) {
        (void)snprintf(ret, size, "its path is not that of this channel: /in/%s/message is", name);
        return CHECKUP_WRONG;
    }
    (void)snprintf(ret, size, "another path than ours: a proxy in front must hand it on to /in/%s/message", name);
    return CHECKUP_UNKNOWN;
}

enum checkup_state checkup_judge_url(
    const char *url, const char *name, bool has_neighbour, char *ret_sentence, size_t size)
{
    struct hosts_entry entry;
    if (hosts_parse_url(url, &entry)) {
        (void)snprintf(ret_sentence, size, "not an address with a host: it begins with https:// and a name");
        return CHECKUP_WRONG;
    }
    if (is_loopback(entry.name) && !has_neighbour) {
        (void)snprintf(
            ret_sentence, size, "only programs on this machine reach it: write the name that the provider can reach");
        return CHECKUP_WRONG;
    }
    if (!str_starts_nocase(url, "https://") && !is_loopback(entry.name)) {
        (void)snprintf(ret_sentence, size, "plain http: her texts would cross the network unprotected; use https");
        return CHECKUP_WRONG;
    }
    return judge_path(url, name, ret_sentence, size);
}

static void check_public_url(const struct checkup *c)
{
    char sentence[SENTENCE_MAX];
    if (!find_key(c, "public_url"))
        return;
    const char *url = settings_text(c->channel->settings, "public_url");
    if (!*url) {
        say(c, "public_url", CHECKUP_UNKNOWN,
            "not set: nothing needs it for receiving, but delivery reports cannot be asked for");
        return;
    }
    enum checkup_state state = checkup_judge_url(url, c->channel->name, has_loopback_url(c), sentence, sizeof sentence);
    say(c, "public_url", state, "%s", sentence);
    const char *path = path_of(url), *end = path ? strstr(path, "/message") : NULL;
    if (state == CHECKUP_OK && end) /* cut before a secret that may stand behind */
        say(c, "outside", CHECKUP_UNKNOWN,
            "from another machine, run: curl -sS -o /dev/null -w '%%{http_code}\\n' -d '' '%.*s' - it prints 403 when the "
            "address leads here (and leaves one refused request in quarantine)",
            (int)(end - url) + (int)strlen("/message"), url);
}

/* ---- what came ------------------------------------------------------------------------------------------------- */

static int note_received(void *context, const struct message_row *row)
{
    struct checkup *c = context;
    bool is_ours = row->direction == MESSAGE_IN && str_equal(row->channel, c->channel->name);
    if (is_ours && row->received_at > c->received_at)
        c->received_at = row->received_at;
    return 0;
}

static void say_time(const struct checkup *c, const char *check, int64_t at, const char *nothing)
{
    char text[CLOCK_TEXT_MAX];
    if (!at) {
        say(c, check, CHECKUP_UNKNOWN, "%s", nothing);
        return;
    }
    clock_format(at, text);
    say(c, check, CHECKUP_OK, "%s", text);
}

static int check_received(struct checkup *c)
{
    struct messages_filter filter = { .limit = NEWEST_MAX };
    int rc = messages_list(c->core->store, &filter, note_received, c);
    if (!rc)
        say_time(c, "last_received", c->received_at,
            "nothing among the newest texts came by this channel: send one to the number");
    return rc;
}

struct refused {
    const struct checkup *c;
    unsigned count;
    int64_t newest_id, newest_at;
};

static int note_refused(void *context, const struct quarantine_row *row)
{
    struct refused *refused = context;
    bool is_ours = str_equal(row->channel, refused->c->channel->name) && str_equal(row->reason, "signature");
    if (!is_ours || row->at < refused->c->now_ms - REFUSED_MS)
        return 0;
    refused->count++;
    if (row->id > refused->newest_id) {
        refused->newest_id = row->id;
        refused->newest_at = row->at;
    }
    return 0;
}

/* A request that was refused with the secret of that hour may be proved with the present one. */
static int fits_now(const struct checkup *c, int64_t id, bool *ret_fits)
{
    struct quarantine_row row;
    struct held held;
    *ret_fits = false;
    int rc = quarantine_get(c->core->store, id, &row);
    if (rc || held_open(c->core, &row, &held))
        return rc == ERR_NOT_FOUND ? 0 : rc;
    *ret_fits = c->ops->verify(c->channel->settings, &held.request, c->now_ms) != VERDICT_INVALID;
    held_done(&held);
    return 0;
}

/* What the provider really sent says more than anything that we can make up. */
static int check_refused(const struct checkup *c)
{
    struct refused refused = { .c = c };
    bool fits = false;
    int rc = quarantine_list(
        c->core->store, &(struct quarantine_filter){ .state = "kept", .limit = NEWEST_MAX }, note_refused, &refused);
    if (!rc && refused.count)
        rc = fits_now(c, refused.newest_id, &fits);
    if (rc)
        return rc;
    long long id = refused.newest_id;
    if (!refused.count)
        say(c, "refused", CHECKUP_OK, "nothing was refused for its signature in the last 24 hours");
    else if (fits)
        say(c, "refused", CHECKUP_WRONG,
            "%u refused in the last 24 hours; the newest (quarantine %lld) is proved with the present settings: quarantine "
            "release %lld, and look at the others",
            refused.count, id, id);
    else if (refused.newest_at < c->received_at)
        say(c, "refused", CHECKUP_UNKNOWN,
            "%u refused in the last 24 hours, but others were accepted since: look at quarantine %lld, release or drop it",
            refused.count, id);
    else
        say(c, "refused", CHECKUP_WRONG,
            "%u refused in the last 24 hours and nothing accepted since: the provider signs with another secret or another "
            "address than ours, or somebody forges; look at quarantine %lld, release or drop it",
            refused.count, id);
    return 0;
}

/* ---- the way out ----------------------------------------------------------------------------------------------- */

/* An address that this channel would send to: one of a contact (is_used), or invented; "" when there is none. */
static const char *sample_address(const struct checkup *c, bool *ret_is_used)
{
    *ret_is_used = true;
    const struct config *config = c->core->config;
    for (unsigned i = 0; i < config->contact_count; i++)
        for (unsigned k = 0; k < config->contacts[i].address_count; k++)
            if (config->contacts[i].addresses[k].channel == c->channel)
                return config->contacts[i].addresses[k].to;
    *ret_is_used = false;
    return c->channel->is_sms ? SELFTEST_TO : "";
}

static void check_sending(const struct checkup *c)
{
    struct transmit built;
    bool is_used;
    const char *to = sample_address(c, &is_used);
    if (!*to) {
        say(c, "sending", CHECKUP_UNKNOWN, "no contact has an address on this channel");
        return;
    }
    transmit_init(&built);
    bool can_send = kinds_probe(c->ops, c->channel->settings, to, &built) == 0;
    bool needs_sender = can_send && built.kind != TRANSMIT_LOOPBACK;
    transmit_done(&built);
    if (can_send)
        say(c, "sending", CHECKUP_OK,
            "the settings suffice to make a request; whether the other side takes it shows when "
            "something is sent (contacts test)");
    else
        say(c, "sending", is_used ? CHECKUP_WRONG : CHECKUP_UNKNOWN,
            "the settings do not suffice to send: fill in the account, its secret and the sender; or, when it shall only "
            "receive, set `direction` to \"in\"");
    if (needs_sender && workers_count(dispatch_workers(c->dispatch), ROLE_SENDER) == 0)
        say(c, "sender", CHECKUP_WRONG, "no sender is connected: start helpline-sender");
    else if (needs_sender)
        say(c, "sender", CHECKUP_OK, "a sender is connected");
}

static void check_breaker(const struct checkup *c)
{
    struct dispatch_health health;
    dispatch_channel_health(c->dispatch, c->channel->name, &health);
    if (health.is_paused)
        say(c, "health", CHECKUP_WRONG,
            "paused: the other side refuses our credentials or settings; correct them and reload (SIGHUP)");
    else if (health.is_resting)
        say(c, "health", CHECKUP_WRONG, "resting after %u failures in a row; it is probed again by itself",
            health.failures);
    else
        say(c, "health", CHECKUP_OK, "%u in flight, %u failures in a row", health.in_flight, health.failures);
}

static int note_sent(void *context, const struct outbox_row *row)
{
    int64_t *at = context;
    if (row->sent_at > *at)
        *at = row->sent_at;
    return 0;
}

static int check_sent(const struct checkup *c)
{
    int64_t at = 0;
    struct outbox_filter filter = { .state = "all", .channel = c->channel->name, .limit = SENT_MAX };
    int rc = outbox_list(c->core->store, &filter, note_sent, &at);
    if (!rc)
        say_time(c, "last_sent", at, "nothing was sent by this channel lately");
    return rc;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static int check_receiving(struct checkup *c)
{
    check_enforced(c);
    check_proof(c);
    check_previous(c);
    check_window(c);
    check_public_url(c);
    int rc = check_received(c);
    return rc ? rc : check_refused(c);
}

/* What contacts do where they read their alerts is proved like a text, and without a secret it is not taken at all. */
static int check_acts(struct checkup *c)
{
    check_proof(c);
    check_previous(c);
    check_window(c);
    check_public_url(c);
    return check_refused(c);
}

int checkup_run(struct core *core, struct dispatch *dispatch, const struct config_channel *channel, int64_t now_ms,
    checkup_fn fn, void *context)
{
    struct checkup c = { .core = core,
        .dispatch = dispatch,
        .channel = channel,
        .ops = registry_find(channel->kind),
        .now_ms = now_ms,
        .fn = fn,
        .context = context };
    int rc = 0;
    if (!c.ops)
        return ERR_NOT_FOUND;
    if (channel->is_enabled)
        say(&c, "enabled", CHECKUP_OK, "it takes part");
    else
        say(&c, "enabled", CHECKUP_WRONG, "switched off: set `enabled` to true");
    if (channel->receives)
        rc = check_receiving(&c);
    else if (c.ops->caps & CHANNEL_ACTS)
        rc = check_acts(&c);
    if (rc || !channel->sends)
        return rc;
    check_sending(&c);
    check_breaker(&c);
    return check_sent(&c);
}
