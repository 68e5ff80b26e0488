/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modemhealth - see modemhealth.h. */
#include "gateway/core/modemhealth.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define FIGURE_MAX (1 << 30)

static void copy_text(const json_t *status, const char *key, char *ret, size_t size)
{
    AUTO_BUF visible;
    buf_init(&visible, MODEMS_USSD_MAX * 8);
    const char *text = json_text(status, key, "");
    if (!*text)
        return;
    str_add_visible(&visible, span_of(text));
    struct span shown = buf_span(&visible);
    str_copy_span(ret, size, (struct span){ shown.data, utf8_prefix(shown, size - 1) });
}

static void copy_word(const json_t *status, const char *key, char *ret)
{
    const char *word = json_text(status, key, "");
    bool is_word = *word && word[strspn(word, "abcdefghijklmnopqrstuvwxyz_")] == '\0' && strlen(word) < MODEMS_WORD_MAX;
    str_copy(ret, MODEMS_WORD_MAX, is_word ? word : "");
}

static int64_t figure(const json_t *status, const char *key, int64_t most, int64_t fallback)
{
    int64_t value = json_int(status, key, fallback);
    return value < -1 || value > most ? fallback : value;
}

void modemhealth_read(const json_t *status, int64_t now_ms, struct modem_health *health)
{
    copy_word(status, "state", health->state);
    copy_word(status, "problem", health->problem);
    if (str_equal(health->problem, "pin_needed") && health->is_pin_refused)
        str_copy(health->problem, sizeof health->problem, "pin_refused");
    health->registration = (int)figure(status, "registration", FIGURE_MAX, -1);
    health->signal = (int)figure(status, "signal", FIGURE_MAX, -1);
    health->storage_used = figure(status, "storage_used", FIGURE_MAX, -1);
    health->storage_total = figure(status, "storage_total", FIGURE_MAX, -1);
    health->restarts = figure(status, "restarts", FIGURE_MAX, health->restarts);
    health->sweeps = figure(status, "sweeps", FIGURE_MAX, health->sweeps);
    health->desyncs = figure(status, "desyncs", FIGURE_MAX, health->desyncs);
    health->last_received_at = figure(status, "last_received_at", now_ms, health->last_received_at);
    health->last_sent_at = figure(status, "last_sent_at", now_ms, health->last_sent_at);
    copy_text(status, "operator", health->operator_name, sizeof health->operator_name);
    copy_text(status, "model", health->model, sizeof health->model);
    health->heard_at = now_ms;
    if (*json_text(status, "ussd", "")) {
        copy_text(status, "ussd", health->ussd, sizeof health->ussd);
        health->ussd_at = now_ms;
    }
}
