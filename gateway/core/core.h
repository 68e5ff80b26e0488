/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * core - the services that the program's parts share, handed to each of them by the main.
 * What:  one snapshot of configuration and lexicon, one store, one vault. A reload swaps config and lexicon between two
 *        turns; so nobody keeps a pointer into them over a turn, and rows name a channel or contact by its name.
 * Keeps: data flows one way: intake > triage > routing > alerting > outbox > dispatch.
 */
#ifndef GATEWAY_CORE_CORE_H
#define GATEWAY_CORE_CORE_H

#include "config/config.h"
#include "gateway/core/triage/classify.h"
#include "gateway/store/db.h"
#include "gateway/vault/vault.h"

struct dispatch;
struct passes;
struct hasher;

struct core {
    const struct config *config;
    const struct lexicon *lexicon;
    struct store *store;
    struct vault *vault;
    struct dispatch *dispatch; /* set by the daemon */
    struct passes *passes;     /* into the console; NULL = there is none */
    struct hasher *hasher;     /* of passwords; NULL = nobody can come in by one */
    bool words_changed;        /* staff added or removed one: the main reads the words anew after this turn */
};

#endif
