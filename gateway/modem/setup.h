/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup - the settings of one modem as the daemon's welcome gives them (gateway/PROTOCOL.md §2.8).
 * Keeps: pure; every value lies in its bounds or the frame is refused.
 */
#ifndef GATEWAY_MODEM_SETUP_H
#define GATEWAY_MODEM_SETUP_H

#include <stdbool.h>

#include "gateway/base/error.h"
#include "gateway/json/json.h"

#define SETUP_DEVICE_MAX 256
#define SETUP_PIN_MAX 9
#define SETUP_USSD_MAX 32

enum setup_storage { SETUP_AUTO, SETUP_SM, SETUP_ME };

struct setup {
    char device[SETUP_DEVICE_MAX];
    char pin[SETUP_PIN_MAX]; /* "" = none, or not to be tried */
    bool is_pin_refused;
    enum setup_storage storage;
    int sweep_s, health_s;
    bool wants_reports, wants_calls;
    int send_interval_ms;
    char ussd[SETUP_USSD_MAX]; /* "" = off */
    int ussd_every_s;
    int baud, deadline_percent;
};

/* What holds when the daemon says nothing else. */
void setup_init(struct setup *setup);
/* device: replaces that of the frame unless NULL. ERR_PROTOCOL with a sentence; then *ret is untouched. */
int setup_read(const json_t *settings, const char *device, struct setup *ret, struct error *error) MUST_CHECK;
/* The device must be closed and opened anew to go from one to the other. */
bool setup_needs_reopen(const struct setup *before, const struct setup *after);

#endif
