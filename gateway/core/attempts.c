/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attempts - see attempts.h. */
#include "gateway/core/attempts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/delays.h"
#include "gateway/store/tries.h"

#define KEY_MAX 1024 /* a longer name is cut: it is no account anyway */

/* ---- networks -------------------------------------------------------------------------------------------------- */

static bool print_v4(const unsigned char *bytes, char *ret_text, size_t size)
{
    return snprintf(ret_text, size, "%u.%u.%u.0/24", bytes[0], bytes[1], bytes[2]) < (int)size;
}

/* One customer has a /64 at least (RFC 6177). */
static void print_v6(const unsigned char *bytes, char *ret_text, size_t size)
{
    static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };
    unsigned char network[16] = { 0 };
    char text[INET6_ADDRSTRLEN];
    if (memcmp(bytes, mapped, sizeof mapped) == 0) {
        (void)print_v4(bytes + sizeof mapped, ret_text, size);
        return;
    }
    memcpy(network, bytes, 8);
    snprintf(ret_text, size, "%s/64", inet_ntop(AF_INET6, network, text, sizeof text));
}

void attempts_network(const char *address, char *ret_text, size_t size)
{
    unsigned char bytes[16];
    str_copy(ret_text, size, "");
    if (inet_pton(AF_INET, address, bytes) == 1)
        (void)print_v4(bytes, ret_text, size);
    else if (inet_pton(AF_INET6, address, bytes) == 1)
        print_v6(bytes, ret_text, size);
}

/* ---- what is counted ------------------------------------------------------------------------------------------- */

static void make_tag(
    const struct core *core, const char *domain, const char *name, const char *network, unsigned char *ret_tag)
{
    char key[KEY_MAX];
    snprintf(key, sizeof key, "%s\n%s", network, name);
    vault_tag(core->vault, domain, span_of(key), ret_tag);
}

static int is_known(struct core *core, const struct attempt *attempt, bool *ret_is_known)
{
    unsigned char tag[VAULT_TAG_LEN];
    struct try_row row;
    *ret_is_known = false;
    if (!attempt->network[0])
        return 0;
    make_tag(core, "known network", attempt->name, attempt->network, tag);
    int rc = tries_get(core->store, tag, &row);
    *ret_is_known = !rc && row.until_at > attempt->now_ms;
    return rc;
}

static int get_row(struct core *core, const unsigned char *tag, int64_t now_ms, struct try_row *ret_row)
{
    int rc = tries_get(core->store, tag, ret_row);
    if (!rc && ret_row->last_at < now_ms - DELAYS_FORGET_MS)
        ret_row->failures = ret_row->until_at = 0;
    return rc;
}

static int get_account(struct core *core, const struct attempt *attempt, struct try_row *ret_row)
{
    unsigned char tag[VAULT_TAG_LEN];
    bool is_at_home;
    int rc = is_known(core, attempt, &is_at_home);
    if (rc)
        return rc;
    make_tag(core, "tries of account", attempt->name, is_at_home ? attempt->network : "", tag);
    rc = get_row(core, tag, attempt->now_ms, ret_row);
    if (!rc && attempt->is_account)
        snprintf(ret_row->object, sizeof ret_row->object, "account:%s", attempt->name);
    return rc;
}

static int get_network(struct core *core, const struct attempt *attempt, struct try_row *ret_row)
{
    unsigned char tag[VAULT_TAG_LEN];
    make_tag(core, "tries of network", "", attempt->network, tag);
    int rc = get_row(core, tag, attempt->now_ms, ret_row);
    snprintf(ret_row->object, sizeof ret_row->object, "network:%s", attempt->network);
    return rc;
}

int attempts_wait(struct core *core, const struct attempt *attempt, int64_t *ret_wait_ms)
{
    struct try_row account, network = { .until_at = 0 };
    *ret_wait_ms = 0;
    int rc = get_account(core, attempt, &account);
    if (!rc && attempt->network[0])
        rc = get_network(core, attempt, &network);
    if (rc)
        return rc;
    int64_t until = account.until_at > network.until_at ? account.until_at : network.until_at;
    /* A clock that was set back must not make it longer than it can be. */
    if (until > attempt->now_ms)
        *ret_wait_ms = until - attempt->now_ms < DELAYS_MAX_MS ? until - attempt->now_ms : DELAYS_MAX_MS;
    return 0;
}

static int count(struct core *core, struct try_row *row, int64_t free_count, int64_t now_ms)
{
    row->failures++;
    row->last_at = now_ms;
    row->until_at = now_ms + delays_after(row->failures, free_count);
    return tries_put(core->store, row);
}

int attempts_failed(struct core *core, const struct attempt *attempt)
{
    struct try_row row;
    int rc = get_account(core, attempt, &row);
    if (!rc)
        rc = count(core, &row, DELAYS_FREE_ACCOUNT, attempt->now_ms);
    if (rc || !attempt->network[0])
        return rc;
    rc = get_network(core, attempt, &row);
    return rc ? rc : count(core, &row, DELAYS_FREE_NETWORK, attempt->now_ms);
}

/* The count of the network stays: who has one account could else use it to guess at another. */
int attempts_succeeded(struct core *core, const struct attempt *attempt)
{
    struct try_row row;
    int rc = get_account(core, attempt, &row);
    if (!rc)
        rc = tries_drop(core->store, row.tag);
    if (rc || !attempt->network[0])
        return rc;
    row = (struct try_row){ .last_at = attempt->now_ms, .until_at = attempt->now_ms + ATTEMPTS_KNOWN_MS };
    make_tag(core, "known network", attempt->name, attempt->network, row.tag);
    return tries_put(core->store, &row);
}

int attempts_keep_house(struct core *core, int64_t now_ms)
{
    return tries_expire(core->store, now_ms - DELAYS_FORGET_MS, now_ms);
}
