/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contacts - what changes about a contact while the daemon runs: on or off by hand, last proof of delivery.
 * Not here: who the contacts are (configuration).
 */
#ifndef GATEWAY_STORE_CONTACTS_H
#define GATEWAY_STORE_CONTACTS_H

#include "gateway/store/db.h"

struct contact_state_row {
    char contact[NAME_MAX_LEN];
    int is_on; /* 1 on, 0 off by hand, -1 = as the configuration says */
    int64_t changed_at;
    int64_t last_sent_at, last_delivered_at, last_answer_at; /* 0 = never */
};
int contacts_get(struct store *store, const char *contact,
    struct contact_state_row *ret_row) MUST_CHECK; /* never ERR_NOT_FOUND: an unknown one is all default */
int contacts_put(struct store *store, const struct contact_state_row *row) MUST_CHECK;

#endif
