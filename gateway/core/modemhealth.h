/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modemhealth - how a modem is, by what its driver says (PROTOCOL.md 2.8, status).
 * Keeps: a driver is believed within reason: its figures decide alarms, so one that is out of range counts as not said,
 * and a moment to come (which would silence "hears nothing") too. Texts are made visible and cut. Not here: who is
 * connected (modems), when to raise an alarm (modemwatch).
 */
#ifndef GATEWAY_CORE_MODEMHEALTH_H
#define GATEWAY_CORE_MODEMHEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/json/json.h"

#define MODEMS_WORD_MAX 24   /* with NUL */
#define MODEMS_TEXT_MAX 65   /* of the network or the modem, with NUL */
#define MODEMS_USSD_MAX 1024 /* likewise */

/* How a modem is, as it said last. What it never said is -1, 0 or "". */
struct modem_health {
    bool is_connected;
    bool is_ready;
    bool is_pin_refused;                                   /* the configured PIN was tried and not taken */
    char state[MODEMS_WORD_MAX], problem[MODEMS_WORD_MAX]; /* words of PROTOCOL.md 2.8; "" = it has said nothing yet */
    int registration, signal;
    int64_t storage_used, storage_total;
    char operator_name[MODEMS_TEXT_MAX], model[MODEMS_TEXT_MAX];
    int64_t restarts, sweeps, desyncs;
    int64_t last_received_at, last_sent_at; /* UTC ms */
    int64_t changed_at;                     /* state, problem or connection changed; 0 = it was never here */
    int64_t heard_at;                       /* its last status */
    char ussd[MODEMS_USSD_MAX];             /* the last answer to the credit code; untrusted text */
    int64_t ussd_at;
};

#define MODEM_HEALTH_UNKNOWN                                                                                           \
    {                                                                                                                  \
        .registration = -1, .signal = -1, .storage_used = -1, .storage_total = -1                                      \
    }

/* Puts a status over what was known before. now_ms: UTC. Leaves is_connected, is_ready and changed_at alone. */
void modemhealth_read(const json_t *status, int64_t now_ms, struct modem_health *health);

#endif
